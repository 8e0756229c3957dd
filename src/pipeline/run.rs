//! One import, from the settings to the exit code.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::time::Instant;

use super::listeners::Listeners;
use super::reports::{self, Made, Material};
use super::sending::{Load, send};
use super::summary::{Outcome, Story, inputs_as_told};
use super::{Ended, check, prepare};
use crate::client::{self, Http};
use crate::config::Config;
use crate::dedupe::OnDuplicate;
use crate::error::Error;
use crate::event::Requests;
use crate::folder::{self, Folder, Purpose};
use crate::journal::{Found, Head, Journal, Lock};
use crate::outcome::Fates;
use crate::progress::Progress;
use crate::reading::Job;
use crate::report::text::{Closing, start};
use crate::report::timeline::Timeline;
use crate::sandbox::{self, Sandbox};
use crate::source;
use crate::stop::Stop;
use crate::survey::Survey;
use crate::terminal::Terminal;

/// Imports contacts, or does everything but the requests.
pub async fn import(config: &Config, terminal: &Terminal, stop: &Stop) -> Ended {
    let mut run = Run::new(config, terminal, stop);
    let cause = run.attempt().await.err();
    run.finish(cause).await
}

/// A run under way: what is known of it so far.
struct Run<'a> {
    config: &'a Config,
    terminal: &'a Terminal,
    stop: &'a Stop,
    story: Story,
    folder: Option<Folder>,
    /// Ours until the run has ended.
    lock: Option<Lock>,
    job: Option<Arc<Job>>,
    survey: Option<Arc<Survey>>,
    listeners: Listeners,
    /// Whether this run's outcome belongs into the folder.
    touched: bool,
}

impl<'a> Run<'a> {
    fn new(config: &'a Config, terminal: &'a Terminal, stop: &'a Stop) -> Run<'a> {
        let endpoint = match config.purpose {
            Purpose::Sandbox => "sandbox".to_owned(),
            Purpose::Import | Purpose::DryRun => config.endpoint.to_string(),
        };
        Run {
            config,
            terminal,
            stop,
            story: Story::new(endpoint),
            folder: None,
            lock: None,
            job: None,
            survey: None,
            listeners: Listeners {
                journal: None,
                fates: Fates::default(),
                requests: Requests::default(),
                timeline: Timeline::new(Instant::now()),
                progress: Progress::new(terminal, &config.progress()),
            },
            touched: false,
        }
    }

    /// Everything up to the last answer.
    async fn attempt(&mut self) -> Result<(), Error> {
        let config = self.config;
        let pass = match config.purpose {
            Purpose::Import => Some(config.pass()?),
            Purpose::Sandbox | Purpose::DryRun => None,
        };
        let inputs = prepare::open(config)?;
        prepare::no_report_is_an_input(config, &inputs)?;
        let folder = self.take_folder(&inputs)?;
        let found = match config.purpose {
            Purpose::DryRun => Found::None,
            Purpose::Import | Purpose::Sandbox => Journal::inspect(folder.path())?,
        };
        let job = Arc::new(prepare::understand(config, inputs)?);
        self.job = Some(Arc::clone(&job));
        self.tell_start(&job, &found);

        let survey = Arc::new(self.survey(&job).await?);
        self.take_journal(found, &job, &survey, &folder)?;
        self.survey = Some(Arc::clone(&survey));
        self.touched = true;
        prepare::acceptable(config, &survey)?;
        if config.purpose == Purpose::DryRun || survey.contacts() == 0 {
            return Ok(());
        }
        let load = Load {
            job,
            survey: Arc::clone(&survey),
            done: Arc::new(self.listeners.fates.clone()),
            empty: config.empty,
        };
        self.deliver(load, pass).await
    }

    /// The results folder, ours alone from now on.
    fn take_folder(&mut self, inputs: &[source::Input]) -> Result<Folder, Error> {
        let first = inputs.first().and_then(|input| input.path());
        let path = match &self.config.output_dir {
            Some(path) => path.clone(),
            None => folder::beside(first, self.config.shard, self.config.purpose),
        };
        let folder = Folder::make(&path).map_err(|error| Error::Folder { path, error })?;
        self.lock = Some(Lock::take(folder.path())?);
        self.folder = Some(folder.clone());
        Ok(folder)
    }

    /// Within 100 ms: what was found, where it goes, by which right, and what there is to carry on.
    fn tell_start(&self, job: &Job, found: &Found) {
        let config = self.config;
        let inputs = inputs_as_told(job, None);
        let folder = self.folder.as_ref().map(|folder| folder.path().display().to_string());
        let settled = match found {
            Found::Unfinished(unfinished) if !config.restart => Some(unfinished.settled()),
            _ => None,
        };
        let token = config.token_said();
        let lines = start(&Start {
            inputs: &inputs,
            endpoint: (config.purpose == Purpose::Import).then_some(self.story.endpoint.as_str()),
            token: token.as_ref().map(|(source, last)| (source.as_str(), last.as_deref())),
            settled_before: settled,
            folder: folder.as_deref(),
        });
        self.terminal.note(&lines);
        for input in &job.inputs {
            for said in input.source.said() {
                self.terminal.note(&format!("{}: {said}\n", input.source.input().name()));
            }
        }
    }

    /// The first reading, on a thread of its own: signals are heard meanwhile.
    async fn survey(&mut self, job: &Arc<Job>) -> Result<Survey, Error> {
        let total = job.inputs.iter().map(|input| input.source.input().len()).sum();
        self.listeners.progress.checking(total);
        let (told, mut bytes) = tokio::sync::watch::channel(0_u64);
        let reading = {
            let (job, stop, policy) = (Arc::clone(job), self.stop.clone(), self.config.on_duplicate);
            tokio::task::spawn_blocking(move || {
                Survey::make(&job, policy, |bytes| {
                    told.send_replace(bytes);
                    match stop.asked() {
                        Some(_) => std::ops::ControlFlow::Break(()),
                        None => std::ops::ControlFlow::Continue(()),
                    }
                })
            })
        };
        // The channel closes when the reading ends.
        while bytes.changed().await.is_ok() {
            self.listeners.progress.checked(*bytes.borrow_and_update());
        }
        match reading.await {
            Ok(Ok(Some(survey))) => Ok(survey),
            Ok(Ok(None)) => Err(self.stopped()),
            Ok(Err(error)) => Err(Error::Input(error)),
            Err(_) => Err(Error::Broken("the survey")),
        }
    }

    fn stopped(&self) -> Error {
        match self.stop.by_signal() {
            Some(signal) => Error::Signal(signal.exit()),
            None => Error::Broken("the survey"),
        }
    }

    /// Carries on what an earlier run left, or begins a new job.
    fn take_journal(&mut self, found: Found, job: &Job, survey: &Survey, folder: &Folder) -> Result<(), Error> {
        let config = self.config;
        if config.purpose == Purpose::DryRun {
            return Ok(());
        }
        let name = |number: usize| job.inputs.get(number).map(|i| i.source.input().name().to_owned()).unwrap_or_default();
        let head = Head {
            job: new_job_name(),
            inputs: survey
                .inputs
                .iter()
                .enumerate()
                .map(|(number, read)| journal::Input { name: name(number), len: read.digest.bytes, blake3: read.digest.blake3.to_string() })
                .collect(),
            plan: config.plan(),
            endpoint: self.story.endpoint.clone(),
        };
        Ok(())
    }
}
