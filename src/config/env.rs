//! The surroundings: the environment of the process and the folder it runs in, given in as plain values.
//!
//! Nothing is ever written into the environment, so tests need neither lock nor cleaning, and no other program hears
//! of our token. `.env` is read with `dotenvy`, line by line and only our own lines; its substitution of `$NAME` is
//! kept out, since it would let a file that merely lies in the folder read the real environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::error::{Error, Warning};
use super::file::shown;
use super::found::{self, FoundFile};
use super::level::{Level, Origin, Place, allowed, from_variable};
use super::token_text::without_quotes;
use crate::cli::nearest;
use crate::cli::options::{SETTINGS, Setting, VARIABLE_PREFIX};
use crate::diagnostic::RunCode;
use crate::platform::HOME;

/// The environment and the current folder.
#[derive(Debug, Clone, Default)]
pub struct Env {
    variables: BTreeMap<String, VariableValue>,
    /// Where `.env` and `m1import.toml` are looked for; empty is the folder of the process.
    pub folder: PathBuf,
}

/// The value of a variable; bytes that are no text keep from being used.
#[derive(Debug, Clone)]
enum VariableValue {
    Whole(String),
    Broken,
}

impl Env {
    /// Takes a snapshot of the environment: `Env::new(std::env::vars_os())`.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Env {
        let text = |value: OsString| value.into_string().map_or(VariableValue::Broken, VariableValue::Whole);
        let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, text(value)));
        Env { variables: variables.into_iter().filter_map(named).collect(), folder: PathBuf::new() }
    }

    /// The value of a variable that others define too: `NO_COLOR`, `CI`, `HOME`. An empty one counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.variables.get(name) {
            Some(VariableValue::Whole(value)) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The user's own configuration file, if there is a place for one.
    pub fn user_file(&self) -> Option<PathBuf> {
        let absolute = |name: &str| self.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = absolute("XDG_CONFIG_HOME").or_else(|| absolute(HOME).map(|home| home.join(".config")))?;
        Some(folder.join("m1import").join("config.toml"))
    }

    /// Whether a variable has a value, be it no text.
    pub fn is_set(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(|value| !matches!(value, VariableValue::Whole(text) if text.is_empty()))
    }

    /// The folders in which the program may keep what it has to remember, the one to be used first first.
    pub fn state_folders(&self) -> Vec<PathBuf> {
        // systemd names several, parted by colons.
        let first = |name: &str| self.get(name).and_then(|list| list.split(':').next()).map(PathBuf::from);
        let below = |folder: Option<PathBuf>, rest: &str| folder.map(|folder| folder.join(rest));
        let folders = [
            first("STATE_DIRECTORY"),
            below(self.get("XDG_STATE_HOME").map(PathBuf::from), "m1import"),
            below(self.home(), ".local/state/m1import"),
        ];
        folders.into_iter().flatten().filter(|folder| folder.is_absolute()).collect()
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.get(HOME).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// Our own variables. Quotes around a whole value are those that `docker run --env-file` keeps.
    pub(super) fn level(&self) -> Result<Level, Error> {
        let mut values = BTreeMap::new();
        let own = self.variables.iter().filter(|(name, _)| name.starts_with(VARIABLE_PREFIX) && !is_foreign(name));
        for (name, value) in own {
            let setting = variable(name, Place::Environment, "environment")?;
            match value {
                VariableValue::Whole(text) => from_variable(&mut values, setting, without_quotes(text.trim())),
                VariableValue::Broken => {
                    return Err(Error::new(RunCode::ConfigValue, format!("{name} holds bytes that are not UTF-8")));
                }
            }
        }
        Ok(Level { origin: Origin::Environment, values })
    }

    /// The variables of a file; `None` if there is no file and none was named, or with a warning if it cannot be read.
    /// Only our own lines are read: the others may be in any encoding, and mean anything.
    pub(super) fn file_level(&self, named: Option<&Path>, warnings: &mut Vec<Warning>) -> Result<Option<Level>, Error> {
        let (path, bytes) = match found::read(&self.folder, ".env", named)? {
            FoundFile::Nothing => return Ok(None),
            FoundFile::Unusable(warning) => {
                warnings.push(warning);
                return Ok(None);
            }
            FoundFile::File(path, bytes) => (path, bytes),
        };
        let mut values = BTreeMap::new();
        for (number, line) in found::decoded_lossy(&bytes).lines().enumerate() {
            let declared = line.trim_start();
            let declared = declared.strip_prefix("export ").unwrap_or(declared).trim_start();
            if !declared.starts_with(VARIABLE_PREFIX) {
                continue;
            }
            let place = format!("{path}:{}", number + 1);
            let unusable =
                |what: &str, hint: &str| Error::new(RunCode::ConfigSyntax, format!("{place}: {what}")).hint_is(hint);
            if declared.contains('\u{fffd}') {
                return Err(unusable("the line is not UTF-8 text", "save the file as UTF-8"));
            }
            let (name, value) = assignment(declared).ok_or_else(|| {
                let hint = "put a value with spaces, quotes or # into single quotes";
                unusable("the line is not of the form NAME=value", hint)
            })?;
            if !is_foreign(&name) {
                from_variable(&mut values, variable(&name, Place::EnvFile, &place)?, &value);
            }
        }
        Ok(Some(Level { origin: Origin::EnvFile { path, found: named.is_none() }, values }))
    }
}

