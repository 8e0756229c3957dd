//! Words by which programs write that a cell is empty.

/// What stands for a formula whose result is not in the file; a spreadsheet's error by its form.
pub const NO_RESULT: &str = "#FORMULA!";

/// Whether the cell is such a word, spelled as programs spell it: people may be called Null, Na or Nan.
pub fn is_nothing(cell: &str) -> bool {
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
    // A dash of any length and kind.
    let is_dash = || !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | '–' | '—'));
    cell.len() <= 9 && (WORDS.contains(&cell) || is_dash())
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
        for cell in
            ["", "Null", "Nan", "Na", "Mia Null", "none-smoker", "NA-region", "a-b", "no", "0", "true", "falsetto"]
        {
            assert!(!is_nothing(cell), "{cell}");
        }
    }
}
