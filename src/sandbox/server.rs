//! Connections, requests and answers of the sandbox, with bounds on how many there are and how long they take.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use super::contract::{self, Refusal};
use super::faults::{FailureInjector, RateLimit};
use super::listing::Listing;
use super::store::Batch;
use super::{Options, SharedStore, access, contact, page};

/// No body is read beyond this, whatever `Options::max_body` says.
const MOST_BODY: usize = 16 << 20;

/// The most connections at once; others wait.
const MOST_CONNECTIONS: usize = 256;

/// How long a connection may take to send the head of its next request.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How long a request may take to send its body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// How long a body that is not needed is read and dropped, so that its sender sees the answer and not a reset.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// What keeps an answer out of pages of other sites.
const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The state that all connections share.
pub struct Server {
    options: Options,
    port: u16,
    injector: FailureInjector,
    limit: Option<RateLimit>,
    store: SharedStore,
}

/// Accepts connections until the other end of `stopped` is dropped; it returns when every connection is closed.
pub async fn serve(listener: TcpListener, server: Arc<Server>, mut stopped: oneshot::Receiver<()>) {
    let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            // The semaphore is never closed.
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        match tokio::select! { next = next => next, _ = &mut stopped => break } {
            (permit, Ok((stream, _))) => {
                let server = Arc::clone(&server);
                connections.spawn(async move {
                    connection(stream, server).await;
                    drop(permit);
                });
            }
            // Most likely no file descriptor is left: give the other connections time to end.
            (_, Err(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, server: Arc<Server>) {
    // Without it small answers wait for the other side's acknowledgement; if it fails, they do.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| server.answer(request));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    // A connection that ends with an error concerns the other side alone.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

type Answer = Response<Either<Full<Bytes>, Listing>>;

impl Server {
    /// A server on this port.
    pub fn new(options: Options, port: u16, store: SharedStore) -> Server {
        let injector = FailureInjector::new(options.fail_rate, options.seed);
        Server { injector, limit: options.rate.map(RateLimit::new), options, port, store }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, hyper::Error> {
        let (head, body) = request.into_parts();
        let mut answer = match self.admit(&head) {
            Ok(()) if is_import(&head) => self.import(&head, body).await?,
            Ok(()) => drained(body, self.other(&head)).await,
            Err(refusal) => drained(body, refused(&refusal)).await,
        };
        for (name, value) in [
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (HeaderName::from_static("x-frame-options"), "DENY"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, CSP),
        ] {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Ok(answer)
    }

    /// What the head alone decides, before any of the body is read.
    fn admit(&self, head: &Parts) -> Result<(), Refusal> {
        access::host_is_ours(head, self.port)?;
        match head.uri.path() {
            contract::PATH if is_import(head) => contract::authorized(&head.headers, &self.options.token),
            "/" | "/contacts" | contract::SEGMENTS if is_read(head) => {
                access::may_read(&head.headers, &self.options.token)
            }
            _ => Ok(()),
        }
    }

    /// The answer to a request that needs no body.
    fn other(&self, head: &Parts) -> Answer {
        match head.uri.path() {
            contract::PATH => not_allowed("POST"),
            contract::SEGMENTS if is_read(head) => json(StatusCode::OK, contract::NO_SEGMENTS.to_owned()),
            "/" if is_read(head) => html(StatusCode::OK, page::page(&self.store.lock())),
            "/contacts" if is_read(head) => {
                let listing = Response::new(Either::Right(Listing::new(self.store.clone())));
                with(listing, CONTENT_TYPE, HeaderValue::from_static("application/json"))
            }
            "/" | "/contacts" | contract::SEGMENTS => not_allowed("GET, HEAD"),
            path => not_found(&head.method, path),
        }
    }

    async fn import(&self, head: &Parts, body: Incoming) -> Result<Answer, hyper::Error> {
        let Ok(body) = tokio::time::timeout(BODY_TIME, whole(body)).await else {
            let refusal = Refusal::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout", "the body took too long");
            return Ok(closing(refused(&refusal)));
        };
        let Some(body) = body? else {
            return Ok(closing(refused(&too_large(MOST_BODY as u64))));
        };
        if !self.options.latency.is_zero() {
            tokio::time::sleep(self.options.latency).await;
        }
        Ok(match self.store_batch(head, &body) {
            Ok(()) => json(StatusCode::OK, contract::SUCCESS.to_owned()),
            Err(refusal) => refused(&refusal),
        })
    }

    /// Checks an authorised request from the outside in, and stores its contacts if nothing is wrong with any of them.
    fn store_batch(&self, head: &Parts, body: &[u8]) -> Result<(), Refusal> {
        let Options { max_body, refuse, keep, .. } = &self.options;
        if let Some(limit) = &self.limit {
            limit.admit(Instant::now()).map_err(Refusal::too_many)?;
        }
        if self.injector.fails() {
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", "try again later"));
        }
        contract::is_json(&head.headers)?;
        if let Some(max) = max_body
            && body.len() as u64 > *max
        {
            return Err(too_large(*max));
        }
        let contacts = contact::contacts(body)?;
        if contacts.iter().any(|contact| refuse.contains(&contact.phone.joined())) {
            // Like the real server, it does not say which one.
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "Bad Request", "a contact of this request is refused"));
        }
        let batch = Batch::new(&contacts, *keep);
        self.store.lock().apply(batch);
        Ok(())
    }
}

fn is_import(head: &Parts) -> bool {
    head.method == Method::POST && head.uri.path() == contract::PATH
}

fn is_read(head: &Parts) -> bool {
    head.method == Method::GET || head.method == Method::HEAD
}

/// A request's body; `None` if it is longer than allowed. Memory is taken for what has arrived, not for what is
/// announced.
async fn whole(mut body: Incoming) -> Result<Option<Vec<u8>>, hyper::Error> {
    if body.size_hint().lower() > MOST_BODY as u64 {
        return Ok(None);
    }
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame?.data_ref() {
            if whole.len() + data.len() > MOST_BODY {
                return Ok(None);
            }
            whole.extend_from_slice(data);
        }
    }
    Ok(Some(whole))
}

/// The answer, after the body was read and dropped. A body without end is left, and the connection closed.
async fn drained(mut body: Incoming, answer: Answer) -> Answer {
    let drain = async { while let Some(Ok(_)) = body.frame().await {} };
    match tokio::time::timeout(DRAIN_TIME, drain).await {
        Ok(()) => answer,
        Err(_) => closing(answer),
    }
}

fn too_large(limit: u64) -> Refusal {
    let complaint = format!("the body has more than {limit} bytes");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", complaint)
}

fn refused(refusal: &Refusal) -> Answer {
    let answer = json(refusal.status, refusal.body());
    match refusal.retry_after {
        Some(seconds) => with(answer, RETRY_AFTER, seconds.into()),
        None if refusal.status == StatusCode::UNAUTHORIZED => {
            with(answer, WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"m1import sandbox\""))
        }
        None => answer,
    }
}

fn not_allowed(allowed: &'static str) -> Answer {
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", format!("allowed: {allowed}"));
    with(refused(&refusal), ALLOW, HeaderValue::from_static(allowed))
}

/// The page of the real server's framework.
fn not_found(method: &Method, path: &str) -> Answer {
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Error</title></head>\n<body><pre>Cannot {method} "
    );
    page::escape(path, &mut text);
    text.push_str("</pre></body></html>\n");
    html(StatusCode::NOT_FOUND, text)
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

/// The connection ends with this answer, since the rest of the request was not read.
fn closing(answer: Answer) -> Answer {
    with(answer, CONNECTION, HeaderValue::from_static("close"))
}

fn with(mut answer: Answer, name: HeaderName, value: HeaderValue) -> Answer {
    answer.headers_mut().insert(name, value);
    answer
}
