//! Why a run could not be carried out, and what to do about it.
//!
//! Each module has an error of its own; this one collects them.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use crate::cli::{nearest_command, synonyms};
use crate::client::transport;
use crate::config::{Limit, Percent};
use crate::diagnostic::{Diagnostic, Entry, RunCode};
use crate::folder::{ResultsKind, beside};
use crate::numbers::count;
use crate::outcome::{Cause, Failure};
use crate::pipeline::merge;
use crate::reading::Shard;
use crate::report::words::moment;
use crate::stop::{Signal, Stop};
use crate::{config, journal, mapping, source, state, understanding};

/// Why a run could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// An input.
    #[error(transparent)]
    Input(#[from] source::Error),
    /// Columns and fields.
    #[error("{input}: {error}")]
    Mapping {
        /// The name of the input.
        input: String,
        /// What is wrong.
        error: mapping::Error,
    },
    /// An input could not be understood, and settings that were not typed had a say in it.
    #[error("{error}")]
    Settings {
        /// What is wrong.
        error: Box<Error>,
        /// The settings, each with its value and where it stands.
        settings: Vec<String>,
    },
    /// The journal or its lock.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The file of `--only-changed`.
    #[error(transparent)]
    State(#[from] state::Error),
    /// Results of shards.
    #[error(transparent)]
    Merge(#[from] merge::Error),
    /// What ended the sending.
    #[error("{0}{request}", request = asked(.0))]
    Delivery(Failure),
    /// The results folder cannot be made, or is not this user's.
    #[error("the results folder {} cannot be used: {error}", .path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file of results cannot be written.
    #[error("{} cannot be written: {error}", .path.display())]
    Output {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What is called `runs` in the results folder is no folder of its own.
    #[error("{} cannot be used: {error}", .path.display())]
    Runs {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file that was asked for has no place; found before anything is sent.
    #[error("{} cannot be made: {error}", .path.display())]
    NoPlace {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file that is never overwritten already exists.
    #[error("{} already exists; it will not be overwritten", .0.display())]
    Exists(PathBuf),
    /// The sandbox finds its port taken.
    #[error("port {port} of this machine cannot be opened: {error}")]
    Port {
        /// Which one.
        port: u16,
        /// Why.
        error: io::Error,
    },
    /// The way to the server cannot be set up.
    #[error(transparent)]
    Transport(#[from] transport::Error),
    /// The text of the numbering plans cannot be used.
    #[error("--phone-metadata {}: {why}", .path.display())]
    Metadata {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A run would replace or remove an input in its results folder.
    #[error("{} is an input, and this run may replace it: the results go into {}", .path.display(), .folder.display())]
    InputInResults {
        /// The input.
        path: PathBuf,
        /// The results folder.
        folder: PathBuf,
    },
    /// The file of `--only-changed` would replace an input.
    #[error("--only-changed {} is an input", .0.display())]
    StateIsInput(PathBuf),
    /// A trial has ended before all was sent.
    #[error("the trial has ended: {left} not sent yet")]
    Trial {
        /// How many contacts are left, in words.
        left: String,
    },
    /// A report would replace an input.
    #[error("--report {} is an input", .0.display())]
    ReportIsInput(PathBuf),
    /// A temporary file or a thread.
    #[error("{what}: {error}")]
    Local {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        error: io::Error,
    },
    /// More invalid rows than allowed.
    #[error("{invalid} of {} {} invalid, which is more than {limit} allows", count(*read, "row"), if *invalid == 1 { "is" } else { "are" })]
    TooManyInvalid {
        /// How many are.
        invalid: u64,
        /// Of how many.
        read: u64,
        /// The option as it was settled.
        limit: String,
    },
    /// Fewer rows than there should be.
    #[error("{}, and --min-rows asks for {least}", rows_read(*.read))]
    TooFewRows {
        /// How many were read.
        read: u64,
        /// How many there should be.
        least: u64,
    },
    /// Far fewer rows than at the last finished run.
    #[error("{}, and the import of {when} read {before}: fewer by more than the {share} of --max-drop", rows_read(*.read),
        share = Limit::Share(.share.0), when = moment(started))]
    Drop {
        /// How many were read.
        read: u64,
        /// How many were read then.
        before: u64,
        /// When that was, RFC 3339.
        started: String,
        /// How much fewer they may be.
        share: Percent,
    },
    /// Phones that occur again, where that is an error.
    #[error("{} the phone number of another row", match .rows { 1 => "1 row repeats".to_owned(), rows => format!("{rows} rows repeat") })]
    Duplicates {
        /// How many are too much.
        rows: u64,
    },
    /// Warnings, where `--strict` allows none.
    #[error("--strict allows no warnings, and there are some: {}", .codes.iter().copied().collect::<Vec<_>>().join(", "))]
    Warned {
        /// Their codes.
        codes: BTreeSet<&'static str>,
    },
    /// An unfinished journal of another job.
    #[error("the results folder holds an unfinished import with {what}; nothing was sent")]
    OtherJob {
        /// What is other about it.
        what: String,
    },
    /// An unfinished journal of the same job, with rows that another account accepted.
    #[error("the results folder holds an unfinished import that was begun with another token; nothing was sent")]
    OtherAccount,
    /// An input is not any more what the survey saw.
    #[error("{input}: the file changed while it was being read")]
    InputChanged {
        /// Its name.
        input: String,
    },
    /// A signal.
    #[error("interrupted")]
    Signal(Signal),
    /// The books do not balance.
    #[error("the counts do not add up: {0}")]
    Counts(String),
    /// A thread of the program broke down.
    #[error("a part of the program broke down: {0}")]
    Broken(&'static str),
}

impl From<understanding::Error> for Error {
    fn from(error: understanding::Error) -> Error {
        match error {
            understanding::Error::Source(error) => Error::Input(error),
            understanding::Error::Mapping { input, error } => Error::Mapping { input, error },
        }
    }
}

impl Error {
    /// The same error with the settings that may have caused it; without any, the error itself.
    pub fn with_settings(error: Error, settings: &[String]) -> Error {
        if settings.is_empty() {
            return error;
        }
        Error::Settings { error: Box::new(error), settings: settings.to_vec() }
    }

    /// What ended this part of the work: the signal, else something else that has stopped all of it.
    pub fn stopped(stop: &Stop, what: &'static str) -> Error {
        stop.by_signal().map_or(Error::Broken(what), Error::Signal)
    }

    /// The diagnostic of the module that the error comes from; `None` where it is made here.
    fn source_diagnostic(&self) -> Option<&dyn Diagnostic> {
        match self {
            Error::Config(error) => Some(error),
            Error::Input(error) => Some(error),
            Error::Mapping { error, .. } => Some(error),
            Error::Settings { error, .. } => Some(error.as_ref()),
            Error::Journal(error) => Some(error),
            Error::State(error) => Some(error),
            Error::Merge(error) => Some(error),
            Error::Transport(error) => Some(error),
            _ => None,
        }
    }

    /// Whether a signal ended the run.
    pub fn is_signal(&self) -> bool {
        self.exit().is_signal()
    }

    /// What ended a reading after the first one, which found nothing wrong with the content.
    pub fn of_a_later_reading(error: source::Error) -> Error {
        if error.is_io() || error.is_missing() {
            Error::Input(error)
        } else {
            Error::InputChanged { input: error.input }
        }
    }
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        if let Some(source) = self.source_diagnostic() {
            return source.entry();
        }
        let code = match self {
            Error::Delivery(failure) => return failure.cause.entry(),
            Error::Signal(signal) => return Cause::from(*signal).entry(),
            Error::Metadata { .. } => RunCode::ConfigPhoneMetadata,
            Error::Folder { .. } => RunCode::OutputFolder,
            Error::Output { .. } => RunCode::OutputWrite,
            Error::Runs { .. } => RunCode::OutputRuns,
            Error::NoPlace { .. } => RunCode::OutputNoPlace,
            Error::ReportIsInput(_) | Error::StateIsInput(_) | Error::InputInResults { .. } => RunCode::OutputIsInput,
            Error::Exists(_) => RunCode::OutputExists,
            Error::Port { .. } => RunCode::RunPort,
            Error::Local { .. } => RunCode::RunLocalIo,
            Error::TooManyInvalid { .. } => RunCode::InputTooManyInvalid,
            Error::TooFewRows { .. } => RunCode::InputTooFewRows,
            Error::Drop { .. } => RunCode::InputDrop,
            Error::Duplicates { .. } => RunCode::InputDuplicates,
            Error::Warned { .. } => RunCode::InputWarnings,
            Error::OtherJob { .. } => RunCode::JournalOtherJob,
            Error::OtherAccount => RunCode::JournalOtherAccount,
            Error::InputChanged { .. } => RunCode::InputChanged,
            Error::Trial { .. } => RunCode::RunTrial,
            Error::Counts(_) => RunCode::RunCounts,
            _ => RunCode::RunInternal,
        };
        code.entry()
    }

    fn hint(&self) -> Option<String> {
        if let Error::Settings { error, settings } = self {
            let settings = settings.join("\n");
            return Some(error.hint().map_or_else(|| settings.clone(), |hint| format!("{hint}\n{settings}")));
        }
        if let Error::Input(error) = self
            && error.is_missing()
        {
            if let Some(hint) = synonyms::for_file(&error.input) {
                return Some(hint);
            }
            if let Some(command) = nearest_command(&error.input) {
                return Some(format!("did you mean the command {command}? It stands first"));
            }
        }
        if let Error::InputInResults { path, .. } = self {
            let other = beside(Some(path), Shard::default(), ResultsKind::Import);
            return Some(format!("name another results folder: --output-dir {}", other.display()));
        }
        match self.source_diagnostic() {
            Some(source) => source.hint(),
            None => Some(self.entry().remedy.to_owned()).filter(|remedy| !remedy.is_empty()),
        }
    }
}

/// How many rows were read, as a sentence begins with it.
fn rows_read(read: u64) -> String {
    format!("{} {} read", count(read, "row"), if read == 1 { "was" } else { "were" })
}

/// The request that a failure is about, as the server's people can find it in their logs.
fn asked(failure: &Failure) -> String {
    match failure.request.as_str() {
        "" => String::new(),
        request => format!(" (request {request})"),
    }
}
