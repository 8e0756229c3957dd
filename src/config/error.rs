//! Why the settings cannot be used, and what to do about it.

use std::fmt;

use crate::diagnostic::{Diagnostic, Entry, RunCode, WarningCode};

/// The settings cannot be used. The message never holds a secret, but it may hold text from files: make it safe
/// before it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: RunCode,
    message: String,
    hint: String,
}

impl Error {
    /// An error with the ordinary remedy of its code.
    pub fn new(code: RunCode, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), hint: code.remedy().to_owned() }
    }

    /// The same with a remedy of its own.
    #[must_use]
    pub fn hint_is(mut self, hint: impl Into<String>) -> Error {
        self.hint = hint.into();
        self
    }
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        self.code.entry()
    }

    fn hint(&self) -> Option<String> {
        (!self.hint.is_empty()).then(|| self.hint.clone())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Something about the settings that a person would want to know before contacts go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its code.
    pub code: WarningCode,
    /// What was noticed, and where. It may hold text from files: make it safe before it is shown.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}
