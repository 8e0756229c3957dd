//! One import, from the settings to the exit code, in stages: each is a type that holds what the next one needs.
//!
//! [`Prepared`] has read samples and claimed the results folder; `Surveyed` has read every row and opened the journal;
//! `Delivered` has sent what there was to send; its `finish` writes the reports. A run that fails before it is
//! surveyed is [`Untouched`]: what is in the results folder stays as it was.

use std::sync::Arc;

use super::prepared::Prepared;
use super::screen::values;
use super::summary::RunInfo;
use super::{RunOutput, Screen, finish, summary};
use crate::config::{Config, Target};
use crate::error::Error;
use crate::progress::Progress;
use crate::reading::Job;
use crate::report::Summary;
use crate::report::rejected_rows::RejectedRows;
use crate::stop::Stop;

/// Imports contacts, or does everything but the requests.
pub async fn import(config: &Config, screen: &Screen<'_>, stop: &Stop) -> RunOutput {
    let mut run = Run::new(config, screen, stop);
    let surveyed = match Prepared::new(&mut run).await {
        Ok(prepared) => prepared.survey(&mut run).await,
        Err(cause) => Err(Untouched { cause, job: None }),
    };
    match surveyed {
        Ok(surveyed) => surveyed.deliver(&mut run).await.finish(&mut run).await,
        Err(untouched) => untouched.finish(&mut run),
    }
}

/// What every stage of an import uses.
pub struct Run<'a> {
    pub(super) config: &'a Config,
    pub(super) screen: &'a Screen<'a>,
    pub(super) stop: &'a Stop,
    pub(super) info: RunInfo,
    pub(super) progress: Progress,
}

impl<'a> Run<'a> {
    pub(super) fn new(config: &'a Config, screen: &'a Screen<'a>, stop: &'a Stop) -> Run<'a> {
        let endpoint = match config.delivery.target {
            Target::Sandbox => "sandbox".to_owned(),
            Target::Endpoint | Target::Nowhere => config.delivery.transport.endpoint.to_string(),
        };
        let info = RunInfo::new(endpoint).with_settings(config);
        Run { config, screen, stop, info, progress: screen.progress(config) }
    }

    /// Whether nothing is sent.
    pub(super) fn is_dry(&self) -> bool {
        self.config.delivery.target == Target::Nowhere
    }
}

/// A run that failed before it changed anything.
pub struct Untouched {
    pub(super) cause: Error,
    /// The inputs, where they were understood.
    pub(super) job: Option<Arc<Job>>,
}

impl Untouched {
    /// Says why. No report is written but those of machines that wait for one.
    fn finish(self, run: &mut Run<'_>) -> RunOutput {
        let summary = self.summarize(run);
        finish::tell(run, summary, &RejectedRows::new(values(run.config)), None, Vec::new())
    }

    pub(super) fn summarize(&self, run: &Run<'_>) -> Summary {
        summary::untouched(&run.info, self.job.as_deref(), &self.cause, run.is_dry())
    }
}