/// Whether a variable that looks like one of ours is set by somebody else: a cluster for a service of that name
/// (`M1IMPORT_SANDBOX_PORT_80_TCP=tcp://…`), an installer, or this program for a command it runs.
fn is_foreign(name: &str) -> bool {
    let rest = name.strip_prefix(VARIABLE_PREFIX).unwrap_or(name);
    let of_a_port = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    // The service itself may be called m1import: M1IMPORT_PORT, M1IMPORT_SERVICE_HOST.
    let service = format!("_{rest}");
    matches!(rest, "VERSION" | "HOME" | "STATUS" | "EXIT_CODE")
        || ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|ending| service.ends_with(ending))
        || service.contains("_SERVICE_PORT_")
        || service.split("_PORT_").skip(1).any(of_a_port)
}

/// The setting of a variable, or an error with the nearest name.
fn variable(name: &str, place: Place, shown_place: &str) -> Result<&'static Setting, Error> {
    match SETTINGS.iter().find(|setting| setting.variable() == name) {
        Some(setting) => allowed(setting, place, &format!("{shown_place}: {name}")),
        None => {
            let names: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
            let message = format!("{shown_place}: there is no setting {}", shown(name));
            let error = Error::new(RunCode::ConfigUnknownVariable, message);
            Err(match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => error.hint_is(format!("did you mean {near}?")),
                None => error,
            })
        }
    }
}

