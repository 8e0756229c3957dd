//! The titles of a table, and the rows below them that are no records: the header again, rules and counts of rows.

use crate::row::{Row, is_nothing};
use crate::source::header::{holds_value, is_email, is_phone};
use crate::vocabulary::{Meaning, meaning};

/// How many titles are looked at.
const MOST: usize = 200;

/// The header of a table as it stands in the file.
#[derive(Debug)]
pub(super) struct Titles {
    names: Vec<String>,
    meanings: Vec<Option<Meaning>>,
    /// The first column with a title.
    key: usize,
    /// The first column whose title says phone.
    phone: Option<usize>,
    width: usize,
}

/// A row that is no record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stray {
    /// A rule or a count of rows.
    Rule,
    /// The header again.
    Header,
    /// The same titles in another order: where the cells of each column stand from here on.
    OtherOrder(Vec<Option<usize>>),
    /// Titles of other columns.
    OtherHeader,
}

impl Titles {
    pub fn new(names: &[String]) -> Titles {
        let names: Vec<String> = names.iter().map(|name| bare(name).to_owned()).collect();
        // Nobody writes more by hand, and each costs time.
        let meanings: Vec<Option<Meaning>> =
            names.iter().take(MOST).map(|name| meaning(name).map(|(meaning, _)| meaning)).collect();
        let phone = meanings.iter().position(|meaning| meaning.is_some_and(Meaning::is_phone));
        let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let key = names.iter().position(|name| !name.is_empty()).unwrap_or(0);
        Titles { names, meanings, key, phone, width }
    }

