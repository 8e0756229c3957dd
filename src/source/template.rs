//! What stands between the values of a record: braces, commas and keys, which are the same bytes in each record of
//! nearly every file. Where they are those of records before, they are compared and not parsed.
//!
//! It is learned from records that the parser has read, and only from plain objects of texts, numbers and lists of texts,
//! whose keys have no dots, so that the path of a column says where in the objects its value stands. Whatever is written
//! otherwise is left to the parser.

use super::marks::Marks;
use super::token::InString;

/// A value as it stands in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub column: usize,
    /// Where it begins, with its quote or bracket.
    pub begin: usize,
    /// Where what follows it begins.
    pub end: usize,
}

/// What stands between values, by the column of the value in front.
#[derive(Default)]
pub(super) struct Template {
    /// What begins a record, then what stands behind the value of each column; what came last is first.
    behind: Vec<Vec<Gap>>,
}

/// Bytes that may stand behind a value.
struct Gap {
    bytes: Box<[u8]>,
    /// The column of the value that follows; `None` at the end of the record.
    column: Option<usize>,
}

/// So many gaps are known behind a value: members may be left out, or stand in another order.
const MOST_GAPS: usize = 4;
/// Columns further on are not learned.
const MOST_COLUMNS: usize = 1000;
/// Nor are longer gaps, in bytes.
const LONGEST: usize = 256;

impl Template {
    /// Learns from a record, given up to its end, what stands between its values.
    pub fn learn(&mut self, record: &[u8], values: &[Value]) {
        let (mut state, mut at) = (0, 0);
        let ends = [(None, record.len(), record.len())];
        let values = values.iter().map(|value| (Some(value.column), value.begin, value.end));
        for (column, begin, end) in values.chain(ends) {
            let gap = record.get(at..begin).unwrap_or_default();
            if state > MOST_COLUMNS || gap.len() > LONGEST {
                return;
            }
            self.add(state, gap, column);
            (state, at) = (column.map_or(0, |column| column + 1), end);
        }
    }

    fn add(&mut self, state: usize, bytes: &[u8], column: Option<usize>) {
        if self.behind.len() <= state {
            self.behind.resize_with(state + 1, Vec::new);
        }
        let Some(gaps) = self.behind.get_mut(state) else { return };
        match gaps.iter().position(|gap| *gap.bytes == *bytes && gap.column == column) {
            Some(known) => gaps.swap(0, known),
            None => {
                gaps.truncate(MOST_GAPS - 1);
                gaps.insert(0, Gap { bytes: bytes.into(), column });
            }
        }
    }

    /// Finds the values of the record that a text begins with, and says where it ends; `None` where it is not written like
    /// those before.
    pub fn read(&mut self, text: &[u8], values: &mut Vec<Value>) -> Option<usize> {
        values.clear();
        let mut marks = Marks::new(text, InString);
        let (mut state, mut at) = (0, 0);
        loop {
            let gaps = self.behind.get_mut(state)?;
            let rest = text.get(at..)?;
            let known = gaps.iter().position(|gap| rest.starts_with(&gap.bytes))?;
            if known > 0 {
                gaps.swap(0, known);
            }
            let gap = gaps.first()?;
            at += gap.bytes.len();
            let Some(column) = gap.column else { return Some(at) };
            let end = value_end(text, at, &mut marks)?;
            values.push(Value { column, begin: at, end });
            (state, at) = (column + 1, end);
        }
    }
}

/// Where the value ends that begins at a place: a text, a whole number, a word, or a list of texts
/// without escapes.
fn value_end(text: &[u8], begin: usize, marks: &mut Marks<'_, InString>) -> Option<usize> {
    match text.get(begin)? {
        b'"' => {
            let mut end = marks.from(begin + 1);
            while text.get(end) == Some(&b'\\') {
                end = marks.from(end + 2);
            }
            (text.get(end) == Some(&b'"')).then_some(end + 1)
        }
        b'[' => {
            let mut at = begin + 1;
            while text.get(at) == Some(&b'"') {
                at = string_end(text, at, marks)?;
                match text.get(at..)? {
                    [b',', b'"', ..] => at += 1,
                    [b',', b' ', b'"', ..] => at += 2,
                    _ => break,
                }
            }
            (text.get(at) == Some(&b']')).then_some(at + 1)
        }
        b'n' | b't' | b'f' => {
            let rest = text.get(begin..)?;
            let word = ["null", "true", "false"].into_iter().find(|word| rest.starts_with(word.as_bytes()))?;
            Some(begin + word.len())
        }
        b'0'..=b'9' => {
            let rest = text.get(begin..)?;
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (length == 1 || !rest.starts_with(b"0")).then_some(begin + length)
        }
        _ => None,
    }
}

/// Where a text without escapes ends.
fn string_end(text: &[u8], begin: usize, marks: &mut Marks<'_, InString>) -> Option<usize> {
    let end = marks.from(begin + 1);
    (text.get(end) == Some(&b'"')).then_some(end + 1)
}
