//! The third reading: `results.csv`, one line a row read, and the files to correct and import again.
//!
//! Nothing here decides anything: what became of a row follows from the survey, the fates and the row itself.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::contact::name_of;
use crate::dedupe::{Keep, Stand};
use crate::folder::private_file;
use crate::outcome::Fates;
use crate::reading::{InputRead, Job, Judged, Step};
use crate::row::Row;
use crate::row::guard::{guard, one_cell};
use crate::source::{self, Format, Source};

use super::Rows;
use super::cases::{Case, Cases};
use super::line::{self, Line, guarded};

pub use super::line::message;

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
    pub(super) fn folded(&self, stand: Stand, input: usize) -> String {
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

/// Added behind the original columns; a header that ends in them is known as ours.
const REJECTED_HEADER: [&str; 3] = ["m1import_line", "m1import_code", "m1import_reason"];

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
        let number = row.place.input as usize;
        let (_, record) = books.within(row.place.record);
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
        if matches!(line.status, "invalid" | "refused") {
            let (column, value) = match &judged {
                Judged::Invalid(reject) => {
                    (reject.column.and_then(|column| columns.name(column as usize)), &*reject.value)
                }
                Judged::Contact(_) | Judged::Skipped => (None, ""),
            };
            cases.add(Case {
                file: input.source.input().name().to_owned(),
                line: row.place.line,
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

type FileError = (PathBuf, io::Error);

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

fn is_json(source: &Source) -> bool {
    matches!(source.format(), Format::Json | Format::Ndjson)
}

/// A file of rejected rows: the original columns, then why.
struct Rejected {
    path: PathBuf,
    form: Form,
}

enum Form {
    Csv { csv: Box<csv::Writer<BufWriter<File>>>, width: usize },
    Ndjson(BufWriter<File>),
}

impl Rejected {
    fn create(path: &Path, source: &Source) -> Result<Rejected, FileError> {
        let at = |error| (path.to_owned(), error);
        let mut file = BufWriter::new(private_file(path).map_err(at)?);
        if is_json(source) {
            return Ok(Rejected { path: path.to_owned(), form: Form::Ndjson(file) });
        }
        // Spreadsheets take a file without the mark for their own old encoding.
        if source.bom() || source.encoding() != "utf-8" {
            file.write_all("\u{feff}".as_bytes()).map_err(at)?;
        }
        let delimiter = source.delimiter().and_then(|c| u8::try_from(c).ok()).unwrap_or(b',');
        let mut csv = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(file);
        let headers = source.headers();
        let names = headers.iter().map(String::as_str).chain(REJECTED_HEADER);
        csv.write_record(names).map_err(|e| at(e.into()))?;
        Ok(Rejected { path: path.to_owned(), form: Form::Csv { csv: Box::new(csv), width: headers.len() } })
    }

    fn add(&mut self, row: &Row, code: &str, reason: &str) -> Result<(), FileError> {
        let line = row.place.line.to_string();
        let wrote = match &mut self.form {
            Form::Csv { csv, width } => {
                let cell = |column| guard(&one_cell(row.cell(column))).into_owned();
                let why = [line.as_str(), code, reason].map(|text| guarded(text).into_owned());
                // What a row has beyond the header follows behind our columns, where the reader finds it again.
                let record = (0..*width).map(cell).chain(why).chain((*width..row.len()).map(cell));
                csv.write_record(record).map_err(io::Error::from)
            }
            Form::Ndjson(file) => file.write_all(&json_line(&row.raw, row.place.line, code, reason)),
        };
        wrote.map_err(|error| (self.path.clone(), error))
    }

    fn finish(self) -> Result<(), FileError> {
        let flushed = match self.form {
            Form::Csv { csv, .. } => csv.into_inner().map_err(|e| e.into_error()).and_then(|mut file| file.flush()),
            Form::Ndjson(mut file) => file.flush(),
        };
        flushed.map_err(|error| (self.path, error))
    }
}

/// The element as it stood, on one line, with three members more. What was no object is kept as a text.
fn json_line(raw: &[u8], line: u64, code: &str, reason: &str) -> Vec<u8> {
    let why = serde_json::json!({"m1import_line": line, "m1import_code": code, "m1import_reason": reason}).to_string();
    let is_object = serde_json::from_slice::<serde::de::IgnoredAny>(raw).is_ok() && raw.trim_ascii().starts_with(b"{");
    let mut out = Vec::with_capacity(raw.len() + why.len() + 2);
    match raw.trim_ascii().strip_suffix(b"}").filter(|_| is_object) {
        Some(open) => {
            // Between tokens a line end means nothing, and within a JSON string none can stand.
            out.extend(open.trim_ascii_end().iter().map(|&b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }));
            if !open.trim_ascii_end().ends_with(b"{") {
                out.push(b',');
            }
            out.extend_from_slice(why.as_bytes().strip_prefix(b"{").unwrap_or_default());
        }
        None => {
            let kept = serde_json::Value::String(String::from_utf8_lossy(raw).into_owned());
            out.extend_from_slice(br#"{"m1import_raw":"#);
            out.extend_from_slice(kept.to_string().as_bytes());
            out.push(b',');
            out.extend_from_slice(why.as_bytes().strip_prefix(b"{").unwrap_or_default());
        }
    }
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_element_stays_what_it_was() {
        let cases = [
            ("{\"phone\": \"1\"}", "{\"phone\": \"1\",\"m1import_"),
            ("{\n  \"phone\": 12345678901234567890\n}", "{   \"phone\": 12345678901234567890,\"m1import_"),
            ("{}", "{\"m1import_"),
            ("[1]", "{\"m1import_raw\":\"[1]\",\"m1import_"),
            ("{\"phone\": ", "{\"m1import_raw\":\"{\\\"phone\\\": \",\"m1import_"),
        ];
        for (raw, start) in cases {
            let line = String::from_utf8(json_line(raw.as_bytes(), 7, "phone.missing", "no phone number")).unwrap();
            assert!(line.starts_with(start), "{line}");
            let value: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["m1import_line"], 7);
            assert_eq!(line.matches('\n').count(), 1);
        }
    }
}
