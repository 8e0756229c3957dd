//! The first reading, on a thread of its own: signals are heard meanwhile.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::changes::Changes;
use crate::config::Config;
use crate::dedupe::PhoneIndex;
use crate::error::Error;
use crate::progress::Progress;
use crate::reading::Job;
use crate::stop::Stop;
use crate::survey::Survey;

/// How often it is said how far the reading is: each time wakes another thread.
const TICK: Duration = Duration::from_millis(50);

/// Makes the survey of a job, and shows how far it is. With `--only-changed` the contacts are looked up meanwhile.
///
/// # Errors
/// An input cannot be read to its end, or a signal came first.
pub async fn survey(
    config: &Config,
    job: &Arc<Job>,
    mut changes: Option<Changes>,
    stop: &Stop,
    progress: &mut Progress,
) -> Result<(Survey, Option<Changes>), Error> {
    progress.checking(job.inputs.iter().map(|input| input.source.input().len()).sum());
    let (told, mut bytes) = tokio::sync::watch::channel(0_u64);
    let (job, stopping) = (Arc::clone(job), stop.clone());
    let index = PhoneIndex::new(config.rows.on_duplicate, config.rows.memory);
    let reading = tokio::task::spawn_blocking(move || {
        let mut next = Instant::now();
        let progress = |bytes| {
            let now = Instant::now();
            if now >= next {
                told.send_replace(bytes);
                next = now + TICK;
            }
            if stopping.asked().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let survey = match &mut changes {
            Some(changes) => changes.survey(&job, index, progress),
            None => Survey::make(&job, index, progress),
        };
        survey.map(|survey| survey.map(|survey| (survey, changes)))
    });
    // The channel closes when the reading ends.
    while bytes.changed().await.is_ok() {
        progress.checked(*bytes.borrow_and_update());
    }
    let read = reading.await;
    // What is said of the survey stands on a clean screen.
    progress.finish();
    match (read, stop.by_signal()) {
        (Ok(Ok(Some(surveyed))), _) => Ok(surveyed),
        (Ok(Ok(None)), Some(signal)) => Err(Error::Signal(signal)),
        (Ok(Err(error)), _) => Err(Error::Input(error)),
        (Ok(Ok(None)) | Err(_), _) => Err(Error::Broken("the survey")),
    }
}
