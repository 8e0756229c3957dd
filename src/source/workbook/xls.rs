//! Workbooks of Excel 95 to 2003 (.xls), also as other programs write them.
//!
//! Read by ourselves for what a library does not tell: the number formats of cells, which rows are hidden, and which
//! formulas have no result.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use super::biff::{self, Lettering, Pieces, Record, Records, short_number};
use super::cell;
use super::number_format::CellFormat;
use super::sheets::SheetName;
use super::tables::Tables;
use super::texts::Texts;
use super::tokens::{gives_text, has_literal, is_reference};
use super::{damaged, ole};
use crate::row::NO_RESULT;
use crate::source::error::ErrorKind;
use crate::source::merged::Merge;
use crate::source::unpack::is_bomb;

/// The format allows hardly more.
const MAX_LENGTH: u64 = 256 << 20;
/// Of the records of a sheet, those that hold cells.
const CELLS: [u16; 8] = [
    biff::SHORT_NUMBERS,
    biff::SHARED_TEXT,
    biff::NUMBER,
    biff::OWN_TEXT,
    biff::RICH_TEXT,
    biff::BOOLEAN_OR_ERROR,
    biff::SHORT_NUMBER,
    biff::FORMULA,
];

/// A workbook: its stream of records, and what all its sheets share.
pub(super) struct Workbook {
    stream: Vec<u8>,
    lettering: Lettering,
    is_1904: bool,
    /// By the number of the extended format.
    formats: Vec<CellFormat>,
    texts: Texts,
    sheets: Vec<Sheet>,
    /// Bytes of records that have been gone through; several sheets may be one and the same.
    walked: u64,
    packed: u64,
}

struct Sheet {
    name: SheetName,
    start: usize,
}

impl Workbook {
    pub fn open(mut from: impl Read, packed: u64) -> Result<Workbook, ErrorKind> {
        if packed > MAX_LENGTH {
            return Err(ErrorKind::Spreadsheet("it is larger than 256 MiB".to_owned()));
        }
        let mut whole = Vec::new();
        from.read_to_end(&mut whole).map_err(ErrorKind::Io)?;
        let stream = ole::workbook(&whole)?;
        drop(whole);
        let mut book = Workbook {
            stream: Vec::new(),
            lettering: Lettering::Unicode,
            is_1904: false,
            formats: Vec::new(),
            texts: Texts::default(),
            sheets: Vec::new(),
            walked: 0,
            packed,
        };
        book.read_globals(&stream)?;
        book.stream = stream;
        Ok(book)
    }

    /// Reads what stands in front of the sheets.
    fn read_globals(&mut self, stream: &[u8]) -> Result<(), ErrorKind> {
        let mut records = Records::from(stream, 0);
        let mut codes: HashMap<usize, CellFormat> = HashMap::new();
        let mut used: Vec<usize> = Vec::new();
        while let Some(record) = records.next() {
            match record.kind {
                biff::START => self.lettering = lettering_of(&record)?,
                biff::ENCRYPTED if record.number(0, 2) != Some(0) || record.data.len() > 4 => {
                    return Err(ErrorKind::Spreadsheet("it is protected by a password".to_owned()));
                }
                biff::CODE_PAGE if matches!(self.lettering, Lettering::CodePage(_)) => {
                    let number = record.number(0, 2).unwrap_or_default();
                    self.lettering = Lettering::of_code_page(number)
                        .ok_or_else(|| ErrorKind::Spreadsheet(format!("its code page {number} is not known")))?;
                }
                biff::DATE_MODE => self.is_1904 = record.number(0, 2) == Some(1),
                biff::FORMAT => {
                    if let (Some(id), Some(code)) = (record.number(0, 2), self.short_text(&record, 2, 2)) {
                        codes.insert(id, CellFormat::of_code(&code));
                    }
                }
                biff::EXTENDED_FORMAT => used.extend(record.number(2, 2)),
                biff::SHEET => {
                    let sheet = self.sheet(&record);
                    self.sheets.extend(sheet);
                }
                biff::TEXTS => {
                    let rest = records.continued();
                    let mut pieces = Pieces { piece: record.data.get(8..).unwrap_or_default(), rest: &rest };
                    while let Some(text) = pieces.shared_text() {
                        self.texts.push(&text);
                    }
                }
                biff::END => break,
                _ => {}
            }
        }
        let format = |id: &usize| codes.get(id).cloned().unwrap_or_else(|| CellFormat::of_id(*id));
        self.formats = used.iter().map(format).collect();
        Ok(())
    }

