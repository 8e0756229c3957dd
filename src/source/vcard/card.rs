//! What the lines of one card say, and the row that it becomes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::super::vline::{Property, parts, property, split_value, unescaped};
use crate::row::{LIST_END, Row};
use crate::vocabulary::PhoneKind;

/// How many columns there are for numbers; the last takes the rest as a list.
const PHONES: usize = 4;
/// The same for addresses.
const EMAILS: usize = 2;
/// So much is kept of a card as it stands.
const KEPT: usize = 64 << 10;
/// What a line costs beside its bytes: a card of millions of short ones is refused early.
const LINE: usize = 32;

/// What a card has said so far.
#[derive(Default)]
pub(super) struct Card {
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
    /// Names under other words, taken where the usual ones say nothing: whole, given and family.
    other_names: [String; 3],
    /// The card's lines as they stand, but for pictures and the like.
    raw: Vec<u8>,
    /// What lines are in that are not UTF-8.
    other: Option<&'static Encoding>,
    /// How much it has said, pictures aside: bytes, and a little for each line.
    pub size: usize,
    /// The line at hand says that the card of an agent follows.
    pub agent: bool,
    /// A line is not text.
    pub broken: bool,
}

struct Phone {
    kind: PhoneKind,
    preference: u8,
    group: String,
    number: String,
}

impl Card {
    /// An empty card; lines that are not UTF-8 are in `other`.
    pub fn of(other: Option<&'static Encoding>) -> Card {
        Card { other, ..Card::default() }
    }

    /// Takes in a logical line.
    pub fn take(&mut self, line: &[u8]) {
        let (group, name) = property(line);
        let (head, value) = split_value(line);
        self.agent = name.eq_ignore_ascii_case(b"AGENT") && value.trim_ascii().is_empty()
            || self.agent && line.trim_ascii().is_empty();
        let property = Property::of(line);
        if property == Some(Property::Picture) {
            return;
        }
        self.size += line.len() + LINE;
        self.keep(line);
        let Some(property) = property else { return };
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let parameters: Vec<&str> = head.split(';').skip(1).collect();
        let value = self.decoded(value, &parameters);
        let group = String::from_utf8_lossy(group).to_ascii_lowercase();
        let preference = preference(&parameters);
        let plain = || unescaped(value.trim());
        let first = |slot: &mut String| {
            if slot.is_empty() {
                *slot = unescaped(value.trim());
            }
        };
        match property {
            Property::Name => first(&mut self.name),
            Property::NameParts if self.given.is_empty() && self.family.is_empty() => {
                let mut parts = parts(&value, &[';']).map(|part| unescaped(part.trim()));
                self.family = parts.next().unwrap_or_default();
                self.given = parts.next().unwrap_or_default();
            }
            Property::Phone(kind) if !value.trim().is_empty() => {
                let number = whatsapp_id(&parameters, &value).unwrap_or_else(plain);
                let said = PhoneKind::of(&parameters.join(" "));
                self.phones.push(Phone { kind: kind.and(said), preference, group, number });
            }
            Property::Account => {
                if let Some(number) = whatsapp_account(&parameters, &value) {
                    self.phones.push(Phone { kind: PhoneKind::WhatsApp, preference, group, number });
                }
            }
            Property::Email if !value.trim().is_empty() => self.emails.push((preference, plain())),
            Property::Categories => self.take_tags(&value),
            Property::Label => self.labels.push((group, value.to_lowercase())),
            Property::Nickname => first(&mut self.nickname),
            Property::Organization if self.organization.is_empty() => self.take_organization(&value),
            Property::Title => first(&mut self.title),
            Property::Birthday => first(&mut self.birthday),
            Property::Note => first(&mut self.note),
            Property::OtherName(part) => {
                if let Some(slot) = self.other_names.get_mut(part) {
                    first(slot);
                }
            }
            _ => {}
        }
    }

    fn take_tags(&mut self, value: &str) {
        for tag in parts(value, &[',', ';']).map(|tag| unescaped(tag.trim())) {
            // Google's own group, in which all contacts are.
            if !tag.is_empty() && tag != "myContacts" {
                self.tags.push_str(&tag.replace(LIST_END, " "));
                self.tags.push(LIST_END);
            }
        }
    }

