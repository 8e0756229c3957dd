//! A server made from a closure: what is asked goes in, what is answered comes out, and how it goes over the wire.
//!
//! Every request is remembered. The server notices by itself when one phone is in two requests at once, and what it
//! holds after the answers it gave. When it goes, it fails the test if it was never asked, if its closure panicked, or
//! if phones overlapped.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use super::contacts::phone;
use super::exchange::{Reply, Request};
use super::http::Head;
use super::program::eventually;

/// The server, on a port of loopback that the system chose.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
    expected: Expected,
}

/// How often a server expects to be asked.
enum Expected {
    Never,
    Exactly(usize),
    AtLeastOnce,
    AtWill,
}

type Closure = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

struct Shared {
    answer: Closure,
    /// Announced bodies above this are answered 413, and the connection closed, before they are read.
    impatience: Option<usize>,
    tls: Option<(Arc<ServerConfig>, String)>,
    record: Mutex<Record>,
    ending: AtomicBool,
}

#[derive(Default)]
struct Record {
    requests: Vec<Request>,
    held: BTreeMap<String, Value>,
    flying: BTreeMap<String, usize>,
    requests_flying: usize,
    most_flying: usize,
    overlaps: Vec<String>,
    troubles: Vec<String>,
    connections: usize,
    connections_open: usize,
    turned_away: usize,
}

impl Server {
    /// A server that answers what the closure says.
    pub fn new(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        Server::start(Box::new(answer), None, None)
    }

    /// A server that gives these answers in order, fails the test when one more is asked for, and when one is left.
    pub fn answers(replies: impl IntoIterator<Item = Reply>) -> Server {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let count = replies.len();
        let answer = move |request: &Request| {
            replies
                .get(request.number - 1)
                .unwrap_or_else(|| panic!("request {} is one too many", request.number))
                .clone()
        };
        Server::new(answer).expecting(Expected::Exactly(count))
    }

    /// A server that fails the test when it is asked.
    pub fn unasked() -> Server {
        let server = Server::new(|request| panic!("asked, and ought not to be: {}", request.head.first));
        server.expecting(Expected::Never)
    }

    /// A server that answers 413 to announced bodies above `limit` and closes, without reading them.
    pub fn impatient(limit: usize, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        Server::start(Box::new(answer), Some(limit), None)
    }

    /// A server of https, with a certificate of its own.
    pub fn tls(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        Server::start(Box::new(answer), None, Some(identity()))
    }

    fn start(answer: Closure, impatience: Option<usize>, tls: Option<(Arc<ServerConfig>, String)>) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (record, ending) = (Mutex::default(), AtomicBool::new(false));
        let shared = Arc::new(Shared { answer, impatience, tls, record, ending });
        let serving = shared.clone();
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.ending.load(Ordering::SeqCst) {
                    return;
                }
                let connection = serving.connect();
                let serving = serving.clone();
                std::thread::spawn(move || {
                    serving.serve(connection, stream);
                    serving.lock().connections_open -= 1;
                });
            }
        });
        Server { address, shared, accepting: Some(accepting), expected: Expected::AtLeastOnce }
    }

    /// It is no fault when nobody asks.
    pub fn at_will(self) -> Server {
        self.expecting(Expected::AtWill)
    }

    fn expecting(mut self, expected: Expected) -> Server {
        self.expected = expected;
        self
    }

    /// The URL contacts are posted to.
    pub fn endpoint(&self) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/inbox/users/import", self.address)
    }

    /// The certificate of a server of https, as PEM.
    pub fn certificate(&self) -> &str {
        self.shared.tls.as_ref().map_or("", |(_, pem)| pem)
    }

    /// All requests so far, in the order their bodies were read.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// How many requests there were so far.
    pub fn count(&self) -> usize {
        self.shared.lock().requests.len()
    }

    /// How many connections there were so far.
    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// Waits until all that was on the wire has arrived, from programs that have ended: nothing is counted later.
    pub fn drain(&self) {
        // Connections are accepted in their order: when this one is served, so is each before it.
        let mut last = TcpStream::connect(self.address).expect("a connection");
        last.shutdown(Shutdown::Write).expect("its end");
        let _ = last.read_to_end(&mut Vec::new());
        eventually("the end of all connections", || self.shared.lock().connections_open == 0);
    }

    /// How many requests an impatient server has not read.
    pub fn turned_away(&self) -> usize {
        self.shared.lock().turned_away
    }

    /// The most requests that were being answered at the same time.
    pub fn most_at_once(&self) -> usize {
        self.shared.lock().most_flying
    }

    /// The phones the server holds, sorted.
    pub fn phones(&self) -> Vec<String> {
        self.shared.lock().held.keys().cloned().collect()
    }

    /// A contact the server holds, as it was sent last.
    pub fn contact(&self, digits: &str) -> Option<Value> {
        self.shared.lock().held.get(digits).cloned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ending.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
        if std::thread::panicking() {
            return;
        }
        let record = self.shared.lock();
        assert!(record.troubles.is_empty(), "{}", record.troubles.join("\n"));
        assert!(record.overlaps.is_empty(), "in two requests at once: {:?}", record.overlaps);
        let asked = record.requests.len() + record.turned_away;
        match self.expected {
            Expected::Never => assert_eq!(asked, 0, "requests"),
            Expected::Exactly(count) => assert_eq!(asked, count, "requests"),
            Expected::AtLeastOnce => assert!(asked > 0, "the server was never asked"),
            Expected::AtWill => {}
        }
    }
}

