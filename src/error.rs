//! Why a run could not be carried out, and what to do about it.
//!
//! Each room has an error of its own; this one collects them and answers three questions: which stable code it has,
//! what to do about it, and with which exit code the process ends.

use std::io;
use std::path::PathBuf;

use crate::cli::nearest_command;
use crate::client::transport;
use crate::outcome::{Cause, Failure};
use crate::{config, journal, mapping, source};

/// The exit codes of the process. Stable; anything else is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every row is in, now or before, duplicate or skipped.
    Complete,
    /// Finished; some rows are invalid or were refused.
    SomeRows,
    /// The command line is wrong.
    Usage,
    /// The input cannot be used as a whole.
    Data,
    /// An input is missing or cannot be opened.
    NoInput,
    /// A fault of this program.
    Internal,
    /// Results or journal cannot be made, are locked or damaged.
    Folder,
    /// Local reading or writing failed during the run.
    Io,
    /// The far side stayed away, or rows are unsettled; the same command resumes.
    Later,
    /// Not the expected service.
    Protocol,
    /// No token, or it is refused or expired.
    Token,
    /// The settings do not go together or cannot be used.
    Config,
}

impl Exit {
    /// All of them, in the order of the documentation.
    pub const ALL: &[Exit] = &[
        Exit::Complete,
        Exit::SomeRows,
        Exit::Usage,
        Exit::Data,
        Exit::NoInput,
        Exit::Internal,
        Exit::Folder,
        Exit::Io,
        Exit::Later,
        Exit::Protocol,
        Exit::Token,
        Exit::Config,
    ];

