//! The inputs of a job as blocks of rows, and the rows of a block judged.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{InputRead, Job, Judged, Read, Record};
use crate::contact::{Contact, FieldColumns, Rules};
use crate::mapping::Mapping;
use crate::row::{Code, Field, Location, Reject, Row};
use crate::source::{Columns, Error, RowError, Rows};
use crate::understanding::Understanding;

/// Rows in a block: enough that handing over costs nothing, few enough to stay in the cache.
const BLOCK: usize = 512;
/// A block is also full at so many bytes, whatever the rows: with `Row::shrink` it bounds the memory of huge rows.
const BLOCK_BYTES: usize = 256 << 10;

/// Consecutive rows of one input; used again and again.
#[derive(Default)]
pub(super) struct Block<'j> {
    rows: Vec<Row>,
    /// How many of the rows are of this block.
    len: usize,
    /// Which of the rows cannot be read, in order, and why.
    faults: Vec<(usize, BrokenRow)>,
    /// Of which input they are, and what its columns are.
    of: Option<(&'j Understanding, Arc<Layout>)>,
    /// How many records of the job stand before the input.
    before: u64,
    /// How many bytes of the job have been read with them.
    pub bytes: u64,
    /// How its input ended, where they are the last.
    end: Option<Result<InputRead, Error>>,
}

struct BrokenRow {
    code: Code,
    column: Option<u32>,
    detail: String,
}

/// What the columns of an input are. Only JSON adds to them while it is read.
#[derive(Clone)]
struct Layout {
    mapping: Mapping,
    columns: Columns,
}

/// The inputs of a job, read one after another.
pub(super) struct Reader<'j> {
    job: &'j Job,
    open: Option<OpenInput<'j>>,
    /// How many inputs were begun.
    begun: usize,
    /// How many records were read.
    records: u64,
    /// The size of all inputs that were read to their end.
    bytes: u64,
    is_broken: bool,
}

/// The input that is being read.
struct OpenInput<'j> {
    input: &'j Understanding,
    rows: Rows,
    layout: Arc<Layout>,
    /// How many records stand before it.
    before: u64,
}

impl<'j> Reader<'j> {
    pub fn new(job: &'j Job) -> Reader<'j> {
        Reader { job, open: None, begun: 0, records: 0, bytes: 0, is_broken: false }
    }

    /// Fills the block with the rows that come next; false where there is nothing left. What ends the reading is an end of the
    /// block.
    pub fn fill(&mut self, block: &mut Block<'j>) -> bool {
        block.len = 0;
        block.faults.clear();
        block.of = None;
        // Otherwise each row would in time be as large as the largest that ever stood in its place.
        block.rows.iter_mut().for_each(Row::shrink);
        if self.is_broken || self.open.is_none() && self.begun == self.job.inputs.len() {
            return false;
        }
        if let Err(error) = self.read(block) {
            self.is_broken = true;
            block.len = 0;
            block.end = Some(Err(error));
        }
        true
    }

    fn read(&mut self, block: &mut Block<'j>) -> Result<(), Error> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let Some(input) = self.job.inputs.get(self.begun) else { return Ok(()) };
                self.begun += 1;
                let rows = input.source.rows()?;
                let layout = Arc::new(Layout { mapping: input.mapping.clone(), columns: rows.columns() });
                OpenInput { input, rows, layout, before: self.records }
            }
        };
        let left = self.job.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.records));
        let is_end = read_rows(&mut open.rows, left, block)? || left == block.len as u64;
        let input = (self.begun - 1) as u32;
        for row in block.rows.iter_mut().take(block.len) {
            self.records += 1;
            row.location = Location { input, record: self.records, line: row.location.line };
        }
        let grown = open.rows.new_columns(open.layout.columns.len());
        if !grown.is_empty() {
            // Other blocks may still use the columns as they were.
            let layout = Arc::make_mut(&mut open.layout);
            layout.columns.extend(grown.iter().cloned());
            layout.mapping.extend(&layout.columns);
        }
        block.of = Some((open.input, Arc::clone(&open.layout)));
        block.before = open.before;
        block.bytes = self.bytes + open.rows.bytes_read();
        if is_end {
            let notices = open.rows.notices().to_vec();
            // Reads what a limit leaves. An error there comes after the rows.
            let digest = open.rows.digest();
            self.is_broken = digest.is_err();
            self.bytes += digest.as_ref().map_or(0, |digest| digest.bytes);
            let records = self.records - open.before;
            block.end = Some(digest.map(|digest| InputRead { digest, records, notices }));
        } else {
            self.open = Some(open);
        }
        Ok(())
    }
}

