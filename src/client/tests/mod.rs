//! The engine against a pretended server, with the clock paused: single stories, and laws over random scripts of faults.

mod contents;
mod pace;
mod poison;
mod promises;
mod speed;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::transport::Request;
use super::verdict::{Reply, TransportError};
use super::*;
use crate::batch::ParcelBuilder;
use crate::event::{Pause, Requests};
use crate::outcome::{Cause, Outcome, RowStatus};
use crate::secret::Secret;
use crate::stop::Signal;

const SECOND: Duration = Duration::from_secs(1);

/// The record of a contact that is much larger than others.
const GIANT: u64 = 1_000_000;

/// The record of a contact that an earlier run had accepted.
const EARLIER: u64 = 2_000_000;

/// What the pretended server does with one request.
#[derive(Debug, Clone)]
struct Act {
    outcome: Result<Reply, TransportError>,
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

fn fault(fault: TransportError) -> Act {
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
    async fn post(&self, request: Request) -> Result<Reply, TransportError> {
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
                token: request.credentials.token.expose().to_owned(),
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

fn credentials(token: &str) -> Credentials {
    Credentials { token: Secret::new(token.into()), scheme: Scheme::Key, ends: None }
}

fn options() -> Options {
    Options::new("job", credentials("token-one"))
}

fn small(contacts: usize) -> Options {
    Options { limits: Limits { contacts: NonZeroUsize::new(contacts).unwrap(), bytes: 90_000 }, ..options() }
}

struct Ran {
    result: Result<(), Failure>,
    events: Vec<Event>,
    outcomes: BTreeMap<u64, Outcome>,
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

    fn with(&self, status: RowStatus) -> Vec<u64> {
        let is = |told: &Outcome| match told {
            Outcome::Accepted => status == RowStatus::Accepted,
            Outcome::Refused(_) => status == RowStatus::Refused,
            Outcome::Unconfirmed(_) => status == RowStatus::Unconfirmed,
            Outcome::NotSent(_) => status == RowStatus::NotSent,
        };
        self.outcomes.iter().filter(|(_, told)| is(told)).map(|(record, _)| *record).collect()
    }

    fn all_accepted(&self, records: u64) {
        assert_eq!(self.result, Ok(()));
        let all: Vec<u64> = (1..=records).collect();
        assert_eq!(self.with(RowStatus::Accepted), all);
        assert_eq!(self.held.iter().copied().collect::<Vec<_>>(), all);
    }

    fn halted(&self) -> Cause {
        self.result.as_ref().unwrap_err().cause
    }
}

/// Hands records over, twenty a parcel, as long as they are wanted; returns which. Where an earlier run had anything
/// accepted, that is `EARLIER`, and comes first.
async fn feed(
    records: Vec<u64>,
    accepted_before: bool,
    parcels_in: mpsc::Sender<Arc<crate::batch::Parcel>>,
) -> Vec<u64> {
    if accepted_before {
        let mut builder = ParcelBuilder::default();
        builder.contact(EARLIER, |bytes| bytes.extend_from_slice(EARLIER.to_string().as_bytes()));
        let _ = parcels_in.send(Arc::new(builder.take_accepted_before())).await;
    }
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
}

/// Delivers records, and holds the engine to what must be true of every run.
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
    let (most, accepted_before) = (options.concurrency.most(), options.accepted_before);
    let engine = tokio::spawn(async move { deliver(server, &options, parcels, events_in, stop).await });
    let feeding = tokio::spawn(feed(records.clone(), accepted_before, parcels_in));
    let mut told = Vec::new();
    while let Some(event) = events.recv().await {
        told.push(event);
    }
    let result = engine.await.unwrap();
    let mut handed = feeding.await.unwrap();
    let mut outcomes = BTreeMap::new();
    for event in &told {
        let Event::Settled(settlement) = event else { continue };
        for part in &settlement.parts {
            for record in part.records.iter().cloned().flatten() {
                assert!(outcomes.insert(record, part.outcome.clone()).is_none(), "record {record} is settled twice");
            }
        }
    }
    let State { seen, held, .. } = std::mem::take(&mut *state.lock().unwrap());
    handed.sort_unstable();
    // Every record that was handed over has one outcome, and no other has any.
    assert_eq!(outcomes.keys().copied().collect::<Vec<_>>(), handed);
    for (record, outcome) in &outcomes {
        assert!(*outcome != Outcome::Accepted || held.contains(record), "record {record} is invented");
    }
    assert!(result.is_err() || handed.len() == records.len());
    assert!(seen.iter().all(|seen| seen.in_flight <= most));
    Ran { result, events: told, outcomes, seen, held, took: began.elapsed() }
}

async fn run(records: u64, options: Options, script: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Ran {
    run_records((1..=records).collect(), options, BTreeSet::new(), Stop::default(), script).await
}
