//! The run's memory on disk: which records are settled, so that the same command resumes where it stopped.
//!
//! An append-only text file. It may lag behind the server, never lead it: a record is written as accepted only after a
//! readable yes. It holds record numbers and the server's reasons, no token and no personal value. It is the first
//! listener, and the only one whose failure ends the run. Reports are made from it and the input, never the other way.

mod disk;
mod error;
mod line;
mod load;
mod lock;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use disk::{Disk, Writer};
pub use error::Error;
use line::{JournalLine, Seal, VERSION, pairs};
use load::load;
pub use lock::Lock;

use crate::event::Event;
use crate::folder::{Folder, JOURNAL, PreviousJob, publish};
use crate::outcome::{Failure, Outcome, RowStatus, Settlement, StatusMap};
use crate::platform::OpenMode;
use crate::row::masked_within;
use crate::user_key::UserKey;

/// The highest number of a request that is believed: the next run counts on from it.
const MOST_REQUESTS: u64 = u64::MAX / 2;
/// The longest line that is read: far more than the ranges of the largest batch need.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Which job a journal is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The job's name, in the ids of its requests.
    pub job: String,
    /// Its inputs, in order.
    pub inputs: Vec<InputFingerprint>,
    /// A hash of all settings that decide what is sent.
    pub plan: String,
    /// The settings among them that were chosen: their names, with a keyed hash of their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// Which part of the records it takes, as `2/8`; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shard: String,
    /// Where it is sent to; the word `sandbox` for a sandbox of our own.
    pub endpoint: String,
    /// A keyed hash of the endpoint's query; empty without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// A keyed hash of the account that contacts are sent to; empty for a sandbox of our own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// The job that was in the results folder before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousJob>,
    /// The file of `--only-changed` that the job was begun with, by a name that only this file has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// An input, by what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFingerprint {
    /// Its name, for people: a renamed file is the same input.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
    /// The hash of its bytes.
    pub blake3: String,
}

impl Head {
    /// In what another job differs from this one, in words; `None` where it is the same.
    fn difference(&self, other: &Head) -> Option<String> {
        let same = |a: &InputFingerprint, b: &InputFingerprint| (a.len, &a.blake3) == (b.len, &b.blake3);
        let inputs = self.inputs.len() == other.inputs.len();
        if !inputs || !self.inputs.iter().zip(&other.inputs).all(|(a, b)| same(a, b)) {
            let named: Vec<&str> = self.inputs.iter().map(|input| input.name.as_str()).collect();
            return Some(format!("another input (then {})", named.join(", ")));
        }
        if self.endpoint != other.endpoint {
            return Some(format!("another endpoint (then {})", self.endpoint));
        }
        if self.query != other.query {
            return Some(format!("another query of the endpoint {}", self.endpoint));
        }
        if self.shard != other.shard {
            let shard = if self.shard.is_empty() { "all rows" } else { &self.shard };
            return Some(format!("another shard (then {shard})"));
        }
        (self.plan != other.plan).then(|| self.other_settings(other))
    }

    /// Which settings differ, where it is known.
    fn other_settings(&self, other: &Head) -> String {
        let all: BTreeSet<&String> = self.settings.keys().chain(other.settings.keys()).collect();
        let differ = all.into_iter().filter(|name| self.settings.get(*name) != other.settings.get(*name));
        let differ: Vec<String> = differ.map(|name| format!("--{name}")).collect();
        match differ.is_empty() {
            true => "other settings for input, mapping or validation".to_owned(),
            false => format!("other settings ({})", differ.join(", ")),
        }
    }
}

/// What a results folder holds of an earlier run.
#[derive(Debug)]
pub enum ExistingJournal {
    /// No journal.
    None,
    /// The journal of a job that is finished: the next run is a new job.
    Finished,
    /// A journal that has settled no record yet: it is simply replaced.
    Empty,
    /// The journal of a job that can be carried on.
    Unfinished(Box<Unfinished>),
}

/// A journal that can be carried on.
#[derive(Debug)]
pub struct Unfinished {
    /// Which job it is of.
    pub head: Head,
    /// The version of the program that began it.
    pub tool: String,
    path: PathBuf,
    /// The length of what is whole.
    length: u64,
    /// The seal of those lines.
    seal: Seal,
    requests: u64,
    /// The input changed under the last run.
    changed: bool,
    /// First and last record of each range, and why it was refused if it was.
    settled: Vec<(u64, u64, Option<Arc<Failure>>)>,
}

