//! Eight bytes of a text at once, in one number (SIMD within a register). Cells are too short for wider looks.

/// The highest bit of each byte: the answer to a question asked of eight bytes.
pub const EACH: u64 = 0x8080_8080_8080_8080;

/// A text in numbers of eight bytes, the first byte lowest. Where the last is not full, the filler stands behind it.
#[inline(always)]
pub fn eights(text: &[u8], filler: u8) -> impl Iterator<Item = u64> {
    (0..text.len()).step_by(8).map(move |from| eight(text, from, filler))
}

#[inline(always)]
fn eight(text: &[u8], from: usize, filler: u8) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    match (rest.first_chunk(), text.last_chunk()) {
        (Some(eight), _) => u64::from_le_bytes(*eight),
        (None, None) => rest.iter().rev().fold(all(filler), |eight, byte| eight << 8 | u64::from(*byte)),
        // The last eight bytes are the rest and some before it.
        (None, Some(last)) => {
            let bits = 8 * rest.len() as u32;
            u64::from_le_bytes(*last).unbounded_shr(u64::BITS - bits) | all(filler).unbounded_shl(bits)
        }
    }
}

/// Which bytes lie between the two, which are ASCII: the highest bit of each.
#[inline(always)]
pub fn within(eight: u64, first: u8, last: u8) -> u64 {
    // The sums have no carry into the next byte.
    let low = eight & !EACH;
    (low + all(0x80 - first)) & !(low + all(0x7f - last)) & !eight & EACH
}

/// Which bytes are letters or digits of ASCII: the highest bit of each.
#[inline(always)]
pub fn letters_and_digits(eight: u64) -> u64 {
    within(eight | all(0x20), b'a', b'z') | within(eight, b'0', b'9')
}

/// A byte eight times.
const fn all(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_for_itself() {
        for byte in 0..=255_u8 {
            for place in 0..8 {
                let mut text = *b"\xff\0a\x7f\x80zZ0";
                text[place] = byte;
                let eight = u64::from_le_bytes(text);
                let bits = |is: fn(&u8) -> bool| {
                    text.iter().enumerate().filter(|(_, byte)| is(byte)).map(|(at, _)| 0x80 << (8 * at)).sum::<u64>()
                };
                assert_eq!(letters_and_digits(eight), bits(u8::is_ascii_alphanumeric), "{text:?}");
                assert_eq!(within(eight, b'\'', b'9'), bits(|byte| (b'\''..=b'9').contains(byte)), "{text:?}");
            }
        }
    }

    #[test]
    fn a_text_is_taken_by_eights() {
        for length in 0..20 {
            let text = "abcdefghijklmnopqrstu".as_bytes().get(..length).unwrap();
            let bytes: Vec<u8> = eights(text, b'-').flat_map(u64::to_le_bytes).collect();
            assert_eq!(bytes.len(), length.next_multiple_of(8));
            assert!(bytes.starts_with(text) && bytes[length..].iter().all(|byte| *byte == b'-'));
        }
    }
}
