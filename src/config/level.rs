//! The levels a setting may come from, all in one shape, and the choice among them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::effective::Settings;
use super::error::Error;
use super::key::Key;
use super::pattern::may_be_for_a_file;
use crate::cli::options::{Given, Setting, Takes, setting};
use crate::cli::{without_password, without_query};
use crate::diagnostic::RunCode;

/// Where values came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// They were typed.
    Flags,
    /// The process's environment.
    Environment,
    /// A file of variables.
    EnvFile {
        /// Its path as shown.
        path: String,
        /// Whether it only lay in the current folder, or was named.
        found: bool,
    },
    /// A configuration file, or a section of it.
    File {
        /// Its path as shown.
        path: String,
        /// Which section, as `profile.staging`; `None` is the top level.
        section: Option<String>,
        /// Whether it only lay in the current folder, or was named or is the user's own.
        found: bool,
    },
    /// A variable that is not ours, such as `HTTPS_PROXY`.
    Variable(&'static str),
    /// Nobody gave a value.
    Default,
}

impl Origin {
    /// Whether a stranger may have written it: it lay in the current folder and nobody named it.
    pub fn is_found(&self) -> bool {
        match self {
            Origin::EnvFile { found, .. } | Origin::File { found, .. } => *found,
            Origin::Flags | Origin::Environment | Origin::Variable(_) | Origin::Default => false,
        }
    }

    /// How a setting is called there: `--batch-size`, `M1IMPORT_BATCH_SIZE in .env`.
    pub fn name_of(&self, setting: &Setting) -> String {
        match self {
            Origin::Flags | Origin::Default => format!("--{}", setting.name),
            Origin::Environment => setting.variable(),
            Origin::Variable(name) => (*name).to_owned(),
            Origin::EnvFile { path, .. } => format!("{} in {path}", setting.variable()),
            Origin::File { .. } => format!("{} in {self}", setting.name),
        }
    }

    /// An error about a value from here: of usage if it was typed, of configuration otherwise.
    pub fn error(&self, typed: RunCode, configured: RunCode, message: String) -> Error {
        match self {
            Origin::Flags => Error::new(typed, message),
            _ => Error::new(configured, message),
        }
    }
}

/// The place, as `m1import config` names it.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flags => f.write_str("command line"),
            Origin::Environment => f.write_str("environment"),
            Origin::Variable(name) => f.write_str(name),
            Origin::EnvFile { path, .. } | Origin::File { path, section: None, .. } => f.write_str(path),
            Origin::File { path, section: Some(section), .. } => write!(f, "{path} [{section}]"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// All values of one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Where they came from.
    pub origin: Origin,
    /// The values by name of the setting, as text.
    pub values: BTreeMap<&'static str, Vec<String>>,
}

impl Level {
    /// Paths of a settings file that begin with `~/` are in the home folder: no shell has seen them.
    pub(super) fn in_home(&mut self, home: &Path) {
        for (_, values) in self.values.iter_mut().filter(|(name, _)| setting(name).is_some_and(Setting::is_path)) {
            for value in values {
                if let Some(rest) = value.strip_prefix("~/") {
                    *value = home.join(rest).to_string_lossy().into_owned();
                }
            }
        }
    }
}

/// All levels, the highest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels(pub Vec<Level>);

impl Levels {
    /// The values of a setting and where they came from: those of the highest level that has any.
    pub fn find(&self, name: &str) -> Option<(&Origin, &[String])> {
        self.0.iter().find_map(|level| Some((&level.origin, level.values.get(name)?.as_slice())))
    }

    /// The settings files that have a say, in the order of the levels.
    pub(super) fn files(&self) -> Vec<String> {
        // Where the token is from has a word of its own.
        let used = self.0.iter().filter(|level| level.values.keys().any(|name| *name != "token"));
        let files = used.filter(|level| matches!(level.origin, Origin::EnvFile { .. } | Origin::File { .. }));
        files.map(|level| level.origin.to_string()).collect()
    }

    /// The settings that were chosen and may be different for each input, as text.
    pub(super) fn chosen_for_a_file(&self) -> Settings {
        let names = self.0.iter().flat_map(|level| level.values.keys().copied());
        let chosen = names.filter(|name| may_be_for_a_file(name)).filter_map(|name| Some((name, self.find(name)?.1)));
        chosen.map(|(name, values)| (name, values.to_vec())).collect()
    }

