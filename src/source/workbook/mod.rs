//! Workbooks and what comes as one: .xlsx, .xls, .ods, .fods, the XML of Excel 2003, tables of HTML, and address books in
//! LDIF, recognised by content.
//!
//! The sheets that are read are turned once into plain tables in a private temporary file, their row numbers in the
//! first column, and read from there: three readings of a workbook would cost three times as much.

mod archive;
mod biff;
mod cell;
mod html;
mod ldif;
mod number_format;
mod ods;
mod ole;
mod places;
mod sheets;
mod spreadsheetml;
mod tables;
mod text_book;
mod texts;
mod tokens;
mod usual;
mod xls;
mod xlsx;
mod xml;

use std::io::{BufReader, Read};

use super::error::ErrorKind;
use super::header::Head;
use super::input::InputSource;
use super::merged::Merge;
use super::unpack::RATIO;
use super::{Notice, Options};
use archive::{Archive, Kind, only_contacts};
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

/// A workbook whose sheets are not read yet.
pub(super) struct Workbook(Book);

enum Book {
    Xlsx(xlsx::Workbook),
    Xls(xls::Workbook),
    Ods(Archive),
}

/// What an archive holds.
pub(super) enum Content {
    Workbook(Workbook),
    /// The one file that could be contacts, and its name.
    File(InputSource, String),
}

/// Opens a zip archive.
///
/// # Errors
/// It is damaged, a bomb, or holds no workbook and not just one file of contacts.
pub(super) fn of_archive(input: &InputSource) -> Result<Content, ErrorKind> {
    let mut archive = Archive::open(input.seekable())?;
    let book = match archive.kind() {
        Ok(Kind::Xlsx) => Book::Xlsx(xlsx::Workbook::open(archive)?),
        Ok(Kind::Ods) => Book::Ods(archive),
        Err(ErrorKind::Archive { names }) => {
            let Some(name) = only_contacts(&names) else { return Err(ErrorKind::Archive { names }) };
            return Ok(Content::File(input.member(archive.unpacked(&name)?)?, name));
        }
        Err(error) => return Err(error),
    };
    Ok(Content::Workbook(Workbook(book)))
}

/// Opens an old Office document.
///
/// # Errors
/// It is no workbook, or damaged.
pub(super) fn of_office_document(input: &InputSource) -> Result<Workbook, ErrorKind> {
    Ok(Workbook(Book::Xls(xls::Workbook::open(input.seekable(), input.len())?)))
}

fn damaged(error: &dyn std::fmt::Display) -> ErrorKind {
    ErrorKind::Spreadsheet(error.to_string())
}

impl Workbook {
    /// Turns the sheets with the contacts into plain tables: the first that has any, or those that are asked for. `length`
    /// is that of the workbook in bytes.
    ///
    /// # Errors
    /// There is no such sheet, one is damaged or empty, or a bomb.
    pub fn convert(mut self, length: u64, options: &Options) -> Result<Vec<Converted>, ErrorKind> {
        let names = self.0.sheets()?;
        let wanted = Wanted::find(&options.sheets, &names)?;
        let mut tables = Tables::new(options, &names, &wanted, length.saturating_mul(RATIO))?;
        self.0.read(&names, &mut tables)?;
        tables.finish()
    }
}

impl Book {
    /// The sheets in their order; charts and macros are none.
    fn sheets(&mut self) -> Result<Vec<SheetName>, ErrorKind> {
        Ok(match self {
            Book::Xlsx(book) => book.sheets(),
            Book::Xls(book) => book.sheets(),
            Book::Ods(archive) => ods::sheets(content(archive)?)?,
        })
    }

    /// Reads the sheets that are wanted.
    fn read(&mut self, names: &[SheetName], tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
        if let Book::Ods(archive) = self {
            return ods::read(content(archive)?, tables);
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
fn content(archive: &mut Archive) -> Result<BufReader<impl Read + '_>, ErrorKind> {
    let entry = archive.entry("content.xml")?;
    Ok(BufReader::new(entry.ok_or(ErrorKind::Damaged("zip"))?))
}
