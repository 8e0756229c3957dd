//! Tables of what each byte may be in a text, and what all bytes of a text are by such a table.

/// A table of 256 numbers, made while compiling, in the form of a `match` on the byte.
macro_rules! byte_table {
    ($($byte:pat $(if $guard:expr)? => $kind:expr),+ $(,)?) => {{
        let mut table = [0; 256];
        let (mut rest, mut byte): (&mut [u8], u8) = (&mut table, 0);
        while let [kind, after @ ..] = rest {
            *kind = match byte { $($byte $(if $guard)? => $kind),+ };
            (rest, byte) = (after, byte.wrapping_add(1));
        }
        table
    }};
}
pub(crate) use byte_table;

/// The numbers of all bytes of a text, joined by "or". Most texts are short: there is no early end, and eight bytes at a time are
/// looked up without a count.
pub fn kinds(text: &[u8], table: &[u8; 256]) -> u8 {
    let add = |all: u8, byte: &u8| all | table.get(usize::from(*byte)).copied().unwrap_or_default();
    let (eights, rest) = text.as_chunks::<8>();
    rest.iter().fold(eights.iter().fold(0, |all, eight| eight.iter().fold(all, add)), add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_text_counts() {
        static TABLE: [u8; 256] = byte_table! { b'a' => 1, b'b'..=b'y' => 2, byte if byte == b'z' => 4, _ => 0 };
        for length in 0..20 {
            for at in 0..length {
                for (byte, kind) in [(b'a', 1), (b'm', 2), (b'z', 4), (b'A', 0), (0xff, 0)] {
                    let mut text = vec![b' '; length];
                    text[at] = byte;
                    assert_eq!(kinds(&text, &TABLE), kind, "{text:?}");
                }
            }
        }
        assert_eq!((kinds(b"abz", &TABLE), kinds(b"", &TABLE)), (7, 0));
    }
}
