//! Workbooks in Office Open XML (.xlsx), read as they come; only their shared texts are held.
//!
//! Read by ourselves for what a library does not tell in one pass: which rows are hidden, which cells are merged, and
//! which formulas have no result.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufReader, Read};

use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::cell;
use super::number_format::CellFormat;
use super::places::{merged, place};
use super::sheets::SheetName;
use super::tables::Tables;
use super::texts::Texts;
use super::usual::{self, UsualCell};
use super::xml::{Xml, attribute, number, push_text};
use crate::source::error::ErrorKind;

/// A workbook: its archive, and what all its sheets share.
pub(super) struct Workbook {
    archive: Archive,
    is_1904: bool,
    /// By the number of the style.
    formats: Vec<CellFormat>,
    texts: Texts,
    sheets: Vec<Sheet>,
}

struct Sheet {
    name: SheetName,
    /// The part of the archive that holds it.
    part: String,
}

/// What a part refers to: the last word of its type, and where it is.
struct Target {
    kind: String,
    part: String,
}

type Part<'a> = Xml<BufReader<Box<dyn Read + 'a>>>;

/// How much of a part is unpacked at once.
const BUFFER: usize = 64 << 10;

impl Workbook {
    pub fn open(mut archive: Archive) -> Result<Workbook, ErrorKind> {
        let main = archive.name("xl/workbook.xml").ok_or(ErrorKind::Damaged("zip"))?;
        let targets = targets(&mut archive, &main)?;
        let (sheets, is_1904) = sheets(part(&mut archive, &main)?, &targets)?;
        let shared = |kind: &str| targets.values().find(|target| target.kind == kind).map(|target| &target.part);
        let formats = match shared("styles") {
            Some(name) => formats(part(&mut archive, name)?)?,
            None => Vec::new(),
        };
        let texts = match shared("sharedStrings") {
            Some(name) => texts(part(&mut archive, name)?)?,
            None => Texts::default(),
        };
        Ok(Workbook { archive, is_1904, formats, texts, sheets })
    }

    /// The sheets in their order.
    pub fn sheets(&self) -> Vec<SheetName> {
        self.sheets.iter().map(|sheet| sheet.name.clone()).collect()
    }

    /// Reads a sheet, by its number from 0.
    pub fn read(&mut self, number: usize, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
        let Some(sheet) = self.sheets.get(number) else { return Ok(()) };
        let shared = Shared { is_1904: self.is_1904, formats: &self.formats, texts: &self.texts };
        read(part(&mut self.archive, &sheet.part)?, &shared, tables)
    }
}

fn part<'a>(archive: &'a mut Archive, name: &str) -> Result<Part<'a>, ErrorKind> {
    let entry = archive.entry(name)?;
    let entry = entry.ok_or_else(|| ErrorKind::Spreadsheet(format!("its part {name:?} is missing")))?;
    Ok(Xml::new(BufReader::with_capacity(BUFFER, Box::new(entry))))
}

/// What a part refers to, by the names it has for it.
fn targets(archive: &mut Archive, main: &str) -> Result<HashMap<String, Target>, ErrorKind> {
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
    let mut xml = part(archive, &joined(folder, &format!("_rels/{file}.rels")))?;
    let mut targets = HashMap::new();
    loop {
        match xml.next()? {
            Event::Eof => return Ok(targets),
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Relationship" => {
                let (id, kind, target) = (attribute(&tag, "Id"), attribute(&tag, "Type"), attribute(&tag, "Target"));
                if let (Some(id), Some(kind), Some(target)) = (id, kind, target) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    targets.insert(id, Target { kind, part: joined(folder, &target) });
                }
            }
            _ => {}
        }
    }
}

