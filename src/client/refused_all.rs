//! Telling a wrong mapping from wrong rows: when everything is refused for one reason, no row is to blame.
//!
//! While nothing was ever accepted in the job, contacts refused alone are held back. After the first eight, one contact
//! each of the next batches is tried; when four of them meet the same reason too, the run ends. Anything else that
//! happens clears the suspicion, and what was held is refused after all.

use std::sync::Arc;

use super::sub_batch::SubBatch;
use crate::outcome::{Cause, Failure};

/// So many contacts refused alone make it look into other batches.
const ALONE: usize = 8;
/// So many contacts of other batches refused too make it certain.
const PROBES: usize = 4;

/// What is known of refusals so far.
#[derive(Debug)]
pub enum RefusedAllDetector {
    /// Something was accepted, or refusals differ: a refusal is about its row.
    Cleared,
    /// Nothing was accepted yet.
    Watching(Vec<(SubBatch, Arc<Failure>)>),
    /// Everything so far was refused alike; contacts of other batches are tried one by one.
    Probing {
        /// Refused so far.
        held: Vec<(SubBatch, Arc<Failure>)>,
        /// How many of them are contacts of other batches.
        probes: usize,
    },
}

/// What a refusal leads to.
#[derive(Debug)]
pub enum Refusal {
    /// These are refused: the newest, and what was held back.
    Stands(Vec<(SubBatch, Arc<Failure>)>),
    /// It is held back.
    Held,
    /// It is held back, and from now on other batches are probed.
    Probe,
    /// Everything is refused for one reason.
    Systematic,
}

impl RefusedAllDetector {
    /// At the start of a run.
    pub fn new(accepted_before: bool) -> Self {
        if accepted_before { RefusedAllDetector::Cleared } else { RefusedAllDetector::Watching(Vec::new()) }
    }

    /// Whether only single contacts of other batches are to be tried.
    pub fn is_probing(&self) -> bool {
        matches!(self, RefusedAllDetector::Probing { .. })
    }

    /// Contacts were refused, each by itself.
    pub fn refused(&mut self, piece: SubBatch, why: Arc<Failure>) -> Refusal {
        let held = match self {
            RefusedAllDetector::Cleared => return Refusal::Stands(vec![(piece, why)]),
            RefusedAllDetector::Watching(held) | RefusedAllDetector::Probing { held, .. } => held,
        };
        let other = held.first().is_some_and(|(_, first)| reason(first) != reason(&why));
        held.push((piece, why));
        if other {
            return Refusal::Stands(self.clear());
        }
        let count: usize = held.iter().map(|(piece, _)| piece.batch.len()).sum();
        match self {
            RefusedAllDetector::Watching(held) if count >= ALONE => {
                *self = RefusedAllDetector::Probing { held: std::mem::take(held), probes: 0 };
                Refusal::Probe
            }
            RefusedAllDetector::Probing { probes, .. } => {
                *probes += 1;
                if *probes >= PROBES { Refusal::Systematic } else { Refusal::Held }
            }
            RefusedAllDetector::Watching(_) | RefusedAllDetector::Cleared => Refusal::Held,
        }
    }

    /// The failure of one that was held back, where all of them were refused by a page for people.
    pub fn bad_request(&self) -> Option<Arc<Failure>> {
        match self {
            RefusedAllDetector::Watching(held) | RefusedAllDetector::Probing { held, .. } => {
                let is_page = |(_, why): &(SubBatch, Arc<Failure>)| why.cause == Cause::BadRequest;
                held.first().filter(|_| held.iter().all(is_page)).map(|(_, why)| Arc::clone(why))
            }
            RefusedAllDetector::Cleared => None,
        }
    }

    /// There is no suspicion any more; returns what is refused after all.
    pub fn clear(&mut self) -> Vec<(SubBatch, Arc<Failure>)> {
        match std::mem::replace(self, RefusedAllDetector::Cleared) {
            RefusedAllDetector::Cleared => Vec::new(),
            RefusedAllDetector::Watching(held) | RefusedAllDetector::Probing { held, .. } => held,
        }
    }
}

/// What makes two refusals alike: status and words, whatever numbers stand in them.
fn reason(why: &Failure) -> (Option<u16>, String) {
    let mut words = String::new();
    for c in why.message.chars() {
        if !c.is_ascii_digit() {
            words.push(c);
        } else if !words.ends_with('0') {
            words.push('0');
        }
    }
    (why.status, words)
}
