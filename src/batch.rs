//! Contacts as bytes: gathered into parcels while reading, cut into requests of a bearable size while sending.
//!
//! A parcel is written once and never copied until a request's body is put together; cutting, halving and picking
//! move ranges only. This module knows neither what a contact is nor how it is sent.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use bytes::Bytes;

/// The size at which a parcel is handed on, in bytes.
const PARCEL: usize = 64 * 1024;

/// How much one request may hold; whichever is reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Contacts.
    pub contacts: NonZeroUsize,
    /// Bytes of the body, brackets and commas included. A contact that is larger alone is sent alone.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { contacts: NonZeroUsize::MIN.saturating_add(99), bytes: 90_000 }
    }
}

/// Contacts ready to travel: JSON objects with commas between, and for each its record and its end in `bytes`.
#[derive(Debug)]
pub struct Parcel {
    /// The objects one after another, a comma between two.
    pub bytes: Bytes,
    /// The record of each contact, ascending, and where its object ends in `bytes` (a comma or the end follows).
    pub items: Vec<(u64, u32)>,
    /// Whether an earlier run of the job had them accepted: then they are not to be delivered, and one of them is sent
    /// once more only where nothing else can show whether the server takes anything.
    pub accepted_before: bool,
}

impl Parcel {
    /// Where the object of an item begins.
    fn start(&self, item: usize) -> usize {
        match item.checked_sub(1).and_then(|before| self.items.get(before)) {
            Some(&(_, end)) => end as usize + 1,
            None => 0,
        }
    }

    /// The bytes of some items with the commas between them, as a range of `bytes`; empty for no item.
    fn span(&self, items: &Range<usize>) -> Range<usize> {
        let start = self.start(items.start);
        match items.end.checked_sub(1).and_then(|last| self.items.get(last)) {
            Some(&(_, end)) if !items.is_empty() => start..end as usize,
            _ => start..start,
        }
    }
}

/// The parcel that is being filled.
#[derive(Debug, Default)]
pub struct ParcelBuilder {
    bytes: Vec<u8>,
    items: Vec<(u64, u32)>,
}

impl ParcelBuilder {
    /// Adds the contact of a record; `write` appends its JSON object.
    pub fn contact(&mut self, record: u64, write: impl FnOnce(&mut Vec<u8>)) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(PARCEL + PARCEL / 8);
        }
        if !self.items.is_empty() {
            self.bytes.push(b',');
        }
        write(&mut self.bytes);
        // A parcel ends soon after 64 kB and a row is at most 4 MiB, so the end always fits.
        self.items.push((record, u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)));
    }

    /// Whether it is time to hand it on.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= PARCEL
    }

    /// Whether it holds no contact.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What was gathered; the builder begins anew.
    pub fn take(&mut self) -> Parcel {
        let filled = std::mem::take(self);
        Parcel { bytes: filled.bytes.into(), items: filled.items, accepted_before: false }
    }

    /// The same of contacts that an earlier run of the job had accepted.
    pub fn take_accepted_before(&mut self) -> Parcel {
        Parcel { accepted_before: true, ..self.take() }
    }
}

/// What travels in one request: runs of parcels, in order. Halving it copies nothing.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its number among the batches of the run, from 1; the pieces of a batch keep it. 0 for none of them.
    pub serial: u64,
    /// Parcels, and which of their items belong to it; no run is empty.
    pub runs: Vec<(Arc<Parcel>, Range<usize>)>,
}

impl Batch {
    /// The first contact of a parcel, outside of the batches of the run; `None` where the parcel is empty.
    pub fn first_of(parcel: &Arc<Parcel>) -> Option<Batch> {
        (!parcel.items.is_empty()).then(|| Batch { serial: 0, runs: vec![(Arc::clone(parcel), 0..1)] })
    }

