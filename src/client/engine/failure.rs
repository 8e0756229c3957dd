//! What is done after a request that failed: it is repeated, at the pace the server takes; an outage is waited for; and
//! contacts that the server fails with while it takes others are found by dividing their batch.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::retry;
use super::super::sub_batch::SubBatch;
use super::super::transport::Transport;
use super::super::verdict::{OnExhausted, Retry};
use super::Engine;
use super::response::Exchange;
use crate::event::{Event, Pause};
use crate::outcome::{Cause, Failure, Outcome};

/// A batch is to blame when the server failed with it so often in a row that chance alone is less likely than this.
const CHANCE_BATCH: f64 = 0.05;
/// The same for a part of such a batch.
const CHANCE_PART: f64 = 0.1;
/// The same for a single contact, which is refused then.
const CHANCE_CONTACT: f64 = 1e-6;
/// A batch or a part is divided after so many failures in a row, whatever chance says.
const MOST_TRIES: u32 = 12;
/// A single contact is given up, unconfirmed, after so many that may still be chance.
const MOST_TRIES_ALONE: u32 = 30;
/// The longest wait before a part of what the server failed with is tried again.
const SUSPECT_WAIT: Duration = Duration::from_secs(2);

impl<T: Transport> Engine<T> {
    /// The request is worth repeating.
    pub(super) async fn retry(&mut self, mut piece: SubBatch, retry: Retry, exchange: Exchange) {
        let Retry { why, after, reached, too_much, then } = retry;
        let (why, now) = (Arc::new(why), exchange.now);
        piece.reached |= reached;
        if then == OnExhausted::Free && exchange.stale && !piece.freed {
            piece.freed = true;
            return self.queue.wait(piece);
        }
        piece.failed(&why);
        // That the server fails with a suspect says little about how often it fails otherwise.
        if piece.tries == 1 && piece.was_failed_with() && !piece.is_suspect() {
            self.health.first_try(true);
        }
        self.health.failed(exchange.began, &why);
        let others_succeed = self.health.succeeds(now) && piece.is_younger_than(self.options.policy.give_up_after, now);
        // A connection that breaks without an answer while others succeed is one too many, as a 429 is.
        let broke = then == OnExhausted::Free && others_succeed;
        let throttled = why.cause == Cause::Busy && others_succeed;
        if throttled {
            self.learn_pace(&why, exchange).await;
        }
        let is_paced = throttled && self.health.is_paced();
        if (too_much || broke) && !is_paced && self.health.narrow(exchange.began, now) {
            self.tell(Event::Window { open: self.health.window(), why: Some(why.cause) }).await;
        }
        if let Some(after) = after {
            // The server is there and says when to come back: no attempt is used up.
            piece.due = now;
            self.queue.wait(piece);
            return self.hold(after, &why, now).await;
        }
        if throttled {
            // Its turn comes late enough by itself once a pace is learnt.
            piece.due = if is_paced { now } else { now + wait(Cause::Busy, 1) };
            return self.queue.wait(piece);
        }
        if broke {
            return self.again(piece, why, now).await;
        }
        match then {
            OnExhausted::Halt(tries) if piece.alike >= tries => {
                self.queue.wait(piece);
                return self.end(Failure::clone(&why));
            }
            OnExhausted::Halve(tries) if piece.alike >= tries && !piece.is_control() => {
                return self.divide(piece, why, &[]).await;
            }
            OnExhausted::HalveSmaller(tries) if piece.alike >= tries && piece.len() > 1 => {
                return self.divide_smaller(piece, why).await;
            }
            OnExhausted::Halt(_) => piece.attempts += u32::from(!self.health.is_outage()),
            OnExhausted::GiveUp | OnExhausted::Free | OnExhausted::Halve(_) | OnExhausted::HalveSmaller(_) => {
                self.count(&mut piece, &why, now).await;
            }
        }
        self.again(piece, why, now).await;
    }

