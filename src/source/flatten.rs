//! One JSON object as cells: members of nested objects become dotted columns, lists of scalars list cells.
//!
//! This is a parser of its own and not serde_json, because it keeps every digit of a number, writes straight
//! into the row, and refuses what would be silently lost: a key that occurs twice, half a surrogate pair.
//! Tests compare it with serde_json.

mod alike;

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::MAX_COLUMNS;
use super::entry::Content;
use super::evidence::holds_contacts;
use super::notice::Notice;
use super::outline::Node;
use super::pieces::elements;
use super::template::{Template, Value};
use super::token::{ParseError, Parsed, Parser};
use crate::row::{Code, Row};
use crate::vocabulary::{Meaning, meaning};

/// Where a file of rejected rows keeps an element that could not be read, to be mended.
pub const KEPT: &str = "m1import_raw";

/// The columns met so far, in the order of their first appearance; and the cells of the present record.
#[derive(Default)]
pub(super) struct Flattener {
    pub names: Vec<String>,
    /// The bytes of all names.
    named: usize,
    positions: HashMap<Box<str>, usize, RandomState>,
    /// Of each column, which part of `text` the present record gives it; `ABSENT` where none.
    cells: Vec<(u32, u32)>,
    /// How many of them reach to the last one that the present record fills.
    used: usize,
    pub text: String,
    /// The elements so far of the lists we are in.
    pub elements: String,
    pub path: String,
    /// The column that came first in the record before, then the one that came after each: most files repeat their order.
    after: Vec<usize>,
    /// The place in `after` of the column that was filled last.
    last: usize,
    /// The column of what a file of rejected rows keeps, if there is one.
    kept: Option<usize>,
    /// The line on which the record begins.
    pub line: u64,
    /// Lists of objects are columns whatever is in them.
    pub reads_all_lists: bool,
    /// The lists met so far, and whether they hold further contacts.
    lists: HashMap<Box<str>, ListKind, RandomState>,
    /// What is not read: lists of further contacts, ids of tags.
    pub left: Vec<Notice>,
    /// The columns that hold tags.
    tags: Vec<usize>,
    /// What names mean, for which that was asked.
    meanings: HashMap<Box<str>, Option<Meaning>, RandomState>,
    /// How the records before were written.
    template: Template,
    /// The values of the present record.
    pub values: Vec<Value>,
    /// The present record can be learned from: a plain object of texts, numbers and lists of them.
    pub is_plain: bool,
}

/// How many lists at one path are looked at.
const LOOKS: u8 = 8;

/// What is known of the lists at one path.
#[derive(Default, Clone, Copy)]
struct ListKind {
    holds_contacts: bool,
    /// How often one has been looked at.
    looked: u8,
}

/// The most bytes of all names together.
const MAX_NAMES: usize = 8 << 20;

/// No part of any text.
const ABSENT: (u32, u32) = (u32::MAX, u32::MAX);

impl Flattener {
    /// Reads the bytes of one element into the row.
    pub fn read(&mut self, bytes: &[u8], row: &mut Row) -> Result<(), ParseError> {
        let text = simdutf8::basic::from_utf8(bytes).map_err(|_| {
            let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
            ParseError { code: Code::RowEncoding, detail: "", at, fatal: false }
        })?;
        if self.template.read(bytes, &mut self.values) == Some(bytes.len()) && self.fill(text, row) {
            return Ok(());
        }
        self.parse(text, row)
    }

    fn begin(&mut self) {
        self.text.clear();
        self.path.clear();
        self.elements.clear();
        // A record costs what it holds, however many columns others have brought.
        self.cells.get_mut(..self.used).unwrap_or_default().fill(ABSENT);
        self.used = 0;
        self.last = 0;
    }

    fn parse(&mut self, text: &str, row: &mut Row) -> Result<(), ParseError> {
        self.begin();
        self.values.clear();
        self.is_plain = true;
        let mut parser = Parser::new(text);
        parser.blanks();
        if parser.peek() != Some(b'{') {
            return Err(parser.error("not an object"));
        }
        parser.object(self)?;
        let end = parser.at;
        parser.blanks();
        if parser.at < text.len() {
            return Err(parser.error("something stands behind the object"));
        }
        if let Some(&(start, end)) = self.kept.and_then(|column| self.cells.get(column))
            && let Some(kept) = self.text.get(start as usize..end as usize)
            && !kept.is_empty()
        {
            let kept = kept.to_owned();
            return self.read(kept.as_bytes(), row).map_err(|broken| ParseError { at: 0, ..broken });
        }
        row.fill_with(&mut self.text, self.cells.get(..self.used).unwrap_or_default());
        if self.is_plain && self.kept.is_none() {
            self.template.learn(text.as_bytes().get(..end).unwrap_or_default(), &self.values);
        }
        Ok(())
    }

