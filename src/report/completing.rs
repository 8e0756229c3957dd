//! `results.csv`, when most of its lines are written: those that were not certain are put between them.

use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread;

use super::certain::{OpenLine, OpenLines, place};
use super::line::{HEADER, ResultLine};
use crate::contact::phone::Phone;
use crate::folder::{Draft, Rewrite};
use crate::outcome::RowCounts;
use crate::reading::RejectedRecords;
use crate::row::Location;

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
    pub(super) draft: Draft,
    /// For each record the bytes of its line in the draft, 0 where it has none.
    pub(super) lengths: Vec<u16>,
    /// The rows whose lines are in the draft.
    pub(super) rows: RowCounts,
    pub(super) open: OpenLines,
}

impl WrittenLines {
    /// Puts the lines that are not in the draft into it, on so many threads: `of_contact` says what became of such a row. The whole
    /// table, and how many rows have which status; `None` where `stop` has ended it.
    ///
    /// # Errors
    /// Local I/O.
    pub(super) fn complete<'a>(
        self,
        threads: NonZeroUsize,
        of_contact: impl Fn(Location, Phone) -> ResultLine<'a> + Sync,
        stop: impl FnMut() -> bool + Send,
    ) -> io::Result<Option<(Draft, RowCounts)>> {
        let WrittenLines { mut draft, lengths, mut rows, open } = self;
        if open.lines.is_empty() {
            return Ok(Some((draft, rows)));
        }
        let parts = open.lines.chunks(open.lines.len().div_ceil(threads.get()));
        let parts = on_threads(parts, |lines| Part::of(lines, &open, &of_contact));
        parts.iter().for_each(|part| rows += part.rows);
        let stop = Mutex::new(stop);
        let is_over = || stop.lock().is_ok_and(|mut stop| stop());
        let fillings = begin(&draft, &lengths, &parts)?;
        let are_written = match fillings.iter().any(|filling| filling.moves_forwards) {
            false => on_threads(fillings.into_iter(), |filling| filling.fill(is_over)),
            // Such a part would be written over the end of the one before it, which is to be read first.
            true => fillings.into_iter().map(|filling| filling.fill(is_over)).collect(),
        };
        let Some(ends) = are_written.into_iter().collect::<io::Result<Option<Vec<u64>>>>()? else { return Ok(None) };
        draft.end_at(ends.last().copied().unwrap_or_default())?;
        Ok(Some((draft, rows)))
    }
}

/// Works on each item on a thread of its own.
fn on_threads<T: Send, R: Send>(items: impl Iterator<Item = T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let work = &work;
    thread::scope(|threads| {
        let running: Vec<_> = items.map(|item| threads.spawn(move || work(item))).collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Lines that come into consecutive places, as they are by now.
struct Part<'o> {
    lines: &'o [OpenLine],
    text: Vec<u8>,
    /// Where each of them ends in the text.
    ends: Vec<usize>,
    rows: RowCounts,
}

impl<'o> Part<'o> {
    fn of<'a>(
        lines: &'o [OpenLine],
        open: &OpenLines,
        of_contact: impl Fn(Location, Phone) -> ResultLine<'a>,
    ) -> Part<'o> {
        let mut part = Part { lines, text: Vec::new(), ends: Vec::new(), rows: RowCounts::default() };
        for line in lines {
            part.rows.counts[open.write(line, &of_contact, &mut part.text)] += 1;
            part.rows.read += 1;
            part.ends.push(part.text.len());
        }
        part
    }
}

/// Lines after which it is asked whether to stop.
const AT_ONCE: usize = 2_048;

/// A part of the table, while other lines are put between those that are written.
struct Filling<'w> {
    table: Rewrite<'w>,
    lengths: &'w [u16],
    /// Records before this one, from 0, are in their place.
    next: usize,
    /// The first record of the next part.
    end: usize,
    part: &'w Part<'w>,
    /// Whether it comes to stand before the place where it is.
    moves_forwards: bool,
}

