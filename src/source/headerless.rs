//! The names of columns without a header, by what is in them.

use super::header::{is_email, is_phone};
use crate::row::{Row, is_nothing};
use crate::vocabulary::{is_place, meaning};

/// Tells one kind of cell from others.
type Is = fn(&str) -> bool;

/// The names of the columns: what their values say, or their number.
pub(super) fn names(rows: &[Row]) -> Vec<String> {
    let width = rows.iter().map(Row::len).max().unwrap_or(0);
    let mut names: Vec<String> = (1..=width).map(|number| format!("column {number}")).collect();
    let is: [(&str, Is); 2] = [("phone", is_phone), ("email", is_email)];
    for (name, is) in is {
        let mut columns = (0..width).filter(|&column| share(rows, column, is));
        // One of its kind can be named; of several nobody knows which is which.
        if let (Some(column), None) = (columns.next(), columns.next())
            && let Some(slot) = names.get_mut(column)
        {
            name.clone_into(slot);
        }
    }
    // Of several such columns the one where most differ: a group has fewer.
    let candidates = (0..width).rev().filter(|&column| are_names(rows, column));
    if let Some(column) = candidates.max_by_key(|&column| different(rows, column))
        && let Some(slot) = names.get_mut(column)
    {
        "name".clone_into(slot);
    }
    names
}

fn filled(rows: &[Row], column: usize) -> impl Iterator<Item = &str> {
    rows.iter().map(move |row| row.cell(column).trim()).filter(|cell| !cell.is_empty() && !is_nothing(cell))
}

/// Whether at least four of five cells are of a kind.
fn share(rows: &[Row], column: usize, is: Is) -> bool {
    let (all, hits) = filled(rows, column).fold((0, 0), |(all, hits), cell| (all + 1, hits + usize::from(is(cell))));
    all > 0 && hits * 10 >= all * 8
}

/// How many different cells a column holds.
fn different(rows: &[Row], column: usize) -> usize {
    let mut cells: Vec<&str> = filled(rows, column).collect();
    cells.sort_unstable();
    cells.dedup();
    cells.len()
}

/// Whether a column holds names: words that differ, in most of the rows, and no labels.
fn are_names(rows: &[Row], column: usize) -> bool {
    let all = filled(rows, column).count();
    share(rows, column, is_name) && all * 2 > rows.len() && (all == 1 || different(rows, column) * 2 > all)
}

fn is_name(cell: &str) -> bool {
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    // A name of one letter is written in a script whose letters are words.
    let is_long = letters > 1 || cell.chars().any(|c| c.is_alphabetic() && u32::from(c) >= 0x2e80);
    let is_label = || {
        is_place(cell)
            || meaning(cell).is_some()
            || ["true", "false", "yes", "no"].contains(&cell.to_lowercase().as_str())
    };
    is_long && !cell.contains(['@', '_', '/']) && !cell.chars().any(|c| c.is_ascii_digit()) && !is_label()
}

#[cfg(test)]
mod tests {
    use super::super::csv::records;
    use super::*;

    #[test]
    fn columns_are_named_by_their_values() {
        let table = [
            ("Ana,+5511987654321,a@b.c\nBeto,+5521987654321,\n", "name|phone|email"),
            ("vip,+923001234567,Ayesha Khan\nvip,+923011234567,Bilal Ahmed\n", "column 1|phone|name"),
            ("VIP,Ana,+923001234567\nVIP,Beto,+923011234567\nNew,Caio,+923011234568\n", "column 1|name|phone"),
            ("mobile,+923001234567\nhome,+923011234567\n", "column 1|phone"),
            ("m,+923001234567\nf,+923011234567\n", "column 1|phone"),
            ("none,+923001234567\nMASTER,+923011234567\nnone,+923021234567\n", "column 1|phone"),
            ("Member_Alias,+923001234567\nEva,+923011234567\nMember_Alias,+923021234567\n", "column 1|phone"),
            ("yes,+923001234567\nno,+923011234567\n", "column 1|phone"),
            ("李,+8613812345678\n王,+8613812345679\n", "name|phone"),
            ("Ana,+5511987654321\n", "name|phone"),
            ("Ana,+5511987654321\nAna,+5511987654322\nBeto,+5521987654321\n", "name|phone"),
            ("Ana,+5511987654321,+5511987654322\n", "name|column 2|column 3"),
        ];
        for (text, expected) in table {
            assert_eq!(names(&records(text.as_bytes(), b',', true, 100)).join("|"), expected, "{text}");
        }
    }
}
