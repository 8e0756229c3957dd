//! Why the settings cannot be used, and what to do about it.

use std::fmt;

crate::row::codes! {
    /// Why the settings cannot be used. Names are stable and documented in `docs/codes.md`.
    Code {
        UsageValue = "usage.value", "an option has a value it cannot have", "m1import --help says what it takes";
        UsageConflict = "usage.conflict", "two options do not go together", "leave one of them out";
        Value = "config.value", "a setting of the environment or of a file has a value it cannot have", "correct it there; m1import --help says what it takes";
        Conflict = "config.conflict", "two settings do not go together", "leave one of them out";
        UnknownKey = "config.unknown_key", "the configuration file has a key that is no setting", "correct the name; m1import --help names them all";
        UnknownVariable = "config.unknown_variable", "a variable beginning with M1IMPORT_ is no setting", "correct the name, or unset it; m1import --help names them all";
        Typed = "config.typed_only", "a setting that is only typed stands elsewhere", "give it on the command line";
        Unreadable = "config.unreadable", "a configuration file cannot be read", "check its name and permissions";
        Syntax = "config.syntax", "a configuration file cannot be understood", "correct the line";
        Profile = "config.profile", "the profile does not exist", "correct the name, or add it to the file";
        Endpoint = "config.endpoint", "contacts cannot be sent to this address", "give the whole https address with --endpoint; http is for 127.0.0.1 and [::1] only";
        Proxy = "config.proxy", "the proxy's address cannot be used", "write --proxy http://host:port";
        Untrusted = "config.untrusted", "a file that only lay in the folder may not decide this", "name the file if you trust it";
        TokenMissing = "token.missing", "no API token", "put M1IMPORT_TOKEN=… into .env, or pass --token-file PATH; --sandbox tries it without one";
        TokenUnreadable = "token.unreadable", "the token cannot be read", "check the file or the command that gives it";
        TokenMalformed = "token.malformed", "what was given is not a token", "copy the token again";
        TokenEarly = "token.not_yet", "the token does not hold yet", "wait until then, get another token, or set this machine's clock right";
    }
}

/// The settings cannot be used. The message never holds a secret, but it may hold text from files: make it safe
/// before it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: Code,
    message: String,
    hint: String,
}

impl Error {
    /// An error with the ordinary remedy of its code.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), hint: code.remedy().to_owned() }
    }

    /// The same with a remedy of its own.
    #[must_use]
    pub fn hint_is(mut self, hint: impl Into<String>) -> Error {
        self.hint = hint.into();
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// The exit code: 2 for what was typed wrongly, 77 for the token, 78 for everything else.
    pub fn exit(&self) -> u8 {
        match self.code {
            Code::UsageValue | Code::UsageConflict => 2,
            Code::TokenMissing | Code::TokenUnreadable | Code::TokenMalformed | Code::TokenEarly => 77,
            Code::Value
            | Code::Conflict
            | Code::UnknownKey
            | Code::UnknownVariable
            | Code::Typed
            | Code::Unreadable
            | Code::Syntax
            | Code::Profile
            | Code::Endpoint
            | Code::Proxy
            | Code::Untrusted => 78,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
