//! Address book cards, vCard 2.1, 3.0 and 4.0, as rows: one card, one row.
//!
//! Only what a contact is made of is kept; a photo is passed over. Numbers stand by what they are: WhatsApp and
//! mobile first, then the others in their order, fax and pager not at all.

mod card;

use encoding_rs::{Encoding, UTF_8};

use super::encoding::EncodingGuess;
use super::error::ErrorKind;
use super::text::{Lines, Utf8Buffer};
use super::vline::{BEGIN, END, Property, beginning, bounds, find, is_quoted_printable, unfold};
use super::{Basis, MAX_RECORD, Notice, RowError};
use crate::row::{Code, Row};
use card::Card;

/// The columns of every card.
pub(super) const COLUMNS: [&str; 15] = [
    "name",
    "first_name",
    "last_name",
    "phone",
    "phone 2",
    "phone 3",
    "phone 4",
    "email",
    "email 2",
    "tags",
    "nickname",
    "organization",
    "title",
    "birthday",
    "note",
];

/// What cards are in, and lines that are not: where lines name their own encoding, the guess is only for those that
/// do not.
pub(super) fn encodings(sample: &[u8], found: EncodingGuess) -> (EncodingGuess, Option<&'static Encoding>) {
    let is_bytes = found.basis == Basis::Guess && found.encoding.is_ascii_compatible();
    match is_bytes && find(sample, b"CHARSET=").is_some() {
        true => (EncodingGuess { encoding: UTF_8, ..found }, Some(found.encoding)),
        false => (found, None),
    }
}

/// A reading of cards.
pub(super) struct Vcard {
    pub text: Utf8Buffer,
    lines: Lines,
    /// What lines are in that are not UTF-8.
    other: Option<&'static Encoding>,
    /// Where the card began that we are in.
    begun: Option<u64>,
    card: Card,
    /// How deep we are in the card of somebody's agent.
    agents: u32,
    /// A logical line: the physical ones it stands on, joined.
    line: Vec<u8>,
    /// What stands behind the begin of a card on the same line.
    rest: Vec<u8>,
    missing: Option<Notice>,
}

impl Vcard {
    /// Cards in UTF-8; a line that is not, and does not say what it is in, is in `other`.
    pub fn new(text: Utf8Buffer, other: Option<&'static Encoding>) -> Vcard {
        Vcard {
            text,
            lines: Lines::default(),
            begun: None,
            card: Card::of(other),
            other,
            agents: 0,
            line: Vec::new(),
            rest: Vec::new(),
            missing: None,
        }
    }

    /// What was noticed so far: cards that were begun or ended, but not read.
    pub fn notices(&self) -> &[Notice] {
        self.missing.as_slice()
    }

