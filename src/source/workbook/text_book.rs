//! Workbooks and address books that are text: found by their first lines, read as UTF-8 whatever they are written in.

use std::io::{self, BufRead, Read};

use encoding_rs::Encoding;

use super::sheets::{SheetName, Wanted};
use super::tables::Tables;
use super::{Converted, html, ldif, ods, spreadsheetml};
use crate::source::encoding::{self, EncodingGuess};
use crate::source::error::ErrorKind;
use crate::source::input::InputSource;
use crate::source::text::{Utf8Buffer, decode};
use crate::source::unpack::{Compression, RATIO, Unpacked};
use crate::source::{Format, LOOK, Options, foreign};

/// How far into a document its declarations and its first table are looked for.
const DECLARATIONS: usize = 1024;

/// How much longer than a text its tables may be.
const TEXT_RATIO: u64 = 10;

/// What kind of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum TextBook {
    /// A flat OpenDocument sheet.
    Fods,
    /// The XML of Excel 2002 and 2003.
    SpreadsheetMl,
    /// A web page with a table.
    Html,
    /// An address book.
    Ldif,
}

impl TextBook {
    /// What an input is that begins so, and how it is encoded; `asked` is the encoding that the user says it has.
    pub fn find(head: &[u8], asked: Option<&'static Encoding>) -> Result<Option<(TextBook, EncodingGuess)>, ErrorKind> {
        let wide = encoding::wide_text(head, asked);
        let text = wide.as_deref().map_or_else(|| head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head), str::as_bytes);
        let text = text.trim_ascii_start();
        if !text.starts_with(b"<") && !foreign::is_ldif(foreign::lines(text)) {
            return Ok(None);
        }
        let declared = || if wide.is_none() { declared(text) } else { None };
        let found = encoding::find(head, asked.or_else(declared))?;
        let sample = decode(head.get(..LOOK).unwrap_or(head), found.encoding)?;
        Ok(TextBook::of(sample.trim_ascii_start()).map(|book| (book, found)))
    }

    /// Its name, with the article.
    pub fn as_str(self) -> &'static str {
        match self {
            TextBook::Fods => "a flat OpenDocument sheet (.fods)",
            TextBook::SpreadsheetMl => "a spreadsheet in XML (Excel 2003)",
            TextBook::Html => "a web page (HTML) with a table",
            TextBook::Ldif => "an address book in LDIF",
        }
    }

    /// What `--format` calls it.
    pub fn format(self) -> Format {
        match self {
            TextBook::Ldif => Format::Ldif,
            TextBook::Fods | TextBook::SpreadsheetMl | TextBook::Html => Format::Xlsx,
        }
    }

    fn of(text: &[u8]) -> Option<TextBook> {
        if !text.starts_with(b"<") {
            return Some(TextBook::Ldif);
        }
        let lower = text.get(..LOOK).unwrap_or(text).to_ascii_lowercase();
        let has = |word: &[u8]| memchr::memmem::find(&lower, word).is_some();
        let begins = |word: &[u8]| lower.starts_with(word);
        if has(b"application/vnd.oasis.opendocument.spreadsheet") && has(b"<office:document") {
            Some(TextBook::Fods)
        } else if has(b"urn:schemas-microsoft-com:office:spreadsheet") && has(b"workbook") && !has(b"<html") {
            Some(TextBook::SpreadsheetMl)
        } else if has(b"<table") && (!begins(b"<?xml") || has(b"<html")) {
            Some(TextBook::Html)
        } else {
            None
        }
    }

    /// Turns the sheets that are wanted into plain tables.
    pub fn convert(
        self,
        input: &InputSource,
        compression: Option<Compression>,
        encoding: &'static Encoding,
        options: &Options,
    ) -> Result<Vec<Converted>, ErrorKind> {
        let text = || Unpacked::open(input, compression).map(|from| Decoded(Utf8Buffer::new(from, encoding)));
        // Text is longer than what it says, if it is not packed.
        let ratio = if compression.is_none() { TEXT_RATIO } else { RATIO };
        let most = input.len().saturating_mul(ratio);
        let names: Vec<SheetName> = match self {
            TextBook::Ldif => return Ok(vec![ldif::convert(text()?, text()?, most)?]),
            TextBook::Fods => ods::sheets(text()?)?,
            TextBook::SpreadsheetMl => spreadsheetml::sheets(text()?)?,
            TextBook::Html => html::sheets(text()?)?,
        };
        let wanted = Wanted::find(&options.sheets, &names)?;
        let mut tables = Tables::new(options, &names, &wanted, most)?;
        match self {
            TextBook::Fods => ods::read(text()?, &mut tables)?,
            TextBook::SpreadsheetMl => spreadsheetml::read(text()?, &mut tables)?,
            TextBook::Html => html::read(text()?, text()?, &mut tables)?,
            TextBook::Ldif => {}
        }
        tables.finish()
    }
}

