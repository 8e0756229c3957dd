//! The tokens of JSON: strings with their escapes resolved, numbers as they stand, words.

use super::marks::{Class, Marks};
use crate::row::Code;

/// Deeper elements are rejected.
const MAX_DEPTH: usize = 64;

/// Why an element is no record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    pub code: Code,
    pub detail: &'static str,
    /// Where in the element.
    pub at: usize,
    /// There are too many columns to go on at all.
    pub fatal: bool,
}

/// The text of an element and how far it has been read.
pub(super) struct Parser<'a> {
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub at: usize,
    pub depth: usize,
    marks: Marks<'a, InString>,
}

impl ParseError {
    /// Whether another element begins where this one ceased to be one: its own closing brace is missing.
    pub fn begins_another(&self, bytes: &[u8]) -> bool {
        self.code == Code::RowMalformed && self.at > 0 && bytes.get(self.at) == Some(&b'{')
    }
}

pub(super) type Parsed<T = ()> = Result<T, ParseError>;

impl<'a> Parser<'a> {
    /// At the begin of a text.
    pub fn new(text: &'a str) -> Parser<'a> {
        let bytes = text.as_bytes();
        Parser { text, bytes, at: 0, depth: 0, marks: Marks::new(bytes, InString) }
    }
}

impl Parser<'_> {
    pub fn error(&self, detail: &'static str) -> ParseError {
        ParseError { code: Code::RowMalformed, detail, at: self.at, fatal: false }
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

    pub fn deeper(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ParseError { code: Code::RowTooDeep, detail: "", at: self.at, fatal: false });
        }
        Ok(())
    }

    /// A string's text, a number as it stands, true or false; nothing for null.
    pub fn scalar(&mut self, to: &mut String) -> Parsed {
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
            _ => Err(self.error("a value is missing or not JSON")),
        }
    }

    fn word(&mut self, word: &str, to: &mut String) -> Parsed {
        self.at += word.len();
        to.push_str(word);
        Ok(())
    }

    /// A number, copied as it stands: not a digit is lost. What is the nearest double of a whole number is that number.
    fn number(&mut self, to: &mut String) -> Parsed {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let whole = self.at;
        let is_decimal = self.take(b'.');
        if is_decimal {
            self.digits()?;
        }
        let decimals = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        match is_decimal.then(|| whole_of_double(text, whole - start)).flatten() {
            Some(number) if decimals == self.at => to.push_str(&number.to_string()),
            _ => to.push_str(text),
        }
        Ok(())
    }

    fn digits(&mut self) -> Parsed {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.error("a number is not JSON")) } else { Ok(()) }
    }

    /// A string from its opening quote on, its escapes resolved.
    pub fn string(&mut self, to: &mut String) -> Parsed {
        self.at += 1;
        loop {
            let end = self.marks.from(self.at);
            to.push_str(self.text.get(self.at..end).unwrap_or_default());
            self.at = end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(to)?,
                Some(_) => return Err(self.error("a control character stands in a string")),
                None => return Err(self.error("a string has no end")),
            }
        }
    }

    fn escape(&mut self, to: &mut String) -> Parsed {
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
            _ => return Err(self.error("an escape is not JSON")),
        });
        Ok(())
    }

    /// The four digits behind `\u`, and those of the second half of a pair.
    fn unicode(&mut self) -> Parsed<char> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.take(b'\\') && self.take(b'u') {
            let second = self.hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(self.error("half a surrogate pair stands alone"));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.error("half a surrogate pair stands alone"))
    }

    fn hex(&mut self) -> Parsed<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        let mut code = 0;
        for &digit in digits {
            let digit = char::from(digit).to_digit(16).ok_or_else(|| self.error("an escape is not JSON"))?;
            code = code * 16 + digit;
        }
        if digits.len() < 4 {
            return Err(self.error("an escape is not JSON"));
        }
        self.at += 4;
        Ok(code)
    }
}

/// The whole number whose nearest double was written with decimals, as SQLite does: `919876543210.00000001`. Zeros alone
/// behind the point are left to whoever reads the number, and so are short numbers.
fn whole_of_double(text: &str, whole_digits: usize) -> Option<u64> {
    const LONG: usize = 7;
    let decimals = text.get(whole_digits + 1..)?;
    if whole_digits < LONG || decimals.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    /// Up to here each whole number has a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && (0.0..EXACT).contains(&number)).then_some(number as u64)
}

/// What means something in a string: a quote, a backslash, or a control character, which may not be there.
pub(super) struct InString;

impl Class for InString {
    fn has(&self, byte: u8) -> bool {
        (byte < 0x20) | (byte == b'"') | (byte == b'\\')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_double_of_a_whole_number_is_that_number() {
        let read = |text: &str| {
            let mut to = String::new();
            Parser::new(text).scalar(&mut to).unwrap();
            to
        };
        for (text, number) in [
            ("919876543210.00000001", "919876543210"),
            ("4915123456788.9999999", "4915123456789"),
            ("919876543210.000", "919876543210.000"),
            ("919876543210.5", "919876543210.5"),
            ("919876543210.01", "919876543210.01"),
            ("12.00000000000000001", "12.00000000000000001"),
            ("9.19876543210e11", "9.19876543210e11"),
            ("-919876543210.00000001", "-919876543210.00000001"),
        ] {
            assert_eq!(read(text), number);
        }
    }
}
