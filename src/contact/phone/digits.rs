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
pub(super) fn value(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |value: u64, &digit| value.wrapping_mul(10).wrapping_add(u64::from(digit)))
}
