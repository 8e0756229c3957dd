//! Columns of phone numbers that no field uses.

use super::guess::{Guess, is_same_part};
use super::{FieldColumns, Mapping, name_of, positions};
use crate::contact::{OwnName, phone};
use crate::row::{Field, Row, is_nothing};
use crate::source::Columns;
use crate::vocabulary::{Meaning, is_never_a_phone, meaning, nearest_phone, normal};

/// More columns of one kind than anybody has are not compared with each other.
const MOST: usize = 50;

/// The columns of phone numbers that no field uses, and that may be the contact's own.
pub(super) fn unused(fields: &FieldColumns, columns: &Columns, sample: &[Row], rules: &phone::Rules) -> Vec<u32> {
    let may_be = |&(column, name): &(u32, &str)| {
        !fields.uses(column) && !name.trim().is_empty() && !is_never_a_phone(name) && !is_of_somebody_else(name)
    };
    let free = positions(columns.names()).filter(may_be);
    free.filter(|(column, _)| holds_phones(*column, columns, sample, rules)).map(|(column, _)| column).collect()
}

impl Mapping {
    /// Takes out the phones that in some row are somebody else's, with his name and address; which they are.
    pub(super) fn leave_others(&mut self, guess: &Guess, columns: &Columns, sample: &[Row]) -> Vec<u32> {
        if self.settled.contains(&Field::Phone) {
            return Vec::new();
        }
        let names = guess.full_or_first_names();
        let (others, own): (Vec<OwnName>, Vec<OwnName>) = with_own_names(&self.fields, names, columns)
            .into_iter()
            .partition(|own| sample.iter().any(|row| own.is_of_another(row)));
        self.fields.own_names = own;
        let others: Vec<u32> = others.into_iter().map(|other| other.phone).collect();
        let is_theirs =
            |column: u32| others.iter().any(|phone| is_same_part(name_of(column, columns), name_of(*phone, columns)));
        self.phones.retain(|(_, column)| !others.contains(column));
        for field in [Field::Name, Field::FirstName, Field::LastName, Field::Email] {
            let own = self.fields.of(field).iter().copied().filter(|column| !is_theirs(*column)).collect();
            self.fields.set(field, own);
        }
        self.rank_phones();
        others
    }

    /// Takes in the names beside phones that JSON has met since.
    pub(super) fn find_own_names(&mut self, columns: &Columns) {
        if self.settled.contains(&Field::Phone) {
            return;
        }
        let mut found = with_own_names(&self.fields, names_of(&self.fields), columns);
        found.retain(|own| self.fields.own_names.iter().all(|known| known.phone != own.phone));
        self.fields.own_names.append(&mut found);
    }
}

/// The columns of the contact's full and given names.
fn names_of(fields: &FieldColumns) -> impl Iterator<Item = u32> {
    [Field::Name, Field::FirstName].into_iter().flat_map(|field| fields.of(field)).copied()
}

/// The phones behind the first that have a name of their own beside them, with that name and the contact's. `names` are
/// columns of names, whether or not a field uses them.
fn with_own_names(fields: &FieldColumns, names: impl Iterator<Item = u32>, columns: &Columns) -> Vec<OwnName> {
    let Some((first, rest)) = fields.of(Field::Phone).split_first() else { return Vec::new() };
    let is_of = |name: u32, phone: u32| is_same_part(name_of(name, columns), name_of(phone, columns));
    let names: Vec<u32> = names.filter(|name| !is_of(*name, *first)).take(MOST).collect();
    let own = |phone: &u32| {
        let name = names.iter().copied().find(|name| is_of(*name, *phone))?;
        let main = names_of(fields).next().filter(|main| !is_of(*main, *phone))?;
        Some(OwnName { phone: *phone, name, main })
    };
    rest.iter().take(MOST).filter_map(own).collect()
}

/// The columns of these phones that have one beside them which says what each number is: `Phone 1 - Label` beside
/// `Phone 1 - Value`, `Phone Type` beside `Phone`.
pub(super) fn labels(phones: &[u32], columns: &Columns) -> Vec<(u32, u32)> {
    let titles: Vec<(u32, String)> = positions(columns.names()).map(|(column, name)| (column, normal(name))).collect();
    let label = |phone: u32| {
        let (_, title) = titles.get(phone as usize)?;
        let short = title.strip_suffix(" value").or_else(|| title.strip_suffix(" number")).unwrap_or(title);
        let is_label = |other: &str| {
            let rest = other.strip_prefix(title.as_str()).or_else(|| other.strip_prefix(short));
            rest.is_some_and(|rest| matches!(rest, " label" | " type" | " kind" | " category"))
        };
        titles.iter().find(|(_, other)| is_label(other)).map(|(column, _)| (phone, *column))
    };
    phones.iter().take(MOST).filter_map(|phone| label(*phone)).collect()
}

/// Whether the title says that the number is another person's, or no phone number.
pub(super) fn is_of_somebody_else(name: &str) -> bool {
    const OTHERS: &str = " agent rep representative sales referrer referral referred referee spouse wife husband partner parent \
                          mother father guardian friend sponsor supplier vendor driver doctor company office branch store shop \
                          support helpdesk hotline kin relative neighbour neighbor boss supervisor assigned created admission registration roll \
                          updated order invoice account reference ref customer key sku date time amount total price \
                          balance credit quantity qty score zip postcode postal pin plz iban vat tax passport ssn aadhaar pan cpf cnpj dni nif \
                          betrag summe datum bestellnummer bestellung rechnung rechnungsnummer kundennummer konto factura \
                          pedido importe fecha montant commande facture importo valor valore ";
    normal(name).split(' ').any(|word| OTHERS.contains(&format!(" {word} ")))
}

/// Whether nearly all filled cells are numbers: with a plus sign, or under a title that is near to a word for a phone.
fn holds_phones(column: u32, columns: &Columns, sample: &[Row], rules: &phone::Rules) -> bool {
    let cells = sample.iter().map(|row| row.cell(column as usize).trim());
    let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty() && !is_nothing(cell)).collect();
    let name = name_of(column, columns);
    let is_called_so = || {
        let known = meaning(name.trim()).map(|(meaning, _)| meaning);
        matches!(known, Some(Meaning::Phone(_) | Meaning::PerhapsPhone(_))) || nearest_phone(name) >= 0.7
    };
    let nearly_all = |is: &dyn Fn(&str) -> bool| filled.iter().filter(|cell| is(cell)).count() * 10 >= filled.len() * 9;
    !filled.is_empty()
        && nearly_all(&|cell| phone::read("", cell, None, rules).is_ok())
        && (nearly_all(&|cell| cell.starts_with('+')) || is_called_so())
}

/// Whether the cell may be a phone number for its digits, and is no date.
pub(super) fn is_like_a_phone(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    let is_plain = !cell.contains([':', ',', '@']) && !cell.chars().any(char::is_alphabetic);
    (8..=15).contains(&digits) && is_plain && !phone::is_date(cell)
}
