//! Cells that hold a number and nothing else but blanks, hyphens and brackets: most of a file, so they are read without
//! any of the questions that other cells are asked.

use super::char_classes::CharClasses;
use super::digits::{value, value_of_eights};

/// No cell with more digits holds one number.
pub(super) const MOST_DIGITS: usize = 20;
/// The size of the buffer for the digits of a plain cell. A power of two, so that no index lies outside.
pub(super) const BUFFER: usize = 32;

/// The digits of a cell, without what stood between them.
#[derive(Clone, Copy)]
pub(super) struct CellDigits<'r> {
    /// They begin with a calling code for certain, as those behind a `+` do.
    pub plus: bool,
    /// Their values, from 0 to 9.
    pub digits: &'r [u8],
    /// All of them as one number; of more than nineteen, it wraps.
    pub value: u64,
}

impl<'r> CellDigits<'r> {
    pub fn new(plus: bool, digits: &'r [u8]) -> CellDigits<'r> {
        CellDigits { plus, digits, value: value(digits) }
    }
}

/// The digits of a cell that holds nothing else but blanks, hyphens and brackets, and `+` in front: most cells.
#[expect(clippy::indexing_slicing, reason = "the index is taken modulo the size, in a loop that most cells go through")]
#[inline]
pub(super) fn plain<'r>(cell: &str, buffer: &'r mut [u8; BUFFER]) -> Option<CellDigits<'r>> {
    let mut bytes = cell.as_bytes();
    let mut plus = false;
    if let Some(rest) = bytes.strip_prefix(b"+") {
        (bytes, plus) = (rest, true);
    }
    if let Some(value) = digits_alone(bytes, buffer) {
        return Some(CellDigits { plus, digits: buffer.get(..bytes.len())?, value });
    }
    while let Some((&first, rest)) = bytes.split_first().filter(|(first, _)| !first.is_ascii_digit()) {
        match first {
            b'+' => plus = true,
            b' ' | b'(' => {}
            _ => return None,
        }
        bytes = rest;
    }
    let (mut count, mut signs) = (0usize, CharClasses::NONE);
    for &byte in bytes {
        let sort = CharClasses::of_byte(byte);
        signs = signs.and(sort);
        // A sign that is no digit is written over by the next digit.
        buffer[count % BUFFER] = byte & 15;
        count = count.wrapping_add(usize::from(sort.any(CharClasses::DIGIT.and(CharClasses::ZERO))));
    }
    // Zeros alone stand for nothing, and a few digits with hyphens may be a date.
    let number = signs
        .only(CharClasses::DIGIT.and(CharClasses::ZERO).and(CharClasses::WITHIN).and(CharClasses::HYPHEN))
        && signs.any(CharClasses::DIGIT)
        && (5..=MOST_DIGITS).contains(&count)
        && (count > 8 || !signs.any(CharClasses::HYPHEN));
    if number { Some(CellDigits::new(plus, buffer.get(..count)?)) } else { None }
}

/// Eight to sixteen digits and nothing else, looked at eight at a time; what they are as one number.
#[inline]
fn digits_alone(bytes: &[u8], buffer: &mut [u8; BUFFER]) -> Option<u64> {
    const LOW: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    let count = bytes.len();
    if count > 16 {
        return None;
    }
    // Between eight and sixteen, the two lie upon each other.
    let first = u64::from_le_bytes(*bytes.first_chunk()?);
    let last = u64::from_le_bytes(*bytes.last_chunk()?);
    let high = |eight: u64| eight & !LOW;
    // A digit is `3` in its upper half, and its lower half leaves 6 more.
    let digits = |eight: u64| high(eight) == 0x3030_3030_3030_3030 && high((eight & LOW) + 0x0606_0606_0606_0606) == 0;
    if !(digits(first) && digits(last)) || (first | last) & LOW == 0 {
        return None;
    }
    let (first, last) = (first & LOW, last & LOW);
    *buffer.first_chunk_mut()? = first.to_le_bytes();
    *buffer.get_mut(..count)?.last_chunk_mut()? = last.to_le_bytes();
    Some(value_of_eights(first, last, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_a_cell_as_one_number() {
        for cell in [
            "12345678",
            "00000001",
            "123456789",
            "+0098765432109",
            "919876543210",
            "1234567890123456",
            "12345678901234567",
            "+91 98765-43210",
            "(020) 7946 0958",
            "0700000",
            "12345",
            "98765432 ",
        ] {
            let mut buffer = [0; BUFFER];
            let found = plain(cell, &mut buffer).unwrap();
            let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(found.value.to_string(), digits.trim_start_matches('0'), "{cell}");
            assert_eq!(found.value, value(found.digits), "{cell}");
            assert_eq!(found.digits.len(), digits.len(), "{cell}");
        }
        assert!(
            ["00000000", "1234567a", "98765.43210", "", "+"].iter().all(|cell| plain(cell, &mut [0; BUFFER]).is_none())
        );
    }
}
