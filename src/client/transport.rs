//! The way to the server: one request, one answer or fault. `Http` is reqwest, and nothing else in the program is.
//!
//! Nothing is repeated here, but for what the protocol proves unprocessed: HTTP/2 GOAWAY and REFUSED_STREAM, a pooled
//! connection that was closed before anything was written. reqwest does it for some of these and hyper for others, so it is
//! done once more for all. Redirects are never followed: a 307 would hand the contacts to another host.

use std::fmt;
use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Response, Url};

use super::address::{Endpoint, LOCALHOST, Proxy};
use super::answer_body;
use super::credentials::{Credentials, Scheme};
use super::header::Header;
use super::proxy;
use super::request_body::Begun;
use super::transport_error;
use super::verdict::{Reply, TransportError};
use super::{limits, retry};
use crate::diagnostic::{Diagnostic, Entry, RunCode};
use crate::secret::Secret;
use crate::small_file;

/// The largest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// How often a request is repeated that the server did nothing about.
const REPEATS: u32 = 5;

/// How much longer than a connection takes a request waits for one before it asks again.
const MARGIN: Duration = Duration::from_secs(1);

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// `X-Request-Id`.
    pub id: String,
    /// `Idempotency-Key`: the same for the same contacts in the same job.
    pub key: String,
    /// The JSON array.
    pub body: Bytes,
    /// What it shows to be let in.
    pub credentials: Arc<Credentials>,
}

/// Something that carries a request to the server and brings its answer.
pub trait Transport: Send + Sync + 'static {
    /// Posts a request and waits for the whole answer; ends by itself, at the latest by its timeout.
    fn post(&self, request: Request) -> impl Future<Output = Result<Reply, TransportError>> + Send;
}

/// How the server is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where contacts are posted to.
    pub endpoint: Endpoint,
    /// Sent as header and query `botId`.
    pub bot_id: Option<String>,
    /// More headers; they win over ours.
    pub headers: Vec<Header>,
    /// For a whole exchange.
    pub timeout: Duration,
    /// For a connection to stand.
    pub connect_timeout: Duration,
    /// Certificates to trust beside the system's.
    pub cacert: Option<PathBuf>,
    /// The proxy that requests go through; none is used for an endpoint on loopback.
    pub proxy: Option<Proxy>,
    /// The most requests under way at once: so many connections are kept.
    pub max_connections: usize,
}

/// Headers that say what a client can read, and nothing about who it is.
const OPEN_HEADERS: [&str; 3] = ["accept", "accept-language", "user-agent"];

impl Options {
    /// What may be a secret besides the token: values of headers, the proxy's password, values in the endpoint's query.
    pub fn secrets(&self) -> Vec<Secret> {
        let headers = self.headers.iter().filter(|header| !OPEN_HEADERS.contains(&header.name.as_str()));
        let query = self.endpoint.url().query_pairs().map(|(_, value)| Secret::new(value.into_owned()));
        let password = self.proxy.as_ref().and_then(Proxy::password);
        headers.map(|header| header.value.clone()).chain(query).chain(password).collect()
    }
}

/// Why the way to the server cannot be set up. All of it is configuration.
#[derive(Debug)]
pub enum Error {
    /// A header cannot be sent.
    Header(String),
    /// The file of certificates cannot be used.
    Cacert(PathBuf, String),
    /// The proxy's address cannot be used; it is not repeated, since it may hold a password.
    Proxy,
    /// The HTTP library cannot be set up.
    Setup(String),
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        let code = match self {
            Error::Header(_) => RunCode::ConfigHeader,
            Error::Cacert(..) => RunCode::ConfigCacert,
            Error::Proxy => RunCode::ConfigProxy,
            Error::Setup(_) => RunCode::ConfigTls,
        };
        code.entry()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Header(name) => write!(f, "the header {name} cannot be sent"),
            Error::Cacert(path, why) => write!(f, "--cacert {}: {why}", path.display()),
            Error::Proxy => write!(f, "the proxy's address cannot be used"),
            Error::Setup(why) => write!(f, "secure connections cannot be set up: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// The real way: HTTP/1.1 or 2 over TLS.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    url: Url,
    headers: HeaderMap,
    timeout: Duration,
    connect_timeout: Duration,
    endpoint: Endpoint,
    /// The proxy that requests go through.
    proxy: Option<Proxy>,
}

impl Http {
    /// Sets up the way; connects to nothing yet.
    ///
    /// # Errors
    /// Certificates, headers or proxy cannot be used.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Http::set_up(options, false)
    }

