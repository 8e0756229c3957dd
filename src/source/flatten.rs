//! One JSON object as cells: members of nested objects become dotted columns, lists of scalars list cells.
//!
//! This is a reader of its own and not serde_json, because it keeps every digit of a number, writes straight
//! into the row, and refuses what would be silently lost: a key that occurs twice, half a surrogate pair.
//! Tests compare it with serde_json.

use std::collections::HashMap;

use super::MAX_COLUMNS;
use crate::row::{Code, LIST_END, Row};

/// Deeper elements are rejected.
const MAX_DEPTH: usize = 64;

/// The columns met so far, in the order of their first appearance; and the cells of the present record.
#[derive(Default)]
pub(super) struct Flat {
    pub names: Vec<String>,
    positions: HashMap<Box<str>, usize>,
    /// Of each column, which part of `text` the present record gives it.
    cells: Vec<Option<(usize, usize)>>,
    text: String,
    path: String,
    /// The column that came after this one in the record before: most files repeat their order.
    after: Vec<usize>,
    last: usize,
}

/// Why an element is no record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub code: Code,
    pub detail: &'static str,
    /// Where in the element.
    pub at: usize,
    /// There are too many columns to go on at all.
    pub fatal: bool,
}

impl Flat {
    /// Reads the bytes of one element into the row.
    pub fn read(&mut self, bytes: &[u8], row: &mut Row) -> Result<(), Broken> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                return Err(Broken { code: Code::RowEncoding, detail: "", at: error.valid_up_to(), fatal: false });
            }
        };
        self.text.clear();
        self.path.clear();
        self.cells.fill(None);
        self.last = 0;
        let mut reader = Reader { text, bytes, at: 0, depth: 0 };
        reader.blanks();
        if reader.peek() != Some(b'{') {
            return Err(reader.broken("not an object"));
        }
        reader.object(self)?;
        reader.blanks();
        if reader.at < bytes.len() {
            return Err(reader.broken("something stands behind the object"));
        }
        let used = self.cells.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        for cell in self.cells.iter().take(used) {
            let (start, end) = cell.unwrap_or_default();
            row.push(self.text.get(start..end).unwrap_or_default());
        }
        Ok(())
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
            if new >= MAX_COLUMNS {
                return None;
            }
            self.names.push(self.path.clone());
            self.positions.insert(self.path.as_str().into(), new);
            self.cells.push(None);
            self.after.push(new + 1);
            new
        };
        if let Some(after) = self.after.get_mut(self.last) {
            *after = column;
        }
        self.last = column;
        Some(column)
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

type Read<T = ()> = Result<T, Broken>;

