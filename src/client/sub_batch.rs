//! A batch, or a part of one, on its way: what it went through so far.

use std::sync::Arc;

use tokio::time::Instant;

use crate::batch::Batch;
use crate::outcome::{Cause, Failure};

/// Attempts at a part of a batch with which the server fails, while it is looked for the guilty contact.
const PART_ATTEMPTS: u32 = 3;

/// A batch, or a part of one, that is not settled yet.
#[derive(Debug)]
pub struct SubBatch {
    /// The contacts.
    pub batch: Batch,
    /// How often it was sent.
    pub tries: u32,
    /// How many of them count against its attempts.
    pub attempts: u32,
    /// How many may count.
    pub allowed: u32,
    /// How often in a row the last outcome came.
    pub alike: u32,
    /// What became of the last try.
    pub last: Option<Arc<Failure>>,
    /// Whether the server may have acted on it.
    pub reached: bool,
    /// Whether the server failed with a larger piece that it is part of, while it took others.
    pub suspect: bool,
    /// Whether its free repeat after a connection gone stale is spent.
    pub freed: bool,
    /// When it, or for a suspect the larger piece, was first sent.
    pub first: Option<Instant>,
    /// When it was last sent.
    pub sent: Option<Instant>,
    /// It is not sent before.
    pub due: Instant,
}

impl SubBatch {
    /// A batch that was not sent yet.
    pub fn new(batch: Batch, allowed: u32, now: Instant) -> Self {
        SubBatch {
            batch,
            tries: 0,
            attempts: 0,
            allowed,
            alike: 0,
            last: None,
            reached: false,
            suspect: false,
            freed: false,
            first: None,
            sent: None,
            due: now,
        }
    }

    /// A part of it, with attempts of its own: a split uses up none.
    fn part(&self, batch: Batch, allowed: u32) -> SubBatch {
        // A conflict that was waited out for the whole need not be waited out for its parts.
        let alike = if self.last.as_ref().is_some_and(|last| last.cause == Cause::Refused) { self.alike } else { 0 };
        SubBatch { reached: self.reached, last: self.last.clone(), alike, ..SubBatch::new(batch, allowed, self.due) }
    }

    /// The first `count` contacts and the rest; whole again, as an error, where one of the two would be empty.
    pub fn split(self, count: usize, allowed: u32) -> Result<(SubBatch, SubBatch), Box<SubBatch>> {
        match self.batch.clone().part(count) {
            Ok((left, right)) => Ok((self.part(left, allowed), self.part(right, allowed))),
            Err(_) => Err(Box::new(self)),
        }
    }

    /// Its halves, to find the contact that the server fails with. A lone one gets all attempts, as it is what is at stake.
    pub fn suspects(self, allowed: u32) -> Result<(SubBatch, SubBatch), Box<SubBatch>> {
        let first = self.first;
        let mark = |piece: SubBatch| {
            let allowed = if piece.batch.len() == 1 { allowed } else { allowed.min(PART_ATTEMPTS) };
            SubBatch { allowed, first, suspect: true, ..piece }
        };
        let half = self.batch.len() / 2;
        self.split(half, allowed).map(|(left, right)| (mark(left), mark(right)))
    }

    /// Some of its contacts, chosen by their position, after a request that settled the others.
    pub fn remainder(&self, wanted: impl Fn(usize) -> bool) -> Option<SubBatch> {
        let batch = self.batch.pick(wanted)?;
        let kept = SubBatch {
            tries: self.tries,
            attempts: self.attempts,
            first: self.first,
            sent: self.sent,
            ..self.part(batch, self.allowed)
        };
        Some(kept)
    }

    /// Notes how a try ended, and how often in a row it ended so.
    pub fn failed(&mut self, why: &Arc<Failure>) {
        let same = self.last.as_ref().is_some_and(|last| last.cause == why.cause);
        self.alike = if same { self.alike + 1 } else { 1 };
        self.last = Some(Arc::clone(why));
    }

    /// Whether the last thing that happened to it was that the server failed.
    pub fn was_failed_with(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.cause == Cause::Failing)
    }
}
