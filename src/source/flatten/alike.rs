//! Records that are written like those before them, without the parser.

use super::{ABSENT, Flattener};
use crate::row::{LIST_END, Row};
use crate::source::template::Value;
use crate::source::token::Parser;

impl Flattener {
    /// Reads the record that the bytes begin with, if it is written like those before it, and says how long it is.
    pub fn read_first(&mut self, bytes: &[u8], row: &mut Row) -> Option<usize> {
        let length = self.template.read(bytes, &mut self.values)?;
        let text = simdutf8::basic::from_utf8(bytes.get(..length)?).ok()?;
        self.fill(text, row).then_some(length)
    }

    /// Fills the row with the values that were found in the record, if nothing about them wants the parser.
    pub(super) fn fill(&mut self, record: &str, row: &mut Row) -> bool {
        self.begin();
        self.text.push_str(record);
        for &Value { column, begin, end } in &self.values {
            let cell = match record.as_bytes().get(begin) {
                Some(b'"') => {
                    let text = record.get(begin..end).unwrap_or_default();
                    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
                        (begin + 1, end - 1)
                    } else {
                        let start = self.text.len();
                        if Parser::new(text).string(&mut self.text).is_err() {
                            return false;
                        }
                        (start, self.text.len())
                    }
                }
                Some(b'n') => (begin, begin),
                Some(b'[') => {
                    let start = self.text.len();
                    let list = record.get(begin..end).unwrap_or_default();
                    let mut quotes = memchr::memchr_iter(b'"', list.as_bytes());
                    while let (Some(open), Some(close)) = (quotes.next(), quotes.next()) {
                        let text = list.get(open + 1..close).unwrap_or_default();
                        if !text.is_empty() {
                            self.text.push_str(text);
                            self.text.push(LIST_END);
                        }
                    }
                    if self.text.len() == start {
                        continue;
                    }
                    (start, self.text.len())
                }
                Some(b'0'..=b'9') if self.tags.contains(&column) => return false,
                _ => (begin, end),
            };
            self.used = self.used.max(column + 1);
            match self.cells.get_mut(column) {
                // An element is at most 4 MiB long.
                Some(absent) if *absent == ABSENT => *absent = (cell.0 as u32, cell.1 as u32),
                _ => return false,
            }
        }
        row.fill_with(&mut self.text, self.cells.get(..self.used).unwrap_or_default());
        true
    }
}
