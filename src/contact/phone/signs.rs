//! Which sorts of signs a text holds, found in one look, so that most questions about a cell need not be asked.

/// A set of sorts of signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Signs(u16);

impl Signs {
    pub const NONE: Signs = Signs(0);
    /// `1` to `9`.
    pub const DIGIT: Signs = Signs(1);
    pub const ZERO: Signs = Signs(1 << 1);
    pub const LETTER: Signs = Signs(1 << 2);
    pub const PLUS: Signs = Signs(1 << 3);
    pub const HYPHEN: Signs = Signs(1 << 4);
    pub const DOT: Signs = Signs(1 << 5);
    pub const SLASH: Signs = Signs(1 << 6);
    pub const COLON: Signs = Signs(1 << 7);
    pub const AT: Signs = Signs(1 << 8);
    /// `, ; | &`
    pub const BETWEEN: Signs = Signs(1 << 9);
    /// A blank, a bracket and what else stands within numbers.
    pub const WITHIN: Signs = Signs(1 << 10);
    /// The end of a line or of a list's element.
    pub const BREAK: Signs = Signs(1 << 11);
    /// Everything else.
    pub const OTHER: Signs = Signs(1 << 12);

    pub const fn and(self, other: Signs) -> Signs {
        Signs(self.0 | other.0)
    }

    /// Whether one of these is among them.
    pub fn any(self, of: Signs) -> bool {
        self.0 & of.0 != 0
    }

    /// The sort of one byte of a text.
    #[expect(clippy::indexing_slicing, reason = "the table has an entry for every byte")]
    pub fn of_byte(byte: u8) -> Signs {
        SORTS[usize::from(byte)]
    }

    /// Whether there are no others than these.
    pub fn only(self, of: Signs) -> bool {
        self.0 & !of.0 == 0
    }

    /// The signs of a text; everything but ASCII is of the other sort.
    pub fn of(text: &str) -> Signs {
        text.bytes().fold(Signs::NONE, |signs, byte| signs.and(Signs::of_byte(byte)))
    }
}

static SORTS: [Signs; 256] = {
    let mut sorts = [Signs::OTHER; 256];
    let mut byte = 0;
    #[expect(clippy::indexing_slicing, reason = "computed while compiling; the index is below the length")]
    while byte < 256 {
        sorts[byte] = match byte as u8 {
            b'0' => Signs::ZERO,
            b'1'..=b'9' => Signs::DIGIT,
            b'A'..=b'Z' | b'a'..=b'z' => Signs::LETTER,
            b'+' => Signs::PLUS,
            b'-' => Signs::HYPHEN,
            b'.' => Signs::DOT,
            b'/' => Signs::SLASH,
            b':' => Signs::COLON,
            b'@' => Signs::AT,
            b',' | b';' | b'|' | b'&' => Signs::BETWEEN,
            b' ' | b'(' | b')' | b'[' | b']' | b'~' | b'_' => Signs::WITHIN,
            b'\n' | 0x1f => Signs::BREAK,
            _ => Signs::OTHER,
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
        let signs = Signs::of("+91 (98) ext.");
        assert!(
            signs.any(Signs::PLUS) && signs.any(Signs::WITHIN) && signs.any(Signs::LETTER) && signs.any(Signs::DOT)
        );
        assert!(!signs.any(Signs::ZERO.and(Signs::OTHER).and(Signs::COLON)));
        assert!(Signs::of("é").any(Signs::OTHER) && Signs::of("\u{1f}").any(Signs::BREAK));
        assert!(Signs::of("") == Signs::NONE);
    }
}