    fn take_organization(&mut self, value: &str) {
        let parts = parts(value, &[';']).map(|part| unescaped(part.trim()).replace(LIST_END, " "));
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        self.organization = parts.join(&LIST_END.to_string());
        // The firm and its departments are a list.
        if parts.len() > 1 {
            self.organization.push(LIST_END);
        }
    }

    /// Keeps a line for the file of what was rejected.
    fn keep(&mut self, line: &[u8]) {
        if self.raw.len() + line.len() < KEPT {
            self.raw.extend_from_slice(line);
            self.raw.push(b'\n');
        }
    }

    /// The text of a value.
    fn decoded(&mut self, value: &[u8], parameters: &[&str]) -> String {
        let is = |words: &[&str]| parameters.iter().any(|one| words.contains(one));
        let quoted = parameters.iter().any(|one| one.contains("quoted-printable"));
        let charset = parameters.iter().find_map(|one| Encoding::for_label(one.strip_prefix("charset=")?.as_bytes()));
        let bytes = match quoted {
            true => {
                quoted_printable::decode(value, quoted_printable::ParseMode::Robust).unwrap_or_else(|_| value.to_vec())
            }
            false if is(&["base64", "encoding=b", "encoding=base64"]) => self.of_base64(value),
            false => value.to_vec(),
        };
        // A card's own name for its characters counts where they are written as bytes.
        if let Some(charset) = charset.filter(|&charset| quoted && charset != UTF_8) {
            return charset.decode_without_bom_handling(&bytes).0.into_owned();
        }
        let other =
            charset.filter(|&charset| charset != UTF_8).or(if quoted { Some(WINDOWS_1252) } else { self.other });
        match (String::from_utf8(bytes), other) {
            (Ok(text), _) => text,
            (Err(error), Some(other)) => other.decode_without_bom_handling(error.as_bytes()).0.into_owned(),
            (Err(error), None) => {
                self.broken = true;
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        }
    }

    /// The bytes of a value in base64; a card with one that is none cannot be read.
    fn of_base64(&mut self, value: &[u8]) -> Vec<u8> {
        let dense: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        STANDARD.decode(&dense).unwrap_or_else(|_| {
            self.broken = true;
            dense
        })
    }

    /// The card as cells.
    pub fn fill(mut self, row: &mut Row) {
        for phone in &mut self.phones {
            let label = self.labels.iter().find(|(group, _)| !group.is_empty() && *group == phone.group);
            if let Some((_, label)) = label {
                phone.kind = phone.kind.and(PhoneKind::of(label));
            }
        }
        self.phones.retain(|phone| phone.kind != PhoneKind::Fax);
        self.phones.sort_by_key(|phone| (phone.kind, phone.preference));
        self.emails.sort_by_key(|&(preference, _)| preference);
        let [whole, given, family] = std::mem::take(&mut self.other_names);
        if [&self.name, &self.given, &self.family].iter().all(|name| name.is_empty()) {
            (self.name, self.given, self.family) = (whole, given, family);
        }
        row.push(&self.name);
        row.push(&self.given);
        row.push(&self.family);
        push_list(row, PHONES, self.phones.iter().map(|phone| phone.number.as_str()));
        push_list(row, EMAILS, self.emails.iter().map(|(_, address)| address.as_str()));
        for cell in [&self.tags, &self.nickname, &self.organization, &self.title, &self.birthday, &self.note] {
            row.push(cell);
        }
        row.raw = self.raw;
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

/// The number of an account of WhatsApp, which is always international: `IMPP:whatsapp:+4670…`.
fn whatsapp_account(parameters: &[&str], value: &str) -> Option<String> {
    let value = value.trim().to_lowercase();
    if !value.starts_with("whatsapp:") && !parameters.iter().any(|one| one.contains("whatsapp")) {
        return None;
    }
    let id = value.rsplit(':').next()?.split('@').next()?;
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    let is_number = id.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    (is_number && digits.len() >= 7).then(|| format!("+{digits}"))
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