impl Unfinished {
    /// Whether records were accepted by another account than the one that this job is for.
    pub fn is_of_another_account(&self, job: &Head) -> bool {
        self.head.account != job.account && self.settled.iter().any(|(_, _, refusal)| refusal.is_none())
    }

    /// Whether it may be forgotten for this job, which is the same but for its input: the file of `--only-changed` knows
    /// what is not certain of it, or knows nothing yet (`is_new`).
    pub fn is_known_to_state(&self, job: &Head, is_new: bool) -> bool {
        let same = |head: &Head| (head.endpoint.clone(), head.query.clone(), head.shard.clone(), head.plan.clone());
        same(&self.head) == same(job)
            && self.head.account == job.account
            && job.state.is_some()
            && (is_new || self.head.state == job.state)
    }

    /// Why this job does not carry it on, in words; `None` where it does.
    pub fn difference(&self, job: &Head) -> Option<String> {
        let changed = || self.changed.then(|| "an input that changed while it was being read".to_owned());
        self.head.difference(job).or_else(changed)
    }

    /// How many records are settled.
    pub fn settled(&self) -> u64 {
        self.settled.iter().fold(0, |sum, (first, last, _)| sum.saturating_add(last - first + 1))
    }

    /// What became of the records of the job so far, of which there are so many.
    ///
    /// # Errors
    /// It speaks of a record that the job does not have.
    pub fn statuses(&self, records: u64) -> Result<StatusMap, Error> {
        let mut statuses = StatusMap::with_capacity(usize::try_from(records).unwrap_or(0));
        for (first, last, refusal) in &self.settled {
            if *last > records {
                return Err(Error::Strange { path: self.path.clone() });
            }
            let status = if refusal.is_some() { RowStatus::Refused } else { RowStatus::AcceptedBefore };
            statuses.set(*first..=*last, status, refusal.clone());
        }
        Ok(statuses)
    }

    /// The highest number of a request that it knows of; the next run counts on from there.
    pub fn requests(&self) -> u64 {
        self.requests
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// No record is unconfirmed or not sent, and the reports are written: the next run is a new job.
    Complete,
    /// By a signal; the next run resumes.
    Interrupted,
    /// By anything else; the next run resumes.
    Stopped,
    /// The input changed while it was read: nobody knows which records were sent, so that nothing can carry on.
    Changed,
}

impl End {
    fn as_str(self) -> &'static str {
        match self {
            End::Complete => "complete",
            End::Interrupted => "interrupted",
            End::Stopped => "stopped",
            End::Changed => "changed",
        }
    }
}

/// The journal of the run under way.
#[derive(Debug)]
pub struct Journal {
    writer: Writer,
    seal: Seal,
}

