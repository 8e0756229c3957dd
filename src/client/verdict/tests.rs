//! Every status, body and fault with its verdict.

use proptest::prelude::*;

use super::*;

fn reply(status: u16, body: &str) -> Result<Reply, TransportError> {
    Ok(Reply { status, body: Bytes::copy_from_slice(body.as_bytes()), ..Reply::default() })
}

/// A verdict in a few words, so that the whole table can be read.
fn brief(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted => "accepted".into(),
        Verdict::PerItem(ones) => {
            let brief = |one: &ItemVerdict| match one {
                ItemVerdict::Accepted => "accepted",
                ItemVerdict::Refused(_) => "refused",
                ItemVerdict::Again(_) => "again",
            };
            ones.iter().map(brief).collect::<Vec<_>>().join(" ")
        }
        Verdict::Retry(Retry { why, reached, too_much, then, .. }) => {
            let reached = if *reached { " reached" } else { "" };
            let too_much = if *too_much { " too-much" } else { "" };
            format!("later {} {then:?}{reached}{too_much}", why.cause)
        }
        Verdict::Halve { why, smaller, .. } => {
            format!("halve {}{}", why.cause, if *smaller { " smaller" } else { "" })
        }
        Verdict::Denied(why) => format!("denied {}", why.cause),
        Verdict::Unauthorized(why) => format!("renew {}", why.cause),
        Verdict::Halt(why) => format!("halt {}", why.cause),
    }
}

const UNREADABLE: &str = "later server.unreadable Halt(3) reached";
const FAILING: &str = "later server.error GiveUp reached";

/// The table of statuses that are not a success; every status has a line.
fn expected(status: u16) -> &'static str {
    match status {
        300..=399 => "halt server.redirect",
        400 | 422 => "halve server.refused",
        401 => "renew token.refused",
        403 => "denied server.forbidden",
        402 | 451 => "halt server.forbidden",
        407 => "halt server.proxy_auth",
        408 | 425 => "later server.error GiveUp",
        409 => "later server.refused Halve(3) reached",
        413 => "halve server.batch_too_large smaller",
        414 | 431 => "halt server.headers_too_large",
        421 => "later server.wrong_address Halt(2)",
        429 | 503 => "later server.busy GiveUp too-much",
        501 | 505 => "halt server.wrong_address",
        511 => UNREADABLE,
        404..=499 => "halt server.wrong_address",
        500..=599 => FAILING,
        _ => UNREADABLE,
    }
}

/// Bodies of every shape, and what a 2xx with them comes to for a batch of two.
const BODIES: &[(&str, &str)] = &[
    (r#"{"status":"success","message":"User profiles imported successfully."}"#, "accepted"),
    (r#"{"success":true,"message":"","code":200,"data":{}}"#, "accepted"),
    (r#"{"success":false,"code":400,"data":["phone"]}"#, "halve server.refused"),
    (r#"{"success":false}"#, "halve server.refused"),
    (r#"{"status":"error"}"#, "halve server.refused"),
    (r#"{"success":true,"code":401}"#, "renew token.refused"),
    (r#"{"code":503}"#, "later server.busy GiveUp too-much"),
    (r#"{"code":413}"#, "halve server.batch_too_large smaller"),
    (r#"{"code":404}"#, "halt server.wrong_address"),
    (r#"[{"success":true},{"status":429}]"#, "accepted again"),
    (r#"[{"success":false},{"status":201}]"#, "refused accepted"),
    (r#"{"status":"queued"}"#, "accepted"),
    (r#"{"status":"escrowed"}"#, UNREADABLE),
    (r#"{"success":true,"data":{"imported":1,"failed":1}}"#, "halve server.refused"),
    (r#"{"status":"success","imported":1}"#, "halve server.refused"),
    (r#"[{"success":true}]"#, UNREADABLE),
    ("<!doctype html><title>Sign in</title>", UNREADABLE),
    ("", UNREADABLE),
    ("{}", UNREADABLE),
    ("null", UNREADABLE),
    (r#"{"status":"succe"#, UNREADABLE),
];

#[test]
fn every_status_with_every_body_has_its_verdict() {
    for status in 100..=599 {
        for (body, of_2xx) in BODIES {
            let verdict = brief(&judge(&reply(status, body), 2));
            let expected = match status {
                // It announces a word for each contact.
                207 if *of_2xx == "accepted" => UNREADABLE,
                200..=299 => of_2xx,
                403 if body.starts_with('<') => "denied server.firewall",
                400 if body.starts_with('<') => "halve server.bad_request",
                status => expected(status),
            };
            assert_eq!(verdict, expected, "{status} {body}");
        }
    }
    assert_eq!(brief(&judge(&reply(0, ""), 1)), UNREADABLE);
    assert_eq!(brief(&judge(&reply(999, ""), 1)), UNREADABLE);
}

#[test]
fn every_fault_has_its_verdict() {
    let text = || "words".to_owned();
    for (fault, verdict) in [
        (TransportError::Unreachable(text()), "later server.unreachable GiveUp"),
        (TransportError::Certificate(text()), "halt server.certificate"),
        (TransportError::ProxyAuth(text()), "halt server.proxy_auth"),
        (TransportError::Proxy(text()), "halt server.proxy_refused"),
        (TransportError::NoTls(text()), "halt server.no_tls"),
        (TransportError::Request(text()), "halt config.request"),
        (TransportError::Writing(text()), "later server.cut HalveSmaller(2) reached"),
        (TransportError::Lost(text()), "later server.cut Free reached"),
        (TransportError::Cut(text()), "later server.cut GiveUp reached"),
        (TransportError::Timeout, "later server.timeout GiveUp reached too-much"),
        (TransportError::TooLong, UNREADABLE),
    ] {
        assert_eq!(brief(&judge(&Err(fault), 2)), verdict);
    }
}

#[test]
fn only_a_wait_that_is_meant_so_is_named() {
    let named = |status| {
        let after = Some(Duration::from_secs(2));
        let reply = Reply { status, retry_after: after, ..Reply::default() };
        match judge(&Ok(reply), 1) {
            Verdict::Retry(later) => later.after == after,
            Verdict::Halve { after: named, .. } => named == after,
            _ => false,
        }
    };
    assert_eq!((100..=599).filter(|status| named(*status)).collect::<Vec<_>>(), [403, 413, 429, 503]);
}

#[test]
fn a_redirect_names_where_it_points_to() {
    let to = Reply { status: 307, redirect: Some("https://evil.example".into()), ..Reply::default() };
    let Verdict::Halt(why) = judge(&Ok(to), 1) else { panic!() };
    assert_eq!(
        why.to_string(),
        "the server answered with a redirect, which is never followed (HTTP 307): to https://evil.example"
    );
}

proptest! {
    #[test]
    fn nothing_but_a_readable_yes_is_success(status in 0u16..1000, body in prop::collection::vec(any::<u8>(), 0..80), count in 1usize..4) {
        let reply = Reply { status, body: body.clone().into(), ..Reply::default() };
        if judge(&Ok(reply), count) == Verdict::Accepted {
            prop_assert!((200..300).contains(&status) && serde_json::from_slice::<serde_json::Value>(&body).is_ok());
        }
    }
}
