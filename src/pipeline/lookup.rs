//! `--only-changed`, during the survey: each contact is held against the one that the server has. Where few are new or
//! changed, their rows are kept and the lines of all others are written at once, so that the inputs are read only once.

use std::ops::{ControlFlow, RangeInclusive};

use super::inputs;
use crate::contact::{Contact, FieldColumns};
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{RowStatus, StatusMap};
use crate::reading::{Job, Judged, KeptRows, Record, Step};
use crate::report::certain::{CertainLines, WrittenLines};
use crate::row::Row;
use crate::state::Comparison;
use crate::stop::Stop;
use crate::survey::Survey;
use crate::wire::contact::{Empty, write_parts};

/// The most memory for rows that are kept: beyond it the inputs are read again.
const MOST: usize = 32 << 20;

/// What was found of the rows so far.
pub struct Lookup {
    empty: Empty,
    /// New and changed contacts, rows that cannot be sent, and all rows of a repeated phone but perhaps the first.
    kept: KeptRows,
    /// The lines of all others; `None` where there is no folder for them.
    lines: Option<CertainLines>,
    /// For each known phone the record that had it first, with whether its line was written; 0 for none.
    first: Vec<u32>,
    /// Records whose lines were written before their phone was there once more.
    again: Vec<u64>,
    /// Records whose contact the server has as it is.
    unchanged: Vec<RangeInclusive<u64>>,
    /// How many records stand before each input.
    starts: Vec<u64>,
    parts: Vec<u8>,
}

/// What the whole reading has found.
pub struct LookedUp {
    /// The rows that are not certain, in order.
    pub kept: KeptRows,
    /// The lines of all others.
    pub lines: Option<WrittenLines>,
}

impl Lookup {
    /// Before the reading. `None` where it must read the inputs more than once all the same.
    pub fn begin(comparison: &Comparison, job: &Job, empty: Empty, folder: Option<&Folder>) -> Option<Lookup> {
        // Of a shard of several inputs nobody knows where in its file a record stands.
        if comparison.known() == 0 || (job.shard.of > 1 && job.inputs.len() > 1) {
            return None;
        }
        Some(Lookup {
            empty,
            kept: KeptRows::default(),
            lines: folder.map(CertainLines::begin).transpose().ok()?,
            first: vec![0; comparison.known()],
            again: Vec::new(),
            unchanged: Vec::new(),
            starts: Vec::new(),
            parts: Vec::new(),
        })
    }

    /// Takes in a record of the reading. `None` when there is too much to be kept, or a line cannot be written.
    pub fn see(&mut self, comparison: &mut Comparison, job: &Job, record: &Record<'_>) -> Option<()> {
        let Record { row, fields, judged, .. } = record;
        // All records of the inputs before it have been seen.
        while self.starts.len() <= row.location.input as usize {
            self.starts.push(row.location.record - 1);
        }
        let is_certain = match judged {
            Judged::Invalid(_) => false,
            Judged::Skipped => self.write(job, row, fields, None)?,
            Judged::Contact(contact) => self.is_unchanged(comparison, job, row, fields, contact)?,
        };
        if !is_certain {
            self.kept.add(record);
        }
        (self.kept.size() <= MOST).then_some(())
    }

    /// Whether the server has the contact as it is, as far as can be told: its phone has not been there before.
    fn is_unchanged(
        &mut self,
        comparison: &mut Comparison,
        job: &Job,
        row: &Row,
        fields: &FieldColumns,
        contact: &Contact<'_>,
    ) -> Option<bool> {
        self.parts.clear();
        write_parts(contact, self.empty, &mut self.parts);
        let (Some(place), is_same) = comparison.look(contact.phone, &self.parts) else { return Some(false) };
        let record = u32::try_from(row.location.record).ok().filter(|record| *record < 1 << 31)?;
        let first = *self.first.get(place)?;
        let now = match first {
            0 => record << 1 | u32::from(is_same && self.write(job, row, fields, Some(contact))?),
            _ if first & 1 == 1 => {
                self.again.push(u64::from(first >> 1));
                first & !1
            }
            _ => first,
        };
        *self.first.get_mut(place)? = now;
        let is_certain = first == 0 && now & 1 == 1;
        if is_certain {
            comparison.mark_same(place);
            match self.unchanged.last_mut() {
                Some(last) if *last.end() + 1 == row.location.record => *last = *last.start()..=row.location.record,
                _ => self.unchanged.push(row.location.record..=row.location.record),
            }
        }
        Some(is_certain)
    }

    /// Writes the line of a row that is certain; whether it could be.
    fn write(&mut self, job: &Job, row: &Row, fields: &FieldColumns, contact: Option<&Contact<'_>>) -> Option<bool> {
        let number = row.location.input as usize;
        let start = if job.inputs.len() > 1 { self.starts.get(number).copied()? } else { 0 };
        let Some(lines) = &mut self.lines else { return Some(true) };
        let file = job.inputs.get(number)?.source.input().name();
        lines.add(file, row.location.record - start, row, fields, contact).ok()
    }

    /// The reading has ended. Which contacts are unchanged is added to `statuses`, as far as it is certain; of those that are
    /// not, the first rows of repeated phones are read again.
    ///
    /// # Errors
    /// The inputs cannot be read again, or a signal came.
    pub fn finish(
        mut self,
        job: &Job,
        survey: &Survey,
        statuses: &mut StatusMap,
        stop: &Stop,
    ) -> Result<LookedUp, Error> {
        self.again.sort_unstable();
        if !self.again.is_empty() {
            self.read_again(job, survey, stop)?;
        }
        let mut again = self.again.iter().copied().peekable();
        for records in &self.unchanged {
            let mut from = *records.start();
            while let Some(open) = again.next_if(|open| open <= records.end()) {
                if from < open {
                    statuses.set(from..=open - 1, RowStatus::Unchanged, None);
                }
                from = open + 1;
            }
            if from <= *records.end() {
                statuses.set(from..=*records.end(), RowStatus::Unchanged, None);
            }
        }
        self.kept.sort();
        let count = self.again.len();
        let lines = self.lines.map(|lines| lines.finish(count)).transpose();
        let lines = lines.map_err(|error| Error::Local { what: "results.csv", error })?;
        Ok(LookedUp { kept: self.kept, lines })
    }

    /// Keeps the rows whose phone was there once more behind them.
    fn read_again(&mut self, job: &Job, survey: &Survey, stop: &Stop) -> Result<(), Error> {
        let mut wanted = self.again.iter().copied().peekable();
        let (kept, mut stopped) = (&mut self.kept, false);
        let read = job.read_only(
            |record| wanted.next_if_eq(&record).is_some(),
            |step| {
                stopped |= stop.asked().is_some();
                if let Step::Record(record) = &step {
                    kept.add(record);
                }
                if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        let read = read.map_err(Error::of_a_later_reading)?;
        if stopped {
            return Err(stop.by_signal().map_or(Error::Broken("the comparison"), Error::Signal));
        }
        inputs::are_same(job, &survey.inputs, &read.inputs)
    }
}
