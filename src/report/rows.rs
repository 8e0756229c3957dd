//! The third reading: `results.csv`, one line a row read, and the files to correct and import again.
//!
//! Nothing here decides anything: what became of a row follows from the survey, the status map and the row itself.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::contact::name_of;
use crate::dedupe::{Keep, Stand};
use crate::folder::private_file;
use crate::outcome::{RowCounts, StatusMap};
use crate::reading::{InputRead, Job, Judged, Step};
use crate::source::{self, Source};

use super::cases::{Case, Cases};
use super::line::{self, Line};
use super::rejected::{Rejected, is_json};

pub use super::line::message;

/// What the third reading needs to know.
pub struct Books<'a> {
    /// The inputs and how they are read.
    pub job: &'a Job,
    /// How many records each input has.
    pub inputs: &'a [InputRead],
    /// Which row stands for each phone.
    pub keep: &'a Keep,
    /// The status of each record sent, now or before.
    pub statuses: &'a StatusMap,
    /// Why rows were not sent, where the run ended early.
    pub unsent_because: &'a str,
}

impl Books<'_> {
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
    pub(super) fn duplicate(&self, stand: Stand, input: usize) -> String {
        let (other, _) = self.within(stand.record);
        match self.job.inputs.get(other).filter(|_| other != input) {
            Some(other) => format!("merged into {}:{}", other.source.input().name(), stand.line),
            None => format!("merged into line {}", stand.line),
        }
    }
}

/// What the reading wrote and counted.
#[derive(Debug, Default)]
pub struct Written {
    /// The books, counted again row by row.
    pub rows: RowCounts,
    /// For each input the file of its rejected rows, if there are any: the temporary file, and its name to be.
    pub rejected: Vec<(usize, PathBuf)>,
}

/// Why the row reports could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be read any more.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The input is not any more what the books are about.
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

/// Writes `results.csv` and the rejected rows into files of the folder that do not bear their final names yet.
///
/// The invalid and refused rows are added to `cases`. `stop` ends the reading.
///
/// # Errors
/// The input or a file fails.
pub fn write(
    books: &Books<'_>,
    results: &Path,
    rejected_name: impl Fn(usize, &str) -> PathBuf,
    cases: &mut Cases,
    mut stop: impl FnMut() -> bool,
) -> Result<Option<Written>, Error> {
    let mut written = Written::default();
    let file = private_file(results).map_err(|error| Error::File { path: results.into(), error })?;
    let mut file = BufWriter::with_capacity(1 << 16, file);
    let mut failed: Option<Error> = None;
    let mut stopped = false;
    let mut rejected: Option<(usize, Rejected)> = None;
    let mut text = line::HEADER.to_vec();
    let read = books.job.read(|step| {
        let Step::Record { row, fields, columns, judged } = step else {
            stopped = stop();
            return if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        };
        let number = row.location.input as usize;
        let (_, record) = books.within(row.location.record);
        let Some(input) = books.job.inputs.get(number) else {
            return ControlFlow::Continue(());
        };
        let line = Line::of(books, row, &judged, &mut written.rows);
        line.write(input.source.input().name(), row, record, &name_of(row, fields), &mut text);
        if let Err(error) = file.write_all(&text) {
            failed = Some(Error::File { path: results.into(), error });
            return ControlFlow::Break(());
        }
        text.clear();
        if line.status.is_rejected() {
            let (column, value) = match &judged {
                Judged::Invalid(reject) => {
                    (reject.column.and_then(|column| columns.name(column as usize)), &*reject.value)
                }
                Judged::Contact(_) | Judged::Skipped => (None, ""),
            };
            cases.add(Case {
                file: input.source.input().name().to_owned(),
                line: row.location.line,
                column: column.map(str::to_owned),
                code: line.code.to_owned(),
                message: line.message.clone().into_owned(),
                value: value.to_owned(),
            });
            let wrote = rejected_file(&mut rejected, &mut written, number, &input.source, &rejected_name)
                .and_then(|file| file.add(row, line.code, &line.message));
            if let Err((path, error)) = wrote {
                failed = Some(Error::File { path, error });
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    let read = read?;
    if let Some(error) = failed {
        return Err(error);
    }
    if stopped {
        return Ok(None);
    }
    let readings = books.inputs.iter().zip(&read.inputs);
    if let Some((input, _)) = books.job.inputs.iter().zip(readings).find(|(_, (first, now))| first != now) {
        return Err(Error::Changed(input.source.input().name().to_owned()));
    }
    if let Some((_, file)) = rejected {
        file.finish().map_err(|(path, error)| Error::File { path, error })?;
    }
    // Without a single record the header has not been written.
    let flushed = file.write_all(&text).and_then(|()| file.flush());
    flushed.map_err(|error| Error::File { path: results.into(), error })?;
    Ok(Some(written))
}

pub(super) type FileError = (PathBuf, io::Error);

fn rejected_file<'w>(
    open: &'w mut Option<(usize, Rejected)>,
    written: &mut Written,
    number: usize,
    source: &Source,
    name: &impl Fn(usize, &str) -> PathBuf,
) -> Result<&'w mut Rejected, FileError> {
    if open.as_ref().is_none_or(|(of, _)| *of != number) {
        if let Some((_, before)) = open.take() {
            before.finish()?;
        }
        let path = name(number, if is_json(source) { "ndjson" } else { "csv" });
        *open = Some((number, Rejected::create(&path, source)?));
        written.rejected.push((number, path));
    }
    match open {
        Some((_, file)) => Ok(file),
        None => Err((PathBuf::new(), io::Error::other("no file of rejected rows"))),
    }
}
