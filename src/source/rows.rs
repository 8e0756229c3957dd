//! A reading: rows one by one into a row that is lent.

use super::csv::Csv;
use super::error::{Error, ErrorKind};
use super::input::{Digest, InputSource};
use super::json::Json;
use super::merged::MergedCells;
use super::ndjson::Ndjson;
use super::table::Body;
use super::text::Utf8Buffer;
use super::vcard::{self, Vcard};
use super::{Columns, Layout, Notice, REJECT_COLUMNS, Source};
use crate::row::guard::unguard;
use crate::row::{Code, Row};

/// Why there is no next row.
#[derive(Debug)]
pub enum RowError {
    /// One record cannot be read; the reading goes on. What could be read of it is in the row.
    Reject {
        /// The line it begins on, from 1.
        line: u64,
        /// The reason.
        code: Code,
        /// The column of the cell at fault, from 0.
        column: Option<u32>,
        /// What the reason does not say; without any value.
        detail: String,
    },
    /// The input cannot be read any further.
    Fatal(ErrorKind),
}

impl From<ErrorKind> for RowError {
    fn from(kind: ErrorKind) -> RowError {
        RowError::Fatal(kind)
    }
}

/// A reading of an input from its beginning.
pub struct Rows {
    reader: Reader,
    /// What is known of the rows below a header.
    body: Option<Body>,
    columns: Columns,
    /// Where the columns of `rejected.csv` begin.
    reject_columns: Option<usize>,
    spare: Row,
    input: InputSource,
    /// The length of the table that a sheet was made into.
    table_len: u64,
}

enum Reader {
    Csv(Csv),
    Ndjson(Ndjson),
    Json(Box<Json>),
    Vcard(Vcard),
    /// A plain table with row numbers first, made of a sheet.
    Sheet(Csv, MergedCells),
}

impl Rows {
    pub(super) fn start(source: &Source, text: Utf8Buffer) -> Result<Rows, ErrorKind> {
        let (mut reject_columns, mut body) = (None, None);
        let reader = match &source.layout {
            Layout::Table { dialect, .. } => {
                let mut csv = Csv::new(text, dialect.delimiter);
                csv.skip_lines(dialect.skip)?;
                if let Some(header) = &dialect.header {
                    match csv.next(&mut Row::default()) {
                        Ok(_) | Err(RowError::Reject { .. }) => {}
                        Err(RowError::Fatal(error)) => return Err(error),
                    }
                    reject_columns = dialect.is_rejects_file.then(|| header.len().saturating_sub(REJECT_COLUMNS.len()));
                    body = Some(Body::of_text(header, dialect));
                }
                Reader::Csv(csv)
            }
            Layout::Ndjson => Reader::Ndjson(Ndjson::new(text)),
            Layout::Json(shape) => Reader::Json(Box::new(Json::new(text, shape.clone()))),
            Layout::Vcard { other } => Reader::Vcard(Vcard::new(text, *other)),
            Layout::Sheet { head, merges, is_rejects_file, .. } => {
                let mut csv = Csv::new(text, b',');
                for _ in 0..head.records + usize::from(head.names.is_some()) {
                    match csv.next(&mut Row::default()) {
                        Ok(_) | Err(RowError::Reject { .. }) => {}
                        Err(RowError::Fatal(error)) => return Err(error),
                    }
                }
                let width = head.names.as_ref().map_or(0, Vec::len);
                body = head.names.as_deref().map(Body::of_sheet);
                reject_columns = is_rejects_file.then(|| width.saturating_sub(REJECT_COLUMNS.len()));
                Reader::Sheet(csv, MergedCells::new(merges.clone(), source.input.len()))
            }
        };
        Ok(Rows {
            reader,
            body: body.filter(|_| reject_columns.is_none()),
            columns: source.columns.clone(),
            reject_columns,
            spare: Row::default(),
            input: source.input.clone(),
            table_len: match &source.layout {
                Layout::Sheet { table, .. } => table.len(),
                _ => 0,
            },
        })
    }

