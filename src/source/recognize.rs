//! What an input is, how it is written and where its header stands: decided from its beginning and the wishes of the
//! user, without reading anything else.

use encoding_rs::Encoding;

use super::detect::{binary, is_framed_json, sniff};
use super::encoding::{self, EncodingGuess};
use super::error::ErrorKind;
use super::sample::Sample;
use super::table::{self, Dialect};
#[cfg(feature = "xlsx")]
use super::workbook::TextBook;
use super::{Basis, Format, Notice, Options, text, vcard};

/// What JSON is called that a database client has printed as a table.
const FRAMED: &str = "this is JSON within the table that psql prints; export it without the frame: psql -At -o FILE";

/// What an input is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recognized {
    /// Something that holds tables.
    Container(Container),
    /// Records of text.
    Records(Records),
}

/// Something that holds tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A zip archive: a workbook, or files. Its directory, at its other end, tells.
    Archive,
    /// An old Office document: a workbook, if it is one of Excel.
    OfficeDocument,
    /// A workbook or an address book that is text.
    #[cfg(feature = "xlsx")]
    Document { kind: TextBook, encoding: EncodingGuess },
}

/// How records lie in a text, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Records {
    pub format: Format,
    pub format_basis: Basis,
    pub encoding: EncodingGuess,
    /// How a table is written; None for the other formats.
    pub dialect: Option<Dialect>,
    /// What lines of cards are in that are not UTF-8; None for the other formats, and where no line can tell.
    pub other_encoding: Option<&'static Encoding>,
    /// What is in doubt.
    pub notices: Vec<Notice>,
}

/// Finds out what an input is.
///
/// # Errors
/// It is empty, of a kind that holds no contacts, in an encoding that cannot be read, or not what `--format` says.
pub(super) fn recognize(sample: &Sample, options: &Options) -> Result<Recognized, ErrorKind> {
    let bytes = sample.head();
    if sample.is_complete && bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ErrorKind::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(Recognized::Container(Container::Archive));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Recognized::Container(Container::OfficeDocument));
    }
    let foreign = binary(&sample.bytes, options.encoding);
    #[cfg(feature = "xlsx")]
    if matches!(options.format, None | Some(Format::Xlsx | Format::Ldif)) || foreign.is_some() {
        let found = TextBook::find(&sample.bytes, options.encoding)?;
        if let Some((kind, encoding)) = found {
            return match options.format.filter(|asked| *asked != kind.format()) {
                Some(asked) => Err(ErrorKind::OtherFormat { kind: kind.as_str(), asked, right: kind.format() }),
                None => Ok(Recognized::Container(Container::Document { kind, encoding })),
            };
        }
    }
    match foreign {
        Some(kind) => Err(ErrorKind::Binary(kind)),
        None => records(sample, options).map(Recognized::Records),
    }
}

