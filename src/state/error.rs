//! What can be wrong with a state file.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Entry, RunCode};

/// Why the file of `--only-changed` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another run is using it.
    #[error("another run is using {}", .0.display())]
    Locked(PathBuf),
    /// It cannot be opened or replaced there.
    #[error("{} cannot be used: {error}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is no state file.
    #[error("{} is no file of --only-changed", .0.display())]
    NotOurs(PathBuf),
    /// It was written by a version that keeps something else in it.
    #[error("{} was written by another version of m1import", .0.display())]
    OtherVersion(PathBuf),
    /// It is not as it was written.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// It says what another endpoint or bot has.
    #[error("{} is about another endpoint or bot", .0.display())]
    OtherEndpoint(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written: {error}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        let code = match self {
            Error::Locked(_) => RunCode::OutputStateLocked,
            Error::Open { .. } | Error::NotOurs(_) | Error::OtherVersion(_) => RunCode::OutputStateUnusable,
            Error::Damaged(_) => RunCode::OutputStateDamaged,
            Error::OtherEndpoint(_) => RunCode::OutputStateOther,
            Error::Write { .. } => RunCode::OutputStateWrite,
        };
        code.entry()
    }

    fn hint(&self) -> Option<String> {
        let entry = match self {
            Error::OtherVersion(_) => RunCode::OutputStateDamaged.entry(),
            // There is no such folder, or nothing may be made in it.
            Error::Open { error, .. } if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) => {
                RunCode::OutputNoPlace.entry()
            }
            _ => self.entry(),
        };
        Some(entry.remedy.to_owned())
    }
}
