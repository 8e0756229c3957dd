//! The contacts of an input against those that the server has: which are the same, and which phones come out of the file.

use super::{Entry, Known, KnownAs, Update};
use crate::bits::Bits;
use crate::contact::phone::Phone;

/// The input against the file, contact by contact, in the order of their records.
#[derive(Debug)]
pub struct Comparison {
    known: Known,
    /// The known phones whose contact is the same in the input.
    same: Bits,
    /// Those that have another contact there.
    changed: Bits,
    /// The contacts that are new or changed, in the order of their records.
    others: Vec<Entry>,
    /// Their records.
    records: Bits,
    /// Whether the file on disk holds what `known` does without those that are changed.
    is_written: bool,
    /// Whether contacts that are the same are of several rows now where the file says one, or the other way round.
    are_rows_other: bool,
}

/// Contacts that are looked up together: the parts of the file that they need fit into the nearest cache.
const AT_ONCE: usize = 128;

impl Comparison {
    /// Nothing has been compared yet.
    pub fn new(known: Known) -> Comparison {
        Comparison {
            is_written: !known.is_empty(),
            known,
            same: Bits::default(),
            changed: Bits::default(),
            others: Vec::new(),
            records: Bits::default(),
            are_rows_other: false,
        }
    }

    /// Has what is known of these phones fetched from memory all at once, before each of them is compared.
    pub fn touch(&self, phones: impl Iterator<Item = Phone>) {
        self.known.entries.touch(phones.map(|phone| Entry::new(phone, 0)));
    }

    /// The contact of the next record, counted from 1, by what is sent of it, and whether other rows have its phone too; each
    /// phone once. Whether the server has it as it is.
    pub fn is_unchanged(&mut self, record: u64, phone: Phone, parts: &[u8], are_several: bool) -> bool {
        let entry = self.known.entry(phone, parts).of_rows(are_several);
        let place = self.known.entries.find(entry).ok();
        let known = place.and_then(|place| self.known.entries.get(place));
        let is_same = known.is_some_and(|known| known.has_payload_of(entry));
        if let Some(place) = place {
            if is_same && known != Some(entry) {
                self.known.entries.replace(place, entry);
                self.are_rows_other = true;
            }
            self.same.set(place, is_same);
            self.changed.set(place, !is_same);
            self.is_written &= is_same;
        }
        if !is_same {
            self.others.push(entry);
            self.records.set(usize::try_from(record).unwrap_or(usize::MAX), true);
        }
        is_same
    }

    /// What a contact is in the file, by what is sent of it.
    pub fn entry(&self, phone: Phone, parts: &[u8]) -> Entry {
        self.known.entry(phone, parts)
    }

    /// Looks contacts of one row up, each with something of its own, and says of each where its phone stands among those known,
    /// and what is known of it; `None` where nothing is. Nothing is noted down. Many at once cost less than each alone.
    pub fn find<T: Copy>(&self, contacts: &[(T, Entry)], mut found: impl FnMut(T, Option<(u32, KnownAs)>)) {
        let entries = &self.known.entries;
        for some in contacts.chunks(AT_ONCE) {
            entries.touch(some.iter().map(|(_, entry)| *entry));
            for (own, entry) in some {
                let place = entries.find(*entry).ok();
                let known = place.and_then(|place| Some((place as u32, entries.get(place)?.compared_to(*entry))));
                found(*own, known);
            }
        }
    }

    /// The input has the contacts of these places as they are.
    pub fn are_same(&mut self, places: Bits) {
        self.same = places;
    }

    /// How many phones are known.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// How many known phones the input does not have.
    pub fn absent(&self) -> u64 {
        (self.known.len() - self.same.count() - self.changed.count()) as u64
    }

    /// Whether no other job has sent anything since this one.
    pub fn was_used_last_by(&self, job: &str) -> bool {
        self.known.was_used_last_by(job)
    }

