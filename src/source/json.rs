//! JSON documents, element by element: the shape says where the contacts are, and the reader goes from one to the next.
//!
//! A scanner finds where each element ends, so that memory stays flat, and a broken element costs only itself.

use super::cursor::{Cursor, Extent};
use super::error::ErrorKind;
use super::flatten::Flattener;
use super::form::{Transposed, from_cells, is_header, with};
use super::outline::outline;
use super::pieces::members;
use super::shape::{Form, Shape, Step, find};
use super::text::Utf8Buffer;
use super::token::{ParseError, Parsed};
use super::{MAX_RECORD, RowError};
use crate::row::{Code, Row};
use crate::vocabulary::{Meaning, meaning};

/// A reading of elements.
pub(super) struct Json {
    pub cursor: Cursor,
    pub flat: Flattener,
    shape: Shape,
    /// The lists and objects around the place where we are, the innermost last: one for each step taken.
    levels: Vec<Level>,
    /// A value begins here that has not been entered.
    is_at_value: bool,
    /// A document at the top has been entered.
    is_begun: bool,
    /// What was passed over behind a string without an end ends like a document.
    is_closed: bool,
    /// The key of the member we are at.
    key: String,
    /// Members of the objects around that hold for each contact within: the group, the country.
    inherited: Vec<(String, Vec<u8>)>,
    /// A table by columns that is being read, and the line on which it begins.
    table: Option<(u64, Transposed)>,
}

/// A list or an object on the way to the contacts.
struct Level {
    /// The line on which it begins.
    begun: u64,
    /// The member that leads on was there.
    is_found: bool,
    /// It is one element without the list around it.
    is_single: bool,
    /// How many members were inherited before.
    inherited: usize,
    /// Its members are still to be inherited.
    inherits: bool,
}

const MISSING: &str = "the list of contacts is missing here";
const BEHIND: &str = "something stands behind the list of contacts";
const NOT_JSON: &str = "this is not JSON";
/// What a table by columns is called where it cannot be read.
const BY_COLUMNS: &str = "this is a table written by columns, longer than 4 MiB or uneven; export it by rows (pandas: \
                          orient=\"records\")";

impl Json {
    pub fn new(text: Utf8Buffer, shape: Shape) -> Json {
        Json {
            cursor: Cursor::new(text),
            flat: Flattener::default(),
            shape,
            levels: Vec::new(),
            is_at_value: false,
            is_begun: false,
            is_closed: false,
            key: String::new(),
            inherited: Vec::new(),
            table: None,
        }
    }

    /// Finds where the contacts are.
    pub fn shape(text: Utf8Buffer) -> Result<Shape, ErrorKind> {
        let mut cursor = Cursor::new(text);
        match cursor.peek()? {
            Some(b'{' | b'[' | 0x1e) | None => find(&outline(&mut cursor)?),
            Some(_) => Err(cursor.wrong(NOT_JSON)),
        }
    }

