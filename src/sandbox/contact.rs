//! The documented structure of a body: an array of contacts, phones in digits only.
//!
//! Everything is borrowed from the request's body. Members the document does not name are refused.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use hyper::StatusCode;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as Read, Serialize};

use super::contract::Refusal;
use super::fast_path;

/// The most digits of a phone, prefix and number together (E.164).
const DIGITS: usize = 15;

/// Complaints about the contacts of one request that are listed, at most.
const COMPLAINTS: usize = 10;

/// Characters of a complaint that are shown, at most: it may quote what was sent.
const COMPLAINT: usize = 300;

/// A contact as it was sent, borrowed from the request's body where that is possible.
#[derive(Debug, PartialEq, Eq)]
pub struct Contact<'a> {
    /// Prefix and number, which identify the contact.
    pub phone: Phone,
    /// The JSON of name, e-mail, tags and attributes; empty where a member was left out.
    pub members: [Cow<'a, str>; MEMBERS],
}

/// How many members a contact has besides its phone.
pub const MEMBERS: usize = 4;

/// Reads the body of a request: all of its contacts, or what is wrong with it.
pub fn contacts(body: &[u8]) -> Result<Vec<Contact<'_>>, Refusal> {
    // Checked as a whole, which is cheaper than string by string.
    let text = str::from_utf8(body).map_err(|_| bad(vec!["the body is not UTF-8".to_owned()]))?;
    fast_path::contacts(text).map_or_else(|| read(text), Ok)
}

/// Parses a body of any form.
pub(super) fn read(body: &str) -> Result<Vec<Contact<'_>>, Refusal> {
    let sent: Vec<Object<SentContact>> = serde_json::from_str(body).map_err(|error| {
        let complaint = error.to_string();
        bad(vec![complaint.chars().take(COMPLAINT).collect()])
    })?;
    let mut contacts = Vec::with_capacity(sent.len());
    let mut complaints = Vec::new();
    for (index, sent) in sent.into_iter().enumerate() {
        match sent.0.contact() {
            Ok(contact) => contacts.push(contact),
            Err(complaint) if complaints.len() < COMPLAINTS => {
                complaints.push(format!("[{index}].profile.userDetails.{complaint}"));
            }
            Err(_) => break,
        }
    }
    if complaints.is_empty() { Ok(contacts) } else { Err(bad(complaints)) }
}

fn bad(data: Vec<String>) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, message: "Bad Request", data, retry_after: None }
}

/// Checks the text of an e-mail address.
pub(super) fn check_email(text: &str) -> Result<(), &'static str> {
    if text.contains('@') { Ok(()) } else { Err("contact.email must be an e-mail address, or be left out") }
}

/// Checks the text of an attribute's key.
pub(super) fn check_key(text: &str) -> Result<(), &'static str> {
    if text.is_empty() { Err("attributes: a key must not be empty") } else { Ok(()) }
}

/// A phone packed into 64 bits: the joined digits, their number, and how many of them are the prefix.
///
/// Two phones are the same when prefix and number are, leading zeros included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(u64);

impl Phone {
    /// Joins prefix and number; an error says what is wrong with them.
    pub fn join(prefix: &str, number: &str) -> Result<Phone, &'static str> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(prefix) {
            return Err("contact.phone.prefix must be digits only, and not empty");
        }
        if !digits(number) {
            return Err("contact.phone.number must be digits only, and not empty");
        }
        let length = prefix.len() + number.len();
        if length > DIGITS {
            return Err("contact.phone has more than 15 digits");
        }
        // 15 digits fit into 50 bits, both lengths into 4 each.
        let joined = prefix.bytes().chain(number.bytes()).fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0'));
        Ok(Phone(joined << 8 | (length as u64) << 4 | prefix.len() as u64))
    }

    /// The number with its calling code, as one integer.
    pub fn joined(self) -> u64 {
        self.0 >> 8
    }

    /// All digits as text, and how many of them are the prefix.
    pub fn digits(self) -> (String, usize) {
        let length = (self.0 >> 4 & 15) as usize;
        (format!("{:0length$}", self.joined()), (self.0 & 15) as usize)
    }
}

/// A JSON string, borrowed unless it holds escapes.
#[derive(Read, Serialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Read, Serialize)]
#[serde(deny_unknown_fields)]
struct Attribute<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct SentContact<'a> {
    #[serde(borrow)]
    profile: Object<Profile<'a>>,
}

#[derive(Read)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Profile<'a> {
    #[serde(borrow)]
    user_details: Object<UserDetails<'a>>,
}

