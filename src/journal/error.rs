//! What can be wrong with a journal.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Entry, RunCode};

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
    /// It is of an unfinished import, and was written by a version with other words.
    #[error("{} is of an unfinished import by an older version of m1import", .path.display())]
    Older {
        /// The journal.
        path: PathBuf,
    },
    /// It was not written by this user's runs, or was changed since.
    #[error("{} does not bear the seal of this user", .path.display())]
    Seal {
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
    /// Whether `--restart` helps: the journal was read, and is of no use.
    pub fn ends_with_restart(&self) -> bool {
        matches!(
            self,
            Error::Damaged { .. }
                | Error::Strange { .. }
                | Error::Newer { .. }
                | Error::Older { .. }
                | Error::Seal { .. }
        )
    }
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        let code = match self {
            Error::Locked { .. } => RunCode::JournalLocked,
            Error::NotOurs { .. } => RunCode::OutputNotOurs,
            Error::Open { .. } => RunCode::JournalUnusable,
            Error::Damaged { .. } | Error::Strange { .. } => RunCode::JournalDamaged,
            Error::Newer { .. } => RunCode::JournalNewer,
            Error::Older { .. } => RunCode::JournalOlder,
            Error::Seal { .. } => RunCode::JournalSeal,
            Error::Write { .. } => RunCode::JournalWrite,
        };
        code.entry()
    }
}
