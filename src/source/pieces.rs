//! The values of a list or object as they are written, without reading them.

use std::ops::Range;

use super::scan::Scan;

/// The places of the values of a list; nothing if it is no list or broken.
pub(super) fn elements(list: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut pieces = Pieces { bytes: list, at: 0 };
    let mut elements = Vec::new();
    pieces.take(b'[').then_some(())?;
    while !pieces.take(b']') {
        elements.push(pieces.value()?);
        pieces.is_next(b']')?;
    }
    Some(elements)
}

/// The places of the keys, quotes included, and values of an object; nothing if it is no object or broken.
pub(super) fn members(object: &[u8]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let mut pieces = Pieces { bytes: object, at: 0 };
    let mut members = Vec::new();
    pieces.take(b'{').then_some(())?;
    while !pieces.take(b'}') {
        let key = pieces.value()?;
        pieces.take(b':').then_some(())?;
        members.push((key, pieces.value()?));
        pieces.is_next(b'}')?;
    }
    Some(members)
}

struct Pieces<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Pieces<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn value(&mut self) -> Option<Range<usize>> {
        if matches!(self.peek()?, b',' | b':') {
            return None;
        }
        let start = self.at;
        let length = Scan::default().run(self.bytes.get(start..)?).filter(|length| *length > 0)?;
        self.at += length;
        Some(start..self.at)
    }

    /// Passes over a comma, or stays at the closing bracket; nothing where neither is.
    fn is_next(&mut self, close: u8) -> Option<()> {
        (self.take(b',') || self.peek() == Some(close)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &str) -> Option<Vec<&str>> {
        elements(list.as_bytes()).map(|places| places.into_iter().map(|place| list.get(place).unwrap()).collect())
    }

    #[test]
    fn values_are_taken_as_they_are_written() {
        assert_eq!(texts(" [ 1.00, \"a,]\" ,[2,{}], null]"), Some(vec!["1.00", "\"a,]\"", "[2,{}]", "null"]));
        assert_eq!(texts("[]"), Some(vec![]));
        for broken in ["", "{}", "[1 2]", "[1", "[,]", "[\"a]"] {
            assert_eq!(texts(broken), None, "{broken}");
        }
        assert_eq!(members(b"{\"a\" : 1 , \"b\":{\"c\":\"}\"}}").unwrap(), [(1..4, 7..8), (11..14, 15..24)]);
        assert!(members(b"{\"a\" 1}").is_none());
    }
}