#[derive(Read)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UserDetails<'a> {
    #[serde(borrow, default, deserialize_with = "not_null")]
    user_provided_name: Option<Text<'a>>,
    #[serde(borrow)]
    contact: Object<ContactMember<'a>>,
    #[serde(borrow, default, deserialize_with = "not_null")]
    tags: Option<Vec<Text<'a>>>,
    #[serde(borrow, default, deserialize_with = "not_null")]
    attributes: Option<Vec<Object<Attribute<'a>>>>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct ContactMember<'a> {
    #[serde(borrow, default, deserialize_with = "not_null")]
    email: Option<Text<'a>>,
    #[serde(borrow)]
    phone: Object<Parts<'a>>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Parts<'a> {
    #[serde(borrow)]
    number: Text<'a>,
    #[serde(borrow)]
    prefix: Text<'a>,
}

impl<'a> SentContact<'a> {
    fn contact(self) -> Result<Contact<'a>, &'static str> {
        let UserDetails { user_provided_name: name, contact, tags, attributes } = self.profile.0.user_details.0;
        let ContactMember { email, phone } = contact.0;
        let phone = Phone::join(&phone.0.prefix.0, &phone.0.number.0)?;
        email.iter().try_for_each(|email| check_email(&email.0))?;
        attributes.iter().flatten().try_for_each(|attribute| check_key(&attribute.0.key.0))?;
        Ok(Contact { phone, members: [json_of(&name), json_of(&email), json_of(&tags), json_of(&attributes)] })
    }
}

/// A member's JSON; empty when it was left out.
fn json_of(member: &Option<impl Serialize>) -> Cow<'static, str> {
    // Texts and lists of texts can always be serialised.
    member.as_ref().map(|member| serde_json::to_string(member).unwrap_or_default()).unwrap_or_default().into()
}

