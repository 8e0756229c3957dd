//! The end of a run: the books, the reports, the journal's last line, the summary.

use std::sync::Arc;

use super::reports::{self, Made, Material};
use super::run::{Run, results_path};
use super::screen::values;
use super::summary::RunResult;
use super::{Ended, documents, preview};
use crate::config::Target;
use crate::error::Error;
use crate::journal::End;
use crate::report::text::{self, Closing};
use crate::report::{Files, Status, Summary, shown};

/// Ends a run, whatever ended it: as far as the job was touched, everything is told and written.
pub async fn end(mut run: Run<'_>, mut cause: Option<Error>) -> Ended {
    let mut files = Files::default();
    let mut cases = documents::no_cases(run.config);
    if run.survey.is_none() {
        leave_untouched(&mut run);
    } else {
        run.listeners.progress.reporting();
        match write_rows(&run, cause.as_ref()).await {
            Ok(made) => {
                files = made.files;
                cases = made.cases;
                for (name, kept) in &made.kept {
                    run.screen.note(&format!("{name} was edited since it was written; it is kept as {kept}"));
                }
                let books = summarise(&run, cause.as_ref(), &files).rows;
                if let Some(counted) = made.rows.filter(|counted| *counted != books) {
                    cause.get_or_insert(Error::Counts(format!("{books:?} by events, {counted:?} row by row")));
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
    let mut summary = summarise(&run, cause.as_ref(), &files);
    if let (true, Some(job), Some(survey)) = (is_dry(&run), &run.job, &run.survey) {
        preview::add(&mut summary, job, survey, run.config);
    }
    let mut reports = Vec::new();
    let timeline = run.listeners.timeline.as_ref();
    if let (Some(folder), Some(_)) = (&run.folder.clone(), &run.survey) {
        let results = files.results.is_some().then_some(folder);
        let written = documents::into_folder(folder, run.config, &summary, &cases, timeline)
            .and_then(|()| documents::elsewhere(run.config, &summary, &cases, timeline, results));
        match written {
            Ok(written) => reports = written,
            Err(error) => {
                cause.get_or_insert(error);
            }
        }
        let written_code = summary.exit_code;
        let end = match (&cause, run.stop.by_signal()) {
            (None, _) if summary.status == Status::Complete => End::Complete,
            (Some(Error::InputChanged { .. }), _) => End::Changed,
            (_, Some(_)) => End::Interrupted,
            (_, None) => End::Stopped,
        };
        if let Err(error) = end_journal(&mut run, end) {
            cause.get_or_insert(error);
        }
        summary = Summary {
            seconds: summary.seconds,
            finished: summary.finished,
            preview: summary.preview,
            estimated_requests: summary.estimated_requests,
            ..summarise(&run, cause.as_ref(), &files)
        };
        // What failed since has changed the exit code: the file must not say another one than the process.
        if summary.exit_code != written_code {
            drop(documents::into_folder(folder, run.config, &summary, &cases, run.listeners.timeline.as_ref()));
        }
    }
    run.listeners.progress.finish();
    documents::tell_ci(run.screen, &summary, &cases);
    documents::metrics(run.screen, run.config, Some(&results_path(run.config)), &summary);
    let closing = Closing {
        folder: run.folder.as_ref().filter(|_| run.survey.is_some()).map(|folder| shown(folder.path())),
        reports,
        next: documents::next(run.config, &summary),
        color: run.screen.terminal.out.color,
    };
    Ended { text: text::summary(&summary, &closing), summary }
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
async fn write_rows(run: &Run<'_>, cause: Option<&Error>) -> Result<Made, Error> {
    let (Some(job), Some(survey), Some(folder)) = (&run.job, &run.survey, &run.folder) else {
        return Err(Error::Broken("the reports"));
    };
    let material = Material {
        job: Arc::clone(job),
        survey: Arc::clone(survey),
        statuses: Arc::new(run.listeners.statuses.clone()),
        unsent_because: match cause {
            Some(cause) => cause.to_string(),
            None if is_dry(run) => "nothing is sent in a dry run".to_owned(),
            None => String::new(),
        },
        values: values(run.config),
        is_resumed: run.is_resumed,
    };
    let (folder, stop) = (folder.clone(), run.stop.clone());
    let writing = tokio::task::spawn_blocking(move || reports::write_rows(&material, &folder, &stop));
    tokio::select! {
        written = writing => written.unwrap_or(Err(Error::Broken("the reports"))),
        // The second signal: the reports are left as they are.
        () = run.stop.wait_at_once() => Err(Error::Broken("the reports")),
    }
}

fn summarise(run: &Run<'_>, cause: Option<&Error>, files: &Files) -> Summary {
    run.story.told(&RunResult {
        job: run.job.as_deref(),
        survey: run.survey.as_deref(),
        statuses: &run.listeners.statuses,
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
