//! How the server spells a contact: one element of the array that `POST /inbox/users/import` takes.

use crate::byte_table::{byte_table, kinds};
use crate::contact::phone::Phone;
use crate::contact::{Contact, Details};

/// What is done with members that have no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Empty {
    /// The documented structure: name, tags and attributes are always there; only an empty e-mail is left out.
    #[default]
    Written,
    /// They are left out, so that an update cannot blank what the server has.
    Omitted,
}

/// Writes a contact as one JSON object. `name` is that of the contact.
pub fn write(contact: &Contact<'_>, name: &str, empty: Empty, out: &mut Vec<u8>) {
    of_row(Form::Json, contact, name, empty, out);
}

/// Writes a contact that was merged from several rows as one JSON object.
pub fn write_merged(phone: Phone, details: &Details, empty: Empty, out: &mut Vec<u8>) {
    merged(phone, details, empty).write(Form::Json, out);
}

/// Writes what tells a contact from others of the same phone, for comparing: it is the same for two of them where the JSON
/// objects are, and takes less space and time. `name` is that of the contact.
pub fn write_parts(contact: &Contact<'_>, name: &str, empty: Empty, out: &mut Vec<u8>) {
    of_row(Form::Parts, contact, name, empty, out);
}

/// The same of a contact that was merged from several rows.
pub fn write_merged_parts(phone: Phone, details: &Details, empty: Empty, out: &mut Vec<u8>) {
    merged(phone, details, empty).write(Form::Parts, out);
}

/// What parts that were written say of a contact beside its phone; `None` where they are none.
pub fn read_parts(parts: &[u8]) -> Option<Details> {
    let (there, mut rest) = parts.split_first()?;
    let rest = &mut rest;
    let tag_count = read_length(rest)?;
    let (name, email) = (read_part(rest)?, read_part(rest)?);
    let tags = (0..tag_count).map(|_| read_part(rest)).collect::<Option<_>>()?;
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        attributes.push((read_part(rest)?, read_part(rest)?));
    }
    Some(Details { name, email: (there & EMAIL != 0).then_some(email), tags, attributes })
}

fn of_row(form: Form, contact: &Contact<'_>, name: &str, empty: Empty, out: &mut Vec<u8>) {
    let tags = contact.tags();
    let attributes = contact.attributes();
    let members = Members {
        phone: contact.phone,
        name,
        email: contact.email.as_deref(),
        tag_count: tags.len(),
        tags: tags.iter(),
        attributes: attributes.iter().map(|(key, value)| (*key, value.as_ref())),
        empty,
    };
    members.write(form, out);
}

fn merged(
    phone: Phone,
    details: &Details,
    empty: Empty,
) -> Members<'_, impl Iterator<Item = &str>, impl ExactSizeIterator<Item = (&str, &str)>> {
    Members {
        phone,
        name: &details.name,
        email: details.email.as_deref(),
        tag_count: details.tags.len(),
        tags: details.tags.iter().map(String::as_str),
        attributes: details.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())),
        empty,
    }
}

/// Which parts the JSON object has, in the first byte of what is written otherwise.
const NAME: u8 = 1 << 3;
const EMAIL: u8 = 1 << 2;
const TAGS: u8 = 1 << 1;
const ATTRIBUTES: u8 = 1;

/// What is written of a contact.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Parts,
}

/// What the server takes of a contact, of one row or of several.
struct Members<'a, T, A> {
    phone: Phone,
    name: &'a str,
    email: Option<&'a str>,
    tag_count: usize,
    tags: T,
    attributes: A,
    empty: Empty,
}

