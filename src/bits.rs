//! Sets of small numbers.

/// Numbers from 0, a bit each; it grows as they come.
#[derive(Debug, Clone, Default)]
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

    /// Puts the number in; whether it was there.
    pub fn insert(&mut self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let Some(bits) = self.0.get_mut(word) else { return false };
        let was_there = *bits & bit != 0;
        *bits |= bit;
        was_there
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
                if is_in {
                    prop_assert_eq!(bits.insert(number), !set.insert(number));
                } else {
                    bits.set(number, false);
                    set.remove(&number);
                }
                prop_assert_eq!(bits.get(number), is_in);
            }
            prop_assert_eq!(bits.count(), set.len());
            prop_assert_eq!(bits.ones().collect::<Vec<_>>(), set.into_iter().collect::<Vec<_>>());
        }
    }
}
