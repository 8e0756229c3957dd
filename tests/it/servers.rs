//! The servers of the tests keep their word: what they are told to do is what goes over the wire.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::contacts::body;
use crate::support::exchange::Reply;
use crate::support::faults::{RandomFaults, Transmission, bomb};
use crate::support::http::{Answer, Client, Head, host};
use crate::support::server::Server;

const PATH: &str = "/inbox/users/import";

fn post(client: &mut Client, body: &[u8]) -> std::io::Result<Answer> {
    client.send("POST", PATH, &[("X-Test", "yes")], body)
}

/// A server that answers the documented success, transmitted like this.
fn transmitted_as(transmission: Transmission) -> (Server, Client) {
    let server = Server::new(move |_| Reply::ok().transmission(transmission));
    let client = Client::of(&server.endpoint());
    (server, client)
}

#[test]
fn requests_are_remembered_and_contacts_held() {
    let server = Server::new(|request| match request.has("27830000002") {
        true => Reply::refused(400, "no"),
        false => Reply::ok(),
    });
    let mut client = Client::of(&server.endpoint());
    assert_eq!(post(&mut client, &body(1, 2)).unwrap().status(), 400);
    assert_eq!(post(&mut client, &body(3, 2)).unwrap().status(), 200);
    assert_eq!(server.phones(), ["27830000003", "27830000004"]);
    assert!(server.contact("27830000003").is_some());
    let requests = server.requests();
    assert_eq!((server.count(), server.connections(), server.most_at_once(), requests.len()), (2, 1, 1, 2));
    let first = &requests[0];
    assert_eq!((first.number, first.connection, first.method(), first.path()), (1, 1, "POST", PATH));
    assert_eq!((first.header("x-test"), first.phones().len()), (Some("yes"), 2));
    assert!(first.at <= requests[1].at && first.body == body(1, 2));
}

#[test]
fn a_phone_in_two_requests_at_once_is_noticed() {
    let server = Server::new(|_| Reply::ok().after(Duration::from_millis(200)));
    let url = server.endpoint();
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || post(&mut Client::of(&url), &body(1, 1)).unwrap().status())
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 200));
    assert_eq!(server.most_at_once(), 2);
    assert!(complains(server).contains("in two requests at once: [\"27830000001\"]"));
}

/// What a server says when it goes.
fn complains(server: Server) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(server))).expect_err("it complains");
    panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap()
}

#[test]
fn servers_complain_when_they_are_asked_otherwise_than_expected() {
    assert!(complains(Server::new(|_| Reply::ok())).contains("never asked"));
    drop(Server::new(|_| Reply::ok()).at_will());
    drop(Server::unasked());

    let server = Server::unasked();
    assert!(post(&mut Client::of(&server.endpoint()), b"[]").is_err());
    assert!(complains(server).contains("ought not to be"));

    let server = Server::answers([Reply::html(502), Reply::ok()]);
    assert_eq!(post(&mut Client::of(&server.endpoint()), b"[]").unwrap().status(), 502);
    assert!(complains(server).contains("left: 1"));

    let server = Server::answers([Reply::ok()]);
    let mut client = Client::of(&server.endpoint());
    assert_eq!(post(&mut client, b"[]").unwrap().status(), 200);
    assert!(post(&mut client, b"[]").is_err());
    assert!(complains(server).contains("request 2 is one too many"));
}

#[test]
fn replies_say_what_they_are_told() {
    let server = Server::answers([
        Reply::redirect(307, "http://127.0.0.1:1/"),
        Reply::refused(422, "why").header("Retry-After", "2"),
        Reply::ok().applies(false),
        bomb(8),
    ]);
    let mut client = Client::of(&server.endpoint());
    let moved = post(&mut client, &body(1, 1)).unwrap();
    assert_eq!((moved.status(), moved.head.header("location")), (307, Some("http://127.0.0.1:1/")));
    let refused = post(&mut client, &body(1, 1)).unwrap();
    assert_eq!((refused.status(), refused.head.header("retry-after")), (422, Some("2")));
    assert_eq!(refused.json()["data"][0], "why");
    assert_eq!(post(&mut client, &body(1, 1)).unwrap().status(), 200);
    assert!(server.phones().is_empty());
    let bomb = post(&mut client, b"[]").unwrap();
    assert_eq!(bomb.head.header("content-encoding"), Some("gzip"));
    let mut zeros = flate2::read::GzDecoder::new(bomb.body.as_slice());
    assert_eq!(std::io::copy(&mut zeros, &mut std::io::sink()).unwrap(), 8 << 20);
    assert!(bomb.body.len() < 16 << 10);
}