/// A member that may be left out, but is not `null` when it is there.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A JSON object. Without it, serde would take an array of the members' values for a struct as well.
#[derive(Serialize)]
#[serde(transparent)]
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        from.deserialize_map(Members(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A contact with every member.
    const WHOLE: &str = r#"{"profile":{"userDetails":{"userProvidedName":"Jane Doe","contact":{"email":"jane@example.com",
        "phone":{"number":"831234567","prefix":"27"}},"tags":["vip"],"attributes":[{"key":"city","value":"Durban"}]}}}"#;

    fn complaints(body: &str) -> Vec<String> {
        let refusal = contacts(body.as_bytes()).expect_err(body);
        assert_eq!((refusal.status, refusal.message), (StatusCode::BAD_REQUEST, "Bad Request"), "{body}");
        refusal.data
    }

    /// A request with one contact, made of the text of its `userDetails`.
    fn details(inner: &str) -> String {
        format!(r#"[{{"profile":{{"userDetails":{{{inner}}}}}}}]"#)
    }

    #[test]
    fn the_documented_body_is_read() {
        let body = format!("[{WHOLE},{}]", WHOLE.replace("831234567", "831234568"));
        let contacts = contacts(body.as_bytes()).unwrap();
        assert_eq!(contacts.len(), 2);
        let first = contacts.first().unwrap();
        assert_eq!(first.phone.digits(), ("27831234567".to_owned(), 2));
        let members = [r#""Jane Doe""#, r#""jane@example.com""#, r#"["vip"]"#, r#"[{"key":"city","value":"Durban"}]"#];
        assert_eq!(first.members, members);
    }

    #[test]
    fn members_other_than_the_phone_may_be_left_out_or_be_empty() {
        let phone = r#""contact":{"phone":{"prefix":"1","number":"2"}}"#;
        for inner in [
            phone.to_owned(),
            format!(r#"{phone},"tags":[],"attributes":[],"userProvidedName":"""#),
            format!(r#""userProvidedName":"Zo\u00eb \ud83d\ude00 \"x\"",{phone}"#),
        ] {
            assert_eq!(contacts(details(&inner).as_bytes()).unwrap().len(), 1, "{inner}");
        }
        assert!(contacts(b"[]").unwrap().is_empty());
    }

    #[test]
    fn what_is_not_in_the_structure_is_refused() {
        for (body, complaint) in [
            ("", "EOF while parsing a value"),
            ("null", "invalid type: null, expected a sequence"),
            ("{}", "invalid type: map, expected a sequence"),
            ("[1]", "invalid type: integer `1`, expected an object"),
            ("[null]", "invalid type: null, expected an object"),
            ("[{}]", "missing field `profile`"),
            ("[[[[\"Jane\"]]]]", "invalid type: sequence, expected an object"),
            (r#"[{"profile":{}}]"#, "missing field `userDetails`"),
            (r#"[{"profile":{"userDetails":{}}}]"#, "missing field `contact`"),
            (r#"[{"profile":{},"id":1}]"#, "missing field `userDetails`"),
            (r#"[{"id":1}]"#, "unknown field `id`"),
            ("[] []", "trailing characters"),
            ("[,]", "expected value"),
            ("[{\"profile\":", "EOF while parsing a value"),
        ] {
            let complaints = complaints(body);
            assert!(complaints.len() == 1 && complaints[0].starts_with(complaint), "{body}: {complaints:?}");
        }
        for (from, to, complaint) in [
            (r#""27""#, "27", "invalid type: integer `27`, expected a string"),
            (r#""831234567""#, "831234567", "invalid type: integer `831234567`, expected a string"),
            (r#""Jane Doe""#, "null", "invalid type: null, expected a string"),
            (r#""jane@example.com""#, "null", "invalid type: null, expected a string"),
            (r#""jane@example.com""#, "[]", "invalid type: sequence, expected a string"),
            (r#"["vip"]"#, r#""vip""#, "invalid type: string \"vip\", expected a sequence"),
            (r#"["vip"]"#, "null", "invalid type: null, expected a sequence"),
            (r#"["vip"]"#, "[1]", "invalid type: integer `1`, expected a string"),
            (r#"[{"key":"city","value":"Durban"}]"#, r#"{"city":"Durban"}"#, "invalid type: map, expected a sequence"),
            (
                r#"{"key":"city","value":"Durban"}"#,
                r#"["city","Durban"]"#,
                "invalid type: sequence, expected an object",
            ),
            (r#""Durban""#, "4001", "invalid type: integer `4001`, expected a string"),
            (r#","value":"Durban""#, "", "missing field `value`"),
            (r#""tags""#, r#""tagsV2""#, "unknown field `tagsV2`"),
            (r#""value""#, r#""id":"1","value""#, "unknown field `id`"),
            (r#""prefix""#, r#""dialCode""#, "unknown field `dialCode`"),
            (r#","prefix":"27""#, "", "missing field `prefix`"),
            (r#""email""#, r#""prefix":"27","email""#, "unknown field `prefix`"),
            (r#""tags""#, r#""userProvidedName":"x","tags""#, "duplicate field `userProvidedName`"),
        ] {
            let body = format!("[{}]", WHOLE.replace(from, to));
            let complaints = complaints(&body);
            assert!(complaints.len() == 1 && complaints[0].starts_with(complaint), "{to}: {complaints:?}");
        }
    }

    #[test]
    fn values_that_are_wrong_are_all_named() {
        const PREFIX: &str = "contact.phone.prefix must be digits only, and not empty";
        const NUMBER: &str = "contact.phone.number must be digits only, and not empty";
        const LONG: &str = "contact.phone has more than 15 digits";
        const EMAIL: &str = "contact.email must be an e-mail address, or be left out";
        for (from, to, complaint) in [
            ("27", "+27", PREFIX),
            ("27", "", PREFIX),
            ("27", " 27", PREFIX),
            ("27", "२७", PREFIX),
            ("831234567", "", NUMBER),
            ("831234567", "83 123 4567", NUMBER),
            ("831234567", "+831234567", NUMBER),
            ("831234567", "83123456\\u0000", NUMBER),
            ("831234567", "83123456789012", LONG),
            ("jane@example.com", "jane", EMAIL),
            ("jane@example.com", "", EMAIL),
            ("city", "", "attributes: a key must not be empty"),
        ] {
            let body = format!("[{WHOLE},{}]", WHOLE.replace(&format!("\"{from}\""), &format!("\"{to}\"")));
            assert_eq!(complaints(&body), [format!("[1].profile.userDetails.{complaint}")], "{to}");
        }
        let wrong = WHOLE.replace("27", "x");
        assert_eq!(complaints(&format!("[{wrong},{WHOLE},{wrong}]")).len(), 2);
        assert_eq!(complaints(&format!("[{}]", vec![wrong.as_str(); 100].join(","))).len(), COMPLAINTS);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_and_quotes_are_short() {
        assert!(contacts(b"[{\"profile\xff\":{}}]").is_err());
        assert!(contacts(&[b'['; 100_000]).is_err());
        let long = format!(r#"[{{"{}":1}}]"#, "x".repeat(10_000));
        assert_eq!(complaints(&long)[0].chars().count(), COMPLAINT);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in 0..WHOLE.len()) {
            let mut body = format!("[{WHOLE}]").into_bytes();
            body.splice(cut..cut, bytes);
            if let Err(refusal) = contacts(&body) {
                prop_assert!(refusal.status == StatusCode::BAD_REQUEST && !refusal.data.is_empty());
            }
        }
    }

    #[test]
    fn phones_keep_every_digit() {
        for (prefix, number) in [("1", "2"), ("27", "831234567"), ("0", "01"), ("001", "0"), ("999", "999999999999")] {
            let phone = Phone::join(prefix, number).unwrap();
            assert_eq!(phone.digits(), (format!("{prefix}{number}"), prefix.len()));
        }
        assert_eq!(Phone::join("27", "831234567").unwrap().joined(), 27_831_234_567);
        assert_ne!(Phone::join("2", "71").unwrap(), Phone::join("27", "1").unwrap());
        assert_ne!(Phone::join("1", "01").unwrap(), Phone::join("1", "1").unwrap());
    }
}
