//! HTTP/2: connections that end in an orderly way, refuse requests, or take few at once.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::server::SendResponse;
use hyper::http;
use m1import::client::transport::{Http, Options, Request};
use m1import::client::verdict::TransportError;
use m1import::client::{Credentials, Scheme, Transport};
use m1import::secret::Secret;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::support::job::{folder, rows};
use crate::support::program::{TOKEN, m1import};
use crate::support::server::identity;

/// How a server behaves.
#[derive(Clone, Copy)]
struct Rules {
    /// A connection says goodbye after so many requests.
    requests: usize,
    /// The first so many requests are refused, as not looked at.
    refused: usize,
    /// Requests that a connection takes at once.
    at_once: u32,
}

/// What a server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
    keys: Mutex<Vec<String>>,
}

/// Answers requests of one connection, each with the documented success.
async fn serve(socket: TcpStream, tls: TlsAcceptor, rules: Rules, seen: Arc<Seen>) -> Option<()> {
    seen.connections.fetch_add(1, Ordering::Relaxed);
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(rules.at_once);
    let socket = socket.into_std().ok()?;
    let lingering = TcpStream::from_std(socket.try_clone().ok()?).ok()?;
    let socket = TcpStream::from_std(socket).ok()?;
    let mut connection = builder.handshake::<_, Bytes>(tls.accept(socket).await.ok()?).await.ok()?;
    let mut taken = 0;
    while let Some(Ok((request, mut answer))) = connection.accept().await {
        if seen.requests.fetch_add(1, Ordering::Relaxed) < rules.refused {
            answer.send_reset(h2::Reason::REFUSED_STREAM);
            continue;
        }
        taken += 1;
        if taken == rules.requests {
            connection.graceful_shutdown();
        }
        tokio::spawn(reply(request, answer, Arc::clone(&seen)));
    }
    drop(connection);
    // What still comes is read: a connection closed over unread bytes is reset, and the goodbye is lost with it.
    let rest = async {
        while lingering.readable().await.is_ok() && lingering.try_read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
    };
    tokio::time::timeout(Duration::from_secs(2), rest).await.ok()
}

async fn reply(request: http::Request<h2::RecvStream>, mut answer: SendResponse<Bytes>, seen: Arc<Seen>) -> Option<()> {
    let key = request.headers().get("idempotency-key")?.to_str().ok()?.to_owned();
    let mut body = request.into_body();
    while let Some(Ok(chunk)) = body.data().await {
        body.flow_control().release_capacity(chunk.len()).ok()?;
    }
    seen.keys.lock().unwrap().push(key);
    let head = http::Response::builder().header("content-type", "application/json").body(()).ok()?;
    let mut stream = answer.send_response(head, false).ok()?;
    stream.send_data(Bytes::from_static(br#"{"status":"success"}"#), true).ok()
}

fn request(number: usize) -> Request {
    let credentials =
        Credentials { token: Secret::new("a-token-of-the-tests".into()), scheme: Scheme::Key, ends: None };
    let body = Bytes::from(vec![b' '; 20_000]);
    Request { id: format!("job-{number:06}"), key: format!("key-{number}"), body, credentials: Arc::new(credentials) }
}

/// Posts so many requests, eight at once, and gives the faults, what the server saw and the longest that one took.
fn post(rules: Rules, count: usize) -> (Vec<TransportError>, Arc<Seen>, Duration) {
    let (config, pem) = identity();
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(config));
    let folder = tempfile::tempdir().unwrap();
    let cacert = folder.path().join("ca.pem");
    std::fs::write(&cacert, pem).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let seen = Arc::new(Seen::default());
    let (faults, longest) = runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, tls.clone(), rules, Arc::clone(&served)));
            }
        });
        let options = Options {
            endpoint: format!("https://127.0.0.1:{port}/inbox/users/import").parse().unwrap(),
            bot_id: None,
            headers: Vec::new(),
            timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(2),
            cacert: Some(cacert),
            proxy: None,
            max_connections: 8,
        };
        let http = Http::new(&options).unwrap();
        let (mut tasks, mut faults, mut longest) = (JoinSet::new(), Vec::new(), Duration::ZERO);
        for number in 0..count {
            if tasks.len() == 8 {
                let (outcome, took) = tasks.join_next().await.unwrap().unwrap();
                faults.extend(outcome);
                longest = longest.max(took);
            }
            let http = http.clone();
            tasks.spawn(async move {
                let began = Instant::now();
                (http.post(request(number)).await.err(), began.elapsed())
            });
        }
        while let Some(done) = tasks.join_next().await {
            let (outcome, took) = done.unwrap();
            faults.extend(outcome);
            longest = longest.max(took);
        }
        (faults, longest)
    });
    (faults, seen, longest)
}

