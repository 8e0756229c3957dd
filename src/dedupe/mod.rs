//! One row for each person: which record stands for a phone number, and what the others leave it.
//!
//! Which record stands is decided by the survey, before anything is sent ([`Seen`] becomes [`Keep`]). The forward
//! reading that sends can then merge as it goes ([`Merge`]), because the last row of a number stands for it.

mod seen;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use foldhash::fast::RandomState;

pub use seen::Seen;

use crate::contact::phone::Phone;
use crate::contact::{Contact, Details};
use crate::keywords::keywords;
use crate::row::Location;

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

/// The row that stands for a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// Its record number in the job.
    pub record: u64,
    /// The line it begins on.
    pub line: u64,
}

/// By phone number. Every row asks here, so the hash is a quick one; it is seeded all the same.
type Phones<T> = HashMap<u64, T, RandomState>;

/// Which record stands for each phone number: only numbers of several rows need to be remembered.
#[derive(Debug, Default)]
pub struct Keep {
    policy: OnDuplicate,
    stands: Phones<Stand>,
    extra: Phones<u64>,
    contacts: u64,
    folded: u64,
}

impl Keep {
    /// The row that stands for this phone, if it has several rows.
    pub fn stand(&self, phone: Phone) -> Option<Stand> {
        match self.stands.is_empty() {
            true => None,
            false => self.stands.get(&phone.get()).copied(),
        }
    }

    /// The number of distinct phones: of contacts that will be sent.
    pub fn contacts(&self) -> u64 {
        self.contacts
    }

    /// The number of rows that others stand for.
    pub fn folded(&self) -> u64 {
        self.folded
    }

    /// Each repeated phone with the number of its rows that others stand for.
    pub fn repeated(&self) -> impl Iterator<Item = (Phone, u64, Stand)> {
        self.extra
            .iter()
            .filter_map(|(&phone, &rows)| Some((Phone::from_digits(phone)?, rows, self.stands.get(&phone).copied()?)))
    }
}

/// What a row with a valid phone comes to.
pub enum Merged<'c, 'r> {
    /// It stands for itself.
    Alone(&'c Contact<'r>),
    /// It stands for several rows, with what they leave it.
    Together(Details),
    /// Another row stands for it.
    Folded(Stand),
}

/// The merging of one forward reading: what earlier rows of a repeated phone bring is held until the last of them.
pub struct Merge<'k> {
    keep: &'k Keep,
    held: Held,
}

impl<'k> Merge<'k> {
    /// Begins a reading.
    pub fn new(keep: &'k Keep) -> Merge<'k> {
        Merge { keep, held: Held::default() }
    }

    /// What this row comes to.
    ///
    /// # Errors
    /// What is held no longer fits into memory, and the temporary file for it fails.
    pub fn row<'c, 'r>(&mut self, location: Location, contact: &'c Contact<'r>) -> io::Result<Merged<'c, 'r>> {
        let Some(stand) = self.keep.stand(contact.phone) else {
            return Ok(Merged::Alone(contact));
        };
        let stands = stand.record == location.record;
        match (self.keep.policy, stands) {
            (OnDuplicate::Merge, _) => {
                let mut details = self.held.take(contact.phone)?.unwrap_or_default();
                details.update(contact.details());
                if stands {
                    return Ok(Merged::Together(details));
                }
                self.held.put(contact.phone, details)?;
                Ok(Merged::Folded(stand))
            }
            (OnDuplicate::First | OnDuplicate::Last | OnDuplicate::Error, true) => Ok(Merged::Alone(contact)),
            (OnDuplicate::First | OnDuplicate::Last | OnDuplicate::Error, false) => Ok(Merged::Folded(stand)),
        }
    }
}

/// Details held from the first to the last row of a phone: up to 8 MiB in memory, beyond that in a private
/// temporary file.
#[derive(Default)]
struct Held {
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

impl Held {
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
            let mut held = Held { bytes: IN_MEMORY - 600, ..Held::default() };
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
