//! Where the journal is written, and how it is made safe on disk meanwhile.
//!
//! A line is with the system as soon as it is written: it outlives a kill. That it outlives a loss of power too takes a
//! disk longer than a request takes, so groups of lines are made safe on a thread of their own, and the next line does not
//! wait for them.

use std::fs::File;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Lines that may wait to be made safe.
const GROUP: u32 = 64;
/// How long they may wait.
const WAIT: Duration = Duration::from_millis(200);
/// Lines that may wait for a disk that is slow; then the next one waits for it too.
const MOST: u32 = 16 * GROUP;

/// A file in the program, one that tears and forgets in the tests.
pub(super) trait Disk: Send + std::fmt::Debug {
    /// Writes all of it at the end.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes safe what was written up to now, on a thread that returns when it outlives a loss of power. After a failure
    /// nothing is known about it.
    fn make_safe(&mut self) -> io::Result<Syncing>;
}

/// What is made safe on a thread of its own.
pub(super) type Syncing = JoinHandle<io::Result<()>>;

impl Disk for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn make_safe(&mut self) -> io::Result<Syncing> {
        let file = self.try_clone()?;
        std::thread::Builder::new().spawn(move || file.sync_data())
    }
}

/// Writes lines, and knows which of them are not safe yet.
#[derive(Debug)]
pub(super) struct Writer {
    disk: Box<dyn Disk>,
    /// What is not safe.
    loose: Group,
    /// When the first line was written that is not being made safe yet.
    since: Option<Instant>,
    /// What is being made safe, and how much it is.
    syncing: Option<(Syncing, Group)>,
}

/// Lines, and the accepted records in them.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    lines: u32,
    records: u64,
}

impl Writer {
    pub(super) fn new(disk: Box<dyn Disk>) -> Writer {
        Writer { disk, loose: Group::default(), since: None, syncing: None }
    }

    /// Accepted records that a failure may forget.
    pub(super) fn loose_records(&self) -> u64 {
        self.loose.records
    }

    /// Writes a line with so many accepted records.
    pub(super) fn write(&mut self, line: &[u8], records: u64) -> io::Result<()> {
        self.loose.records += records;
        self.disk.write(line)?;
        self.loose.lines += 1;
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Time has passed, or a line was written: begins to make safe what has waited long enough.
    pub(super) fn tick(&mut self) -> io::Result<()> {
        let waits = self.loose.lines >= MOST;
        if self.syncing.as_ref().is_some_and(|(syncing, _)| waits || syncing.is_finished()) {
            self.synced()?;
        }
        let is_due = self.loose.lines >= GROUP || self.since.is_some_and(|since| since.elapsed() >= WAIT);
        if is_due && self.syncing.is_none() { self.begin() } else { Ok(()) }
    }

    /// Makes safe all that was written.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.synced()?;
        if self.loose.lines > 0 {
            self.begin()?;
            self.synced()?;
        }
        Ok(())
    }

    fn begin(&mut self) -> io::Result<()> {
        self.syncing = Some((self.disk.make_safe()?, self.loose));
        self.since = None;
        Ok(())
    }

    /// Waits for what is being made safe.
    fn synced(&mut self) -> io::Result<()> {
        let Some((syncing, group)) = self.syncing.take() else { return Ok(()) };
        syncing.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        self.loose.lines -= group.lines;
        self.loose.records -= group.records;
        Ok(())
    }
}
