//! Address book cards, vCard 2.1, 3.0 and 4.0, as rows: one card, one row.
//!
//! Only what a contact is made of is kept; a photo is passed over. Numbers stand by what they are: WhatsApp and
//! mobile first, then the others in their order, fax and pager not at all.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::error::ErrorKind;
use super::phone_kind::PhoneKind;
use super::text::{Lines, Utf8Buffer};
use super::vline::{is_quoted_printable, is_wanted, parts, property, split_value, unescaped};
use super::{MAX_RECORD, RowError};
use crate::row::{Code, LIST_END, Row};

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
/// How many columns there are for numbers; the last takes the rest as a list.
const PHONES: usize = 4;
/// The same for addresses.
const EMAILS: usize = 2;

/// A reading of cards.
pub(super) struct Vcard {
    pub text: Utf8Buffer,
    lines: Lines,
    /// Where the card began that we are in.
    begun: Option<u64>,
    card: Card,
    /// How deep we are in the card of somebody's agent.
    agents: u32,
    /// A logical line: the physical ones it was folded into, joined.
    line: Vec<u8>,
}

/// Whether a line ends a card, and whether it begins one. Both where cards were put together without a line end
/// between them; marks and blanks around either are passed over.
fn bounds(line: &[u8]) -> (bool, bool) {
    const MARKS: &[char] = &['\u{feff}', '\u{1a}', '\0', ' ', '\t', '\r'];
    let Ok(text) = std::str::from_utf8(line) else {
        return (false, false);
    };
    let text = text.trim_matches(MARKS);
    let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
    match text.split_at_checked("END:VCARD".len()) {
        Some((end, rest)) if is(end, "END:VCARD") => {
            let rest = rest.trim_start_matches(MARKS);
            (rest.is_empty() || is(rest, "BEGIN:VCARD"), is(rest, "BEGIN:VCARD"))
        }
        _ => (false, is(text, "BEGIN:VCARD")),
    }
}

impl Vcard {
    pub fn new(text: Utf8Buffer) -> Vcard {
        Vcard { text, lines: Lines::default(), begun: None, card: Card::default(), agents: 0, line: Vec::new() }
    }

