//! Which sorts of signs a text holds, found in one look, so that most questions about a cell need not be asked.

/// A set of sorts of signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct CharClasses(u16);

impl CharClasses {
    pub const NONE: CharClasses = CharClasses(0);
    /// `1` to `9`.
    pub const DIGIT: CharClasses = CharClasses(1);
    pub const ZERO: CharClasses = CharClasses(1 << 1);
    pub const LETTER: CharClasses = CharClasses(1 << 2);
    pub const PLUS: CharClasses = CharClasses(1 << 3);
    pub const HYPHEN: CharClasses = CharClasses(1 << 4);
    pub const DOT: CharClasses = CharClasses(1 << 5);
    pub const SLASH: CharClasses = CharClasses(1 << 6);
    pub const COLON: CharClasses = CharClasses(1 << 7);
    pub const AT: CharClasses = CharClasses(1 << 8);
    /// `, ; | &`
    pub const BETWEEN: CharClasses = CharClasses(1 << 9);
    /// A blank, a bracket and what else stands within numbers.
    pub const WITHIN: CharClasses = CharClasses(1 << 10);
    /// The end of a line or of a list's element.
    pub const BREAK: CharClasses = CharClasses(1 << 11);
    /// Everything else.
    pub const OTHER: CharClasses = CharClasses(1 << 12);

    pub const fn and(self, other: CharClasses) -> CharClasses {
        CharClasses(self.0 | other.0)
    }

    /// Whether one of these is among them.
    pub fn any(self, of: CharClasses) -> bool {
        self.0 & of.0 != 0
    }

    /// The sort of one byte of a text.
    #[expect(clippy::indexing_slicing, reason = "the table has an entry for every byte")]
    pub fn of_byte(byte: u8) -> CharClasses {
        SORTS[usize::from(byte)]
    }

    /// Whether there are no others than these.
    pub fn only(self, of: CharClasses) -> bool {
        self.0 & !of.0 == 0
    }

    /// The signs of a text; everything but ASCII is of the other sort.
    pub fn of(text: &str) -> CharClasses {
        text.bytes().fold(CharClasses::NONE, |signs, byte| signs.and(CharClasses::of_byte(byte)))
    }
}

static SORTS: [CharClasses; 256] = {
    let mut sorts = [CharClasses::OTHER; 256];
    let mut byte = 0;
    #[expect(clippy::indexing_slicing, reason = "computed while compiling; the index is below the length")]
    while byte < 256 {
        sorts[byte] = match byte as u8 {
            b'0' => CharClasses::ZERO,
            b'1'..=b'9' => CharClasses::DIGIT,
            b'A'..=b'Z' | b'a'..=b'z' => CharClasses::LETTER,
            b'+' => CharClasses::PLUS,
            b'-' => CharClasses::HYPHEN,
            b'.' => CharClasses::DOT,
            b'/' => CharClasses::SLASH,
            b':' => CharClasses::COLON,
            b'@' => CharClasses::AT,
            b',' | b';' | b'|' | b'&' => CharClasses::BETWEEN,
            b' ' | b'(' | b')' | b'[' | b']' | b'~' | b'_' => CharClasses::WITHIN,
            b'\n' | 0x1f => CharClasses::BREAK,
            _ => CharClasses::OTHER,
        };
        byte += 1;
    }
    sorts
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_tells_what_is_there() {
        let signs = CharClasses::of("+91 (98) ext.");
        assert!(
            signs.any(CharClasses::PLUS)
                && signs.any(CharClasses::WITHIN)
                && signs.any(CharClasses::LETTER)
                && signs.any(CharClasses::DOT)
        );
        assert!(!signs.any(CharClasses::ZERO.and(CharClasses::OTHER).and(CharClasses::COLON)));
        assert!(CharClasses::of("é").any(CharClasses::OTHER) && CharClasses::of("\u{1f}").any(CharClasses::BREAK));
        assert!(CharClasses::of("") == CharClasses::NONE);
    }
}
