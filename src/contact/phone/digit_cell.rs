//! Cells that hold a number and nothing else but blanks, hyphens and brackets: most of a file, so they are read without
//! any of the questions that other cells are asked.

use super::char_classes::CharClasses;

/// No cell with more digits holds one number.
pub(super) const MOST_DIGITS: usize = 20;
/// The size of the buffer for the digits of a plain cell. A power of two, so that no index lies outside.
pub(super) const BUFFER: usize = 32;

/// Whether `+` stands in front, and the digits (values 0 to 9), of a cell that holds nothing else but blanks, hyphens and
/// brackets: most cells.
#[expect(clippy::indexing_slicing, reason = "the index is taken modulo the size, in a loop that most cells go through")]
#[inline]
pub(super) fn plain<'r>(cell: &str, buffer: &'r mut [u8; BUFFER]) -> Option<(bool, &'r [u8])> {
    let mut bytes = cell.as_bytes();
    let mut plus = false;
    if let Some(rest) = bytes.strip_prefix(b"+") {
        (bytes, plus) = (rest, true);
    }
    if digits_alone(bytes, buffer).is_some() {
        return Some((plus, buffer.get(..bytes.len())?));
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
    if number { Some((plus, buffer.get(..count)?)) } else { None }
}

/// Eight to sixteen digits and nothing else, looked at eight at a time.
#[inline]
fn digits_alone(bytes: &[u8], buffer: &mut [u8; BUFFER]) -> Option<()> {
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
    *buffer.first_chunk_mut()? = (first & LOW).to_le_bytes();
    *buffer.get_mut(..count)?.last_chunk_mut()? = (last & LOW).to_le_bytes();
    Some(())
}
