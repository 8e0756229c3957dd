//! One reading of a job's inputs: every record once, in order, filtered and judged.
//!
//! The survey, the sending and the reports all read through here, so that the same input and the same plan give
//! them the same entries (law 6 of CONTRIBUTING.md). Rows are read in blocks, one after another; blocks are judged side by side
//! on several threads, and what comes of them is joined in the order of the input.

mod block;
mod ordered;
mod rejected;

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::str::FromStr;

pub use ordered::in_order;
pub use rejected::RejectedRecords;

use block::{Block, Reader};

use crate::contact::{Contact, FieldColumns, Rules};
use crate::row::{Reject, Row};
use crate::source::{Columns, Digest, Error, Notice};
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
    /// How many threads read and judge; the entries are the same whatever it is.
    pub threads: NonZeroUsize,
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

/// A record of a reading. The row is lent.
pub struct Record<'r> {
    /// As it was read.
    pub row: &'r Row,
    /// Which of its columns is which field.
    pub fields: &'r FieldColumns,
    /// The names of its columns.
    pub columns: &'r Columns,
    /// What it comes to.
    pub judged: Judged<'r>,
    /// How many records of the job stand before its input.
    pub before: u64,
}

/// One step of a reading, one record after another.
pub enum Step<'r> {
    /// A record.
    Record(Record<'r>),
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

    /// Reads all inputs once, on all threads of the job. `work` gets the records of a block, in order, and puts what it makes of
    /// them into the block's own `T`, which is empty before; several blocks are worked on at once. `take` gets what was made of
    /// them in the order of the input, with the number of raw bytes read so far, and empties it: it is used again. It ends the
    /// reading by breaking; the inputs then have no fingerprint.
    ///
    /// # Errors
    /// An input can no longer be read as what it was taken for.
    pub fn read_blocks<T: Default>(
        &self,
        work: impl Fn(Record<'_>, &mut T) + Sync,
        take: impl FnMut(&mut T, u64) -> ControlFlow<()> + Send,
    ) -> Result<Read, Error> {
        self.read_whole_blocks(work, |_| {}, take)
    }

    /// The same; `done` gets what was made of the records of a block when `work` has had all of them.
    ///
    /// # Errors
    /// As [`read_blocks`](Job::read_blocks).
    pub fn read_whole_blocks<T: Default>(
        &self,
        work: impl Fn(Record<'_>, &mut T) + Sync,
        done: impl Fn(&mut T) + Sync,
        mut take: impl FnMut(&mut T, u64) -> ControlFlow<()> + Send,
    ) -> Result<Read, Error> {
        let mut reader = Reader::new(self);
        let mut read = Ok(Read { inputs: Vec::new() });
        in_order(
            self.threads,
            |(block, _): &mut (Block<'_>, T)| reader.fill(block),
            |(block, made)| {
                block.judge_all(self, |record| work(record, made));
                done(made);
            },
            |(block, made)| block.finish(&mut read, |bytes| take(made, bytes)),
        );
        read
    }

    /// Reads all inputs once, one record after another on the calling thread. `each` ends the reading by breaking.
    ///
    /// # Errors
    /// As [`read_blocks`](Job::read_blocks).
    pub fn read(&self, each: impl FnMut(Step<'_>) -> ControlFlow<()>) -> Result<Read, Error> {
        self.read_only(|_| true, each)
    }

    /// The same, with the records that are not wanted passed over: they are not judged.
    ///
    /// # Errors
    /// As [`read_blocks`](Job::read_blocks).
    pub fn read_only(
        &self,
        mut is_wanted: impl FnMut(u64) -> bool,
        mut each: impl FnMut(Step<'_>) -> ControlFlow<()>,
    ) -> Result<Read, Error> {
        let mut reader = Reader::new(self);
        let mut read = Ok(Read { inputs: Vec::new() });
        let mut block = Block::default();
        while reader.fill(&mut block) {
            if block.judge(self, &mut is_wanted, |record| each(Step::Record(record))).is_break()
                || block.finish(&mut read, |bytes| each(Step::Bytes(bytes))).is_break()
            {
                break;
            }
        }
        read
    }
}
