//! The last stage of an import: whatever ended the sending, rows are accounted for, the journal ends, reports are written.

use std::io;
use std::sync::Arc;

use super::changes::Changes;
use super::documents::{self, Sources};
use super::earlier::kept_note;
use super::reports::{self, RowReportInput, RowReportOutput};
use super::run::Run;
use super::screen::values;
use super::summary::{RunResult, row_counts};
use super::surveyed::{Sent, Surveyed};
use super::{RunOutput, finish, preview};
use crate::error::Error;
use crate::folder::Folder;
use crate::journal::End;
use crate::report::rejected_rows::RejectedRows;
use crate::report::{CheckInfo, Files, Status, Summary, shown};

/// An import that sends nothing any more.
pub struct Delivered {
    pub(super) surveyed: Surveyed,
    pub(super) sent: Sent,
    /// What ended the run early; the first error is that of the run.
    pub(super) cause: Option<Error>,
}

impl Delivered {
    /// Writes everything that the run leaves behind, and says how it ended.
    pub async fn finish(mut self, run: &mut Run<'_>) -> RunOutput {
        run.progress.reporting();
        let rows = self.write_rows(run).await;
        let (mut files, mut rejected) = (Files::default(), RejectedRows::new(values(run.config)));
        match rows {
            Ok(output) => {
                (files, rejected) = (output.files, output.rejected);
                output.kept.iter().for_each(|kept| run.screen.note(&kept_note(kept)));
                let counts = row_counts(&self.surveyed.survey, &self.surveyed.open.statuses.counts());
                if let Some(counted) = output.rows.filter(|counted| *counted != counts) {
                    self.fails(Error::Counts(format!("{counts:?} by events, {counted:?} row by row")));
                }
            }
            Err(error) => self.fails(error),
        }
        if self.surveyed.open.journal.is_some() {
            files.journal = Some(shown(&self.surveyed.folder.file(crate::folder::JOURNAL)));
        }
        let (summary, reports) = self.write_documents(run, &files, &rejected);
        finish::tell(run, summary, &rejected, Some(&self.surveyed.folder), reports)
    }

    /// The first error is that of the run.
    fn fails(&mut self, error: Error) {
        self.cause.get_or_insert(error);
    }

    /// The lines of all rows, on a thread of its own: those of rows that are not written yet, or not as they became, take a
    /// third reading.
    async fn write_rows(&mut self, run: &Run<'_>) -> Result<RowReportOutput, Error> {
        let begun = self.surveyed.changes.as_mut().and_then(Changes::take_partly_written);
        let assumed = self.sent.rows.take();
        let Surveyed { job, survey, folder, open, .. } = &self.surveyed;
        let input = RowReportInput {
            job: Arc::clone(job),
            survey: Arc::clone(survey),
            statuses: Arc::new(open.statuses.clone()),
            why_not_sent: match &self.cause {
                Some(cause) => cause.to_string(),
                None if run.is_dry() => "nothing is sent in a dry run".to_owned(),
                None => String::new(),
            },
            values: values(run.config),
            is_resumed: open.is_resumed,
        };
        let (folder, stop) = (Folder::clone(folder), run.stop.clone());
        let writing = tokio::task::spawn_blocking(move || reports::write_rows(&input, &folder, begun, assumed, &stop));
        tokio::select! {
            written = writing => written.unwrap_or(Err(Error::Broken("the reports"))),
            // The second signal: the reports are left as they are.
            () = run.stop.wait_at_once() => Err(Error::Broken("the reports")),
        }
    }

    /// Writes every document of the summary, and ends the journal: the summary that is given back is the one that all of
    /// them show. An error that is the first of the run changes what they say: they are written once more.
    fn write_documents(&mut self, run: &Run<'_>, files: &Files, rejected: &RejectedRows) -> (Summary, Vec<String>) {
        let Surveyed { job, survey, open, changes, .. } = &self.surveyed;
        let to_send = changes.as_ref().and_then(Changes::to_send);
        let check = match run.is_dry() {
            true => preview::preview(job, survey, &open.statuses, to_send.as_deref(), run.config),
            false => CheckInfo::default(),
        };
        loop {
            let summary = self.summarize(run, files, &check);
            let (reports, failed) = self.write_once(run, &summary, rejected);
            match failed {
                Some(error) if self.cause.is_none() => self.cause = Some(error),
                _ => return (summary, reports),
            }
        }
    }

    /// Writes the documents, the file of `--only-changed`, the end of the journal, and puts `summary.json` in its place, in
    /// this order: there is space for all of it before the journal says that all is done. In a run that has not failed yet
    /// the first error ends this. Which reports were written, and that error.
    fn write_once(
        &mut self,
        run: &Run<'_>,
        summary: &Summary,
        rejected: &RejectedRows,
    ) -> (Vec<String>, Option<Error>) {
        let has_failed = self.cause.is_some();
        let folder = &self.surveyed.folder;
        let results = summary.files.results.is_some().then_some(&**folder);
        let sources = Sources { config: run.config, rejected, timeline: self.sent.timeline.as_ref(), results };
        let (reports, failed) = documents::reports(folder, &sources, summary);
        let mut failed = failed.or_else(|| moved(folder));
        if failed.is_none() && !has_failed && summary.ending.status == Status::Complete {
            let changes = self.surveyed.changes.as_mut();
            failed = changes.and_then(|changes| changes.after_sending(&self.surveyed.open.statuses).err());
        }
        let draft = documents::summary_draft(folder, &sources, summary);
        let draft = draft.map_err(|error| failed.get_or_insert(error)).ok();
        if failed.is_none() || has_failed {
            let end = self.end(run, summary);
            let ended = self.surveyed.open.journal.take().map_or(Ok(()), |journal| journal.finish(end));
            failed = failed.or(ended.err().map(Error::from));
        }
        if let Some(draft) = draft.filter(|_| failed.is_none() || has_failed) {
            let placed = documents::put(&self.surveyed.folder, draft);
            failed = failed.or(placed.err());
        }
        (reports, failed)
    }

    /// What the journal says last.
    fn end(&self, run: &Run<'_>, summary: &Summary) -> End {
        match (&self.cause, run.stop.by_signal()) {
            (None, _) if summary.ending.status == Status::Complete => End::Complete,
            (Some(Error::InputChanged { .. }), _) => End::Changed,
            (_, Some(_)) => End::Interrupted,
            (_, None) => End::Stopped,
        }
    }

    fn summarize(&self, run: &Run<'_>, files: &Files, check: &CheckInfo) -> Summary {
        let Surveyed { job, survey, open, changes, .. } = &self.surveyed;
        run.info.summarize(&RunResult {
            job: Some(job),
            survey: Some(survey),
            statuses: &open.statuses,
            absent: changes.as_ref().and_then(Changes::absent),
            requests: self.sent.requests,
            files: files.clone(),
            error: self.cause.as_ref(),
            dry: run.is_dry(),
            check: check.clone(),
        })
    }
}

/// What is to be said where the folder is not at its path any more: the results are where it is now.
fn moved(folder: &Folder) -> Option<Error> {
    let error = || io::Error::other("the folder was moved or replaced during the run; the results are where it is now");
    (!folder.is_in_place()).then(|| Error::Output { path: folder.path().to_owned(), error: error() })
}