    /// How many columns have a title.
    pub fn len(&self) -> usize {
        self.width
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What a column means.
    pub fn meaning(&self, column: usize) -> Option<Meaning> {
        self.meanings.get(column).copied().flatten()
    }

    /// Whether a cell is a value that the title of its column says: a phone number under `Phone`.
    pub fn fits(&self, column: usize, cell: &str) -> bool {
        match self.meaning(column) {
            Some(meaning) if meaning.is_phone() => is_phone(cell),
            Some(Meaning::Email) => is_email(cell),
            _ => false,
        }
    }

    /// Whether under each title of phones and e-mails stands one, or nothing.
    pub fn all_fit(&self, row: &Row) -> bool {
        let is_value = |meaning: Meaning| meaning.is_phone() || meaning == Meaning::Email;
        row.cells().map(str::trim).enumerate().all(|(column, cell)| {
            !self.meaning(column).is_some_and(is_value)
                || cell.is_empty()
                || is_nothing(cell)
                || self.fits(column, cell)
        })
    }

    /// Whether cells behind the last title are parts of one before it: what it holds goes on in them, or a value stands
    /// under the title of another.
    pub fn are_spilled(&self, row: &Row) -> bool {
        let has_more = row.cells().skip(self.names.len()).any(|cell| !cell.trim().is_empty());
        let is_listed = |meaning: Meaning| meaning.is_name() || meaning == Meaning::Tags;
        let goes_on = || self.names.len().checked_sub(1).and_then(|last| self.meaning(last)).is_some_and(is_listed);
        // A comma in a text has a blank behind it, unless all commas have.
        let begins_blank = |cell: &str| cell.starts_with(' ');
        let is_text = || row.cells().skip(1).any(begins_blank) && !row.cells().skip(1).all(begins_blank);
        has_more && (goes_on() || !self.all_fit(row) || is_text())
    }

    /// Whether the row may be no record; cheap, for every row is asked.
    #[inline]
    pub fn is_suspect(&self, row: &Row) -> bool {
        let phone = self.phone.map(|phone| row.cell(phone).as_bytes());
        !matches!(phone, Some([b'+' | b'0'..=b'9', .., b'0'..=b'9'])) && self.may_be_stray(row)
    }

    /// The same for a row without a number where its phone should be.
    #[inline(never)]
    fn may_be_stray(&self, row: &Row) -> bool {
        let first = bare(row.cell(self.key));
        let is_title = self.names.iter().take(MOST).any(|name| name.eq_ignore_ascii_case(first));
        is_title && !first.is_empty()
            || row.len() == 1 && self.names.len() > 1
            || row.cell(0).trim_start().starts_with('(')
            || !row.has_digit()
    }

    /// What the row is if it is no record.
    pub fn stray(&self, row: &Row) -> Option<Stray> {
        let cells: Vec<&str> = row.cells().map(bare).collect();
        let filled: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
        let is_rule = !filled.is_empty() && filled.iter().all(|cell| is_rule(cell));
        let is_count = || self.names.len() > 1 && matches!(filled.as_slice(), [only] if is_count(only));
        if is_rule && filled.iter().any(|cell| cell.chars().count() >= 3) || is_count() {
            return Some(Stray::Rule);
        }
        if self.is_again(&cells) {
            return Some(Stray::Header);
        }
        if filled.len() < 2 || cells.len() > MOST {
            return None;
        }
        self.order(&cells).map(Stray::OtherOrder).or_else(|| self.other_header(&cells))
    }

    fn is_again(&self, cells: &[&str]) -> bool {
        let title = |column| self.names.get(column).map_or("", String::as_str);
        let cell = |column| cells.get(column).copied().unwrap_or_default();
        (0..self.names.len().max(cells.len())).all(|column| cell(column).eq_ignore_ascii_case(title(column)))
    }

    /// Where the cells of each column stand if these are titles of the header in another order.
    fn order(&self, cells: &[&str]) -> Option<Vec<Option<usize>>> {
        let place = |title: &str| cells.iter().position(|cell| !title.is_empty() && cell.eq_ignore_ascii_case(title));
        let order: Vec<Option<usize>> = self.names.iter().map(|name| place(name)).collect();
        let mut places: Vec<usize> = order.iter().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let has_phone = order
            .iter()
            .enumerate()
            .any(|(column, place)| place.is_some() && self.meaning(column).is_some_and(Meaning::is_phone));
        // A title that stands twice has no one place.
        let is_one_to_one = places.len() == filled && order.iter().flatten().count() == filled;
        (has_phone && is_one_to_one).then_some(order)
    }

    fn other_header(&self, cells: &[&str]) -> Option<Stray> {
        if cells.iter().any(|cell| holds_value(cell)) {
            return None;
        }
        let meanings: Vec<Option<Meaning>> = cells.iter().map(|cell| Some(meaning(cell)?.0)).collect();
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let known = meanings.iter().flatten().count();
        let has_phone = meanings.iter().flatten().any(|meaning| meaning.is_phone());
        let has_person = meanings.iter().flatten().any(|meaning| meaning.is_name() || *meaning == Meaning::Email);
        if !has_phone || !has_person || known * 3 < filled * 2 {
            return None;
        }
        let mut columns = 0..self.names.len().max(cells.len());
        let same = columns.all(|column| self.is_alike(column, meanings.get(column).copied().flatten()));
        Some(if same { Stray::Header } else { Stray::OtherHeader })
    }

    /// Whether a title in this column means what the header's does, be it in another language.
    fn is_alike(&self, column: usize, other: Option<Meaning>) -> bool {
        let (Some(own), Some(other)) = (self.meaning(column), other) else {
            return self.meaning(column) == other;
        };
        let is_only_phone = self.meanings.iter().flatten().filter(|meaning| meaning.is_phone()).count() == 1;
        let are_parts = matches!((own, other), (Meaning::First, Meaning::Last) | (Meaning::Last, Meaning::First));
        own == other
            || own.is_phone() && other.is_phone() && is_only_phone
            || own.is_name() && other.is_name() && !are_parts
    }
}

/// A cell without blanks and byte order marks around it.
fn bare(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// Whether a cell is part of a line between rows.
fn is_rule(cell: &str) -> bool {
    cell.chars().all(|c| "-=+:_|~*─━═┼╪╬├┤╞╡╠╣│ ".contains(c))
}

/// Whether a cell says how many rows there were: `(2 rows)`, `(1 Zeile)`, `2 rows in set (0.00 sec)`.
fn is_count(cell: &str) -> bool {
    let inner = cell.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let text = inner.unwrap_or(cell);
    let Some((number, rest)) = text.split_once(' ') else { return false };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let says_rows = rest.to_ascii_lowercase().starts_with("row");
    is_number && (says_rows || inner.is_some() && rest.chars().all(|c| c.is_alphabetic() || c == ' '))
}

#[cfg(test)]
mod tests {
    use super::super::row_of as row;
    use super::*;

    #[test]
    fn cells_that_are_parts_of_others() {
        let table = [
            ("Phone,Name", "+5511987654321,Souza, Ana", true),
            ("Phone,Tags", "+5511987654321,vip,new", true),
            ("Phone,Name,City", "+5511987654321,Souza, Ana,Rio", true),
            ("Phone,Email,City", "+5511987654321,Souza,ana@example.org,Rio", true),
            ("Phone,Name,City", "+5511987654321,Ana,Rio,more", false),
            ("Phone,Name,City", "+5511987654321, Ana, Rio, more", false),
            ("Phone,Name,City", "+5511987654321,Ana,Rio, ,", false),
        ];
        for (header, line, expected) in table {
            let titles = Titles::new(&header.split(',').map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(titles.are_spilled(&row(line)), expected, "{header}: {line}");
        }
    }

    #[test]
    fn what_is_no_record() {
        let titles = Titles::new(&["Name", "Phone", "Email"].map(str::to_owned));
        let order = |places: [Option<usize>; 3]| Some(Stray::OtherOrder(places.to_vec()));
        let table = [
            ("Name,Phone,Email", Some(Stray::Header)),
            ("\u{feff}name, PHONE ,Email,", Some(Stray::Header)),
            ("Nome,Telefone,E-mail", Some(Stray::Header)),
            ("-----,---,----", Some(Stray::Rule)),
            ("----+-----+----", Some(Stray::Rule)),
            (",:---,---:", Some(Stray::Rule)),
            ("(1 row)", Some(Stray::Rule)),
            ("(12 Zeilen),,", Some(Stray::Rule)),
            ("2 rows in set (0.00 sec)", Some(Stray::Rule)),
            ("Phone,Email,Name", order([Some(2), Some(0), Some(1)])),
            ("phone,name", order([Some(1), Some(0), None])),
            ("First Name,Last Name,Phone", Some(Stray::OtherHeader)),
            ("Email,Mobile,Full name", Some(Stray::OtherHeader)),
            ("Ana,+5511987654321,ana@example.org", None),
            ("Ana,,", None),
            ("-,-,-", None),
            ("Total,,", None),
            ("(11) 98765-4321", None),
            ("Phone", None),
            ("Name,+5511987654321,", None),
            ("(as on ID card),(with country code),(optional)", None),
            ("Company,Mobile,Work", None),
        ];
        for (line, expected) in table {
            let row = row(line);
            assert_eq!(titles.stray(&row), expected, "{line}");
            assert!(expected.is_none() || titles.is_suspect(&row), "{line}");
        }
        let one = Titles::new(&["Phone".to_owned()]);
        assert_eq!(one.stray(&row("phone")), Some(Stray::Header));
        assert_eq!(one.stray(&row("(1 row)")), None);
    }
}
