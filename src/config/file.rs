//! The configuration file: `m1import.toml` and the user's `config.toml`, with their profiles.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::error::{Error, Warning};
use super::found::{FoundFile, decoded, look, read};
use super::level::{Level, Origin, Place, allowed};
use super::pattern;
use crate::cli::nearest;
use crate::cli::options::{SETTINGS, Setting, Takes};
use crate::diagnostic::RunCode;

/// A text from outside, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The names of the profiles in the text of a configuration file; none where it is no such text.
pub fn profiles(text: &str) -> Vec<String> {
    let table: Table = toml::from_str(text).unwrap_or_default();
    let profiles = table.get("profile").and_then(Value::as_table);
    profiles.into_iter().flat_map(|profiles| profiles.keys().cloned()).collect()
}

/// What a configuration file holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contents {
    top: BTreeMap<&'static str, Vec<String>>,
    profiles: BTreeMap<String, BTreeMap<&'static str, Vec<String>>>,
    /// Settings for inputs whose names match a pattern.
    files: BTreeMap<String, BTreeMap<&'static str, Vec<String>>>,
    path: String,
    found: bool,
}

impl Contents {
    /// Reads a file; `None` if there is none and none was named, or with a warning if it cannot be read.
    pub fn open(
        folder: &Path,
        name: &str,
        named: Option<&Path>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<Contents>, Error> {
        Contents::of(read(folder, name, named)?, named.is_none(), warnings)
    }

    /// Reads the user's own file, if it is there. A home folder that may not be looked into has none.
    pub fn user(path: &Path, warnings: &mut Vec<Warning>) -> Result<Option<Contents>, Error> {
        match path.metadata() {
            Ok(_) => Contents::of(look(path, path.display().to_string()), false, warnings),
            Err(_) => Ok(None),
        }
    }

    fn of(file: FoundFile, found: bool, warnings: &mut Vec<Warning>) -> Result<Option<Contents>, Error> {
        match file {
            FoundFile::Nothing => Ok(None),
            FoundFile::Unusable(warning) => {
                warnings.push(warning);
                Ok(None)
            }
            FoundFile::File(path, bytes) => {
                match decoded(&bytes) {
                    Some(text) => Contents::parse(&text, path, found).map(Some),
                    None => Err(Error::new(RunCode::ConfigSyntax, format!("{path} is not UTF-8 text"))
                        .hint_is("save it as UTF-8")),
                }
            }
        }
    }

    fn parse(text: &str, path: String, found: bool) -> Result<Contents, Error> {
        let mut table: Table = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            Error::new(RunCode::ConfigSyntax, format!("{path}:{line}: {}", error.message().replace('\n', ", ")))
        })?;
        let profiles = sections(&mut table, "profile", "[profile.NAME]", &path)?;
        let files = sections(&mut table, "file", "[file.\"export*.csv\"]", &path)?;
        for (pattern, values) in &files {
            if let Some(name) = values.keys().find(|name| !pattern::may_be_for_a_file(name)) {
                let message = format!("{path} [file.\"{}\"]: {name} is not set for single files", shown(pattern));
                return Err(Error::new(RunCode::ConfigConflict, message)
                    .hint_is("only how a file is read and mapped is; write the setting above the first section"));
            }
        }
        let top = settings(table, &path)?;
        Ok(Contents { top, profiles, files, path, found })
    }

    /// The names of its profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Its levels for an input of that name: the chosen profile over the section of the file over the top level. `None` for
    /// what is the same for all inputs.
    ///
    /// # Errors
    /// Two sections fit the name equally well.
    pub fn levels(&self, profile: Option<&str>, input: Option<&str>) -> Result<Vec<Level>, Error> {
        let level = |section: Option<String>, values: &BTreeMap<_, _>| Level {
            origin: Origin::File { path: self.path.clone(), section, found: self.found },
            values: values.clone(),
        };
        let chosen = profile.and_then(|name| self.profiles.get_key_value(name));
        let chosen = chosen.map(|(name, values)| level(Some(format!("profile.{name}")), values));
        let file = match input.map(|name| pattern::best(self.files.keys().map(String::as_str), name)) {
            None | Some(Ok(None)) => None,
            Some(Ok(Some(pattern))) => self.files.get_key_value(pattern),
            Some(Err((one, other))) => {
                let message = format!(
                    "{}: [file.\"{}\"] and [file.\"{}\"] fit {} equally well",
                    self.path,
                    shown(one),
                    shown(other),
                    shown(input.unwrap_or_default())
                );
                return Err(Error::new(RunCode::ConfigConflict, message).hint_is("make one of them more exact"));
            }
        };
        let file = file.map(|(pattern, values)| level(Some(format!("file.\"{pattern}\"")), values));
        Ok(chosen.into_iter().chain(file).chain([level(None, &self.top)]).collect())
    }

    /// The sections for files that fit none of these inputs, as they stand in the file.
    pub fn unused<'c>(&'c self, inputs: &'c [String]) -> impl Iterator<Item = String> + 'c {
        let unused = self.files.keys().filter(|pattern| !inputs.iter().any(|name| pattern::fits(pattern, name)));
        unused.map(|pattern| format!("[file.\"{}\"] of {}", shown(pattern), self.path))
    }
}

