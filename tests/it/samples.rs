//! Every file in `samples/` is used here, and does what it is there for.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::support::program::{Folder, Run, m1import};

/// File, further arguments, exit code, rows read, accepted, duplicate, invalid.
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
const OTHERS: &[&str] = &["no-phone.csv", "m1import.toml", "settings.toml"];

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
        let counts =
            ["read", "accepted", "duplicate", "invalid"].map(|status| summary["rows"][status].as_u64().unwrap());
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

/// What is given back unmended comes back as it was, however often; and what a spreadsheet did to it does no harm.
#[test]
fn rejected_rows_come_back_as_they_were() {
    let cards = "BEGIN:VCARD\nFN:Ann\nTEL:12\nCATEGORIES:vip,lead\nEND:VCARD\n";
    let table = [
        ("a.csv", "name;phone;note\nAnn;12;=1+1\nBob;;\"two\nlines\";beyond\n", "csv"),
        (
            "b.json",
            "[\n{\"name\": \"Ann\", \"phone\": 12, \"id\": 12345678901234567890},\n{\"name\": \"Bob\", \"phone\": }\n]",
            "ndjson",
        ),
        ("c.ndjson", "{\"name\":\"Ann\",\"phone\":\"12\"}\noops\n", "ndjson"),
        ("d.vcf", cards, "csv"),
    ];
    for (name, content, form) in table {
        let folder = Folder::new();
        folder.write(name, content);
        let mut told = Vec::new();
        let mut given = name.to_owned();
        for round in 0..3 {
            let results = format!("round{round}");
            m1import(&folder, [&given, "--dry-run", "-o", &results]).run().exits_with(1);
            let codes: Vec<String> =
                folder.table(&format!("{results}/results.csv")).iter().map(|row| row["code"].clone()).collect();
            told.push((codes, folder.read(&format!("{results}/rejected.{form}")).lines().count()));
            given = format!("given{round}.{form}");
            folder.write(&given, folder.read(&format!("{results}/rejected.{form}")));
        }
        assert_eq!(told[1], told[0], "{name}");
        assert_eq!(told[2], told[0], "{name}");
        assert_eq!(
            folder.read(&given).matches("m1import_line").count(),
            if form == "csv" { 1 } else { told[0].0.len() }
        );
    }
    // A spreadsheet fills up the header where a row is longer.
    let folder = Folder::new();
    let header = "name;phone;note;m1import_line;m1import_code;m1import_reason;\r\n";
    folder.write(
        "saved.csv",
        format!("\u{feff}{header}Ann;'+27831234567;'=1+1;2;phone.missing;no phone number;beyond\r\n"),
    );
    let run =
        m1import(&folder, ["saved.csv", "--dry-run", "--show-values", "--attributes", "all", "--output", "json"]).run();
    let contact = &run.json()["preview"][0]["profile"]["userDetails"];
    assert_eq!(contact["contact"]["phone"]["number"], "831234567", "{contact}");
    assert_eq!(contact["attributes"], serde_json::json!([{"key": "note", "value": "=1+1"}]), "{contact}");
}
