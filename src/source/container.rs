//! Inputs that hold their table within something else: workbooks, address books in LDIF, archives of one file.

use super::error::ErrorKind;
use super::input::InputSource;
use super::unpack::Compression;
#[cfg(feature = "xlsx")]
use super::{Columns, Layout, Notice, UTF_8, encoding, table, workbook};
use super::{Format, Options, Source};

/// The sources of a workbook, of an address book in LDIF, or of the one file of an archive; None where it is none of these.
#[cfg(feature = "xlsx")]
pub(super) fn open(
    input: &InputSource,
    compression: Option<Compression>,
    head: &[u8],
    options: &Options,
) -> Result<Option<Vec<Source>>, ErrorKind> {
    let is_archive = head.starts_with(b"PK\x03\x04");
    if is_archive
        && compression.is_none()
        && let Some((member, name)) = workbook::member(input)?
    {
        let mut sources = super::settle(member, options)?;
        sources.iter_mut().for_each(|source| source.notices.insert(0, Notice::MemberRead { name: name.clone() }));
        return Ok(Some(sources));
    }
    let is_book = is_archive || head.starts_with(b"\xd0\xcf\x11\xe0");
    let utf_8 = encoding::EncodingGuess { encoding: UTF_8, bom: false, guessed: false };
    let (format, encoding, sheets) = match options.format {
        None | Some(Format::Xlsx) if is_book => (Format::Xlsx, utf_8, workbook::convert(input, compression, options)?),
        None | Some(Format::Xlsx | Format::Ldif) => {
            let Some((book, found)) = workbook::TextBook::find(head, options.encoding)? else { return Ok(None) };
            let format = if book == workbook::TextBook::Ldif { Format::Ldif } else { Format::Xlsx };
            if options.format.is_some_and(|asked| asked != format) {
                return Ok(None);
            }
            (format, found, book.convert(input, compression, found.encoding, options)?)
        }
        _ => return Ok(None),
    };
    let source = |workbook::Converted { sheet, table, head, merges, mut notices }| {
        if encoding.guessed {
            notices.insert(0, Notice::EncodingGuessed(encoding.encoding.name()));
        }
        let is_rejects_file = head.names.as_deref().is_some_and(table::has_reject_columns);
        let mut source = Source {
            input: sheet.map_or_else(|| input.clone(), |sheet| input.sheet(&sheet)),
            compression,
            encoding,
            layout: Layout::Sheet { format, table, head, merges: merges.into(), is_rejects_file },
            columns: Columns::default(),
            sample: Vec::new(),
            notices,
        };
        source.take_sample(options)?;
        Ok(source)
    };
    sheets.into_iter().map(source).collect::<Result<_, _>>().map(Some)
}

#[cfg(not(feature = "xlsx"))]
pub(super) fn open(
    _: &InputSource,
    _: Option<Compression>,
    head: &[u8],
    options: &Options,
) -> Result<Option<Vec<Source>>, ErrorKind> {
    let is_book = head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0");
    match options.format {
        None | Some(Format::Xlsx) if is_book => Err(ErrorKind::LeftOut("spreadsheets")),
        _ => Ok(None),
    }
}
