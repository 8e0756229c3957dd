//! Lines of `results.csv` that are written while the inputs are read for the first time, so that the inputs need not be read
//! again for them: those that are certain at once into the file, the others aside, until it is known what became of their rows.

use std::io::{self, BufWriter, Write};
use std::ops::Range;

use super::line::{Beginning, HEADER, ResultLine, write_plain};
use crate::contact::phone::Phone;
use crate::folder::{Draft, Folder, RESULTS, Rewrite};
use crate::outcome::{RowCounts, RowStatus};
use crate::reading::{Judged, Record, RejectedRecords};
use crate::row::Location;

/// The memory for the lines of a block that is kept for the next, in bytes.
const USUAL: usize = 512 << 10;

/// The lines, written one after another, with gaps for those of the other records.
#[derive(Debug)]
pub struct CertainLines {
    out: BufWriter<Draft>,
    /// For each record the bytes of its line, 0 where it has none.
    lengths: Vec<u16>,
    rows: RowCounts,
    open: OpenLines,
}

/// Lines of consecutive records.
#[derive(Debug, Default)]
pub struct LinesOfBlock {
    beginning: Beginning,
    text: Vec<u8>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    location: Location,
    /// Where it ends in the text.
    end: usize,
    status: RowStatus,
    /// The phone of a contact, and which bytes of the text are status and reason.
    contact: Option<(Phone, Range<usize>)>,
    /// Whether it is not certain, or too long.
    is_open: bool,
}

impl LinesOfBlock {
    /// Adds the line of a record as if the server had its contact as it is. `file` is the name of its input, `name` the one that the
    /// row gives.
    pub fn add(&mut self, file: &str, record: &Record<'_>, name: &str) {
        let Record { row, judged, before, .. } = record;
        let begin = self.text.len();
        let status = match judged {
            Judged::Contact(_) => RowStatus::Unchanged,
            Judged::Skipped => RowStatus::Skipped,
            Judged::Invalid(_) => RowStatus::Invalid,
        };
        let beginning = self.beginning.of(file, row.location, row.location.record - before, status);
        let contact = match judged {
            Judged::Contact(contact) => {
                let reason = write_plain(beginning, status, name, Some(contact), &mut self.text);
                Some((contact.phone, reason))
            }
            Judged::Skipped => {
                write_plain(beginning, status, name, None, &mut self.text);
                None
            }
            Judged::Invalid(reject) => {
                ResultLine::of_reject(reject).write(beginning, name, &mut self.text);
                None
            }
        };
        let end = self.text.len();
        let is_open = u16::try_from(end - begin).is_err();
        self.lines.push(Line { location: row.location, end, status, contact, is_open });
    }

    /// The lines of some records are not certain.
    pub fn reopen(&mut self, records: &[u64]) {
        for record in records {
            let place = self.lines.binary_search_by_key(record, |line| line.location.record).ok();
            if let Some(line) = place.and_then(|place| self.lines.get_mut(place)) {
                line.is_open = true;
            }
        }
    }

    /// Empties it. A few rows can be far larger than usual, whose memory is not kept.
    pub fn clear(&mut self) {
        self.text.clear();
        self.text.shrink_to(USUAL);
        self.lines.clear();
    }
}

impl CertainLines {
    /// Begins with the header.
    ///
    /// # Errors
    /// Local I/O.
    pub fn begin(folder: &Folder) -> io::Result<CertainLines> {
        let mut out = BufWriter::with_capacity(1 << 18, folder.create(RESULTS)?);
        out.write_all(HEADER)?;
        Ok(CertainLines { out, lengths: Vec::new(), rows: RowCounts::default(), open: OpenLines::default() })
    }

    /// Adds the lines of the records that come next.
    ///
    /// # Errors
    /// Local I/O.
    pub fn append(&mut self, block: &LinesOfBlock) -> io::Result<()> {
        let (mut begin, mut end) = (0, 0);
        for line in &block.lines {
            let start = end;
            end = line.end;
            if line.is_open {
                self.out.write_all(block.text.get(begin..start).unwrap_or_default())?;
                begin = end;
                self.open.add(line, &block.text, start);
                continue;
            }
            let before = place(line.location.record).ok_or(io::ErrorKind::FileTooLarge)?;
            self.lengths.resize(before, 0);
            self.lengths.push((end - start) as u16);
            self.rows.counts[line.status] += 1;
            self.rows.read += 1;
        }
        self.out.write_all(block.text.get(begin..end).unwrap_or_default())
    }

    /// These lines of contacts are not certain after all.
    pub fn reopen(&mut self, block: &LinesOfBlock) {
        let mut start = 0;
        for line in &block.lines {
            let length = place(line.location.record).and_then(|place| self.lengths.get(place));
            // Of one that has no line there it is known.
            if length.is_some_and(|length| *length > 0) {
                self.rows.read -= 1;
                self.rows.counts[line.status] -= 1;
                self.open.add(line, &block.text, start);
            }
            start = line.end;
        }
    }

