//! What the words of the header and the first rows say about the columns.

mod names;

use super::consent::REFUSED;
use super::countries::holds_countries;
use super::phones::{is_like_a_phone, is_of_somebody_else};
use super::{Cause, Error, name_of, numbered, positions};
pub(super) use names::is_same_part;

use crate::contact::phone::{Region, plain};
use crate::row::{Field, Row, is_nothing};
use crate::source::Columns;
use crate::vocabulary::{Meaning, is_never_a_phone, is_of_a_country, meaning, nearest_phone, normal};

/// What the header and the first rows say about the columns.
pub(super) struct Guess<'a> {
    seen: Vec<Seen>,
    sample: &'a [Row],
}

/// A column whose title means something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub column: u32,
    meaning: Meaning,
    /// It stands among extra values, so that others go first.
    extra: bool,
    values: Values,
}

/// What the first cells of a column look like.
#[derive(Debug, Clone, Copy, Default)]
struct Values {
    filled: usize,
    /// Six digits or more.
    phones: usize,
    /// Ten digits or more.
    long: usize,
    emails: usize,
    /// A calling code.
    codes: usize,
    /// An area code or the like: two to six digits.
    areas: usize,
    /// One 0 in front, as no calling code has.
    zeros: usize,
    /// Nine digits at most, and no plus sign: behind an area code.
    locals: usize,
    /// The name or code of a country, or of a person: no digits.
    words: usize,
    /// Yes, no and the like.
    flags: usize,
    /// The id of a record, or a path to it.
    ids: usize,
}

impl Values {
    fn of(column: u32, sample: &[Row]) -> Values {
        let mut values = Values::default();
        let cells = sample.iter().map(|row| row.cell(column as usize).trim());
        for cell in cells.filter(|cell| !cell.is_empty() && !is_nothing(cell)) {
            let digits = cell.chars().filter(|c| c.is_numeric()).count();
            values.filled += 1;
            values.phones += usize::from(digits >= 6);
            values.long += usize::from(digits >= 10);
            values.emails += usize::from(cell.contains('@'));
            values.codes += usize::from(is_code(cell));
            values.areas += usize::from((2..=6).contains(&digits) && !cell.contains(char::is_alphabetic));
            values.zeros += usize::from(cell.starts_with('0') && !cell.starts_with("00"));
            values.locals += usize::from((5..=9).contains(&digits) && !cell.contains('+'));
            values.words += usize::from(digits == 0 && cell.contains(char::is_alphabetic));
            values.flags += usize::from(is_flag(cell));
            values.ids += usize::from(is_id(cell));
        }
        values
    }

    /// Whether half of the cells are so.
    fn mostly(&self, hits: usize) -> bool {
        self.filled > 0 && hits * 2 >= self.filled
    }
}

/// What the first cells of a column say whose title says nothing.
fn by_values(name: &str, column: u32, sample: &[Row]) -> Option<(Meaning, bool)> {
    if is_whatsapp_id(name, column, sample) {
        return Some((Meaning::Phone(0), false));
    }
    if is_of_a_country(name) {
        return Some((Meaning::PerhapsPrefix, false));
    }
    if normal(name).ends_with(" area code") && !is_never_a_phone(name) {
        return Some((Meaning::Area, false));
    }
    says_refused(column, sample).then_some((Meaning::OptOut, false))
}

/// Whether the column is of the second or a further element of a list.
fn is_numbered(name: &str) -> bool {
    let is_number = |part: &str| part.rsplit_once(' ').is_some_and(|(_, number)| number.parse::<u32>().is_ok());
    name.split('.').rev().skip(1).any(is_number)
}

/// Whether a column of ids holds those of people at WhatsApp.
fn is_whatsapp_id(name: &str, column: u32, sample: &[Row]) -> bool {
    let last = normal(name.rsplit('.').next().unwrap_or_default());
    let is_person = |cell: &str| {
        let (digits, server) = cell.split_once('@').unwrap_or_default();
        digits.starts_with(|c: char| c.is_ascii_digit()) && matches!(server, "s.whatsapp.net" | "c.us")
    };
    let mut cells = sample.iter().map(|row| row.cell(column as usize)).filter(|cell| !cell.is_empty());
    matches!(last.as_str(), "id" | "jid" | "serialized" | "remote jid" | "wid") && cells.any(is_person)
}

