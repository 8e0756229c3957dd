//! The outline of a JSON document: the beginning of each list and object, enough to see where the contacts are.

use std::cell::{Cell, OnceCell};
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::MAX_RECORD;
use super::cursor::{Cursor, Extent};
use super::error::ErrorKind;
use super::evidence::{Evidence, are_contacts};

/// How many elements of a list are looked at.
const ELEMENTS: usize = 100;
/// How many members of an object are looked at.
const MEMBERS: usize = 1_000;
/// How many values are kept in all: some 10 MB.
const NODES: usize = 100_000;
/// Deeper values are not looked at.
const DEPTH: usize = 16;

/// A value, or its beginning.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A string, number, boolean or null.
    Scalar(Value),
    List(Vec<Node>),
    Object(Object),
    /// It cannot be read, or was not looked at.
    Unknown,
}

/// An object, and what speaks for it being a contact, once somebody has asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object {
    pub members: Vec<(String, Node)>,
    pub evidence: OnceCell<Evidence>,
}

impl From<Vec<(String, Node)>> for Node {
    fn from(members: Vec<(String, Node)>) -> Node {
        Node::Object(Object { members, evidence: OnceCell::new() })
    }
}

impl Node {
    /// The value in these bytes, or its beginning; nothing if it is not JSON.
    pub fn of(bytes: &[u8]) -> Option<Node> {
        NodeSeed(&Cell::new(NODES)).deserialize(&mut serde_json::Deserializer::from_slice(bytes)).ok()
    }

    pub fn null() -> Node {
        Node::Scalar(Value::Null)
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Node::Scalar(Value::Null))
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Node::Object(_))
    }

    pub fn as_list(&self) -> Option<&[Node]> {
        if let Node::List(items) = self { Some(items) } else { None }
    }

    pub fn as_object(&self) -> Option<&[(String, Node)]> {
        if let Node::Object(object) = self { Some(&object.members) } else { None }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Node::Scalar(Value::String(text)) = self { Some(text) } else { None }
    }
}