/// The encoding that a document says it has: `encoding="…"` of XML, `charset=…` of HTML. One whose declaration can be read
/// as ASCII is not in UTF-16, whatever it says.
fn declared(text: &[u8]) -> Option<&'static Encoding> {
    let start = text.get(..DECLARATIONS).unwrap_or(text).to_ascii_lowercase();
    ["encoding=", "charset="].into_iter().find_map(|word| {
        let at = memchr::memmem::find(&start, word.as_bytes())? + word.len();
        let rest = start.get(at..)?;
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte))?;
        Encoding::for_label(rest.get(..end)?).map(Encoding::output_encoding)
    })
}

/// A text as UTF-8.
struct Decoded(Utf8Buffer);

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Decoded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.0.window().is_empty() {
            // The reason is found again by whoever reads the document.
            self.0.more().map_err(io::Error::other)?;
        }
        Ok(self.0.window())
    }

    fn consume(&mut self, count: usize) {
        self.0.take(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_lines() {
        let table: [(&str, Option<TextBook>); 10] = [
            (
                "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
                Some(TextBook::SpreadsheetMl),
            ),
            (
                "<office:document office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>",
                Some(TextBook::Fods),
            ),
            ("\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'><TABLE>", Some(TextBook::Html)),
            ("<table><tr><td>", Some(TextBook::Html)),
            ("<meta charset=utf-8><table>", Some(TextBook::Html)),
            ("<html><body>login", None),
            ("<?xml version='1.0'?><phonebook><table>", None),
            ("version: 1\ndn: cn=A,dc=x\n", Some(TextBook::Ldif)),
            ("name,phone\n<table>,1\n", None),
            ("<?xml version='1.0' encoding='utf-16'?><html><table>", Some(TextBook::Html)),
        ];
        for (text, expected) in table {
            let found = |bytes: &[u8]| TextBook::find(bytes, None).unwrap();
            let kind = |bytes: &[u8]| found(bytes).map(|(book, _)| book);
            assert_eq!(kind(text.as_bytes()), expected, "{text}");
            if let Some((_, guess)) = found(text.as_bytes()) {
                assert_eq!(guess.encoding, encoding_rs::UTF_8, "{text}");
            }
            let [big, little] = [u16::to_be_bytes, u16::to_le_bytes];
            for wide in [big, little] {
                let plain: Vec<u8> = text.encode_utf16().flat_map(wide).collect();
                let marked: Vec<u8> = "\u{feff}".encode_utf16().flat_map(wide).chain(plain.iter().copied()).collect();
                for bytes in [plain, marked] {
                    assert_eq!(kind(&bytes), expected, "{text}");
                }
            }
        }
    }

    #[test]
    fn documents_say_how_they_are_encoded() {
        let name = |text: &str| declared(text.as_bytes()).map(Encoding::name);
        assert_eq!(name("<?xml version='1.0' encoding='ISO-8859-1'?>"), Some("windows-1252"));
        assert_eq!(name("<meta content=\"text/html; charset=Shift_JIS\">"), Some("Shift_JIS"));
        assert_eq!(name("<table>"), None);
    }
}
