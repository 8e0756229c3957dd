//! The results of one shard, as its run left them. Everything in them is foreign: the folder may come from another machine.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Error;
use super::records::{Records, cells, invalid};
use crate::event::Requests;
use crate::folder::{Folder, RESULTS, SUMMARY, hash, is_rejected_name};
use crate::outcome::{RowCounts, RowStatus};
use crate::platform::OpenMode;
use crate::reading::Shard;
use crate::report::{Contacts, InputSummary, Tallies};

/// What is taken of a `summary.json`.
#[derive(Debug, Deserialize)]
pub struct ShardSummary {
    pub status: String,
    pub endpoint: String,
    pub job: String,
    pub plan: Option<String>,
    shard: Option<String>,
    #[serde(default)]
    pub limit: Option<u64>,
    #[serde(flatten)]
    pub time: ShardTime,
    pub inputs: Vec<InputSummary>,
    pub rows: RowCounts,
    pub contacts: Contacts,
    pub warnings: Vec<ShardWarning>,
    #[serde(flatten)]
    pub tallies: Tallies,
    pub requests: Requests,
    files: ShardFiles,
}

/// When the run of a shard began and ended.
#[derive(Debug, Deserialize)]
pub struct ShardTime {
    pub started: String,
    pub finished: String,
}

/// A warning of a shard.
#[derive(Debug, Deserialize)]
pub struct ShardWarning {
    pub code: String,
    pub count: u64,
    pub message: String,
    pub hint: Option<String>,
    pub places: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct ShardFiles {
    rejected: Vec<RejectedFile>,
}

#[derive(Debug, Deserialize)]
struct RejectedFile {
    path: String,
    blake3: String,
}

/// The results folder of one shard.
#[derive(Debug)]
pub struct Results {
    /// As it was typed.
    pub path: PathBuf,
    /// Which part of the job it holds.
    pub shard: Shard,
    /// What its run said.
    pub summary: ShardSummary,
    folder: Folder,
}

impl Results {
    /// Opens the folder and reads its summary. `None` where there is none: the shard has not run to its end yet.
    ///
    /// # Errors
    /// There is no such folder, or the summary is not that of a shard.
    pub fn open(path: &Path) -> Result<Option<Results>, Error> {
        let folder = Folder::existing(path).map_err(|error| Error::Folder { path: path.to_owned(), error })?;
        let damaged = |why: String| Error::Unreadable { path: path.join(SUMMARY), why };
        let text = match folder.read_summary() {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(error.to_string())),
        };
        let summary: ShardSummary = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        let shard = summary.shard.as_deref().and_then(|shard| shard.parse().ok());
        let Some(shard) = shard else {
            return Err(Error::OtherJob {
                path: path.to_owned(),
                what: "it was imported as a whole, not as a shard".to_owned(),
            });
        };
        if !matches!(summary.status.as_str(), "complete" | "interrupted" | "stopped") {
            let what = format!("it is not of an import (status {:?})", summary.status);
            return Err(Error::OtherJob { path: path.to_owned(), what });
        }
        Ok(Some(Results { path: path.to_owned(), shard, summary, folder }))
    }

    /// Whether nothing is left to be sent.
    pub fn is_finished(&self) -> bool {
        self.summary.status == "complete" && self.summary.rows.counts.open() == 0
    }

    /// In what it differs from another shard of one job; `None` where it does not.
    pub fn difference(&self, other: &Results) -> Option<String> {
        let same = |a: &InputSummary, b: &InputSummary| (a.bytes, &a.blake3) == (b.bytes, &b.blake3);
        let (ours, theirs) = (&self.summary, &other.summary);
        if ours.inputs.len() != theirs.inputs.len() || !ours.inputs.iter().zip(&theirs.inputs).all(|(a, b)| same(a, b))
        {
            return Some("it is of another input".to_owned());
        }
        if ours.endpoint != theirs.endpoint {
            return Some(format!("it went to another endpoint ({})", ours.endpoint));
        }
        if ours.plan != theirs.plan {
            return Some("it has other settings for input, mapping or validation".to_owned());
        }
        (self.shard.of != other.shard.of).then(|| format!("it is shard {}, not one of {}", self.shard, other.shard.of))
    }

    /// The table of its rows.
    ///
    /// # Errors
    /// It is not there, or is not the table of a run.
    pub fn rows(&self) -> Result<Rows, Error> {
        let path = self.path.join(RESULTS);
        let failed = |error: io::Error| Error::Unreadable { path: path.clone(), why: error.to_string() };
        let mut records = Records::csv(self.folder.open_file(RESULTS, OpenMode::Read).map_err(failed)?);
        let header = records.next().map_err(failed)?.unwrap_or_default();
        Ok(Rows { path, records, header, input: 0, last: None, counts: RowCounts::default() })
    }

