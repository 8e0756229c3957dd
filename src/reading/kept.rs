//! Rows of a reading that are kept in memory, so that the inputs need not be read again for them.

use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};

use super::block::judge;
use super::ordered::in_order;
use super::{InputRead, Job, Judged, Read, Record, Step, Unjudged};
use crate::contact::FieldColumns;
use crate::row::{Location, Reject, Row};
use crate::source::Columns;

/// Rows, in the order of their records once they are [sorted](KeptRows::sort).
#[derive(Debug, Default)]
pub struct KeptRows {
    rows: Vec<KeptRow>,
    layouts: Vec<Layout>,
    /// What the rows hold, one after another: memory for each of its own would cost more than to read it again.
    text: String,
    cells: Vec<(u32, u32)>,
    raw: Vec<u8>,
    /// What the layouts take, in bytes.
    bytes: usize,
}

#[derive(Debug, Clone)]
struct KeptRow {
    location: Location,
    text: Range<usize>,
    cells: Range<usize>,
    raw: Range<usize>,
    /// Why it cannot be sent; `None` where it can, or is skipped.
    reject: Option<Box<Reject>>,
    /// The number of its layout.
    layout: usize,
    /// Whether nothing of it is to be sent any more.
    is_settled: bool,
}

/// What the columns of an input were when a row was read. Only JSON adds to them meanwhile.
#[derive(Debug, Clone)]
struct Layout {
    input: u32,
    /// How many records of the job stand before the input.
    before: u64,
    fields: FieldColumns,
    columns: Columns,
}

impl Layout {
    /// Whether it is the same at a later moment.
    fn is_like(&self, later: &Layout) -> bool {
        self.input == later.input && self.columns.len() == later.columns.len()
    }
}

/// Rows in a block, after which the reading may be ended: threads that wait for each other's blocks lose more time than these take.
const AT_ONCE: usize = 2_048;

/// The memory for the rows of a block that is kept for the next, in bytes; a few rows can be far larger than usual.
const USUAL: usize = 64 << 10;

impl KeptRows {
    /// Keeps a record as it was read.
    pub fn add(&mut self, record: &Record<'_>) {
        let Record { row, fields, columns, judged, before } = record;
        let reject = match judged {
            Judged::Contact(_) | Judged::Skipped => None,
            Judged::Invalid(reject) => Some(reject.clone()),
        };
        self.keep(Unjudged { row, fields, columns, before: *before }, reject);
    }

    /// Keeps a record that can be sent, or is skipped.
    pub fn add_unjudged(&mut self, record: Unjudged<'_>) {
        self.keep(record, None);
    }

    fn keep(&mut self, record: Unjudged<'_>, reject: Option<Box<Reject>>) {
        let Unjudged { row, fields, columns, before } = record;
        let input = row.location.input;
        let is_known = |layout: &Layout| layout.input == input && layout.columns.len() == columns.len();
        if !self.layouts.last().is_some_and(is_known) {
            self.push_layout(Layout { input, before, fields: fields.clone(), columns: columns.clone() });
        }
        let (text, cells) = row.parts();
        let from = (self.text.len(), self.cells.len(), self.raw.len());
        self.text.push_str(text);
        self.cells.extend_from_slice(cells);
        self.raw.extend_from_slice(&row.raw);
        self.rows.push(KeptRow {
            location: row.location,
            text: from.0..self.text.len(),
            cells: from.1..self.cells.len(),
            raw: from.2..self.raw.len(),
            reject,
            layout: self.layouts.len() - 1,
            is_settled: false,
        });
    }

    /// Moves those of another list behind these, in the order of their records.
    pub fn append(&mut self, others: &mut KeptRows) {
        others.sort();
        let (text, cells, raw) = (self.text.len(), self.cells.len(), self.raw.len());
        let behind = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        let mut last = None;
        for kept in others.rows.drain(..) {
            let layout = others.layouts.get(kept.layout).filter(|_| last != Some(kept.layout));
            if let Some(layout) = layout.filter(|layout| !self.layouts.last().is_some_and(|last| last.is_like(layout)))
            {
                self.push_layout(layout.clone());
            }
            last = Some(kept.layout);
            self.rows.push(KeptRow {
                text: behind(kept.text, text),
                cells: behind(kept.cells, cells),
                raw: behind(kept.raw, raw),
                layout: self.layouts.len() - 1,
                ..kept
            });
        }
        // The last is most likely that of its next rows.
        others.layouts.drain(..others.layouts.len().saturating_sub(1));
        self.text.push_str(&others.text);
        self.cells.extend_from_slice(&others.cells);
        self.raw.extend_from_slice(&others.raw);
        others.text.clear();
        others.text.shrink_to(USUAL);
        others.cells.clear();
        others.cells.shrink_to(USUAL);
        others.raw.clear();
        others.raw.shrink_to(USUAL);
    }

