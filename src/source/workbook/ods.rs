//! OpenDocument sheets, in an archive (.ods) or as one file (.fods), read as they come: repeated rows and cells are
//! counted, never multiplied in memory.

use std::collections::HashSet;
use std::io::BufRead;
use std::ops::ControlFlow;

use quick_xml::events::{BytesStart, Event};

use super::cell;
use super::sheets::SheetName;
use super::tables::Tables;
use super::xml::{Xml, attribute, number, push_text};
use crate::source::MAX_COLUMNS;
use crate::source::error::ErrorKind;

/// The most rows of a sheet.
const MAX_ROWS: u64 = 1 << 20;
/// The most blanks that one element adds.
const MAX_BLANKS: usize = 1000;

/// The sheets in their order.
pub(super) fn sheets(content: impl BufRead) -> Result<Vec<SheetName>, ErrorKind> {
    let mut xml = Xml::new(content);
    let mut names = Vec::new();
    let mut hidden_styles: HashSet<String> = HashSet::new();
    let (mut style, mut depth) = (String::new(), 0u32);
    loop {
        let event = xml.next()?;
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Eof => return Ok(names),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "style" => style = attribute(&tag, "style:name").unwrap_or_default(),
                "table-properties" if attribute(&tag, "table:display").as_deref() == Some("false") => {
                    hidden_styles.insert(style.clone());
                }
                "table" => {
                    if depth == 0 {
                        let style = attribute(&tag, "table:style-name");
                        let is_hidden = style.is_some_and(|style| hidden_styles.contains(&style));
                        let name = attribute(&tag, "table:name").unwrap_or_default();
                        names.push(SheetName { name, is_hidden });
                    }
                    depth += u32::from(!is_empty);
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "table" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// Reads the sheets that are wanted.
pub(super) fn read(content: impl BufRead, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
    let mut xml = Xml::new(content);
    let mut sheets = Sheets { tables, number: 0, depth: 0, sheet: None };
    loop {
        let event = xml.next()?;
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(tag) => sheets.start(tag)?,
            Event::Empty(tag) => {
                sheets.start(tag)?;
                sheets.end(tag.local_name().as_ref())?;
            }
            Event::End(tag) => sheets.end(tag.local_name().as_ref())?,
            _ => {
                if let Some(cell) = sheets.cell().filter(|cell| cell.silent == 0) {
                    push_text(&mut cell.text, &event);
                }
            }
        }
    }
}

/// The sheets of a document, of which one may be under way.
struct Sheets<'t, 'a> {
    tables: &'t mut Tables<'a>,
    /// The number of the next sheet.
    number: usize,
    /// How many tables are open: those within a sheet are no sheets.
    depth: u32,
    /// The sheet under way, as long as it is wanted.
    sheet: Option<OneSheet>,
}

/// A sheet that is being read.
#[derive(Default)]
struct OneSheet {
    /// The rows before this one.
    row: u64,
    repeated: u64,
    is_hidden: bool,
    /// The cells of the row that have something in them.
    cells: Vec<(usize, String)>,
    column: usize,
    cell: Option<Cell>,
}

impl Sheets<'_, '_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ErrorKind> {
        let name = tag.local_name();
        let name: &str = name.as_ref();
        if name == "table" {
            self.depth += 1;
            if self.depth == 1 {
                self.sheet = self.tables.begin(self.number).then(OneSheet::default);
                self.number += 1;
            }
            return Ok(());
        }
        let Some(sheet) = self.sheet.as_mut().filter(|_| self.depth == 1) else { return Ok(()) };
        match name {
            "table-row" => {
                sheet.repeated = number(tag, "table:number-rows-repeated").unwrap_or(1);
                sheet.is_hidden = matches!(attribute(tag, "table:visibility").as_deref(), Some("collapse" | "filter"));
                sheet.column = 0;
                sheet.cells.clear();
            }
            "table-cell" | "covered-table-cell" => sheet.cell = Some(Cell::new(tag)),
            _ => {
                if let Some(cell) = &mut sheet.cell {
                    cell.add(name, tag);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ErrorKind> {
        if name == "table" {
            self.depth = self.depth.saturating_sub(1);
            if self.depth == 0 && self.sheet.take().is_some() {
                self.tables.end()?;
            }
            return Ok(());
        }
        let Some(sheet) = self.sheet.as_mut().filter(|_| self.depth == 1) else { return Ok(()) };
        match name {
            "annotation" => {
                if let Some(cell) = &mut sheet.cell {
                    cell.silent = cell.silent.saturating_sub(1);
                }
            }
            "table-cell" | "covered-table-cell" => {
                if let Some(cell) = sheet.cell.take() {
                    cell.end(&mut sheet.column, &mut sheet.cells);
                }
            }
            "table-row" if sheet.give_row(self.tables)?.is_break() => {
                self.sheet = None;
                self.tables.end()?;
            }
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self) -> Option<&mut Cell> {
        self.sheet.as_mut().filter(|_| self.depth == 1)?.cell.as_mut()
    }
}

impl OneSheet {
    /// Gives the row as often as it is repeated, if there is anything in it.
    fn give_row(&mut self, tables: &mut Tables<'_>) -> Result<ControlFlow<()>, ErrorKind> {
        let times = if self.cells.is_empty() { 0 } else { self.repeated };
        let first = self.row + 1;
        self.row = self.row.saturating_add(self.repeated).min(MAX_ROWS);
        if times > 0 && tables.hidden(self.is_hidden)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        for line in first..first.saturating_add(times).min(MAX_ROWS + 1) {
            for (column, text) in &self.cells {
                if tables.cell(line, *column, text)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// A cell that is being read.
struct Cell {
    /// Its value, where the attributes have it.
    value: Option<String>,
    formula: Option<String>,
    /// Whether it says of what kind its value is, which a formula without a result does not.
    is_typed: bool,
    text: String,
    repeated: u64,
    /// How deep we are in remarks.
    silent: u32,
}

impl Cell {
    fn new(tag: &BytesStart<'_>) -> Cell {
        let value_type = attribute(tag, "office:value-type");
        let value = match value_type.as_deref() {
            Some("float" | "currency" | "percentage") => attribute(tag, "office:value").map(|text| plain(&text)),
            Some("date") => attribute(tag, "office:date-value"),
            Some("boolean") => attribute(tag, "office:boolean-value"),
            _ => attribute(tag, "office:string-value"),
        };
        Cell {
            value,
            formula: attribute(tag, "table:formula"),
            is_typed: value_type.is_some(),
            text: String::new(),
            repeated: number(tag, "table:number-columns-repeated").unwrap_or(1),
            silent: 0,
        }
    }

    /// Takes an element within the cell.
    fn add(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            // A remark is no part of the cell.
            "annotation" => self.silent += 1,
            _ if self.silent > 0 => {}
            "p" if !self.text.is_empty() => self.text.push('\n'),
            "s" => self.text.push_str(&" ".repeat(number(tag, "text:c").unwrap_or(1).min(MAX_BLANKS))),
            "tab" => self.text.push('\t'),
            "line-break" => self.text.push('\n'),
            _ => {}
        }
    }

    fn end(self, column: &mut usize, cells: &mut Vec<(usize, String)>) {
        let value = self.value.filter(|value| !is_error(&self.text) && !adds_digits(&self.text, value));
        let text = value.unwrap_or(self.text);
        let stored = Some(text.as_str()).filter(|_| self.is_typed || !text.is_empty());
        let instead = self.formula.as_deref().and_then(|formula| cell::instead_of(formula, stored));
        let text = instead.map_or(text.clone(), str::to_owned);
        let times = usize::try_from(self.repeated).unwrap_or(usize::MAX).min(MAX_COLUMNS.saturating_sub(*column));
        if !text.is_empty() {
            cells.extend((0..times).map(|place| (*column + place, text.clone())));
        }
        *column += times;
    }
}

/// Whether a number is shown with a plus sign, a calling code or leading zeros, which its value does not have.
fn adds_digits(shown: &str, value: &str) -> bool {
    let is_phone = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '/' | '\u{a0}');
    let shown = shown.trim();
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let is_whole = value.bytes().all(|byte| byte.is_ascii_digit());
    is_whole
        && shown.chars().all(is_phone)
        && digits.ends_with(value)
        && (shown.starts_with('+') || digits.len() > value.len())
}

/// What a formula shows that has no value.
fn is_error(text: &str) -> bool {
    text.starts_with('#') || text.starts_with("Err:")
}

/// A number as text: whole ones with all their digits, those over fifteen digits as such that have lost some.
fn plain(value: &str) -> String {
    value.parse().map_or_else(|_| value.to_owned(), cell::number)
}
