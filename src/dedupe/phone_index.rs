//! Index of all phones of a reading; decides which row wins for each repeated phone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};

use super::{DedupePlan, OnDuplicate, Phones, Winner};
use crate::contact::phone::Phone;
use crate::row::Location;

/// All phones of a reading, 16 bytes each.
///
/// An entry is one number: 50 bits of phone (E.164 has at most 15 digits), 39 bits of record and 38 bits of line
/// (275 thousand million at least), and one bit that says that the phone has been seen more than once. Sorting brings
/// equal phones together in the order of their records. Equal phones are joined whenever the list has
/// doubled, so that memory follows the distinct phones, not the rows. Beyond the memory that they may take, sorted runs of
/// them go into private temporary files, and are merged at the end.
pub struct PhoneIndex {
    policy: OnDuplicate,
    entries: Vec<u128>,
    /// Entries at the front that are sorted and distinct. The list is compacted when it has grown to twice as many.
    settled: usize,
    duplicates: Phones<u64>,
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

const LINE_BITS: u32 = 38;
const RECORD_BITS: u32 = 39;
const AGAIN: u128 = 1;
/// Below this many entries the list is not compacted: 16 MiB at most.
const SMALLEST: usize = 1 << 20;
/// With fewer in memory there would be a file for each handful of rows.
const FEWEST: usize = 1 << 12;
/// So many runs are merged into one: each is an open file with a buffer.
const RUNS: usize = 32;
/// The buffer of a file.
const BUFFER: usize = 256 << 10;

fn entry(phone: Phone, location: Location) -> u128 {
    let line = u128::from(location.line) & ((1 << LINE_BITS) - 1);
    let record = u128::from(location.record) & ((1 << RECORD_BITS) - 1);
    (u128::from(phone.get()) << (RECORD_BITS + LINE_BITS + 1)) | (record << (LINE_BITS + 1)) | (line << 1)
}

fn phone_of(entry: u128) -> u64 {
    (entry >> (RECORD_BITS + LINE_BITS + 1)) as u64
}

fn winner_of(entry: u128) -> Winner {
    Winner {
        record: ((entry >> (LINE_BITS + 1)) & ((1 << RECORD_BITS) - 1)) as u64,
        line: ((entry >> 1) & ((1 << LINE_BITS) - 1)) as u64,
    }
}

impl PhoneIndex {
    /// No phone yet. The phones may take so many bytes of memory.
    pub fn new(policy: OnDuplicate, memory: u64) -> PhoneIndex {
        let most = usize::try_from(memory).unwrap_or(usize::MAX) / size_of::<u128>();
        PhoneIndex {
            policy,
            entries: Vec::new(),
            settled: 0,
            duplicates: Phones::default(),
            most: most.max(FEWEST),
            runs: Vec::new(),
        }
    }

    /// A valid row with this phone.
    ///
    /// # Errors
    /// There are too many for the memory, and a temporary file cannot be written.
    pub fn add(&mut self, phone: Phone, location: Location) -> io::Result<()> {
        self.entries.push(entry(phone, location));
        let count = self.entries.len();
        let doubled = count == self.entries.capacity() && count >= SMALLEST.max(2 * self.settled);
        if doubled || count >= self.most {
            self.compact();
            // If half of them were repeated, there is space again.
            if count >= self.most && self.entries.len() > self.most / 2 {
                self.spill()?;
            }
        }
        Ok(())
    }

    fn compact(&mut self) {
        self.entries.sort_unstable();
        let (first_wins, duplicates) = (self.policy == OnDuplicate::First, &mut self.duplicates);
        // `dedup_by` hands the later entry first and keeps the earlier one in its place.
        self.entries.dedup_by(|later, kept| join(kept, *later, first_wins, duplicates));
        self.settled = self.entries.len();
    }

    /// Moves the compacted entries into a file.
    fn spill(&mut self) -> io::Result<()> {
        let file = written(self.entries.drain(..).map(Ok))?;
        self.runs.push(Run { file, merged: 0 });
        self.settled = 0;
        // Runs of one size make one of the next, so that each entry is written a few times, however many there are.
        while let Some(first) = self.runs.len().checked_sub(RUNS)
            && let Some(&Run { merged, .. }) = self.runs.get(first)
            && self.runs.last().is_some_and(|last| last.merged == merged)
        {
            let file = written(Distinct::of(self.runs.drain(first..), self.policy, &mut self.duplicates)?)?;
            self.runs.push(Run { file, merged: merged + 1 });
        }
        Ok(())
    }

