//! A reading: rows one by one into a row that is lent.

use super::csv::Csv;
use super::error::{Error, Trouble};
use super::input::Digest;
use super::json::Json;
use super::ndjson::Ndjson;
use super::text::Text;
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
}

enum Reader {
    Csv(Csv),
    Ndjson(Ndjson),
    Json(Json),
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
        };
        Ok(Rows {
            reader,
            name: source.input.name().to_owned(),
            columns: source.columns.clone(),
            ours,
            spare: Row::default(),
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
        };
        if let Some(first) = self.ours {
            strip(row, &mut self.spare, first);
        }
        read.map_err(|fault| match fault {
            Fault::Broken(error) => Fault::Broken(error.trouble.of(&self.name)),
            reject @ Fault::Reject { .. } => reject,
        })
    }

    /// The columns met so far. Those of JSON grow; a column that is there stays where it is.
    pub fn columns(&self) -> Columns {
        match &self.reader {
            Reader::Csv(_) => self.columns.clone(),
            Reader::Ndjson(Ndjson { flat, .. }) | Reader::Json(Json { flat, .. }) => Columns::new(flat.names.clone()),
        }
    }

    /// How many columns have been met so far: when it grows, `columns` has new ones.
    pub fn width(&self) -> usize {
        match &self.reader {
            Reader::Csv(_) => self.columns.names.len(),
            Reader::Ndjson(Ndjson { flat, .. }) | Reader::Json(Json { flat, .. }) => flat.names.len(),
        }
    }

    /// How many bytes of the input have been read, packed or not.
    pub fn bytes_read(&self) -> u64 {
        self.text().raw_bytes()
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
        };
        text.digest().map_err(|error| Trouble::Io(error).of(&self.name))
    }

    fn text(&self) -> &Text {
        match &self.reader {
            Reader::Csv(csv) => &csv.text,
            Reader::Ndjson(ndjson) => &ndjson.text,
            Reader::Json(json) => &json.text,
        }
    }
}

/// Takes our own columns and apostrophes off a row of a `rejected.csv`.
fn strip(row: &mut Row, spare: &mut Row, first: usize) {
    spare.clear();
    for (column, cell) in row.cells().enumerate() {
        if !(first..first + OURS.len()).contains(&column) {
            spare.push(unguard(cell));
        }
    }
    spare.place = row.place;
    std::mem::swap(row, spare);
}
