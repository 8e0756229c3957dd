//! Words by which programs write that a cell is empty.

/// What stands for a formula whose result is not in the file; a spreadsheet's error by its form.
pub const NO_RESULT: &str = "#FORMULA!";

/// Spelled as programs spell them: people may be called Null, Na or Nan.
const WORDS: [&str; 30] = [
    "NULL",
    "null",
    "(null)",
    "(NULL)",
    "<null>",
    "<NULL>",
    "\\N",
    "nan",
    "NaN",
    "<NA>",
    "None",
    "none",
    "nil",
    "N/A",
    "n/a",
    "#N/A",
    "#n/a",
    "undefined",
    "NA",
    "NaT",
    "false",
    "False",
    "FALSE",
    "#NULL!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    NO_RESULT,
];

/// Whether the cell is such a word.
#[inline]
pub fn is_nothing(cell: &str) -> bool {
    // Every cell is asked about, and nearly all of them answer by their length, their first byte and their last.
    let begins_a_word = |byte: &u8| matches!(byte, b'N' | b'n' | b'F' | b'f' | b'u' | b'(' | b'<' | b'#' | b'\\');
    let begins = |byte: &u8| begins_a_word(byte) || matches!(byte, b'-' | 0xe2);
    let ends =
        |byte: &u8| !byte.is_ascii_alphanumeric() || matches!(byte | 0x20, b'l' | b'n' | b'a' | b'e' | b'd' | b't');
    let bytes = cell.as_bytes();
    cell.len() <= 9 && bytes.first().is_some_and(begins) && bytes.last().is_some_and(ends) && is_word_or_dash(cell)
}

/// Whether the cell is one of the words, or a dash of any length and kind.
#[inline(never)]
fn is_word_or_dash(cell: &str) -> bool {
    WORDS.contains(&cell) || !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | '–' | '—'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_programs_are_nothing_and_names_are_not() {
        for cell in [
            "NULL",
            "null",
            "\\N",
            "nan",
            "NaN",
            "None",
            "<NA>",
            "N/A",
            "#N/A",
            "undefined",
            "-",
            "—",
            "false",
            NO_RESULT,
        ] {
            assert!(is_nothing(cell), "{cell}");
        }
        for word in WORDS {
            assert!(is_nothing(word), "{word}");
        }
        for cell in
            ["", "Null", "Nan", "Na", "Mia Null", "none-smoker", "NA-region", "a-b", "no", "0", "true", "falsetto"]
        {
            assert!(!is_nothing(cell), "{cell}");
        }
    }
}
