//! What is found of the rows of a block, on any thread: it says nothing about other rows.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::contact::{Contact, name_of};
use crate::outcome::RowStatus;
use crate::reading::{Job, Judged, KeptRows, Record};
use crate::report::certain::write_line;
use crate::state::{Comparison, Entry, SharedBits};
use crate::survey;
use crate::wire::contact::{Empty, write_parts};

/// What every thread needs to know.
pub(super) struct Look<'a> {
    pub comparison: &'a Comparison,
    pub job: &'a Job,
    pub empty: Empty,
    /// Whether there is a place for lines.
    pub has_lines: bool,
    /// The known phones that rows of earlier blocks have, at least.
    pub met: &'a SharedBits,
    /// Nothing is wanted any more.
    pub is_given_up: &'a AtomicBool,
}

/// What was found of the rows of a block, in their order.
#[derive(Default)]
pub(super) struct Found {
    pub rows: Vec<FoundRow>,
    /// Those that are kept, in any order.
    pub kept: KeptRows,
    /// The lines of rows, one after another.
    pub lines: Vec<u8>,
    /// What is looked for, with the number of its row.
    contacts: Vec<(usize, Entry)>,
    parts: Vec<u8>,
}

/// What was found of a row.
pub(super) struct FoundRow {
    pub record: u64,
    /// Where its phone stands among those known.
    pub place: Option<usize>,
    /// The status and the length of the line that it has if it is not kept; `None` where there is none.
    pub line: Option<(RowStatus, u16)>,
    pub is_kept: bool,
}

impl survey::Look for Look<'_> {
    type Found = Found;

    fn look(&self, record: &Record<'_>, found: &mut Found) {
        if self.is_given_up.load(Ordering::Relaxed) {
            return;
        }
        let line = match &record.judged {
            Judged::Invalid(_) => None,
            Judged::Skipped => self.write(record, &name_of(record.row, record.fields), None, found),
            Judged::Contact(contact) => {
                let name = contact.name();
                found.parts.clear();
                write_parts(contact, &name, self.empty, &mut found.parts);
                let entry = self.comparison.entry(contact.phone, &found.parts);
                found.contacts.push((found.rows.len(), entry));
                self.write(record, &name, Some(contact), found)
            }
        };
        if line.is_none() {
            found.kept.add(record);
        }
        let record = record.row.location.record;
        found.rows.push(FoundRow { record, place: None, line, is_kept: line.is_none() });
    }

    /// All phones of the block are looked up together, so that none waits for the memory of another.
    fn choose(&self, found: &mut Found) -> Vec<u64> {
        let mut chosen = Vec::new();
        self.comparison.find(&found.contacts, |row, place, is_same| {
            let Some(row) = found.rows.get_mut(row) else { return };
            row.place = place;
            let is_certain = is_same && !place.is_some_and(|place| self.met.get(place));
            if !is_certain && !row.is_kept {
                row.is_kept = true;
                chosen.push(row.record);
            }
        });
        found.contacts.clear();
        chosen
    }

    fn look_again(&self, record: &Record<'_>, found: &mut Found) {
        found.kept.add(record);
    }
}

impl Look<'_> {
    /// Writes the line of a row as it is if nothing else is known of it; its status and length.
    fn write(
        &self,
        record: &Record<'_>,
        name: &str,
        contact: Option<&Contact<'_>>,
        found: &mut Found,
    ) -> Option<(RowStatus, u16)> {
        let status = if contact.is_some() { RowStatus::Unchanged } else { RowStatus::Skipped };
        if !self.has_lines {
            return Some((status, 0));
        }
        let location = record.row.location;
        let file = self.job.inputs.get(location.input as usize)?.source.input().name();
        let length = write_line(file, location.record - record.before, record.row, name, contact, &mut found.lines)?;
        Some((status, length))
    }
}
