//! Columns that say who does not want to be written to.

use crate::row::Row;

/// What says in a cell that its person does not want to be written to, whatever the column is called.
pub(super) const REFUSED: &str = "unsubscribed, opted out, opted_out, opted-out, opt-out, opt out, optout, blacklisted, do not call, \
                       do not contact, do not disturb, dnc, dnd, abgemeldet, désabonné, desuscrito, descadastrado";

/// A column that says who does not want to be written to. It is not obeyed unless the user says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// The column, from 0.
    pub column: u32,
    /// Its name.
    pub name: String,
    /// Whether it is its name that says so, and not only one of its cells.
    pub by_name: bool,
}

impl OptOut {
    /// Whether a date marks the row: when somebody unsubscribed.
    pub fn is_dated(&self, row: &Row) -> bool {
        self.by_name && self.value(row).chars().filter(char::is_ascii_digit).count() >= 6
    }

    /// Whether the row is marked.
    pub fn marks(&self, row: &Row) -> bool {
        const MARKS: &str = "true, yes, y, 1, x, t, on, ja, j, si, sí, oui, sim, да, evet, ya, 是, हाँ, نعم, blocked, \
                             stop, ✓";
        let value = self.value(row).to_lowercase();
        REFUSED.split(", ").chain(MARKS.split(", ")).any(|mark| mark == value) || self.is_dated(row)
    }

    /// The row's cell, without blanks around it: the value for `--skip`.
    pub fn value<'row>(&self, row: &'row Row) -> &'row str {
        row.cell(self.column as usize).trim()
    }
}
