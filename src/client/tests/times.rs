//! Stories about what happens meanwhile: outages, tokens, stops, rates.

use super::*;

#[tokio::test(start_paused = true)]
async fn random_failures_are_outlasted() {
    let ran = run(20_000, options(), |seen| {
        if fastrand::f64() < 0.3 { reply(500, "oops") } else { Act { keeps: seen.number > 0, ..fine() } }
    })
    .await;
    ran.all_accepted(20_000);
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_breaks_the_server_is_found() {
    for (count, guilty) in [(5_000, 2_222), (5_000, 3), (100, 50), (1_000, 999)] {
        let ran =
            run(count, options(), move |seen| if seen.records.contains(&guilty) { reply(500, "oops") } else { fine() })
                .await;
        assert_eq!(ran.result, Ok(()), "{guilty} of {count}");
        assert_eq!(ran.held.len() as u64, count - 1, "{guilty} of {count}");
        assert_eq!(ran.with(RowStatus::Refused), [guilty], "{guilty} of {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_waited_for_with_few_probes() {
    let began = Instant::now();
    let down = move |seen: &Seen| (10 * SECOND..300 * SECOND).contains(&seen.at.duration_since(began));
    let ran =
        run(
            60_000,
            small(20),
            move |seen| if down(seen) { fault(TransportError::Unreachable("refused".into())) } else { fine() },
        )
        .await;
    ran.all_accepted(60_000);
    let probes = ran.seen.iter().filter(|seen| down(seen)).count();
    assert!((5..=60).contains(&probes), "{probes}");
    assert!(ran.events.iter().any(|event| matches!(event, Event::Waiting { pause: Pause::Breaker, .. })));
    assert!(ran.events.iter().any(|event| matches!(event, Event::Back)));
}

#[tokio::test(start_paused = true)]
async fn an_outage_without_end_is_given_up() {
    for act in [
        fault(TransportError::Unreachable("refused".into())),
        reply(500, ""),
        fault(TransportError::Timeout),
        reply(503, ""),
        busy(60),
    ] {
        let ran = run(1_000, options(), move |_| act.clone()).await;
        assert_eq!(ran.halted(), Cause::Away);
        assert!((900 * SECOND..911 * SECOND).contains(&ran.took), "{:?}", ran.took);
        assert!(ran.with(RowStatus::Accepted).is_empty());
        assert!(ran.seen.len() < 100, "{}", ran.seen.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_was_never_found_is_given_up_soon() {
    let unknown = || fault(TransportError::UnknownHost("no such name".into()));
    let ran = run(1_000, options(), move |_| unknown()).await;
    assert_eq!(ran.halted(), Cause::UnknownHost);
    assert!(ran.took <= 30 * SECOND, "{:?}", ran.took);
    // One that was found before comes back.
    let began = Instant::now();
    let down = move |seen: &Seen| (10 * SECOND..100 * SECOND).contains(&seen.at.duration_since(began));
    let ran = run(60_000, small(20), move |seen| if down(seen) { unknown() } else { fine() }).await;
    ran.all_accepted(60_000);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_late_gets_each_contact_once_at_a_time() {
    // It keeps what it got; the client gave up.
    let ran = run(3_000, options(), |seen| match seen.number % 3 {
        1 if seen.number < 20 => Act { keeps: true, takes: 60 * SECOND, ..fault(TransportError::Timeout) },
        _ => fine(),
    })
    .await;
    ran.all_accepted(3_000);
}

#[tokio::test(start_paused = true)]
async fn a_stale_connection_costs_nothing() {
    let options = Options { policy: Policy { attempts: 1, ..Policy::default() }, ..small(10) };
    let ran = run(300, options, |seen| match seen.number % 5 {
        0 => fault(TransportError::Lost("closed".into())),
        _ => fine(),
    })
    .await;
    ran.all_accepted(300);
    assert!(!ran.events.iter().any(|event| matches!(event, Event::Waiting { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_answer_is_never_success_and_ends_the_run() {
    for act in [
        reply(200, "<html>Log in</html>"),
        reply(204, ""),
        reply(200, "{}"),
        fault(TransportError::TooLong),
        reply(511, ""),
    ] {
        let ran = run(1_000, options(), move |_| act.clone()).await;
        assert_eq!(ran.halted(), Cause::Unreadable);
        assert_eq!((ran.seen.len(), ran.with(RowStatus::Accepted).len()), (3, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_mended_ends_the_run_at_once() {
    for (act, cause) in [
        (reply(301, ""), Cause::Redirect),
        (reply(307, ""), Cause::Redirect),
        (reply(404, "Cannot POST"), Cause::WrongAddress),
        (reply(403, ""), Cause::Forbidden),
        (reply(401, ""), Cause::Unauthorized),
        (reply(407, ""), Cause::ProxyAuth),
        (reply(431, ""), Cause::HeadersTooLarge),
        (reply(200, r#"{"success":false,"code":401}"#), Cause::Unauthorized),
        (fault(TransportError::Certificate("UnknownIssuer".into())), Cause::Certificate),
    ] {
        let ran = run(1_000, options(), move |_| act.clone()).await;
        assert_eq!(ran.halted(), cause);
        assert_eq!((ran.seen.len(), ran.with(RowStatus::Accepted).len(), ran.outcomes.len() > 99), (1, 0, true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_in_mid_run_costs_a_window_of_requests() {
    let ran = run(10_000, options(), |seen| if seen.number >= 20 { reply(401, "") } else { fine() }).await;
    assert_eq!(ran.halted(), Cause::Unauthorized);
    assert!(ran.seen.len() < 20 + 9, "{}", ran.seen.len());
    assert_eq!(ran.with(RowStatus::Accepted).len(), ran.held.len());
    assert!(ran.took < 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_read_again_when_it_is_refused() {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let refresh = TokenRefresh::new(move || {
        *counted.lock().unwrap() += 1;
        Some(credentials("token-two"))
    });
    let ran = run(10_000, Options { refresh: Some(refresh), ..options() }, |seen| {
        if seen.number >= 20 && seen.token == "token-one" { reply(401, "") } else { fine() }
    })
    .await;
    ran.all_accepted(10_000);
    assert_eq!(*count.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_read_again_only_once() {
    for second in ["token-one", "token-two"] {
        let refresh = TokenRefresh::new(move || Some(credentials(second)));
        let ran = run(1_000, Options { refresh: Some(refresh), ..options() }, |_| reply(401, "")).await;
        assert_eq!(ran.halted(), Cause::Unauthorized);
        assert!(ran.seen.len() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_used_up_to_its_end() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let began = Instant::now();
    let ends = |seconds: u64| Options {
        credentials: Credentials { ends: Some(now + seconds), ..credentials("t") },
        ..small(10)
    };
    let ran = run(100_000, ends(40), |_| fine()).await;
    assert_eq!(ran.halted(), Cause::Expired);
    assert!((8 * SECOND..11 * SECOND).contains(&ran.took), "{:?}", ran.took);
    assert!(ran.seen.iter().all(|seen| seen.at - began <= 11 * SECOND));
    let ran = run(1_000, ends(20), |_| fine()).await;
    assert_eq!((ran.halted(), ran.seen.len()), (Cause::Expired, 0));
}

#[tokio::test(start_paused = true)]
async fn each_contact_may_have_its_own_verdict() {
    let ran = run(200, small(4), |seen| {
        let items: Vec<String> = seen
            .records
            .iter()
            .map(|record| match record % 10 {
                3 => r#"{"status":422,"message":"bad"}"#.into(),
                7 if seen.records.len() > 1 => r#"{"status":503}"#.into(),
                _ => r#"{"status":200}"#.into(),
            })
            .collect();
        Act { keeps: true, ..reply(207, &format!("[{}]", items.join(","))) }
    })
    .await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RowStatus::Refused), (1..=200).filter(|record| record % 10 == 3).collect::<Vec<_>>());
    assert_eq!(ran.with(RowStatus::Accepted).len(), 180);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_requests_come_to_their_end() {
    let stop = Stop::default();
    let asking = stop.clone();
    tokio::spawn(async move {
        sleep(5 * SECOND).await;
        asking.signal(Signal::Interrupt);
    });
    let script = |_: &Seen| Act { takes: 2 * SECOND, ..fine() };
    let ran = run_records((1..=10_000).collect(), options(), BTreeSet::new(), stop, script).await;
    assert_eq!(ran.halted(), Cause::Interrupt);
    assert_eq!(ran.with(RowStatus::Accepted).len(), ran.held.len());
    assert!(ran.took >= 6 * SECOND && ran.took < 8 * SECOND, "{:?}", ran.took);
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_no_longer_than_its_grace_and_the_second_not_at_all() {
    for (again, took, unknown) in [(false, 15, 100), (true, 6, 100)] {
        let stop = Stop::default();
        let asking = stop.clone();
        tokio::spawn(async move {
            sleep(5 * SECOND).await;
            asking.signal(Signal::Terminate);
            sleep(SECOND).await;
            if again {
                asking.signal(Signal::Terminate);
            }
        });
        let script = |_: &Seen| Act { takes: 60 * SECOND, ..fine() };
        let ran = run_records((1..=10_000).collect(), options(), BTreeSet::new(), stop, script).await;
        assert_eq!(ran.halted(), Cause::Terminate);
        assert_eq!(ran.took.as_secs(), took);
        assert_eq!(ran.with(RowStatus::Unconfirmed).len(), unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_wait_at_once() {
    let stop = Stop::default();
    let asking = stop.clone();
    tokio::spawn(async move {
        sleep(5 * SECOND).await;
        asking.signal(Signal::Hangup);
    });
    let ran = run_records((1..=1_000).collect(), options(), BTreeSet::new(), stop, |_| busy(300)).await;
    assert_eq!((ran.halted(), ran.took.as_secs()), (Cause::Hangup, 5));
}

#[tokio::test(start_paused = true)]
async fn the_rate_holds_for_repeats_too() {
    let ran = run(1_000, Options { rate: Some(10.0), ..small(10) }, |seen| {
        if seen.number % 4 == 0 { reply(500, "") } else { fine() }
    })
    .await;
    ran.all_accepted(1_000);
    for window in ran.seen.windows(12) {
        assert!(window[11].at - window[0].at >= SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_bears_six_is_seldom_asked_for_more() {
    let ran = run(50_000, options(), |seen| if seen.in_flight > 6 { reply(503, "") } else { fine() }).await;
    ran.all_accepted(50_000);
    let requests = ran.requests();
    assert!(requests.throttled * 100 <= requests.sent * 15, "{requests:?}");
}
