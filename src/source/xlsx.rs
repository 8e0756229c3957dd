//! Spreadsheets: .xlsx, .xls and .ods, recognised by content.
//!
//! The sheet is turned once into a plain table in a private temporary file, its row numbers in the first column,
//! and read from there: three readings of a spreadsheet would cost three times as much, and the libraries keep
//! what they read in memory.

use std::io::{BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xls, Xlsx};

use super::error::ErrorKind;
use super::header::{self, Head};
use super::input::{InputSource, Seekable};
use super::number_format::NumberFormat;
use super::unpack::{Compression, RATIO, Unpacked};
use super::{MAX_COLUMNS, MAX_RECORD, Notice, Options, Sheet, biff, ods, ole, zip};
use crate::row::Row;
use crate::vocabulary::known_titles;

/// A sheet as a plain table.
pub(super) struct Converted {
    /// The table: cells parted by commas, the row's number in front.
    pub table: InputSource,
    pub head: Head,
    pub notices: Vec<Notice>,
}

/// The format allows hardly more, and the library holds all of it in memory.
const MAX_XLS: u64 = 256 << 20;
/// How many rows are looked at to choose a sheet and to find its header.
const LOOK: usize = 200;

/// The most bytes of the table that a sheet is turned into.
const MAX_TABLE: u64 = 1 << 30;
/// So much of it is no bomb, however small the workbook.
const HARMLESS: u64 = 4 << 20;
/// The most sheets of a workbook.
const MAX_SHEETS: usize = 1000;

enum Book {
    Xlsx(Xlsx<BufReader<Seekable>>),
    Xls(Xls<BufReader<Seekable>>),
    Ods(Seekable),
}

