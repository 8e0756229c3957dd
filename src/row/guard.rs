//! The apostrophe that keeps a spreadsheet from running or rounding a cell of `rejected.csv`, or from running one of
//! `results.csv`.
//!
//! `rejected.csv` is made to be opened in a spreadsheet, corrected and given back, so both ways stand here together:
//! whatever `guard` does, `unguard` undoes.

use std::borrow::Cow;

use super::LIST_END;

/// The cell as it is written into `rejected.csv`.
///
/// ```
/// use m1import::row::guard::guard;
/// assert_eq!(guard("=1+1"), "'=1+1");
/// assert_eq!(guard("919876543210"), "'919876543210");
/// assert_eq!(guard("'+91"), "''+91");
/// assert_eq!(guard("O'Brien"), "O'Brien");
/// ```
pub fn guard(cell: &str) -> Cow<'_, str> {
    let bare = cell.trim_start_matches('\'');
    if is_formula(bare) || would_be_rounded(bare) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// A list as people write it in one cell, where that says the same; else as it is.
///
/// ```
/// use m1import::row::guard::one_cell;
/// assert_eq!(one_cell("vip\u{1f}lead\u{1f}"), "vip, lead");
/// assert_eq!(one_cell("vip, gold"), "vip, gold");
/// ```
pub fn one_cell(cell: &str) -> Cow<'_, str> {
    let Some(list) = cell.strip_suffix(LIST_END) else {
        return Cow::Borrowed(cell);
    };
    // An element that would be parted where it is read again stays in the form that no spreadsheet shows.
    match list.contains([',', ';', '|']) || list.contains(" ::: ") {
        true => Cow::Borrowed(cell),
        false => Cow::Owned(list.split(LIST_END).collect::<Vec<_>>().join(", ")),
    }
}

/// A cell of a table that is only read by people, such as `results.csv`: an apostrophe stands before what a spreadsheet
/// would run, also where the cell would begin if the file were opened with another separator than its own. A clean
/// `+digits` phone is left as it is.
///
/// ```
/// use m1import::row::guard::guard_within;
/// assert_eq!(guard_within("=1+1"), "'=1+1");
/// assert_eq!(guard_within("Jo;=1+1|x"), "Jo;'=1+1|x");
/// assert_eq!(guard_within("+4915112345678"), "+4915112345678");
/// ```
pub fn guard_within(cell: &str) -> Cow<'_, str> {
    const SEPARATORS: [char; 4] = [';', ',', '|', '\t'];
    let runs = |part: &str| {
        let bare = part.trim_start_matches(['\'', '"']);
        is_formula(bare) && !is_clean_phone(part.trim_end_matches(SEPARATORS))
    };
    if !cell.split_inclusive(SEPARATORS).any(runs) {
        return Cow::Borrowed(cell);
    }
    let mut guarded = String::with_capacity(cell.len() + 2);
    for part in cell.split_inclusive(SEPARATORS) {
        if runs(part) {
            guarded.push('\'');
        }
        guarded.push_str(part);
    }
    Cow::Owned(guarded)
}

/// Whether a cell is `+` and digits, which a spreadsheet takes for a number and not for a formula.
fn is_clean_phone(cell: &str) -> bool {
    cell.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// The cell as it was before `guard`.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) => {
            let bare = rest.trim_start_matches('\'');
            if is_formula(bare) || would_be_rounded(bare) { rest } else { cell }
        }
        None => cell,
    }
}

/// Whether a spreadsheet would run the cell as a formula: by its first character, full-width forms as well.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Whether a spreadsheet would take the cell for a number and lose its last digits when it is shown and saved.
fn would_be_rounded(cell: &str) -> bool {
    let digits = cell.trim();
    digits.len() >= 12 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_guarded() {
        let table = [
            ("+91", "'+91"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("12345678901", "12345678901"),
            ("123456789012", "'123456789012"),
            ("'123456789012", "''123456789012"),
            ("12345 678901234", "12345 678901234"),
            ("'tis", "'tis"),
            ("'", "'"),
            ("", ""),
        ];
        for (cell, guarded) in table {
            assert_eq!(guard(cell), guarded);
            assert_eq!(unguard(guarded), cell);
        }
    }

    #[test]
    fn what_runs_with_another_separator_is_guarded_too() {
        let table = [
            ("-", "'-"),
            ("'=1", "''=1"),
            ("+1 2", "'+1 2"),
            ("Jo\t=1+1\tx", "Jo\t'=1+1\tx"),
            ("x|=1+1|y", "x|'=1+1|y"),
            ("x,=1+1,y", "x,'=1+1,y"),
            ("x;\"=1+1\";y", "x;'\"=1+1\";y"),
            ("a;+4915112345678;b", "a;+4915112345678;b"),
            ("Müller; Meier, Söhne", "Müller; Meier, Söhne"),
            ("e = mc2", "e = mc2"),
        ];
        for (cell, guarded) in table {
            assert_eq!(guard_within(cell), guarded);
        }
    }

    #[test]
    fn lists_become_what_people_write() {
        let table = [
            ("", ""),
            ("a", "a"),
            ("a\u{1f}", "a"),
            ("a\u{1f}b c\u{1f}", "a, b c"),
            ("a, b\u{1f}c\u{1f}", "a, b\u{1f}c\u{1f}"),
            ("\u{1f}", ""),
        ];
        for (cell, written) in table {
            assert_eq!(one_cell(cell), written);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(cell in r"'{0,3}[=+@\-\t＋]?[0-9 a']{0,16}") {
            let guarded = guard(&cell);
            prop_assert_eq!(unguard(&guarded), &cell);
        }
    }
}
