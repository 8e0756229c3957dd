//! Why columns cannot be mapped.

use crate::diagnostic::{Diagnostic, Entry, RunCode};
use crate::invisible::hides_or_moves;
use crate::row::Field;
use crate::shell::quote;
use crate::vocabulary::{known_titles, meaning};

/// Columns that do not fit what is wanted of them. Headers may come from anywhere: made safe by whoever prints them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No column holds phone numbers.
    #[error("no column with phone numbers was found{}; the columns are {}", because(doubted), shown(headers))]
    NoPhone {
        /// The columns there are.
        headers: Vec<String>,
        /// A column named like a phone whose values are none.
        doubted: Option<String>,
        /// The columns that come nearest, as `--map` names them.
        nearest: Vec<String>,
    },
    /// The numbers are not whole.
    #[error("the phone numbers are in two parts, in the columns {} and {}", quoted(area), quoted(number))]
    Parted {
        /// The column of the area code.
        area: String,
        /// The column of the rest.
        number: String,
        /// Whether a default country is given.
        has_country: bool,
    },
    /// Several columns could be meant, and they differ.
    #[error("several columns could be the {field}, and their values differ: {}", shown(columns))]
    Ambiguous {
        /// The field.
        field: Field,
        /// The columns, as `--map` names them.
        columns: Vec<String>,
        /// What makes them differ.
        cause: Cause,
    },
    /// An option names a column that is not there.
    #[error("there is no column {}; the columns are {}", quoted(column), shown(headers))]
    UnknownColumn {
        /// The option and what stands before the column in it, such as `--map phone=`.
        option: String,
        /// The column it names.
        column: String,
        /// The column that comes nearest.
        nearest: Option<String>,
        /// The columns there are.
        headers: Vec<String>,
    },
}

/// Why one of several columns cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// They belong to several persons, who have names of their own.
    Persons,
    /// An option names them all.
    Namesakes,
    /// Their titles say too little.
    Titles,
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        let code = match self {
            Error::NoPhone { .. } | Error::Parted { .. } => RunCode::MappingNoPhone,
            Error::Ambiguous { .. } => RunCode::MappingAmbiguous,
            Error::UnknownColumn { .. } => RunCode::MappingUnknownColumn,
        };
        code.entry()
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Error::NoPhone { headers, .. } if is_parted_by_blanks(headers) => {
                "blanks stand between the cells and within them: export the table again with commas or tabs between its cells"
                    .to_owned()
            }
            Error::NoPhone { headers, .. } if is_unparted(headers) => {
                "the whole line was taken for one column: remove the quotes around whole lines if there are any, \
                 or name the column separator with --delimiter"
                    .to_owned()
            }
            Error::NoPhone { nearest, .. } if !nearest.is_empty() => match nearest.as_slice() {
                [column] => format!("name the column: --map {}", setting("phone", column)),
                // One of several may be somebody else's, or an id.
                several => format!(
                    "the columns {} could be meant; name the contact's own number with --map phone=COLUMN",
                    shown(several)
                ),
            },
            Error::NoPhone { headers, .. } if headers.is_empty() => {
                "the file has no columns; is it the right one?".to_owned()
            }
            Error::NoPhone { .. } => "name the column with --map phone=COLUMN; is it the right file?".to_owned(),
            Error::Parted { has_country: false, .. } => {
                "say which country the numbers are of with --default-country, or put both parts into one column"
                    .to_owned()
            }
            Error::Parted { .. } => "put both parts into one column".to_owned(),
            Error::Ambiguous { cause: Cause::Persons, .. } => "give each person a row of their own".to_owned(),
            Error::Ambiguous { cause: Cause::Namesakes, .. } => "name the column with its number, as above".to_owned(),
            Error::Ambiguous { field, cause: Cause::Titles, .. } => {
                format!("name the right one with --map {field}=COLUMN")
            }
            Error::UnknownColumn { option, nearest: Some(column), .. } => {
                // --only and --skip have values behind the column.
                let values = if option.ends_with(' ') { "=…" } else { "" };
                format!("did you mean {option}{}{values}?", quote(column))
            }
            Error::UnknownColumn { .. } => "column names are those of the header; in JSON, dotted paths".to_owned(),
        })
    }
}

/// Whether the only column looks like several that were not parted: a whole line in quotes, an odd delimiter.
fn is_unparted(headers: &[String]) -> bool {
    matches!(headers, [only] if only.contains([',', ';', '\t', '|', ':', '^', '~']) || only.contains("  "))
}

/// Whether the only column is called by the titles of several, with blanks between them.
fn is_parted_by_blanks(headers: &[String]) -> bool {
    let [only] = headers else { return false };
    let words: Vec<&str> = only.split_whitespace().collect();
    let known = known_titles(words.iter().copied());
    words.len() > 1 && known.phone && known.known == words.len() && meaning(only).is_none()
}

fn setting(field: &str, column: &str) -> String {
    quote(&format!("{field}={column}")).into_owned()
}

/// At most 30 names, with invisible characters shown.
fn shown(names: &[String]) -> String {
    const MOST: usize = 30;
    if names.is_empty() {
        return "none".to_owned();
    }
    let mut shown = names.iter().take(MOST).map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        shown.push_str(&format!(" and {} more", names.len() - MOST));
    }
    shown
}

/// A name in quotes; what cannot be seen is written out, what is too long is cut.
fn quoted(name: &str) -> String {
    let mut quoted = String::from("\"");
    for (count, c) in name.chars().enumerate() {
        if count == 60 {
            quoted.push('…');
            break;
        }
        match c {
            '\u{a0}' => quoted.push_str("\\u{a0}"),
            _ if hides_or_moves(c) => quoted.extend(c.escape_unicode()),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn because(doubted: &Option<String>) -> String {
    doubted.as_ref().map_or(String::new(), |column| format!(" ({} holds none)", quoted(column)))
}
