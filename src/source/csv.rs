//! Records parted by line ends, cells by a delimiter: CSV, TSV and their kin.

use super::error::ErrorKind;
use super::marks::Marks;
use super::split::{Record, RecordEnd, Signs};
use super::text::{Lines, Utf8Buffer};
use super::{MAX_RECORD, RowError};
use crate::row::{Code, Row};

/// How much text is looked at for records that can be read at one go. Of a look, what is not taken is looked at again.
const LOOK: usize = 16 * 1024;

/// A reading of records.
pub(super) struct Csv {
    pub text: Utf8Buffer,
    lines: Lines,
    delimiter: u8,
    record: Record,
}

impl Csv {
    pub fn new(text: Utf8Buffer, delimiter: u8) -> Csv {
        Csv { text, lines: Lines::default(), delimiter, record: Record::default() }
    }

    /// Passes over physical lines.
    pub fn skip_lines(&mut self, count: u64) -> Result<(), ErrorKind> {
        let last = self.lines.line.saturating_add(count);
        loop {
            // One more byte must be there, so that a CR and its LF are not taken apart.
            while self.text.window().len() < 2 && self.text.more()? {}
            if self.lines.line >= last || self.text.window().is_empty() {
                return Ok(());
            }
            let window = self.text.window();
            let taken = match memchr::memchr2(b'\n', b'\r', window) {
                Some(at) if window.get(at..).is_some_and(|rest| rest.starts_with(b"\r\n")) => at + 2,
                Some(at) if at + 1 == window.len() && at > 0 => at,
                Some(at) => at + 1,
                None => window.len(),
            };
            self.lines.pass(window.get(..taken).unwrap_or_default());
            self.text.take(taken);
        }
    }

    /// Reads the next record that is not blank.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        while self.skip_blank()? {
            let line = self.lines.line;
            let found = self.find()?;
            let (RecordEnd::Line(end) | RecordEnd::Lines(end)) = found else { break };
            let bytes = self.text.window().get(..end).unwrap_or_default();
            let (record, blank) = (std::str::from_utf8(bytes), self.record.is_blank(bytes));
            let broken = match record {
                Ok(record) => {
                    self.record.write(record, row);
                    None
                }
                Err(_) => self.record.write_lossy(bytes, row),
            };
            row.location.line = line;
            let taken = pass(&mut self.lines, self.text.window(), found);
            self.text.take(taken);
            if blank {
                continue;
            }
            let Some(column) = broken else { return Ok(true) };
            return Err(RowError::Reject {
                line,
                code: Code::RowEncoding,
                column: u32::try_from(column).ok(),
                detail: String::new(),
            });
        }
        row.clear();
        Ok(false)
    }

    /// Reads records that lie there whole into the first of the rows, and says into how many. What wants a closer look
    /// is left to `next`, so none does not mean that there is none.
    pub fn read_batch(&mut self, rows: &mut [Row]) -> usize {
        let window = self.text.window();
        let look = window.get(..LOOK.min(window.len())).unwrap_or_default();
        let whole = memchr::memrchr(b'\n', look).map_or(0, |end| end + 1);
        // The check is cheap for many bytes and dear for few: one for all records.
        let Ok(text) = simdutf8::basic::from_utf8(look.get(..whole).unwrap_or_default()) else { return 0 };
        let (mut at, mut lines, mut count) = (0, self.lines, 0);
        let mut signs = Marks::new(text.as_bytes(), Signs { delimiter: self.delimiter });
        for row in rows {
            let record = loop {
                let blank = blank(text.as_bytes().get(at..).unwrap_or_default());
                if !blank.is_empty() {
                    lines.pass(blank);
                    at += blank.len();
                }
                let found = self.record.find_from(&mut signs, at, self.delimiter, false);
                let (RecordEnd::Line(end) | RecordEnd::Lines(end)) = found else { break None };
                let (begin, line) = (at, lines.line);
                let rest = text.as_bytes().get(begin..).unwrap_or_default();
                at += pass(&mut lines, rest, found);
                if !self.record.is_blank(rest) {
                    break text.get(begin..begin + end).map(|record| (record, line));
                }
            };
            let Some((record, line)) = record else { break };
            self.record.write(record, row);
            row.location.line = line;
            count += 1;
        }
        self.lines = lines;
        self.text.take(at);
        count
    }

    /// Passes over empty lines; false at the end.
    fn skip_blank(&mut self) -> Result<bool, ErrorKind> {
        loop {
            let window = self.text.window();
            let blank = blank(window);
            let (count, found) = (blank.len(), blank.len() < window.len());
            self.lines.pass(blank);
            self.text.take(count);
            if found || !self.text.more()? {
                return Ok(found);
            }
        }
    }

    /// Finds the end of the record that begins here.
    fn find(&mut self) -> Result<RecordEnd, ErrorKind> {
        let line = self.lines.line;
        let mut whole = false;
        loop {
            let window = self.text.window();
            let found = self.record.find(window, self.delimiter, whole);
            match found {
                RecordEnd::Line(end) | RecordEnd::Lines(end) if end <= MAX_RECORD => return Ok(found),
                RecordEnd::TooWide => return Err(ErrorKind::TooManyColumns { line }),
                RecordEnd::Open if window.len() <= MAX_RECORD && !whole => whole = !self.text.more()?,
                RecordEnd::Line(_) | RecordEnd::Lines(_) | RecordEnd::Open => {
                    let lines = memchr::memchr2(b'\n', b'\r', window.get(..MAX_RECORD).unwrap_or(window));
                    let unclosed = found == RecordEnd::Open && whole || lines.is_some();
                    return Err(if unclosed {
                        ErrorKind::UnclosedQuote { line }
                    } else {
                        ErrorKind::RowTooLong { line }
                    });
                }
            }
        }
    }
}

