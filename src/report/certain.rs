//! Lines of `results.csv` that are certain while the inputs are read for the first time: they are written then, so that
//! the inputs need not be read again for them.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};

use super::line::{HEADER, ResultLine};
use crate::contact::Contact;
use crate::folder::{Draft, Folder, RESULTS};
use crate::outcome::{RowCounts, RowStatus};
use crate::row::Row;

/// The lines, written one after another, with gaps for those of the other records.
#[derive(Debug)]
pub struct CertainLines {
    out: BufWriter<Draft>,
    /// For each record the bytes of its line, 0 where it has none.
    lengths: Vec<u16>,
    rows: RowCounts,
}

/// Adds the line of a contact that the server has as it is to `out`, or that of a row that is skipped where there is no
/// contact. `record` counts within the file. How many bytes it has; `None` where it is too long to be kept.
pub fn write_line(
    file: &str,
    record: u64,
    row: &Row,
    name: &str,
    contact: Option<&Contact<'_>>,
    out: &mut Vec<u8>,
) -> Option<u16> {
    let line = match contact {
        Some(contact) => ResultLine::of_contact(RowStatus::Unchanged, contact),
        None => ResultLine::plain(RowStatus::Skipped),
    };
    let before = out.len();
    line.write(file, row, record, name, out);
    let length = u16::try_from(out.len() - before).ok();
    if length.is_none() {
        out.truncate(before);
    }
    length
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

    /// Adds the line of a record of the job with this status. Records come in order.
    ///
    /// # Errors
    /// Local I/O.
    pub fn add(&mut self, status: RowStatus, record: u64, line: &[u8]) -> io::Result<()> {
        let too_many = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        let before = usize::try_from(record).map_err(too_many)?.saturating_sub(1);
        let length = u16::try_from(line.len()).map_err(too_many)?;
        self.out.write_all(line)?;
        self.lengths.resize(before, 0);
        self.lengths.push(length);
        self.rows.read += 1;
        self.rows.counts[status] += 1;
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
