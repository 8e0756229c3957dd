//! Who can be sent, and what is missing of those who cannot: names, numbers in columns that are not mapped, countries.

use std::collections::BTreeMap;

use crate::contact::{Contact, phone};
use crate::row::{Code, Reject, Row};
use crate::understanding::Understanding;

use super::Places;
use super::marked::{self, Marked};
use super::names::{self, CommonNames};

/// What the rows of one input have and lack.
#[derive(Debug, Default)]
pub struct People {
    /// Whether a row that can be sent has a name.
    pub has_names: bool,
    /// The rows that can be sent and have no name.
    pub nameless: Places,
    /// The rows without a phone, by the column that no field uses and that holds one.
    pub phones_elsewhere: BTreeMap<u32, Places>,
    /// The rows whose number does not say its country: rejected, or taken as one of the default country.
    pub without_country: Places,
}

/// What the rows of all inputs have.
#[derive(Debug, Default)]
pub struct Everybody {
    /// By the number of the input in the job; inputs without a row are left out.
    pub inputs: BTreeMap<u32, People>,
    /// What each column of consent says of the rows that can be sent.
    pub marked: Vec<Marked>,
    /// The names that are the commonest.
    pub names: CommonNames,
    /// Whether a row that can be sent has more than a phone.
    pub has_more_than_phones: bool,
}

impl People {
    fn append(&mut self, later: People) {
        self.has_names |= later.has_names;
        self.nameless.append(later.nameless);
        for (column, places) in later.phones_elsewhere {
            self.phones_elsewhere.entry(column).or_default().append(places);
        }
        self.without_country.append(later.without_country);
    }
}

impl Everybody {
    /// Takes in a row that can be sent, and gives the hash of its name: names are counted in order.
    pub(super) fn add(&mut self, contact: &Contact<'_>, row: &Row, input: Option<&Understanding>) -> Option<u64> {
        marked::add(&mut self.marked, input.map_or(&[], |input| input.mapping.consents()), row);
        let people = self.inputs.entry(row.location.input).or_default();
        let name = contact.written_name().map(|(first, last)| names::hash((&first, last)));
        match name {
            None => people.nameless.add(row.location.line),
            Some(_) => {
                people.has_names = true;
                self.has_more_than_phones = true;
            }
        }
        if contact.by_default_country {
            people.without_country.add(row.location.line);
        }
        self.has_more_than_phones = self.has_more_than_phones
            || contact.email.is_some()
            || !contact.tags().is_empty()
            || !contact.attributes().is_empty();
        name
    }

    /// Adds what rows behind these have; their names apart.
    pub(super) fn append(&mut self, later: Everybody) {
        for (number, people) in later.inputs {
            self.inputs.entry(number).or_default().append(people);
        }
        marked::append(&mut self.marked, later.marked);
        self.has_more_than_phones |= later.has_more_than_phones;
    }

    /// Takes in a row that cannot be sent.
    pub(super) fn add_rejected(&mut self, reject: &Reject, row: &Row, input: Option<&Understanding>) {
        let people = self.inputs.entry(row.location.input).or_default();
        match reject.code {
            Code::PhoneNoCountry => people.without_country.add(row.location.line),
            Code::PhoneMissing => {
                let Some(input) = input else { return };
                let holds = |column: &&u32| {
                    let cell = row.cell(**column as usize);
                    !cell.is_empty() && phone::read("", cell, None, &input.rules.phone).is_ok()
                };
                if let Some(column) = input.mapping.unused_phones().iter().find(holds) {
                    people.phones_elsewhere.entry(*column).or_default().add(row.location.line);
                }
            }
            _ => {}
        }
    }
}