    /// Reads the next card.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        row.clear();
        loop {
            let here = self.lines.line;
            if !self.rest.is_empty() {
                self.line = std::mem::take(&mut self.rest);
            } else if !self.logical_line()? {
                return match self.begun {
                    None => Ok(false),
                    Some(line) => Err(ErrorKind::Truncated { what: "the card", line }.into()),
                };
            }
            let Some(line) = self.begun else {
                self.outside(here);
                continue;
            };
            let bounds = bounds(&self.line);
            if self.agents > 0 || bounds.begins && self.card.agent {
                self.agents = if bounds.begins { self.agents + 1 } else { self.agents - u32::from(bounds.ends) };
                self.card.agent = false;
                continue;
            }
            let before = self.line.get(..bounds.before).unwrap_or_default();
            if !before.is_empty() || !bounds.begins && !bounds.ends {
                self.card.take(before);
                if self.card.size > MAX_RECORD {
                    return Err(ErrorKind::RowTooLong { line }.into());
                }
            }
            if !bounds.begins && !bounds.ends {
                continue;
            }
            self.begun = bounds.begins.then_some(here);
            self.rest = self.line.get(bounds.after..).unwrap_or_default().to_vec();
            let card = std::mem::replace(&mut self.card, Card::of(self.other));
            row.location.line = line;
            let broken = card.broken;
            card.fill(row);
            let reject =
                |code, detail: &str| Err(RowError::Reject { line, code, column: None, detail: detail.to_owned() });
            return match (bounds.ends, broken) {
                (false, _) => reject(Code::RowMalformed, "the card has no END:VCARD"),
                (true, true) => reject(Code::RowEncoding, ""),
                (true, false) => Ok(true),
            };
        }
    }

    /// Looks for the begin of a card in a line that is in none.
    fn outside(&mut self, here: u64) {
        if let Some(after) = beginning(&self.line) {
            self.begun = Some(here);
            self.rest = self.line.get(after..).unwrap_or_default().to_vec();
        } else if find(&self.line, BEGIN).or_else(|| find(&self.line, END)).is_some() {
            let known = self.missing.get_or_insert(Notice::CardsMissing { count: 0, lines: Vec::new() });
            known.count(1, here);
        }
    }

    /// Reads a line with those it goes on in; false at the end.
    fn logical_line(&mut self) -> Result<bool, ErrorKind> {
        self.line.clear();
        if !self.physical_line(true)? {
            return Ok(false);
        }
        /// So much is kept of a value that is of no use.
        const KEPT: usize = 64 << 10;
        let property = Property::of(&self.line);
        let wanted = property.is_some_and(Property::is_text);
        let quoted = wanted && is_quoted_printable(&self.line);
        let mut breaks = Vec::new();
        loop {
            if quoted && self.line.ends_with(b"=") && !self.begins_a_property()? {
                self.line.pop();
                breaks.push(self.line.len());
                if !self.physical_line(true)? {
                    break;
                }
                continue;
            }
            if self.text.window().is_empty() {
                self.text.more()?;
            }
            if !matches!(self.text.window().first(), Some(b' ' | b'\t')) {
                break;
            }
            self.text.take(1);
            self.physical_line(wanted || property.is_none() && self.line.len() < KEPT)?;
        }
        unfold(&mut self.line, &breaks);
        Ok(true)
    }

    /// Whether the next line is one of those that no value goes on with: some programs end a value with the sign of a
    /// soft break though nothing follows.
    fn begins_a_property(&mut self) -> Result<bool, ErrorKind> {
        const LONGEST: usize = 11;
        while self.text.window().len() < LONGEST && self.text.more()? {}
        let window = self.text.window().get(..LONGEST.min(self.text.window().len())).unwrap_or_default();
        let begins = |start: &&[u8]| window.get(..start.len()).is_some_and(|word| word.eq_ignore_ascii_case(start));
        Ok([BEGIN, END, b"TEL:", b"TEL;", b"EMAIL:", b"EMAIL;", b"VERSION:"].iter().any(begins))
    }

    /// Adds the next physical line to the logical one, if it is wanted; false at the end.
    fn physical_line(&mut self, wanted: bool) -> Result<bool, ErrorKind> {
        let line = self.lines.line;
        let mut some = false;
        loop {
            if self.text.window().is_empty() && !self.text.more()? {
                return Ok(some);
            }
            some = true;
            let mut window = self.text.window();
            let end = memchr::memchr2(b'\n', b'\r', window);
            if end.is_some_and(|end| end + 1 == window.len()) {
                // A CR and its LF are not taken apart.
                self.text.more()?;
                window = self.text.window();
            }
            let length = end.unwrap_or(window.len());
            if wanted {
                self.line.extend_from_slice(window.get(..length).unwrap_or_default());
                if self.line.len() > MAX_RECORD {
                    return Err(ErrorKind::RowTooLong { line: self.begun.unwrap_or(line) });
                }
            }
            let after = window.get(length..).unwrap_or_default();
            let taken = length + if after.starts_with(b"\r\n") { 2 } else { usize::from(end.is_some()) };
            self.lines.pass(window.get(..taken).unwrap_or_default());
            self.text.take(taken);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests;
