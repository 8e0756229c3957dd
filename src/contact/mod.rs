//! The people we import, in a form that cannot be wrong.
//!
//! A [`Contact`] is a row believed: its phone number is certain, its e-mail address is usable or left out. What
//! costs work and may never be asked for (name, tags, attributes) is taken from the row when it is asked for, so
//! that counting a million rows writes nothing.

mod area;
mod cells;
mod columns;
pub mod email;
mod name;
mod notation;
pub mod phone;
mod tags;
mod text;

use std::borrow::Cow;

pub use cells::country;
pub use columns::{FieldColumns, OwnName};
pub use name::name_of;
pub use tags::{Separators, Tags};

use area::{Parts, parts};
use cells::{is_false, phone_columns, plain};
use name::NameCells;

use crate::keywords::keywords;
use crate::markup;
use crate::row::{Code, Field, Note, Notes, Reject, Row, is_nothing, trimmed};
use phone::{Kind, Phone, Region};

/// What is believed, and what is added to every contact.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// How phone cells are read.
    pub phone: phone::Rules,
    /// What an unusable e-mail address does to its row.
    pub bad_email: BadEmail,
    /// What splits a tags cell.
    pub separators: Separators,
    /// Tags added to every contact.
    pub tags: Vec<String>,
    /// Attributes set on every contact; they beat the row's own.
    pub set: Vec<(String, String)>,
}

keywords! {
    /// What an unusable e-mail address does to its row.
    #[derive(Default)]
    BadEmail {
        /// The contact is sent without it, with a note.
        #[default]
        Drop = "drop",
        /// The row is rejected.
        Reject = "reject",
    }
}

/// A person we can send: the phone number is certain, the rest is optional and borrowed from the row.
pub struct Contact<'r> {
    /// The number, which is the contact's identity.
    pub phone: Phone,
    /// The country the number belongs to.
    pub region: Region,
    /// What kind of number it is.
    pub kind: Kind,
    /// Nothing but the default country says where the number is: no `+`, no prefix, no country of the row.
    pub by_default_country: bool,
    /// A usable e-mail address.
    pub email: Option<Cow<'r, str>>,
    /// What was repaired or left out.
    pub notes: Notes,
    /// Further numbers of the same cell, which were not taken.
    pub others: Vec<Phone>,
    name: NameCells<'r>,
    row: &'r Row,
    fields: &'r FieldColumns,
    rules: &'r Rules,
}

impl<'r> Contact<'r> {
    /// Believes what can be believed of a row.
    ///
    /// # Errors
    /// The row has no usable phone number, or an unusable e-mail address where those are rejected.
    pub fn from_row(row: &'r Row, fields: &'r FieldColumns, rules: &'r Rules) -> Result<Contact<'r>, Box<Reject>> {
        let (mut reading, by_default_country) = read_phone(row, fields, rules)?;
        let (email, unusable) = read_email(row, fields);
        match (unusable, rules.bad_email) {
            (Some(column), BadEmail::Reject) => {
                return Err(reject(row, Code::EmailInvalid, Field::Email, Some(column), String::new(), Vec::new()));
            }
            (Some(_), _) => reading.notes.add(Note::EmailDropped),
            (None, _) => {}
        }
        Ok(Contact {
            phone: reading.phone,
            region: reading.region,
            kind: reading.kind,
            by_default_country,
            email,
            notes: reading.notes,
            others: reading.others,
            name: NameCells::of(row, fields),
            row,
            fields,
            rules,
        })
    }

    /// The name, trimmed and in Unicode's composed form; empty where the row has none.
    pub fn name(&self) -> Cow<'r, str> {
        self.name.name()
    }

    /// The name as it is written, in one piece or two, cut where it is long: enough to tell who has the same. `None` where
    /// the row has none.
    pub fn written_name(&self) -> Option<(Cow<'r, str>, &'r str)> {
        self.name.written()
    }

