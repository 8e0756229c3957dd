//! Sets of small numbers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers from 0, a bit each; it grows as they come.
#[derive(Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Whether the number is in it.
    pub fn get(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Puts the number in, or takes it out.
    pub fn set(&mut self, number: usize, is_in: bool) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits = *bits & !(1 << (number % 64)) | u64::from(is_in) << (number % 64);
        }
    }

    /// How many are in it.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// All of them, in order.
    pub fn ones(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
    }
}

/// Numbers below a limit that several threads put in.
#[derive(Debug, Clone)]
pub struct SharedBits(Arc<[AtomicU64]>);

impl SharedBits {
    /// None yet, all below `limit`.
    pub fn new(limit: usize) -> SharedBits {
        SharedBits((0..limit.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    /// Puts the number in; whether it was there.
    pub fn set(&self, number: usize) -> bool {
        let bit = 1 << (number % 64);
        self.0.get(number / 64).is_some_and(|word| word.fetch_or(bit, Ordering::Relaxed) & bit != 0)
    }

    /// Those that are in it by now.
    pub fn bits(&self) -> Bits {
        Bits(self.0.iter().map(|word| word.load(Ordering::Relaxed)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(steps in prop::collection::vec((0usize..200, any::<bool>()), 0..80)) {
            let (mut bits, mut set) = (Bits::default(), BTreeSet::new());
            for (number, is_in) in steps {
                bits.set(number, is_in);
                if is_in { set.insert(number); } else { set.remove(&number); }
                prop_assert_eq!(bits.get(number), is_in);
            }
            prop_assert_eq!(bits.count(), set.len());
            prop_assert_eq!(bits.ones().collect::<Vec<_>>(), set.into_iter().collect::<Vec<_>>());
        }
    }
}
