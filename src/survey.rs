//! The first reading: what is in the inputs, before anything is sent.
//!
//! It counts, judges, fingerprints and decides which row stands for each phone. `check` shows what it found and
//! goes no further.

mod marked;
mod names;
mod part;
mod people;
mod tally;
mod without_country;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::contact::Rules;
use crate::contact::phone::{self, Kind, Region};
use crate::dedupe::{DedupePlan, PhoneIndex};
use crate::reading::{InputRead, Job, Record};
use crate::row::{Code, Note, Notes, Reject};
use crate::source::{Columns, Error};

pub use marked::Marked;
pub use names::CommonName;
use part::{Part, Whole};
pub use people::{Everybody, People};
use without_country::WithoutCountry;

/// What a job's inputs hold.
#[derive(Debug, Default)]
pub struct Survey {
    /// Records taken, whatever they come to.
    pub read: u64,
    /// Rows that will not be sent.
    pub invalid: u64,
    /// Rows left out by `--only` or `--skip`.
    pub skipped: u64,
    /// Rejected rows by reason.
    pub reasons: BTreeMap<Code, u64>,
    /// The first rejected rows of each reason.
    pub examples: BTreeMap<Code, Vec<Example>>,
    without_country: WithoutCountry,
    /// What was noticed about valid rows.
    pub notes: BTreeMap<Note, u64>,
    /// Distinct valid phones by country.
    pub countries: BTreeMap<Region, u64>,
    /// Valid rows by the kind of their number.
    pub kinds: BTreeMap<Kind, u64>,
    /// Valid rows of which nothing but the default country says where the number is.
    pub by_default_country: u64,
    /// What the rows have and lack.
    pub everybody: Everybody,
    /// Which row stands for each phone.
    pub dedupe: DedupePlan,
    /// Size, fingerprint and number of records of each input.
    pub inputs: Vec<InputRead>,
}

/// A rejected row, to be shown.
#[derive(Debug, Clone)]
pub struct Example {
    /// The row and the reason.
    pub reject: Reject,
    /// The name of the column it is about.
    pub column: Option<String>,
}

/// Rows that have something in common: how many there are, and where the first stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// How many.
    pub count: u64,
    /// The lines of the first.
    pub lines: Vec<u64>,
}

impl Places {
    /// So many lines are kept.
    const FIRST: usize = 3;

    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < Self::FIRST {
            self.lines.push(line);
        }
    }

    /// Adds those of rows behind these.
    fn append(&mut self, later: Places) {
        self.count += later.count;
        self.lines.extend(later.lines.into_iter().take(Self::FIRST - self.lines.len()));
    }
}

/// How many rejected rows of each reason are kept to be shown.
pub const EXAMPLES: usize = 2;

/// Another look at the records of a survey, a block at a time and on any thread.
pub trait Look: Sync {
    /// What is found of the records of a block; used again when it is empty.
    type Found: Default;

    /// The next record of a block.
    fn look(&self, record: &Record<'_>, found: &mut Self::Found);

    /// The block has no more. `numbers` gets the number of each contact's phone, in order, if phones have numbers: one that has one has
    /// it in all blocks.
    fn finish(&self, found: &mut Self::Found, numbers: &mut Vec<Option<u32>>);
}

/// No look.
impl Look for () {
    type Found = ();

    fn look(&self, _: &Record<'_>, (): &mut ()) {}

    fn finish(&self, (): &mut (), _: &mut Vec<Option<u32>>) {}
}

impl Survey {
    /// Reads the job once; its phones go into an index that is still empty. `progress` hears how many raw bytes have been
    /// read and ends the survey by breaking; then there is none.
    ///
    /// # Errors
    /// An input cannot be read to its end as what it was taken for, or holds more phones than fit into memory and the
    /// temporary folder.
    pub fn make(
        job: &Job,
        index: PhoneIndex,
        progress: impl FnMut(u64) -> ControlFlow<()> + Send,
    ) -> Result<Option<Survey>, Error> {
        Survey::make_beside(job, index, progress, &(), |_| {})
    }

