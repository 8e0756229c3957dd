//! Eight bytes of a text at a time, in one machine word: most cells and strings are too short to search them otherwise.

const ONES: u64 = u64::MAX / 0xff;
const HIGH: u64 = ONES << 7;

/// Eight bytes. In the answers the highest bit of a byte says yes, that of the first byte being the lowest.
#[derive(Clone, Copy)]
pub(super) struct Octets(u64);

impl Octets {
    /// The bytes from a place on, with 0xff behind the last of the text; nothing where none is left.
    pub fn at(bytes: &[u8], at: usize) -> Option<Octets> {
        let rest = bytes.get(at..)?;
        let eight = match rest.first_chunk() {
            Some(eight) => *eight,
            None if rest.is_empty() => return None,
            None => {
                let mut eight = [0xff; 8];
                eight.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                eight
            }
        };
        Some(Octets(u64::from_le_bytes(eight)))
    }

    /// Which are below a limit, up to the first that is; what is said of those behind it may be wrong.
    pub fn first_below(self, limit: u8) -> u64 {
        self.0.wrapping_sub(ONES * u64::from(limit)) & !self.0 & HIGH
    }

    /// Which are this byte, up to the first that is.
    pub fn first_of(self, byte: u8) -> u64 {
        Octets(self.0 ^ (ONES * u64::from(byte))).first_below(1)
    }

    /// Which are below a limit of at most 0x80.
    pub fn below(self, limit: u8) -> u64 {
        let low = (self.0 & !HIGH).wrapping_add(ONES * u64::from(0x80 - limit));
        !(low | self.0) & HIGH
    }

    /// Which are this byte.
    pub fn are(self, byte: u8) -> u64 {
        Octets(self.0 ^ (ONES * u64::from(byte))).below(1)
    }
}

/// Where the first yes of an answer is, from 0 to 7.
pub(super) fn first(answer: u64) -> usize {
    answer.trailing_zeros() as usize / 8
}

/// The answer without its first yes.
pub(super) fn without_first(answer: u64) -> u64 {
    answer & answer.wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eight_bytes_are_asked_at_once(
            bytes in prop::collection::vec(any::<u8>(), 1..12), limit in 1..=0x80u8, at in 0..12usize,
        ) {
            let Some(octets) = Octets::at(&bytes, at) else {
                prop_assert!(at >= bytes.len());
                return Ok(());
            };
            let places = |mut answer| {
                let mut places = Vec::new();
                while answer != 0 {
                    places.push(at + first(answer));
                    answer = without_first(answer);
                }
                places
            };
            let byte = bytes[at];
            let expected = |is: &dyn Fn(u8) -> bool| (at..bytes.len().min(at + 8)).filter(|&at| is(bytes[at])).collect::<Vec<_>>();
            prop_assert_eq!(places(octets.below(limit)), expected(&|byte| byte < limit));
            let first_place = |answer| places(answer).first().copied();
            prop_assert_eq!(first_place(octets.first_below(limit)), first_place(octets.below(limit)));
            if byte != 0xff {
                prop_assert_eq!(first_place(octets.first_of(byte)), first_place(octets.are(byte)));
                prop_assert_eq!(places(octets.are(byte)), expected(&|other| byte == other));
            }
        }
    }
}
