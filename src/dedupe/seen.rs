//! All phones of a reading, and which row stands for each that came more than once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};

use super::{Keep, OnDuplicate, Phones, Stand};
use crate::contact::phone::Phone;
use crate::row::Location;

/// All phones of a reading, 16 bytes each.
///
/// An entry is one number: 50 bits of phone (E.164 has at most 15 digits), 39 bits of record and 38 bits of line
/// (275 thousand million at least), and one bit that says that the phone has been seen more than once. Sorting brings
/// equal phones together in the order of their records. Equal phones are folded together whenever the list has
/// doubled, so that memory follows the distinct phones, not the rows. Beyond twenty million distinct phones sorted runs
/// of them go into private temporary files, and are merged at the end.
pub struct Seen {
    policy: OnDuplicate,
    entries: Vec<u128>,
    /// How many entries are sorted and without equals; the list is folded when it has grown to twice as many.
    settled: usize,
    folded: Phones<u64>,
    /// How many entries stay in memory.
    most: usize,
    runs: Vec<File>,
}

const LINE_BITS: u32 = 38;
const RECORD_BITS: u32 = 39;
const AGAIN: u128 = 1;
/// Below this many entries nothing is folded: 16 MiB at most.
const SMALLEST: usize = 1 << 20;
/// How many entries stay in memory: 320 MB.
const MOST: usize = 20_000_000;

fn entry(phone: Phone, location: Location) -> u128 {
    let line = u128::from(location.line) & ((1 << LINE_BITS) - 1);
    let record = u128::from(location.record) & ((1 << RECORD_BITS) - 1);
    (u128::from(phone.get()) << (RECORD_BITS + LINE_BITS + 1)) | (record << (LINE_BITS + 1)) | (line << 1)
}

fn phone_of(entry: u128) -> u64 {
    (entry >> (RECORD_BITS + LINE_BITS + 1)) as u64
}

fn stand_of(entry: u128) -> Stand {
    Stand {
        record: ((entry >> (LINE_BITS + 1)) & ((1 << RECORD_BITS) - 1)) as u64,
        line: ((entry >> 1) & ((1 << LINE_BITS) - 1)) as u64,
    }
}

impl Seen {
    /// No phone yet.
    pub fn new(policy: OnDuplicate) -> Seen {
        Seen { policy, entries: Vec::new(), settled: 0, folded: Phones::default(), most: MOST, runs: Vec::new() }
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
            self.fold();
            // Where half of them were equals, there is room again.
            if count >= self.most && self.entries.len() > self.most / 2 {
                self.spill()?;
            }
        }
        Ok(())
    }

    fn fold(&mut self) {
        self.entries.sort_unstable();
        let (first_stands, folded) = (self.policy == OnDuplicate::First, &mut self.folded);
        // `dedup_by` hands the later entry first and keeps the earlier one in its place.
        self.entries.dedup_by(|later, kept| join(kept, *later, first_stands, folded));
        self.settled = self.entries.len();
    }

    /// Moves the folded entries into a file.
    fn spill(&mut self) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        for entry in self.entries.drain(..) {
            file.write_all(&entry.to_le_bytes())?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(file);
        self.settled = 0;
        Ok(())
    }

    /// Decides which rows stand.
    ///
    /// # Errors
    /// A temporary file cannot be written or read.
    pub fn finish(mut self) -> io::Result<Keep> {
        self.fold();
        let mut keep = Keep { policy: self.policy, ..Keep::default() };
        let mut stands = |entry: u128| {
            keep.contacts += 1;
            if entry & AGAIN != 0 {
                keep.stands.insert(phone_of(entry), stand_of(entry));
            }
        };
        if self.runs.is_empty() {
            self.entries.iter().copied().for_each(&mut stands);
        } else {
            self.spill()?;
            let first_stands = self.policy == OnDuplicate::First;
            let mut open: Option<u128> = None;
            for entry in Merged::of(self.runs)? {
                let entry = entry?;
                if let Some(kept) = &mut open
                    && join(kept, entry, first_stands, &mut self.folded)
                {
                    continue;
                }
                open.replace(entry).into_iter().for_each(&mut stands);
            }
            open.into_iter().for_each(&mut stands);
        }
        keep.folded = self.folded.values().sum();
        keep.extra = self.folded;
        Ok(keep)
    }
}

/// Whether two entries in order are of one phone; then the first becomes the one that stands.
fn join(kept: &mut u128, later: u128, first_stands: bool, folded: &mut Phones<u64>) -> bool {
    let equal = phone_of(later) == phone_of(*kept);
    if equal {
        *kept = (if first_stands { *kept } else { later }) | AGAIN;
        *folded.entry(phone_of(*kept)).or_default() += 1;
    }
    equal
}

/// The entries of sorted runs, in order.
struct Merged {
    runs: Vec<BufReader<File>>,
    next: BinaryHeap<Reverse<(u128, usize)>>,
}

impl Merged {
    fn of(runs: Vec<File>) -> io::Result<Merged> {
        let runs = runs.into_iter().map(|run| BufReader::with_capacity(1 << 20, run)).collect();
        let mut merged = Merged { runs, next: BinaryHeap::new() };
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

impl Iterator for Merged {
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

    fn phone(n: u64) -> Phone {
        Phone::from_digits(919_876_500_000 + n).unwrap()
    }

    fn seen(mut seen: Seen, phones: &[u64], fold_every: usize) -> Keep {
        for (i, &n) in phones.iter().enumerate() {
            let record = i as u64 + 1;
            seen.add(phone(n), Location { input: 0, record, line: record * 3 }).unwrap();
            if i % fold_every == fold_every - 1 {
                seen.fold();
            }
        }
        seen.finish().unwrap()
    }

    #[test]
    fn the_last_row_stands_or_the_first() {
        let keep = |policy| seen(Seen::new(policy), &[1, 2, 1, 3, 1], usize::MAX);
        let last = keep(OnDuplicate::Merge);
        assert_eq!(last.stand(phone(1)), Some(Stand { record: 5, line: 15 }));
        assert_eq!(last.stand(phone(2)), None);
        assert_eq!((last.contacts(), last.folded()), (3, 2));
        assert_eq!(keep(OnDuplicate::First).stand(phone(1)), Some(Stand { record: 1, line: 3 }));
    }

    proptest! {
        #[test]
        fn folding_early_and_spilling_change_nothing(
            phones in prop::collection::vec(0..40_u64, 0..200), every in 1..20_usize, most in 1..30_usize,
        ) {
            for policy in [OnDuplicate::Merge, OnDuplicate::First] {
                let late = seen(Seen::new(policy), &phones, usize::MAX);
                prop_assert_eq!(late.contacts() + late.folded(), phones.len() as u64);
                let early = seen(Seen::new(policy), &phones, every);
                let spilled = seen(Seen { most, ..Seen::new(policy) }, &phones, usize::MAX);
                for other in [early, spilled] {
                    prop_assert_eq!(&other.stands, &late.stands);
                    prop_assert_eq!((&other.extra, other.contacts, other.folded), (&late.extra, late.contacts, late.folded));
                }
            }
        }
    }
}
