//! Workbooks: .xlsx, .xls and .ods, recognised by content.
//!
//! The sheets that are read are turned once into plain tables in a private temporary file, their row numbers in the
//! first column, and read from there: three readings of a workbook would cost three times as much.

mod biff;
mod cell;
mod number_format;
mod ods;
mod ole;
mod sheets;
mod tables;
mod xls;
mod xml;
mod zip;

use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::error::ErrorKind;
use super::header::Head;
use super::input::{InputSource, Seekable};
use super::merged::Merge;
use super::unpack::{Compression, Unpacked};
use super::{Notice, Options};
use number_format::NumberFormat;
use sheets::{SheetName, Wanted};
use tables::Tables;

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
    Xlsx(Box<Xlsx<BufReader<Seekable>>>),
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
    // The libraries were written for files that spreadsheet programs wrote: others can make them panic.
    catch_unwind(AssertUnwindSafe(|| read(input, options)))
        .unwrap_or_else(|_| Err(ErrorKind::Spreadsheet("it is damaged".to_owned())))
}

fn read(input: &InputSource, options: &Options) -> Result<Vec<Converted>, ErrorKind> {
    let mut book = open(input)?;
    let names = book.sheets()?;
    let wanted = Wanted::find(&options.sheets, &names)?;
    let mut tables = Tables::new(options, &names, &wanted, input.len())?;
    book.read(&names, &mut tables)?;
    tables.finish()
}

fn open(input: &InputSource) -> Result<Book, ErrorKind> {
    let mut bytes = input.seekable();
    let kind = zip::kind(&mut bytes)?;
    bytes.rewind().map_err(ErrorKind::Io)?;
    Ok(match kind {
        zip::ArchiveKind::Xlsx => {
            Book::Xlsx(Box::new(Xlsx::new(BufReader::new(bytes)).map_err(|error| damaged(&error))?))
        }
        zip::ArchiveKind::Ods => Book::Ods(bytes),
        zip::ArchiveKind::None => Book::Xls(xls::Workbook::open(bytes, input.len())?),
    })
}

fn damaged(error: &dyn std::fmt::Display) -> ErrorKind {
    ErrorKind::Spreadsheet(error.to_string())
}

impl Book {
    /// The sheets in their order; charts and macros are none.
    fn sheets(&mut self) -> Result<Vec<SheetName>, ErrorKind> {
        let all = match self {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xls(book) => return Ok(book.sheets()),
            Book::Ods(bytes) => return ods::sheets(content(bytes)?),
        };
        let sheet = |sheet: &calamine::Sheet| SheetName {
            name: sheet.name.clone(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        };
        Ok(all.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(sheet).collect())
    }

    /// Reads the sheets that are wanted.
    fn read(&mut self, names: &[SheetName], tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
        if let Book::Ods(bytes) = self {
            return ods::read(content(bytes)?, tables);
        }
        for (number, sheet) in names.iter().enumerate() {
            if !tables.begin(number) {
                continue;
            }
            match self {
                Book::Xlsx(book) => stream(book, &sheet.name, tables)?,
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
    let entry = zip::entry(bytes, b"content.xml")?;
    Ok(BufReader::new(entry.ok_or(ErrorKind::Damaged("zip"))?))
}

/// The cells of an .xlsx as they come; only its shared strings are held.
fn stream(book: &mut Xlsx<BufReader<Seekable>>, name: &str, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
    // By the number of the style; a workbook has few.
    let formats: Vec<Option<NumberFormat>> =
        cells.styles().iter().map(|style| NumberFormat::read(&style.number_format.as_ref()?.format_code)).collect();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|error| damaged(&error))? {
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        let ended = match cell.get_value() {
            DataRef::SharedString(text) => tables.cell(line, column, text)?,
            DataRef::Float(number) if let Some(text) = seen(formats.get(style), *number) => {
                tables.cell(line, column, &text)?
            }
            value => tables.cell(line, column, &shown(&Data::from(value.clone())))?,
        };
        if ended.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// The number as its format shows it, where that adds anything.
fn seen(format: Option<&Option<NumberFormat>>, number: f64) -> Option<String> {
    format?.as_ref()?.shown(number)
}

/// A cell's value as text: whole numbers with all their digits, dates by ISO 8601.
fn shown(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(float) => cell::number(*float),
        Data::Bool(word) => word.to_string(),
        Data::DateTime(time) => date(time),
        Data::Error(error) => error.to_string(),
    }
}

fn date(time: &ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    match (time.as_f64() < 1.0, hour, minute, second) {
        (true, ..) => format!("{hour:02}:{minute:02}:{second:02}"),
        (false, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        (false, ..) => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}