/// Whether the first cells say who does not want to be written to: `Unsubscribed` in a column of any name.
fn says_refused(column: u32, sample: &[Row]) -> bool {
    let cells = sample.iter().map(|row| row.cell(column as usize).trim());
    let mut short = cells.filter(|cell| (3..=20).contains(&cell.len()));
    short.any(|cell| REFUSED.split(", ").any(|word| word == cell.to_lowercase()))
}

fn is_code(cell: &str) -> bool {
    let cell = plain(cell);
    // `India +91` and `United States (+1)` are too.
    let cell = cell.rfind('+').and_then(|at| cell.get(at..)).unwrap_or(&cell);
    let digits = cell.strip_prefix('+').or_else(|| cell.strip_prefix("00")).unwrap_or(cell);
    let digits: String = digits.chars().filter(|c| !" -()".contains(*c)).collect();
    let digits = digits.strip_suffix(".0").unwrap_or(&digits);
    // The islands under +1 have codes of four digits.
    let assigned = |digits: &str| digits.parse::<Region>().is_ok() || digits.len() == 4 && digits.starts_with('1');
    (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && assigned(digits)
}

/// Whether the cell is the id of a record, and no name: `CRM-LEAD-2026-00001`, `#1001`, `projects/p/documents/abc`.
fn is_id(cell: &str) -> bool {
    let count = |is: fn(char) -> bool| cell.chars().filter(|&c| is(c)).count();
    let is_numbered = count(|c| c.is_ascii_digit()) >= 3 && count(|c| matches!(c, '-' | '_' | ':')) > 0
        || cell.starts_with('#') && count(|c| c.is_ascii_digit()) > 0;
    !cell.contains(char::is_whitespace) && (is_numbered || count(|c| c == '/') >= 2)
}

fn is_flag(cell: &str) -> bool {
    const FLAGS: &[&str] = &[
        "yes",
        "no",
        "true",
        "false",
        "y",
        "n",
        "0",
        "1",
        "ja",
        "nein",
        "oui",
        "non",
        "si",
        "sí",
        "não",
        "nao",
        "sim",
        "on",
        "off",
        "subscribed",
        "unsubscribed",
        "opted in",
        "opted out",
        "active",
        "inactive",
        "да",
        "нет",
        "evet",
        "hayır",
        "ya",
        "tidak",
    ];
    FLAGS.contains(&cell.to_lowercase().as_str())
}

impl<'a> Guess<'a> {
    pub fn new(columns: &Columns, sample: &'a [Row], used: impl Fn(u32) -> bool) -> Guess<'a> {
        let free = positions(columns.names()).filter(|(column, _)| !used(*column));
        let seen = free.filter_map(|(column, name)| {
            let (meaning, extra) = match name.trim() {
                // What the user types as a field's name is that field.
                "region" if columns.are_given() => (Meaning::Region, false),
                "prefix" if columns.are_given() => (Meaning::Prefix, false),
                "name" if columns.are_given() => (Meaning::Name, false),
                name => meaning(name).or_else(|| by_values(name, column, sample))?,
            };
            Some(Seen { column, meaning, extra, values: Values::of(column, sample) })
        });
        Guess { seen: seen.collect(), sample }
    }

    pub fn of(&self, wanted: impl Fn(Meaning) -> bool) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(move |seen| wanted(seen.meaning))
    }

    /// The columns with phones, with their ranks.
    pub fn phones(&self, columns: &Columns) -> Result<Vec<(u8, u32)>, Error> {
        let rank = |seen: &Seen, rank: u8| (rank + if seen.extra { 10 } else { 0 }, seen.column);
        let mut named = Vec::new();
        let mut verified = Vec::new();
        for seen in &self.seen {
            let values = &seen.values;
            match seen.meaning {
                Meaning::Phone(one) if values.mostly(values.phones) || !values.mostly(values.flags) => {
                    named.push(rank(seen, one));
                    if values.filled == 0 || values.mostly(values.phones) || columns.are_given() {
                        verified.push(rank(seen, one));
                    }
                }
                // A Brazilian postcode has eight digits.
                Meaning::PerhapsPhone(1) if values.mostly(values.long) => verified.push(rank(seen, 1)),
                Meaning::PerhapsPhone(one) if one != 1 && values.mostly(values.phones) => {
                    verified.push(rank(seen, one))
                }
                _ => {}
            }
        }
        let has_phones =
            |(_, column): &(u8, u32)| self.seen.iter().any(|seen| seen.column == *column && seen.values.phones > 0);
        // If the values of none are phones, the words alone decide: the rows will tell what is wrong with each.
        let found = if verified.iter().any(has_phones) || named.is_empty() { verified } else { named };
        if !found.is_empty() {
            return self.told_apart(found, columns);
        }
        let last = self.of(|meaning| matches!(meaning, Meaning::LastPhone | Meaning::NameOrPhone));
        let mut last: Vec<u32> =
            last.filter(|seen| seen.values.mostly(seen.values.phones)).map(|seen| seen.column).collect();
        // An id is the number where nothing else may be one.
        let is_id = |&column: &u32| is_never_a_phone(name_of(column, columns));
        if !last.iter().all(is_id) {
            last.retain(|column| !is_id(column));
        }
        match last.as_slice() {
            // An empty list names no columns; there is no row that could miss them.
            [] if columns.names().is_empty() && self.sample.is_empty() => Ok(Vec::new()),
            [] => Err(no_phone(columns, self)),
            [column] => Ok(vec![(2, *column)]),
            several => Err(Error::Ambiguous {
                field: Field::Phone,
                columns: several.iter().map(|&column| numbered(column, columns)).collect(),
                cause: Cause::Titles,
            }),
        }
    }

    /// The column of the area codes that are missing in the numbers of these columns, and the first such column.
    pub fn area(&self, phones: &[u32]) -> Option<(u32, u32)> {
        let area = self.seen.iter().find(|seen| is_area(seen))?;
        let is_local = |column: u32| {
            let values = Values::of(column, self.sample);
            values.mostly(values.locals)
        };
        let number = phones.iter().copied().find(|&column| is_local(column))?;
        Some((area.column, number))
    }

    /// Refuses namesakes that say different things where names come several times too: then they are several persons'.
    /// Else they are one field, of which the first that is filled counts.
    fn told_apart(&self, found: Vec<(u8, u32)>, columns: &Columns) -> Result<Vec<(u8, u32)>, Error> {
        for &(_, column) in &found {
            let name = name_of(column, columns).trim();
            let same: Vec<u32> =
                found.iter().map(|&(_, other)| other).filter(|&other| name_of(other, columns).trim() == name).collect();
            let differ = self.sample.iter().any(|row| {
                let mut cells =
                    same.iter().map(|&other| row.cell(other as usize).trim()).filter(|cell| !cell.is_empty());
                let first = cells.next();
                cells.any(|cell| Some(cell) != first)
            });
            if same.len() > 1 && differ && self.has_several_persons() {
                let columns = same.iter().map(|&other| numbered(other, columns)).collect();
                return Err(Error::Ambiguous { field: Field::Phone, columns, cause: Cause::Persons });
            }
        }
        Ok(found)
    }

    /// Whether there are two columns of names of one sort.
    fn has_several_persons(&self) -> bool {
        use Meaning::{First, FirstOrName, Last, Name, NameOrLast, NameOrPhone, PerhapsName};
        let sorts = [Name, NameOrLast, NameOrPhone, PerhapsName, FirstOrName, First, Last];
        sorts.into_iter().any(|sort| self.of(|meaning| meaning == sort).count() > 1)
    }

    /// The other fields with their columns, by rank. The best of the columns of phones comes first: its person
    /// has the name.
    pub fn others(&self, columns: &Columns, phones: &[u32]) -> Vec<(Field, u32)> {
        let phone = phones.first().copied();
        let mut others = self.names(columns, phone);
        let mut push = |field, seen: Vec<&Seen>| others.extend(seen.iter().map(|seen| (field, seen.column)));
        let emails = self.ranked(Meaning::Email);
        let verified: Vec<&Seen> = emails
            .iter()
            .copied()
            .filter(|seen| seen.values.filled == 0 || seen.values.mostly(seen.values.emails))
            .collect();
        let any = verified.iter().any(|seen| seen.values.emails > 0);
        // `Email: yes, no` says how to write to somebody. One or two addresses may all be wrong.
        let may_be = |seen: &&Seen| {
            let values = &seen.values;
            columns.are_given() || values.emails > 0 || values.filled < 3 && !values.mostly(values.flags)
        };
        push(Field::Email, if any { verified } else { emails.into_iter().filter(may_be).collect() });
        let mut prefixes = self.ranked(Meaning::Prefix);
        let area = self.area(phones).map(|(area, _)| area);
        prefixes.retain(|seen| Some(seen.column) != area && !seen.values.mostly(seen.values.zeros));
        let country = self.ranked(Meaning::Country);
        let (perhaps, or_area) = (self.ranked(Meaning::PerhapsPrefix), self.ranked(Meaning::PrefixOrArea));
        prefixes.extend(country.iter().filter(|seen| !seen.values.mostly(seen.values.words) && seen.values.codes > 0));
        let perhaps = perhaps.iter().chain(&or_area);
        prefixes.extend(perhaps.filter(|seen| seen.values.mostly(seen.values.codes)));
        push(Field::Prefix, prefixes);
        let mut regions = self.ranked(Meaning::Region);
        regions.retain(|seen| seen.values.filled == 0 || seen.values.words > 0);
        regions.extend(country.iter().filter(|seen| seen.values.mostly(seen.values.words)));
        let may_be = |name: &str| (is_of_a_country(name) || normal(name) == "cc") && !is_numbered(name);
        let countries = self.of(|one| one == Meaning::PerhapsPrefix);
        let countries = countries.filter(|seen| may_be(name_of(seen.column, columns)));
        regions.extend(countries.filter(|seen| holds_countries(seen.column, self.sample)));
        // Billing with billing: the country that stands with the first of the phones goes first.
        let place = |seen: &&Seen| {
            let is_of = |phone: &u32| is_same_part(name_of(seen.column, columns), name_of(*phone, columns));
            phones.iter().position(is_of).unwrap_or(phones.len())
        };
        regions.sort_by_key(place);
        push(Field::Region, regions);
        push(Field::Tags, self.ranked(Meaning::Tags));
        others
    }

    fn ranked(&self, meaning: Meaning) -> Vec<&Seen> {
        let mut ranked: Vec<&Seen> = self.of(|one| one == meaning).collect();
        ranked.sort_by_key(|seen| seen.extra);
        ranked
    }
}

/// Whether the column holds area codes: by its title, or because none of its codes is that of a country.
fn is_area(seen: &Seen) -> bool {
    let may_be = match seen.meaning {
        Meaning::Area => true,
        // A calling code has no 0 in front.
        Meaning::PrefixOrArea | Meaning::PerhapsPrefix | Meaning::Prefix => seen.values.codes == 0,
        _ => false,
    };
    may_be && seen.values.mostly(seen.values.areas)
}

/// The error that names the columns and the one that comes nearest: by its values, else by its name.
fn no_phone(columns: &Columns, guess: &Guess<'_>) -> Error {
    let by_values = positions(columns.names()).filter(|(column, name)| {
        let cells = || guess.sample.iter().map(|row| row.cell(*column as usize).trim()).filter(|cell| !cell.is_empty());
        let phones = cells().filter(|cell| is_like_a_phone(cell)).count();
        let is_mostly = phones > 0 && phones * 2 >= cells().count();
        is_mostly && !is_never_a_phone(name) && !is_of_somebody_else(name) && !name.trim().is_empty()
    });
    let may_be_misspelled = |(column, name): &(u32, &str)| {
        let values = Values::of(*column, guess.sample);
        let is_filled_otherwise = values.mostly(values.words) || values.mostly(values.emails);
        !is_filled_otherwise && !is_of_somebody_else(name) && meaning(name.trim()).is_none()
    };
    let by_name = || {
        // In a header of thousands of columns nobody has misspelled the one; looking at all of them takes seconds.
        let named = positions(columns.names()).take(500).filter(may_be_misspelled);
        let near = named.map(|(_, name)| (nearest_phone(name), name)).filter(|(near, _)| *near >= 0.7);
        near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name.to_owned())
    };
    let doubted = guess.of(|meaning| matches!(meaning, Meaning::Phone(_) | Meaning::PerhapsPhone(_))).next();
    let doubted = doubted.map(|seen| name_of(seen.column, columns));
    let by_values: Vec<(u32, &str)> = by_values.collect();
    let is_called_so = |(_, name): &&(u32, &str)| nearest_phone(name) >= 0.7;
    let mut both = by_values.iter().filter(is_called_so);
    // The values and the title together leave no doubt.
    let only = both.next().filter(|_| both.next().is_none()).map(std::slice::from_ref);
    let found = only.unwrap_or(&by_values);
    let mut nearest: Vec<String> = found.iter().map(|(column, _)| numbered(*column, columns)).take(3).collect();
    if nearest.is_empty() {
        nearest.extend(by_name());
    }
    nearest.retain(|name| Some(name.as_str()) != doubted);
    Error::NoPhone { headers: columns.names().to_vec(), doubted: doubted.map(str::to_owned), nearest }
}
