//! From the settings to a job: inputs opened, understood and mapped.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use super::Screen;
use super::earlier::{self, EarlierReports};
use crate::config::{Config, Limit, is_stdin};
use crate::contact::Rules;
use crate::contact::phone::Plans;
use crate::dedupe::OnDuplicate;
use crate::error::Error;
use crate::folder::Folder;
use crate::reading::Job;
use crate::report::Warning;
use crate::small_file;
use crate::source;
use crate::stop::Stop;
use crate::survey::Survey;
use crate::understanding::{self, understand};

use super::warnings::is_allowed_by_strict;

/// Opens the inputs; standard input and pipes are spooled.
///
/// # Errors
/// An input is missing, a folder or not readable; a signal came first.
pub async fn open(config: &Config, screen: &Screen<'_>, stop: &Stop) -> Result<Vec<source::InputSource>, Error> {
    let files = config.files.clone();
    if files.iter().any(|file| is_stdin(file)) && std::io::stdin().is_terminal() {
        screen.note("contacts from the keyboard; Ctrl-D on a line of its own ends them");
    }
    let longest = config.max_input;
    let open = move || files.iter().map(|path| source::InputSource::at(path, longest).map_err(Error::Input)).collect();
    unless_stopped(stop, "the inputs", open).await
}

/// Does what may wait for somebody else, a pipe or a command, on a thread of its own: a signal does not wait for it.
///
/// # Errors
/// Those of the work, or the signal.
pub async fn unless_stopped<T: Send + 'static>(
    stop: &Stop,
    what: &'static str,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let working = tokio::task::spawn_blocking(work);
    tokio::select! {
        worked = working => worked.unwrap_or(Err(Error::Broken(what))),
        _ = stop.wait() => Err(Error::stopped(stop, what)),
    }
}

/// What is read, and how: the inputs, understood as the settings of each wish.
///
/// # Errors
/// An input is no contacts file, or has no column of phone numbers.
pub fn job(config: &Config, inputs: Vec<source::InputSource>) -> Result<Job, Error> {
    let rules = rules(config)?;
    let mut understood = Vec::new();
    for (input, settings) in inputs.into_iter().zip(&config.inputs) {
        let caused = |error: understanding::Error| Error::with_settings(error.into(), &settings.from_elsewhere);
        understood.append(&mut understand(input, &settings.wishes, &rules.phone.plans).map_err(caused)?);
    }
    Ok(Job {
        inputs: understood,
        rules,
        limit: config.rows.limit,
        shard: config.rows.shard,
        threads: config.rows.threads,
    })
}

/// What is believed of a row, with the numbering plans that were asked for.
///
/// # Errors
/// The text of the numbering plans cannot be used.
pub fn rules(config: &Config) -> Result<Rules, Error> {
    let mut rules = config.rows.rules.clone();
    if let Some(path) = &config.rows.phone_metadata {
        let unusable = |why: String| Error::Metadata { path: path.clone(), why };
        let text = small_file::read_text(path).map_err(|error| unusable(error.to_string()))?;
        rules.phone.plans = Plans::read(&text).map_err(|error| unusable(error.to_string()))?;
    }
    Ok(rules)
}

/// Whether enough rows were read.
///
/// # Errors
/// Fewer than `--min-rows` were.
pub fn enough(config: &Config, survey: &Survey) -> Result<(), Error> {
    let (read, least) = (survey.read, config.rows.min_rows);
    if read < least { Err(Error::TooFewRows { read, least }) } else { Ok(()) }
}

/// Whether the rows are not far fewer than last time, where somebody asks for that.
///
/// # Errors
/// They are, by more than `--max-drop` allows.
pub fn no_drop(config: &Config, survey: &Survey, folder: Option<&Folder>) -> Result<(), Error> {
    // A part of the input says nothing about the whole.
    let (Some(share), Some(folder)) = (config.rows.max_drop.filter(|_| config.rows.limit.is_none()), folder) else {
        return Ok(());
    };
    let shard = config.rows.shard.part();
    let found = |reports: &EarlierReports| Some((reports.rows_of(shard.as_deref())?, reports.started().to_owned()));
    let last = EarlierReports::read(folder).as_ref().and_then(found).or_else(|| earlier::newest(folder, found));
    match last {
        Some((before, started)) if Limit::Share(share.0).exceeded(before.saturating_sub(survey.read), before) => {
            Err(Error::Drop { read: survey.read, before, started, share })
        }
        _ => Ok(()),
    }
}

/// Whether what the survey found may be sent.
///
/// # Errors
/// More rows are invalid than allowed, phones are repeated where that is an error, or there are warnings that
/// `--strict` does not allow.
pub fn acceptable(config: &Config, survey: &Survey, warnings: &[Warning]) -> Result<(), Error> {
    if config.rows.max_invalid.exceeded(survey.invalid, survey.read) {
        return Err(Error::TooManyInvalid {
            invalid: survey.invalid,
            read: survey.read,
            limit: match config.rows.max_invalid {
                _ if config.rows.strict => "--strict".to_owned(),
                limit => format!("--max-invalid {limit}"),
            },
        });
    }
    if let (OnDuplicate::Error, rows @ 1..) = (config.rows.on_duplicate, survey.dedupe.duplicates()) {
        return Err(Error::Duplicates { rows });
    }
    let codes = warnings.iter().map(|warning| warning.code).filter(|code| !is_allowed_by_strict(*code));
    let codes: BTreeSet<&str> = codes.map(|code| code.as_str()).collect();
    if config.rows.strict && !codes.is_empty() { Err(Error::Warned { codes }) } else { Ok(()) }
}