    /// The number the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Complete => 0,
            Exit::SomeRows => 1,
            Exit::Usage => 2,
            Exit::Data => 65,
            Exit::NoInput => 66,
            Exit::Internal => 70,
            Exit::Folder => 73,
            Exit::Io => 74,
            Exit::Later => 75,
            Exit::Protocol => 76,
            Exit::Token => 77,
            Exit::Config => 78,
        }
    }
}

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
    /// The journal or its lock.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// What ended the sending.
    #[error("{0}{request}", request = asked(.0))]
    Delivery(Failure),
    /// The results folder cannot be made.
    #[error("the results folder {} cannot be made: {error}", .path.display())]
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
    /// A file that was asked for has no place; found before anything is sent.
    #[error("{} cannot be made: {error}", .path.display())]
    NoPlace {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What is never written over is there already.
    #[error("{} is there already, and is never written over", .0.display())]
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
    #[error("{invalid} of {read} rows are invalid, which is more than {limit} allows")]
    TooManyInvalid {
        /// How many are.
        invalid: u64,
        /// Of how many.
        read: u64,
        /// The option as it was settled.
        limit: String,
    },
    /// Phones that occur again, where that is an error.
    #[error("{} the phone number of another row", match .rows { 1 => "1 row repeats".to_owned(), rows => format!("{rows} rows repeat") })]
    Duplicates {
        /// How many are too much.
        rows: u64,
    },
    /// An unfinished journal of another job.
    #[error("the results folder holds an unfinished import with {what}; nothing was sent")]
    OtherJob {
        /// What is other about it.
        what: String,
    },
    /// An input is not any more what the survey saw.
    #[error("{input}: the file changed while it was being read")]
    InputChanged {
        /// Its name.
        input: String,
    },
    /// A signal.
    #[error("interrupted")]
    Signal(u8),
    /// The books do not balance.
    #[error("the counts do not add up: {0}")]
    Counts(String),
    /// A thread of the program broke down.
    #[error("a part of the program broke down: {0}")]
    Broken(&'static str),
}

impl Error {
    /// The stable name, documented in `docs/codes.md`.
    pub fn code(&self) -> String {
        match self {
            Error::Config(error) => error.code().to_owned(),
            Error::Input(error) => error.code().to_owned(),
            Error::Mapping { error, .. } => error.code().to_owned(),
            Error::Journal(error) => error.code().to_owned(),
            Error::Delivery(failure) => failure.cause.code().to_owned(),
            Error::Transport(error) => error.code().to_owned(),
            Error::Metadata { .. } => "config.phone_metadata".to_owned(),
            Error::Folder { .. } => "output.folder".to_owned(),
            Error::Output { .. } => "output.write".to_owned(),
            Error::NoPlace { .. } => "output.no_place".to_owned(),
            Error::ReportIsInput(_) => "output.is_input".to_owned(),
            Error::Exists(_) => "output.exists".to_owned(),
            Error::Port { .. } => "run.port".to_owned(),
            Error::Local { .. } => "run.local_io".to_owned(),
            Error::TooManyInvalid { .. } => "input.too_many_invalid".to_owned(),
            Error::Duplicates { .. } => "input.duplicates".to_owned(),
            Error::OtherJob { .. } => "journal.other_job".to_owned(),
            Error::InputChanged { .. } => "input.changed".to_owned(),
            Error::Signal(_) => "run.interrupted".to_owned(),
            Error::Counts(_) => "run.counts".to_owned(),
            Error::Broken(_) => "run.internal".to_owned(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Config(error) => error.hint(),
            Error::Input(error) => match nearest_command(&error.input).filter(|_| error.is_missing()) {
                Some(command) => return Some(format!("did you mean the command {command}? It stands first")),
                None => error.hint().unwrap_or_default(),
            },
            Error::Mapping { error, .. } => return error.hint(),
            Error::Journal(error) => error.hint(),
            Error::Transport(error) => error.hint(),
            Error::Metadata { .. } => "give a text made by metadata/refresh.py",
            Error::Delivery(failure) => failure.cause.hint(),
            Error::Folder { .. } => "name another folder with --output-dir",
            Error::Output { .. } | Error::Local { .. } => {
                "make room or check the permissions, then type the same command again"
            }
            Error::NoPlace { .. } => "name a file in a folder that is there and may be written into",
            Error::ReportIsInput(_) => "name another file",
            Error::Exists(_) => "name another file, or remove this one",
            Error::Port { .. } => "name another with --port; --port 0 takes a free one",
            Error::TooManyInvalid { .. } => "nothing was sent; correct these rows, or allow more with --max-invalid",
            Error::Duplicates { .. } => {
                "nothing was sent; remove the repeated rows, or use --on-duplicate merge, first or last"
            }
            Error::OtherJob { .. } => "finish that import with its own command, or forget it with --restart",
            Error::InputChanged { .. } => "wait until the file is complete, then type the same command with --restart",
            Error::Signal(_) => "type the same command again to resume",
            Error::Counts(_) | Error::Broken(_) => "please report this; type the same command again to resume",
        };
        (!hint.is_empty()).then(|| hint.to_owned())
    }

    /// Whether a signal ended the run.
    pub fn is_signal(&self) -> bool {
        match self {
            Error::Signal(_) => true,
            Error::Delivery(failure) => {
                matches!(failure.cause, Cause::Hangup | Cause::Interrupt | Cause::Terminate)
            }
            _ => false,
        }
    }

    /// What ended a reading after the first one, which found nothing wrong with the content.
    pub fn of_a_later_reading(error: source::Error) -> Error {
        match error.is_io() || error.is_missing() {
            true => Error::Input(error),
            false => Error::InputChanged { input: error.input },
        }
    }

    /// The exit code of a run that it ended.
    pub fn exit(&self) -> u8 {
        match self {
            Error::Config(error) => error.exit(),
            Error::Input(error) if error.is_missing() => Exit::NoInput.code(),
            Error::Input(error) if error.is_io() => Exit::Io.code(),
            Error::Input(_) => Exit::Data.code(),
            Error::Mapping { .. } => Exit::Data.code(),
            Error::Transport(error) => error.exit(),
            Error::Metadata { .. } => Exit::Config.code(),
            Error::Journal(error) => error.exit(),
            Error::Delivery(failure) => failure.cause.exit(),
            Error::Folder { .. } | Error::NoPlace { .. } | Error::Exists(_) => Exit::Folder.code(),
            Error::Output { .. } | Error::Local { .. } | Error::Port { .. } => Exit::Io.code(),
            Error::ReportIsInput(_) => Exit::Usage.code(),
            Error::TooManyInvalid { .. }
            | Error::Duplicates { .. }
            | Error::OtherJob { .. }
            | Error::InputChanged { .. } => Exit::Data.code(),
            Error::Signal(code) => *code,
            Error::Counts(_) | Error::Broken(_) => Exit::Internal.code(),
        }
    }
}

/// The request that a failure is about, as the server's people can find it in their logs.
fn asked(failure: &Failure) -> String {
    match failure.request.as_str() {
        "" => String::new(),
        request => format!(" (request {request})"),
    }
}