    /// A sheet by its record; charts and macros are none.
    fn sheet(&self, record: &Record<'_>) -> Option<Sheet> {
        let is_sheet = record.number(5, 1)? == 0;
        let name = SheetName { name: self.short_text(record, 6, 1)?, is_hidden: record.number(4, 1)? & 3 != 0 };
        is_sheet.then_some(Sheet { name, start: record.number(0, 4)? })
    }

    /// A text whose length BIFF8 writes in `size` bytes, and BIFF5 in one.
    fn short_text(&self, record: &Record<'_>, at: usize, size: usize) -> Option<String> {
        match self.lettering {
            Lettering::Unicode => self.lettering.text(record, at, size, &[]),
            Lettering::CodePage(_) => self.lettering.text(record, at, 1, &[]),
        }
    }

    /// The sheets in their order.
    pub fn sheets(&self) -> Vec<SheetName> {
        self.sheets.iter().map(|sheet| sheet.name.clone()).collect()
    }

    /// Reads a sheet, by its number from 0.
    pub fn read(&mut self, number: usize, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
        let start = self.sheets.get(number).map_or(usize::MAX, |sheet| sheet.start);
        let outline = Outline::of(&self.stream, start);
        self.walked = self.walked.saturating_add(outline.length as u64);
        if is_bomb(self.walked, self.packed) {
            return Err(ErrorKind::Bomb("spreadsheet"));
        }
        let mut row = None;
        for cell in &outline.cells {
            if row != Some(cell.row) {
                row = Some(cell.row);
                if tables.hidden(outline.hidden.contains(&cell.row))?.is_break() {
                    break;
                }
            }
            let text = self.text(cell, &outline).ok_or_else(|| damaged(&"a cell is cut short"))?;
            if tables.cell(cell.row as u64 + 1, cell.column, &text)?.is_break() {
                break;
            }
        }
        outline.merges.into_iter().try_for_each(|merge| tables.merge(merge))
    }

    /// What a cell says.
    fn text(&self, cell: &Place, outline: &Outline) -> Option<String> {
        let mut records = Records::from(&self.stream, cell.record);
        let record = records.next()?;
        let format = |at: usize| self.formats.get(record.number(at, 2)?);
        Some(match record.kind {
            biff::NUMBER => cell::shown(record.float(6)?, format(4), self.is_1904),
            biff::SHORT_NUMBER => cell::shown(packed(&record, 6)?, format(4), self.is_1904),
            biff::SHORT_NUMBERS => {
                let at = 4 + 6 * cell.within;
                cell::shown(packed(&record, at + 2)?, format(at), self.is_1904)
            }
            biff::SHARED_TEXT => self.texts.get(record.number(6, 4)?).unwrap_or_default().to_owned(),
            biff::OWN_TEXT | biff::RICH_TEXT => {
                let rest = records.continued();
                self.lettering.text(&record, 6, 2, &rest)?
            }
            biff::BOOLEAN_OR_ERROR => boolean_or_error(record.number(6, 1)?, record.number(7, 1)? == 1),
            _ => self.result(&record, records, outline)?,
        })
    }

    /// The stored result of a formula.
    fn result(&self, formula: &Record<'_>, behind: Records<'_>, outline: &Outline) -> Option<String> {
        let is_number = formula.number(12, 2)? != 0xffff;
        let kind = formula.number(6, 1)?;
        Some(match (is_number, kind) {
            (true, _) => {
                let number = formula.float(6)?;
                match (number == 0.0, outline.gives_text(formula)) {
                    (true, true) => NO_RESULT.to_owned(),
                    (true, false) => cell::FORMULA_ZERO.to_owned(),
                    (false, _) => {
                        let format = formula.number(4, 2).and_then(|format| self.formats.get(format));
                        cell::shown(number, format, self.is_1904)
                    }
                }
            }
            (false, 0) => self.result_text(behind).unwrap_or_else(|| NO_RESULT.to_owned()),
            (false, 1 | 2) => boolean_or_error(formula.number(8, 1)?, kind == 2),
            // Where a text is joined to others, nothing cannot come of it.
            (false, _) if outline.gives_text(formula) && has_literal(formula.data.get(22..)?) => NO_RESULT.to_owned(),
            (false, _) if is_reference(formula.data.get(22..)?) => NO_RESULT.to_owned(),
            (false, _) => String::new(),
        })
    }

    /// The text of a formula, which stands in a record behind it.
    fn result_text(&self, mut behind: Records<'_>) -> Option<String> {
        // What the formula is shared by may stand between.
        for _ in 0..3 {
            let record = behind.next()?;
            if record.kind == biff::FORMULA_TEXT {
                let rest = behind.continued();
                return self.lettering.text(&record, 0, 2, &rest);
            }
            if CELLS.contains(&record.kind) {
                return None;
            }
        }
        None
    }
}

