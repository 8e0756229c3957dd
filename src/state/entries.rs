//! The entries of a state file, and where each is found.

use std::ops::Range;

use crate::contact::phone::Phone;

/// The bytes of one in the file.
pub(super) const ENTRY: usize = 16;
/// A phone has 15 digits at most.
const PHONE_BITS: u32 = 50;
/// The bits of an entry below the phone.
const BELOW_PHONE: u32 = u128::BITS - PHONE_BITS;
/// The bit of an entry that says that several rows had its phone; those below are the hash of the payload.
const OF_SEVERAL: u128 = 1 << (BELOW_PHONE - 1);
/// Entries in a part of them, about: so few that all beginnings fit into a near cache, and a place within one is hardly ever far
/// from where it is expected.
const IN_A_PART: usize = 16;
/// So many entries are looked through at once.
const WINDOW: usize = 8;
/// Entries in a line of the cache.
const IN_A_LINE: usize = 4;
/// The bits behind those of a part that say how far behind its beginning a phone is expected.
const FRACTION_BITS: u32 = 12;

/// A phone, mixed, and the payload of its contact: 50 bits of the one, 77 bits of a hash of the other. The bit between them
/// says that the contact was made of several rows, which the next reading knows by it before it has seen the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry(u128);

impl Entry {
    /// That of a contact of one row, by a hash of its payload.
    pub(super) fn new(phone: Phone, hash: u128) -> Entry {
        Entry((u128::from(mixed(phone)) << BELOW_PHONE) | hash & (OF_SEVERAL - 1))
    }

    /// As it stands in the file.
    pub(super) fn to_bytes(self) -> [u8; ENTRY] {
        self.0.to_le_bytes()
    }

    /// Whether both are of the same phone.
    pub fn has_phone_of(self, other: Entry) -> bool {
        self.phone() == other.phone()
    }

    /// Whether both are of the same phone and payload.
    pub(super) fn has_payload_of(self, other: Entry) -> bool {
        (self.0 ^ other.0) & !OF_SEVERAL == 0
    }

    /// The same, made of several rows or of one.
    #[must_use]
    pub(super) fn of_rows(self, are_several: bool) -> Entry {
        Entry(self.0 & !OF_SEVERAL | if are_several { OF_SEVERAL } else { 0 })
    }

    /// What this entry says of the contact of one row with the same phone.
    pub(super) fn compared_to(self, contact: Entry) -> KnownAs {
        match self {
            _ if self.0 & OF_SEVERAL != 0 => KnownAs::OfSeveral,
            _ if self == contact => KnownAs::Same,
            _ => KnownAs::Other,
        }
    }

    /// The phone, mixed; the order of entries is first of all that of these.
    fn phone(self) -> u64 {
        (self.0 >> BELOW_PHONE) as u64
    }
}

/// What is known of a phone that a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownAs {
    /// The server has the row's contact as it is.
    Same,
    /// It has another one.
    Other,
    /// Several rows had the phone the last time: one of them says nothing.
    OfSeveral,
}

/// Another number for each phone, spread evenly over all of 50 bits, so that its place among many others is known before
/// one looks. Each step can be undone: no two phones have the same.
fn mixed(phone: Phone) -> u64 {
    const BITS: u64 = (1 << PHONE_BITS) - 1;
    let low = phone.get().wrapping_mul(0x9e37_79b9_7f4a_7c15) & BITS;
    (low ^ (low >> (PHONE_BITS / 2))).wrapping_mul(0xbf58_476d_1ce4_e5b9) & BITS
}

/// Entries in the order of their phones, each phone once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entries {
    all: Vec<Entry>,
    /// They are looked for in parts of a few, by the first bits of the phone: where each part begins, and the end of the last.
    starts: Vec<u32>,
    /// Bits of a phone behind those that say its part.
    shift: u32,
}

impl Entries {
    /// All of them.
    pub fn all(&self) -> &[Entry] {
        &self.all
    }

    /// The entry at a place.
    pub fn get(&self, place: usize) -> Option<Entry> {
        self.all.get(place).copied()
    }

    /// Replaces the entry at a place by another of the same phone.
    pub fn replace(&mut self, place: usize, entry: Entry) {
        if let Some(old) = self.all.get_mut(place) {
            debug_assert!(old.has_phone_of(entry));
            *old = entry;
        }
    }

    /// Where the entry of the same phone stands; where it would, if there is none.
    pub fn find(&self, entry: Entry) -> Result<usize, usize> {
        let phone = entry.phone();
        let start = self.window(entry);
        let window: Option<&[Entry; WINDOW]> = self.all.get(start..).and_then(|all| all.first_chunk());
        let place = match window {
            // All are compared: the processor cannot guess where a search among them would turn.
            Some(few @ [first, .., last]) if (first.phone()..=last.phone()).contains(&phone) => {
                start + few.iter().map(|known| usize::from(known.phone() < phone)).sum::<usize>()
            }
            _ => {
                let part = self.part(entry);
                let part = self.all.get(part.clone()).map(|all| (part.start, all)).unwrap_or_default();
                part.0 + part.1.partition_point(|known| known.phone() < phone)
            }
        };
        match self.get(place) {
            Some(known) if known.phone() == phone => Ok(place),
            _ => Err(place),
        }
    }