    /// Whether it is known that the lists at the present path hold no further contacts.
    pub fn reads_list(&self) -> bool {
        /// How many paths are remembered.
        const PATHS: usize = 1_000;
        let known = self.lists.get(self.path.as_str());
        let is_read = known.map_or(self.lists.len() >= PATHS, |kind| !kind.holds_contacts && kind.looked >= LOOKS);
        self.reads_all_lists || is_read
    }

    /// Whether the list at the present path holds further contacts, which are not this record's; they are counted.
    pub fn leaves_list(&mut self, list: &[u8]) -> bool {
        let mut kind = self.lists.get(self.path.as_str()).copied().unwrap_or_default();
        if !kind.holds_contacts {
            kind.looked += 1;
            let key = self.path.rsplit('.').next().unwrap_or_default();
            kind.holds_contacts = Node::of(list).is_some_and(|list| holds_contacts(key, &list, true));
            self.lists.insert(self.path.as_str().into(), kind);
        }
        if kind.holds_contacts {
            self.count_left(elements(list).map_or(1, |elements| elements.len() as u64));
        }
        kind.holds_contacts
    }

    /// Counts a number in place of a tag, which stands under the present path.
    fn count_tag_id(&mut self) {
        let is_this = |notice: &&mut Notice| matches!(notice, Notice::TagIds { column, .. } if *column == self.path);
        match self.left.iter_mut().find(is_this) {
            Some(known) => known.count(1, self.line),
            None => self.left.push(Notice::TagIds { column: self.path.clone(), count: 1, lines: vec![self.line] }),
        }
    }

    fn count_left(&mut self, contacts: u64) {
        let is_this = |notice: &&mut Notice| matches!(notice, Notice::ListLeft { list, .. } if *list == self.path);
        match self.left.iter_mut().find(is_this) {
            Some(known) => known.count(contacts, self.line),
            None => self.left.push(Notice::ListLeft { list: self.path.clone(), contacts, lines: vec![self.line] }),
        }
    }

    /// Whether the column of the present path holds tags. A number there is the id of one.
    fn is_tags_here(&mut self) -> bool {
        let column = self.column();
        column.is_some_and(|column| self.tags.contains(&column))
    }

    /// What the name of the present path means.
    pub fn meaning_here(&mut self) -> Option<Meaning> {
        let path = std::mem::take(&mut self.path);
        let meaning = self.meaning_of(&path);
        self.path = path;
        meaning
    }

    /// What a name means.
    pub fn meaning_of(&mut self, name: &str) -> Option<Meaning> {
        const MOST: usize = 2_000;
        if let Some(known) = self.meanings.get(name) {
            return *known;
        }
        let meaning = meaning(name).map(|(meaning, _)| meaning);
        if self.meanings.len() < MOST {
            self.meanings.insert(name.into(), meaning);
        }
        meaning
    }

    /// Adds a number to the present path, if the record has that column already.
    pub fn make_unique(&mut self) {
        let length = self.path.len();
        let mut number = 1;
        while self
            .positions
            .get(self.path.as_str())
            .and_then(|&column| self.cells.get(column))
            .is_some_and(|cell| *cell != ABSENT)
        {
            number += 1;
            self.path.truncate(length);
            self.path.push_str(&format!(" {number}"));
        }
    }

    /// The column of the present path; it is added when it is new.
    fn column(&mut self) -> Option<usize> {
        let guess = self.after.get(self.last).copied().unwrap_or(0);
        let column = if self.names.get(guess) == Some(&self.path) {
            guess
        } else if let Some(&known) = self.positions.get(self.path.as_str()) {
            known
        } else {
            let new = self.names.len();
            self.named += self.path.len();
            if new >= MAX_COLUMNS || self.named > MAX_NAMES {
                return None;
            }
            if self.path == KEPT {
                self.kept = Some(new);
            }
            if self.meaning_here() == Some(Meaning::Tags) {
                self.tags.push(new);
            }
            self.names.push(self.path.clone());
            self.positions.insert(self.path.as_str().into(), new);
            self.cells.push(ABSENT);
            self.after.resize(new + 2, new + 1);
            new
        };
        if let Some(after) = self.after.get_mut(self.last) {
            *after = column;
        }
        self.last = column + 1;
        Some(column)
    }
}

