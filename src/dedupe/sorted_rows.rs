//! All rows with a valid phone, sorted: in memory, and beyond it in sorted runs in private temporary files.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};

use super::entry::{self, Entry};
use super::{OnDuplicate, Repeated, RepeatedPhones};

/// Rows with valid phones. Equal phones are joined whenever the list has doubled, so that memory follows the distinct
/// phones, not the rows. Beyond the memory that they may take, sorted runs of them go into private temporary files, and
/// are merged at the end.
pub(super) struct SortedRows {
    policy: OnDuplicate,
    entries: Vec<Entry>,
    /// Entries at the front that are sorted and distinct. The list is compacted when it has grown to twice as many.
    settled: usize,
    /// How many entries stay in memory.
    most: usize,
    runs: Vec<Run>,
}

/// Sorted entries in a file, each phone once.
struct Run {
    file: File,
    /// How often its entries have been merged.
    merged: u32,
}

/// Below this many entries the list is not compacted: 16 MiB at most.
const SMALLEST: usize = 1 << 20;
/// With fewer in memory there would be a file for each handful of rows.
const FEWEST: usize = 1 << 12;
/// So many runs are merged into one: each is an open file with a buffer.
const RUNS: usize = 32;
/// The buffer of a file.
const BUFFER: usize = 256 << 10;

impl SortedRows {
    /// No row yet. They may take so many bytes of memory.
    pub fn new(policy: OnDuplicate, memory: u64) -> SortedRows {
        let most = usize::try_from(memory).unwrap_or(usize::MAX) / Entry::SIZE;
        SortedRows { policy, entries: Vec::new(), settled: 0, most: most.max(FEWEST), runs: Vec::new() }
    }

    /// The same with rows before all others, which stand in order, each phone once.
    pub fn with(policy: OnDuplicate, memory: u64, entries: impl Iterator<Item = Entry>) -> io::Result<SortedRows> {
        let file = written(entries.map(Ok))?;
        Ok(SortedRows { runs: vec![Run { file, merged: 0 }], ..SortedRows::new(policy, memory) })
    }

    /// Keeps so many rows in memory.
    #[cfg(test)]
    pub fn keep_only(&mut self, most: usize) {
        self.most = most;
    }

    /// Adds a row.
    ///
    /// # Errors
    /// There are too many for the memory, and a temporary file cannot be written.
    pub fn add(&mut self, entry: Entry, repeated: &mut RepeatedPhones) -> io::Result<()> {
        self.entries.push(entry);
        let count = self.entries.len();
        let doubled = count == self.entries.capacity() && count >= SMALLEST.max(2 * self.settled);
        if doubled || count >= self.most {
            self.compact(repeated);
            // If half of them were repeated, there is space again.
            if count >= self.most && self.entries.len() > self.most / 2 {
                self.spill(repeated)?;
            }
        }
        Ok(())
    }

    fn compact(&mut self, repeated: &mut RepeatedPhones) {
        self.entries.sort_unstable();
        let policy = self.policy;
        // `dedup_by` hands the later entry first and keeps the earlier one in its place.
        self.entries.dedup_by(|later, kept| join(kept, *later, policy, repeated));
        self.settled = self.entries.len();
    }

    /// Moves the compacted entries into a file.
    fn spill(&mut self, repeated: &mut RepeatedPhones) -> io::Result<()> {
        let file = written(self.entries.drain(..).map(Ok))?;
        self.runs.push(Run { file, merged: 0 });
        self.settled = 0;
        // Runs of one size make one of the next, so that each entry is written a few times, however many there are.
        while let Some(first) = self.runs.len().checked_sub(RUNS)
            && let Some(&Run { merged, .. }) = self.runs.get(first)
            && self.runs.last().is_some_and(|last| last.merged == merged)
        {
            let file = written(Distinct::of(self.runs.drain(first..), self.policy, repeated)?)?;
            self.runs.push(Run { file, merged: merged + 1 });
        }
        Ok(())
    }

