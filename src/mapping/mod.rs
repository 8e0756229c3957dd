//! Which column is which field: by what the user says, else by the words of the header, verified on the first
//! rows. What cannot be decided is refused with the option that decides it.
//!
//! Nothing is read out of the cells here; that is the business of `contact`.

mod column;
mod consent;
mod countries;
mod error;
mod filter;
mod guess;
mod key;
mod phones;

use std::str::FromStr;

pub use consent::{Consent, ConsentColumn, Sense, yes_beside};
pub use countries::UnusedCountry;
pub use error::{Cause, Error};
pub use filter::Filter;

use crate::contact::phone::{self, Region};
use crate::contact::{Contact, FieldColumns, Rules};
use crate::row::{Field, Row};
use crate::source::{Basis, Columns, REJECT_COLUMNS};
use crate::vocabulary::{Meaning, is_whatsapp_id, meaning, other_name};
use column::column_of;
pub use column::numbered;
use guess::Guess;
use key::{attribute, snake};

/// What a column is mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A field of the contact.
    Field(Field),
    /// The attribute of this key.
    Attribute(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        if let Some(key) = text.strip_prefix("attr.").filter(|key| !key.is_empty()) {
            return Ok(Target::Attribute(key.to_owned()));
        }
        let field = Field::ALL.into_iter().find(|field| field.as_str() == text);
        field
            .map(Target::Field)
            .ok_or_else(|| format!("is not about one of {}, attr.KEY", Field::ALL.map(Field::as_str).join(", ")))
    }
}

/// Which columns become attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Attributes {
    /// What the input itself calls so.
    #[default]
    Auto,
    /// Every column that no field uses.
    All,
    /// None.
    None,
    /// These columns.
    These(Vec<String>),
}

impl FromStr for Attributes {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Attributes, Self::Err> {
        Ok(match text {
            "auto" => Attributes::Auto,
            "all" => Attributes::All,
            "none" => Attributes::None,
            columns => Attributes::These(columns.split(',').map(|column| column.trim().to_owned()).collect()),
        })
    }
}

/// What the user says about the mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Fields and the columns that hold them; several for one field are its ranks.
    pub map: Vec<(Target, String)>,
    /// Which columns become attributes.
    pub attributes: Attributes,
    /// The country of numbers that do not name one.
    pub default_country: Option<Region>,
}

/// Which column is which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    fields: FieldColumns,
    attributes: Attributes,
    phones: Vec<(u8, u32)>,
    /// Fields that `--map` has settled.
    settled: Vec<Field>,
    /// How many columns have been looked at.
    known: usize,
    consents: Vec<ConsentColumn>,
    unused_countries: Vec<UnusedCountry>,
    unused_phones: Vec<u32>,
}

impl Mapping {
    /// Maps the columns, and verifies the guess on the first rows.
    ///
    /// # Errors
    /// There is no column with phone numbers, several could be meant, or an option names one that is not there.
    pub fn find(columns: &Columns, sample: &[Row], options: &Options) -> Result<Mapping, Error> {
        let mut mapping = Mapping {
            fields: FieldColumns::default(),
            attributes: options.attributes.clone(),
            phones: Vec::new(),
            settled: Vec::new(),
            known: columns.names().len(),
            consents: Vec::new(),
            unused_countries: Vec::new(),
            unused_phones: Vec::new(),
        };
        for (target, name) in &options.map {
            mapping.settle(target, name, columns)?;
        }
        let guess = Guess::new(columns, sample, |column| mapping.fields.uses(column));
        mapping.take_guess(&guess, columns)?;
        let others = mapping.leave_others(&guess, columns, sample);
        mapping.join_area(&guess, sample, options.default_country, columns)?;
        mapping.find_attributes(columns)?;
        mapping.mark_international(columns);
        mapping.fields.phone_labels = phones::labels(mapping.fields.of(Field::Phone), columns);
        mapping.find_other_names(columns);
        mapping.unused_countries = countries::unused(&mapping.fields, columns, sample);
        let rules = phone::Rules { default: options.default_country, ..phone::Rules::default() };
        mapping.unused_phones = phones::unused(&mapping.fields, columns, sample, &rules);
        mapping.unused_phones.retain(|column| !others.contains(column));
        Ok(mapping)
    }

