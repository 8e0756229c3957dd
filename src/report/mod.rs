//! Tells what became of everything, to people and to machines.
//!
//! All reports are made from one [`Summary`] and, where they speak of single rows, from a third reading of the
//! input ([`rows`]). A report is never the source of truth: it can be made again from the journal and the input.

pub mod json;
pub mod rows;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::event::Requests;

/// The schema of `summary.json`; a member is only ever added within one.
pub const SCHEMA: u32 = 1;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No row is unknown or unsent.
    Complete,
    /// A signal ended it; the same command carries on.
    Interrupted,
    /// Something else ended it after the survey.
    Stopped,
    /// The job was not touched.
    Failed,
    /// `check` or a dry run.
    Checked,
}

/// Everything that is told about a run: `summary.json` as it stands in interface.md, and the base of all reports.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of the program.
    pub version: String,
    /// How the run ended.
    pub status: Status,
    /// The code the process ends with.
    pub exit_code: u8,
    /// What ended the run early.
    pub error: Option<Trouble>,
    /// Where contacts are sent; `sandbox` for the in-process one.
    pub endpoint: String,
    /// The job's name; the same in all its runs.
    pub job: String,
    /// RFC 3339.
    pub started: String,
    /// RFC 3339.
    pub finished: String,
    /// Of this run, by the clock on the wall.
    pub seconds: f64,
    /// What was read, and how it was understood.
    pub inputs: Vec<Input>,
    /// The books: each row read has one fate. Of the job over all its runs.
    pub rows: Rows,
    /// People, not rows.
    pub contacts: Contacts,
    /// Invalid and refused rows by reason.
    pub reasons: BTreeMap<String, u64>,
    /// What was noticed about valid rows.
    pub notes: BTreeMap<String, u64>,
    /// Prepared contacts by ISO country code.
    pub countries: BTreeMap<String, u64>,
    /// What went over the wire in this run.
    pub requests: Requests,
    /// The files written.
    pub files: Files,
    /// `check` and dry runs: the first five contacts as they would be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Vec<serde_json::Value>>,
    /// `check` and dry runs: how many requests the contacts would take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_requests: Option<u64>,
}

/// An error, as machines read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Stable, `<stage>.<reason>`.
    pub code: String,
    /// What happened, where and why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// An input, and how it was understood.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// The file's name, or `stdin`.
    pub name: String,
    /// `csv`, `json` …
    pub format: String,
    /// The encoding's WHATWG name in lower case.
    pub encoding: String,
    /// Of CSV and its kin.
    pub delimiter: Option<String>,
    /// Size as it lies there.
    pub bytes: u64,
    /// Fingerprint of those bytes.
    pub blake3: String,
    /// Which columns are which field, in order of rank.
    pub mapping: Mapping,
}

/// Which columns are which field.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Mapping {
    /// Full name, or first and last name.
    pub name: Vec<String>,
    /// Phone number.
    pub phone: Vec<String>,
    /// Calling code.
    pub prefix: Vec<String>,
    /// Country.
    pub region: Vec<String>,
    /// E-mail address.
    pub email: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Attributes: key and column.
    pub attributes: BTreeMap<String, String>,
}

/// The books.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// All of them.
    pub read: u64,
    /// The server took it, in this run.
    pub accepted: u64,
    /// The server took it, in an earlier run of the job.
    pub accepted_before: u64,
    /// It cannot be sent.
    pub invalid: u64,
    /// Another row stands for its phone.
    pub folded: u64,
    /// Left out by `--only` or `--skip`.
    pub skipped: u64,
    /// The server refused it.
    pub refused: u64,
    /// Sent, and no answer tells what became of it.
    pub unknown: u64,
    /// Not sent.
    pub unsent: u64,
}

impl Rows {
    /// Whether every row read has exactly one fate.
    pub fn balance(&self) -> bool {
        let fates = self.accepted + self.accepted_before + self.invalid + self.folded + self.skipped;
        self.read == fates + self.refused + self.unknown + self.unsent
    }
}

/// People, not rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Contacts {
    /// Distinct valid phones.
    pub prepared: u64,
    /// Of those, accepted by the server, now or before.
    pub accepted: u64,
}

/// The files of a run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Files {
    /// `results.csv`.
    pub results: Option<String>,
    /// The files to correct and import again.
    pub rejected: Vec<String>,
    /// The run's memory.
    pub journal: Option<String>,
}

/// A path as it is told.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