    /// Joins all of them, notes which row wins for each repeated phone, and says how many phones there are.
    ///
    /// # Errors
    /// A temporary file cannot be written or read.
    pub fn finish(mut self, repeated: &mut RepeatedPhones) -> io::Result<u64> {
        self.compact(repeated);
        let mut winners = Vec::new();
        let mut count = 0;
        let mut win = |entry: Entry| {
            count += 1;
            if entry.is_again() {
                winners.push(entry);
            }
        };
        if self.runs.is_empty() {
            self.entries.iter().copied().for_each(&mut win);
        } else {
            self.spill(repeated)?;
            for entry in Distinct::of(self.runs.into_iter(), self.policy, repeated)? {
                win(entry?);
            }
        }
        for entry in winners {
            if let Some(phone) = repeated.get_mut(&entry::phone(entry.key())) {
                phone.winner = entry.row();
            }
        }
        Ok(count)
    }
}

/// Whether two entries in order are of one phone; then the first becomes the winner.
fn join(kept: &mut Entry, later: Entry, policy: OnDuplicate, repeated: &mut RepeatedPhones) -> bool {
    let equal = later.key() == kept.key();
    if equal {
        *kept = (if policy == OnDuplicate::First { *kept } else { later }).again();
        let phone = repeated.entry(entry::phone(kept.key())).or_insert(Repeated { winner: kept.row(), extra: 0 });
        phone.extra += 1;
    }
    equal
}

/// Writes entries into a private temporary file, to be read from its beginning.
fn written(entries: impl Iterator<Item = io::Result<Entry>>) -> io::Result<File> {
    let mut file = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
    for entry in entries {
        file.write_all(&entry?.to_bytes())?;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// The entries of sorted runs, in order, each phone once.
struct Distinct<'d> {
    entries: MergedRuns,
    /// The entry whose phone may come again.
    open: Option<Entry>,
    policy: OnDuplicate,
    repeated: &'d mut RepeatedPhones,
}

impl<'d> Distinct<'d> {
    fn of(
        runs: impl Iterator<Item = Run>,
        policy: OnDuplicate,
        repeated: &'d mut RepeatedPhones,
    ) -> io::Result<Distinct<'d>> {
        Ok(Distinct { entries: MergedRuns::of(runs)?, open: None, policy, repeated })
    }
}

impl Iterator for Distinct<'_> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<io::Result<Entry>> {
        loop {
            match self.entries.next() {
                None => return self.open.take().map(Ok),
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(entry)) => {
                    if let Some(kept) = &mut self.open
                        && join(kept, entry, self.policy, self.repeated)
                    {
                        continue;
                    }
                    if let Some(done) = self.open.replace(entry) {
                        return Some(Ok(done));
                    }
                }
            }
        }
    }
}

/// The entries of sorted runs, in order.
struct MergedRuns {
    runs: Vec<BufReader<File>>,
    next: BinaryHeap<Reverse<(Entry, usize)>>,
}

impl MergedRuns {
    fn of(runs: impl Iterator<Item = Run>) -> io::Result<MergedRuns> {
        let runs = runs.map(|run| BufReader::with_capacity(BUFFER, run.file)).collect();
        let mut merged = MergedRuns { runs, next: BinaryHeap::new() };
        for run in 0..merged.runs.len() {
            merged.read(run)?;
        }
        Ok(merged)
    }

    /// Reads the next entry of a run, if it has one.
    fn read(&mut self, run: usize) -> io::Result<()> {
        let Some(file) = self.runs.get_mut(run) else { return Ok(()) };
        let mut bytes = [0; Entry::SIZE];
        match file.read_exact(&mut bytes) {
            Ok(()) => self.next.push(Reverse((Entry::from_bytes(bytes), run))),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Iterator for MergedRuns {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<io::Result<Entry>> {
        let Reverse((entry, run)) = self.next.pop()?;
        Some(self.read(run).map(|()| entry))
    }
}
