//! What a file that was merely found may decide; the tables of `docs/security.md` are made from these.

use std::fmt::Write;
use std::path::Path;

use super::{Pairs, Scene, accepts_changes};
use crate::cli::options::{Given, Group, SETTINGS, Setting, Takes};
use crate::diagnostic::Diagnostic;

/// Files in the folder, variables of the environment, the command, and the command of the hint where it is refused.
struct Case(Pairs, Pairs, &'static str, Option<&'static str>);

const CASES: &[Case] = &[
    Case(&[(".env", "M1IMPORT_TOKEN=own")], &[], "a.csv", None),
    Case(&[(".env", "M1IMPORT_TOKEN=own")], &[("M1IMPORT_TOKEN", "beats it")], "a.csv", None),
    Case(&[(".env", "M1IMPORT_TOKEN=own")], &[], "a.csv --endpoint https://y/", None),
    Case(&[(".env", "M1IMPORT_TOKEN=own\nM1IMPORT_ENDPOINT=http://127.0.0.1/")], &[], "a.csv", None),
    Case(&[(".env", "M1IMPORT_TOKEN=own"), ("m1import.toml", "endpoint='http://[::1]/'")], &[], "a.csv", None),
    Case(
        &[(".env", "M1IMPORT_TOKEN=own\nM1IMPORT_ENDPOINT=https://x/")],
        &[],
        "a.csv",
        Some("m1import a.csv --env-file .env"),
    ),
    Case(
        &[(".env", "M1IMPORT_TOKEN=own\nM1IMPORT_ENDPOINT=https://x/")],
        &[],
        "a.csv --token geheim",
        Some("m1import a.csv --token … --env-file .env"),
    ),
    Case(
        &[(".env", "M1IMPORT_TOKEN=own"), ("home/m1import/config.toml", "token-command='pass'")],
        &[],
        "a.csv",
        Some("m1import a.csv --env-file .env"),
    ),
    Case(
        &[(".env", "M1IMPORT_ENDPOINT=http://127.0.0.1/")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "a.csv",
        Some("m1import a.csv --env-file .env"),
    ),
    Case(
        &[(".env", "M1IMPORT_ENDPOINT=https://x/")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "a.csv",
        Some("m1import a.csv --env-file .env"),
    ),
    Case(&[("m1import.toml", "endpoint='http://127.0.0.1/'")], &[], "a.csv --token typed", None),
    Case(
        &[("m1import.toml", "endpoint='https://x/'")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "a.csv",
        Some("m1import a.csv --config m1import.toml"),
    ),
    Case(
        &[("m1import.toml", "endpoint='https://x/'"), ("home/m1import/config.toml", "token-command='pass'")],
        &[],
        "a.csv",
        Some("m1import a.csv --config m1import.toml"),
    ),
    Case(&[("m1import.toml", "token-file='t'")], &[], "a.csv", Some("m1import a.csv --config m1import.toml")),
    Case(
        &[("m1import.toml", "token-command='id'")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "check a.csv",
        Some("m1import check a.csv --config m1import.toml"),
    ),
    Case(&[(".env", "M1IMPORT_TOKEN_COMMAND=id")], &[], "a.csv", Some("m1import a.csv --env-file .env")),
    Case(
        &[("m1import.toml", "[profile.p]\nendpoint='https://x/'")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "a.csv --profile p",
        Some("m1import a.csv --profile p --config m1import.toml"),
    ),
    Case(
        &[("m1import.toml", "[profile.other]\nendpoint='https://x/'\nreport=['x.csv']")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "a.csv",
        None,
    ),
    Case(&[("m1import.toml", "batch-size=5\nrate='2/s'\nmap=['phone=P']")], &[], "a.csv --token-file t", None),
    Case(&[("home/m1import/config.toml", "endpoint='https://x/'\ntoken-command='pass'")], &[], "a.csv", None),
    Case(&[(".env", "M1IMPORT_ENDPOINT=https://x/\nM1IMPORT_TOKEN_COMMAND=id")], &[], "a.csv --env-file @/.env", None),
    Case(
        &[("m1import.toml", "endpoint='https://x/'\nreport=['x.csv']")],
        &[("M1IMPORT_TOKEN", "geheim")],
        "a.csv --config @/m1import.toml",
        None,
    ),
];

#[test]
fn each_case_is_decided_as_documented() {
    for Case(files, variables, line, command) in CASES {
        let settled = Scene::new(files, variables).settle(line);
        let Some(command) = command else {
            assert!(settled.is_ok(), "{line} {files:?}: {settled:?}");
            continue;
        };
        let error = settled.unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("config.untrusted", 78), "{line} {files:?}: {error}");
        let hint = error.hint().unwrap();
        assert_eq!(hint.strip_prefix("if you trust it, name it: "), Some(*command), "{line} {files:?}");
        assert!(!format!("{error} {hint}").contains("geheim"), "{error} {hint}");
    }
}

/// A value that the setting takes, for a test of where it may stand.
fn example(setting: &Setting) -> String {
    match setting.name {
        "endpoint" => "https://x/".to_owned(),
        "columns" | "attributes" | "only" | "skip" => "A=b".to_owned(),
        "map" => "phone=P".to_owned(),
        "set" => "attr.a=b".to_owned(),
        "default-country" => "IN".to_owned(),
        "header" => "X-Key: 1".to_owned(),
        "proxy" => "http://x".to_owned(),
        "report" => "x.csv".to_owned(),
        "delimiter" | "tag-separator" => ";".to_owned(),
        "encoding" => "utf-8".to_owned(),
        "limit" | "max-refused" | "max-invalid" => "5".to_owned(),
        "max-input" => "1MB".to_owned(),
        "max-drop" => "5%".to_owned(),
        _ if setting.takes == Takes::Nothing => "true".to_owned(),
        _ if setting.takes == Takes::Count => "1".to_owned(),
        _ if setting.default.is_empty() => "x".to_owned(),
        _ => setting.default.to_owned(),
    }
}

/// Whether a found `.env` may make the setting, asked of the program: of each command alike.
fn may_be_found(setting: &Setting) -> bool {
    let text = format!("{}={}\n", setting.variable(), example(setting));
    let scene = Scene::new(&[(".env", &text)], &[]);
    let allowed = ["check a.csv", "a.csv --dry-run", "a.csv --token geheim"].map(|line| match scene.settle(line) {
        Err(error) if error.code() == "config.untrusted" => {
            assert_eq!(error.exit().code(), 78, "{line} {text}: {error}");
            assert!(error.hint().unwrap().contains("--env-file .env"), "{line} {text}: {:?}", error.hint());
            false
        }
        Err(error) => panic!("{line} {text}: {error}"),
        Ok(_) => true,
    });
    assert!(allowed.iter().all(|may| *may == allowed[0]), "{text}: {allowed:?}");
    allowed[0]
}

fn decisions() -> String {
    let mut table = "| settings of | may stand in a found file | only typed, or in a file that was named |\n\
                     | --- | --- | --- |\n"
        .to_owned();
    for group in [Group::Input, Group::Mapping, Group::Validation, Group::Delivery, Group::Output] {
        let in_files = |setting: &&Setting| matches!(setting.given, Given::Anywhere | Given::NotInFile);
        let settings = SETTINGS.iter().filter(|setting| setting.group == group).filter(in_files);
        let (may, not): (Vec<&Setting>, Vec<&Setting>) = settings.partition(|setting| may_be_found(setting));
        let names = |settings: Vec<&Setting>| match settings.as_slice() {
            [] => "–".to_owned(),
            settings => settings.iter().map(|setting| format!("`{}`", setting.name)).collect::<Vec<_>>().join(" "),
        };
        let _ = writeln!(table, "| {} | {} | {} |", group.as_str(), names(may), names(not));
    }
    table
}

fn cases() -> String {
    let mut table = "| in the current folder (`home/…`: the user's own) | environment | command | result |\n\
                     | --- | --- | --- | --- |\n"
        .to_owned();
    let code = |text: &str| format!("`{}`", text.replace('\n', "` `").replace('|', "\\|"));
    let pairs = |pairs: Pairs| {
        let shown = pairs.iter().map(|(name, value)| match name.starts_with("M1IMPORT_") {
            true => format!("`{name}`"),
            false => format!("{name}: {}", code(value)),
        });
        shown.collect::<Vec<_>>().join("; ")
    };
    for Case(files, variables, line, command) in CASES {
        let line = line.replace("@/", "").replace("geheim", "…").replace("typed", "…");
        let result = command.map_or_else(|| "runs".to_owned(), |command| format!("78; hint: {}", code(command)));
        let _ = writeln!(table, "| {} | {} | `m1import {line}` | {result} |", pairs(files), pairs(variables));
    }
    table
}

#[test]
fn the_document_has_these_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md");
    let before = std::fs::read_to_string(&path).unwrap();
    let mut document = before.clone();
    for (name, table) in [("decisions", decisions()), ("cases", cases())] {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from = document.find(&open).unwrap_or_else(|| panic!("no table {name}")) + open.len();
        let until = document.find(&close).unwrap_or_else(|| panic!("table {name} has no end"));
        document.replace_range(from..until, &table);
    }
    if accepts_changes() {
        std::fs::write(&path, &document).unwrap();
    } else {
        assert_eq!(before, document, "docs/security.md is not that of the code: SNAPSHOTS=overwrite writes it");
    }
}
