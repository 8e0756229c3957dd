//! The options that commands other than the import and `check` take, by their names.

/// What every command that has settings takes: where they come from, and how it answers.
const COMMON: &[&str] = &["config", "env-file", "profile", "output", "color", "quiet", "verbose"];

/// What `m1import merge` takes besides.
const MERGE: &[&str] = &["output-dir", "keep-runs"];

/// What `m1import phone` takes besides; the others have no meaning for it.
const PHONE: &[&str] = &[
    "default-country",
    "phone-check",
    "multiple",
    "phone-types",
    "phone-metadata",
    "renumber",
    "bare-international",
    "show-values",
];

/// What `m1import ping` takes besides: how the server is reached, and by which right.
const PING: &[&str] = &[
    "token",
    "token-file",
    "token-command",
    "endpoint",
    "auth-type",
    "bot-id",
    "header",
    "timeout",
    "connect-timeout",
    "cacert",
    "proxy",
];

/// A command that takes some of the settings.
#[derive(Debug, Clone, Copy)]
pub enum Subset {
    /// `m1import merge`.
    Merge,
    /// `m1import phone`.
    Phone,
    /// `m1import ping`.
    Ping,
}

impl Subset {
    /// The names of the settings that the command takes.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let own = match self {
            Subset::Merge => MERGE,
            Subset::Phone => PHONE,
            Subset::Ping => PING,
        };
        own.iter().chain(COMMON).copied()
    }
}
