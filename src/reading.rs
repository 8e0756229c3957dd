//! One reading of a job's inputs: every record once, in order, filtered and judged.
//!
//! The survey, the sending and the reports all read through here, so that the same input and the same plan give
//! them the same entries (law 6 of CONTRIBUTING.md). Splitting bytes into rows and judging rows go on side by side
//! in two threads; what is told is told in the order of the input.

mod kept;

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::mpsc;
use std::thread;

pub use kept::KeptRows;

use crate::contact::{Contact, FieldColumns, Rules};
use crate::row::{Field, Location, Reject, Row};
use crate::source::{Columns, Digest, Error, Notice, RowError, Rows};
use crate::understanding::Understanding;

/// Everything that decides which entries a reading gives.
pub struct Job {
    /// The inputs, in order.
    pub inputs: Vec<Understanding>,
    /// What is believed of a row of no input in particular.
    pub rules: Rules,
    /// Only so many records are taken, from the first.
    pub limit: Option<u64>,
    /// Only the records of this shard are taken.
    pub shard: Shard,
}

/// A part of the records that can be told without talking to whoever reads the others: shard K of N.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `of`.
    pub number: u64,
    /// How many there are.
    pub of: u64,
}

impl Default for Shard {
    fn default() -> Self {
        Shard { number: 1, of: 1 }
    }
}

impl Shard {
    /// As `2/8`; `None` where it is everything.
    pub fn part(self) -> Option<String> {
        (self.of > 1).then(|| self.to_string())
    }

    /// Whether a record belongs to it: by the phone's E.164 number where there is one, else by the record's own.
    fn has(self, judged: &Judged<'_>, record: u64) -> bool {
        let key = match judged {
            Judged::Contact(contact) => contact.phone.get(),
            Judged::Invalid(_) | Judged::Skipped => record,
        };
        self.of == 1 || key % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (text, first) = match text.trim().strip_prefix("index:") {
            Some(index) => (index, 1_u64),
            None => (text, 0),
        };
        let parsed = text.split_once('/').and_then(|(number, of)| {
            let number = number.trim().parse::<u64>().ok()?.checked_add(first)?;
            let shard = Shard { number, of: of.trim().parse().ok()? };
            (1..=shard.of).contains(&shard.number).then_some(shard)
        });
        parsed.ok_or_else(|| {
            "is neither K/N with K from 1 to N, such as 2/8, nor index:I/N with I from 0, such as index:1/8".to_owned()
        })
    }
}

/// What a record comes to, by itself.
pub enum Judged<'r> {
    /// A person who can be sent.
    Contact(Contact<'r>),
    /// Not to be sent, and why.
    Invalid(Box<Reject>),
    /// Left out by `--only` or `--skip`.
    Skipped,
}

/// One step of a reading.
pub enum Step<'r> {
    /// A record. The row is lent.
    Record {
        /// As it was read.
        row: &'r Row,
        /// Which of its columns is which field.
        fields: &'r FieldColumns,
        /// The names of its columns.
        columns: &'r Columns,
        /// What it comes to.
        judged: Judged<'r>,
    },
    /// So many raw bytes of the job have been read.
    Bytes(u64),
}

/// How a reading ended that was not broken off by an error.
pub struct Read {
    /// Of each input: what it was, byte for byte. Shorter than the inputs if the reading was ended early.
    pub inputs: Vec<InputRead>,
}

/// What was read of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRead {
    /// Size and fingerprint of the raw input.
    pub digest: Digest,
    /// How many records were taken from it.
    pub records: u64,
    /// What was noticed in these records.
    pub notices: Vec<Notice>,
}

impl Job {
    /// The name of the first input of which two readings have not seen the same; `None` where there is none.
    pub fn changed_input(&self, first: &[InputRead], again: &[InputRead]) -> Option<&str> {
        let mut inputs = self.inputs.iter().enumerate();
        let changed = inputs.find(|(number, _)| first.get(*number) != again.get(*number));
        changed.map(|(_, input)| input.source.input().name())
    }

