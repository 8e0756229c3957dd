//! Lists within an object: scalars are one list cell; values with their names beside them become columns, names alone
//! elements; other objects stand under the path, from the second on with their number.
//!
//! Where the objects say what they are, as phone numbers do, WhatsApp and mobile stand first, and a fax stands under a
//! path of its own, where nobody takes it for a phone.

use super::entry::{Content, Entry};
use super::flatten::Flattener;
use super::token::{Parsed, Parser};
use super::typed::Wrapped;
use crate::row::LIST_END;
use crate::vocabulary::PhoneKind;

/// An object in a list that becomes columns.
struct Item {
    /// Where it begins, or where the value begins that has a name beside it.
    at: usize,
    /// The name of the value's column.
    column: Option<String>,
    /// Its place in the list, from 1.
    number: usize,
    kind: PhoneKind,
    is_preferred: bool,
}

impl Parser<'_> {
    /// A list under the present path.
    pub fn list(&mut self, flat: &mut Flattener) -> Parsed {
        let begin = self.at;
        self.deeper()?;
        self.at += 1;
        self.blanks();
        flat.is_plain &= self.peek() != Some(b'{');
        if self.peek() == Some(b'{') && self.passes_contacts(flat, begin)? {
            self.depth -= 1;
            return Ok(());
        }
        let path = flat.path.len();
        let begun = flat.elements.len();
        let mut items = Vec::new();
        let mut pieces = String::new();
        let mut number = 0;
        if !self.take(b']') {
            loop {
                number += 1;
                flat.is_plain &= !matches!(self.peek(), Some(b'{' | b'['));
                match self.peek() {
                    Some(b'{') => self.element(flat, number, &mut items, &mut pieces)?,
                    Some(b'[') => {
                        if number > 1 {
                            flat.path.push_str(&format!(" {number}"));
                        }
                        self.list(flat)?;
                    }
                    _ => self.scalar_element(flat)?,
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
        if !items.is_empty() {
            let end = self.at;
            self.items(flat, items)?;
            self.at = end;
        }
        self.depth -= 1;
        let elements = flat.elements.get(begun..).unwrap_or_default();
        if elements.is_empty() && pieces.is_empty() {
            return Ok(());
        }
        let start = flat.text.len();
        flat.text.push_str(&pieces);
        flat.text.push_str(elements);
        flat.elements.truncate(begun);
        self.set(flat, start)?;
        self.note(flat, begin);
        Ok(())
    }

    /// Passes over the list that begins at `start` if further contacts are in it.
    fn passes_contacts(&mut self, flat: &mut Flattener, start: usize) -> Parsed<bool> {
        if flat.reads_list() {
            return Ok(false);
        }
        let first = std::mem::replace(&mut self.at, start);
        self.pass()?;
        let is_left = flat.leaves_list(self.bytes.get(start..self.at).unwrap_or_default());
        if !is_left {
            self.at = first;
        }
        Ok(is_left)
    }

    fn scalar_element(&mut self, flat: &mut Flattener) -> Parsed {
        let start = flat.elements.len();
        self.scalar(&mut flat.elements)?;
        if flat.elements.len() > start {
            flat.elements.push(LIST_END);
        }
        Ok(())
    }

    /// An object in a list. What becomes columns is left for later: the best are first.
    fn element(&mut self, flat: &mut Flattener, number: usize, items: &mut Vec<Item>, pieces: &mut String) -> Parsed {
        let at = self.at;
        match self.wrapped(flat)? {
            Some(Wrapped::Piece(at)) => {
                let end = std::mem::replace(&mut self.at, at);
                self.scalar(pieces)?;
                self.at = end;
                return Ok(());
            }
            Some(Wrapped::At(at)) if !matches!(self.bytes.get(at), Some(b'{' | b'[')) => {
                let end = std::mem::replace(&mut self.at, at);
                self.scalar_element(flat)?;
                self.at = end;
                return Ok(());
            }
            Some(Wrapped::At(at)) => {
                let item = Item { at, column: None, number, kind: PhoneKind::Any, is_preferred: false };
                items.push(item);
                return Ok(());
            }
            Some(Wrapped::Empty | Wrapped::Time(_)) => return Ok(()),
            Some(Wrapped::Typed(_)) => self.at = at,
            None => {}
        }
        let Entry { content, kind, is_preferred } = self.entry(flat)?;
        match content {
            Content::Column(name, at) => items.push(Item { at, column: Some(name), number, kind, is_preferred }),
            Content::Object => items.push(Item { at, column: None, number, kind, is_preferred }),
            Content::Label(name) if name.is_empty() => {}
            Content::Label(name) => {
                flat.elements.push_str(&name);
                flat.elements.push(LIST_END);
            }
        }
        Ok(())
    }

    /// The objects of a list as columns, the best first.
    fn items(&mut self, flat: &mut Flattener, mut items: Vec<Item>) -> Parsed {
        let path = flat.path.len();
        let numbers: Vec<usize> = items.iter().filter(|item| item.column.is_none()).map(|item| item.number).collect();
        let mut numbers = numbers.into_iter();
        // Where it is kept, at home or at work, says nothing about which is better.
        let rank = |kind| if kind == PhoneKind::Place { PhoneKind::Any } else { kind };
        items.sort_by_key(|item| (rank(item.kind), !item.is_preferred));
        for item in &items {
            self.at = item.at;
            match &item.column {
                Some(name) => {
                    flat.path.push('.');
                    flat.path.push_str(name);
                }
                None => {
                    if let Some(number) = numbers.next().filter(|number| *number > 1) {
                        flat.path.push_str(&format!(" {number}"));
                    }
                }
            }
            if item.kind == PhoneKind::Fax {
                flat.path.push_str(" fax");
            }
            if item.column.is_some() {
                flat.make_unique();
            }
            self.value(flat)?;
            flat.path.truncate(path);
        }
        Ok(())
    }

    /// Passes over an object or a list, checking it like any other.
    pub fn pass(&mut self) -> Parsed {
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
