//! What becomes of a request on a real socket, fault by fault: the HTTP library's errors are told apart by their chain
//! of causes, and a new version of it may word them otherwise.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use m1import::client::transport::{self, Http, Request};
use m1import::client::verdict::{Reply as Got, TransportError};
use m1import::client::{Credentials, Scheme, Transport};
use m1import::diagnostic::Diagnostic;
use m1import::secret::Secret;

use crate::support::contacts::body;
use crate::support::exchange::Reply;
use crate::support::faults::{Transmission, bomb, packed};
use crate::support::program::{Folder, m1import};
use crate::support::server::Server;

fn options(endpoint: &str) -> transport::Options {
    transport::Options {
        endpoint: endpoint.parse().unwrap(),
        bot_id: None,
        headers: Vec::new(),
        timeout: Duration::from_millis(500),
        connect_timeout: Duration::from_millis(300),
        cacert: None,
        proxy: None,
        max_connections: 8,
    }
}

fn request(body: Vec<u8>) -> Request {
    let credentials =
        Credentials { token: Secret::new("a-token-of-the-tests".into()), scheme: Scheme::Key, ends: None };
    Request { id: "job-000001".into(), key: "key".into(), body: Bytes::from(body), credentials: Arc::new(credentials) }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Posts requests one after another over one client.
fn posts(options: &transport::Options, bodies: Vec<Vec<u8>>) -> Vec<Result<Got, TransportError>> {
    runtime().block_on(async {
        let http = Http::new(options).unwrap();
        let mut got = Vec::new();
        for body in bodies {
            got.push(http.post(request(body)).await);
        }
        got
    })
}

fn post(options: &transport::Options) -> Result<Got, TransportError> {
    posts(options, vec![body(1, 3)]).remove(0)
}

fn post_to(server: &Server) -> Result<Got, TransportError> {
    post(&options(&server.endpoint()))
}

#[test]
fn a_request_is_as_documented() {
    let server =
        Server::new(|_| Reply::ok().header("Retry-After", "7").header("Date", "Sun, 22 Nov 2026 12:00:00 GMT"));
    let mut options = options(&server.endpoint());
    options.bot_id = Some("b o&t".into());
    options.headers = ["X-Own: 1", "User-Agent: mine"].map(|header| header.parse().unwrap()).into();
    let reply = post(&options).unwrap();
    assert_eq!((reply.status, reply.retry_after, reply.date), (200, Some(Duration::from_secs(7)), Some(1_795_348_800)));
    let seen = server.requests().remove(0);
    assert_eq!((seen.method(), seen.path()), ("POST", "/inbox/users/import?botId=b+o%26t"));
    for (name, value) in [
        ("authorization", "Bearer a-token-of-the-tests"),
        ("authtype", "Key"),
        ("content-type", "application/json"),
        ("botid", "b o&t"),
        ("x-request-id", "job-000001"),
        ("idempotency-key", "key"),
        ("x-own", "1"),
        ("user-agent", "mine"),
        ("accept-encoding", "identity"),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
    assert_eq!((seen.header("referer"), seen.contacts.len()), (None, 3));
}

#[test]
fn connections_are_kept() {
    let server = Server::new(|_| Reply::ok());
    let got = posts(&options(&server.endpoint()), vec![body(1, 3), body(4, 3), body(7, 3)]);
    assert!(got.iter().all(Result::is_ok));
    assert_eq!(server.connections(), 1);
}

#[test]
fn nobody_there_is_unreachable() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let got = post(&options(&format!("http://127.0.0.1:{port}/")));
    assert!(matches!(&got, Err(TransportError::Unreachable(words)) if words.contains("refused")), "{got:?}");
}

#[test]
fn an_answer_cut_anywhere_is_no_answer() {
    let whole = Reply::ok().bytes().len();
    for transmission in [Transmission::Cut as fn(usize) -> Transmission, Transmission::Reset] {
        for count in 0..whole {
            let server = Server::new(move |_| Reply::ok().transmission(transmission(count)));
            let got = post_to(&server);
            match count {
                0 => assert!(matches!(got, Err(TransportError::Lost(_))), "{count}: {got:?}"),
                _ => assert!(matches!(got, Err(TransportError::Lost(_) | TransportError::Cut(_))), "{count}: {got:?}"),
            }
        }
    }
}

#[test]
fn a_connection_gone_stale_is_lost() {
    let server = Server::new(|request| match request.number {
        1 => Reply::ok().transmission(Transmission::Leave),
        _ => Reply::ok(),
    });
    for got in posts(&options(&server.endpoint()), vec![body(1, 3), body(4, 3)]) {
        assert!(matches!(got, Ok(_) | Err(TransportError::Lost(_))), "{got:?}");
    }
}

#[test]
fn every_request_ends_by_its_timeout() {
    for transmission in [Transmission::Stall, Transmission::Drip(Duration::from_millis(100))] {
        let server = Server::new(move |_| Reply::ok().transmission(transmission));
        let since = Instant::now();
        assert_eq!(post_to(&server).unwrap_err(), TransportError::Timeout, "{transmission:?}");
        assert!(since.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn an_answer_too_long_is_not_read() {
    let server = Server::new(|_| Reply::ok().transmission(Transmission::Flood));
    let mut patient = options(&server.endpoint());
    patient.timeout = Duration::from_secs(10);
    assert_eq!(post(&patient).unwrap_err(), TransportError::TooLong);
    // A packed body is not unpacked: it was not asked for.
    let packed = bomb(64);
    let server = Server::new(move |_| packed.clone());
    assert!(post_to(&server).is_ok_and(|reply| reply.body.len() < 1 << 20));
}

#[test]
fn what_is_not_http_is_cut() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}/", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"220 mail.example.com ESMTP\r\n\r\n");
    });
    let got = post(&options(&endpoint));
    assert!(matches!(got, Err(TransportError::Cut(_))), "{got:?}");
    answering.join().unwrap();
}

