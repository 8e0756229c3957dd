//! A record as it was read: its cells, its location, and the fields that a cell can be.
//!
//! Nothing here knows file formats or contacts; the modules above exchange these types.

pub mod guard;
mod mask;
mod nothing;
mod reject;

use std::fmt;

use serde::Serialize;

pub use mask::{masked, masked_within};
pub use nothing::{NO_RESULT, is_nothing};
pub use reject::{Code, Note, Notes, Reject};

/// Where a record stands in the inputs of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Location {
    /// Which input of the job, from 0.
    pub input: u32,
    /// Its number among the records of the whole job, from 1; records of several inputs count on.
    pub record: u64,
    /// The line an editor would show where the record begins (from 1), the sheet's row, or the line of
    /// `BEGIN:VCARD`.
    pub line: u64,
}

/// Ends each element of a cell that holds a list, such as a JSON array of tags.
///
/// A cell with this character is a list whatever else it holds: an element may then contain commas.
pub const LIST_END: char = '\u{1f}';

/// A record as it was read: its cells by column, not yet validated. The buffer is reused for the next record.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Where it stands.
    pub location: Location,
    /// The record's bytes as they stand in the input, for formats whose cells do not hold everything (JSON); else empty.
    pub raw: Vec<u8>,
    text: String,
    /// The byte range of each cell in `text`.
    cells: Vec<(u32, u32)>,
    /// Where in `text` the cell begins that is being written.
    begun: u32,
}

impl Row {
    /// Empties the row for the next record, keeping its memory.
    pub fn clear(&mut self) {
        self.raw.clear();
        self.text.clear();
        self.cells.clear();
        self.begun = 0;
    }

    /// Adds a cell behind the last one.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.close();
    }

    /// The text of the cell that is being written; `close` ends it.
    pub fn open(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the cell that was written through `open`.
    pub fn close(&mut self) {
        let end = self.end();
        self.cells.push((self.begun, end));
        self.begun = end;
    }

    /// Replaces all cells by ranges of `text`.
    pub fn fill(&mut self, text: &str, cells: &[(u32, u32)]) {
        self.text.clear();
        self.text.push_str(text);
        self.cells.clear();
        self.cells.extend_from_slice(cells);
        self.begun = self.end();
    }

    /// The same with the row's own text in exchange, which is then of no use but for its memory.
    pub fn fill_with(&mut self, text: &mut String, cells: &[(u32, u32)]) {
        std::mem::swap(&mut self.text, text);
        self.cells.clear();
        self.cells.extend_from_slice(cells);
        self.begun = self.end();
    }

    /// The text and the ranges of which [`fill`](Row::fill) makes the same cells.
    pub fn parts(&self) -> (&str, &[(u32, u32)]) {
        (&self.text, &self.cells)
    }

    /// Replaces the text of a cell; a column that the row does not have is ignored.
    pub fn replace(&mut self, column: usize, cell: &str) {
        self.text.push_str(cell);
        self.close_in(column);
    }

    /// Ends the cell that was written through `open`, in place of one that is there; a column that the row does not have is
    /// ignored.
    pub fn close_in(&mut self, column: usize) {
        let end = self.end();
        if let Some(place) = self.cells.get_mut(column) {
            *place = (self.begun, end);
        }
        self.begun = end;
    }

    /// A row is at most 4 MiB (`source` sees to it), so its length always fits.
    fn end(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no cell at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell of a column, from 0; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &str {
        let Some(&(begin, end)) = self.cells.get(column) else {
            return "";
        };
        self.text.get(begin as usize..end as usize).unwrap_or("")
    }

    /// The memory its content takes, in bytes.
    pub fn size(&self) -> usize {
        self.text.len() + self.raw.len() + size_of::<(u32, u32)>() * self.cells.len()
    }

    /// Frees the buffers if a record over 4 KiB has enlarged them.
    pub fn shrink(&mut self) {
        const USUAL: usize = 4096;
        let capacity = self.text.capacity() + self.raw.capacity() + size_of::<(u32, u32)>() * self.cells.capacity();
        if capacity > USUAL {
            *self = Row::default();
        }
    }

    /// Whether there is a digit in it, between 0 and 9.
    pub fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.cell(column))
    }
}

/// The text without white space around it. Nearly every cell has none, which its two ends say.
pub fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        [first, .., third, second, last] if begins_visibly(*first) && ends_visibly([*third, *second, *last]) => cell,
        _ => cell.trim(),
    }
}

/// Whether no white space begins with the byte: beyond ASCII it begins with C2 and E1 to E3.
fn begins_visibly(first: u8) -> bool {
    first.is_ascii_graphic() || matches!(first, 0xc3..=0xe0 | 0xe4..)
}

/// Whether no white space ends with the bytes.
fn ends_visibly([third, second, last]: [u8; 3]) -> bool {
    last.is_ascii_graphic() || last >= 0x80 && second != 0xc2 && !matches!(third, 0xe1..=0xe3)
}

/// A field of a contact, or what else of a row a message can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The full name.
    Name,
    /// The given name.
    FirstName,
    /// The family name.
    LastName,
    /// The phone number.
    Phone,
    /// An area code that is put before the digits of the phone number.
    Area,
    /// The calling code in a column of its own.
    Prefix,
    /// The country of a number that does not name it.
    Region,
    /// The e-mail address.
    Email,
    /// Tags, labels, groups.
    Tags,
    /// An attribute.
    #[serde(rename = "attr")]
    Attribute,
    /// The row as a whole.
    Row,
}

impl Field {
    /// The fields that a column can be mapped to, in the order of reports. Everything that goes through the fields
    /// one by one goes through this list; attributes, of which there may be any number, come behind it.
    pub const ALL: [Field; 9] = [
        Field::Name,
        Field::FirstName,
        Field::LastName,
        Field::Phone,
        Field::Area,
        Field::Prefix,
        Field::Region,
        Field::Email,
        Field::Tags,
    ];

    /// The name used in options, reports and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::FirstName => "first_name",
            Field::LastName => "last_name",
            Field::Phone => "phone",
            Field::Area => "area",
            Field::Prefix => "prefix",
            Field::Region => "region",
            Field::Email => "email",
            Field::Tags => "tags",
            Field::Attribute => "attr",
            Field::Row => "row",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_is_taken_off() {
        for text in ["", "a", " ", "ab", " a", "a ", "\u{a0}a b\u{3000}", "é", "aé", "a\t", "\u{7f}a", "a\u{85}"] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
        for c in (0..=u32::from(u16::MAX)).filter_map(char::from_u32) {
            for text in
                [format!("{c}{c}{c}{c}"), format!("xyz{c}"), format!("{c}xyz"), format!("é{c}é"), format!("é€{c}")]
            {
                assert_eq!(trimmed(&text), text.trim(), "{text:?}");
            }
        }
    }

    #[test]
    fn cells_come_back_as_they_went_in() {
        let mut row = Row::default();
        for cell in ["a", "", "ü,b", ""] {
            row.push(cell);
        }
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "", "ü,b", ""]);
        assert_eq!(row.cell(9), "");
        row.clear();
        row.open().push_str("again");
        row.close();
        assert_eq!(row.cells().collect::<Vec<_>>(), ["again"]);
        row.fill("a;\"b\"\"c\";d", &[(0, 1), (3, 7), (9, 10)]);
        row.replace(1, "b\"c");
        row.push("e");
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "b\"c", "d", "e"]);
    }
}
