//! Deduplication by phone number: picks the winning row and merges the others into it.
//!
//! The survey decides which record wins, before anything is sent ([`PhoneIndex`] becomes [`DedupePlan`]). The second reading,
//! which sends, can then merge as it goes ([`Merge`]), because the last row of a number is the one that is sent.

mod entry;
mod phone_index;
mod phone_set;
mod sorted_rows;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use foldhash::fast::RandomState;

pub use phone_index::PhoneIndex;

use crate::bits::Bits;
use crate::contact::phone::Phone;
use crate::contact::{Contact, Details};
use crate::keywords::keywords;

keywords! {
    /// What is done when several valid rows have one phone number.
    #[derive(Default)]
    OnDuplicate {
        /// Later non-empty values win, tags and attributes are united; the last row wins.
        #[default]
        Merge = "merge",
        /// The first row wins, the others are dropped.
        First = "first",
        /// The last row wins, the others are dropped.
        Last = "last",
        /// Nothing is sent.
        Error = "error",
    }
}

/// The row that is sent for a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Winner {
    /// Its record number in the job.
    pub record: u64,
    /// The line it begins on.
    pub line: u64,
}

/// By phone number. Every row asks here, so the hash is a quick one; it is seeded all the same.
type Phones<T> = HashMap<u64, T, RandomState>;

/// A phone number of several rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Repeated {
    winner: Winner,
    /// Rows beyond the winner.
    extra: u64,
}

type RepeatedPhones = Phones<Repeated>;

/// Notes that a phone comes again, in a row behind those that were noted: the last row wins.
fn note_again(repeated: &mut RepeatedPhones, phone: u64, row: Winner) {
    let phone = repeated.entry(phone).or_insert(Repeated { winner: row, extra: 0 });
    (phone.winner, phone.extra) = (row, phone.extra + 1);
}

/// Phones that somebody has numbered from 0: which of them came, and which came again.
#[derive(Debug, Default)]
pub struct Numbered {
    /// Those that came.
    pub came: Bits,
    /// Those that came more than once.
    pub again: Bits,
}

impl Numbered {
    /// One has come; whether it came before.
    fn add(&mut self, number: u32) -> bool {
        let is_again = self.came.insert(number as usize);
        if is_again {
            self.again.insert(number as usize);
        }
        is_again
    }
}

/// Which record is sent for each phone number. Only numbers of several rows are held.
#[derive(Debug, Default)]
pub struct DedupePlan {
    policy: OnDuplicate,
    repeated: RepeatedPhones,
    numbered: Numbered,
    contacts: u64,
    duplicates: u64,
}

impl DedupePlan {
    /// The row that is sent for this phone; `None` if it has one row only.
    pub fn winner(&self, phone: Phone) -> Option<Winner> {
        if self.repeated.is_empty() { None } else { self.repeated.get(&phone.get()).map(|phone| phone.winner) }
    }

    /// What a row with this phone has to do with what is sent.
    pub fn share(&self, record: u64, phone: Phone) -> Share {
        match (self.winner(phone), self.policy) {
            (None, _) => Share::All,
            (Some(winner), OnDuplicate::Merge) => Share::Merged(winner),
            (Some(winner), _) if winner.record == record => Share::All,
            (Some(winner), _) => Share::None(winner),
        }
    }

    /// What came of the phones that were numbered.
    pub fn numbered(&self) -> &Numbered {
        &self.numbered
    }

    /// The number of distinct phones, which is that of the contacts to be sent.
    pub fn contacts(&self) -> u64 {
        self.contacts
    }

    /// The number of rows that are not sent because another row has their phone.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Each repeated phone, the number of its rows that are not sent, and the row that is.
    pub fn repeated(&self) -> impl Iterator<Item = (Phone, u64, Winner)> {
        self.repeated
            .iter()
            .filter_map(|(&phone, repeated)| Some((Phone::from_digits(phone)?, repeated.extra, repeated.winner)))
    }
}

/// What a row with a valid phone has to do with what is sent, as far as it is known without the other rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// It is sent as it is.
    All,
    /// It is merged with the other rows of its phone; the winner is sent for all of them.
    Merged(Winner),
    /// It is not sent: the winner is.
    None(Winner),
}