    /// Has the processor fetch what [`find`](Entries::find) needs of these, all at once: each would wait for it otherwise.
    pub fn touch(&self, entries: impl Iterator<Item = Entry>) {
        let places = entries.map(|entry| self.window(entry)).flat_map(|at| [at, at + IN_A_LINE, at + WINDOW - 1]);
        let touched = places.filter_map(|place| self.all.get(place));
        std::hint::black_box(touched.fold(0, |all, entry| all ^ entry.0));
    }

    /// The places of the entries that begin with the same bits.
    fn part(&self, entry: Entry) -> Range<usize> {
        let part = (entry.phone() >> self.shift) as usize;
        let start = |part: usize| self.starts.get(part).map_or(0, |start| *start as usize);
        start(part)..start(part + 1)
    }

    /// Where those begin among which it most likely is: its phone is as far behind the first of its part as its other bits say, since
    /// phones are spread evenly.
    fn window(&self, entry: Entry) -> usize {
        let part = self.part(entry);
        let behind = entry.phone() >> self.shift.saturating_sub(FRACTION_BITS) & ((1 << FRACTION_BITS) - 1);
        let place = part.start + ((part.len() * behind as usize) >> FRACTION_BITS);
        place.saturating_sub(WINDOW / 2)
    }
}

/// Entries that come from a file, some at a time.
pub(super) struct EntriesBuilder {
    entries: Entries,
    are_in_order: bool,
    /// The least phone that may come next.
    next: u64,
}

impl EntriesBuilder {
    /// None yet, of so many.
    pub fn new(count: u32) -> EntriesBuilder {
        let bits = count.div_ceil(IN_A_PART as u32).max(1).next_power_of_two().trailing_zeros();
        let starts = vec![0; (1_usize << bits) + 1];
        let entries = Entries { all: Vec::with_capacity(count as usize), starts, shift: PHONE_BITS - bits };
        EntriesBuilder { entries, are_in_order: true, next: 0 }
    }

    /// The next ones, as they stand in the file.
    pub fn add(&mut self, bytes: &[u8]) {
        let Entries { all, starts, shift } = &mut self.entries;
        let before = all.len();
        all.extend(bytes.as_chunks().0.iter().map(|bytes| Entry(u128::from_le_bytes(*bytes))));
        for (entry, end) in all.iter().skip(before).zip(before + 1..) {
            let phone = entry.phone();
            self.are_in_order &= phone >= self.next;
            self.next = phone + 1;
            // Behind the last of its part the next one begins.
            if let Some(start) = starts.get_mut((phone >> *shift) as usize + 1) {
                *start = end as u32;
            }
        }
    }

    /// All have come. `None` where they are not in order, or a phone is there twice.
    pub fn finish(self) -> Option<Entries> {
        let mut entries = self.entries;
        let mut end = 0;
        for start in &mut entries.starts {
            // That of a part behind one without entries is not known yet.
            end = end.max(*start);
            *start = end;
        }
        self.are_in_order.then_some(entries)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phone() -> impl Strategy<Value = Phone> {
        (1_000_000u64..1_000_000_000_000_000).prop_filter_map("no calling code", Phone::from_digits)
    }

    /// Phones that have few different first bits too, so that some parts are long and most are empty.
    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry =
            (any::<u128>(), prop::sample::select(vec![0, 0, 20, 45])).prop_map(|(bits, zeros)| Entry(bits >> zeros));
        prop::collection::vec(entry, 0..200)
    }

    #[test]
    fn phones_in_a_row_are_spread() {
        let mut parts = [0; 64];
        for n in 0..64_000 {
            let phone = Phone::from_digits(27_830_000_000 + n).unwrap();
            parts[(mixed(phone) >> (PHONE_BITS - 6)) as usize] += 1;
        }
        assert!(parts.iter().all(|count| (700..1_300).contains(count)), "{parts:?}");
    }

    proptest! {
        #[test]
        fn mixing_keeps_phones_apart(one in phone(), other in phone()) {
            prop_assert_eq!(mixed(one) == mixed(other), one == other);
            prop_assert!(mixed(one) >> PHONE_BITS == 0 && mixed(other) >> PHONE_BITS == 0);
        }

        #[test]
        fn every_entry_is_found_at_its_place(mut all in entries(), others in entries()) {
            all.sort_unstable();
            all.dedup_by_key(|entry| entry.phone());
            let mut builder = EntriesBuilder::new(all.len() as u32);
            all.chunks(7).for_each(|some| builder.add(&some.iter().flat_map(|entry| entry.to_bytes()).collect::<Vec<u8>>()));
            let entries = builder.finish().unwrap();
            prop_assert_eq!(entries.all(), &all);
            entries.touch(others.iter().copied());
            for entry in all.iter().chain(&others) {
                prop_assert_eq!(entries.find(*entry), all.binary_search_by_key(&entry.phone(), |entry| entry.phone()));
            }
        }

        #[test]
        fn only_entries_in_order_are_taken(all in prop::collection::vec((0u128..20).prop_map(|phone| Entry(phone << BELOW_PHONE)), 0..5), cut in 0usize..5) {
            let bytes: Vec<u8> = all.iter().flat_map(|entry| entry.to_bytes()).collect();
            let (first, second) = bytes.split_at(bytes.len().min(cut * ENTRY));
            let mut builder = EntriesBuilder::new(all.len() as u32);
            builder.add(first);
            builder.add(second);
            prop_assert_eq!(builder.finish().is_some(), all.is_sorted_by(|a, b| a.phone() < b.phone()));
        }
    }
}
