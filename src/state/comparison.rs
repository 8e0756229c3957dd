//! The contacts of an input against those that the server has: which are the same, and which phones come out of the file.

use super::{Entry, Known};
use crate::contact::phone::Phone;

/// What the input says of a known phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The input does not have it.
    Absent,
    /// The same contact.
    Same,
    /// Another contact.
    Changed,
}

/// The input against the file, contact by contact, in the order of their records.
#[derive(Debug)]
pub struct Comparison {
    known: Known,
    /// One for each known phone.
    marks: Vec<Mark>,
    /// The contacts that are new or changed, in the order of their records.
    others: Vec<Entry>,
    /// A bit for each record that is one of these.
    records: Vec<u64>,
    /// Whether the file on disk holds what `known` does.
    is_written: bool,
    /// The phones of some entries that stand equally far from each other, so that most of a search stays in the cache.
    steps: Vec<u128>,
}

/// Entries from one to the next in `steps`.
const STEP: usize = 128;

impl Comparison {
    /// Nothing has been compared yet.
    pub fn new(known: Known) -> Comparison {
        let marks = vec![Mark::Absent; known.len()];
        let steps = known.entries.iter().step_by(STEP).map(|entry| entry.phone()).collect();
        Comparison { is_written: !known.is_empty(), known, marks, others: Vec::new(), records: Vec::new(), steps }
    }

    /// The contact of the next record, counted from 1, by what is sent of it; each phone once. Whether the server
    /// has it as it is.
    pub fn is_unchanged(&mut self, record: u64, phone: Phone, parts: &[u8]) -> bool {
        let entry = self.known.entry(phone, parts);
        let place = self.place(entry);
        let known = place.and_then(|place| self.known.entries.get(place));
        let is_same = known == Some(&entry);
        if let Some(mark) = place.and_then(|place| self.marks.get_mut(place)) {
            *mark = if is_same { Mark::Same } else { Mark::Changed };
        }
        if !is_same {
            self.others.push(entry);
            let word = usize::try_from(record / 64).unwrap_or(usize::MAX);
            if self.records.len() <= word {
                self.records.resize(word + 1, 0);
            }
            if let Some(bits) = self.records.get_mut(word) {
                *bits |= 1 << (record % 64);
            }
        }
        is_same
    }

    /// Where the phone of a contact stands among those known, and whether the server has the contact as it is. Nothing is
    /// noted down.
    pub fn look(&self, phone: Phone, parts: &[u8]) -> (Option<usize>, bool) {
        let entry = self.known.entry(phone, parts);
        let place = self.place(entry);
        let known = place.and_then(|place| self.known.entries.get(place));
        (place, known == Some(&entry))
    }

    /// The input has the contact of this place as it is.
    pub fn mark_same(&mut self, place: usize) {
        if let Some(mark) = self.marks.get_mut(place) {
            *mark = Mark::Same;
        }
    }

    /// Nothing has been compared after all.
    pub fn forget(&mut self) {
        self.marks.fill(Mark::Absent);
    }

    /// How many phones are known.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// How many known phones the input does not have.
    pub fn absent(&self) -> u64 {
        self.marks.iter().filter(|mark| **mark == Mark::Absent).count() as u64
    }

    /// Whether no other job has sent anything since this one.
    pub fn was_used_last_by(&self, job: &str) -> bool {
        self.known.was_used_last_by(job)
    }

    /// What the file must hold before the first request of a job: nothing of a phone whose contact is new or changed. `None`
    /// where it does already.
    pub fn before_sending(&mut self, job: &str) -> Option<&Known> {
        if self.is_written && self.was_used_last_by(job) && !self.marks.contains(&Mark::Changed) {
            return None;
        }
        let kept = self.known.entries.iter().zip(&self.marks).filter(|(_, mark)| **mark != Mark::Changed);
        self.known = self.known.with(kept.map(|(entry, _)| *entry).collect()).used_by(job);
        self.marks.retain(|mark| *mark != Mark::Changed);
        self.is_written = true;
        Some(&self.known)
    }

    /// What the file is to hold when the job is finished: besides, the contacts of records that were accepted. `None` where
    /// it does already.
    pub fn after_sending(&self, is_accepted: impl Fn(u64) -> bool) -> Option<Known> {
        let mut accepted: Vec<Entry> = self
            .records()
            .zip(&self.others)
            .filter(|(record, _)| is_accepted(*record))
            .map(|(_, entry)| *entry)
            .collect();
        if accepted.is_empty() && self.is_written && !self.marks.contains(&Mark::Changed) {
            return None;
        }
        let kept = self.known.entries.iter().zip(&self.marks).filter(|(_, mark)| **mark != Mark::Changed);
        accepted.extend(kept.map(|(entry, _)| *entry));
        // No phone stands there twice: those that were known and changed are left out.
        accepted.sort_unstable();
        Some(self.known.with(accepted))
    }