fn records(sample: &Sample, options: &Options) -> Result<Records, ErrorKind> {
    let mut encoding = encoding::find(&sample.bytes, options.encoding)?;
    let text = text::decode(sample.head(), encoding.encoding)?;
    if sample.is_complete && text.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(ErrorKind::Empty);
    }
    let (mut format, format_basis) = match options.format {
        Some(format) => (format, Basis::Asked),
        None => sniff(&text, sample.is_complete, &sample.name),
    };
    if matches!(options.format, None | Some(Format::Json | Format::Ndjson)) && is_framed_json(&text) {
        return Err(ErrorKind::Json { line: 1, what: FRAMED });
    }
    let (mut dialect, mut other_encoding, mut notices) = (None, None, Vec::new());
    match format {
        Format::Csv | Format::Tsv => {
            let mut found = table::dialect(&text, sample.is_complete, options);
            if found.is_rejects_file {
                // It is UTF-8 whatever --encoding says.
                encoding = encoding::find(&sample.bytes, None)?;
            }
            if options.format.is_none() && found.delimiter == b'\t' {
                format = Format::Tsv;
            }
            notices.append(&mut found.notices);
            dialect = Some(found);
        }
        Format::Vcard => (encoding, other_encoding) = vcard::encodings(&text, encoding),
        Format::Json | Format::Ndjson => {}
        Format::Xlsx => return Err(ErrorKind::Format("a spreadsheet")),
        Format::Ldif => return Err(ErrorKind::Format("an address book in LDIF")),
    }
    if encoding.basis == Basis::Guess {
        notices.insert(0, Notice::EncodingGuessed(encoding.encoding.name()));
    }
    Ok(Records { format, format_basis, encoding, dialect, other_encoding, notices })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognized(name: &str, bytes: &[u8], options: &Options) -> String {
        let sample = Sample {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            length: bytes.len(),
            is_complete: true,
            ..Sample::default()
        };
        let records = match recognize(&sample, options) {
            Ok(Recognized::Records(records)) => records,
            Ok(Recognized::Container(container)) => return format!("{container:?}"),
            Err(error) => return format!("{error:?}"),
        };
        let mut said = format!(
            "{} {}, {} {}",
            records.format,
            records.format_basis.as_str(),
            records.encoding.encoding.name(),
            records.encoding.basis.as_str()
        );
        if let Some(dialect) = records.dialect {
            let header = dialect.header.map(|names| names.join("|")).unwrap_or_default();
            let delimiter = char::from(dialect.delimiter);
            said.push_str(&format!(", {delimiter:?} {}, {}: {header}", dialect.basis.as_str(), dialect.skip));
        }
        said
    }

    #[test]
    fn inputs_are_recognized_by_their_beginning() {
        let table: [(&str, &[u8], &str); 14] = [
            (
                "a.csv",
                b"name,phone\nAnn,1\n",
                "csv by its content, UTF-8 by its content, ',' by its content, 0: name|phone",
            ),
            (
                "a.txt",
                b"name\tphone\nAnn\t1\n",
                "tsv by its content, UTF-8 by its content, '\\t' by its content, 0: name|phone",
            ),
            (
                "a.csv",
                b"sep=;\nname;phone\nAnn;1\n",
                "csv by its content, UTF-8 by its content, ';' by a mark at its beginning, 1: name|phone",
            ),
            (
                "a.csv",
                b"Customers\n\nname,phone\nAnn,1\n",
                "csv by its content, UTF-8 by its content, ',' by its content, 2: name|phone",
            ),
            (
                "a.csv",
                b"\xef\xbb\xbfname,phone\nAnn,1\n",
                "csv by its content, UTF-8 by a mark at its beginning, ',' by its content, 0: name|phone",
            ),
            (
                "a.csv",
                b"name;phone\nJos\xe9;1\nM\xfcller;2\n",
                "csv by its content, windows-1252 as the best guess, ';' by its content, 0: name|phone",
            ),
            (
                "a.csv",
                b"+4915112345678\n+4915112345679\n",
                "csv by its content, UTF-8 by its content, ',' by its content, 0: ",
            ),
            ("a", b"[{\"phone\":\"1\"}]", "json by its content, UTF-8 by its content"),
            ("a", b"{\"phone\":\"1\"}\n{\"phone\":\"2\"}\n", "ndjson by its content, UTF-8 by its content"),
            ("a.json", b"// contacts\n{\"phone\":\"1\"}\n", "ndjson by its name, UTF-8 by its content"),
            ("a", b"BEGIN:VCARD\nTEL:1\nEND:VCARD\n", "vcard by a mark at its beginning, UTF-8 by its content"),
            ("a.vcf", b"-- phone book\nBEGIN:VCARD\nTEL:1\nEND:VCARD\n", "vcard by its name, UTF-8 by its content"),
            ("a.xlsx", b"PK\x03\x04", "Archive"),
            ("a.csv", b" \n", "Empty"),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(recognized(name, bytes, &Options::default()), expected, "{name}: {bytes:?}");
        }
    }

    #[test]
    fn wishes_win_where_they_can() {
        let asked = |format| Options { format: Some(format), ..Options::default() };
        let semicolon = Options { delimiter: ";".parse().ok(), ..Options::default() };
        let latin = Options { encoding: Encoding::for_label(b"latin1"), ..Options::default() };
        let table: [(&[u8], &Options, &str); 6] = [
            (b"[{\"phone\":\"1\"}]", &asked(Format::Ndjson), "ndjson as asked for, UTF-8 by its content"),
            (
                b"name,phone;x\nAnn,1;2\n",
                &semicolon,
                "csv by its content, UTF-8 by its content, ';' as asked for, 0: name,phone|x",
            ),
            (
                b"name,phone\nAnn,1\n",
                &latin,
                "csv by its content, windows-1252 as asked for, ',' by its content, 0: name|phone",
            ),
            (
                b"\xef\xbb\xbfname,phone\nAnn,1\n",
                &latin,
                "csv by its content, UTF-8 by a mark at its beginning, ',' by its content, 0: name|phone",
            ),
            (b"name,phone\nAnn,1\n", &asked(Format::Xlsx), "Format(\"a spreadsheet\")"),
            (b"name,phone\nAnn,1\n", &asked(Format::Ldif), "Format(\"an address book in LDIF\")"),
        ];
        for (bytes, options, expected) in table {
            assert_eq!(recognized("a", bytes, options), expected, "{bytes:?}");
        }
    }

    #[cfg(feature = "xlsx")]
    #[test]
    fn a_workbook_under_another_format_is_told() {
        let table: [(&[u8], Format, &str); 2] = [
            (
                b"<table><tr><td>Name<td>Phone</table>",
                Format::Csv,
                "OtherFormat { kind: \"a web page (HTML) with a table\", asked: Csv, right: Xlsx }",
            ),
            (
                b"dn: cn=A\ncn: A\nmobile: +27830000001\n",
                Format::Xlsx,
                "OtherFormat { kind: \"an address book in LDIF\", asked: Xlsx, right: Ldif }",
            ),
        ];
        for (bytes, asked, expected) in table {
            let options = Options { format: Some(asked), ..Options::default() };
            assert_eq!(recognized("a", bytes, &options), expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_holds_no_contacts_is_told() {
        for (bytes, kind) in [(&b"%PDF-1.7"[..], "PDF"), (b"SQLite format 3\0", "SQLite"), (b"PAR1", "Parquet")] {
            assert!(recognized("a.csv", bytes, &Options::default()).contains(kind), "{kind}");
        }
    }
}