    /// Decides which row wins for each phone.
    ///
    /// # Errors
    /// A temporary file cannot be written or read.
    pub fn finish(mut self) -> io::Result<DedupePlan> {
        self.compact();
        let mut plan = DedupePlan { policy: self.policy, ..DedupePlan::default() };
        let mut win = |entry: u128| {
            plan.contacts += 1;
            if entry & AGAIN != 0 {
                plan.winners.insert(phone_of(entry), winner_of(entry));
            }
        };
        if self.runs.is_empty() {
            self.entries.iter().copied().for_each(&mut win);
        } else {
            self.spill()?;
            for entry in Distinct::of(self.runs.into_iter(), self.policy, &mut self.duplicates)? {
                win(entry?);
            }
        }
        plan.duplicates = self.duplicates.values().sum();
        plan.extra = self.duplicates;
        Ok(plan)
    }
}

/// Whether two entries in order are of one phone; then the first becomes the winner.
fn join(kept: &mut u128, later: u128, first_wins: bool, duplicates: &mut Phones<u64>) -> bool {
    let equal = phone_of(later) == phone_of(*kept);
    if equal {
        *kept = (if first_wins { *kept } else { later }) | AGAIN;
        *duplicates.entry(phone_of(*kept)).or_default() += 1;
    }
    equal
}

/// Writes entries into a private temporary file, to be read from its beginning.
fn written(entries: impl Iterator<Item = io::Result<u128>>) -> io::Result<File> {
    let mut file = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
    for entry in entries {
        file.write_all(&entry?.to_le_bytes())?;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// The entries of sorted runs, in order, each phone once.
struct Distinct<'d> {
    entries: MergedRuns,
    /// The entry whose phone may come again.
    open: Option<u128>,
    first_wins: bool,
    duplicates: &'d mut Phones<u64>,
}

impl<'d> Distinct<'d> {
    fn of(
        runs: impl Iterator<Item = Run>,
        policy: OnDuplicate,
        duplicates: &'d mut Phones<u64>,
    ) -> io::Result<Distinct<'d>> {
        let entries = MergedRuns::of(runs)?;
        Ok(Distinct { entries, open: None, first_wins: policy == OnDuplicate::First, duplicates })
    }
}

impl Iterator for Distinct<'_> {
    type Item = io::Result<u128>;

    fn next(&mut self) -> Option<io::Result<u128>> {
        loop {
            match self.entries.next() {
                None => return self.open.take().map(Ok),
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(entry)) => {
                    if let Some(kept) = &mut self.open
                        && join(kept, entry, self.first_wins, self.duplicates)
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
    next: BinaryHeap<Reverse<(u128, usize)>>,
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
        let mut bytes = [0; 16];
        match file.read_exact(&mut bytes) {
            Ok(()) => self.next.push(Reverse((u128::from_le_bytes(bytes), run))),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Iterator for MergedRuns {
    type Item = io::Result<u128>;

    fn next(&mut self) -> Option<io::Result<u128>> {
        let Reverse((entry, run)) = self.next.pop()?;
        Some(self.read(run).map(|()| entry))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MEMORY: u64 = 1 << 20;

    fn phone(n: u64) -> Phone {
        Phone::from_digits(919_876_500_000 + n).unwrap()
    }

    fn seen(mut seen: PhoneIndex, phones: &[u64], compact_every: usize) -> DedupePlan {
        for (i, &n) in phones.iter().enumerate() {
            let record = i as u64 + 1;
            seen.add(phone(n), Location { input: 0, record, line: record * 3 }).unwrap();
            if i % compact_every == compact_every - 1 {
                seen.compact();
            }
        }
        seen.finish().unwrap()
    }

    #[test]
    fn the_last_row_wins_or_the_first() {
        let plan = |policy| seen(PhoneIndex::new(policy, MEMORY), &[1, 2, 1, 3, 1], usize::MAX);
        let last = plan(OnDuplicate::Merge);
        assert_eq!(last.winner(phone(1)), Some(Winner { record: 5, line: 15 }));
        assert_eq!(last.winner(phone(2)), None);
        assert_eq!((last.contacts(), last.duplicates()), (3, 2));
        assert_eq!(plan(OnDuplicate::First).winner(phone(1)), Some(Winner { record: 1, line: 3 }));
    }

    proptest! {
        #[test]
        fn compacting_early_and_spilling_change_nothing(
            phones in prop::collection::vec(0..40_u64, 0..200), every in 1..20_usize, most in 1..30_usize,
        ) {
            for policy in [OnDuplicate::Merge, OnDuplicate::First] {
                let late = seen(PhoneIndex::new(policy, MEMORY), &phones, usize::MAX);
                prop_assert_eq!(late.contacts() + late.duplicates(), phones.len() as u64);
                let early = seen(PhoneIndex::new(policy, MEMORY), &phones, every);
                let spilled = seen(PhoneIndex { most, ..PhoneIndex::new(policy, MEMORY) }, &phones, usize::MAX);
                for other in [early, spilled] {
                    prop_assert_eq!(&other.winners, &late.winners);
                    prop_assert_eq!((&other.extra, other.contacts, other.duplicates), (&late.extra, late.contacts, late.duplicates));
                }
            }
        }
    }
}
