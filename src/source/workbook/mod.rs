//! Workbooks and what comes as one: .xlsx, .xls, .ods, .fods, the XML of Excel 2003, tables of HTML, and address books in
//! LDIF, recognised by content.
//!
//! The sheets that are read are turned once into plain tables in a private temporary file, their row numbers in the
//! first column, and read from there: three readings of a workbook would cost three times as much.

mod biff;
mod cell;
mod html;
mod ldif;
mod number_format;
mod ods;
mod ole;
mod sheets;
mod spreadsheetml;
mod tables;
mod text_book;
mod texts;
mod tokens;
mod xls;
mod xlsx;
mod xml;
mod zip;

use std::io::{BufReader, Read, Seek};

use super::error::ErrorKind;
use super::header::Head;
use super::input::{InputSource, Seekable};
use super::merged::Merge;
use super::unpack::{Compression, RATIO, Unpacked};
use super::{Notice, Options};
use sheets::{SheetName, Wanted};
use tables::Tables;
pub(super) use text_book::TextBook;

/// A sheet as a plain table.
pub(super) struct Converted {
    /// Its name, where several sheets of the workbook are read.
    pub sheet: Option<String>,
    /// The table: cells parted by commas, the row's number in front.
    pub table: InputSource,
    pub head: Head,
    /// Cells that are merged over several rows, by their first lines.
    pub merges: Vec<Merge>,
    pub notices: Vec<Notice>,
}

enum Book {
    Xlsx(xlsx::Workbook),
    Xls(xls::Workbook),
    Ods(Seekable),
}

/// Turns the sheets with the contacts into plain tables: the first that has any, or those that are asked for.
pub(super) fn convert(
    input: &InputSource,
    compression: Option<Compression>,
    options: &Options,
) -> Result<Vec<Converted>, ErrorKind> {
    let unpacked;
    let input = match compression {
        None => input,
        Some(_) => {
            unpacked = InputSource::unpacked(Unpacked::open(input, compression)?)?;
            &unpacked
        }
    };
    let mut book = open(input)?;
    let names = book.sheets()?;
    let wanted = Wanted::find(&options.sheets, &names)?;
    let mut tables = Tables::new(options, &names, &wanted, input.len().saturating_mul(RATIO))?;
    book.read(&names, &mut tables)?;
    tables.finish()
}

fn open(input: &InputSource) -> Result<Book, ErrorKind> {
    let mut bytes = input.seekable();
    let kind = zip::kind(&mut bytes)?;
    bytes.rewind().map_err(ErrorKind::Io)?;
    Ok(match kind {
        zip::ArchiveKind::Xlsx => Book::Xlsx(xlsx::Workbook::open(bytes)?),
        zip::ArchiveKind::Ods => Book::Ods(bytes),
        zip::ArchiveKind::None => Book::Xls(xls::Workbook::open(bytes, input.len())?),
    })
}

/// The one file of an archive that could be contacts, and its name; None where the archive is a workbook.
pub(super) fn member(input: &InputSource) -> Result<Option<(InputSource, String)>, ErrorKind> {
    let mut bytes = input.seekable();
    match zip::kind(&mut bytes) {
        Err(ErrorKind::Archive { names }) => match zip::only_contacts(&names) {
            Some(name) => {
                let file = zip::unpacked(&mut bytes, &name, input.len())?;
                Ok(Some((input.member(file)?, name)))
            }
            None => Err(ErrorKind::Archive { names }),
        },
        Err(error) => Err(error),
        Ok(_) => Ok(None),
    }
}

fn damaged(error: &dyn std::fmt::Display) -> ErrorKind {
    ErrorKind::Spreadsheet(error.to_string())
}

impl Book {
    /// The sheets in their order; charts and macros are none.
    fn sheets(&mut self) -> Result<Vec<SheetName>, ErrorKind> {
        Ok(match self {
            Book::Xlsx(book) => book.sheets(),
            Book::Xls(book) => book.sheets(),
            Book::Ods(bytes) => ods::sheets(content(bytes)?)?,
        })
    }

    /// Reads the sheets that are wanted.
    fn read(&mut self, names: &[SheetName], tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
        if let Book::Ods(bytes) = self {
            return ods::read(content(bytes)?, tables);
        }
        for number in 0..names.len() {
            if !tables.begin(number) {
                continue;
            }
            match self {
                Book::Xlsx(book) => book.read(number, tables)?,
                Book::Xls(book) => book.read(number, tables)?,
                Book::Ods(_) => {}
            }
            tables.end()?;
        }
        Ok(())
    }
}

/// The part of an .ods that holds the sheets.
fn content(bytes: &mut Seekable) -> Result<BufReader<Box<dyn Read + '_>>, ErrorKind> {
    let entry = zip::entry(bytes, "content.xml")?;
    Ok(BufReader::new(entry.ok_or(ErrorKind::Damaged("zip"))?))
}
