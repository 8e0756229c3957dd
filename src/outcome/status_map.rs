//! The status of each record of the job, in one byte a record.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Counts, Failure, RowStatus, Settlement};

/// The status of each record of the job that was to be sent: one byte a record, reasons apart.
#[derive(Debug, Clone, Default)]
pub struct StatusMap {
    /// By record, from 1; `None` while nothing has happened to it.
    statuses: Vec<Option<RowStatus>>,
    /// By the first record of a range, its last one and the reason.
    reasons: BTreeMap<u64, (u64, Arc<Failure>)>,
    /// Equal reasons are kept once.
    known: HashMap<Arc<Failure>, Arc<Failure>>,
    counts: Counts,
}

impl StatusMap {
    /// An empty map with memory reserved for so many records.
    pub fn with_capacity(records: usize) -> Self {
        StatusMap { statuses: Vec::with_capacity(records), ..StatusMap::default() }
    }

    /// The status of a record, counted from 1; `None` while nothing has happened to it.
    pub fn get(&self, record: u64) -> Option<RowStatus> {
        let index = usize::try_from(record.checked_sub(1)?).ok()?;
        self.statuses.get(index).copied().flatten()
    }

    /// Whether a record needs no more sending: the server accepted or refused it, or has it already.
    pub fn is_done(&self, record: u64) -> bool {
        self.get(record).is_some_and(|status| !status.is_open())
    }

    /// Why a record was refused, is unconfirmed or was not sent.
    pub fn reason(&self, record: u64) -> Option<&Arc<Failure>> {
        let (_, (last, failure)) = self.reasons.range(..=record).next_back()?;
        (record <= *last).then_some(failure)
    }

    /// Takes over what became of a batch in this run.
    pub fn settle(&mut self, settlement: &Settlement) {
        for part in &settlement.parts {
            for records in &part.records {
                self.set(records.clone(), part.outcome.status(), part.outcome.reason().map(Arc::clone));
            }
        }
    }

    /// Gives some records a status, in place of the one they had.
    pub fn set(&mut self, records: RangeInclusive<u64>, status: RowStatus, reason: Option<Arc<Failure>>) {
        let (Some(first), Ok(end)) = (records.start().checked_sub(1), usize::try_from(*records.end())) else { return };
        let Ok(first) = usize::try_from(first) else { return };
        if first >= end {
            return;
        }
        if self.statuses.len() < end {
            self.statuses.resize(end, None);
        }
        for place in self.statuses.get_mut(first..end).unwrap_or_default() {
            if let Some(before) = place.replace(status) {
                self.counts[before] -= 1;
            }
            self.counts[status] += 1;
        }
        self.forget_reasons(&records);
        if let Some(reason) = reason {
            let reason = Arc::clone(self.known.entry(Arc::clone(&reason)).or_insert(reason));
            self.reasons.insert(*records.start(), (*records.end(), reason));
        }
    }

    /// How many records have each status.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The ranges of records that have a reason, in order.
    pub fn reasons(&self) -> impl Iterator<Item = (RangeInclusive<u64>, &Arc<Failure>)> {
        self.reasons.iter().map(|(first, (last, failure))| (*first..=*last, failure))
    }

    /// Takes these records out of the ranges that have a reason.
    fn forget_reasons(&mut self, records: &RangeInclusive<u64>) {
        let before = self.reasons.range(..records.start()).next_back().map(|(first, _)| *first);
        let within = self.reasons.range(records.clone()).map(|(first, _)| *first);
        let touched: Vec<u64> = before.into_iter().chain(within).collect();
        for first in touched {
            let Some((last, failure)) = self.reasons.remove(&first) else { continue };
            if first < *records.start() {
                self.reasons.insert(first, (last.min(records.start() - 1), Arc::clone(&failure)));
            }
            if last > *records.end() {
                self.reasons.insert(records.end() + 1, (last, failure));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::outcome::Cause;

    fn failure(message: &str) -> Arc<Failure> {
        Arc::new(Failure::new(Cause::Refused, message))
    }

    #[test]
    fn a_record_keeps_the_last_status_it_was_given() {
        let mut statuses = StatusMap::default();
        statuses.set(1..=10, RowStatus::Unconfirmed, Some(failure("a")));
        statuses.set(4..=5, RowStatus::Accepted, None);
        statuses.set(7..=7, RowStatus::Refused, Some(failure("b")));
        let reasons: Vec<_> =
            (1..=11).map(|record| statuses.reason(record).map_or("", |f| f.message.as_str())).collect();
        assert_eq!(reasons, ["a", "a", "a", "", "", "a", "b", "a", "a", "a", ""]);
        assert_eq!(
            statuses.counts(),
            Counts::from([(RowStatus::Accepted, 2), (RowStatus::Refused, 1), (RowStatus::Unconfirmed, 7)])
        );
        assert_eq!((statuses.get(0), statuses.get(11)), (None, None));
    }

    fn status() -> impl Strategy<Value = RowStatus> {
        use RowStatus::*;
        prop::sample::select(vec![Accepted, AcceptedBefore, Refused, Unconfirmed, NotSent])
    }

    proptest! {
        #[test]
        fn they_are_a_map_from_records(sets in prop::collection::vec((1u64..60, 0u64..20, status(), 0u8..3), 0..20)) {
            let (mut statuses, mut plainly) = (StatusMap::default(), BTreeMap::new());
            for (first, more, status, reason) in sets {
                let reason = (reason > 0).then(|| failure(&reason.to_string()));
                statuses.set(first..=first + more, status, reason.clone());
                (first..=first + more).for_each(|record| { plainly.insert(record, (status, reason.clone())); });
            }
            for record in 0..100 {
                prop_assert_eq!(statuses.get(record), plainly.get(&record).map(|(status, _)| *status));
                prop_assert_eq!(statuses.reason(record), plainly.get(&record).and_then(|(_, reason)| reason.as_ref()));
            }
            prop_assert_eq!(statuses.counts().total(), plainly.len() as u64);
        }
    }
}
