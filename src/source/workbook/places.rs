//! Places of cells in a sheet as spreadsheets write them.

use crate::source::merged::Merge;

/// The line from 1 and the column from 0 of a place such as `AB12`.
pub(super) fn place(text: &str) -> Option<(u64, usize)> {
    let text = text.trim().trim_start_matches('$');
    let digits = text.find(|c: char| !c.is_ascii_alphabetic())?;
    let (letters, line) = text.split_at_checked(digits).filter(|(letters, _)| (1..=4).contains(&letters.len()))?;
    let number = |letter: u8| usize::from(letter.to_ascii_uppercase() - b'A' + 1);
    let column = letters.bytes().fold(0, |sum, letter| sum * 26 + number(letter));
    Some((line.trim_start_matches('$').parse().ok()?, column - 1))
}

/// Merged cells such as `B2:C9`; nothing where it is one cell.
pub(super) fn merged(range: &str) -> Option<Merge> {
    let (first, last) = range.split_once(':')?;
    let ((first, column), (last, _)) = (place(first)?, place(last)?);
    Some(Merge { first, last, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_ranges() {
        assert_eq!(place("A1"), Some((1, 0)));
        assert_eq!(place("ab12"), Some((12, 27)));
        assert_eq!(place("XFD1048576"), Some((1_048_576, 16_383)));
        assert_eq!(place("$B$3"), Some((3, 1)));
        for wrong in ["", "1", "A", "ABCDE1", "Ä1", "A-1"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
        assert_eq!(merged("B2:C9"), Some(Merge { first: 2, last: 9, column: 1 }));
        assert_eq!(merged("B2"), None);
    }
}
