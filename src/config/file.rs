//! The configuration file: `m1import.toml` and the user's `config.toml`, with their profiles.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use toml::{Table, Value};

use super::error::{Error, Warning};
use super::level::{Level, Origin, Place, allowed};
use crate::cli::nearest;
use crate::cli::options::{SETTINGS, Setting, Takes};
use crate::diagnostic::{RunCode, WarningCode};

/// No configuration is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// A text from outside, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A settings file, or why there is none.
pub(super) enum Found {
    /// There is none, and none was named.
    Nothing,
    /// It lies there and cannot be used, which nobody asked for; the run goes on without it.
    Unusable(Warning),
    /// Its path as shown, and what it holds.
    File(String, Vec<u8>),
}

/// The file that was named, or one of that name in the folder. A file that is merely looked for may be missing or be
/// something else, such as a folder `.env`.
///
/// # Errors
/// A file that was named cannot be read.
pub(super) fn read(folder: &Path, name: &str, named: Option<&Path>) -> Result<Found, Error> {
    match named {
        Some(path) => {
            let label = path.display().to_string();
            match bytes(path) {
                Ok(bytes) => Ok(Found::File(label, bytes)),
                Err(why) => Err(Error::new(RunCode::ConfigUnreadable, format!("{label}: {why}"))),
            }
        }
        None => Ok(look(&folder.join(name), name.to_owned())),
    }
}

/// A file that may be there. Where it cannot even be looked for, a warning says so.
fn look(path: &Path, label: String) -> Found {
    let missing = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let read = match path.metadata() {
        Ok(metadata) if metadata.is_file() => bytes(path),
        Ok(_) => return Found::Nothing,
        Err(error) if missing(&error) => return Found::Nothing,
        Err(error) => Err(error),
    };
    match read {
        Ok(bytes) => Found::File(label, bytes),
        Err(why) => Found::Unusable(Warning {
            code: WarningCode::Settings,
            message: format!("{label} cannot be read and is left aside: {why}"),
            hint: "check its permissions, or those of its folder".to_owned(),
        }),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("longer than 1 MiB"));
    }
    Ok(bytes)
}

/// UTF-8, or UTF-16 as Windows PowerShell writes it, without a byte order mark; `None` if it is neither.
pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    let (encoding, length) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((without_mark(bytes), 0));
    let bytes = bytes.get(length..).unwrap_or_default();
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
}

/// The encoding of a text without a byte order mark: a zero byte at every other place of the first few is UTF-16.
fn without_mark(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    match bytes {
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => encoding_rs::UTF_16BE,
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => encoding_rs::UTF_16LE,
        _ => encoding_rs::UTF_8,
    }
}

/// The same, with U+FFFD for what cannot be decoded: somebody else's lines of a `.env` need not be readable.
pub(super) fn decoded_lossy(bytes: &[u8]) -> String {
    decoded(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
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

    fn of(file: Found, found: bool, warnings: &mut Vec<Warning>) -> Result<Option<Contents>, Error> {
        match file {
            Found::Nothing => Ok(None),
            Found::Unusable(warning) => {
                warnings.push(warning);
                Ok(None)
            }
            Found::File(path, bytes) => {
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
    fn texts_of_windows_are_read() {
        let text = "M1IMPORT_TAG=größer\r\n";
        let (low, high): (Vec<_>, Vec<_>) = (
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        );
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes()),
            marked(b"\xff\xfe", &low),
            marked(b"\xfe\xff", &high),
            low,
            high,
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
        assert_eq!(decoded(b"gr\xf6\xdfer"), None);
        assert_eq!(decoded_lossy(b"gr\xf6"), "gr\u{fffd}");
        assert_eq!(decoded(b"").as_deref(), Some(""));
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
