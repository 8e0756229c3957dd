//! Tables of HTML, which many web programs write and call .xls; read as they come, tag by tag.
//!
//! A sheet is a table that holds no other: tables around tables are there for the layout of a page.

use std::io::BufRead;

use super::sheets::SheetName;
use super::tables::Tables;
use crate::entity;
use crate::source::error::ErrorKind;
use crate::source::merged::Merge;
use crate::source::{MAX_COLUMNS, MAX_RECORD};

/// The most tables, with those that are there for the layout.
const MAX_TABLES: usize = 100_000;
/// How deep tables may lie in tables.
const MAX_DEPTH: usize = 100;
/// The longest name of an entity.
const LONGEST: usize = 10;

/// The tables in their order.
pub(super) fn sheets(content: impl BufRead) -> Result<Vec<SheetName>, ErrorKind> {
    let tables = leaves(content)?;
    let name = |number: usize| SheetName { name: format!("Table {number}"), is_hidden: false };
    Ok((1..=tables.len()).map(name).collect())
}

/// The numbers of the tables, in the order of their beginnings, that hold no other table.
fn leaves(content: impl BufRead) -> Result<Vec<usize>, ErrorKind> {
    let mut html = Html::new(content);
    let mut open: Vec<(usize, bool)> = Vec::new();
    let (mut leaves, mut count) = (Vec::new(), 0);
    loop {
        match html.next()? {
            Piece::Text => {}
            Piece::Tag => match html.name() {
                "table" => {
                    if let Some((_, is_leaf)) = open.last_mut() {
                        *is_leaf = false;
                    }
                    open.push((count, true));
                    count += 1;
                    if open.len() > MAX_DEPTH || count > MAX_TABLES {
                        let why = "it has more than 100,000 tables, or they are nested too deep";
                        return Err(ErrorKind::Spreadsheet(why.to_owned()));
                    }
                }
                "/table" => leaves.extend(open.pop().filter(|(_, is_leaf)| *is_leaf).map(|(number, _)| number)),
                _ => {}
            },
            Piece::End => {
                leaves.extend(open.into_iter().filter(|(_, is_leaf)| *is_leaf).map(|(number, _)| number));
                leaves.sort_unstable();
                return Ok(leaves);
            }
        }
    }
}

/// Reads the tables that are wanted; `again` is the same document for another reading.
pub(super) fn read(content: impl BufRead, again: impl BufRead, tables: &mut Tables<'_>) -> Result<(), ErrorKind> {
    let leaves = leaves(content)?;
    let mut html = Html::new(again);
    let mut number = 0;
    let mut table: Option<Table> = None;
    loop {
        match html.next()? {
            Piece::Text => {
                if let Some(text) = table.as_mut().and_then(|table| table.text.as_mut()) {
                    push(text, &html.piece);
                }
            }
            Piece::Tag => match html.name() {
                "table" => {
                    let sheet = leaves.binary_search(&number).ok();
                    table = sheet.filter(|sheet| tables.begin(*sheet)).map(|_| Table::default());
                    number += 1;
                }
                "/table" => {
                    if let Some(mut table) = table.take() {
                        let _no_more = table.end_cell(tables)?;
                        tables.end()?;
                    }
                }
                _ => {
                    if let Some(open) = &mut table
                        && open.tag(&html, tables)?
                    {
                        table = None;
                        tables.end()?;
                    }
                }
            },
            Piece::End => {
                return match table {
                    Some(_) => Err(ErrorKind::Spreadsheet("its table has no end: it is cut short".to_owned())),
                    None => Ok(()),
                };
            }
        }
    }
}

/// A table that is being read.
#[derive(Default)]
struct Table {
    line: u64,
    column: usize,
    /// What stands in the cell under way.
    text: Option<String>,
    /// The number itself, where the cell is shown rounded.
    number: Option<String>,
    across: usize,
    down: u64,
    /// By column: the last line of the cell above that reaches down to it.
    covered: Vec<u64>,
}

