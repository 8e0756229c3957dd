//! Facts about an input that a person would want to know before its contacts go out: what was guessed, what is left
//! out. What to make of them, a remark or a warning, is decided by whoever shows them.

use std::fmt;

use crate::diagnostic::WarningCode;

/// A fact found while an input was opened or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The encoding was guessed; its WHATWG name.
    EncodingGuessed(&'static str),
    /// Lines before the header are left out.
    LinesBeforeHeader {
        /// How many.
        count: u64,
    },
    /// Rows of a sheet before the header are left out.
    RowsBeforeHeader {
        /// How many.
        count: usize,
    },
    /// Rows below the header are left out: the header again, a rule, a count of rows.
    RowsLeftOut {
        /// How many.
        count: u64,
        /// The lines of the first.
        lines: Vec<u64>,
    },
    /// There is no header; the columns were named by what is in them.
    NoHeader {
        /// Their names.
        columns: Vec<String>,
    },
    /// Names were given for the columns, and the first row is data: it holds a phone.
    FirstRowKept,
    /// Records hold a list of further contacts, which is not read.
    ListLeft {
        /// The way to the list: keys with dots between them.
        list: String,
        /// How many contacts are in it, in all records that were read.
        contacts: u64,
        /// The lines of the first records that have it; none where the list stands beside the one that is read.
        lines: Vec<u64>,
    },
    /// Numbers stand where tags are expected, and are taken for the ids of tags.
    TagIds {
        /// The column they were put into.
        column: String,
        /// How many records have one.
        count: u64,
        /// The lines of the first.
        lines: Vec<u64>,
    },
    /// Cards are begun or ended where none can be read.
    CardsMissing {
        /// How many.
        count: u64,
        /// The lines of the first.
        lines: Vec<u64>,
    },
    /// The input is an archive, of which one file is read.
    MemberRead {
        /// Its name in the archive.
        name: String,
    },
    /// One of several sheets is read.
    SheetChosen {
        /// Its name.
        name: String,
        /// Its number among those that can be seen, from 1.
        number: usize,
        /// How many sheets can be seen.
        of: usize,
    },
    /// Other sheets that can be seen have phones too, and are not read.
    SheetsLeft {
        /// Their names, and how many rows each has.
        sheets: Vec<(String, u64)>,
    },
    /// Rows of a sheet are hidden, by a filter or by hand, and are read like the others.
    RowsHidden {
        /// How many.
        count: u64,
        /// The lines of the first.
        lines: Vec<u64>,
    },
}

/// So many lines are named.
const LINES: usize = 5;

/// So many sheets are named.
const SHEETS: usize = 3;

impl Notice {
    /// Counts so many more, which were noticed at a line. A notice without lines of its own stays as it is.
    pub fn count(&mut self, more: u64, line: u64) {
        let (count, lines) = match self {
            Notice::RowsLeftOut { count, lines }
            | Notice::TagIds { count, lines, .. }
            | Notice::CardsMissing { count, lines }
            | Notice::RowsHidden { count, lines }
            | Notice::ListLeft { contacts: count, lines, .. } => (count, lines),
            _ => return,
        };
        *count += more;
        if lines.len() < LINES {
            lines.push(line);
        }
    }

    /// Where it was noticed, in an input of this name: the first lines, or the sheets.
    pub fn places(&self, input: &str) -> Vec<String> {
        match self {
            Notice::SheetsLeft { sheets } => sheets.iter().map(|(name, _)| format!("{input}#{name}")).collect(),
            other => {
                let lines = other.warning().map_or(&[] as &[u64], |(_, _, lines)| lines);
                lines.iter().map(|line| format!("{input}:{line}")).collect()
            }
        }
    }

