//! What an input is, by its first bytes: its format, or that it holds no contacts.

use encoding_rs::Encoding;

use super::encoding::wide_text;
use super::error::Foreign;
use super::foreign;
use super::json::Json;
use super::shape::Shape;
use super::text::Utf8Buffer;
use super::{Basis, Format, vline};

/// The remedy for what holds no contacts.
pub(super) const EXPORT: &str = "export the contacts as CSV, JSON, vCard or .xlsx";
const UNPACK: &str = "unpack it, and name the file with the contacts";
const SAVE_AGAIN: &str = "open it in a spreadsheet program and save it as .xlsx or CSV";

/// What a file is that holds no contacts, by how it begins.
const FOREIGN: [(&[u8], &str, &str); 22] = [
    (b"%PDF", "a PDF document", EXPORT),
    (b"\x89PNG", "a picture", EXPORT),
    (b"\xff\xd8\xff", "a picture", EXPORT),
    (b"GIF8", "a picture", EXPORT),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", EXPORT),
    (b"\xd0\xcf\x11\xe0", "an old Office document", EXPORT),
    (b"SQLite format 3\0", "a database (SQLite)", EXPORT),
    (b"\x7fELF", "a program", EXPORT),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ", "an xz archive", UNPACK),
    (b"{\\rtf", "a text document (RTF)", EXPORT),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"!BDN", "an Outlook data file (.pst)", "export the contacts from Outlook as CSV"),
    (b"bplist00", "a property list of Apple", EXPORT),
    (b"ID;PWXL", "a spreadsheet in SYLK", SAVE_AGAIN),
    (b"ID;PCALC", "a spreadsheet in SYLK", SAVE_AGAIN),
    (b"ID;PGnumeric", "a spreadsheet in SYLK", SAVE_AGAIN),
    (b"BEGIN:VCALENDAR", "a calendar", EXPORT),
    (b"dn: ", "an address book in LDIF", "export it from the mail program as CSV or vCard"),
];

/// Spreadsheets in XML, by a word of their first lines.
const XML: [(&[u8], &str); 3] = [
    // It borrows names of the others.
    (b"www.gnumeric.org", "a spreadsheet of Gnumeric"),
    (b"urn:schemas-microsoft-com:office:spreadsheet", "a spreadsheet in XML (Excel 2003)"),
    (b"urn:oasis:names:tc:opendocument:xmlns:office", "a flat OpenDocument sheet (.fods)"),
];

/// What a file is that holds no contacts; `asked` is the encoding that the user says it has.
pub(super) fn binary(head: &[u8], asked: Option<&'static Encoding>) -> Option<Foreign> {
    let wide = wide_text(head, asked);
    let lines = wide.as_deref().map_or_else(|| head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head), str::as_bytes);
    let text = lines.trim_ascii_start();
    if let Some((_, kind, remedy)) =
        FOREIGN.iter().find(|(magic, ..)| head.starts_with(magic) || text.starts_with(magic))
    {
        return Some(Foreign { kind, remedy });
    }
    let begins = |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    let has = |tag: &[u8]| text.windows(tag.len()).any(|part| part.eq_ignore_ascii_case(tag));
    // Many web programs call a table of HTML, or XML, an export to Excel.
    if begins(b"<?xml") || begins(b"<workbook") {
        let known = XML.iter().find(|(mark, _)| has(mark));
        return Some(match known {
            Some((_, kind)) => Foreign { kind, remedy: SAVE_AGAIN },
            None => Foreign { kind: "an XML document", remedy: EXPORT },
        });
    }
    let html =
        [&b"<!doctype html"[..], b"<html", b"<table", b"<head", b"<body", b"<div", b"<script", b"<meta", b"<style"];
    if html.into_iter().any(begins) {
        return Some(match has(b"<table") {
            true => Foreign { kind: "a web page (HTML) with a table", remedy: SAVE_AGAIN },
            false => Foreign {
                kind: "a web page (HTML)",
                remedy: "it may be a login page or an error instead of the download: look at it in a browser",
            },
        });
    }
    if let Some(found) = foreign::of_lines(lines) {
        return Some(found);
    }
    if Encoding::for_bom(head).is_some() {
        return None;
    }
    let is_control = |byte: u8| matches!(byte, 0x01..=0x08 | 0x0e..=0x1a | 0x7f);
    let (control, all) = match &wide {
        // Half of the bytes of Cyrillic in UTF-16 are 0x04.
        Some(text) => (text.chars().filter(|&c| u8::try_from(c).is_ok_and(is_control)).count(), text.chars().count()),
        None => (head.iter().filter(|&&byte| is_control(byte)).count(), head.len()),
    };
    (control * 20 > all).then_some(Foreign { kind: "binary data", remedy: EXPORT })
}

