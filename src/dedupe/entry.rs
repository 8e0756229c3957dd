//! A row with a valid phone as one number, in the order by which equal phones come together.

use super::Winner;
use crate::contact::phone::Phone;
use crate::row::Location;

/// A phone, where its row stands, and whether it has been seen before.
///
/// From the highest bit on: 50 bits of key, which stand for the phone (E.164 has at most 15 digits), 39 bits of record and
/// 38 bits of line (275 thousand million at least), and one bit that says that the phone has been seen more than once.
/// Sorting brings equal phones together in the order of their records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry(u128);

/// The bits of a key.
pub(super) const KEY_BITS: u32 = 50;
const RECORD_BITS: u32 = 39;
const LINE_BITS: u32 = 38;
const AGAIN: u128 = 1;

/// The product of a phone and this, without what exceeds a key, is its key: so the highest bits are spread evenly, whatever
/// phones there are.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15 & MOST;
/// The product with this undoes it.
const INVERSE: u64 = inverse(FACTOR);
const MOST: u64 = (1 << KEY_BITS) - 1;

/// The inverse of an odd number modulo a power of two: each step of Newton's doubles the bits that are right, which are
/// three at first.
const fn inverse(factor: u64) -> u64 {
    let mut inverse = factor;
    let mut steps = 0;
    while steps < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(factor.wrapping_mul(inverse)));
        steps += 1;
    }
    inverse & MOST
}

/// The key of a phone.
pub(super) fn key(phone: u64) -> u64 {
    phone.wrapping_mul(FACTOR) & MOST
}

/// The phone of a key.
pub(super) fn phone(key: u64) -> u64 {
    key.wrapping_mul(INVERSE) & MOST
}

impl Entry {
    /// Its size in bytes.
    pub const SIZE: usize = size_of::<Entry>();

    pub fn new(phone: Phone, location: Location) -> Entry {
        Entry::of(key(phone.get()), Winner { record: location.record, line: location.line })
    }

    /// The row of a key.
    pub fn of(key: u64, row: Winner) -> Entry {
        let line = u128::from(row.line) & ((1 << LINE_BITS) - 1);
        let record = u128::from(row.record) & ((1 << RECORD_BITS) - 1);
        Entry((u128::from(key) << (RECORD_BITS + LINE_BITS + 1)) | (record << (LINE_BITS + 1)) | (line << 1))
    }

    pub fn key(self) -> u64 {
        (self.0 >> (RECORD_BITS + LINE_BITS + 1)) as u64
    }

    /// Where its row stands.
    pub fn row(self) -> Winner {
        Winner {
            record: ((self.0 >> (LINE_BITS + 1)) & ((1 << RECORD_BITS) - 1)) as u64,
            line: ((self.0 >> 1) & ((1 << LINE_BITS) - 1)) as u64,
        }
    }

    /// The same, seen before.
    pub fn again(self) -> Entry {
        Entry(self.0 | AGAIN)
    }

    pub fn is_again(self) -> bool {
        self.0 & AGAIN != 0
    }

    pub fn to_bytes(self) -> [u8; Entry::SIZE] {
        self.0.to_le_bytes()
    }

    pub fn from_bytes(bytes: [u8; Entry::SIZE]) -> Entry {
        Entry(u128::from_le_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_is_that_of_one_phone(number in 1..10u64.pow(Phone::LONGEST as u32), record in 0..1u64 << 39, line in 0..1u64 << 38) {
            prop_assert_eq!(phone(key(number)), number);
            let row = Winner { record, line };
            let entry = Entry::of(key(number), row);
            for entry in [entry, entry.again(), Entry::from_bytes(entry.to_bytes())] {
                prop_assert_eq!((phone(entry.key()), entry.row()), (number, row));
            }
            prop_assert!(entry.again().is_again() && !entry.is_again());
        }
    }
}
