//! A place in a JSON text that moves forward: the next byte, the next key, the end of the value that begins here.

use super::MAX_RECORD;
use super::error::ErrorKind;
use super::flatten::Flattener;
use super::scan::Scan;
use super::text::{Lines, Utf8Buffer};
use crate::row::Row;

pub(super) struct Cursor {
    pub text: Utf8Buffer,
    pub lines: Lines,
    /// How many bytes have been passed.
    pub passed: u64,
    /// The element at hand has a string that does not end on its line.
    pub unclosed: bool,
}

/// How much of a value lies in the window.
pub(super) enum Extent {
    /// All of it: its length in bytes.
    Whole(usize),
    /// It is longer than a record may be, or has no end.
    Endless,
    /// It is nested deeper than the scanner follows.
    Deep,
}

impl Cursor {
    pub fn new(text: Utf8Buffer) -> Cursor {
        Cursor { text, lines: Lines::default(), passed: 0, unclosed: false }
    }

    /// The next byte that is not blank; it is then the first of the window.
    pub fn peek(&mut self) -> Result<Option<u8>, ErrorKind> {
        loop {
            let window = self.text.window();
            let blanks = window.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
            let found = window.get(blanks).copied();
            if blanks > 0 {
                self.advance(blanks);
            }
            if found == Some(b'\\') && self.passes_written_blank()? {
                continue;
            }
            if found.is_some() || !self.text.more()? {
                return Ok(found);
            }
        }
    }

    /// Passes over `\n`, `\r` or `\t` written in two characters, as PostgreSQL's `\copy` writes what stands between
    /// the elements.
    fn passes_written_blank(&mut self) -> Result<bool, ErrorKind> {
        if self.text.window().len() < 2 {
            self.text.more()?;
        }
        let written = matches!(self.text.window(), [b'\\', b'n' | b'r' | b't', ..]);
        if written {
            self.advance(2);
        }
        Ok(written)
    }

    pub fn advance(&mut self, count: usize) {
        self.lines.pass(self.text.window().get(..count).unwrap_or_default());
        self.text.take(count);
        self.passed += count as u64;
    }

    /// The next key of the object we are in, up to its value; nothing at the object's end.
    pub fn key(&mut self) -> Result<Option<String>, ErrorKind> {
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

    /// Passes over the byte, which must be the next one.
    pub fn require(&mut self, byte: u8) -> Result<(), ErrorKind> {
        match self.peek()? {
            Some(here) if here == byte => {
                self.advance(1);
                Ok(())
            }
            Some(_) => Err(self.wrong("this is not JSON")),
            None => Err(ErrorKind::Truncated { what: "the document", line: self.lines.line }),
        }
    }

    pub fn wrong(&self, what: &'static str) -> ErrorKind {
        ErrorKind::Json { line: self.lines.line, what }
    }

    /// Passes over a value of any size.
    pub fn pass(&mut self) -> Result<(), ErrorKind> {
        let line = self.lines.line;
        self.peek()?;
        let mut scan = Scan::default();
        loop {
            let window = self.text.window();
            match scan.run(window) {
                Some(end) => {
                    // A bracket that closes something else is no value; it is left to whoever reads on.
                    self.advance(end);
                    return Ok(());
                }
                None => {
                    let all = scan.at.min(window.len());
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
    ///
    /// # Errors
    /// It is longer than 4 MiB or has no end, and no other element begins inside of it.
    pub fn element(&mut self, line: u64) -> Result<usize, ErrorKind> {
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

    /// How much of the value that begins here can be looked at as a whole.
    pub fn extent(&mut self) -> Result<Extent, ErrorKind> {
        let mut scan = Scan::default();
        loop {
            let window = self.text.window();
            match scan.run(window) {
                _ if scan.deep => return Ok(Extent::Deep),
                Some(end) if end <= MAX_RECORD => return Ok(Extent::Whole(end.max(1))),
                None if window.len() <= MAX_RECORD => {}
                _ => return Ok(Extent::Endless),
            }
            if !self.text.more()? {
                return Ok(if scan.plain { Extent::Whole(self.text.window().len()) } else { Extent::Endless });
            }
        }
    }

    /// Where the next element begins inside one that never ends, if so.
    fn early_end(&mut self) -> Option<usize> {
        let window = self.text.window();
        let broken = Flattener::default().read(window, &mut Row::default()).err()?;
        broken.begins_another(window).then_some(broken.at)
    }
}
