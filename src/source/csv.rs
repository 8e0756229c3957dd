//! Records parted by line ends, cells by a delimiter: CSV, TSV and their kin.
//!
//! The parser is csv-core's. Lines are counted here, because the csv package's own count is not an editor's.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::error::Trouble;
use super::text::{Lines, Text};
use super::{Fault, MAX_COLUMNS, MAX_RECORD};
use crate::row::{Code, Row};

/// A reading of records.
pub(super) struct Csv {
    pub text: Text,
    lines: Lines,
    parser: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Csv {
    pub fn new(text: Text, delimiter: u8) -> Csv {
        Csv {
            text,
            lines: Lines::default(),
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            cells: vec![0; 4096],
            ends: vec![0; 64],
        }
    }

    /// Passes over physical lines.
    pub fn skip_lines(&mut self, count: u64) -> Result<(), Trouble> {
        let last = self.lines.line + count;
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
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        loop {
            row.clear();
            if !self.skip_blank()? {
                return Ok(false);
            }
            row.place.line = self.lines.line;
            let (cells, ends) = self.record()?;
            let (cells, ends) =
                (self.cells.get(..cells).unwrap_or_default(), self.ends.get(..ends).unwrap_or_default());
            if cells.iter().all(|&byte| byte == b' ' || byte == b'\t') {
                continue;
            }
            return match std::str::from_utf8(cells) {
                Ok(text) => {
                    row.fill(text, ends.iter().copied());
                    Ok(true)
                }
                Err(error) => {
                    let column = ends.iter().position(|&end| error.valid_up_to() < end);
                    let mut start = 0;
                    for &end in ends {
                        row.push(&String::from_utf8_lossy(cells.get(start..end).unwrap_or_default()));
                        start = end;
                    }
                    Err(Fault::Reject {
                        line: row.place.line,
                        code: Code::RowEncoding,
                        column: column.and_then(|column| u32::try_from(column).ok()),
                        detail: String::new(),
                    })
                }
            };
        }
    }

    /// Passes over empty lines; false at the end.
    fn skip_blank(&mut self) -> Result<bool, Trouble> {
        loop {
            let window = self.text.window();
            let blank = window.iter().take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
            let found = blank < window.len();
            if blank > 0 {
                self.lines.pass(window.get(..blank).unwrap_or_default());
                self.text.take(blank);
            }
            if found || !self.text.more()? {
                return Ok(found);
            }
        }
    }

    /// Reads one record, and says how many bytes and ends of cells it has.
    fn record(&mut self) -> Result<(usize, usize), Trouble> {
        let line = self.lines.line;
        let (mut cells, mut ends, mut taken) = (0, 0, 0);
        let mut ended = false;
        loop {
            // A line end behind the last byte closes every record but one with an open quote.
            let input = if ended { b"\n" } else { self.text.window() };
            let (result, read, wrote, closed) = self.parser.read_record(
                input,
                self.cells.get_mut(cells..).unwrap_or_default(),
                self.ends.get_mut(ends..).unwrap_or_default(),
            );
            cells += wrote;
            ends += closed;
            taken += read;
            if !ended {
                self.lines.pass(input.get(..read).unwrap_or_default());
                self.text.take(read);
            }
            if taken > MAX_RECORD {
                return Err(match self.lines.line > line + 1 {
                    true => Trouble::UnclosedQuote { line },
                    false => Trouble::RowTooLong { line },
                });
            }
            match result {
                ReadRecordResult::OutputFull => self.cells.resize(2 * self.cells.len(), 0),
                ReadRecordResult::OutputEndsFull if ends >= MAX_COLUMNS => {
                    return Err(Trouble::TooManyColumns { line });
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::Record | ReadRecordResult::End => return Ok((cells, ends)),
                ReadRecordResult::InputEmpty if ended => return Err(Trouble::UnclosedQuote { line }),
                ReadRecordResult::InputEmpty => ended = self.text.window().is_empty() && !self.text.more()?,
            }
        }
    }
}

/// The records of a piece of text with the lines they begin on; a last one that has no end is left out.
pub(super) fn records(text: &[u8], delimiter: u8, whole: bool, most: usize) -> Vec<Row> {
    let mut csv = Csv::new(Text::of(text), delimiter);
    let mut records = Vec::new();
    let mut row = Row::default();
    while records.len() < most {
        match csv.next(&mut row) {
            Ok(true) | Err(Fault::Reject { .. }) => records.push(row.clone()),
            Ok(false) => break,
            Err(Fault::Broken(_)) => return records,
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
        let mut csv = Csv::new(Text::of(text.as_bytes()), b',');
        let mut row = Row::default();
        let mut read = Vec::new();
        while csv.next(&mut row).unwrap() {
            read.push((row.place.line, row.cells().map(str::to_owned).collect()));
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
        assert_eq!(lines("a\n,,\n \t\nb"), [1, 3 - 1 + 2]);
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
            let mut csv = Csv::new(Text::of(text.as_bytes()), b',');
            csv.skip_lines(2).unwrap();
            let mut row = Row::default();
            let _ = csv.next(&mut row).unwrap();
            assert_eq!(row.cell(0), first, "{text:?}");
        }
    }

    #[test]
    fn what_has_no_end_is_named_by_its_beginning() {
        let broken = |text: &str| {
            let mut csv = Csv::new(Text::of(text.as_bytes()), b',');
            let mut row = Row::default();
            loop {
                match csv.next(&mut row) {
                    Ok(true) => {}
                    Err(Fault::Broken(error)) => return error.trouble.to_string(),
                    other => panic!("{other:?}"),
                }
            }
        };
        assert_eq!(broken("a\n\"b\nc\n"), Trouble::UnclosedQuote { line: 2 }.to_string());
        assert_eq!(broken(&format!("a\n{}", "x".repeat(5 << 20))), Trouble::RowTooLong { line: 2 }.to_string());
        assert_eq!(broken(&format!("a\n\"{}", "x\n".repeat(5 << 20))), Trouble::UnclosedQuote { line: 2 }.to_string());
        assert_eq!(broken(&format!("a\n{}", ",".repeat(17_000))), Trouble::TooManyColumns { line: 2 }.to_string());
    }

    #[test]
    fn a_broken_byte_costs_one_record() {
        let mut csv = Csv::new(Text::of(b"a,b\nc,\xff\nd,e\n"), b',');
        let mut row = Row::default();
        assert!(csv.next(&mut row).unwrap());
        let fault = csv.next(&mut row).unwrap_err();
        assert!(matches!(fault, Fault::Reject { line: 2, code: Code::RowEncoding, column: Some(1), .. }), "{fault:?}");
        assert_eq!(row.cell(1), "\u{fffd}");
        assert!(csv.next(&mut row).unwrap());
    }
}
