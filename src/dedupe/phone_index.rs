//! Index of all phones of a reading; decides which row wins for each repeated phone.

use std::io;

use super::entry::Entry;
use super::phone_set::PhoneSet;
use super::sorted_rows::SortedRows;
use super::{DedupePlan, Numbered, OnDuplicate, RepeatedPhones, Winner, note_again};
use crate::contact::phone::Phone;
use crate::row::Location;

/// All phones of a reading: two bits each of those that are numbered and seven bytes each of the others, while the last row of a
/// phone wins and they fit into memory; else sixteen bytes each, beyond it in private temporary files.
pub struct PhoneIndex {
    policy: OnDuplicate,
    /// The bytes that they may take.
    memory: u64,
    rows: Rows,
    numbered: Numbered,
    repeated: RepeatedPhones,
}

enum Rows {
    /// Where the row of a phone stands is known once it comes again.
    Phones(PhoneSet),
    Sorted(SortedRows),
}

impl PhoneIndex {
    /// No phone yet. The phones may take so many bytes of memory.
    pub fn new(policy: OnDuplicate, memory: u64) -> PhoneIndex {
        let is_small = memory < 2 * PhoneSet::LEAST as u64;
        let rows = match policy == OnDuplicate::First || is_small {
            true => Rows::Sorted(SortedRows::new(policy, memory)),
            false => Rows::Phones(PhoneSet::new()),
        };
        PhoneIndex { policy, memory, rows, numbered: Numbered::default(), repeated: RepeatedPhones::default() }
    }

    /// A valid row with this phone, behind those that were added. `number` is one that no other phone has; a phone comes with it
    /// each time or never.
    ///
    /// # Errors
    /// There are too many for the memory, and a temporary file cannot be written.
    pub fn add(&mut self, phone: Phone, location: Location, number: Option<u32>) -> io::Result<()> {
        if let Some(number) = number {
            let is_again = self.numbered.add(number);
            if self.is_number_enough() {
                if is_again {
                    let row = Winner { record: location.record, line: location.line };
                    note_again(&mut self.repeated, phone.get(), row);
                }
                return Ok(());
            }
        }
        let entry = Entry::new(phone, location);
        match &mut self.rows {
            Rows::Phones(phones) => {
                phones.add(entry, &mut self.repeated);
                if phones.bytes() as u64 > self.memory {
                    phones.settle(&mut self.repeated);
                    let entries = phones.entries(&self.repeated);
                    self.rows = Rows::Sorted(SortedRows::with(self.policy, self.memory, entries)?);
                }
                Ok(())
            }
            Rows::Sorted(rows) => rows.add(entry, &mut self.repeated),
        }
    }

    /// Whether a number is all that has to be known of a phone: the row that wins is one that comes again.
    fn is_number_enough(&self) -> bool {
        self.policy != OnDuplicate::First
    }

