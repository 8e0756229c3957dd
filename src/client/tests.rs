//! The engine against a pretended server, with the clock paused: single stories first, then laws over random scripts of
//! faults.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::transport::Request;
use super::verdict::{Fault, Reply};
use super::*;
use crate::batch::ParcelBuilder;
use crate::event::{Pause, Requests};
use crate::outcome::{Cause, Fate, RecordFate};
use crate::secret::Secret;
use crate::stop::Signal;

const SECOND: Duration = Duration::from_secs(1);

/// The record of a contact that is much larger than others.
const GIANT: u64 = 1_000_000;

/// What the pretended server does with one request.
#[derive(Debug, Clone)]
struct Act {
    outcome: Result<Reply, Fault>,
    /// Whether it keeps the contacts.
    keeps: bool,
    takes: Duration,
}

fn reply(status: u16, body: &str) -> Act {
    let reply = Reply { status, body: Bytes::copy_from_slice(body.as_bytes()), ..Reply::default() };
    Act { outcome: Ok(reply), keeps: false, takes: Duration::from_millis(100) }
}

fn fine() -> Act {
    Act { keeps: true, ..reply(200, r#"{"status":"success","message":"User profiles imported successfully."}"#) }
}

fn refused() -> Act {
    reply(400, r#"{"success":false,"message":"Invalid","code":400,"data":["phone"]}"#)
}

fn busy(seconds: u64) -> Act {
    let mut act = reply(429, "");
    if let Ok(reply) = &mut act.outcome {
        reply.retry_after = Some(Duration::from_secs(seconds)).filter(|wait| !wait.is_zero());
    }
    act
}

fn fault(fault: Fault) -> Act {
    Act { outcome: Err(fault), keeps: false, takes: Duration::from_millis(5) }
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
struct Seen {
    number: usize,
    records: Vec<u64>,
    bytes: usize,
    at: Instant,
    token: String,
    in_flight: usize,
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    held: BTreeSet<u64>,
    in_flight: BTreeSet<u64>,
    requests_in_flight: usize,
}

type Script = Box<dyn Fn(&Seen) -> Act + Send + Sync>;

/// A server that does what the script says, and insists that no contact is in two requests at once.
struct Server {
    state: Arc<Mutex<State>>,
    script: Script,
}

impl Transport for Server {
    async fn post(&self, request: Request) -> Result<Reply, Fault> {
        let records: Vec<u64> = serde_json::from_slice(&request.body).unwrap();
        let act = {
            let mut state = self.state.lock().unwrap();
            for record in &records {
                assert!(state.in_flight.insert(*record), "record {record} is in two requests at once");
            }
            state.requests_in_flight += 1;
            let seen = Seen {
                number: state.seen.len() + 1,
                records: records.clone(),
                bytes: request.body.len(),
                at: Instant::now(),
                token: request.pass.token.expose().to_owned(),
                in_flight: state.requests_in_flight,
            };
            state.seen.push(seen.clone());
            let act = (self.script)(&seen);
            if act.keeps {
                state.held.extend(&records);
            }
            act
        };
        // Given up in mid-flight, the server has seen it all the same; only the client's side ends.
        let gone = Gone { state: Arc::clone(&self.state), records };
        sleep(act.takes).await;
        drop(gone);
        act.outcome
    }
}

struct Gone {
    state: Arc<Mutex<State>>,
    records: Vec<u64>,
}

impl Drop for Gone {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap();
        state.requests_in_flight -= 1;
        for record in &self.records {
            state.in_flight.remove(record);
        }
    }
}

fn pass(token: &str) -> Pass {
    Pass { token: Secret::new(token.into()), scheme: Scheme::Key, ends: None }
}

fn options() -> Options {
    Options::new("job", pass("token-one"))
}

fn small(contacts: usize) -> Options {
    Options { limits: Limits { contacts: NonZeroUsize::new(contacts).unwrap(), bytes: 90_000 }, ..options() }
}

struct Ran {
    result: Result<(), Failure>,
    events: Vec<Event>,
    fates: BTreeMap<u64, Fate>,
    seen: Vec<Seen>,
    held: BTreeSet<u64>,
    took: Duration,
}

impl Ran {
    fn requests(&self) -> Requests {
        let mut requests = Requests::default();
        self.events.iter().for_each(|event| requests.hear(event));
        requests
    }

    fn with(&self, fate: RecordFate) -> Vec<u64> {
        let is = |told: &Fate| match told {
            Fate::Accepted => fate == RecordFate::Accepted,
            Fate::Refused(_) => fate == RecordFate::Refused,
            Fate::Unknown(_) => fate == RecordFate::Unknown,
            Fate::Unsent(_) => fate == RecordFate::Unsent,
        };
        self.fates.iter().filter(|(_, told)| is(told)).map(|(record, _)| *record).collect()
    }

    fn all_accepted(&self, records: u64) {
        assert_eq!(self.result, Ok(()));
        let all: Vec<u64> = (1..=records).collect();
        assert_eq!(self.with(RecordFate::Accepted), all);
        assert_eq!(self.held.iter().copied().collect::<Vec<_>>(), all);
    }

    fn halted(&self) -> Cause {
        self.result.as_ref().unwrap_err().cause
    }
}

/// Delivers records, twenty a parcel, and holds the engine to what must be true of every run.
async fn run_records(
    records: Vec<u64>,
    options: Options,
    held: BTreeSet<u64>,
    stop: Stop,
    script: impl Fn(&Seen) -> Act + Send + Sync + 'static,
) -> Ran {
    let state = Arc::new(Mutex::new(State { held, ..State::default() }));
    let server = Server { state: Arc::clone(&state), script: Box::new(script) };
    let (parcels_in, parcels) = mpsc::channel(4);
    let (events_in, mut events) = mpsc::channel(64);
    let began = Instant::now();
    let most = options.concurrency.most();
    let engine = tokio::spawn(async move { deliver(server, &options, parcels, events_in, stop).await });
    let feeding = {
        let records = records.clone();
        tokio::spawn(async move {
            let mut handed = Vec::new();
            for chunk in records.chunks(20) {
                let mut builder = ParcelBuilder::default();
                for record in chunk {
                    builder.contact(*record, |bytes| {
                        bytes.extend_from_slice(record.to_string().as_bytes());
                        bytes.resize(bytes.len() + if *record == GIANT { 3_000 } else { 0 }, b' ');
                    });
                }
                if parcels_in.send(Arc::new(builder.take())).await.is_err() {
                    break;
                }
                handed.extend_from_slice(chunk);
            }
            handed
        })
    };
    let mut told = Vec::new();
    while let Some(event) = events.recv().await {
        told.push(event);
    }
    let result = engine.await.unwrap();
    let mut handed = feeding.await.unwrap();
    let mut fates = BTreeMap::new();
    for event in &told {
        let Event::Settled(settlement) = event else { continue };
        for part in &settlement.parts {
            for record in part.records.iter().cloned().flatten() {
                assert!(fates.insert(record, part.fate.clone()).is_none(), "record {record} is settled twice");
            }
        }
    }
    let State { seen, held, .. } = std::mem::take(&mut *state.lock().unwrap());
    handed.sort_unstable();
    // Every record that was handed over has one fate, and no other has any.
    assert_eq!(fates.keys().copied().collect::<Vec<_>>(), handed);
    for (record, fate) in &fates {
        assert!(*fate != Fate::Accepted || held.contains(record), "record {record} is invented");
    }
    assert!(result.is_err() || handed.len() == records.len());
    assert!(seen.iter().all(|seen| seen.in_flight <= most));
    Ran { result, events: told, fates, seen, held, took: began.elapsed() }
}

async fn run(records: u64, options: Options, script: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Ran {
    run_records((1..=records).collect(), options, BTreeSet::new(), Stop::default(), script).await
}

#[tokio::test(start_paused = true)]
async fn everything_arrives_and_the_window_opens() {
    let ran = run(10_000, options(), |_| fine()).await;
    ran.all_accepted(10_000);
    assert_eq!(ran.requests().sent, 100);
    assert_eq!(ran.requests().max_in_flight, 8);
    let lanes: Vec<usize> = ran.seen.iter().take(3).map(|seen| seen.in_flight).collect();
    assert_eq!(lanes, [1, 1, 2], "one request finds out");
}

#[tokio::test(start_paused = true)]
async fn nothing_to_send_is_no_request() {
    let ran = run(0, options(), |_| fine()).await;
    assert_eq!((ran.result, ran.seen.len()), (Ok(()), 0));
}

#[tokio::test(start_paused = true)]
async fn retry_after_stops_all_lanes_and_uses_up_no_attempt() {
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
    assert_eq!(ran.with(RecordFate::Refused), [5_017]);
    assert_eq!(ran.held.len(), 9_999);
    let Fate::Refused(why) = &ran.fates[&5_017] else { panic!() };
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
    assert_eq!(ran.with(RecordFate::Refused), bad.into_iter().collect::<Vec<_>>());
    // 2k·log2(n/k) + 20 with n = 10,000 and k = 37.
    assert!(ran.seen.len() - 100 <= 618, "{}", ran.seen.len() - 100);
}

#[tokio::test(start_paused = true)]
async fn the_first_contact_may_be_the_bad_one() {
    let ran = run(1_000, options(), |seen| if seen.records.contains(&1) { refused() } else { fine() }).await;
    assert_eq!((ran.result.clone(), ran.with(RecordFate::Refused)), (Ok(()), vec![1]));
}

#[tokio::test(start_paused = true)]
async fn refusing_everything_blames_no_row() {
    for batch in [1, 7, 100, 1000] {
        let ran = run(100_000, small(batch), |_| refused()).await;
        assert_eq!(ran.halted(), Cause::RefusedAll);
        assert!(ran.seen.len() <= 60, "{} requests for batches of {batch}", ran.seen.len());
        assert!(ran.with(RecordFate::Refused).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn refusing_a_whole_small_batch_blames_no_row_either() {
    let ran = run(40, options(), |_| refused()).await;
    assert_eq!(ran.halted(), Cause::RefusedAll);
    assert!(ran.with(RecordFate::Refused).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_handful_of_contacts_is_simply_refused() {
    for count in [1, 7, 8, 11] {
        let ran = run(count, options(), |_| refused()).await;
        assert_eq!(ran.result, Ok(()));
        assert_eq!(ran.with(RecordFate::Refused).len() as u64, count);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_beginning_is_no_wrong_mapping() {
    let ran = run(3_000, options(), |seen| if seen.records[0] <= 30 { refused() } else { fine() }).await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RecordFate::Refused), (1..=30).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn refusals_for_different_reasons_are_about_rows() {
    let ran = run(20, small(1), |seen| match seen.records[0] % 2 {
        0 => refused(),
        _ => reply(422, r#"{"message":"other"}"#),
    })
    .await;
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.with(RecordFate::Refused).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn too_many_refusals_end_the_run() {
    let options = Options { max_refused: Some(5), refused_before: 3, accepted_before: true, ..small(10) };
    let ran =
        run(1_000, options, |seen| if seen.records.iter().any(|r| r % 10 == 0) { refused() } else { fine() }).await;
    assert_eq!(ran.halted(), Cause::TooManyRefused);
    assert_eq!(ran.with(RecordFate::Refused).len(), 3);
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
        true => fault(Fault::Writing("reset".into())),
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
        assert_eq!(ran.with(RecordFate::Refused), [GIANT]);
        let Fate::Refused(why) = &ran.fates[&GIANT] else { panic!() };
        assert_eq!(why.cause, Cause::TooLarge);
        assert!(ran.seen.len() < 20 + 30, "{} requests around {position}", ran.seen.len());
    }
}

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
        assert_eq!(ran.with(RecordFate::Refused), [guilty], "{guilty} of {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_waited_for_with_few_probes() {
    let began = Instant::now();
    let down = move |seen: &Seen| (10 * SECOND..300 * SECOND).contains(&seen.at.duration_since(began));
    let ran = run(
        60_000,
        small(20),
        move |seen| if down(seen) { fault(Fault::Unreachable("refused".into())) } else { fine() },
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
    for act in
        [fault(Fault::Unreachable("refused".into())), reply(500, ""), fault(Fault::Timeout), reply(503, ""), busy(60)]
    {
        let ran = run(1_000, options(), move |_| act.clone()).await;
        assert_eq!(ran.halted(), Cause::Away);
        assert!((900 * SECOND..911 * SECOND).contains(&ran.took), "{:?}", ran.took);
        assert!(ran.with(RecordFate::Accepted).is_empty());
        assert!(ran.seen.len() < 100, "{}", ran.seen.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_late_gets_each_contact_once_at_a_time() {
    // It keeps what it got; the client gave up.
    let ran = run(3_000, options(), |seen| match seen.number % 3 {
        1 if seen.number < 20 => Act { keeps: true, takes: 60 * SECOND, ..fault(Fault::Timeout) },
        _ => fine(),
    })
    .await;
    ran.all_accepted(3_000);
}

#[tokio::test(start_paused = true)]
async fn a_stale_connection_costs_nothing() {
    let options = Options { policy: Policy { attempts: 1, ..Policy::default() }, ..small(10) };
    let ran = run(300, options, |seen| match seen.number % 5 {
        0 => fault(Fault::Lost("closed".into())),
        _ => fine(),
    })
    .await;
    ran.all_accepted(300);
    assert!(!ran.events.iter().any(|event| matches!(event, Event::Waiting { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_answer_is_never_success_and_ends_the_run() {
    for act in
        [reply(200, "<html>Log in</html>"), reply(204, ""), reply(200, "{}"), fault(Fault::TooLong), reply(511, "")]
    {
        let ran = run(1_000, options(), move |_| act.clone()).await;
        assert_eq!(ran.halted(), Cause::Unreadable);
        assert_eq!((ran.seen.len(), ran.with(RecordFate::Accepted).len()), (3, 0));
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
        (fault(Fault::Certificate("UnknownIssuer".into())), Cause::Certificate),
    ] {
        let ran = run(1_000, options(), move |_| act.clone()).await;
        assert_eq!(ran.halted(), cause);
        assert_eq!((ran.seen.len(), ran.with(RecordFate::Accepted).len(), ran.fates.len() > 99), (1, 0, true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_in_mid_run_costs_a_window_of_requests() {
    let ran = run(10_000, options(), |seen| if seen.number >= 20 { reply(401, "") } else { fine() }).await;
    assert_eq!(ran.halted(), Cause::Unauthorized);
    assert!(ran.seen.len() < 20 + 9, "{}", ran.seen.len());
    assert_eq!(ran.with(RecordFate::Accepted).len(), ran.held.len());
    assert!(ran.took < 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_read_again_when_it_is_refused() {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let renew = Renew::new(move || {
        *counted.lock().unwrap() += 1;
        Some(pass("token-two"))
    });
    let ran = run(10_000, Options { renew: Some(renew), ..options() }, |seen| {
        if seen.number >= 20 && seen.token == "token-one" { reply(401, "") } else { fine() }
    })
    .await;
    ran.all_accepted(10_000);
    assert_eq!(*count.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_read_again_only_once() {
    for second in ["token-one", "token-two"] {
        let renew = Renew::new(move || Some(pass(second)));
        let ran = run(1_000, Options { renew: Some(renew), ..options() }, |_| reply(401, "")).await;
        assert_eq!(ran.halted(), Cause::Unauthorized);
        assert!(ran.seen.len() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_used_up_to_its_end() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let began = Instant::now();
    let ends = |seconds: u64| Options { pass: Pass { ends: Some(now + seconds), ..pass("t") }, ..small(10) };
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
    assert_eq!(ran.with(RecordFate::Refused), (1..=200).filter(|record| record % 10 == 3).collect::<Vec<_>>());
    assert_eq!(ran.with(RecordFate::Accepted).len(), 180);
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
    assert_eq!(ran.with(RecordFate::Accepted).len(), ran.held.len());
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
        assert_eq!(ran.with(RecordFate::Unknown).len(), unknown);
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

/// A fault that ends sooner or later, by number.
fn act_of(kind: u8) -> Option<Act> {
    Some(match kind {
        0 => reply(500, "oops"),
        1 => busy(3),
        2 => reply(503, ""),
        3 => fault(Fault::Unreachable("refused".into())),
        4 => fault(Fault::Lost("closed".into())),
        5 => Act { keeps: true, ..fault(Fault::Cut("cut".into())) },
        6 => Act { keeps: true, takes: 60 * SECOND, ..fault(Fault::Timeout) },
        7 => fault(Fault::Writing("reset".into())),
        8 => Act { keeps: true, ..reply(200, "<html>") },
        9 => reply(409, ""),
        10 => reply(200, r#"{"success":false,"code":503}"#),
        11 => Act { keeps: true, ..reply(502, "<html>Bad gateway</html>") },
        12 => reply(421, ""),
        13 => Act { takes: 20 * SECOND, ..fine() },
        _ => return None,
    })
}

/// Runs one random script and holds it to the promises of delivery.
async fn keeps_its_promises(script: Vec<u8>, poison: BTreeSet<u64>, count: u64, batch: usize, cap: usize, kill: usize) {
    let all: BTreeSet<u64> = (1..=count).collect();
    let bad = poison.clone();
    let act = move |seen: &Seen| match script.get(seen.number - 1).copied().and_then(act_of) {
        Some(act) => act,
        None if seen.bytes > cap => reply(413, ""),
        None if seen.records.iter().any(|record| bad.contains(record)) => refused(),
        None => fine(),
    };
    let act = Arc::new(act);
    let first = Arc::clone(&act);
    let ran = run_records(all.iter().copied().collect(), small(batch), BTreeSet::new(), Stop::default(), move |seen| {
        first(seen)
    })
    .await;
    // The promises: nothing invented, nothing refused but what the server refuses, nothing left out unsaid.
    for (record, fate) in &ran.fates {
        match fate {
            Fate::Accepted => assert!(ran.held.contains(record)),
            Fate::Refused(why) => assert!(poison.contains(record), "{record}: {why}"),
            Fate::Unknown(_) | Fate::Unsent(_) => {}
        }
    }
    // Killed after any event: what the journal had heard of is kept, the rest is sent again, to a server that is well.
    let heard = &ran.events[..kill.min(ran.events.len())];
    let mut done = BTreeSet::new();
    for event in heard {
        let Event::Settled(settlement) = event else { continue };
        for part in settlement.parts.iter().filter(|part| matches!(part.fate, Fate::Accepted | Fate::Refused(_))) {
            done.extend(part.records.iter().cloned().flatten());
        }
    }
    let left: Vec<u64> = all.difference(&done).copied().collect();
    let options = Options { accepted_before: true, ..small(batch + 3) };
    let resumed = run_records(left, options, ran.held.clone(), Stop::default(), move |seen| {
        let well = Seen { number: usize::MAX, ..seen.clone() };
        act(&well)
    })
    .await;
    assert_eq!(resumed.result, Ok(()));
    let wanted: BTreeSet<u64> = all.difference(&poison).copied().collect();
    assert!(wanted.is_subset(&resumed.held));
    assert!(resumed.with(RecordFate::Unknown).is_empty() && resumed.with(RecordFate::Unsent).is_empty());
}

fn scripts() -> impl Strategy<Value = (Vec<u8>, BTreeSet<u64>, u64, usize, usize, usize)> {
    let script = prop::collection::vec(0u8..40, 0..60);
    let poison = prop::collection::btree_set(1u64..400, 0..6);
    (script, poison, 1u64..400, 1usize..50, 20usize..400, 0usize..200)
}

fn check(cases: u32) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest::test_runner::TestRunner::new(config)
        .run(&scripts(), |(script, poison, count, batch, cap, kill)| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let poison = poison.into_iter().filter(|record| *record <= count).collect();
            runtime.block_on(keeps_its_promises(script, poison, count, batch, cap, kill));
            Ok(())
        })
        .unwrap();
}

#[test]
fn promises_are_kept_whatever_the_server_does() {
    check(300);
}

#[test]
#[ignore = "ten thousand scripts take a while; run with --ignored"]
fn promises_are_kept_over_ten_thousand_scripts() {
    check(10_000);
}

/// A server that answers at once and looks at nothing.
struct Instantly;

impl Transport for Instantly {
    async fn post(&self, _: Request) -> Result<Reply, Fault> {
        Ok(Reply { status: 200, body: Bytes::from_static(br#"{"status":"success"}"#), ..Reply::default() })
    }
}

#[test]
#[ignore = "measures; run with --release --ignored --nocapture"]
fn a_million_contacts_cost_the_sending_side_little() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for batch in [100, 1_000] {
        let took = runtime.block_on(async {
            let (parcels_in, parcels) = mpsc::channel(4);
            let (events_in, mut events) = mpsc::channel(64);
            let options = Options { limits: Limits { bytes: 1_000_000, ..small(batch).limits }, ..options() };
            let began = std::time::Instant::now();
            let engine =
                tokio::spawn(async move { deliver(Instantly, &options, parcels, events_in, Stop::default()).await });
            let contact = [b'x'; 250];
            let full = {
                let mut builder = ParcelBuilder::default();
                (0..256).for_each(|record| builder.contact(record, |bytes| bytes.extend_from_slice(&contact)));
                builder.take()
            };
            tokio::spawn(async move {
                for round in 0..1_000_000 / 256 {
                    let items = full.items.iter().map(|(record, end)| (round * 256 + record + 1, *end)).collect();
                    parcels_in.send(Arc::new(crate::batch::Parcel { bytes: full.bytes.clone(), items })).await.unwrap();
                }
            });
            let mut count = 0_u64;
            while let Some(event) = events.recv().await {
                if let Event::Settled(settlement) = event {
                    count += crate::event::settled(&settlement)[0];
                }
            }
            engine.await.unwrap().unwrap();
            assert_eq!(count, 999_936);
            began.elapsed()
        });
        println!("batches of {batch}: {took:?}");
    }
}
