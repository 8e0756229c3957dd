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
pub fn is_nothing(cell: &str) -> bool {
    // A dash of any length and kind.
    let is_dash = || cell.chars().all(|c| matches!(c, '-' | '–' | '—'));
    // Every cell is asked about, and nearly all of them by their first byte alone.
    match cell.as_bytes().first() {
        Some(b'N' | b'n' | b'F' | b'f' | b'u' | b'(' | b'<' | b'#' | b'\\') => cell.len() <= 9 && WORDS.contains(&cell),
        Some(b'-' | 0xe2) => cell.len() <= 9 && is_dash(),
        _ => false,
    }
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