impl Parser<'_> {
    /// The members of an object, each under the path so far.
    pub fn object(&mut self, flat: &mut Flattener) -> Parsed {
        self.members(flat, |parser, flat| parser.value(flat))
    }

    /// Walks over an object: `member` is called for each value, with the key added to the path.
    pub fn members(
        &mut self,
        flat: &mut Flattener,
        mut member: impl FnMut(&mut Self, &mut Flattener) -> Parsed,
    ) -> Parsed {
        self.deeper()?;
        self.at += 1;
        self.blanks();
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(());
        }
        let parent = flat.path.len();
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in quotes is missing"));
            }
            if parent > 0 {
                flat.path.push('.');
            }
            let key = flat.path.len();
            self.string(&mut flat.path)?;
            flat.is_plain &= flat.path.get(key..).is_some_and(|key| !key.is_empty() && !key.contains('.'));
            self.blanks();
            if !self.take(b':') {
                return Err(self.error("a colon is missing"));
            }
            self.blanks();
            member(self, flat)?;
            flat.path.truncate(parent);
            self.blanks();
            if self.take(b',') {
                self.blanks();
            } else if self.take(b'}') {
                self.depth -= 1;
                return Ok(());
            } else {
                return Err(self.error("a comma or a closing brace is missing"));
            }
        }
    }

    /// Whatever stands under the present path.
    pub fn value(&mut self, flat: &mut Flattener) -> Parsed {
        match self.peek() {
            Some(b'{') => match self.wrapped(flat)? {
                Some(wrapped) => self.unwrapped(flat, &wrapped),
                None => self.object_here(flat),
            },
            Some(b'[') => self.list(flat),
            first => {
                let (begin, start) = (self.at, flat.text.len());
                self.scalar(&mut flat.text)?;
                if matches!(first, Some(b'0'..=b'9')) && flat.is_tags_here() {
                    flat.path.push_str(" id");
                    flat.count_tag_id();
                    flat.is_plain = false;
                }
                self.set(flat, start)?;
                self.note(flat, begin);
                Ok(())
            }
        }
    }

    /// An object; under a number it may be the value of a column with its name beside it: `{"3": {"name": "phone",
    /// "answer": …}}`.
    fn object_here(&mut self, flat: &mut Flattener) -> Parsed {
        if !flat.path.ends_with(|c: char| c.is_ascii_digit()) {
            return self.object(flat);
        }
        let parent = flat.path.rfind('.').unwrap_or(0);
        let is_numbered = flat
            .path
            .get(parent..)
            .is_some_and(|key| key.len() > 1 && key.bytes().skip(1).all(|byte| byte.is_ascii_digit()));
        if !is_numbered {
            return self.object(flat);
        }
        flat.is_plain = false;
        let start = self.at;
        let Content::Column(name, at) = self.entry(flat)?.content else {
            self.at = start;
            return self.object(flat);
        };
        flat.path.truncate(parent);
        flat.path.push('.');
        flat.path.push_str(&name);
        flat.make_unique();
        let end = std::mem::replace(&mut self.at, at);
        self.value(flat)?;
        self.at = end;
        Ok(())
    }

    /// Notes where the value stands that was given to a column last.
    pub fn note(&self, flat: &mut Flattener, begin: usize) {
        flat.values.extend(flat.last.checked_sub(1).map(|column| Value { column, begin, end: self.at }));
    }

    /// Gives the text since `start` to the column of the present path.
    pub fn set(&self, flat: &mut Flattener, start: usize) -> Parsed {
        let Some(column) = flat.column() else {
            return Err(ParseError { fatal: true, ..self.error("too many different keys") });
        };
        let end = flat.text.len();
        flat.used = flat.used.max(column + 1);
        match flat.cells.get_mut(column) {
            // An element is at most 4 MiB long.
            Some(cell) if *cell == ABSENT => *cell = (start as u32, end as u32),
            _ => return Err(self.error("a key stands twice in one object")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
