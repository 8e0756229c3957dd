//! A line of `results.csv`: what became of a row.

use std::borrow::Cow;
use std::ops::Range;

use super::rows::ReportContext;
use crate::byte_table::{byte_table, kinds};
use crate::contact::Contact;
use crate::contact::phone::{Digits, Phone};
use crate::outcome::RowStatus;
use crate::reading::Judged;
use crate::row::guard::guard_within;
use crate::row::{Location, Note, Reject, Row};
use crate::terminal::safe;

/// The first line of the file.
pub const HEADER: &[u8] = b"file,record,line,status,code,field,message,prefix,number,name,notes\n";

/// The cells that every line begins with. From one line to the next they nearly always differ by one in two numbers: then
/// only digits are counted up.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// The input, the record within it and the line of the row, and its status; `None` before the first.
    of: Option<(u32, u64, u64, RowStatus)>,
    /// `file,record,line,status,`.
    text: Vec<u8>,
    /// Where the digits of the record and those of the line end in it.
    ends: [usize; 2],
}

impl Beginning {
    /// That of a row of this input; `record` counts within it.
    #[inline]
    pub fn of(&mut self, file: &str, location: Location, record: u64, status: RowStatus) -> &[u8] {
        let Location { input, line, .. } = location;
        let of = Some((input, record, line, status));
        let next = self.of.map(|(input, record, line, status)| (input, record + 1, line + 1, status));
        self.of = of;
        if next != of || !self.ends.iter().all(|end| count_up(self.text.get_mut(..*end).unwrap_or_default())) {
            self.write(file, record, line, status);
        }
        &self.text
    }

    fn write(&mut self, file: &str, record: u64, line: u64, status: RowStatus) {
        self.text.clear();
        guarded(file, &mut self.text);
        for (end, number) in self.ends.iter_mut().zip([record, line]) {
            self.text.push(b',');
            self.text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            *end = self.text.len();
        }
        self.text.push(b',');
        self.text.extend_from_slice(status.as_str().as_bytes());
        self.text.push(b',');
    }
}

/// Adds one to the number at the end of a text; false where it needs another digit.
fn count_up(text: &mut [u8]) -> bool {
    for digit in text.iter_mut().rev() {
        match digit {
            b'0'..=b'8' => {
                *digit += 1;
                return true;
            }
            b'9' => *digit = b'0',
            _ => return false,
        }
    }
    false
}

/// What became of a row, and why.
pub(super) struct ResultLine<'a> {
    pub status: RowStatus,
    pub code: &'static str,
    pub message: Cow<'a, str>,
    field: &'static str,
    number: Option<Digits>,
    notes: String,
}

impl<'a> ResultLine<'a> {
    /// What became of this row.
    pub fn of(context: &'a ReportContext<'_>, row: &Row, judged: &Judged<'_>) -> ResultLine<'a> {
        match judged {
            Judged::Skipped => ResultLine::plain(RowStatus::Skipped),
            Judged::Invalid(reject) => ResultLine::of_reject(reject),
            Judged::Contact(contact) => ResultLine {
                number: Some(contact.phone.split()),
                notes: notes(contact),
                ..ResultLine::of_contact(context, row.location, contact.phone)
            },
        }
    }

    /// What became of a row that cannot be sent.
    pub fn of_reject(reject: &Reject) -> ResultLine<'a> {
        ResultLine {
            code: reject.code.as_str(),
            field: reject.field.as_str(),
            message: Cow::Owned(message(reject)),
            ..ResultLine::plain(RowStatus::Invalid)
        }
    }