/// A way within the archive, seen from a folder of it.
fn joined(folder: &str, way: &str) -> String {
    let way = way.replace('\\', "/");
    let mut steps: Vec<&str> = if way.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in way.split('/') {
        match step {
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.retain(|step| !matches!(*step, "" | "."));
    steps.join("/")
}

/// The worksheets in their order, and whether days count from 1904; charts and macros are no worksheets.
fn sheets(mut xml: Part<'_>, targets: &HashMap<String, Target>) -> Result<(Vec<Sheet>, bool), ErrorKind> {
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Eof => return Ok((sheets, is_1904)),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "workbookPr" => is_1904 = is_on(attribute(&tag, "date1904")),
                "sheet" => {
                    let target = attribute(&tag, "id").and_then(|id| targets.get(&id));
                    let is_hidden = attribute(&tag, "state").is_some_and(|state| state != "visible");
                    let name = SheetName { name: attribute(&tag, "name").unwrap_or_default(), is_hidden };
                    let sheet = target.filter(|target| target.kind == "worksheet");
                    sheets.extend(sheet.map(|target| Sheet { name, part: target.part.clone() }));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn is_on(value: Option<String>) -> bool {
    value.is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

/// The formats of cells, by the number of the style.
fn formats(mut xml: Part<'_>) -> Result<Vec<CellFormat>, ErrorKind> {
    let mut codes: HashMap<usize, CellFormat> = HashMap::new();
    let mut formats = Vec::new();
    let mut is_of_cells = false;
    loop {
        match xml.next()? {
            Event::Eof => return Ok(formats),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (number(&tag, "numFmtId"), attribute(&tag, "formatCode")) {
                        codes.insert(id, CellFormat::of_code(&code));
                    }
                }
                "cellXfs" => is_of_cells = true,
                "xf" if is_of_cells => {
                    let id = number(&tag, "numFmtId").unwrap_or(0);
                    formats.push(codes.get(&id).cloned().unwrap_or_else(|| CellFormat::of_id(id)));
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => is_of_cells = false,
            _ => {}
        }
    }
}

/// The shared texts; how they are pronounced is no part of them.
fn texts(mut xml: Part<'_>) -> Result<Texts, ErrorKind> {
    let mut texts = Texts::default();
    let mut text = String::new();
    let (mut is_text, mut is_pronunciation) = (false, false);
    loop {
        while let Some((text, length)) = usual::shared_text(xml.ahead()?) {
            texts.push(text);
            xml.pass(length);
        }
        let event = xml.next()?;
        match &event {
            Event::Eof => return Ok(texts),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => is_text = !is_pronunciation,
                "rPh" => is_pronunciation = true,
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => texts.push(""),
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => is_text = false,
                "rPh" => is_pronunciation = false,
                "si" => {
                    texts.push(&text);
                    text.clear();
                }
                _ => {}
            },
            other if is_text => push_text(&mut text, other),
            _ => {}
        }
    }
}

/// What all sheets share.
struct Shared<'a> {
    is_1904: bool,
    formats: &'a [CellFormat],
    texts: &'a Texts,
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    /// What stands in it; None where there is no element for it.
    value: Option<String>,
    formula: Option<Formula>,
}

#[derive(Default)]
struct Formula {
    text: String,
    /// The number under which several cells share it.
    shared: Option<u32>,
}

/// Where the next piece of text belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Value,
    Formula,
    Pronunciation,
}

fn read(mut xml: Part<'_>, shared: &Shared<'_>, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
    let mut cell: Option<Cell> = None;
    let mut within = Within::Nothing;
    let (mut line, mut column) = (0u64, 0usize);
    let mut formulas: HashMap<u32, String> = HashMap::new();
    loop {
        while let Some(usual) = usual::cell(xml.ahead()?) {
            let UsualCell { kind, style, value, length, .. } = usual;
            column = usual.column + 1;
            if tables.cell(line, usual.column, &said(kind, style, value, shared))?.is_break() {
                return Ok(());
            }
            xml.pass(length);
        }
        let event = xml.next()?;
        let is_empty = matches!(event, Event::Empty(_));
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "row" => {
                    line = number(tag, "r").unwrap_or(line + 1);
                    column = 0;
                    if tables.hidden(is_on(attribute(tag, "hidden")))?.is_break() {
                        return Ok(());
                    }
                }
                "c" if !is_empty => cell = Some(started(tag, column)),
                "c" => column = started(tag, column).column + 1,
                "mergeCell" => {
                    if let Some(merge) = attribute(tag, "ref").as_deref().and_then(merged) {
                        tables.merge(merge)?;
                    }
                }
                name => {
                    if let Some(cell) = &mut cell {
                        within = cell.enter(name, tag, is_empty, within);
                    }
                }
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "c" => {
                    if let Some(ended) = cell.take() {
                        column = ended.column + 1;
                        if tables.cell(line, ended.column, &ended.text(shared, &mut formulas))?.is_break() {
                            return Ok(());
                        }
                    }
                }
                "v" | "t" | "f" | "rPh" => within = Within::Nothing,
                _ => {}
            },
            text => match (&mut cell, within) {
                (Some(cell), Within::Value) => push_text(cell.value.get_or_insert_default(), text),
                (Some(cell), Within::Formula) => push_text(&mut cell.formula.get_or_insert_default().text, text),
                _ => {}
            },
        }
    }
}