#[test]
fn answers_can_be_cut_anywhere() {
    let whole = Reply::ok().bytes();
    for count in [0, 1, 17, whole.len() - 1] {
        let (_server, mut client) = transmitted_as(Transmission::Cut(count));
        assert_eq!(post(&mut client, &body(1, 1)).unwrap_err().kind(), ErrorKind::UnexpectedEof, "{count}");
    }
}

#[test]
fn connections_can_be_reset_before_and_within_an_answer() {
    for count in [0, 20] {
        let (_server, mut client) = transmitted_as(Transmission::Reset(count));
        assert_eq!(post(&mut client, &body(1, 1)).unwrap_err().kind(), ErrorKind::ConnectionReset, "{count}");
    }
}

#[test]
fn a_connection_can_be_left_after_its_answer() {
    let (server, mut client) = transmitted_as(Transmission::Leave);
    let answer = post(&mut client, &body(1, 1)).unwrap();
    assert_eq!((answer.status(), answer.head.header("connection")), (200, None));
    assert!(post(&mut client, &body(2, 1)).is_err());
    assert_eq!(server.count(), 1);
}

#[test]
fn answers_can_stall_and_drip() {
    let (_server, client) = transmitted_as(Transmission::Stall);
    let mut socket = TcpStream::connect(client.host()).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    socket.write_all(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]").unwrap();
    let error = socket.read(&mut [0]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");

    let (_server, mut client) = transmitted_as(Transmission::Drip(Duration::from_millis(1)));
    let start = Instant::now();
    assert_eq!(post(&mut client, &body(1, 1)).unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(Reply::ok().bytes().len() as u64));
}

#[test]
fn a_flood_does_not_end() {
    let (_server, client) = transmitted_as(Transmission::Flood);
    let mut socket = TcpStream::connect(client.host()).unwrap();
    socket.write_all(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]").unwrap();
    let mut water = socket.take(64 << 20);
    assert_eq!(std::io::copy(&mut water, &mut std::io::sink()).unwrap(), 64 << 20);
}

#[test]
fn the_impatient_close_before_they_have_read() {
    let server = Server::impatient(1000, |_| Reply::ok());
    assert_eq!(post(&mut Client::of(&server.endpoint()), &body(1, 1)).unwrap().status(), 200);
    // Whether the answer is seen is chance: the reset that follows may overtake it.
    match post(&mut Client::of(&server.endpoint()), &vec![b' '; 4 << 20]) {
        Ok(answer) => assert_eq!(answer.status(), 413),
        Err(error) => assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}"),
    }
    assert_eq!((server.turned_away(), server.count()), (1, 1));
}

#[test]
fn the_unkind_is_unkind_in_the_same_way_each_time() {
    let draw = |seed| {
        let mut faults = RandomFaults::new(seed, 0.5);
        (0..200)
            .map(|_| faults.reply())
            .map(|reply| (reply.status, reply.transmission, reply.delay, reply.applies))
            .collect::<Vec<_>>()
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    let kind = draw(1).into_iter().filter(|drawn| *drawn == (200, Transmission::Whole, Duration::ZERO, true)).count();
    assert!((70..130).contains(&kind), "{kind} of 200");
}

#[test]
fn tls_is_spoken_with_the_certificate_that_is_shown() {
    let server = Server::tls(|_| Reply::ok());
    assert!(server.endpoint().starts_with("https://127.0.0.1:"));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.certificate().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let session = ClientConnection::new(Arc::new(config), ServerName::try_from("127.0.0.1").unwrap()).unwrap();
    let socket = TcpStream::connect(host(&server.endpoint())).unwrap();
    let mut stream = std::io::BufReader::new(StreamOwned::new(session, socket));
    stream.get_mut().write_all(b"POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]").unwrap();
    let head = Head::read(&mut stream).unwrap().unwrap();
    assert_eq!((head.word(1), head.body(&mut stream).unwrap()), ("200", Reply::ok().body));
    assert_eq!(server.requests()[0].path(), "/x");
}
