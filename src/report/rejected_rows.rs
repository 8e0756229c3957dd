//! Single rows that were not imported, as far as they are shown: as many as a page bears, with masked values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::row::{masked, masked_within};

/// How cell values appear where people look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Values {
    /// So that the row is recognised and the person is not.
    #[default]
    Masked,
    /// As they stand in the file (`--show-values`).
    Shown,
}

impl Values {
    /// A cell.
    pub fn cell(self, value: &str) -> Cow<'_, str> {
        match self {
            Values::Masked => Cow::Owned(masked(value)),
            Values::Shown => Cow::Borrowed(value),
        }
    }

    /// A sentence, ours or the server's, that may quote a cell: numbers of 7 digits or more and addresses are masked.
    pub fn sentence(self, text: &str) -> Cow<'_, str> {
        match self {
            Values::Masked => masked_within(text),
            Values::Shown => Cow::Borrowed(text),
        }
    }
}

/// A row that were not imported, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    /// The file's name.
    pub file: String,
    /// The line an editor shows.
    pub line: u64,
    /// The column it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The reason's stable name.
    pub code: String,
    /// The reason in words.
    pub message: String,
    /// The cell; masked unless asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
}

impl RejectedRow {
    /// Where it stands: `contacts.csv:118, column "Phone"`.
    pub fn place(&self) -> String {
        match &self.column {
            Some(column) => format!("{}:{}, column \"{column}\"", self.file, self.line),
            None => format!("{}:{}", self.file, self.line),
        }
    }
}

/// The most rows that are kept to be shown one by one.
const ROWS: usize = 2_000;
/// The most text of them in bytes: keeps a page under 2 MB even if every character has to be escaped.
const BYTES: usize = 200_000;
/// The most of one message in bytes; server messages can be longer.
const MESSAGE: usize = 200;
/// How many places are named for each reason.
const PLACES: usize = 10;

/// Rows that were not imported: the first of them, and of each reason the first places.
#[derive(Debug, Default)]
pub struct RejectedRows {
    /// How values appear.
    values: Values,
    rows: Vec<RejectedRow>,
    bytes: usize,
    total: u64,
    places: BTreeMap<String, Vec<(String, u64)>>,
}

impl RejectedRows {
    /// None yet.
    pub fn new(values: Values) -> Self {
        RejectedRows { values, ..RejectedRows::default() }
    }

    /// Adds a row in the order of the input. It is counted in any case, and kept up to a limit.
    pub fn add(&mut self, case: RejectedRow) {
        self.total += 1;
        let places = self.places.entry(case.code.clone()).or_default();
        if places.len() < PLACES {
            places.push((case.file.clone(), case.line));
        }
        if self.rows.len() >= ROWS || self.bytes >= BYTES {
            return;
        }
        let case = RejectedRow {
            value: short(&self.values.cell(&case.value)),
            message: short(&self.values.sentence(&case.message)),
            column: case.column.map(|column| short(&column)),
            ..case
        };
        let column = case.column.as_ref().map_or(0, String::len);
        self.bytes += case.file.len() + case.code.len() + case.message.len() + case.value.len() + column;
        self.rows.push(case);
    }

    /// Those that were kept, in the order of the input.
    pub fn rows(&self) -> &[RejectedRow] {
        &self.rows
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// File and line of the first rows with this reason.
    pub fn places(&self, code: &str) -> &[(String, u64)] {
        self.places.get(code).map_or(&[], Vec::as_slice)
    }
}

fn short(text: &str) -> String {
    if text.len() <= MESSAGE {
        return text.to_owned();
    }
    let mut end = MESSAGE;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text.get(..end).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(line: u64, message: &str, value: &str) -> RejectedRow {
        RejectedRow {
            file: "a.csv".to_owned(),
            line,
            column: Some("Phone".to_owned()),
            code: "phone.invalid".to_owned(),
            message: message.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn sentences_lose_numbers_and_addresses() {
        let cases = [
            ("no phone number", "no phone number"),
            ("perhaps +919876543210 or +4915112345678", "perhaps +91•••3210 or +49•••5678"),
            ("number 98765 43210 is wrong", "number 98•••3210 is wrong"),
            ("x9876543210y", "x98•••3210y"),
            ("email \"jane@example.com\" is taken", "email \"j•••@example.com\" is taken"),
            ("jane27@example.com, line 12", "j•••@example.com, line 12"),
            ("12345678@example.com", "1•••@example.com"),
            ("3 digits for 10 expected, line 118", "3 digits for 10 expected, line 118"),
            ("ü 1234567", "ü •••"),
            ("@", "•••@"),
        ];
        for (text, expected) in cases {
            assert_eq!(Values::Masked.sentence(text), expected, "{text:?}");
            assert_eq!(Values::Shown.sentence(text), text);
        }
    }

    #[test]
    fn rows_are_kept_up_to_a_limit() {
        let mut rejected = RejectedRows::new(Values::Masked);
        for line in 1..=100_000 {
            rejected.add(case(line, "no such range", "+919876543210"));
        }
        assert_eq!(rejected.total(), 100_000);
        assert_eq!(rejected.rows().len(), ROWS);
        assert_eq!(rejected.rows()[0].value, "+91•••3210");
        assert_eq!(rejected.places("phone.invalid").len(), PLACES);
        assert_eq!(rejected.places("phone.missing"), []);
    }

    #[test]
    fn long_texts_are_cut_and_bounded() {
        let mut rejected = RejectedRows::new(Values::Shown);
        for line in 1..=ROWS as u64 {
            rejected.add(case(line, &"ü".repeat(10_000), &"<".repeat(10_000)));
        }
        let bytes: usize = rejected.rows().iter().map(|row| row.message.len() + row.value.len()).sum();
        assert!(bytes < BYTES + 1_000, "{bytes}");
    }

    #[test]
    fn places_name_what_an_editor_shows() {
        assert_eq!(case(118, "", "").place(), "a.csv:118, column \"Phone\"");
        assert_eq!(RejectedRow { column: None, ..case(3, "", "") }.place(), "a.csv:3");
    }
}
