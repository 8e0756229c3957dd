//! A batch, or a part of one, that is not settled yet, and what it went through so far.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::batch::Batch;
use crate::outcome::{Cause, Failure};

/// Why contacts are in a request of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// They were cut from the input as they are, or are a part of that for a reason that says nothing about them.
    Batch,
    /// The server failed with a larger part of the batch again and again while it took others.
    Suspect,
    /// The server complained about this contact by its position.
    Named,
    /// The contact was accepted before; sent once more, it shows whether the server still accepts anything. It is
    /// settled already.
    Control,
}

/// A batch, or a part of one, that is not settled yet.
#[derive(Debug)]
pub struct SubBatch {
    /// The contacts.
    pub batch: Batch,
    /// Why they are together.
    pub origin: Origin,
    /// How often they were sent as they are.
    pub tries: u32,
    /// How many of the tries count against `Policy::attempts`.
    pub attempts: u32,
    /// How often in a row the last failure came.
    pub alike: u32,
    /// The last failure; a part has that of the whole.
    pub last: Option<Arc<Failure>>,
    /// Whether the server may have acted on a try.
    pub reached: bool,
    /// Whether its free repeat after a stale connection is spent.
    pub freed: bool,
    /// When it was first sent, or, for a part of what the server failed with, when that was divided; `None` before. What
    /// succeeded since shows that the server is well.
    pub since: Option<Instant>,
    /// When it was last sent; `None` before.
    pub sent: Option<Instant>,
    /// It is not sent before.
    pub due: Instant,
}

impl SubBatch {
    /// Contacts that were not sent yet.
    pub fn new(batch: Batch, now: Instant) -> Self {
        SubBatch {
            batch,
            origin: Origin::Batch,
            tries: 0,
            attempts: 0,
            alike: 0,
            last: None,
            reached: false,
            freed: false,
            since: None,
            sent: None,
            due: now,
        }
    }

    /// The number of contacts.
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Whether it is a part of what the server failed with.
    pub fn is_suspect(&self) -> bool {
        self.origin == Origin::Suspect
    }

    /// Whether it only shows if the server still accepts anything.
    pub fn is_control(&self) -> bool {
        self.origin == Origin::Control
    }

    /// A part of it, with attempts of its own: a split uses up none.
    fn part(&self, batch: Batch) -> SubBatch {
        // A conflict that was waited out for the whole need not be waited out for its parts.
        let alike = if self.last.as_ref().is_some_and(|last| last.cause == Cause::Refused) { self.alike } else { 0 };
        let (last, origin) = (self.last.clone(), self.origin);
        SubBatch { reached: self.reached, last, origin, alike, ..SubBatch::new(batch, self.due) }
    }

    /// The first `count` contacts and the rest; whole again, as an error, where one of the two would be empty.
    pub fn split(self, count: usize) -> Result<(SubBatch, SubBatch), Box<SubBatch>> {
        match self.batch.clone().part(count) {
            Ok((left, right)) => Ok((self.part(left), self.part(right))),
            Err(_) => Err(Box::new(self)),
        }
    }

    /// Its halves, as suspects from now on; as an error the single contact that it is, as a suspect too.
    pub fn suspects(self, now: Instant) -> Result<(SubBatch, SubBatch), Box<SubBatch>> {
        let half = self.len() / 2;
        let suspect = |part: SubBatch| SubBatch { origin: Origin::Suspect, since: Some(now), ..part };
        match self.split(half) {
            Ok((left, right)) => Ok((suspect(left), suspect(right))),
            Err(lone) => Err(Box::new(suspect(*lone))),
        }
    }

    /// The contact at this position, and the others with the history of the whole; whole again, as an error, where there
    /// are no others.
    pub fn take_out(self, position: usize) -> Result<(SubBatch, SubBatch), Box<SubBatch>> {
        let parts = (self.batch.pick(|other| other == position), self.batch.pick(|other| other != position));
        match parts {
            (Some(one), Some(rest)) => Ok((self.part(one), SubBatch { batch: rest, ..self })),
            _ => Err(Box::new(self)),
        }
    }

    /// The contacts that the server did not complain about, in one part, and each of the others alone, in this order.
    /// `None` where it complained about none or all of them.
    pub fn set_apart(&self, positions: &[usize]) -> Option<Vec<SubBatch>> {
        let rest = self.part(self.batch.pick(|position| !positions.contains(&position))?);
        let alone = positions.iter().filter_map(|wanted| self.batch.pick(|position| position == *wanted));
        let named: Vec<SubBatch> = alone.map(|batch| SubBatch { origin: Origin::Named, ..self.part(batch) }).collect();
        (!named.is_empty()).then(|| std::iter::once(rest).chain(named).collect())
    }

    /// Some of its contacts, chosen by their position, after a request that settled the others.
    pub fn remainder(&self, wanted: impl Fn(usize) -> bool) -> Option<SubBatch> {
        let batch = self.batch.pick(wanted)?;
        let (tries, attempts, since, sent) = (self.tries, self.attempts, self.since, self.sent);
        Some(SubBatch { tries, attempts, since, sent, ..self.part(batch) })
    }

    /// Notes how a try ended, and how often in a row it ended so.
    pub fn failed(&mut self, why: &Arc<Failure>) {
        let same = self.last.as_ref().is_some_and(|last| last.cause == why.cause);
        self.alike = if same { self.alike + 1 } else { 1 };
        self.last = Some(Arc::clone(why));
    }

    /// The server is back after an outage: what it did meanwhile says little about these contacts.
    pub fn forgive(&mut self) {
        if self.is_suspect() {
            self.alike = self.alike.min(1);
            return;
        }
        (self.attempts, self.since) = (0, None);
        // A body that breaks connections may still be too large.
        if !self.is_cut_off() {
            self.alike = 0;
        }
    }

    /// Whether the last try reached the server, which failed, was silent or hung up over it.
    pub fn was_failed_with(&self) -> bool {
        self.last.as_ref().is_some_and(|last| matches!(last.cause, Cause::Failing | Cause::Timeout | Cause::Cut))
    }

    /// Whether the last failure was a connection that broke.
    pub fn is_cut_off(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.cause == Cause::Cut)
    }

    /// Whether it was first sent less than so long ago.
    pub fn is_younger_than(&self, age: Duration, now: Instant) -> bool {
        self.since.is_none_or(|since| now.saturating_duration_since(since) < age)
    }
}
