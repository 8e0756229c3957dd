//! Files of several formats, seen as one stream of rows.
//!
//! [`open`] settles once what an input is: how it is packed, encoded, parted into records and cells, and which
//! columns it has. [`Source::rows`] then reads it from the beginning as often as wanted, always with the same
//! rows. What the columns mean is no business of this room.

mod csv;
mod encoding;
mod error;
mod flatten;
mod input;
mod json;
mod ndjson;
#[cfg(feature = "xlsx")]
mod ods;
#[cfg(feature = "xlsx")]
mod ole;
mod rows;
mod table;
mod text;
mod unpack;
mod vcard;
#[cfg(feature = "xlsx")]
mod xlsx;
#[cfg(feature = "xlsx")]
mod zip;

use std::fmt;
use std::str::FromStr;

use encoding_rs::{Encoding, UTF_8};

pub use error::{Error, Trouble};
pub use input::{Digest, Input};
pub use rows::{Fault, Rows};
pub use table::OURS;

use crate::row::Row;
use json::{Json, Shape};
use table::Dialect;
use text::Text;
use unpack::{Compression, Unpacked};

/// The longest record, in bytes.
const MAX_RECORD: usize = 4 << 20;
/// The most columns.
const MAX_COLUMNS: usize = 16_384;
/// How many records the mapping is verified on.
const SAMPLE: usize = 100;
/// How much text is looked at to find out how it is written.
const LOOK: usize = 256 * 1024;
/// How much plain ASCII is passed over in search of a byte that tells the encoding.
const ASCII: usize = 16 << 20;

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
    /// A spreadsheet: .xlsx, .xls or .ods.
    Xlsx,
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
            "vcard" => Format::Vcard,
            _ => return Err("is none of auto, csv, tsv, json, ndjson, xlsx, vcard".to_owned()),
        })
    }
}

/// The character between cells: one of ASCII, no quote and no line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    fn new(character: char) -> Option<Delimiter> {
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
    /// By its name.
    Name(String),
    /// By its number, from 1; a sheet of that name is preferred.
    Number(usize),
}

impl FromStr for Sheet {
    type Err = String;

    fn from_str(text: &str) -> Result<Sheet, String> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(Sheet::Number(number)),
            _ if text.is_empty() => Err("is neither the name of a sheet nor its number from 1".to_owned()),
            _ => Ok(Sheet::Name(text.to_owned())),
        }
    }
}

/// What is known of some cells that may be a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words {
    /// How many of them are titles that mean a field.
    pub known: usize,
    /// Whether one of them means the phone.
    pub phone: bool,
}

/// How an input is to be read, where it is not left to be found out.
#[derive(Debug, Clone)]
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
    /// The worksheet.
    pub sheet: Option<Sheet>,
    /// Tells titles from other cells.
    pub words: fn(&[&str]) -> Words,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            format: None,
            delimiter: None,
            encoding: None,
            header: Header::Present,
            columns: Vec::new(),
            skip_lines: 0,
            sheet: None,
            words: |_| Words::default(),
        }
    }
}

/// The columns of an input: names by position. Only JSON adds to them while it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    names: Vec<String>,
    given: bool,
}

impl Columns {
    /// Columns with these names.
    pub fn new(names: Vec<String>) -> Columns {
        Columns { names, given: false }
    }

    /// The names, by position.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of a column, from 0.
    pub fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether the names were typed by the user, and so mean what they say.
    pub fn are_given(&self) -> bool {
        self.given
    }
}

/// An input of which it is known how to read it.
#[derive(Debug, Clone)]
pub struct Source {
    input: Input,
    compression: Option<Compression>,
    encoding: encoding::Found,
    layout: Layout,
    columns: Columns,
    headers: Vec<String>,
    sample: Vec<Row>,
    said: Vec<String>,
}

/// How the records lie in the text.
#[derive(Debug, Clone)]
enum Layout {
    Table {
        format: Format,
        dialect: Dialect,
    },
    Ndjson,
    Json(Shape),
    Vcard,
    /// A sheet that was turned into a plain table, row numbers first.
    Sheet {
        table: Input,
        head: table::Head,
        ours: bool,
    },
}

/// Finds out what an input is and how to read it.
///
/// # Errors
/// The input is empty, of a kind that holds no contacts, damaged near its beginning, or not readable.
pub fn open(input: Input, options: &Options) -> Result<Source, Error> {
    let name = input.name().to_owned();
    settle(input, options).map_err(|trouble| trouble.of(&name))
}

