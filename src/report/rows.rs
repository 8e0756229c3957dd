//! The third reading: `results.csv`, one line a row read, and the files to correct and import again.
//!
//! Nothing here decides anything: what became of a row follows from the survey, the fates and the row itself.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::contact::{Fields, name_of};
use crate::dedupe::{Keep, Stand};
use crate::folder::private_file;
use crate::outcome::{Fates, RecordFate};
use crate::reading::{InputRead, Job, Judged, Step};
use crate::row::guard::is_formula;
use crate::row::{Note, Reject, Row};
use crate::source::{self, Columns, Source};

use super::Rows;
use super::cases::{Case, Cases};
use super::rejected::{Rejected, is_json};

/// What the third reading needs to know.
pub struct Books<'a> {
    /// The inputs and how they are read.
    pub job: &'a Job,
    /// How many records each input has.
    pub inputs: &'a [InputRead],
    /// Which row stands for each phone.
    pub keep: &'a Keep,
    /// What became of each record sent, now or before.
    pub fates: &'a Fates,
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

    /// What is said of a row that another one stands for.
    fn folded(&self, stand: Stand, input: usize) -> String {
        let (other, _) = self.within(stand.record);
        match self.job.inputs.get(other).filter(|_| other != input) {
            Some(other) => format!("{}:{} stands for this phone number", other.source.input().name(), stand.line),
            None => format!("line {} stands for this phone number", stand.line),
        }
    }
}