    /// Reads the next record into the row: its line and its cells. False at the end of the input.
    ///
    /// # Errors
    /// The record cannot be read, or the input as a whole cannot be read any further.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        let (reader, spare) = (&mut self.reader, &mut self.spare);
        let read = match &mut self.body {
            Some(body) => body.next(row, |row| reader.next(row, spare)),
            None => reader.next(row, spare),
        };
        if let Some(first) = self.reject_columns {
            strip(row, &mut self.spare, first);
        }
        read
    }

    /// Reads records that lie at hand and are sound into the first of the rows, and says into how many. None does not
    /// mean that there is none: `next` reads the one that wants a closer look.
    pub fn read_batch(&mut self, rows: &mut [Row]) -> usize {
        match (&mut self.reader, &mut self.body, self.reject_columns) {
            (Reader::Csv(csv), Some(body), None) => body.read_batch(rows, |rows| csv.read_batch(rows)),
            (Reader::Csv(csv), None, None) => csv.read_batch(rows),
            _ => 0,
        }
    }

    /// The columns met so far. Those of JSON grow; a column that is there stays where it is.
    pub fn columns(&self) -> Columns {
        match &self.reader {
            Reader::Csv(_) | Reader::Sheet(..) => self.columns.clone(),
            Reader::Vcard(_) => Columns::new(vcard::COLUMNS.map(str::to_owned).to_vec()),
            Reader::Ndjson(Ndjson { flat, .. }) => Columns::new(flat.names.clone()),
            Reader::Json(json) => Columns::new(json.flat.names.clone()),
        }
    }

    /// The columns met behind the first `known`; only JSON meets any.
    pub fn new_columns(&self, known: usize) -> &[String] {
        match &self.reader {
            Reader::Csv(_) | Reader::Sheet(..) | Reader::Vcard(_) => &[],
            Reader::Ndjson(Ndjson { flat, .. }) => flat.names.get(known..).unwrap_or_default(),
            Reader::Json(json) => json.flat.names.get(known..).unwrap_or_default(),
        }
    }

    /// What was noticed while records were read, so far: lists of further contacts in them, cards that cannot be read.
    pub fn notices(&self) -> &[Notice] {
        match &self.reader {
            Reader::Ndjson(ndjson) => &ndjson.flat.left,
            Reader::Json(json) => &json.flat.left,
            Reader::Vcard(vcard) => vcard.notices(),
            Reader::Csv(_) | Reader::Sheet(..) => self.body.as_ref().map_or(&[], Body::notices),
        }
    }

    /// The input that is read.
    pub fn input(&self) -> &InputSource {
        &self.input
    }

    /// How many bytes of the input have been read, packed or not; of a spreadsheet, in proportion.
    pub fn bytes_read(&self) -> u64 {
        let text = match &self.reader {
            Reader::Csv(Csv { text, .. }) | Reader::Ndjson(Ndjson { text, .. }) | Reader::Vcard(Vcard { text, .. }) => {
                text
            }
            Reader::Json(json) => &json.cursor.text,
            Reader::Sheet(csv, _) => {
                let share = csv.text.raw_bytes() as f64 / self.table_len.max(1) as f64;
                return (self.input.len() as f64 * share) as u64;
            }
        };
        text.raw_bytes()
    }

    /// Reads what is left and gives the hash of the whole input.
    ///
    /// # Errors
    /// Reading fails.
    pub fn digest(self) -> Result<Digest, Error> {
        let text = match self.reader {
            Reader::Csv(csv) => csv.text,
            Reader::Ndjson(ndjson) => ndjson.text,
            Reader::Json(json) => json.cursor.text,
            Reader::Vcard(vcard) => vcard.text,
            // What was read is the table made of it.
            Reader::Sheet(..) => {
                return self.input.reader().digest().map_err(|error| ErrorKind::Io(error).in_input(self.input.name()));
            }
        };
        text.digest().map_err(|error| ErrorKind::Io(error).in_input(self.input.name()))
    }
}

impl Reader {
    fn next(&mut self, row: &mut Row, spare: &mut Row) -> Result<bool, RowError> {
        match self {
            Reader::Csv(csv) => csv.next(row),
            Reader::Ndjson(ndjson) => ndjson.next(row),
            Reader::Json(json) => json.next(row),
            Reader::Vcard(vcard) => vcard.next(row),
            Reader::Sheet(csv, merged) => {
                let read = csv.next(row);
                number(row, spare);
                merged.fill(row, spare)?;
                read
            }
        }
    }
}

/// Takes the row number off a row of a sheet.
fn number(row: &mut Row, spare: &mut Row) {
    spare.clear();
    spare.location.line = row.cell(0).parse().unwrap_or(0);
    row.cells().skip(1).for_each(|cell| spare.push(cell));
    std::mem::swap(row, spare);
}

/// Takes our own columns and apostrophes off a row of a `rejected.csv`.
fn strip(row: &mut Row, spare: &mut Row, first: usize) {
    spare.clear();
    for (column, cell) in row.cells().enumerate() {
        if !(first..first + REJECT_COLUMNS.len()).contains(&column) {
            spare.push(unguard(cell));
        }
    }
    spare.location = row.location;
    std::mem::swap(row, spare);
}