fn settle(input: Input, options: &Options) -> Result<Source, Trouble> {
    let head = read_head(&input, None, 512, 0)?.0;
    if head.is_empty() {
        return Err(Trouble::Empty);
    }
    let compression = Compression::of(&head);
    let (mut bytes, mut whole) = read_head(&input, compression, LOOK, ASCII)?;
    if bytes.iter().all(u8::is_ascii_whitespace) && whole {
        return Err(Trouble::Empty);
    }
    let book = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0");
    match options.format {
        None | Some(Format::Xlsx) if book => return sheet(input, compression, options),
        Some(Format::Xlsx) => return Err(Trouble::Format("a spreadsheet")),
        _ => {}
    }
    if let Some(kind) = binary(&bytes) {
        return Err(Trouble::Binary(kind));
    }
    let found = encoding::find(&bytes, options.encoding);
    let decode = |bytes: &[u8]| {
        let mut text = Text::new(Unpacked::of(bytes.to_vec()), found.encoding);
        while text.more()? {}
        Ok::<_, Trouble>(text.window().to_vec())
    };
    if bytes.len() > LOOK {
        bytes.truncate(LOOK);
        whole = false;
    }
    let mut sample = decode(&bytes)?;
    if !whole && memchr::memchr2(b'\n', b'\r', &sample).is_none() {
        (bytes, whole) = read_head(&input, compression, MAX_RECORD + LOOK, 0)?;
        sample = decode(&bytes)?;
    }
    let blank = sample.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
    if whole && blank {
        return Err(Trouble::Empty);
    }
    let text = || Unpacked::open(&input, compression).map(|from| Text::new(from, found.encoding));
    let mut said = Vec::new();
    let format = options.format.unwrap_or_else(|| sniff(&sample, whole, &input));
    let (layout, encoding) = match format {
        Format::Json => (Layout::Json(Json::shape(text()?, options.words)?), found),
        Format::Ndjson => (Layout::Ndjson, found),
        Format::Csv | Format::Tsv => {
            let mut dialect = table::dialect(&sample, whole, options.format == Some(Format::Tsv), options);
            // A file of ours has an encoding of its own.
            let found = if dialect.ours { encoding::find(&bytes, None) } else { found };
            let format = match (options.format, dialect.delimiter) {
                (None, b'\t') => Format::Tsv,
                _ => format,
            };
            said.append(&mut dialect.said);
            (Layout::Table { format, dialect }, found)
        }
        Format::Vcard => (Layout::Vcard, found),
        Format::Xlsx => return Err(Trouble::Format("a spreadsheet")),
    };
    if encoding.guessed {
        said.insert(0, format!("the text looks like {}", encoding.encoding.name()));
    }
    let mut source = Source {
        input,
        compression,
        encoding,
        layout,
        columns: Columns::default(),
        headers: Vec::new(),
        sample: Vec::new(),
        said,
    };
    source.take_sample(options)?;
    Ok(source)
}

#[cfg(feature = "xlsx")]
fn sheet(input: Input, compression: Option<Compression>, options: &Options) -> Result<Source, Trouble> {
    let xlsx::Converted { table, head, said } = xlsx::convert(&input, compression, options)?;
    let ours = head.names.as_deref().is_some_and(table::is_ours);
    let mut source = Source {
        input,
        compression,
        encoding: encoding::Found { encoding: UTF_8, bom: false, guessed: false },
        layout: Layout::Sheet { table, head, ours },
        columns: Columns::default(),
        headers: Vec::new(),
        sample: Vec::new(),
        said,
    };
    source.take_sample(options)?;
    Ok(source)
}

#[cfg(not(feature = "xlsx"))]
fn sheet(_: Input, _: Option<Compression>, _: &Options) -> Result<Source, Trouble> {
    Err(Trouble::LeftOut("spreadsheets"))
}

impl Source {
    /// Starts reading at the first record.
    ///
    /// # Errors
    /// The input is no longer readable.
    pub fn rows(&self) -> Result<Rows, Error> {
        self.start().map_err(|trouble| trouble.of(self.input.name()))
    }

