//! The contacts of a block of rows: prepared on any thread, as far as they can be without the rows before them, and made whole in
//! the order of the input.

use std::ops::ControlFlow;

use crate::contact::phone::Phone;
use crate::contact::{Contact, Details};
use crate::dedupe::{Merge, Share, Winner};
use crate::error::Error;
use crate::wire::contact::read_parts;

/// The memory for what is written of a block that is kept for the next, in bytes; a few rows can be far larger than usual.
const USUAL: usize = 512 << 10;

/// Contacts of consecutive rows.
#[derive(Default)]
pub struct Contacts {
    contacts: Vec<Prepared>,
    /// What is written of them, one after another.
    bytes: Vec<u8>,
}

enum Prepared {
    /// It is as it was written; where that ends.
    Alone { record: u64, phone: Phone, end: usize },
    /// It is merged with others of its phone.
    Shared { winner: Winner, record: u64, phone: Phone, details: Box<Details> },
}

/// A contact as it is sent.
pub enum Whole<'a> {
    /// It is that of its row, as it was written.
    Written(&'a [u8]),
    /// It is merged from several rows.
    Merged(Details),
}

impl Contacts {
    /// Adds that of a row, unless nothing of it is sent. `write` writes it where it is that of its row alone.
    pub fn add(&mut self, share: Share, record: u64, contact: &Contact<'_>, write: impl FnOnce(&mut Vec<u8>)) {
        let phone = contact.phone;
        match share {
            Share::None(_) => {}
            Share::All => self.add_alone(record, phone, write),
            Share::Merged(winner) => self.add_shared(winner, record, phone, contact.details()),
        }
    }

    /// The same of one that is kept as its parts; `None` where they are none.
    pub fn add_parts(&mut self, share: Share, record: u64, phone: Phone, parts: &[u8]) -> Option<()> {
        match share {
            Share::None(_) => {}
            Share::All => self.add_alone(record, phone, |bytes| bytes.extend_from_slice(parts)),
            Share::Merged(winner) => self.add_shared(winner, record, phone, read_parts(parts)?),
        }
        Some(())
    }

    fn add_alone(&mut self, record: u64, phone: Phone, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.contacts.push(Prepared::Alone { record, phone, end: self.bytes.len() });
    }

    fn add_shared(&mut self, winner: Winner, record: u64, phone: Phone, details: Details) {
        self.contacts.push(Prepared::Shared { winner, record, phone, details: Box::new(details) });
    }

    /// The phones of these rows.
    pub fn phones(&self) -> impl Iterator<Item = Phone> {
        self.contacts.iter().map(|contact| match contact {
            Prepared::Alone { phone, .. } | Prepared::Shared { phone, .. } => *phone,
        })
    }

    /// Gives the record and phone of each row, and the contact that is sent for it; `None` where it is merged into that of a
    /// later row. `each` ends it by breaking. None is left.
    ///
    /// # Errors
    /// As [`Merge::add`], or those of `each`.
    pub fn settle(
        &mut self,
        merge: &mut Merge<'_>,
        mut each: impl FnMut(u64, Phone, Option<Whole<'_>>) -> Result<ControlFlow<()>, Error>,
    ) -> Result<(), Error> {
        let mut start = 0;
        for contact in self.contacts.drain(..) {
            let step = match contact {
                Prepared::Alone { record, phone, end } => {
                    let written = self.bytes.get(start..end).unwrap_or_default();
                    start = end;
                    each(record, phone, Some(Whole::Written(written)))?
                }
                Prepared::Shared { winner, record, phone, details } => {
                    let failed = |error| Error::Local { what: "a temporary file for repeated rows", error };
                    let merged = merge.add(winner, record, phone, *details).map_err(failed)?;
                    each(record, phone, merged.map(Whole::Merged))?
                }
            };
            if step.is_break() {
                break;
            }
        }
        self.bytes.clear();
        self.bytes.shrink_to(USUAL);
        Ok(())
    }
}
