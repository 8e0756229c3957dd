//! One import, from the settings to the exit code.

use std::sync::Arc;

use tokio::time::Instant;

use super::changes::Changes;
use super::delivery::{self, Destination};
use super::earlier::{self, EarlierReports};
use super::listeners::Listeners;
use super::places::{real_folder, results_path};
use super::prepare;
use super::request_log::Logged;
use super::screen::values;
use super::sending::{SendJob, send};
use super::summary::{RunInfo, inputs_as_told, row_counts};
use super::surveying::survey;
use super::{RunOutput, Screen, check, ending, outputs, owner};
use crate::config::{Config, Target, Verbosity};
use crate::error::Error;
use crate::folder::{Folder, PreviousJob, Privacy, RUNS};
use crate::journal::{self, ExistingJournal, Head, Journal, Lock, Unfinished};
use crate::numbers::count;
use crate::outcome::RowStatus;
use crate::reading::Job;
use crate::report::start::{Start, start};
use crate::report::text;
use crate::report::timeline::Timeline;
use crate::report::words::moment;

use crate::stop::Stop;
use crate::survey::Survey;
use crate::user_key::UserKey;

/// Imports contacts, or does everything but the requests.
pub async fn import(config: &Config, screen: &Screen<'_>, stop: &Stop) -> RunOutput {
    let mut run = Run::new(config, screen, stop);
    let cause = run.attempt().await.err();
    ending::end(run, cause).await
}

/// The line about the job before, which this one repeats.
fn imported_earlier(previous: &PreviousJob, only_changed: bool) -> String {
    let now = match only_changed {
        true => "only what is new or changed is sent",
        false => "everything is sent again (--only-changed FILE sends only what is new or changed)",
    };
    let (when, accepted) = (moment(&previous.started), count(previous.accepted, "contact"));
    format!("imported earlier, {when}, {accepted} accepted; {now}")
}

/// A run under way: what is known of it so far.
pub struct Run<'a> {
    pub(super) config: &'a Config,
    pub(super) screen: &'a Screen<'a>,
    pub(super) stop: &'a Stop,
    pub(super) info: RunInfo,
    pub(super) folder: Option<Folder>,
    /// The folder is ours until the run has ended.
    pub(super) lock: Option<Lock>,
    pub(super) job: Option<Arc<Job>>,
    /// The file of `--only-changed`, and the input against it.
    pub(super) changes: Option<Changes>,
    /// What the summary in the folder says, of this job or the one before.
    earlier: Option<EarlierReports>,
    /// An earlier run of this job has left a journal.
    pub(super) is_resumed: bool,
    /// There once this run's outcome belongs into the folder.
    pub(super) survey: Option<Arc<Survey>>,
    pub(super) listeners: Listeners,
}