    /// The same, and answers carry the certificate of the server, which an import has no use for.
    ///
    /// # Errors
    /// As for `new`.
    pub fn with_certificate(options: &Options) -> Result<Self, Error> {
        Http::set_up(options, true)
    }

    fn set_up(options: &Options, with_certificate: bool) -> Result<Self, Error> {
        // Already installed is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let seconds = Duration::from_secs;
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_info(with_certificate)
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .pool_max_idle_per_host(options.max_connections)
            .pool_idle_timeout(seconds(30))
            .tcp_keepalive(seconds(15))
            .http2_keep_alive_interval(seconds(20))
            .http2_keep_alive_timeout(seconds(10))
            .user_agent(concat!("m1import/", env!("CARGO_PKG_VERSION")));
        #[cfg(target_os = "linux")]
        {
            builder = builder.tcp_user_timeout(seconds(30));
        }
        let proxy = options.proxy.as_ref().filter(|_| !options.endpoint.is_loopback());
        if options.endpoint.is_loopback() {
            let port = options.endpoint.url().port_or_known_default().unwrap_or(443);
            let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port))];
            builder = builder.no_proxy().resolve_to_addrs(LOCALHOST, &here);
        } else if let Some(proxy) = proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.expose()).map_err(|_| Error::Proxy)?);
        }
        let given = options.cacert.as_deref().map(certificates).transpose()?.unwrap_or_default();
        let is_secure = options.endpoint.url().scheme() == "https" || proxy.is_some_and(|proxy| !proxy.is_plain());
        // Where no certificate is looked at, a system without any is no hindrance.
        builder = if is_secure { builder.tls_certs_merge(given) } else { builder.tls_certs_only(given) };
        let client = builder.build().map_err(|error| Error::Setup(transport_error::words(&error)))?;
        let mut url = options.endpoint.url().clone();
        if let Some(id) = &options.bot_id {
            url.query_pairs_mut().append_pair("botId", id);
        }
        Ok(Http {
            client,
            url,
            headers: headers(options)?,
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            endpoint: options.endpoint.clone(),
            proxy: proxy.cloned(),
        })
    }

    /// Asks for a document at another path of the server, with the headers of an import: the head of the answer, its body,
    /// and the certificate of a secure connection.
    ///
    /// # Errors
    /// There is no whole answer in time.
    pub async fn get(
        &self,
        path: &str,
        id: &str,
        credentials: &Credentials,
        longest: Duration,
    ) -> Result<(Reply, reqwest::Version, Option<Vec<u8>>), TransportError> {
        let mut url = self.url.clone();
        url.set_path(path);
        let mut headers = authorized(credentials)?;
        headers.extend(self.headers.clone());
        headers.remove(header::CONTENT_TYPE);
        headers.insert(
            HeaderName::from_static("x-request-id"),
            HeaderValue::from_str(id).map_err(|error| TransportError::Request(error.to_string()))?,
        );
        let exchange = async {
            let sent = self.client.get(url).headers(headers).send().await;
            let response = match sent {
                Ok(response) => response,
                Err(error) => return Err(self.without_answer(&error).await),
            };
            let certificate = response.extensions().get::<reqwest::tls::TlsInfo>();
            let certificate = certificate.and_then(|info| info.peer_certificate().map(<[u8]>::to_vec));
            let version = response.version();
            Ok((self.whole(response).await?, version, certificate))
        };
        tokio::time::timeout(longest.min(self.timeout), exchange).await.unwrap_or(Err(TransportError::Timeout))
    }

    /// Sends a request, also several times where nothing was done about it, and waits for the answer.
    async fn exchange(&self, request: Request, begun: &Begun) -> Result<Reply, TransportError> {
        let mut headers = authorized(&request.credentials)?;
        for (name, value) in [("x-request-id", &request.id), ("idempotency-key", &request.key)] {
            let value = HeaderValue::from_str(value).map_err(|error| TransportError::Request(error.to_string()))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        headers.extend(self.headers.clone());
        let mut repeats = 0;
        loop {
            let body = reqwest::Body::wrap(begun.body(&request.body));
            let sent = self.client.post(self.url.clone()).headers(headers.clone()).body(body).send();
            tokio::pin!(sent);
            let sent = match tokio::time::timeout(self.connect_timeout + MARGIN, &mut sent).await {
                Ok(sent) => sent,
                Err(_) if begun.get() => sent.await,
                // It waits for a connection that others have used, which may never come: another one is asked for.
                Err(_) => continue,
            };
            match sent {
                Ok(response) => return self.whole(response).await,
                Err(error) if repeats < REPEATS && transport_error::is_unprocessed(&error) => {
                    tokio::time::sleep(Duration::from_millis(10 << repeats)).await;
                    repeats += 1;
                }
                Err(error) => return Err(self.without_answer(&error).await),
            }
        }
    }

    /// Why there is no answer; a proxy in between is named.
    async fn without_answer(&self, error: &reqwest::Error) -> TransportError {
        match (&self.proxy, transport_error::of(error)) {
            // Nobody but the proxy was spoken to without a tunnel.
            (Some(proxy), TransportError::NoTls(_)) if !proxy.is_plain() => {
                TransportError::NoTls(format!("the proxy {}", proxy.name()))
            }
            (Some(proxy), TransportError::Unreachable(_)) if transport_error::is_tunnel(error) => {
                proxy::refusal(proxy, &self.endpoint, self.connect_timeout).await
            }
            (Some(proxy), TransportError::Unreachable(words)) => {
                TransportError::Unreachable(format!("the proxy {}: {words}", proxy.name()))
            }
            (Some(proxy), TransportError::UnknownHost(words)) => {
                TransportError::UnknownHost(format!("the proxy {}: {words}", proxy.name()))
            }
            (None, TransportError::UnknownHost(words)) => {
                TransportError::UnknownHost(format!("{}: {words}", self.url.host_str().unwrap_or_default()))
            }
            (_, fault) => fault,
        }
    }

    /// The whole answer, up to the longest that is read.
    async fn whole(&self, mut response: Response) -> Result<Reply, TransportError> {
        let mut reply = self.head(&response);
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| transport_error::of_body(&error))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (encoding, kind) = (header(header::CONTENT_ENCODING), header(header::CONTENT_TYPE));
        reply.body = answer_body::text(body.freeze(), encoding, kind, LONGEST_ANSWER);
        Ok(reply)
    }

    /// What the head of an answer says.
    fn head(&self, response: &Response) -> Reply {
        let header = |name| response.headers().get(name).map(HeaderValue::as_bytes);
        let date = header(header::DATE).and_then(retry::date);
        let now = SystemTime::now();
        let target = header(header::LOCATION).and_then(|to| self.url.join(std::str::from_utf8(to).ok()?).ok());
        Reply {
            status: response.status().as_u16(),
            retry_after: limits::retry_after(response.headers(), response.status().as_u16() == 429, date, now),
            used_up: limits::used_up(response.headers(), date.unwrap_or(now)),
            date: date.and_then(|date| date.duration_since(SystemTime::UNIX_EPOCH).ok()).map(|since| since.as_secs()),
            redirect: target.map(|target| target.origin().ascii_serialization()),
            body: Bytes::new(),
        }
    }
}

