//! What consecutive rows are found to be, and how that is joined.

use std::io;

use super::Survey;
use super::tally::Tally;
use crate::contact::phone::{Kind, Phone, Region};
use crate::dedupe::PhoneIndex;
use crate::reading::{InputRead, Job, Judged, Record};
use crate::row::Location;
use crate::source::Error;

/// What some rows are found to be, without those before them.
#[derive(Default)]
pub(super) struct Part {
    found: Survey,
    /// The rows that can be sent.
    valid: Vec<Valid>,
    /// The numbers of their phones, if phones have numbers.
    pub numbers: Vec<Option<u32>>,
}

/// What is known of a row that can be sent, for what needs all rows before it.
struct Valid {
    phone: Phone,
    location: Location,
    region: Region,
    kind: Kind,
    /// The hash of its name; `None` where it has none.
    name: Option<u64>,
}

impl Part {
    /// Adds a row.
    pub fn add(&mut self, record: &Record<'_>, job: &Job) {
        let Record { row, columns, judged, .. } = record;
        let found = &mut self.found;
        found.read += 1;
        let input = job.inputs.get(row.location.input as usize);
        match judged {
            Judged::Skipped => found.skipped += 1,
            Judged::Invalid(reject) => {
                found.everybody.add_rejected(reject, row, input);
                found.reject(reject, columns);
            }
            Judged::Contact(contact) => {
                let name = found.everybody.add(contact, row, input);
                found.by_default_country += u64::from(contact.by_default_country);
                found.note(contact.notes);
                let (phone, region, kind) = (contact.phone, contact.region, contact.kind);
                self.valid.push(Valid { phone, location: row.location, region, kind, name });
            }
        }
    }
}

/// What all rows so far are found to be.
pub(super) struct Whole {
    found: Survey,
    tally: Tally,
    index: PhoneIndex,
}

/// That the phones of an input can be kept nowhere.
pub(super) struct Unkept {
    input: u32,
    error: io::Error,
}

impl Unkept {
    /// The same as an error of the input.
    pub fn of(self, job: &Job) -> Error {
        let input = job.inputs.get(self.input as usize).map_or("", |input| input.source.input().name());
        Error::unkept(input, self.error)
    }
}

impl Whole {
    pub fn new(index: PhoneIndex) -> Whole {
        Whole { found: Survey::default(), tally: Tally::default(), index }
    }

    /// Adds the rows that come next, and empties the part.
    pub fn append(&mut self, part: &mut Part) -> Result<(), Unkept> {
        self.found.append(std::mem::take(&mut part.found));
        let numbers = part.numbers.drain(..).chain(std::iter::repeat(None));
        for (Valid { phone, location, region, kind, name }, number) in part.valid.drain(..).zip(numbers) {
            let unkept = |error| Unkept { input: location.input, error };
            self.index.add(phone, location, number).map_err(unkept)?;
            self.tally.add(region, kind);
            if let Some(name) = name {
                self.found.everybody.names.add(name, phone, location);
            }
        }
        Ok(())
    }

    /// The survey, when all rows of the job have been added.
    pub fn finish(self, job: &Job, inputs: Vec<InputRead>) -> Result<Survey, Error> {
        let dedupe = self.index.finish().map_err(|error| Unkept { input: 0, error }.of(job))?;
        let (countries, kinds) = (self.tally.countries(), self.tally.kinds());
        let mut survey = Survey { dedupe, inputs, countries, kinds, ..self.found };
        survey.count_people(&job.rules);
        Ok(survey)
    }
}
