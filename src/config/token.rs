//! The token: which level gives it, where it stands there, and reading it, again if need be.
//!
//! It is looked for only when it is needed: `check`, `--dry-run` and `--sandbox` read none.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::{Error, Warning};
use super::found::decoded;
use super::jwt::peek;
use super::key;
use super::level::{Levels, Origin};
use super::token_text::{bare, name_in_front, why_unusable};
use crate::cli::options::setting;
use crate::diagnostic::{RunCode, WarningCode};
use crate::platform;
use crate::report::words::moment;
use crate::secret::Secret;
use crate::shell::quote;
use crate::small_file;

/// The settings that give a token; one of them at most on a level.
pub(super) const TOKEN_SETTINGS: [&str; 3] = [key::TOKEN.name(), key::TOKEN_FILE.name(), key::TOKEN_COMMAND.name()];

/// How far our clock and that of whoever made the token may be apart, in seconds.
const CLOCKS: u64 = 60;

/// No token is longer, in bytes.
const LONGEST: u64 = 1 << 16;

/// Where the token comes from.
#[derive(Debug, Clone)]
pub struct TokenSource {
    pub(super) place: TokenPlace,
    /// Which level gave it.
    pub origin: Origin,
    /// How messages call it: `--token-file`, `M1IMPORT_TOKEN in .env`.
    pub label: String,
}

#[derive(Debug, Clone)]
pub(super) enum TokenPlace {
    Nowhere,
    Given(Secret),
    Stdin,
    File(PathBuf),
    Command(String),
}

impl TokenSource {
    /// The token, where it was typed or stands in a variable: then it is known before anything is read. The name of a
    /// variable in front of it is no secret.
    pub fn given(&self) -> Option<Secret> {
        let TokenPlace::Given(secret) = &self.place else { return None };
        let token = secret.expose();
        let name = name_in_front(token).unwrap_or_default();
        Some(Secret::new(token.strip_prefix(name).unwrap_or(token).to_owned()))
    }

    /// Settles which level gives the token.
    pub(super) fn settle(levels: &Levels) -> Result<TokenSource, Error> {
        let none = TokenSource { place: TokenPlace::Nowhere, origin: Origin::Default, label: "nowhere".to_owned() };
        let given = |level: &&super::level::Level| TOKEN_SETTINGS.iter().any(|name| level.values.contains_key(name));
        let Some(level) = levels.0.iter().find(given) else {
            return Ok(none);
        };
        let mut here = TOKEN_SETTINGS.iter().filter_map(|name| Some((*name, level.values.get(name)?)));
        let Some((name, values)) = here.next() else {
            return Ok(none);
        };
        let label = |name: &str| setting(name).map_or_else(String::new, |setting| level.origin.name_of(setting));
        if let Some((other, _)) = here.next() {
            let message = format!("{} and {} both give a token", label(name), label(other));
            return Err(level.origin.error(RunCode::UsageConflict, RunCode::ConfigConflict, message));
        }
        let value = values.last().map_or("", String::as_str);
        let place = match name {
            "token" => TokenPlace::Given(Secret::new(value.to_owned())),
            "token-file" if value == "-" => TokenPlace::Stdin,
            "token-file" => TokenPlace::File(PathBuf::from(value)),
            _ => TokenPlace::Command(value.to_owned()),
        };
        Ok(TokenSource { place, origin: level.origin.clone(), label: label(name) })
    }

    /// Whether nobody gave one.
    pub(super) fn is_nowhere(&self) -> bool {
        matches!(self.place, TokenPlace::Nowhere)
    }

    /// Whether it is read from standard input.
    pub(super) fn is_stdin(&self) -> bool {
        matches!(self.place, TokenPlace::Stdin)
    }

    /// Whether another reading may give another token: a file or a command.
    pub fn may_change(&self) -> bool {
        matches!(self.place, TokenPlace::File(_) | TokenPlace::Command(_))
    }

    /// The file that holds the token, where that is one that others could be kept from.
    pub(super) fn file(&self) -> Option<&Path> {
        match (&self.place, &self.origin) {
            (TokenPlace::File(path), _) => Some(path),
            (TokenPlace::Given(_), Origin::EnvFile { path, .. }) => Some(Path::new(path)),
            _ => None,
        }
    }