    /// What became of a row with this phone, without the cells of the contact.
    pub fn of_contact(context: &'a ReportContext<'_>, location: Location, phone: Phone) -> ResultLine<'a> {
        let record = location.record;
        if let Some(winner) = context.keep.winner(phone).filter(|winner| winner.record != record) {
            return ResultLine::duplicate(context.duplicate(winner, location.input as usize));
        }
        let status = context.statuses.get(record).unwrap_or(RowStatus::NotSent);
        if let Some(assumed) = context.open_rows.filter(|_| status.is_open()) {
            return ResultLine::plain(assumed);
        }
        let line = ResultLine::plain(status);
        match context.statuses.reason(record) {
            Some(failure) => {
                ResultLine { code: failure.cause.as_str(), message: Cow::Borrowed(&failure.message), ..line }
            }
            None if status == RowStatus::NotSent => ResultLine { message: Cow::Borrowed(context.why_not_sent), ..line },
            None => line,
        }
    }

    /// A row that is not sent because another one is.
    pub fn duplicate(message: String) -> ResultLine<'a> {
        ResultLine {
            code: "row.duplicate",
            field: "phone",
            message: Cow::Owned(message),
            ..ResultLine::plain(RowStatus::Duplicate)
        }
    }

    /// A row of which there is nothing but its status.
    pub fn plain(status: RowStatus) -> ResultLine<'a> {
        ResultLine { status, code: "", message: Cow::Borrowed(""), field: "", number: None, notes: String::new() }
    }

    /// Adds the line to `out`, line end and all. `beginning` is that of the row.
    pub fn write(&self, beginning: &[u8], name: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(beginning);
        self.write_reason(out);
        write_contact(self.number, name, &self.notes, out);
    }

    /// The same of a contact of which the cells around status and reason are written already.
    pub fn write_between(&self, before: &[u8], behind: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(before);
        out.extend_from_slice(self.status.as_str().as_bytes());
        out.push(b',');
        self.write_reason(out);
        out.extend_from_slice(behind);
    }

    fn write_reason(&self, out: &mut Vec<u8>) {
        for word in [self.code, self.field] {
            out.extend_from_slice(word.as_bytes());
            out.push(b',');
        }
        guarded(&self.message, out);
    }
}

/// Adds the line of a row about which there is nothing more to say than its status, and says which of its bytes are status and
/// reason.
pub(super) fn write_plain(
    beginning: &[u8],
    status: RowStatus,
    name: &str,
    contact: Option<&Contact<'_>>,
    out: &mut Vec<u8>,
) -> Range<usize> {
    let start = out.len() + beginning.len() - status.as_str().len() - 1;
    out.extend_from_slice(beginning);
    out.extend_from_slice(b",,");
    let end = out.len();
    let notes = contact.map_or_else(String::new, notes);
    write_contact(contact.map(|contact| contact.phone.split()), name, &notes, out);
    start..end
}

/// The cells behind the message.
#[inline]
fn write_contact(number: Option<Digits>, name: &str, notes: &str, out: &mut Vec<u8>) {
    match number {
        Some(digits) => {
            out.push(b',');
            digits.write_prefix(out);
            out.push(b',');
            digits.write_number(out);
            out.push(b',');
        }
        None => out.extend_from_slice(b",,,"),
    }
    guarded(name, out);
    out.push(b',');
    if !notes.is_empty() {
        cell(notes, out);
    }
    out.push(b'\n');
}

#[inline]
fn notes(contact: &Contact<'_>) -> String {
    // Most have none.
    if contact.notes.is_empty() { String::new() } else { some_notes(contact) }
}

fn some_notes(contact: &Contact<'_>) -> String {
    let mut notes = String::new();
    for note in contact.notes.iter() {
        if !notes.is_empty() {
            notes.push(';');
        }
        notes.push_str(note.as_str());
        if note == Note::PhoneMultiple && !contact.others.is_empty() {
            let others: Vec<String> = contact.others.iter().map(ToString::to_string).collect();
            notes.push_str(&format!("({})", others.join(" ")));
        }
    }
    notes
}

/// The reason in words, with what would be right; without the cell's own value.
pub fn message(reject: &Reject) -> String {
    let mut text = reject.code.description().to_owned();
    if !reject.detail.is_empty() {
        text.push_str(": ");
        text.push_str(&reject.detail);
    }
    if !reject.suggestions.is_empty() {
        text.push_str("; perhaps ");
        text.push_str(&reject.suggestions.join(" or "));
    }
    text
}

/// A text from outside as a cell, in quotes where it needs them.
#[inline]
fn guarded(cell: &str, out: &mut Vec<u8>) {
    match is_plain(cell.as_bytes()) {
        true => out.extend_from_slice(cell.as_bytes()),
        false => self::cell(&text(cell), out),
    }
}

/// A text from outside as it stands in a cell: nothing that acts on a terminal which shows the file, and nothing that a
/// spreadsheet would run.
fn text(cell: &str) -> Cow<'_, str> {
    if acts_on_terminals(cell) { Cow::Owned(guard_within(&safe(cell)).into_owned()) } else { guard_within(cell) }
}

