//! The sheets of an .ods, read as they come: repeated rows and cells are counted, never multiplied in memory.

use std::io::BufRead;
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::MAX_COLUMNS;
use super::error::ErrorKind;
use crate::entity;

/// The most rows of a sheet.
const MAX_ROWS: u64 = 1 << 20;

/// What a cell lends: its row, from 1, its column, from 0, and its text.
type Lend<'a> = dyn FnMut(u64, usize, &str) -> Result<ControlFlow<()>, ErrorKind> + 'a;

/// The names of the sheets that can be seen.
pub(super) fn sheets(content: impl BufRead) -> Result<Vec<String>, ErrorKind> {
    let mut reader = Reader::from_reader(content);
    let mut buffer = Vec::new();
    let mut names = Vec::new();
    let mut hidden_styles: Vec<String> = Vec::new();
    let mut style = String::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| damaged(&error))? {
            Event::Eof => return Ok(names),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                name if is(name, "style") => style = attribute(&tag, "style:name").unwrap_or_default(),
                name if is(name, "table-properties")
                    && attribute(&tag, "table:display").as_deref() == Some("false") =>
                {
                    hidden_styles.push(style.clone());
                }
                name if is(name, "table") => {
                    let hidden =
                        attribute(&tag, "table:style-name").is_some_and(|style| hidden_styles.contains(&style));
                    names.extend(attribute(&tag, "table:name").filter(|_| !hidden));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// Lends each cell of a sheet that has something in it, row by row.
pub(super) fn cells(content: impl BufRead, sheet: &str, lend: &mut Lend<'_>) -> Result<(), ErrorKind> {
    let mut reader = Reader::from_reader(content);
    let mut buffer = Vec::new();
    let (mut within, mut depth) = (false, 0u32);
    let (mut row, mut repeated) = (1u64, 1u64);
    let mut cells: Vec<(usize, String)> = Vec::new();
    let mut column = 0;
    let mut cell: Option<Cell> = None;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| damaged(&error))?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Eof => return Ok(()),
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name();
                let name = name.as_ref();
                if is(name, "table") && !empty {
                    depth += 1;
                    within |= depth == 1 && attribute(&tag, "table:name").as_deref() == Some(sheet);
                } else if !within || depth != 1 {
                } else if is(name, "table-row") {
                    repeated = count(&tag, "table:number-rows-repeated");
                    column = 0;
                    cells.clear();
                    if empty {
                        row += repeated;
                    }
                } else if is(name, "table-cell") || is(name, "covered-table-cell") {
                    let new = Cell::new(&tag);
                    if empty {
                        new.end(&mut column, &mut cells);
                    } else {
                        cell = Some(new);
                    }
                } else if let Some(cell) = &mut cell {
                    match name {
                        name if is(name, "p") && !cell.text.is_empty() => cell.text.push('\n'),
                        name if is(name, "s") => {
                            let blanks = count(&tag, "text:c").min(1000);
                            (0..blanks).for_each(|_| cell.text.push(' '));
                        }
                        name if is(name, "tab") => cell.text.push('\t'),
                        name if is(name, "line-break") => cell.text.push('\n'),
                        // A remark is no part of the cell.
                        name if is(name, "annotation") && !empty => cell.silent += 1,
                        _ => {}
                    }
                }
            }
            Event::Text(text) => {
                if let Some(cell) = cell.as_mut().filter(|cell| cell.silent == 0) {
                    cell.text.push_str(&decoded(text.as_ref()));
                }
            }
            Event::GeneralRef(name) => {
                if let Some(cell) = cell.as_mut().filter(|cell| cell.silent == 0) {
                    cell.text.extend(entity::xml(&decoded(name.as_ref())));
                }
            }
            Event::End(tag) => {
                let name = tag.local_name();
                let name = name.as_ref();
                if is(name, "table") {
                    depth = depth.saturating_sub(1);
                    if within && depth == 0 {
                        return Ok(());
                    }
                } else if is(name, "annotation") {
                    if let Some(cell) = &mut cell {
                        cell.silent = cell.silent.saturating_sub(1);
                    }
                } else if is(name, "table-cell") || is(name, "covered-table-cell") {
                    if let Some(cell) = cell.take() {
                        cell.end(&mut column, &mut cells);
                    }
                } else if is(name, "table-row") && within && depth == 1 {
                    let times = if cells.is_empty() { 0 } else { repeated };
                    for number in row..row.saturating_add(times).min(MAX_ROWS + 1) {
                        for (column, text) in &cells {
                            if lend(number, *column, text)?.is_break() {
                                return Ok(());
                            }
                        }
                    }
                    row = row.saturating_add(repeated);
                }
            }
            _ => {}
        }
    }
}

/// A cell that is being read.
struct Cell {
    /// Its value, where the attributes have it.
    value: Option<String>,
    text: String,
    repeated: u64,
    /// How deep we are in remarks.
    silent: u32,
}

impl Cell {
    fn new(tag: &BytesStart<'_>) -> Cell {
        let value = match attribute(tag, "office:value-type").as_deref() {
            Some("float" | "currency" | "percentage") => attribute(tag, "office:value").map(|value| number(&value)),
            Some("date") => attribute(tag, "office:date-value"),
            Some("boolean") => attribute(tag, "office:boolean-value"),
            _ => attribute(tag, "office:string-value"),
        };
        Cell { value, text: String::new(), repeated: count(tag, "table:number-columns-repeated"), silent: 0 }
    }

    fn end(self, column: &mut usize, cells: &mut Vec<(usize, String)>) {
        let value = self.value.filter(|value| !is_error(&self.text) && !adds_digits(&self.text, value));
        let text = value.unwrap_or(self.text);
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
fn number(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(number) => super::xlsx::number(number),
        Err(_) => value.to_owned(),
    }
}

fn is(name: impl AsRef<[u8]>, wanted: &str) -> bool {
    name.as_ref() == wanted.as_bytes()
}

fn decoded(bytes: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(bytes.as_ref()).into_owned()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|one| is(one.key.as_ref(), name))?;
    let raw = decoded(found.value.as_ref());
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        let (name, behind) = after.split_once(';')?;
        text.push_str(before);
        text.extend(entity::xml(name));
        rest = behind;
    }
    text.push_str(rest);
    Some(text)
}

/// How often something is repeated: once, if nothing is said.
fn count(tag: &BytesStart<'_>, name: &str) -> u64 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn damaged(error: &dyn std::fmt::Display) -> ErrorKind {
    ErrorKind::Spreadsheet(error.to_string())
}