    fn start(&self) -> Result<Rows, Trouble> {
        let from = match &self.layout {
            Layout::Sheet { table, .. } => Unpacked::open(table, None)?,
            _ => Unpacked::open(&self.input, self.compression)?,
        };
        Rows::start(self, Text::new(from, self.encoding.encoding))
    }

    /// Reads the first records, and names the columns.
    fn take_sample(&mut self, options: &Options) -> Result<(), Trouble> {
        let mut rows = self.start()?;
        let mut row = Row::default();
        let mut looked = 0;
        while self.sample.len() < SAMPLE && looked < 10 * SAMPLE {
            looked += 1;
            match rows.next(&mut row) {
                Ok(true) => self.sample.push(row.clone()),
                Ok(false) => break,
                Err(Fault::Reject { .. }) => {}
                // What is broken behind the beginning is found when all is read.
                Err(Fault::Broken(_)) if !self.sample.is_empty() => break,
                Err(Fault::Broken(error)) => return Err(error.trouble),
            }
        }
        let table = match &self.layout {
            Layout::Table { dialect, .. } => Some((dialect.ours, dialect.header.clone())),
            Layout::Sheet { head, ours, .. } => Some((*ours, head.names.clone())),
            Layout::Ndjson | Layout::Json(_) | Layout::Vcard => None,
        };
        match table {
            Some((ours, header)) => {
                let mut names = match header {
                    Some(names) => {
                        self.headers.clone_from(&names);
                        names
                    }
                    None => {
                        let names = table::names(&self.sample);
                        if options.columns.is_empty() {
                            self.said
                                .push(format!("there is no header; the columns are taken as {}", names.join(", ")));
                        }
                        names
                    }
                };
                if ours {
                    names.truncate(names.len().saturating_sub(OURS.len()));
                } else {
                    // Names for fewer columns than there are leave the rest theirs.
                    for (position, given) in options.columns.iter().enumerate() {
                        match names.get_mut(position) {
                            Some(name) => name.clone_from(given),
                            None => names.push(given.clone()),
                        }
                    }
                }
                self.columns = Columns { names, given: !ours && !options.columns.is_empty() };
            }
            None => {
                self.columns = rows.columns();
                self.columns.given = matches!(self.layout, Layout::Vcard);
                self.headers = self.columns.names.clone();
            }
        }
        Ok(())
    }

    /// The input itself.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Its format.
    pub fn format(&self) -> Format {
        match &self.layout {
            Layout::Table { format, .. } => *format,
            Layout::Ndjson => Format::Ndjson,
            Layout::Json(_) => Format::Json,
            Layout::Vcard => Format::Vcard,
            Layout::Sheet { .. } => Format::Xlsx,
        }
    }

    /// The name of its encoding, in lower case.
    pub fn encoding(&self) -> String {
        self.encoding.encoding.name().to_ascii_lowercase()
    }

    /// Whether the text is UTF-8.
    pub fn is_utf_8(&self) -> bool {
        self.encoding.encoding == UTF_8
    }

    /// Whether it begins with a byte order mark.
    pub fn bom(&self) -> bool {
        self.encoding.bom
    }

    /// The character between cells, of a table.
    pub fn delimiter(&self) -> Option<char> {
        match &self.layout {
            Layout::Table { dialect, .. } => Some(char::from(dialect.delimiter)),
            Layout::Ndjson | Layout::Json(_) | Layout::Vcard | Layout::Sheet { .. } => None,
        }
    }

    /// How it is packed: `gzip` or `zstd`.
    pub fn compression(&self) -> Option<&'static str> {
        self.compression.map(Compression::as_str)
    }

    /// Its length in bytes, as it lies there.
    pub fn bytes(&self) -> u64 {
        self.input.len()
    }

    /// Whether it is a `rejected.csv` of ours, given back.
    pub fn ours(&self) -> bool {
        match &self.layout {
            Layout::Table { dialect, .. } => dialect.ours,
            Layout::Sheet { ours, .. } => *ours,
            Layout::Ndjson | Layout::Json(_) | Layout::Vcard => false,
        }
    }

    /// The header as it was found; nothing where the first row is data.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The columns: the header, or what `--columns` says, without those we add ourselves.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The first records, up to 100.
    pub fn sample(&self) -> &[Row] {
        &self.sample
    }

    /// What was guessed or left out, for people.
    pub fn said(&self) -> &[String] {
        &self.said
    }
}

