//! What is left out of a table: rows that are no records, and people below the records.

use super::people::People;
use super::titles::Titles;
use crate::row::Row;
use crate::source::Notice;

/// How many places a notice names.
const MAX_PLACES: usize = 5;

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
        self.add(Notice::RowsLeftOut { count: 1, lines: vec![line] });
    }

    /// Counts the people below records, who are not read with them.
    pub fn count_people(&mut self, rows: &[Row]) {
        if self.people.is_empty() {
            return;
        }
        for row in rows {
            let counts = self.people.iter().map(|people| (people.list.clone(), people.count(row)));
            for (list, contacts) in counts.filter(|(_, contacts)| *contacts > 0).collect::<Vec<_>>() {
                self.add(Notice::ListLeft { list, contacts, lines: vec![row.location.line] });
            }
        }
    }

    /// Adds a notice to the one about the same, if there is one.
    fn add(&mut self, new: Notice) {
        for known in &mut self.notices {
            match (known, &new) {
                (Notice::RowsLeftOut { count: all, lines: places }, Notice::RowsLeftOut { count, lines }) => {
                    *all += count;
                    return note(places, lines);
                }
                (
                    Notice::ListLeft { list: one, contacts: all, lines: places },
                    Notice::ListLeft { list, contacts, lines },
                ) if one == list => {
                    *all += contacts;
                    return note(places, lines);
                }
                _ => {}
            }
        }
        self.notices.push(new);
    }
}

fn note(places: &mut Vec<u64>, lines: &[u64]) {
    places.extend(lines.iter().take(MAX_PLACES.saturating_sub(places.len())));
}