    /// Reads the next card.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        row.clear();
        loop {
            let here = self.lines.line;
            if !self.logical_line()? {
                return match self.begun {
                    None => Ok(false),
                    Some(line) => Err(ErrorKind::Truncated { what: "the card", line }.into()),
                };
            }
            let (ends, starts) = bounds(&self.line);
            // What begins before the card has ended.
            let begins = starts && !ends;
            let Some(line) = self.begun else {
                self.begun = starts.then_some(here);
                continue;
            };
            if self.agents > 0 || begins && self.card.agent {
                self.agents = if begins { self.agents + 1 } else { self.agents - u32::from(ends) };
                self.card.agent = false;
                continue;
            }
            if !begins && !ends {
                self.card.take(&self.line);
                if self.card.size > MAX_RECORD {
                    return Err(ErrorKind::RowTooLong { line }.into());
                }
                continue;
            }
            self.begun = starts.then_some(here);
            let card = std::mem::take(&mut self.card);
            row.location.line = line;
            let reject =
                |code, detail: &str| Err(RowError::Reject { line, code, column: None, detail: detail.to_owned() });
            let broken = card.broken;
            card.fill(row);
            return match (begins, broken) {
                (true, _) => reject(Code::RowMalformed, "the card has no END:VCARD"),
                (false, true) => reject(Code::RowEncoding, ""),
                (false, false) => Ok(true),
            };
        }
    }

    /// Reads a line with those it is folded into; false at the end.
    fn logical_line(&mut self) -> Result<bool, ErrorKind> {
        self.line.clear();
        if !self.physical_line(true)? {
            return Ok(false);
        }
        let wanted = is_wanted(property(&self.line).1);
        let quoted = wanted && is_quoted_printable(&self.line);
        loop {
            if quoted && self.line.ends_with(b"=") {
                self.line.pop();
                if !self.physical_line(true)? {
                    return Ok(true);
                }
                continue;
            }
            if self.text.window().is_empty() {
                self.text.more()?;
            }
            if !matches!(self.text.window().first(), Some(b' ' | b'\t')) {
                return Ok(true);
            }
            self.text.take(1);
            self.physical_line(wanted)?;
        }
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

/// What a card has said so far.
#[derive(Default)]
struct Card {
    name: String,
    given: String,
    family: String,
    nickname: String,
    organization: String,
    title: String,
    birthday: String,
    note: String,
    tags: String,
    phones: Vec<Phone>,
    emails: Vec<(u8, String)>,
    /// What a label says about the group of lines it belongs to.
    labels: Vec<(String, String)>,
    size: usize,
    /// The line at hand says that the card of an agent follows.
    agent: bool,
    /// A line is not text.
    broken: bool,
}

struct Phone {
    kind: PhoneKind,
    preference: u8,
    group: String,
    number: String,
}

impl Card {
    /// Takes in a logical line.
    fn take(&mut self, line: &[u8]) {
        let (group, name) = property(line);
        let (head, value) = split_value(line);
        self.agent = name.eq_ignore_ascii_case(b"AGENT") && value.trim_ascii().is_empty()
            || self.agent && line.trim_ascii().is_empty();
        if !is_wanted(name) {
            return;
        }
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let parameters: Vec<&str> = head.split(';').skip(1).collect();
        let value = self.decoded(value, &parameters);
        self.size += value.len();
        let group = String::from_utf8_lossy(group).to_ascii_lowercase();
        let preference = preference(&parameters);
        let plain = || unescaped(value.trim());
        let first = |slot: &mut String| {
            if slot.is_empty() {
                *slot = unescaped(value.trim());
            }
        };
        match name.to_ascii_uppercase().as_slice() {
            b"FN" => first(&mut self.name),
            b"N" if self.given.is_empty() && self.family.is_empty() => {
                let mut parts = parts(&value, &[';']).map(|part| unescaped(part.trim()));
                self.family = parts.next().unwrap_or_default();
                self.given = parts.next().unwrap_or_default();
            }
            b"TEL" if !value.trim().is_empty() => {
                let number = whatsapp_id(&parameters, &value).unwrap_or_else(plain);
                self.phones.push(Phone { kind: PhoneKind::of(&parameters.join(" ")), preference, group, number });
            }
            b"EMAIL" if !value.trim().is_empty() => self.emails.push((preference, plain())),
            b"CATEGORIES" => {
                for tag in parts(&value, &[',', ';']).map(|tag| unescaped(tag.trim())) {
                    // Google's own group, in which all contacts are.
                    if !tag.is_empty() && tag != "myContacts" {
                        self.tags.push_str(&tag.replace(LIST_END, " "));
                        self.tags.push(LIST_END);
                    }
                }
            }
            b"X-ABLABEL" => self.labels.push((group, value.to_lowercase())),
            b"NICKNAME" => first(&mut self.nickname),
            b"ORG" if self.organization.is_empty() => {
                let parts = parts(&value, &[';']).map(|part| unescaped(part.trim()).replace(LIST_END, " "));
                let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
                self.organization = parts.join(&LIST_END.to_string());
                // The firm and its departments are a list.
                if parts.len() > 1 {
                    self.organization.push(LIST_END);
                }
            }
            b"TITLE" => first(&mut self.title),
            b"BDAY" => first(&mut self.birthday),
            b"NOTE" => first(&mut self.note),
            _ => {}
        }
    }

    /// The text of a value.
    fn decoded(&mut self, value: &[u8], parameters: &[&str]) -> String {
        let quoted = parameters.iter().any(|one| one.contains("quoted-printable"));
        let charset = parameters.iter().find_map(|one| Encoding::for_label(one.strip_prefix("charset=")?.as_bytes()));
        let bytes = match quoted {
            true => {
                quoted_printable::decode(value, quoted_printable::ParseMode::Robust).unwrap_or_else(|_| value.to_vec())
            }
            false => value.to_vec(),
        };
        // A card's own name for its characters counts where they are written as bytes.
        if let Some(charset) = charset.filter(|&charset| quoted && charset != UTF_8) {
            return charset.decode_without_bom_handling(&bytes).0.into_owned();
        }
        match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if quoted => WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned(),
            Err(error) => {
                self.broken = true;
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        }
    }

    /// The card as cells.
    fn fill(mut self, row: &mut Row) {
        for phone in &mut self.phones {
            let label = self.labels.iter().find(|(group, _)| !group.is_empty() && *group == phone.group);
            if let Some((_, label)) = label {
                phone.kind = phone.kind.and(PhoneKind::of(label));
            }
        }
        self.phones.retain(|phone| phone.kind != PhoneKind::Fax);
        self.phones.sort_by_key(|phone| (phone.kind, phone.preference));
        self.emails.sort_by_key(|&(preference, _)| preference);
        row.push(&self.name);
        row.push(&self.given);
        row.push(&self.family);
        push_list(row, PHONES, self.phones.iter().map(|phone| phone.number.as_str()));
        push_list(row, EMAILS, self.emails.iter().map(|(_, address)| address.as_str()));
        for cell in [&self.tags, &self.nickname, &self.organization, &self.title, &self.birthday, &self.note] {
            row.push(cell);
        }
    }
}

/// How much the line is preferred to its like: `PREF=1` most, `TYPE=PREF` like it, and last where nothing is said.
fn preference(parameters: &[&str]) -> u8 {
    let said = parameters.iter().filter(|one| one.contains("pref"));
    let number = |one: &&str| one.strip_prefix("pref=").and_then(|number| number.trim_matches('"').parse().ok());
    said.map(|one| number(one).unwrap_or(1)).min().unwrap_or(u8::MAX)
}

/// The whole number, from the id that WhatsApp puts beside a number written as it is dialled at home.
fn whatsapp_id(parameters: &[&str], value: &str) -> Option<String> {
    let id = parameters.iter().find_map(|one| one.strip_prefix("waid="))?.trim_matches('"');
    let whole = value.trim_start().trim_start_matches("tel:").starts_with('+');
    let digits = id.len() >= 7 && id.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !whole).then(|| format!("+{id}"))
}

/// Fills some columns with values; what is left over goes into the last as a list.
fn push_list<'a>(row: &mut Row, columns: usize, values: impl Iterator<Item = &'a str>) {
    let values: Vec<&str> = values.collect();
    for column in 0..columns {
        let rest = values.get(column..).unwrap_or_default();
        match rest {
            [first, _, ..] if column + 1 < columns => row.push(first),
            [only] => row.push(only),
            several => {
                for value in several {
                    row.open().push_str(value);
                    row.open().push(LIST_END);
                }
                row.close();
            }
        }
    }
}

#[cfg(test)]
mod tests;
