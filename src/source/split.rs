//! Where a record of a table ends, and where in it its cells are.
//!
//! Nothing is copied: a cell is a range of the record. Only what quotes have changed, a doubled quote or text behind a
//! closing one, is written anew. Each byte is looked at once, by its mark.
//!
//! Quotes are read as spreadsheets read them (RFC 4180): one at the begin of a cell opens it, a doubled one within is one
//! quote, what follows the closing one still belongs to the cell, and a quote inside a plain cell is an ordinary
//! character. Blanks before an opening quote are passed over where the cell also closes as a quoted one does.

use memchr::memchr;

use super::MAX_COLUMNS;
use super::marks::{Class, Marks};
use crate::row::Row;

/// The cells of one record; used again for the next.
#[derive(Default)]
pub(super) struct Record {
    /// Where each cell begins and ends.
    cells: Vec<(u32, u32)>,
    /// Quoted cells whose text is not what stands between their quotes.
    odd: Vec<usize>,
}

/// What stands at the begin of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordEnd {
    /// A record of one line; its length without the line end.
    Line(usize),
    /// A record in whose quotes lines end; its length without the last line end.
    Lines(usize),
    /// The begin of a record only; of a text that is whole, one with an open quote.
    Open,
    /// A record of more columns than can be.
    TooWide,
}

impl Record {
    /// Finds the record that `text` begins with. `whole` says that nothing follows the text.
    pub fn find(&mut self, text: &[u8], delimiter: u8, whole: bool) -> RecordEnd {
        self.find_from(&mut Marks::new(text, Signs { delimiter }), 0, delimiter, whole)
    }

    /// The same for the record that begins at a place of a text with its `signs`.
    pub fn find_from(&mut self, signs: &mut Marks<'_, Signs>, start: usize, delimiter: u8, whole: bool) -> RecordEnd {
        self.cells.clear();
        self.odd.clear();
        let text = signs.text();
        let (mut begin, mut has_lines) = (start, false);
        let end = loop {
            let at = signs.from(begin);
            let end = match text.get(at) {
                Some(b'"') => {
                    let Some((end, lines)) = self.quoted(signs, start, begin, at, delimiter) else {
                        return RecordEnd::Open;
                    };
                    has_lines |= lines;
                    end
                }
                sign => {
                    self.add(begin - start, at - start);
                    if sign.is_some_and(|sign| *sign == delimiter) {
                        begin = at + 1;
                        continue;
                    }
                    at
                }
            };
            match text.get(end) {
                Some(b'\n' | b'\r') => break end - start,
                Some(_) => begin = end + 1,
                None if whole => break end - start,
                None => return RecordEnd::Open,
            }
        };
        match self.cells.len() > MAX_COLUMNS {
            true => RecordEnd::TooWide,
            false if has_lines => RecordEnd::Lines(end),
            false => RecordEnd::Line(end),
        }
    }

    /// Adds the cell that begins at a place, whose first sign is a quote. Says where it ends, and whether lines end in it;
    /// nothing where its own quote does not end in the text.
    #[inline(never)]
    fn quoted(
        &mut self,
        signs: &mut Marks<'_, Signs>,
        start: usize,
        begin: usize,
        quote: usize,
        delimiter: u8,
    ) -> Option<(usize, bool)> {
        let text = signs.text();
        if quote > begin && !opens_behind_blanks(text, begin, quote, delimiter) {
            let end = cell_end(signs, quote + 1);
            self.add(begin - start, end - start);
            return Some((end, false));
        }
        let (mut at, mut is_odd, mut has_lines) = (quote + 1, false, false);
        let closing = loop {
            at = signs.from(at);
            match text.get(at)? {
                b'"' if text.get(at + 1) == Some(&b'"') => (at, is_odd) = (at + 2, true),
                b'"' => break at,
                sign => (at, has_lines) = (at + 1, has_lines | (*sign != delimiter)),
            }
        };
        let end = cell_end(signs, closing + 1);
        is_odd |= end > closing + 1;
        if is_odd {
            self.odd.push(self.cells.len());
        }
        self.add(quote + 1 - start, if is_odd { end } else { closing } - start);
        Some((end, has_lines))
    }

    /// Writes the record into a row; `text` is the record itself.
    pub fn write(&self, text: &str, row: &mut Row) {
        row.fill(text, &self.cells);
        for &column in &self.odd {
            let Some(&(begin, end)) = self.cells.get(column) else { continue };
            unquote(text.get(begin as usize..end as usize).unwrap_or_default(), row.open());
            row.close_in(column);
        }
    }

