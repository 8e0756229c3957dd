//! `results.csv`, one line a row read, and the files to correct and import again.
//!
//! They are written while the contacts are sent, as if the server accepted all of them, and are what they should be if it
//! does: then no third reading is needed. If a contact was not accepted, they are written anew by a reading of their own.
//!
//! Nothing here decides anything: what became of a row follows from the survey, the status map and the row itself.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

use crate::contact::name_of;
use crate::dedupe::{DedupePlan, Winner};
use crate::folder::{Draft, Folder, RESULTS, rejected_name};
use crate::outcome::{RowCounts, RowStatus, StatusMap};
use crate::reading::{InputRead, Job, Judged, Record};
use crate::row::{Reject, Row};
use crate::source::{self, Columns, Source};

use super::completing::PartlyWritten;
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
/// The invalid and refused rows are added to `rejected`. Of a table that is `begun` only the missing lines are written, unless
/// there are refused rows. `stop` ends the reading, and then there is nothing.
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
    // A row that the server refused stands in a file of rejected rows as it was read: nobody has kept it.
    if let Some(begun) = begun.filter(|_| context.statuses.counts()[RowStatus::Refused] == 0) {
        return complete(context, folder, rejected, begun, stop);
    }
    let mut tables = Tables::begin(context, folder, rejected)?;
    let mut ended = None;
    let read = context.job.read_blocks(
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

/// The same where most lines of `results.csv` are written: nothing is read.
fn complete(
    context: &ReportContext<'_>,
    folder: &Folder,
    rejected: &mut RejectedRows,
    PartlyWritten { lines, rejected: records }: PartlyWritten,
    stop: impl FnMut() -> bool + Send,
) -> Result<Option<Written>, Error> {
    thread::scope(|threads| {
        let table = threads.spawn(|| {
            lines.complete(
                context.job.threads,
                |location, phone| ResultLine::of_contact(context, location, phone),
                stop,
            )
        });
        let mut files = RejectedFiles::begin(context, folder);
        let written = records.each(|row, columns, reject| {
            let Some(input) = context.job.inputs.get(row.location.input as usize) else { return Ok(()) };
            let line = ResultLine::of_reject(reject);
            rejected.add(shown(&line, row, Some(reject), columns, input.source.input().name()));
            files.add(&input.source, row, &line)
        });
        let table = table.join().unwrap_or_else(|panic| resume_unwind(panic));
        let table = table.map_err(|error| Error::File { path: folder.file(RESULTS), error })?;
        written?;
        let Some((results, rows)) = table else { return Ok(None) };
        Ok(Some(Written { rows, results, rejected: files.finish()? }))
    })
}

/// The memory for the lines of a block that is kept for the next, in bytes; a few rows can be far larger than usual.
const USUAL: usize = 512 << 10;

/// The lines of a block of rows.
#[derive(Default)]
pub struct Lines<'c> {
    beginning: Beginning,
    text: Vec<u8>,
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
        let line = ResultLine::of(context, row, judged);
        self.rows.read += 1;
        self.rows.counts[line.status] += 1;
        let beginning = self.beginning.of(file, row.location, row.location.record - before, line.status);
        line.write(beginning, name, &mut self.text);
        if line.status.is_rejected() {
            let reject = match judged {
                Judged::Invalid(reject) => Some(&**reject),
                Judged::Contact(_) | Judged::Skipped => None,
            };
            let shown = shown(&line, row, reject, columns, file);
            self.rejected.push(RejectedLine { row: (*row).clone(), line, shown });
        }
    }
}

/// The files that the lines go into.
pub struct Tables<'w> {
    context: &'w ReportContext<'w>,
    folder: &'w Folder,
    results: BufWriter<Draft>,
    files: RejectedFiles<'w>,
    rejected: &'w mut RejectedRows,
    rows: RowCounts,
}

impl<'w> Tables<'w> {
    /// Begins the files.
    ///
    /// # Errors
    /// A file fails.
    pub fn begin(
        context: &'w ReportContext<'w>,
        folder: &'w Folder,
        rejected: &'w mut RejectedRows,
    ) -> Result<Tables<'w>, Error> {
        let begin = || {
            let mut results = BufWriter::with_capacity(1 << 16, folder.create(RESULTS)?);
            results.write_all(line::HEADER)?;
            Ok(results)
        };
        let results = begin().map_err(|error| Error::File { path: folder.file(RESULTS), error })?;
        let files = RejectedFiles::begin(context, folder);
        Ok(Tables { context, folder, results, files, rejected, rows: RowCounts::default() })
    }

    /// Writes the lines of the rows that come next, and empties them.
    ///
    /// # Errors
    /// A file fails.
    pub fn write(&mut self, lines: &mut Lines<'_>) -> Result<(), Error> {
        let written = self.results.write_all(&lines.text);
        written.map_err(|error| Error::File { path: self.folder.file(RESULTS), error })?;
        self.rows += std::mem::take(&mut lines.rows);
        for RejectedLine { row, line, shown } in lines.rejected.drain(..) {
            self.rejected.add(shown);
            if let Some(input) = self.context.job.inputs.get(row.location.input as usize) {
                self.files.add(&input.source, &row, &line)?;
            }
        }
        lines.text.clear();
        lines.text.shrink_to(USUAL);
        Ok(())
    }

    /// What was written, when all rows have been read.
    ///
    /// # Errors
    /// A file fails.
    pub fn finish(self) -> Result<Written, Error> {
        let results = self.results.into_inner().map_err(io::IntoInnerError::into_error);
        let results = results.map_err(|error| Error::File { path: self.folder.file(RESULTS), error })?;
        Ok(Written { rows: self.rows, results, rejected: self.files.finish()? })
    }
}

/// A rejected row as reports show it.
fn shown(line: &ResultLine<'_>, row: &Row, reject: Option<&Reject>, columns: &Columns, file: &str) -> RejectedRow {
    let column = reject.and_then(|reject| columns.name(reject.column? as usize));
    let value = reject.map_or("", |reject| &*reject.value);
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

impl<'f> RejectedFiles<'f> {
    fn begin(context: &ReportContext<'_>, folder: &'f Folder) -> RejectedFiles<'f> {
        RejectedFiles { folder, several: context.job.inputs.len() > 1, open: None, finished: Vec::new() }
    }

    fn add(&mut self, source: &Source, row: &Row, line: &ResultLine<'_>) -> Result<(), Error> {
        let number = row.location.input as usize;
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
