//! What follows from an answer, or from the lack of one.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::refused_all::Refusal;
use super::retry;
use super::sending::{Flight, Sending};
use super::sub_batch::SubBatch;
use super::transport::Transport;
use super::verdict::{self, ItemVerdict, OnExhausted, Reply, Retry, TransportError, Verdict};
use crate::event::{Event, Pause};
use crate::outcome::{Cause, Failure, Outcome, Settled, Settlement};
use crate::secret::Redactor;

impl<T: Transport> Sending<T> {
    /// A request came to its end with an answer or a fault.
    pub async fn land(&mut self, flight: Flight, outcome: Result<Reply, TransportError>) {
        let now = Instant::now();
        let Flight { piece, began, request, generation } = flight;
        let mut status = None;
        if let Ok(reply) = &outcome {
            status = Some(reply.status);
            if let Some(left) = reply.date.and_then(|clock| self.credentials.good_for(clock)) {
                self.expiry = Some(now + left);
            }
        }
        let id = self.request_id(request);
        let verdict = with_request(verdict::judge(&outcome, piece.batch.len()), &id, &self.options.redactor);
        self.tell(Event::Answered {
            serial: piece.batch.serial,
            request,
            took: now - began,
            trouble: trouble(&verdict).cloned().map(Arc::new),
            in_flight: self.in_flight(),
        })
        .await;
        let stale = self.answered;
        self.answered |= outcome.is_ok();
        match verdict {
            Verdict::Accepted => {
                self.success(&piece, now).await;
                self.settle(&piece, Outcome::Accepted, &id, status).await;
                self.clear().await;
            }
            Verdict::PerItem(ones) => self.partly(piece, ones, &id, status, now).await,
            Verdict::Halve { why, smaller, after, places: _ } => {
                self.alive().await;
                if let Some(after) = after {
                    self.hold(after, &why, now).await;
                }
                self.halve(piece, Arc::new(why), smaller).await;
            }
            Verdict::Unauthorized(why) => self.unauthorized(piece, why, generation).await,
            Verdict::Halt(why) => {
                self.waiting.push(piece);
                self.end(why);
            }
            Verdict::Retry(retry) => self.retry(piece, retry, began, now, stale).await,
        }
    }

    /// The server took contacts.
    async fn success(&mut self, piece: &SubBatch, now: Instant) {
        self.proven = true;
        self.last_success = Some(now);
        self.size.taken(piece.batch.len(), piece.batch.bytes());
        if !self.alive().await && self.window.success() {
            self.tell(Event::Window { open: self.window.open(), why: None }).await;
        }
    }

    /// The server answered in earnest; returns whether that ended an outage.
    async fn alive(&mut self) -> bool {
        self.failing = None;
        let back = self.breaker.success();
        if back {
            self.window.restart();
            // What waited for the server need not wait any longer.
            let now = Instant::now();
            self.waiting.iter_mut().for_each(|piece| piece.due = now);
            self.tell(Event::Back).await;
        }
        back
    }

    /// Something was accepted: what was refused so far is about its rows.
    async fn clear(&mut self) {
        for (piece, why) in self.suspicion.clear() {
            self.refuse(&piece, why).await;
        }
        self.unpark();
    }

    /// What was put aside goes on, before anything else.
    fn unpark(&mut self) {
        while let Some(piece) = self.parked.pop_back() {
            self.ready.push_front(piece);
        }
    }

    /// Refuses a piece for good.
    pub async fn refuse(&mut self, piece: &SubBatch, why: Arc<Failure>) {
        let (request, status) = (why.request.clone(), why.status);
        self.refused += piece.batch.len() as u64;
        self.settle(piece, Outcome::Refused(why), &request, status).await;
        if self.options.max_refused.is_some_and(|most| self.refused > most) {
            self.end(Failure::new(Cause::TooManyRefused, &format!("{} so far", self.refused)));
        }
    }

    /// Contacts that were refused each by itself.
    async fn refused_alone(&mut self, piece: SubBatch, why: Arc<Failure>) {
        match self.suspicion.refused(piece, Arc::clone(&why)) {
            Refusal::Held => {}
            Refusal::Probe => {
                self.parked.extend(self.ready.drain(..));
                self.parked.extend(self.waiting.drain(..));
            }
            Refusal::Stands(refused) => {
                for (piece, why) in refused {
                    self.refuse(&piece, why).await;
                }
                self.unpark();
            }
            Refusal::Systematic => self.end(Failure { cause: Cause::RefusedAll, ..Failure::clone(&why) }),
        }
    }

