//! What programs put into the cells of a table and is none of the text: apostrophes that keep spreadsheets from changing
//! them, backslashes in place of quotes.

use std::borrow::Cow;

use crate::row::{Row, is_nothing};

/// What keeps a cell as it is, if every cell of the table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::source) enum Guard {
    #[default]
    None,
    /// An apostrophe before each cell.
    Before,
    /// One on either side, as quotes.
    Around,
    /// Breaks, tabs and backslashes are written with a backslash, as databases write texts between tabs.
    Escaped,
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
    pub fn of(header: &[String], rows: &[Row], delimiter: u8) -> Guard {
        if delimiter == b'\t' && are_escaped(rows) {
            return Guard::Escaped;
        }
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
            Guard::Escaped if is_nothing(cell) || !cell.contains('\\') => Cow::Borrowed(cell),
            Guard::Escaped => Cow::Owned(unescaped(cell)),
            Guard::Before => Cow::Borrowed(inner().unwrap_or(cell)),
            Guard::Around => match inner().and_then(|inner| inner.strip_suffix('\'')) {
                Some(inner) if inner.contains("''") => Cow::Owned(inner.replace("''", "'")),
                Some(inner) => Cow::Borrowed(inner),
                None => Cow::Borrowed(cell),
            },
        }
    }
}

/// Whether a database has written these cells with escapes: it says NULL in its way, and behind each backslash stands what
/// one escapes. A path of Windows has backslashes of its own.
fn are_escaped(rows: &[Row]) -> bool {
    let cells = || rows.iter().flat_map(Row::cells);
    let is_path =
        |cell: &str| cell.match_indices(":\\").any(|(at, _)| !cell.get(at..).unwrap_or_default().starts_with(":\\\\"));
    let with_escapes = || cells().filter(|cell| cell.contains('\\') && *cell != "\\N");
    let is_sound = |cell: &str| {
        let mut rest = cell.chars();
        while let Some(c) = rest.next() {
            if c == '\\' && rest.next().and_then(escape).is_none() {
                return false;
            }
        }
        true
    };
    let says_null =
        cells().any(|cell| cell == "\\N") || cells().any(|cell| cell == "NULL") && with_escapes().next().is_some();
    says_null && with_escapes().all(|cell| is_sound(cell) && !is_path(cell))
}

/// What the letter behind a backslash stands for; nothing if it is none that databases write.
fn escape(letter: char) -> Option<char> {
    Some(match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '0' => '\0',
        '\\' | '\'' | '"' => letter,
        _ => return None,
    })
}

/// The text of a cell that is written with escapes. A backslash before anything else is one.
fn unescaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next().and_then(escape)) {
            ('\\', Some(meant)) => {
                rest.next();
                text.push(meant);
            }
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::row_of;
    use super::*;

    #[test]
    fn apostrophes_that_all_cells_have() {
        let guard = |text: &str| Guard::of(&[], &text.lines().map(row_of).collect::<Vec<_>>(), b',');
        assert_eq!(guard("'Ana,'+12025550101,30\n'Ben,'+12025550102,"), Guard::Before);
        assert_eq!(guard("'Ana','+12025550101'"), Guard::Around);
        assert_eq!(guard("'t Hart,+12025550101\n's Graaf,+12025550102"), Guard::None);
        assert_eq!(guard("Ana,'+12025550101"), Guard::None);
        assert_eq!(Guard::of(&["'name'", "'phone'"].map(str::to_owned), &[], b','), Guard::Around);
        assert_eq!(guard("'+12025550101\n'+12025550102"), Guard::None);
        assert_eq!(guard("'a,'b"), Guard::None);
    }

    #[test]
    fn escapes_of_databases_are_known_by_what_they_write_for_null() {
        let guard = |text: &str, delimiter| Guard::of(&[], &text.lines().map(row_of).collect::<Vec<_>>(), delimiter);
        for text in [r"Ada\nRao,\N", r"AC\\DC,NULL", r"Ada,\N", r"C:\\new,\N", r"D\'Arc,\N"] {
            assert_eq!(guard(text, b'\t'), Guard::Escaped, "{text}");
            assert_eq!(guard(text, b','), Guard::None, "{text}");
        }
        for text in [r"Ada\nRao,+1", r"C:\new,\N", r"C:\new,NULL", r"Ada,NULL", r"50\50,\N", r"Ada\,\N", r"Ada Rao,+1"]
        {
            assert_eq!(guard(text, b'\t'), Guard::None, "{text}");
        }
        let texts = [
            (r"Ada\nRao", "Ada\nRao"),
            (r"a\\nb", r"a\nb"),
            (r"\tx\r", "\tx\r"),
            (r"\N", r"\N"),
            (r"50\50", r"50\50"),
            (r"end\", r"end\"),
            ("José", "José"),
        ];
        for (cell, text) in texts {
            assert_eq!(Guard::Escaped.off(cell), text);
        }
    }
}