impl Reader<'_> {
    fn broken(&self, detail: &'static str) -> Broken {
        Broken { code: Code::RowMalformed, detail, at: self.at, fatal: false }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn deeper(&mut self) -> Read {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Broken { code: Code::RowTooDeep, detail: "", at: self.at, fatal: false });
        }
        Ok(())
    }

    /// The members of an object, each under the path so far.
    fn object(&mut self, flat: &mut Flat) -> Read {
        self.members(flat, |reader, flat| reader.value(flat))
    }

    /// Walks over an object: `member` is called for each value, with the key added to the path.
    fn members(&mut self, flat: &mut Flat, mut member: impl FnMut(&mut Self, &mut Flat) -> Read) -> Read {
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
                return Err(self.broken("a key in quotes is missing"));
            }
            if parent > 0 {
                flat.path.push('.');
            }
            self.string(&mut flat.path)?;
            self.blanks();
            if !self.take(b':') {
                return Err(self.broken("a colon is missing"));
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
                return Err(self.broken("a comma or a closing brace is missing"));
            }
        }
    }

    /// Whatever stands under the present path.
    fn value(&mut self, flat: &mut Flat) -> Read {
        match self.peek() {
            Some(b'{') => self.object(flat),
            Some(b'[') => self.list(flat),
            _ => {
                let start = flat.text.len();
                self.scalar(&mut flat.text)?;
                self.set(flat, start)
            }
        }
    }

    /// Gives the text since `start` to the column of the present path.
    fn set(&self, flat: &mut Flat, start: usize) -> Read {
        let Some(column) = flat.column() else {
            return Err(Broken { fatal: true, ..self.broken("too many different keys") });
        };
        let end = flat.text.len();
        match flat.cells.get_mut(column) {
            Some(cell @ None) => *cell = Some((start, end)),
            _ => return Err(self.broken("a key stands twice in one object")),
        }
        Ok(())
    }

    /// A list: scalars are one list cell; `{name, value}` become columns, `{name}` elements; other objects stand
    /// under the path, from the second on with their number.
    fn list(&mut self, flat: &mut Flat) -> Read {
        self.deeper()?;
        self.at += 1;
        self.blanks();
        let path = flat.path.len();
        let mut elements = String::new();
        let mut number = 0;
        if !self.take(b']') {
            loop {
                number += 1;
                match self.peek() {
                    Some(b'{') => self.element(flat, &mut elements, number)?,
                    Some(b'[') => {
                        if number > 1 {
                            flat.path.push_str(&format!(" {number}"));
                        }
                        self.list(flat)?;
                    }
                    _ => {
                        let start = elements.len();
                        self.scalar(&mut elements)?;
                        if elements.len() > start {
                            elements.push(LIST_END);
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
                    return Err(self.broken("a comma or a closing bracket is missing"));
                }
            }
        }
        self.depth -= 1;
        if elements.is_empty() {
            return Ok(());
        }
        let start = flat.text.len();
        flat.text.push_str(&elements);
        self.set(flat, start)
    }

    /// An object in a list.
    fn element(&mut self, flat: &mut Flat, elements: &mut String, number: usize) -> Read {
        let from = self.at;
        let Pair { key, value, others } = self.pair(flat)?;
        match (key, value) {
            (Some(key), Some(value)) if !others => {
                flat.path.push('.');
                flat.path.push_str(&key);
                let start = flat.text.len();
                flat.text.push_str(&value);
                self.set(flat, start)
            }
            (Some(name), None) if !name.is_empty() => {
                elements.push_str(&name);
                elements.push(LIST_END);
                Ok(())
            }
            _ => {
                self.at = from;
                if number > 1 {
                    flat.path.push_str(&format!(" {number}"));
                }
                self.object(flat)
            }
        }
    }

    /// Looks whether an object in a list is a name with or without a value.
    fn pair(&mut self, flat: &mut Flat) -> Read<Pair> {
        let mut pair = Pair::default();
        let parent = flat.path.len() + 1;
        self.members(flat, |reader, flat| {
            let slot = match flat.path.get(parent..).unwrap_or_default() {
                "name" | "key" | "Name" | "Key" => Some(&mut pair.key),
                "value" | "Value" => Some(&mut pair.value),
                // What else services put beside the name of a tag.
                "id" | "_id" | "type" | "color" | "slug" => None,
                _ => {
                    pair.others = true;
                    None
                }
            };
            match (reader.peek(), slot) {
                (Some(b'{' | b'['), slot) => {
                    pair.others |= slot.is_some();
                    reader.pass()
                }
                (_, Some(slot)) => reader.scalar(slot.insert(String::new())),
                (_, None) => reader.scalar(&mut String::new()),
            }
        })?;
        if pair.others {
            pair.key = None;
        }
        Ok(pair)
    }

    /// Passes over an object or a list, checking it like any other.
    fn pass(&mut self) -> Read {
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
                    return Err(self.broken("a key in quotes is missing"));
                }
                self.string(&mut String::new())?;
                self.blanks();
                if !self.take(b':') {
                    return Err(self.broken("a colon is missing"));
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
                return Err(self.broken("a comma or a closing bracket is missing"));
            }
        }
    }

    /// A string's text, a number as it stands, true or false; nothing for null.
    fn scalar(&mut self, to: &mut String) -> Read {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match self.peek() {
            Some(b'"') => self.string(to),
            Some(b'-' | b'0'..=b'9') => self.number(to),
            Some(b't') if rest.starts_with("true") => self.word("true", to),
            Some(b'f') if rest.starts_with("false") => self.word("false", to),
            Some(b'n') if rest.starts_with("null") => {
                self.at += 4;
                Ok(())
            }
            _ => Err(self.broken("a value is missing or not JSON")),
        }
    }

    fn word(&mut self, word: &str, to: &mut String) -> Read {
        self.at += word.len();
        to.push_str(word);
        Ok(())
    }

    /// A number, copied as it stands: not a digit is lost.
    fn number(&mut self, to: &mut String) -> Read {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
        }
        to.push_str(self.text.get(start..self.at).unwrap_or_default());
        Ok(())
    }

    fn digits(&mut self) -> Read {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.broken("a number is not JSON")) } else { Ok(()) }
    }

    /// A string from its opening quote on, its escapes resolved.
    fn string(&mut self, to: &mut String) -> Read {
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(length) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = self.bytes.len();
                return Err(self.broken("a string has no end"));
            };
            let piece = self.text.get(self.at..self.at + length).unwrap_or_default();
            if piece.bytes().any(|byte| byte < 0x20) {
                return Err(self.broken("a control character stands in a string"));
            }
            to.push_str(piece);
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => self.escape(to)?,
            }
        }
    }

    fn escape(&mut self, to: &mut String) -> Read {
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        to.push(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => self.unicode()?,
            _ => return Err(self.broken("an escape is not JSON")),
        });
        Ok(())
    }

    /// The four digits behind `\u`, and those of the second half of a pair.
    fn unicode(&mut self) -> Read<char> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.take(b'\\') && self.take(b'u') {
            let second = self.hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(self.broken("half a surrogate pair stands alone"));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.broken("half a surrogate pair stands alone"))
    }

    fn hex(&mut self) -> Read<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        let mut code = 0;
        for &digit in digits {
            let digit = char::from(digit).to_digit(16).ok_or_else(|| self.broken("an escape is not JSON"))?;
            code = code * 16 + digit;
        }
        if digits.len() < 4 {
            return Err(self.broken("an escape is not JSON"));
        }
        self.at += 4;
        Ok(code)
    }
}

/// What an object in a list says, if it is a name with or without a value.
#[derive(Default)]
struct Pair {
    key: Option<String>,
    value: Option<String>,
    others: bool,
}

#[cfg(test)]
mod tests;
