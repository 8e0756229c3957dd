//! Bad days: servers that throttle, lie, cut, stall and refuse, and what becomes of the contacts.
//!
//! In each of them every row has one status, the server holds what it should, and the run ends with the right code.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::support::exchange::{Reply, Request};
use crate::support::faults::{RandomFaults, Transmission, bomb};
use crate::support::job::{all_arrived, folder, import, rows};
use crate::support::program::{TOKEN, m1import};
use crate::support::server::Server;

/// A server that treats its first requests otherwise than the rest.
fn at_first(count: usize, first: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::new(move |request| if request.number <= count { first(request) } else { Reply::ok() })
}

#[test]
fn a_server_that_throttles_is_left_alone_as_long_as_it_asks() {
    let folder = folder(400);
    let throttled = Mutex::new(None::<Instant>);
    let server = Server::new(move |request| {
        let mut throttled = throttled.lock().unwrap();
        if let Some(since) = *throttled {
            assert!(request.at >= since + Duration::from_secs(1), "asked again after {:?}", request.at - since);
        }
        *throttled = (request.number <= 3).then(Instant::now);
        if request.number <= 3 { Reply::refused(429, "slowly").header("Retry-After", "1") } else { Reply::ok() }
    });
    let run = import(&folder, &server, &[]);
    let summary = all_arrived(&run, &folder, &server, 400);
    assert_eq!(summary["requests"]["throttled"], 3);
}

#[test]
fn a_date_to_come_back_is_read_by_the_clock_of_the_server() {
    let folder = folder(20);
    let server = at_first(1, |_| {
        let ahead = SystemTime::now() + Duration::from_secs(3600);
        Reply::refused(503, "later")
            .header("Date", &httpdate::fmt_http_date(ahead))
            .header("Retry-After", &httpdate::fmt_http_date(ahead + Duration::from_secs(2)))
    });
    let run = import(&folder, &server, &[]);
    all_arrived(&run, &folder, &server, 20);
    assert!((Duration::from_secs(1)..Duration::from_secs(15)).contains(&run.took), "{:?}", run.took);
}

#[test]
fn a_wait_of_a_day_ends_the_run_which_can_be_taken_up() {
    let folder = folder(100);
    let server = Server::new(|request| match request.number {
        2 => Reply::refused(429, "tomorrow").header("Retry-After", "86400"),
        // The bad news comes before the good.
        _ => Reply::ok().after(Duration::from_millis(50)),
    });
    let run = import(&folder, &server, &[]);
    run.exits_with(75);
    assert!(run.took < Duration::from_secs(2), "{:?}", run.took);
    // A third request may have been on its way already.
    let (sent, accepted) = (server.count(), rows(&folder, "accepted"));
    assert!(sent <= 3, "{sent}");
    assert_eq!((accepted as usize, accepted + rows(&folder, "not_sent")), (server.phones().len(), 100));
    let run = import(&folder, &server, &[]);
    let summary = all_arrived(&run, &folder, &server, 100);
    assert_eq!(summary["rows"]["accepted_before"], accepted);
    assert_eq!((server.count() - sent) as u64, (100 - accepted) / 20);
}

#[test]
fn a_server_that_fails_now_and_then_gets_everything() {
    let folder = folder(1000);
    let faults = Mutex::new(RandomFaults::new(7, 0.3));
    let server = Server::new(move |_| faults.lock().unwrap().reply());
    let run = import(&folder, &server, &[]);
    all_arrived(&run, &folder, &server, 1000);
}

#[test]
fn above_what_the_server_can_bear_fewer_are_sent_at_once() {
    let folder = folder(2000);
    let flying = AtomicUsize::new(0);
    let server = Server::new(move |_| {
        let now = flying.fetch_add(1, Ordering::SeqCst) + 1;
        std::thread::sleep(Duration::from_millis(20));
        flying.fetch_sub(1, Ordering::SeqCst);
        if now > 6 { Reply::refused(503, "too many") } else { Reply::ok() }
    });
    let run = import(&folder, &server, &[]);
    let summary = all_arrived(&run, &folder, &server, 2000);
    let (sent, throttled) =
        (summary["requests"]["sent"].as_u64().unwrap(), summary["requests"]["throttled"].as_u64().unwrap());
    assert!(throttled * 100 <= sent * 15, "{throttled} of {sent}");
}

