//! Contacts that are refused: found by dividing their batch, and believed once it is clear that it is about them.

use std::sync::Arc;

use tokio::time::Instant;

use super::super::denials::Denial;
use super::super::refused_all::Refusal;
use super::super::sub_batch::SubBatch;
use super::super::transport::Transport;
use super::Engine;
use crate::event::Event;
use crate::outcome::{Cause, Failure, Outcome};
use crate::wire::answer::Place;

impl<T: Transport> Engine<T> {
    /// Something in a batch is wrong. Where the server named the contacts, all others go on first and the named ones each
    /// alone; else it goes on in halves. A single contact is refused.
    pub(super) async fn divide(&mut self, piece: SubBatch, why: Arc<Failure>, places: &[Place]) {
        let positions: Vec<usize> = places.iter().map(|place| place.index).collect();
        let apart = if self.trusts_places { piece.set_apart(&positions) } else { None };
        match apart {
            Some(parts) => {
                self.tell(Event::Halved { serial: piece.batch.serial, contacts: piece.len(), why }).await;
                self.queue.put_first(parts);
            }
            None => {
                let half = piece.len() / 2;
                self.go_on_in(piece.split(half), why).await;
            }
        }
    }

    /// A batch is too large: it goes on in halves, and the next ones are smaller. A single contact is refused.
    pub(super) async fn divide_smaller(&mut self, piece: SubBatch, why: Arc<Failure>) {
        let (contacts, bytes) = (piece.len(), piece.batch.bytes());
        if self.queue.size().too_large(contacts, bytes) {
            self.tell_size().await;
        }
        self.go_on_in(piece.split(contacts / 2), why).await;
    }

    /// Requests are smaller from now on.
    pub(super) async fn tell_size(&mut self) {
        let limits = *self.queue.size().limits();
        self.tell(Event::Smaller { contacts: limits.contacts.get(), bytes: limits.bytes }).await;
    }

    /// Two halves go on before anything else; one contact that cannot be halved is refused.
    pub(super) async fn go_on_in(&mut self, halves: Result<(SubBatch, SubBatch), Box<SubBatch>>, why: Arc<Failure>) {
        match halves {
            Ok((left, right)) => {
                let contacts = left.len() + right.len();
                self.tell(Event::Halved { serial: left.batch.serial, contacts, why }).await;
                self.queue.put_first([left, right]);
            }
            Err(lone) => self.refused_alone(*lone, why).await,
        }
    }

    /// Contacts that were refused each by itself.
    pub(super) async fn refused_alone(&mut self, piece: SubBatch, why: Arc<Failure>) {
        match self.refused_all.refused(piece, Arc::clone(&why)) {
            Refusal::Held => {}
            Refusal::Probe => self.queue.park(),
            Refusal::Stands(refused) => {
                self.refuse_all(refused).await;
                self.queue.unpark();
            }
            Refusal::Systematic => {
                let cause = if why.cause == Cause::BadRequest { why.cause } else { Cause::RefusedAll };
                self.end(Failure { cause, ..Failure::clone(&why) });
            }
        }
    }

    /// Nothing is left to send, and nothing was accepted: what was refused is refused, unless no word of it is the
    /// service's.
    pub(super) async fn decide_refusals(&mut self) {
        if let Some(why) = self.refused_all.bad_request() {
            return self.end(Failure::clone(&why));
        }
        let held = self.refused_all.clear();
        self.refuse_all(held).await;
    }

    /// The server denies access.
    pub(super) async fn denied(&mut self, piece: SubBatch, why: Failure) {
        let before = self.auth.is_proven() || self.options.accepted_before;
        if piece.is_control() || !before && why.cause == Cause::Forbidden {
            self.queue.wait(piece);
            return self.end(self.denial(&why));
        }
        let why = Arc::new(why);
        match self.denials.denied(piece.len(), !self.auth.is_proven(), &why) {
            Denial::Batch if piece.len() == 1 => self.denied_alone(piece, why).await,
            Denial::Batch => {
                let (half, now) = (piece.len() / 2, Instant::now());
                let since = |part: SubBatch| SubBatch { since: Some(now), ..part };
                let halves = piece.split(half).map(|(left, right)| (since(left), since(right)));
                self.go_on_in(halves, why).await;
            }
            Denial::Probe => {
                self.queue.wait(piece);
                self.queue.park();
            }
            Denial::Probed => self.denials.hold(piece, why),
            // What was accepted before has the last word.
            Denial::Account if self.send_control() => self.denials.hold(piece, why),
            Denial::Account => {
                self.queue.wait(piece);
                self.end(self.denial(&why));
            }
        }
    }

    /// Access is denied to one contact: it is refused if others passed since its batch was denied, else held until then.
    async fn denied_alone(&mut self, piece: SubBatch, why: Arc<Failure>) {
        if self.health.succeeded_since(piece.since) {
            return self.refuse_all(vec![(piece, why)]).await;
        }
        self.denials.hold(piece, why);
    }

    /// Nothing is left to send; returns whether something must be sent all the same to learn what the 403 mean that came
    /// last.
    pub(super) fn decide_denials(&mut self) -> bool {
        let Some(why) = self.denials.undecided() else { return false };
        if !self.send_control() {
            self.end(self.denial(&why));
        }
        true
    }

    /// What a denial is called that is not about the contacts: a firewall may stand in front of a service that never
    /// accepted anything; later it is the account.
    fn denial(&self, why: &Failure) -> Failure {
        let before = self.auth.is_proven() || self.options.accepted_before;
        let cause = if before { Cause::Forbidden } else { why.cause };
        Failure { cause, ..why.clone() }
    }

    /// Something was accepted: what was refused so far is about its rows.
    pub(super) async fn clear(&mut self) {
        let refused = self.refused_all.clear().into_iter().chain(self.denials.clear()).collect();
        self.refuse_all(refused).await;
        self.queue.unpark();
    }

    /// Refuses contacts for good.
    pub(super) async fn refuse_all(&mut self, refused: Vec<(SubBatch, Arc<Failure>)>) {
        for (piece, why) in refused {
            // As a reason of one contact, each of these is a refusal.
            let why = match why.cause {
                Cause::Forbidden | Cause::Firewall | Cause::BadRequest => {
                    Arc::new(Failure { cause: Cause::Refused, ..Failure::clone(&why) })
                }
                _ => why,
            };
            let (request, status) = (why.request.clone(), why.status);
            self.refused += piece.len() as u64;
            self.settle(&piece, Outcome::Refused(why), &request, status).await;
            if self.options.max_refused.is_some_and(|most| self.refused > most) {
                self.end(Failure::new(Cause::TooManyRefused, &format!("{} so far", self.refused)));
            }
        }
    }
}
