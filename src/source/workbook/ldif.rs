//! Address books in LDIF, as mail programs and directories write them: entries of `attribute: value` lines, turned into
//! a plain table with a column for each attribute.

use std::collections::HashMap;
use std::io::{BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Converted;
use crate::row::LIST_END;
use crate::source::MAX_RECORD;
use crate::source::error::ErrorKind;
use crate::source::header::Head;
use crate::source::input::InputSource;

/// Attributes that are nobody's contact: passwords and pictures.
const LEFT_OUT: [&str; 6] =
    ["userpassword", "jpegphoto", "thumbnailphoto", "photo", "usercertificate", "usercertificate;binary"];

/// Turns the entries into a table; `again` is the same text for another reading.
pub(super) fn convert(text: impl BufRead, again: impl BufRead, most: u64) -> Result<Converted, ErrorKind> {
    let mut names: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut entries = Entries::new(text);
    while let Some(entry) = entries.next()? {
        for (name, _) in &entry.values {
            places.entry(name.to_ascii_lowercase()).or_insert_with(|| {
                names.push(name.clone());
                names.len()
            });
            if names.len() > MAX_ATTRIBUTES {
                return Err(ErrorKind::TooManyColumns { line: entry.line });
            }
        }
    }
    if names.is_empty() {
        return Err(ErrorKind::Empty);
    }
    let file = tempfile::tempfile().map_err(ErrorKind::Spool)?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let failed = |error: csv::Error| ErrorKind::Spool(error.into());
    writer.write_record(std::iter::once("1").chain(names.iter().map(String::as_str))).map_err(failed)?;
    let mut written = 0;
    let mut entries = Entries::new(again);
    while let Some(mut entry) = entries.next()? {
        entry.complete(&places);
        let cells = entry.cells(&places);
        written += cells.iter().map(|cell| cell.len() as u64 + 1).sum::<u64>();
        if written > most.max(HARMLESS) {
            return Err(ErrorKind::Bomb("LDIF"));
        }
        writer.write_record(cells).map_err(failed)?;
    }
    let file = writer.into_inner().map_err(|error| ErrorKind::Spool(error.into_error()))?;
    let head = Head { names: Some(names), ..Head::default() };
    Ok(Converted { sheet: None, table: InputSource::kept(file)?, head, merges: Vec::new(), notices: Vec::new() })
}

/// So many bytes are no bomb, however short the text.
const HARMLESS: u64 = 4 << 20;
/// The most attributes that the entries may have between them.
const MAX_ATTRIBUTES: usize = 1000;
/// What a line costs beside its bytes: an entry of very many short ones is refused early.
const LINE: usize = 64;

/// A person or another object of the directory.
struct Entry {
    /// The line of its name.
    line: u64,
    /// Its attributes with their values, in their order.
    values: Vec<(String, String)>,
}

impl Entry {
    /// Adds the parts of the name that the full name says alone, where other entries have them: directories ask for the
    /// last name only.
    fn complete(&mut self, places: &HashMap<String, usize>) {
        let find = |name: &str| self.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((_, full)) = find("cn").filter(|_| find("givenName").is_none()) else { return };
        let part = match find("sn") {
            Some((_, last)) => full.strip_suffix(last.as_str()).map(|first| ("givenName", first.trim().to_owned())),
            None => Some(("sn", full.clone())),
        };
        if let Some((name, value)) =
            part.filter(|(name, value)| !value.is_empty() && places.contains_key(&name.to_ascii_lowercase()))
        {
            self.values.push((name.to_owned(), value));
        }
    }

    /// The line, and a cell for each attribute up to the last that it has; several values are a list.
    fn cells(&self, places: &HashMap<String, usize>) -> Vec<String> {
        let mut cells = vec![self.line.to_string()];
        for (name, value) in &self.values {
            let Some(place) = places.get(&name.to_ascii_lowercase()) else { continue };
            cells.resize(cells.len().max(place + 1), String::new());
            let Some(cell) = cells.get_mut(*place) else { continue };
            if cell.is_empty() {
                cell.push_str(value);
            } else {
                if !cell.ends_with(LIST_END) {
                    cell.push(LIST_END);
                }
                cell.push_str(value);
                cell.push(LIST_END);
            }
        }
        cells
    }
}

/// The entries of a text, one after another.
struct Entries<R> {
    text: R,
    /// The lines read.
    line: u64,
    /// The line that was read ahead, without its end.
    ahead: Option<Vec<u8>>,
}

impl<R: BufRead> Entries<R> {
    fn new(text: R) -> Entries<R> {
        Entries { text, line: 0, ahead: None }
    }

    fn next(&mut self) -> Result<Option<Entry>, ErrorKind> {
        let mut entry: Option<Entry> = None;
        let mut size = 0;
        while let Some((number, line)) = self.unfolded()? {
            size += line.len() + LINE;
            if size > MAX_RECORD {
                return Err(ErrorKind::RowTooLong { line: entry.map_or(number, |entry| entry.line) });
            }
            if line.is_empty() {
                size = 0;
                match entry {
                    Some(entry) => return Ok(Some(entry)),
                    None => continue,
                }
            }
            let Some((name, value)) = attribute(&line) else { continue };
            match &mut entry {
                None if name.eq_ignore_ascii_case("dn") => entry = Some(Entry { line: number, values: Vec::new() }),
                // The version in front, and what a search says at its end.
                None => {}
                Some(_) if name.eq_ignore_ascii_case("changetype") && !value.eq_ignore_ascii_case("add") => {
                    return Err(ErrorKind::Spreadsheet(format!(
                        "line {number} changes an entry, but a list of contacts is needed"
                    )));
                }
                Some(entry) => {
                    let is_left_out = LEFT_OUT.iter().any(|known| name.eq_ignore_ascii_case(known));
                    if !is_left_out && !value.is_empty() && !name.eq_ignore_ascii_case("changetype") {
                        let value = value.replace(LIST_END, " ");
                        entry.values.push((name, value));
                    }
                }
            }
        }
        Ok(entry)
    }

    /// The next line with those that continue it, and its number; remarks are passed over.
    fn unfolded(&mut self) -> Result<Option<(u64, Vec<u8>)>, ErrorKind> {
        loop {
            let Some(mut line) = (match self.ahead.take() {
                Some(line) => Some(line),
                None => self.line()?,
            }) else {
                return Ok(None);
            };
            let number = self.line;
            while let Some(next) = self.line()? {
                match next.strip_prefix(b" ") {
                    Some(rest) if !line.is_empty() => line.extend_from_slice(rest),
                    _ => {
                        self.ahead = Some(next);
                        break;
                    }
                }
                if line.len() > MAX_RECORD {
                    return Err(ErrorKind::RowTooLong { line: number });
                }
            }
            if !line.starts_with(b"#") {
                return Ok(Some((number, line)));
            }
        }
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>, ErrorKind> {
        let mut line = Vec::new();
        let most = MAX_RECORD as u64 + 1;
        let read = self.text.by_ref().take(most).read_until(b'\n', &mut line).map_err(ErrorKind::Io)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        if line.len() > MAX_RECORD {
            return Err(ErrorKind::RowTooLong { line: self.line });
        }
        while line.ends_with(b"\n") || line.ends_with(b"\r") {
            line.pop();
        }
        Ok(Some(line))
    }
}

/// The name and the value of a line; none where it has no colon. What is no text, or stands elsewhere, is nothing.
fn attribute(line: &[u8]) -> Option<(String, String)> {
    let colon = memchr::memchr(b':', line)?;
    let (name, rest) = line.split_at_checked(colon)?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    // Languages and other options do not make another attribute.
    let name = name.split(';').next().unwrap_or_default().trim().to_owned();
    let value = match rest.get(1..)? {
        [b':', encoded @ ..] => {
            let encoded: Vec<u8> = encoded.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
        }
        [b'<', ..] => String::new(),
        plain => String::from_utf8_lossy(plain).trim().to_owned(),
    };
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_with_folds_remarks_and_base64() {
        let text = "version: 1\n# a remark\n  that goes on\n\ndn:: Y249Wm8=\r\ncn:: Wm/Dqw==\r\nmobile;x-main: +1 202\r\n \
                    -555\r\nmobile: +2\nuserPassword: secret\njpegPhoto:< file:///a\n\n\nsearch: 2\nresult: 0\n\ndn: x\nMAIL: a@b";
        let mut entries = Entries::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(entry) = entries.next().unwrap() {
            let values: Vec<String> = entry.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            found.push(format!("{} {}", entry.line, values.join(" ")));
        }
        assert_eq!(found, ["5 cn=Zoë mobile=+1 202-555 mobile=+2", "17 MAIL=a@b"]);
    }

    #[test]
    fn changes_are_no_contacts() {
        let mut entries = Entries::new(&b"dn: x\nchangetype: delete\n"[..]);
        assert!(entries.next().is_err());
        let mut entries = Entries::new(&b"dn: x\nchangetype: add\ncn: A\n"[..]);
        assert!(entries.next().is_ok_and(|entry| entry.is_some()));
    }
}
