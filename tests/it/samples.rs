//! Every file in `samples/` is used here, and does what it is there for.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::support::program::{Folder, Run, m1import};

/// File, further arguments, exit code, rows read, accepted, folded, invalid.
type Case = (&'static str, &'static [&'static str], i32, [u64; 4]);

const GOOD_AND_BAD: &[Case] = &[
    ("contacts.csv", &[], 0, [12, 11, 1, 0]),
    ("contacts.json", &[], 0, [3, 3, 0, 0]),
    ("contacts.ndjson", &[], 0, [3, 3, 0, 0]),
    ("kontakte-excel.csv", &["--default-country", "DE"], 0, [4, 4, 0, 0]),
    ("leads.xlsx", &["--default-country", "IN"], 0, [4, 4, 0, 0]),
    ("problems.csv", &[], 1, [10, 3, 0, 7]),
    ("problems.json", &[], 1, [5, 2, 0, 3]),
    ("problems.ndjson", &[], 1, [4, 2, 0, 2]),
];

/// Samples that are not imported, with the test that uses them.
const OTHERS: &[&str] = &["no-phone.csv", "m1import.toml"];

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// A folder with all samples in it.
fn folder() -> Folder {
    let folder = Folder::new();
    for entry in fs::read_dir(samples()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            folder.write(&path.file_name().unwrap().to_string_lossy(), fs::read(&path).unwrap());
        }
    }
    // Else every run would take it for its settings.
    fs::rename(folder.path("m1import.toml"), folder.path("sample.toml")).unwrap();
    folder
}

fn import(folder: &Folder, name: &str, more: &[&str]) -> Run {
    m1import(folder, [name, "--sandbox", "--output", "json"]).with(more).run()
}

#[test]
fn every_sample_does_what_it_is_there_for() {
    let folder = folder();
    for (name, more, exit, rows) in GOOD_AND_BAD {
        let run = import(&folder, name, more);
        run.exits_with(*exit);
        let summary = run.json();
        let counts = ["read", "accepted", "folded", "invalid"].map(|fate| summary["rows"][fate].as_u64().unwrap());
        assert_eq!(counts, *rows, "{name}: {}", summary["reasons"]);
    }
}

#[test]
fn every_sample_is_used() {
    let used: BTreeSet<String> =
        GOOD_AND_BAD.iter().map(|case| case.0).chain(OTHERS.iter().copied()).map(str::to_owned).collect();
    let there: BTreeSet<String> = fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(used, there);
}

#[test]
fn a_file_without_phones_is_one_error() {
    let run = m1import(&folder(), ["no-phone.csv", "--sandbox"]).run();
    run.exits_with(65).says("mapping.no_phone").says("\"Name\", \"E-mail\", \"City\"").says("--map phone=COLUMN");
}

#[test]
fn the_sample_of_settings_can_be_used() {
    let folder = folder();
    let run = m1import(&folder, ["config", "--config", "sample.toml", "--profile", "staging"]).run();
    run.exits_with(0);
    assert!(run.stdout.contains("staging.example.com"), "{}", run.stdout);
}

/// What was rejected, corrected and given back, imports losslessly.
#[test]
fn rejected_rows_are_corrected_and_imported() {
    let folder = folder();
    import(&folder, "problems.csv", &[]).exits_with(1);
    let rejected = folder.read("problems.sandbox.results/rejected.csv");
    assert!(rejected.lines().next().unwrap().ends_with("m1import_line,m1import_code,m1import_reason"), "{rejected}");
    let mut corrected = rejected;
    for (wrong, right) in [("9.18123E+11", "+918123456780"), ("call the office", "+919123456780")] {
        assert!(corrected.contains(wrong), "{corrected}");
        corrected = corrected.replace(wrong, right);
    }
    folder.write("corrected.csv", corrected);
    let summary = import(&folder, "corrected.csv", &["--default-country", "IN"]).json();
    assert_eq!(summary["rows"]["accepted"], 3, "{summary}");
}