    /// The same, with another look at each record; `settle` gets what it found in the order of the input, and empties it.
    ///
    /// # Errors
    /// As [`make`](Survey::make).
    pub fn make_beside<L: Look>(
        job: &Job,
        index: PhoneIndex,
        mut progress: impl FnMut(u64) -> ControlFlow<()> + Send,
        beside: &L,
        mut settle: impl FnMut(&mut L::Found) + Send,
    ) -> Result<Option<Survey>, Error> {
        let mut whole = Whole::new(index);
        let (mut is_stopped, mut failed) = (false, None);
        let read = job.read_whole_blocks(
            |record, (part, found): &mut (Part, L::Found)| {
                beside.look(&record, found);
                part.add(&record, job);
            },
            |(part, found)| beside.finish(found, &mut part.numbers),
            |(part, found), bytes| {
                settle(found);
                failed = whole.append(part).err();
                is_stopped = progress(bytes).is_break();
                if is_stopped || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        )?;
        match failed {
            Some(failed) => Err(failed.of(job)),
            None if is_stopped => Ok(None),
            None => whole.finish(job, read.inputs).map(Some),
        }
    }

    fn note(&mut self, notes: Notes) {
        // Most rows have none, which is known at one look.
        if !notes.is_empty() {
            notes.iter().for_each(|note| *self.notes.entry(note).or_default() += 1);
        }
    }

    fn reject(&mut self, reject: &Reject, columns: &Columns) {
        self.invalid += 1;
        self.without_country.add(reject);
        *self.reasons.entry(reject.code).or_default() += 1;
        let examples = self.examples.entry(reject.code).or_default();
        if examples.len() < EXAMPLES {
            let column = reject.column.and_then(|column| columns.name(column as usize)).map(str::to_owned);
            examples.push(Example { reject: reject.clone(), column });
        }
    }

    /// Adds what rows behind these were found to be; their phones apart.
    fn append(&mut self, later: Survey) {
        self.read += later.read;
        self.invalid += later.invalid;
        self.skipped += later.skipped;
        self.by_default_country += later.by_default_country;
        for (code, rows) in later.reasons {
            *self.reasons.entry(code).or_default() += rows;
        }
        for (note, rows) in later.notes {
            *self.notes.entry(note).or_default() += rows;
        }
        for (code, examples) in later.examples {
            let known = self.examples.entry(code).or_default();
            known.extend(examples.into_iter().take(EXAMPLES - known.len()));
        }
        self.without_country.append(later.without_country);
        self.everybody.append(later.everybody);
    }

    /// Rows were counted by country; what is wanted are people.
    fn count_people(&mut self, rules: &Rules) {
        for (phone, duplicates, _) in self.dedupe.repeated() {
            let reading = phone::read("", &phone.to_string(), None, &rules.phone);
            if let Some(rows) = reading.ok().and_then(|reading| self.countries.get_mut(&reading.region)) {
                *rows = rows.saturating_sub(duplicates);
            }
        }
        self.countries.retain(|_, people| *people > 0);
    }

    /// Of the first 1,000 numbers of which nothing says the country: how many are valid where this is the default, and how
    /// many there are.
    pub fn valid_with_default(&self, region: Region, rules: &phone::Rules) -> (u64, u64) {
        self.without_country.valid_in(region, rules)
    }

    /// The number of contacts to be sent.
    pub fn contacts(&self) -> u64 {
        self.dedupe.contacts()
    }

    /// Records of all inputs, those of other shards too: the highest record number.
    pub fn records(&self) -> u64 {
        self.inputs.iter().map(|input| input.records).sum()
    }

    /// Raw bytes of all inputs.
    pub fn bytes(&self) -> u64 {
        self.inputs.iter().map(|input| input.digest.bytes).sum()
    }
}
