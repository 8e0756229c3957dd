//! Numbers whose area code stands in a column of its own.

use std::borrow::Cow;

use crate::row::is_nothing;

/// Local numbers have so many digits at most; they may be whole numbers of some countries.
const LONGEST_LOCAL: usize = 9;
/// So many digits are never read without their area code.
const ALWAYS_LOCAL: usize = 8;

/// A cell beside an area code, as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parts<'r> {
    /// The number as it stands.
    Whole(&'r str),
    /// The area code and the number; the number as it stands only where `whole` has it and the two are none.
    Joined {
        /// Both together.
        number: String,
        /// The cell, if it may be whole.
        whole: Option<&'r str>,
    },
    /// A local number without its area code.
    AreaMissing,
}

/// Puts the area code in front of the number of a cell, unless that has a `+`, a 0 in front or too many digits to be
/// local.
pub(super) fn parts<'r>(area: &str, cell: &'r str) -> Parts<'r> {
    let number = cell.trim();
    // An extension has digits of its own.
    let main = number.split(char::is_alphabetic).next().unwrap_or_default();
    let main = main.strip_suffix(".0").unwrap_or(main);
    let digits = count(main);
    let is_whole = number.contains(['+', '＋']) || main.trim_start_matches(['(', ' ']).starts_with('0');
    if is_whole || digits == 0 || digits > LONGEST_LOCAL {
        return Parts::Whole(cell);
    }
    let may_be_whole = (digits > ALWAYS_LOCAL).then_some(cell);
    let area = code(area);
    match (area.is_empty(), may_be_whole) {
        (false, whole) => Parts::Joined { number: format!("{area} {number}"), whole },
        (true, Some(whole)) => Parts::Whole(whole),
        (true, None) => Parts::AreaMissing,
    }
}

/// The digits of an area code, without the decimal point a spreadsheet gave it; empty where the cell is none.
fn code(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    let is_code = !cell.contains(char::is_alphabetic) && !is_nothing(cell) && (1..=6).contains(&count(cell));
    match is_code {
        true => cell.chars().filter(|c| c.is_numeric()).collect(),
        false => Cow::Borrowed(""),
    }
}

fn count(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_numbers_get_their_area_code() {
        for (area, cell, number) in [
            ("080", "25550101", "080 25550101"),
            ("(202)", "555-0123", "202 555-0123"),
            ("11.0", "5555-0123", "11 5555-0123"),
            ("202", "555-0123 ext. 4567", "202 555-0123 ext. 4567"),
        ] {
            assert_eq!(parts(area, cell), Parts::Joined { number: number.to_owned(), whole: None });
        }
        let either = Parts::Joined { number: "11 987654321".to_owned(), whole: Some("987654321") };
        assert_eq!(parts("11", "987654321"), either);
    }

    #[test]
    fn whole_numbers_stay_and_local_ones_without_area_code_are_none() {
        for cell in ["+1 202 555 0123", "08025550101", "(080) 25550101", "2025550123", "NULL"] {
            assert_eq!(parts("202", cell), Parts::Whole(cell));
        }
        assert_eq!(parts("", "987654321"), Parts::Whole("987654321"));
        for area in ["", "-", "NULL", "Delhi", "1234567"] {
            assert_eq!(parts(area, "555-0123"), Parts::AreaMissing, "{area}");
        }
    }
}
