//! `m1import ping` against servers of all kinds: what it says, and its exit code.

use super::support::exchange::Reply;
use super::support::program::{Folder, TOKEN, m1import};
use super::support::sandbox_process::SandboxProcess;
use super::support::server::Server;

#[test]
fn a_sandbox_takes_its_token_and_no_other() {
    let sandbox = SandboxProcess::new(&[]);
    let folder = Folder::new();
    let ping = |token: &str| m1import(&folder, ["ping", "--endpoint", sandbox.url(), "--token", token]).run();
    let run = ping("sandbox");
    run.exits_with(0);
    for line in [
        "asked        GET /inbox/segments of 127.0.0.1",
        "answer 200",
        "clocks       agree",
        "token        taken (from --token)",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let run = ping("another");
    run.exits_with(77).says("[token.refused]");
    assert!(run.stdout.contains("token        refused"), "{}", run.stdout);
    let run = m1import(&folder, ["ping", "--endpoint", sandbox.url(), "--token", "another", "--output", "json"]).run();
    let document: serde_json::Value = serde_json::from_str(&run.exits_with(77).stdout).unwrap();
    assert_eq!(
        (document["token"].as_str(), document["error"]["code"].as_str()),
        (Some("refused"), Some("token.refused"))
    );
    assert!(!folder.has("contacts.results"));
}

#[test]
fn every_answer_has_its_exit_code() {
    let cases = [
        (Reply::new(401, "application/json", "{}"), 77, "[token.refused]"),
        (Reply::new(403, "application/json", "{}"), 77, "[server.forbidden]"),
        (Reply::new(429, "application/json", "{}"), 75, "[server.busy]"),
        (Reply::new(503, "text/html", "<html>"), 75, "[server.error]"),
        (Reply::redirect(302, "https://login.example/"), 76, "[server.redirect]"),
        (Reply::new(200, "text/html", "<html>log in"), 76, "[server.unreadable]"),
        (Reply::new(404, "application/json", "{}"), 76, "[server.wrong_address]"),
    ];
    for (reply, exit, code) in cases {
        let server = Server::new(move |_| reply.clone());
        let run = m1import(&Folder::new(), ["ping"]).to(&server).run();
        run.exits_with(exit).says(code);
        assert_eq!(server.requests().len(), 1, "once only: {code}");
        let request = &server.requests()[0];
        assert_eq!((request.method(), request.path()), ("GET", "/inbox/segments"), "{code}");
        assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert!(!run.stdout.contains("log in") && !run.stderr.contains("log in"), "the body is never shown");
    }
}

#[test]
fn what_cannot_be_asked_is_said() {
    let folder = Folder::new();
    let ping = |arguments: &[&str]| m1import(&folder, ["ping"]).with(arguments).run();
    ping(&["--token", TOKEN, "--endpoint", "http://127.0.0.1:1/inbox/users/import"])
        .exits_with(75)
        .says("[server.unreachable]")
        .says("hint: check the network and --endpoint\n");
    ping(&["--token", TOKEN, "--endpoint", "http://127.0.0.1:1/other"]).exits_with(78).says("[config.endpoint]");
    ping(&["--endpoint", "http://127.0.0.1:1/inbox/users/import"]).exits_with(77).says("[token.missing]");
    ping(&["--token", "<x>", "--endpoint", "http://127.0.0.1:1/inbox/users/import"])
        .exits_with(77)
        .says("[token.malformed]");
}
