//! The values of cells as text.

use super::number_format::CellFormat;
use crate::row::NO_RESULT;

/// The 0 that a formula is stored with, until it is known under which title: some programs write it in
/// place of a result that they have not worked out, and no number of a phone is 0.
pub(super) const FORMULA_ZERO: &str = "#FORMULA!0";

/// A number as a person sees it: with what its format adds, or as a date by ISO 8601.
pub(super) fn shown(value: f64, format: Option<&CellFormat>, is_1904: bool) -> String {
    match format {
        Some(CellFormat::Number(format)) => format.shown(value).unwrap_or_else(|| number(value)),
        Some(CellFormat::Date) => date(value, is_1904).unwrap_or_else(|| number(value)),
        Some(CellFormat::Plain) | None => number(value),
    }
}

/// A day as a spreadsheet counts them, and the time in its fraction; None beyond the year 9999.
fn date(serial: f64, is_1904: bool) -> Option<String> {
    // 9999-12-31.
    const LAST: f64 = 2_958_465.0;
    if !(0.0..LAST + 1.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as i64;
    let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if serial < 1.0 {
        return Some(time);
    }
    let first = match (is_1904, days) {
        (true, _) => jiff::civil::date(1904, 1, 1),
        // The spreadsheet believes that there was a February 29th in 1900.
        (false, ..60) => jiff::civil::date(1899, 12, 31),
        (false, _) => jiff::civil::date(1899, 12, 30),
    };
    let date = first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some(if seconds == 0 { date.to_string() } else { format!("{date}T{time}") })
}

/// A number as text. A spreadsheet keeps fifteen digits: what is longer has lost some, and says so.
pub(super) fn number(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:E}") }
}

/// What the cell of a formula says instead of its result, where that is not in the file, or may not be: there is none, or
/// the 0 that some programs write in place of what they have not worked out.
pub(super) fn instead_of(formula: &str, result: Option<&str>) -> Option<&'static str> {
    match result {
        None => Some(NO_RESULT),
        Some("0") if gives_text(formula) => Some(NO_RESULT),
        Some("0") => Some(FORMULA_ZERO),
        Some(_) => None,
    }
}

/// Whether a formula joins texts, or begins with a function that gives one, so that 0 is no result of it.
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
    fn numbers_are_shown_as_their_formats_show_them() {
        let shown = |value, code| super::shown(value, Some(&CellFormat::of_code(code)), false);
        let table = [
            (12_025_550_123.0, "\"+\"0", "+12025550123"),
            (12_025_550_123.0, "General", "12025550123"),
            (45_000.0, "yyyy-mm-dd", "2023-03-15"),
            (45_000.75, "d/m/yy h:mm", "2023-03-15T18:00:00"),
            (0.5, "h:mm", "12:00:00"),
            (59.0, "d.m.yyyy", "1900-02-28"),
            (61.0, "d.m.yyyy", "1900-03-01"),
            (2_958_465.0, "d.m.yyyy", "9999-12-31"),
            (919_876_543_210.0, "d.m.yyyy", "919876543210"),
            (1.25, "[h]:mm", "1.25"),
            (12.5, "0.00", "12.5"),
            (4.9e17, "0", "4.9E17"),
        ];
        for (value, code, expected) in table {
            assert_eq!(shown(value, code), expected, "{value} {code}");
        }
        assert_eq!(super::shown(1.0, Some(&CellFormat::Date), true), "1904-01-02");
    }

    #[test]
    fn a_formula_without_its_result_is_told_from_one_that_gives_0() {
        let (none, zero) = (Some(NO_RESULT), Some(FORMULA_ZERO));
        let table = [
            (r#"="+"&B2&C2"#, None, none),
            (r#"="+"&B2&C2"#, Some(""), None),
            (r#"="+"&B2&C2"#, Some("0"), none),
            (r#"of:="+"&[.B2]&[.C2]"#, Some("0"), none),
            ("CONCATENATE(B2,C2)", Some("0"), none),
            ("=_xlfn.CONCAT(B2,C2)", Some("0"), none),
            ("=SUM(B2:B9)", None, none),
            ("=SUM(B2:B9)", Some("0"), zero),
            ("=B2*1", Some("0"), zero),
            (r#"="+"&B2&C2"#, Some("+12025550123"), None),
        ];
        for (formula, result, expected) in table {
            assert_eq!(instead_of(formula, result), expected, "{formula} {result:?}");
        }
    }
}
