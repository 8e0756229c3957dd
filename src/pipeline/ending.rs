//! The end of a run: the counts, the reports, the journal's last line, the summary.

use std::io;
use std::sync::Arc;

use super::changes::Changes;
use super::documents::Sources;
use super::earlier::kept_note;
use super::places::results_path;
use super::reports::{self, RowReportInput, RowReportOutput};
use super::run::Run;
use super::screen::values;
use super::summary::RunResult;
use super::{RunOutput, documents, preview};
use crate::config::Target;
use crate::error::Error;
use crate::folder::Folder;
use crate::journal::End;
use crate::report::rejected_rows::RejectedRows;
use crate::report::text::{self, SummaryFooter};
use crate::report::{Files, Status, Summary, shown};

/// Ends a run, whatever ended it: as far as the job was touched, everything is told and written.
pub async fn end(mut run: Run<'_>, mut cause: Option<Error>) -> RunOutput {
    let mut files = Files::default();
    let mut rejected = documents::no_rejected_rows(run.config);
    if run.survey.is_none() {
        leave_untouched(&mut run);
    } else {
        run.listeners.progress.reporting();
        match write_rows(&run, cause.as_ref()).await {
            Ok(output) => {
                files = output.files;
                rejected = output.rejected;
                for kept in &output.kept {
                    run.screen.note(&kept_note(kept));
                }
                let counts = summarize(&run, cause.as_ref(), &files).rows;
                if let Some(counted) = output.rows.filter(|counted| *counted != counts) {
                    cause.get_or_insert(Error::Counts(format!("{counts:?} by events, {counted:?} row by row")));
                }
            }
            Err(error) => {
                cause.get_or_insert(error);
            }
        }
        if run.listeners.journal.is_some() {
            files.journal = run.folder.as_ref().map(|folder| shown(&folder.file("journal.ndjson")));
        }
    }
    let mut summary = summarize(&run, cause.as_ref(), &files);
    if let (true, Some(job), Some(survey)) = (is_dry(&run), &run.job, &run.survey) {
        preview::add(&mut summary, job, survey, &run.listeners.statuses, run.config);
    }
    let mut reports = Vec::new();
    if let (Some(folder), Some(_)) = (&run.folder.clone(), &run.survey) {
        reports = write_documents(&mut run, folder, &mut summary, &mut cause, &files, &rejected);
    }
    run.listeners.progress.finish();
    documents::tell_ci(run.screen, &summary, &rejected);
    documents::metrics(run.screen, run.config, Some(&results_path(run.config)), &summary);
    let footer = SummaryFooter {
        folder: run.folder.as_ref().filter(|_| run.survey.is_some()).map(|folder| shown(folder.path())),
        reports,
        next: documents::next(run.config, &summary),
        places: summary.tallies.reasons.keys().map(|code| (code.clone(), rejected.places(code).to_vec())).collect(),
        color: run.screen.terminal.out.color,
    };
    RunOutput { text: text::summary(&summary, &footer), summary }
}

/// Writes the documents, ends the journal and puts `summary.json` in its place, in this order: whatever fails changes the
/// summary, and the documents that say another exit code by then are written once more.
fn write_documents(
    run: &mut Run<'_>,
    folder: &Folder,
    summary: &mut Summary,
    cause: &mut Option<Error>,
    files: &Files,
    rejected: &RejectedRows,
) -> Vec<String> {
    let results = files.results.is_some().then_some(folder);
    let timeline = run.listeners.timeline.take();
    let sources = Sources { config: run.config, rejected, timeline: timeline.as_ref(), results };
    let (mut reports, failed) = documents::reports(folder, &sources, summary);
    let mut changed = fails(run, failed.or_else(|| moved(folder)), cause, summary, files);
    if changed {
        (reports, _) = documents::reports(folder, &sources, summary);
    }
    let failed = run.changes.as_ref().filter(|_| cause.is_none() && summary.ending.status == Status::Complete);
    let failed = failed.and_then(|changes| changes.after_sending(&run.listeners.statuses).err());
    changed |= fails(run, failed, cause, summary, files);
    // Should there be no space for it, that shows before the journal says that all is done.
    let (draft, failed) = match documents::summary_draft(folder, &sources, summary) {
        Ok(draft) => (Some(draft), None),
        Err(error) => (None, Some(error)),
    };
    changed |= fails(run, failed, cause, summary, files);
    let end = match (&cause, run.stop.by_signal()) {
        (None, _) if summary.ending.status == Status::Complete => End::Complete,
        (Some(Error::InputChanged { .. }), _) => End::Changed,
        (_, Some(_)) => End::Interrupted,
        (_, None) => End::Stopped,
    };
    let ended = end_journal(run, end).err();
    changed |= fails(run, ended, cause, summary, files);
    let draft = match draft.filter(|_| !changed) {
        Some(draft) => Ok(draft),
        None => documents::summary_draft(folder, &sources, summary),
    };
    let placed = draft.and_then(|draft| documents::put(folder, draft)).err();
    changed |= fails(run, placed, cause, summary, files);
    if changed {
        (reports, _) = documents::reports(folder, &sources, summary);
    }
    reports
}