    /// Takes in columns that JSON has met since, by their words alone.
    pub fn extend(&mut self, columns: &Columns) {
        let names = columns.names();
        for (column, name) in positions(names).skip(self.known) {
            let Some((meaning, extra)) = meaning(name) else { continue };
            match meaning {
                Meaning::Phone(rank) => self.phones.push((rank + if extra { 10 } else { 0 }, column)),
                Meaning::Name | Meaning::NameOrLast | Meaning::FirstOrName => self.add(Field::Name, column),
                Meaning::First => self.add(Field::FirstName, column),
                Meaning::Last => self.add(Field::LastName, column),
                Meaning::Email => self.add(Field::Email, column),
                Meaning::Prefix => self.add(Field::Prefix, column),
                Meaning::Region => self.add(Field::Region, column),
                Meaning::Tags => self.add(Field::Tags, column),
                Meaning::PerhapsPhone(_)
                | Meaning::LastPhone
                | Meaning::NameOrPhone
                | Meaning::PerhapsName
                | Meaning::PerhapsPrefix
                | Meaning::Area
                | Meaning::PrefixOrArea
                | Meaning::Country
                | Meaning::OptIn
                | Meaning::OptOut => {}
            }
        }
        self.rank_phones();
        self.find_own_names(columns);
        self.mark_international(columns);
        self.find_other_names(columns);
        // The columns of `These` were found at the beginning.
        let from = self.known;
        // A reading that has begun again has met fewer than the sample; they are no news when they come once more.
        self.known = from.max(names.len());
        self.add_attributes(columns, from);
    }

    /// Which columns hold which field.
    pub fn fields(&self) -> &FieldColumns {
        &self.fields
    }

    /// Columns that say who wants to be written to, and who does not.
    pub fn consents(&self) -> &[ConsentColumn] {
        &self.consents
    }

    /// Columns of countries or calling codes that no field uses.
    pub fn unused_countries(&self) -> &[UnusedCountry] {
        &self.unused_countries
    }

    /// Whether `--map` says which columns hold the field.
    pub fn is_settled(&self, field: Field) -> bool {
        self.settled.contains(&field)
    }

    /// How it is known that a column holds a field. `has_header`: somebody has named the column.
    pub fn basis(&self, field: Field, column: u32, columns: &Columns, has_header: bool) -> Basis {
        if self.settled.contains(&field) {
            Basis::Asked
        } else if has_header && meaning(name_of(column, columns).trim()).is_some() {
            Basis::Name
        } else {
            Basis::Content
        }
    }

    /// Columns of phone numbers that no field uses, from 0.
    pub fn unused_phones(&self) -> &[u32] {
        &self.unused_phones
    }

    /// Adds a column to a field that the user has not settled.
    fn add(&mut self, field: Field, column: u32) {
        if !self.settled.contains(&field) {
            self.fields.add(field, column);
        }
    }

    /// What `--map` says.
    fn settle(&mut self, target: &Target, name: &str, columns: &Columns) -> Result<(), Error> {
        match target {
            Target::Field(field) => {
                let column = column_of(name, columns, &format!("--map {field}="))?;
                self.fields.add(*field, column);
                self.settled.push(*field);
                // Who names a part of the name does not want the whole guessed.
                if matches!(field, Field::FirstName | Field::LastName) {
                    self.settled.push(Field::Name);
                }
            }
            Target::Attribute(key) => {
                let column = column_of(name, columns, &format!("--map attr.{key}="))?;
                self.fields.attributes.push((column, key.clone()));
            }
        }
        Ok(())
    }

    fn take_guess(&mut self, guess: &Guess, columns: &Columns) -> Result<(), Error> {
        if !self.settled.contains(&Field::Phone) {
            self.phones = guess.phones(columns)?;
            self.rank_phones();
        }
        for (field, column) in guess.others(columns, self.fields.of(Field::Phone)) {
            self.add(field, column);
        }
        let consents = guess.of(|meaning| matches!(meaning, Meaning::OptIn | Meaning::OptOut)).map(|seen| {
            let name = name_of(seen.column, columns);
            let by_name = meaning(name.trim()).map(|(meaning, _)| meaning);
            let sense = if by_name == Some(Meaning::OptIn) { Sense::OptIn } else { Sense::OptOut };
            ConsentColumn { column: seen.column, name: name.to_owned(), sense, by_name: by_name.is_some() }
        });
        self.consents = consents.collect();
        Ok(())
    }

