//! The values of cells as text.

/// What stands in a cell whose formula has no stored result; a spreadsheet's error by its form.
pub(super) const NO_RESULT: &str = "#FORMULA!";

/// A number as text. A spreadsheet keeps fifteen digits: what is longer has lost some, and says so.
pub(super) fn number(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:E}") }
}

/// Whether the result of a formula is not in the file: it is empty, or the 0 that some programs write in place of a text
/// that they have not worked out.
pub(super) fn has_no_result(formula: &str, result: &str) -> bool {
    result.is_empty() || result == "0" && gives_text(formula)
}

/// Whether a formula joins texts, or is a reference, whose result is never 0 where a phone or a name is wanted.
fn gives_text(formula: &str) -> bool {
    const FUNCTIONS: [&str; 13] = [
        "CONCATENATE",
        "CONCAT",
        "TEXTJOIN",
        "TEXT",
        "SUBSTITUTE",
        "REPLACE",
        "TRIM",
        "CLEAN",
        "LEFT",
        "RIGHT",
        "MID",
        "PROPER",
        "T",
    ];
    let formula = formula.trim_start_matches("of:").trim_start_matches("oooc:").trim_start_matches('=').trim();
    let name = formula.split('(').next().unwrap_or_default().trim_start_matches('+');
    let name = name.strip_prefix("_xlfn.").unwrap_or(name);
    formula.contains('&') || formula.contains('(') && FUNCTIONS.iter().any(|text| name.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_without_its_result_is_told_from_one_that_gives_0() {
        let table = [
            (r#"="+"&B2&C2"#, "", true),
            (r#"="+"&B2&C2"#, "0", true),
            (r#"of:="+"&[.B2]&[.C2]"#, "0", true),
            ("CONCATENATE(B2,C2)", "0", true),
            ("=_xlfn.CONCAT(B2,C2)", "0", true),
            ("=SUM(B2:B9)", "", true),
            ("=SUM(B2:B9)", "0", false),
            ("=B2*1", "0", false),
            (r#"="+"&B2&C2"#, "+12025550123", false),
        ];
        for (formula, result, expected) in table {
            assert_eq!(has_no_result(formula, result), expected, "{formula} {result}");
        }
    }
}