/// What is to be said where the folder is not at its path any more: the results are where it is now.
fn moved(folder: &Folder) -> Option<Error> {
    let error = || io::Error::other("the folder was moved or replaced during the run; the results are where it is now");
    (!folder.is_in_place()).then(|| Error::Output { path: folder.path().to_owned(), error: error() })
}

/// Notes an error of the end; whether the summary says something else because of it. The first error is that of the run.
fn fails(run: &Run<'_>, error: Option<Error>, cause: &mut Option<Error>, summary: &mut Summary, files: &Files) -> bool {
    let (Some(error), None) = (error, &cause) else {
        return false;
    };
    let new = summarize(run, Some(&error), files);
    *cause = Some(error);
    *summary = Summary { time: std::mem::take(&mut summary.time), check: std::mem::take(&mut summary.check), ..new };
    true
}

/// Nothing was touched: a folder that was made for nothing is taken away again.
fn leave_untouched(run: &mut Run<'_>) {
    let (Some(folder), Some(lock)) = (&run.folder, run.lock.take()) else {
        return;
    };
    if folder.is_new() {
        drop(lock);
        folder.discard();
        run.folder = None;
    }
}

/// The third reading, on a thread of its own.
async fn write_rows(run: &Run<'_>, cause: Option<&Error>) -> Result<RowReportOutput, Error> {
    let (Some(job), Some(survey), Some(folder)) = (&run.job, &run.survey, &run.folder) else {
        return Err(Error::Broken("the reports"));
    };
    let input = RowReportInput {
        job: Arc::clone(job),
        survey: Arc::clone(survey),
        statuses: Arc::new(run.listeners.statuses.clone()),
        why_not_sent: match cause {
            Some(cause) => cause.to_string(),
            None if is_dry(run) => "nothing is sent in a dry run".to_owned(),
            None => String::new(),
        },
        values: values(run.config),
        is_resumed: run.is_resumed,
    };
    let (folder, stop) = (folder.clone(), run.stop.clone());
    let writing = tokio::task::spawn_blocking(move || reports::write_rows(&input, &folder, &stop));
    tokio::select! {
        written = writing => written.unwrap_or(Err(Error::Broken("the reports"))),
        // The second signal: the reports are left as they are.
        () = run.stop.wait_at_once() => Err(Error::Broken("the reports")),
    }
}

fn summarize(run: &Run<'_>, cause: Option<&Error>, files: &Files) -> Summary {
    run.info.summarize(&RunResult {
        job: run.job.as_deref(),
        survey: run.survey.as_deref(),
        statuses: &run.listeners.statuses,
        absent: run.changes.as_ref().and_then(Changes::absent),
        requests: run.listeners.requests,
        files: files.clone(),
        error: cause,
        dry: is_dry(run),
    })
}

fn is_dry(run: &Run<'_>) -> bool {
    run.config.delivery.target == Target::Nowhere
}

/// The journal is ended after the reports: a run killed while it writes them sends nothing next time and writes them.
fn end_journal(run: &mut Run<'_>, end: End) -> Result<(), Error> {
    let Some(journal) = run.listeners.journal.take() else {
        return Ok(());
    };
    Ok(journal.finish(end)?)
}