/// The line ends that a text begins with.
#[inline]
fn blank(text: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    match text.first().is_some_and(is_end) {
        false => &[],
        true => text.get(..text.iter().take_while(|byte| is_end(byte)).count()).unwrap_or_default(),
    }
}

/// Passes over a record and its line end, and says how long they are together.
#[inline]
fn pass(lines: &mut Lines, text: &[u8], found: RecordEnd) -> usize {
    let (RecordEnd::Line(end) | RecordEnd::Lines(end)) = found else { return 0 };
    let length = match (text.get(end), text.get(end + 1)) {
        (Some(b'\r'), Some(b'\n')) => end + 2,
        (Some(b'\n'), _) if matches!(found, RecordEnd::Line(_)) => {
            lines.end(false);
            return end + 1;
        }
        (Some(_), _) => end + 1,
        (None, _) => end,
    };
    match found {
        RecordEnd::Line(_) if length > end => lines.end(length == end + 1 && text.get(end) == Some(&b'\r')),
        _ => lines.pass(text.get(..length).unwrap_or_default()),
    }
    length
}

/// The records of a piece of text with the lines they begin on; a last one that has no end is left out.
pub(super) fn records(text: &[u8], delimiter: u8, whole: bool, most: usize) -> Vec<Row> {
    let mut csv = Csv::new(Utf8Buffer::of(text), delimiter);
    let mut records = Vec::new();
    let mut row = Row::default();
    while records.len() < most {
        match csv.next(&mut row) {
            Ok(true) | Err(RowError::Reject { .. }) => records.push(row.clone()),
            Ok(false) => break,
            Err(RowError::Fatal(_)) => return records,
        }
    }
    if !whole && records.len() < most && records.len() > 1 {
        records.pop();
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut csv = Csv::new(Utf8Buffer::of(text.as_bytes()), b',');
        let mut row = Row::default();
        let mut read = Vec::new();
        while csv.next(&mut row).unwrap() {
            read.push((row.location.line, row.cells().map(str::to_owned).collect()));
        }
        read
    }

    fn lines(text: &str) -> Vec<u64> {
        read(text).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn records_begin_where_an_editor_shows_them() {
        assert_eq!(lines("a,b\nc,d\n"), [1, 2]);
        assert_eq!(lines("a,b\r\nc,d"), [1, 2]);
        assert_eq!(lines("a,b\rc,d\r"), [1, 2]);
        assert_eq!(lines("\n\na,b\n\n\nc,d\n"), [3, 6]);
        assert_eq!(lines("a,\"b\nb\"\nc,d\n"), [1, 3]);
        assert_eq!(lines("a,\"b\r\nb\"\r\n\r\nc,d\n"), [1, 4]);
        assert_eq!(lines("a,\"b\rb\"\rc,d\r"), [1, 3]);
        assert_eq!(lines("a\n,,\n \t\nb\n\u{1a}"), [1, 4]);
    }

    #[test]
    fn cells_are_what_was_meant() {
        let cells = |text| read(text).into_iter().map(|(_, cells)| cells.join("|")).collect::<Vec<_>>();
        assert_eq!(cells("a,\"b \"\"c\"\", d\",e"), ["a|b \"c\", d|e"]);
        assert_eq!(cells("a,5\" screen,b"), ["a|5\" screen|b"]);
        assert_eq!(cells("a,b,\n"), ["a|b|"]);
    }

    #[test]
    fn skipping_lines_stops_at_a_line_begin() {
        for (text, first) in [("x\ny\na\n", "a"), ("x\r\ny\r\na", "a"), ("x\ry\ra", "a"), ("x\n", "")] {
            let mut csv = Csv::new(Utf8Buffer::of(text.as_bytes()), b',');
            csv.skip_lines(2).unwrap();
            let mut row = Row::default();
            let _ = csv.next(&mut row).unwrap();
            assert_eq!(row.cell(0), first, "{text:?}");
        }
    }

    #[test]
    fn what_has_no_end_is_named_by_its_beginning() {
        let broken = |text: &str| {
            let mut csv = Csv::new(Utf8Buffer::of(text.as_bytes()), b',');
            let mut row = Row::default();
            loop {
                match csv.next(&mut row) {
                    Ok(true) => {}
                    Err(RowError::Fatal(error)) => return error.to_string(),
                    other => panic!("{other:?}"),
                }
            }
        };
        assert_eq!(broken("a\n\"b\nc\n"), ErrorKind::UnclosedQuote { line: 2 }.to_string());
        assert_eq!(broken(&format!("a\n{}", "x".repeat(5 << 20))), ErrorKind::RowTooLong { line: 2 }.to_string());
        assert_eq!(
            broken(&format!("a\n\"{}", "x\n".repeat(5 << 20))),
            ErrorKind::UnclosedQuote { line: 2 }.to_string()
        );
        assert_eq!(broken(&format!("a\n{}", ",".repeat(17_000))), ErrorKind::TooManyColumns { line: 2 }.to_string());
    }

    #[test]
    fn a_broken_byte_costs_one_record() {
        let mut csv = Csv::new(Utf8Buffer::of(b"a,b\nc,\xff\nd,e\n"), b',');
        let mut row = Row::default();
        assert!(csv.next(&mut row).unwrap());
        let fault = csv.next(&mut row).unwrap_err();
        assert!(
            matches!(fault, RowError::Reject { line: 2, code: Code::RowEncoding, column: Some(1), .. }),
            "{fault:?}"
        );
        assert_eq!(row.cell(1), "\u{fffd}");
        assert!(csv.next(&mut row).unwrap());
    }

    proptest::proptest! {
        #[test]
        fn records_at_one_go_are_those_one_by_one(text in r#"[ab",\n\r \u{e9}]{0,60}"#, at_a_time in 1usize..5) {
            let records = |some: bool| {
                let mut csv = Csv::new(Utf8Buffer::of(text.as_bytes()), b',');
                let mut read = Vec::new();
                let mut rows = vec![Row::default(); at_a_time];
                loop {
                    let count = if some { csv.read_batch(&mut rows) } else { 0 };
                    let count = match count {
                        0 => match csv.next(&mut rows[0]) {
                            Ok(true) => 1,
                            Ok(false) => return (read, None),
                            Err(RowError::Fatal(error)) => return (read, Some(error.to_string())),
                            Err(RowError::Reject { .. }) => unreachable!("all of it is text"),
                        },
                        count => count,
                    };
                    for row in &rows[..count] {
                        read.push((row.location.line, row.cells().map(str::to_owned).collect::<Vec<_>>()));
                    }
                }
            };
            proptest::prop_assert_eq!(records(true), records(false));
        }
    }
}
