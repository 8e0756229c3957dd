//! Contacts that a server, or a firewall before it, cannot stand: they are found and named, and all others arrive.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::support::exchange::{Reply, Request};
use crate::support::job::{folder, import, rows};
use crate::support::program::{Folder, Run, m1import};
use crate::support::server::Server;

/// What Express answers to an error that a handler throws.
fn failed() -> Reply {
    Reply::new(
        500,
        "text/html",
        "<html><body><pre>Error: cannot read number<br> &nbsp; &nbsp;at handle</pre></body></html>",
    )
}

/// What Apache answers where mod_security denies a request.
fn forbidden() -> Reply {
    let body = "<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>";
    Reply::new(403, "text/html", body)
}

fn phones(numbers: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    numbers.into_iter().map(|n| format!("2783{n:07}")).collect()
}

/// A server that answers so to every request with one of these contacts.
fn server(poison: &BTreeSet<String>, reply: fn() -> Reply) -> Server {
    let poison = poison.clone();
    Server::new(move |request| if request.phones().iter().any(|p| poison.contains(p)) { reply() } else { Reply::ok() })
}

/// Exactly these are refused, in these words, and all others have arrived.
#[track_caller]
fn assert_named(run: &Run, folder: &Folder, server: &Server, count: usize, poison: &BTreeSet<String>, words: &str) {
    run.exits_with(1);
    let refused = folder.table("contacts.results/results.csv");
    let refused: Vec<_> = refused.iter().filter(|row| row["status"] == "refused").collect();
    assert_eq!(refused.len(), poison.len());
    assert!(refused.iter().all(|row| row["message"].contains(words)), "{:?}", refused.first());
    let held: BTreeSet<String> = server.phones().into_iter().collect();
    assert_eq!(held, phones(0..count).difference(poison).cloned().collect());
}

#[test]
fn contacts_that_make_the_server_fail_are_found_at_a_bearable_price() {
    for (count, numbers) in [(2_000, vec![777, 1_777]), (4_000, (0..16).map(|n| n * 241 + 7).collect())] {
        let folder = folder(count as u32);
        let poison = phones(numbers);
        let server = server(&poison, failed);
        let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
        assert_named(&run, &folder, &server, count, &poison, "cannot read number");
        let extra = server.count() - count / 100;
        assert!(extra <= 40 + 45 * poison.len(), "{extra} requests more for {} contacts", poison.len());
        assert!(run.took < Duration::from_secs(60), "{:?}", run.took);
        assert!(!run.stderr.contains("nbsp"), "{}", run.stderr);
    }
}

#[test]
fn a_contact_that_a_firewall_dislikes_does_not_end_the_job() {
    let (folder, poison) = (folder(2_000), phones([777]));
    let server = server(&poison, forbidden);
    let run = m1import(&folder, ["contacts.csv", "--batch-size", "30"]).to(&server).run();
    assert_named(&run, &folder, &server, 2_000, &poison, "Forbidden");
    assert!(server.count() <= 67 + 16, "{}", server.count());
}

#[test]
fn a_firewall_that_lets_nothing_pass_and_an_account_that_is_closed_are_told_apart() {
    let folder = folder(100);
    let server = Server::new(|_| forbidden());
    import(&folder, &server, &[]).exits_with(76).says("[server.firewall]").says("ask whoever runs the service");
    assert!(server.count() <= 6, "{}", server.count());
    let server = Server::new(|_| Reply::refused(403, "no such plan"));
    import(&folder, &server, &["--restart"]).exits_with(77).says("[server.forbidden]").says("no such plan");
    assert_eq!(server.count(), 1);
    for reply in [forbidden as fn() -> Reply, || Reply::refused(403, "suspended")] {
        let server = Server::new(move |request| if request.number > 2 { reply() } else { Reply::ok() });
        import(&folder, &server, &["--restart"]).exits_with(77).says("[server.forbidden]");
        assert_eq!((rows(&folder, "accepted"), rows(&folder, "refused")), (40, 0));
        // What was accepted before is refused now: that is what tells.
        assert!(server.count() < 30, "{}", server.count());
    }
}

/// The first run ended before it found the last twenty, so that nothing else is left to the next one.
#[test]
fn a_resumed_run_names_them_though_nothing_else_is_left() {
    for (reply, words) in [(failed as fn() -> Reply, "cannot read number"), (forbidden, "Forbidden")] {
        let (folder, poison, opened) = (folder(100), phones(80..100), Arc::new(AtomicBool::new(false)));
        let (bad, open) = (poison.clone(), Arc::clone(&opened));
        let server = Server::new(move |request: &Request| match request.phones().iter().any(|p| bad.contains(p)) {
            true if open.load(Ordering::SeqCst) => reply(),
            true => Reply::refused(401, "expired").after(Duration::from_millis(200)),
            false => Reply::ok(),
        });
        import(&folder, &server, &[]).exits_with(77);
        assert_eq!(rows(&folder, "accepted"), 80);
        opened.store(true, Ordering::SeqCst);
        let before = server.count();
        let run = import(&folder, &server, &["--concurrency", "8"]);
        assert_eq!(rows(&folder, "accepted_before"), 80);
        assert_named(&run, &folder, &server, 100, &poison, words);
        // Of what was accepted before, one contact alone is sent once more now and then.
        let again: Vec<_> = server.requests().split_off(before);
        let again = again.iter().map(Request::phones).filter(|phones| phones.iter().all(|p| !poison.contains(p)));
        assert!(again.clone().all(|phones| phones == ["27830000000"]), "{:?}", again.collect::<Vec<_>>());
        assert!(again.clone().count() <= poison.len(), "{}", again.count());
    }
}

