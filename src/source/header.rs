//! Where the header of a table stands, and what it says: of one row, or of two that are read together.

use std::collections::HashSet;

use super::{Header, Options};
use crate::row::{Row, is_nothing};
use crate::vocabulary::{KnownTitles, known_titles, meaning};

/// How many lines are searched for a header.
const PREAMBLE: usize = 30;
/// Another delimiter may part what looks like one cell.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Where the header stands and what it says.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// How many lines stand before its last row, counted from where the search began.
    pub line: u64,
    /// How many records stand before its last row.
    pub records: usize,
    /// What each column is called; nothing if the first row is data.
    pub names: Option<Vec<String>>,
    /// How many of the lines before it are no part of it.
    pub lines_left_out: u64,
    /// How many of the records before it are no part of it.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only sheets are told by records"))]
    pub records_left_out: usize,
}

impl Head {
    /// The header that is the row at this place among the first records.
    fn at(records: usize, row: &Row) -> Head {
        // The lines before the first record are blank: they need not be skipped.
        let line = if records == 0 { 0 } else { row.location.line - 1 };
        Head {
            line,
            records,
            names: Some(row.cells().map(str::to_owned).collect()),
            lines_left_out: line,
            records_left_out: records,
        }
    }
}

/// Finds the header among the first records.
pub(super) fn head(rows: &[Row], skip: u64, options: &Options) -> Head {
    let Some(first) = rows.first().filter(|_| options.header != Header::Absent) else {
        return Head::default();
    };
    // Names by position replace a header; a first row with a phone is none, and its contact is not to be lost.
    if !options.columns.is_empty() && first.cells().any(is_phone) {
        return Head::default();
    }
    if options.skip_lines > 0 || skip > 1 {
        return Head::at(0, first);
    }
    match best_row(rows, first) {
        Some(records) => of_two_rows(rows, records)
            .or_else(|| rows.get(records).map(|row| Head::at(records, row)))
            .unwrap_or_default(),
        None if options.columns.is_empty() && first.cells().any(holds_value) => Head::default(),
        None if lacks_its_phone(rows, first) => Head::default(),
        None => Head::at(0, first),
    }
}

/// The row among the first with titles that are known.
fn best_row(rows: &[Row], first: &Row) -> Option<usize> {
    let start = first.location.line;
    let near = rows.iter().take(PREAMBLE).take_while(|row| row.location.line < start + 200).enumerate();
    let mut fallback = None;
    for (records, row) in near.filter(|(_, row)| !row.cells().any(holds_value)) {
        let titles = known_titles(row.cells());
        if titles.phone && (titles.known >= 2 || records == 0 && row.len() >= 2) {
            return Some(records);
        }
        // One word may be a title over the table, such as `Contact list`, or all that is known of a wider header.
        let one = titles.known >= 1 && records == 0 || titles.phone && row.len() > first.len();
        if (titles.known >= 2 || one) && fallback.is_none() {
            fallback = Some(records);
        }
    }
    fallback
}

/// Whether the first row is data though it holds no value: below it is a column of phones, and its own cell there is
/// empty or a word for nothing.
fn lacks_its_phone(rows: &[Row], first: &Row) -> bool {
    (0..first.len()).any(|column| {
        let below = rows.iter().skip(1).map(|row| row.cell(column)).filter(|cell| !cell.trim().is_empty());
        let (all, phones) = below.fold((0, 0), |(all, phones), cell| (all + 1, phones + usize::from(is_phone(cell))));
        let here = first.cell(column).trim();
        phones > 0 && phones * 10 >= all * 8 && (here.is_empty() || is_nothing(here))
    })
}

/// The header of two rows, groups above and columns below, of which the one at this place is one; nothing if it says
/// no more than that row alone.
fn of_two_rows(rows: &[Row], records: usize) -> Option<Head> {
    let alone = known_titles(rows.get(records)?.cells());
    let pairs = [records.checked_sub(1), Some(records)];
    let joined = pairs.into_iter().flatten().filter_map(|above| {
        let [upper, lower, below @ ..] = rows.get(above..)? else { return None };
        let parts = [upper, lower].map(|row| row.cells().filter(|cell| !cell.trim().is_empty()).count());
        // A cell that comes again further down is a value.
        // So is one under a title that is known, unless both together are one.
        let is_data = |(column, cell): (usize, &str)| {
            let (title, cell) = (upper.cell(column).trim(), cell.trim());
            let is_value = || meaning(title).is_some() && meaning(&format!("{title} {cell}")).is_none();
            !cell.is_empty() && (below.iter().any(|row| row.cell(column).trim() == cell) || is_value())
        };
        if parts.iter().any(|filled| *filled < 2)
            || upper.cells().chain(lower.cells()).any(holds_value)
            || lower.cells().enumerate().any(is_data)
        {
            return None;
        }
        let names = joined(upper, lower);
        let titles = known_titles(names.iter().map(String::as_str));
        let more = titles.known > alone.known && titles.phone;
        let left_out = Head::at(above, upper);
        more.then(|| Head {
            line: lower.location.line - 1,
            records: above + 1,
            names: Some(names),
            lines_left_out: left_out.line,
            records_left_out: above,
        })
    });
    joined.max_by_key(|head| known(head).known)
}

