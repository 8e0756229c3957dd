//! `--only-changed`, during the survey: each contact is held against the one that the server has. Where few are new or
//! changed, these are kept and the lines of all others are written at once, so that the inputs are read only once.

mod found;

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};

use super::inputs;
use super::kept_contacts::KeptContacts;
use crate::dedupe::{Numbered, PhoneIndex};
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{RowStatus, StatusMap};
use crate::reading::{Job, RejectedRecords, Step};
use crate::report::certain::CertainLines;
use crate::report::completing::PartlyWritten;
use crate::source;
use crate::state::Comparison;
use crate::stop::Stop;
use crate::survey::{Look as _, Survey};
use crate::wire::contact::Empty;

use found::{Found, Look};

/// The most memory for what is kept: beyond it the inputs are read again.
const MOST: usize = 32 << 20;

/// What was found of all rows so far.
pub struct Lookup {
    empty: Empty,
    /// New and changed contacts, and those of a phone that several rows had the last time.
    kept: KeptContacts,
    /// The rows that cannot be sent.
    rejected: RejectedRecords,
    /// The lines of all rows; `None` where there is no folder for them.
    lines: Option<CertainLines>,
    /// The records whose contact the server has as it is, as far as is known.
    unchanged: Vec<RangeInclusive<u64>>,
    /// Where the phones of these stand among those known, in the same order.
    places: Vec<u32>,
}

/// What the whole reading has found.
pub struct LookedUp {
    /// The contacts that are not certain, in order.
    pub kept: KeptContacts,
    /// `results.csv` with the lines of all others.
    pub written: Option<PartlyWritten>,
}

impl Lookup {
    /// Before the reading. `None` where nothing is known of the contacts.
    pub fn begin(comparison: &Comparison, empty: Empty, folder: Option<&Folder>) -> Option<Lookup> {
        if comparison.known() == 0 {
            return None;
        }
        Some(Lookup {
            empty,
            kept: KeptContacts::default(),
            rejected: RejectedRecords::default(),
            lines: folder.map(CertainLines::begin).transpose().ok()?,
            unchanged: Vec::new(),
            places: Vec::new(),
        })
    }

    /// Makes the survey of a job, and looks each contact up meanwhile. Nothing is found where there is too much to be kept, or
    /// a line cannot be written.
    ///
    /// # Errors
    /// As [`Survey::make`].
    pub fn survey(
        self,
        comparison: &Comparison,
        job: &Job,
        index: PhoneIndex,
        progress: impl FnMut(u64) -> ControlFlow<()> + Send,
    ) -> Result<Option<(Survey, Option<Lookup>)>, source::Error> {
        let is_given_up = AtomicBool::new(false);
        let has_lines = self.lines.is_some();
        let look = Look { comparison, job, empty: self.empty, has_lines, is_given_up: &is_given_up };
        let mut lookup = Some(self);
        let survey = Survey::make_beside(job, index, progress, &look, |found| {
            if lookup.as_mut().is_some_and(|lookup| lookup.add(found).is_none()) {
                is_given_up.store(true, Ordering::Relaxed);
                lookup = None;
            }
        })?;
        Ok(survey.map(|survey| (survey, lookup)))
    }

    /// Takes in what was found of the rows of the next block, and empties it.
    fn add(&mut self, found: &mut Found) -> Option<()> {
        if let Some(lines) = &mut self.lines {
            lines.append(&found.lines).ok()?;
        }
        found.lines.clear();
        for record in found.unchanged.drain(..) {
            match self.unchanged.last_mut() {
                Some(last) if *last.end() + 1 == record => *last = *last.start()..=record,
                _ => self.unchanged.push(record..=record),
            }
        }
        self.places.append(&mut found.places);
        self.kept.append(&mut found.kept);
        self.rejected.append(&mut found.rejected);
        let lines = self.lines.as_ref().map_or(0, CertainLines::size);
        (self.kept.size() + self.rejected.size() + lines <= MOST).then_some(())
    }

    /// The reading has ended. Which contacts are unchanged is added to `comparison` and `statuses`, as far as it is certain; of
    /// those that are not, the rows that are not kept are read again.
    ///
    /// # Errors
    /// The inputs cannot be read again, or a signal came.
    pub fn finish(
        mut self,
        job: &Job,
        survey: &Survey,
        comparison: &mut Comparison,
        statuses: &mut StatusMap,
        stop: &Stop,
    ) -> Result<LookedUp, Error> {
        // Contacts that were not kept, since nobody knew that other rows have the same phone.
        let Numbered { came, again } = survey.dedupe.numbered();
        let records = self.unchanged.iter().flat_map(Clone::clone).zip(&self.places);
        let again: Vec<u64> =
            records.filter(|(_, place)| again.get(**place as usize)).map(|(record, _)| record).collect();
        let mut open = again.iter().copied().peekable();
        for records in &self.unchanged {
            let mut from = *records.start();
            while let Some(open) = open.next_if(|open| open <= records.end()) {
                if from < open {
                    statuses.set(from..=open - 1, RowStatus::Unchanged, None);
                }
                from = open + 1;
            }
            if from <= *records.end() {
                statuses.set(from..=*records.end(), RowStatus::Unchanged, None);
            }
        }
        // The contacts that are kept are compared, which corrects it for their phones.
        comparison.are_same(came.clone());
        if !again.is_empty() {
            self.read_again(&again, comparison, job, survey, stop)?;
            self.kept.sort();
        }
        let lines = self.lines.map(CertainLines::finish).transpose();
        let lines = lines.map_err(|error| Error::Local { what: "results.csv", error })?;
        let rejected = self.rejected;
        Ok(LookedUp { kept: self.kept, written: lines.map(|lines| PartlyWritten { lines, rejected }) })
    }

    /// Keeps the contacts of some rows whose phone others have too.
    fn read_again(
        &mut self,
        records: &[u64],
        comparison: &Comparison,
        job: &Job,
        survey: &Survey,
        stop: &Stop,
    ) -> Result<(), Error> {
        let mut wanted = records.iter().copied().peekable();
        let (is_given_up, has_lines) = (AtomicBool::new(false), self.lines.is_some());
        let look = Look { comparison, job, empty: self.empty, has_lines, is_given_up: &is_given_up };
        let (mut found, mut stopped) = (Found::default(), false);
        let read = job.read_only(
            |record| wanted.next_if_eq(&record).is_some(),
            |step| {
                match &step {
                    Step::Record(record) => look.look(record, &mut found),
                    Step::Bytes(_) => self.reopen(std::mem::take(&mut found)),
                }
                stopped |= stop.asked().is_some();
                if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        let read = read.map_err(Error::of_a_later_reading)?;
        if stopped {
            return Err(Error::stopped(stop, "the comparison"));
        }
        inputs::are_same(job, &survey.inputs, &read.inputs)
    }

    /// Keeps contacts that were taken for unchanged, and their lines.
    fn reopen(&mut self, found: Found) {
        found.contacts().for_each(|(record, phone, parts)| self.kept.add(record, phone, parts));
        if let Some(lines) = &mut self.lines {
            lines.reopen(&found.lines);
        }
    }
}