/// Reads so many rows at most into the block, and says whether the input has no more.
fn read_rows(rows: &mut Rows, left: u64, block: &mut Block<'_>) -> Result<bool, Error> {
    let most = BLOCK.min(usize::try_from(left).unwrap_or(BLOCK));
    let mut bytes = 0;
    while block.len < most && bytes < BLOCK_BYTES {
        block.rows.resize_with(block.rows.len().max(most), Row::default);
        let free = block.rows.get_mut(block.len..most).unwrap_or_default();
        let count = match rows.read_batch(free) {
            0 => {
                let Some(row) = free.first_mut() else { break };
                match rows.next(row) {
                    Ok(true) => {}
                    Ok(false) => return Ok(true),
                    Err(RowError::Reject { line, code, column, detail }) => {
                        row.location.line = line;
                        block.faults.push((block.len, BrokenRow { code, column, detail }));
                    }
                    Err(RowError::Fatal(kind)) => return Err(kind.in_input(rows.input().name())),
                }
                1
            }
            count => count,
        };
        bytes += free.iter().take(count).map(Row::size).sum::<usize>();
        block.len += count;
    }
    Ok(false)
}

impl Block<'_> {
    /// Lets `take` have what came of its rows, in its turn. What ends the reading goes into `read`.
    pub fn finish(
        &mut self,
        read: &mut Result<Read, Error>,
        take: impl FnOnce(u64) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let end = self.end.take();
        if self.len > 0 || !matches!(end, Some(Err(_))) {
            take(self.bytes)?;
        }
        match (end, read.as_mut()) {
            (Some(Ok(input)), Ok(read)) => read.inputs.push(input),
            (Some(Err(error)), _) => *read = Err(error),
            _ => {}
        }
        if read.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Judges all of its rows that are of the shard, in order.
    pub fn judge_all(&self, job: &Job, mut each: impl FnMut(Record<'_>)) {
        // It never breaks.
        let _all = self.judge(
            job,
            |_| true,
            |record| {
                each(record);
                ControlFlow::Continue(())
            },
        );
    }

    /// Judges those of its rows that are wanted and of the shard, in order, until `each` ends it by breaking.
    pub fn judge(
        &self,
        job: &Job,
        mut is_wanted: impl FnMut(u64) -> bool,
        mut each: impl FnMut(Record<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((input, layout)) = &self.of else { return ControlFlow::Continue(()) };
        let (fields, columns) = (layout.mapping.fields(), &layout.columns);
        let mut faults = self.faults.iter().peekable();
        for (at, row) in self.rows.iter().take(self.len).enumerate() {
            let fault = faults.next_if(|(broken, _)| *broken == at).map(|(_, fault)| fault);
            if !is_wanted(row.location.record) {
                continue;
            }
            let judged = match fault {
                Some(fault) => Judged::Invalid(Box::new(fault.reject(row.location))),
                None => judge(row, input, fields, &input.rules),
            };
            if job.shard.has(&judged, row.location.record) {
                each(Record { row, fields, columns, judged, before: self.before })?;
            }
        }
        ControlFlow::Continue(())
    }
}

impl BrokenRow {
    fn reject(&self, location: Location) -> Reject {
        Reject {
            location,
            code: self.code,
            field: Field::Row,
            column: self.column,
            value: String::new(),
            detail: self.detail.clone(),
            suggestions: Vec::new(),
        }
    }
}

/// What a row comes to that could be read.
fn judge<'r>(row: &'r Row, input: &Understanding, fields: &'r FieldColumns, rules: &'r Rules) -> Judged<'r> {
    if !input.filter.keeps(row) {
        return Judged::Skipped;
    }
    match Contact::from_row(row, fields, rules) {
        Ok(contact) => Judged::Contact(contact),
        Err(reject) => Judged::Invalid(reject),
    }
}
