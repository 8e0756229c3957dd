//! A quick way through bodies that are spelt plainly: members in the order of the document, no white space, no
//! escapes. That is how programs spell them, and it takes a third of the time of reading JSON of any shape.
//!
//! It judges nothing. Whatever is not plain, or not right, is left to `contact`, which says why; what is read here is
//! read alike there, and a test holds the two together.

use std::borrow::Cow;

use super::contact::{Attribute, Contact, Object, Phone, Text};

/// The contacts of a plain body; `None` when it is not one.
pub fn contacts(body: &str) -> Option<Vec<Contact<'_>>> {
    let mut rest = Rest(body.strip_prefix('[')?);
    let mut contacts = Vec::with_capacity(body.len() / 128);
    loop {
        contacts.push(rest.contact()?);
        if !rest.is(",") {
            return (rest.0 == "]").then_some(contacts);
        }
    }
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn contact(&mut self) -> Option<Contact<'a>> {
        self.skip(r#"{"profile":{"userDetails":{"#)?;
        let name = self.member(r#""userProvidedName":""#)?;
        self.skip(r#""contact":{"#)?;
        let email = self.member(r#""email":""#)?;
        self.skip(r#""phone":{"number":""#)?;
        let number = self.text()?;
        self.skip(r#","prefix":""#)?;
        let prefix = self.text()?;
        self.skip("}}")?;
        let tags = self.list(r#","tags":["#, |rest| {
            rest.skip("\"")?;
            rest.text()
        })?;
        let attributes = self.list(r#","attributes":["#, |rest| {
            rest.skip(r#"{"key":""#)?;
            let key = rest.text()?;
            rest.skip(r#","value":""#)?;
            let value = rest.text()?;
            rest.skip("}")?;
            Some(Object(Attribute { key, value }))
        })?;
        self.skip("}}}")?;
        Contact { phone: Phone::join(&prefix.0, &number.0).ok()?, name, email, tags, attributes }.checked().ok()
    }

    /// Whether this comes next; then it is behind us.
    fn is(&mut self, expected: &str) -> bool {
        match self.0.strip_prefix(expected) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn skip(&mut self, expected: &str) -> Option<()> {
        self.is(expected).then_some(())
    }

    /// The rest of a string whose opening quote is behind us.
    fn text(&mut self) -> Option<Text<'a>> {
        let end = self.0.bytes().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(Text(Cow::Borrowed(text)))
    }

    /// A text that may be left out, with the comma behind it.
    fn member(&mut self, opening: &str) -> Option<Option<Text<'a>>> {
        if !self.is(opening) {
            return Some(None);
        }
        let text = self.text()?;
        self.skip(",")?;
        Some(Some(text))
    }

    /// A list that may be left out.
    fn list<T>(&mut self, opening: &str, element: impl Fn(&mut Self) -> Option<T>) -> Option<Option<Vec<T>>> {
        if !self.is(opening) {
            return Some(None);
        }
        let mut list = Vec::new();
        if self.is("]") {
            return Some(Some(list));
        }
        loop {
            list.push(element(self)?);
            if self.is("]") {
                return Some(Some(list));
            }
            self.skip(",")?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::contact::read;
    use super::*;

    const PLAIN: &str = r#"[{"profile":{"userDetails":{"userProvidedName":"Zoë","contact":{"email":"z@x","phone":{"number":"831234567","prefix":"27"}},"tags":["a","b"],"attributes":[{"key":"k","value":"v"},{"key":"l","value":""}]}}},{"profile":{"userDetails":{"contact":{"phone":{"number":"2","prefix":"1"}},"tags":[],"attributes":[]}}},{"profile":{"userDetails":{"contact":{"phone":{"number":"3","prefix":"1"}}}}}]"#;

    #[test]
    fn plain_bodies_are_read() {
        assert_eq!(contacts(PLAIN).unwrap(), read(PLAIN).unwrap());
        assert_eq!(contacts(PLAIN).unwrap().len(), 3);
    }

    #[test]
    fn others_are_left_to_the_general_way() {
        for (from, to) in
            [("Zoë", "Zo\\u00eb"), ("[{\"profile", "[ {\"profile"), ("Zoë", "\u{1}"), ("z@x", "zx"), ("27", "+27")]
        {
            assert!(contacts(&PLAIN.replacen(from, to, 1)).is_none(), "{to}");
        }
        assert!(contacts("[]").is_none() && contacts("").is_none() && contacts(&format!("{PLAIN} ")).is_none());
    }

    proptest! {
        #[test]
        fn what_is_read_here_is_read_alike_there(
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..3, "[\\[\\]{},:\"a0@ \\\\\u{7f}\n]{0,3}"), 0..3)
        ) {
            let mut body: Vec<char> = PLAIN.chars().collect();
            for (place, removed, added) in edits {
                let start = place.index(body.len());
                let end = (start + removed).min(body.len());
                body.splice(start..end, added.chars());
            }
            let body: String = body.into_iter().collect();
            if let Some(contacts) = contacts(&body) {
                prop_assert_eq!(contacts, read(&body).unwrap());
            }
        }
    }
}