#[test]
fn a_server_slower_than_the_timeout_never_sees_a_phone_twice_at_once() {
    let folder = folder(40);
    let server = at_first(1, |_| Reply::ok().after(Duration::from_secs(2)).applies(true));
    let run = import(&folder, &server, &["--timeout", "1s"]);
    all_arrived(&run, &folder, &server, 40);
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(3), "a floor after a timeout");
}

#[test]
fn connections_that_are_reset_lose_nothing() {
    let folder = folder(100);
    let server = at_first(5, |request| match request.number {
        1 => Reply::ok().transmission(Transmission::Reset(0)).applies(false),
        2 => Reply::ok().transmission(Transmission::Reset(40)),
        3 => Reply::ok().transmission(Transmission::Cut(0)),
        _ => Reply::ok().transmission(Transmission::Leave),
    });
    all_arrived(&import(&folder, &server, &[]), &folder, &server, 100);
}

#[test]
fn an_answer_cut_anywhere_is_not_believed() {
    let whole = Reply::ok().bytes().len();
    for cut in [1, 9, 12, 17, 40, whole - 70, whole - 2, whole - 1] {
        let folder = folder(20);
        let server = at_first(1, move |_| Reply::ok().transmission(Transmission::Cut(cut)).applies(false));
        all_arrived(&import(&folder, &server, &[]), &folder, &server, 20);
        assert_eq!(server.count(), 2, "{cut}");
    }
}

#[test]
fn answers_that_do_not_come_are_given_up_in_time() {
    for transmission in [Transmission::Stall, Transmission::Drip(Duration::from_millis(100))] {
        let folder = folder(20);
        let server = at_first(1, move |_| Reply::ok().transmission(transmission).applies(false));
        let run = import(&folder, &server, &["--timeout", "1s"]);
        all_arrived(&run, &folder, &server, 20);
        assert!(run.took < Duration::from_secs(20), "{:?}", run.took);
    }
    let folder = folder(20);
    let server = Server::new(|_| Reply::ok().transmission(Transmission::Stall).applies(false));
    let run = import(&folder, &server, &["--timeout", "500ms", "--give-up-after", "3s"]);
    run.exits_with(75);
    assert_eq!((rows(&folder, "unconfirmed"), rows(&folder, "accepted")), (20, 0));
}

#[test]
fn a_success_that_says_failure_is_a_failure() {
    for body in
        [json!({"success": false, "code": 400, "message": "no such tag", "data": []}), json!({"status": "error"})]
    {
        let folder = folder(50);
        let server = Server::new(move |request| match request.has("27830000033") {
            true => Reply::json(200, &body).applies(false),
            false => Reply::ok(),
        });
        import(&folder, &server, &[]).exits_with(1);
        assert_eq!((rows(&folder, "accepted"), rows(&folder, "refused")), (49, 1));
        assert!(!server.phones().contains(&"27830000033".to_owned()));
    }
}

#[test]
fn a_success_that_counts_failures_is_no_success_for_the_rest() {
    let counts: [fn(usize, usize) -> Value; 3] = [
        |imported, failed| json!({"imported": imported, "failed": failed}),
        |imported, failed| json!({"summary": {"imported": imported, "failed": failed}}),
        |imported, failed| json!({"imported": imported.to_string(), "failed": failed.to_string()}),
    ];
    for counts in counts {
        let folder = folder(50);
        let server = Server::new(move |request| {
            let (count, failed) = (request.phones().len(), usize::from(request.has("27830000033")));
            let body = json!({"success": true, "data": counts(count - failed, failed)});
            Reply::json(200, &body).applies(failed == 0)
        });
        import(&folder, &server, &[]).exits_with(1);
        assert_eq!((rows(&folder, "accepted"), rows(&folder, "refused")), (49, 1));
        assert!(!server.phones().contains(&"27830000033".to_owned()));
    }
}

