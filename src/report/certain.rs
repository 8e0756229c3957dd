//! Lines of `results.csv` that are certain while the inputs are read for the first time: they are written then, so that
//! the inputs need not be read again for them.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use super::line::{Beginning, HEADER, write_plain};
use crate::contact::Contact;
use crate::folder::{Draft, Folder, RESULTS, Rewrite};
use crate::outcome::{RowCounts, RowStatus};
use crate::reading::KeptRows;
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
    is_removed: bool,
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
        self.lines.push(Line { record, status, length, is_removed: false });
        true
    }

    /// Takes the lines of some records out, as far as they have one here.
    pub fn remove(&mut self, records: &[u64]) {
        for record in records {
            let place = self.lines.binary_search_by_key(record, |line| line.record).ok();
            if let Some(line) = place.and_then(|place| self.lines.get_mut(place)) {
                line.is_removed = true;
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
        Ok(CertainLines { out, lengths: Vec::new(), rows: RowCounts::default() })
    }

    /// Adds the lines of the records that come next.
    ///
    /// # Errors
    /// Local I/O.
    pub fn append(&mut self, block: &LinesOfBlock) -> io::Result<()> {
        let (mut begin, mut end) = (0, 0);
        for line in &block.lines {
            let start = end;
            end += usize::from(line.length);
            if line.is_removed {
                self.out.write_all(block.text.get(begin..start).unwrap_or_default())?;
                begin = end;
                continue;
            }
            let before = usize::try_from(line.record - 1).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
            self.lengths.resize(before, 0);
            self.lengths.push(line.length);
            self.rows.counts[line.status] += 1;
            self.rows.read += 1;
        }
        self.out.write_all(block.text.get(begin..end).unwrap_or_default())
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

/// `results.csv` as far as it could be written at once.
#[derive(Debug)]
pub struct PartlyWritten {
    /// What is written.
    pub lines: WrittenLines,
    /// The rows whose lines are missing.
    pub left: Arc<KeptRows>,
}

/// The lines of all records whose status was certain at once.
#[derive(Debug)]
pub struct WrittenLines {
    draft: Draft,
    lengths: Vec<u16>,
    rows: RowCounts,
}

impl WrittenLines {
    /// The counts of these lines.
    pub(super) fn rows(&self) -> RowCounts {
        self.rows
    }

    /// The table as it is to be where no other line belongs into it.
    pub(super) fn into_table(self) -> Draft {
        self.draft
    }

    /// To put other lines between them.
    pub(super) fn fill(self) -> io::Result<Filling> {
        let mut table = Rewrite::begin(self.draft)?;
        table.copy(HEADER.len() as u64)?;
        Ok(Filling { table, lengths: self.lengths, next: 0 })
    }
}

/// The table, while other lines are put between those that are written.
#[derive(Debug)]
pub(super) struct Filling {
    table: Rewrite,
    lengths: Vec<u16>,
    /// Records before this one, from 0, are in their place.
    next: usize,
}

impl Filling {
    /// Adds the line of a record, counted from 1, in place of its own; they come in order.
    pub fn add(&mut self, record: u64, line: &[u8]) -> io::Result<()> {
        let own = usize::try_from(record.saturating_sub(1)).unwrap_or(usize::MAX);
        self.copy_until(own)?;
        self.table.skip(u64::from(self.lengths.get(own).copied().unwrap_or_default()))?;
        self.next = own.saturating_add(1);
        self.table.add(line)
    }

    /// The whole table.
    pub fn finish(mut self) -> io::Result<Draft> {
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
    use crate::folder::publish;
    use crate::row::Location;

    proptest! {
        #[test]
        fn what_is_taken_out_leaves_the_other_lines(rows in prop::collection::vec((any::<bool>(), any::<bool>(), 0_usize..9), 0..20)) {
            let (mut all, mut expected) = (LinesOfBlock::default(), Vec::new());
            for ((_, is_gone, length), record) in rows.iter().zip(1..).filter(|((is_there, ..), _)| *is_there) {
                let mut row = Row::default();
                row.location = Location { input: 0, record, line: record + 1 };
                let begin = all.text.len();
                prop_assert!(all.add("a.csv", 0, &row, &"x".repeat(*length), None));
                if !is_gone {
                    expected.extend_from_slice(&all.text[begin..]);
                }
            }
            let gone: Vec<u64> = rows.iter().zip(1..).filter(|((_, is_gone, _), _)| *is_gone).map(|(_, record)| record).collect();
            all.remove(&gone);
            let place = tempfile::tempdir().unwrap();
            let folder = Folder::make(&place.path().join("results")).unwrap();
            let mut lines = CertainLines::begin(&folder).unwrap();
            lines.append(&all).unwrap();
            let lines = lines.finish(0).unwrap();
            let is_left = |(is_there, is_gone, _): &(bool, bool, usize)| *is_there && !is_gone;
            prop_assert_eq!(lines.rows().read, rows.iter().filter(|row| is_left(row)).count() as u64);
            let have_lines: Vec<bool> = lines.lengths.iter().map(|length| *length > 0).collect();
            let last = rows.iter().rposition(is_left).map_or(0, |last| last + 1);
            prop_assert_eq!(have_lines, rows.iter().take(last).map(is_left).collect::<Vec<_>>());
            publish(vec![lines.into_table()]).unwrap();
            let written = std::fs::read(folder.file(RESULTS)).unwrap();
            prop_assert_eq!(String::from_utf8(written), String::from_utf8([HEADER, &expected].concat()));
        }
    }
}