/// Name and value of one line. `$` is an ordinary character: `dotenvy` is given one that nobody types in its place.
///
/// A value with spaces in it needs quotes with `dotenvy`. Without any quote or backslash there is only one way to read it.
fn assignment(line: &str) -> Option<(String, String)> {
    const DOLLAR: &str = "\u{f8ff}";
    let guarded = line.replace(r"\$", DOLLAR).replace('$', DOLLAR);
    if let Some(Ok((name, value))) = dotenvy::from_read_iter(guarded.as_bytes()).next() {
        return Some((name, value.replace(DOLLAR, "$")));
    }
    let (name, value) = line.split_once('=').filter(|(_, value)| !value.contains(['\'', '"', '\\']))?;
    let value = value.split(" #").next().unwrap_or_default();
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn lines_of_a_file() {
        let good = [
            ("M1IMPORT_TOKEN=abc", "abc"),
            ("M1IMPORT_TOKEN = abc", "abc"),
            ("M1IMPORT_TOKEN=", ""),
            ("M1IMPORT_TOKEN=''", ""),
            ("M1IMPORT_TOKEN=abc # mine", "abc"),
            ("M1IMPORT_TOKEN=abc#mine", "abc#mine"),
            ("M1IMPORT_TOKEN='a b # c'", "a b # c"),
            ("M1IMPORT_TOKEN=a b # c", "a b"),
            ("M1IMPORT_TOKEN = a  b$c ", "a  b$c"),
            ("M1IMPORT_TOKEN=\"a b\"", "a b"),
            ("M1IMPORT_TOKEN=a$HOME", "a$HOME"),
            ("M1IMPORT_TOKEN=a${HOME}b", "a${HOME}b"),
            ("M1IMPORT_TOKEN=\"a\\$HOME\"", "a$HOME"),
            ("M1IMPORT_TOKEN='a$HOME'", "a$HOME"),
        ];
        for (line, value) in good {
            assert_eq!(assignment(line), Some(("M1IMPORT_TOKEN".to_owned(), value.to_owned())), "{line}");
        }
        for line in ["M1IMPORT_TOKEN", "M1IMPORT_TOKEN='a", "M1IMPORT_TOKEN=it's"] {
            assert_eq!(assignment(line), None, "{line}");
        }
    }

    #[test]
    fn unknown_variables_are_errors_with_the_nearest_name() {
        let env = Env::new([("M1IMPORT_BACH_SIZE".into(), "5".into()), ("OTHER".into(), "x".into())]);
        let error = env.level().unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("config.unknown_variable", 78));
        assert_eq!(error.hint().as_deref(), Some("did you mean M1IMPORT_BATCH_SIZE?"));
        let env = Env::new([("M1IMPORT_SANDBOX".into(), "1".into())]);
        assert_eq!(env.level().unwrap_err().code(), "config.typed_only");
    }

    #[test]
    fn variables_of_clusters_installers_and_hooks_are_passed_over() {
        let foreign = [
            "M1IMPORT_SANDBOX_PORT",
            "M1IMPORT_SANDBOX_SERVICE_HOST",
            "M1IMPORT_SANDBOX_SERVICE_PORT",
            "M1IMPORT_SANDBOX_SERVICE_PORT_HTTP",
            "M1IMPORT_SANDBOX_PORT_80_TCP",
            "M1IMPORT_SANDBOX_PORT_80_TCP_ADDR",
            "M1IMPORT_PORT",
            "M1IMPORT_PORT_80_TCP",
            "M1IMPORT_SERVICE_HOST",
            "M1IMPORT_VERSION",
            "M1IMPORT_HOME",
            "M1IMPORT_STATUS",
            "M1IMPORT_EXIT_CODE",
        ];
        for name in foreign {
            let env = Env::new([(name.into(), "tcp://10.0.0.1:80".into())]);
            assert!(env.level().unwrap().values.is_empty(), "{name}");
        }
        for name in ["M1IMPORT_REPORT_PORTS", "M1IMPORT_PORT_X", "M1IMPORT_VERSIONS", "M1IMPORT_EXIT"] {
            assert!(Env::new([(name.into(), "1".into())]).level().is_err(), "{name}");
        }
        let ours = SETTINGS.iter().map(Setting::variable).filter(|name| is_foreign(name));
        assert_eq!(ours.collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn quotes_around_a_whole_value_are_dropped() {
        let cases = [
            ("\"IN\"", vec!["IN"]),
            ("'IN'", vec!["IN"]),
            ("IN", vec!["IN"]),
            (" IN ", vec!["IN"]),
            ("\"IN", vec!["\"IN"]),
            ("\"\"", vec![]),
        ];
        for (text, expected) in cases {
            let level = Env::new([("M1IMPORT_DEFAULT_COUNTRY".into(), text.into())]).level().unwrap();
            assert_eq!(level.values.get("default-country").cloned().unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn the_users_file_is_where_xdg_says() {
        let at = |variables: &[(&str, &str)]| {
            Env::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into()))).user_file()
        };
        assert_eq!(at(&[("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]), Some("/c/m1import/config.toml".into()));
        assert_eq!(at(&[("XDG_CONFIG_HOME", "c"), ("HOME", "/h")]), Some("/h/.config/m1import/config.toml".into()));
        assert_eq!(at(&[]), None);
    }
}