    /// The number of contacts.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|(_, items)| items.len()).sum()
    }

    /// Whether it holds no contact; a batch that was cut never does.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The length of its body in bytes.
    pub fn bytes(&self) -> usize {
        let objects: usize = self.runs.iter().map(|(parcel, items)| parcel.span(items).len()).sum();
        objects + self.runs.len().saturating_sub(1) + 2
    }

    /// The body: a JSON array of the contacts.
    pub fn body(&self) -> Bytes {
        let mut body = Vec::with_capacity(self.bytes());
        body.push(b'[');
        for (parcel, items) in &self.runs {
            if body.len() > 1 {
                body.push(b',');
            }
            body.extend_from_slice(parcel.bytes.get(parcel.span(items)).unwrap_or_default());
        }
        body.push(b']');
        body.into()
    }

    /// The records in it, ranges of consecutive ones; a record that was not sent parts two of them.
    pub fn records(&self) -> Vec<RangeInclusive<u64>> {
        let mut ranges: Vec<RangeInclusive<u64>> = Vec::new();
        let items = self.runs.iter().flat_map(|(parcel, items)| parcel.items.get(items.clone()).unwrap_or_default());
        for &(record, _) in items {
            match ranges.last_mut() {
                Some(last) if last.end().checked_add(1) == Some(record) => *last = *last.start()..=record,
                _ => ranges.push(record..=record),
            }
        }
        ranges
    }

    /// Its two halves in order, the first not the larger; a lone contact comes back whole as an error.
    pub fn halves(self) -> Result<(Batch, Batch), Batch> {
        let middle = self.len() / 2;
        self.part(middle)
    }

    /// The first `count` contacts and the rest; whole again, as an error, where one of the two would be empty.
    pub fn part(self, count: usize) -> Result<(Batch, Batch), Batch> {
        if count == 0 || count >= self.len() {
            return Err(self);
        }
        let (serial, mut left, mut first, mut rest) = (self.serial, count, Vec::new(), Vec::new());
        for (parcel, items) in self.runs {
            let cut = items.start + left.min(items.len());
            left -= cut - items.start;
            if cut > items.start {
                first.push((Arc::clone(&parcel), items.start..cut));
            }
            if cut < items.end {
                rest.push((parcel, cut..items.end));
            }
        }
        Ok((Batch { serial, runs: first }, Batch { serial, runs: rest }))
    }

    /// Only the contacts whose position, from 0, is wanted; `None` where none is.
    pub fn pick(&self, wanted: impl Fn(usize) -> bool) -> Option<Batch> {
        let mut runs: Vec<(Arc<Parcel>, Range<usize>)> = Vec::new();
        let mut position = 0;
        for (parcel, items) in &self.runs {
            let mut open = None;
            for item in items.clone() {
                match (wanted(position), open) {
                    (true, None) => open = Some(item),
                    (false, Some(start)) => {
                        runs.push((Arc::clone(parcel), start..item));
                        open = None;
                    }
                    _ => {}
                }
                position += 1;
            }
            runs.extend(open.map(|start| (Arc::clone(parcel), start..items.end)));
        }
        (!runs.is_empty()).then_some(Batch { serial: self.serial, runs })
    }
}

/// Cuts parcels into batches, in order.
#[derive(Debug, Default)]
pub struct Cutter {
    parcels: VecDeque<Arc<Parcel>>,
    /// How many items of the first parcel are gone.
    gone: usize,
    serial: u64,
    finished: bool,
}

impl Cutter {
    /// Adds a parcel behind the others.
    pub fn push(&mut self, parcel: Arc<Parcel>) {
        if !parcel.items.is_empty() {
            self.parcels.push_back(parcel);
        }
    }

    /// Nothing more will be pushed: what is left makes the last batch, however small.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Whether nothing is left and nothing will come.
    pub fn is_done(&self) -> bool {
        self.finished && self.parcels.is_empty()
    }

    /// The next batch within the limits, as large as they allow; `None` while more must be pushed to fill it.
    pub fn cut(&mut self, limits: &Limits) -> Option<Batch> {
        let (mut runs, mut contacts, mut bytes, mut from) =
            (Vec::new(), limits.contacts.get(), limits.bytes, self.gone);
        let mut full = false;
        bytes = bytes.saturating_sub(2);
        for parcel in &self.parcels {
            let comma = usize::from(!runs.is_empty());
            let start = parcel.start(from);
            let ends = parcel.items.get(from..).unwrap_or_default();
            let fitting = ends.partition_point(|&(_, end)| end as usize - start + comma <= bytes).min(contacts);
            // A contact above the limit travels alone: it could never be sent otherwise.
            let taken = if runs.is_empty() { fitting.max(1) } else { fitting };
            if taken > 0 {
                let items = from..from + taken;
                bytes = bytes.saturating_sub(parcel.span(&items).len() + comma);
                contacts -= taken;
                runs.push((Arc::clone(parcel), items));
            }
            if taken < ends.len() || contacts == 0 {
                full = true;
                break;
            }
            from = 0;
        }
        if runs.is_empty() || !(full || self.finished) {
            return None;
        }
        for (parcel, items) in &runs {
            self.gone = items.end;
            if items.end == parcel.items.len() {
                self.parcels.pop_front();
                self.gone = 0;
            }
        }
        self.serial += 1;
        Some(Batch { serial: self.serial, runs })
    }

