//! Inputs that hold their table within something else: workbooks, address books in LDIF, archives of one file.

#[cfg(not(feature = "xlsx"))]
use super::detect::binary;
#[cfg(feature = "xlsx")]
use super::encoding::EncodingGuess;
use super::error::ErrorKind;
use super::input::InputSource;
use super::recognize::Container;
use super::sample::Sample;
#[cfg(feature = "xlsx")]
use super::unpack::Unpacked;
#[cfg(feature = "xlsx")]
use super::workbook::Content;
#[cfg(feature = "xlsx")]
use super::{Basis, Columns, Layout, Notice, UTF_8, table, workbook};
use super::{Format, Options, Source};

/// The sources of a workbook, of an address book in LDIF, or of the one file of an archive.
///
/// # Errors
/// It cannot be read, or is no workbook and has not just one file.
#[cfg(feature = "xlsx")]
pub(super) fn open(
    input: &InputSource,
    sample: &Sample,
    found: Container,
    options: &Options,
) -> Result<Vec<Source>, ErrorKind> {
    let compression = sample.compression;
    let unpacked = compression.map(|_| InputSource::unpacked(Unpacked::open(input, compression)?)).transpose()?;
    let plain = unpacked.as_ref().unwrap_or(input);
    let utf_8 = EncodingGuess { encoding: UTF_8, basis: Basis::Content };
    let (format, encoding, sheets) = match found {
        Container::Document { kind, encoding } => {
            (kind.format(), encoding, kind.convert(input, compression, encoding.encoding, options)?)
        }
        Container::Archive => match workbook::of_archive(plain)? {
            Content::File(file, name) => {
                let mut sources = super::settle(file, options)?;
                let read = Notice::MemberRead { name };
                sources.iter_mut().for_each(|source| source.notices.insert(0, read.clone()));
                return Ok(sources);
            }
            Content::Workbook(book) => (Format::Xlsx, utf_8, wanted(book, options)?.convert(plain.len(), options)?),
        },
        Container::OfficeDocument => {
            let book = wanted(workbook::of_office_document(plain)?, options)?;
            (Format::Xlsx, utf_8, book.convert(plain.len(), options)?)
        }
    };
    let source = |workbook::Converted { sheet, table, head, merges, mut notices }| {
        if encoding.basis == Basis::Guess {
            notices.insert(0, Notice::EncodingGuessed(encoding.encoding.name()));
        }
        let is_rejects_file = head.names.as_deref().is_some_and(table::has_reject_columns);
        let mut source = Source {
            input: sheet.map_or_else(|| input.clone(), |sheet| input.sheet(&sheet)),
            compression,
            format_basis: options.format.map_or(Basis::Mark, |_| Basis::Asked),
            encoding,
            layout: Layout::Sheet { format, table, head, merges: merges.into(), is_rejects_file },
            columns: Columns::default(),
            sample: Vec::new(),
            notices,
        };
        source.take_sample(options)?;
        Ok(source)
    };
    sheets.into_iter().map(source).collect()
}

/// A workbook, if none but a workbook may be read.
#[cfg(feature = "xlsx")]
fn wanted<T>(book: T, options: &Options) -> Result<T, ErrorKind> {
    match options.format {
        None | Some(Format::Xlsx) => Ok(book),
        Some(asked) => Err(ErrorKind::OtherFormat { kind: "a workbook", asked, right: Format::Xlsx }),
    }
}

#[cfg(not(feature = "xlsx"))]
pub(super) fn open(
    _: &InputSource,
    sample: &Sample,
    _: Container,
    options: &Options,
) -> Result<Vec<Source>, ErrorKind> {
    match options.format {
        None | Some(Format::Xlsx) => Err(ErrorKind::LeftOut("spreadsheets")),
        Some(_) => Err(foreign(sample)),
    }
}

/// What an archive is where no workbook is asked for.
#[cfg(not(feature = "xlsx"))]
fn foreign(sample: &Sample) -> ErrorKind {
    binary(&sample.bytes, None).map_or(ErrorKind::Empty, ErrorKind::Binary)
}
