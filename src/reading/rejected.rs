//! Rejected records of a reading that are kept in memory, so that the inputs need not be read again for them.

use std::ops::Range;

use super::{Judged, Record};
use crate::row::{Location, Reject, Row};
use crate::source::Columns;

/// Rejected records, in the order of the input.
#[derive(Debug, Default)]
pub struct RejectedRecords {
    records: Vec<Rejected>,
    layouts: Vec<Layout>,
    /// What the rows hold, one after another: memory for each of its own would cost more than to read it again.
    text: String,
    cells: Vec<(u32, u32)>,
    raw: Vec<u8>,
    /// What the layouts take, in bytes.
    bytes: usize,
}

#[derive(Debug, Clone)]
struct Rejected {
    location: Location,
    text: Range<usize>,
    cells: Range<usize>,
    raw: Range<usize>,
    reject: Box<Reject>,
    /// The number of its layout.
    layout: usize,
}

/// What the columns of an input were when a row was read. Only JSON adds to them meanwhile.
#[derive(Debug, Clone)]
struct Layout {
    input: u32,
    columns: Columns,
}

impl Layout {
    /// Whether it is that of a row.
    fn is_of(&self, input: u32, columns: &Columns) -> bool {
        self.input == input && self.columns.len() == columns.len()
    }
}

/// The memory for the rows of a block that is kept for the next, in bytes; a few rows can be far larger than usual.
const USUAL: usize = 64 << 10;

impl RejectedRecords {
    /// Keeps a record, if it is rejected.
    pub fn add(&mut self, record: &Record<'_>) {
        let Record { row, columns, judged: Judged::Invalid(reject), .. } = record else { return };
        if !self.layouts.last().is_some_and(|layout| layout.is_of(row.location.input, columns)) {
            self.push_layout(Layout { input: row.location.input, columns: (*columns).clone() });
        }
        let (text, cells) = row.parts();
        let from = (self.text.len(), self.cells.len(), self.raw.len());
        self.text.push_str(text);
        self.cells.extend_from_slice(cells);
        self.raw.extend_from_slice(&row.raw);
        self.records.push(Rejected {
            location: row.location,
            text: from.0..self.text.len(),
            cells: from.1..self.cells.len(),
            raw: from.2..self.raw.len(),
            reject: reject.clone(),
            layout: self.layouts.len() - 1,
        });
    }

    /// Moves those of rows behind these here.
    pub fn append(&mut self, later: &mut RejectedRecords) {
        let (text, cells, raw) = (self.text.len(), self.cells.len(), self.raw.len());
        let behind = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        for rejected in later.records.drain(..) {
            let layout = later.layouts.get(rejected.layout);
            let is_known =
                |layout: &&Layout| self.layouts.last().is_some_and(|last| last.is_of(layout.input, &layout.columns));
            if let Some(layout) = layout.filter(|layout| !is_known(layout)) {
                self.push_layout(layout.clone());
            }
            self.records.push(Rejected {
                text: behind(rejected.text, text),
                cells: behind(rejected.cells, cells),
                raw: behind(rejected.raw, raw),
                layout: self.layouts.len() - 1,
                ..rejected
            });
        }
        // The last is most likely that of its next rows.
        later.layouts.drain(..later.layouts.len().saturating_sub(1));
        self.text.push_str(&later.text);
        self.cells.extend_from_slice(&later.cells);
        self.raw.extend_from_slice(&later.raw);
        later.text.clear();
        later.text.shrink_to(USUAL);
        later.cells.clear();
        later.cells.shrink_to(USUAL);
        later.raw.clear();
        later.raw.shrink_to(USUAL);
    }

    fn push_layout(&mut self, layout: Layout) {
        let names = layout.columns.names().iter().map(|name| 2 * (name.len() + size_of::<String>()));
        self.bytes += names.sum::<usize>();
        self.layouts.push(layout);
    }

    /// The memory they take, in bytes.
    pub fn size(&self) -> usize {
        let rows = size_of::<Rejected>() * self.records.len() + size_of::<(u32, u32)>() * self.cells.len();
        rows + self.text.len() + self.raw.len() + self.bytes
    }

    /// Gives each row, in a row that is used again, the names of its columns, and why it is rejected.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn each<E>(&self, mut each: impl FnMut(&Row, &Columns, &Reject) -> Result<(), E>) -> Result<(), E> {
        let mut row = Row::default();
        for rejected in &self.records {
            let text = self.text.get(rejected.text.clone()).unwrap_or_default();
            let raw = self.raw.get(rejected.raw.clone()).unwrap_or_default();
            row.fill(text, self.cells.get(rejected.cells.clone()).unwrap_or_default());
            row.raw.clear();
            row.raw.extend_from_slice(raw);
            row.location = rejected.location;
            if let Some(layout) = self.layouts.get(rejected.layout) {
                each(&row, &layout.columns, &rejected.reject)?;
            }
        }
        Ok(())
    }
}