    /// A warning if the group or others may read the file that holds the token. `folder` is where `.env` was found.
    pub(super) fn warning(&self, folder: &Path) -> Option<Warning> {
        let path = self.file()?;
        let found = folder.join(path).metadata().ok()?;
        (found.is_file() && platform::others_may_read(&found)).then(|| {
            let path = path.display().to_string();
            Warning {
                code: WarningCode::ReadableToken,
                message: format!("{path}: other users may read the token in it"),
                hint: format!("chmod 600 {}", quote(&path)),
            }
        })
    }

    /// Reads the token: white space around it and a leading `Bearer ` are dropped. Standard input gives it once.
    /// Runs the command, and waits for it.
    pub fn read(&self) -> Result<Secret, Error> {
        let label = &self.label;
        let text = match &self.place {
            TokenPlace::Nowhere => {
                return Err(Error::new(
                    RunCode::TokenMissing,
                    "no API token; looked in the command line, environment, .env, m1import.toml and the user's config.toml",
                ));
            }
            TokenPlace::Given(secret) => secret.expose().to_owned(),
            TokenPlace::Stdin => limited(io::stdin().lock()).map_err(|why| unreadable(label, "-", &why))?,
            TokenPlace::File(path) => {
                from_file(path).map_err(|why| unreadable(label, &path.display().to_string(), &why))?
            }
            TokenPlace::Command(command) => from_command(command, label)?,
        };
        let token = bare(&text);
        if token.is_empty() {
            let hint = match self.place {
                TokenPlace::Given(_) => "is the variable set? An empty one is no token",
                _ => "it must give the token and nothing else",
            };
            return Err(Error::new(RunCode::TokenMissing, format!("no API token: {label} is empty")).hint_is(hint));
        }
        if let Some(why) = why_unusable(token) {
            return Err(Error::new(RunCode::TokenMalformed, format!("the token of {label} {why}")));
        }
        let token = Secret::new(token.to_owned());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        holds_yet(&token, now)?;
        Ok(token)
    }
}

/// A JWT that begins to hold later is as good as none; clocks may differ a little.
fn holds_yet(token: &Secret, now: u64) -> Result<(), Error> {
    let Some(begins) = peek(token.expose()).and_then(|jwt| jwt.begins).filter(|begins| *begins > now + CLOCKS) else {
        return Ok(());
    };
    let at = i64::try_from(begins).ok().and_then(|at| jiff::Timestamp::from_second(at).ok());
    let at = at.map_or_else(|| "a time that never comes".to_owned(), |at| moment(&at.to_string()));
    Err(Error::new(RunCode::TokenNotYet, format!("the token is not valid before {at}")))
}

fn unreadable(label: &str, path: &str, why: &io::Error) -> Error {
    Error::new(RunCode::TokenUnreadable, format!("{label}: {path}: {why}"))
}

fn limited(from: impl Read) -> io::Result<String> {
    match small_file::first(from, LONGEST)? {
        (bytes, true) => decoded(&bytes).ok_or_else(|| io::Error::other("not UTF-8 text")),
        (_, false) => Err(io::Error::other("longer than any token")),
    }
}

fn from_file(path: &Path) -> io::Result<String> {
    limited(fs::File::open(path)?)
}