    /// The settings of how an input is read that were chosen, but not typed: `format = csv in m1import.toml`.
    pub(super) fn read_from_elsewhere(&self) -> Vec<String> {
        const READING: &[&str] =
            &["format", "delimiter", "encoding", "no-header", "columns", "skip-lines", "sheet", "map"];
        let chosen = READING.iter().filter_map(|name| Some((*name, self.find(name)?)));
        let elsewhere = chosen.filter(|(_, (origin, _))| **origin != Origin::Flags);
        elsewhere
            .filter_map(|(name, (origin, values))| {
                Some(format!("{} is {}", origin.name_of(setting(name)?), values.join("; ")))
            })
            .collect()
    }

    /// The value of a setting, or its default.
    pub fn one<T: FromStr<Err: fmt::Display>>(&self, key: Key<T>) -> Result<T, Error> {
        let setting = key.setting();
        match self.find(setting.name) {
            Some((origin, values)) => parsed(setting, origin, values.last().map_or("", String::as_str)),
            None => parsed(setting, &Origin::Default, setting.default),
        }
    }

    /// The value of a setting that has no default.
    pub fn maybe<T: FromStr<Err: fmt::Display>>(&self, key: Key<T>) -> Result<Option<T>, Error> {
        match self.find(key.name()) {
            Some(_) => self.one(key).map(Some),
            None => Ok(None),
        }
    }

    /// All values of a setting that may be repeated.
    pub fn many<T: FromStr<Err: fmt::Display>>(&self, key: Key<T>) -> Result<Vec<T>, Error> {
        let Some((origin, values)) = self.find(key.name()) else {
            return Ok(Vec::new());
        };
        values.iter().map(|value| parsed(key.setting(), origin, value)).collect()
    }

    /// Whether a switch is on.
    pub fn on(&self, key: Key<Switch>) -> Result<bool, Error> {
        self.is_on(key.setting())
    }

    /// Whether a setting that takes no value is on.
    pub(super) fn is_on(&self, setting: &'static Setting) -> Result<bool, Error> {
        let Some((origin, values)) = self.find(setting.name) else {
            return Ok(false);
        };
        parsed(setting, origin, values.last().map_or("", String::as_str)).map(|Switch(on)| on)
    }

    /// The position of the highest level that has a value, 0 being the highest; the number of levels if none has.
    pub fn depth<T>(&self, key: Key<T>) -> usize {
        self.0.iter().position(|level| level.values.contains_key(key.name())).unwrap_or(self.0.len())
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(setting: &Setting, origin: &Origin, text: &str) -> Result<T, Error> {
    // The value of a header, a proxy or a token may be a secret; an address may hold a password or a key.
    let shown = match setting.name {
        "header" | "proxy" | "token" => "its value".to_owned(),
        "endpoint" => format!("{:?}", without_query(&without_password(text))),
        _ => format!("{text:?}"),
    };
    let fail = |why: String| {
        let message = format!("{}: {shown} {why}", origin.name_of(setting));
        match setting.name {
            // The contract counts addresses as configuration wherever they stand.
            "endpoint" => Error::new(RunCode::ConfigEndpoint, message),
            "proxy" => Error::new(RunCode::ConfigProxy, message),
            _ => origin.error(RunCode::UsageValue, RunCode::ConfigValue, message).hint_is(setting.explained()),
        }
    };
    if !setting.words.is_empty() && !setting.words.contains(&text) {
        let error = fail(format!("is not one of {}", setting.words.join(", ")));
        return Err(match crate::cli::nearest(text, setting.words.iter().copied()) {
            Some(near) => error.hint_is(format!("did you mean {near}?")),
            None => error,
        });
    }
    text.parse().map_err(|why: T::Err| fail(why.to_string()))
}

/// A switch as text: on or off, in the words people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch(pub bool);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Switch, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(Switch(true)),
            "false" | "no" | "off" | "0" => Ok(Switch(false)),
            _ => Err("is neither true nor false"),
        }
    }
}

/// Adds the value of a variable; an empty one counts as not set, but for the token, where it means that something
/// went wrong.
pub fn from_variable(values: &mut BTreeMap<&'static str, Vec<String>>, setting: &'static Setting, text: &str) {
    if text.is_empty() && setting.name != "token" {
        return;
    }
    let parts = match setting.takes {
        Takes::Many(_) => text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        _ => vec![text.to_owned()],
    };
    values.insert(setting.name, parts);
}