    /// Something in a piece is wrong or it is too large: it goes on in halves, a lone contact is refused.
    async fn halve(&mut self, piece: SubBatch, why: Arc<Failure>, smaller: bool) {
        let (contacts, bytes) = (piece.batch.len(), piece.batch.bytes());
        if smaller && self.size.too_large(contacts, bytes) {
            let limits = *self.size.limits();
            self.tell(Event::Smaller { contacts: limits.contacts.get(), bytes: limits.bytes }).await;
        }
        let halves = piece.split(contacts / 2, self.options.policy.attempts);
        self.go_on_in(halves, why).await;
    }

    async fn go_on_in(&mut self, halves: Result<(SubBatch, SubBatch), Box<SubBatch>>, why: Arc<Failure>) {
        match halves {
            Ok((left, right)) => {
                let contacts = left.batch.len() + right.batch.len();
                self.tell(Event::Halved { serial: left.batch.serial, contacts, why }).await;
                self.ready.push_front(right);
                self.ready.push_front(left);
            }
            Err(lone) => self.refused_alone(*lone, why).await,
        }
    }

    /// The server said of each contact what became of it.
    async fn partly(
        &mut self,
        mut piece: SubBatch,
        ones: Vec<ItemVerdict>,
        id: &str,
        status: Option<u16>,
        now: Instant,
    ) {
        let is = |position: usize, one: fn(&ItemVerdict) -> bool| ones.get(position).is_some_and(one);
        let accepted = piece.batch.pick(|position| is(position, |one| *one == ItemVerdict::Accepted));
        if accepted.is_none() {
            self.alive().await;
        }
        if let Some(batch) = accepted {
            self.success(&piece, now).await;
            let part = Settled { records: batch.records(), outcome: Outcome::Accepted, request: id.to_owned(), status };
            let parts = vec![part];
            self.tell(Event::Settled(Settlement { serial: batch.serial, attempts: piece.tries, parts })).await;
            self.clear().await;
        }
        for (position, one) in ones.iter().enumerate() {
            if let ItemVerdict::Refused(why) = one
                && let Some(refused) = piece.remainder(|other| other == position)
            {
                self.refused_alone(refused, Arc::new(why.clone())).await;
            }
        }
        let again = ones.iter().find_map(|one| match one {
            ItemVerdict::Again(why) => Some(Arc::new(why.clone())),
            ItemVerdict::Accepted | ItemVerdict::Refused(_) => None,
        });
        if let Some(why) = again
            && let Some(rest) = piece.remainder(|position| is(position, |one| matches!(one, ItemVerdict::Again(_))))
        {
            piece = rest;
            piece.attempts += 1;
            piece.failed(&why);
            self.again(piece, why, now).await;
        }
    }

    /// The token was not accepted.
    async fn unauthorized(&mut self, piece: SubBatch, why: Failure, generation: u32) {
        // A token that was read again and never worked is not read again once more.
        let hopeless = generation > 0 && !self.proven;
        let current = generation == self.generation;
        if current && (hopeless || self.halt.is_some() || !self.refresh().await) {
            self.end(why);
        }
        self.ready.push_front(piece);
    }

    /// Nothing goes out before the server's time; returns whether that is not too late.
    async fn hold(&mut self, after: Duration, why: &Failure, now: Instant) -> bool {
        if after > self.options.policy.max_wait {
            let until =
                std::time::SystemTime::now().checked_add(after).filter(|_| after < Duration::from_secs(1 << 32));
            let message = match until {
                Some(until) => format!("until {}", httpdate::fmt_http_date(until)),
                None => format!("{} seconds", after.as_secs()),
            };
            self.end(Failure { cause: Cause::Wait, message, ..why.clone() });
            return false;
        }
        let until = now + retry::spread(after, fastrand::f64());
        if until > self.pace.next() {
            self.tell(Event::Waiting { until, pause: Pause::Named, why: Arc::new(why.clone()) }).await;
        }
        self.pace.hold(until);
        true
    }

