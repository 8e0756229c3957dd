//! Laws of reading: what was written in any dialect, encoding or format reads back the same, on the lines where an
//! editor shows it; and no bytes whatever bring the program down.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::workbook::workbook;
use m1import::diagnostic::Diagnostic;
use m1import::mapping::{self, Mapping};
use m1import::row::{Field, Row};
use m1import::source::{self, InputSource, RowError};
use proptest::prelude::*;

/// A record as read: its line and its cells, empty ones at the end left out.
type Record = (u64, Vec<String>);

fn read(input: impl Into<std::sync::Arc<[u8]>>, options: &source::Options) -> Vec<Record> {
    let source = source::open(InputSource::of("test", input), options).unwrap();
    let once = records(&source);
    assert_eq!(once, records(&source), "every reading is the same");
    once
}

fn records(source: &source::Source) -> Vec<Record> {
    let mut rows = source.rows().unwrap();
    let mut row = Row::default();
    let mut records = Vec::new();
    while rows.next(&mut row).unwrap() {
        records.push((row.location.line, trimmed(row.cells().map(str::to_owned).collect())));
    }
    records
}

fn trimmed(mut cells: Vec<String>) -> Vec<String> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}

fn reading() -> source::Options {
    source::Options::default()
}

/// The lines that are ended in a text, as an editor counts them.
fn line_ends(text: &str) -> u64 {
    text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u64
}

/// Any cell that a text file can hold; the first of a row is never blank.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,12}",
        2 => "[a-zäöüßéñçøÆ€’ ]{0,12}",
        1 => "[\"',;|\t\n\r]{0,6}",
        1 => "\\PC{0,8}",
    ]
}

fn western() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec("[ -~äöüßéñçøÆ€’;\"\n\t]{0,12}", 2), 1..40)
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 2), 1..40)
}

