//! Workbooks in the XML of Excel 2002 and 2003, which many web programs write and call .xls; read as they come.

use std::collections::HashMap;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};

use super::cell;
use super::number_format::CellFormat;
use super::sheets::SheetName;
use super::tables::Tables;
use super::xml::{Xml, attribute, number, push_text};
use crate::source::MAX_COLUMNS;
use crate::source::error::ErrorKind;
use crate::source::merged::Merge;

/// The sheets in their order.
pub(super) fn sheets(content: impl BufRead) -> Result<Vec<SheetName>, ErrorKind> {
    let mut xml = Xml::new(content);
    let mut sheets: Vec<SheetName> = Vec::new();
    let mut visible: Option<String> = None;
    loop {
        let event = xml.next()?;
        match &event {
            Event::Eof => return Ok(sheets),
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Worksheet" => {
                sheets.push(SheetName { name: attribute(tag, "Name").unwrap_or_default(), is_hidden: false });
            }
            Event::Start(tag) if tag.local_name().as_ref() == "Visible" => visible = Some(String::new()),
            Event::End(tag) if tag.local_name().as_ref() == "Visible" => {
                if let (Some(sheet), Some(word)) = (sheets.last_mut(), visible.take()) {
                    sheet.is_hidden = word.trim() != "SheetVisible";
                }
            }
            text => {
                if let Some(visible) = &mut visible {
                    push_text(visible, text);
                }
            }
        }
    }
}

/// Reads the sheets that are wanted.
pub(super) fn read(content: impl BufRead, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
    let mut xml = Xml::new(content);
    let mut book = Book { tables, formats: HashMap::new(), style: String::new(), number: 0, sheet: None };
    loop {
        let event = xml.next()?;
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(tag) => book.start(tag)?,
            Event::Empty(tag) => {
                book.start(tag)?;
                book.end(tag.local_name().as_ref())?;
            }
            Event::End(tag) => book.end(tag.local_name().as_ref())?,
            text => {
                let cell = book.sheet.as_mut().and_then(|sheet| sheet.cell.as_mut());
                if let Some(cell) = cell.filter(|cell| cell.is_data && !cell.is_comment) {
                    push_text(cell.value.get_or_insert_default(), text);
                }
            }
        }
    }
}

struct Book<'t, 'a> {
    tables: &'t mut Tables<'a>,
    /// By the name of the style.
    formats: HashMap<String, CellFormat>,
    style: String,
    /// The number of the next sheet.
    number: usize,
    /// The sheet under way, as long as it is wanted.
    sheet: Option<Sheet>,
}

#[derive(Default)]
struct Sheet {
    line: u64,
    column: usize,
    cell: Option<Cell>,
}

struct Cell {
    formula: Option<String>,
    style: String,
    kind: String,
    value: Option<String>,
    is_data: bool,
    is_comment: bool,
    /// How many cells it covers to the right and below.
    across: usize,
    down: u64,
}

impl Cell {
    fn new(tag: &BytesStart<'_>) -> Cell {
        Cell {
            formula: attribute(tag, "Formula"),
            style: attribute(tag, "StyleID").unwrap_or_default(),
            kind: String::new(),
            value: None,
            is_data: false,
            is_comment: false,
            across: number(tag, "MergeAcross").unwrap_or(0),
            down: number(tag, "MergeDown").unwrap_or(0),
        }
    }

    fn text(&self, formats: &HashMap<String, CellFormat>) -> String {
        let formula = self.formula.as_deref();
        if let Some(text) = formula.and_then(|formula| cell::instead_of(formula, self.value.as_deref())) {
            return text.to_owned();
        }
        let value = self.value.clone().unwrap_or_default();
        match self.kind.as_str() {
            "Number" => match value.trim().parse() {
                Ok(number) => cell::shown(number, formats.get(&self.style), false),
                Err(_) => value,
            },
            "Boolean" => if value.trim() == "1" { "true" } else { "false" }.to_owned(),
            "DateTime" => {
                let date = value.trim().trim_end_matches(".000");
                date.strip_suffix("T00:00:00").unwrap_or(date).to_owned()
            }
            _ => value,
        }
    }
}

impl Book<'_, '_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ErrorKind> {
        match tag.local_name().as_ref() {
            "Style" => self.style = attribute(tag, "ID").unwrap_or_default(),
            "NumberFormat" => {
                if let Some(code) = attribute(tag, "Format") {
                    self.formats.insert(self.style.clone(), CellFormat::of_code(&code));
                }
            }
            "Worksheet" => {
                self.sheet = self.tables.begin(self.number).then(Sheet::default);
                self.number += 1;
            }
            name => {
                if let Some(sheet) = &mut self.sheet {
                    return sheet.start(name, tag, self.tables).map(|wanted| {
                        if !wanted {
                            self.sheet = None;
                        }
                    });
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ErrorKind> {
        let Some(sheet) = &mut self.sheet else {
            // It was given up before its end.
            return Ok(());
        };
        match (name, &mut sheet.cell) {
            ("Data", Some(cell)) => cell.is_data = false,
            ("Comment", Some(cell)) => cell.is_comment = false,
            ("Cell", Some(cell)) => {
                let text = cell.text(&self.formats);
                let (column, across, down) = (sheet.column, cell.across.min(MAX_COLUMNS), cell.down);
                sheet.cell = None;
                sheet.column = column + 1 + across;
                if down > 0 {
                    self.tables.merge(Merge { first: sheet.line, last: sheet.line.saturating_add(down), column })?;
                }
                if self.tables.cell(sheet.line, column, &text)?.is_break() {
                    self.sheet = None;
                    self.tables.end()?;
                }
            }
            ("Worksheet", _) => {
                self.sheet = None;
                self.tables.end()?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Sheet {
    /// Takes an element within the sheet; false where the rest of the sheet is not wanted.
    fn start(&mut self, name: &str, tag: &BytesStart<'_>, tables: &mut Tables<'_>) -> Result<bool, ErrorKind> {
        match (name, &mut self.cell) {
            ("Row", _) => {
                self.line = number(tag, "Index").unwrap_or(self.line + 1);
                self.column = 0;
                let is_hidden = attribute(tag, "Hidden").is_some_and(|hidden| hidden == "1");
                if tables.hidden(is_hidden)?.is_break() {
                    tables.end()?;
                    return Ok(false);
                }
            }
            ("Cell", _) => {
                self.column = number::<usize>(tag, "Index").map_or(self.column, |index| index.saturating_sub(1));
                self.cell = Some(Cell::new(tag));
            }
            ("Comment", Some(cell)) => cell.is_comment = true,
            ("Data", Some(cell)) if !cell.is_comment => {
                cell.is_data = true;
                cell.kind = attribute(tag, "Type").unwrap_or_default();
                cell.value = Some(String::new());
            }
            _ => {}
        }
        Ok(true)
    }
}
