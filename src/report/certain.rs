//! Lines of `results.csv` that are written while the inputs are read for the first time, so that the inputs need not be read
//! again for them: those that are certain at once into the file, the others aside, until it is known what became of their rows.

use std::io::{self, BufWriter, Write};
use std::ops::Range;

use super::completing::WrittenLines;
use super::line::{Beginning, HEADER, ResultLine, write_plain};
use crate::contact::phone::Phone;
use crate::folder::{Draft, Folder, RESULTS};
use crate::outcome::{RowCounts, RowStatus};
use crate::reading::{Judged, Record};
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

    /// These lines of contacts that were taken for unchanged are not certain after all.
    pub fn reopen(&mut self, block: &LinesOfBlock) {
        let mut start = 0;
        for line in &block.lines {
            let length = place(line.location.record).and_then(|place| self.lengths.get(place));
            // Of one that has no line there it is known.
            if length.is_some_and(|length| *length > 0) {
                self.rows.read -= 1;
                self.rows.counts[RowStatus::Unchanged] -= 1;
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
pub(super) fn place(record: u64) -> Option<usize> {
    usize::try_from(record.checked_sub(1)?).ok()
}

/// Lines that are not in the file.
#[derive(Debug, Default)]
pub(super) struct OpenLines {
    /// In the order of their records in the end.
    pub lines: Vec<OpenLine>,
    text: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct OpenLine {
    pub location: Location,
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
    pub fn write<'a>(
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