/// The tables below `[KIND.…]`, by their names.
fn sections(
    table: &mut Table,
    kind: &str,
    form: &str,
    path: &str,
) -> Result<BTreeMap<String, BTreeMap<&'static str, Vec<String>>>, Error> {
    let no_table = |what: String| {
        Error::new(RunCode::ConfigSyntax, format!("{path}: {what} is no table"))
            .hint_is(format!("write {form} in front of its settings"))
    };
    let mut sections = BTreeMap::new();
    match table.remove(kind) {
        None => {}
        Some(Value::Table(found)) => {
            for (name, value) in found {
                let Value::Table(inner) = value else {
                    return Err(no_table(format!("{kind}.{}", shown(&name))));
                };
                let quoted = if kind == "file" { format!("\"{}\"", shown(&name)) } else { shown(&name) };
                let values = settings(inner, &format!("{path} [{kind}.{quoted}]"))?;
                sections.insert(name, values);
            }
        }
        Some(_) => return Err(no_table(kind.to_owned())),
    }
    Ok(sections)
}

/// The settings of one table, as text.
fn settings(table: Table, place: &str) -> Result<BTreeMap<&'static str, Vec<String>>, Error> {
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let setting = SETTINGS.iter().find(|setting| setting.name == key).ok_or_else(|| unknown(&key, place))?;
        let setting = allowed(setting, Place::File, place)?;
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
        let levels = contents.unwrap().levels(Some("staging"), None).unwrap();
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
    fn a_file_has_the_section_that_fits_best() {
        let contents = parse(
            "delimiter = ','\ntag = ['all']\n[file.'export*.csv']\ndelimiter = ';'\n[file.'export-2?.csv']\ndelimiter = '|'\n\
             [profile.p]\ntag = ['p']\n",
        )
        .unwrap();
        let delimiter = |name: &str| {
            let levels = contents.levels(Some("p"), Some(name)).unwrap();
            levels.iter().find_map(|level| level.values.get("delimiter")).unwrap()[0].clone()
        };
        for (name, expected) in [("export.csv", ";"), ("export-26.csv", "|"), ("other.csv", ","), ("Export.csv", ",")] {
            assert_eq!(delimiter(name), expected, "{name}");
        }
        let levels = contents.levels(Some("p"), Some("export.csv")).unwrap();
        let origins: Vec<String> = levels.iter().map(|level| level.origin.to_string()).collect();
        let expected = ["m1import.toml [profile.p]", "m1import.toml [file.\"export*.csv\"]", "m1import.toml"];
        assert_eq!(origins, expected);
        let unused: Vec<String> = contents.unused(&["export.csv".to_owned()]).collect();
        assert_eq!(unused, ["[file.\"export-2?.csv\"] of m1import.toml"]);

        let tie = parse("[file.'a*.csv']\nformat = 'csv'\n[file.'*b.csv']\nformat = 'tsv'\n").unwrap();
        assert_eq!(tie.levels(None, Some("ab.csv")).unwrap_err().code(), "config.conflict");
        assert!(tie.levels(None, Some("ax.csv")).is_ok());
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
            ("[file.'a*.csv']\nbatch-size = 5", "config.conflict", "above"),
            ("[file.'a*.csv']\nlimit = 5", "config.conflict", "above"),
            ("[file.'a*.csv']\nformt = 'csv'", "config.unknown_key", "format"),
            ("file = 1", "config.syntax", "[file."),
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
