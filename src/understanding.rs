//! What an input is taken for, as a whole: its format, encoding, dialect and header, which of its columns is which field,
//! and what is in doubt, each with how it is known. Decided in one place, from the beginning of the input and the wishes
//! of the user; nothing else is looked at, so that the same two always give the same.

use crate::contact::Rules;
use crate::contact::phone::Plans;
use crate::mapping::{self, Filter, Mapping};
use crate::source::{self, InputSource, Notice, Source};

/// What the user wishes of an input.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// How it is read.
    pub source: source::Options,
    /// Which column is which field.
    pub mapping: mapping::Options,
    /// Conditions `COLUMN=VALUE,…` that a row must fulfil, all of them.
    pub only: Vec<String>,
    /// Conditions `COLUMN=VALUE,…` that a row must not fulfil, none of them.
    pub skip: Vec<String>,
    /// What is believed of a row; its numbering plans are those built in.
    pub rules: Rules,
}

/// An input, understood.
pub struct Understanding {
    /// How it is written, its columns and first records, and what was guessed of them.
    pub source: Source,
    /// Which of its columns is which field, and which columns that no field uses may be meant.
    pub mapping: Mapping,
    /// Which of its rows are wanted.
    pub filter: Filter,
    /// What is believed of one of its rows.
    pub rules: Rules,
}

/// Why an input is not understood.
#[derive(Debug)]
pub enum Error {
    /// It cannot be read as a list of contacts.
    Source(source::Error),
    /// Its columns do not fit what is wanted of them.
    Mapping {
        /// The name of the input.
        input: String,
        /// What does not fit.
        error: mapping::Error,
    },
}

/// Finds out what an input is and which of its columns is which field: one understanding, or one for each worksheet that
/// is asked for. Rows are believed by these numbering plans.
///
/// # Errors
/// It is no list of contacts, or has no column of phone numbers.
pub fn understand(input: InputSource, wishes: &Wishes, plans: &Plans) -> Result<Vec<Understanding>, Error> {
    let sources = source::open_all(input, &wishes.source).map_err(Error::Source)?;
    sources.into_iter().map(|source| of_source(source, wishes, plans)).collect()
}

fn of_source(source: Source, wishes: &Wishes, plans: &Plans) -> Result<Understanding, Error> {
    let name = source.input().name();
    let unfit = |error| Error::Mapping { input: name.to_owned(), error };
    let mapping = Mapping::find(source.columns(), source.sample(), &wishes.mapping).map_err(unfit)?;
    let filter = Filter::find(&wishes.only, &wishes.skip, source.columns()).map_err(unfit)?;
    let mut rules = wishes.rules.clone();
    rules.phone.plans = plans.clone();
    Ok(Understanding { source, mapping, filter, rules })
}

impl Understanding {
    /// How each thing is known: `csv by its content, …`, then of each field `phone is column Handy, by its name`. Headers
    /// may come from anywhere: made safe by whoever prints them.
    pub fn evidence(&self) -> Vec<String> {
        let columns = self.source.columns();
        let has_header = !self.source.notices().iter().any(|notice| matches!(notice, Notice::NoHeader { .. }));
        let mut evidence = vec![self.source.reasons().join(", ")];
        for (field, list) in self.mapping.fields().iter() {
            evidence.extend(list.iter().map(|&column| {
                let title = columns.name(column as usize).unwrap_or_default();
                let basis = self.mapping.basis(field, column, columns, has_header).as_str();
                format!("{field} is column {title}, {basis}")
            }));
        }
        evidence
    }
}

#[cfg(test)]
mod tests;
