//! XML as it comes, with bounds: how deep elements are nested, and how long a tag or a text may be.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::entity;
use crate::source::MAX_RECORD;
use crate::source::error::ErrorKind;

/// How deep elements may be nested; those of workbooks hardly reach 20.
const MAX_DEPTH: usize = 256;
/// What a failed read says where a tag or a text is too long.
const TOO_LONG: &str = "a part of its XML is longer than 4 MiB";

pub(super) struct Xml<R> {
    reader: Reader<Measured<R>>,
    buffer: Vec<u8>,
    depth: usize,
    /// The last piece was a tag.
    is_behind_tag: bool,
}

impl<R: BufRead> Xml<R> {
    pub fn new(from: R) -> Xml<R> {
        let reader = Reader::from_reader(Measured { from, taken: 0 });
        Xml { reader, buffer: Vec::new(), depth: 0, is_behind_tag: false }
    }

    /// The document behind the last tag as it stands, as far as it is at hand; nothing behind a text.
    pub fn ahead(&mut self) -> Result<&[u8], ErrorKind> {
        if !self.is_behind_tag {
            return Ok(&[]);
        }
        let source = self.reader.get_mut();
        source.taken = 0;
        source.fill_buf().map_err(|error| failed(error.into()))
    }

    /// Passes over so many bytes of what is ahead, which are whole elements.
    pub fn pass(&mut self, count: usize) {
        self.reader.get_mut().consume(count);
    }

    /// The next piece of the document.
    pub fn next(&mut self) -> Result<Event<'_>, ErrorKind> {
        self.buffer.clear();
        self.reader.get_mut().taken = 0;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(failed)?;
        self.is_behind_tag = matches!(event, Event::Start(_) | Event::Empty(_) | Event::End(_));
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(ErrorKind::Spreadsheet(format!("its XML is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(event)
    }
}

fn failed(error: quick_xml::Error) -> ErrorKind {
    match error {
        quick_xml::Error::Io(error) if error.raw_os_error().is_some() => {
            ErrorKind::Io(io::Error::new(error.kind(), error.to_string()))
        }
        // What the layers below have to say: damaged data, or a bomb.
        quick_xml::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<ErrorKind>()) {
            Some(ErrorKind::Bomb(what)) => ErrorKind::Bomb(what),
            _ => ErrorKind::Spreadsheet(error.to_string()),
        },
        error => ErrorKind::Spreadsheet(error.to_string()),
    }
}

/// Counts what is taken for one piece of the document.
struct Measured<R> {
    from: R,
    taken: usize,
}

impl<R: BufRead> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl<R: BufRead> BufRead for Measured<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > MAX_RECORD { Err(io::Error::other(TOO_LONG)) } else { self.from.fill_buf() }
    }

    fn consume(&mut self, count: usize) {
        self.taken += count;
        self.from.consume(count);
    }
}

/// The attribute of a name, its prefix included or not.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|one| {
        let key: &str = one.key.as_ref();
        key == name || key.split_once(':').is_some_and(|(_, local)| local == name)
    })?;
    Some(resolved(&found.value))
}

/// A number in an attribute; nothing where there is none.
pub(super) fn number<T: std::str::FromStr>(tag: &BytesStart<'_>, name: &str) -> Option<T> {
    attribute(tag, name)?.trim().parse().ok()
}

/// The text with its entities resolved; unknown ones are dropped.
fn resolved(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        let Some((name, behind)) = after.split_once(';') else { break };
        text.push_str(before);
        text.extend(entity::xml(name));
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// Adds what a piece of text says.
pub(super) fn push_text(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(part) => text.push_str(part.as_ref()),
        Event::CData(part) => text.push_str(part.as_ref()),
        Event::GeneralRef(name) => text.extend(entity::xml(name.as_ref())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(document: impl BufRead) -> Result<usize, String> {
        let mut xml = Xml::new(document);
        let mut count = 0;
        loop {
            match xml.next().map_err(|error| error.to_string())? {
                Event::Eof => return Ok(count),
                _ => count += 1,
            }
        }
    }

    #[test]
    fn depth_and_length_have_bounds() {
        assert_eq!(ends(&b"<a><b c='d'/>text</a>"[..]), Ok(4));
        assert_eq!(ends("<a>".repeat(MAX_DEPTH).as_bytes()), Ok(MAX_DEPTH));
        let deep = ends("<a>".repeat(MAX_DEPTH + 1).as_bytes()).unwrap_err();
        assert_eq!(deep, "the spreadsheet cannot be read: its XML is nested deeper than 256 levels");
        let long = format!("<a b='{}'/>", "x".repeat(2 * MAX_RECORD));
        let long = ends(io::BufReader::new(long.as_bytes())).unwrap_err();
        assert!(long.contains(TOO_LONG), "{long}");
    }

    #[test]
    fn attributes_are_found_with_and_without_their_prefix() {
        let tag = BytesStart::from_content("c r='A&amp;1' x:s=\"2\" t", 1);
        assert_eq!(attribute(&tag, "r").as_deref(), Some("A&1"));
        assert_eq!(number::<usize>(&tag, "s"), Some(2));
        assert_eq!(attribute(&tag, "q"), None);
    }
}