impl Journal {
    /// Looks at what a results folder holds, and changes nothing.
    ///
    /// # Errors
    /// The journal cannot be read, is damaged, was written by a newer version, or is unfinished and does not bear the seal
    /// of this key.
    pub fn inspect(folder: &Folder, key: &UserKey) -> Result<ExistingJournal, Error> {
        let path = folder.file(JOURNAL);
        let file = match folder.open_file(JOURNAL, OpenMode::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ExistingJournal::None),
            Err(error) => return Err(Error::Open { path, error }),
        };
        load(&mut BufReader::new(file), path, key)
    }

    /// Whether a results folder holds the journal of a job that is not finished, whoever wrote it.
    ///
    /// # Errors
    /// The journal cannot be read, is damaged, or was written by a newer version.
    pub fn is_unfinished(folder: &Folder) -> Result<bool, Error> {
        // Without the key of whoever wrote it, its seal says nothing here.
        match Journal::inspect(folder, &UserKey::known()) {
            Ok(found) => Ok(matches!(found, ExistingJournal::Unfinished(_))),
            Err(Error::Seal { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Begins the journal of a new job; one that is there is replaced.
    ///
    /// # Errors
    /// Local I/O.
    pub fn create(folder: &Folder, head: &Head, key: &UserKey) -> Result<Journal, Error> {
        let mut seal = Seal::new(key);
        let mut create = || {
            let mut draft = folder.create(JOURNAL)?;
            let tool = env!("CARGO_PKG_VERSION").to_owned();
            let line = JournalLine::Head { v: VERSION, tool, head: Box::new(head.clone()) };
            draft.write_all(&line.to_bytes(&mut seal)?)?;
            publish(vec![draft])?;
            folder.open_file(JOURNAL, OpenMode::Append)
        };
        let failed = |error| Error::Open { path: folder.file(JOURNAL), error };
        match create() {
            Ok(file) => Ok(Journal::on(Box::new(file), seal)),
            Err(error) => Err(failed(error)),
        }
    }

    /// Carries on a journal: what a crash left behind its last whole line is cut off.
    ///
    /// # Errors
    /// Local I/O.
    pub fn resume(folder: &Folder, unfinished: &Unfinished) -> Result<Journal, Error> {
        let resume = || {
            let file = folder.open_file(JOURNAL, OpenMode::Append)?;
            file.set_len(unfinished.length)?;
            file.sync_all()?;
            Ok(file)
        };
        let failed = |error| Error::Open { path: unfinished.path.clone(), error };
        resume().map(|file| Journal::on(Box::new(file), unfinished.seal.clone())).map_err(failed)
    }

    fn on(disk: Box<dyn Disk>, seal: Seal) -> Journal {
        Journal { writer: Writer::new(disk), seal }
    }

    /// Writes down what was settled.
    ///
    /// # Errors
    /// Local I/O; the journal must not be used any more.
    pub fn hear(&mut self, event: &Event) -> Result<(), Error> {
        match event {
            Event::Settled(settlement) => self.settled(settlement),
            _ => Ok(()),
        }
    }

    /// Time has passed: begins to make safe what has waited long enough.
    ///
    /// # Errors
    /// Local I/O; the journal must not be used any more.
    pub fn tick(&mut self) -> Result<(), Error> {
        self.writer.tick().map_err(|error| self.failed(error))
    }

    /// Makes safe all that was written.
    ///
    /// # Errors
    /// Local I/O; the journal must not be used any more.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.writer.sync().map_err(|error| self.failed(error))
    }

    /// Notes that the token of this run is of the account that the job is for.
    ///
    /// # Errors
    /// Local I/O; the journal must not be used any more.
    pub fn same_account(&mut self, account: &str) -> Result<(), Error> {
        self.write(&JournalLine::Account { account: account.to_owned() }, 0)
    }

    /// Ends the journal of this run, after its reports are written.
    ///
    /// # Errors
    /// Local I/O.
    pub fn finish(mut self, end: End) -> Result<(), Error> {
        self.write(&JournalLine::End { state: end.as_str().to_owned() }, 0)?;
        self.sync()
    }

    fn settled(&mut self, settlement: &Settlement) -> Result<(), Error> {
        for part in &settlement.parts {
            let (r, req, http) = (pairs(&part.records), part.request.clone(), part.status);
            let line = match &part.outcome {
                Outcome::Accepted => JournalLine::Accepted { r, req, http },
                Outcome::Refused(why) => {
                    // The words may quote a cell; the journal holds nothing of a person.
                    let (code, why) = (why.cause.as_str().to_owned(), masked_within(&why.message).into_owned());
                    JournalLine::Refused { r, code, why, req, http }
                }
                // The next run sends them.
                Outcome::Unconfirmed(_) | Outcome::NotSent(_) => continue,
            };
            self.write(&line, if part.outcome == Outcome::Accepted { part.len() } else { 0 })?;
        }
        self.tick()
    }

    /// Writes a line with so many accepted records.
    fn write(&mut self, line: &JournalLine, records: u64) -> Result<(), Error> {
        let bytes = line.to_bytes(&mut self.seal).map_err(|error| self.failed(error.into()))?;
        self.writer.write(&bytes, records).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::Write { error, records: self.writer.loose_records() }
    }
}

/// Reads bytes as a journal, for the fuzzer: whatever they are, there is an answer.
pub fn read_bytes(mut bytes: &[u8]) -> Result<ExistingJournal, Error> {
    load(&mut bytes, PathBuf::new(), &UserKey::known())
}

#[cfg(test)]
mod tests;
