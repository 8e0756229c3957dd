//! The rules of the architecture that a machine can check: which module may use which, and where outside packages are used.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules that each module may use. A new dependency is added here, with its reason in the commit.
const MAY_USE: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("row", &["diagnostic"]),
    ("numbers", &[]),
    ("keywords", &[]),
    ("secret", &[]),
    ("invisible", &[]),
    ("entity", &[]),
    ("swar", &[]),
    ("byte_table", &[]),
    ("bits", &[]),
    ("markup", &["entity", "swar"]),
    ("shell", &[]),
    ("platform", &[]),
    ("small_file", &["platform"]),
    ("stop", &["diagnostic", "platform"]),
    ("terminal", &["secret", "keywords", "invisible"]),
    ("vocabulary", &["invisible", "markup"]),
    ("contact", &["markup", "row", "keywords", "invisible", "swar", "byte_table", "vocabulary"]),
    ("source", &["entity", "diagnostic", "row", "vocabulary", "platform"]),
    ("mapping", &["diagnostic", "row", "contact", "source", "shell", "invisible", "vocabulary"]),
    ("dedupe", &["row", "contact", "keywords", "bits"]),
    ("wire", &["contact", "entity", "byte_table"]),
    ("batch", &[]),
    ("outcome", &["diagnostic", "stop", "invisible"]),
    ("event", &["outcome"]),
    ("understanding", &["contact", "source", "mapping"]),
    ("reading", &["row", "contact", "source", "mapping", "understanding"]),
    ("survey", &["row", "contact", "source", "mapping", "understanding", "reading", "dedupe"]),
    ("folder", &["reading", "platform"]),
    ("user_key", &["folder", "platform"]),
    ("state", &["diagnostic", "contact", "folder", "reading", "platform", "bits"]),
    ("client", &["diagnostic", "wire", "batch", "outcome", "event", "secret", "small_file", "stop"]),
    // The server's words may quote a cell, which is masked.
    ("journal", &["diagnostic", "row", "outcome", "event", "folder", "user_key", "platform"]),
    ("progress", &["diagnostic", "row", "outcome", "event", "terminal", "numbers"]),
    (
        "report",
        &[
            "diagnostic",
            "invisible",
            "row",
            "contact",
            "source",
            "mapping",
            "dedupe",
            "outcome",
            "event",
            "reading",
            "survey",
            "folder",
            "terminal",
            "numbers",
            "byte_table",
        ],
    ),
    ("sandbox", &[]),
    ("cli", &["diagnostic", "row", "shell", "invisible"]),
];

/// Modules that combine the others: the settings, the errors, the run. Only they use each other.
const TOP: &[&str] = &["config", "error", "pipeline", "commands", "main", "lib"];

/// The modules in which an outside package may be used.
const PACKAGES: &[(&str, &[&str])] = &[
    ("clap::", &["cli"]),
    ("reqwest::", &["client"]),
    ("x509_parser::", &["client"]),
    ("indicatif::", &["progress"]),
    ("dotenvy::", &["config"]),
    ("anyhow::", &["main"]),
    // The client asks what kind an error of reqwest is, which is hyper's below.
    ("hyper::", &["sandbox", "client"]),
    ("h2::", &["client"]),
    ("io::stdout", &["terminal"]),
    ("io::stderr", &["terminal"]),
];

/// What only `platform` may name, so that everything else is the same on every operating system.
const SYSTEM: &[&str] =
    &["std::os::", "rustix::", "winapi_util::", "signal::unix", "signal::windows", "cfg(unix", "cfg(windows"];

/// Every source file with its module and its code without comments.
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
    let module = |path: &Path| {
        let first = path.strip_prefix(&src).unwrap().components().next().unwrap();
        first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    let code = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    found.into_iter().map(|path| (module(&path), path.clone(), code(&path))).collect()
}

/// The modules that a piece of code names: `crate::module`, also within braces.
fn modules_named(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
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
                modules.push(word);
            }
        }
    }
    modules
}