    /// Decides which row wins for each phone.
    ///
    /// # Errors
    /// A temporary file cannot be written or read.
    pub fn finish(self) -> io::Result<DedupePlan> {
        let by_number = if self.is_number_enough() { self.numbered.came.count() as u64 } else { 0 };
        let PhoneIndex { policy, numbered, mut repeated, .. } = self;
        let others = match self.rows {
            Rows::Phones(mut phones) => phones.settle(&mut repeated),
            Rows::Sorted(rows) => rows.finish(&mut repeated)?,
        };
        let duplicates = repeated.values().map(|phone| phone.extra).sum();
        Ok(DedupePlan { policy, repeated, numbered, contacts: by_number + others, duplicates })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Winner;
    use super::*;

    fn phone(n: u64) -> Phone {
        Phone::from_digits(919_876_500_000 + n).unwrap()
    }

    fn location(record: u64) -> Location {
        Location { input: 0, record, line: record * 3 }
    }

    fn plan(index: PhoneIndex, phones: &[u64]) -> DedupePlan {
        plan_with(index, phones, |_| false)
    }

    fn plan_with(mut index: PhoneIndex, phones: &[u64], is_numbered: impl Fn(u64) -> bool) -> DedupePlan {
        for (&n, record) in phones.iter().zip(1..) {
            index.add(phone(n), location(record), is_numbered(n).then_some(n as u32)).unwrap();
        }
        index.finish().unwrap()
    }

    #[test]
    fn the_last_row_wins_or_the_first() {
        for memory in [1 << 20, 1 << 30] {
            let plan = |policy| plan(PhoneIndex::new(policy, memory), &[1, 2, 1, 3, 1]);
            let last = plan(OnDuplicate::Merge);
            assert_eq!(last.winner(phone(1)), Some(Winner { record: 5, line: 15 }));
            assert_eq!(last.winner(phone(2)), None);
            assert_eq!((last.contacts(), last.duplicates()), (3, 2));
            assert_eq!(plan(OnDuplicate::First).winner(phone(1)), Some(Winner { record: 1, line: 3 }));
        }
    }

    /// Keeps so many rows in memory and moves to files behind so many rows.
    fn spilling(policy: OnDuplicate, most: usize, phones: &[u64], behind: usize) -> DedupePlan {
        let (first, rest) = phones.split_at(behind.min(phones.len()));
        let mut index = PhoneIndex::new(policy, 1 << 30);
        first.iter().zip(1..).for_each(|(&n, record)| index.add(phone(n), location(record), None).unwrap());
        if let Rows::Phones(set) = &mut index.rows {
            set.settle(&mut index.repeated);
            let entries = set.entries(&index.repeated);
            index.rows = Rows::Sorted(SortedRows::with(policy, 0, entries).unwrap());
        }
        if let Rows::Sorted(rows) = &mut index.rows {
            rows.keep_only(most);
        }
        rest.iter()
            .zip(behind as u64 + 1..)
            .for_each(|(&n, record)| index.add(phone(n), location(record), None).unwrap());
        index.finish().unwrap()
    }

    proptest! {
        #[test]
        fn however_phones_are_held_the_plan_is_the_same(
            phones in prop::collection::vec(0..40_u64, 0..200), most in 1..30_usize, behind in 0..200_usize,
        ) {
            for policy in [OnDuplicate::Merge, OnDuplicate::First] {
                let expected = by_hand(policy, &phones);
                for plan in [
                    plan(PhoneIndex::new(policy, 1 << 30), &phones),
                    plan(PhoneIndex::new(policy, 1 << 20), &phones),
                    plan_with(PhoneIndex::new(policy, 1 << 30), &phones, |n| n % 3 > 0),
                    plan_with(PhoneIndex::new(policy, 1 << 20), &phones, |n| n % 3 > 0),
                    spilling(policy, most, &phones, behind),
                ] {
                    prop_assert_eq!(plan.contacts() + plan.duplicates(), phones.len() as u64);
                    let mut repeated: Vec<_> = plan.repeated().map(|(phone, extra, winner)| (phone.get(), extra, winner)).collect();
                    repeated.sort_unstable_by_key(|(phone, ..)| *phone);
                    prop_assert_eq!(&repeated, &expected);
                }
            }
        }
    }

    #[test]
    fn what_is_numbered_is_told_by_its_number() {
        for policy in [OnDuplicate::Merge, OnDuplicate::First] {
            let plan = plan_with(PhoneIndex::new(policy, 1 << 30), &[7, 2, 7, 3, 3, 9], |n| n > 2);
            let Numbered { came, again } = plan.numbered();
            assert_eq!((came.ones().collect(), again.ones().collect()), (vec![3, 7, 9], vec![3, 7]));
        }
    }

    /// Each phone that comes again, how often, and the row that is sent.
    fn by_hand(policy: OnDuplicate, phones: &[u64]) -> Vec<(u64, u64, Winner)> {
        let rows = |n: u64| -> Vec<u64> {
            phones.iter().zip(1..).filter(|(m, _)| **m == n).map(|(_, record)| record).collect()
        };
        let repeated = (0..40).filter(|&n| rows(n).len() > 1).map(|n| {
            let rows = rows(n);
            let record = if policy == OnDuplicate::First { rows[0] } else { rows[rows.len() - 1] };
            (phone(n).get(), rows.len() as u64 - 1, Winner { record, line: record * 3 })
        });
        repeated.collect()
    }

    #[test]
    fn many_phones_are_joined_part_by_part() {
        let mut index = PhoneIndex::new(OnDuplicate::Merge, 1 << 30);
        let count = 1_500_000_u64;
        for record in 0..count {
            index.add(phone(record * 7 % (count / 2)), location(record), None).unwrap();
        }
        let plan = index.finish().unwrap();
        assert_eq!((plan.contacts(), plan.duplicates()), (count / 2, count / 2));
        assert!(plan.repeated().all(|(_, extra, winner)| extra == 1 && winner.record >= count / 2));
    }
}