/// Finds the format of a text by its content, and by the end of its name where the content fits several.
pub(super) fn sniff(text: &[u8], is_complete: bool, name: &str) -> (Format, Basis) {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\x1e").unwrap_or(text).trim_ascii_start();
    let second = text.get(1..).unwrap_or_default().trim_ascii_start().first();
    match (text.first(), second) {
        (Some(b'{'), Some(b'"' | b'}') | None) => (lines_or_document(text, is_complete, name), Basis::Content),
        (Some(b'['), Some(b'{' | b'[' | b']' | b'"' | b'0'..=b'9' | b't' | b'f' | b'n') | None) => {
            (Format::Json, Basis::Content)
        }
        _ if text.get(..11).is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCARD")) => {
            (Format::Vcard, Basis::Mark)
        }
        _ if is_called(name, &[".vcf", ".vcard"]) && begins_a_card(text) => (Format::Vcard, Basis::Name),
        _ if is_called(name, &[".json", ".ndjson", ".jsonl"]) => {
            match (text.first(), lines_or_document(text, is_complete, name)) {
                // A first line that is broken, or a remark, makes no table of it.
                (Some(b'{' | b'[' | b'/'), found) | (_, found @ Format::Ndjson) => (found, Basis::Name),
                _ => (Format::Csv, Basis::Content),
            }
        }
        _ => (Format::Csv, Basis::Content),
    }
}

/// Whether the text is JSON in the table that `psql` prints: a title, a rule, and then a list or an object.
pub(super) fn is_framed_json(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (Some(title), Some(rule), Some(first)) = (lines.next(), lines.next(), lines.next()) else { return false };
    let is_rule = rule.len() > 2 && rule.iter().all(|&byte| byte == b'-');
    let is_word = title.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'?'));
    is_rule && is_word && (first.starts_with(b"[{") || first.starts_with(b"{\"") || first.starts_with(b"["))
}

/// Whether one of the lines begins a card.
fn begins_a_card(text: &[u8]) -> bool {
    text.split(|&byte| byte == b'\n').any(|line| vline::beginning(line.trim_ascii()).is_some())
}

/// Whether the input's name ends in one of these, packed or not.
fn is_called(name: &str, ends: &[&str]) -> bool {
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    ends.iter().any(|end| name.ends_with(end))
}

/// Tells an object on each line from a document.
fn lines_or_document(text: &[u8], is_complete: bool, name: &str) -> Format {
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    if !is_complete && lines.len() > 1 {
        lines.pop();
    }
    let lines: Vec<&[u8]> = lines.into_iter().filter(|line| !line.is_empty()).take(20).collect();
    let object = |line: &[u8]| line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    let without_comma = |line: &[u8]| line.strip_suffix(b",").unwrap_or(line).to_vec();
    // In a document laid out over lines, the elements end in commas, but not its first line.
    let commas = lines.first().is_some_and(|first| object(&without_comma(first)));
    let objects = lines.iter().filter(|line| object(line) || commas && object(&without_comma(line))).count();
    let named = is_called(name, &[".ndjson", ".jsonl"]);
    let first = lines.get(..2).unwrap_or(&lines).join(&b'\n');
    let wrapped = Json::shape(Utf8Buffer::of(&first)).is_ok_and(|shape| shape != Shape::objects());
    match lines.len() {
        _ if wrapped => Format::Json,
        1 if !named => Format::Json,
        // Some may be broken; of a document laid out over lines hardly any is an object by itself.
        count if objects * 2 >= count || named && objects > 0 => Format::Ndjson,
        _ => Format::Json,
    }
}
