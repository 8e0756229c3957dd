//! What can be said about how an input is to be read; all of it can be left to be found out.

use std::fmt;
use std::str::FromStr;

use encoding_rs::Encoding;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Records with cells parted by a delimiter.
    Csv,
    /// The same, parted by tabs.
    Tsv,
    /// An array of objects, objects one after another, or one object.
    Json,
    /// An object on each line.
    Ndjson,
    /// A spreadsheet: .xlsx, .xls, .ods, .fods, the XML of Excel 2003, or a table of HTML.
    Xlsx,
    /// An address book in LDIF.
    Ldif,
    /// Cards of vCard 2.1 to 4.0.
    Vcard,
}

impl Format {
    /// The name used in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Xlsx => "xlsx",
            Format::Ldif => "ldif",
            Format::Vcard => "vcard",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Format, String> {
        Ok(match name {
            "csv" => Format::Csv,
            "tsv" => Format::Tsv,
            "json" => Format::Json,
            "ndjson" => Format::Ndjson,
            "xlsx" => Format::Xlsx,
            "ldif" => Format::Ldif,
            "vcard" => Format::Vcard,
            _ => return Err("is not one of auto, csv, tsv, json, ndjson, xlsx, ldif, vcard".to_owned()),
        })
    }
}

/// The character between cells: one of ASCII, no quote and no line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(pub(super) u8);

impl Delimiter {
    pub(super) fn new(character: char) -> Option<Delimiter> {
        let byte = u8::try_from(character).ok().filter(u8::is_ascii)?;
        (!matches!(byte, b'"' | b'\n' | b'\r' | 0)).then_some(Delimiter(byte))
    }
}

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Delimiter, String> {
        let mut characters = text.chars();
        let character = match text {
            "comma" => Some(','),
            "semicolon" => Some(';'),
            "tab" | "\\t" => Some('\t'),
            "pipe" => Some('|'),
            _ => characters.next().filter(|_| characters.next().is_none()),
        };
        character
            .and_then(Delimiter::new)
            .ok_or_else(|| "is not one ASCII character, nor comma, semicolon, tab, pipe".to_owned())
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(self.0))
    }
}

/// Whether the first row of a table names its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// It does, or it is found out.
    #[default]
    Present,
    /// It is data.
    Absent,
}

/// A worksheet, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// Every one that is shown and has a column of phones.
    All,
    /// By its name.
    Name(String),
    /// By its number, from 1; a sheet of that name is preferred.
    Number(usize),
}

impl FromStr for Sheet {
    type Err = String;

    fn from_str(text: &str) -> Result<Sheet, String> {
        match text.parse() {
            _ if text == "all" => Ok(Sheet::All),
            Ok(number) if number > 0 => Ok(Sheet::Number(number)),
            _ if text.is_empty() => Err("is neither the name of a sheet nor its number from 1".to_owned()),
            _ => Ok(Sheet::Name(text.to_owned())),
        }
    }
}

/// How an input is to be read, where it is not left to be found out.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format.
    pub format: Option<Format>,
    /// The character between cells.
    pub delimiter: Option<Delimiter>,
    /// The encoding; a byte order mark beats it.
    pub encoding: Option<&'static Encoding>,
    /// Whether there is a header.
    pub header: Header,
    /// Names of the columns by position, instead of the header's.
    pub columns: Vec<String>,
    /// How many physical lines stand before the header.
    pub skip_lines: u64,
    /// The worksheets; none is the first that has phones.
    pub sheets: Vec<Sheet>,
}
