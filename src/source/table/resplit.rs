//! A row whose cells are parted by another character than those of the header: lists pasted below each other, and
//! templates that a spreadsheet of another country has filled in.

use super::titles::Titles;
use crate::row::Row;
use crate::source::split::{Record, RecordEnd};

/// What is to be done with a row that is shorter than the header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It stays as it is.
    Kept,
    /// Its cells were parted by this character, and are now apart.
    Parted(char),
    /// It holds a number, and its cells seem parted by this character, but do not line up with the titles.
    Unclear(char),
}

/// The characters that part cells.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Whether the row holds characters that could part its cells.
pub(super) fn has_other_separators(row: &Row, delimiter: u8) -> bool {
    let is_other = |byte: u8| SEPARATORS.contains(&byte) && (byte != delimiter || row.len() == 1);
    row.cells().any(|cell| cell.bytes().any(is_other))
}

/// Parts the row anew where its cells say that another character stands between them.
pub(super) fn part_anew(row: &mut Row, spare: &mut Row, titles: &Titles, delimiter: u8) -> Outcome {
    let fits = |row: &Row| row.cells().enumerate().any(|(column, cell)| titles.fits(column, cell.trim()));
    if row.len() >= titles.len() || !has_other_separators(row, delimiter) || fits(row) {
        return Outcome::Kept;
    }
    let line = row.cells().collect::<Vec<_>>().join(&char::from(delimiter).to_string());
    let line = line.trim_end_matches(SEPARATORS.map(char::from)).to_owned();
    // A list of numbers in one cell, or a number and its remark.
    let mut unclear = None;
    for separator in SEPARATORS {
        if separator == delimiter && row.len() > 1 || !line.as_bytes().contains(&separator) {
            continue;
        }
        let mut record = Record::default();
        let found = record.find(line.as_bytes(), separator, true);
        if !matches!(found, RecordEnd::Line(end) | RecordEnd::Lines(end) if end == line.len()) {
            continue;
        }
        record.write(&line, spare);
        if (2..=titles.len()).contains(&spare.len()) && fits(spare) && !is_of_one_kind(spare) {
            spare.location = row.location;
            std::mem::swap(row, spare);
            return Outcome::Parted(char::from(separator));
        }
        let holds_values = spare.cells().any(crate::source::header::is_value);
        if separator != delimiter && spare.len() > 1 && holds_values && !is_of_one_kind(spare) {
            unclear = Some(char::from(separator));
        }
    }
    unclear.filter(|_| row.len() == 1).map_or(Outcome::Kept, Outcome::Unclear)
}

/// Whether all cells are values: a list of numbers within one cell.
fn is_of_one_kind(row: &Row) -> bool {
    row.cells().filter(|cell| !cell.trim().is_empty()).all(|cell| crate::source::header::is_value(cell.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_parted_by_what_parts_them() {
        let table: &[(&str, &[&str], Outcome, &str)] = &[
            ("name,phone,email", &["Ana;+5511987654321;a@b.c"], Outcome::Parted(';'), "Ana|+5511987654321|a@b.c"),
            ("name,phone,email", &["Ana\t+5511987654321\ta@b.c"], Outcome::Parted('\t'), "Ana|+5511987654321|a@b.c"),
            ("name,phone,email", &["Ana,+5511987654321,a@b.c;;"], Outcome::Parted(','), "Ana|+5511987654321|a@b.c"),
            ("name,phone,email", &["Ana;+5511987654321"], Outcome::Parted(';'), "Ana|+5511987654321"),
            (
                "name,phone,email",
                &["Souza", " Ana;+5511987654321;a@b.c"],
                Outcome::Parted(';'),
                "Souza, Ana|+5511987654321|a@b.c",
            ),
            (
                "name,phone,email",
                &["\"Souza; Ana\";+5511987654321;"],
                Outcome::Parted(';'),
                "Souza; Ana|+5511987654321",
            ),
            ("name,phone", &["7;Ana;+5511987654321;a@b.c"], Outcome::Unclear(';'), "7;Ana;+5511987654321;a@b.c"),
            (
                "name,phone",
                &["Ana", "+5511987654321;+5511987654322"],
                Outcome::Kept,
                "Ana|+5511987654321;+5511987654322",
            ),
            ("phone,name", &["+5511987654321;+5511987654322"], Outcome::Kept, "+5511987654321;+5511987654322"),
            ("phone,name,tags", &["+5511987654321", "Ana;Bea"], Outcome::Kept, "+5511987654321|Ana;Bea"),
            ("name,phone,email", &["Ana"], Outcome::Kept, "Ana"),
            ("name,phone,email", &["One; two | three"], Outcome::Kept, "One; two | three"),
        ];
        for (header, cells, outcome, expected) in table {
            let titles = Titles::new(&header.split(',').map(str::to_owned).collect::<Vec<_>>());
            let (mut row, mut spare) = (Row::default(), Row::default());
            cells.iter().for_each(|cell| row.push(cell));
            assert_eq!(&part_anew(&mut row, &mut spare, &titles, b','), outcome, "{cells:?}");
            assert_eq!(row.cells().collect::<Vec<_>>().join("|"), *expected, "{cells:?}");
        }
    }
}