    /// What the file must hold before the first request of a job: nothing of a phone whose contact is new or changed. `None`
    /// where it does already.
    pub fn before_sending(&mut self, job: &str) -> Option<Update<'_>> {
        if self.is_written && self.was_used_last_by(job) {
            return None;
        }
        self.known.use_by(job);
        self.is_written = true;
        Some(Update::new(&self.known, &self.changed, Vec::new()))
    }

    /// What the file is to hold when the job is finished: besides, the contacts of records that were accepted. `None` where
    /// it does already.
    pub fn after_sending(&self, is_accepted: impl Fn(u64) -> bool) -> Option<Update<'_>> {
        let sent = self.records.ones().zip(&self.others);
        let accepted: Vec<Entry> =
            sent.filter(|(record, _)| is_accepted(*record as u64)).map(|(_, entry)| *entry).collect();
        let is_needed = !accepted.is_empty() || !self.is_written || self.are_rows_other;
        is_needed.then(|| Update::new(&self.known, &self.changed, accepted))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::{Scope, read_bytes};
    use super::*;

    fn phone(n: u8) -> Phone {
        Phone::from_digits(27_830_000_000 + u64::from(n)).unwrap()
    }

    /// The file after it.
    fn written(update: &Update) -> Known {
        let mut bytes = Vec::new();
        update.write(&mut bytes).unwrap();
        read_bytes(&bytes).unwrap()
    }

    /// The phones that a file says have this contact.
    fn holds(known: &Known, contacts: &BTreeMap<u8, u8>) -> BTreeSet<u8> {
        let is_in = |(n, value): (&u8, &u8)| {
            let entry = known.entry(phone(*n), &[*value]).of_rows(n % 3 == 0);
            known.entries.all().contains(&entry).then_some(*n)
        };
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
                    if comparison.is_unchanged(record, phone(*n), &[*value], *n % 3 == 0) {
                        prop_assert_eq!(server.get(n), Some(&Some(*value)), "unchanged without having been accepted");
                    } else {
                        sent.push((record, *n, *value));
                    }
                }
                let of_input = before.entries.all().iter().filter(|entry| input.keys().any(|n| before.entry(phone(*n), &[]).has_phone_of(**entry)));
                prop_assert_eq!(comparison.absent(), (before.len() - of_input.count()) as u64);
                if let Some(now) = comparison.before_sending("a") {
                    known = written(&now);
                }
                for (_, n, _) in &sent {
                    prop_assert!(known.entries.all().iter().all(|entry| !entry.has_phone_of(known.entry(phone(*n), &[]))), "sent while it stands in the file");
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
                        known = written(&now);
                    }
                    let expected: BTreeSet<u8> =
                        input.iter().filter(|(n, value)| server.get(n) == Some(&Some(**value))).map(|(n, _)| *n).collect();
                    prop_assert_eq!(holds(&known, &input), expected);
                }
                for entry in known.entries.all() {
                    let is_true = server.iter().any(|(n, value)| value.is_some_and(|value| known.entry(phone(*n), &[value]).has_payload_of(*entry)));
                    prop_assert!(is_true, "the file says what the server does not hold for certain");
                }
            }
        }
    }

    #[test]
    fn every_phone_is_found_and_no_other() {
        let known = Known::new(Scope::of("", None)).unwrap();
        let phone = |n: u64| Phone::from_digits(27_830_000_000 + n).unwrap();
        for count in [0, 1, 7, 8, 9, 64, 65, 1_000] {
            let mut entries: Vec<Entry> = (0..count).map(|n| known.entry(phone(2 * n + 1), b"a")).collect();
            entries.sort_unstable();
            let mut comparison = Comparison::new(known.with(&entries));
            let (mut contacts, mut found) = (Vec::new(), Vec::new());
            for n in 0..=2 * count {
                let entry = known.entry(phone(n), b"a");
                let expected = entries.iter().position(|known| *known == entry).map(|place| place as u32);
                assert_eq!(expected.is_some(), n % 2 == 1);
                contacts.extend([(found.len(), entry), (found.len() + 1, known.entry(phone(n), b"b"))]);
                found.extend([(expected, expected.is_some()), (expected, false)]);
            }
            let mut looked_up = 0;
            comparison.find(&contacts, |number, known| {
                let is_same = matches!(known, Some((_, KnownAs::Same)));
                assert_eq!((known.map(|(place, _)| place), is_same), found[number], "{number} of {count}");
                looked_up += 1;
            });
            assert_eq!(looked_up, found.len());
            let mut same = Bits::default();
            (0..count as usize).step_by(3).for_each(|place| same.set(place, true));
            comparison.are_same(same);
            assert_eq!(comparison.absent(), count - count.div_ceil(3));
        }
    }

    #[test]
    fn a_contact_of_several_rows_is_not_found_by_one_of_them() {
        let found = |known: &Known| {
            let (comparison, mut found) = (Comparison::new(known.clone()), None);
            comparison.find(&[(0, known.entry(phone(1), b"a"))], |_, known| found = known);
            found
        };
        let known = Known::new(Scope::of("", None)).unwrap();
        let mut first = Comparison::new(known.clone());
        assert!(!first.is_unchanged(1, phone(1), b"a", true));
        let known = written(&first.after_sending(|_| true).unwrap());
        assert_eq!(found(&known), Some((0, KnownAs::OfSeveral)));
        // The same contact, but of one row: it is not sent again, and found from then on.
        let mut second = Comparison::new(known);
        assert!(second.is_unchanged(1, phone(1), b"a", false) && second.before_sending("").is_some());
        let known = written(&second.after_sending(|_| true).unwrap());
        assert_eq!(found(&known), Some((0, KnownAs::Same)));
        let mut third = Comparison::new(known);
        assert!(third.is_unchanged(1, phone(1), b"a", true));
        assert_eq!(found(&written(&third.after_sending(|_| true).unwrap())), Some((0, KnownAs::OfSeveral)));
    }

    #[test]
    fn a_file_is_replaced_only_where_it_has_to_be() {
        let known = Known::new(Scope::of("", None)).unwrap();
        let mut first = Comparison::new(known.clone());
        assert!(!first.is_unchanged(1, phone(1), b"a", false) && first.before_sending("a").is_some());
        assert!(first.before_sending("a").is_none());
        let known = written(&first.after_sending(|_| true).unwrap());
        let mut second = Comparison::new(known.clone());
        assert!(second.is_unchanged(1, phone(1), b"a", false));
        assert!(second.before_sending("a").is_none() && second.after_sending(|_| true).is_none());
        // The first use leaves a file, whatever is in it.
        assert!(Comparison::new(Known::new(Scope::of("", None)).unwrap()).after_sending(|_| true).is_some());
    }
}
