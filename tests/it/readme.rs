//! What the README shows is what the program does: its commands are run, and their output compared.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::support::program::Folder;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a line in a shell, as a reader would, and gives what a screen would show.
pub fn shell(folder: &Folder, line: &str) -> String {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_m1import"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{line}")])
        .current_dir(folder.path(""))
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.home(""))
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Blocks marked `console` hold commands after `$ ` and what they print. They are run one after another in a folder
/// that holds the samples. `SNAPSHOTS=overwrite cargo test --test it readme` writes what they print.
#[test]
fn commands_print_what_the_readme_shows() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let folder = Folder::new();
    fs::create_dir(folder.path("samples")).unwrap();
    for entry in fs::read_dir(root().join("samples")).unwrap() {
        let file = entry.unwrap().path();
        if file.is_file() {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            folder.write(&format!("samples/{name}"), fs::read(&file).unwrap());
        }
    }
    let mut real = String::new();
    let mut in_console = false;
    let mut commands = 0;
    for line in readme.lines() {
        let fence = line.starts_with("```");
        if fence {
            in_console = !in_console && line == "```console";
        }
        match line.strip_prefix("$ ") {
            Some(command) if in_console => {
                commands += 1;
                real.push_str(&format!("{line}\n{}", shell(&folder, command)));
            }
            _ if in_console && !fence => {} // What it printed before.
            _ => real.push_str(&format!("{line}\n")),
        }
    }
    assert!(commands > 4, "the README shows the program");
    if std::env::var("SNAPSHOTS").is_ok_and(|wish| wish == "overwrite") {
        fs::write(&path, &real).unwrap();
    }
    let readme = fs::read_to_string(&path).unwrap();
    assert!(readme == real, "the README shows something else: SNAPSHOTS=overwrite writes what is printed\n{real}");
}

/// Paths and files that the README links to are there.
#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "CONTRIBUTING.md", "docs/codes.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") || target.starts_with('#') {
                continue;
            }
            let file = target.split('#').next().unwrap();
            let folder = root().join(document).parent().unwrap().to_owned();
            assert!(folder.join(file).exists(), "{document}: {target}");
        }
    }
}

/// Exit codes of the README are those of the program, each once.
#[test]
fn every_exit_code_is_explained() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for code in [0, 1, 2, 65, 66, 70, 73, 74, 75, 76, 77, 78] {
        let row = format!("| {code} |");
        assert_eq!(readme.lines().filter(|line| line.starts_with(&row)).count(), 1, "{row}");
    }
}
