//! The loop of delivery: when something goes out, and how it ends. What goes out next is decided in `choosing`, what
//! follows from an answer in `landing`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{self, Instant};

use super::batch_size::AdaptiveBatchSize;
use super::credentials::Credentials;
use super::rate_limit::RateLimiter;
use super::refused_all::RefusedAllDetector;
use super::sub_batch::SubBatch;
use super::transport::{Request, Transport};
use super::verdict::{Reply, TransportError};
use super::window::{Breaker, Window};
use super::{Options, retry};
use crate::batch::{Cutter, Parcel};
use crate::event::Event;
use crate::outcome::{Cause, Failure, Outcome, Settled, Settlement};
use crate::stop::{Reason, Stop};

/// How long a name is looked up that was never found.
const UNKNOWN_HOST: Duration = Duration::from_secs(30);

/// A request under way.
pub(super) struct Flight {
    pub piece: SubBatch,
    pub began: Instant,
    pub request: u64,
    /// The number of the token it bears.
    pub generation: u32,
}

/// All that delivery knows while it runs.
pub(super) struct Sending<T> {
    transport: Arc<T>,
    pub options: Options,
    events: mpsc::Sender<Event>,
    pub stop: Stop,
    pub cutter: Cutter,
    /// The cutter needs more parcels for a whole batch.
    pub hungry: bool,
    /// Pieces that may go out at once, the first first: depth before breadth.
    pub ready: VecDeque<SubBatch>,
    /// Pieces that were tried and wait for their next attempt.
    pub waiting: Vec<SubBatch>,
    /// Pieces put aside while other batches are probed.
    pub parked: VecDeque<SubBatch>,
    tasks: JoinSet<Result<Reply, TransportError>>,
    pub flights: HashMap<Id, Flight>,
    pub size: AdaptiveBatchSize,
    pub window: Window,
    pub breaker: Breaker,
    pub pace: RateLimiter,
    pub suspicion: RefusedAllDetector,
    pub credentials: Arc<Credentials>,
    /// The number of the token, counted up when it is read again.
    pub generation: u32,
    /// Whether the server accepted the token.
    pub proven: bool,
    /// When the token may no longer be used.
    pub expiry: Option<Instant>,
    requests: u64,
    pub refused: u64,
    /// Whether there was an answer, so that a connection may lie idle.
    pub answered: bool,
    pub last_success: Option<Instant>,
    /// Since when nothing succeeded.
    pub failing: Option<(Instant, Arc<Failure>)>,
    /// What ended the sending.
    pub halt: Option<Arc<Failure>>,
}

