//! The options that commands other than the import and `check` take, by their names.

/// Settings that `m1import merge` knows.
pub const MERGE_SETTINGS: &[&str] =
    &["output-dir", "config", "env-file", "profile", "output", "color", "quiet", "verbose"];

/// Settings that `m1import phone` knows; the others have no meaning for it.
pub const PHONE_SETTINGS: &[&str] = &[
    "default-country",
    "phone-check",
    "multiple",
    "phone-types",
    "phone-metadata",
    "renumber",
    "bare-international",
    "config",
    "env-file",
    "profile",
    "output",
    "color",
    "quiet",
    "verbose",
    "show-values",
];

/// The options of `m1import ping`: how the server is reached, and by which right.
pub const PING_SETTINGS: &[&str] = &[
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
    "config",
    "env-file",
    "profile",
    "output",
    "color",
    "quiet",
    "verbose",
];
