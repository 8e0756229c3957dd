//! Stories about what is in a request: sizes, refusals, halving; and about waiting for the server.

use super::*;

#[tokio::test(start_paused = true)]
async fn everything_arrives_and_the_window_opens() {
    let ran = run(10_000, options(), |_| fine()).await;
    ran.all_accepted(10_000);
    assert_eq!(ran.requests().sent, 100);
    assert_eq!(ran.requests().max_in_flight, 8);
    let in_flight: Vec<usize> = ran.seen.iter().take(3).map(|seen| seen.in_flight).collect();
    assert_eq!(in_flight, [1, 1, 2], "one request finds out");
}

#[tokio::test(start_paused = true)]
async fn nothing_to_send_is_no_request() {
    let ran = run(0, options(), |_| fine()).await;
    assert_eq!((ran.result, ran.seen.len()), (Ok(()), 0));
}

#[tokio::test(start_paused = true)]
async fn retry_after_stops_all_requests_and_uses_up_no_attempt() {
    let ran = run(2_000, Options { policy: Policy { attempts: 1, ..Policy::default() }, ..small(10) }, |seen| {
        if (40..45).contains(&seen.number) || seen.number <= 3 { busy(2) } else { fine() }
    })
    .await;
    ran.all_accepted(2_000);
    for (index, seen) in ran.seen.iter().enumerate() {
        let refusal =
            ran.seen[..index].iter().rev().find(|before| before.number <= 3 || (40..45).contains(&before.number));
        if let Some(refusal) = refusal {
            // The answer came 100 ms after the request; those under way by then do not count.
            let answered = refusal.at + Duration::from_millis(100);
            assert!(seen.at <= answered || seen.at >= answered + 2 * SECOND, "request {} is too early", seen.number);
        }
    }
    assert!(ran.took < 40 * SECOND, "{:?}", ran.took);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_ends_the_run_at_once() {
    let ran = run(2_000, options(), |seen| if seen.number > 4 { busy(86_400) } else { fine() }).await;
    assert_eq!(ran.halted(), Cause::Wait);
    assert!(ran.took < SECOND);
    assert!(ran.result.unwrap_err().message.starts_with("until "));
    assert_eq!(ran.held.len(), 400);
}

#[tokio::test(start_paused = true)]
async fn one_poisoned_contact_is_found_and_the_rest_arrive() {
    let ran = run(10_000, options(), |seen| if seen.records.contains(&5_017) { refused() } else { fine() }).await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RowStatus::Refused), [5_017]);
    assert_eq!(ran.held.len(), 9_999);
    let Outcome::Refused(why) = &ran.outcomes[&5_017] else { panic!() };
    assert_eq!((why.message.as_str(), why.status), ("Invalid: phone", Some(400)));
    assert!(ran.seen.len() <= 100 + 2 * 7 + 20, "{}", ran.seen.len());
}

#[tokio::test(start_paused = true)]
async fn thirty_seven_poisoned_contacts_cost_few_requests() {
    let bad: BTreeSet<u64> = (1..=37).map(|n| n * 269).collect();
    let poison = bad.clone();
    let ran = run(10_000, options(), move |seen| match seen.records.iter().any(|record| poison.contains(record)) {
        true => refused(),
        false => fine(),
    })
    .await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RowStatus::Refused), bad.into_iter().collect::<Vec<_>>());
    // 2k·log2(n/k) + 20 with n = 10,000 and k = 37.
    assert!(ran.seen.len() - 100 <= 618, "{}", ran.seen.len() - 100);
}

#[tokio::test(start_paused = true)]
async fn the_first_contact_may_be_the_bad_one() {
    let ran = run(1_000, options(), |seen| if seen.records.contains(&1) { refused() } else { fine() }).await;
    assert_eq!((ran.result.clone(), ran.with(RowStatus::Refused)), (Ok(()), vec![1]));
}