    /// Takes the area codes that belong to the numbers, if the two together are numbers. If they are not, they are
    /// taken apart only where the user says that the numbers are whole.
    fn join_area(
        &mut self,
        guess: &Guess,
        sample: &[Row],
        default: Option<Region>,
        columns: &Columns,
    ) -> Result<(), Error> {
        if self.settled.contains(&Field::Area) {
            return Ok(());
        }
        let Some((area, number)) = guess.area(self.fields.of(Field::Phone)) else { return Ok(()) };
        self.fields.add(Field::Area, area);
        let mut rules = Rules::default();
        rules.phone.default = default;
        let both = |row: &&Row| [area, number].iter().all(|&column| !row.cell(column as usize).trim().is_empty());
        if sample.iter().filter(both).any(|row| Contact::from_row(row, &self.fields, &rules).is_ok()) {
            return Ok(());
        }
        self.fields.set(Field::Area, Vec::new());
        match self.settled.contains(&Field::Phone) {
            true => Ok(()),
            false => Err(Error::Parted {
                area: name_of(area, columns).to_owned(),
                number: name_of(number, columns).to_owned(),
                has_country: default.is_some(),
            }),
        }
    }

    fn rank_phones(&mut self) {
        if !self.settled.contains(&Field::Phone) {
            self.phones.sort_unstable();
            self.fields.set(Field::Phone, self.phones.iter().map(|&(_, column)| column).collect());
        }
    }

    /// Finds what a contact is called that has no personal name, unless the user says where the name is.
    fn find_other_names(&mut self, columns: &Columns) {
        if self.settled.contains(&Field::Name) {
            return;
        }
        let free = positions(columns.names()).filter(|(column, _)| !self.fields.uses(*column));
        let mut found: Vec<(u8, u32)> =
            free.filter_map(|(column, name)| Some((other_name(name.trim())?, column))).collect();
        found.sort_unstable();
        self.fields.other_names = found.into_iter().map(|(_, column)| column).collect();
    }

    /// Marks the phone columns that hold ids of WhatsApp.
    fn mark_international(&mut self, columns: &Columns) {
        let is_id = |column: &&u32| is_whatsapp_id(name_of(**column, columns));
        self.fields.international = self.fields.of(Field::Phone).iter().filter(is_id).copied().collect();
    }

    fn find_attributes(&mut self, columns: &Columns) -> Result<(), Error> {
        if let Attributes::These(names) = &self.attributes {
            for name in names.clone() {
                let column = column_of(&name, columns, "--attributes ")?;
                self.push_attribute(column, attribute(&name).map_or_else(|| snake(&name), str::to_owned));
            }
        }
        self.add_attributes(columns, 0);
        Ok(())
    }

    /// Adds the attributes among the columns from `from` on.
    fn add_attributes(&mut self, columns: &Columns, from: usize) {
        let all = self.attributes == Attributes::All;
        if !all && self.attributes != Attributes::Auto {
            return;
        }
        // What Salesforce calls so is the type and address of the record.
        let salesforce = {
            let within = |name: &&String| name.starts_with("attributes.");
            let names = columns.names();
            names.iter().filter(within).all(|name| name == "attributes.type" || name == "attributes.url")
                && names.iter().any(|name| name == "attributes.url")
        };
        for (column, name) in positions(columns.names()).skip(from) {
            if self.fields.uses(column) || name.trim().is_empty() || REJECT_COLUMNS.contains(&name) {
                continue;
            }
            match attribute(name) {
                Some(_) if salesforce => {}
                Some(key) => self.push_attribute(column, key.to_owned()),
                None if all => self.push_attribute(column, snake(name)),
                None => {}
            }
        }
    }

    /// Adds an attribute; one whose key is taken gets a number. What `--map` and `--attributes` both name is one.
    fn push_attribute(&mut self, column: u32, key: String) {
        let taken = |key: &str| self.fields.attributes.iter().find(|(_, taken)| taken == key);
        let mut free = key.clone();
        let mut number = 2;
        while let Some((by, _)) = taken(&free) {
            if *by == column {
                return;
            }
            free = format!("{key}_{number}");
            number += 1;
        }
        if !free.is_empty() {
            self.fields.attributes.push((column, free));
        }
    }
}

fn name_of(column: u32, columns: &Columns) -> &str {
    columns.name(column as usize).unwrap_or("")
}

fn positions(names: &[String]) -> impl Iterator<Item = (u32, &str)> {
    (0..).zip(names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests;