#[test]
fn a_word_that_is_not_known_refuses_no_row() {
    let folder = folder(50);
    let server = Server::new(|_| Reply::json(202, &json!({"status": "escrowed"})).applies(false));
    let run = import(&folder, &server, &[]);
    run.exits_with(76);
    assert_eq!((rows(&folder, "unconfirmed"), rows(&folder, "not_sent"), server.count()), (20, 30, 3));
    let folder = self::folder(50);
    let server = Server::new(|_| Reply::json(202, &json!({"status": "queued"})));
    all_arrived(&import(&folder, &server, &[]), &folder, &server, 50);
}

#[test]
fn a_403_that_says_when_to_come_back_is_a_throttle() {
    let folder = folder(50);
    let server = at_first(2, |_| Reply::refused(403, "slow down").header("Retry-After", "0.3"));
    let summary = all_arrived(&import(&folder, &server, &[]), &folder, &server, 50);
    assert_eq!(summary["requests"]["throttled"], 2);
}

#[test]
fn a_token_that_ends_amid_the_run_is_followed_by_a_new_one() {
    let folder = folder(1000);
    let server =
        Server::new(|request| match request.header("authorization") == Some("Bearer new") || request.number < 20 {
            true => Reply::ok(),
            false => Reply::refused(401, "expired"),
        });
    let endpoint = server.endpoint();
    let import =
        |token| m1import(&folder, ["contacts.csv", "--batch-size", "20", "--endpoint", &endpoint, "--token", token]);
    import("old").run().exits_with(77);
    let sent = server.count();
    assert!(sent <= 19 + 9, "{sent}");
    assert_eq!(rows(&folder, "accepted"), 380);
    let summary = all_arrived(&import("new").with(["--same-account"]).run(), &folder, &server, 1000);
    assert_eq!(summary["rows"]["accepted_before"], 380);
    assert_eq!(server.count(), sent + 31);
}

#[test]
fn a_token_file_that_is_renewed_amid_the_run_is_read_again() {
    let folder = folder(200);
    folder.write("token", "old");
    let path = folder.path("token");
    let server = Server::new(move |request| {
        if request.number == 4 {
            std::fs::write(&path, "new").unwrap();
        }
        let valid = if request.number < 4 { "Bearer old" } else { "Bearer new" };
        if request.header("authorization") == Some(valid) { Reply::ok() } else { Reply::refused(401, "expired") }
    });
    let endpoint = server.endpoint();
    let run =
        m1import(&folder, ["contacts.csv", "--batch-size", "20", "--endpoint", &endpoint, "--token-file", "token"])
            .run();
    all_arrived(&run, &folder, &server, 200);
}