#[test]
fn a_413_may_be_lost_while_the_body_is_written() {
    // Large bodies lose the answer nearly always, small ones never; both are told apart from other trouble.
    let server = Server::impatient(1_000, |_| Reply::ok());
    let small = posts(&options(&server.endpoint()), vec![body(1, 20)]).remove(0);
    assert!(matches!(small, Ok(Got { status: 413, .. })), "{small:?}");
    let mut patient = options(&server.endpoint());
    patient.timeout = Duration::from_secs(10);
    let large = posts(&patient, vec![body(1, 60_000); 5]);
    let told = |got: &Result<Got, TransportError>| {
        matches!(got, Ok(Got { status: 413, .. }) | Err(TransportError::Writing(_)))
    };
    assert!(large.iter().all(told), "{:?}", large.iter().find(|got| !told(got)));
}

#[test]
fn a_redirect_is_told_by_its_origin_and_not_followed() {
    let elsewhere = Server::unasked();
    let target = elsewhere.endpoint() + "?secret=1";
    let server = Server::new(move |_| Reply::redirect(307, &target));
    let reply = post_to(&server).unwrap();
    assert_eq!(reply.redirect, Some(elsewhere.endpoint().replace("/inbox/users/import", "")));
}

#[test]
fn a_certificate_must_be_trusted() {
    let server = Server::tls(|_| Reply::ok()).at_will();
    let mut slow = options(&server.endpoint());
    slow.timeout = Duration::from_secs(10);
    slow.connect_timeout = Duration::from_secs(5);
    let got = post(&slow);
    assert!(matches!(&got, Err(TransportError::Certificate(_))), "{got:?}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, server.certificate()).unwrap();
    slow.cacert = Some(path.clone());
    let got = post(&slow);
    assert!(matches!(&got, Ok(reply) if reply.status == 200), "{got:?}");

    std::fs::write(&path, "no certificate").unwrap();
    assert!(Http::new(&slow).is_err_and(|error| error.code() == "config.cacert" && error.exit().code() == 78));
}

#[test]
fn a_proxy_that_wants_credentials_says_so() {
    let proxy = Server::new(|_| Reply::html(407)).at_will();
    let mut through = options("https://example.invalid/");
    through.proxy = Some(proxy.endpoint().parse().unwrap());
    through.timeout = Duration::from_secs(5);
    assert!(
        matches!(post(&through).unwrap_err(), TransportError::ProxyAuth(words) if words.ends_with("wants credentials"))
    );
    // Loopback never goes through a proxy.
    let server = Server::new(|_| Reply::ok());
    let mut direct = options(&server.endpoint());
    direct.proxy = Some("http://127.0.0.1:1".parse().unwrap());
    assert!(post(&direct).is_ok());
}

#[test]
fn localhost_is_this_machine_in_both_versions_of_ip() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(address) else { continue };
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap();
            let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
            let status = if head.contains("accept-encoding: identity") { 200 } else { 400 };
            let answer = format!("HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let got = post(&options(&format!("http://localhost:{port}/"))).unwrap();
        assert_eq!(got.status, 200, "{address}");
    }
}

#[test]
fn a_name_without_an_address_is_unknown() {
    let mut unknown = options("https://service.invalid/inbox/users/import");
    unknown.timeout = Duration::from_secs(10);
    let got = post(&unknown);
    assert!(
        matches!(&got, Err(TransportError::UnknownHost(words)) if words.starts_with("service.invalid: ")),
        "{got:?}"
    );
}

#[test]
fn answers_are_read_in_gzip_and_in_any_charset() {
    let success = br#"{"status":"success"}"#;
    for (bytes, headers) in [
        (packed(success, 1), [("Content-Encoding", "gzip"), ("X-Any", "x")]),
        ([b"\xef\xbb\xbf".as_slice(), success].concat(), [("X-Any", "x"), ("X-Other", "x")]),
    ] {
        let server = Server::new(move |_| {
            let reply = Reply::new(200, "application/json", bytes.clone());
            headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
        });
        assert_eq!(&post_to(&server).unwrap().body[..], success);
        assert_eq!(server.requests()[0].header("accept-encoding"), Some("identity"));
    }
    let server = Server::new(|_| Reply::new(400, "text/plain; charset=iso-8859-1", *b"n\xfamero"));
    assert_eq!(&post_to(&server).unwrap().body[..], "número".as_bytes());
    let server = Server::new(|_| Reply::new(200, "application/json", *b"\x1b\x03").header("Content-Encoding", "br"));
    assert!(String::from_utf8_lossy(&post_to(&server).unwrap().body).contains("compressed (br)"));
}

#[test]
fn without_certificates_on_this_system_only_secure_connections_fail() {
    let folder = Folder::new();
    folder.write("contacts.csv", "phone\n+14155550101\n");
    let run = |line: &str| {
        let arguments = ["contacts.csv"].into_iter().chain(line.split(' '));
        let program = m1import(&folder, arguments).env("SSL_CERT_FILE", "/no/such").env("SSL_CERT_DIR", "/no/such");
        program.run()
    };
    run("--sandbox").exits_with(0);
    let secure = run("--endpoint https://localhost:1/x --token a-token-of-the-tests");
    secure.exits_with(78).says("[config.tls]").says("ca-certificates");
}
