//! What is to be sent, and what next: what is due again before what is new, depth before breadth, and in an outage one
//! by one.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::batch_size::AdaptiveBatchSize;
use super::sub_batch::SubBatch;
use crate::batch::{Cutter, Limits, Parcel};

/// At most so many single contacts are taken out of batches to tell an outage from a batch that the server fails with.
const SINGLES: usize = 8;

/// What showed that the server is there again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// It took one contact of this batch though it had failed with the batch.
    Contact(u64),
    /// It took what it had accepted before.
    Control,
    /// It took or refused something else.
    Other,
}

/// What decides whether a new batch may be begun.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    /// One request finds out whether the server takes anything at all.
    pub canary: bool,
    /// Nothing succeeds, and one request at a time finds out when that ends.
    pub outage: bool,
    /// Single contacts of other batches find out whether everything is refused.
    pub probing: bool,
    /// No request is under way.
    pub idle: bool,
}

/// All contacts that are neither settled nor under way.
#[derive(Debug)]
pub struct Queue {
    cutter: Cutter,
    /// The cutter needs more parcels for a whole batch.
    hungry: bool,
    /// Sent before anything else.
    control: Option<SubBatch>,
    /// Ready to send, in order. Parts go to the front, so that one batch is resolved before the next one begins.
    ready: VecDeque<SubBatch>,
    /// Tried, and waiting for the next attempt.
    waiting: Vec<SubBatch>,
    /// Put aside while single contacts of other batches are probed.
    parked: VecDeque<SubBatch>,
    size: AdaptiveBatchSize,
    /// While so many wait no new batch is begun.
    most_waiting: usize,
}

impl Queue {
    /// Nothing to send yet.
    pub fn new(limits: Limits, most_in_flight: usize) -> Self {
        Queue {
            cutter: Cutter::default(),
            hungry: true,
            control: None,
            ready: VecDeque::new(),
            waiting: Vec::new(),
            parked: VecDeque::new(),
            size: AdaptiveBatchSize::new(limits),
            most_waiting: 2 * most_in_flight,
        }
    }

    /// Adds a parcel behind the others.
    pub fn add(&mut self, parcel: Arc<Parcel>) {
        self.cutter.push(parcel);
    }

    /// No parcel comes any more.
    pub fn close(&mut self) {
        self.cutter.finish();
    }

    /// Whether more parcels are needed for the next batch.
    pub fn is_hungry(&self) -> bool {
        self.hungry
    }

    /// Nothing new is begun for now, so no parcel is needed.
    pub fn pause_intake(&mut self) {
        self.hungry = false;
    }

    /// Whether nothing can be sent any more but what is parked.
    pub fn is_done(&self) -> bool {
        self.control.is_none() && self.ready.is_empty() && self.waiting.is_empty() && self.cutter.is_done()
    }

    /// How many requests the rest may need at most, as far as is known.
    pub fn most_left(&self) -> usize {
        if self.cutter.is_done() { self.ready.len() + self.waiting.len() + self.parked.len() } else { usize::MAX / 2 }
    }

    /// Whether something is put aside.
    pub fn has_parked(&self) -> bool {
        !self.parked.is_empty()
    }

    /// Whether nothing is left but parts of what the server failed with.
    pub fn holds_suspects_only(&self) -> bool {
        self.holds_only(SubBatch::is_suspect)
    }

    /// Whether nothing is left but what the server failed with.
    pub fn holds_failed_only(&self) -> bool {
        self.holds_only(SubBatch::was_failed_with)
    }

    fn holds_only(&self, kind: fn(&SubBatch) -> bool) -> bool {
        let mut left = self.ready.iter().chain(&self.waiting).chain(&self.parked);
        self.cutter.is_done() && left.all(kind)
    }

    /// Whether a contact that was accepted before is about to be sent again.
    pub fn has_control(&self) -> bool {
        self.control.is_some() || self.waiting.iter().any(SubBatch::is_control)
    }

    /// The sizes of requests.
    pub fn size(&mut self) -> &mut AdaptiveBatchSize {
        &mut self.size
    }

    /// Makes sure that a batch is ready, as far as there is one and not too many are waiting already.
    pub fn refill(&mut self, now: Instant, situation: Situation) {
        self.hungry = false;
        if !self.ready.is_empty() || self.waiting.len() >= self.most_waiting {
            return;
        }
        // The first request finds out; nothing overtakes its repeats but the probes of an outage.
        if situation.canary && !situation.outage && !self.waiting.is_empty() {
            return;
        }
        if situation.probing && !(situation.idle && self.waiting.is_empty()) {
            return;
        }
        let fresh = self.cutter.cut(self.size.limits()).map(|batch| SubBatch::new(batch, now));
        self.hungry = fresh.is_none() && !self.cutter.is_done();
        if !situation.probing {
            self.ready.extend(fresh);
            return;
        }
        // One contact of the next batch; once there is none, one of what was put aside, turn by turn.
        let next = fresh.or_else(|| if self.hungry { None } else { self.parked.pop_front() });
        match next.map(|piece| piece.split(1)) {
            Some(Ok((one, rest))) => {
                self.ready.push_back(one);
                self.parked.push_back(rest);
            }
            Some(Err(lone)) => self.ready.push_back(*lone),
            None => {}
        }
    }

    /// When something can go out; `None` where there is nothing to send for now.
    pub fn next_at(&self, now: Instant, outage: bool) -> Option<Instant> {
        if self.control.is_some() || !self.ready.is_empty() || outage && !self.waiting.is_empty() {
            return Some(now);
        }
        self.waiting.iter().map(|piece| piece.due).min()
    }

