//! A reading: rows one by one into a row that is lent.

use super::csv::Csv;
use super::error::{Error, Trouble};
use super::input::{Digest, Input};
use super::json::Json;
use super::ndjson::Ndjson;
use super::text::Text;
use super::vcard::{self, Vcard};
use super::{Columns, Layout, OURS, Source};
use crate::row::guard::unguard;
use crate::row::{Code, Row};

/// Why there is no next row.
#[derive(Debug)]
pub enum Fault {
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
    Broken(Error),
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Fault {
        Fault::Broken(trouble.of(""))
    }
}

/// A reading of an input from its beginning.
pub struct Rows {
    reader: Reader,
    name: String,
    columns: Columns,
    /// Where our own three columns stand.
    ours: Option<usize>,
    spare: Row,
    input: Input,
    /// The length of the table that a sheet was made into.
    table_len: u64,
}

enum Reader {
    Csv(Csv),
    Ndjson(Ndjson),
    Json(Json),
    Vcard(Vcard),
    /// A plain table with row numbers first, made of a sheet.
    Sheet(Csv),
}

impl Rows {
    pub(super) fn start(source: &Source, text: Text) -> Result<Rows, Trouble> {
        let mut ours = None;
        let reader = match &source.layout {
            Layout::Table { dialect, .. } => {
                let mut csv = Csv::new(text, dialect.delimiter);
                csv.skip_lines(dialect.skip)?;
                if let Some(header) = &dialect.header {
                    match csv.next(&mut Row::default()) {
                        Ok(_) | Err(Fault::Reject { .. }) => {}
                        Err(Fault::Broken(error)) => return Err(error.trouble),
                    }
                    ours = dialect.ours.then(|| header.len().saturating_sub(OURS.len()));
                }
                Reader::Csv(csv)
            }
            Layout::Ndjson => Reader::Ndjson(Ndjson::new(text)),
            Layout::Json(shape) => Reader::Json(Json::new(text, shape.clone())),
            Layout::Vcard => Reader::Vcard(Vcard::new(text)),
            Layout::Sheet { head, ours: is_ours, .. } => {
                let mut csv = Csv::new(text, b',');
                for _ in 0..head.records + usize::from(head.names.is_some()) {
                    match csv.next(&mut Row::default()) {
                        Ok(_) | Err(Fault::Reject { .. }) => {}
                        Err(Fault::Broken(error)) => return Err(error.trouble),
                    }
                }
                let width = head.names.as_ref().map_or(0, Vec::len);
                ours = is_ours.then(|| width.saturating_sub(OURS.len()));
                Reader::Sheet(csv)
            }
        };
        Ok(Rows {
            reader,
            name: source.input.name().to_owned(),
            columns: source.columns.clone(),
            ours,
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
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let read = match &mut self.reader {
            Reader::Csv(csv) => csv.next(row),
            Reader::Ndjson(ndjson) => ndjson.next(row),
            Reader::Json(json) => json.next(row),
            Reader::Vcard(vcard) => vcard.next(row),
            Reader::Sheet(csv) => {
                let read = csv.next(row);
                number(row, &mut self.spare);
                read
            }
        };
        if let Some(first) = self.ours {
            strip(row, &mut self.spare, first);
        }
        read.map_err(|fault| match fault {
            Fault::Broken(error) => Fault::Broken(error.trouble.of(&self.name)),
            reject @ Fault::Reject { .. } => reject,
        })
    }

    /// Reads records that lie at hand and are sound into the first of the rows, and says into how many. None does not
    /// mean that there is none: `next` reads the one that wants a closer look.
    pub fn some(&mut self, rows: &mut [Row]) -> usize {
        match (&mut self.reader, self.ours) {
            (Reader::Csv(csv), None) => csv.some(rows),
            _ => 0,
        }
    }

    /// The columns met so far. Those of JSON grow; a column that is there stays where it is.
    pub fn columns(&self) -> Columns {
        match &self.reader {
            Reader::Csv(_) | Reader::Sheet(_) => self.columns.clone(),
            Reader::Vcard(_) => Columns::new(vcard::COLUMNS.map(str::to_owned).to_vec()),
            Reader::Ndjson(Ndjson { flat, .. }) | Reader::Json(Json { flat, .. }) => Columns::new(flat.names.clone()),
        }
    }

    /// The columns met behind the first `known`; only JSON meets any.
    pub fn grown(&self, known: usize) -> &[String] {
        match &self.reader {
            Reader::Csv(_) | Reader::Sheet(_) | Reader::Vcard(_) => &[],
            Reader::Ndjson(Ndjson { flat, .. }) | Reader::Json(Json { flat, .. }) => {
                flat.names.get(known..).unwrap_or_default()
            }
        }
    }

    /// How many bytes of the input have been read, packed or not; of a spreadsheet, in proportion.
    pub fn bytes_read(&self) -> u64 {
        let text = match &self.reader {
            Reader::Csv(Csv { text, .. })
            | Reader::Ndjson(Ndjson { text, .. })
            | Reader::Json(Json { text, .. })
            | Reader::Vcard(Vcard { text, .. }) => text,
            Reader::Sheet(csv) => {
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
            Reader::Json(json) => json.text,
            Reader::Vcard(vcard) => vcard.text,
            // What was read is the table made of it.
            Reader::Sheet(_) => {
                let raw = self.input.raw().map_err(|trouble| trouble.of(&self.name))?;
                return raw.digest().map_err(|error| Trouble::Io(error).of(&self.name));
            }
        };
        text.digest().map_err(|error| Trouble::Io(error).of(&self.name))
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
        if !(first..first + OURS.len()).contains(&column) {
            spare.push(unguard(cell));
        }
    }
    spare.location = row.location;
    std::mem::swap(row, spare);
}