impl Table {
    /// Takes a tag within the table; true where the rest is not wanted.
    fn tag(&mut self, html: &Html<impl BufRead>, tables: &mut Tables<'_>) -> Result<bool, ErrorKind> {
        match html.name() {
            "tr" => {
                if self.end_cell(tables)? {
                    return Ok(true);
                }
                self.line += 1;
                self.column = 0;
                let style = html.attribute("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
                return Ok(tables.hidden(style.contains("display:none"))?.is_break());
            }
            "td" | "th" => {
                if self.end_cell(tables)? {
                    return Ok(true);
                }
                let count = |name| html.attribute(name).and_then(|text| text.trim().parse::<u64>().ok());
                self.line = self.line.max(1);
                self.across = count("colspan").map_or(1, |count| count.clamp(1, MAX_COLUMNS as u64) as usize);
                self.down = count("rowspan").unwrap_or(1).max(1) - 1;
                self.number = html.attribute("x:num").filter(|number| !number.is_empty()).map(str::to_owned);
                self.text = Some(String::new());
            }
            "/td" | "/th" | "/tr" => return self.end_cell(tables),
            "br" | "br/" | "/p" | "/div" => {
                if let Some(text) = &mut self.text {
                    text.truncate(text.trim_end().len());
                    text.push('\n');
                }
            }
            _ => {}
        }
        Ok(false)
    }

    /// Gives the cell under way, if there is one; true where the rest is not wanted.
    fn end_cell(&mut self, tables: &mut Tables<'_>) -> Result<bool, ErrorKind> {
        let Some(text) = self.text.take() else { return Ok(false) };
        while self.covered.get(self.column).is_some_and(|last| *last >= self.line) {
            self.column += 1;
        }
        let shown = text.trim();
        let text = match self.number.take() {
            Some(number) if shown.contains(['E', 'e']) && shown.parse::<f64>().is_ok() => number,
            _ => shown.to_owned(),
        };
        let column = self.column;
        self.column += self.across;
        if self.down > 0 && self.column <= MAX_COLUMNS {
            let last = self.line.saturating_add(self.down);
            if self.covered.len() < self.column {
                self.covered.resize(self.column, 0);
            }
            self.covered.iter_mut().skip(column).take(self.across).for_each(|covered| *covered = last);
            tables.merge(Merge { first: self.line, last, column })?;
        }
        Ok(tables.cell(self.line, column, &text)?.is_break())
    }
}

/// Adds text: blanks and line ends in a row are one blank.
fn push(text: &mut String, raw: &str) {
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        let entity = Some(behind).filter(|_| c == '&').and_then(|behind| entity::named(behind, LONGEST));
        match entity.and_then(|(name, behind)| Some((character(name)?, behind))) {
            Some((found, behind)) => {
                text.push(found);
                rest = behind;
            }
            None => {
                let is_blank = c.is_ascii_whitespace();
                if !is_blank {
                    text.push(c);
                } else if !text.is_empty() && !text.ends_with([' ', '\n']) {
                    text.push(' ');
                }
                rest = behind;
            }
        }
    }
}

fn character(name: &str) -> Option<char> {
    if name == "nbsp" { Some(' ') } else { entity::xml(name) }
}

/// A piece of a document.
enum Piece {
    Text,
    Tag,
    End,
}

/// A document, tag by tag. Remarks, scripts and styles are passed over.
struct Html<R> {
    from: R,
    /// The text, or what stands between `<` and `>`.
    piece: String,
    raw: Vec<u8>,
}

impl<R: BufRead> Html<R> {
    fn new(from: R) -> Html<R> {
        Html { from, piece: String::new(), raw: Vec::new() }
    }

    fn next(&mut self) -> Result<Piece, ErrorKind> {
        loop {
            self.raw.clear();
            let Some(first) = self.from.fill_buf().map_err(ErrorKind::Io)?.first().copied() else {
                return Ok(Piece::End);
            };
            if first != b'<' {
                self.until(|byte| byte == b'<')?;
                self.piece = String::from_utf8_lossy(&self.raw).into_owned();
                return Ok(Piece::Text);
            }
            self.from.consume(1);
            self.tag()?;
            if self.raw.starts_with(b"!--") {
                while !self.raw.ends_with(b"--") && self.has_more()? {
                    self.raw.clear();
                    self.until(|byte| byte == b'>')?;
                    self.from.consume(1);
                }
                continue;
            }
            self.keep();
            let closing = match self.name() {
                "script" => "/script",
                "style" => "/style",
                _ => return Ok(Piece::Tag),
            };
            while self.name() != closing && self.has_more()? {
                self.raw.clear();
                self.until(|byte| byte == b'<')?;
                self.from.consume(1);
                self.raw.clear();
                self.until(|byte| byte == b'>')?;
                self.from.consume(1);
                self.keep();
            }
        }
    }