/// Writes a table; the lines on which its records begin come with it.
fn csv(table: &[Vec<String>], delimiter: char, end: &str, blank_lines: bool) -> (String, Vec<Record>) {
    let mut text = ["name", "phone", "note"].join(&delimiter.to_string());
    text.push_str(end);
    let mut records = Vec::new();
    for (number, cells) in table.iter().enumerate() {
        if blank_lines && number % 3 == 1 {
            text.push_str(end);
        }
        let line = 1 + line_ends(&text);
        let first = format!("x{number}");
        let cells: Vec<String> = std::iter::once(first).chain(cells.iter().cloned()).collect();
        let quoted = cells.iter().map(|cell| match cell.contains(['"', '\n', '\r', delimiter]) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.clone(),
        });
        text.push_str(&quoted.collect::<Vec<_>>().join(&delimiter.to_string()));
        text.push_str(end);
        records.push((line, trimmed(cells)));
    }
    (text, records)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn tables_read_back_in_every_dialect(
        table in table(),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        blank_lines: bool,
        encoding in prop::sample::select(vec!["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "gb18030"]),
    ) {
        let (text, records) = csv(&table, delimiter, end, blank_lines);
        let utf_16 = |unit: fn(u16) -> [u8; 2]| ["\u{feff}", &text].concat().encode_utf16().flat_map(unit).collect();
        let mut options = reading();
        let bytes: Vec<u8> = match encoding {
            "utf-8-bom" => ["\u{feff}", &text].concat().into_bytes(),
            "utf-16le" => utf_16(u16::to_le_bytes),
            "utf-16be" => utf_16(u16::to_be_bytes),
            "gb18030" => {
                options.encoding = Some(encoding_rs::GB18030);
                encoding_rs::GB18030.encode(&text).0.into_owned()
            }
            _ => text.clone().into_bytes(),
        };
        prop_assert_eq!(read(bytes, &options), records);
    }

    #[test]
    fn western_tables_read_back_from_windows_1252(table in western(), end in prop::sample::select(vec!["\n", "\r\n"])) {
        let (text, records) = csv(&table, ';', end, false);
        let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(&text);
        prop_assert!(!lossy);
        let options = source::Options { encoding: Some(encoding_rs::WINDOWS_1252), ..reading() };
        prop_assert_eq!(read(bytes.into_owned(), &options), records);
    }

    #[test]
    fn objects_read_back(table in prop::collection::vec(prop::collection::vec(any::<String>(), 3), 1..30), form in 0..5) {
        let mut text = String::from(if form == 4 { "{\"total\":1,\n\"data\":\n[" } else if form > 1 { "[\n" } else { "" });
        let mut records = Vec::new();
        for (number, cells) in table.iter().enumerate() {
            let object = serde_json::json!({"a": cells[0], "b": {"c": cells[1], "d": [cells[2]]}, "n": number});
            if form > 1 && number > 0 {
                text.push_str(",\n");
            }
            records.push((1 + line_ends(&text), number.to_string()));
            match form {
                1 | 3 => text.push_str(&serde_json::to_string_pretty(&object).unwrap()),
                _ => text.push_str(&object.to_string()),
            }
            if form < 2 {
                text.push('\n');
            }
        }
        text.push_str(if form == 4 { "]}" } else if form > 1 { "\n]" } else { "" });
        let source = source::open(InputSource::of("test", text.into_bytes()), &reading()).unwrap();
        let place = |name: &str| source.columns().names().iter().position(|one| one == name).unwrap_or(99);
        let mut rows = source.rows().unwrap();
        let mut row = Row::default();
        for ((line, number), cells) in records.iter().zip(&table) {
            prop_assert!(rows.next(&mut row).unwrap());
            prop_assert_eq!(row.location.line, *line);
            prop_assert_eq!(row.cell(place("n")), number);
            prop_assert_eq!(row.cell(place("a")), &cells[0]);
            prop_assert_eq!(row.cell(place("b.c")), &cells[1]);
            let list = row.cell(place("b.d"));
            prop_assert_eq!(list.strip_suffix(m1import::row::LIST_END).unwrap_or(list), &cells[2]);
        }
        prop_assert!(!rows.next(&mut row).unwrap());
    }

    #[test]
    fn sheets_read_back(table in prop::collection::vec(prop::collection::vec("[ -~äé€नाم\n]{0,10}", 3), 1..20), gap in 0usize..4) {
        let mut xml = String::from("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>phone</t></is></c></row>");
        let mut records = Vec::new();
        for (number, cells) in table.iter().enumerate() {
            let line = 2 + number * (1 + gap);
            write!(xml, "<row r=\"{line}\">").unwrap();
            let cells: Vec<String> = std::iter::once(format!("x{number}")).chain(cells.iter().cloned()).collect();
            for (column, cell) in cells.iter().enumerate() {
                let escaped = cell.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let letter = char::from(b'A' + column as u8);
                write!(xml, "<c r=\"{letter}{line}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{escaped}</t></is></c>").unwrap();
            }
            xml.push_str("</row>");
            records.push((line as u64, trimmed(cells)));
        }
        prop_assert_eq!(read(workbook(&xml), &reading()), records);
    }
}

/// Reads whatever it is to its end, twice, and says how many records there were.
fn read_anything(bytes: &[u8]) -> Option<(usize, usize)> {
    let source = source::open(InputSource::of("test", bytes), &reading()).ok()?;
    let mut mapping = Mapping::find(source.columns(), source.sample(), &mapping::Options::default()).ok();
    let mut counts = Vec::new();
    for _ in 0..2 {
        let mut rows = source.rows().ok()?;
        let mut row = Row::default();
        let (mut good, mut bad) = (0, 0);
        loop {
            match rows.next(&mut row) {
                Ok(true) => good += 1,
                Ok(false) => break,
                Err(RowError::Reject { .. }) => bad += 1,
                Err(RowError::Fatal(error)) => {
                    assert!(!error.in_input("input").code().is_empty());
                    break;
                }
            }
            assert!(row.len() <= 16_384 + 8);
            if let Some(mapping) = &mut mapping {
                mapping.extend(&rows.columns());
            }
        }
        counts.push((good, bad));
    }
    assert_eq!(counts.first(), counts.last(), "every reading is the same");
    counts.pop()
}

/// Spoils the bytes of a good file in one of the ways that files are spoilt.
fn spoil(bytes: &mut Vec<u8>, other: &[u8], dice: &mut fastrand::Rng) {
    if bytes.is_empty() {
        return;
    }
    let at = dice.usize(..bytes.len());
    match dice.u8(..8) {
        0 => bytes[at] ^= 1 << dice.u8(..8),
        1 => bytes[at] = dice.u8(..),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..(at + dice.usize(1..20)).min(bytes.len()))),
        4 => {
            let signs = b"\"',;|\t\r\n{}[]:\\=\0\xff<&";
            bytes.insert(at, signs[dice.usize(..signs.len())]);
        }
        5 => {
            let piece: Vec<u8> = bytes[at..(at + dice.usize(1..60)).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        6 if !other.is_empty() => {
            let from = dice.usize(..other.len());
            let piece = &other[from..(from + dice.usize(1..200)).min(other.len())];
            bytes.splice(at..at, piece.iter().copied());
        }
        _ => bytes.iter_mut().skip(at).take(4).for_each(|byte| *byte = dice.u8(..)),
    }
}

/// `HOSTILE_SECONDS=1800` makes a night of it; a failure names the seed.
#[test]
fn no_bytes_bring_it_down() {
    let seconds = std::env::var("HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut files = Vec::new();
    crate::corpus::collect(&root, &mut files);
    files.sort();
    let files: Vec<Vec<u8>> =
        files.iter().map(|file| std::fs::read(file).unwrap()).filter(|file| file.len() < 50_000).collect();
    let start = std::time::Instant::now();
    let first = std::env::var("HOSTILE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    for seed in first.. {
        if start.elapsed().as_secs() >= seconds {
            break;
        }
        if std::env::var_os("HOSTILE_LOUD").is_some() {
            println!("seed {seed}");
        }
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut bytes = files[dice.usize(..files.len())].clone();
        for _ in 0..dice.usize(1..6) {
            spoil(&mut bytes, &files[dice.usize(..files.len())], &mut dice);
        }
        if std::panic::catch_unwind(|| read_anything(&bytes)).is_err() {
            panic!("seed {seed}: {}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn bombs_and_endless_things_end() {
    let end = |bytes: Vec<u8>| {
        let told = |error: source::Error| error.code().to_owned();
        let source = match source::open(InputSource::of("test", bytes), &reading()) {
            Ok(source) => source,
            Err(error) => return told(error),
        };
        let mut rows = source.rows().unwrap();
        let mut row = Row::default();
        loop {
            match rows.next(&mut row) {
                Ok(true) | Err(RowError::Reject { .. }) => {}
                Ok(false) => return "read".to_owned(),
                Err(RowError::Fatal(error)) => return told(error.in_input("input")),
            }
        }
    };
    let packed = |bytes: &mut dyn std::io::Read| {
        let mut gzip = flate2::read::GzEncoder::new(bytes, flate2::Compression::best());
        let mut packed = Vec::new();
        std::io::Read::read_to_end(&mut gzip, &mut packed).unwrap();
        packed
    };
    use std::io::Read as _;
    assert_eq!(end(packed(&mut b"a,phone\nx,1\n".chain(std::io::repeat(b'\n').take(80 << 20)))), "input.bomb");
    assert_eq!(end(packed(&mut b"a,phone\n".chain(std::io::repeat(b'x').take(5 << 20)))), "input.row_too_long");
    assert_eq!(end([b"a,phone\n".as_slice(), &b"x".repeat(5 << 20)].concat()), "input.row_too_long");
    assert_eq!(end([b"a,phone\n\"".as_slice(), &b"x\n".repeat(3 << 20)].concat()), "input.unclosed_quote");
    assert_eq!(end([b"a,phone\n".as_slice(), &b"x,".repeat(20_000)].concat()), "input.too_many_columns");
    assert_eq!(end(b"[".repeat(1_000_000)), "input.truncated");
    assert_eq!(end([b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat()), "read");
    assert_eq!(end(br#"{"a":"#.repeat(1_000_000)), "input.truncated");
    assert_eq!(end([br#"[{"a":""#.as_slice(), &b"x".repeat(5 << 20)].concat()), "input.row_too_long");
    assert_eq!(end([b"{\"phone\":1}\n{\"a\":\"".as_slice(), &b"x".repeat(5 << 20)].concat()), "input.row_too_long");
    assert_eq!(end([b"name,phone\n\"".as_slice(), &b"x".repeat(1 << 20), b"\",1\n"].concat()), "read");
}

#[test]
fn a_header_longer_than_the_beginning_that_is_looked_at_is_read_whole() {
    let mut text: String = (0..12_000).map(|number| format!("custom field number {number},")).collect();
    text.push_str("Phone\n");
    text.push_str(&",".repeat(12_000));
    text.push_str("+12025550101\n");
    let source = source::open(InputSource::of("test", text.into_bytes()), &reading()).unwrap();
    assert_eq!(source.columns().len(), 12_001);
    let found = Mapping::find(source.columns(), source.sample(), &mapping::Options::default()).unwrap();
    assert_eq!(found.fields().of(Field::Phone), [12_000]);
}