    /// What goes out next, small enough for what the server takes.
    pub fn take(&mut self, now: Instant) -> Option<SubBatch> {
        if let Some(control) = self.control.take() {
            return Some(control);
        }
        let due = self.waiting.iter().enumerate().filter(|(_, piece)| piece.due <= now);
        let piece = match due.min_by_key(|(_, piece)| piece.due).map(|(index, _)| index) {
            Some(index) => self.waiting.swap_remove(index),
            None => self.ready.pop_front()?,
        };
        Some(self.fitted(piece))
    }

    /// What goes out next in an outage: what was not tried for the longest time, of at least two batches. `small` asks for
    /// one contact of a batch that the server failed with: if that passes, it is no outage.
    pub fn take_probe(&mut self, small: bool) -> Option<SubBatch> {
        if let Some(control) = self.control.take() {
            return Some(control);
        }
        if small && let Some(single) = self.take_single().or_else(|| self.take_tried_single()) {
            return Some(single);
        }
        if self.waiting.len() < 2
            && let Some(piece) = self.ready.pop_front()
        {
            return Some(self.fitted(piece));
        }
        let longest = self.longest_untried(|_| true)?;
        let piece = self.waiting.swap_remove(longest);
        Some(self.fitted(piece))
    }

    fn longest_untried(&self, wanted: impl Fn(&SubBatch) -> bool) -> Option<usize> {
        let candidates = self.waiting.iter().enumerate().filter(|(_, piece)| wanted(piece));
        candidates.min_by_key(|(_, piece)| piece.sent).map(|(index, _)| index)
    }

    /// A batch out of which a single contact may be taken.
    fn source_of_single(&self) -> Option<usize> {
        let singles = self.waiting.iter().filter(|piece| piece.len() == 1).count();
        let from = self.longest_untried(|piece| piece.len() > 1 && piece.was_failed_with());
        from.filter(|_| singles < SINGLES)
    }

    /// Whether a single contact that was not sent alone yet can be taken out of a batch that the server failed with.
    pub fn has_new_single(&self) -> bool {
        self.source_of_single().is_some()
    }

    /// A contact out of a batch that the server failed with, wherever it stands: bad ones often stand together.
    fn take_single(&mut self) -> Option<SubBatch> {
        let whole = self.waiting.swap_remove(self.source_of_single()?);
        let position = fastrand::usize(..whole.len());
        match whole.take_out(position) {
            Ok((one, rest)) => {
                self.waiting.push(rest);
                Some(one)
            }
            Err(lone) => Some(*lone),
        }
    }

    /// A contact that was sent alone before.
    fn take_tried_single(&mut self) -> Option<SubBatch> {
        let control = self.waiting.iter().position(SubBatch::is_control);
        let lone = control.or_else(|| self.longest_untried(|piece| piece.len() == 1))?;
        Some(self.waiting.swap_remove(lone))
    }

    /// The piece, or as much of it as the server takes; the rest stays ready.
    fn fitted(&mut self, mut piece: SubBatch) -> SubBatch {
        while self.size.is_over(piece.len(), piece.batch.bytes()) {
            let half = piece.len() / 2;
            match piece.split(half) {
                Ok((left, right)) => {
                    self.ready.push_front(right);
                    piece = left;
                }
                Err(lone) => return *lone,
            }
        }
        piece
    }

    /// This contact goes out before everything else.
    pub fn put_control(&mut self, control: SubBatch) {
        self.control = Some(control);
    }

    /// These go out before what is new, the first first.
    pub fn put_first(&mut self, pieces: impl IntoIterator<Item = SubBatch, IntoIter: DoubleEndedIterator>) {
        for piece in pieces.into_iter().rev() {
            self.ready.push_front(piece);
        }
    }

    /// It is sent again when it is due.
    pub fn wait(&mut self, piece: SubBatch) {
        self.waiting.push(piece);
    }

    /// The server answers again, and nothing waits any longer. What it failed with though it takes other contacts is
    /// suspect, and goes on in halves; what else it failed with meanwhile is forgiven.
    pub fn outage_ended(&mut self, now: Instant, by: Recovery) {
        let mut suspects = Vec::new();
        for mut piece in std::mem::take(&mut self.waiting) {
            piece.due = now;
            let is_suspect = match by {
                Recovery::Contact(serial) => piece.batch.serial == serial && piece.len() > 1,
                Recovery::Control => !piece.is_control(),
                Recovery::Other => false,
            };
            if !(is_suspect && piece.was_failed_with()) {
                piece.forgive();
                self.waiting.push(piece);
                continue;
            }
            match piece.suspects(now) {
                Ok((left, right)) => suspects.extend([left, right]),
                Err(lone) => self.waiting.push(*lone),
            }
        }
        self.put_first(suspects);
    }

    /// Puts everything aside.
    pub fn park(&mut self) {
        self.parked.extend(self.ready.drain(..));
        self.parked.extend(self.waiting.drain(..));
    }

    /// What was put aside goes on, before anything else.
    pub fn unpark(&mut self) {
        while let Some(piece) = self.parked.pop_back() {
            self.ready.push_front(piece);
        }
    }

    /// All that is left, with what was not cut yet.
    pub fn drain(&mut self) -> Vec<SubBatch> {
        let mut left: Vec<SubBatch> = self.parked.drain(..).chain(self.ready.drain(..)).collect();
        left.append(&mut self.waiting);
        left.extend(self.control.take());
        left.extend(self.cutter.rest().map(|batch| SubBatch::new(batch, Instant::now())));
        left
    }
}
