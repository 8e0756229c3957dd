//! The cells of sheets turned into plain tables, and the choice of the sheets that are read.
//!
//! All sheets are read in one pass. What a sheet is shows in its first rows; from then on its rows are written to a
//! table, only counted, or passed over.

use std::fs::File;
use std::io::Seek;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::Converted;
use super::cell::FORMULA_ZERO;
use super::sheets::{SheetName, Wanted};
use crate::row::{NO_RESULT, Row};
use crate::source::error::ErrorKind;
use crate::source::header::{self, Head};
use crate::source::input::InputSource;
use crate::source::merged::Merge;
use crate::source::{Header, MAX_COLUMNS, MAX_RECORD, Notice, Options};
use crate::vocabulary::{Meaning, known_titles, meaning};

/// How many rows are looked at to choose a sheet and to find its header.
const LOOK: usize = 200;
/// The most bytes of the tables that the sheets of a workbook are turned into.
const MAX_TABLES: u64 = 1 << 30;
/// So many bytes are no bomb, however small the workbook.
const HARMLESS: u64 = 4 << 20;
/// Which part of the bytes may be for empty cells in front of others: each costs its time wherever its row is read.
const PADDING: u64 = 8;
/// The most cells of the rows that are looked at.
const MAX_LOOK: usize = 1 << 18;
/// The most merged cells of a sheet.
const MAX_MERGES: usize = 100_000;
/// So many lines are named in a notice.
const PLACES: usize = 10;

/// What the readers of workbooks write their cells to, sheet by sheet and row by row.
pub(super) struct Tables<'a> {
    options: &'a Options,
    names: &'a [SheetName],
    wanted: &'a Wanted,
    /// The most bytes that may be written.
    most: u64,
    writer: csv::Writer<File>,
    /// Bytes written, about; empty cells in front are written too, as commas.
    written: u64,
    /// Empty cells in front of others.
    padding: u64,
    current: Current,
    finished: Vec<Table>,
    /// Sheets with phones that are not read, and their rows.
    left: Vec<(String, u64)>,
}

/// A sheet that was written.
struct Table {
    sheet: usize,
    has_phone: bool,
    head: Head,
    start: u64,
    end: u64,
    hidden: Hidden,
    merges: Vec<Merge>,
}

/// Rows that are not shown, and yet read.
#[derive(Default)]
struct Hidden {
    count: u64,
    lines: Vec<u64>,
}

/// The sheet that is being read.
#[derive(Default)]
struct Current {
    sheet: usize,
    row: Row,
    /// Whether the row has a cell that is not blank.
    is_filled: bool,
    is_hidden: bool,
    size: usize,
    /// The first rows, and which of them are hidden, until it is decided what becomes of the sheet.
    first: Vec<Row>,
    first_hidden: Vec<bool>,
    first_cells: usize,
    treatment: Treatment,
    head: Head,
    /// The columns whose titles say phone, name or e-mail: 0 is none of them.
    texts: Vec<usize>,
    has_phone: bool,
    start: u64,
    rows: u64,
    hidden: Hidden,
    merges: Vec<Merge>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Treatment {
    /// Its first rows are gathered.
    #[default]
    Undecided,
    Written,
    Counted,
    PassedOver,
}

impl<'a> Tables<'a> {
    /// Tables of at most so many bytes together.
    pub fn new(
        options: &'a Options,
        names: &'a [SheetName],
        wanted: &'a Wanted,
        most: u64,
    ) -> Result<Tables<'a>, ErrorKind> {
        let file = tempfile::tempfile().map_err(ErrorKind::Spool)?;
        Ok(Tables {
            options,
            names,
            wanted,
            most: most.clamp(HARMLESS, MAX_TABLES),
            writer: csv::WriterBuilder::new().flexible(true).from_writer(file),
            written: 0,
            padding: 0,
            current: Current::default(),
            finished: Vec::new(),
            left: Vec::new(),
        })
    }

    /// Begins a sheet, by its number from 0; false where nothing of it is wanted.
    pub fn begin(&mut self, sheet: usize) -> bool {
        self.current = Current { sheet, ..Current::default() };
        let is_hidden = self.names.get(sheet).is_some_and(|name| name.is_hidden);
        self.wanted.named.contains(&sheet) || self.wanted.looks_for_phones() && !is_hidden
    }

    /// Whether the rows that follow are hidden, by a filter or by hand.
    pub fn hidden(&mut self, is_hidden: bool) -> Result<ControlFlow<()>, ErrorKind> {
        let ended = self.finish_row()?;
        self.current.is_hidden = is_hidden;
        Ok(ended)
    }