    /// The row's tags and those of the rules, each once.
    pub fn tags(&self) -> Tags<'r> {
        let mut tags = Tags::default();
        for &column in self.fields.of(Field::Tags) {
            tags.add_cell(self.row.cell(column as usize), &self.rules.separators);
        }
        self.rules.tags.iter().for_each(|tag| tags.push(Cow::Borrowed(tag)));
        tags.once();
        tags
    }

    /// The row's attributes that have a value, and those of the rules, by key; each key once.
    pub fn attributes(&self) -> Vec<(&'r str, Cow<'r, str>)> {
        let set = &self.rules.set;
        let mut attributes: Vec<(&'r str, Cow<'r, str>)> = Vec::new();
        if self.fields.attributes.is_empty() && set.is_empty() {
            return attributes;
        }
        for (column, key) in &self.fields.attributes {
            let value = text::attribute(self.row.cell(*column as usize));
            let taken = set.iter().any(|(k, _)| k == key) || attributes.iter().any(|(k, _)| k == key);
            if !value.is_empty() && !taken {
                attributes.push((key, value));
            }
        }
        attributes.extend(set.iter().map(|(key, value)| (key.as_str(), Cow::Borrowed(value.as_str()))));
        attributes
    }

    /// Everything but the phone number, owned, to be merged with other rows of the same number.
    pub fn details(&self) -> Details {
        Details {
            name: self.name().into_owned(),
            email: self.email.as_deref().map(str::to_owned),
            tags: self.tags().iter().map(str::to_owned).collect(),
            attributes: self.attributes().into_iter().map(|(k, v)| (k.to_owned(), v.into_owned())).collect(),
        }
    }
}

/// What is known of a person beside the phone number.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Details {
    /// The full name, or nothing.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Tags, each once.
    pub tags: Vec<String>,
    /// Attributes, each key once.
    pub attributes: Vec<(String, String)>,
}

impl Details {
    /// Takes over what a later row of the same person says: its values win where it has any, tags and attributes
    /// are united.
    pub fn update(&mut self, later: Details) {
        if !later.name.is_empty() {
            self.name = later.name;
        }
        if later.email.is_some() {
            self.email = later.email;
        }
        self.tags.extend(later.tags);
        tags::once(&mut self.tags);
        for (key, value) in later.attributes {
            match self.attributes.iter_mut().find(|(k, _)| *k == key) {
                Some(own) => own.1 = value,
                None => self.attributes.push((key, value)),
            }
        }
    }
}

/// The number of the best phone column that is filled in, and whether only the default country says where it is.
fn read_phone(row: &Row, fields: &FieldColumns, rules: &Rules) -> Result<(phone::Reading, bool), Box<Reject>> {
    let prefix = first_filled(row, fields.of(Field::Prefix)).unwrap_or("");
    let region = read_region(row, fields);
    let area = first_filled(row, fields.of(Field::Area)).unwrap_or("");
    let mut missing = None;
    for &column in phone_columns(row, fields).iter() {
        let cell = row.cell(column as usize);
        if cell.is_empty() || is_false(cell) || fields.is_of_another(column, row) {
            continue;
        }
        let whole = fields.international.contains(&column).then(|| with_plus(cell)).flatten();
        let (prefix, cell) = whole.as_deref().map_or((prefix, cell), |cell| ("", cell));
        let plain = plain(cell);
        let cell = plain.as_ref();
        let joined = match whole.is_none() && !fields.of(Field::Area).is_empty() {
            true => parts(area, cell),
            false => Parts::Whole(cell),
        };
        let read = |cell: &str| read_lines(cell, |cell| phone::read(prefix, cell, region, &rules.phone));
        let read = match &joined {
            Parts::Whole(cell) => read(cell),
            Parts::Joined { number, whole: None } => read(number),
            Parts::Joined { number, whole: Some(whole) } => {
                read(number).or_else(|refusal| read(whole).map_err(|_| refusal))
            }
            Parts::AreaMissing => {
                let detail = "its area code is missing".to_owned();
                return Err(reject(row, Code::PhoneTooShort, Field::Phone, Some(column), detail, Vec::new()));
            }
        };
        match read {
            Ok(reading) => {
                let alone = region.is_none() && prefix.is_empty();
                let by_default_country = alone && is_by_default_country(cell, &reading, &rules.phone);
                return Ok((reading, by_default_country));
            }
            Err(refusal) => {
                let column = match refusal.field {
                    Field::Prefix => fields.of(Field::Prefix).first().copied(),
                    _ => Some(column),
                };
                let reject = reject(row, refusal.code, refusal.field, column, refusal.detail, refusal.suggestions);
                if refusal.code != Code::PhoneMissing {
                    return Err(reject);
                }
                missing.get_or_insert(reject);
            }
        }
    }
    Err(missing.unwrap_or_else(|| {
        reject(
            row,
            Code::PhoneMissing,
            Field::Phone,
            fields.of(Field::Phone).first().copied(),
            String::new(),
            Vec::new(),
        )
    }))
}