    /// All that was not cut, as one batch.
    pub fn rest(&mut self) -> Option<Batch> {
        self.finish();
        self.cut(&Limits { contacts: NonZeroUsize::MAX, bytes: usize::MAX })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(contacts: usize, bytes: usize) -> Limits {
        Limits { contacts: NonZeroUsize::new(contacts).unwrap(), bytes }
    }

    /// Parcels of contacts `"n"`, `per` each, of these records.
    fn parcels(records: &[u64], per: usize) -> Vec<Arc<Parcel>> {
        let pack = |records: &[u64]| {
            let mut builder = ParcelBuilder::default();
            for &record in records {
                builder.contact(record, |bytes| bytes.extend_from_slice(record.to_string().as_bytes()));
            }
            Arc::new(builder.take())
        };
        records.chunks(per).map(pack).collect()
    }

    fn cut_all(records: &[u64], per: usize, limits: &Limits) -> Vec<Batch> {
        let mut cutter = Cutter::default();
        let mut batches = Vec::new();
        for parcel in parcels(records, per) {
            cutter.push(parcel);
            batches.extend(std::iter::from_fn(|| cutter.cut(limits)));
        }
        cutter.finish();
        batches.extend(std::iter::from_fn(|| cutter.cut(limits)));
        assert!(cutter.is_done());
        batches
    }

    fn contents(batch: &Batch) -> Vec<u64> {
        serde_json::from_slice(&batch.body()).unwrap()
    }

    #[test]
    fn a_batch_waits_until_it_is_full() {
        let mut cutter = Cutter::default();
        let mut parcels = parcels(&[1, 2, 3, 4, 5], 2).into_iter();
        cutter.push(parcels.next().unwrap());
        assert!(cutter.cut(&limits(3, 1000)).is_none());
        cutter.push(parcels.next().unwrap());
        assert_eq!(contents(&cutter.cut(&limits(3, 1000)).unwrap()), [1, 2, 3]);
        cutter.push(parcels.next().unwrap());
        assert!(cutter.cut(&limits(3, 1000)).is_none());
        assert_eq!(contents(&cutter.rest().unwrap()), [4, 5]);
        assert!(cutter.rest().is_none());
    }

    #[test]
    fn a_record_that_is_not_sent_splits_a_range() {
        let batch = cut_all(&[1, 2, 4, 5, 6, 9], 4, &limits(100, 1000)).remove(0);
        assert_eq!(batch.records(), [1..=2, 4..=6, 9..=9]);
        assert_eq!(batch.pick(|position| position % 2 == 1).unwrap().records(), [2..=2, 5..=5, 9..=9]);
        assert!(batch.pick(|_| false).is_none());
    }

    proptest! {
        #[test]
        fn batches_hold_everything_once_in_order_and_within_limits(
            count in 1u64..200, per in 1usize..30, contacts in 1usize..40, bytes in 3usize..200,
        ) {
            let records: Vec<u64> = (1..=count).map(|n| n * n).collect();
            let limits = limits(contacts, bytes);
            let batches = cut_all(&records, per, &limits);
            prop_assert_eq!(batches.iter().flat_map(contents).collect::<Vec<_>>(), records);
            for (number, batch) in batches.iter().enumerate() {
                prop_assert_eq!(batch.serial, number as u64 + 1);
                prop_assert_eq!(batch.bytes(), batch.body().len());
                prop_assert_eq!(batch.len(), contents(batch).len());
                prop_assert!(batch.len() <= contacts);
                prop_assert!(batch.bytes() <= bytes || batch.len() == 1);
            }
            // None could have taken the next one's first contact as well.
            for pair in batches.windows(2) {
                let next = contents(&pair[1])[0].to_string().len();
                prop_assert!(pair[0].len() == contacts || pair[0].bytes() + 1 + next > bytes);
            }
        }

        #[test]
        fn halves_joined_are_the_whole(count in 1u64..100, per in 1usize..20) {
            let records: Vec<u64> = (1..=count).collect();
            let batch = cut_all(&records, per, &limits(1000, usize::MAX)).remove(0);
            match batch.halves() {
                Err(lone) => prop_assert_eq!((lone.len(), count), (1, 1)),
                Ok((left, right)) => {
                    prop_assert!(right.len() - left.len() <= 1);
                    let joined: Vec<u64> = contents(&left).into_iter().chain(contents(&right)).collect();
                    prop_assert_eq!(joined, records);
                }
            }
        }
    }
}
