//! Every file of `tests/data` is read as the program reads it, and compared with its `.expected`: the
//! dialect, the mapping, and each record with the cells of its fields by rank, or why it cannot be read.
//!
//! A file's `.options` are those of the command line. `SNAPSHOTS=overwrite cargo test --test it corpus` accepts what
//! is read now; look at every line that changes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use m1import::diagnostic::Diagnostic;
use m1import::mapping::{self, Attributes, Mapping, Sense};
use m1import::row::{LIST_END, Row};
use m1import::source::{self, Header, InputSource, RowError, Source};

use crate::support::golden;

#[test]
fn every_file_of_the_corpus_reads_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() >= 100, "the corpus is there");
    let mut wrong = Vec::new();
    for file in files {
        let told = told(&file);
        let expected = sibling(&file, "expected");
        if golden::overwrite() {
            fs::write(&expected, &told).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != told {
            wrong.push(format!("{}\n{told}", file.strip_prefix(&root).unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "{} files read otherwise than expected:\n{}", wrong.len(), wrong.join("\n"));
}

pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The cases of `phone` are a table of its own test.
        if path.is_dir() && path.ends_with("phone") {
            continue;
        } else if path.is_dir() {
            collect(&path, files);
        } else if !path.extension().is_some_and(|end| end == "expected" || end == "options") {
            files.push(path);
        }
    }
}

fn sibling(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

/// What becomes of a file, as text.
fn told(file: &Path) -> String {
    let (reading, mapping) = options(&fs::read_to_string(sibling(file, "options")).unwrap_or_default());
    let mut told = String::new();
    if let Err(error) = tell(file, &reading, &mapping, &mut told) {
        writeln!(told, "{error}").unwrap();
    }
    told
}

fn tell(file: &Path, reading: &source::Options, mapping: &mapping::Options, told: &mut String) -> Result<(), String> {
    // Errors name the file as it was given, which here is where this machine keeps it.
    let folder = format!("{}/", file.parent().unwrap().display());
    let in_short = |error: &source::Error| format!("{error} [{}]", error.code()).replace(&folder, "");
    let input = InputSource::at(file, None).map_err(|error| in_short(&error))?;
    let sources = source::open_all(input, reading).map_err(|error| in_short(&error))?;
    let several = sources.len() > 1;
    for source in &sources {
        if several {
            writeln!(told, "{}", source.input().name().replace(&folder, "")).unwrap();
        }
        tell_source(file, source, mapping, &in_short, told)?;
    }
    Ok(())
}

fn tell_source(
    file: &Path,
    source: &Source,
    mapping: &mapping::Options,
    in_short: &dyn Fn(&source::Error) -> String,
    told: &mut String,
) -> Result<(), String> {
    let delimiter = source.delimiter().map(|c| c.escape_default().to_string()).unwrap_or_default();
    let mut dialect = vec![source.format().to_string(), source.encoding()];
    dialect.extend([delimiter, source.compression().unwrap_or("").to_owned()]);
    dialect.extend(source.bom().then(|| "marked".to_owned()));
    dialect.extend(source.is_rejects_file().then(|| "ours".to_owned()));
    dialect.retain(|part| !part.is_empty());
    writeln!(told, "{}", dialect.join(" ")).unwrap();
    for said in source.notices() {
        writeln!(told, "said: {said}").unwrap();
    }
    let mut found = Mapping::find(source.columns(), source.sample(), mapping).map_err(|error| {
        let hint = error.hint().map(|hint| format!("\n{hint}")).unwrap_or_default();
        format!("{error} [{}]{hint}", error.code())
    })?;
    for consent in found.consents() {
        let sense = if consent.sense == Sense::OptIn { "opt-in" } else { "opt-out" };
        writeln!(told, "{sense}: {}", consent.name).unwrap();
    }
    tell_mapping(&found, source.columns(), told);
    let mut rows = source.rows().map_err(|error| in_short(&error))?;
    let mut row = Row::default();
    let mut width = source.columns().len();
    loop {
        match rows.next(&mut row) {
            Ok(false) => break,
            Ok(true) => {
                let grown = rows.new_columns(width).len();
                if grown > 0 {
                    width += grown;
                    found.extend(&rows.columns());
                    tell_mapping(&found, &rows.columns(), told);
                }
                tell_row(&found, &row, told);
            }
            Err(RowError::Reject { line, code, column, detail }) => {
                let column = column.map(|column| format!(" in column {column}")).unwrap_or_default();
                let detail = if detail.is_empty() { detail } else { format!(": {detail}") };
                writeln!(told, "{line} [{code}]{column}{detail}").unwrap();
            }
            Err(RowError::Fatal(kind)) => return Err(in_short(&kind.in_input(source.input().name()))),
        }
    }
    for said in rows.notices() {
        writeln!(told, "said: {said}").unwrap();
    }
    let digest = rows.digest().map_err(|error| in_short(&error))?;
    assert_eq!(digest.blake3, blake3::hash(&fs::read(file).unwrap()), "{}", file.display());
    Ok(())
}

fn tell_mapping(mapping: &Mapping, columns: &source::Columns, told: &mut String) {
    let names = |places: &[u32]| {
        let names = places.iter().map(|&place| format!("{:?}", columns.name(place as usize).unwrap_or("")));
        names.collect::<Vec<_>>().join(", ")
    };
    for (field, places) in mapping.fields().iter().filter(|(_, places)| !places.is_empty()) {
        writeln!(told, "{field}: {}", names(places)).unwrap();
    }
    for (place, key) in &mapping.fields().attributes {
        writeln!(told, "attr.{key}: {}", names(&[*place])).unwrap();
    }
}

/// The row with those cells of each field that are not empty.
fn tell_row(mapping: &Mapping, row: &Row, told: &mut String) {
    let shown = |cell: &str| match cell.strip_suffix(LIST_END) {
        Some(list) => format!("{:?}", list.split(LIST_END).collect::<Vec<_>>()),
        None => format!("{cell:?}"),
    };
    write!(told, "{}", row.location.line).unwrap();
    for (field, places) in mapping.fields().iter() {
        let cells = places.iter().map(|&place| row.cell(place as usize)).filter(|cell| !cell.trim().is_empty());
        let cells: Vec<String> = cells.map(shown).collect();
        if !cells.is_empty() {
            write!(told, " {field}={}", cells.join("/")).unwrap();
        }
    }
    for (place, key) in &mapping.fields().attributes {
        let cell = row.cell(*place as usize);
        if !cell.is_empty() {
            write!(told, " attr.{key}={}", shown(cell)).unwrap();
        }
    }
    told.push('\n');
}

/// Reads the options that concern reading and mapping. A word in single quotes may have blanks in it.
fn options(text: &str) -> (source::Options, mapping::Options) {
    let mut reading = source::Options::default();
    let mut mapping = mapping::Options::default();
    let mut words = words(text).into_iter();
    while let Some(option) = words.next() {
        let mut value = || words.next().unwrap();
        match option.as_str() {
            "--format" => reading.format = Some(value().parse().unwrap()),
            "--delimiter" => reading.delimiter = Some(value().parse().unwrap()),
            "--encoding" => reading.encoding = encoding_rs::Encoding::for_label(value().as_bytes()),
            "--no-header" => reading.header = Header::Absent,
            "--columns" => reading.columns = value().split(',').map(str::to_owned).collect(),
            "--skip-lines" => reading.skip_lines = value().parse().unwrap(),
            "--sheet" => reading.sheets.push(value().parse().unwrap()),
            "--map" => {
                let (field, column) = value().split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
                mapping.map.push((field.parse().unwrap(), column));
            }
            "--attributes" => mapping.attributes = value().parse::<Attributes>().unwrap(),
            "--default-country" => mapping.default_country = Some(value().parse().unwrap()),
            other => panic!("{other} is no option of reading"),
        }
    }
    (reading, mapping)
}

/// The words of a command: parted by blanks, in single quotes or with a backslash before a quote.
pub fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut characters = text.trim().chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if !quoted => words.last_mut().unwrap().extend(characters.next()),
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
