//! The exit codes of the process.

use serde::{Serialize, Serializer};

/// How the process ends. The numbers are stable; any other one is a failure of the system, not of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exit {
    /// Every row was accepted, now or earlier, or is unchanged, a duplicate or skipped.
    Complete,
    /// Finished; some rows are not valid or were rejected by the server.
    SomeRows,
    /// The command line is wrong.
    Usage,
    /// The input cannot be used as a whole, or a limit on it was passed.
    Data,
    /// An input is missing or cannot be opened.
    NoInput,
    /// A fault of this program.
    Internal,
    /// Results, journal or state cannot be made, are locked, damaged or not ours.
    Folder,
    /// Local reading or writing failed during the run.
    Io,
    /// The server did not answer, or rows are still to be sent; the same command resumes.
    Later,
    /// Not the expected service.
    Protocol,
    /// No token, or it is refused or expired.
    Token,
    /// The settings do not go together or cannot be used.
    Config,
    /// The terminal went away (SIGHUP).
    Hangup,
    /// Ctrl-C (SIGINT).
    Interrupt,
    /// Asked to end, as service managers do (SIGTERM).
    Terminate,
}

impl Exit {
    /// All of them, by number.
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
        Exit::Hangup,
        Exit::Interrupt,
        Exit::Terminate,
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
            Exit::Hangup => 129,
            Exit::Interrupt => 130,
            Exit::Terminate => 143,
        }
    }

    /// Whether a signal ended the run.
    pub fn is_signal(self) -> bool {
        matches!(self, Exit::Hangup | Exit::Interrupt | Exit::Terminate)
    }
}

impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_used_once_and_in_order() {
        assert!(Exit::ALL.is_sorted_by(|a, b| a.code() < b.code() && a < b));
    }
}
