//! A fast parser for bodies in the usual form: members in the order of the document, no white space, no escapes. It
//! takes a third of the time of parsing JSON of any shape.
//!
//! It reports no errors: any other body is left to `contact`, which says what is wrong. A test makes sure that both
//! give the same.

use std::borrow::Cow;

use super::contact::{Contact, Phone, check_email, check_key};

/// The contacts of the body; `None` if it has another form.
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

/// The rest of the body.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn contact(&mut self) -> Option<Contact<'a>> {
        self.skip(r#"{"profile":{"userDetails":{"#)?;
        let name = self.member(r#""userProvidedName":"#, |rest| rest.text().map(drop))?;
        if !name.is_empty() {
            self.skip(",")?;
        }
        self.skip(r#""contact":{"#)?;
        let email = self.member(r#""email":"#, |rest| check_email(rest.text()?).ok())?;
        if !email.is_empty() {
            self.skip(",")?;
        }
        self.skip(r#""phone":{"number":"#)?;
        let number = self.text()?;
        self.skip(r#","prefix":"#)?;
        let prefix = self.text()?;
        self.skip("}}")?;
        let tags = self.member(r#","tags":"#, |rest| rest.list(|rest| rest.text().map(drop)))?;
        let attributes = self.member(r#","attributes":"#, |rest| rest.list(Rest::attribute))?;
        self.skip("}}}")?;
        let members = [name, email, tags, attributes].map(Cow::Borrowed);
        Some(Contact { phone: Phone::join(prefix, number).ok()?, members })
    }

    fn attribute(&mut self) -> Option<()> {
        self.skip(r#"{"key":"#)?;
        check_key(self.text()?).ok()?;
        self.skip(r#","value":"#)?;
        self.text()?;
        self.skip("}")
    }

    /// Consumes this text if it comes next.
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

    /// A string, without its quotes.
    fn text(&mut self) -> Option<&'a str> {
        self.skip("\"")?;
        let end = self.0.bytes().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(text)
    }

    fn list(&mut self, element: impl Fn(&mut Self) -> Option<()>) -> Option<()> {
        self.skip("[")?;
        if self.is("]") {
            return Some(());
        }
        loop {
            element(self)?;
            if self.is("]") {
                return Some(());
            }
            self.skip(",")?;
        }
    }

    /// The JSON of a member that begins like this; empty when it was left out.
    fn member(&mut self, opening: &str, value: impl Fn(&mut Self) -> Option<()>) -> Option<&'a str> {
        if !self.is(opening) {
            return Some("");
        }
        let from = self.0;
        value(self)?;
        from.get(..from.len() - self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::contact::read;
    use super::*;

    const PLAIN: &str = r#"[{"profile":{"userDetails":{"userProvidedName":"Zoë","contact":{"email":"z@x","phone":{"number":"831234567","prefix":"27"}},"tags":["a","b"],"attributes":[{"key":"k","value":"v"},{"key":"l","value":""}]}}},{"profile":{"userDetails":{"contact":{"phone":{"number":"2","prefix":"1"}},"tags":[],"attributes":[]}}},{"profile":{"userDetails":{"contact":{"phone":{"number":"3","prefix":"1"}}}}}]"#;

    #[test]
    fn the_usual_form_is_read() {
        assert_eq!(contacts(PLAIN).unwrap(), read(PLAIN).unwrap());
        assert_eq!(contacts(PLAIN).unwrap().len(), 3);
    }

    #[test]
    fn other_forms_are_left_to_the_general_parser() {
        for (from, to) in
            [("Zoë", "Zo\\u00eb"), ("[{\"profile", "[ {\"profile"), ("Zoë", "\u{1}"), ("z@x", "zx"), ("27", "+27")]
        {
            assert!(contacts(&PLAIN.replacen(from, to, 1)).is_none(), "{to}");
        }
        assert!(contacts("[]").is_none() && contacts("").is_none() && contacts(&format!("{PLAIN} ")).is_none());
    }

    proptest! {
        #[test]
        fn both_parsers_give_the_same(
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