#[tokio::test(start_paused = true)]
async fn refusing_everything_blames_no_row() {
    for batch in [1, 7, 100, 1000] {
        let ran = run(100_000, small(batch), |_| refused()).await;
        assert_eq!(ran.halted(), Cause::RefusedAll);
        assert!(ran.seen.len() <= 60, "{} requests for batches of {batch}", ran.seen.len());
        assert!(ran.with(RowStatus::Refused).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn refusing_a_whole_small_batch_blames_no_row_either() {
    let ran = run(40, options(), |_| refused()).await;
    assert_eq!(ran.halted(), Cause::RefusedAll);
    assert!(ran.with(RowStatus::Refused).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_handful_of_contacts_is_simply_refused() {
    for count in [1, 7, 8, 11] {
        let ran = run(count, options(), |_| refused()).await;
        assert_eq!(ran.result, Ok(()));
        assert_eq!(ran.with(RowStatus::Refused).len() as u64, count);
    }
}

/// A server in between that turns every request down, for its headers perhaps, says so by a page.
#[tokio::test(start_paused = true)]
async fn pages_that_refuse_everything_blame_no_row() {
    let page = || reply(400, "<html><body><h1>400 Bad request</h1>Your browser sent an invalid request.</body></html>");
    for count in [1, 7, 40, 2_000] {
        let ran = run(count, options(), move |_| page()).await;
        assert_eq!((ran.halted(), ran.with(RowStatus::Refused)), (Cause::BadRequest, vec![]), "{count}");
        assert!(ran.seen.len() <= 30, "{}", ran.seen.len());
    }
    // A framework may say by a page that one contact is wrong.
    for bad in [1, 55, 1_500] {
        let ran = run(2_000, options(), move |seen| if seen.records.contains(&bad) { page() } else { fine() }).await;
        assert_eq!((ran.result.clone(), ran.with(RowStatus::Refused)), (Ok(()), vec![bad]));
        let Some(Outcome::Refused(why)) = ran.outcomes.get(&bad) else { panic!() };
        assert_eq!(
            why.to_string(),
            "rejected by the server (HTTP 400): 400 Bad request Your browser sent an invalid request."
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_beginning_is_no_wrong_mapping() {
    let ran = run(3_000, options(), |seen| if seen.records[0] <= 30 { refused() } else { fine() }).await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RowStatus::Refused), (1..=30).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn refusals_for_different_reasons_are_about_rows() {
    let ran = run(20, small(1), |seen| match seen.records[0] % 2 {
        0 => refused(),
        _ => reply(422, r#"{"message":"other"}"#),
    })
    .await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RowStatus::Refused).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn too_many_refusals_end_the_run() {
    let options = Options { max_refused: Some(5), refused_before: 3, accepted_before: true, ..small(10) };
    let ran =
        run(1_000, options, |seen| if seen.records.iter().any(|r| r % 10 == 0) { refused() } else { fine() }).await;
    assert_eq!(ran.halted(), Cause::TooManyRefused);
    assert_eq!(ran.with(RowStatus::Refused).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_made_smaller_once() {
    let ran = run(20_000, Options { limits: Limits { bytes: 60_000, ..small(10_000).limits }, ..options() }, |seen| {
        if seen.bytes > 2_000 { reply(413, "") } else { fine() }
    })
    .await;
    ran.all_accepted(20_000);
    let too_large = ran.seen.iter().filter(|seen| seen.bytes > 2_000).count();
    assert!(too_large <= 8 + 3, "{too_large}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_413_is_a_413() {
    let ran = run(5_000, options(), |seen| match seen.bytes > 300 {
        true => fault(TransportError::Writing("reset".into())),
        false => fine(),
    })
    .await;
    ran.all_accepted(5_000);
    let too_large = ran.seen.iter().filter(|seen| seen.bytes > 300).count();
    assert!(too_large <= 2 * (2 + 3), "{too_large}");
}

#[tokio::test(start_paused = true)]
async fn one_contact_too_large_alone_is_refused_and_the_others_stay_together() {
    for position in [0, 49, 99, 777] {
        let mut records: Vec<u64> = (1..=2_000).collect();
        records[position] = GIANT;
        let script = |seen: &Seen| if seen.bytes > 2_000 { reply(413, "") } else { fine() };
        let ran = run_records(records, options(), BTreeSet::new(), Stop::default(), script).await;
        assert_eq!(ran.with(RowStatus::Refused), [GIANT]);
        let Outcome::Refused(why) = &ran.outcomes[&GIANT] else { panic!() };
        assert_eq!(why.cause, Cause::TooLarge);
        assert!(ran.seen.len() < 20 + 30, "{} requests around {position}", ran.seen.len());
    }
}
