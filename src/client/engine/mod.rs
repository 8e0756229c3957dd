//! The loop of delivery: when something goes out, and how it ends. What follows from an answer stands in `response`, what
//! is done after a failure in `failure`, and how a contact comes to be refused in `refusal`.

mod failure;
mod refusal;
mod response;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{self, Instant};

use super::Options;
use super::auth::Auth;
use super::denials::Denials;
use super::health::Health;
use super::queue::{Queue, Situation};
use super::refused_all::RefusedAllDetector;
use super::sub_batch::{Origin, SubBatch};
use super::transport::{Request, Transport};
use super::verdict::{Reply, TransportError};
use crate::batch::{Batch, Parcel};
use crate::event::Event;
use crate::outcome::{Cause, Failure, Outcome, Settled, Settlement};
use crate::stop::{Reason, Stop};

/// How long requests under way are waited for once the run ends.
const GRACE: Duration = Duration::from_secs(10);

/// A request under way.
struct Flight {
    piece: SubBatch,
    began: Instant,
    request: u64,
    /// The number of the credentials it shows.
    generation: u32,
    /// Whether no other was under way when it went out.
    alone: bool,
}

/// Delivery under way.
pub struct Engine<T> {
    transport: Arc<T>,
    options: Options,
    events: mpsc::Sender<Event>,
    stop: Stop,
    queue: Queue,
    health: Health,
    auth: Auth,
    refused_all: RefusedAllDetector,
    denials: Denials,
    /// A contact that the server accepted in this run or an earlier one; sent again, it shows whether anything still passes.
    control: Option<Batch>,
    /// Whether contacts that the server named by their position were indeed those it dislikes, as far as is known.
    trusts_places: bool,
    tasks: JoinSet<Result<Reply, TransportError>>,
    flights: HashMap<Id, Flight>,
    requests: u64,
    refused: u64,
    /// Why contacts were given up; `None` while none were.
    given_up: Option<Arc<Failure>>,
    /// What ended the sending.
    halt: Option<Arc<Failure>>,
}

impl<T: Transport> Engine<T> {
    /// Nothing is sent yet.
    pub fn new(transport: T, options: Options, events: mpsc::Sender<Event>, stop: Stop) -> Self {
        let now = Instant::now();
        options.redactor.hide(&options.credentials.token);
        Engine {
            transport: Arc::new(transport),
            events,
            stop,
            queue: Queue::new(options.limits, options.concurrency.most()),
            health: Health::new(options.concurrency, options.rate, now),
            auth: Auth::new(options.credentials.clone(), options.refresh.clone(), now),
            refused_all: RefusedAllDetector::new(options.accepted_before),
            denials: Denials::default(),
            control: None,
            trusts_places: true,
            tasks: JoinSet::new(),
            flights: HashMap::new(),
            requests: options.requests_before,
            refused: options.refused_before,
            given_up: None,
            halt: None,
            options,
        }
    }