    fn push_layout(&mut self, layout: Layout) {
        let names = layout.columns.names().iter().map(|name| 2 * (name.len() + size_of::<String>()));
        self.bytes += names.sum::<usize>();
        self.layouts.push(layout);
    }

    /// The memory they take, in bytes.
    pub fn size(&self) -> usize {
        let rows = size_of::<KeptRow>() * self.rows.len() + size_of::<(u32, u32)>() * self.cells.len();
        rows + self.text.len() + self.raw.len() + self.bytes
    }

    /// Puts them in the order of their records.
    pub fn sort(&mut self) {
        self.rows.sort_by_key(|kept| kept.location.record);
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Nothing but these records, which are in order, is to be sent: all others are settled.
    pub fn settle_all_but(&mut self, records: &[u64]) {
        let mut open = records.iter().copied().peekable();
        for kept in &mut self.rows {
            while open.next_if(|open| *open < kept.location.record).is_some() {}
            kept.is_settled = open.next_if_eq(&kept.location.record).is_none();
        }
    }

    /// Reads them as [`Job::read_blocks`] would; `inputs` is what is told of the inputs then.
    pub fn read_blocks<T: Default>(
        &self,
        which: Which,
        job: &Job,
        inputs: &[InputRead],
        work: impl Fn(Record<'_>, &mut T) + Sync,
        mut take: impl FnMut(&mut T, u64) -> ControlFlow<()> + Send,
    ) -> Read {
        let rows: Vec<&KeptRow> = self.rows.iter().filter(|kept| which.has(kept)).collect();
        let mut blocks = rows.chunks(AT_ONCE);
        let threads = NonZeroUsize::new(blocks.len()).map_or(NonZeroUsize::MIN, |blocks| blocks.min(job.threads));
        let mut is_ended = false;
        in_order(
            threads,
            |(rows, ..): &mut (&[&KeptRow], Row, T)| match blocks.next() {
                Some(next) => {
                    *rows = next;
                    true
                }
                None => false,
            },
            |(rows, row, made)| {
                for kept in *rows {
                    if let Some(record) = self.record(kept, job, row) {
                        work(record, made);
                    }
                }
            },
            |(.., made)| {
                is_ended |= take(made, 0).is_break();
                if is_ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        Read { inputs: if is_ended { Vec::new() } else { inputs.to_vec() } }
    }

    /// Reads them as [`Job::read`] would.
    pub fn read(&self, job: &Job, mut each: impl FnMut(Step<'_>) -> ControlFlow<()>) {
        let mut row = Row::default();
        for kept in &self.rows {
            if self.record(kept, job, &mut row).is_some_and(|record| each(Step::Record(record)).is_break()) {
                return;
            }
        }
    }

    /// A record as it was read, in a row that is used again.
    fn record<'r>(&'r self, kept: &KeptRow, job: &'r Job, row: &'r mut Row) -> Option<Record<'r>> {
        let (layout, input) = (self.layouts.get(kept.layout)?, job.inputs.get(kept.location.input as usize)?);
        row.fill(self.text.get(kept.text.clone())?, self.cells.get(kept.cells.clone())?);
        row.raw.clear();
        row.raw.extend_from_slice(self.raw.get(kept.raw.clone())?);
        row.location = kept.location;
        let judged = match &kept.reject {
            Some(reject) => Judged::Invalid(reject.clone()),
            None => judge(row, input, &layout.fields, &input.rules),
        };
        let Layout { fields, columns, before, .. } = layout;
        Some(Record { row, fields, columns, judged, before: *before })
    }
}

/// Which rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that are kept.
    All,
    /// Those that can be sent, and such as are skipped.
    Sendable,
    /// Of these, those that hold something of a contact which is still to be sent.
    Open,
}

impl Which {
    fn has(self, kept: &KeptRow) -> bool {
        match self {
            Which::All => true,
            Which::Sendable => kept.reject.is_none(),
            Which::Open => kept.reject.is_none() && !kept.is_settled,
        }
    }
}