    /// The request is worth repeating.
    async fn retry(&mut self, mut piece: SubBatch, retry: Retry, began: Instant, now: Instant, stale: bool) {
        let Retry { why, after, reached, too_much, then } = retry;
        let why = Arc::new(why);
        piece.reached |= reached;
        if then == OnExhausted::Free && stale && !piece.freed {
            piece.freed = true;
            return self.ready.push_front(piece);
        }
        piece.failed(&why);
        self.failing.get_or_insert_with(|| (began, Arc::clone(&why))).1 = Arc::clone(&why);
        if too_much && self.window.too_much(began, now) {
            self.tell(Event::Window { open: self.window.open(), why: Some(why.cause) }).await;
        }
        if let Some(after) = after {
            // The server is there and says when to come back: no attempt is used up.
            piece.due = now;
            self.waiting.push(piece);
            self.hold(after, &why, now).await;
            return;
        }
        // During an outage only the time counts, unless it may be this piece alone that the server fails with.
        piece.attempts += u32::from(self.breaker.next().is_none() || piece.suspect && self.is_last());
        match then {
            OnExhausted::Halt(tries) if piece.alike >= tries => {
                self.waiting.push(piece);
                return self.end(Failure::clone(&why));
            }
            OnExhausted::Halve(tries) if piece.alike >= tries => return self.halve(piece, why, false).await,
            OnExhausted::HalveSmaller(tries) if piece.alike >= tries && piece.batch.len() > 1 => {
                return self.halve(piece, why, true).await;
            }
            OnExhausted::Halt(_) => {}
            OnExhausted::GiveUp | OnExhausted::Free | OnExhausted::Halve(_) | OnExhausted::HalveSmaller(_) => {
                self.outage(&why, now).await
            }
        }
        self.again(piece, why, now).await;
    }

    /// Counts a failure towards an outage.
    async fn outage(&mut self, why: &Arc<Failure>, now: Instant) {
        let unreachable = matches!(why.cause, Cause::Unreachable | Cause::UnknownHost);
        let cause = why.cause;
        let pause = |nth| Self::wait(cause, nth);
        if self.breaker.failure(unreachable, self.window.open(), now, pause)
            && let Some(until) = self.breaker.next()
        {
            self.tell(Event::Waiting { until, pause: Pause::Breaker, why: Arc::clone(why) }).await;
        }
    }

    /// A piece waits for its next attempt, unless it had them all.
    async fn again(&mut self, mut piece: SubBatch, why: Arc<Failure>, now: Instant) {
        let outage = self.breaker.next().is_some() && !(piece.suspect && self.is_last());
        if piece.attempts < piece.allowed || outage {
            piece.due = now + Self::wait(why.cause, piece.attempts.max(1));
            let pause = Pause::Batch { serial: piece.batch.serial, attempts: piece.attempts };
            self.tell(Event::Waiting { until: piece.due, pause, why }).await;
            return self.waiting.push(piece);
        }
        let others_succeed = self.last_success > piece.first;
        if piece.was_failed_with() && others_succeed {
            // A contact that the server breaks down over looks like that.
            let halves = piece.suspects(self.options.policy.attempts);
            return self.go_on_in(halves, why).await;
        }
        let (request, status) = (why.request.clone(), why.status);
        let outcome = if piece.reached { Outcome::Unconfirmed(why) } else { Outcome::NotSent(why) };
        self.settle(&piece, outcome, &request, status).await;
    }
}

/// What was wrong with a request; `None` where the server took any of it.
fn trouble(verdict: &Verdict) -> Option<&Failure> {
    match verdict {
        Verdict::Accepted => None,
        Verdict::PerItem(ones) => ones.iter().find_map(|one| match one {
            ItemVerdict::Accepted => None,
            ItemVerdict::Refused(why) | ItemVerdict::Again(why) => Some(why),
        }),
        Verdict::Retry(later) => Some(&later.why),
        Verdict::Halve { why, .. } | Verdict::Unauthorized(why) | Verdict::Halt(why) => Some(why),
    }
}

/// The verdict with the request's id in its failures, and without words that repeat a secret.
fn with_request(mut verdict: Verdict, id: &str, redactor: &Redactor) -> Verdict {
    let name = |why: &mut Failure| {
        id.clone_into(&mut why.request);
        why.message = redactor.words(&why.message).into_owned();
    };
    match &mut verdict {
        Verdict::Accepted => {}
        Verdict::PerItem(ones) => ones.iter_mut().for_each(|one| match one {
            ItemVerdict::Accepted => {}
            ItemVerdict::Refused(why) | ItemVerdict::Again(why) => name(why),
        }),
        Verdict::Retry(later) => name(&mut later.why),
        Verdict::Halve { why, places, .. } => {
            name(why);
            places.iter_mut().for_each(|place| place.words = redactor.words(&place.words).into_owned());
        }
        Verdict::Unauthorized(why) | Verdict::Halt(why) => name(why),
    }
    verdict
}