    /// Reads the next element.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        loop {
            row.clear();
            if let Some((line, table)) = &mut self.table {
                row.location.line = *line;
                if let Some((_, object)) = table.next() {
                    return self.made(object, row);
                }
                self.table = None;
            }
            if !self.reach()? {
                return Ok(false);
            }
            row.location.line = self.cursor.lines.line;
            match &self.shape.form {
                Form::Object => return self.object(row),
                Form::Columns => self.take_table()?,
                Form::Cells(_) => {
                    if let Some(read) = self.cells(row)? {
                        return read;
                    }
                }
            }
        }
    }

    /// Reads the object that begins here.
    fn object(&mut self, row: &mut Row) -> Result<bool, RowError> {
        let line = row.location.line;
        let window = self.cursor.text.window();
        if let Some(length) = self.flat.read_first(window, row).filter(|length| *length <= MAX_RECORD) {
            row.raw.extend_from_slice(window.get(..length).unwrap_or_default());
            self.cursor.advance(length);
            self.add_what_is_around(row).map_err(|broken| broken.fault(line, &[]))?;
            return Ok(true);
        }
        let mut length = self.cursor.element(line)?;
        let unclosed = std::mem::take(&mut self.cursor.unclosed);
        let window = self.cursor.text.window().get(..length).unwrap_or_default();
        self.flat.line = line;
        let read = self.flat.read(window, row);
        // Where an element's own brace is missing, the next one begins inside of it.
        if let Err(broken) = &read
            && broken.begins_another(window)
        {
            length = broken.at;
        }
        let raw = window.get(..length).unwrap_or_default().trim_ascii_end();
        row.raw.extend_from_slice(raw.strip_suffix(b",").unwrap_or(raw));
        let mut result = read.map_err(|broken| broken.fault(line, window));
        if result.is_ok() {
            result = self.add_what_is_around(row).map_err(|broken| broken.fault(line, &[]));
        }
        self.cursor.advance(length);
        if unclosed {
            self.resume()?;
        }
        result.map(|()| true)
    }

    /// Gives the row what the objects around it say, and the key under which it stands, where it does not say so itself.
    fn add_what_is_around(&mut self, row: &mut Row) -> Parsed {
        if self.inherited.is_empty() && self.shape.key_column.is_none() {
            return Ok(());
        }
        let key = self
            .shape
            .key_column
            .iter()
            .map(|name| (name.clone(), serde_json::Value::from(self.key.as_str()).to_string().into_bytes()));
        let own = |name: &str| self.flat.names.iter().position(|one| one == name).map_or("", |column| row.cell(column));
        let mut added: Vec<(String, Vec<u8>)> = key.chain(self.inherited.iter().cloned()).collect();
        added.retain(|(name, _)| own(name).is_empty());
        let raw = std::mem::take(&mut row.raw);
        let text = with(&added, &raw).unwrap_or_default();
        let read = self.flat.read(&text, row);
        match read {
            Ok(()) => row.raw = text,
            // The member is there, and empty.
            Err(_) => {
                self.flat.read(&raw, row)?;
                row.raw = raw;
            }
        }
        Ok(())
    }

    /// Reads an object that was made of cells.
    fn made(&mut self, object: Vec<u8>, row: &mut Row) -> Result<bool, RowError> {
        let line = row.location.line;
        self.flat.line = line;
        let read = self.flat.read(&object, row);
        row.raw = object;
        read.map_err(|broken| ParseError { at: 0, ..broken }.fault(line, &[]))?;
        self.add_what_is_around(row).map_err(|broken| broken.fault(line, &[]))?;
        Ok(true)
    }

    /// Reads the row of cells that begins here; nothing where it is the header or empty.
    fn cells(&mut self, row: &mut Row) -> Result<Option<Result<bool, RowError>>, ErrorKind> {
        let Form::Cells(names) = &self.shape.form else { return Ok(None) };
        let length = self.cursor.element(row.location.line)?;
        let window = self.cursor.text.window().get(..length).unwrap_or_default();
        let object = (!is_header(names, window)).then(|| from_cells(names, window));
        let raw = window.to_vec();
        self.cursor.advance(length);
        match object {
            None => Ok(None),
            Some(Some(object)) if object == b"{}" => Ok(None),
            Some(Some(object)) => Ok(Some(self.made(object, row))),
            Some(None) => {
                row.raw = raw;
                let line = row.location.line;
                let detail = "not a list of cells like the rows before it".to_owned();
                Ok(Some(Err(RowError::Reject { line, code: Code::RowMalformed, column: None, detail })))
            }
        }
    }

    /// Takes the table by columns that begins here.
    fn take_table(&mut self) -> Result<(), ErrorKind> {
        let line = self.cursor.lines.line;
        let table = match self.cursor.extent()? {
            Extent::Whole(length) => {
                let table = Transposed::of(self.cursor.text.window().get(..length).unwrap_or_default());
                self.cursor.advance(length);
                table
            }
            Extent::Endless | Extent::Deep => None,
        };
        let table = table.ok_or(ErrorKind::Json { line, what: BY_COLUMNS })?;
        self.table = Some((line, table));
        Ok(())
    }

    /// After a string without an end, goes on at the next line that begins with an object.
    fn resume(&mut self) -> Result<(), ErrorKind> {
        while !matches!(self.cursor.peek()?, None | Some(b'{')) {
            let mut ended = false;
            while !ended {
                let window = self.cursor.text.window();
                let end = memchr::memchr(b'\n', window);
                let line = window.get(..end.unwrap_or(window.len())).unwrap_or_default();
                self.is_closed = line.trim_ascii_end().ends_with(b"]") || line.trim_ascii_end().ends_with(b"}");
                let length = line.len();
                self.cursor.advance(length);
                ended = end.is_some() || !self.cursor.text.more()?;
            }
        }
        Ok(())
    }

    /// Moves to the beginning of the next element; false at the end of the document.
    fn reach(&mut self) -> Result<bool, ErrorKind> {
        loop {
            if self.is_at_value {
                self.is_at_value = false;
                if self.levels.len() < self.shape.steps.len() {
                    self.enter()?;
                } else if self.levels.is_empty() || !self.passes_gap()? {
                    return Ok(true);
                }
            } else if self.levels.is_empty() {
                match self.cursor.peek()? {
                    None => return Ok(false),
                    // Between objects one after another; 0x1e separates JSON text sequences.
                    Some(b',' | 0x1e) => self.cursor.advance(1),
                    Some(_) => self.is_at_value = true,
                }
            } else if !self.go_on()? {
                return Ok(false);
            }
        }
    }

    /// Goes on behind a value, in the list or object around it: to the next value that leads to contacts, or out of it.
    /// False at the end of the document.
    fn go_on(&mut self) -> Result<bool, ErrorKind> {
        let depth = self.levels.len();
        let (Some(level), Some(step)) = (self.levels.last_mut(), self.shape.steps.get(depth - 1)) else {
            return Ok(false);
        };
        if level.is_single {
            self.leave();
            return Ok(true);
        }
        match step {
            Step::Each => match self.cursor.peek()? {
                None if self.is_closed => return Ok(false),
                None => return Err(ErrorKind::Truncated { what: "the list", line: level.begun }),
                Some(b',') => self.cursor.advance(1),
                Some(b']') => {
                    self.cursor.advance(1);
                    self.leave();
                }
                Some(_) => self.is_at_value = true,
            },
            Step::EachMember => match self.cursor.key()? {
                None => self.leave(),
                Some(key) => {
                    self.key = key;
                    self.is_at_value = true;
                }
            },
            Step::Key(wanted) => match self.cursor.key()? {
                Some(key) if key == *wanted => {
                    level.is_found = true;
                    self.is_at_value = true;
                }
                Some(key) if level.inherits => self.inherit_one(key)?,
                Some(_) => self.cursor.pass()?,
                None => {
                    let is_missing = !level.is_found && !self.is_among_several(depth - 1);
                    self.leave();
                    if is_missing {
                        return Err(self.cursor.wrong(MISSING));
                    }
                }
            },
        }
        Ok(true)
    }

    /// Whether a list or an object with ids leads to the value at this depth, so that another may hold contacts.
    fn is_among_several(&self, depth: usize) -> bool {
        self.shape.steps.iter().take(depth).any(|step| !matches!(step, Step::Key(_)))
    }

    fn leave(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.inherited.truncate(level.inherited);
        }
    }

    /// Passes over a gap in a list, or a count among members with ids.
    fn passes_gap(&mut self) -> Result<bool, ErrorKind> {
        let is_member = self.shape.steps.last() == Some(&Step::EachMember);
        let is_gap = match self.cursor.peek()? {
            Some(b'n') => true,
            Some(b'0'..=b'9' | b'-' | b't' | b'f') => is_member,
            _ => false,
        };
        if is_gap {
            self.cursor.pass()?;
        }
        Ok(is_gap)
    }

    /// Goes into the value that begins here, or past it where it is none that can hold contacts.
    fn enter(&mut self) -> Result<(), ErrorKind> {
        let depth = self.levels.len();
        let begun = self.cursor.lines.line;
        let inherited = self.inherited.len();
        let is_list = self.shape.steps.get(depth) == Some(&Step::Each);
        let mut level = Level { begun, is_found: false, is_single: false, inherited, inherits: false };
        match (self.cursor.peek()?, is_list) {
            (Some(b'['), true) => {
                self.cursor.advance(1);
                self.levels.push(level);
            }
            (Some(b'{'), false) => {
                level.inherits = self.is_among_several(depth) && !self.inherit()?;
                self.cursor.advance(1);
                self.levels.push(level);
            }
            // Where there is one, some programs leave out the list.
            (Some(b'{'), true) if depth > 0 => {
                level.is_single = true;
                self.levels.push(level);
                self.is_at_value = true;
            }
            (Some(_), _) if depth > 0 => self.cursor.pass()?,
            (Some(_), _) => return Err(self.cursor.wrong(if self.is_begun { BEHIND } else { NOT_JSON })),
            (None, _) => return Err(ErrorKind::Truncated { what: "the document", line: begun }),
        }
        self.is_begun = true;
        Ok(())
    }

    /// Remembers what the object that begins here says of all contacts in it. One that is longer than a record may be is
    /// not looked at: then only what stands before the contacts is remembered.
    fn inherit(&mut self) -> Result<bool, ErrorKind> {
        let Extent::Whole(length) = self.cursor.extent()? else { return Ok(false) };
        let window = self.cursor.text.window().get(..length).unwrap_or_default();
        for (key, value) in members(window).unwrap_or_default() {
            let text = |place| window.get(place).unwrap_or_default();
            let key = serde_json::from_slice::<String>(text(key)).unwrap_or_default();
            if holds_for_all(&key, text(value.clone())) {
                self.inherited.push((key, text(value).to_vec()));
            }
        }
        Ok(true)
    }

    /// Remembers the value that begins here if it holds for all contacts in the object, and passes over it.
    fn inherit_one(&mut self, key: String) -> Result<(), ErrorKind> {
        if let Extent::Whole(length) = self.cursor.extent()? {
            let value = self.cursor.text.window().get(..length).unwrap_or_default();
            if holds_for_all(&key, value) {
                self.inherited.push((key, value.to_vec()));
            }
        }
        self.cursor.pass()
    }
}

/// Whether a member of a group says something of each contact in it: the group's name, the country.
fn holds_for_all(key: &str, value: &[u8]) -> bool {
    let is_scalar = matches!(value.first(), Some(b'"' | b'0'..=b'9'));
    let meaning = is_scalar.then(|| meaning(key)).flatten();
    matches!(meaning, Some((Meaning::Tags | Meaning::Region | Meaning::Country | Meaning::Prefix, _)))
}

#[cfg(test)]
mod tests;
