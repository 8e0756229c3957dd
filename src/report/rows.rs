//! `results.csv`, one line a row read, and the files to correct and import again.
//!
//! They are written while the contacts are sent, as if the server accepted all of them, and are what they should be if it
//! does: then no third reading is needed. If a contact was not accepted, they are written anew by a reading of their own.
//!
//! Nothing here decides anything: what became of a row follows from the survey, the status map and the row itself.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::contact::name_of;
use crate::dedupe::{DedupePlan, Winner};
use crate::folder::{Draft, Folder, RESULTS, rejected_name};
use crate::outcome::{RowCounts, RowStatus, StatusMap};
use crate::reading::{InputRead, Job, Judged, Record, Which};
use crate::row::Row;
use crate::source::{self, Columns, Source};

use super::certain::{Filling, PartlyWritten, WrittenLines};
use super::line::{self, Beginning, ResultLine};
use super::rejected::{Rejected, is_json};
use super::rejected_rows::{RejectedRow, RejectedRows};

pub use super::line::{HEADER, message};

/// What the third reading needs to know.
pub struct ReportContext<'a> {
    /// The inputs and how they are read.
    pub job: &'a Job,
    /// How many records each input has.
    pub inputs: &'a [InputRead],
    /// Which row is sent for each phone.
    pub keep: &'a DedupePlan,
    /// The status of each record sent, now or before.
    pub statuses: &'a StatusMap,
    /// What records that are to be sent are assumed to become; `None` once they have become it.
    pub open_rows: Option<RowStatus>,
    /// Why rows were not sent, where the run ended early.
    pub why_not_sent: &'a str,
}

impl ReportContext<'_> {
    /// The input that holds a record of the job, and the record's number within it.
    fn within(&self, record: u64) -> (usize, u64) {
        let mut left = record;
        for (number, input) in self.inputs.iter().enumerate() {
            if left <= input.records {
                return (number, left);
            }
            left -= input.records;
        }
        (self.inputs.len(), left)
    }

    /// Into which row a duplicate was merged.
    pub(super) fn duplicate(&self, winner: Winner, input: usize) -> String {
        let (other, _) = self.within(winner.record);
        match self.job.inputs.get(other).filter(|_| other != input) {
            Some(other) => format!("merged into {}:{}", other.source.input().name(), winner.line),
            None => format!("merged into line {}", winner.line),
        }
    }
}

/// What the reading wrote and counted.
#[derive(Debug)]
pub struct Written {
    /// How many rows have each status, counted again row by row.
    pub rows: RowCounts,
    /// `results.csv`.
    pub results: Draft,
    /// The files of rejected rows, of those inputs that have any.
    pub rejected: Vec<Draft>,
}

/// Why the row reports could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be read any more.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The input is no longer what was surveyed.
    #[error("{0}: the file changed while it was being read")]
    Changed(String),
    /// A file cannot be written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Writes the drafts of `results.csv` and of the rejected rows.
///
/// The invalid and refused rows are added to `rejected`. Of a table that is `begun` only the missing lines are written. `stop`
/// ends the reading, and then there is nothing.
///
/// # Errors
/// The input or a file fails.
pub fn write(
    context: &ReportContext<'_>,
    folder: &Folder,
    rejected: &mut RejectedRows,
    begun: Option<PartlyWritten>,
    mut stop: impl FnMut() -> bool + Send,
) -> Result<Option<Written>, Error> {
    let (lines, left) = match begun {
        Some(PartlyWritten { lines, left }) if left.is_empty() => {
            return Ok(Some(Written { rows: lines.rows(), results: lines.into_table(), rejected: Vec::new() }));
        }
        Some(PartlyWritten { lines, left }) => (Some(lines), Some(left)),
        None => (None, None),
    };
    let mut tables = Tables::begin(context, folder, rejected, lines)?;
    let mut ended = None;
    let read = context.job.read_kept_or_all(
        left.as_deref().map(|left| (left, Which::All)),
        context.inputs,
        |record, lines: &mut Lines<'_>| lines.add(context, &record, &name_of(record.row, record.fields)),
        |lines, _| {
            if let Err(error) = tables.write(lines) {
                ended = Some(Err(error));
            } else if stop() {
                ended = Some(Ok(None));
            }
            if ended.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )?;
    if let Some(ended) = ended {
        return ended;
    }
    if let Some(input) = context.job.changed_input(context.inputs, &read.inputs) {
        return Err(Error::Changed(input.to_owned()));
    }
    tables.finish().map(Some)
}

/// The memory for the lines of a block that is kept for the next, in bytes; a few rows can be far larger than usual.
const USUAL: usize = 512 << 10;

/// The lines of a block of rows.
#[derive(Default)]
pub struct Lines<'c> {
    beginning: Beginning,
    text: Vec<u8>,
    /// The record of each line, and where it ends in the text.
    ends: Vec<(u64, usize)>,
    rows: RowCounts,
    rejected: Vec<RejectedLine<'c>>,
}

/// A row that was not imported.
struct RejectedLine<'c> {
    row: Row,
    line: ResultLine<'c>,
    shown: RejectedRow,
}

impl<'c> Lines<'c> {
    /// Adds the line of a row; `name` is the one that it gives.
    pub fn add(&mut self, context: &'c ReportContext<'_>, record: &Record<'_>, name: &str) {
        let Record { row, columns, judged, before, .. } = record;
        let Some(input) = context.job.inputs.get(row.location.input as usize) else { return };
        let file = input.source.input().name();
        let line = ResultLine::of(context, row, judged, &mut self.rows);
        let beginning = self.beginning.of(file, row.location, row.location.record - before, line.status);
        line.write(beginning, name, &mut self.text);
        self.ends.push((row.location.record, self.text.len()));
        if line.status.is_rejected() {
            let shown = case(&line, row, judged, columns, file);
            self.rejected.push(RejectedLine { row: (*row).clone(), line, shown });
        }
    }
}