/// Looks at the values at the top, the first few of them.
///
/// # Errors
/// Reading fails, or the first value of an object has no end. What else is wrong with the document is told when it is
/// read.
pub(super) fn outline(cursor: &mut Cursor) -> Result<Vec<Node>, ErrorKind> {
    const VALUES: usize = 3;
    let mut look = Look { left: Cell::new(NODES), stop: false };
    let mut values = Vec::new();
    while values.len() < VALUES && !look.stop {
        let value = match cursor.peek()? {
            None => break,
            Some(b',' | 0x1e) => {
                cursor.advance(1);
                continue;
            }
            Some(b'[') => look.list(cursor, 0),
            Some(b'{') => look.object(cursor, 0),
            Some(_) => break,
        };
        match value {
            Ok(value) => values.push(value),
            Err(error) if values.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(values)
}

struct Look {
    /// How many more values are kept.
    left: Cell<usize>,
    /// The contacts are found, and what is further on does not change that.
    stop: bool,
}

impl Look {
    fn value(&mut self, cursor: &mut Cursor, depth: usize) -> Result<Node, ErrorKind> {
        let begins = cursor.peek()?;
        let length = match cursor.extent()? {
            Extent::Whole(length) => length,
            Extent::Endless if depth < DEPTH => return self.within(cursor, begins, depth),
            Extent::Endless | Extent::Deep => return cursor.pass().map(|()| Node::Unknown),
        };
        let bytes = cursor.text.window().get(..length).unwrap_or_default();
        let mut json = serde_json::Deserializer::from_slice(bytes);
        match (NodeSeed(&self.left)).deserialize(&mut json) {
            Ok(node) => {
                cursor.advance(length);
                Ok(node)
            }
            // What is wrong with an element is told when it is read; others in the list may be right.
            Err(_) if depth < DEPTH && holds_more_than_one(bytes) => self.within(cursor, begins, depth),
            Err(_) => {
                cursor.advance(length);
                Ok(Node::Unknown)
            }
        }
    }

    fn within(&mut self, cursor: &mut Cursor, begins: Option<u8>, depth: usize) -> Result<Node, ErrorKind> {
        match begins {
            Some(b'[') => self.list(cursor, depth),
            Some(b'{') => self.object(cursor, depth),
            _ => cursor.pass().map(|()| Node::Unknown),
        }
    }

    fn list(&mut self, cursor: &mut Cursor, depth: usize) -> Result<Node, ErrorKind> {
        cursor.require(b'[')?;
        let mut items = Vec::new();
        loop {
            match cursor.peek()? {
                None => break,
                Some(b',') => cursor.advance(1),
                Some(b']') => {
                    cursor.advance(1);
                    break;
                }
                // A brace here closes what is around the list.
                Some(b'}') => break,
                Some(_) if items.len() < ELEMENTS && self.left.get() > 0 => {
                    let item = self.value(cursor, depth + 1);
                    // A list that is cut short has been found all the same.
                    let Ok(item) = item else { break };
                    if !is_passed_over(&item, &items) {
                        items.push(item);
                    }
                }
                Some(_) if depth == 0 => {
                    self.stop = true;
                    break;
                }
                Some(_) => {
                    self.stop_if_found(cursor, &items);
                    if self.stop {
                        break;
                    }
                    cursor.pass()?;
                }
            }
            if self.stop {
                break;
            }
        }
        self.stop_if_found(cursor, &items);
        Ok(Node::List(items))
    }

    /// Stops where the elements are contacts and more was read than a record can hold: nothing around it is a record.
    fn stop_if_found(&mut self, cursor: &Cursor, items: &[Node]) {
        self.stop |= cursor.passed > 2 * MAX_RECORD as u64 && are_contacts(items);
    }

    fn object(&mut self, cursor: &mut Cursor, depth: usize) -> Result<Node, ErrorKind> {
        cursor.require(b'{')?;
        let mut members = Vec::new();
        // What is wrong with the document is told when it is read.
        while let Ok(Some(key)) = cursor.key() {
            if members.len() < MEMBERS && self.left.get() > 0 {
                match self.value(cursor, depth + 1) {
                    Ok(node) => members.push((key, node)),
                    Err(error) if members.is_empty() => return Err(error),
                    Err(_) => break,
                }
            } else {
                cursor.pass()?;
            }
            if self.stop {
                break;
            }
        }
        Ok(members.into())
    }
}

/// Whether the item is a gap in a list of objects; among the cells of a row it is an empty cell.
fn is_passed_over(item: &Node, items: &[Node]) -> bool {
    item.is_null() && items.iter().all(Node::is_object)
}

/// Whether several values lie in it, so that looking at each by itself may help.
fn holds_more_than_one(bytes: &[u8]) -> bool {
    bytes.get(1..).is_some_and(|rest| memchr::memchr2(b'{', b'[', rest).is_some())
}

/// Reads a value, and keeps as much of it as is left to keep.
#[derive(Clone, Copy)]
struct NodeSeed<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        self.0.set(self.0.get().saturating_sub(1));
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::null())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        /// What is longer than this is no name, no number and no address.
        const LONGEST: usize = 300;
        Ok(Node::Scalar(text.chars().take(LONGEST).collect::<String>().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while items.len() < ELEMENTS && self.0.get() > 0 {
            match from.next_element_seed(self)? {
                None => return Ok(Node::List(items)),
                Some(item) if is_passed_over(&item, &items) => {}
                Some(item) => items.push(item),
            }
        }
        while from.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while members.len() < MEMBERS && self.0.get() > 0 {
            match from.next_key::<String>()? {
                None => return Ok(members.into()),
                Some(key) => members.push((key, from.next_value_seed(self)?)),
            }
        }
        while from.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(members.into())
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Scalar(value) => value.serialize(to),
            Node::List(items) => to.collect_seq(items),
            Node::Object(object) => to.collect_map(object.members.iter().map(|(key, node)| (key, node))),
            Node::Unknown => to.serialize_unit(),
        }
    }
}
