//! Tells what became of everything, to people and to machines.
//!
//! All reports are made from one [`Summary`] and, where they speak of single rows, from a reading of the input ([`rows`]):
//! the one that sends it, or one of their own. A report is never the source of truth: it can be made again from the journal and the input.

pub mod certain;
pub mod check;
pub mod completing;
pub mod github;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod junit;
mod line;
pub mod markdown;
mod number_types;
pub mod prometheus;
mod rejected;
pub mod rejected_rows;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod start;
mod summary;
mod table;
pub mod text;
pub mod timeline;
pub mod words;

use std::path::Path;

pub use summary::{
    CheckInfo, Contacts, Ending, ErrorReport, Files, InputSummary, JobInfo, Mapping, RejectedFile, RunTime, SCHEMA,
    Status, Summary, SummaryVersion, Tallies, Warning,
};

/// A command to type next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// When, or what for.
    pub says: &'static str,
    /// The command, without secrets.
    pub command: String,
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
