//! Lines of `results.csv` that are certain while the inputs are read for the first time: they are written then, so that
//! the inputs need not be read again for them.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};

use super::line::{Beginning, HEADER, write_plain};
use crate::contact::Contact;
use crate::folder::{Draft, Folder, RESULTS};
use crate::outcome::{RowCounts, RowStatus};
use crate::row::Row;

/// The memory for the lines of a block that is kept for the next, in bytes.
const USUAL: usize = 512 << 10;

/// The lines, written one after another, with gaps for those of the other records.
#[derive(Debug)]
pub struct CertainLines {
    out: BufWriter<Draft>,
    /// For each record the bytes of its line, 0 where it has none.
    lengths: Vec<u16>,
    rows: RowCounts,
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
    record: u64,
    status: RowStatus,
    length: u16,
}

impl LinesOfBlock {
    /// Adds the line of a contact that the server has as it is, or that of a row that is skipped where there is no contact.
    /// `before` is how many records of the job stand before its file. Whether it is added: one that is too long is not.
    pub fn add(&mut self, file: &str, before: u64, row: &Row, name: &str, contact: Option<&Contact<'_>>) -> bool {
        let status = if contact.is_some() { RowStatus::Unchanged } else { RowStatus::Skipped };
        let (begin, record) = (self.text.len(), row.location.record);
        write_plain(self.beginning.of(file, row.location, record - before, status), name, contact, &mut self.text);
        let Ok(length) = u16::try_from(self.text.len() - begin) else {
            self.text.truncate(begin);
            return false;
        };
        self.lines.push(Line { record, status, length });
        true
    }

    /// Takes the lines of some records out, which are in order.
    pub fn remove(&mut self, records: &[u64]) {
        if records.is_empty() {
            return;
        }
        let (mut gone, mut from, mut to) = (records.iter().copied().peekable(), 0, 0);
        let text = &mut self.text;
        self.lines.retain(|line| {
            let length = usize::from(line.length);
            let is_kept = gone.next_if_eq(&line.record).is_none();
            if is_kept {
                text.copy_within(from..from + length, to);
                to += length;
            }
            from += length;
            is_kept
        });
        text.truncate(to);
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
        Ok(CertainLines { out, lengths: Vec::new(), rows: RowCounts::default() })
    }

    /// Adds the lines of the records that come next.
    ///
    /// # Errors
    /// Local I/O.
    pub fn append(&mut self, block: &LinesOfBlock) -> io::Result<()> {
        self.out.write_all(&block.text)?;
        for line in &block.lines {
            let before = usize::try_from(line.record - 1).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
            self.lengths.resize(before, 0);
            self.lengths.push(line.length);
            self.rows.counts[line.status] += 1;
        }
        self.rows.read += block.lines.len() as u64;
        Ok(())
    }

    /// No more lines are added. `again` are records with the status `unchanged` whose lines are not certain after all.
    ///
    /// # Errors
    /// Local I/O.
    pub fn finish(mut self, again: usize) -> io::Result<WrittenLines> {
        self.rows.read -= again as u64;
        self.rows.counts[RowStatus::Unchanged] -= again as u64;
        let draft = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(WrittenLines { draft, lengths: self.lengths, rows: self.rows })
    }
}

/// The lines of all records whose status was certain at once.
#[derive(Debug)]
pub struct WrittenLines {
    draft: Draft,
    lengths: Vec<u16>,
    rows: RowCounts,
}

impl WrittenLines {
    /// The counts of these lines, and the table as it is to be where no other line belongs into it.
    pub(super) fn into_table(self) -> (RowCounts, Draft) {
        (self.rows, self.draft)
    }

    /// To put other lines between them.
    pub(super) fn into_spans(self) -> io::Result<Spans> {
        // Its name goes to the file that these lines are copied into.
        let file = self.draft.reopen()?;
        let from = BufReader::with_capacity(1 << 18, file);
        Ok(Spans { from, lengths: self.lengths, rows: self.rows, next: 0, header: HEADER.len() as u64 })
    }
}

/// The lines, on their way into the table.
#[derive(Debug)]
pub(super) struct Spans {
    from: BufReader<File>,
    lengths: Vec<u16>,
    pub rows: RowCounts,
    /// Records before this one, from 0, are copied.
    next: usize,
    /// Bytes of the header that are not copied yet.
    header: u64,
}

impl Spans {
    /// Copies the lines of all records before this one, counted from 1, and leaves out its own.
    pub fn copy_before(&mut self, record: u64, out: &mut impl Write) -> io::Result<()> {
        let own = usize::try_from(record.saturating_sub(1)).unwrap_or(usize::MAX);
        self.copy_until(own, out)?;
        let left_out = self.lengths.get(own).copied().unwrap_or_default();
        self.from.seek_relative(i64::from(left_out))?;
        self.next = own.saturating_add(1);
        Ok(())
    }

    /// Copies what is left.
    pub fn copy_rest(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.copy_until(usize::MAX, out)
    }

    fn copy_until(&mut self, end: usize, out: &mut impl Write) -> io::Result<()> {
        let end = end.min(self.lengths.len());
        let lines = self.lengths.get(self.next..end).unwrap_or_default();
        let bytes = std::mem::take(&mut self.header) + lines.iter().map(|length| u64::from(*length)).sum::<u64>();
        if io::copy(&mut (&mut self.from).take(bytes), out)? != bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}
