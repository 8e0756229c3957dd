//! Files of several formats, seen as one stream of rows.
//!
//! [`open`] settles once what an input is: how it is packed, encoded, parted into records and cells, and which
//! columns it has. [`Source::rows`] then reads it from the beginning as often as wanted, always with the same
//! rows. What the columns mean is decided elsewhere, by `mapping`.

mod basis;
mod code_page;
mod columns;
mod container;
mod csv;
mod cursor;
mod detect;
mod encoding;
mod entry;
mod error;
mod evidence;
mod flatten;
mod foreign;
mod form;
mod header;
mod headerless;
mod input;
mod json;
mod list;
mod marks;
mod merged;
mod ndjson;
mod notice;
mod options;
mod outline;
mod pieces;
mod recognize;
mod rows;
mod sample;
mod scan;
mod shape;
mod split;
mod table;
mod tabular;
mod template;
mod text;
mod token;
mod typed;
mod unpack;
mod vcard;
mod vline;
#[cfg(feature = "xlsx")]
mod workbook;

use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};

pub use basis::Basis;
pub use columns::Columns;
pub use error::{Error, ErrorKind, Foreign};
pub use flatten::KEPT;
pub use input::{Digest, InputSource};
pub use notice::Notice;
pub use options::{Delimiter, Format, Header, Options, Sheet};
pub use rows::{RowError, Rows};
pub use table::REJECT_COLUMNS;

use crate::row::Row;
use crate::row::guard::unguard;
use encoding::EncodingGuess;
use json::Json;
use recognize::{Recognized, Records, recognize};
use sample::Sample;
use shape::Shape;
use table::Dialect;
use text::Utf8Buffer;
use unpack::{Compression, Unpacked};

/// The longest record, in bytes.
const MAX_RECORD: usize = 4 << 20;
/// The most columns.
const MAX_COLUMNS: usize = 16_384;
/// How many records the mapping is verified on.
const SAMPLE: usize = 100;
/// How much text is looked at to find out how it is written.
const LOOK: usize = 256 * 1024;

/// An input of which it is known how to read it.
#[derive(Debug, Clone)]
pub struct Source {
    input: InputSource,
    compression: Option<Compression>,
    format_basis: Basis,
    encoding: EncodingGuess,
    layout: Layout,
    columns: Columns,
    sample: Vec<Row>,
    notices: Vec<Notice>,
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
    Vcard {
        /// What lines are in that are not UTF-8, where lines may say so themselves.
        other: Option<&'static Encoding>,
    },
    /// A sheet that was turned into a plain table, row numbers first.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only spreadsheets are sheets"))]
    Sheet {
        format: Format,
        table: InputSource,
        head: header::Head,
        merges: Arc<[merged::Merge]>,
        is_rejects_file: bool,
    },
}

/// Finds out what an input is and how to read it; the first of its worksheets, where several are asked for.
///
/// # Errors
/// The input is empty, of a kind that holds no contacts, damaged near its beginning, or not readable.
pub fn open(input: InputSource, options: &Options) -> Result<Source, Error> {
    let name = input.name().to_owned();
    open_all(input, options)?.into_iter().next().ok_or_else(|| ErrorKind::Empty.in_input(&name))
}

/// Finds out what an input is and how to read it: one source, or one for each worksheet that is asked for.
///
/// # Errors
/// As [`open`].
pub fn open_all(input: InputSource, options: &Options) -> Result<Vec<Source>, Error> {
    let name = input.name().to_owned();
    settle(input, options).map_err(|kind| kind.in_input(&name))
}

fn settle(input: InputSource, options: &Options) -> Result<Vec<Source>, ErrorKind> {
    let sample = Sample::read(&input)?;
    match recognize(&sample, options)? {
        Recognized::Records(found) => Ok(vec![Source::of_records(input, sample.compression, found, options)?]),
        Recognized::Container(found) => container::open(&input, &sample, found, options),
    }
}

/// How the lines are read: each as an object, unless they are pages, rows of cells or tables.
fn lines(text: Utf8Buffer) -> Layout {
    match Json::shape(text) {
        Ok(shape) if shape != Shape::objects() => Layout::Json(shape),
        _ => Layout::Ndjson,
    }
}

impl Source {
    /// A text of records. Where in a document the contacts are is found by reading it as far as that takes.
    fn of_records(
        input: InputSource,
        compression: Option<Compression>,
        found: Records,
        options: &Options,
    ) -> Result<Source, ErrorKind> {
        let Records { format, encoding, .. } = found;
        let text = || Unpacked::open(&input, compression).map(|from| Utf8Buffer::new(from, encoding.encoding));
        let layout = match (format, found.dialect) {
            (_, Some(dialect)) => Layout::Table { format, dialect },
            (Format::Vcard, None) => Layout::Vcard { other: found.other_encoding },
            (Format::Ndjson, None) => lines(text()?),
            _ => Layout::Json(Json::shape(text()?)?),
        };
        let (columns, sample) = (Columns::default(), Vec::new());
        let Records { format_basis, notices, .. } = found;
        let mut source = Source { input, compression, format_basis, encoding, layout, columns, sample, notices };
        source.take_sample(options)?;
        Ok(source)
    }

    /// Starts reading at the first record.
    ///
    /// # Errors
    /// The input is no longer readable.
    pub fn rows(&self) -> Result<Rows, Error> {
        self.start().map_err(|kind| kind.in_input(self.input.name()))
    }

    fn start(&self) -> Result<Rows, ErrorKind> {
        let text = match &self.layout {
            // Whatever the sheet was written in, its table is UTF-8.
            Layout::Sheet { table, .. } => Utf8Buffer::new(Unpacked::open(table, None)?, UTF_8),
            _ => Utf8Buffer::new(Unpacked::open(&self.input, self.compression)?, self.encoding.encoding),
        };
        Rows::start(self, text)
    }

