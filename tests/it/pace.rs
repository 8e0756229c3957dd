//! Servers that take so many requests, or connections, and no more: all arrives, at the pace they allow.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::support::exchange::Reply;
use crate::support::faults::Transmission;
use crate::support::job::{all_arrived, folder, import};
use crate::support::program::m1import;
use crate::support::server::Server;

/// A limiter that spaces requests, as nginx' `limit_req` does, and names no time.
fn limiter(every: Duration, answer: fn() -> Reply) -> Server {
    let free_at = Mutex::new(Instant::now());
    Server::new(move |request| {
        let mut free_at = free_at.lock().unwrap();
        if request.at < *free_at {
            return answer();
        }
        *free_at = request.at + every;
        Reply::ok()
    })
}

#[test]
fn the_pace_of_a_limiter_that_names_no_time_is_learnt() {
    for answer in [(|| Reply::html(503)) as fn() -> Reply, || Reply::new(429, "text/plain", "local_rate_limited")] {
        let folder = folder(2_000);
        let server = limiter(Duration::from_millis(40), answer);
        let run = import(&folder, &server, &[]);
        let summary = all_arrived(&run, &folder, &server, 2_000);
        let (sent, throttled) = (&summary["requests"]["sent"], &summary["requests"]["throttled"]);
        let (sent, throttled) = (sent.as_u64().unwrap(), throttled.as_u64().unwrap());
        assert!(throttled * 4 <= sent, "{throttled} of {sent}");
        // A hundred requests, 40 ms each, are 4 s; machines are busy.
        assert!(run.took < Duration::from_secs(9), "{:?}", run.took);
    }
}

/// Counts within periods, and says by its headers what is left of one.
#[test]
fn what_headers_say_of_a_limit_is_kept() {
    type Headers = fn(u32) -> Vec<(&'static str, String)>;
    let forms: [(&str, Headers); 5] = [
        ("RateLimit, draft 8", |left| vec![("RateLimit", format!("\"8-in-1sec\"; r={left}; t=1"))]),
        ("RateLimit, draft 7", |left| vec![("RateLimit", format!("limit=8, remaining={left}, reset=1"))]),
        ("RateLimit-*, draft 6", |left| {
            vec![("RateLimit-Remaining", left.to_string()), ("RateLimit-Reset", "1".into())]
        }),
        ("X-RateLimit-*, seconds", |left| {
            vec![("X-RateLimit-Remaining", left.to_string()), ("X-RateLimit-Reset", "1".into())]
        }),
        ("Retry-After of one limiter", |left| match left {
            0 => vec![("Retry-After-short", "1".into())],
            _ => vec![],
        }),
    ];
    for (name, headers) in forms {
        let folder = folder(600);
        let period = Mutex::new((Instant::now(), 0_u32));
        let server = Server::new(move |request| {
            let mut period = period.lock().unwrap();
            if request.at - period.0 >= Duration::from_secs(1) {
                *period = (request.at, 0);
            }
            period.1 += 1;
            let reply = if period.1 > 8 { Reply::refused(429, "too many") } else { Reply::ok() };
            headers(8_u32.saturating_sub(period.1)).iter().fold(reply, |reply, (name, value)| reply.header(name, value))
        });
        let run = import(&folder, &server, &[]);
        let summary = all_arrived(&run, &folder, &server, 600);
        // Thirty requests, eight a second, are three periods; up to eight are under way at once when one ends.
        let throttled = summary["requests"]["throttled"].as_u64().unwrap();
        assert!(throttled <= if name.starts_with("Retry") { 24 } else { 10 }, "{name}: {throttled} throttled");
        assert!(run.took < Duration::from_secs(9), "{name}: {:?}", run.took);
    }
}

#[test]
fn connections_that_break_above_two_at_once_narrow_the_window() {
    let folder = folder(2_000);
    let flying = Mutex::new(0_u32);
    let server = Server::new(move |_| {
        *flying.lock().unwrap() += 1;
        std::thread::sleep(Duration::from_millis(10));
        let mut now = flying.lock().unwrap();
        *now -= 1;
        if *now >= 2 { Reply::ok().transmission(Transmission::Reset(0)).applies(false) } else { Reply::ok() }
    });
    for more in [&[][..], &["--concurrency", "8"]] {
        let run =
            m1import(&folder, ["contacts.csv", "--batch-size", "20"]).to(&server).with(more.iter().copied()).run();
        all_arrived(&run, &folder, &server, 2_000);
    }
}