/// The files that the lines go into.
pub struct Tables<'w> {
    context: &'w ReportContext<'w>,
    folder: &'w Folder,
    results: Results,
    files: RejectedFiles<'w>,
    rejected: &'w mut RejectedRows,
    rows: RowCounts,
}

/// `results.csv` on its way.
enum Results {
    /// All lines come one after another.
    New(BufWriter<Draft>),
    /// Some were written before.
    Begun(Filling),
}

impl<'w> Tables<'w> {
    /// Begins the files; `lines` are those of rows that are not read, which the others are put between.
    ///
    /// # Errors
    /// A file fails.
    pub fn begin(
        context: &'w ReportContext<'w>,
        folder: &'w Folder,
        rejected: &'w mut RejectedRows,
        lines: Option<WrittenLines>,
    ) -> Result<Tables<'w>, Error> {
        let rows = lines.as_ref().map(WrittenLines::rows).unwrap_or_default();
        let begin = || match lines {
            Some(lines) => Ok(Results::Begun(lines.fill()?)),
            None => {
                let mut results = BufWriter::with_capacity(1 << 16, folder.create(RESULTS)?);
                results.write_all(line::HEADER)?;
                Ok(Results::New(results))
            }
        };
        let results = begin().map_err(|error| Error::File { path: folder.file(RESULTS), error })?;
        let several = context.job.inputs.len() > 1;
        let files = RejectedFiles { folder, several, open: None, finished: Vec::new() };
        Ok(Tables { context, folder, results, files, rejected, rows })
    }

    /// Writes the lines of the rows that come next, and empties them.
    ///
    /// # Errors
    /// A file fails.
    pub fn write(&mut self, lines: &mut Lines<'_>) -> Result<(), Error> {
        self.write_results(lines).map_err(|error| Error::File { path: self.folder.file(RESULTS), error })?;
        self.rows += std::mem::take(&mut lines.rows);
        for RejectedLine { row, line, shown } in lines.rejected.drain(..) {
            self.rejected.add(shown);
            let number = row.location.input as usize;
            if let Some(input) = self.context.job.inputs.get(number) {
                self.files.add(number, &input.source, &row, &line)?;
            }
        }
        lines.ends.clear();
        lines.text.clear();
        lines.text.shrink_to(USUAL);
        Ok(())
    }

    fn write_results(&mut self, lines: &Lines<'_>) -> io::Result<()> {
        match &mut self.results {
            Results::New(table) => table.write_all(&lines.text),
            Results::Begun(table) => {
                let mut start = 0;
                for (record, end) in &lines.ends {
                    table.add(*record, lines.text.get(start..*end).unwrap_or_default())?;
                    start = *end;
                }
                Ok(())
            }
        }
    }

    /// What was written, when all rows have been read.
    ///
    /// # Errors
    /// A file fails.
    pub fn finish(self) -> Result<Written, Error> {
        let results = match self.results {
            Results::New(table) => table.into_inner().map_err(io::IntoInnerError::into_error),
            Results::Begun(table) => table.finish(),
        };
        let results = results.map_err(|error| Error::File { path: self.folder.file(RESULTS), error })?;
        Ok(Written { rows: self.rows, results, rejected: self.files.finish()? })
    }
}

/// A rejected row as reports show it.
fn case(line: &ResultLine<'_>, row: &Row, judged: &Judged<'_>, columns: &Columns, file: &str) -> RejectedRow {
    let (column, value) = match judged {
        Judged::Invalid(reject) => (reject.column.and_then(|column| columns.name(column as usize)), &*reject.value),
        Judged::Contact(_) | Judged::Skipped => (None, ""),
    };
    RejectedRow {
        file: file.to_owned(),
        line: row.location.line,
        column: column.map(str::to_owned),
        code: line.code.to_owned(),
        message: line.message.clone().into_owned(),
        value: value.to_owned(),
    }
}

/// The files of rejected rows, one for each input that has any, in the order of the inputs.
struct RejectedFiles<'f> {
    folder: &'f Folder,
    /// Whether there are several inputs: then the names are numbered.
    several: bool,
    open: Option<(usize, String, Rejected)>,
    finished: Vec<Draft>,
}

impl RejectedFiles<'_> {
    fn add(&mut self, number: usize, source: &Source, row: &Row, line: &ResultLine<'_>) -> Result<(), Error> {
        if self.open.as_ref().is_none_or(|(of, ..)| *of != number) {
            self.close()?;
            let ending = if is_json(source) { "ndjson" } else { "csv" };
            let name = rejected_name(number, self.several, ending);
            let begun = self.folder.create(&name).and_then(|draft| Rejected::begin(draft, source));
            let file = begun.map_err(|error| Error::File { path: self.folder.file(&name), error })?;
            self.open = Some((number, name, file));
        }
        match &mut self.open {
            Some((_, name, file)) => {
                let failed = |error| Error::File { path: self.folder.file(name), error };
                file.add(row, line.code, &line.message).map_err(failed)
            }
            None => Ok(()),
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some((_, name, file)) = self.open.take() {
            let path = self.folder.file(&name);
            self.finished.push(file.finish().map_err(|error| Error::File { path, error })?);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Draft>, Error> {
        self.close()?;
        Ok(self.finished)
    }
}