    /// Takes a cell: its line from 1, its column from 0. Cells come row by row. It breaks where the rest of the sheet is
    /// not wanted.
    pub fn cell(&mut self, line: u64, column: usize, text: &str) -> Result<ControlFlow<()>, ErrorKind> {
        if line != self.current.row.location.line {
            if self.finish_row()?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.current.row.location.line = line;
        }
        let current = &mut self.current;
        current.size += text.len();
        if column >= MAX_COLUMNS {
            return Err(ErrorKind::TooManyColumns { line });
        }
        if current.size > MAX_RECORD {
            return Err(ErrorKind::RowTooLong { line });
        }
        if text.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if current.row.len() > column {
            return Err(ErrorKind::Spreadsheet(format!("the cells of row {line} are not in their order")));
        }
        self.padding += (column - current.row.len()) as u64;
        if self.padding > (self.most / PADDING).max(HARMLESS) {
            return Err(ErrorKind::Bomb("spreadsheet"));
        }
        while current.row.len() < column {
            current.row.push("");
        }
        current.row.push(text);
        current.is_filled |= !text.trim().is_empty();
        Ok(ControlFlow::Continue(()))
    }

    /// Takes cells that are merged, any time before the sheet ends. Only those over several rows matter: a title over
    /// several columns is none of each.
    pub fn merge(&mut self, merge: Merge) -> Result<(), ErrorKind> {
        if merge.first < merge.last {
            if self.current.merges.len() >= MAX_MERGES {
                return Err(ErrorKind::Spreadsheet("it has more than 100,000 merged cells".to_owned()));
            }
            self.current.merges.push(merge);
        }
        Ok(())
    }

    /// Ends the sheet.
    pub fn end(&mut self) -> Result<(), ErrorKind> {
        let _no_more = self.finish_row()?;
        if self.current.treatment == Treatment::Undecided {
            self.decide()?;
        }
        let current = std::mem::take(&mut self.current);
        match current.treatment {
            Treatment::Written => {
                let end = self.position()?;
                let Current { sheet, has_phone, head, start, hidden, mut merges, .. } = current;
                merges.sort_by_key(|merge| merge.first);
                self.finished.push(Table { sheet, has_phone, head, start, end, hidden, merges });
            }
            Treatment::Counted if current.rows > 0 => self.left.push((self.name(current.sheet), current.rows)),
            Treatment::Counted | Treatment::PassedOver | Treatment::Undecided => {}
        }
        Ok(())
    }

    fn finish_row(&mut self) -> Result<ControlFlow<()>, ErrorKind> {
        let row = std::mem::take(&mut self.current.row);
        let ended = if std::mem::take(&mut self.current.is_filled) && row.location.line > self.options.skip_lines {
            self.take_row(&row)?
        } else {
            ControlFlow::Continue(())
        };
        self.current.row = row;
        self.current.row.clear();
        self.current.row.location.line = 0;
        self.current.size = 0;
        Ok(ended)
    }

