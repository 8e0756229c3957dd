//! `docs/reference.md` names every option, where it may be given, and its default: it is made from the table of options.

use std::fs;
use std::path::PathBuf;

use m1import::cli::options::{Given, SANDBOX_SETTINGS, SETTINGS, Setting, Takes};

use crate::support::golden;

/// The option as it is typed, with the name of its value.
fn typed(setting: &Setting) -> String {
    let short = setting.short.map(|short| format!("-{short}, ")).unwrap_or_default();
    match setting.takes {
        Takes::One(value) | Takes::Many(value) => format!("{short}--{} {value}", setting.name),
        Takes::Maybe(value) => format!("{short}--{} [{value}]", setting.name),
        Takes::Nothing | Takes::Count => format!("{short}--{}", setting.name),
    }
}

/// What an option does, with what else the help says of it.
fn explained(setting: &Setting) -> String {
    let mut text = setting.says.to_owned();
    if !setting.more.is_empty() {
        text.push_str(&format!(". {}", setting.more));
    }
    if !setting.words.is_empty() {
        text.push_str(&format!(" (`{}`)", setting.words.join("`, `")));
    }
    if setting.repeats() {
        text.push_str("; may be repeated");
    }
    text
}

fn written(settings: &[Setting]) -> String {
    let row = |setting: &Setting| {
        let given = match setting.given {
            Given::Anywhere => "anywhere",
            Given::NotInFile => "typed, variable, `.env`",
            Given::Environment => "typed, environment",
            Given::Typed => "typed",
        };
        let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let cell = |text: &str| text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ");
        format!("| `{}` | {} | {} | {given} |\n", cell(&typed(setting)), cell(&explained(setting)), cell(&default))
    };
    "| option | what it does | default | where |\n| --- | --- | --- | --- |\n".to_owned()
        + &settings.iter().map(row).collect::<String>()
}

#[test]
fn every_option_is_in_the_reference() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let before = fs::read_to_string(&path).unwrap();
    let mut document = before.clone();
    for (name, settings) in [("options", SETTINGS), ("sandbox", SANDBOX_SETTINGS)] {
        golden::replace_table(&mut document, name, &written(settings));
    }
    if golden::overwrite() {
        fs::write(&path, &document).unwrap();
    } else {
        assert_eq!(before, document, "docs/reference.md is not that of the options: SNAPSHOTS=overwrite writes it");
    }
}