/// Whether a text begins with a letter or digit and has neither quotes, nor a place where another cell may begin, nor control
/// characters and marks of direction: it stands in a cell as it is. Most do, and their bytes say it: visible ASCII, and
/// leading bytes under which nothing of that kind stands (not U+0080 to U+00BF, U+2000 to U+2FFF and U+F000 to U+FFFF).
fn is_plain(text: &[u8]) -> bool {
    static BYTES: [u8; 256] = byte_table! {
        b';' | b',' | b'|' | b'"' => 1,
        0x20..=0x7e | 0x80..=0xbf | 0xc3..=0xe1 | 0xe3..=0xee | 0xf0..=0xf4 => 0,
        _ => 1,
    };
    let begins_plainly = |first: &u8| first.is_ascii_alphanumeric() || *first >= 0xc3;
    text.first().is_none_or(begins_plainly) && kinds(text, &BYTES) == 0
}

/// Whether a text holds control characters, or marks that turn the direction of what stands beside it.
fn acts_on_terminals(text: &str) -> bool {
    text.chars().any(|c| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// A cell of a table with commas, in quotes where it needs them (RFC 4180).
fn cell(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    let mut rest = bytes;
    while let Some((before, after)) = memchr::memchr(b'"', rest).and_then(|at| rest.split_at_checked(at + 1)) {
        out.extend_from_slice(before);
        out.push(b'"');
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_in_the_file_acts_on_a_terminal_or_a_spreadsheet() {
        for (cell, shown) in [
            ("Jo\u{1b}[2J", r"Jo\u{1b}[2J"),
            ("\u{202e}gnp.csv", r"\u{202e}gnp.csv"),
            ("a\u{9b}31m", r"a\u{9b}31m"),
            ("Jo;=1+1;x", "Jo;'=1+1;x"),
            ("👩\u{200d}🚀 Åsa", "👩\u{200d}🚀 Åsa"),
        ] {
            assert_eq!(text(cell), shown);
            assert!(!is_plain(cell.as_bytes()), "{cell}");
        }
    }

    #[test]
    fn lines_begin_with_the_numbers_of_their_rows() {
        let mut beginning = Beginning::default();
        let (unchanged, skipped) = (RowStatus::Unchanged, RowStatus::Skipped);
        for (input, record, line, status, text) in [
            (0, 8, 9, unchanged, "a;b,8,9,unchanged,"),
            (0, 9, 10, unchanged, "a;b,9,10,unchanged,"),
            (0, 10, 11, unchanged, "a;b,10,11,unchanged,"),
            (0, 11, 13, unchanged, "a;b,11,13,unchanged,"),
            (0, 12, 14, skipped, "a;b,12,14,skipped,"),
            (0, 13, 15, skipped, "a;b,13,15,skipped,"),
            (0, 15, 16, skipped, "a;b,15,16,skipped,"),
            (0, 999, 1_099, skipped, "a;b,999,1099,skipped,"),
            (0, 1_000, 1_100, skipped, "a;b,1000,1100,skipped,"),
            (1, 1_001, 1_101, skipped, "9,1001,1101,skipped,"),
            (1, 1_002, 1_102, skipped, "9,1002,1102,skipped,"),
        ] {
            let location = Location { input, record: 7, line };
            let written = beginning.of(["a;b", "9"][input as usize], location, record, status);
            assert_eq!(str::from_utf8(written), Ok(text));
        }
    }

    #[test]
    fn what_is_plain_is_written_as_it_is() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            for text in [format!("{c}"), format!("a{c}=b"), format!("a {c}")] {
                if is_plain(text.as_bytes()) {
                    let mut written = Vec::new();
                    cell(&self::text(&text), &mut written);
                    assert_eq!(written, text.as_bytes(), "{c:?}");
                }
            }
        }
        assert!(["", "a", "Åsa", "李 明", "Ольга", "प्रिया", "🚀"].iter().all(|name| is_plain(name.as_bytes())));
    }

    proptest! {
        #[test]
        fn what_is_plain_stays_as_it_is(cell in r#"[a1 =+@;,|\t'"\u{e9}\u{202e}-]{0,6}"#) {
            if is_plain(cell.as_bytes()) {
                prop_assert!(!acts_on_terminals(&cell) && guard_within(&cell) == cell);
            }
        }

        #[test]
        fn cells_are_written_as_the_csv_package_writes_them(text in r#"[a,"; \n\r'\u{e9}]{0,12}"#) {
            let mut theirs = csv::Writer::from_writer(Vec::new());
            theirs.write_record(["x", &text]).unwrap();
            let mut ours = b"x,".to_vec();
            cell(&text, &mut ours);
            ours.push(b'\n');
            prop_assert_eq!(String::from_utf8(ours), String::from_utf8(theirs.into_inner().unwrap()));
        }
    }
}
