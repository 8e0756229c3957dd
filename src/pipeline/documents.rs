//! The reports that are made from the summary, each in its place, and what CI systems are told.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Screen;
use super::earlier::date_of;
use super::outputs;
use super::places::results_kind;
use crate::config::{Config, key};
use crate::diagnostic::Exit;
use crate::error::Error;
#[cfg(feature = "html")]
use crate::folder::REPORT;
use crate::folder::{self, Draft, Folder, RESULTS, SUMMARY, publish, replace, replace_public};
use crate::platform::{self, OpenMode};
use crate::reading::Shard;
use crate::report::rejected_rows::RejectedRows;
use crate::report::timeline::Timeline;
use crate::report::{Details, Next, ReportFormat, Setting, Summary, github, prometheus, render, shown, words};
use crate::terminal::safe;

/// What the documents are made from.
pub struct Sources<'a> {
    /// The settings.
    pub config: &'a Config,
    /// Rows that were not imported.
    pub rejected: &'a RejectedRows,
    /// How the sending went; `None` where nothing was sent.
    pub timeline: Option<&'a Timeline>,
    /// The folder with the table that row reports are copied from.
    pub results: Option<&'a Folder>,
}

/// Writes `report.html` into the results folder and every report of `--report`, each as far as it can be. Which of them
/// lie elsewhere and are written, and the first error.
pub fn reports(folder: &Folder, sources: &Sources<'_>, summary: &Summary) -> (Vec<String>, Option<Error>) {
    let in_folder = page(folder, sources, summary);
    let (written, failed) = elsewhere(sources, summary);
    (written, in_folder.err().or(failed))
}

#[cfg(feature = "html")]
fn page(folder: &Folder, sources: &Sources<'_>, summary: &Summary) -> Result<(), Error> {
    put(folder, draft(folder, REPORT, ReportFormat::Html, sources, summary)?)
}

#[cfg(not(feature = "html"))]
fn page(_: &Folder, _: &Sources<'_>, _: &Summary) -> Result<(), Error> {
    Ok(())
}

/// `summary.json`, written but not yet in its place.
///
/// # Errors
/// It cannot be written; the old one is still there.
pub fn summary_draft(folder: &Folder, sources: &Sources<'_>, summary: &Summary) -> Result<Draft, Error> {
    draft(folder, SUMMARY, ReportFormat::Json, sources, summary)
}

fn draft(
    folder: &Folder,
    name: &str,
    form: ReportFormat,
    sources: &Sources<'_>,
    summary: &Summary,
) -> Result<Draft, Error> {
    let text = text_of(form, sources, summary, true)?;
    let written = folder.create(name).and_then(|mut draft| {
        draft.write_all(text.as_bytes())?;
        // An edit shows by another time.
        date_of(&summary.time.finished).map_or(Ok(()), |date| draft.set_modified(date))?;
        Ok(draft)
    });
    written.map_err(|error| Error::Output { path: folder.file(name), error })
}

/// Puts a file in its place.
///
/// # Errors
/// It cannot; the old one is still there.
pub fn put(folder: &Folder, draft: Draft) -> Result<(), Error> {
    publish(vec![draft]).map_err(|error| Error::Output { path: folder.path().to_owned(), error })
}