/// A place other than the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The process's environment.
    Environment,
    /// A file of variables.
    EnvFile,
    /// A configuration file.
    File,
}

/// The setting a variable or key names, unless it may not stand there.
///
/// # Errors
/// It may not; the hint says where it may.
pub fn allowed(setting: &'static Setting, place: Place, shown: &str) -> Result<&'static Setting, Error> {
    let refused = |what: &str| Error::new(RunCode::ConfigTypedOnly, format!("{shown}{what}"));
    match (setting.given, place) {
        (Given::Anywhere, _)
        | (Given::NotInFile, Place::Environment | Place::EnvFile)
        | (Given::Environment, Place::Environment) => Ok(setting),
        (Given::NotInFile, Place::File) => Err(refused(": the token cannot be set in this file")
            .hint_is("files get passed around: use token-file or token-command, or M1IMPORT_TOKEN in .env")),
        (Given::Environment, _) => {
            Err(refused(&format!(": --{} is typed, or set in the environment, never in a file", setting.name)))
        }
        (Given::Typed, _) => Err(refused(&format!(": --{} is given on the command line only", setting.name))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::super::values::OutputFormat;
    use super::*;
    use crate::diagnostic::Diagnostic;

    fn level(origin: Origin, values: &[(&'static str, &[&str])]) -> Level {
        let values = values.iter().map(|(name, values)| (*name, values.iter().map(|v| (*v).to_owned()).collect()));
        Level { origin, values: values.collect() }
    }

    fn levels() -> Levels {
        let file = Origin::File { path: "m1import.toml".into(), section: Some("profile.staging".into()), found: true };
        Levels(vec![
            level(Origin::Flags, &[("tag", &["a", "b"])]),
            level(Origin::Environment, &[("batch-size", &["7"]), ("strict", &["off"])]),
            level(file, &[("batch-size", &["8"]), ("tag", &["c"]), ("strict", &["true"]), ("attempts", &["many"])]),
        ])
    }

    #[test]
    fn the_highest_level_wins_as_a_whole() {
        let levels = levels();
        assert_eq!(levels.one(key::BATCH_SIZE).unwrap().0.get(), 7);
        let tags: Vec<String> = levels.many(key::TAG).unwrap().into_iter().map(|tag| tag.0).collect();
        assert_eq!(tags, ["a", "b"]);
        assert_eq!(levels.on(key::STRICT), Ok(false));
        assert_eq!(levels.on(key::OMIT_EMPTY), Ok(false));
        assert_eq!(levels.one(key::OUTPUT), Ok(OutputFormat::Text));
        assert_eq!(levels.maybe(key::LIMIT), Ok(None));
        assert_eq!((levels.depth(key::TAG), levels.depth(key::ATTEMPTS), levels.depth(key::LIMIT)), (0, 2, 3));
    }

    #[test]
    fn a_wrong_value_names_its_place() {
        let error = levels().one(key::ATTEMPTS).unwrap_err();
        let place = "attempts in m1import.toml [profile.staging]: \"many\" ";
        assert!(error.to_string().starts_with(place), "{error}");
        assert_eq!((error.code(), error.exit().code()), ("config.value", 78));

        let typed = Levels(vec![level(Origin::Flags, &[("format", &["xslx"]), ("header", &["Key geheim"])])]);
        let error = typed.one(key::FORMAT).unwrap_err();
        assert_eq!(
            (error.code(), error.exit().code(), error.hint().as_deref()),
            ("usage.value", 2, Some("did you mean xlsx?"))
        );
        let error = typed.many(key::HEADER).unwrap_err();
        assert!(!error.to_string().contains("geheim"), "{error}");
    }

    #[test]
    fn variables_hold_lists() {
        let mut values = BTreeMap::new();
        for (name, text) in [("tag", "a; b;;"), ("format", ""), ("token", ""), ("columns", "a;b")] {
            from_variable(&mut values, setting(name).unwrap(), text);
        }
        let expected: [(&str, &[&str]); 3] = [("columns", &["a;b"]), ("tag", &["a", "b"]), ("token", &[""])];
        assert_eq!(
            values.iter().map(|(name, v)| (*name, v.join("|"))).collect::<Vec<_>>(),
            expected.map(|(name, v)| (name, v.join("|")))
        );
    }
}
