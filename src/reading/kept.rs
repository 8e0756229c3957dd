//! Rows of a reading that are kept in memory, so that the inputs need not be read again for them.

use std::ops::ControlFlow;

use super::block::judge;
use super::{InputRead, Job, Judged, Read, Record, Step};
use crate::contact::FieldColumns;
use crate::row::{Reject, Row};
use crate::source::Columns;

/// Rows, in the order of their records once they are [sorted](KeptRows::sort).
#[derive(Debug, Default)]
pub struct KeptRows {
    rows: Vec<KeptRow>,
    layouts: Vec<Layout>,
    bytes: usize,
}

#[derive(Debug)]
struct KeptRow {
    row: Row,
    /// Why it cannot be sent; `None` where it can, or is skipped.
    reject: Option<Box<Reject>>,
    /// The number of its layout.
    layout: usize,
}

/// What the columns of an input were when a row was read. Only JSON adds to them meanwhile.
#[derive(Debug)]
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

/// Rows between two moments at which the reading may be ended.
const AT_ONCE: usize = 512;

impl KeptRows {
    /// Keeps a record as it was read.
    pub fn add(&mut self, record: &Record<'_>) {
        let Record { row, fields, columns, judged, before } = record;
        let reject = match judged {
            Judged::Contact(_) | Judged::Skipped => None,
            Judged::Invalid(reject) => Some(reject.clone()),
        };
        let input = row.location.input;
        let is_known = |layout: &Layout| layout.input == input && layout.columns.len() == columns.len();
        if !self.layouts.last().is_some_and(is_known) {
            self.bytes += columns.names().iter().map(|name| 2 * (name.len() + size_of::<String>())).sum::<usize>();
            self.layouts.push(Layout {
                input,
                before: *before,
                fields: (*fields).clone(),
                columns: (*columns).clone(),
            });
        }
        self.bytes += size_of::<KeptRow>() + row.size() + if reject.is_some() { size_of::<Reject>() } else { 0 };
        self.rows.push(KeptRow { row: (*row).clone(), reject, layout: self.layouts.len() - 1 });
    }

    /// Moves those of another list behind these.
    pub fn append(&mut self, others: &mut KeptRows) {
        let mut places = Vec::with_capacity(others.layouts.len());
        for layout in others.layouts.drain(..) {
            if !self.layouts.last().is_some_and(|last| last.is_like(&layout)) {
                self.layouts.push(layout);
            }
            places.push(self.layouts.len() - 1);
        }
        let placed =
            |kept: KeptRow| KeptRow { layout: places.get(kept.layout).copied().unwrap_or(kept.layout), ..kept };
        self.rows.extend(others.rows.drain(..).map(placed));
        self.bytes += std::mem::take(&mut others.bytes);
    }

    /// The memory they take, in bytes.
    pub fn size(&self) -> usize {
        self.bytes
    }

    /// Puts them in the order of their records.
    pub fn sort(&mut self) {
        self.rows.sort_by_key(|kept| kept.row.location.record);
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Reads them as [`Job::read_blocks`] would, in one thread; `inputs` is what is told of the inputs then.
    pub fn read_blocks<T: Default>(
        &self,
        job: &Job,
        inputs: &[InputRead],
        work: impl Fn(Record<'_>, &mut T),
        mut take: impl FnMut(&mut T, u64) -> ControlFlow<()>,
    ) -> Read {
        let mut made = T::default();
        self.read(job, inputs, |step| match step {
            Step::Record(record) => {
                work(record, &mut made);
                ControlFlow::Continue(())
            }
            Step::Bytes(bytes) => take(&mut made, bytes),
        })
    }

    /// Reads them as [`Job::read`] would; `inputs` is what is told of the inputs then.
    pub fn read(&self, job: &Job, inputs: &[InputRead], mut each: impl FnMut(Step<'_>) -> ControlFlow<()>) -> Read {
        for some in self.rows.chunks(AT_ONCE) {
            for KeptRow { row, reject, layout } in some {
                let (Some(layout), Some(input)) =
                    (self.layouts.get(*layout), job.inputs.get(row.location.input as usize))
                else {
                    continue;
                };
                let judged = match reject {
                    Some(reject) => Judged::Invalid(reject.clone()),
                    None => judge(row, input, &layout.fields, &input.rules),
                };
                let Layout { fields, columns, before, .. } = layout;
                let record = Record { row, fields, columns, judged, before: *before };
                if each(Step::Record(record)).is_break() {
                    return Read { inputs: Vec::new() };
                }
            }
            if each(Step::Bytes(0)).is_break() {
                return Read { inputs: Vec::new() };
            }
        }
        Read { inputs: inputs.to_vec() }
    }
}