impl<'a, T, A> Members<'a, T, A>
where
    T: Iterator<Item = &'a str>,
    A: ExactSizeIterator<Item = (&'a str, &'a str)>,
{
    fn write(self, form: Form, out: &mut Vec<u8>) {
        match form {
            Form::Json => self.json(out),
            Form::Parts => self.parts(out),
        }
    }

    /// Each part that the JSON object would have, with its length before it, and which there are.
    fn parts(self, out: &mut Vec<u8>) {
        let Members { name, email, tag_count, tags, attributes, empty, .. } = self;
        // Another form of the JSON object is another number here.
        const VERSION: u8 = 2 << 4;
        let keep = empty == Empty::Written;
        let there = [
            (NAME, keep || !name.is_empty()),
            (EMAIL, email.is_some()),
            (TAGS, keep || tag_count > 0),
            (ATTRIBUTES, keep || attributes.len() > 0),
        ];
        out.push(there.iter().fold(VERSION, |bits, (bit, is_there)| if *is_there { bits | bit } else { bits }));
        length(tag_count, out);
        let mut part = |text: &str| {
            length(text.len(), out);
            out.extend_from_slice(text.as_bytes());
        };
        part(name);
        part(email.unwrap_or_default());
        tags.for_each(&mut part);
        attributes.for_each(|(key, value)| {
            part(key);
            part(value);
        });
    }

    fn json(self, out: &mut Vec<u8>) {
        let Members { phone, name, email, tag_count, tags, attributes, empty } = self;
        let keep = empty == Empty::Written;
        out.extend_from_slice(br#"{"profile":{"userDetails":{"#);
        if keep || !name.is_empty() {
            out.extend_from_slice(br#""userProvidedName":"#);
            string(name, out);
            out.push(b',');
        }
        out.extend_from_slice(br#""contact":{"#);
        if let Some(email) = email {
            out.extend_from_slice(br#""email":"#);
            string(email, out);
            out.push(b',');
        }
        // Digits only, the calling code without plus and nothing more (`prefix` is 1 for all of +1), and the national
        // number with any leading zeros: the server joins the two as they are.
        let digits = phone.split();
        out.extend_from_slice(br#""phone":{"number":""#);
        digits.write_number(out);
        out.extend_from_slice(br#"","prefix":""#);
        digits.write_prefix(out);
        out.extend_from_slice(br#""}}"#);
        if keep || tag_count > 0 {
            out.extend_from_slice(br#","tags":["#);
            for (i, tag) in tags.enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string(tag, out);
            }
            out.push(b']');
        }
        if keep || attributes.len() > 0 {
            out.extend_from_slice(br#","attributes":["#);
            for (i, (key, value)) in attributes.enumerate() {
                out.extend_from_slice(if i > 0 { br#",{"key":"# } else { br#"{"key":"# });
                string(key, out);
                out.extend_from_slice(br#","value":"#);
                string(value, out);
                out.push(b'}');
            }
            out.push(b']');
        }
        out.extend_from_slice(b"}}}");
    }
}

/// A length in as few bytes as it needs: seven bits in each, the last of them without the eighth.
fn length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 1 << 7 {
        out.push(length as u8 | 1 << 7);
        length >>= 7;
    }
    out.push(length as u8);
}

/// Takes a part from the front.
fn read_part(from: &mut &[u8]) -> Option<String> {
    let length = read_length(from)?;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    str::from_utf8(text).ok().map(str::to_owned)
}

/// Takes a length from the front.
fn read_length(from: &mut &[u8]) -> Option<usize> {
    let mut length = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        length |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte >> 7 == 0 {
            return Some(length);
        }
    }
    None
}

/// A JSON string.
fn string(text: &str, out: &mut Vec<u8>) {
    if is_verbatim(text) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    // Writing into memory does not fail, and text is always a JSON string.
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok());
}

/// Whether a JSON string holds the text as it is: without control characters, quotes and backslashes. Nearly all are.
fn is_verbatim(text: &str) -> bool {
    static BYTES: [u8; 256] = byte_table! { b'"' | b'\\' | ..b' ' => 1, _ => 0 };
    kinds(text.as_bytes(), &BYTES) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn details() -> impl Strategy<Value = Details> {
        let long = ["a".repeat(127), "a".repeat(128), format!("b{}", "a".repeat(255)), "a".repeat(16_384)];
        let word = move || {
            let short = prop::sample::select(vec!["", "a", "b", "ab"]).prop_map(str::to_owned);
            prop_oneof![9 => short, 1 => prop::sample::select(long.to_vec())]
        };
        let words = || prop::collection::vec(word(), 0..3);
        (word(), prop::option::of(word()), words(), prop::collection::vec((word(), word()), 0..3))
            .prop_map(|(name, email, tags, attributes)| Details { name, email, tags, attributes })
    }

    proptest! {
        #[test]
        fn strings_are_written_as_serde_writes_them(text in r#"[a"\\\x00-\x20\x7f\u{e9}\u{2028}]{0,12}"#) {
            let mut out = Vec::new();
            string(&text, &mut out);
            prop_assert_eq!(out, serde_json::to_vec(&text).unwrap());
        }

        #[test]
        fn parts_are_equal_where_payloads_are(one in details(), other in details(), omits in any::<[bool; 2]>()) {
            let phone = Phone::from_digits(27_830_000_001).unwrap();
            let empty = omits.map(|omits| if omits { Empty::Omitted } else { Empty::Written });
            let written = |write: fn(Phone, &Details, Empty, &mut Vec<u8>), details: &Details, empty| {
                let mut out = Vec::new();
                write(phone, details, empty, &mut out);
                out
            };
            let same = |write| written(write, &one, empty[0]) == written(write, &other, empty[1]);
            prop_assert_eq!(same(write_merged_parts), same(write_merged));
            prop_assert_eq!(read_parts(&written(write_merged_parts, &one, empty[0])), Some(one));
        }
    }
}