/// Begins with all parts of the table.
fn begin<'w>(draft: &'w Draft, lengths: &'w [u16], parts: &'w [Part<'w>]) -> io::Result<Vec<Filling<'w>>> {
    let bytes = |lengths: &[u16]| lengths.iter().map(|length| u64::from(*length)).sum::<u64>();
    let (mut fillings, mut next) = (Vec::new(), 0);
    let (mut old, mut new) = (HEADER.len() as u64, HEADER.len() as u64);
    for part in parts {
        let behind = part.lines.last().and_then(|line| place(line.location.record));
        let is_last = fillings.len() + 1 == parts.len();
        let end = behind.filter(|_| !is_last).map_or(lengths.len(), |place| lengths.len().min(place + 1));
        let own = bytes(lengths.get(next..end).unwrap_or_default());
        let table = Rewrite::begin(draft, old..old + own, new)?;
        fillings.push(Filling { table, lengths, next, end, part, moves_forwards: new < old });
        let places = part.lines.iter().filter_map(|line| lengths.get(place(line.location.record)?));
        let replaced: u64 = places.map(|length| u64::from(*length)).sum();
        (next, old, new) = (end, old + own, new + own - replaced + part.text.len() as u64);
    }
    Ok(fillings)
}

impl Filling<'_> {
    /// Puts all lines of its part in. Where it ends; `None` where it is over before.
    fn fill(mut self, is_over: impl Fn() -> bool) -> io::Result<Option<u64>> {
        let (part, mut start) = (self.part, 0);
        for (number, (line, end)) in part.lines.iter().zip(&part.ends).enumerate() {
            if number % AT_ONCE == 0 && is_over() {
                return Ok(None);
            }
            let own = place(line.location.record).unwrap_or(self.end);
            self.copy_until(own)?;
            self.table.skip(u64::from(self.lengths.get(own).copied().unwrap_or_default()))?;
            self.next = own + 1;
            self.table.add(part.text.get(start..*end).unwrap_or_default())?;
            start = *end;
        }
        self.copy_until(self.end)?;
        self.table.finish().map(Some)
    }

    fn copy_until(&mut self, end: usize) -> io::Result<()> {
        let end = end.min(self.end);
        let lines = self.lengths.get(self.next..end).unwrap_or_default();
        self.table.copy(lines.iter().map(|length| u64::from(*length)).sum())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contact::{Contact, FieldColumns, Rules};
    use crate::folder::{Folder, RESULTS, publish};
    use crate::outcome::RowStatus;
    use crate::reading::{Judged, Record};
    use crate::report::certain::{CertainLines, LinesOfBlock};
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
        fn every_line_comes_to_its_place_as_it_is_in_the_end(rows in rows(), in_a_block in 1..5_usize, threads in 1..5_usize) {
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
            let threads = NonZeroUsize::new(threads).unwrap();
            let (table, counts) = lines.finish().unwrap().complete(threads, of_contact, || false).unwrap().unwrap();
            prop_assert_eq!(counts.read, rows.len() as u64);
            prop_assert_eq!(counts.counts.total(), rows.len() as u64);
            let skipped = rows.iter().filter(|(kind, _)| *kind == Kind::Skipped).count() as u64;
            prop_assert_eq!(counts.counts[RowStatus::Skipped], skipped);
            publish(vec![table]).unwrap();
            let written = std::fs::read(folder.file(RESULTS)).unwrap();
            prop_assert!(written == expected, "{}", String::from_utf8_lossy(&written[..written.len().min(2_000)]));
        }
    }

    /// The file has changed meanwhile, which whoever reads it again says.
    #[test]
    fn a_row_that_is_another_when_it_is_read_again_does_no_harm() {
        let mut fields = FieldColumns::default();
        fields.add(Field::Phone, 0);
        let (columns, rules, mut row) = (Columns::default(), Rules::default(), Row::default());
        row.fill("+27831234567", &[(0, 12)]);
        row.location = Location { input: 0, record: 1, line: 2 };
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::make(&place.path().join("results")).unwrap();
        let mut lines = CertainLines::begin(&folder).unwrap();
        let block = |judged| {
            let mut block = LinesOfBlock::default();
            block.add("a.csv", &Record { row: &row, fields: &fields, columns: &columns, judged, before: 0 }, "Ann");
            block
        };
        let contact = Contact::from_row(&row, &fields, &rules).unwrap();
        lines.append(&block(Judged::Contact(contact))).unwrap();
        lines.reopen(&block(Judged::Skipped));
        let plain = |_, _| ResultLine::plain(RowStatus::Accepted);
        let (_, counts) = lines.finish().unwrap().complete(NonZeroUsize::MIN, plain, || false).unwrap().unwrap();
        assert_eq!((counts.read, counts.counts[RowStatus::Skipped]), (1, 1));
    }
}
