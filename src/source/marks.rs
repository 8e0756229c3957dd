//! Where the bytes stand that mean something to a format, found for 64 bytes of the text at once: cells and strings are too
//! short to search each of them.

/// The bytes per look; each has a bit in its answer.
const BLOCK: usize = 64;

/// Bytes that mean something to a format.
pub(super) trait Class {
    /// Whether the byte is one of them; without branches, so that many can be asked at once.
    fn has(&self, byte: u8) -> bool;
}

/// The bytes of a class in a text.
pub(super) struct Marks<'t, C> {
    text: &'t [u8],
    class: C,
    /// Where the bytes begin that were looked at last.
    base: usize,
    /// Which of them are marked, the first in the lowest bit.
    bits: u64,
}

impl<'t, C: Class> Marks<'t, C> {
    pub fn new(text: &'t [u8], class: C) -> Marks<'t, C> {
        // So far from any place that the first one asked for is looked at.
        Marks { text, class, base: usize::MAX / 2, bits: 0 }
    }

    /// The text that is searched.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Where the first marked byte at a place or behind it is; the length of the text where there is none.
    #[inline]
    pub fn from(&mut self, place: usize) -> usize {
        let passed = place.wrapping_sub(self.base);
        let left = if passed < BLOCK { self.bits >> passed } else { 0 };
        if left == 0 { self.beyond(place) } else { place + left.trailing_zeros() as usize }
    }

    /// The same where there is none in the bytes that were looked at.
    #[inline(never)]
    fn beyond(&mut self, place: usize) -> usize {
        let is_within = place.wrapping_sub(self.base) < BLOCK;
        let mut at = if is_within { self.base + BLOCK } else { place };
        while at < self.text.len() {
            self.look(at);
            if self.bits != 0 {
                return at + self.bits.trailing_zeros() as usize;
            }
            at += BLOCK;
        }
        self.text.len()
    }

    fn look(&mut self, at: usize) {
        let rest = self.text.get(at..).unwrap_or_default();
        self.base = at;
        self.bits = match rest.first_chunk() {
            Some(block) => bits(block, &self.class),
            None => {
                let mut block = [0; BLOCK];
                block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                // What stands behind the end is no mark.
                bits(&block, &self.class) & !(u64::MAX << rest.len())
            }
        };
    }
}

/// Which of the bytes are marked, the first in the lowest bit.
fn bits(block: &[u8; BLOCK], class: &impl Class) -> u64 {
    let mut marked = [0; BLOCK];
    for (is, &byte) in marked.iter_mut().zip(block) {
        *is = u8::from(class.has(byte));
    }
    let (eights, _) = marked.as_chunks();
    // The factor brings the lowest bit of each byte into the highest byte.
    let eight = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |bits, bytes| bits << 8 | eight(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct ControlOrQuote;

    impl Class for ControlOrQuote {
        fn has(&self, byte: u8) -> bool {
            (byte < 0x20) | (byte == b'"')
        }
    }

    proptest! {
        #[test]
        fn each_mark_is_found_from_every_place(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x1e..0x24u8], 0..200),
            places in prop::collection::vec(0..220usize, 1..20),
        ) {
            let mut marks = Marks::new(&bytes, ControlOrQuote);
            for place in places {
                let found = (place..bytes.len()).find(|at| ControlOrQuote.has(bytes[*at]));
                prop_assert_eq!(marks.from(place), found.unwrap_or(bytes.len()));
            }
        }
    }
}