impl<'a> Run<'a> {
    fn new(config: &'a Config, screen: &'a Screen<'a>, stop: &'a Stop) -> Run<'a> {
        let endpoint = match config.delivery.target {
            Target::Sandbox => "sandbox".to_owned(),
            Target::Endpoint | Target::Nowhere => config.delivery.transport.endpoint.to_string(),
        };
        Run {
            config,
            screen,
            stop,
            info: RunInfo::new(endpoint).with_settings(config),
            folder: None,
            lock: None,
            job: None,
            changes: None,
            earlier: None,
            is_resumed: false,
            survey: None,
            listeners: Listeners::new(screen.progress(config)),
        }
    }

    /// Everything up to the last answer.
    async fn attempt(&mut self) -> Result<(), Error> {
        let config = self.config;
        outputs::check(config, self.screen, Some(&results_path(config)))?;
        let inputs = prepare::open(config, self.stop).await?;
        let destination = Destination::find(config, self.screen, self.stop).await?;
        let (folder, privacy) = self.take_folder()?;
        let mut warnings = Vec::new();
        let key = match config.delivery.target {
            Target::Nowhere => None,
            Target::Endpoint | Target::Sandbox => Some(owner::key(config, &folder, privacy, &mut warnings)?),
        };
        outputs::all_have_a_place(config)?;
        self.changes = Changes::open(config)?;
        let found = match key.as_ref().map(|key| Journal::inspect(&folder, key)) {
            None => ExistingJournal::None,
            // What cannot be read can still be forgotten, which is what the hint says.
            Some(Err(error)) if config.delivery.restart && error.ends_with_restart() => ExistingJournal::None,
            Some(found) => found?,
        };
        let job = Arc::new(prepare::understand(config, inputs)?);
        self.job = Some(Arc::clone(&job));
        self.earlier = EarlierReports::read(&folder);
        let previous = self.previous(&found, &folder);
        self.tell_start(&job, &found, previous.as_ref(), &destination);
        self.screen.warn(&warnings);
        self.info.warnings.extend(warnings);

        let survey = Arc::new(survey(config, &job, self.stop, &mut self.listeners.progress).await?);
        // The folder stays as it is.
        prepare::enough(config, &survey)?;
        let last = if config.delivery.target == Target::Nowhere { real_folder(config) } else { Some(folder.clone()) };
        prepare::no_drop(config, &survey, last.as_ref())?;
        if let Some(key) = &key {
            let head = self.head(&job, &survey, destination.account(&config.delivery.token, key), key);
            self.take_journal(&found, Head { previous, ..head }, &survey, &folder, key)?;
        }
        self.survey = Some(Arc::clone(&survey));
        let found = super::warnings::of_job(config, &job, &survey);
        self.screen.warn(&found);
        self.info.warnings.extend(found);
        // Else they are told once: in the summary.
        if self.screen.verbosity >= Verbosity::More {
            self.tell_first_rejected(&job, &survey);
        }
        prepare::acceptable(config, &survey, &self.info.warnings)?;
        self.compare(&job, &survey).await?;
        if config.delivery.target == Target::Nowhere || self.left(&survey) == 0 {
            return Ok(());
        }
        self.send(job, survey, &destination).await
    }

    /// Sends what is left, or as much of it as a trial may.
    async fn send(&mut self, job: Arc<Job>, survey: Arc<Survey>, destination: &Destination) -> Result<(), Error> {
        if let Some(changes) = &mut self.changes {
            changes.before_sending(&self.info.job)?;
        }
        let trial = self.config.delivery.trial;
        let done = Arc::new(self.listeners.statuses.clone());
        let most = trial.map_or(u64::MAX, |most| most.get() as u64);
        let load = SendJob { job, survey: Arc::clone(&survey), done, empty: self.config.rows.empty, most };
        self.deliver(load, destination).await?;
        let left = row_counts(&survey, &self.listeners.statuses.counts()).counts[RowStatus::NotSent];
        if trial.is_some() && left > 0 {
            let are = if left == 1 { "is" } else { "are" };
            return Err(Error::Trial { left: format!("{} {are}", count(left, "contact")) });
        }
        Ok(())
    }

    /// How many contacts are still to be sent.
    fn left(&self, survey: &Survey) -> u64 {
        row_counts(survey, &self.listeners.statuses.counts()).counts.open()
    }

    /// With `--only-changed`: which contacts the server has as they are. On a thread of its own.
    async fn compare(&mut self, job: &Arc<Job>, survey: &Arc<Survey>) -> Result<(), Error> {
        let Some(changes) = self.changes.take() else {
            if self.config.delivery.only_changed.is_some() {
                self.screen.note("--only-changed is left alone: a sandbox has nothing of earlier imports");
            }
            return Ok(());
        };
        let before = self.listeners.statuses.clone();
        let (changes, statuses) = changes.compare_aside(job, survey, self.config.rows.empty, before, self.stop).await?;
        self.screen.note(&changes.said(statuses.counts()[RowStatus::Unchanged]));
        self.listeners.statuses = statuses;
        self.changes = Some(changes);
        Ok(())
    }

    /// The results folder, ours alone from now on.
    fn take_folder(&mut self) -> Result<(Folder, Privacy), Error> {
        let path = results_path(self.config);
        let mut folder = Folder::make(&path).map_err(|error| Error::Folder { path, error })?;
        let privacy = owner::make_own(&folder, self.screen)?;
        let lock = Lock::take(&mut folder);
        self.folder = Some(folder.clone());
        self.lock = Some(lock?);
        if folder.has(RUNS) {
            let unusable = |error| Error::Runs { path: folder.file(RUNS), error };
            folder.existing_subfolder(RUNS).map_err(unusable)?;
        }
        Ok((folder, privacy))
    }

    /// The job that was in the folder before this one, if this is a new one.
    fn previous(&self, found: &ExistingJournal, folder: &Folder) -> Option<PreviousJob> {
        match &self.earlier {
            Some(reports) if self.are_replaced(found) => reports.before(),
            Some(reports) => Some(reports.as_previous()),
            None => earlier::newest(folder, |reports| Some(reports.as_previous())),
        }
    }

    /// Whether the reports in the folder are of a job that has settled nothing: a new one takes its place.
    fn are_replaced(&self, found: &ExistingJournal) -> bool {
        matches!(found, ExistingJournal::Empty) && self.earlier.as_ref().is_some_and(|reports| !reports.is_complete())
    }

    /// The reports of the job before make way for those of a new one.
    fn put_away(&self, found: &ExistingJournal, folder: &Folder) -> Result<(), Error> {
        if let Some(reports) = self.earlier.as_ref().filter(|_| !self.are_replaced(found)) {
            let failed = |error| Error::Output { path: folder.path().to_owned(), error };
            let kept = earlier::put_away(folder, reports, self.config.output.keep_runs).map_err(failed)?;
            kept.iter().for_each(|kept| self.screen.note(&earlier::kept_note(kept)));
        }
        Ok(())
    }

    /// What was found, where it goes, by which right, and what there is to carry on.
    fn tell_start(
        &self,
        job: &Job,
        found: &ExistingJournal,
        previous: Option<&PreviousJob>,
        destination: &Destination,
    ) {
        let inputs = inputs_as_told(job, None);
        let folder = self.folder.as_ref().map(|folder| folder.path().display().to_string());
        let token = destination.token_said(&self.config.delivery.token);
        self.screen.note(&start(&Start {
            inputs: &inputs,
            settings: &self.config.settings_files,
            endpoint: (self.config.delivery.target != Target::Nowhere).then_some(self.info.endpoint.as_str()),
            proxy: self.config.delivery.proxy.as_deref().filter(|_| self.config.delivery.target == Target::Endpoint),
            token: token.as_ref().map(|(source, last)| (*source, last.as_deref())),
            unfinished: self.to_carry_on(found).map(Unfinished::settled),
            folder: folder.as_deref(),
        }));
        // A sandbox holds nothing any more.
        let is_real = self.config.delivery.target == Target::Endpoint;
        if let (true, false, Some(previous)) = (is_real, matches!(found, ExistingJournal::Unfinished(_)), previous) {
            self.screen.note(&imported_earlier(previous, self.changes.is_some()));
        }
        self.screen.say_unused(self.config);
        self.screen.warn_of_settings(self.config);
        self.screen.say_what_was_guessed(job);
    }

    /// What is wrong with rows is told as soon as it is known: the first of each reason.
    fn tell_first_rejected(&mut self, job: &Job, survey: &Survey) {
        let reasons = survey.reasons.iter().map(|(code, rows)| (code.to_string(), *rows)).collect();
        let text = text::first_rejected(&reasons, &check::examples(job, survey), values(self.config));
        for line in text.lines() {
            self.listeners.progress.line(line);
        }
    }

    /// What an earlier run left to be carried on, or refused as another job.
    fn to_carry_on<'f>(&self, found: &'f ExistingJournal) -> Option<&'f Unfinished> {
        match found {
            // The sandbox of an earlier run is gone, so there is nothing to carry on.
            ExistingJournal::Unfinished(left) if !self.config.delivery.restart && left.head.endpoint != "sandbox" => {
                Some(left)
            }
            ExistingJournal::Unfinished(_)
            | ExistingJournal::None
            | ExistingJournal::Finished
            | ExistingJournal::Empty => None,
        }
    }

    /// What this job is, for its journal.
    fn head(&self, job: &Job, survey: &Survey, account: String, key: &UserKey) -> Head {
        let inputs = job.inputs.iter().zip(&survey.inputs).map(|(input, read)| journal::InputFingerprint {
            name: input.source.input().name().to_owned(),
            len: read.digest.bytes,
            blake3: read.digest.blake3.to_string(),
        });
        let query = match self.config.delivery.target {
            Target::Endpoint => self.config.delivery.transport.endpoint.url().query(),
            Target::Sandbox | Target::Nowhere => None,
        };
        Head {
            job: format!("{:016x}", fastrand::u64(..)),
            inputs: inputs.collect(),
            plan: self.config.plan.clone(),
            shard: job.shard.part().unwrap_or_default(),
            endpoint: self.info.endpoint.clone(),
            query: query.map(|query| key.hash("query", query)).unwrap_or_default(),
            account,
            previous: None,
            state: self.changes.as_ref().map(|changes| changes.id.clone()),
        }
    }

    /// Carries on what an earlier run left, or begins a new job. What is settled already is given back.
    fn take_journal(
        &mut self,
        found: &ExistingJournal,
        head: Head,
        survey: &Survey,
        folder: &Folder,
        key: &UserKey,
    ) -> Result<(), Error> {
        match self.carried_on(found, &head)? {
            Some(unfinished) => {
                let is_other_account = unfinished.is_of_another_account(&head);
                if is_other_account && !self.config.delivery.same_account {
                    return Err(Error::OtherAccount);
                }
                self.info.job.clone_from(&unfinished.head.job);
                self.info.previous.clone_from(&unfinished.head.previous);
                self.info.requests_before = unfinished.requests();
                self.is_resumed = true;
                self.listeners.statuses = unfinished.statuses(survey.records())?;
                if let Some(changes) = &mut self.changes {
                    changes.resume(unfinished);
                }
                let rows = count(unfinished.settled(), "row");
                self.screen.note(&format!("resuming: {rows} settled in earlier runs of this job"));
                let mut journal = Journal::resume(folder, unfinished)?;
                if is_other_account {
                    journal.same_account(&head.account)?;
                }
                self.listeners.journal = Some(journal);
            }
            None => {
                self.info.job.clone_from(&head.job);
                self.info.previous.clone_from(&head.previous);
                self.put_away(found, folder)?;
                self.listeners.journal = Some(Journal::create(folder, &head, key)?);
            }
        }
        Ok(())
    }

    /// The journal that this job carries on, if there is one.
    fn carried_on<'f>(&self, found: &'f ExistingJournal, head: &Head) -> Result<Option<&'f Unfinished>, Error> {
        let Some(unfinished) = self.to_carry_on(found) else { return Ok(None) };
        let is_new = self.changes.as_ref().is_some_and(|changes| changes.known == 0);
        match unfinished.difference(head) {
            None => Ok(Some(unfinished)),
            Some(what) if unfinished.is_known_to_state(head, is_new) => {
                let rows = count(unfinished.settled(), "row");
                self.screen.note(&format!("the unfinished import with {what} and {rows} settled is not resumed: this one takes its place, and sends what is not certain"));
                Ok(None)
            }
            Some(what) => Err(Error::OtherJob { what }),
        }
    }

    /// The second reading and everything that follows from it.
    async fn deliver(&mut self, load: SendJob, destination: &Destination) -> Result<(), Error> {
        let before = self.listeners.statuses.counts();
        // The sandbox lives until everything is delivered.
        let (credentials, transport, _sandbox) = destination.open(self.config, self.screen).await?;
        let options =
            delivery::options(self.config, self.screen, &self.info, &before, load.survey.contacts(), credentials);
        self.listeners.progress.sending(&row_counts(&load.survey, &before).counts);
        self.listeners.timeline = Some(Timeline::new(Instant::now()));
        let (terminal, verbosity) = (self.screen.terminal.clone(), self.screen.verbosity);
        let transport = Logged::new(transport, terminal, verbosity, values(self.config));
        send(load, transport, options, &mut self.listeners, self.stop).await
    }
}
