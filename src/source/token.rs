//! The tokens of JSON: strings with their escapes resolved, numbers as they stand, words.

use crate::row::Code;

/// Deeper elements are rejected.
const MAX_DEPTH: usize = 64;

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

/// The text of an element and how far it has been read.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub at: usize,
    pub depth: usize,
}

pub(super) type Read<T = ()> = Result<T, Broken>;

impl Reader<'_> {
    pub fn broken(&self, detail: &'static str) -> Broken {
        Broken { code: Code::RowMalformed, detail, at: self.at, fatal: false }
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    pub fn deeper(&mut self) -> Read {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Broken { code: Code::RowTooDeep, detail: "", at: self.at, fatal: false });
        }
        Ok(())
    }

    /// A string's text, a number as it stands, true or false; nothing for null.
    pub fn scalar(&mut self, to: &mut String) -> Read {
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
    pub fn string(&mut self, to: &mut String) -> Read {
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
