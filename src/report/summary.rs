//! The parts of `summary.json`, from which all reports are made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rejected_rows::RejectedRow;
use super::words::remedy;
use crate::diagnostic::{Exit, WarningCode};
use crate::event::Requests;
use crate::folder::PreviousJob;
use crate::outcome::RowCounts;

/// The schema of `summary.json`; a member is only ever added within one.
pub const SCHEMA: u32 = 1;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No row is unconfirmed or not sent.
    Complete,
    /// A signal ended it; the same command resumes.
    Interrupted,
    /// Something else ended it after the survey.
    Stopped,
    /// The job was not touched.
    Failed,
    /// `check` or a dry run.
    Checked,
}

impl Status {
    /// The word in `summary.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Complete => "complete",
            Status::Interrupted => "interrupted",
            Status::Stopped => "stopped",
            Status::Failed => "failed",
            Status::Checked => "checked",
        }
    }
}

/// Everything that is told about a run: `summary.json` of schema 1, and the base of all reports. Its groups are flat in the
/// document.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Which form the document has, and what wrote it.
    #[serde(flatten)]
    pub version: SummaryVersion,
    /// How the run ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// What was imported, and where to.
    #[serde(flatten)]
    pub job: JobInfo,
    /// When the run began and ended.
    #[serde(flatten)]
    pub time: RunTime,
    /// What was read, and how it was understood.
    pub inputs: Vec<InputSummary>,
    /// How many rows were read, and how many of them have each status. Of the job over all its runs.
    pub rows: RowCounts,
    /// People, not rows.
    pub contacts: Contacts,
    /// What a person would want to know before contacts go out.
    pub warnings: Vec<Warning>,
    /// How often each reason, note, country and type of number occurs. Of the job over all its runs.
    #[serde(flatten)]
    pub tallies: Tallies,
    /// What went over the wire in this run.
    pub requests: Requests,
    /// The files written.
    pub files: Files,
    /// What `check` and dry runs show besides.
    #[serde(flatten)]
    pub check: CheckInfo,
}

/// Which form the document has, and what wrote it.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryVersion {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of the program.
    pub version: String,
}

impl Default for SummaryVersion {
    fn default() -> SummaryVersion {
        SummaryVersion { schema: SCHEMA, version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Serialize)]
pub struct Ending {
    /// Whether it came to its end, or what kind of end it was.
    pub status: Status,
    /// The code the process ends with.
    pub exit_code: Exit,
    /// What ended the run early; `None` where nothing did.
    pub error: Option<ErrorReport>,
}

/// What was imported, and where to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct JobInfo {
    /// Where contacts are sent; `sandbox` for the in-process one.
    pub endpoint: String,
    /// The job's name; the same in all its runs. Empty where the run ended before it had one.
    #[serde(rename = "job")]
    pub id: String,
    /// The hash of all settings that decide what is sent; `None` where they could not be settled.
    pub plan: Option<String>,
    /// Which part of the records this run is about, as `2/8`; `None` for all.
    pub shard: Option<String>,
    /// How many records of the job were taken at most; `None` for all.
    pub limit: Option<u64>,
    /// The job that was in the results folder before this one; `None` where there was none.
    pub previous: Option<PreviousJob>,
}

/// When a run began and ended.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RunTime {
    /// RFC 3339.
    pub started: String,
    /// RFC 3339.
    pub finished: String,
    /// How long it took.
    pub seconds: f64,
}

/// How often each reason, note, country and type of number occurs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tallies {
    /// Invalid and refused rows by reason.
    pub reasons: BTreeMap<String, u64>,
    /// What was noticed about valid rows.
    pub notes: BTreeMap<String, u64>,
    /// Prepared contacts by ISO country code.
    pub countries: BTreeMap<String, u64>,
    /// Valid rows by the type of their number, as `--phone-types` names it.
    #[serde(default)]
    pub types: BTreeMap<String, u64>,
    /// Valid rows whose number is one of the default country for want of any other sign of where it is.
    #[serde(default)]
    pub by_default_country: u64,
    /// Remedies of reasons that count what they would change; others have that of their code. Not for machines.
    #[serde(skip)]
    pub hints: BTreeMap<String, String>,
}

impl Tallies {
    /// What to do about a reason.
    pub fn remedy<'s>(&'s self, code: &'s str) -> &'s str {
        self.hints.get(code).map_or_else(|| remedy(code), String::as_str)
    }
}

/// What `check` and dry runs show besides; all `None` elsewhere.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckInfo {
    /// The first five contacts as they would be sent; values masked unless asked for.
    pub preview: Option<Vec<serde_json::Value>>,
    /// `check`: of each reason the first rows it rejects; values masked unless asked for.
    pub examples: Option<BTreeMap<String, Vec<RejectedRow>>>,
    /// How many requests the contacts would take.
    pub estimated_requests: Option<u64>,
}

/// An error, as machines read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorReport {
    /// Stable, `<stage>.<reason>`.
    pub code: String,
    /// What happened, where and why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// An input, and how it was understood.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InputSummary {
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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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

/// People, not rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Distinct valid phones.
    pub prepared: u64,
    /// Of those, accepted by the server, now or before.
    pub accepted: u64,
    /// Contacts that the server accepted earlier and the input no longer has; `None` where that is not counted.
    pub absent: Option<u64>,
}

/// Something a person would want to know before contacts go out. It ends nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Its code.
    pub code: WarningCode,
    /// How many rows, columns, sheets or files it is about.
    pub count: u64,
    /// What was found.
    pub message: String,
    /// What to do about it, with the command where there is one.
    pub hint: Option<String>,
    /// The first places, as `contacts.csv:7`.
    pub places: Vec<String>,
}

impl Warning {
    /// A warning without places; its hint is the remedy of its code, if that has one.
    pub fn new(code: WarningCode, count: u64, message: String) -> Warning {
        let remedy = code.entry().remedy;
        let hint = (!remedy.is_empty()).then(|| remedy.to_owned());
        Warning { code, count, message, hint, places: Vec::new() }
    }
}

/// The files of a run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Files {
    /// `results.csv`.
    pub results: Option<String>,
    /// The files to correct and import again.
    pub rejected: Vec<RejectedFile>,
    /// The run's memory.
    pub journal: Option<String>,
}

/// A file of rejected rows, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedFile {
    /// Where it lies.
    pub path: String,
    /// The hash of its bytes: a file with another one was edited since.
    pub blake3: String,
}
