//! Why an input cannot be read as a whole.

use std::io;

use super::Format;
use crate::diagnostic::{Diagnostic, Entry, RunCode};

/// An input that cannot be read: which, where in it, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message())]
pub struct Error {
    /// The name of the input, as messages show it. It may come from anywhere: made safe by whoever prints it.
    pub input: String,
    /// What is wrong with it.
    #[source]
    pub kind: ErrorKind,
}

/// What is wrong with an input. Lines count from 1 and are those an editor shows.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// There is no such file.
    #[error("no such file")]
    Missing,
    /// It is a folder.
    #[error("this is a folder, not a file")]
    Folder,
    /// It cannot be opened.
    #[error("cannot be opened: {0}")]
    Unreadable(io::Error),
    /// Reading broke off.
    #[error("reading failed: {0}")]
    Io(io::Error),
    /// Standard input or a pipe could not be kept in a temporary file.
    #[error("cannot be kept in a temporary file: {0}")]
    Spool(io::Error),
    /// Standard input or a pipe is longer than `--max-input` allows.
    #[error("the input is longer than {longest} bytes, the most that is kept in a temporary file")]
    TooLong {
        /// The limit in bytes.
        longest: u64,
    },
    /// There is nothing in it, or nothing but blanks.
    #[error("the file is empty")]
    Empty,
    /// It is of a kind that holds no contacts, or not text at all.
    #[error("this is {}, not a contacts file", .0.kind)]
    Binary(Foreign),
    /// An archive, which holds files.
    #[error("this is a zip archive, not a contacts file; in it {} {}", are(names), listed(names))]
    Archive {
        /// Their names.
        names: Vec<String>,
    },
    /// Its encoding is none that can be decoded.
    #[error("the text is in {0}, which cannot be read")]
    Encoding(&'static str),
    /// It ends in the middle of something.
    #[error("the file is cut short: {what} that begins on line {line} has no end")]
    Truncated {
        /// What was not finished.
        what: &'static str,
        /// Where it began.
        line: u64,
    },
    /// The compressed data ends too early or is damaged.
    #[error("the {0} data is damaged or cut short")]
    Damaged(&'static str),
    /// Compressed data that unpacks to suspiciously much.
    #[error("the {0} data unpacks to more than 200 times its size")]
    Bomb(&'static str),
    /// A record over 4 MiB.
    #[error("the record that begins on line {line} is longer than 4 MiB")]
    RowTooLong {
        /// Where it began.
        line: u64,
    },
    /// More than 16,384 columns.
    #[error("the record that begins on line {line} has more than 16,384 columns")]
    TooManyColumns {
        /// Where it began.
        line: u64,
    },
    /// A quote that is opened and never closed.
    #[error("a quote that is opened in the record on line {line} is never closed")]
    UnclosedQuote {
        /// Where the record began.
        line: u64,
    },
    /// Below the rows of one table stand those of another.
    #[error("line {line} is a header of other columns than the one above")]
    OtherHeader {
        /// Where it stands.
        line: u64,
    },
    /// It is not what `--format` says.
    #[error("this is not {0}")]
    Format(&'static str),
    /// It can be read, but is not what `--format` says.
    #[error("this is {kind}, not {asked}, the format that was named")]
    OtherFormat {
        /// What it is, with its article.
        kind: &'static str,
        /// The format that was named.
        asked: Format,
        /// The format by which it is read.
        right: Format,
    },
    /// JSON without contacts in it.
    #[error("line {line}: {what}")]
    Json {
        /// Where.
        line: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A spreadsheet that cannot be read.
    #[error("the spreadsheet cannot be read: {0}")]
    Spreadsheet(String),
    /// There is no sheet of that name or number.
    #[error("there is no sheet {wanted}; the sheets are {}", sheets.join(", "))]
    NoSheet {
        /// What `--sheet` says.
        wanted: String,
        /// The names of those that are there.
        sheets: Vec<String>,
    },
    /// Support for the format was left out of this program.
    #[error("this program was built without support for {0}")]
    LeftOut(&'static str),
}

/// A kind of file that holds no contacts, or none that can be read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    /// What it is, with its article.
    pub kind: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

fn are(names: &[String]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    let mut listed: Vec<String> = names.iter().take(MOST).map(|name| format!("{name:?}")).collect();
    match names.len() {
        0 => listed.push("no files".to_owned()),
        all if all > MOST => listed.push(format!("{} more", all - MOST)),
        _ => {}
    }
    listed.join(", ")
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        let code = match &self.kind {
            ErrorKind::Missing => RunCode::InputMissing,
            ErrorKind::Folder => RunCode::InputFolder,
            ErrorKind::Unreadable(_) => RunCode::InputUnreadable,
            ErrorKind::Io(_) => RunCode::InputIo,
            ErrorKind::Spool(_) => RunCode::InputSpool,
            ErrorKind::TooLong { .. } => RunCode::InputTooLong,
            ErrorKind::Empty => RunCode::InputEmpty,
            ErrorKind::Binary(_) | ErrorKind::Archive { .. } => RunCode::InputBinary,
            ErrorKind::Encoding(_) => RunCode::InputEncoding,
            ErrorKind::Truncated { .. } | ErrorKind::Damaged(_) => RunCode::InputTruncated,
            ErrorKind::Bomb(_) => RunCode::InputBomb,
            ErrorKind::RowTooLong { .. } => RunCode::InputRowTooLong,
            ErrorKind::TooManyColumns { .. } => RunCode::InputTooManyColumns,
            ErrorKind::UnclosedQuote { .. } => RunCode::InputUnclosedQuote,
            ErrorKind::OtherHeader { .. } => RunCode::InputMixed,
            ErrorKind::Format(_) | ErrorKind::OtherFormat { .. } => RunCode::InputFormat,
            ErrorKind::Json { .. } => RunCode::InputJson,
            ErrorKind::Spreadsheet(_) => RunCode::InputSpreadsheet,
            ErrorKind::NoSheet { .. } => RunCode::InputNoSheet,
            ErrorKind::LeftOut(_) => RunCode::InputLeftOut,
        };
        code.entry()
    }

    fn hint(&self) -> Option<String> {
        let remedy = match &self.kind {
            ErrorKind::OtherFormat { right, .. } => {
                return Some(format!("--format {right} reads it; with --format auto the format is detected"));
            }
            ErrorKind::Binary(foreign) => foreign.remedy,
            ErrorKind::Archive { .. } => "unpack it, and name the file with the contacts",
            _ => self.entry().remedy,
        };
        Some(remedy.to_owned())
    }
}

impl Error {
    /// Whether the input is missing, a folder, or may not be opened; otherwise its content is unusable.
    pub fn is_missing(&self) -> bool {
        matches!(self.kind, ErrorKind::Missing | ErrorKind::Folder | ErrorKind::Unreadable(_))
    }

    /// Whether the machine failed, not the input.
    pub fn is_io(&self) -> bool {
        matches!(self.kind, ErrorKind::Io(_) | ErrorKind::Spool(_) | ErrorKind::TooLong { .. })
    }

    /// What must be remembered of this input does not fit into memory, and a temporary file for it fails.
    pub fn unkept(input: &str, error: io::Error) -> Error {
        ErrorKind::Spool(error).in_input(input)
    }

    /// The line it is about, from 1.
    pub fn line(&self) -> Option<u64> {
        match &self.kind {
            ErrorKind::Truncated { line, .. }
            | ErrorKind::RowTooLong { line }
            | ErrorKind::TooManyColumns { line }
            | ErrorKind::UnclosedQuote { line }
            | ErrorKind::OtherHeader { line }
            | ErrorKind::Json { line, .. } => Some(*line),
            _ => None,
        }
    }

    fn message(&self) -> String {
        format!("{}: {}", self.input, self.kind)
    }
}

impl ErrorKind {
    /// The error as it is told outside: with the name of the input.
    pub fn in_input(self, input: &str) -> Error {
        Error { input: input.to_owned(), kind: self }
    }
}