/// An answer that names the contacts at these positions, out of so many.
type Complain = fn(&[usize], usize) -> Reply;

/// The bodies of validators with the places of what they dislike, out of so many.
fn validators() -> Vec<(&'static str, Complain)> {
    vec![
        ("express-validator", |at, _| {
            let path = |at: &usize| format!("[{at}].profile.userDetails.contact.phone.number");
            let one =
                |at| json!({"type": "field", "value": "1", "msg": "is wrong", "path": path(at), "location": "body"});
            Reply::json(400, &json!({"errors": at.iter().map(one).collect::<Vec<_>>()}))
        }),
        ("class-validator", |at, _| {
            let one = |at: &usize| format!("[{at}] profile.userDetails.contact.phone.number is wrong");
            let messages: Vec<_> = at.iter().map(one).collect();
            Reply::json(400, &json!({"message": messages, "error": "Bad Request", "statusCode": 400}))
        }),
        ("zod", |at, _| {
            let one = |at: &usize| json!({"code": "custom", "path": [at, "profile", "name"], "message": "is wrong"});
            let issues = at.iter().map(one).collect::<Vec<_>>();
            Reply::json(422, &json!({"success": false, "error": {"name": "ZodError", "issues": issues}}))
        }),
        ("Fastify", |at, _| {
            let message = format!("body/{}/profile/userDetails/contact/phone/number is wrong", at[0]);
            Reply::json(
                400,
                &json!({"statusCode": 400, "code": "FST_ERR_VALIDATION", "error": "Bad Request", "message": message}),
            )
        }),
        ("FastAPI", |at, _| {
            let one = |at: &usize| json!({"type": "value_error", "loc": ["body", at, "profile"], "msg": "is wrong"});
            Reply::json(422, &json!({"detail": at.iter().map(one).collect::<Vec<_>>()}))
        }),
        ("Django REST framework", |at, count| {
            let one = |n: usize| if at.contains(&n) { json!({"profile": {"phone": ["is wrong"]}}) } else { json!({}) };
            Reply::json(400, &json!((0..count).map(one).collect::<Vec<_>>()))
        }),
        ("Laravel", |at, _| {
            let errors: serde_json::Map<_, _> =
                at.iter().map(|at| (format!("{at}.profile.phone"), json!(["is wrong"]))).collect();
            Reply::json(422, &json!({"message": "is wrong", "errors": errors}))
        }),
        ("ASP.NET", |at, _| {
            let errors: serde_json::Map<_, _> =
                at.iter().map(|at| (format!("[{at}].Profile.Phone"), json!(["is wrong"]))).collect();
            Reply::json(
                400,
                &json!({"title": "One or more validation errors occurred.", "status": 400, "errors": errors}),
            )
        }),
        ("problem+json", |at, _| {
            let one = |at: &usize| json!({"detail": "is wrong", "pointer": format!("#/{at}/profile/name")});
            let errors = at.iter().map(one).collect::<Vec<_>>();
            let body = json!({"type": "about:blank", "title": "Not valid.", "errors": errors});
            Reply::new(422, "application/problem+json", body.to_string())
        }),
    ]
}

#[test]
fn contacts_that_a_validator_names_cost_three_requests_each_at_most() {
    for (name, answer) in validators() {
        let (folder, poison) = (folder(2_000), phones((0..11).map(|n| n * 177 + 60)));
        let bad = poison.clone();
        let server = Server::new(move |request| {
            let bad = request
                .phones()
                .iter()
                .enumerate()
                .filter(|(_, p)| bad.contains(*p))
                .map(|(at, _)| at)
                .collect::<Vec<_>>();
            if bad.is_empty() { Reply::ok() } else { answer(&bad, request.contacts.len()) }
        });
        let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
        assert_named(&run, &folder, &server, 2_000, &poison, "is wrong");
        assert!(server.count() <= 20 + 3 * 11, "{name}: {} requests", server.count());
    }
}

/// As HAProxy answers to headers that are too long for it, whatever the contacts.
#[test]
fn a_request_that_is_turned_down_as_such_blames_no_row() {
    let page = "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>";
    for count in [3, 2_000] {
        let folder = folder(count);
        let server = Server::new(move |_| Reply::new(400, "text/html", page));
        let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
        run.exits_with(78).says("[server.bad_request]").says("Your browser sent an invalid request").says("--header");
        assert_eq!(rows(&folder, "not_sent"), u64::from(count));
        assert!(server.count() <= 30, "{}", server.count());
    }
}