/// The cell of an element; without a place of its own, it is that behind the one before.
fn started(tag: &BytesStart<'_>, next: usize) -> Cell {
    let mut cell = Cell { column: next, ..Cell::default() };
    for one in tag.attributes().with_checks(false).flatten() {
        match one.key.as_ref() {
            "r" => cell.column = place(&one.value).map_or(next, |(_, column)| column),
            "s" => cell.style = one.value.parse().unwrap_or(0),
            "t" => cell.kind = one.value.into_owned(),
            _ => {}
        }
    }
    cell
}

impl Cell {
    /// Takes an element within the cell, and says where its text belongs.
    fn enter(&mut self, name: &str, tag: &BytesStart<'_>, is_empty: bool, within: Within) -> Within {
        match name {
            "f" => {
                self.formula = Some(Formula { text: String::new(), shared: number(tag, "si") });
                if is_empty { Within::Nothing } else { Within::Formula }
            }
            "rPh" if !is_empty => Within::Pronunciation,
            "v" | "t" if !is_empty && within != Within::Pronunciation => {
                self.value.get_or_insert_default();
                Within::Value
            }
            _ => within,
        }
    }

    /// What the cell says; `formulas` are the shared ones met so far.
    fn text(self, shared: &Shared<'_>, formulas: &mut HashMap<u32, String>) -> String {
        let is_text = matches!(self.kind.as_str(), "str" | "inlineStr");
        // Nothing in a text is its result.
        let stored = self.value.filter(|value| is_text || !value.is_empty());
        if let Some(mut formula) = self.formula {
            if let Some(number) = formula.shared {
                match formula.text.is_empty() {
                    true => formula.text = formulas.get(&number).cloned().unwrap_or_default(),
                    false => {
                        formulas.insert(number, formula.text.clone());
                    }
                }
            }
            if let Some(text) = cell::instead_of(&formula.text, stored.as_deref()) {
                return text.to_owned();
            }
        }
        said(&self.kind, self.style, &stored.unwrap_or_default(), shared).into_owned()
    }
}

/// What a stored value says.
fn said<'v>(kind: &str, style: usize, value: &'v str, shared: &Shared<'v>) -> Cow<'v, str> {
    match kind {
        "s" => value.trim().parse().ok().and_then(|number| shared.texts.get(number)).unwrap_or_default().into(),
        "b" => if value.trim() == "1" { "true" } else { "false" }.into(),
        "" | "n" => match value.trim().parse() {
            Ok(number) => cell::shown(number, shared.formats.get(style), shared.is_1904).into(),
            Err(_) => value.into(),
        },
        _ => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_within_an_archive() {
        let table = [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/styles.xml", "xl/styles.xml"),
            ("xl", "../docs/a.xml", "docs/a.xml"),
            ("", "./sheet.xml", "sheet.xml"),
            ("xl", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
        ];
        for (folder, way, expected) in table {
            assert_eq!(joined(folder, way), expected);
        }
    }
}
