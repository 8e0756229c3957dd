//! What the columns of consent say of the rows that can be sent.

use crate::mapping::{Consent, ConsentColumn, Sense};
use crate::row::Row;

use super::Places;

/// A column that says who wants to be written to or who does not, with what its rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Which input of the job, from 0.
    pub input: u32,
    /// The column's name.
    pub column: String,
    /// Whether it says who wants to be written to, or who does not.
    pub sense: Sense,
    /// The values of those who do not want to, each as it first stands in the file; without dates.
    pub refused: Vec<String>,
    /// The values of those who do, likewise.
    pub given: Vec<String>,
    /// Whether some of the cells are of another kind.
    pub is_mixed: bool,
    /// The valid rows of those who do not want to be written to.
    pub rows: Places,
}

impl Marked {
    fn new(input: u32, column: &ConsentColumn) -> Marked {
        let (refused, given) = (Vec::new(), Vec::new());
        let (column, sense) = (column.name.clone(), column.sense);
        Marked { input, column, sense, refused, given, is_mixed: false, rows: Places::default() }
    }

    /// Takes in what a valid row says.
    fn add(&mut self, column: &ConsentColumn, row: &Row) {
        let value = column.value(row);
        match column.read(row) {
            Consent::Refused => {
                self.rows.add(row.location.line);
                if !column.is_dated(row) {
                    once(value, &mut self.refused);
                }
            }
            Consent::Given => once(value, &mut self.given),
            Consent::Unsaid => self.is_mixed |= column.is_of_another_kind(row),
        }
    }

    fn append(&mut self, later: Marked) {
        self.rows.append(later.rows);
        later.refused.iter().for_each(|value| once(value, &mut self.refused));
        later.given.iter().for_each(|value| once(value, &mut self.given));
        self.is_mixed |= later.is_mixed;
    }
}

/// Takes in what the columns of an input say of a valid row.
pub(super) fn add(all: &mut Vec<Marked>, columns: &[ConsentColumn], row: &Row) {
    let input = row.location.input;
    for column in columns.iter().filter(|column| !column.value(row).is_empty()) {
        match all.iter_mut().find(|marked| marked.input == input && marked.column == column.name) {
            Some(marked) => marked.add(column, row),
            None => {
                let mut marked = Marked::new(input, column);
                marked.add(column, row);
                all.push(marked);
            }
        }
    }
}

/// Adds what the columns say of rows behind these.
pub(super) fn append(all: &mut Vec<Marked>, later: Vec<Marked>) {
    for marked in later {
        match all.iter_mut().find(|known| known.input == marked.input && known.column == marked.column) {
            Some(known) => known.append(marked),
            None => all.push(marked),
        }
    }
}

/// Adds a value that is not there in any case of its letters. The words that are looked for are few.
fn once(value: &str, values: &mut Vec<String>) {
    if !values.iter().any(|known| known.to_lowercase() == value.to_lowercase()) {
        values.push(value.to_owned());
    }
}