#[test]
fn a_module_uses_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if TOP.contains(&module.as_str()) {
            continue;
        }
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: the module `{module}` is not in the table", path.display()));
            continue;
        };
        for used in modules_named(&code) {
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{module}` may not use `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_outside_package_is_used_where_the_table_says() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        for (package, modules) in PACKAGES {
            let named = code
                .match_indices(package)
                .any(|(at, _)| !code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_'));
            if named && !modules.contains(&module.as_str()) {
                wrong.push(format!("{}: `{package}` is only used in {modules:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tests may: they make FIFOs and links, and run on Unix.
#[test]
fn operating_systems_are_told_apart_in_one_module() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        let is_test = path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")));
        if module == "platform" || is_test {
            continue;
        }
        let program = code.split("#[cfg(test)]").next().unwrap_or_default();
        let named = SYSTEM.iter().filter(|name| program.contains(**name));
        wrong.extend(named.map(|name| format!("{}: `{name}` is only used in `platform`", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for (_, path, _) in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with a module comment", path.display());
    }
}

/// The source files and the integration tests, with their lines.
fn files_with_tests() -> Vec<(String, Vec<String>)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false if path.extension().is_some_and(|ending| ending == "rs") => found.push(path),
                false => {}
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), &mut found);
    walk(&root.join("tests/it"), &mut found);
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
    found.iter().map(|path| (path.strip_prefix(root).unwrap().display().to_string(), lines(path))).collect()
}

/// The lines of an item that begins at `start` with this indentation, its last line included.
fn item_lines(lines: &[String], start: usize) -> &[String] {
    let indent = lines[start].len() - lines[start].trim_start().len();
    let end = format!("{}}}", " ".repeat(indent));
    let length = lines[start..].iter().position(|line| *line == end).map_or(1, |at| at + 1);
    &lines[start..start + length]
}

fn is_item(line: &str, kind: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("pub").map_or(line, |rest| match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')').map_or(rest, |(_, rest)| rest).trim_start(),
        None => rest.trim_start(),
    });
    let line = line.strip_prefix("async ").unwrap_or(line);
    let line = line.strip_prefix("const ").filter(|rest| rest.starts_with("fn ")).unwrap_or(line);
    line.starts_with(&format!("{kind} ")) && line.ends_with('{')
}

#[test]
fn files_functions_and_structs_are_short() {
    const FILE: usize = 400;
    const FUNCTION: usize = 60;
    const FIELDS: usize = 12;
    /// Tables: one row a setting, a code, a case.
    const TABLES: &[&str] = &["src/cli/options.rs", "headers_are_understood"];
    /// Plain settings, one field each.
    const SETTINGS: &[&str] = &["struct Config ", "struct Delivery ", "struct Options "];
    let mut long = Vec::new();
    for (path, lines) in files_with_tests() {
        if lines.len() > FILE && !TABLES.contains(&path.as_str()) {
            long.push(format!("{path}: {} lines", lines.len()));
        }
        for (number, line) in lines.iter().enumerate() {
            let place = || format!("{path}:{}: {}", number + 1, line.trim());
            if is_item(line, "fn") && !TABLES.iter().any(|table| line.contains(table)) {
                let length = item_lines(&lines, number).len();
                if length > FUNCTION {
                    long.push(format!("{}: {length} lines", place()));
                }
            }
            if is_item(line, "struct") && !SETTINGS.iter().any(|settings| line.contains(settings)) {
                let fields = item_lines(&lines, number).iter().filter(|line| {
                    let field = line.trim_start();
                    field.starts_with("pub") && field.contains(": ") && field.ends_with(',')
                });
                let fields = fields.count();
                if fields > FIELDS {
                    long.push(format!("{}: {fields} public fields", place()));
                }
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Names that only a reader of this program would know. Standard terms with such a word (a folded line of a vCard) are
/// named here.
#[test]
fn words_are_those_of_the_field() {
    const PRIVATE: &[&str] =
        &["room", "rooms", "house", "door", "doors", "wall", "fate", "fates", "lane", "lanes", "folded", "unsent"];
    const STANDARD: &[(&str, &str)] = &[("src/source/vcard", "folded"), ("tests/it/architecture.rs", "")];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = files_with_tests();
    for document in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/first-steps.md", "docs/reference.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        texts.push((document.to_owned(), text.lines().map(str::to_owned).collect()));
    }
    let mut found = Vec::new();
    for (path, lines) in texts {
        for (number, line) in lines.iter().enumerate() {
            for word in line.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase) {
                let is_standard =
                    STANDARD.iter().any(|(file, known)| path.starts_with(file) && (known.is_empty() || *known == word));
                if PRIVATE.contains(&word.as_str()) && !is_standard {
                    found.push(format!("{path}:{}: {word}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The paths in the tables of where a change is made, and of the modules.
#[test]
fn documents_name_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for name in ["CONTRIBUTING.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(root.join(name)).unwrap();
        let paths = text.split('`').skip(1).step_by(2).filter(|word| word.ends_with(".rs") || word.ends_with('/'));
        let gone = paths.filter(|path| !root.join(path).exists() && !root.join("src").join(path).exists());
        missing.extend(gone.map(|path| format!("{name}: {path}")));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for (module, _) in MAY_USE {
        assert!(architecture.contains(&format!("`{module}`")), "ARCHITECTURE.md lacks {module}");
    }
}

/// Each package that `Cargo.toml` names, with the reason for it.
#[test]
fn every_dependency_has_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let mut named: Vec<&str> = Vec::new();
    for section in manifest.split("\n[").filter(|section| !section.starts_with("package")) {
        let Some((_, rest)) = section.split_once("dependencies]\n") else { continue };
        named.extend(rest.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name)));
    }
    let text = fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split(" | ").next());
    let mut listed: Vec<&str> = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    named.sort_unstable();
    listed.sort_unstable();
    named.dedup();
    assert_eq!(listed, named);
}
