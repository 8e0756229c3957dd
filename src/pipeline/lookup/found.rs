//! What is found of the rows of a block, on any thread: it says nothing about other rows.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::contact::{Contact, name_of};
use crate::reading::{Job, Judged, KeptRows, Record, Unjudged};
use crate::report::certain::LinesOfBlock;
use crate::state::{Comparison, Entry, KnownAs};
use crate::survey;
use crate::wire::contact::{Empty, write_parts};

/// What every thread needs to know.
pub(super) struct Look<'a> {
    pub comparison: &'a Comparison,
    pub job: &'a Job,
    pub empty: Empty,
    /// Whether there is a place for lines.
    pub has_lines: bool,
    /// Nothing is wanted any more.
    pub is_given_up: &'a AtomicBool,
}

/// What was found of the rows of a block.
#[derive(Default)]
pub(super) struct Found {
    /// Those that are kept.
    pub kept: KeptRows,
    /// The lines of all others.
    pub lines: LinesOfBlock,
    /// The records among them whose contact the server has as it is, in order.
    pub unchanged: Vec<u64>,
    /// Where the phones of these stand among those known, in the same order.
    pub places: Vec<u32>,
    /// What is looked for: the record, and whether it is kept whatever is found.
    contacts: Vec<((u64, bool), Entry)>,
    parts: Vec<u8>,
}

impl survey::Look for Look<'_> {
    type Found = Found;

    fn look(&self, record: &Record<'_>, found: &mut Found) {
        if self.is_given_up.load(Ordering::Relaxed) {
            // The numbers of phones are wanted all the same.
            if let Judged::Contact(contact) = &record.judged {
                found.contacts.push(((record.row.location.record, true), self.comparison.entry(contact.phone, &[])));
            }
            return;
        }
        match &record.judged {
            Judged::Invalid(_) => found.kept.add(record),
            Judged::Skipped => {
                if !self.write(record, &name_of(record.row, record.fields), None, found) {
                    found.kept.add(record);
                }
            }
            Judged::Contact(contact) => {
                let name = contact.name();
                found.parts.clear();
                write_parts(contact, &name, self.empty, &mut found.parts);
                let entry = self.comparison.entry(contact.phone, &found.parts);
                let has_no_line = !self.write(record, &name, Some(contact), found);
                found.contacts.push(((record.row.location.record, has_no_line), entry));
                self.comparison.prefetch_last(&found.contacts);
            }
        }
    }

    /// All phones of the block are looked up together, so that none waits for the memory of another.
    fn choose(&self, found: &mut Found, mut number: impl FnMut(usize, u32)) -> Vec<u64> {
        let Found { contacts, unchanged, places, lines, .. } = found;
        let (mut chosen, mut contact) = (Vec::new(), 0_usize..);
        self.comparison.find(contacts, |(record, has_no_line), known| {
            let at = contact.next();
            if let (Some(at), Some((place, _))) = (at, known) {
                number(at, place);
            }
            match known {
                Some((place, KnownAs::Same)) if !has_no_line => {
                    unchanged.push(record);
                    places.push(place);
                }
                _ => chosen.push(record),
            }
        });
        contacts.clear();
        if self.is_given_up.load(Ordering::Relaxed) {
            return Vec::new();
        }
        lines.remove(&chosen);
        chosen
    }

    fn look_again(&self, record: Unjudged<'_>, found: &mut Found) {
        found.kept.add_unjudged(record);
    }
}

impl Look<'_> {
    /// Writes the line of a row as it is if nothing else is known of it; whether that can be done.
    fn write(&self, record: &Record<'_>, name: &str, contact: Option<&Contact<'_>>, found: &mut Found) -> bool {
        if !self.has_lines {
            return true;
        }
        let input = self.job.inputs.get(record.row.location.input as usize);
        input
            .is_some_and(|input| found.lines.add(input.source.input().name(), record.before, record.row, name, contact))
    }
}