#[test]
fn redirects_lead_nowhere() {
    let elsewhere = Server::unasked();
    for status in [301, 302, 307, 308] {
        let folder = folder(20);
        let to = elsewhere.endpoint();
        let server = Server::new(move |_| Reply::redirect(status, &to));
        import(&folder, &server, &[]).exits_with(76);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn bodies_too_large_for_the_server_become_smaller() {
    let large = |request: &Request| if request.body.len() > 20_000 { Reply::html(413) } else { Reply::ok() };
    let folder = folder(3000);
    let server = Server::new(large);
    let run = m1import(&folder, ["contacts.csv", "--batch-size", "1000"]).to(&server).run();
    all_arrived(&run, &folder, &server, 3000);
    let refused = server.requests().iter().filter(|request| request.body.len() > 20_000).count();
    assert!(refused <= 8 + 3, "{refused}");
    run.says("a batch is too large for the server, and goes on in smaller ones (HTTP 413)").says("contacts at once");
    assert!(!run.stderr.contains("one contact alone"), "{}", run.stderr);

    // The answer of one that closes before it has read is often lost.
    let server = Server::impatient(20_000, |_| Reply::ok());
    let run = m1import(&folder, ["contacts.csv", "--batch-size", "1000"]).to(&server).run();
    all_arrived(&run, &folder, &server, 3000);
}

#[test]
fn what_the_server_refuses_is_found_at_a_bearable_price() {
    for poisoned in [1, 37] {
        let folder = folder(10_000);
        let poison = move |n: usize| format!("2783{:07}", n * 9973 % 10_000);
        let server = Server::new(move |request| match (0..poisoned).any(|n| request.has(&poison(n))) {
            true => Reply::refused(400, "no such number"),
            false => Reply::ok(),
        });
        let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
        run.exits_with(1);
        assert_eq!((rows(&folder, "accepted"), rows(&folder, "refused")), (10_000 - poisoned as u64, poisoned as u64));
        let extra = server.count() - 100;
        let bound = 2.0 * poisoned as f64 * (10_000.0 / poisoned as f64).log2() + 20.0;
        assert!(extra as f64 <= bound, "{extra} of {bound}");
        let rejected = folder.table("contacts.results/rejected.csv");
        assert!(rejected.iter().all(|row| row["m1import_reason"].contains("no such number")));
        assert_eq!(rejected.len(), poisoned);
    }
}

#[test]
fn when_everything_is_refused_no_row_is_blamed() {
    let folder = folder(100_000);
    let server = Server::new(|_| Reply::refused(400, "profile must not be an object"));
    let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
    run.exits_with(65);
    assert!(server.count() <= 60, "{}", server.count());
    assert_eq!((rows(&folder, "refused"), rows(&folder, "accepted")), (0, 0));
}

#[test]
fn answers_without_end_do_no_harm() {
    let folder = folder(20);
    for flood in [Reply::ok().transmission(Transmission::Flood).applies(false), bomb(256).applies(false)] {
        let server = Server::new(move |_| flood.clone());
        let run = import(&folder, &server, &["--restart"]);
        run.exits_with(76);
        assert!(run.peak < 64 << 10, "{} KiB", run.peak);
        assert_eq!(rows(&folder, "accepted"), 0);
    }
}

#[test]
fn an_echo_of_the_token_goes_no_further() {
    let folder = folder(20);
    let server = Server::new(|request| {
        let echo = format!("\u{1b}[31m{}\r::error::x", request.header("authorization").unwrap_or(""));
        Reply::refused(if request.number > 1 { 401 } else { 500 }, &echo)
    });
    let run = import(&folder, &server, &["-vv"]);
    run.exits_with(77);
    for text in [
        &run.stdout,
        &run.stderr,
        &folder.read("contacts.results/summary.json"),
        &folder.read("contacts.results/journal.ndjson"),
    ] {
        assert!(!text.contains(TOKEN), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text:?}");
    }
}

#[test]
fn https_is_trusted_when_its_certificate_is_named() {
    let folder = folder(20);
    let server = Server::tls(|_| Reply::ok());
    folder.write("ca.pem", server.certificate());
    import(&folder, &server, &[]).exits_with(78).says("--cacert");
    assert_eq!(server.count(), 0);
    all_arrived(&import(&folder, &server, &["--cacert", "ca.pem", "--restart"]), &folder, &server, 20);
}

/// `-v` says each request and each wait, `-vv` headers and the beginning of the answers; neither says a secret.
#[test]
fn as_much_is_said_as_was_asked_for() {
    let run = |more: &[&str]| {
        let folder = folder(200);
        let echo = format!("{{\"success\":true,\"message\":\"taken by {TOKEN}\"}}");
        let server = Server::new(move |request| match request.number {
            1 => Reply::refused(429, "slowly").header("retry-after", "1"),
            2 => Reply::new(200, "application/json", echo.clone()),
            _ => Reply::new(200, "application/json", "{\"success\":true,\"message\":\"all of them\"}"),
        });
        let run = import(&folder, &server, more);
        run.exits_with(0);
        assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
        run.stderr.clone()
    };
    let (plain, more, most) = (run(&[]), run(&["-v"]), run(&["-vv"]));
    for (said, in_more, in_most) in [
        ("HTTP 429 after", true, true),
        ("HTTP 200 after", true, true),
        ("\nwaiting 1.", true, true),
        ("  < {\"success\":true,\"message\":\"all of them\"}", false, true),
        ("  > x-request-id: ", false, true),
        ("  > authtype: Key\n", false, true),
        ("  < retry-after: 1.0 s", false, true),
    ] {
        assert!(!plain.contains(said), "{said}: {plain}");
        assert_eq!(more.contains(said), in_more, "{said}: {more}");
        assert_eq!(most.contains(said), in_most, "{said}: {most}");
    }
}
