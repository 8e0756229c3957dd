//! The phones of a reading in memory, six bytes each, without where their rows stand.
//!
//! The last row of a phone is the one that counts here, and it is known whenever a phone comes again. New rows wait by the
//! highest bits of their keys, which are spread evenly, until they are enough to be joined with the sorted phones in one
//! pass: so a row touches little memory, however many phones there are, and costs the same.

use super::entry::{self, Entry, KEY_BITS};
use super::{RepeatedPhones, Winner, note_again};

/// The highest bits of a key, which say its part.
const PART_BITS: u32 = 6;
/// The other bits of a key, the highest byte first.
type Rest = [u8; 6];
/// The bits of a key behind those of its part by which its rows are sorted first, so that a few have the same.
const BUCKET_BITS: u32 = 9;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// So many rows wait before they are joined with the phones; where those are many, a sixteenth of their number.
const FEWEST: usize = 1 << 18;

/// Phones of which the last row wins.
pub(super) struct PhoneSet {
    /// The phones in the order of their keys, each once, part behind part.
    phones: Vec<Rest>,
    parts: Vec<Part>,
    /// How many rows wait.
    waiting: usize,
}

#[derive(Default)]
struct Part {
    /// Where its phones end.
    end: usize,
    /// Rows that came since, in the order of their records.
    rows: Vec<Entry>,
    /// Before which of its phones the phone of each row belongs.
    places: Vec<u32>,
}

fn rest(key: u64) -> Rest {
    let [_, _, rest @ ..] = (key & ((1 << (KEY_BITS - PART_BITS)) - 1)).to_be_bytes();
    rest
}

impl PhoneSet {
    /// What waiting rows may take where there are few phones, in bytes.
    pub const LEAST: usize = FEWEST * Entry::SIZE;

    pub fn new() -> PhoneSet {
        PhoneSet { phones: Vec::new(), parts: (0..1 << PART_BITS).map(|_| Part::default()).collect(), waiting: 0 }
    }

    /// Adds a row behind those that were added.
    pub fn add(&mut self, entry: Entry, repeated: &mut RepeatedPhones) {
        let part = (entry.key() >> (KEY_BITS - PART_BITS)) as usize;
        let Some(part) = self.parts.get_mut(part) else { return };
        part.rows.push(entry);
        self.waiting += 1;
        if self.waiting >= FEWEST.max(self.phones.len() / 16) {
            self.join(repeated);
        }
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.phones.len() * size_of::<Rest>() + self.waiting * Entry::SIZE
    }

    /// Joins all rows with the phones, and says how many phones there are.
    pub fn settle(&mut self, repeated: &mut RepeatedPhones) -> u64 {
        self.join(repeated);
        self.phones.len() as u64
    }

    /// The phones in the order of their keys, each with its last row where it has several; of the others it is not known.
    pub fn entries(&self, repeated: &RepeatedPhones) -> impl Iterator<Item = Entry> {
        let begins = std::iter::once(0).chain(self.parts.iter().map(|part| part.end));
        begins.zip(&self.parts).zip(0_u64..).flat_map(move |((begin, part), number)| {
            let phones = self.phones.get(begin..part.end).unwrap_or_default();
            phones.iter().map(move |&[a, b, c, d, e, f]| {
                let key = number << (KEY_BITS - PART_BITS) | u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
                match repeated.get(&entry::phone(key)) {
                    Some(repeated) => Entry::of(key, repeated.winner).again(),
                    None => Entry::of(key, Winner { record: 0, line: 0 }),
                }
            })
        })
    }

    /// Joins the rows with the phones, in their place: memory of another size would leave holes.
    fn join(&mut self, repeated: &mut RepeatedPhones) {
        let (mut begin, mut new, mut spare) = (0, 0, Vec::new());
        for part in &mut self.parts {
            sort(&mut part.rows, &mut spare);
            part.keep_new(self.phones.get(begin..part.end).unwrap_or_default(), repeated);
            (begin, new) = (part.end, new + part.rows.len());
        }
        self.phones.reserve_exact(new);
        // From the last on, phones move up to where they belong, and new ones come between them.
        let mut from = self.phones.len();
        self.phones.resize(from + new, Rest::default());
        let mut to = self.phones.len();
        let mut parts = self.parts.iter_mut().rev().peekable();
        while let Some(part) = parts.next() {
            let begin = parts.peek().map_or(0, |before| before.end);
            part.end = to;
            while let (Some(row), Some(place)) = (part.rows.pop(), part.places.pop()) {
                let above = from - (begin + place as usize);
                self.phones.copy_within(from - above..from, to - above);
                (from, to) = (from - above, to - above - 1);
                if let Some(phone) = self.phones.get_mut(to) {
                    *phone = rest(row.key());
                }
            }
            self.phones.copy_within(begin..from, to - (from - begin));
            (from, to) = (begin, to - (from - begin));
        }
        self.waiting = 0;
    }
}

/// Sorts the rows of a part: their keys are spread evenly, so that most of it is done by putting each row where its bucket
/// begins. What is in `spare` is overwritten.
fn sort(rows: &mut [Entry], spare: &mut Vec<Entry>) {
    let bucket = |row: &Entry| (row.key() >> (KEY_BITS - PART_BITS - BUCKET_BITS)) as usize % BUCKETS;
    let mut ends = [0; BUCKETS];
    for row in rows.iter() {
        if let Some(count) = ends.get_mut(bucket(row)) {
            *count += 1;
        }
    }
    let mut end = 0;
    for count in &mut ends {
        (*count, end) = (end, end + *count);
    }
    // Each begin moves on to the end while its bucket is filled.
    spare.clear();
    spare.extend_from_slice(rows);
    for row in rows.iter() {
        if let Some(next) = ends.get_mut(bucket(row))
            && let Some(place) = spare.get_mut(*next)
        {
            *place = *row;
            *next += 1;
        }
    }
    let mut begin = 0;
    for end in ends {
        spare.get_mut(begin..end).unwrap_or_default().sort_unstable();
        begin = end;
    }
    // Not exchanged: a part would keep memory that only another, larger one needs.
    rows.copy_from_slice(spare);
}

impl Part {
    /// Leaves one row of each phone that is not among those it has, with their places. The rows are sorted.
    fn keep_new(&mut self, phones: &[Rest], repeated: &mut RepeatedPhones) {
        let mut note = |row: Entry| note_again(repeated, entry::phone(row.key()), row.row());
        // `dedup_by` hands the later row first and keeps the earlier one in its place.
        self.rows.dedup_by(|later, kept| {
            let equal = later.key() == kept.key();
            if equal {
                *kept = *later;
                note(*later);
            }
            equal
        });
        let mut place = 0;
        self.rows.retain(|row| {
            let phone = rest(row.key());
            let others = phones.get(place..).unwrap_or_default();
            place += others.iter().take_while(|other| **other < phone).count();
            let is_known = phones.get(place) == Some(&phone);
            match is_known {
                true => note(*row),
                // There is no memory for more than four thousand million phones.
                false => self.places.push(place as u32),
            }
            !is_known
        });
    }
}
