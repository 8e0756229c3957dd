//! JSON documents: an array of objects, such an array within a wrapper, objects one after another, one object.
//!
//! A scanner finds where each element ends, so that memory stays flat, and a broken element costs only itself.

use super::error::ErrorKind;
use super::flatten::Flattener;
use super::scan::Scan;
use super::text::{Lines, Utf8Buffer};
use super::{MAX_RECORD, RowError};
use crate::row::Row;
use crate::vocabulary::{KnownTitles, known_titles};

/// Keys under which services put the list of contacts, or the object that holds it.
const WRAPPERS: &[&str] = &[
    "contacts",
    "contact_list",
    "data",
    "items",
    "results",
    "records",
    "customers",
    "members",
    "payload",
    "users",
    "people",
    "persons",
    "connections",
    "leads",
    "subscribers",
    "rows",
    "entries",
    "list",
    "value",
    "hits",
    "result",
    "response",
    "body",
    "_embedded",
    "subscribers_list",
    "profiles",
];

/// How elements lie in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// In an array at the top.
    Array,
    /// In the array that stands under these keys.
    Wrapped(Vec<String>),
    /// The same, several times in an array: the pages of an export.
    Pages(Vec<String>),
    /// In an object at the top, each under a key of its own.
    Keyed,
    /// One after another at the top.
    Objects,
}

/// The search for the list of contacts in an object.
struct Search {
    /// The keys on the way to where we are.
    path: Vec<String>,
    /// The first members of the outermost object: their keys, and whether they are objects.
    members: Vec<(String, bool)>,
    /// A list under a key that we do not know, whose first element has a phone.
    other: Option<Vec<String>>,
}

impl Search {
    /// Whether no member seen so far is a field of a contact.
    fn is_silent(&self) -> bool {
        known_titles(self.members.iter().map(|(key, _)| key.as_str())) == KnownTitles::default()
    }
}

/// A reading of elements.
pub(super) struct Json {
    pub text: Utf8Buffer,
    pub flat: Flattener,
    lines: Lines,
    shape: Shape,
    within: bool,
    /// The array around pages has not ended.
    open: bool,
    /// Where the list began.
    begun: u64,
    /// The element at hand has a string that does not end on its line.
    unclosed: bool,
    /// What was passed over behind such an element ends like a document.
    closed: bool,
}

impl Json {
    pub fn new(text: Utf8Buffer, shape: Shape) -> Json {
        Json {
            text,
            flat: Flattener::default(),
            lines: Lines::default(),
            within: shape == Shape::Objects,
            shape,
            open: false,
            begun: 1,
            unclosed: false,
            closed: false,
        }
    }

    /// Finds how the elements lie.
    pub fn shape(text: Utf8Buffer) -> Result<Shape, ErrorKind> {
        let mut json = Json::new(text, Shape::Objects);
        let mut search = Search { path: Vec::new(), members: Vec::new(), other: None };
        if json.peek()? == Some(b'[') {
            json.advance(1);
            json.within = true;
            // Whatever is wrong with the first element is told of it when it is read.
            let pages = json.peek()? == Some(b'{') && json.search(&mut search).unwrap_or(false);
            let is_page = pages && search.is_silent() && json.has_phone();
            return Ok(if is_page { Shape::Pages(search.path) } else { Shape::Array });
        }
        if json.search(&mut search)? {
            return Ok(Shape::Wrapped(search.path));
        }
        let silent = search.is_silent();
        let Search { members, other, .. } = search;
        Ok(match other {
            Some(path) if silent => Shape::Wrapped(path),
            // Objects under keys that say nothing are records under their ids.
            _ if silent && members.len() > 1 && members.iter().all(|(_, object)| *object) => Shape::Keyed,
            _ => Shape::Objects,
        })
    }