impl<T: Transport> Sending<T> {
    pub fn new(transport: T, options: Options, events: mpsc::Sender<Event>, stop: Stop) -> Self {
        let now = Instant::now();
        options.redactor.hide(&options.credentials.token);
        Sending {
            transport: Arc::new(transport),
            events,
            stop,
            cutter: Cutter::default(),
            hungry: true,
            ready: VecDeque::new(),
            waiting: Vec::new(),
            parked: VecDeque::new(),
            tasks: JoinSet::new(),
            flights: HashMap::new(),
            size: AdaptiveBatchSize::new(options.limits),
            window: Window::new(options.concurrency),
            breaker: Breaker::default(),
            pace: RateLimiter::new(options.rate, now),
            suspicion: RefusedAllDetector::new(options.accepted_before),
            expiry: options.credentials.good_for(unix_now()).map(|left| now + left),
            credentials: Arc::new(options.credentials.clone()),
            generation: 0,
            proven: false,
            requests: options.requests_before,
            refused: options.refused_before,
            answered: false,
            last_success: None,
            failing: None,
            halt: None,
            options,
        }
    }

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
            if self.flights.is_empty() && self.ready.is_empty() && self.waiting.is_empty() && self.cutter.is_done() {
                if self.parked.is_empty() {
                    break;
                }
                // There are too few contacts to be sure of anything.
                continue;
            }
            tokio::select! {
                biased;
                reason = &mut asked => self.end(Failure::new(cause_of(reason), "")),
                Some(landed) = self.tasks.join_next_with_id() => self.landed(landed).await,
                parcel = parcels.recv(), if open && self.hungry => match parcel {
                    Some(parcel) => self.cutter.push(parcel),
                    None => {
                        open = false;
                        self.cutter.finish();
                    }
                },
                () = time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
        }
        self.finish(parcels).await
    }

    /// Sends all that may go out now; tells when to look again even if nothing happens until then.
    async fn dispatch(&mut self) -> Option<Instant> {
        loop {
            let now = Instant::now();
            let give_up = self.failing.as_ref().map(|(since, why)| *since + self.patience(why));
            if give_up.is_some_and(|at| at <= now) {
                self.give_up();
            }
            if self.halt.is_some() {
                return None;
            }
            let most = if self.breaker.next().is_some() { 1 } else { self.window.open() };
            if self.flights.len() >= most {
                self.hungry = false;
                return give_up;
            }
            self.refill(now);
            let piece_at = if !self.ready.is_empty() || self.breaker.next().is_some() && !self.waiting.is_empty() {
                now
            } else {
                match self.waiting.iter().map(|piece| piece.due).min() {
                    Some(due) => due,
                    None => return give_up,
                }
            };
            let at = piece_at.max(self.pace.next()).max(self.breaker.next().unwrap_or(now));
            if at > now {
                return Some(give_up.map_or(at, |give_up| give_up.min(at)));
            }
            if self.expiry.is_some_and(|expiry| expiry <= now) && !self.refresh().await {
                self.end(Failure::new(Cause::Expired, ""));
                return None;
            }
            match self.take(now) {
                Some(piece) => self.launch(piece, now).await,
                None => return give_up,
            }
        }
    }

    /// Sends a piece.
    async fn launch(&mut self, mut piece: SubBatch, now: Instant) {
        self.requests += 1;
        piece.tries += 1;
        piece.first.get_or_insert(now);
        piece.sent = Some(now);
        self.pace.take(now);
        let body = piece.batch.body();
        let sent = Event::Sent {
            serial: piece.batch.serial,
            request: self.requests,
            contacts: piece.batch.len(),
            bytes: body.len(),
            attempt: piece.tries,
            in_flight: self.flights.len() + 1,
        };
        let mut key = blake3::Hasher::new();
        key.update(self.options.job.as_bytes()).update(b"\0").update(&body);
        let key = key.finalize().to_hex().as_str().chars().take(32).collect();
        let request =
            Request { id: self.request_id(self.requests), key, body, credentials: Arc::clone(&self.credentials) };
        let transport = Arc::clone(&self.transport);
        let task = self.tasks.spawn(async move { transport.post(request).await });
        let flight = Flight { piece, began: now, request: self.requests, generation: self.generation };
        self.flights.insert(task.id(), flight);
        self.tell(sent).await;
    }

    /// A request came to its end.
    async fn landed(&mut self, landed: Result<(Id, Result<Reply, TransportError>), JoinError>) {
        let (id, outcome) = match landed {
            Ok((id, outcome)) => (id, Some(outcome)),
            Err(error) => (error.id(), None),
        };
        let Some(flight) = self.flights.remove(&id) else { return };
        match outcome {
            Some(outcome) => self.land(flight, outcome).await,
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
        let Some(halt) = self.halt.clone() else {
            for (piece, why) in self.suspicion.clear() {
                self.refuse(&piece, why).await;
            }
            // The last of them may have been one too many.
            return self.halt.take().map_or(Ok(()), |halt| Err(Failure::clone(&halt)));
        };
        self.tell(Event::Stopping { why: Arc::clone(&halt), in_flight: self.flights.len() }).await;
        let (stop, grace) = (self.stop.clone(), self.options.grace);
        let hurry = async {
            tokio::select! {
                () = time::sleep(grace) => {}
                () = stop.wait_at_once() => {}
            }
        };
        tokio::pin!(hurry);
        while !self.flights.is_empty() {
            tokio::select! {
                biased;
                () = &mut hurry => break,
                Some(landed) = self.tasks.join_next_with_id() => self.landed(landed).await,
            }
        }
        self.tasks.abort_all();
        for (_, Flight { piece, .. }) in std::mem::take(&mut self.flights) {
            self.settle(&piece, Outcome::Unconfirmed(Arc::clone(&halt)), "", None).await;
        }
        let held = self.suspicion.clear().into_iter().map(|(piece, _)| piece);
        let mut left: Vec<SubBatch> = held.chain(self.parked.drain(..)).chain(self.ready.drain(..)).collect();
        left.append(&mut self.waiting);
        while let Ok(parcel) = parcels.try_recv() {
            self.cutter.push(parcel);
        }
        left.extend(self.cutter.rest().map(|batch| SubBatch::new(batch, 0, Instant::now())));
        for piece in left {
            let why = Arc::clone(&halt);
            let outcome = if piece.reached { Outcome::Unconfirmed(why) } else { Outcome::NotSent(why) };
            self.settle(&piece, outcome, "", None).await;
        }
        Err(Failure::clone(&halt))
    }

    /// Settles a whole piece.
    pub async fn settle(&mut self, piece: &SubBatch, outcome: Outcome, request: &str, status: Option<u16>) {
        let part = Settled { records: piece.batch.records(), outcome, request: request.to_owned(), status };
        let settlement = Settlement { serial: piece.batch.serial, attempts: piece.tries, parts: vec![part] };
        self.tell(Event::Settled(settlement)).await;
    }

    /// Ends the sending; the first cause decides.
    pub fn end(&mut self, why: Failure) {
        self.halt.get_or_insert_with(|| Arc::new(why));
    }

    /// How long nothing may succeed: a name that was never found is rather mistyped than away.
    fn patience(&self, why: &Failure) -> Duration {
        let is_unknown = why.cause == Cause::UnknownHost && self.last_success.is_none();
        let most = if is_unknown { UNKNOWN_HOST } else { Duration::MAX };
        self.options.policy.give_up_after.min(most)
    }

    fn give_up(&mut self) {
        if let Some((_, last)) = self.failing.take() {
            if last.cause == Cause::UnknownHost {
                return self.end(Failure::clone(&last));
            }
            self.end(Failure { message: last.to_string(), ..Failure::new(Cause::Away, "") });
        }
    }

    /// Reads the token again; returns whether it is another one that may be used.
    pub async fn refresh(&mut self) -> bool {
        let Some(refresh) = self.options.refresh.clone() else { return false };
        let reading = tokio::task::spawn_blocking(move || refresh.read());
        // A command may hang; a stop may not.
        let read = tokio::select! {
            read = reading => read.ok().flatten(),
            _ = self.stop.wait() => None,
        };
        let Some(credentials) = read.filter(|credentials| credentials.token != self.credentials.token) else {
            return false;
        };
        let left = credentials.good_for(unix_now());
        if left.is_some_and(|left| left.is_zero()) {
            return false;
        }
        self.expiry = left.map(|left| Instant::now() + left);
        self.options.redactor.hide(&credentials.token);
        self.credentials = Arc::new(credentials);
        self.generation += 1;
        self.proven = false;
        self.tell(Event::Renewed).await;
        true
    }

    /// A time to wait, by the dice.
    pub fn wait(cause: Cause, nth: u32) -> Duration {
        retry::wait(cause, nth, fastrand::f64())
    }

    pub fn request_id(&self, request: u64) -> String {
        format!("{}-{request:06}", self.options.job)
    }

    /// Whether nothing is left but the piece at hand.
    pub fn is_last(&self) -> bool {
        let none = self.flights.is_empty() && self.ready.is_empty() && self.waiting.is_empty();
        none && self.parked.is_empty() && self.cutter.is_done()
    }

    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// Tells what happened. When nobody listens any more, nothing can be made durable: the sending ends.
    pub async fn tell(&mut self, event: Event) {
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

/// Seconds since 1970 by this machine's clock.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
