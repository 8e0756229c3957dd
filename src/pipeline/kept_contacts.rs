//! Contacts that are kept in memory as what is sent of them, so that the inputs need not be read again for them.

use crate::contact::Details;
use crate::contact::phone::Phone;
use crate::wire::contact::read_parts;

/// Contacts of rows, in the order of their records once they are [sorted](KeptContacts::sort).
#[derive(Debug, Default)]
pub struct KeptContacts {
    contacts: Vec<KeptContact>,
    /// What is sent of them, one after another: memory for each of its own would cost more.
    parts: Vec<u8>,
}

#[derive(Debug)]
struct KeptContact {
    record: u64,
    phone: Phone,
    begin: usize,
    end: usize,
}

/// The memory for the contacts of a block that is kept for the next, in bytes; a few can be far larger than usual.
const USUAL: usize = 64 << 10;

impl KeptContacts {
    /// Adds that of a row; `parts` is what [`write_parts`](crate::wire::contact::write_parts) writes of it.
    pub fn add(&mut self, record: u64, phone: Phone, parts: &[u8]) {
        let begin = self.parts.len();
        self.parts.extend_from_slice(parts);
        self.contacts.push(KeptContact { record, phone, begin, end: self.parts.len() });
    }

    /// Moves others behind these.
    pub fn append(&mut self, others: &mut KeptContacts) {
        let before = self.parts.len();
        let moved = others.contacts.drain(..);
        self.contacts.extend(moved.map(|kept| KeptContact {
            begin: before + kept.begin,
            end: before + kept.end,
            ..kept
        }));
        self.parts.extend_from_slice(&others.parts);
        others.parts.clear();
        others.parts.shrink_to(USUAL);
    }

    /// Puts them in the order of their records.
    pub fn sort(&mut self) {
        self.contacts.sort_by_key(|kept| kept.record);
    }

    /// The memory they take, in bytes.
    pub fn size(&self) -> usize {
        size_of::<KeptContact>() * self.contacts.len() + self.parts.len()
    }

    /// The record, the phone, and what is sent, as values; `None` where the parts are none.
    pub fn details(&self) -> impl Iterator<Item = (u64, Phone, Option<Details>)> {
        self.iter().map(|(record, phone, parts)| (record, phone, read_parts(parts)))
    }

    /// The record, the phone, and what is sent, one after another.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Phone, &[u8])> {
        self.contacts
            .iter()
            .map(|kept| (kept.record, kept.phone, self.parts.get(kept.begin..kept.end).unwrap_or_default()))
    }
}