impl Transport for Http {
    async fn post(&self, request: Request) -> Result<Reply, TransportError> {
        // One clock over connecting, sending, thinking and reading: nothing can hang, not even a byte a second.
        let begun = Begun::default();
        match tokio::time::timeout(self.timeout, self.exchange(request, &begun)).await {
            Ok(outcome) => outcome,
            Err(_) if begun.get() => Err(TransportError::Timeout),
            Err(_) => Err(TransportError::Unreachable("no connection took the request in time".to_owned())),
        }
    }
}

/// The headers that let a request in.
fn authorized(credentials: &Credentials) -> Result<HeaderMap, TransportError> {
    let mut headers = HeaderMap::new();
    let unfit = |_| TransportError::Request("the token holds characters that no header may hold".to_owned());
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", credentials.token.expose())).map_err(unfit)?;
    bearer.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, bearer);
    if credentials.scheme == Scheme::Key {
        headers.insert(HeaderName::from_static("authtype"), HeaderValue::from_static("Key"));
    }
    Ok(headers)
}

/// The headers that are the same in every request.
fn headers(options: &Options) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json.clone());
    headers.insert(header::ACCEPT, json);
    // Without it any compression would be welcome, by RFC 9110.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let bot = options.bot_id.iter().map(|id| ("botId", id.as_str()));
    let own = options.headers.iter().map(|header| (header.name.as_str(), header.value.expose()));
    for (name, value) in bot.chain(own) {
        let unfit = || Error::Header(name.escape_debug().to_string());
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
        // It may be a key as well as a colour.
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

/// The certificates in a PEM file; none is an error.
fn certificates(path: &Path) -> Result<Vec<Certificate>, Error> {
    let unusable = |why: String| Error::Cacert(path.to_owned(), why);
    let pem = small_file::read(path).map_err(|error| unusable(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unusable("no certificate in it".to_owned())),
        Err(error) => Err(unusable(transport_error::words(&error))),
    }
}
