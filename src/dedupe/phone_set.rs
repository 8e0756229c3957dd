//! The phones of a reading in memory, six bytes each, without where their rows stand.
//!
//! The last row of a phone is the one that counts here, and it is known whenever a phone comes again. Phones are parted
//! by the highest bits of their keys, which are spread evenly. New rows wait at the end of a list in their part until
//! they are enough to be joined with its phones in one pass: so a row touches little memory, however many phones there
//! are, and costs the same.

use super::entry::{self, Entry, KEY_BITS};
use super::{Repeated, RepeatedPhones, Winner};

/// The highest bits of a key, which say its part.
const PART_BITS: u32 = 6;
/// The other bits of a key, the highest byte first.
type Rest = [u8; 6];
/// So many rows wait in a part before they are joined with its phones; where those are many, an eighth of their number.
const FEWEST: usize = 4096;

/// Phones of which the last row wins.
pub(super) struct PhoneSet {
    parts: Vec<Part>,
    /// The bytes that are taken.
    bytes: usize,
}

#[derive(Default)]
struct Part {
    /// Its phones, sorted, each once.
    phones: Vec<Rest>,
    /// Rows that came since, in the order of their records.
    rows: Vec<Entry>,
}

fn rest(key: u64) -> Rest {
    let [_, _, rest @ ..] = (key & ((1 << (KEY_BITS - PART_BITS)) - 1)).to_be_bytes();
    rest
}

impl PhoneSet {
    /// What it takes at least where there are many phones, in bytes.
    pub const LEAST: usize = (FEWEST * Entry::SIZE) << PART_BITS;

    pub fn new() -> PhoneSet {
        PhoneSet { parts: (0..1 << PART_BITS).map(|_| Part::default()).collect(), bytes: 0 }
    }

    /// Adds a row behind those that were added.
    pub fn add(&mut self, entry: Entry, repeated: &mut RepeatedPhones) {
        let part = (entry.key() >> (KEY_BITS - PART_BITS)) as usize;
        let Some(part) = self.parts.get_mut(part) else { return };
        part.rows.push(entry);
        if part.rows.len() >= FEWEST.max(part.phones.len() / 8) {
            let before = part.bytes();
            part.join(repeated);
            self.bytes = self.bytes.saturating_sub(before) + part.bytes();
        }
    }

    /// The bytes that it takes, but for rows of which there are few.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Joins all rows with the phones, and says how many phones there are.
    pub fn settle(&mut self, repeated: &mut RepeatedPhones) -> u64 {
        self.parts.iter_mut().for_each(|part| part.join(repeated));
        self.parts.iter().map(|part| part.phones.len() as u64).sum()
    }

    /// The phones in the order of their keys, each with its last row where it has several; of the others it is not known.
    pub fn entries(&self, repeated: &RepeatedPhones) -> impl Iterator<Item = Entry> {
        self.parts.iter().zip(0_u64..).flat_map(move |(part, number)| {
            part.phones.iter().map(move |&[a, b, c, d, e, f]| {
                let key = number << (KEY_BITS - PART_BITS) | u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
                match repeated.get(&entry::phone(key)) {
                    Some(repeated) => Entry::of(key, repeated.winner).again(),
                    None => Entry::of(key, Winner { record: 0, line: 0 }),
                }
            })
        })
    }
}

impl Part {
    fn bytes(&self) -> usize {
        self.phones.capacity() * size_of::<Rest>() + self.rows.capacity() * Entry::SIZE
    }

    /// Joins the rows with the phones.
    fn join(&mut self, repeated: &mut RepeatedPhones) {
        self.rows.sort_unstable();
        let mut phones = Vec::with_capacity(self.phones.len() + self.rows.len());
        let mut others = self.phones.as_slice();
        for rows in self.rows.chunk_by(|one, next| one.key() == next.key()) {
            let Some(last) = rows.last() else { continue };
            let phone = rest(last.key());
            let (below, behind) = others.split_at(others.iter().take_while(|other| **other < phone).count());
            phones.extend_from_slice(below);
            phones.push(phone);
            let is_known = behind.first() == Some(&phone);
            others = behind.get(usize::from(is_known)..).unwrap_or_default();
            let again = rows.len() - usize::from(!is_known);
            if again > 0 {
                let phone =
                    repeated.entry(entry::phone(last.key())).or_insert(Repeated { winner: last.row(), extra: 0 });
                phone.winner = last.row();
                phone.extra += again as u64;
            }
        }
        phones.extend_from_slice(others);
        self.phones = phones;
        self.rows.clear();
    }
}