    /// Reads the first records, and names the columns.
    fn take_sample(&mut self, options: &Options) -> Result<(), ErrorKind> {
        let mut rows = self.start()?;
        let mut row = Row::default();
        let mut looked = 0;
        while self.sample.len() < SAMPLE && looked < 10 * SAMPLE {
            looked += 1;
            match rows.next(&mut row) {
                Ok(true) => self.sample.push(row.clone()),
                // Text around the cards is passed over, but a file of nothing else is another.
                Ok(false) if looked == 1 && matches!(self.layout, Layout::Vcard { .. }) => {
                    return Err(ErrorKind::Format("a vCard"));
                }
                Ok(false) => break,
                Err(RowError::Reject { .. }) => {}
                // What is broken behind the beginning is found when all is read.
                Err(RowError::Fatal(_)) if !self.sample.is_empty() => break,
                Err(RowError::Fatal(error)) => return Err(error),
            }
        }
        if let Layout::Json(shape) = &self.layout {
            self.notices.extend(shape.notices());
        }
        self.name_columns(&rows, options)
    }

    /// Names the columns: by the header, by what the user says, or by what is in them.
    fn name_columns(&mut self, rows: &Rows, options: &Options) -> Result<(), ErrorKind> {
        let table = match &self.layout {
            Layout::Table { dialect, .. } => Some((dialect.is_rejects_file, dialect.header.clone())),
            Layout::Sheet { head, is_rejects_file, .. } => Some((*is_rejects_file, head.names.clone())),
            Layout::Ndjson | Layout::Json(_) | Layout::Vcard { .. } => None,
        };
        match table {
            Some((is_rejects_file, header)) => {
                let mut names = match header {
                    Some(names) => names,
                    None => {
                        let names = headerless::names(&self.sample);
                        // Nothing but delimiters.
                        if names.is_empty() && options.columns.is_empty() {
                            return Err(ErrorKind::Empty);
                        }
                        if options.columns.is_empty() {
                            self.notices.push(Notice::NoHeader { columns: names.clone() });
                        } else if options.header != Header::Absent {
                            self.notices.push(Notice::FirstRowKept);
                        }
                        names
                    }
                };
                if is_rejects_file {
                    names.truncate(names.len().saturating_sub(REJECT_COLUMNS.len()));
                    for name in &mut names {
                        *name = unguard(name).to_owned();
                    }
                } else {
                    // Names for fewer columns than there are leave the rest theirs.
                    for (position, given) in options.columns.iter().enumerate() {
                        match names.get_mut(position) {
                            Some(name) => name.clone_from(given),
                            None => names.push(given.clone()),
                        }
                    }
                }
                // What we gave back bears the names that were given for it.
                let given = !options.columns.is_empty() && options.columns.iter().zip(&names).all(|(a, b)| a == b);
                self.columns = Columns { names, given };
            }
            None => {
                self.columns = rows.columns();
                self.columns.given = matches!(self.layout, Layout::Vcard { .. });
            }
        }
        Ok(())
    }

    /// The input itself.
    pub fn input(&self) -> &InputSource {
        &self.input
    }

    /// Its format.
    pub fn format(&self) -> Format {
        match &self.layout {
            Layout::Table { format, .. } => *format,
            Layout::Ndjson => Format::Ndjson,
            Layout::Json(_) => Format::Json,
            Layout::Vcard { .. } => Format::Vcard,
            Layout::Sheet { format, .. } => *format,
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
        self.encoding.basis == Basis::Mark
    }

    /// The character between cells, of a table.
    pub fn delimiter(&self) -> Option<char> {
        match &self.layout {
            Layout::Table { dialect, .. } => Some(char::from(dialect.delimiter)),
            Layout::Ndjson | Layout::Json(_) | Layout::Vcard { .. } | Layout::Sheet { .. } => None,
        }
    }

    /// The sheet that was found where none was asked for.
    pub fn found_sheet(&self) -> Option<&str> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::SheetChosen { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// How its format, encoding, delimiter and header are known: `csv by its content`.
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = vec![
            format!("{} {}", self.format(), self.format_basis.as_str()),
            format!("{} {}", self.encoding(), self.encoding.basis.as_str()),
        ];
        if let Layout::Table { dialect, .. } = &self.layout {
            let delimiter = char::from(dialect.delimiter).escape_default();
            reasons.push(format!("delimiter {delimiter} {}", dialect.basis.as_str()));
            reasons.push(match dialect.header {
                Some(_) => format!("header in line {}", dialect.skip + 1),
                None => "no header".to_owned(),
            });
        }
        reasons
    }

    /// How it is packed: `gzip` or `zstd`.
    pub fn compression(&self) -> Option<&'static str> {
        self.compression.map(Compression::as_str)
    }

    /// Its length in bytes, as it lies there.
    pub fn bytes(&self) -> u64 {
        self.input.len()
    }

    /// Whether it is a `rejected.csv` of this program, given back.
    pub fn is_rejects_file(&self) -> bool {
        match &self.layout {
            Layout::Table { dialect, .. } => dialect.is_rejects_file,
            Layout::Sheet { is_rejects_file, .. } => *is_rejects_file,
            Layout::Ndjson | Layout::Json(_) | Layout::Vcard { .. } => false,
        }
    }

    /// The columns: the header, or what `--columns` says, without those we add ourselves.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The first records, up to 100.
    pub fn sample(&self) -> &[Row] {
        &self.sample
    }

    /// What was guessed or left out when it was opened; what is noticed in records is [`Rows::notices`].
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}
