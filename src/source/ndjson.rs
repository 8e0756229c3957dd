//! One JSON object on each line; a broken line costs only itself.

use super::error::Trouble;
use super::flatten::Flat;
use super::text::{Lines, Text};
use super::token::Broken;
use super::{Fault, MAX_RECORD};
use crate::row::Row;

/// A reading of lines.
pub(super) struct Ndjson {
    pub text: Text,
    pub flat: Flat,
    lines: Lines,
}

impl Ndjson {
    pub fn new(text: Text) -> Ndjson {
        Ndjson { text, flat: Flat::default(), lines: Lines::default() }
    }

    /// Reads the next line that is not blank.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        loop {
            row.clear();
            let (length, ended) = self.line()?;
            if length == 0 {
                return Ok(false);
            }
            let line = self.text.window().get(..length).unwrap_or_default();
            row.place.line = self.lines.line;
            row.raw.extend_from_slice(trimmed(line));
            self.lines.pass(line);
            self.text.take(length);
            if row.raw.is_empty() {
                continue;
            }
            let raw = std::mem::take(&mut row.raw);
            let read = self.flat.read(&raw, row);
            let cut = !ended && matches!(&read, Err(broken) if broken.at >= raw.len());
            row.raw = raw;
            return match read {
                Ok(()) => Ok(true),
                Err(_) if cut => Err(Trouble::Truncated { what: "the record", line: row.place.line }.into()),
                Err(broken) => Err(broken.fault(row.place.line, &row.raw)),
            };
        }
    }

    /// The length of the next line with its end, and whether it has one.
    fn line(&mut self) -> Result<(usize, bool), Trouble> {
        let mut searched = 0;
        loop {
            let window = self.text.window();
            if let Some(end) = memchr::memchr(b'\n', window.get(searched..).unwrap_or_default()) {
                return Ok((searched + end + 1, true));
            }
            searched = window.len();
            if searched > MAX_RECORD {
                return Err(Trouble::RowTooLong { line: self.lines.line });
            }
            if !self.text.more()? {
                return Ok((searched, false));
            }
        }
    }
}

/// The line without blanks, the comma some writers leave, and the separator of JSON text sequences.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"\x1e").unwrap_or(line).trim_ascii_start();
    line.strip_suffix(b",").unwrap_or(line).trim_ascii_end()
}

impl Broken {
    /// The element that begins on `line` as a fault.
    pub fn fault(&self, line: u64, bytes: &[u8]) -> Fault {
        if self.fatal {
            return Trouble::TooManyColumns { line }.into();
        }
        let mut lines = Lines::from(line);
        lines.pass(bytes.get(..self.at).unwrap_or(bytes));
        let detail = match (self.detail, lines.line) {
            ("", _) => String::new(),
            (detail, at) if at == line => detail.to_owned(),
            (detail, at) => format!("{detail}, on line {at}"),
        };
        Fault::Reject { line, code: self.code, column: None, detail }
    }
}
