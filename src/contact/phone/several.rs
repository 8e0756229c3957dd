//! Several numbers in one cell: where one ends and the next begins.

use crate::row::LIST_END;

/// More pieces than anybody has numbers; the rest of a cell is not looked at.
const MOST_PIECES: usize = 64;
/// The words for or and and, with their blanks.
const WORDS: &[&str] =
    &[" or ", " and ", " oder ", " und ", " ou ", " et ", " y ", " e ", " o ", " atau ", " dan ", " или ", " и "];

/// The pieces of a cell by the strong separators, which never occur within an address: the end of a list's element,
/// ` ::: `, a new line.
pub(super) fn elements(text: &str) -> Option<Vec<&str>> {
    if !text.contains([LIST_END, '\n']) && !text.as_bytes().windows(3).any(|three| three == b":::") {
        return None;
    }
    let pieces = text.split([LIST_END, '\n']).flat_map(|piece| piece.split(":::"));
    Some(pieces.map(str::trim).take(MOST_PIECES).collect())
}

/// The pieces by `;`, `|`, `,`, `&` and the words for or and and.
pub(super) fn pieces(text: &str) -> Option<Vec<&str>> {
    let lower = text.to_lowercase();
    // Lower case may change lengths in other scripts; then only signs part.
    let words = if lower.len() == text.len() { WORDS } else { &[] };
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        let sign = match byte {
            b';' | b'|' | b',' | b'&' => Some(1),
            b' ' => lower
                .get(at..)
                .and_then(|rest| words.iter().find(|word| rest.starts_with(**word)))
                .map(|word| word.len()),
            _ => None,
        };
        let Some(length) = sign else {
            at += 1;
            continue;
        };
        pieces.push(text.get(start..at)?.trim());
        at += length;
        start = at;
        if pieces.len() == MOST_PIECES {
            return Some(pieces);
        }
    }
    if pieces.is_empty() {
        return None;
    }
    pieces.push(text.get(start..)?.trim());
    Some(pieces)
}

/// Two long runs of digits with a `+` between them: `9876543210+919876543211`.
pub(super) fn joined_by_plus(text: &str) -> Option<Vec<&str>> {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let (at, _) = text.match_indices('+').find(|(at, _)| digits(text.get(..*at).unwrap_or_default()) >= 7)?;
    let (before, behind) = text.split_at_checked(at)?;
    (digits(behind) >= 7).then(|| vec![before.trim(), behind.trim()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_cell_is_cut_in_one_pass() {
        for sign in [",", " and ", "\u{1f}", ":::"] {
            let text = format!("1{sign}").repeat(100_000);
            let pieces = elements(&text).or_else(|| pieces(&text)).unwrap();
            assert!(pieces.len() == MOST_PIECES && pieces.iter().all(|piece| *piece == "1"));
        }
    }

    #[test]
    fn where_numbers_end() {
        assert_eq!(elements("a ::: b\nc"), Some(vec!["a", "b", "c"]));
        assert_eq!(elements("a\u{1f}b\u{1f}"), Some(vec!["a", "b", ""]));
        assert_eq!(elements("a, b"), None);
        assert_eq!(pieces("1; 2|3 ,4 & 5 OR 6 and 7"), Some(vec!["1", "2", "3", "4", "5", "6", "7"]));
        assert_eq!(pieces("98765 or İ 43210"), None);
        assert_eq!(pieces("98765 и 43210 И 1"), Some(vec!["98765", "43210", "1"]));
        assert_eq!(pieces("98765-43210"), None);
        assert_eq!(joined_by_plus("9876543210+919876543211"), Some(vec!["9876543210", "+919876543211"]));
        assert_eq!(joined_by_plus("+91+9876543210"), None);
    }
}
