//! Tables and address books in formats that are not read, by their first lines.

use super::detect::EXPORT;
use super::error::Foreign;

const SQL: &str = "export the table itself as CSV, with its column names in the first line";
const SAVE_AS: &str = "open it in a spreadsheet program and save it as .xlsx or CSV";
const LDIF: &str = "export it from the mail program as CSV or vCard";
/// How the first statement of an SQL dump begins.
const STATEMENTS: [&[u8]; 12] = [
    b"INSERT INTO ",
    b"REPLACE INTO ",
    b"CREATE TABLE ",
    b"CREATE DATABASE ",
    b"CREATE SCHEMA ",
    b"DROP TABLE ",
    b"LOCK TABLES ",
    b"BEGIN TRANSACTION;",
    b"START TRANSACTION;",
    b"PRAGMA ",
    b"\\restrict ",
    b"COPY public.",
];

/// What a file of lines is, where it is a known format that holds no table or cards; `head` is its beginning.
pub(super) fn of_lines(head: &[u8]) -> Option<Foreign> {
    if is_dbase(head) {
        return Some(Foreign { kind: "a dBASE table (.dbf)", remedy: SAVE_AS });
    }
    let lines = || lines(head);
    if lines().next() == Some(b"TABLE") && lines().nth(1) == Some(b"0,1") {
        return Some(Foreign { kind: "a spreadsheet in DIF", remedy: SAVE_AS });
    }
    if is_sql(lines()) {
        return Some(Foreign { kind: "an SQL dump", remedy: SQL });
    }
    if is_ldif(lines()) {
        return Some(Foreign { kind: "an address book in LDIF", remedy: LDIF });
    }
    let kind = match () {
        () if are_named_values(lines(), b": ") => "a list of \"Name: value\" lines",
        () if are_named_values(lines(), b" = ") => "a list of \"name = value\" lines",
        () if lines().next().is_some_and(is_assignment) => "JavaScript, and JSON only behind the first =",
        () if lines().next().is_some_and(is_frame) => "a table within a frame, as programs print it on a screen",
        () if is_between_control_characters(head) => "a table whose cells stand between control characters",
        () => return None,
    };
    Some(Foreign { kind, remedy: EXPORT })
}

/// The lines that are not blank.
pub(super) fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

/// Whether it is a dBASE table: a version, the day of the last change, and the description of the first column.
fn is_dbase(head: &[u8]) -> bool {
    let [version, _, month, day, ..] = head else { return false };
    let known = matches!(version, 0x02..=0x05 | 0x30..=0x32 | 0x43 | 0x63 | 0x83 | 0x8b | 0x8c | 0xcb | 0xf5 | 0xfb);
    let Some(column) = head.get(32..44) else { return false };
    let (name, kind) = column.split_at(11);
    let length = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    let is_name = name.iter().take(length).all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    known
        && (1..=12).contains(month)
        && (1..=31).contains(day)
        && length > 0
        && is_name
        && kind.iter().all(|kind| b"CNDFLMTIBYGOPQVW@+0".contains(kind))
}

/// Whether the first line that is no remark is a statement of SQL.
fn is_sql<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let first = lines.find(|line| !line.starts_with(b"--") && !line.starts_with(b"/*"));
    let begins = |line: &[u8], start: &[u8]| line.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start));
    first.is_some_and(|line| {
        STATEMENTS.iter().any(|start| begins(line, start)) || begins(line, b"SET ") && line.ends_with(b";")
    })
}

/// Whether the first line that is no remark, and not the version, is the name of an entry.
pub(super) fn is_ldif<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let first = lines.find(|line| !line.starts_with(b"#") && !line.starts_with(b"version:"));
    let name = first.filter(|line| line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"dn:")));
    name.is_some_and(|line| line.starts_with(b"dn: ") || line.starts_with(b"dn::") || line.contains(&b'='))
}

/// Whether the line gives a list or an object to a variable: `window.YTD.contact.part0 = [`.
fn is_assignment(line: &[u8]) -> bool {
    let Some(sign) = memchr::memchr(b'=', line) else { return false };
    let (name, value) = line.split_at(sign);
    let (name, value) = (name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii_start());
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._$ ".contains(byte);
    let is_value = value.starts_with(b"[") || value.starts_with(b"{");
    name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(is_name) && is_value
}

/// Whether the line is the upper side of a frame.
fn is_frame(line: &[u8]) -> bool {
    ["\u{250c}", "\u{2554}", "\u{256d}", "\u{250f}"].iter().any(|corner| line.starts_with(corner.as_bytes()))
}