    /// The warning it is, how many rows or contacts it is about, and the lines of the first; nothing where it is only
    /// a remark.
    pub fn warning(&self) -> Option<(WarningCode, u64, &[u64])> {
        match self {
            Notice::LinesBeforeHeader { count } => Some((WarningCode::HeaderRows, *count, &[])),
            Notice::RowsBeforeHeader { count } => Some((WarningCode::HeaderRows, *count as u64, &[])),
            Notice::RowsLeftOut { count, lines } => Some((WarningCode::HeaderRows, *count, lines)),
            Notice::ListLeft { contacts, lines, .. } => Some((WarningCode::ListLeft, *contacts, lines)),
            Notice::TagIds { count, lines, .. } => Some((WarningCode::TagIds, *count, lines)),
            Notice::CardsMissing { count, lines } => Some((WarningCode::CardsMissing, *count, lines)),
            Notice::SheetsLeft { sheets } => {
                Some((WarningCode::SheetLeft, sheets.iter().map(|(_, rows)| rows).sum(), &[]))
            }
            Notice::RowsHidden { count, lines } => Some((WarningCode::RowsHidden, *count, lines)),
            Notice::EncodingGuessed(_)
            | Notice::NoHeader { .. }
            | Notice::FirstRowKept
            | Notice::MemberRead { .. }
            | Notice::SheetChosen { .. } => None,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::EncodingGuessed(name) => write!(f, "the text looks like {name}"),
            Notice::LinesBeforeHeader { count: 1 } => f.write_str("1 line before the header is left out"),
            Notice::LinesBeforeHeader { count } => write!(f, "{count} lines before the header are left out"),
            Notice::RowsBeforeHeader { count: 1 } => f.write_str("1 row before the header is left out"),
            Notice::RowsBeforeHeader { count } => write!(f, "{count} rows before the header are left out"),
            Notice::RowsLeftOut { count: 1, .. } => {
                f.write_str("1 row that repeats the header, or is a rule or a count of rows, is left out")
            }
            Notice::RowsLeftOut { count, .. } => {
                write!(f, "{count} rows that repeat the header, or are rules or counts of rows, are left out")
            }
            Notice::NoHeader { columns } => {
                write!(f, "there is no header; the columns are taken as {}", columns.join(", "))
            }
            Notice::FirstRowKept => {
                f.write_str("the first row holds a phone number, so it is no header and is read as data")
            }
            Notice::ListLeft { list, contacts: 1, .. } => write!(f, "1 contact in the list {list:?} is not read"),
            Notice::ListLeft { list, contacts, .. } => {
                write!(f, "{contacts} contacts in the list {list:?} are not read")
            }
            Notice::TagIds { column, count: 1, .. } => {
                write!(
                    f,
                    "1 record has a number in place of a tag; it is taken for an id, is in column {column:?}, and is not sent"
                )
            }
            Notice::TagIds { column, count, .. } => write!(
                f,
                "{count} records have a number in place of a tag; they are taken for ids, are in column {column:?}, and are not sent"
            ),
            Notice::CardsMissing { count: 1, .. } => f.write_str("1 card is begun or ended where none can be read"),
            Notice::CardsMissing { count, .. } => write!(f, "{count} cards are begun or ended where none can be read"),
            Notice::SheetsLeft { sheets } => {
                let rows = |rows: u64| if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
                let named = sheets.iter().take(SHEETS).map(|(name, count)| format!("{name:?} has {}", rows(*count)));
                f.write_str(&named.collect::<Vec<_>>().join(", "))?;
                match sheets.len().saturating_sub(SHEETS) {
                    0 if sheets.len() == 1 => f.write_str(" with phone numbers too, and is not read"),
                    0 => f.write_str(" with phone numbers too, and are not read"),
                    more => write!(f, " and {more} more sheets have rows with phone numbers too, and are not read"),
                }
            }
            Notice::RowsHidden { count: 1, .. } => f.write_str("1 row that is hidden in the sheet is read too"),
            Notice::RowsHidden { count, .. } => write!(f, "{count} rows that are hidden in the sheet are read too"),
            Notice::MemberRead { name } => write!(f, "of the archive, {name:?} is read"),
            Notice::SheetChosen { name, number, of } => write!(f, "reading sheet {name:?} ({number} of {of})"),
        }
    }
}