    /// The memory for lines that are not certain, in bytes.
    pub fn size(&self) -> usize {
        size_of::<OpenLine>() * self.open.lines.len() + self.open.text.len()
    }

    /// No more lines are added.
    ///
    /// # Errors
    /// Local I/O.
    pub fn finish(self) -> io::Result<WrittenLines> {
        let CertainLines { out, lengths, rows, mut open } = self;
        open.lines.sort_by_key(|line| line.location.record);
        let draft = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(WrittenLines { draft, lengths, rows, open })
    }
}

/// The place of a record, counted from 1, in a list.
fn place(record: u64) -> Option<usize> {
    usize::try_from(record.checked_sub(1)?).ok()
}

/// Lines that are not in the file.
#[derive(Debug, Default)]
struct OpenLines {
    lines: Vec<OpenLine>,
    text: Vec<u8>,
}

#[derive(Debug)]
struct OpenLine {
    location: Location,
    status: RowStatus,
    bytes: Range<usize>,
    /// The phone of a contact, and which bytes are status and reason; `None` where the line is certain, and too long.
    contact: Option<(Phone, Range<usize>)>,
}

impl OpenLines {
    /// Adds a line that begins at `start` of a text.
    fn add(&mut self, line: &Line, text: &[u8], start: usize) {
        let begin = self.text.len();
        let moved = |range: &Range<usize>| range.start - start + begin..range.end - start + begin;
        self.text.extend_from_slice(text.get(start..line.end).unwrap_or_default());
        let contact = line.contact.as_ref().map(|(phone, reason)| (*phone, moved(reason)));
        self.lines.push(OpenLine {
            location: line.location,
            status: line.status,
            bytes: begin..self.text.len(),
            contact,
        });
    }

    /// Writes a line as it is by now, and says the status of its row.
    fn write<'a>(
        &self,
        line: &OpenLine,
        of_contact: impl Fn(Location, Phone) -> ResultLine<'a>,
        out: &mut Vec<u8>,
    ) -> RowStatus {
        let text = |range| self.text.get(range).unwrap_or_default();
        match &line.contact {
            Some((phone, reason)) => {
                let result = of_contact(line.location, *phone);
                result.write_between(text(line.bytes.start..reason.start), text(reason.end..line.bytes.end), out);
                result.status
            }
            None => {
                out.extend_from_slice(text(line.bytes.clone()));
                line.status
            }
        }
    }
}

/// `results.csv` as far as it could be written at once.
#[derive(Debug)]
pub struct PartlyWritten {
    /// Its lines.
    pub lines: WrittenLines,
    /// The rows that cannot be sent.
    pub rejected: RejectedRecords,
}

/// The lines of all records.
#[derive(Debug)]
pub struct WrittenLines {
    draft: Draft,
    lengths: Vec<u16>,
    rows: RowCounts,
    open: OpenLines,
}

impl WrittenLines {
    /// Puts those that are not in the file into it: `of_contact` says what became of such a row. The whole table, and how many rows
    /// have which status; `None` where `stop` has ended it.
    ///
    /// # Errors
    /// Local I/O.
    pub(super) fn complete<'a>(
        self,
        of_contact: impl Fn(Location, Phone) -> ResultLine<'a>,
        mut stop: impl FnMut() -> bool,
    ) -> io::Result<Option<(Draft, RowCounts)>> {
        let WrittenLines { draft, lengths, mut rows, open } = self;
        if open.lines.is_empty() {
            return Ok(Some((draft, rows)));
        }
        let (mut table, mut text) = (Filling::begin(draft, lengths)?, Vec::new());
        for some in open.lines.chunks(AT_ONCE) {
            if stop() {
                return Ok(None);
            }
            for line in some {
                text.clear();
                rows.counts[open.write(line, &of_contact, &mut text)] += 1;
                rows.read += 1;
                table.add(line.location.record, &text)?;
            }
        }
        Ok(Some((table.finish()?, rows)))
    }
}

/// Lines after which it is asked whether to stop.
const AT_ONCE: usize = 2_048;

/// The table, while other lines are put between those that are written.
#[derive(Debug)]
struct Filling {
    table: Rewrite,
    lengths: Vec<u16>,
    /// Records before this one, from 0, are in their place.
    next: usize,
}

impl Filling {
    fn begin(draft: Draft, lengths: Vec<u16>) -> io::Result<Filling> {
        let mut table = Rewrite::begin(draft)?;
        table.copy(HEADER.len() as u64)?;
        Ok(Filling { table, lengths, next: 0 })
    }

