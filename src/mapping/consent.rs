//! Columns that say who wants to be written to, and who does not.

use crate::row::{Row, is_nothing};

/// What says in a cell that its person does not want to be written to, whatever the column is called.
pub(super) const REFUSED: &str = "unsubscribed, opted out, opted_out, opted-out, opt-out, opt out, optout, blacklisted, do not call, \
                       do not contact, do not disturb, dnc, dnd, abgemeldet, désabonné, desuscrito, descadastrado";

/// Marks in an opt-out column.
const MARKS: &str = "x, t, on, 1, true, blocked, stop, ✓";

/// No and yes, in the languages of the words for columns.
const NO_AND_YES: &[(&str, &str)] = &[
    ("no", "yes"),
    ("n", "y"),
    ("false", "true"),
    ("f", "t"),
    ("0", "1"),
    ("off", "on"),
    ("nein", "ja"),
    ("nee", "ja"),
    ("nej", "ja"),
    ("nei", "ja"),
    ("non", "oui"),
    ("no", "sí"),
    ("no", "si"),
    ("no", "sì"),
    ("não", "sim"),
    ("nao", "sim"),
    ("нет", "да"),
    ("не", "да"),
    ("ні", "так"),
    ("hayır", "evet"),
    ("tidak", "ya"),
    ("nie", "tak"),
    ("nie", "áno"),
    ("ne", "ano"),
    ("ne", "da"),
    ("ne", "taip"),
    ("nu", "da"),
    ("nem", "igen"),
    ("ei", "kyllä"),
    ("ei", "jah"),
    ("nē", "jā"),
    ("όχι", "ναι"),
    ("לא", "כן"),
    ("لا", "نعم"),
    ("خیر", "بله"),
    ("नहीं", "हाँ"),
    ("না", "হ্যাঁ"),
    ("いいえ", "はい"),
    ("아니오", "예"),
    ("아니요", "예"),
    ("否", "是"),
    ("不同意", "同意"),
    ("không", "có"),
    ("ไม่", "ใช่"),
    ("hapana", "ndiyo"),
    ("hindi", "oo"),
    ("n", "j"),
    ("n", "s"),
    ("n", "o"),
    ("✗", "✓"),
    ("❌", "✅"),
    ("☐", "☑"),
];

/// What else says in an opt-in column that somebody does not want to be written to.
const DECLINED: &str = "not subscribed, not_subscribed, never subscribed, never_subscribed, not opted in, not_opted_in, no consent, \
                        not given, not granted, denied, declined, refused, rejected, revoked, withdrawn, none, \
                        abgelehnt, widerrufen, nicht erteilt, refusé, rechazado, recusado, rifiutato";

/// What else says in an opt-in column that somebody wants to be written to.
const AGREED: &str = "x, subscribed, opted in, opted_in, opted-in, opt-in, opt in, given, granted, accepted, agreed, confirmed, \
                      double opt-in, single opt-in, erteilt, accepté, aceptado, aceito, accettato";

/// What a column says in its affirmative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// That somebody wants to be written to.
    OptIn,
    /// That somebody does not.
    OptOut,
}

/// A column that says who wants to be written to, or who does not. It is not obeyed unless the user says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentColumn {
    /// The column, from 0.
    pub column: u32,
    /// Its name.
    pub name: String,
    /// What its affirmative says.
    pub sense: Sense,
    /// Whether it is its name that says so, and not only one of its cells.
    pub by_name: bool,
}

/// What a cell says about its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Does not want to be written to.
    Refused,
    /// Wants to.
    Given,
    /// Nothing: the cell is empty, or of another kind.
    Unsaid,
}

impl ConsentColumn {
    /// Whether a date marks the row: when somebody unsubscribed.
    pub fn is_dated(&self, row: &Row) -> bool {
        self.sense == Sense::OptOut && self.by_name && self.value(row).chars().filter(char::is_ascii_digit).count() >= 6
    }

    /// What the row says.
    pub fn read(&self, row: &Row) -> Consent {
        let value = self.value(row).to_lowercase();
        let is_one_of = |words: &str| words.split(", ").any(|word| word == value);
        let is_yes = || NO_AND_YES.iter().any(|(_, yes)| *yes == value);
        let is_no = || NO_AND_YES.iter().any(|(no, _)| *no == value);
        match self.sense {
            _ if value.is_empty() => Consent::Unsaid,
            _ if is_one_of(REFUSED) => Consent::Refused,
            Sense::OptOut if is_one_of(MARKS) || is_yes() || self.is_dated(row) => Consent::Refused,
            Sense::OptIn if is_no() || is_one_of(DECLINED) => Consent::Refused,
            Sense::OptIn if is_yes() || is_one_of(AGREED) => Consent::Given,
            Sense::OptIn | Sense::OptOut => Consent::Unsaid,
        }
    }

    /// Whether the cell is filled with something that is neither yes nor no.
    pub fn is_of_another_kind(&self, row: &Row) -> bool {
        let value = self.value(row);
        !value.is_empty() && !is_nothing(value) && self.read(row) == Consent::Unsaid
    }

    /// The row's cell, without blanks around it: the value for `--skip` and `--only`.
    pub fn value<'row>(&self, row: &'row Row) -> &'row str {
        row.cell(self.column as usize).trim()
    }
}

/// The word for yes beside a word for no; none where the word does not say it.
pub fn yes_beside(no: &str) -> Option<&'static str> {
    let no = no.to_lowercase();
    NO_AND_YES.iter().find(|(known, _)| *known == no).map(|(_, yes)| *yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sense: Sense, by_name: bool, cell: &str) -> Consent {
        let mut row = Row::default();
        row.push(cell);
        ConsentColumn { column: 0, name: "Consent".to_owned(), sense, by_name }.read(&row)
    }

    #[test]
    fn opt_in_columns_refuse_by_no_and_opt_out_columns_by_yes() {
        for (cell, opt_in, opt_out) in [
            ("no", Consent::Refused, Consent::Unsaid),
            (" FALSE ", Consent::Refused, Consent::Unsaid),
            ("Nein", Consent::Refused, Consent::Unsaid),
            ("não", Consent::Refused, Consent::Unsaid),
            ("不同意", Consent::Refused, Consent::Unsaid),
            ("0", Consent::Refused, Consent::Unsaid),
            ("NOT_SUBSCRIBED", Consent::Refused, Consent::Unsaid),
            ("Unsubscribed", Consent::Refused, Consent::Refused),
            ("yes", Consent::Given, Consent::Refused),
            ("TRUE", Consent::Given, Consent::Refused),
            ("1", Consent::Given, Consent::Refused),
            ("oui", Consent::Given, Consent::Refused),
            ("x", Consent::Given, Consent::Refused),
            ("subscribed", Consent::Given, Consent::Unsaid),
            ("2026-01-05 10:00", Consent::Unsaid, Consent::Refused),
            ("", Consent::Unsaid, Consent::Unsaid),
            ("Newsletter form", Consent::Unsaid, Consent::Unsaid),
        ] {
            assert_eq!(read(Sense::OptIn, true, cell), opt_in, "opt-in {cell}");
            assert_eq!(read(Sense::OptOut, true, cell), opt_out, "opt-out {cell}");
        }
        assert_eq!(read(Sense::OptOut, false, "2026-01-05 10:00"), Consent::Unsaid);
    }
}
