//! What can be wrong with a journal.

use std::io;
use std::path::PathBuf;

/// Why the results folder or the journal in it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another run is at work there.
    #[error("another run is using {}", .folder.display())]
    Locked {
        /// The results folder.
        folder: PathBuf,
    },
    /// It holds files that this program would replace and did not make.
    #[error("{} holds {name}, and was not made by m1import", .folder.display())]
    NotOurs {
        /// The results folder.
        folder: PathBuf,
        /// One of them.
        name: String,
    },
    /// A file cannot be opened, made or read.
    #[error("{} cannot be used: {error}", .path.display())]
    Open {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line is broken, and lines after it are whole: not the trace of a crash.
    #[error("{} is damaged in line {line}", .path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
    },
    /// It speaks of rows that the input does not have.
    #[error("{} does not fit the input", .path.display())]
    Strange {
        /// The journal.
        path: PathBuf,
    },
    /// It was written by a newer version of the program.
    #[error("{} was written by a newer version of m1import", .path.display())]
    Newer {
        /// The journal.
        path: PathBuf,
    },
    /// It cannot be written or made safe. Final: a later success would prove nothing.
    #[error("the journal cannot be written: {error}; the last {records} accepted rows or more may be sent again")]
    Write {
        /// Why.
        error: io::Error,
        /// How many accepted records it may not have kept.
        records: u64,
    },
}

impl Error {
    /// The stable name, documented in `docs/codes.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Locked { .. } => "journal.locked",
            Error::NotOurs { .. } => "output.not_ours",
            Error::Open { .. } => "journal.unusable",
            Error::Damaged { .. } | Error::Strange { .. } => "journal.damaged",
            Error::Newer { .. } => "journal.newer",
            Error::Write { .. } => "journal.write",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Error::Locked { .. } => "wait until it has ended, or name another folder with --output-dir",
            Error::NotOurs { .. } => "name another folder with --output-dir, or move the file away",
            Error::Open { .. } => "check the permissions, or name another folder with --output-dir",
            Error::Damaged { .. } | Error::Strange { .. } => {
                "--restart forgets it and sends everything again; the server updates what it has"
            }
            Error::Newer { .. } => "use that version, or --restart to send everything again",
            Error::Write { .. } => "make room, then type the same command again to resume",
        }
    }

    /// Whether `--restart` helps: the journal was read, and is of no use.
    pub fn ends_with_restart(&self) -> bool {
        matches!(self, Error::Damaged { .. } | Error::Strange { .. } | Error::Newer { .. })
    }

    /// The exit code: 74 for trouble during the run, else 73.
    pub fn exit(&self) -> u8 {
        match self {
            Error::Locked { .. }
            | Error::NotOurs { .. }
            | Error::Open { .. }
            | Error::Damaged { .. }
            | Error::Strange { .. }
            | Error::Newer { .. } => 73,
            Error::Write { .. } => 74,
        }
    }
}