    /// Where the entry of the same phone stands. Before anything is sent.
    fn place(&self, entry: Entry) -> Option<usize> {
        let first = self.steps.partition_point(|phone| *phone <= entry.phone()).checked_sub(1)? * STEP;
        let entries = self.known.entries.get(first..).unwrap_or_default();
        let entries = entries.get(..STEP).unwrap_or(entries);
        let place = entries.binary_search_by_key(&entry.phone(), |known| known.phone()).ok()?;
        Some(first + place)
    }

    /// The records of the contacts that are new or changed.
    fn records(&self) -> impl Iterator<Item = u64> {
        self.records
            .iter()
            .zip(0_u64..)
            .flat_map(|(bits, word)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::Scope;
    use super::*;

    fn phone(n: u8) -> Phone {
        Phone::from_digits(27_830_000_000 + u64::from(n)).unwrap()
    }

    /// The phones that a file says have this contact.
    fn holds(known: &Known, contacts: &BTreeMap<u8, u8>) -> BTreeSet<u8> {
        let is_in = |(n, value): (&u8, &u8)| known.entries.contains(&known.entry(phone(*n), &[*value])).then_some(*n);
        contacts.iter().filter_map(is_in).collect()
    }

    proptest! {
        /// Nights with random contacts, of which some are accepted, some not, and some nights end early: the file never says
        /// of a phone what the server was not sent and did not accept last.
        #[test]
        fn the_file_never_leads_the_server(
            nights in prop::collection::vec(
                (prop::collection::btree_map(0u8..40, 0u8..3, 0..30), any::<u64>(), any::<bool>()), 1..8,
            ),
        ) {
            let mut known = Known::new(Scope::of("", None)).unwrap();
            // What the server holds; `None` where that is not certain.
            let mut server: BTreeMap<u8, Option<u8>> = BTreeMap::new();
            for (input, accepted, ends) in nights {
                let before = known.clone();
                let mut comparison = Comparison::new(known.clone());
                let mut sent = Vec::new();
                for ((n, value), record) in input.iter().zip(1..) {
                    if comparison.is_unchanged(record, phone(*n), &[*value]) {
                        prop_assert_eq!(server.get(n), Some(&Some(*value)), "unchanged without having been accepted");
                    } else {
                        sent.push((record, *n, *value));
                    }
                }
                let of_input = before.entries.iter().filter(|entry| input.keys().any(|n| before.entry(phone(*n), &[]).has_phone_of(**entry)));
                prop_assert_eq!(comparison.absent(), (before.len() - of_input.count()) as u64);
                if let Some(now) = comparison.before_sending("a") {
                    known = now.clone();
                }
                for (_, n, _) in &sent {
                    prop_assert!(known.entries.iter().all(|entry| !entry.has_phone_of(known.entry(phone(*n), &[]))), "sent while it stands in the file");
                    server.insert(*n, None);
                }
                if ends {
                    let is_accepted = |record: u64| accepted >> (record % 64) & 1 == 1;
                    for (record, n, value) in &sent {
                        if is_accepted(*record) {
                            server.insert(*n, Some(*value));
                        }
                    }
                    if let Some(now) = comparison.after_sending(is_accepted) {
                        known = now;
                    }
                    let expected: BTreeSet<u8> =
                        input.iter().filter(|(n, value)| server.get(n) == Some(&Some(**value))).map(|(n, _)| *n).collect();
                    prop_assert_eq!(holds(&known, &input), expected);
                }
                for entry in &known.entries {
                    let is_true = server.iter().any(|(n, value)| value.is_some_and(|value| known.entry(phone(*n), &[value]) == *entry));
                    prop_assert!(is_true, "the file says what the server does not hold for certain");
                }
            }
        }
    }

    #[test]
    fn every_phone_is_found_and_no_other() {
        let known = Known::new(Scope::of("", None)).unwrap();
        let phone = |n: u64| Phone::from_digits(27_830_000_000 + n).unwrap();
        for count in [1, STEP, STEP + 1, 5 * STEP + 7] {
            let entries = (0..count as u64).map(|n| known.entry(phone(2 * n + 1), b"a")).collect();
            let comparison = Comparison::new(known.with(entries));
            for n in 0..=2 * count as u64 {
                let (place, is_same) = comparison.look(phone(n), b"a");
                assert_eq!((place, is_same), ((n % 2 == 1).then_some((n / 2) as usize), n % 2 == 1), "{n} of {count}");
            }
        }
    }

    #[test]
    fn a_file_is_replaced_only_where_it_has_to_be() {
        let known = Known::new(Scope::of("", None)).unwrap();
        let mut first = Comparison::new(known.clone());
        assert!(!first.is_unchanged(1, phone(1), b"a") && first.before_sending("a").is_some());
        assert!(first.before_sending("a").is_none());
        let known = first.after_sending(|_| true).unwrap();
        let mut second = Comparison::new(known.clone());
        assert!(second.is_unchanged(1, phone(1), b"a"));
        assert!(second.before_sending("a").is_none() && second.after_sending(|_| true).is_none());
        // The first use leaves a file, whatever is in it.
        assert!(Comparison::new(Known::new(Scope::of("", None)).unwrap()).after_sending(|_| true).is_some());
    }
}