    /// The same for a record that holds bytes that are no text: they are replaced. Says the first such cell, from 0.
    pub fn write_lossy(&self, text: &[u8], row: &mut Row) -> Option<usize> {
        let mut first = None;
        row.clear();
        for (column, &(begin, end)) in self.cells.iter().enumerate() {
            let cell = String::from_utf8_lossy(text.get(begin as usize..end as usize).unwrap_or_default());
            if first.is_none() && matches!(cell, std::borrow::Cow::Owned(_)) {
                first = Some(column);
            }
            match self.odd.binary_search(&column).is_ok() {
                true => unquote(&cell, row.open()),
                false => row.open().push_str(&cell),
            }
            row.close();
        }
        first
    }

    /// Whether every cell of the record is empty or blank. So is what DOS programs end a file with, Ctrl-Z.
    #[inline]
    pub fn is_blank(&self, text: &[u8]) -> bool {
        // Nearly every record says it by its first byte.
        let is_filled = matches!(self.cells.first(), Some((0, 1..)))
            && text.first().is_some_and(|first| !is_blank(first) && *first != b'"');
        !is_filled && self.are_blank(text)
    }

    /// The same, by a look at each cell.
    #[inline(never)]
    fn are_blank(&self, text: &[u8]) -> bool {
        self.cells.iter().enumerate().all(|(column, &(begin, end))| {
            let cell = text.get(begin as usize..end as usize).unwrap_or_default();
            let says_nothing = || {
                let mut text = String::new();
                unquote(&String::from_utf8_lossy(cell), &mut text);
                text.as_bytes().iter().all(is_blank)
            };
            cell.iter().all(is_blank) || self.odd.binary_search(&column).is_ok() && says_nothing()
        })
    }

    // A record is at most 4 MiB long where its ranges are used.
    fn add(&mut self, begin: usize, end: usize) {
        self.cells.push((begin as u32, end as u32));
    }
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x1a)
}

/// The signs that part records and cells.
#[derive(Clone, Copy)]
pub(super) struct Signs {
    pub delimiter: u8,
}

impl Class for Signs {
    fn has(&self, byte: u8) -> bool {
        (byte == self.delimiter) | (byte == b'\n') | (byte == b'\r') | (byte == b'"')
    }
}

/// The first delimiter or line end from a place on; the length of the text where there is none.
fn cell_end(signs: &mut Marks<'_, Signs>, from: usize) -> usize {
    let mut at = signs.from(from);
    while signs.text().get(at) == Some(&b'"') {
        at = signs.from(at + 1);
    }
    at
}

/// Whether the cell that begins at a place is a quoted one: nothing but blanks stands before its quote and behind the closing
/// one, which is on the same line.
fn opens_behind_blanks(text: &[u8], begin: usize, quote: usize, delimiter: u8) -> bool {
    let is_blank = |byte: &u8| *byte == b' ' || (*byte == b'\t' && delimiter != b'\t');
    if !text.get(begin..quote).unwrap_or_default().iter().all(is_blank) {
        return false;
    }
    let Some((closing, _)) = closing(text, quote + 1) else { return false };
    let ends_line = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let behind = text.get(closing + 1..).unwrap_or_default().iter().find(|byte| **byte != b' ');
    behind.is_none_or(|byte| *byte == delimiter || ends_line(byte))
        && !text.get(quote + 1..closing).unwrap_or_default().iter().any(ends_line)
}

/// The closing quote of a cell whose text begins at a place, and whether a doubled one stands before it.
fn closing(text: &[u8], from: usize) -> Option<(usize, bool)> {
    let (mut at, mut doubled) = (from, false);
    loop {
        at += memchr(b'"', text.get(at..)?)?;
        if text.get(at + 1) != Some(&b'"') {
            return Some((at, doubled));
        }
        (at, doubled) = (at + 2, true);
    }
}

