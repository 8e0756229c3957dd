//! `--only-changed`: the contacts of the input against those that the server has, one after another.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::contacts::{Contacts, Whole};
use crate::contact::phone::Phone;
use crate::dedupe::Merge;
use crate::error::Error;
use crate::outcome::{RowStatus, StatusMap};
use crate::state::Comparison;
use crate::survey::Survey;
use crate::wire::contact::{Empty, write_merged_parts};

/// What compares contacts in the order of their rows.
pub struct InOrder<'c> {
    pub comparison: &'c mut Comparison,
    pub statuses: &'c mut StatusMap,
    pub survey: &'c Survey,
    pub empty: Empty,
    pub merge: Merge<'c>,
    /// The rows that are still to be sent; `None` where nobody asks for them.
    pub open: Option<OpenRows>,
    /// What is written of a merged contact.
    pub parts: Vec<u8>,
}

impl InOrder<'_> {
    /// Compares the contacts of a block, and empties it.
    ///
    /// # Errors
    /// What is held of repeated rows fits neither into memory nor into a temporary file.
    pub fn compare(&mut self, contacts: &mut Contacts) -> Result<(), Error> {
        let InOrder { comparison, statuses, survey, empty, merge, open, parts } = self;
        comparison.prefetch(contacts.phones());
        contacts.settle(merge, |record, phone, whole| {
            let is_merged = !matches!(whole, Some(Whole::Written(_)));
            if let Some(open) = open.as_mut().filter(|_| is_merged) {
                open.merged.push((record, phone));
            }
            let parts = match whole {
                None => return Ok(ControlFlow::Continue(())),
                Some(Whole::Written(parts)) => parts,
                Some(Whole::Merged(details)) => {
                    parts.clear();
                    write_merged_parts(phone, &details, *empty, parts);
                    &*parts
                }
            };
            let are_several = survey.dedupe.winner(phone).is_some();
            if !comparison.is_unchanged(record, phone, parts, are_several) {
                if let Some(open) = open {
                    open.add(record, phone, is_merged);
                }
            } else if !statuses.is_done(record) {
                statuses.set(record..=record, RowStatus::Unchanged, None);
            }
            Ok(ControlFlow::Continue(()))
        })
    }
}

/// Rows that hold something of a contact which is still to be sent.
#[derive(Default)]
pub struct OpenRows {
    /// Those whose contact is sent.
    records: Vec<u64>,
    /// All rows that are merged with others, those without anything to be sent too.
    merged: Vec<(u64, Phone)>,
    /// The phones of those that are sent.
    phones: HashSet<Phone>,
}

impl OpenRows {
    fn add(&mut self, record: u64, phone: Phone, is_merged: bool) {
        self.records.push(record);
        if is_merged {
            self.phones.insert(phone);
        }
    }

    /// Their records, in order.
    pub fn records(mut self) -> Vec<u64> {
        let merged = self.merged.iter().filter(|(_, phone)| self.phones.contains(phone));
        self.records.extend(merged.map(|(record, _)| record));
        self.records.sort_unstable();
        self.records
    }
}
