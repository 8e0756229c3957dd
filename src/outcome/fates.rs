//! What became of each record of the job, in one byte a record.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Failure, Fate, Settlement};

/// What became of a record that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFate {
    /// Accepted in this run.
    Accepted,
    /// Accepted in an earlier run of the job.
    AcceptedBefore,
    /// Refused, in this run or an earlier one.
    Refused,
    /// Sent, and not known whether it arrived.
    Unknown,
    /// Not sent.
    Unsent,
}

/// How many records met each fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Accepted in this run.
    pub accepted: u64,
    /// Accepted in an earlier run of the job.
    pub accepted_before: u64,
    /// Refused, in this run or an earlier one.
    pub refused: u64,
    /// Sent, and not known whether they arrived.
    pub unknown: u64,
    /// Cut for sending, and not sent. Records that never came so far have no fate here.
    pub unsent: u64,
}

/// What became of each record of the job: one byte a record, reasons apart.
#[derive(Debug, Clone, Default)]
pub struct Fates {
    /// By record, from 1: 0 for none yet, else the fate.
    codes: Vec<u8>,
    /// By the first record of a range, its last one and the reason.
    reasons: BTreeMap<u64, (u64, Arc<Failure>)>,
    /// Equal reasons are kept once.
    known: HashMap<Arc<Failure>, Arc<Failure>>,
    counts: Counts,
}

impl Fates {
    /// No record has a fate yet; room for so many.
    pub fn with_capacity(records: usize) -> Self {
        Fates { codes: Vec::with_capacity(records), ..Fates::default() }
    }

    /// What became of a record, counted from 1; `None` where nothing did yet.
    pub fn get(&self, record: u64) -> Option<RecordFate> {
        let code = usize::try_from(record.checked_sub(1)?).ok().and_then(|index| self.codes.get(index))?;
        match code {
            1 => Some(RecordFate::Accepted),
            2 => Some(RecordFate::AcceptedBefore),
            3 => Some(RecordFate::Refused),
            4 => Some(RecordFate::Unknown),
            5 => Some(RecordFate::Unsent),
            _ => None,
        }
    }

    /// Whether an earlier run or this one settled a record for good: it is not sent again.
    pub fn is_done(&self, record: u64) -> bool {
        match self.get(record) {
            Some(RecordFate::Accepted | RecordFate::AcceptedBefore | RecordFate::Refused) => true,
            Some(RecordFate::Unknown | RecordFate::Unsent) | None => false,
        }
    }

    /// Why a record was refused, is unknown or unsent.
    pub fn reason(&self, record: u64) -> Option<&Arc<Failure>> {
        let (_, (last, failure)) = self.reasons.range(..=record).next_back()?;
        (record <= *last).then_some(failure)
    }

    /// Takes over what became of a batch in this run.
    pub fn settle(&mut self, settlement: &Settlement) {
        for part in &settlement.parts {
            let (fate, failure) = match &part.fate {
                Fate::Accepted => (RecordFate::Accepted, None),
                Fate::Refused(failure) => (RecordFate::Refused, Some(failure)),
                Fate::Unknown(failure) => (RecordFate::Unknown, Some(failure)),
                Fate::Unsent(failure) => (RecordFate::Unsent, Some(failure)),
            };
            for records in &part.records {
                self.set(records.clone(), fate, failure.map(Arc::clone));
            }
        }
    }

    /// Gives some records a fate, in place of the one they had.
    pub fn set(&mut self, records: RangeInclusive<u64>, fate: RecordFate, reason: Option<Arc<Failure>>) {
        let (Some(first), Ok(end)) = (records.start().checked_sub(1), usize::try_from(*records.end())) else { return };
        let Ok(first) = usize::try_from(first) else { return };
        if first >= end {
            return;
        }
        if self.codes.len() < end {
            self.codes.resize(end, 0);
        }
        for code in self.codes.get_mut(first..end).unwrap_or_default() {
            if let Some(count) = self.counts.of(*code) {
                *count -= 1;
            }
            *code = code_of(fate);
            if let Some(count) = self.counts.of(*code) {
                *count += 1;
            }
        }
        self.forget_reasons(&records);
        if let Some(reason) = reason {
            let reason = Arc::clone(self.known.entry(Arc::clone(&reason)).or_insert(reason));
            self.reasons.insert(*records.start(), (*records.end(), reason));
        }
    }

    /// How many records met each fate.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How often each reason for a refusal was given, by code.
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

/// How a fate is kept.
fn code_of(fate: RecordFate) -> u8 {
    match fate {
        RecordFate::Accepted => 1,
        RecordFate::AcceptedBefore => 2,
        RecordFate::Refused => 3,
        RecordFate::Unknown => 4,
        RecordFate::Unsent => 5,
    }
}

impl Counts {
    /// The count that a code stands for; none for a record without a fate.
    fn of(&mut self, code: u8) -> Option<&mut u64> {
        match code {
            1 => Some(&mut self.accepted),
            2 => Some(&mut self.accepted_before),
            3 => Some(&mut self.refused),
            4 => Some(&mut self.unknown),
            5 => Some(&mut self.unsent),
            _ => None,
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
    fn a_record_keeps_the_last_fate_it_was_given() {
        let mut fates = Fates::default();
        fates.set(1..=10, RecordFate::Unknown, Some(failure("a")));
        fates.set(4..=5, RecordFate::Accepted, None);
        fates.set(7..=7, RecordFate::Refused, Some(failure("b")));
        let reasons: Vec<_> = (1..=11).map(|record| fates.reason(record).map_or("", |f| f.message.as_str())).collect();
        assert_eq!(reasons, ["a", "a", "a", "", "", "a", "b", "a", "a", "a", ""]);
        assert_eq!(fates.counts(), Counts { accepted: 2, refused: 1, unknown: 7, ..Counts::default() });
        assert_eq!((fates.get(0), fates.get(11)), (None, None));
    }

    fn fate() -> impl Strategy<Value = RecordFate> {
        use RecordFate::*;
        prop::sample::select(vec![Accepted, AcceptedBefore, Refused, Unknown, Unsent])
    }

    proptest! {
        #[test]
        fn fates_are_a_map_from_records(sets in prop::collection::vec((1u64..60, 0u64..20, fate(), 0u8..3), 0..20)) {
            let (mut fates, mut plainly) = (Fates::default(), BTreeMap::new());
            for (first, more, fate, reason) in sets {
                let reason = (reason > 0).then(|| failure(&reason.to_string()));
                fates.set(first..=first + more, fate, reason.clone());
                (first..=first + more).for_each(|record| { plainly.insert(record, (fate, reason.clone())); });
            }
            for record in 0..100 {
                prop_assert_eq!(fates.get(record), plainly.get(&record).map(|(fate, _)| *fate));
                prop_assert_eq!(fates.reason(record), plainly.get(&record).and_then(|(_, reason)| reason.as_ref()));
            }
            let counts = fates.counts();
            let sum = counts.accepted + counts.accepted_before + counts.refused + counts.unknown + counts.unsent;
            prop_assert_eq!(sum, plainly.len() as u64);
        }
    }
}