    /// Counts a failure: as an attempt, and towards an outage. During an outage only the time counts.
    async fn count(&mut self, piece: &mut SubBatch, why: &Arc<Failure>, now: Instant) {
        piece.attempts += u32::from(!self.health.is_outage());
        // While others pass, what the server fails with says nothing about an outage. Where nothing else is left, what was
        // accepted before shows whether others would.
        let others_pass = |engine: &mut Self| {
            engine.health.succeeded_since(piece.since) || engine.queue.holds_suspects_only() && engine.send_control()
        };
        let is_known = piece.is_suspect() && !self.health.is_outage() && others_pass(self);
        if !is_known
            && let Some(until) =
                self.health.count_outage(why.cause, self.flights.len() + 1 + self.queue.most_left(), now)
        {
            self.tell(Event::Waiting { until, pause: Pause::Breaker, why: Arc::clone(why) }).await;
        }
    }

    /// The server says "too fast" while it takes others.
    async fn learn_pace(&mut self, why: &Arc<Failure>, exchange: Exchange) {
        let Exchange { began, alone, now, .. } = exchange;
        if let Some(rate) = self.health.too_fast(began, alone, now) {
            self.tell(Event::Paced { rate, why: why.cause }).await;
        }
    }

    /// It waits for its next attempt, unless it had them all, or is to blame itself.
    pub(super) async fn again(&mut self, mut piece: SubBatch, why: Arc<Failure>, now: Instant) {
        let outage = self.health.is_outage();
        if piece.was_failed_with() && !outage && self.is_to_blame(&piece) {
            // A request that was given up may still be at work on the server.
            let is_pending = why.cause == Cause::Timeout;
            match piece.suspects(now) {
                Ok((left, right)) if is_pending => {
                    let due = now + wait(Cause::Timeout, 1);
                    self.queue.wait(SubBatch { due, ..left });
                    return self.queue.wait(SubBatch { due, ..right });
                }
                Err(lone) if why.cause != Cause::Failing => piece = *lone,
                halves => return self.go_on_in(halves, why).await,
            }
        }
        // What the server fails with while it takes others is refused or passes in the end.
        let is_open = piece.is_suspect() || piece.len() == 1 && self.health.succeeded_since(piece.since);
        let may_be_chance = is_open && piece.alike < MOST_TRIES_ALONE && why.cause == Cause::Failing;
        if piece.attempts < self.options.policy.attempts || outage || may_be_chance {
            let nth = if piece.is_suspect() { piece.alike } else { piece.attempts };
            let longest = if piece.is_suspect() && !outage { SUSPECT_WAIT } else { Duration::MAX };
            piece.due = now + wait(why.cause, nth.max(1)).min(longest);
            let pause = Pause::Batch { serial: piece.batch.serial, attempts: piece.attempts };
            self.tell(Event::Waiting { until: piece.due, pause, why }).await;
            return self.queue.wait(piece);
        }
        if piece.is_control() {
            // It cannot be told whether the server still takes it.
            self.control = None;
            return;
        }
        let (request, status) = (why.request.clone(), why.status);
        self.given_up.get_or_insert_with(|| Arc::clone(&why));
        let outcome = if piece.reached { Outcome::Unconfirmed(why) } else { Outcome::NotSent(why) };
        self.settle(&piece, outcome, &request, status).await;
    }

    /// Whether the server fails because of these contacts: it failed with them more often than by chance, and took others
    /// meanwhile.
    fn is_to_blame(&mut self, piece: &SubBatch) -> bool {
        let attempts = self.options.policy.attempts;
        let (probability, least, most) = match (piece.is_suspect(), piece.len()) {
            (true, 1) => (CHANCE_CONTACT, 3, u32::MAX),
            (false, 1) => (CHANCE_CONTACT, attempts.max(3), u32::MAX),
            (true, _) => (CHANCE_PART, 1, MOST_TRIES),
            (false, _) => (CHANCE_BATCH, attempts.min(2), attempts.min(MOST_TRIES)),
        };
        // Connections break for many reasons.
        let least = if piece.is_cut_off() { attempts.max(least) } else { least };
        let enough = self.health.tries_beyond_chance(probability).min(most).max(least);
        if piece.alike < enough || piece.is_control() {
            return false;
        }
        let others_succeed = self.health.succeeded_since(piece.since);
        if !others_succeed && piece.is_suspect() && self.queue.holds_suspects_only() {
            // Nothing else is left that could show it.
            self.send_control();
        }
        others_succeed
    }
}

/// A time to wait, by the dice.
fn wait(cause: Cause, nth: u32) -> Duration {
    retry::wait(cause, nth, fastrand::f64())
}