    /// The files of rejected rows, by the number of the input they are of, from 0.
    ///
    /// # Errors
    /// One that the summary lists is not there any more, or not as it was written.
    pub fn rejected(&self) -> Result<BTreeMap<usize, Rejected>, Error> {
        let mut found = BTreeMap::new();
        for listed in &self.summary.files.rejected {
            let name = Path::new(&listed.path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let path = self.path.join(name);
            let failed = |why: String| Error::Unreadable { path: path.clone(), why };
            if !is_rejected_name(name) {
                return Err(failed("the summary names it, and no run writes a file of that name".to_owned()));
            }
            let open = || self.folder.open_file(name, OpenMode::Read).map_err(|error| failed(error.to_string()));
            let now = hash(open()?).map_err(|error| failed(error.to_string()))?;
            if now.to_string() != listed.blake3 {
                return Err(failed("it was edited since it was written".to_owned()));
            }
            let number = name.split('.').nth(1).and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
            let file = open()?;
            found.insert(number.saturating_sub(1), Rejected::open(path.clone(), name.ends_with(".ndjson"), file)?);
        }
        Ok(found)
    }
}

/// A row of a shard's `results.csv`.
pub struct ResultRow {
    /// The number of its input, from 0, and of the record within it, from 1.
    pub place: (usize, u64),
    /// What became of it.
    pub status: RowStatus,
    /// Its line as an editor shows it.
    pub line: u64,
    /// The cells of the file's name, the code and the message.
    pub words: [String; 3],
    /// The record as it stands in the file.
    pub raw: Vec<u8>,
}

/// The rows of a shard, in the order of the input.
pub struct Rows {
    /// The file.
    pub path: PathBuf,
    /// The header as it stands there.
    pub header: Vec<u8>,
    /// How many rows have been read, by status.
    pub counts: RowCounts,
    records: Records,
    input: usize,
    last: Option<(String, u64)>,
}

impl Rows {
    /// The next row.
    ///
    /// # Errors
    /// The file is damaged. `inputs` are the names of the job's inputs.
    pub fn next(&mut self, inputs: &[String]) -> Result<Option<ResultRow>, Error> {
        let path = self.path.clone();
        let failed = |error: io::Error| Error::Unreadable { path: path.clone(), why: error.to_string() };
        let Some(raw) = self.records.next().map_err(failed)? else {
            return Ok(None);
        };
        let cells = cells(&raw, b',').map_err(failed)?;
        let cell = |at: usize| cells.get(at).unwrap_or_default();
        let status = RowStatus::ALL.iter().find(|status| status.as_str() == cell(3));
        let (Ok(record), Ok(line), Some(status)) = (cell(1).parse(), cell(2).parse(), status) else {
            return Err(failed(invalid("a row of it cannot be understood")));
        };
        self.advance(cell(0), record, inputs);
        self.counts.read += 1;
        self.counts.counts[*status] += 1;
        let words = [cell(0), cell(4), cell(6)].map(str::to_owned);
        Ok(Some(ResultRow { place: (self.input, record), status: *status, line, words, raw }))
    }

    /// Finds the input that the row is of: the same as before, or one further on that has the name.
    fn advance(&mut self, file: &str, record: u64, inputs: &[String]) {
        let goes_on = self.last.as_ref().is_none_or(|(name, last)| name == file && record > *last);
        if !goes_on || self.last.is_none() {
            let from = if self.last.is_none() { 0 } else { self.input + 1 };
            let base = |name: &str| Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned());
            let named = inputs.iter().skip(from).position(|name| base(name) == base(file));
            self.input = from + named.unwrap_or(0);
        }
        self.last = Some((file.to_owned(), record));
    }
}

/// A file of rejected rows.
pub struct Rejected {
    /// The file.
    pub path: PathBuf,
    /// The header as it stands there; empty for NDJSON.
    pub header: Vec<u8>,
    delimiter: u8,
    /// Where the cell with the line of the row stands; `None` for NDJSON.
    column: Option<usize>,
    records: Records,
}

/// The member and the header of the line.
const LINE: &str = "m1import_line";
const CODE: &str = "m1import_code";

impl Rejected {
    fn open(path: PathBuf, is_json: bool, file: File) -> Result<Rejected, Error> {
        if is_json {
            return Ok(Rejected {
                path,
                header: Vec::new(),
                delimiter: b',',
                column: None,
                records: Records::lines(file),
            });
        }
        let failed = |error: io::Error| Error::Unreadable { path: path.clone(), why: error.to_string() };
        let mut records = Records::csv(file);
        let header = records.next().map_err(failed)?.unwrap_or_default();
        let no_header = || failed(invalid("its header is not that of rejected rows"));
        // Our columns come last and are not quoted: what stands in front of one is the delimiter.
        let at = memchr::memmem::rfind(&header, CODE.as_bytes()).ok_or_else(no_header)?;
        let delimiter = at.checked_sub(1).and_then(|at| header.get(at)).copied().ok_or_else(no_header)?;
        let column = cells(&header, delimiter).map_err(failed)?.iter().position(|name| name == LINE);
        Ok(Rejected { column: Some(column.ok_or_else(no_header)?), path, header, delimiter, records })
    }

    /// The next rejected row: the line of the input, and the record as it stands.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, Error> {
        #[derive(Deserialize)]
        struct Member {
            m1import_line: u64,
        }
        let path = self.path.clone();
        let failed = |error: io::Error| Error::Unreadable { path: path.clone(), why: error.to_string() };
        let Some(raw) = self.records.next().map_err(failed)? else {
            return Ok(None);
        };
        let line = match self.column {
            Some(column) => cells(&raw, self.delimiter).map_err(failed)?.get(column).and_then(|cell| cell.parse().ok()),
            None => serde_json::from_slice::<Member>(&raw).ok().map(|member| member.m1import_line),
        };
        let line = line.ok_or_else(|| failed(invalid("a row of it has no line number")))?;
        Ok(Some((line, raw)))
    }
}
