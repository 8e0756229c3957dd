//! The configuration file: `m1import.toml` and the user's `config.toml`, with their profiles.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::error::Error;
use super::level::{Level, Origin, allowed};
use crate::cli::nearest;
use crate::cli::options::{SETTINGS, Setting, Takes};
use crate::diagnostic::RunCode;

/// No configuration is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// A text from outside, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Path as shown and text of a file: the one that was named, or one of that name in the folder. A file that is merely
/// looked for may be missing or be something else, such as a folder `.env`.
pub(super) fn read(folder: &Path, name: &str, named: Option<&Path>) -> Result<Option<(String, String)>, Error> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => folder.join(name),
    };
    let label = if named.is_some() { path.display().to_string() } else { name.to_owned() };
    match text(&path, named.is_some()) {
        Ok(text) => Ok(text.map(|text| (label, text))),
        Err(why) => Err(Error::new(RunCode::ConfigUnreadable, format!("{label}: {why}"))),
    }
}

/// The text of a file, without a byte order mark.
fn text(path: &Path, named: bool) -> io::Result<Option<String>> {
    let missing = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    if !named {
        match path.metadata() {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Ok(None),
            Err(error) if missing(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let mut text = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other("longer than 1 MiB"));
    }
    Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

/// What a configuration file holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contents {
    top: BTreeMap<&'static str, Vec<String>>,
    profiles: BTreeMap<String, BTreeMap<&'static str, Vec<String>>>,
    path: String,
    found: bool,
}

impl Contents {
    /// Reads a file; `None` if there is none and none was named.
    pub fn open(folder: &Path, name: &str, named: Option<&Path>) -> Result<Option<Contents>, Error> {
        let file = read(folder, name, named)?;
        file.map(|(path, text)| Contents::parse(&text, path, named.is_none())).transpose()
    }

    /// Reads the user's own file, if it is there.
    pub fn user(path: PathBuf) -> Result<Option<Contents>, Error> {
        let label = path.display().to_string();
        match text(&path, false) {
            Ok(text) => text.map(|text| Contents::parse(&text, label, false)).transpose(),
            Err(why) => Err(Error::new(RunCode::ConfigUnreadable, format!("{label}: {why}"))),
        }
    }

    fn parse(text: &str, path: String, found: bool) -> Result<Contents, Error> {
        let mut table: Table = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            Error::new(RunCode::ConfigSyntax, format!("{path}:{line}: {}", error.message().replace('\n', ", ")))
        })?;
        let mut profiles = BTreeMap::new();
        if let Some(found) = table.remove("profile") {
            let Value::Table(found) = found else {
                return Err(Error::new(RunCode::ConfigSyntax, format!("{path}: profile is no table"))
                    .hint_is("write [profile.NAME] in front of its settings"));
            };
            for (name, value) in found {
                let Value::Table(inner) = value else {
                    return Err(Error::new(
                        RunCode::ConfigSyntax,
                        format!("{path}: profile.{} is no table", shown(&name)),
                    )
                    .hint_is("write [profile.NAME] in front of its settings"));
                };
                let values = settings(inner, &format!("{path} [profile.{}]", shown(&name)))?;
                profiles.insert(name, values);
            }
        }
        let top = settings(table, &path)?;
        Ok(Contents { top, profiles, path, found })
    }

    /// The names of its profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Its levels, the chosen profile over the top level.
    pub fn levels(mut self, profile: Option<&str>) -> Vec<Level> {
        let place = |profile| Origin::File { path: self.path.clone(), profile, found: self.found };
        let chosen = profile.and_then(|name| self.profiles.remove_entry(name));
        let chosen = chosen.map(|(name, values)| Level { origin: place(Some(name)), values });
        chosen.into_iter().chain([Level { origin: place(None), values: self.top }]).collect()
    }
}

