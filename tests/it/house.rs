//! The laws of the house that a machine can check: who may use whom, and which outside package has which door.

use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use. To open a new door, change this table and say why in the commit.
const MAY_USE: &[(&str, &[&str])] = &[
    ("row", &[]),
    ("numbers", &[]),
    ("secret", &[]),
    ("stop", &[]),
    ("terminal", &["secret"]),
    ("contact", &["row"]),
    ("source", &["row"]),
    ("mapping", &["row", "contact", "source"]),
    ("dedupe", &["row", "contact"]),
    ("wire", &["contact"]),
    ("batch", &[]),
    ("outcome", &[]),
    ("event", &["outcome"]),
    ("reading", &["row", "contact", "source", "mapping"]),
    ("survey", &["row", "contact", "source", "reading", "dedupe"]),
    ("folder", &["reading"]),
    ("client", &["wire", "batch", "outcome", "event", "secret", "stop"]),
    ("journal", &["outcome", "event"]),
    // The server's words may quote a cell, which is masked.
    ("progress", &["row", "outcome", "event", "terminal", "numbers"]),
    (
        "report",
        &[
            "row", "contact", "source", "mapping", "dedupe", "outcome", "event", "reading", "survey", "folder",
            "terminal", "numbers",
        ],
    ),
    ("sandbox", &[]),
    ("cli", &["row"]),
];

/// Rooms that put the others together: the settings, the errors, the run. Nobody uses them but each other.
const TOP: &[&str] = &["config", "error", "pipeline", "commands", "main", "lib"];

/// Which rooms may use which outside package.
const DOORS: &[(&str, &[&str])] = &[
    ("clap::", &["cli"]),
    ("reqwest::", &["client"]),
    ("indicatif::", &["progress"]),
    ("dotenvy::", &["config"]),
    ("anyhow::", &["main"]),
    ("calamine::", &["source"]),
    // The client asks what kind an error of reqwest is, which is hyper's below.
    ("hyper::", &["sandbox", "client"]),
    ("io::stdout", &["terminal"]),
    ("io::stderr", &["terminal"]),
];

/// Every source file with the room it belongs to and its code, comments left out.
fn sources() -> Vec<(String, PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&src, &mut found);
    let room = |path: &Path| {
        let first = path.strip_prefix(&src).unwrap().components().next().unwrap();
        first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    let code = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    found.into_iter().map(|path| (room(&path), path.clone(), code(&path))).collect()
}

/// The rooms a piece of code names: `crate::room`, also within braces.
fn rooms_named(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(inner) => inner.split('}').next().unwrap_or("").split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let word: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !word.is_empty() {
                rooms.push(word);
            }
        }
    }
    rooms
}

#[test]
fn a_room_uses_only_the_rooms_it_may_use() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        if TOP.contains(&room.as_str()) {
            continue;
        }
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: the room `{room}` is not in the table", path.display()));
            continue;
        };
        for used in rooms_named(&code) {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{room}` may not use `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_outside_package_has_one_door() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        for (package, rooms) in DOORS {
            let named = code
                .match_indices(package)
                .any(|(at, _)| !code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_'));
            if named && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{}: `{package}` has its door in {rooms:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for (_, path, _) in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with what it is for", path.display());
    }
}

#[test]
fn files_stay_readable_in_one_sitting() {
    /// Lines with tests. Tables of data are exempt by name.
    const LONGEST: usize = 450;
    const TABLES: &[&str] = &["aliases.rs", "options.rs"];
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(_, path, _)| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, path)| *lines > LONGEST && !TABLES.iter().any(|table| path.ends_with(table)))
        .map(|(lines, path)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
