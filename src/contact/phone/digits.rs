//! A few digits in a small buffer: copied freely, never on the heap.

/// Digits as values from 0 to 9. What does not fit is left out; no number is so long.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Digits {
    values: [u8; Digits::CAPACITY],
    length: u8,
}

impl Digits {
    /// More than the most digits a cell may hold with a calling code and an area code before them.
    pub const CAPACITY: usize = 31;

    pub fn push(&mut self, digit: u8) {
        if let Some(slot) = self.values.get_mut(usize::from(self.length)) {
            *slot = digit;
            self.length += 1;
        }
    }

    pub fn extend(&mut self, digits: &[u8]) {
        let start = usize::from(self.length);
        let end = (start + digits.len()).min(Digits::CAPACITY);
        if let (Some(free), Some(digits)) = (self.values.get_mut(start..end), digits.get(..end - start)) {
            free.copy_from_slice(digits);
            self.length = end as u8;
        }
    }

    pub fn as_slice(&self) -> &[u8] {
        self.values.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl From<&[u8]> for Digits {
    fn from(digits: &[u8]) -> Digits {
        let mut all = Digits::default();
        all.extend(digits);
        all
    }
}

/// Digits (values 0 to 9) as one number; of more than nineteen, it wraps.
#[inline]
pub(super) fn value(digits: &[u8]) -> u64 {
    match (digits.first_chunk(), digits.last_chunk(), digits.len()) {
        (Some(first), Some(last), count @ 8..=16) => {
            value_of_eights(u64::from_le_bytes(*first), u64::from_le_bytes(*last), count)
        }
        _ => digits.iter().fold(0, |value: u64, &digit| value.wrapping_mul(10).wrapping_add(u64::from(digit))),
    }
}

/// The number of eight to sixteen digits of which these are the first eight and the last eight, the first of each in the
/// lowest byte.
#[inline]
pub(super) fn value_of_eights(first: u64, last: u64, count: usize) -> u64 {
    const PLACES: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
    let further = count.saturating_sub(8);
    // Without those of the last that are among the first.
    let last = if further == 0 { 0 } else { last & !0u64 << (64 - 8 * further.min(8)) };
    eight(first) * PLACES.get(further).copied().unwrap_or(0) + eight(last)
}

/// Two and two digits become numbers to 99, two and two of these numbers to 9999, and so on.
#[inline]
fn eight(digits: u64) -> u64 {
    let twos = digits.wrapping_mul((10 << 8) + 1) >> 8;
    let fours = (twos & 0x00ff_00ff_00ff_00ff).wrapping_mul((100 << 16) + 1) >> 16;
    (fours & 0x0000_ffff_0000_ffff).wrapping_mul((10_000 << 32) + 1) >> 32
}

/// A number of sixteen digits at most as text, with zeros behind it, and how many digits it has. It is not 0.
#[inline]
pub(super) fn written(number: u64) -> ([u8; 16], usize) {
    const EIGHT: u64 = 100_000_000;
    let digits = u128::from(eight_of(number / EIGHT % EIGHT)) | u128::from(eight_of(number % EIGHT)) << u64::BITS;
    // The first digit is the lowest byte that is not 0.
    let unused = digits.trailing_zeros() & !7;
    let text = digits.unbounded_shr(unused) | u128::from_le_bytes([b'0'; 16]);
    (text.to_le_bytes(), 16 - unused as usize / 8)
}

/// A number below a hundred million as eight digits, the first in the lowest byte: it is parted into numbers to 9999, these into
/// numbers to 99, and these into digits, all at once. The quotients are those of a multiplication and a shift, exact here.
fn eight_of(number: u64) -> u64 {
    let fours = (number / 10_000) | (number % 10_000) << 32;
    let hundreds = ((fours * 5_243) >> 19) & 0x0000_007f_0000_007f;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - 10 * tens) << 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_written_as_the_standard_library_writes_it(number in 1_u64..10_000_000_000_000_000, cut in 0_u32..16) {
            let number = (number / 10_u64.pow(cut)).max(1);
            let (text, length) = written(number);
            let text: String = text.map(char::from).iter().collect();
            prop_assert_eq!((text, length), (format!("{:0<16}", number.to_string()), number.to_string().len()));
        }
    }
}
