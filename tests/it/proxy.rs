//! Proxies of the environment: used or refused, and never passed by.

use std::io::Write;

use crate::support::exchange::Reply;
use crate::support::job::folder;
use crate::support::program::{Folder, Program, Run, TOKEN, m1import};
use crate::support::server::Server;

/// A service that no test reaches: whoever asks for it directly gets "name not found".
const ENDPOINT: &str = "https://service.invalid/inbox/users/import";

fn import(folder: &Folder) -> Program {
    m1import(folder, ["contacts.csv", "--endpoint", ENDPOINT, "--token", TOKEN, "--connect-timeout", "2s"]).with([
        "--give-up-after",
        "1s",
        "--progress",
        "never",
    ])
}

fn through(proxy: &str) -> (Folder, Run) {
    let folder = folder(3);
    let run = import(&folder).env("HTTPS_PROXY", proxy).run();
    (folder, run)
}

/// The address of a server, as that of a proxy.
fn address(server: &Server) -> String {
    server.endpoint().split('/').take(3).collect::<Vec<_>>().join("/")
}

#[test]
fn a_proxy_that_cannot_be_used_is_never_passed_by() {
    for (proxy, why) in [
        ("http://me:ge#heim@proxy:3128", "holds the character '#'"),
        ("http://proxy:3128 ", "holds the character ' '"),
        ("socks5://proxy:1080", "SOCKS"),
        ("SOCKS5H://proxy:1080", "SOCKS"),
        ("ftp://proxy", "neither https nor http"),
        ("http://proxy:port", "port"),
    ] {
        let (folder, run) = through(proxy);
        run.exits_with(78).says("[config.proxy]").says("HTTPS_PROXY").says(why);
        assert!(!run.stderr.contains("heim"), "{}", run.stderr);
        assert!(!folder.has("contacts.results"));
        m1import(&folder, ["ping", "--endpoint", ENDPOINT, "--token", TOKEN])
            .env("all_proxy", proxy)
            .run()
            .exits_with(78);
        m1import(&folder, ["config"]).env("https_proxy", proxy).run().exits_with(78).says("https_proxy");
        // What asks nobody needs no proxy.
        m1import(&folder, ["phone", "+27831234567"]).env("HTTPS_PROXY", proxy).run().exits_with(0);
        m1import(&folder, ["check", "contacts.csv"]).env("HTTPS_PROXY", proxy).run().exits_with(0);
        m1import(&folder, ["contacts.csv", "--sandbox"]).env("HTTPS_PROXY", proxy).run().exits_with(0);
    }
}

#[test]
fn exceptions_and_loopback_go_past_it() {
    let folder = folder(3);
    let run = import(&folder).env("HTTPS_PROXY", "socks5://x").env("NO_PROXY", "other, .service.invalid").run();
    run.exits_with(75).says("[server.unknown_host]");
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv"]).env("HTTPS_PROXY", "socks5://x").to(&server).run().exits_with(0);
}

#[test]
fn the_proxy_is_named_without_its_password() {
    let proxy = Server::new(|_| Reply::refused(403, "policy"));
    let shown = address(&proxy).replace("http://", "http://…@");
    let with_user = address(&proxy).replace("http://", "http://me:geheim-password@");
    let (folder, run) = through(&with_user);
    run.exits_with(78).says(&format!("through the proxy {shown} (HTTPS_PROXY)")).says("[server.proxy_refused]");
    let name = address(&proxy).replace("http://", "");
    run.says(&format!("the proxy {name} answered 403 to CONNECT service.invalid:443"));
    assert!(!run.stderr.contains("geheim"), "{}", run.stderr);
    assert!(!folder.read("contacts.results/summary.json").contains("geheim"));
    let config = m1import(&folder, ["config"]).env("HTTPS_PROXY", &with_user).run();
    let line = config.exits_with(0).stdout.lines().find(|line| line.starts_with("proxy ")).unwrap();
    assert!(line.contains(&shown) && line.ends_with("HTTPS_PROXY"), "{line}");
    let ping =
        m1import(&folder, ["ping", "--endpoint", ENDPOINT, "--token", TOKEN]).env("HTTPS_PROXY", &with_user).run();
    assert!(ping.exits_with(78).stdout.contains(&shown), "{}", ping.stdout);
}

#[test]
fn every_answer_of_a_proxy_has_its_exit_code() {
    let cases: [(Reply, i32, &str, &str); 7] = [
        (Reply::refused(400, "no"), 78, "[server.proxy_refused]", "answered 400"),
        (Reply::refused(404, "no"), 78, "[server.proxy_refused]", "answered 404"),
        (Reply::html(405), 78, "[server.proxy_refused]", "answered 405"),
        (Reply::html(502), 75, "[server.unreachable]", "answered 502 to CONNECT service.invalid:443"),
        (Reply::html(503), 75, "[server.unreachable]", "answered 503"),
        (
            Reply::html(407).header("Proxy-Authenticate", "Basic realm=x"),
            77,
            "[server.proxy_auth]",
            "wants credentials",
        ),
        (Reply::html(407).header("Proxy-Authenticate", "NTLM"), 77, "[server.proxy_auth]", "offers NTLM only"),
    ];
    for (reply, exit, code, words) in cases {
        let proxy = Server::new(move |_| reply.clone());
        let (_folder, run) = through(&address(&proxy));
        run.exits_with(exit).says(code).says(words);
        assert!(proxy.requests().iter().all(|request| request.method() == "CONNECT"), "the contacts stay here: {code}");
        assert!(proxy.requests().iter().all(|request| request.header("authorization").is_none()), "and the token");
    }
    let proxy = Server::new(|_| Reply::html(407).header("Proxy-Authenticate", "Basic realm=x"));
    let (_folder, run) = through(&address(&proxy).replace("http://", "http://me:ge%3Aheim@"));
    run.exits_with(77).says("refused the credentials");
    let sent = proxy.requests().last().unwrap().header("proxy-authorization").map(str::to_owned);
    // me:ge:heim
    assert_eq!(sent.as_deref(), Some("Basic bWU6Z2U6aGVpbQ=="));
}

#[test]
fn a_proxy_that_is_down_is_named() {
    let (_folder, run) = through("127.0.0.1:1");
    run.exits_with(75).says("[server.unreachable]").says("the proxy 127.0.0.1:1: ");
}

#[test]
fn what_speaks_no_tls_is_not_called_a_bad_certificate() {
    // It answers before it has been asked, as one that takes the greeting of TLS for a line of HTTP does.
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = plain.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in plain.incoming() {
            let _ = stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        }
    });
    let folder = folder(3);
    let endpoint = format!("https://{address}/inbox/users/import");
    let run = m1import(&folder, ["contacts.csv", "--endpoint", &endpoint, "--token", TOKEN]).run();
    run.exits_with(78).says("[server.no_tls]");
    let (_folder, run) = through(&format!("https://{address}"));
    run.exits_with(78).says("[server.no_tls]").says(&format!("the proxy {address}"));
}
