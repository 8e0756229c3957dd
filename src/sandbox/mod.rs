//! A local server that holds to the documented contract: for trying things out, for CI, and for our own tests.
//!
//! It listens on loopback only and uses none of our other rooms, so that a mistake in how we spell contacts shows. It
//! is no model of what the real server does beyond its document.

mod contact;
mod contract;
mod listing;
mod page;
mod plain;
mod store;
mod trouble;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use contract::Refusal;
use listing::Listing;
use store::{Batch, Store};
use trouble::{Limit, Lot};

pub use store::Keep;

/// No body is read beyond this, whatever `Options::max_body` says.
const BODY_CAP: usize = 16 << 20;

/// What the sandbox is to be like.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The token that requests must bear.
    pub token: String,
    /// How long each answer to a POST is held back.
    pub latency: Duration,
    /// The part of the POSTs that is answered 503, from 0 to 1.
    pub fail_rate: f64,
    /// With the same seed the same POSTs fail, counted from the first.
    pub seed: u64,
    /// POSTs a second; those above it are answered 429. `None` is no limit.
    pub rate: Option<f64>,
    /// Bodies of more bytes are answered 413. `None` leaves the cap of 16 MiB.
    pub max_body: Option<u64>,
    /// Numbers with their calling code; a batch that holds one of them is answered 400.
    pub refuse: Vec<u64>,
    /// How much of a contact is kept.
    pub keep: Keep,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            port: 8787,
            token: "sandbox".to_owned(),
            latency: Duration::ZERO,
            fail_rate: 0.0,
            seed: 0,
            rate: None,
            max_body: None,
            refuse: Vec::new(),
            keep: Keep::Contacts,
        }
    }
}

/// A sandbox that is running; it ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    shelf: Shelf,
    serving: JoinSet<()>,
}

impl Sandbox {
    /// Opens the port and begins to serve, in tasks of their own. An error is one of the port: in use, or not allowed.
    pub async fn start(options: Options) -> io::Result<Sandbox> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let shelf = Shelf::new(Store::new(options.keep));
        let server = Arc::new(Server {
            lot: Lot::new(options.fail_rate, options.seed),
            limit: options.rate.map(Limit::new),
            shelf: shelf.clone(),
            options,
        });
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, server));
        Ok(Sandbox { address, shelf, serving })
    }

    /// The URL that contacts are posted to.
    pub fn endpoint(&self) -> String {
        format!("http://{}{}", self.address, contract::PATH)
    }

    /// How many contacts are held.
    pub fn contacts(&self) -> usize {
        self.shelf.lock().len()
    }

    /// Closes the port and every connection.
    pub async fn stop(mut self) {
        self.serving.shutdown().await;
    }
}

/// What is held, shared between the connections.
#[derive(Clone)]
struct Shelf(Arc<Mutex<Store>>);

impl Shelf {
    fn new(store: Store) -> Shelf {
        Shelf(Arc::new(Mutex::new(store)))
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelf({} contacts)", self.lock().len())
    }
}

struct Server {
    options: Options,
    lot: Lot,
    limit: Option<Limit>,
    shelf: Shelf,
}

/// Accepts connections until it is dropped, and with it every connection.
async fn serve(listener: TcpListener, server: Arc<Server>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(connection(stream, server.clone())); }
                // No file is left for another connection, most likely: give the others time to end.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, server: Arc<Server>) {
    // Without it small answers wait for the other side's acknowledgement; if it fails, they do.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| server.answer(request));
    // How a connection ends is the other side's affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type Answer = Response<Either<Full<Bytes>, Listing>>;

