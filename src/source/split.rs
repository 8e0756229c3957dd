//! Where a record of a table ends, and where in it its cells are.
//!
//! Nothing is copied: a cell is a range of the record. Only what quotes have changed, a doubled quote or text behind a
//! closing one, is written anew. A record without quotes, which most are, is found in one look at its bytes.
//!
//! Quotes are read as spreadsheets read them (RFC 4180): one at the begin of a cell opens it, a doubled one within is one
//! quote, what follows the closing one still belongs to the cell, and a quote inside a plain cell is an ordinary
//! character. Blanks before an opening quote are passed over where the cell also closes as a quoted one does.

use memchr::{memchr, memchr2, memchr3};

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
    /// A record with quotes, in which lines may end; its length without the last line end.
    Quoted(usize),
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
        let mut begin = 0;
        let end = loop {
            let at = signs.from(start + begin);
            match signs.text().get(at) {
                Some(b'\n' | b'\r') => break at - start,
                Some(b'"') => {
                    let text = signs.text().get(start..).unwrap_or_default();
                    return self.quoted(text, begin, delimiter, whole);
                }
                Some(_) => {
                    self.add(begin, at - start);
                    begin = at - start + 1;
                }
                None if whole => break at - start,
                None => return RecordEnd::Open,
            }
        };
        self.add(begin, end);
        if self.cells.len() > MAX_COLUMNS { RecordEnd::TooWide } else { RecordEnd::Line(end) }
    }

    /// Writes the record into a row; `text` is the record itself.
    pub fn write(&self, text: &str, row: &mut Row) {
        row.fill(text, &self.cells);
        for &column in &self.odd {
            let Some(&(begin, end)) = self.cells.get(column) else { continue };
            row.replace(column, &unquoted(text.get(begin as usize..end as usize).unwrap_or_default()));
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
                true => row.push(&unquoted(&cell)),
                false => row.push(&cell),
            }
        }
        first
    }

    /// Whether every cell of the record is empty or blank. So is what DOS programs end a file with, Ctrl-Z.
    pub fn is_blank(&self, text: &[u8]) -> bool {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | 0x1a);
        self.cells.iter().enumerate().all(|(column, &(begin, end))| {
            let cell = text.get(begin as usize..end as usize).unwrap_or_default();
            let odd = || self.odd.binary_search(&column).is_ok();
            cell.iter().all(blank) || odd() && unquoted(&String::from_utf8_lossy(cell)).as_bytes().iter().all(blank)
        })
    }

    // A record is at most 4 MiB long where its ranges are used.
    fn add(&mut self, begin: usize, end: usize) {
        self.cells.push((begin as u32, end as u32));
    }

    /// Finds the rest of a record from the cell that begins at a place on.
    fn quoted(&mut self, text: &[u8], from: usize, delimiter: u8, whole: bool) -> RecordEnd {
        let (mut at, mut line_end) = (from, 0);
        loop {
            if line_end <= at {
                let rest = text.get(at..).unwrap_or_default();
                line_end = memchr2(b'\n', b'\r', rest).map_or(text.len(), |length| at + length);
            }
            let end = match opening(text.get(at..line_end).unwrap_or_default(), delimiter) {
                Some(quote) => {
                    let begin = at + quote + 1;
                    let Some((closing, doubled)) = closing(text, begin) else { return RecordEnd::Open };
                    let end = cell_end(text, closing + 1, delimiter);
                    if end == text.len() && !whole {
                        return RecordEnd::Open;
                    }
                    if end == closing + 1 && !doubled {
                        self.add(begin, closing);
                    } else {
                        self.odd.push(self.cells.len());
                        self.add(begin, end);
                    }
                    end
                }
                None => {
                    let end = cell_end(text, at, delimiter);
                    if end == text.len() && !whole {
                        return RecordEnd::Open;
                    }
                    self.add(at, end);
                    end
                }
            };
            if self.cells.len() > MAX_COLUMNS {
                return RecordEnd::TooWide;
            }
            if text.get(end) != Some(&delimiter) {
                return RecordEnd::Quoted(end);
            }
            at = end + 1;
        }
    }
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
fn cell_end(text: &[u8], from: usize, delimiter: u8) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    memchr3(delimiter, b'\n', b'\r', rest).map_or(text.len(), |at| from + at)
}

/// The quote that opens the cell that the rest of a line begins with: its first byte, or behind blanks where a closing one
/// ends the cell within the line.
fn opening(line: &[u8], delimiter: u8) -> Option<usize> {
    let blanks = line.iter().take_while(|&&byte| byte == b' ' || (byte == b'\t' && delimiter != b'\t')).count();
    if line.get(blanks) != Some(&b'"') {
        return None;
    }
    if blanks == 0 {
        return Some(0);
    }
    let (closing, _) = closing(line, blanks + 1)?;
    let end = cell_end(line, closing + 1, delimiter);
    line.get(closing + 1..end)?.iter().all(|&byte| byte == b' ').then_some(blanks)
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

/// What a cell says that begins behind an opening quote: doubled quotes are one, the closing one is none, and what follows
/// it stays as it is.
fn unquoted(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((before, after)) = rest.split_once('"') {
        text.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                text.push('"');
                rest = after;
            }
            None => {
                rest = after;
                break;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str, delimiter: u8) -> Option<(Vec<String>, usize)> {
        let mut record = Record::default();
        match record.find(text.as_bytes(), delimiter, true) {
            RecordEnd::Line(end) | RecordEnd::Quoted(end) => {
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
        assert_eq!(find("\"a\nb\"\r"), RecordEnd::Quoted(5));
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
