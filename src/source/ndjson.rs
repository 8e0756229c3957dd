//! One JSON object on each line; a broken line costs only itself.

use super::error::ErrorKind;
use super::flatten::Flattener;
use super::text::{Lines, Utf8Buffer};
use super::token::ParseError;
use super::{MAX_RECORD, RowError};
use crate::row::Row;

/// A reading of lines.
pub(super) struct Ndjson {
    pub text: Utf8Buffer,
    pub flat: Flattener,
    lines: Lines,
}

impl Ndjson {
    pub fn new(text: Utf8Buffer) -> Ndjson {
        Ndjson { text, flat: Flattener::default(), lines: Lines::default() }
    }

    /// Reads the next line that is not blank.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        loop {
            row.clear();
            let (length, ended) = self.line()?;
            if length == 0 {
                return Ok(false);
            }
            let line = self.text.window().get(..length).unwrap_or_default();
            row.location.line = self.lines.line;
            let (before, record) = trimmed(line);
            let mut taken = length;
            self.flat.line = self.lines.line;
            let mut read = self.flat.read(record, row);
            let mut raw = record;
            if let Err(broken) = &read
                && let Some((first, rest)) = several(record, broken.at)
                && self.flat.read(first, row).is_ok()
            {
                // What stands behind it on the line is the next record.
                taken = before + record.len() - rest.len();
                read = Ok(());
                raw = first;
            }
            let cut = !ended && matches!(&read, Err(broken) if broken.at >= raw.len());
            row.raw.extend_from_slice(raw);
            self.lines.pass(line.get(..taken).unwrap_or_default());
            self.text.take(taken);
            if row.raw.is_empty() {
                continue;
            }
            return match read {
                Ok(()) => Ok(true),
                Err(_) if cut => Err(ErrorKind::Truncated { what: "the record", line: row.location.line }.into()),
                Err(broken) => Err(broken.fault(row.location.line, &row.raw)),
            };
        }
    }

    /// The length of the next line with its end, and whether it has one.
    fn line(&mut self) -> Result<(usize, bool), ErrorKind> {
        let mut searched = 0;
        loop {
            let window = self.text.window();
            if let Some(end) = memchr::memchr(b'\n', window.get(searched..).unwrap_or_default()) {
                return self.within_limits(searched + end + 1, true);
            }
            searched = window.len();
            self.within_limits(searched, false)?;
            if !self.text.more()? {
                return Ok((searched, false));
            }
        }
    }

    fn within_limits(&self, length: usize, ended: bool) -> Result<(usize, bool), ErrorKind> {
        if length > MAX_RECORD + usize::from(ended) {
            return Err(ErrorKind::RowTooLong { line: self.lines.line });
        }
        Ok((length, ended))
    }
}

/// The line without blanks, the comma some writers leave, and the separator of JSON text sequences; and where in
/// the line that begins.
fn trimmed(line: &[u8]) -> (usize, &[u8]) {
    let start = line.trim_ascii_start();
    let start = start.strip_prefix(b"\x1e").unwrap_or(start).trim_ascii_start();
    let record = start.trim_ascii_end();
    (line.len() - start.len(), record.strip_suffix(b",").unwrap_or(record).trim_ascii_end())
}

/// Parts a line at the place where it ceases to be one object, if another begins there.
fn several(line: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let (first, rest) = line.split_at_checked(at)?;
    let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    rest.starts_with(b"{").then_some((first.trim_ascii_end(), rest))
}

impl ParseError {
    /// The element that begins on `line` as a fault.
    pub fn fault(&self, line: u64, bytes: &[u8]) -> RowError {
        if self.fatal {
            return ErrorKind::TooManyColumns { line }.into();
        }
        let mut lines = Lines::from(line);
        lines.pass(bytes.get(..self.at).unwrap_or(bytes));
        let detail = match (self.detail, lines.line) {
            ("", _) => String::new(),
            (detail, at) if at == line => detail.to_owned(),
            (detail, at) => format!("{detail}, on line {at}"),
        };
        RowError::Reject { line, code: self.code, column: None, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Vec<String> {
        let mut reading = Ndjson::new(Utf8Buffer::of(lines.as_bytes()));
        let mut row = Row::default();
        let mut told = Vec::new();
        loop {
            let raw = |row: &Row| String::from_utf8_lossy(row.raw.get(..20).unwrap_or(&row.raw)).into_owned();
            match reading.next(&mut row) {
                Ok(false) => return told,
                Ok(true) => told.push(format!("{}: {}", row.location.line, raw(&row))),
                Err(RowError::Reject { line, code, .. }) => told.push(format!("{line}: {code} {}", raw(&row))),
                Err(RowError::Fatal(error)) => {
                    told.push(error.to_string());
                    return told;
                }
            }
        }
    }

    #[test]
    fn lines() {
        let long = "x".repeat(MAX_RECORD);
        let fits = long.get(10..).unwrap();
        let table: &[(&str, &[&str])] = &[
            ("{\"a\":1}\n\n {\"a\":2},\r\n\x1e{\"a\":3}", &["1: {\"a\":1}", "3: {\"a\":2}", "4: {\"a\":3}"]),
            ("{\"a\":1}\noops\n{\"a\":2}", &["1: {\"a\":1}", "2: row.malformed oops", "3: {\"a\":2}"]),
            // Two that were written at once.
            (
                "{\"a\":1} {\"a\":2},{\"a\":3}\n{\"a\":4}\n",
                &["1: {\"a\":1}", "1: {\"a\":2}", "1: {\"a\":3}", "2: {\"a\":4}"],
            ),
            ("{\"a\":1}{\"a\":\n{\"a\":2}\n", &["1: {\"a\":1}", "1: row.malformed {\"a\":", "2: {\"a\":2}"]),
            ("{\"a\":[{\"b\":1}{\"c\":2}]}\n", &["1: row.malformed {\"a\":[{\"b\":1}{\"c\":2}"]),
            ("{\"a\":1}x\n", &["1: row.malformed {\"a\":1}x"]),
            (
                "{\"a\":1}\n{\"a\":",
                &["1: {\"a\":1}", "the file is cut short: the record that begins on line 2 has no end"],
            ),
            (
                &format!("{{\"a\":1}}\n{{\"a\":\"{long}\"}}\n{{\"a\":2}}\n"),
                &["1: {\"a\":1}", "the record that begins on line 2 is longer than 4 MiB"],
            ),
            (&format!("{{\"a\":\"{fits}\"}}\n"), &["1: {\"a\":\"xxxxxxxxxxxxxx"]),
        ];
        for (lines, expected) in table {
            assert_eq!(read(lines), *expected, "{}", lines.get(..60).unwrap_or(lines));
        }
    }
}