/// What the reading wrote and counted.
#[derive(Debug, Default)]
pub struct Written {
    /// The books, counted again row by row.
    pub rows: Rows,
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

const RESULTS_HEADER: [&str; 11] =
    ["file", "record", "line", "status", "code", "field", "message", "prefix", "number", "name", "notes"];

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
    let mut csv = csv::Writer::from_writer(BufWriter::with_capacity(1 << 16, file));
    let mut failed: Option<Error> = None;
    let mut stopped = false;
    let mut rejected: Option<(usize, Rejected)> = None;
    let mut line = Line::default();
    if let Err(error) = csv.write_record(RESULTS_HEADER) {
        return Err(Error::File { path: results.into(), error: error.into() });
    }
    let read = books.job.read(|step| {
        let Step::Record { row, fields, columns, judged } = step else {
            stopped = stop();
            return if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        };
        let number = row.place.input as usize;
        let (_, record) = books.within(row.place.record);
        let Some(input) = books.job.inputs.get(number) else {
            return ControlFlow::Continue(());
        };
        line.judge(books, row, fields, columns, &judged, &mut written.rows);
        let wrote = line.write(&mut csv, input.source.input().name(), row, record);
        if let Err(error) = wrote {
            failed = Some(Error::File { path: results.into(), error });
            return ControlFlow::Break(());
        }
        if matches!(line.status, "invalid" | "refused") {
            cases.add(Case {
                file: input.source.input().name().to_owned(),
                line: row.place.line,
                column: line.column.clone(),
                code: line.code.clone(),
                message: line.message.clone(),
                value: line.value.clone(),
            });
            let wrote = rejected_file(&mut rejected, &mut written, number, &input.source, &rejected_name)
                .and_then(|file| file.add(row, &line.code, &line.message));
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
    let flushed = csv.into_inner().map_err(|e| e.into_error()).and_then(|mut f| f.flush());
    flushed.map_err(|error| Error::File { path: results.into(), error })?;
    Ok(Some(written))
}

/// The line of `results.csv` that is being made; one buffer, used again.
#[derive(Default)]
struct Line {
    status: &'static str,
    code: String,
    field: &'static str,
    message: String,
    prefix: String,
    number: String,
    name: String,
    notes: String,
    column: Option<String>,
    value: String,
}

impl Line {
    fn judge(
        &mut self,
        books: &Books<'_>,
        row: &Row,
        fields: &Fields,
        columns: &Columns,
        judged: &Judged<'_>,
        rows: &mut Rows,
    ) {
        use std::fmt::Write as _;
        for text in [&mut self.code, &mut self.message, &mut self.prefix, &mut self.number, &mut self.notes] {
            text.clear();
        }
        self.name.clear();
        self.name.push_str(&name_of(row, fields));
        self.field = "";
        self.column = None;
        self.value.clear();
        rows.read += 1;
        match judged {
            Judged::Skipped => {
                self.status = "skipped";
                rows.skipped += 1;
            }
            Judged::Invalid(reject) => {
                self.status = "invalid";
                rows.invalid += 1;
                self.code.push_str(reject.code.as_str());
                self.field = reject.field.as_str();
                self.message.push_str(&message(reject));
                self.column = reject.column.and_then(|column| columns.name(column as usize)).map(str::to_owned);
                self.value.push_str(&reject.value);
            }
            Judged::Contact(contact) => {
                let (prefix, number) = contact.phone.split();
                // Writing into a String does not fail.
                let _infallible = write!(self.prefix, "{prefix}");
                self.number.push_str(&number);
                for note in contact.notes.iter() {
                    if !self.notes.is_empty() {
                        self.notes.push(';');
                    }
                    self.notes.push_str(note.as_str());
                    if note == Note::PhoneMultiple && !contact.others.is_empty() {
                        let others: Vec<String> = contact.others.iter().map(ToString::to_string).collect();
                        let _infallible = write!(self.notes, "({})", others.join(" "));
                    }
                }
                let stand = books.keep.stand(contact.phone).filter(|stand| stand.record != row.place.record);
                if let Some(stand) = stand {
                    self.status = "folded";
                    rows.folded += 1;
                    self.code.push_str("row.duplicate");
                    self.field = "phone";
                    self.message.push_str(&books.folded(stand, row.place.input as usize));
                    return;
                }
                self.sent(books, row.place.record, rows);
            }
        }
    }

    fn sent(&mut self, books: &Books<'_>, record: u64, rows: &mut Rows) {
        let fate = books.fates.get(record).unwrap_or(RecordFate::Unsent);
        let (status, count) = match fate {
            RecordFate::Accepted => ("accepted", &mut rows.accepted),
            RecordFate::AcceptedBefore => ("accepted_before", &mut rows.accepted_before),
            RecordFate::Refused => ("refused", &mut rows.refused),
            RecordFate::Unknown => ("unknown", &mut rows.unknown),
            RecordFate::Unsent => ("unsent", &mut rows.unsent),
        };
        self.status = status;
        *count += 1;
        match books.fates.reason(record) {
            Some(failure) => {
                self.code.push_str(failure.cause.code());
                self.message.push_str(&failure.message);
            }
            None if fate == RecordFate::Unsent => self.message.push_str(books.unsent_because),
            None => {}
        }
    }

    fn write(&self, csv: &mut csv::Writer<BufWriter<File>>, file: &str, row: &Row, record: u64) -> io::Result<()> {
        let (record, line) = (record.to_string(), row.place.line.to_string());
        let (file, name) = (guard_result(file), guard_result(&self.name));
        let message = guard_result(&self.message);
        csv.write_record([
            file.as_bytes(),
            record.as_bytes(),
            line.as_bytes(),
            self.status.as_bytes(),
            self.code.as_bytes(),
            self.field.as_bytes(),
            message.as_bytes(),
            self.prefix.as_bytes(),
            self.number.as_bytes(),
            name.as_bytes(),
            self.notes.as_bytes(),
        ])
        .map_err(io::Error::from)
    }
}

/// The reason in words, with what would be right; without the cell's own value.
pub fn message(reject: &Reject) -> String {
    let mut text = reject.code.says().to_owned();
    if !reject.detail.is_empty() {
        text.push_str(": ");
        text.push_str(&reject.detail);
    }
    if !reject.suggestions.is_empty() {
        text.push_str("; perhaps ");
        text.push_str(&reject.suggestions.join(" or "));
    }
    text
}

/// A cell of `results.csv`: what a spreadsheet would run gets an apostrophe, a clean `+digits` phone does not.
pub(super) fn guard_result(cell: &str) -> Cow<'_, str> {
    let bare = cell.trim_start_matches('\'');
    let is_phone =
        bare.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    match is_formula(bare) && !is_phone {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
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