/// What a command prints. Its standard input is closed, since ours may be the contacts; its standard error is not shown.
fn from_command(command: &str, label: &str) -> Result<String, Error> {
    let fail = |why: String| Error::new(RunCode::TokenUnreadable, format!("{label}: {why}"));
    let child = platform::shell(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|why| fail(format!("the command cannot be run: {why}")))?;
    let printed = match child.stdout.take() {
        Some(pipe) => limited(pipe),
        None => Ok(String::new()),
    };
    let status = child.wait().map_err(|why| fail(format!("the command cannot be waited for: {why}")))?;
    if !status.success() {
        return Err(fail(format!("the command failed ({status})"))
            .hint_is("run it by itself to see why; what it says is not shown here, since it may name the token"));
    }
    printed.map_err(|why| fail(format!("what the command prints cannot be read: {why}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base64::Engine;

    use super::super::level::Level;
    use super::*;
    use crate::diagnostic::Diagnostic;

    fn level(origin: Origin, values: &[(&'static str, &str)]) -> Level {
        let values: BTreeMap<_, _> = values.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect();
        Level { origin, values }
    }

    fn typed(values: &[(&'static str, &str)]) -> TokenSource {
        TokenSource::settle(&Levels(vec![level(Origin::Flags, values)])).unwrap()
    }

    fn expose(token: &TokenSource) -> Result<String, &'static str> {
        token.read().map(|secret| secret.expose().to_owned()).map_err(|error| {
            assert_eq!(error.exit().code(), 77);
            error.code()
        })
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for (text, expected) in [
            ("abc", Ok("abc")),
            ("\"abc\"", Ok("abc")),
            ("", Err("token.missing")),
            (" \n", Err("token.missing")),
            ("\"\"", Err("token.missing")),
            ("Bearer ", Err("token.missing")),
            ("a b", Err("token.malformed")),
            ("<abc>", Err("token.malformed")),
            ("$M1IMPORT_TOKEN", Err("token.malformed")),
        ] {
            let got = expose(&typed(&[("token", text)]));
            assert_eq!(got.as_ref().map(String::as_str).map_err(|code| *code), expected, "{text:?}");
        }
    }

    #[test]
    fn a_token_file_may_be_utf_16() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let text = "\u{feff}abc\r\n";
        fs::write(&path, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).unwrap();
        assert_eq!(expose(&typed(&[("token-file", path.to_str().unwrap())])), Ok("abc".to_owned()));
        fs::write(&path, b"ab\xff").unwrap();
        assert_eq!(expose(&typed(&[("token-file", path.to_str().unwrap())])), Err("token.unreadable"));
    }

    #[test]
    fn a_token_that_holds_later_is_not_used() {
        let begins = |at: u64| {
            let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
            Secret::new(format!("{}.{}.c2ln", part("{\"alg\":\"HS256\"}"), part(&format!("{{\"nbf\":{at}}}"))))
        };
        let now = 1_800_000_000;
        assert_eq!(holds_yet(&begins(now - 1), now), Ok(()));
        assert_eq!(holds_yet(&begins(now + CLOCKS), now), Ok(()), "clocks may differ a little");
        let error = holds_yet(&begins(now + CLOCKS + 1), now).unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("token.not_yet", 77));
        assert_eq!(error.to_string(), "the token is not valid before 2027-01-15 08:01:01 UTC");
        let error = holds_yet(&begins(u64::MAX), now).unwrap_err();
        assert_eq!(error.to_string(), "the token is not valid before a time that never comes");
        assert_eq!(holds_yet(&Secret::new("opaque".to_owned()), now), Ok(()));
    }

    #[test]
    fn the_highest_level_gives_it() {
        let env_file = Origin::EnvFile { path: ".env".into(), found: true };
        let levels = Levels(vec![
            level(Origin::Flags, &[("strict", "true")]),
            level(Origin::Environment, &[("token", "")]),
            level(env_file, &[("token", "abc")]),
        ]);
        let token = TokenSource::settle(&levels).unwrap();
        assert_eq!(token.label, "M1IMPORT_TOKEN");
        let error = token.read().unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("token.missing", 77));
        assert!(error.hint().unwrap().contains("is the variable set?"), "{:?}", error.hint());
        let error = TokenSource::settle(&Levels(vec![])).unwrap().read().unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("token.missing", 77));
    }

    #[test]
    fn two_on_one_level_are_an_error() {
        let two = [("token", "abc"), ("token-file", "x")];
        for (origin, code, exit) in [(Origin::Flags, "usage.conflict", 2), (Origin::Environment, "config.conflict", 78)]
        {
            let error = TokenSource::settle(&Levels(vec![level(origin, &two)])).unwrap_err();
            assert_eq!((error.code(), error.exit().code()), (code, exit));
            assert!(!error.to_string().contains("abc"), "{error}");
        }
    }

    #[test]
    fn files_and_commands_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let token = typed(&[("token-file", path.to_str().unwrap())]);
        assert_eq!(expose(&token), Err("token.unreadable"));
        for text in ["one\n", "Bearer two"] {
            fs::write(&path, text).unwrap();
            assert_eq!(expose(&token).unwrap(), bare(text));
        }
        assert!(token.may_change());

        assert_eq!(expose(&typed(&[("token-command", "echo abc; echo noise >&2")])), Ok("abc".to_owned()));
        assert_eq!(expose(&typed(&[("token-command", "true")])), Err("token.missing"));
        assert_eq!(expose(&typed(&[("token-command", "yes")])), Err("token.unreadable"));
        let error = typed(&[("token-command", "printf 'no\\033[1m key\\n' >&2; exit 3")]).read().unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("token.unreadable", 77));
        assert_eq!(error.to_string(), "--token-command: the command failed (exit status: 3)");
        assert!(error.hint().unwrap().starts_with("run it by itself"), "{:?}", error.hint());
    }
}
