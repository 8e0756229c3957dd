//! What is left out of a table: rows that are no records, and people below the records.

use super::people::People;
use super::titles::Titles;
use crate::row::Row;
use crate::source::Notice;

/// What was left out so far.
#[derive(Debug)]
pub(super) struct LeftOut {
    /// Lists of people below the records.
    people: Vec<People>,
    notices: Vec<Notice>,
}

impl LeftOut {
    /// Nothing yet, of a table with these titles.
    pub fn of(titles: &Titles) -> LeftOut {
        LeftOut { people: People::of(titles), notices: Vec::new() }
    }

    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// A row that is no record is left out.
    pub fn row(&mut self, line: u64) {
        match self.notices.iter_mut().find(|notice| matches!(notice, Notice::RowsLeftOut { .. })) {
            Some(known) => known.count(1, line),
            None => self.notices.push(Notice::RowsLeftOut { count: 1, lines: vec![line] }),
        }
    }

    /// Counts the people below records, who are not read with them.
    pub fn count_people(&mut self, rows: &[Row]) {
        for row in rows {
            for people in &self.people {
                let (contacts, line) = (people.count(row), row.location.line);
                if contacts == 0 {
                    continue;
                }
                let is_this =
                    |notice: &&mut Notice| matches!(notice, Notice::ListLeft { list, .. } if *list == people.list);
                match self.notices.iter_mut().find(is_this) {
                    Some(known) => known.count(contacts, line),
                    None => {
                        self.notices.push(Notice::ListLeft { list: people.list.clone(), contacts, lines: vec![line] })
                    }
                }
            }
        }
    }
}