/// What two rows say together. A column's title is its own with that of its group, where that means something or the
/// own one alone stands over several columns; where one row is empty, it is the other's.
fn joined(upper: &Row, lower: &Row) -> Vec<String> {
    let mut group = String::new();
    let mut names = Vec::new();
    // Of titles that are looked up for each column there may be thousands.
    let mut seen = HashSet::new();
    let shared: HashSet<&str> = lower.cells().map(str::trim).filter(|own| !seen.insert(*own)).collect();
    for column in 0..upper.len().max(lower.len()) {
        let (above, own) = (upper.cell(column).trim(), lower.cell(column).trim());
        if !above.is_empty() || own.is_empty() {
            above.clone_into(&mut group);
        }
        let both = format!("{group} {own}");
        let is_shared = shared.contains(own);
        names.push(match (group.is_empty(), own.is_empty()) {
            (_, true) => group.clone(),
            (true, false) => own.to_owned(),
            (false, false) if is_shared || meaning(&both).is_some() => both,
            (false, false) => own.to_owned(),
        });
    }
    names
}

/// The titles of a header that are known.
pub(super) fn known(head: &Head) -> KnownTitles {
    head.names.as_ref().map_or_else(KnownTitles::default, |names| known_titles(names.iter().map(String::as_str)))
}

/// Whether a cell holds a value, be it behind a delimiter that does not part the table.
pub(super) fn holds_value(cell: &str) -> bool {
    cell.split(DELIMITERS).any(is_value)
}

/// Whether a cell is a value and no title: a phone number or an e-mail address.
pub(super) fn is_value(cell: &str) -> bool {
    is_phone(cell) || is_email(cell)
}

pub(super) fn is_email(cell: &str) -> bool {
    let cell = cell.trim();
    cell.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !cell.contains(' '))
}

pub(super) fn is_phone(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    let others = cell.chars().filter(|c| !c.is_numeric() && !" +-().'/\u{a0}\u{202a}\u{202c}".contains(*c)).count();
    (7..=20).contains(&digits) && others == 0
}

#[cfg(test)]
mod tests {
    use super::super::csv::records;
    use super::*;

    fn found(text: &str) -> Option<String> {
        let rows = records(text.as_bytes(), b',', true, 200);
        let head = head(&rows, 0, &Options::default());
        Some(format!("{} {}", head.line, head.names?.join("|")))
    }

    #[test]
    fn headers_of_one_row_and_of_two() {
        let table = [
            ("Name,Phone\nAna,+5511987654321\n", Some("0 Name|Phone")),
            ("Title\n\nName,Phone\nAna,+5511987654321\n", Some("2 Name|Phone")),
            (
                "Nombre,Datos de contacto,,Grupo\n,Teléfono,Correo,\nAna,+5511987654321,a@b.c,VIP\n",
                Some("1 Nombre|Teléfono|Correo|Grupo"),
            ),
            (
                "Datos personales,,Contacto,\nNombre,Apellido,Teléfono,Correo\nAna,Souza,+5511987654321,a@b.c\n",
                Some("1 Nombre|Apellido|Contacto Teléfono|Contacto Correo"),
            ),
            ("Name,Phone,\n,Home,Mobile\nAna,+551133334444,+5511987654321\n", Some("1 Name|Phone Home|Phone Mobile")),
            (
                "List\nName,Phone,\n,Home,Mobile\nAna,+551133334444,+5511987654321\n",
                Some("2 Name|Phone Home|Phone Mobile"),
            ),
            // A second line of help, and rows of data that hold known words or no phone.
            (
                "Name,Phone,Email\n(as on ID card),(with country code),(optional)\nAna,+5511987654321,a@b.c\n",
                Some("0 Name|Phone|Email"),
            ),
            ("Name,,Phone\n,mobile,\nAna,mobile,+5511987654321\n", Some("0 Name||Phone")),
            ("Name,Phone,Email\nAna,,a@b.c\nBeto,+5511987654321,\n", Some("0 Name|Phone|Email")),
            ("Name,Phone\nAna,none\nBeto,+5511987654321\n", Some("0 Name|Phone")),
            ("Name,Phone,,Note\nAna,,home,x\nBeto,+5521987654321,,\n", Some("0 Name|Phone||Note")),
            // Rows without a header.
            ("Ayesha Khan,n/a\nBilal,+923011234567\nDina,+923021234567\n", None),
            ("Ayesha Khan,\nBilal,+923011234567\n", None),
            ("mobile,+923001234567\nhome,+923011234567\n", None),
            ("Wer,Welche\nBilal,+923011234567\n", Some("0 Wer|Welche")),
        ];
        for (text, names) in table {
            assert_eq!(found(text).as_deref(), names, "{text}");
        }
        // With another delimiter, a row of data is no header either.
        let rows = records(b"mobile,+923001234567\nhome,+923011234567\n", b';', true, 200);
        assert_eq!(known(&head(&rows, 0, &Options::default())), KnownTitles::default());
    }
}