    /// Reads the next element.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        row.clear();
        if !self.reach()? {
            return Ok(false);
        }
        let line = self.lines.line;
        row.location.line = line;
        let mut length = self.element(line)?;
        let unclosed = std::mem::take(&mut self.unclosed);
        let window = self.text.window().get(..length).unwrap_or_default();
        let read = self.flat.read(window, row);
        // Where an element's own brace is missing, the next one begins inside of it.
        let resumes = |at: usize| at > 0 && window.get(at) == Some(&b'{');
        if let Err(broken) = &read
            && resumes(broken.at)
        {
            length = broken.at;
        }
        let raw = window.get(..length).unwrap_or_default().trim_ascii_end();
        row.raw.extend_from_slice(raw.strip_suffix(b",").unwrap_or(raw));
        let result = read.map(|()| true).map_err(|broken| broken.fault(line, window));
        self.advance(length);
        if unclosed {
            self.resume()?;
        }
        result
    }

    /// After a string without an end, goes on at the next line that begins with an object.
    fn resume(&mut self) -> Result<(), ErrorKind> {
        while !matches!(self.peek()?, None | Some(b'{')) {
            let mut ended = false;
            while !ended {
                let window = self.text.window();
                let end = memchr::memchr(b'\n', window);
                let line = window.get(..end.unwrap_or(window.len())).unwrap_or_default();
                self.closed = line.trim_ascii_end().ends_with(b"]") || line.trim_ascii_end().ends_with(b"}");
                let length = line.len();
                self.advance(length);
                ended = end.is_some() || !self.text.more()?;
            }
        }
        Ok(())
    }

    /// Moves to the beginning of the next element; false at the end of the document.
    fn reach(&mut self) -> Result<bool, ErrorKind> {
        loop {
            if !self.within {
                if !self.enter()? {
                    return Ok(false);
                }
                self.within = true;
            }
            if self.shape == Shape::Keyed {
                if self.key()?.is_some() {
                    return Ok(true);
                }
                self.within = false;
                continue;
            }
            match self.peek()? {
                None if self.shape == Shape::Objects || self.closed => return Ok(false),
                None => return Err(ErrorKind::Truncated { what: "the list", line: self.begun }),
                Some(b',') => self.advance(1),
                // Separates JSON text sequences.
                Some(0x1e) if self.shape == Shape::Objects => self.advance(1),
                Some(b']') if self.shape != Shape::Objects => {
                    self.advance(1);
                    self.leave()?;
                    self.within = false;
                }
                Some(_) => return Ok(true),
            }
        }
    }

    /// Goes into the list of elements; false at the end of the document.
    fn enter(&mut self) -> Result<bool, ErrorKind> {
        if matches!(self.shape, Shape::Pages(_)) {
            while let Some(byte @ (b'[' | b',' | b']')) = self.peek()? {
                self.open = byte != b']';
                self.advance(1);
            }
        }
        if self.peek()?.is_none() {
            return if self.open { Err(ErrorKind::Truncated { what: "the list", line: 1 }) } else { Ok(false) };
        }
        let path = match &self.shape {
            Shape::Wrapped(path) | Shape::Pages(path) => path.clone(),
            Shape::Array | Shape::Objects | Shape::Keyed => Vec::new(),
        };
        for wanted in &path {
            self.require(b'{')?;
            loop {
                match self.key()? {
                    Some(key) if key == *wanted => break,
                    Some(_) => self.pass()?,
                    None => return Err(self.wrong("the list of contacts is missing here")),
                }
            }
        }
        self.begun = self.lines.line;
        self.require(if self.shape == Shape::Keyed { b'{' } else { b'[' })?;
        Ok(true)
    }

    /// Goes out of the objects around the list.
    fn leave(&mut self) -> Result<(), ErrorKind> {
        let (Shape::Wrapped(path) | Shape::Pages(path)) = &self.shape else {
            return Ok(());
        };
        for _ in 0..path.len() {
            while self.key()?.is_some() {
                self.pass()?;
            }
        }
        Ok(())
    }

    /// Searches the object that begins here for the list of contacts.
    fn search(&mut self, search: &mut Search) -> Result<bool, ErrorKind> {
        const LOOK: usize = 20;
        self.require(b'{')?;
        while let Some(key) = self.key()? {
            if search.path.is_empty() && search.members.len() < LOOK {
                search.members.push((key.clone(), self.peek()? == Some(b'{')));
            }
            let known = WRAPPERS.contains(&key.to_ascii_lowercase().as_str());
            match self.peek()? {
                Some(b'[') => {
                    self.advance(1);
                    search.path.push(key);
                    let first = self.peek()?;
                    if known && matches!(first, Some(b'{' | b']')) {
                        return Ok(true);
                    }
                    if !known && first == Some(b'{') && search.other.is_none() && self.has_phone() {
                        search.other = Some(search.path.clone());
                    }
                    search.path.pop();
                    while !matches!(self.peek()?, None | Some(b']')) {
                        self.pass()?;
                        if self.peek()? == Some(b',') {
                            self.advance(1);
                        }
                    }
                    self.require(b']')?;
                }
                Some(b'{') if known && search.path.len() < 3 => {
                    search.path.push(key);
                    if self.search(search)? {
                        return Ok(true);
                    }
                    search.path.pop();
                }
                _ => self.pass()?,
            }
        }
        Ok(false)
    }

    /// Whether the element that begins here has a member for a phone number.
    fn has_phone(&mut self) -> bool {
        let Ok(length) = self.element(self.lines.line) else { return false };
        self.unclosed = false;
        let mut flat = Flattener::default();
        let read = flat.read(self.text.window().get(..length).unwrap_or_default(), &mut Row::default());
        read.is_ok() && known_titles(flat.names.iter().map(String::as_str)).phone
    }

    /// The next key of the object we are in, up to its value; nothing at the object's end.
    fn key(&mut self) -> Result<Option<String>, ErrorKind> {
        if self.peek()? == Some(b',') {
            self.advance(1);
        }
        match self.peek()? {
            Some(b'"') => {}
            Some(b'}') => {
                self.advance(1);
                return Ok(None);
            }
            None => return Err(ErrorKind::Truncated { what: "an object", line: self.lines.line }),
            Some(_) => return Err(self.wrong("a key in quotes is missing")),
        }
        let length = self.element(self.lines.line)?;
        let key = serde_json::from_slice(self.text.window().get(..length).unwrap_or_default());
        let key = key.map_err(|_| self.wrong("a key is not JSON"))?;
        self.advance(length);
        self.require(b':')?;
        self.peek()?;
        Ok(Some(key))
    }

    /// Passes over a value of any size.
    fn pass(&mut self) -> Result<(), ErrorKind> {
        let line = self.lines.line;
        self.peek()?;
        let mut scan = Scan::default();
        loop {
            let window = self.text.window();
            match scan.run(window) {
                Some(end) => {
                    self.advance(end);
                    return Ok(());
                }
                None => {
                    let all = window.len();
                    self.advance(all);
                    scan.at = 0;
                }
            }
            if !self.text.more()? {
                return Err(ErrorKind::Truncated { what: "a value", line });
            }
        }
    }

    /// The length of the element that begins here.
    fn element(&mut self, line: u64) -> Result<usize, ErrorKind> {
        let mut scan = Scan::default();
        loop {
            let window = self.text.window();
            match scan.run(window) {
                Some(end) if end <= MAX_RECORD => {
                    self.unclosed = scan.unclosed;
                    return Ok(end.max(1));
                }
                None if window.len() <= MAX_RECORD => {}
                _ => return self.early_end().ok_or(ErrorKind::RowTooLong { line }),
            }
            if !self.text.more()? {
                if scan.plain {
                    return Ok(self.text.window().len());
                }
                return self.early_end().ok_or(ErrorKind::Truncated { what: "the element", line });
            }
        }
    }

    /// Where the next element begins inside one that never ends, if so.
    fn early_end(&mut self) -> Option<usize> {
        let window = self.text.window();
        let broken = Flattener::default().read(window, &mut Row::default()).err()?;
        (broken.at > 0 && window.get(broken.at) == Some(&b'{')).then_some(broken.at)
    }

    fn require(&mut self, byte: u8) -> Result<(), ErrorKind> {
        match self.peek()? {
            Some(here) if here == byte => {
                self.advance(1);
                Ok(())
            }
            Some(_) if !self.within && byte != b':' => Err(self.wrong("something stands behind the list of contacts")),
            Some(_) => Err(self.wrong("this is not JSON")),
            None => Err(ErrorKind::Truncated { what: "the document", line: self.lines.line }),
        }
    }

    fn wrong(&self, what: &'static str) -> ErrorKind {
        ErrorKind::Json { line: self.lines.line, what }
    }

    /// The next byte that is not blank; it is then the first of the window.
    fn peek(&mut self) -> Result<Option<u8>, ErrorKind> {
        loop {
            let window = self.text.window();
            let blanks = window.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
            let found = window.get(blanks).copied();
            if blanks > 0 {
                self.advance(blanks);
            }
            if found.is_some() || !self.text.more()? {
                return Ok(found);
            }
        }
    }

    fn advance(&mut self, count: usize) {
        self.lines.pass(self.text.window().get(..count).unwrap_or_default());
        self.text.take(count);
    }
}

#[cfg(test)]
mod tests;