/// What is sent for a row with a valid phone.
pub enum Resolved<'c, 'r> {
    /// The row as it is.
    Alone(&'c Contact<'r>),
    /// The row, with what was merged into it from others of the same phone.
    Together(Details),
    /// Nothing: another row is sent for this phone.
    Duplicate(Winner),
}

/// The merging of one forward reading: values of earlier rows of a repeated phone are held until its last row.
pub struct Merge<'k> {
    plan: &'k DedupePlan,
    buffer: MergeBuffer,
}

impl<'k> Merge<'k> {
    /// Begins a reading.
    pub fn new(plan: &'k DedupePlan) -> Merge<'k> {
        Merge { plan, buffer: MergeBuffer::default() }
    }

    /// What is sent for this row.
    ///
    /// # Errors
    /// What is held no longer fits into memory, and the temporary file for it fails.
    pub fn row<'c, 'r>(&mut self, record: u64, contact: &'c Contact<'r>) -> io::Result<Resolved<'c, 'r>> {
        match self.plan.share(record, contact.phone) {
            Share::All => Ok(Resolved::Alone(contact)),
            Share::None(winner) => Ok(Resolved::Duplicate(winner)),
            Share::Merged(winner) => {
                let together = self.add(winner, record, contact.phone, contact.details())?;
                Ok(together.map_or(Resolved::Duplicate(winner), Resolved::Together))
            }
        }
    }

    /// Merges a row into those before it, and gives all of them where it is the last: then it wins.
    ///
    /// # Errors
    /// As [`row`](Merge::row).
    pub fn add(&mut self, winner: Winner, record: u64, phone: Phone, later: Details) -> io::Result<Option<Details>> {
        let mut details = self.buffer.take(phone)?.unwrap_or_default();
        details.update(later);
        if winner.record == record {
            return Ok(Some(details));
        }
        self.buffer.put(phone, details)?;
        Ok(None)
    }
}

/// Details held from the first to the last row of a phone: up to 8 MiB in memory, beyond that in a private
/// temporary file.
#[derive(Default)]
struct MergeBuffer {
    memory: Phones<Details>,
    bytes: usize,
    file: Option<File>,
    spilled: Phones<(u64, usize)>,
}

const IN_MEMORY: usize = 8 << 20;

fn size(details: &Details) -> usize {
    let attributes: usize = details.attributes.iter().map(|(key, value)| key.len() + value.len() + 48).sum();
    let tags: usize = details.tags.iter().map(|tag| tag.len() + 24).sum();
    128 + details.name.len() + details.email.as_ref().map_or(0, String::len) + tags + attributes
}

impl MergeBuffer {
    fn take(&mut self, phone: Phone) -> io::Result<Option<Details>> {
        if let Some(details) = self.memory.remove(&phone.get()) {
            self.bytes -= size(&details);
            return Ok(Some(details));
        }
        let (Some((start, length)), Some(file)) = (self.spilled.remove(&phone.get()), &mut self.file) else {
            return Ok(None);
        };
        let mut bytes = vec![0; length];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut bytes)?;
        Ok(Some(serde_json::from_slice(&bytes)?))
    }

    fn put(&mut self, phone: Phone, details: Details) -> io::Result<()> {
        let bytes = size(&details);
        if self.bytes + bytes <= IN_MEMORY {
            self.bytes += bytes;
            self.memory.insert(phone.get(), details);
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let start = file.seek(SeekFrom::End(0))?;
        let text = serde_json::to_vec(&details)?;
        file.write_all(&text)?;
        self.spilled.insert(phone.get(), (start, text.len()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn phone(n: u64) -> Phone {
        Phone::from_digits(919_876_500_000 + n).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_held_comes_back(names in prop::collection::vec("[a-z]{0,8}", 1..50)) {
            let mut held = MergeBuffer { bytes: IN_MEMORY - 600, ..MergeBuffer::default() };
            for (i, name) in names.iter().enumerate() {
                held.put(phone(i as u64), Details { name: name.clone(), ..Details::default() }).unwrap();
            }
            for (i, name) in names.iter().enumerate().rev() {
                let details = held.take(phone(i as u64)).unwrap().unwrap();
                prop_assert_eq!(&details.name, name);
                prop_assert!(held.take(phone(i as u64)).unwrap().is_none());
            }
        }
    }
}
