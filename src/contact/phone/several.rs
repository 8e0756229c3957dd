//! Several numbers in one cell: where one ends and the next begins.

use crate::row::LIST_END;

/// The pieces of a cell by the strong separators, which never occur within an address: the end of a list's element,
/// ` ::: `, a new line.
pub(super) fn elements(text: &str) -> Option<Vec<&str>> {
    if !text.contains([LIST_END, '\n']) && !text.contains(":::") {
        return None;
    }
    Some(text.split([LIST_END, '\n']).flat_map(|piece| piece.split(":::")).map(str::trim).collect())
}

/// The pieces by `;`, `|`, `,`, `&` and the words for or and and.
pub(super) fn pieces(text: &str) -> Option<Vec<&str>> {
    let signs = [';', '|', ',', '&'];
    let words =
        [" or ", " and ", " oder ", " und ", " ou ", " et ", " y ", " e ", " o ", " atau ", " dan ", " или ", " и "];
    let lower = text.to_lowercase();
    // Lower case may change lengths in other scripts; then only signs part.
    let words: &[&str] = if lower.len() == text.len() { &words } else { &[] };
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let lower_rest = lower.get(lower.len().saturating_sub(rest.len())..).unwrap_or_default();
        let sign = rest.find(signs).map(|at| (at, 1));
        let word = words.iter().filter_map(|word| lower_rest.find(word).map(|at| (at, word.len()))).min();
        let Some((at, length)) = [sign, word].into_iter().flatten().min() else { break };
        let (Some(piece), Some(behind)) = (rest.get(..at), rest.get(at + length..)) else { break };
        pieces.push(piece.trim());
        rest = behind;
    }
    if pieces.is_empty() {
        return None;
    }
    pieces.push(rest.trim());
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
    fn where_numbers_end() {
        assert_eq!(elements("a ::: b\nc"), Some(vec!["a", "b", "c"]));
        assert_eq!(elements("a\u{1f}b\u{1f}"), Some(vec!["a", "b", ""]));
        assert_eq!(elements("a, b"), None);
        assert_eq!(pieces("1; 2|3 ,4 & 5 OR 6 and 7"), Some(vec!["1", "2", "3", "4", "5", "6", "7"]));
        assert_eq!(pieces("98765 or İ 43210"), None);
        assert_eq!(pieces("98765-43210"), None);
        assert_eq!(joined_by_plus("9876543210+919876543211"), Some(vec!["9876543210", "+919876543211"]));
        assert_eq!(joined_by_plus("+91+9876543210"), None);
    }
}