/// Writes the reports of `--report`, each as far as it can be: their paths, and the first error.
pub fn elsewhere(sources: &Sources<'_>, summary: &Summary) -> (Vec<String>, Option<Error>) {
    let (mut written, mut failed) = (Vec::new(), None);
    for path in &sources.config.output.reports {
        match report(path, sources, summary) {
            Ok(true) => written.push(shown(path)),
            Ok(false) => {}
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    (written, failed)
}

/// Writes one report, unless it is written at another time, or a signal left no time for it.
fn report(path: &Path, sources: &Sources<'_>, summary: &Summary) -> Result<bool, Error> {
    let failed = |error| Error::Output { path: path.to_owned(), error };
    let form = ReportFormat::of(path).map_err(|why| failed(io::Error::new(io::ErrorKind::InvalidInput, why)))?;
    match (form, sources.results) {
        (ReportFormat::Csv, Some(results)) => {
            let rows = results.open_file(RESULTS, OpenMode::Read);
            rows.and_then(|rows| replace(path, rows)).map_err(failed)?;
        }
        (ReportFormat::Csv, None) => return Ok(false),
        // Written last of all, by `metrics`.
        (ReportFormat::Prometheus, _) => return Ok(false),
        (form, _) => {
            let text = text_of(form, sources, summary, false)?;
            replace(path, text.as_bytes()).map_err(failed)?;
        }
    }
    Ok(true)
}

/// Writes the `.prom` files of `--report` at every end but usage errors, with the exit code that the process will have.
/// Nothing that the run reads is replaced, also where the run ended before that was asked. `folder` is the results folder.
pub fn metrics(screen: &Screen<'_>, config: &Config, folder: Option<&Path>, summary: &Summary) {
    let mut paths =
        config.output.reports.iter().filter(|path| ReportFormat::of(path) == Ok(ReportFormat::Prometheus)).peekable();
    if summary.ending.exit_code == Exit::Usage
        || paths.peek().is_none()
        || outputs::check(config, screen, folder).is_err()
    {
        return;
    }
    for path in paths {
        // The collector runs as another user.
        if let Err(error) = replace_public(path, prometheus::write(summary).as_bytes()) {
            screen.note(&format!("warning: {} cannot be written: {error} [output.write]", safe(&shown(path))));
        }
    }
}

fn text_of(form: ReportFormat, sources: &Sources<'_>, summary: &Summary, is_in_folder: bool) -> Result<String, Error> {
    let Sources { config, rejected, timeline, .. } = *sources;
    let settings: Vec<Setting> = config
        .effective
        .iter()
        .map(|shown| Setting {
            name: shown.name.to_owned(),
            value: shown.values.join("; "),
            source: shown.source.clone(),
            is_chosen: shown.is_chosen(),
        })
        .collect();
    let details = Details { rejected, settings: &settings, timeline, next: next(config, summary), is_in_folder };
    let text = render(form, summary, &details).map_err(|error| Error::Counts(error.to_string()))?;
    Ok(text.unwrap_or_default())
}

/// The command to type next, where there is something to do.
pub fn next(config: &Config, summary: &Summary) -> Option<Next> {
    let line = config.line.once_more();
    words::next(summary, line.to_string(), |rejected| {
        let again = line.with_files(&config.files, rejected);
        // The environment or a settings file would lead it into the folder that it reads from.
        let elsewhere = config.effective.iter().find(|setting| setting.name == key::OUTPUT_DIR.name());
        match elsewhere.is_some_and(|setting| setting.is_chosen() && !setting.is_typed()) {
            true => {
                let first = rejected.first().map(Path::new);
                again.with(&["--output-dir", &shown(&folder::beside(first, Shard::default(), results_kind(config)))])
            }
            false => again.to_string(),
        }
    })
}

/// In GitHub Actions: annotations on standard error, and a table in the step's summary.
pub fn tell_ci(screen: &Screen<'_>, summary: &Summary, rejected: &RejectedRows) {
    if screen.env.get("GITHUB_ACTIONS") != Some("true") {
        return;
    }
    for line in github::annotations(summary, rejected) {
        screen.terminal.say(&line);
    }
    let Some(path) = screen.env.get("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return;
    };
    let page = screen.terminal.redactor.clean(&github::step_summary(summary, rejected)).into_owned();
    if let Err(error) = append(&path, page.as_bytes()) {
        screen.note(&format!("warning: GITHUB_STEP_SUMMARY cannot be written: {error} [output.write]"));
    }
}

/// Adds to the end of a regular file; nobody need read at the other end of a FIFO.
fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = platform::append_without_waiting(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    file.write_all(bytes)
}