    fn take_row(&mut self, row: &Row) -> Result<ControlFlow<()>, ErrorKind> {
        let is_hidden = self.current.is_hidden;
        match self.current.treatment {
            Treatment::Undecided => {
                self.current.first.push(row.clone());
                self.current.first_hidden.push(is_hidden);
                self.current.first_cells += row.len();
                if self.current.first.len() == LOOK || self.current.first_cells > MAX_LOOK {
                    self.decide()?;
                }
            }
            Treatment::Written | Treatment::Counted => self.take_decided(row, is_hidden)?,
            Treatment::PassedOver => {}
        }
        let is_over = self.current.treatment == Treatment::PassedOver;
        Ok(if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Decides by the first rows what becomes of the sheet.
    fn decide(&mut self) -> Result<(), ErrorKind> {
        let rows = std::mem::take(&mut self.current.first);
        let hidden = std::mem::take(&mut self.current.first_hidden);
        let head = header::head(&rows, 0, self.options);
        let data = head.records + usize::from(head.names.is_some());
        let has_phone = has_phone(&head, rows.get(data..).unwrap_or_default(), self.options);
        let titles = head.names.iter().flatten().map(String::as_str).enumerate();
        let is_text = |meaning: Meaning| meaning.is_phone() || meaning.is_name() || meaning == Meaning::Email;
        let says_text = |title: &str| meaning(title).is_some_and(|(meaning, _)| is_text(meaning));
        self.current.texts = titles.filter(|(_, title)| says_text(title)).map(|(column, _)| column).collect();
        self.current.head = head;
        self.current.has_phone = has_phone;
        self.current.treatment = self.treatment(self.current.sheet, has_phone, rows.is_empty());
        if self.current.treatment == Treatment::Written {
            self.current.start = self.position()?;
        }
        for (number, (row, is_hidden)) in rows.iter().zip(&hidden).enumerate() {
            if number >= data {
                self.take_decided(row, *is_hidden)?;
            } else if self.current.treatment == Treatment::Written {
                self.write(row)?;
            }
        }
        Ok(())
    }

    fn treatment(&self, sheet: usize, has_phone: bool, is_empty: bool) -> Treatment {
        let found = self.finished.iter().any(|table| table.has_phone);
        if self.wanted.named.contains(&sheet) {
            Treatment::Written
        } else if is_empty || !self.wanted.looks_for_phones() {
            Treatment::PassedOver
        } else if has_phone {
            if found && !self.wanted.all { Treatment::Counted } else { Treatment::Written }
        } else if self.finished.is_empty() {
            // If no sheet has phones, it is the first with rows.
            Treatment::Written
        } else {
            Treatment::PassedOver
        }
    }

    /// Writes or counts a row that is no header.
    fn take_decided(&mut self, row: &Row, is_hidden: bool) -> Result<(), ErrorKind> {
        self.current.rows += 1;
        if is_hidden {
            let hidden = &mut self.current.hidden;
            hidden.count += 1;
            if hidden.lines.len() < PLACES {
                hidden.lines.push(row.location.line);
            }
        }
        if self.current.treatment == Treatment::Written { self.write(row) } else { Ok(()) }
    }

    fn write(&mut self, row: &Row) -> Result<(), ErrorKind> {
        let number = row.location.line.to_string();
        self.written += (number.len() + row.cells().map(|cell| cell.len() + 1).sum::<usize>() + 1) as u64;
        let texts = &self.current.texts;
        let cells = row.cells().enumerate().map(|(column, cell)| match cell {
            FORMULA_ZERO if texts.contains(&column) => NO_RESULT,
            FORMULA_ZERO => "0",
            cell => cell,
        });
        self.writer
            .write_record(std::iter::once(number.as_str()).chain(cells))
            .map_err(|error| ErrorKind::Spool(error.into()))?;
        if self.written > self.most {
            return Err(ErrorKind::Bomb("spreadsheet"));
        }
        Ok(())
    }

    fn position(&mut self) -> Result<u64, ErrorKind> {
        self.writer.flush().map_err(ErrorKind::Spool)?;
        self.writer.get_ref().stream_position().map_err(ErrorKind::Spool)
    }

    fn name(&self, sheet: usize) -> String {
        self.names.get(sheet).map(|sheet| sheet.name.clone()).unwrap_or_default()
    }

    /// The sheets that are read, in the order in which they were asked for.
    pub fn finish(mut self) -> Result<Vec<Converted>, ErrorKind> {
        let mut tables = std::mem::take(&mut self.finished);
        let has_phone = tables.iter().any(|table| table.has_phone);
        tables.retain(|table| self.wanted.named.contains(&table.sheet) || table.has_phone || !has_phone);
        tables.sort_by_key(|table| self.wanted.named.iter().position(|sheet| *sheet == table.sheet));
        if tables.is_empty() {
            return Err(ErrorKind::Empty);
        }
        let shown = self.names.iter().filter(|name| !name.is_hidden).count();
        let is_one = tables.len() == 1;
        let left = std::mem::take(&mut self.left);
        let names: Vec<String> = tables.iter().map(|table| self.name(table.sheet)).collect();
        let was_chosen = self.wanted.named.is_empty() && !self.wanted.all;
        let file = self.writer.into_inner().map_err(|error| ErrorKind::Spool(error.into_error()))?;
        let file = Arc::new(file);
        let all = self.names;
        let convert = |(table, name): (Table, String)| {
            let mut notices = Vec::new();
            if was_chosen && shown > 1 {
                let number = all.iter().take(table.sheet + 1).filter(|name| !name.is_hidden).count();
                notices.push(Notice::SheetChosen { name: name.clone(), number, of: shown });
            }
            if was_chosen && !left.is_empty() {
                notices.push(Notice::SheetsLeft { sheets: left.clone() });
            }
            if table.head.records_left_out > 0 {
                notices.push(Notice::RowsBeforeHeader { count: table.head.records_left_out });
            }
            if table.hidden.count > 0 {
                notices.push(Notice::RowsHidden { count: table.hidden.count, lines: table.hidden.lines });
            }
            Converted {
                sheet: (!is_one).then_some(name),
                table: InputSource::part(&file, table.start..table.end),
                head: table.head,
                merges: table.merges,
                notices,
            }
        };
        Ok(tables.into_iter().zip(names).map(convert).collect())
    }
}

/// Whether a sheet with these first rows behind its head has a column of phones.
fn has_phone(head: &Head, rows: &[Row], options: &Options) -> bool {
    if rows.is_empty() {
        return false;
    }
    match &head.names {
        Some(names) => known_titles(names.iter().map(String::as_str)).phone,
        None if options.header == Header::Absent && !options.columns.is_empty() => true,
        None => has_column_of_phones(rows),
    }
}

/// Whether one of the columns holds hardly anything but phones. Dates have at most eight digits.
fn has_column_of_phones(rows: &[Row]) -> bool {
    let width = rows.iter().map(Row::len).max().unwrap_or(0);
    let digits = |cell: &str| cell.bytes().filter(u8::is_ascii_digit).count();
    let is_phone = |cell: &str| header::is_phone(cell) && (digits(cell) > 8 || cell.trim().starts_with('+'));
    (0..width).any(|column| {
        let cells = rows.iter().map(|row| row.cell(column)).filter(|cell| !cell.trim().is_empty());
        let (all, phones) = cells.fold((0, 0), |(all, phones), cell| (all + 1, phones + usize::from(is_phone(cell))));
        phones > 0 && phones * 10 >= all * 8
    })
}