/// Whether the characters that ASCII has for it part the cells and the rows.
fn is_between_control_characters(head: &[u8]) -> bool {
    const UNIT: u8 = 0x1f;
    const RECORD: u8 = 0x1e;
    let end = memchr::memchr(RECORD, head);
    let first = end.and_then(|end| head.get(..end)).unwrap_or_default();
    memchr::memchr(UNIT, first).is_some() && memchr::memchr(b'\n', first).is_none()
}

/// Whether each of the lines is a word and its value, with `sign` between them, the same words again and again.
fn are_named_values<'a>(lines: impl Iterator<Item = &'a [u8]>, sign: &[u8]) -> bool {
    let mut words: Vec<&[u8]> = Vec::new();
    // The last line may be cut.
    for line in lines.take(50) {
        // Nothing may stand behind it.
        let at_end = || line.strip_suffix(sign.trim_ascii_end()).map(<[u8]>::len);
        let Some(end) = memchr::memmem::find(line, sign).or_else(at_end) else { return false };
        let word = line.get(..end).unwrap_or_default();
        if word.len() > 40 || word.iter().any(|byte| b",;\t|\"'={}[]<>".contains(byte)) {
            return false;
        }
        words.push(word);
    }
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    words.len() > 1 && words.len() * 3 < count * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_formats_are_named_and_tables_are_not_mistaken_for_them() {
        let dbase: &[u8] =
            b"\x03\x7e\x0b\x1b\x03\0\0\0\xa1\0j\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\0\0NAME\0\0\0\0\0\0\0C";
        let table: [(&[u8], Option<&str>); 31] = [
            (dbase, Some("a dBASE table (.dbf)")),
            (b"TABLE\r\n0,1\r\n\"EXCEL\"\r\n", Some("a spreadsheet in DIF")),
            (b"--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n", Some("an SQL dump")),
            (b"-- MySQL dump\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `a`;", Some("an SQL dump")),
            (b"INSERT INTO \"table\"(name,phone) VALUES('Ana','+551');", Some("an SQL dump")),
            (b"insert into a values (1);", Some("an SQL dump")),
            (b"SET statement_timeout = 0;\n", Some("an SQL dump")),
            (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", Some("an SQL dump")),
            (b"# extended LDIF\n#\n\n# Zo, example.org\ndn: cn=Zo\n", Some("an address book in LDIF")),
            (b"version: 1\ndn:: Y249Wm8=\ncn: Zo\n", Some("an address book in LDIF")),
            (b"version: 1\n\nDN:cn=Zo,dc=example\ncn: Zo\n", Some("an address book in LDIF")),
            (b"Name: A\nPhone: 1\n\nName: B\nPhone: 2\n", Some("a list of \"Name: value\" lines")),
            (
                b" name = A\nphone = 1\n mail = \n\n name = B\nphone = 2\n mail = \n",
                Some("a list of \"name = value\" lines"),
            ),
            ("┌──────┐\n│ name │\n".as_bytes(), Some("a table within a frame, as programs print it on a screen")),
            ("╭──────╮\n│ name │\n".as_bytes(), Some("a table within a frame, as programs print it on a screen")),
            (b"name\x1fphone\x1eAda\x1f1\x1e", Some("a table whose cells stand between control characters")),
            (b"window.YTD.contact.part0 = [ {\"a\":1}\n]", Some("JavaScript, and JSON only behind the first =")),
            (b"var contacts={\n", Some("JavaScript, and JSON only behind the first =")),
            (b"name = phone\nA = 1\n", None),
            (b"\x1e{\"name\":1}\n\x1e{}\n", None),
            (b"name,tags\nAda,a\x1fb\x1e\n", None),
            (b"ID;Phone\nC;+491\n", None),
            (b"table\n0,1\n", None),
            (b"Ana: +5511\nBeto: +5521\nAna: +5531\n", None),
            (b"Phone: 1\nPhone: 2\n", None),
            (b"Name: first, Phone: second\nAna,1\n", None),
            (b"dn,cn,mobile\n", None),
            (b"# made by hand\nname,phone\n", None),
            (b"-- list --\nname,phone\n", None),
            (b"Set name;Phone\nA;1\n", None),
            (b"", None),
        ];
        for (head, kind) in table {
            assert_eq!(of_lines(head).map(|found| found.kind), kind, "{}", head.escape_ascii());
        }
    }
}
