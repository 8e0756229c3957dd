//! What is found of the rows of a block, on any thread: it says nothing about other rows.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::contact::name_of;
use crate::contact::phone::Phone;
use crate::pipeline::kept_contacts::KeptContacts;
use crate::reading::{Job, Judged, Record, RejectedRecords};
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
    /// Nothing is wanted any more but the numbers of phones.
    pub is_given_up: &'a AtomicBool,
}

/// What was found of the rows of a block.
#[derive(Default)]
pub(super) struct Found {
    /// The lines of all rows.
    pub lines: LinesOfBlock,
    /// The records whose contact the server has as it is, in order.
    pub unchanged: Vec<u64>,
    /// Where the phones of these stand among those known, in the same order.
    pub places: Vec<u32>,
    /// All other contacts.
    pub kept: KeptContacts,
    /// The rows that cannot be sent.
    pub rejected: RejectedRecords,
    /// What is looked for.
    contacts: Vec<(Looked, Entry)>,
    /// What is sent of each of them, one after another.
    parts: Vec<u8>,
}

/// The memory for what is sent of a block that is kept for the next, in bytes; a few rows can be far larger than usual.
const USUAL: usize = 512 << 10;

#[derive(Clone, Copy)]
struct Looked {
    record: u64,
    phone: Phone,
    /// Where what is sent of it ends.
    end: usize,
}

impl survey::Look for Look<'_> {
    type Found = Found;

    fn look(&self, record: &Record<'_>, found: &mut Found) {
        let is_given_up = self.is_given_up.load(Ordering::Relaxed);
        if let Judged::Contact(contact) = &record.judged {
            let name = contact.name();
            let begin = found.parts.len();
            if !is_given_up {
                write_parts(contact, &name, self.empty, &mut found.parts);
                self.write(record, &name, found);
            }
            let looked = Looked { record: record.row.location.record, phone: contact.phone, end: found.parts.len() };
            let entry = self.comparison.entry(contact.phone, found.parts.get(begin..).unwrap_or_default());
            found.contacts.push((looked, entry));
        } else if !is_given_up {
            self.write(record, &name_of(record.row, record.fields), found);
            // Where there is no place for lines, nobody asks for them.
            if self.has_lines {
                found.rejected.add(record);
            }
        }
    }

    fn finish(&self, found: &mut Found, numbers: &mut Vec<Option<u32>>) {
        let is_given_up = self.is_given_up.load(Ordering::Relaxed);
        let Found { lines, unchanged, places, kept, contacts, parts, .. } = found;
        let (mut open, mut begin) = (Vec::new(), 0);
        self.comparison.find(contacts, |Looked { record, phone, end }, known| {
            numbers.push(known.map(|(place, _)| place));
            match known {
                Some((place, KnownAs::Same)) => {
                    unchanged.push(record);
                    places.push(place);
                }
                _ if is_given_up => {}
                _ => {
                    kept.add(record, phone, parts.get(begin..end).unwrap_or_default());
                    open.push(record);
                }
            }
            begin = end;
        });
        lines.reopen(&open);
        contacts.clear();
        parts.clear();
        parts.shrink_to(USUAL);
    }
}

impl Look<'_> {
    /// Writes the line of a row as it is if nothing else is known of it.
    fn write(&self, record: &Record<'_>, name: &str, found: &mut Found) {
        if let Some(input) = self.job.inputs.get(record.row.location.input as usize).filter(|_| self.has_lines) {
            found.lines.add(input.source.input().name(), record, name);
        }
    }
}

impl Found {
    /// All contacts that were looked at, whatever the server has of them.
    pub fn contacts(&self) -> impl Iterator<Item = (u64, Phone, &[u8])> {
        let mut begin = 0;
        self.contacts.iter().map(move |(Looked { record, phone, end }, _)| {
            let parts = self.parts.get(begin..*end).unwrap_or_default();
            begin = *end;
            (*record, *phone, parts)
        })
    }
}