impl Server {
    /// Answers a request, having read all of its body: who is answered earlier may not see the answer.
    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, hyper::Error> {
        let (head, body) = request.into_parts();
        let Some(body) = whole(body).await? else {
            let complaint = format!("the body has more than {BODY_CAP} bytes");
            let refusal = Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", complaint);
            return Ok(with(refused(&refusal), CONNECTION, HeaderValue::from_static("close")));
        };
        let readable = head.method == Method::GET || head.method == Method::HEAD;
        Ok(match head.uri.path() {
            contract::PATH if head.method == Method::POST => self.import(&head, &body).await,
            contract::PATH => not_allowed("POST"),
            "/" if readable => {
                let page = html(StatusCode::OK, page::page(&self.shelf.lock()));
                with(
                    page,
                    CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
                )
            }
            "/contacts" if readable => {
                let listing = Response::new(Either::Right(Listing::new(self.shelf.clone())));
                with(listing, CONTENT_TYPE, HeaderValue::from_static("application/json"))
            }
            "/" | "/contacts" => not_allowed("GET, HEAD"),
            path => {
                let mut text = format!(
                    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Error</title></head>\n<body><pre>Cannot {} ",
                    head.method
                );
                page::escape(path, &mut text);
                text.push_str("</pre></body></html>\n");
                html(StatusCode::NOT_FOUND, text)
            }
        })
    }

    async fn import(&self, head: &Parts, body: &[u8]) -> Answer {
        if !self.options.latency.is_zero() {
            tokio::time::sleep(self.options.latency).await;
        }
        match self.carry_out(head, body) {
            Ok(()) => json(StatusCode::OK, contract::SUCCESS.to_owned()),
            Err(refusal) => refused(&refusal),
        }
    }

    /// Checks a request from the outside in, and applies it when nothing is wrong with any of it.
    fn carry_out(&self, head: &Parts, body: &[u8]) -> Result<(), Refusal> {
        let Options { token, max_body, refuse, keep, .. } = &self.options;
        contract::authorized(&head.headers, token)?;
        if let Some(limit) = &self.limit {
            limit.turn(Instant::now()).map_err(Refusal::too_many)?;
        }
        if self.lot.fails() {
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", "try again later"));
        }
        contract::is_json(&head.headers)?;
        if let Some(max) = max_body
            && body.len() as u64 > *max
        {
            let complaint = format!("the body has more than {max} bytes");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", complaint));
        }
        let contacts = contact::contacts(body)?;
        if contacts.iter().any(|contact| refuse.contains(&contact.phone.joined())) {
            // As the real server does, it does not say which one.
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "Bad Request", "a contact of this request is refused"));
        }
        let batch = Batch::new(&contacts, *keep);
        self.shelf.lock().apply(batch);
        Ok(())
    }
}

/// A request's body; `None` when it is over the cap.
async fn whole(mut body: Incoming) -> Result<Option<Vec<u8>>, hyper::Error> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > BODY_CAP {
        return Ok(None);
    }
    let mut whole = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame?.data_ref() {
            if whole.len() + data.len() > BODY_CAP {
                return Ok(None);
            }
            whole.extend_from_slice(data);
        }
    }
    Ok(Some(whole))
}

fn refused(refusal: &Refusal) -> Answer {
    let answer = json(refusal.status, refusal.body());
    match refusal.retry_after {
        Some(seconds) => with(answer, RETRY_AFTER, seconds.into()),
        None => answer,
    }
}

fn not_allowed(allowed: &'static str) -> Answer {
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", format!("allowed: {allowed}"));
    with(refused(&refusal), ALLOW, HeaderValue::from_static(allowed))
}

fn json(status: StatusCode, body: String) -> Answer {
    text(status, "application/json; charset=utf-8", body)
}

fn html(status: StatusCode, body: String) -> Answer {
    text(status, "text/html; charset=utf-8", body)
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Either::Left(Full::from(body)));
    *answer.status_mut() = status;
    with(answer, CONTENT_TYPE, HeaderValue::from_static(kind))
}

fn with(mut answer: Answer, name: HeaderName, value: HeaderValue) -> Answer {
    answer.headers_mut().insert(name, value);
    answer
}