/// A connection, plain or not.
pub enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Wire {
    /// The socket below.
    pub fn socket(&self) -> &TcpStream {
        match self {
            Wire::Plain(socket) => socket,
            Wire::Tls(stream) => &stream.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(socket) => socket.read(into),
            Wire::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(socket) => socket.write(bytes),
            Wire::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Plain(socket) => socket.flush(),
            Wire::Tls(stream) => stream.flush(),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a connection; its number.
    fn connect(&self) -> usize {
        let record = &mut *self.lock();
        record.connections += 1;
        record.connections_open += 1;
        record.connections
    }

    /// Serves a connection to its end; how it ends is the other side's affair.
    fn serve(&self, connection: usize, socket: TcpStream) {
        let _ = socket.set_nodelay(true);
        let wire = match &self.tls {
            None => Wire::Plain(socket),
            Some((config, _)) => {
                let session = ServerConnection::new(config.clone()).expect("a session");
                Wire::Tls(Box::new(StreamOwned::new(session, socket)))
            }
        };
        let mut stream = BufReader::new(wire);
        while let Ok(true) = self.exchange(connection, &mut stream) {}
    }

    /// One request and its answer; whether the connection goes on.
    fn exchange(&self, connection: usize, stream: &mut BufReader<Wire>) -> io::Result<bool> {
        let Some(head) = Head::read(stream)? else { return Ok(false) };
        if self.impatience.is_some_and(|limit| head.length().unwrap_or(0) > limit) {
            self.lock().turned_away += 1;
            stream.get_mut().write_all(&Reply::html(413).header("Connection", "close").bytes())?;
            return Ok(false);
        }
        let body = head.body(stream)?;
        let contacts = serde_json::from_slice(&body).unwrap_or_default();
        let request = self.take_off(Request { number: 0, connection, at: Instant::now(), head, body, contacts });
        let reply = catch_unwind(AssertUnwindSafe(|| (self.answer)(&request)));
        if let Ok(reply) = &reply {
            std::thread::sleep(reply.delay);
        }
        // The one who asked may send the same phones again as soon as it is answered.
        self.land(&request, reply.as_ref().is_ok_and(|reply| reply.applies));
        match reply {
            Ok(reply) => reply.transmission.write(&reply.bytes(), stream),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map_or("the closure panicked", String::as_str);
                self.lock().troubles.push(text.to_owned());
                Ok(false)
            }
        }
    }

    fn take_off(&self, mut request: Request) -> Request {
        let record = &mut *self.lock();
        request.number = record.requests.len() + 1;
        for phone in request.phones() {
            let count = record.flying.entry(phone.clone()).or_default();
            *count += 1;
            if *count > 1 {
                record.overlaps.push(phone);
            }
        }
        record.requests_flying += 1;
        record.most_flying = record.most_flying.max(record.requests_flying);
        record.requests.push(request.clone());
        request
    }

    fn land(&self, request: &Request, applies: bool) {
        let record = &mut *self.lock();
        record.requests_flying -= 1;
        for contact in &request.contacts {
            let phone = phone(contact);
            if let Some(count) = record.flying.get_mut(&phone) {
                *count -= 1;
                if *count == 0 {
                    record.flying.remove(&phone);
                }
            }
            if applies {
                record.held.insert(phone, contact.clone());
            }
        }
    }
}

/// A certificate for loopback that signs itself, ready to serve with, and as PEM.
pub fn identity() -> (Arc<ServerConfig>, String) {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let own = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the protocol versions of the provider")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())
        .expect("the key of the certificate");
    (Arc::new(config), own.cert.pem())
}
