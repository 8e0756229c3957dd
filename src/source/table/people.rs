//! People below the records of a table, who have columns of their own: `child_ids/name` and `child_ids/phone`.

use super::titles::Titles;
use crate::row::{LIST_END, Row, is_nothing};
use crate::vocabulary::{Meaning, meaning};

/// A list of people below the records.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct People {
    /// What stands before the titles of its columns.
    pub list: String,
    /// The columns of their phones.
    phones: Vec<usize>,
}

impl People {
    /// The lists of people with names and phones; none where the records have no phone or no name of their own.
    pub fn of(titles: &Titles) -> Vec<People> {
        let columns = || titles.names().iter().enumerate().map(|(column, name)| (column, name.rsplit_once('/')));
        let is_own = |is: fn(Meaning) -> bool| {
            columns().any(|(column, parts)| parts.is_none() && titles.meaning(column).is_some_and(is))
        };
        if !is_own(Meaning::is_phone) || !is_own(Meaning::is_name) {
            return Vec::new();
        }
        let mut found: Vec<People> = Vec::new();
        let is = |part: &str, is: fn(Meaning) -> bool| meaning(part).is_some_and(|(meaning, _)| is(meaning));
        let has_names = |list: &str| {
            columns().filter_map(|(_, parts)| parts).any(|(one, part)| one == list && is(part, Meaning::is_name))
        };
        for (column, parts) in columns() {
            let Some((list, _)) = parts.filter(|(list, part)| is(part, Meaning::is_phone) && has_names(list)) else {
                continue;
            };
            match found.iter_mut().find(|people| people.list == list) {
                Some(people) => people.phones.push(column),
                None => found.push(People { list: list.to_owned(), phones: vec![column] }),
            }
        }
        found
    }

    /// How many of them a record has.
    pub fn count(&self, row: &Row) -> u64 {
        let count = |column: &usize| match row.cell(*column).trim() {
            cell if cell.is_empty() || is_nothing(cell) => 0,
            cell => cell.matches(LIST_END).count().max(1) as u64,
        };
        self.phones.iter().map(count).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::row_of as row;
    use super::*;

    #[test]
    fn people_below_records_that_have_phones_of_their_own() {
        let counts = |header: &str, line: &str| {
            let titles = Titles::new(&header.split(',').map(str::to_owned).collect::<Vec<_>>());
            let people = People::of(&titles);
            people.iter().map(|people| (people.list.clone(), people.count(&row(line)))).collect::<Vec<_>>()
        };
        let list = |name: &str, count| vec![(name.to_owned(), count)];
        let odoo = "id,name,phone,child_ids/name,child_ids/phone,child_ids/mobile";
        assert_eq!(counts(odoo, "1,ACME,+1,Ada\u{1f}Ben\u{1f},+2,+3\u{1f}+4\u{1f}"), list("child_ids", 2));
        assert_eq!(counts(odoo, "1,ACME,+1,,NULL,"), list("child_ids", 0));
        assert_eq!(counts("Name,Phone,Contact/Name,Contact/Phone", ",,Ada,+1"), list("Contact", 1));
        // The phones are those of the records, and numbers without a name are theirs too.
        for header in
            ["Name,Contact/Name,Contact/Phone", "Name,Phone,Work/Phone", "Name,Phone,Mobile/WhatsApp", "Name,Phone"]
        {
            assert_eq!(counts(header, "Ada,+1,+2,+3"), [], "{header}");
        }
    }
}
