//! `docs/codes.md` names every code there is, with what to do about it, and none that there is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use m1import::outcome::Cause;
use m1import::row::{Code, Note};

use super::support::golden;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A table between two marks of the document, made from the code.
fn tables() -> [(&'static str, String); 3] {
    let or_nothing = |text: &'static str| if text.is_empty() { "nothing needs to be done" } else { text };
    let mut rows = "| code | what it says | what to do |\n| --- | --- | --- |\n".to_owned();
    let mut notes = rows.clone();
    let mut causes = "| code | what it says | what to do | exit |\n| --- | --- | --- | --- |\n".to_owned();
    for code in Code::ALL {
        rows.push_str(&format!("| `{code}` | {} | {} |\n", code.says(), or_nothing(code.remedy())));
    }
    for note in Note::ALL {
        notes.push_str(&format!("| `{note}` | {} | {} |\n", note.says(), or_nothing(note.remedy())));
    }
    for cause in Cause::ALL {
        let hint = or_nothing(cause.hint()).replace('|', "\\|");
        causes.push_str(&format!("| `{}` | {} | {hint} | {} |\n", cause.code(), cause.says(), cause.exit()));
    }
    [("rows", rows), ("notes", notes), ("causes", causes)]
}

/// The tables are made from the code: `SNAPSHOTS=overwrite cargo test --test it codes` writes them.
#[test]
fn tables_are_those_of_the_code() {
    let path = root().join("docs/codes.md");
    let mut document = fs::read_to_string(&path).unwrap();
    let before = document.clone();
    for (name, table) in tables() {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from = document.find(&open).unwrap() + open.len();
        let until = document.find(&close).unwrap();
        document.replace_range(from..until, &table);
    }
    if golden::overwrite() {
        fs::write(&path, &document).unwrap();
    } else {
        assert_eq!(before, document, "docs/codes.md is not that of the code: SNAPSHOTS=overwrite writes it");
    }
}

/// The stages whose codes stand in the code as texts.
const STAGES: &[&str] = &["usage", "config", "token", "input", "mapping", "journal", "output", "server", "run"];

/// File names that look like codes.
const FILES: &[&str] = &["config.toml", "journal.ndjson"];

/// Texts in quotes marks of a kind that have the form of a code.
fn codes_in(text: &str, quote: char) -> BTreeSet<String> {
    let of_a_code = |piece: &&str| {
        piece.split_once('.').is_some_and(|(stage, reason)| {
            STAGES.contains(&stage) && !reason.is_empty() && reason.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        })
    };
    text.split(quote).filter(of_a_code).filter(|piece| !FILES.contains(piece)).map(str::to_owned).collect()
}

fn codes_of_the_program(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes_of_the_program(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.extend(codes_in(&fs::read_to_string(&path).unwrap(), '"'));
        }
    }
}

#[test]
fn every_code_is_documented_and_no_other() {
    let mut used = BTreeSet::new();
    codes_of_the_program(&root().join("src"), &mut used);
    assert!(used.len() > 50, "codes are found in the sources");
    let document = fs::read_to_string(root().join("docs/codes.md")).unwrap();
    let rows: String =
        document.lines().filter(|line| line.starts_with("| `")).map(|line| format!("{line}\n")).collect();
    let first_cells: String = rows.lines().filter_map(|row| row.split(" | ").next()).collect::<Vec<_>>().join("\n");
    let documented = codes_in(&first_cells, '`');
    let missing: Vec<_> = used.difference(&documented).collect();
    let surplus: Vec<_> = documented.difference(&used).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not documented: {missing:?}; not in the program: {surplus:?}");
}

#[test]
fn every_documented_code_has_a_remedy() {
    let document = fs::read_to_string(root().join("docs/codes.md")).unwrap();
    for row in document.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() >= 3 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
    }
}
