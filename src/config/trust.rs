//! A stranger's folder gets nothing.
//!
//! `.env` and `m1import.toml` are used when they merely lie in the current folder, which may have come out of an archive
//! or a repository. Such a file may not run a command, and it may not have a token from elsewhere sent to a place of its
//! choosing, or through its proxy, or over a connection its certificates vouch for.

use super::error::Error;
use super::key;
use super::level::{Levels, Origin};
use super::token::TokenSource;
use crate::cli::CommandLine;
use crate::cli::options::setting;
use crate::diagnostic::RunCode;

/// What decides who gets the token.
const DECIDERS: [&str; 3] = [key::ENDPOINT.name(), key::PROXY.name(), key::CACERT.name()];

/// A file that was found may not name a command, whether or not the command would be run.
pub(super) fn no_commands(levels: &Levels, line: &CommandLine) -> Result<(), Error> {
    let found = levels.0.iter().filter(|level| level.origin.is_found());
    match found.clone().find(|level| level.values.contains_key("token-command")) {
        Some(level) => Err(untrusted(
            &level.origin,
            "token-command",
            "a file that only lay in the folder may not run a command",
            line,
        )),
        None => Ok(()),
    }
}

/// Endpoint, proxy and certificates of a file that was found are used only with a token that stands in such a file.
///
/// A path to a token does not count: a stranger may well guess where other people keep theirs.
pub(super) fn no_borrowed_token(levels: &Levels, token: &TokenSource, line: &CommandLine) -> Result<(), Error> {
    if token.is_nowhere() || token.is_given() && token.origin.is_found() {
        return Ok(());
    }
    for name in DECIDERS {
        if let Some((origin, _)) = levels.find(name).filter(|(origin, _)| origin.is_found()) {
            let why = format!(
                "a file that only lay in the folder may not decide who gets the token given by {}",
                token.label
            );
            return Err(untrusted(origin, name, &why, line));
        }
    }
    Ok(())
}

fn untrusted(origin: &Origin, name: &str, why: &str, line: &CommandLine) -> Error {
    let place = setting(name).map_or_else(String::new, |setting| origin.name_of(setting));
    let trusting = match origin {
        Origin::EnvFile { path, .. } => line.with(&["--env-file", path]),
        Origin::File { path, .. } => line.with(&["--config", path]),
        Origin::Flags | Origin::Environment | Origin::Default => line.to_string(),
    };
    Error::new(RunCode::ConfigUntrusted, format!("{place}: {why}"))
        .hint_is(format!("if you trust it, name it: {trusting}"))
}
