//! Tells what became of everything, to people and to machines.
//!
//! All reports are made from one [`Summary`] and, where they speak of single rows, from a third reading of the
//! input ([`rows`]). A report is never the source of truth: it can be made again from the journal and the input.

pub mod check;
pub mod github;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod junit;
mod line;
pub mod markdown;
pub mod prometheus;
mod rejected;
pub mod rejected_rows;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod start;
mod table;
pub mod text;
pub mod timeline;
pub mod words;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Exit, WarningCode};
use crate::event::Requests;
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

/// Everything that is told about a run: `summary.json` of schema 1, and the base of all reports.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of the program.
    pub version: String,
    /// How the run ended.
    pub status: Status,
    /// The code the process ends with.
    pub exit_code: Exit,
    /// What ended the run early.
    pub error: Option<ErrorReport>,
    /// Where contacts are sent; `sandbox` for the in-process one.
    pub endpoint: String,
    /// The job's name; the same in all its runs. Empty where the run ended before it had one.
    pub job: String,
    /// The hash of all settings that decide what is sent; `None` where they could not be settled.
    pub plan: Option<String>,
    /// Which part of the records this run is about, as `2/8`; `None` for all.
    pub shard: Option<String>,
    /// The job that was in the results folder before this one; `None` where there was none.
    pub previous: Option<Previous>,
    /// RFC 3339.
    pub started: String,
    /// RFC 3339.
    pub finished: String,
    /// How long this run took.
    pub seconds: f64,
    /// What was read, and how it was understood.
    pub inputs: Vec<Input>,
    /// How many rows were read, and how many of them have each status. Of the job over all its runs.
    pub rows: RowCounts,
    /// People, not rows.
    pub contacts: Contacts,
    /// What a person would want to know before contacts go out.
    pub warnings: Vec<Warning>,
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
    /// `check` and dry runs: the first five contacts as they would be sent; values masked unless asked for.
    pub preview: Option<Vec<serde_json::Value>>,
    /// `check`: of each reason the first rows it rejects; values masked unless asked for.
    pub examples: Option<BTreeMap<String, Vec<rejected_rows::RejectedRow>>>,
    /// `check` and dry runs: how many requests the contacts would take.
    pub estimated_requests: Option<u64>,
}

/// A command to type next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// When, or what for.
    pub says: &'static str,
    /// The command, without secrets.
    pub command: String,
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

/// The job that was in the results folder before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// Its name.
    pub job: String,
    /// When its last run began, RFC 3339.
    pub started: String,
    /// How many contacts of it the server accepted.
    pub accepted: u64,
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

/// What reports for people show beside the summary.
#[derive(Debug, Clone)]
pub struct Details<'a> {
    /// Rows that were not imported.
    pub rejected: &'a rejected_rows::RejectedRows,
    /// The settings in use.
    pub settings: &'a [Setting],
    /// How the sending went; `None` where nothing was sent.
    pub timeline: Option<&'a timeline::Timeline>,
    /// What to type next.
    pub next: Option<Next>,
    /// Whether the report lies beside the files it names.
    pub is_in_folder: bool,
}

/// A setting, as it came out. Secrets are masked by whoever fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its long name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where it came from.
    pub source: String,
    /// Whether somebody chose it; the others have their defaults.
    pub is_chosen: bool,
}

/// A form of report, chosen by the extension of the path it is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// `.json`: the summary for machines.
    Json,
    /// `.csv`: `results.csv`, one line a row read.
    Csv,
    /// `.html`: the page.
    #[cfg(feature = "html")]
    Html,
    /// `.md`: Markdown.
    Markdown,
    /// `.xml`: JUnit.
    Junit,
    /// `.prom`: metrics for Prometheus.
    Prometheus,
}

impl ReportFormat {
    /// The form that a path asks for.
    ///
    /// # Errors
    /// The extensions that are known.
    pub fn of(path: &Path) -> Result<ReportFormat, String> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("json") => Ok(ReportFormat::Json),
            Some("csv") => Ok(ReportFormat::Csv),
            #[cfg(feature = "html")]
            Some("html") => Ok(ReportFormat::Html),
            Some("md") => Ok(ReportFormat::Markdown),
            Some("xml") => Ok(ReportFormat::Junit),
            Some("prom") => Ok(ReportFormat::Prometheus),
            _ => Err("a path that ends in .json, .csv, .html, .md, .xml or .prom".to_owned()),
        }
    }
}

/// The text of a report; `None` for `results.csv`, which [`rows`] writes and which is copied.
///
/// # Errors
/// As [`json::write`].
pub fn render(form: ReportFormat, summary: &Summary, details: &Details<'_>) -> serde_json::Result<Option<String>> {
    Ok(match form {
        ReportFormat::Json => Some(json::write(summary)?),
        ReportFormat::Csv => None,
        #[cfg(feature = "html")]
        ReportFormat::Html => Some(html::page(summary, details)),
        ReportFormat::Markdown => Some(markdown::write(summary, details.rejected)),
        ReportFormat::Junit => Some(junit::write(summary, details.rejected)),
        ReportFormat::Prometheus => Some(prometheus::write(summary)),
    })
}

/// A path as it is told.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_chooses_the_form() {
        let cases = [
            ("a.json", ReportFormat::Json),
            ("out/b.CSV", ReportFormat::Csv),
            ("c.md", ReportFormat::Markdown),
            ("d.e.xml", ReportFormat::Junit),
        ];
        for (path, form) in cases {
            assert_eq!(ReportFormat::of(Path::new(path)), Ok(form), "{path}");
        }
        for path in ["report", "report.pdf", ".json"] {
            assert!(ReportFormat::of(Path::new(path)).is_err(), "{path}");
        }
    }

    #[test]
    fn every_form_but_the_rows_is_text() {
        let cases = rejected_rows::RejectedRows::default();
        let details = Details { rejected: &cases, settings: &[], timeline: None, next: None, is_in_folder: false };
        for path in ["a.json", "a.html", "a.md", "a.xml"] {
            let Ok(form) = ReportFormat::of(Path::new(path)) else { continue };
            let text = render(form, &sample::summary(), &details).unwrap().unwrap();
            assert!(text.contains("1150") || text.contains("1,150"), "{path}");
        }
        assert_eq!(render(ReportFormat::Csv, &sample::summary(), &details).unwrap(), None);
    }
}
