//! `--only-changed`: the contacts of the input against those that the server has, one after another.

use std::ops::ControlFlow;

use super::contacts::{Contacts, Whole};
use super::kept_contacts::KeptContacts;
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
    /// Those that are still to be sent; `None` where nobody asks for them.
    pub open: Option<KeptContacts>,
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
        comparison.touch(contacts.phones());
        contacts.settle(merge, |record, phone, whole| {
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
                    open.add(record, phone, parts);
                }
            } else if !statuses.is_done(record) {
                statuses.set(record..=record, RowStatus::Unchanged, None);
            }
            Ok(ControlFlow::Continue(()))
        })
    }
}