fn packed(record: &Record<'_>, at: usize) -> Option<f64> {
    Some(short_number(u32::try_from(record.number(at, 4)?).ok()?))
}

fn lettering_of(start: &Record<'_>) -> Result<Lettering, ErrorKind> {
    match start.number(0, 2) {
        Some(0x0600) => Ok(Lettering::Unicode),
        Some(0x0500) => Ok(Lettering::of_code_page(1252).unwrap_or(Lettering::Unicode)),
        _ => Err(ErrorKind::Spreadsheet("its version is older than Excel 95".to_owned())),
    }
}

fn boolean_or_error(value: usize, is_error: bool) -> String {
    let text = match (is_error, value) {
        (false, 0) => "false",
        (false, _) => "true",
        (true, 0x00) => "#NULL!",
        (true, 0x07) => "#DIV/0!",
        (true, 0x0f) => "#VALUE!",
        (true, 0x17) => "#REF!",
        (true, 0x1d) => "#NAME?",
        (true, 0x24) => "#NUM!",
        (true, _) => "#N/A",
    };
    text.to_owned()
}

/// Where a cell is, in the sheet and in the stream.
struct Place {
    row: usize,
    column: usize,
    /// Where its record begins.
    record: usize,
    /// Which of the numbers in the record it is.
    within: usize,
}

/// What a sheet holds, and where.
#[derive(Default)]
struct Outline {
    /// Row by row.
    cells: Vec<Place>,
    hidden: HashSet<usize>,
    merges: Vec<Merge>,
    /// Whether a formula that several cells share gives a text, by its first cell.
    shared: HashMap<(usize, usize), bool>,
    /// How many bytes of records it has.
    length: usize,
}

impl Outline {
    fn of(stream: &[u8], start: usize) -> Outline {
        let mut outline = Outline::default();
        let mut depth = 0u32;
        for record in Records::from(stream, start) {
            outline.length += 4 + record.data.len();
            match record.kind {
                biff::START => depth += 1,
                biff::END if depth <= 1 => break,
                biff::END => depth -= 1,
                // What lies in a sheet, such as a chart, has cells of its own.
                _ if depth > 1 => {}
                _ => outline.add(&record).unwrap_or_default(),
            }
        }
        outline.cells.sort_by_key(|cell| (cell.row, cell.column));
        outline
    }

    fn add(&mut self, record: &Record<'_>) -> Option<()> {
        match record.kind {
            biff::ROW if record.number(12, 2)? & 0x20 != 0 => {
                self.hidden.insert(record.number(0, 2)?);
            }
            biff::MERGED => {
                for range in record.data.get(2..)?.chunks_exact(8) {
                    let range = Record { data: range, ..*record };
                    let line = |at| Some(range.number(at, 2)? as u64 + 1);
                    self.merges.push(Merge { first: line(0)?, last: line(2)?, column: range.number(4, 2)? });
                }
            }
            biff::SHARED_FORMULA => {
                let cell = (record.number(0, 2)?, record.number(4, 1)?);
                self.shared.insert(cell, gives_text(record.data.get(10..)?));
            }
            kind if CELLS.contains(&kind) => {
                let count = if kind == biff::SHORT_NUMBERS { record.data.len().saturating_sub(6) / 6 } else { 1 };
                let (row, column) = (record.number(0, 2)?, record.number(2, 2)?);
                let place = |within| Place { row, column: column + within, record: record.start - 4, within };
                self.cells.extend((0..count).map(place));
            }
            _ => {}
        }
        Some(())
    }

    /// Whether a formula gives a text, so that 0 is no result of it.
    fn gives_text(&self, formula: &Record<'_>) -> bool {
        let Some(tokens) = formula.data.get(22..) else { return false };
        let number = |at: usize| formula.number(22 + at, 2).unwrap_or(usize::MAX);
        match tokens.first() {
            Some(1) => self.shared.get(&(number(1), number(3))).copied().unwrap_or(false),
            _ => gives_text(tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_can_be_read() {
        let book = include_bytes!("../../../tests/data/sheets/contacts.xls");
        let options = crate::source::Options::default();
        let read = |bytes: &[u8]| {
            let Ok(mut book) = Workbook::open(bytes, bytes.len() as u64) else { return };
            let (names, wanted) = (book.sheets(), super::super::sheets::Wanted::default());
            let mut tables = Tables::new(&options, &names, &wanted, 0).unwrap();
            for number in 0..names.len() {
                tables.begin(number);
                if book.read(number, &mut tables).and_then(|()| tables.end()).is_err() {
                    break;
                }
            }
        };
        read(book);
        for at in (0..book.len()).step_by(3) {
            let mut broken = book.to_vec();
            broken[at] ^= 1 << (at % 8);
            read(&broken);
            read(&book[..at]);
        }
    }
}