/// Reads the first `most` bytes, and on to the first that is not ASCII, but not further than `ascii`;
/// says whether that is all there is.
fn read_head(
    input: &Input,
    compression: Option<Compression>,
    most: usize,
    ascii: usize,
) -> Result<(Vec<u8>, bool), Trouble> {
    let mut from = Unpacked::open(input, compression)?;
    let mut head = Vec::new();
    let mut passed = 0;
    loop {
        let start = head.len();
        head.resize(start + most.min(64 * 1024), 0);
        let read = from.read(head.get_mut(start..).unwrap_or_default());
        let read = match read {
            Ok(read) => read,
            // Damage behind the beginning is found when all is read.
            Err(Trouble::Damaged(_) | Trouble::Bomb(_)) if start > 0 => 0,
            Err(trouble) => return Err(trouble),
        };
        head.truncate(start + read);
        if read == 0 {
            return Ok((head, true));
        }
        passed += read;
        if head.len() < most {
            continue;
        }
        if passed >= ascii || !head.get(start..).unwrap_or_default().is_ascii() {
            return Ok((head, false));
        }
        // Plain pieces tell nothing about the encoding, and the first ones are enough for the rest.
        head.truncate(most);
    }
}

/// What a file is that holds no contacts.
fn binary(head: &[u8]) -> Option<&'static str> {
    let table: [(&[u8], &str); 14] = [
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"GIF8", "a picture"),
        (b"PK\x03\x04", "a zip archive"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"SQLite format 3\0", "a database"),
        (b"\x7fELF", "a program"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ", "an xz archive"),
        (b"{\\rtf", "a text document (RTF)"),
    ];
    if let Some((_, kind)) = table.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(kind);
    }
    let markup = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |tag: &[u8]| markup.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    if [&b"<!doctype html"[..], b"<html", b"<table", b"<head", b"<body", b"<div", b"<script"].into_iter().any(begins) {
        return Some("a web page (HTML)");
    }
    if begins(b"<?xml") || begins(b"<workbook") {
        return Some("an XML document");
    }
    if Encoding::for_bom(head).is_some() {
        return None;
    }
    let control = head.iter().filter(|byte| matches!(byte, 0x01..=0x08 | 0x0e..=0x1a | 0x7f)).count();
    (control * 20 > head.len()).then_some("binary data")
}

/// Finds the format by content, and by the name's end where the content fits several.
fn sniff(sample: &[u8], whole: bool, input: &Input) -> Format {
    let text = sample.trim_ascii_start();
    let text = text.strip_prefix(b"\x1e").unwrap_or(text).trim_ascii_start();
    let second = text.get(1..).unwrap_or_default().trim_ascii_start().first();
    match (text.first(), second) {
        (Some(b'{'), Some(b'"' | b'}') | None) => lines_or_document(text, whole, input),
        (Some(b'['), Some(b'{' | b'[' | b']' | b'"' | b'0'..=b'9' | b't' | b'f' | b'n') | None) => Format::Json,
        _ if text.get(..11).is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCARD")) => Format::Vcard,
        _ => Format::Csv,
    }
}

/// Tells an object on each line from a document.
fn lines_or_document(text: &[u8], whole: bool, input: &Input) -> Format {
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    if !whole && lines.len() > 1 {
        lines.pop();
    }
    let lines: Vec<&[u8]> = lines.into_iter().filter(|line| !line.is_empty()).take(20).collect();
    let object = |line: &[u8]| line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    let without_comma = |line: &[u8]| line.strip_suffix(b",").unwrap_or(line).to_vec();
    // In a document laid out over lines, the elements end in commas, but not its first line.
    let commas = lines.first().is_some_and(|first| object(&without_comma(first)));
    let objects = lines.iter().filter(|line| object(line) || commas && object(&without_comma(line))).count();
    let named = input.name().trim_end_matches(".gz").trim_end_matches(".zst");
    let named = named.ends_with(".ndjson") || named.ends_with(".jsonl");
    let wrapped = lines
        .first()
        .is_some_and(|line| matches!(Json::shape(Text::of(line), |_| Words::default()), Ok(Shape::Wrapped(_))));
    match lines.len() {
        _ if wrapped => Format::Json,
        1 if !named => Format::Json,
        // Some may be broken; of a document laid out over lines hardly any is an object by itself.
        count if objects * 2 >= count || named && objects > 0 => Format::Ndjson,
        _ => Format::Json,
    }
}
