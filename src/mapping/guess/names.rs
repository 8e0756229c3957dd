//! Which columns hold the name of the person whose phone it is.

use super::{Guess, Seen};
use crate::mapping::{name_of, positions};
use crate::row::Field;
use crate::source::Columns;
use crate::vocabulary::{Meaning, normal};

impl Guess<'_> {
    /// The columns of full and of given names, logins left out.
    pub fn full_or_first_names(&self) -> impl Iterator<Item = u32> {
        let names = self.of(|meaning| meaning.is_name() && meaning != Meaning::Last);
        names.filter(|seen| !seen.extra).map(|seen| seen.column)
    }

    /// The columns of the name. Some words depend on their neighbours: `Nom` beside `Prénom` is the family name.
    pub(super) fn names(&self, columns: &Columns, phone: Option<u32>) -> Vec<(Field, u32)> {
        // `Last` may be the day of the last visit.
        let is_name = |seen: &&Seen| seen.meaning != Meaning::Last || seen.values.filled == 0 || seen.values.words > 0;
        let has = |meaning| self.of(|one| one == meaning).any(|seen| is_name(&seen));
        let first = has(Meaning::First);
        let beside: Vec<&Seen> = self.of(|one| matches!(one, Meaning::First | Meaning::FirstOrName)).collect();
        let whole = |seen: &Seen| beside.iter().any(|first| self.contains(seen, first));
        let is_last = |seen: &Seen| match seen.meaning {
            Meaning::Last => true,
            Meaning::NameOrLast => first && !has(Meaning::Last) && !whole(seen),
            _ => false,
        };
        let any_last = self.seen.iter().filter(is_name).any(is_last);
        // `Name` beside `Surname` is the given name, unless it holds the surname too.
        let lasts: Vec<&Seen> = self.of(|one| one == Meaning::Last).filter(is_name).collect();
        let is_first = |seen: &Seen| !first && any_last && !lasts.iter().any(|last| self.contains(seen, last));
        let mut names: Vec<(Field, bool, u32)> = Vec::new();
        for seen in self.seen.iter().filter(is_name) {
            let field = match seen.meaning {
                Meaning::First => Field::FirstName,
                Meaning::FirstOrName if any_last => Field::FirstName,
                Meaning::Last | Meaning::NameOrLast if is_last(seen) => Field::LastName,
                Meaning::NameOrLast if is_first(seen) => Field::FirstName,
                Meaning::Name | Meaning::NameOrLast | Meaning::FirstOrName => Field::Name,
                Meaning::NameOrPhone if !seen.values.mostly(seen.values.phones) => Field::Name,
                _ => continue,
            };
            names.push((field, seen.extra, seen.column));
        }
        if names.is_empty() {
            let mut perhaps = self.of(|one| one == Meaning::PerhapsName);
            let first = perhaps.find(|seen| seen.values.mostly(seen.values.words));
            names.extend(first.map(|seen| (Field::Name, seen.extra, seen.column)));
        }
        names.sort_by_key(|&(_, extra, _)| extra);
        let names = names.into_iter().map(|(field, _, column)| (field, column)).collect();
        self.of_the_phone(names, columns, phone)
    }

    /// The names of the person whose phone it is, where the record has others: `Owner Name` beside `Owner Phone`,
    /// `customer.name` beside `customer.phone`. An id is no name where there is one.
    fn of_the_phone(&self, mut names: Vec<(Field, u32)>, columns: &Columns, phone: Option<u32>) -> Vec<(Field, u32)> {
        let values = |column: u32| self.seen.iter().find(|seen| seen.column == column).map(|seen| seen.values);
        let is_filled = |&(_, column): &(Field, u32)| values(column).is_some_and(|values| values.filled > 0);
        if let Some(phone) = phone.map(|phone| name_of(phone, columns)) {
            let is_of_phone = |&(_, column): &(Field, u32)| is_same_part(name_of(column, columns), phone);
            // Beside the phone of an owner or a parent, whom the vocabulary does not take for the contact.
            let is_beside =
                |name: &str| is_same_part(name, phone) && normal(name).ends_with(" name") && !is_of_a_firm(name);
            if !names.iter().any(is_of_phone)
                && let Some((column, _)) = positions(columns.names()).find(|(_, name)| is_beside(name))
            {
                return vec![(Field::Name, column)];
            }
            let own: Vec<&Seen> = names
                .iter()
                .filter(|name| is_of_phone(name) && is_filled(name))
                .filter_map(|&(_, column)| self.seen.iter().find(|seen| seen.column == column))
                .collect();
            // Another that says the same is the person's too.
            let says_same = |&(_, column): &(Field, u32)| {
                let seen = self.seen.iter().find(|seen| seen.column == column);
                seen.is_some_and(|seen| own.iter().any(|own| self.contains(seen, own)))
            };
            if !own.is_empty() {
                names.retain(|name| is_of_phone(name) || says_same(name));
            }
        }
        let is_id = |&(_, column): &(Field, u32)| {
            values(column).is_some_and(|values| values.filled > 0 && values.ids == values.filled)
        };
        if names.iter().any(|name| !is_id(name) && is_filled(name)) {
            names.retain(|name| !is_id(name));
        }
        names
    }

    /// Whether the cells of one column mostly contain those of the other.
    fn contains(&self, whole: &Seen, part: &Seen) -> bool {
        let pairs =
            self.sample.iter().map(|row| (row.cell(whole.column as usize), row.cell(part.column as usize).trim()));
        let (all, hits) = pairs
            .filter(|(_, part)| !part.is_empty())
            .fold((0, 0), |(all, hits), (whole, part)| (all + 1, hits + usize::from(whole.contains(part))));
        all > 0 && hits * 2 >= all && whole.values.filled > 0
    }
}

/// Whether the first word says that the name is that of a firm, a place or a device.
fn is_of_a_firm(name: &str) -> bool {
    const FIRMS: &str = " business company organization organisation firm account work office home mobile phone school shop \
                         store branch ";
    let name = normal(name);
    name.split(' ').next().is_some_and(|word| FIRMS.contains(&format!(" {word} ")))
}

/// Whether both columns are of one part of the record: under one path, or behind the same first word.
pub fn is_same_part(name: &str, phone: &str) -> bool {
    match (name.rsplit_once('.'), phone.rsplit_once('.')) {
        (Some((name, _)), Some((phone, _))) => name == phone,
        (None, None) => {
            let (name, phone) = (normal(name), normal(phone));
            match (name.split_once(' '), phone.split_once(' ')) {
                (Some((name, _)), Some((phone, _))) => name == phone,
                _ => false,
            }
        }
        _ => false,
    }
}
