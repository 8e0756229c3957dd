//! What a file that was merely found may decide.
//!
//! `.env` and `m1import.toml` are used when they lie in the current folder, which may have come out of an archive or a
//! repository. Unless the user named it, such a file may say how files are read, mapped and checked, how fast
//! contacts are sent, and in which form is answered. Nothing in it may choose where contacts go, under whose account, what
//! is written where, or which other files are read; a token in a `.env` of the user's own is the one exception.

use std::path::Path;

use super::error::Error;
use super::key;
use super::level::{Levels, Origin};
use super::token::{TOKEN_SETTINGS, TokenSource};
use crate::cli::CommandLine;
use crate::cli::options::{Group, setting};
use crate::client::Endpoint;
use crate::diagnostic::RunCode;
use crate::platform;

/// Settings of delivery and output that a found file may set: pace and form.
const PACE_AND_FORM: [&str; 15] = [
    key::BATCH_SIZE.name(),
    key::BATCH_BYTES.name(),
    key::CONCURRENCY.name(),
    key::RATE.name(),
    key::TIMEOUT.name(),
    key::CONNECT_TIMEOUT.name(),
    key::ATTEMPTS.name(),
    key::GIVE_UP_AFTER.name(),
    key::MAX_WAIT.name(),
    key::THREADS.name(),
    key::OUTPUT.name(),
    key::PROGRESS.name(),
    key::COLOR.name(),
    key::QUIET.name(),
    key::VERBOSE.name(),
];

/// Refuses settings of found files that such a file may not make.
///
/// # Errors
/// There is one; the hint names the file in the command to type.
pub(super) fn no_foreign_settings(levels: &Levels, line: &CommandLine) -> Result<(), Error> {
    for level in levels.0.iter().filter(|level| level.origin.is_found()) {
        for (name, values) in &level.values {
            if !may_be_found(name, values, &level.origin) {
                return Err(untrusted(
                    &level.origin,
                    name,
                    "a file that was found, not named, may not decide this",
                    line,
                ));
            }
        }
    }
    Ok(())
}

/// Whether an `m1import.toml` that was found may make this setting.
pub fn may_stand_in_found_file(name: &str, values: &[String]) -> bool {
    may_be_found(name, values, &Origin::File { path: String::new(), section: None, found: true })
}

/// Whether a found file may make this setting.
pub(super) fn may_be_found(name: &str, values: &[String], origin: &Origin) -> bool {
    let Some(setting) = setting(name) else {
        return false;
    };
    match setting.group {
        Group::Input => name != key::MAX_INPUT.name(),
        Group::Mapping => true,
        Group::Validation => name != key::PHONE_METADATA.name(),
        Group::Delivery | Group::Output => {
            PACE_AND_FORM.contains(&name)
                || name == key::ENDPOINT.name() && values.iter().all(|value| is_on_this_machine(value))
                || name == key::TOKEN.name() && matches!(origin, Origin::EnvFile { .. })
        }
    }
}

/// Whether an endpoint lies on loopback. One that cannot be read has an error of its own.
fn is_on_this_machine(endpoint: &str) -> bool {
    endpoint.parse::<Endpoint>().map_or(true, |endpoint| endpoint.is_loopback())
}

/// Refuses a token and an endpoint that do not belong together, where one of them was found in `folder`.
///
/// # Errors
/// A token in a `.env` that is not the user's own, or beside a token of a lower level; an endpoint that was found and would get a
/// token that was not typed.
pub(super) fn no_borrowed_token(
    levels: &Levels,
    token: &TokenSource,
    folder: &Path,
    line: &CommandLine,
) -> Result<(), Error> {
    if token.is_nowhere() {
        return Ok(());
    }
    if token.origin.is_found() {
        let refused = |why: &str| Err(untrusted(&token.origin, key::TOKEN.name(), why, line));
        if !is_own(folder) || !is_own(&folder.join(".env")) {
            return refused("file and folder belong to another user, whose account would get the contacts");
        }
        let mut levels = levels.0.iter().skip_while(|level| level.origin != token.origin).skip(1);
        if let Some(other) = levels.find(|level| TOKEN_SETTINGS.iter().any(|name| level.values.contains_key(name))) {
            return refused(&format!(
                "{} gives a token too, and a file that was found may not replace it",
                other.origin
            ));
        }
        return Ok(());
    }
    match levels.find(key::ENDPOINT.name()) {
        Some((origin, _)) if origin.is_found() && token.origin != Origin::Flags => {
            let why =
                format!("a file that was found, not named, may not choose where the token from {} goes", token.label);
            Err(untrusted(origin, key::ENDPOINT.name(), &why, line))
        }
        _ => Ok(()),
    }
}

/// Whether a file or folder belongs to the user of this process.
fn is_own(path: &Path) -> bool {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    platform::is_own(path)
}

fn untrusted(origin: &Origin, name: &str, why: &str, line: &CommandLine) -> Error {
    let place = setting(name).map_or_else(String::new, |setting| origin.name_of(setting));
    let trusting = match origin {
        Origin::EnvFile { path, .. } => line.with(&["--env-file", path]),
        Origin::File { path, .. } => line.with(&["--config", path]),
        Origin::Flags | Origin::Environment | Origin::Variable(_) | Origin::Default => line.to_string(),
    };
    Error::new(RunCode::ConfigUntrusted, format!("{place}: {why}"))
        .hint_is(format!("if you trust it, name it: {trusting}"))
}
