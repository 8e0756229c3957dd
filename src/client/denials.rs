//! Telling a contact that a firewall dislikes from an account that may not import: a 403 after successes is about its
//! batch, unless nothing passes any more.

use std::sync::Arc;

use super::sub_batch::SubBatch;
use crate::outcome::Failure;

/// So many 403 in a row ask for single contacts of other batches.
const IN_A_ROW: u32 = 10;
/// So many of those denied too make it certain.
const PROBES: u32 = 4;

/// The 403 since the last success.
#[derive(Debug, Default)]
pub struct Denials {
    in_a_row: u32,
    /// Single contacts denied while others were probed; `None` while none are.
    probes: Option<u32>,
    /// Contacts denied each by itself: refused once something succeeds.
    held: Vec<(SubBatch, Arc<Failure>)>,
    /// The newest 403.
    last: Option<Arc<Failure>>,
}

/// What a 403 leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// It is about the batch.
    Batch,
    /// It is put aside, while single contacts of other batches are probed.
    Probe,
    /// It is one of those probes.
    Probed,
    /// Nothing passes any more.
    Account,
}

impl Denials {
    /// Whether only single contacts of other batches are to be tried.
    pub fn is_probing(&self) -> bool {
        self.probes.is_some()
    }

    /// A 403 came for so many contacts; `doubtful` where nothing succeeded with this token in this run.
    pub fn denied(&mut self, contacts: usize, doubtful: bool, why: &Arc<Failure>) -> Denial {
        self.in_a_row += 1;
        self.last = Some(Arc::clone(why));
        match &mut self.probes {
            None if doubtful || self.in_a_row >= IN_A_ROW => {
                self.probes = Some(0);
                Denial::Probe
            }
            None => Denial::Batch,
            // It was under way already.
            Some(_) if contacts > 1 => Denial::Probe,
            Some(probes) => {
                *probes += 1;
                if *probes >= PROBES { Denial::Account } else { Denial::Probed }
            }
        }
    }

    /// A contact denied by itself is held until it is known what that means.
    pub fn hold(&mut self, piece: SubBatch, why: Arc<Failure>) {
        self.held.push((piece, why));
    }

    /// The 403 of contacts of which it is not known yet what it means; `None` where there are none.
    pub fn undecided(&self) -> Option<Arc<Failure>> {
        if self.held.is_empty() { None } else { self.last.clone() }
    }

    /// Something succeeded, or nothing more will be known; returns what was held.
    pub fn clear(&mut self) -> Vec<(SubBatch, Arc<Failure>)> {
        std::mem::take(self).held
    }
}