fn each_arrived_once(seen: &Seen, count: usize) {
    let mut keys = seen.keys.lock().unwrap().clone();
    keys.sort();
    let arrived = keys.len();
    keys.dedup();
    assert_eq!((arrived, keys.len()), (count, count), "each request once");
}

#[test]
fn connections_that_end_in_an_orderly_way_are_no_failures() {
    let (faults, seen, longest) = post(Rules { requests: 3, refused: 0, at_once: 128 }, 1_500);
    // h2 0.4 may close the connection over a request that is begun while the goodbye comes in: whether the server had it is not
    // known, and delivery repeats the first of them at no cost.
    assert!(faults.iter().all(|fault| matches!(fault, TransportError::Lost(_))), "{faults:?}");
    assert!(faults.len() < 30, "{}: {faults:?}", faults.len());
    let arrived: BTreeSet<String> = seen.keys.lock().unwrap().iter().cloned().collect();
    assert!(arrived.len() >= 1_500 - faults.len(), "{} arrived, {} faults", arrived.len(), faults.len());
    assert!(seen.connections.load(Ordering::Relaxed) >= 500 / 2);
    assert!(longest < Duration::from_secs(10), "{longest:?}: a request hung");
}

/// The whole program, over connections that each end after three requests, as with nginx' `keepalive_requests 3`.
#[test]
fn an_import_over_connections_that_end_is_whole() {
    let (config, pem) = identity();
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let (tls, seen) = (TlsAcceptor::from(Arc::new(config)), Arc::new(Seen::default()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let endpoint = format!("https://{}/inbox/users/import", listener.local_addr().unwrap());
    let served = Arc::clone(&seen);
    runtime.spawn(async move {
        let rules = Rules { requests: 3, refused: 0, at_once: 128 };
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket, tls.clone(), rules, Arc::clone(&served)));
        }
    });
    let folder = folder(2_000);
    folder.write("ca.pem", pem);
    let options = ["--batch-size", "5", "--endpoint", &endpoint, "--cacert", "ca.pem", "--token", TOKEN];
    let run = m1import(&folder, ["contacts.csv"]).with(options).run();
    run.exits_with(0);
    assert_eq!(rows(&folder, "accepted"), 2_000);
    let sent = folder.summary("contacts.results")["requests"]["sent"].as_u64().unwrap();
    assert!((400..430).contains(&sent), "{sent}");
    let arrived: BTreeSet<String> = seen.keys.lock().unwrap().iter().cloned().collect();
    assert_eq!(arrived.len(), 400);
    assert!(run.took < Duration::from_secs(30), "{:?}", run.took);
}

#[test]
fn requests_that_were_refused_unseen_are_sent_again() {
    let (faults, seen, _) = post(Rules { requests: usize::MAX, refused: 3, at_once: 128 }, 20);
    assert_eq!(faults, []);
    each_arrived_once(&seen, 20);
}

#[test]
fn a_server_that_takes_one_request_at_once_gets_one_at_once() {
    let (faults, seen, _) = post(Rules { requests: usize::MAX, refused: 0, at_once: 1 }, 200);
    assert_eq!(faults, []);
    each_arrived_once(&seen, 200);
    assert!(seen.connections.load(Ordering::Relaxed) <= 8);
}
