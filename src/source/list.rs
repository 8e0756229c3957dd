//! Lists within an object: scalars are one list cell; `{name, value}` become columns, `{name}` elements; other objects
//! stand under the path, from the second on with their number.
//!
//! Where the objects say what they are, as phone numbers do, WhatsApp and mobile stand first, and a fax stands under a
//! path of its own, where nobody takes it for a phone.

use super::flatten::Flattener;
use super::phone_kind::PhoneKind;
use super::token::{Parsed, Parser};
use crate::row::LIST_END;

/// An object in a list that becomes columns.
struct Object {
    /// Where it begins.
    at: usize,
    /// Its place in the list, from 1.
    number: usize,
    kind: PhoneKind,
    preferred: bool,
}

/// What an object in a list says: perhaps it is a name with or without a value.
struct Look {
    key: Option<String>,
    /// Where the value begins.
    value: Option<usize>,
    others: bool,
    kind: PhoneKind,
    preferred: bool,
}

/// Members that say what an object in a list is.
const KINDS: [&str; 8] = ["type", "label", "kind", "types", "labels", "phoneType", "phone_type", "formattedType"];
/// Members that say that it is the one to take.
const PREFERRED: [&str; 6] = ["primary", "isPrimary", "is_primary", "preferred", "default", "isDefault"];

impl Parser<'_> {
    /// A list under the present path.
    pub fn list(&mut self, flat: &mut Flattener) -> Parsed {
        self.deeper()?;
        self.at += 1;
        self.blanks();
        let path = flat.path.len();
        let begun = flat.elements.len();
        let mut objects = Vec::new();
        let mut number = 0;
        if !self.take(b']') {
            loop {
                number += 1;
                match self.peek() {
                    Some(b'{') => objects.extend(self.element(flat, number)?),
                    Some(b'[') => {
                        if number > 1 {
                            flat.path.push_str(&format!(" {number}"));
                        }
                        self.list(flat)?;
                    }
                    _ => {
                        let start = flat.elements.len();
                        self.scalar(&mut flat.elements)?;
                        if flat.elements.len() > start {
                            flat.elements.push(LIST_END);
                        }
                    }
                }
                flat.path.truncate(path);
                self.blanks();
                if self.take(b',') {
                    self.blanks();
                } else if self.take(b']') {
                    break;
                } else {
                    return Err(self.error("a comma or a closing bracket is missing"));
                }
            }
        }
        if !objects.is_empty() {
            let end = self.at;
            self.objects(flat, objects)?;
            self.at = end;
        }
        self.depth -= 1;
        let elements = flat.elements.get(begun..).unwrap_or_default();
        if elements.is_empty() {
            return Ok(());
        }
        let start = flat.text.len();
        flat.text.push_str(elements);
        flat.elements.truncate(begun);
        self.set(flat, start)
    }

    /// An object in a list, unless its members become columns, which is left for later: the best are first.
    fn element(&mut self, flat: &mut Flattener, number: usize) -> Parsed<Option<Object>> {
        let at = self.at;
        let Look { key, value, others, kind, preferred } = self.look(flat)?;
        match (key, value) {
            (Some(key), Some(value)) if !others => {
                flat.path.push('.');
                flat.path.push_str(&key);
                let end = std::mem::replace(&mut self.at, value);
                self.value(flat)?;
                self.at = end;
                Ok(None)
            }
            (Some(name), None) if !name.is_empty() => {
                flat.elements.push_str(&name);
                flat.elements.push(LIST_END);
                Ok(None)
            }
            _ => Ok(Some(Object { at, number, kind, preferred })),
        }
    }

    /// The objects of a list as columns, the best first.
    fn objects(&mut self, flat: &mut Flattener, mut objects: Vec<Object>) -> Parsed {
        let path = flat.path.len();
        let numbers: Vec<usize> = objects.iter().map(|object| object.number).collect();
        // Where it is kept, at home or at work, says nothing about which is better.
        let rank = |kind| if kind == PhoneKind::Place { PhoneKind::Any } else { kind };
        objects.sort_by_key(|object| (rank(object.kind), !object.preferred));
        for (object, number) in objects.iter().zip(numbers) {
            self.at = object.at;
            if number > 1 {
                flat.path.push_str(&format!(" {number}"));
            }
            if object.kind == PhoneKind::Fax {
                flat.path.push_str(" fax");
            }
            self.object(flat)?;
            flat.path.truncate(path);
        }
        Ok(())
    }

    /// Looks at an object in a list, up to its end.
    fn look(&mut self, flat: &mut Flattener) -> Parsed<Look> {
        let mut look = Look { key: None, value: None, others: false, kind: PhoneKind::Any, preferred: false };
        let parent = flat.path.len() + 1;
        self.members(flat, |parser, flat| {
            let name = flat.path.get(parent..).unwrap_or_default();
            let is = |list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(name));
            let start = parser.at;
            match (name, parser.peek()) {
                ("name" | "key" | "Name" | "Key" | "title", Some(b'{' | b'[')) => {
                    look.others = true;
                    parser.pass()?;
                }
                ("name" | "key" | "Name" | "Key" | "title", _) => {
                    parser.scalar(look.key.insert(String::new()))?;
                }
                ("value" | "Value", _) => {
                    look.value = Some(start);
                    parser.pass()?;
                }
                // What else services put beside the name of a tag.
                ("id" | "_id" | "type" | "color" | "slug", _) => parser.pass()?,
                _ => {
                    look.others = true;
                    parser.pass()?;
                }
            }
            let said = parser.text.get(start..parser.at).unwrap_or_default();
            if is(&KINDS) {
                look.kind = look.kind.and(PhoneKind::of(&said.to_lowercase()));
            }
            look.preferred |= is(&PREFERRED) && matches!(said, "true" | "1");
            Ok(())
        })?;
        if look.others {
            look.key = None;
        }
        Ok(look)
    }

    /// Passes over an object or a list, checking it like any other.
    fn pass(&mut self) -> Parsed {
        let (open, close) = match self.peek() {
            Some(b'{') => (b'{', b'}'),
            Some(b'[') => (b'[', b']'),
            _ => return self.scalar(&mut String::new()),
        };
        self.deeper()?;
        self.at += 1;
        self.blanks();
        if self.take(close) {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            if open == b'{' {
                if self.peek() != Some(b'"') {
                    return Err(self.error("a key in quotes is missing"));
                }
                self.string(&mut String::new())?;
                self.blanks();
                if !self.take(b':') {
                    return Err(self.error("a colon is missing"));
                }
                self.blanks();
            }
            self.pass()?;
            self.blanks();
            if self.take(b',') {
                self.blanks();
            } else if self.take(close) {
                self.depth -= 1;
                return Ok(());
            } else {
                return Err(self.error("a comma or a closing bracket is missing"));
            }
        }
    }
}
