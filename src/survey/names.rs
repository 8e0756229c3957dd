//! The commonest names, counted in bounded memory.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::contact::phone::Phone;
use crate::row::Location;

/// Counts names that come often; those that come seldom give way to others (the algorithm of Misra and Gries).
#[derive(Debug, Default)]
pub struct CommonNames {
    /// By the hash of the name.
    counters: HashMap<u64, Counter, FixedState>,
}

#[derive(Debug)]
struct Counter {
    count: u64,
    first: Location,
    /// The first phones with the name; a person who comes again is no namesake.
    phones: [u64; 3],
}

/// A name that many have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommonName {
    /// How many rows have it, and at most a thousandth of all more.
    pub count: u64,
    /// The first of them.
    pub first: Location,
}

/// So many names are counted at once. A count is too low by at most one in so many rows.
const COUNTERS: usize = 1000;

/// The hash of a name, in one piece or two.
pub(super) fn hash(name: (&str, &str)) -> u64 {
    let (first, last) = name;
    let hasher = FixedState::default();
    if last.is_empty() { hasher.hash_one(first) } else { hasher.hash_one(name) }
}

impl CommonNames {
    /// Counts the name of a row, of which the hash is given.
    pub(super) fn add(&mut self, name: u64, phone: Phone, at: Location) {
        let phone = phone.get();
        if let Some(counter) = self.counters.get_mut(&name) {
            counter.add(phone);
        } else if self.counters.len() < COUNTERS {
            self.counters.insert(name, Counter { count: 1, first: at, phones: [phone, 0, 0] });
        } else {
            self.counters.retain(|_, counter| {
                counter.count -= 1;
                counter.count > 0
            });
        }
    }

    /// The commonest name; of several the first.
    pub fn commonest(&self) -> Option<CommonName> {
        let most =
            self.counters.values().max_by_key(|counter| (counter.count, std::cmp::Reverse(counter.first.record)));
        most.map(|counter| CommonName { count: counter.count, first: counter.first })
    }
}

impl Counter {
    fn add(&mut self, phone: u64) {
        if self.phones.contains(&phone) {
            return;
        }
        self.count += 1;
        if let Some(free) = self.phones.iter_mut().find(|known| **known == 0) {
            *free = phone;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(record: u64) -> Location {
        Location { input: 0, record, line: record + 1 }
    }

    fn phone(number: u64) -> Phone {
        Phone::from_digits(919_876_500_000 + number).unwrap()
    }

    #[test]
    fn the_commonest_name_is_found_among_any_number_of_others() {
        let mut names = CommonNames::default();
        assert_eq!(names.commonest(), None);
        for record in 1..=30_000 {
            let name = if record % 10 == 7 { "Customer".to_owned() } else { format!("Name {record}") };
            names.add(hash((&name, "")), phone(record), at(record));
        }
        let found = names.commonest().unwrap();
        assert!((2_970..=3_000).contains(&found.count), "{found:?}");
        assert!(names.counters.len() <= COUNTERS);
    }

    #[test]
    fn few_names_are_counted_exactly_and_a_person_who_comes_again_is_one() {
        let mut names = CommonNames::default();
        for (record, (name, phone)) in
            (1..).zip([("Ana", 1), ("Bo", 2), ("Bo", 3), ("Ana", 1), ("Ana", 1), ("Ana", 1), ("Bo", 4), ("Bo", 2)])
        {
            names.add(hash((name, "")), self::phone(phone), at(record));
        }
        assert_eq!(names.commonest(), Some(CommonName { count: 3, first: at(2) }));
    }
}