    fn has_more(&mut self) -> Result<bool, ErrorKind> {
        Ok(!self.from.fill_buf().map_err(ErrorKind::Io)?.is_empty())
    }

    /// Reads a tag to its end, which no quoted `>` is; in a remark a quote is none.
    fn tag(&mut self) -> Result<(), ErrorKind> {
        let mut quote = None;
        let (mut at, mut is_remark) = (0, true);
        self.until(|byte| {
            is_remark &= b"!--".get(at).is_none_or(|wanted| *wanted == byte);
            at += 1;
            match (quote, byte) {
                (None, b'>') => return true,
                (None, b'"' | b'\'') if !is_remark => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                _ => {}
            }
            false
        })?;
        self.from.consume(1);
        Ok(())
    }

    /// Reads up to a byte, which is left.
    fn until(&mut self, mut is_end: impl FnMut(u8) -> bool) -> Result<(), ErrorKind> {
        loop {
            let window = self.from.fill_buf().map_err(ErrorKind::Io)?;
            if window.is_empty() {
                return Ok(());
            }
            let end = window.iter().position(|byte| is_end(*byte));
            let count = end.unwrap_or(window.len());
            self.raw.extend_from_slice(window.get(..count).unwrap_or_default());
            self.from.consume(count);
            if self.raw.len() > MAX_RECORD {
                return Err(ErrorKind::Spreadsheet("a part of its HTML is longer than 4 MiB".to_owned()));
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Keeps what was read as a tag, its name in lower case.
    fn keep(&mut self) {
        self.piece = String::from_utf8_lossy(&self.raw).into_owned();
        let end = self.piece.find(|c: char| c.is_ascii_whitespace()).unwrap_or(self.piece.len());
        self.piece.get_mut(..end).map(str::make_ascii_lowercase).unwrap_or_default();
    }

    /// The name of the tag, in lower case.
    fn name(&self) -> &str {
        self.piece.split_ascii_whitespace().next().unwrap_or_default()
    }

    /// The value of an attribute of the tag.
    fn attribute(&self, name: &str) -> Option<&str> {
        let mut rest = self.piece.split_once(|c: char| c.is_ascii_whitespace())?.1;
        while let Some((key, behind)) = rest.split_once('=') {
            let key = key.split_ascii_whitespace().next_back().unwrap_or_default();
            let behind = behind.trim_start();
            let (value, left) = match behind.chars().next() {
                Some(quote @ ('"' | '\'')) => behind.get(1..)?.split_once(quote)?,
                _ => behind.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((behind, "")),
            };
            if key.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = left;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_taken_apart() {
        let document = "<!DOCTYPE html><!-- don't <table> --><style>a > b { } <table></style>\n<TABLE Border=0><TR\nstyle='x > y'>\
                        <td x:num=\"919876543210\">9.2E+11</td></table>";
        let mut html = Html::new(document.as_bytes());
        let mut found = Vec::new();
        loop {
            match html.next().unwrap() {
                Piece::Text => found.push(format!("'{}'", html.piece.trim())),
                Piece::Tag => found.push(html.name().to_owned()),
                Piece::End => break,
            }
        }
        assert_eq!(found.join(" "), "!doctype '' table tr td '9.2E+11' /td /table");
    }

    #[test]
    fn attributes_and_texts() {
        let tag = |text: &str| Html { from: &b""[..], piece: text.to_owned(), raw: Vec::new() };
        let html = tag("td nowrap ColSpan=2 style=\"a: b\" x:num='12' last");
        let found = ["colspan", "style", "x:num", "nowrap", "last"].map(|name| html.attribute(name));
        assert_eq!(found, [Some("2"), Some("a: b"), Some("12"), None, None]);
        let mut text = String::new();
        push(&mut text, "  Zo&#235; &amp;\n\t Co&nbsp;&eacute; &");
        assert_eq!(text, "Zoë & Co &eacute; &");
    }

    #[test]
    fn only_tables_without_tables_are_sheets() {
        let document = "<table><tr><td><table></table></td><td><table><tr></table></td></tr></table><table>";
        assert_eq!(leaves(document.as_bytes()).unwrap(), [1, 2, 3]);
    }
}
