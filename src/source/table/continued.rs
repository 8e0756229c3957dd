//! Rows that go on with the record above: a second number or address in a row whose other cells are blank.

use super::titles::Titles;
use crate::row::{LIST_END, Row};
use crate::vocabulary::{Meaning, meaning, normal};

/// Titles of columns that tell records apart.
const IDS: [&str; 22] = [
    "id",
    "record id",
    "contact id",
    "customer id",
    "client id",
    "member id",
    "user id",
    "person id",
    "lead id",
    "external id",
    "row id",
    "contact no",
    "customer no",
    "member no",
    "no",
    "nr",
    "lfd nr",
    "sl no",
    "s no",
    "sr no",
    "serial no",
    "serial number",
];

/// Which columns tell that a row is a record of its own, and which go on in the rows below it.
#[derive(Debug)]
pub(super) struct Parents {
    /// What each record has, and no row that goes on with one.
    own: Vec<usize>,
    /// What may stand in a row that goes on with a record.
    children: Vec<usize>,
}

impl Parents {
    /// Nothing if the table has neither a column that tells records apart nor columns of a list below them.
    pub fn of(titles: &Titles) -> Option<Parents> {
        let columns = || titles.names().iter().enumerate().filter(|(_, name)| !name.is_empty());
        let groups: Vec<(usize, &str)> = columns().filter_map(|(column, name)| Some((column, group(name)?))).collect();
        let is_group = |of: &str| groups.iter().filter(|(_, group)| *group == of).count() > 1;
        let ids: Vec<usize> = columns().filter(|(_, name)| is_id(name)).map(|(column, _)| column).collect();
        let is_value = |column: usize| {
            let part = || titles.names().get(column)?.rsplit_once('/').and_then(|(_, part)| meaning(part));
            let meaning = titles.meaning(column).or_else(|| part().map(|(meaning, _)| meaning));
            meaning.is_some_and(|meaning| meaning.is_phone() || meaning == Meaning::Email)
        };
        let is_child = |column, name: &str| match group(name) {
            Some(group) => !ids.is_empty() || is_group(group),
            None => !ids.is_empty() && is_value(column),
        };
        let is_name = |column| titles.meaning(column).is_some_and(Meaning::is_name);
        let children: Vec<usize> = columns()
            .filter(|(column, name)| is_child(*column, name) && !is_name(*column))
            .map(|(column, _)| column)
            .collect();
        let own = match ids.is_empty() {
            true => columns().map(|(column, _)| column).filter(|column| is_name(*column)).collect(),
            false => ids,
        };
        (!own.is_empty() && children.iter().any(|column| is_value(*column))).then_some(Parents { own, children })
    }

    /// Whether a row goes on with the record above it.
    pub fn goes_on(&self, above: &Row, row: &Row) -> bool {
        let is_blank = |row: &Row, column: usize| row.cell(column).trim().is_empty();
        self.own.iter().all(|column| is_blank(row, *column))
            && self.own.iter().any(|column| !is_blank(above, *column))
            && (0..row.len()).all(|column| is_blank(row, column) || self.children.contains(&column))
    }
}

/// Adds what a row says to the record above it, whose cells become lists.
pub(super) fn join(above: &mut Row, row: &Row) {
    for column in (0..row.len()).filter(|column| !row.cell(*column).trim().is_empty()) {
        while above.len() <= column {
            above.push("");
        }
        let (mut list, cell) = (above.cell(column).to_owned(), row.cell(column));
        if list.trim().is_empty() {
            above.replace(column, cell);
            continue;
        }
        if !list.ends_with(LIST_END) {
            list.push(LIST_END);
        }
        list.push_str(cell);
        list.push(LIST_END);
        above.replace(column, &list);
    }
}

fn is_id(name: &str) -> bool {
    IDS.contains(&normal(name).as_str()) || name == "#" || name == ".id"
}

/// The list that a column is of: `Number (Contact Numbers)`, `child_ids/phone`.
fn group(name: &str) -> Option<&str> {
    let in_brackets = || name.strip_suffix(')')?.rsplit_once(" (").map(|(_, group)| group);
    in_brackets().or_else(|| name.rsplit_once('/').map(|(group, _)| group))
}

#[cfg(test)]
mod tests {
    use super::super::row_of as row;
    use super::*;

    /// Whether the second row goes on with the first.
    fn goes_on(header: &str, above: &str, below: &str) -> bool {
        let titles = Titles::new(&header.split(',').map(str::to_owned).collect::<Vec<_>>());
        Parents::of(&titles).is_some_and(|parents| parents.goes_on(&row(above), &row(below)))
    }

    #[test]
    fn rows_that_go_on() {
        let children = "ID,First Name,Email ID (Email IDs),Number (Contact Numbers),Is Primary (Contact Numbers)";
        assert!(goes_on(children, "C-1,Ada,a@b.c,+1,1", ",,b@b.c,+2,0"));
        assert!(goes_on(children, "C-1,Ada,,,", ",,,+2"));
        assert!(!goes_on(children, "C-1,Ada,a@b.c,+1,1", "C-2,,,+2,"));
        assert!(!goes_on(children, "C-1,Ada,a@b.c,+1,1", ",Bea,,+2,"));
        assert!(goes_on("No.,Name,City,Phone", "1,Ada,Rome,+1", ",,,+2"));
        assert!(!goes_on("No.,Name,City,Phone", "1,Ada,Rome,+1", ",,Paris,+2"));
        assert!(!goes_on("No.,Name,City,Phone", ",Ada,Rome,+1", ",,,+2"));
        assert!(goes_on("name,child_ids/phone,child_ids/email", "Ada,+1,", ",+2,"));
        assert!(!goes_on("Name,Phone", "Ada,+1", ",+2"));
        assert!(!goes_on("Name,Phone,Mobile/WhatsApp", "Ada,+1,", ",,+2"));
        assert!(!goes_on("Name,Phone (with country code)", "Ada,+1", ",+2"));
    }

    #[test]
    fn what_goes_on_is_a_list() {
        let mut above = row("C-1,,+1");
        join(&mut above, &row(",a@b.c,+2"));
        join(&mut above, &row(",,+3,x"));
        assert_eq!(above.cells().collect::<Vec<_>>(), ["C-1", "a@b.c", "+1\u{1f}+2\u{1f}+3\u{1f}", "x"]);
    }
}
