//! Places in the body of a request, as servers write them: `[17].profile`, `body/17/profile`, `$[17].profile`,
//! `contacts.17.profile`, `["body", 17, "profile"]`.

use serde_json::Value;

/// Members of a contact: a number behind one of them counts something inside of a contact.
const MEMBERS: [&str; 6] = ["profile", "userdetails", "contact", "phone", "tags", "attributes"];

/// Names that stand in front of a contact's number in sentences.
const LISTS: [&str; 14] = [
    "body", "data", "contacts", "users", "items", "records", "payload", "root", "request", "input", "json", "$", "#",
    "entries",
];

/// The segments of a path, from the outermost on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// A text that is a path as a whole.
    pub fn of_text(text: &str) -> Path {
        Path(segments(text).map(str::to_owned).collect())
    }

    /// A path whose segments stand in a list.
    pub fn of_list(list: &[Value]) -> Path {
        let segment = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Path(list.iter().filter_map(segment).collect())
    }

    /// The element at a position of a list that stands here.
    pub fn element(&self, position: usize) -> Path {
        let mut path = self.clone();
        path.0.push(position.to_string());
        path
    }

    /// A path that was found here: it is whole by itself, or names a member of what stands here.
    pub fn then(&self, found: Path) -> Path {
        match found.0.as_slice() {
            [] => self.clone(),
            [only] if self.0.last() == Some(only) => self.clone(),
            [_] => self.clone().join(found),
            _ => found,
        }
    }

    /// One path behind the other.
    pub fn join(mut self, inner: Path) -> Path {
        self.0.extend(inner.0);
        self
    }

    /// A member of what stands here, which may be written as a path of its own.
    pub fn member(&self, key: &str) -> Path {
        self.clone().join(Path::of_text(key))
    }

    /// The position of the contact in the batch, from 0, if the path names one.
    pub fn contact(&self) -> Option<usize> {
        let (at, index) = self.0.iter().enumerate().find_map(|(at, segment)| Some((at, number(segment)?)))?;
        let before = self.0.iter().take(at);
        before.into_iter().all(|segment| !is_one_of(&MEMBERS, segment)).then_some(index)
    }

    /// The member of the contact, without what leads to the contact; may be empty.
    pub fn member_of_contact(&self) -> String {
        let leading = match self.contact() {
            Some(_) => self.0.iter().position(|segment| number(segment).is_some()).map_or(0, |at| at + 1),
            None => self.0.iter().take_while(|segment| is_one_of(&LISTS, segment)).count(),
        };
        self.0.get(leading..).unwrap_or_default().join(".")
    }
}

/// The positions of contacts that a sentence names by a path, such as `body/17/profile must be object`.
pub fn contacts_in(sentence: &str) -> impl Iterator<Item = usize> {
    sentence.split_whitespace().filter_map(contact_in)
}

/// The position of the contact in one word of a sentence. A word is easily something else, such as a version, so only
/// the known forms count.
fn contact_in(word: &str) -> Option<usize> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !"[]$#/".contains(c));
    let is_path = |c: char| c.is_ascii_alphanumeric() || "[]$#/._-'\"".contains(c);
    if !word.contains(['[', '/', '.']) || !word.chars().all(is_path) {
        return None;
    }
    let mut rest = segments(word).skip_while(|segment| is_one_of(&LISTS, segment));
    let first = rest.next()?;
    let index = number(first)?;
    let is_name = |segment: &str| segment.len() > 1 && segment.starts_with(|c: char| c.is_ascii_alphabetic());
    (word.contains(&format!("[{first}]")) || rest.next().is_some_and(is_name)).then_some(index)
}

fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '/', '[', ']', '"', '\'']).filter(|segment| !segment.is_empty())
}

fn number(segment: &str) -> Option<usize> {
    segment.bytes().all(|byte| byte.is_ascii_digit()).then(|| segment.parse().ok())?
}

fn is_one_of(names: &[&str], segment: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_a_contact_and_a_member() {
        let cases = [
            ("[17].profile.tags", Some(17), "profile.tags"),
            ("body/99/profile/tags/3", Some(99), "profile.tags.3"),
            ("/17/profile", Some(17), "profile"),
            ("#/17/age", Some(17), "age"),
            ("$[17].phone", Some(17), "phone"),
            ("$['17']", Some(17), ""),
            ("contacts[17].phone", Some(17), "phone"),
            ("17.phone", Some(17), "phone"),
            ("17", Some(17), ""),
            ("profile.tags[3]", None, "profile.tags.3"),
            ("body.profile", None, "profile"),
            ("phone", None, "phone"),
            ("[99999999999999999999999].phone", None, "99999999999999999999999.phone"),
            ("", None, ""),
        ];
        for (text, contact, member) in cases {
            let path = Path::of_text(text);
            assert_eq!((path.contact(), path.member_of_contact().as_str()), (contact, member), "{text}");
        }
    }

    #[test]
    fn sentences_name_contacts_in_the_known_forms_only() {
        let cases: [(&str, &[usize]); 16] = [
            ("body/99/profile must be object, body/7/profile/tags must be array", &[99, 7]),
            ("[3] phone must be a string", &[3]),
            ("contacts.3.profile.phone must be a string", &[3]),
            ("\"[17].profile.phone\" is required", &[17]),
            ("The 17.phone field is required.", &[17]),
            ("✖ Invalid input\n  → at [99].profile.phone", &[99]),
            ("Path: $[17].phone | LineNumber: 0", &[17]),
            ("Validation failed (17.name)", &[17]),
            ("HTTP/1.1 is old", &[]),
            ("wait 1.5 seconds until 27.11.2026", &[]),
            ("Cannot POST /v7/17/users", &[]),
            ("see https://example.com/3/help", &[]),
            ("127.0.0.1 is blocked", &[]),
            ("profile.tags.3 is too long", &[]),
            ("row 3 is bad", &[]),
            ("", &[]),
        ];
        for (sentence, contacts) in cases {
            assert_eq!(contacts_in(sentence).collect::<Vec<_>>(), contacts, "{sentence}");
        }
    }
}