/// Turns the sheet with the contacts into a plain table.
pub(super) fn convert(
    input: &InputSource,
    compression: Option<Compression>,
    options: &Options,
) -> Result<Converted, ErrorKind> {
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

fn read(input: &InputSource, options: &Options) -> Result<Converted, ErrorKind> {
    let mut book = open(input)?;
    let names = book.sheets()?;
    if names.len() > MAX_SHEETS {
        return Err(ErrorKind::Spreadsheet("it has more than 1,000 sheets".to_owned()));
    }
    let wanted = match &options.sheet {
        Some(sheet) => vec![chosen(sheet, &names)?],
        None => names.clone(),
    };
    let is_skipped = |row: &Row| row.location.line <= options.skip_lines;
    let mut best: Option<(bool, String, Head)> = None;
    for name in &wanted {
        let mut rows = Vec::new();
        book.rows(name, |row| {
            rows.extend((!is_skipped(row)).then(|| row.clone()));
            if rows.len() < LOOK { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if rows.is_empty() && options.sheet.is_none() {
            continue;
        }
        let head = header::head(&rows, 0, options);
        // A template may have an empty sheet with the same header in front.
        let has_rows = rows.len() > head.records + usize::from(head.names.is_some());
        let phone = has_rows
            && (options.header == super::Header::Absent
                || known_titles(head.names.iter().flatten().map(String::as_str)).phone);
        if best.is_none() || phone && best.as_ref().is_some_and(|(found, ..)| !found) {
            best = Some((phone, name.clone(), head));
        }
        if phone {
            break;
        }
    }
    let (_, name, head) = best.ok_or(ErrorKind::Empty)?;
    let mut notices = Vec::new();
    if names.len() > 1 && options.sheet.is_none() {
        notices.push(Notice::SheetChosen { name: name.clone(), of: names.len() });
    }
    if head.records_left_out > 0 {
        notices.push(Notice::RowsBeforeHeader { count: head.records_left_out });
    }
    let mut writer =
        csv::WriterBuilder::new().flexible(true).from_writer(tempfile::tempfile().map_err(ErrorKind::Spool)?);
    let mut failed = None;
    let mut written = 0;
    let is_too_large = |written: u64| written > MAX_TABLE || written > HARMLESS && written / RATIO > input.len();
    book.rows(&name, |row| {
        if is_skipped(row) {
            return ControlFlow::Continue(());
        }
        let number = row.location.line.to_string();
        // Empty cells in front are written too, as commas.
        written += (number.len() + row.cells().map(|cell| cell.len() + 1).sum::<usize>() + 1) as u64;
        match writer.write_record(std::iter::once(number.as_str()).chain(row.cells())) {
            Ok(()) if is_too_large(written) => ControlFlow::Break(()),
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(ErrorKind::Spool(error.into()));
    }
    if is_too_large(written) {
        return Err(ErrorKind::Bomb("spreadsheet"));
    }
    let file = writer.into_inner().map_err(|error| ErrorKind::Spool(error.into_error()))?;
    Ok(Converted { table: InputSource::kept(file)?, head, notices })
}

/// The sheet that was asked for.
fn chosen(sheet: &Sheet, names: &[String]) -> Result<String, ErrorKind> {
    let wanted = match sheet {
        Sheet::Name(name) => name.clone(),
        Sheet::Number(number) => number.to_string(),
    };
    let by_name = || names.iter().find(|name| **name == wanted);
    let alike = || names.iter().find(|name| name.trim().to_lowercase() == wanted.trim().to_lowercase());
    let by_number = || match sheet {
        Sheet::Name(_) => None,
        Sheet::Number(number) => names.get(number.checked_sub(1)?),
    };
    let found = by_name().or_else(alike).or_else(by_number).cloned();
    found.ok_or_else(|| ErrorKind::NoSheet { wanted: format!("{wanted:?}"), sheets: names.to_vec() })
}

fn open(input: &InputSource) -> Result<Book, ErrorKind> {
    let mut bytes = input.seekable();
    let kind = zip::kind(&mut bytes)?;
    bytes.rewind().map_err(ErrorKind::Io)?;
    Ok(match kind {
        zip::ArchiveKind::Xlsx => Book::Xlsx(Xlsx::new(BufReader::new(bytes)).map_err(|error| damaged(&error))?),
        zip::ArchiveKind::Ods => Book::Ods(bytes),
        zip::ArchiveKind::None => {
            if input.len() > MAX_XLS {
                return Err(ErrorKind::Spreadsheet("it is larger than 256 MiB".to_owned()));
            }
            let mut whole = Vec::new();
            bytes.read_to_end(&mut whole).map_err(ErrorKind::Io)?;
            biff::check(&ole::workbook(&whole)?, input.len())?;
            drop(whole);
            bytes.rewind().map_err(ErrorKind::Io)?;
            Book::Xls(Xls::new(BufReader::new(bytes)).map_err(|error| damaged(&error))?)
        }
    })
}

fn damaged(error: &dyn std::fmt::Display) -> ErrorKind {
    ErrorKind::Spreadsheet(error.to_string())
}

impl Book {
    /// The names of the sheets that can be seen.
    fn sheets(&mut self) -> Result<Vec<String>, ErrorKind> {
        let all = match self {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(bytes) => return ods::sheets(content(bytes)?),
        };
        let shown =
            |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
        Ok(all.iter().filter(shown).map(|sheet| sheet.name.clone()).collect())
    }

    /// Lends each row with something in it; its line is its number in the sheet.
    fn rows(&mut self, name: &str, lend: impl FnMut(&Row) -> ControlFlow<()>) -> Result<(), ErrorKind> {
        let mut gather = Gather::new(lend);
        match self {
            Book::Xlsx(book) => stream(book, name, &mut gather)?,
            Book::Xls(book) => {
                let range = book.worksheet_range(name).map_err(|error| damaged(&error))?;
                let (top, left) = range.start().unwrap_or_default();
                for (row, column, value) in range.used_cells() {
                    if gather.cell(u64::from(top) + row as u64 + 1, left as usize + column, &shown(value))?.is_break() {
                        return Ok(());
                    }
                }
            }
            Book::Ods(bytes) => {
                ods::cells(content(bytes)?, name, &mut |row, column, text| gather.cell(row, column, text))?;
            }
        }
        gather.end();
        Ok(())
    }
}

/// The part of an .ods that holds the sheets.
fn content(bytes: &mut Seekable) -> Result<BufReader<Box<dyn Read + '_>>, ErrorKind> {
    let entry = zip::entry(bytes, b"content.xml")?;
    Ok(BufReader::new(entry.ok_or(ErrorKind::Damaged("zip"))?))
}

/// The cells of an .xlsx as they come; only its shared strings are held.
fn stream<Lend: FnMut(&Row) -> ControlFlow<()>>(
    book: &mut Xlsx<BufReader<Seekable>>,
    name: &str,
    gather: &mut Gather<Lend>,
) -> Result<(), ErrorKind> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
    // By the number of the style; a workbook has few.
    let formats: Vec<Option<NumberFormat>> =
        cells.styles().iter().map(|style| NumberFormat::read(&style.number_format.as_ref()?.format_code)).collect();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|error| damaged(&error))? {
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        let ended = match cell.get_value() {
            DataRef::SharedString(text) => gather.cell(line, column, text)?,
            DataRef::Float(number) if let Some(text) = seen(formats.get(style), *number) => {
                gather.cell(line, column, &text)?
            }
            value => gather.cell(line, column, &shown(&Data::from(value.clone())))?,
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

/// Gathers cells, which come row by row, into rows.
struct Gather<Lend> {
    row: Row,
    filled: bool,
    size: usize,
    lend: Lend,
}

impl<Lend: FnMut(&Row) -> ControlFlow<()>> Gather<Lend> {
    fn new(lend: Lend) -> Gather<Lend> {
        Gather { row: Row::default(), filled: false, size: 0, lend }
    }

    fn cell(&mut self, line: u64, column: usize, text: &str) -> Result<ControlFlow<()>, ErrorKind> {
        if line != self.row.location.line {
            if std::mem::take(&mut self.filled) && (self.lend)(&self.row).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.row.clear();
            self.row.location.line = line;
            self.size = 0;
        }
        self.size += text.len();
        if column >= MAX_COLUMNS {
            return Err(ErrorKind::TooManyColumns { line });
        }
        if self.size > MAX_RECORD {
            return Err(ErrorKind::RowTooLong { line });
        }
        while self.row.len() < column && !text.is_empty() {
            self.row.push("");
        }
        if self.row.len() == column {
            self.row.push(text);
            self.filled |= !text.trim().is_empty();
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(mut self) {
        if self.filled {
            let _ = (self.lend)(&self.row);
        }
    }
}

/// A cell's value as text: whole numbers with all their digits, dates by ISO 8601.
fn shown(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(float) => number(*float),
        Data::Bool(word) => word.to_string(),
        Data::DateTime(time) => date(time),
        Data::Error(error) => error.to_string(),
    }
}

/// A number as text. A spreadsheet keeps fifteen digits: what is longer has lost some, and says so.
pub(super) fn number(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:E}") }
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
