//! What follows from the end of a request: what was accepted is settled, the rest goes on.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::queue::Recovery;
use super::super::retry;
use super::super::sub_batch::{Origin, SubBatch};
use super::super::transport::Transport;
use super::super::verdict::{self, ItemVerdict, Reply, TransportError, Verdict};
use super::{Engine, Flight};
use crate::event::{Event, Pause};
use crate::outcome::{Cause, Failure, Outcome};
use crate::secret::Redactor;

/// The circumstances of one request.
#[derive(Clone, Copy)]
pub(super) struct Exchange {
    pub(super) began: Instant,
    pub(super) now: Instant,
    /// Whether no other request was under way when it went out.
    pub(super) alone: bool,
    /// Whether its connection may have been idle before.
    pub(super) stale: bool,
}

impl<T: Transport> Engine<T> {
    /// A request came to its end with an answer or an error.
    pub(super) async fn on_response(&mut self, flight: Flight, outcome: Result<Reply, TransportError>) {
        let now = Instant::now();
        let Flight { piece, began, request, generation, alone } = flight;
        let status = outcome.as_ref().ok().map(|reply| reply.status);
        if let Some(clock) = outcome.as_ref().ok().and_then(|reply| reply.date) {
            self.auth.clock(clock, now);
        }
        let id = self.request_id(request);
        let mut verdict = with_request(verdict::judge(&outcome, piece.len()), &id, &self.options.redactor);
        if self.auth.is_proven() || self.options.accepted_before {
            about_contacts(&mut verdict);
        }
        self.tell(Event::Answered {
            serial: piece.batch.serial,
            request,
            took: now - began,
            trouble: trouble(&verdict).cloned().map(Arc::new),
            in_flight: self.flights.len(),
        })
        .await;
        let exchange = Exchange { began, now, alone, stale: self.health.heard(outcome.is_ok()) };
        match verdict {
            Verdict::Accepted => {
                self.success(&piece, now).await;
                self.settle(&piece, Outcome::Accepted, &id, status).await;
                self.clear().await;
            }
            Verdict::PerItem(ones) => self.per_item(piece, ones, &id, status, now).await,
            Verdict::Halve { why, smaller, after, places } => {
                self.alive(Recovery::Other).await;
                if let Some(after) = after {
                    self.hold(after, &why, now).await;
                }
                let why = Arc::new(why);
                match smaller {
                    _ if piece.is_control() => {}
                    true => self.divide_smaller(piece, why).await,
                    false => self.divide(piece, why, &places).await,
                }
            }
            Verdict::Denied(why) => {
                self.alive(Recovery::Other).await;
                self.denied(piece, why).await;
            }
            Verdict::Unauthorized(why) => self.unauthorized(piece, why, generation).await,
            Verdict::Halt(why) => {
                self.queue.wait(piece);
                self.end(why);
            }
            Verdict::Retry(retry) => self.retry(piece, retry, exchange).await,
        }
        let used_up = outcome.ok().and_then(|reply| reply.used_up);
        if let Some(left) = used_up.filter(|left| *left <= self.options.policy.max_wait) {
            // To ask again before would only be turned away.
            self.hold(left, &Failure::new(Cause::Busy, "its limit of requests is used up for now"), now).await;
        }
    }

    /// The server took contacts.
    async fn success(&mut self, piece: &SubBatch, now: Instant) {
        self.auth.prove();
        self.health.success(now);
        if piece.tries == 1 {
            self.health.first_try(false);
        }
        match piece.origin {
            Origin::Control => {}
            // A contact that the server complained about by its position passes alone: it counts otherwise than we do.
            Origin::Named => self.trusts_places = false,
            Origin::Batch => self.queue.size().taken(piece.len(), piece.batch.bytes()),
            Origin::Suspect => {
                if self.queue.size().part_taken(piece.len(), piece.batch.bytes()) {
                    self.tell_size().await;
                }
            }
        }
        if self.control.is_none() {
            self.control = piece.batch.pick(|position| position == 0);
        }
        let by = match piece.origin {
            Origin::Control => Recovery::Control,
            _ if piece.len() == 1 => Recovery::Contact(piece.batch.serial),
            _ => Recovery::Other,
        };
        if !self.alive(by).await && self.health.widen() {
            self.tell(Event::Window { open: self.health.window(), why: None }).await;
        }
    }

    /// The server answered in earnest; returns whether that ended an outage.
    async fn alive(&mut self, by: Recovery) -> bool {
        let back = self.health.alive();
        if back {
            self.queue.outage_ended(Instant::now(), by);
            self.tell(Event::Back).await;
        }
        back
    }

    /// The server said of each contact what became of it.
    async fn per_item(&mut self, piece: SubBatch, ones: Vec<ItemVerdict>, id: &str, status: Option<u16>, now: Instant) {
        let is = |position: usize, one: fn(&ItemVerdict) -> bool| ones.get(position).is_some_and(one);
        let accepted = piece.remainder(|position| is(position, |one| *one == ItemVerdict::Accepted));
        match accepted {
            None => {
                self.alive(Recovery::Other).await;
            }
            Some(part) => {
                self.success(&piece, now).await;
                self.settle(&part, Outcome::Accepted, id, status).await;
                self.clear().await;
            }
        }
        if piece.is_control() {
            return;
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
            && let Some(mut rest) = piece.remainder(|position| is(position, |one| matches!(one, ItemVerdict::Again(_))))
        {
            rest.attempts += 1;
            rest.failed(&why);
            self.again(rest, why, now).await;
        }
    }

    /// The token was not accepted.
    async fn unauthorized(&mut self, piece: SubBatch, why: Failure, generation: u32) {
        let current = generation == self.auth.generation();
        let hopeless = self.auth.is_hopeless(generation) || self.halt.is_some();
        if current && (hopeless || !self.refresh().await) {
            self.end(why);
        }
        if !piece.is_control() {
            self.queue.put_first([piece]);
        }
    }

    /// Nothing goes out before the server's time, unless that is too late.
    pub(super) async fn hold(&mut self, after: Duration, why: &Failure, now: Instant) {
        if after > self.options.policy.max_wait {
            let until =
                std::time::SystemTime::now().checked_add(after).filter(|_| after < Duration::from_secs(1 << 32));
            let message = match until {
                Some(until) => format!("until {}", httpdate::fmt_http_date(until)),
                None => format!("{} seconds", after.as_secs()),
            };
            return self.end(Failure { cause: Cause::Wait, message, ..why.clone() });
        }
        let until = now + retry::spread(after, fastrand::f64());
        if self.health.hold(until) {
            self.tell(Event::Waiting { until, pause: Pause::Named, why: Arc::new(why.clone()) }).await;
        }
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
        Verdict::Retry(retry) => Some(&retry.why),
        Verdict::Halve { why, .. } | Verdict::Denied(why) | Verdict::Unauthorized(why) | Verdict::Halt(why) => {
            Some(why)
        }
    }
}

/// Where other requests passed, a request that is turned down as such is so for the contacts in it.
fn about_contacts(verdict: &mut Verdict) {
    if let Verdict::Halve { why, .. } = verdict
        && why.cause == Cause::BadRequest
    {
        why.cause = Cause::Refused;
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
        Verdict::Retry(retry) => name(&mut retry.why),
        Verdict::Halve { why, places, .. } => {
            name(why);
            places.iter_mut().for_each(|place| place.words = redactor.words(&place.words).into_owned());
        }
        Verdict::Denied(why) | Verdict::Unauthorized(why) | Verdict::Halt(why) => name(why),
    }
    verdict
}