/// Writes what a cell says that begins behind an opening quote: doubled quotes are one, the closing one is none, and what
/// follows it stays as it is.
fn unquote(cell: &str, to: &mut String) {
    let mut rest = cell;
    while let Some((before, behind)) = memchr(b'"', rest.as_bytes()).and_then(|at| rest.split_at_checked(at)) {
        to.push_str(before);
        let is_doubled = behind.starts_with("\"\"");
        to.push_str(if is_doubled { "\"" } else { "" });
        rest = behind.get(1 + usize::from(is_doubled)..).unwrap_or_default();
        if !is_doubled {
            break;
        }
    }
    to.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str, delimiter: u8) -> Option<(Vec<String>, usize)> {
        let mut record = Record::default();
        match record.find(text.as_bytes(), delimiter, true) {
            RecordEnd::Line(end) | RecordEnd::Lines(end) => {
                let mut row = Row::default();
                record.write(text.get(..end)?, &mut row);
                Some((row.cells().map(str::to_owned).collect(), end))
            }
            RecordEnd::Open | RecordEnd::TooWide => None,
        }
    }

    #[test]
    fn cells_are_what_was_meant() {
        let cases: [(&str, &[&str]); 20] = [
            ("a,b", &["a", "b"]),
            ("a,b,\nc", &["a", "b", ""]),
            (",", &["", ""]),
            ("a\rb", &["a"]),
            ("a\r\nb", &["a"]),
            ("\"a\",\"b\"\r\nc", &["a", "b"]),
            ("a,\"b \"\"c\"\", d\",e", &["a", "b \"c\", d", "e"]),
            ("a,\"b\nc\",d\ne", &["a", "b\nc", "d"]),
            ("a,5\" screen,b", &["a", "5\" screen", "b"]),
            ("\"a\"b\"c,d", &["ab\"c", "d"]),
            ("\"a\" ,d", &["a ", "d"]),
            ("\"\",\"\"\"\"", &["", "\""]),
            ("\"\"\"VIP\"\",\"\"Blog\"\"\",x", &["\"VIP\",\"Blog\"", "x"]),
            // Blanks behind the delimiter.
            ("a, \"b, c\", d", &["a", "b, c", " d"]),
            ("a,\t\"b, c\" ,d", &["a", "b, c ", "d"]),
            ("a, \"b\"\" c\",d", &["a", "b\" c", "d"]),
            // No quoted cell: the quote does not close as one.
            ("a, \"wide\" screen, b", &["a", " \"wide\" screen", " b"]),
            ("a, \"b,c\nd\",e", &["a", " \"b", "c"]),
            ("a, \"b", &["a", " \"b"]),
            ("", &[""]),
        ];
        for (text, expected) in cases {
            let (found, _) = cells(text, b',').unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(cells("a\t \"b\"\tc", b'\t').unwrap().0, ["a", "b", "c"]);
        assert_eq!(cells("a, \"b", b',').unwrap().0, ["a", " \"b"]);
        for open in ["\"", "a,\"b\nc", "a,\"b\"\"", "\"a\",\""] {
            assert_eq!(cells(open, b','), None, "{open:?}");
        }
    }

    #[test]
    fn blank_is_what_says_nothing() {
        let blank = |text: &str| {
            let mut record = Record::default();
            record.find(text.as_bytes(), b',', true);
            record.is_blank(text.as_bytes())
        };
        for text in ["", ",, ", "\"\",\"\"", "\"\" ,\" \"\t", "\u{1a}"] {
            assert!(blank(text), "{text:?}");
        }
        for text in ["a", ",,0", "\"\"\"\",", "\"\"x"] {
            assert!(!blank(text), "{text:?}");
        }
    }

    #[test]
    fn a_record_without_its_end_stays_open() {
        let find = |text: &str| Record::default().find(text.as_bytes(), b',', false);
        for text in ["", "a,b", "\"a\"", "\"a\",b", "\"a\nb", "\"a\"\"\nb", "\"a\" "] {
            assert_eq!(find(text), RecordEnd::Open, "{text:?}");
        }
        assert_eq!(find("a,b\n"), RecordEnd::Line(3));
        assert_eq!(find("\"a\nb\"\r"), RecordEnd::Lines(5));
        assert_eq!(find("\"a,b\"\r"), RecordEnd::Line(5));
        assert_eq!(find(&",".repeat(MAX_COLUMNS)), RecordEnd::Open);
        assert_eq!(find(&format!("{}\n", ",".repeat(MAX_COLUMNS))), RecordEnd::TooWide);
        assert_eq!(find(&format!("\"\"{}\n", ",".repeat(MAX_COLUMNS))), RecordEnd::TooWide);
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_the_csv_package_reads_it(text in r#"[ab";\n\r]{0,24}"#) {
            // Blanks before quotes are the one difference, and not in the alphabet.
            let mut theirs = csv::ReaderBuilder::new()
                .has_headers(false).flexible(true).delimiter(b';').from_reader(text.as_bytes());
            let mut ours = Vec::new();
            let mut rest = text.as_str();
            loop {
                rest = rest.trim_start_matches(['\n', '\r']);
                match cells(rest, b';') {
                    _ if rest.is_empty() => break,
                    Some((found, end)) => {
                        ours.push(found);
                        rest = rest.get(end..).unwrap_or_default();
                    }
                    // A quote that is never closed ends the file for us, and is closed by its end for the package.
                    None => {
                        let theirs: Vec<_> = theirs.records().map(Result::unwrap).take(ours.len()).collect();
                        prop_assert_eq!(theirs, ours);
                        return Ok(());
                    }
                }
            }
            let theirs: Vec<_> = theirs.records().map(Result::unwrap).collect();
            prop_assert_eq!(theirs, ours);
        }
    }
}