    /// Reads all inputs once. `each` ends the reading by breaking; the inputs then have no fingerprint.
    ///
    /// # Errors
    /// An input can no longer be read as what it was taken for.
    pub fn read(&self, each: impl FnMut(Step<'_>) -> ControlFlow<()>) -> Result<Read, Error> {
        self.read_only(|_| true, each)
    }

    /// The same, with the records that are not wanted passed over: they are not judged.
    ///
    /// # Errors
    /// As [`read`](Job::read).
    pub fn read_only(
        &self,
        mut is_wanted: impl FnMut(u64) -> bool,
        mut each: impl FnMut(Step<'_>) -> ControlFlow<()>,
    ) -> Result<Read, Error> {
        let mut read = Read { inputs: Vec::new() };
        let (mut record, mut bytes) = (0_u64, 0_u64);
        for (number, input) in self.inputs.iter().enumerate() {
            let left = self.limit.map(|limit| limit.saturating_sub(record));
            let rows = input.source.rows()?;
            let first = record;
            let mut mapping = input.mapping.clone();
            let mut columns = rows.columns();
            let (blocks_in, blocks) = mpsc::sync_channel::<Block>(BLOCKS_UNDER_WAY);
            let (used_in, used) = mpsc::channel::<Block>();
            let ended = thread::scope(|scope| {
                let reader = scope.spawn(move || read_blocks(rows, left, &blocks_in, &used));
                for mut block in blocks {
                    if !block.grown.is_empty() {
                        columns.extend(block.grown.drain(..));
                        mapping.extend(&columns);
                    }
                    let columns = &columns;
                    let mut faults = block.faults.iter().peekable();
                    for (at, row) in block.rows.iter_mut().take(block.len).enumerate() {
                        let fault = faults.next_if(|(broken, _)| *broken == at).map(|(_, fault)| fault);
                        record += 1;
                        if !is_wanted(record) {
                            continue;
                        }
                        row.location = Location { input: number as u32, record, line: row.location.line };
                        let fields = mapping.fields();
                        let judged = judge(row, fault, input, fields, &input.rules);
                        if !self.shard.has(&judged, record) {
                            continue;
                        }
                        if each(Step::Record { row, fields, columns, judged }).is_break() {
                            return Ok(None); // Dropping the receiver tells the reader to stop.
                        }
                    }
                    if each(Step::Bytes(bytes + block.bytes)).is_break() {
                        return Ok(None);
                    }
                    // The reader may have ended; then the block is not wanted any more.
                    let _unwanted = used_in.send(block);
                }
                match reader.join() {
                    Ok(ended) => ended,
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            });
            let Some((digest, notices)) = ended? else {
                return Ok(read);
            };
            bytes += digest.bytes;
            read.inputs.push(InputRead { digest, records: record - first, notices });
        }
        Ok(read)
    }
}

fn judge<'r>(
    row: &'r Row,
    fault: Option<&BrokenRow>,
    input: &Understanding,
    fields: &'r FieldColumns,
    rules: &'r Rules,
) -> Judged<'r> {
    if let Some(broken) = fault {
        return Judged::Invalid(Box::new(Reject {
            location: row.location,
            code: broken.code,
            field: Field::Row,
            column: broken.column,
            value: String::new(),
            detail: broken.detail.clone(),
            suggestions: Vec::new(),
        }));
    }
    if !input.filter.keeps(row) {
        return Judged::Skipped;
    }
    match Contact::from_row(row, fields, rules) {
        Ok(contact) => Judged::Contact(contact),
        Err(reject) => Judged::Invalid(reject),
    }
}

/// Rows on their way from the thread that splits to the one that judges; used again and again.
#[derive(Default)]
struct Block {
    rows: Vec<Row>,
    /// Which of the rows cannot be read, in order, and why.
    faults: Vec<(usize, BrokenRow)>,
    len: usize,
    /// The names of columns that were met first in these rows.
    grown: Vec<String>,
    bytes: u64,
}

struct BrokenRow {
    code: crate::row::Code,
    column: Option<u32>,
    detail: String,
}

/// Rows in a block: enough that handing over costs nothing, few enough to stay in the cache.
const BLOCK: usize = 512;
/// A block is also full at so many bytes, whatever the rows: with `Row::shrink` it bounds the memory of huge rows.
const BLOCK_BYTES: usize = 256 << 10;
const BLOCKS_UNDER_WAY: usize = 4;

fn read_blocks(
    mut rows: Rows,
    limit: Option<u64>,
    blocks: &mpsc::SyncSender<Block>,
    used: &mpsc::Receiver<Block>,
) -> Result<Option<(Digest, Vec<Notice>)>, Error> {
    let mut left = limit.unwrap_or(u64::MAX);
    let mut known = rows.columns().len();
    let mut ended = false;
    while !ended && left > 0 {
        let mut block = used.try_recv().unwrap_or_default();
        let mut bytes = 0;
        block.len = 0;
        block.faults.clear();
        // Otherwise each row would in time be as large as the largest that ever stood in its place.
        block.rows.iter_mut().for_each(Row::shrink);
        while block.len < BLOCK && bytes < BLOCK_BYTES && left > 0 {
            let end = BLOCK.min(block.len + usize::try_from(left).unwrap_or(BLOCK));
            block.rows.resize_with(block.rows.len().max(end), Row::default);
            let free = block.rows.get_mut(block.len..end).unwrap_or_default();
            let count = match rows.read_batch(free) {
                0 => {
                    let Some(row) = free.first_mut() else { break };
                    match rows.next(row) {
                        Ok(true) => {}
                        Ok(false) => {
                            ended = true;
                            break;
                        }
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
            left -= count as u64;
        }
        let grown = rows.new_columns(known);
        known += grown.len();
        block.grown.extend_from_slice(grown);
        block.bytes = rows.bytes_read();
        if blocks.send(block).is_err() {
            return Ok(None); // Nobody listens any more.
        }
    }
    let notices = rows.notices().to_vec();
    Ok(Some((rows.digest()?, notices)))
}
