//! `docs/codes.md` is made from the tables of codes: it names every code there is, with what to do about it, and none
//! that there is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use m1import::diagnostic::{Entry, Exit, RunCode, WarningCode};
use m1import::outcome::Cause;
use m1import::row::{Code, Note};

use crate::support::golden;

/// The tables of the document: the name of each and its codes in order.
fn tables() -> [(&'static str, Vec<&'static Entry>); 5] {
    [
        ("rows", Code::ALL.iter().map(|code| code.entry()).collect()),
        ("notes", Note::ALL.iter().map(|note| note.entry()).collect()),
        ("warnings", WarningCode::ALL.iter().map(|code| code.entry()).collect()),
        ("causes", Cause::ALL.iter().map(|cause| cause.entry()).collect()),
        ("run", RunCode::ALL.iter().map(|code| code.entry()).collect()),
    ]
}

/// A table as it stands in the document; with exit codes where they differ.
fn written(entries: &[&Entry]) -> String {
    let with_exit = entries.iter().any(|entry| !matches!(entry.exit, Exit::Complete | Exit::SomeRows));
    let mut head = "| code | what it means | what to do |\n| --- | --- | --- |\n".to_owned();
    if with_exit {
        head = "| code | what it means | what to do | exit |\n| --- | --- | --- | --- |\n".to_owned();
    }
    let row = |entry: &&Entry| {
        let remedy = if entry.remedy.is_empty() { "nothing needs to be done" } else { entry.remedy };
        let exit = if with_exit { format!(" {} |", entry.exit.code()) } else { String::new() };
        let cell = |text: &str| text.replace('|', "\\|");
        format!("| `{}` | {} | {} |{exit}\n", entry.code, cell(entry.description), cell(remedy))
    };
    head + &entries.iter().map(row).collect::<String>()
}

#[test]
fn the_document_is_that_of_the_tables() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md");
    let mut document = fs::read_to_string(&path).unwrap();
    let before = document.clone();
    for (name, entries) in tables() {
        golden::replace_table(&mut document, name, &written(&entries));
    }
    let rows = document.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, tables().iter().map(|(_, entries)| entries.len()).sum::<usize>(), "rows outside of the tables");
    if golden::overwrite() {
        fs::write(&path, &document).unwrap();
    } else {
        assert_eq!(before, document, "docs/codes.md is not that of the code: SNAPSHOTS=overwrite writes it");
    }
}

/// One code has one meaning: a row's and a request's may both be reasons of a row, so they differ too. A note may share
/// the name of a reject, since both are about the same thing.
#[test]
fn no_two_tables_have_the_same_code() {
    let mut seen = BTreeSet::new();
    for (name, entries) in tables().into_iter().filter(|(name, _)| *name != "notes") {
        for Entry { code, .. } in entries {
            // The program itself and a part of the sending may break down alike.
            assert!(seen.insert(*code) || *code == "run.internal", "{name}: {code} twice");
        }
    }
}

/// What ends a run says what to do about it.
#[test]
fn every_error_has_a_remedy() {
    for (_, entries) in tables().into_iter().filter(|(name, _)| matches!(*name, "causes" | "run")) {
        for entry in entries {
            assert!(!entry.remedy.is_empty(), "{}", entry.code);
        }
    }
}