    /// Adds the line of a record, counted from 1, in place of its own; they come in order.
    fn add(&mut self, record: u64, line: &[u8]) -> io::Result<()> {
        let own = place(record).unwrap_or(usize::MAX);
        self.copy_until(own)?;
        self.table.skip(u64::from(self.lengths.get(own).copied().unwrap_or_default()))?;
        self.next = own.saturating_add(1);
        self.table.add(line)
    }

    /// The whole table.
    fn finish(mut self) -> io::Result<Draft> {
        self.copy_until(usize::MAX)?;
        self.table.finish()
    }

    fn copy_until(&mut self, end: usize) -> io::Result<()> {
        let end = end.min(self.lengths.len());
        let lines = self.lengths.get(self.next..end).unwrap_or_default();
        self.table.copy(lines.iter().map(|length| u64::from(*length)).sum())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contact::{Contact, FieldColumns, Rules};
    use crate::folder::publish;
    use crate::row::{Field, Row};
    use crate::source::Columns;

    /// What a row is, and when it is known that its line is not certain.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Kind {
        Skipped,
        Certain,
        /// When its block ends.
        Open,
        /// When all rows have been read.
        OpenAtTheEnd,
    }

    fn rows() -> impl Strategy<Value = Vec<(Kind, usize)>> {
        let kind =
            prop::sample::select(vec![Kind::Skipped, Kind::Certain, Kind::Certain, Kind::Open, Kind::OpenAtTheEnd]);
        // A line beyond 65,535 bytes is not written at once.
        let length = prop_oneof![8 => 0..9_usize, 1 => Just(70_000)];
        prop::collection::vec((kind, length), 0..20)
    }

    proptest! {
        #[test]
        fn every_line_comes_to_its_place_as_it_is_in_the_end(rows in rows(), in_a_block in 1..5_usize) {
            let mut fields = FieldColumns::default();
            fields.add(Field::Phone, 0);
            let (columns, rules) = (Columns::default(), Rules::default());
            let place = tempfile::tempdir().unwrap();
            let folder = Folder::make(&place.path().join("results")).unwrap();
            let mut lines = CertainLines::begin(&folder).unwrap();
            let mut expected = HEADER.to_vec();
            let (mut block, mut late, mut open) = (LinesOfBlock::default(), LinesOfBlock::default(), Vec::new());
            for (&(kind, length), number) in rows.iter().zip(1_u64..) {
                let mut row = Row::default();
                row.fill("+27831234567", &[(0, 12)]);
                row.location = Location { input: 0, record: number, line: number + 1 };
                let judged = match kind {
                    Kind::Skipped => Judged::Skipped,
                    _ => Judged::Contact(Contact::from_row(&row, &fields, &rules).unwrap()),
                };
                let name = "x".repeat(length);
                let record = Record { row: &row, fields: &fields, columns: &columns, judged, before: 0 };
                block.add("a.csv", &record, &name);
                match kind {
                    Kind::Open => open.push(number),
                    Kind::OpenAtTheEnd => late.add("a.csv", &record, &name),
                    Kind::Skipped | Kind::Certain => {}
                }
                if number % in_a_block as u64 == 0 || number == rows.len() as u64 {
                    block.reopen(&open);
                    lines.append(&block).unwrap();
                    block.clear();
                    open.clear();
                }
                let (reason, phone) = match kind {
                    Kind::Skipped => ("skipped,,,", ","),
                    Kind::Certain if length < 60_000 => ("unchanged,,,", "27,831234567"),
                    _ if number % 2 == 0 => ("duplicate,row.duplicate,phone,merged into line 9", "27,831234567"),
                    _ => ("accepted,,,", "27,831234567"),
                };
                expected.extend_from_slice(format!("a.csv,{number},{},{reason},{phone},{name},\n", number + 1).as_bytes());
            }
            lines.reopen(&late);
            let of_contact = |location: Location, _| match location.record % 2 {
                0 => ResultLine::duplicate("merged into line 9".to_owned()),
                _ => ResultLine::plain(RowStatus::Accepted),
            };
            let (table, counts) = lines.finish().unwrap().complete(of_contact, || false).unwrap().unwrap();
            prop_assert_eq!(counts.read, rows.len() as u64);
            prop_assert_eq!(counts.counts.total(), rows.len() as u64);
            let skipped = rows.iter().filter(|(kind, _)| *kind == Kind::Skipped).count() as u64;
            prop_assert_eq!(counts.counts[RowStatus::Skipped], skipped);
            publish(vec![table]).unwrap();
            let written = std::fs::read(folder.file(RESULTS)).unwrap();
            prop_assert!(written == expected, "{}", String::from_utf8_lossy(&written[..written.len().min(2_000)]));
        }
    }
}
