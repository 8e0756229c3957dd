//! Apostrophes by which some programs keep spreadsheets from changing the cells of a table.

use std::borrow::Cow;

use crate::row::Row;

/// A mark that keeps a cell as it is: an apostrophe before it, if every cell of the table has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::source) enum Guard {
    #[default]
    None,
    /// One before each cell.
    Before,
    /// One on either side, as quotes.
    Around,
}

/// Puts cells together that were parted within apostrophes: `'Souza, Ana'`.
pub(super) fn join_quoted(row: &mut Row, delimiter: char) {
    let is_open = |cell: &str| cell.starts_with('\'') && !(cell.len() > 1 && cell.ends_with('\''));
    if !row.cells().any(|cell| is_open(cell.trim())) {
        return;
    }
    let mut cells: Vec<String> = Vec::new();
    for cell in row.cells() {
        match cells.last_mut().filter(|before| is_open(before.trim())) {
            Some(before) => {
                before.push(delimiter);
                before.push_str(cell);
            }
            None => cells.push(cell.to_owned()),
        }
    }
    let location = row.location;
    row.clear();
    row.location = location;
    cells.iter().for_each(|cell| row.push(cell));
}

impl Guard {
    /// What all the cells of these rows have; nothing unless there are at least two columns of them. Where the header
    /// stands between apostrophes, so do the cells, and the delimiter may stand in them.
    pub fn of(header: &[String], rows: &[Row]) -> Guard {
        let is_quoted = |cell: &str| cell.len() > 1 && cell.starts_with('\'') && cell.ends_with('\'');
        if header.len() > 1 && header.iter().all(|name| is_quoted(name.trim())) {
            return Guard::Around;
        }
        let is_number = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit() || b".,-".contains(&byte));
        let texts = || {
            let cells = rows.iter().flat_map(|row| row.cells().map(str::trim).enumerate());
            cells.filter(|(_, cell)| !cell.is_empty() && !is_number(cell))
        };
        let has_value = |cell: &str| crate::source::header::is_value(cell.trim_matches('\''));
        let mut columns: Vec<usize> = texts().map(|(column, _)| column).collect();
        columns.sort_unstable();
        columns.dedup();
        if columns.len() < 2
            || !texts().all(|(_, cell)| cell.starts_with('\''))
            || !texts().any(|(_, cell)| has_value(cell))
        {
            return Guard::None;
        }
        let is_around = texts().all(|(_, cell)| is_quoted(cell));
        if is_around { Guard::Around } else { Guard::Before }
    }

    /// Whether a cell that begins between apostrophes, or ends so, does not do both: a line or a delimiter stands in it.
    pub fn is_torn(self, row: &Row) -> bool {
        let is_half = |cell: &str| cell.len() > 1 && cell.starts_with('\'') != cell.ends_with('\'') || cell == "'";
        self == Guard::Around && row.cells().map(str::trim).any(is_half)
    }

    /// The cell without the mark; between apostrophes a doubled one is one.
    pub fn off(self, cell: &str) -> Cow<'_, str> {
        let inner = || cell.trim().strip_prefix('\'');
        match self {
            Guard::None => Cow::Borrowed(cell),
            Guard::Before => Cow::Borrowed(inner().unwrap_or(cell)),
            Guard::Around => match inner().and_then(|inner| inner.strip_suffix('\'')) {
                Some(inner) if inner.contains("''") => Cow::Owned(inner.replace("''", "'")),
                Some(inner) => Cow::Borrowed(inner),
                None => Cow::Borrowed(cell),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::row_of;
    use super::*;

    #[test]
    fn apostrophes_that_all_cells_have() {
        let guard = |text: &str| Guard::of(&[], &text.lines().map(row_of).collect::<Vec<_>>());
        assert_eq!(guard("'Ana,'+12025550101,30\n'Ben,'+12025550102,"), Guard::Before);
        assert_eq!(guard("'Ana','+12025550101'"), Guard::Around);
        assert_eq!(guard("'t Hart,+12025550101\n's Graaf,+12025550102"), Guard::None);
        assert_eq!(guard("Ana,'+12025550101"), Guard::None);
        assert_eq!(Guard::of(&["'name'", "'phone'"].map(str::to_owned), &[]), Guard::Around);
        assert_eq!(guard("'+12025550101\n'+12025550102"), Guard::None);
        assert_eq!(guard("'a,'b"), Guard::None);
    }
}