/// The settings of one table, as text.
fn settings(table: Table, place: &str) -> Result<BTreeMap<&'static str, Vec<String>>, Error> {
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let setting = SETTINGS.iter().find(|setting| setting.name == key).ok_or_else(|| unknown(&key, place))?;
        let setting = allowed(setting, true, place)?;
        let texts = texts(setting, value).ok_or_else(|| {
            let form = match setting.takes {
                Takes::Many(_) => "a list of texts",
                Takes::Nothing => "true or false",
                Takes::Count | Takes::One(_) | Takes::Maybe(_) => "a text or a number",
            };
            Error::new(RunCode::ConfigValue, format!("{place}: {key} is not {form}"))
        })?;
        values.insert(setting.name, texts);
    }
    Ok(values)
}

fn unknown(key: &str, place: &str) -> Error {
    let error = Error::new(RunCode::ConfigUnknownKey, format!("{place}: there is no setting {}", shown(key)));
    match nearest(
        key,
        SETTINGS
            .iter()
            .filter(|setting| setting.given == crate::cli::options::Given::Anywhere)
            .map(|setting: &Setting| setting.name),
    ) {
        Some(near) => error.hint_is(format!("did you mean {near}?")),
        None => error,
    }
}

/// The values of a key; `None` if it has the wrong form.
fn texts(setting: &Setting, value: Value) -> Option<Vec<String>> {
    match (setting.takes, value) {
        (Takes::Many(_), Value::Array(list)) => list.into_iter().map(scalar).collect(),
        (Takes::Nothing, Value::Boolean(on)) => Some(vec![on.to_string()]),
        (Takes::Nothing, _) | (_, Value::Boolean(_)) => None,
        (_, value) => Some(vec![scalar(value)?]),
    }
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    fn parse(text: &str) -> Result<Contents, Error> {
        Contents::parse(text, "m1import.toml".to_owned(), true)
    }

    #[test]
    fn keys_become_text() {
        let contents = parse(
            "batch-size = 50\nstrict = true\ntag = ['a', \"b;c\"]\nrate = '5/s'\nmap = 'phone=Handy'\n\
             [profile.staging]\nendpoint = 'https://staging/x'\n",
        );
        let levels = contents.unwrap().levels(Some("staging"));
        let origins: Vec<String> = levels.iter().map(|level| level.origin.to_string()).collect();
        assert_eq!(origins, ["m1import.toml [profile.staging]", "m1import.toml"]);
        assert_eq!(levels[0].values["endpoint"], ["https://staging/x"]);
        let top = &levels[1].values;
        assert_eq!(top["tag"], ["a", "b;c"]);
        assert_eq!(
            (&top["batch-size"][0], &top["strict"][0], &top["map"][0]),
            (&"50".into(), &"true".into(), &"phone=Handy".into())
        );
    }

    #[test]
    fn mistakes_name_their_place() {
        let cases = [
            ("bach-size = 5", "config.unknown_key", "batch-size"),
            ("batch_size = 5", "config.unknown_key", "batch-size"),
            ("token = 'x'", "config.typed_only", "token-file"),
            ("sandbox = true", "config.typed_only", "command line"),
            ("strict = 'yes'", "config.value", "--help"),
            ("batch-size = true", "config.value", "--help"),
            ("batch-size = [5]", "config.value", "--help"),
            ("tag = [true]", "config.value", "--help"),
            ("tag = [", "config.syntax", "correct"),
            ("a = 1\na = 2", "config.syntax", "correct"),
            ("profile = 1", "config.syntax", "[profile.NAME]"),
            ("[profile]\nbatch-size = 5", "config.syntax", "[profile.NAME]"),
            ("[profile.x]\nbach-size = 5", "config.unknown_key", "batch-size"),
            ("[other]\nx = 1", "config.unknown_key", "correct"),
        ];
        for (text, code, hint) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!((error.code(), error.exit().code()), (code, 78), "{text}: {error}");
            assert!(error.hint().unwrap().contains(hint), "{text}: {error} / {:?}", error.hint());
            assert!(error.to_string().starts_with("m1import.toml"), "{error}");
        }
        assert!(parse("tag = ['x']\n\nbad").unwrap_err().to_string().starts_with("m1import.toml:3: "));
    }
}