    /// Sends everything.
    ///
    /// # Errors
    /// What ended the sending, or why contacts were given up.
    pub async fn run(mut self, mut parcels: mpsc::Receiver<Arc<Parcel>>) -> Result<(), Failure> {
        let stop = self.stop.clone();
        let asked = stop.wait();
        tokio::pin!(asked);
        let mut open = true;
        loop {
            let wake = self.dispatch().await;
            if self.halt.is_some() {
                break;
            }
            if self.flights.is_empty() && self.queue.is_done() {
                if !self.queue.has_parked() && !self.decide_denials() {
                    break;
                }
                // There are too few contacts to be sure of anything.
                continue;
            }
            tokio::select! {
                biased;
                reason = &mut asked => self.end(Failure::new(cause_of(reason), "")),
                Some(ended) = self.tasks.join_next_with_id() => self.request_ended(ended).await,
                parcel = parcels.recv(), if open && self.queue.is_hungry() => match parcel {
                    Some(parcel) => self.take(parcel),
                    None => {
                        open = false;
                        self.queue.close();
                    }
                },
                () = time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
        }
        self.finish(parcels).await
    }

    /// More to deliver, or what an earlier run had accepted.
    fn take(&mut self, parcel: Arc<Parcel>) {
        if !parcel.accepted_before {
            self.queue.add(parcel);
        } else if self.control.is_none() {
            self.control = Batch::first_of(&parcel);
        }
    }

    /// Sends all that may go out now; tells when to look again even if nothing happens until then.
    async fn dispatch(&mut self) -> Option<Instant> {
        loop {
            let now = Instant::now();
            let give_up = self.health.gives_up_at(&self.options.policy);
            if give_up.is_some_and(|at| at <= now) {
                self.give_up();
            }
            if self.halt.is_some() {
                return None;
            }
            if self.flights.len() >= self.health.slots() {
                self.queue.pause_intake();
                return give_up;
            }
            let outage = self.health.is_outage();
            let situation = Situation {
                canary: self.health.is_canary(),
                outage,
                probing: self.refused_all.is_probing() || self.denials.is_probing(),
                idle: self.flights.is_empty(),
            };
            self.queue.refill(now, situation);
            let Some(ready) = self.queue.next_at(now, outage) else { return give_up };
            let at = ready.max(self.health.next_at(now));
            if at > now {
                return Some(give_up.map_or(at, |give_up| give_up.min(at)));
            }
            if self.auth.is_expired(now) && !self.refresh().await {
                self.end(Failure::new(Cause::Expired, ""));
                return None;
            }
            let next = if outage { self.probe() } else { self.queue.take(now) };
            match next {
                Some(piece) => self.launch(piece, now).await,
                None => return give_up,
            }
        }
    }

    /// What goes out next in an outage.
    fn probe(&mut self) -> Option<SubBatch> {
        let small = self.health.wants_small_probe();
        if small && (!self.queue.has_new_single() || self.queue.holds_failed_only()) {
            self.send_control();
        }
        self.queue.take_probe(small)
    }

    /// Sends a batch or a part of one.
    async fn launch(&mut self, mut piece: SubBatch, now: Instant) {
        self.requests += 1;
        piece.tries += 1;
        piece.since.get_or_insert(now);
        piece.sent = Some(now);
        self.health.take_turn(now);
        let body = piece.batch.body();
        let sent = Event::Sent {
            serial: piece.batch.serial,
            request: self.requests,
            contacts: piece.len(),
            bytes: body.len(),
            attempt: piece.tries,
            in_flight: self.flights.len() + 1,
        };
        let mut key = blake3::Hasher::new();
        key.update(self.options.job.as_bytes()).update(b"\0").update(&body);
        let key = key.finalize().to_hex().as_str().chars().take(32).collect();
        let request = Request { id: self.request_id(self.requests), key, body, credentials: self.auth.credentials() };
        let transport = Arc::clone(&self.transport);
        let task = self.tasks.spawn(async move { transport.post(request).await });
        let (generation, alone) = (self.auth.generation(), self.flights.is_empty());
        let flight = Flight { piece, began: now, request: self.requests, generation, alone };
        self.flights.insert(task.id(), flight);
        self.tell(sent).await;
    }

    /// A request came to its end, whatever it was.
    async fn request_ended(&mut self, ended: Result<(Id, Result<Reply, TransportError>), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, Some(outcome)),
            Err(error) => (error.id(), None),
        };
        let Some(flight) = self.flights.remove(&id) else { return };
        match outcome {
            Some(outcome) => self.on_response(flight, outcome).await,
            None => {
                let why = Failure::new(Cause::Internal, "a request ended without a result");
                self.settle(&flight.piece, Outcome::Unconfirmed(Arc::new(why.clone())), "", None).await;
                self.end(why);
            }
        }
    }

    /// Waits for what is under way, and settles everything that is left.
    async fn finish(mut self, mut parcels: mpsc::Receiver<Arc<Parcel>>) -> Result<(), Failure> {
        parcels.close();
        if self.halt.is_none() {
            self.decide_refusals().await;
        }
        // The last refusal may have been one too many.
        let Some(halt) = self.halt.clone() else {
            return self.given_up.map_or(Ok(()), |why| Err(Failure::clone(&why)));
        };
        self.tell(Event::Stopping { why: Arc::clone(&halt), in_flight: self.flights.len() }).await;
        let stop = self.stop.clone();
        let hurry = async {
            tokio::select! {
                () = time::sleep(GRACE) => {}
                () = stop.wait_at_once() => {}
            }
        };
        tokio::pin!(hurry);
        while !self.flights.is_empty() {
            tokio::select! {
                biased;
                () = &mut hurry => break,
                Some(ended) = self.tasks.join_next_with_id() => self.request_ended(ended).await,
            }
        }
        self.tasks.abort_all();
        for (_, Flight { piece, .. }) in std::mem::take(&mut self.flights) {
            self.settle(&piece, Outcome::Unconfirmed(Arc::clone(&halt)), "", None).await;
        }
        while let Ok(parcel) = parcels.try_recv() {
            self.take(parcel);
        }
        let held = self.refused_all.clear().into_iter().chain(self.denials.clear()).map(|(piece, _)| piece);
        let left: Vec<SubBatch> = held.chain(self.queue.drain()).collect();
        for piece in left {
            let why = Arc::clone(&halt);
            let outcome = if piece.reached { Outcome::Unconfirmed(why) } else { Outcome::NotSent(why) };
            self.settle(&piece, outcome, "", None).await;
        }
        Err(Failure::clone(&halt))
    }

    /// Settles a batch or a part of one.
    async fn settle(&mut self, piece: &SubBatch, outcome: Outcome, request: &str, status: Option<u16>) {
        // It was settled when it was accepted.
        if piece.is_control() {
            return;
        }
        let part = Settled { records: piece.batch.records(), outcome, request: request.to_owned(), status };
        let settlement = Settlement { serial: piece.batch.serial, attempts: piece.tries, parts: vec![part] };
        self.tell(Event::Settled(settlement)).await;
    }

    /// Sends once more what was accepted, before anything else; returns whether there is such a contact.
    fn send_control(&mut self) -> bool {
        let is_sent = self.queue.has_control() || self.flights.values().any(|flight| flight.piece.is_control());
        match &self.control {
            Some(batch) if !is_sent => {
                let control = SubBatch::new(batch.clone(), Instant::now());
                self.queue.put_control(SubBatch { origin: Origin::Control, ..control });
                true
            }
            control => control.is_some(),
        }
    }

    /// Ends the sending; the first cause decides.
    fn end(&mut self, why: Failure) {
        self.halt.get_or_insert_with(|| Arc::new(why));
    }

    fn give_up(&mut self) {
        if let Some(last) = self.health.take_failing() {
            if last.cause == Cause::UnknownHost {
                return self.end(Failure::clone(&last));
            }
            self.end(Failure { message: last.to_string(), ..Failure::new(Cause::Away, "") });
        }
    }

    /// Reads the token again; returns whether it is another one that may be used.
    async fn refresh(&mut self) -> bool {
        let is_new = self.auth.refresh(&self.stop).await;
        if is_new {
            self.options.redactor.hide(&self.auth.credentials().token);
            self.tell(Event::Renewed).await;
        }
        is_new
    }

    fn request_id(&self, request: u64) -> String {
        format!("{}-{request:06}", self.options.job)
    }

    /// Tells what happened. When nobody listens any more, nothing can be made durable: the sending ends.
    async fn tell(&mut self, event: Event) {
        if self.events.send(event).await.is_err() {
            self.end(Failure::new(Cause::Stopped, ""));
        }
    }
}

/// What ended the run, for a stop from outside.
fn cause_of(reason: Reason) -> Cause {
    match reason {
        Reason::Signal(signal) => Cause::from(signal),
        Reason::Error => Cause::Stopped,
    }
}
