//! The second stage of an import: every row has been read once, and the journal is open.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::changes::{Changes, Comparing};
use super::delivered::Delivered;
use super::delivery::{self, Destination};
use super::listeners::Listeners;
use super::owner::ClaimedFolder;
use super::reports::{self, AssumedRows, RowReportInput};
use super::request_log::Logged;
use super::resume::OpenJob;
use super::run::Run;
use super::screen::values;
use super::sending::{SendJob, send};
use super::summary::row_counts;
use super::{check, hints, prepare, warnings};
use crate::config::Verbosity;
use crate::error::Error;
use crate::event::Requests;
use crate::folder::Folder;
use crate::numbers::count;
use crate::outcome::{RowCounts, RowStatus, StatusMap};
use crate::reading::Job;
use crate::report::text;
use crate::report::timeline::Timeline;
use crate::survey::Survey;

/// An import that knows what its inputs hold. From here on its outcome is written into the results folder.
pub struct Surveyed {
    pub(super) job: Arc<Job>,
    pub(super) survey: Arc<Survey>,
    pub(super) folder: ClaimedFolder,
    pub(super) destination: Destination,
    /// The file of `--only-changed`, and the input against it.
    pub(super) changes: Option<Changes>,
    /// The same while they are compared; `None` where that has not begun, or has ended.
    pub(super) comparing: Option<Comparing>,
    pub(super) open: OpenJob,
}

type Compared = Result<(Changes, StatusMap), Error>;

/// What went over the wire.
#[derive(Default)]
pub struct Sent {
    pub requests: Requests,
    /// How it went over time; `None` where nothing was sent.
    pub timeline: Option<Timeline>,
    /// What was written of the rows meanwhile; `None` where it is incomplete.
    pub rows: Option<AssumedRows>,
}

impl Surveyed {
    /// Sends what is not settled yet, if it may be sent.
    pub async fn deliver(mut self, run: &mut Run<'_>) -> Delivered {
        let mut sent = Sent::default();
        let cause = self.attempt(run, &mut sent).await.err();
        Delivered { surveyed: self, sent, cause }
    }

    async fn attempt(&mut self, run: &mut Run<'_>, sent: &mut Sent) -> Result<(), Error> {
        let compared = match self.comparing.take() {
            None => None,
            Some(comparing) => Some(comparing.finish().await),
        };
        let noticed = warnings::of_job(run.config, &self.job, &self.survey);
        run.screen.warn(&noticed);
        run.info.warnings.extend(noticed);
        run.info.hints = hints::counted(run.config, &self.job, &self.survey, false);
        // Else they are told once: in the summary.
        if run.screen.verbosity >= Verbosity::More {
            self.tell_first_rejected(run);
        }
        prepare::acceptable(run.config, &self.survey, &run.info.warnings)?;
        self.compare(run, compared).await?;
        if run.is_dry() || self.rows().counts.open() == 0 {
            return Ok(());
        }
        let writing = self.write_rows_meanwhile(run);
        let mut sending = self.send_open(run, sent).await;
        // The rows may still be under way.
        if let (Ok(()), Some(changes)) = (&sending, &mut self.changes) {
            sending = changes.draft_after_sending(&self.open.statuses);
        }
        if let Some(writing) = writing {
            sent.rows = writing.await.unwrap_or_default();
        }
        sending
    }

    async fn send_open(&mut self, run: &mut Run<'_>, sent: &mut Sent) -> Result<(), Error> {
        if let Some(changes) = &mut self.changes {
            changes.before_sending(&run.info.job)?;
        }
        self.send(run, sent).await?;
        let left = self.rows().counts[RowStatus::NotSent];
        if run.config.delivery.trial.is_some() && left > 0 {
            let are = if left == 1 { "is" } else { "are" };
            return Err(Error::Trial { left: format!("{} {are}", count(left, "contact")) });
        }
        Ok(())
    }

    /// Where most lines of `results.csv` are written already, the others are while the contacts are sent. A trial leaves rows that
    /// are not sent.
    fn write_rows_meanwhile(&mut self, run: &Run<'_>) -> Option<JoinHandle<Option<AssumedRows>>> {
        let changes = self.changes.as_mut().filter(|_| run.config.delivery.trial.is_none());
        let begun = changes?.take_partly_written()?;
        let input = RowReportInput {
            job: Arc::clone(&self.job),
            survey: Arc::clone(&self.survey),
            statuses: Arc::new(self.open.statuses.clone()),
            why_not_sent: String::new(),
            values: values(run.config),
            is_resumed: self.open.is_resumed,
        };
        let folder = Folder::clone(&self.folder);
        Some(tokio::task::spawn_blocking(move || reports::write_assumed(&input, &folder, begun)))
    }

    /// How many rows have which status so far.
    fn rows(&self) -> RowCounts {
        row_counts(&self.survey, &self.open.statuses.counts())
    }

    /// What is wrong with rows is told as soon as it is known: the first of each reason.
    fn tell_first_rejected(&self, run: &mut Run<'_>) {
        let reasons = self.survey.reasons.iter().map(|(code, rows)| (code.to_string(), *rows)).collect();
        let text = text::first_rejected(&reasons, &check::examples(&self.job, &self.survey), values(run.config));
        for line in text.lines() {
            run.progress.line(line);
        }
    }

    /// With `--only-changed`: which contacts the server has as they are. On a thread of its own.
    async fn compare(&mut self, run: &Run<'_>, compared: Option<Compared>) -> Result<(), Error> {
        let compared = match (compared, self.changes.take()) {
            (Some(compared), _) => compared,
            (None, Some(changes)) => {
                let (before, empty) = (self.open.statuses.clone(), run.config.rows.empty);
                changes.compare_aside(&self.job, &self.survey, empty, before, run.stop).finish().await
            }
            (None, None) => {
                if run.config.delivery.only_changed.is_some() {
                    run.screen.note("--only-changed is left alone: a sandbox has nothing of earlier imports");
                }
                return Ok(());
            }
        };
        let (changes, statuses) = compared?;
        run.screen.note(&changes.said(statuses.counts()[RowStatus::Unchanged]));
        self.open.statuses = statuses;
        self.changes = Some(changes);
        Ok(())
    }

    /// The second reading and everything that follows from it. A trial sends at most as much as it may.
    async fn send(&mut self, run: &mut Run<'_>, sent: &mut Sent) -> Result<(), Error> {
        let Run { config, screen, stop, info, progress } = run;
        let before = self.open.statuses.counts();
        let load = SendJob {
            job: Arc::clone(&self.job),
            survey: Arc::clone(&self.survey),
            done: Arc::new(self.open.statuses.clone()),
            empty: config.rows.empty,
            most: config.delivery.trial.map_or(u64::MAX, |most| most.get() as u64),
            kept: self.changes.as_ref().and_then(Changes::to_send),
            folder: Folder::clone(&self.folder),
            values: values(config),
        };
        // The sandbox lives until everything is delivered.
        let (credentials, transport, _sandbox) = self.destination.open(config, screen).await?;
        let options = delivery::options(config, screen, info, &before, self.survey.contacts(), credentials);
        progress.sending(&row_counts(&self.survey, &before).counts);
        let transport = Logged::new(transport, screen.terminal.clone(), screen.verbosity, values(config));
        let mut listeners = Listeners {
            journal: &mut self.open.journal,
            statuses: &mut self.open.statuses,
            requests: &mut sent.requests,
            timeline: sent.timeline.insert(Timeline::new(Instant::now())),
            progress,
        };
        sent.rows = send(load, transport, options, &mut listeners, stop).await?;
        Ok(())
    }
}
