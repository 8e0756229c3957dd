//! Which piece goes out next: what is due again before what is new, depth before breadth, and in an outage one by one.

use tokio::time::Instant;

use super::sending::Sending;
use super::sub_batch::SubBatch;
use super::transport::Transport;

/// A probe that failed so often with a single batch left is tried in halves: the batch may be what the server fails with.
const LONELY_PROBES: u32 = 3;

impl<T: Transport> Sending<T> {
    /// Makes sure that a batch is ready, as far as there is one and not too many are waiting already.
    pub fn refill(&mut self, now: Instant) {
        self.hungry = false;
        if !self.ready.is_empty() || self.waiting.len() >= 2 * self.options.concurrency.most() {
            return;
        }
        // The first request finds out; nothing overtakes its repeats but the probes of an outage.
        if self.window.is_canary() && self.breaker.next().is_none() && !self.waiting.is_empty() {
            return;
        }
        let probing = self.suspicion.is_probing();
        if probing && !(self.flights.is_empty() && self.waiting.is_empty()) {
            return;
        }
        let fresh =
            self.cutter.cut(self.size.limits()).map(|batch| SubBatch::new(batch, self.options.policy.attempts, now));
        self.hungry = fresh.is_none() && !self.cutter.is_done();
        if !probing {
            self.ready.extend(fresh);
            return;
        }
        // One contact of the next batch; once there is none, one of what was put aside, turn by turn.
        let next = fresh.or_else(|| if self.hungry { None } else { self.parked.pop_front() });
        match next.map(|piece| piece.split(1, self.options.policy.attempts)) {
            Some(Ok((one, rest))) => {
                self.ready.push_back(one);
                self.parked.push_back(rest);
            }
            Some(Err(lone)) => self.ready.push_back(*lone),
            None => {}
        }
    }

    /// The piece that goes out next, small enough for what the server takes.
    pub fn take(&mut self, now: Instant) -> Option<SubBatch> {
        let mut piece = self.choose(now)?;
        while self.size.is_over(piece.batch.len(), piece.batch.bytes()) {
            let (half, allowed) = (piece.batch.len() / 2, piece.allowed);
            match piece.split(half, allowed) {
                Ok((left, right)) => {
                    self.ready.push_front(right);
                    piece = left;
                }
                Err(lone) => return Some(*lone),
            }
        }
        Some(piece)
    }

    fn choose(&mut self, now: Instant) -> Option<SubBatch> {
        if self.breaker.next().is_some() {
            return self.probe();
        }
        let due = self.waiting.iter().enumerate().filter(|(_, piece)| piece.due <= now);
        match due.min_by_key(|(_, piece)| piece.due).map(|(index, _)| index) {
            Some(index) => Some(self.waiting.swap_remove(index)),
            None => self.ready.pop_front(),
        }
    }

    /// During an outage: the piece that was not tried for the longest time, of at least two, since what looks like an
    /// outage may be one batch that the server fails with.
    fn probe(&mut self) -> Option<SubBatch> {
        if self.waiting.len() < 2
            && let Some(piece) = self.ready.pop_front()
        {
            return Some(piece);
        }
        let longest = self.waiting.iter().enumerate().min_by_key(|(_, piece)| piece.sent).map(|(index, _)| index)?;
        let piece = self.waiting.swap_remove(longest);
        if !(self.waiting.is_empty() && piece.was_failed_with() && piece.alike >= LONELY_PROBES) {
            return Some(piece);
        }
        match piece.suspects(self.options.policy.attempts) {
            Ok((left, right)) => {
                self.ready.push_front(right);
                Some(left)
            }
            Err(lone) => Some(*lone),
        }
    }
}