/// Reads a phone cell of several lines: each is a number, and only where none is the breaks are within one.
fn read_lines<T, E>(cell: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<T, E> {
    /// What ends a line in one program or another.
    const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    read(cell).or_else(|refusal| match cell.trim().contains(BREAKS) {
        false => Err(refusal),
        true => read(&cell.replace(BREAKS, "\n")).or_else(|_| read(&cell.replace(BREAKS, " "))).map_err(|_| refusal),
    })
}

/// Whether a cell without prefix and country of its own was read as a number of the default country for want of any
/// sign of another.
fn is_by_default_country(cell: &str, reading: &phone::Reading, rules: &phone::Rules) -> bool {
    let signs = [Note::PhoneIddReadAsPlus, Note::PhoneCodeWithoutPlus, Note::PhoneWhatsappIdRead];
    rules.default.is_some_and(|default| default.calling_code() == reading.region.calling_code())
        && !cell.contains(['+', '＋'])
        && !signs.into_iter().any(|note| reading.notes.has(note))
}

/// The digits of an international number with the plus sign that they were written without.
fn with_plus(cell: &str) -> Option<String> {
    let digits = cell.trim();
    let is_bare =
        digits.starts_with(|c: char| ('1'..='9').contains(&c)) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_bare.then(|| format!("+{digits}"))
}

/// The row's own country. A cell that names none leaves the default in force.
fn read_region(row: &Row, fields: &FieldColumns) -> Option<Region> {
    fields.of(Field::Region).iter().find_map(|&column| country(row.cell(column as usize)).parse().ok())
}

/// The first usable address, and the first filled column if its own is none.
fn read_email<'r>(row: &'r Row, fields: &FieldColumns) -> (Option<Cow<'r, str>>, Option<u32>) {
    let mut unusable = None;
    for &column in fields.of(Field::Email) {
        let cell = trimmed(row.cell(column as usize));
        if cell.is_empty() || text::is_placeholder(cell) {
            continue;
        }
        let without_escapes = || match markup::plain(cell) {
            Cow::Owned(plain) => email::find(&plain).map(|address| Cow::Owned(address.to_owned())),
            Cow::Borrowed(_) => None,
        };
        if let Some(address) = email::find(cell).map(Cow::Borrowed).or_else(without_escapes) {
            return (Some(address), unusable);
        }
        unusable = unusable.or(Some(column));
    }
    (None, unusable)
}

#[inline]
fn first_filled<'r>(row: &'r Row, columns: &[u32]) -> Option<&'r str> {
    columns.iter().find_map(|&column| filled(row, column))
}

/// The cell of a column without white space around it, if it says anything.
fn filled(row: &Row, column: u32) -> Option<&str> {
    Some(trimmed(row.cell(column as usize))).filter(|cell| !cell.is_empty() && !is_nothing(cell))
}

fn reject(
    row: &Row,
    code: Code,
    field: Field,
    column: Option<u32>,
    detail: String,
    suggestions: Vec<String>,
) -> Box<Reject> {
    let value = column.map(|column| row.cell(column as usize).to_owned()).unwrap_or_default();
    Box::new(Reject { location: row.location, code, field, column, value, detail, suggestions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_is_within_a_number_where_only_the_whole_is_one() {
        let rules = phone::Rules::default();
        let read = |cell: &str| {
            let read = read_lines(cell, |cell| phone::read("", cell, None, &rules));
            read.map(|reading| reading.phone.to_string()).map_err(|refusal| refusal.code)
        };
        for line_end in ["\n", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            let (within, between) =
                (format!("+1 202{line_end}555 0101"), format!("+12025550101{line_end}+12025550102"));
            assert_eq!(read(&within).as_deref(), Ok("+12025550101"), "{line_end:?}");
            assert_eq!(read(&between).as_deref(), Ok("+12025550101"), "{line_end:?}");
        }
        assert_eq!(read("+1 202\n12"), Err(Code::PhoneTooShort));
    }
}
