//! How the server spells a contact: one element of the array that `POST /inbox/users/import` takes.

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

/// Writes a contact as one JSON object.
pub fn write(contact: &Contact<'_>, empty: Empty, out: &mut Vec<u8>) {
    let (name, tags, attributes) = (contact.name(), contact.tags(), contact.attributes());
    let tags = tags.iter().map(|tag| tag.as_ref());
    let attributes = attributes.iter().map(|(key, value)| (*key, value.as_ref()));
    write_parts(contact.phone, &name, contact.email.as_deref(), tags, attributes, empty, out);
}

/// Writes a contact that was merged from several rows as one JSON object.
pub fn write_merged(phone: Phone, details: &Details, empty: Empty, out: &mut Vec<u8>) {
    let tags = details.tags.iter().map(String::as_str);
    let attributes = details.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    write_parts(phone, &details.name, details.email.as_deref(), tags, attributes, empty, out);
}

fn write_parts<'a>(
    phone: Phone,
    name: &str,
    email: Option<&str>,
    tags: impl ExactSizeIterator<Item = &'a str>,
    attributes: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    empty: Empty,
    out: &mut Vec<u8>,
) {
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
    out.extend_from_slice(digits.number().as_bytes());
    out.extend_from_slice(br#"","prefix":""#);
    out.extend_from_slice(digits.prefix().as_bytes());
    out.extend_from_slice(br#""}}"#);
    if keep || tags.len() > 0 {
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

/// A JSON string. Writing into memory does not fail, and text is always a JSON string.
fn string(text: &str, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok());
}
