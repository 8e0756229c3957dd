//! What the README and the first steps show is what the program does: their commands are run, and the output compared.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::support::golden;
use super::support::program::Folder;
use super::support::sandbox_process::SandboxProcess;

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

/// Where a document says that the sandbox is; in the test it has a port of its own.
const SANDBOX: &str = "127.0.0.1:8787";

/// What a document shows: its commands, run one after another in a folder that holds the samples, and what they print.
/// `m1import sandbox … &` starts one that lives as long as the document. Returns the document as it ought to be, and how
/// many commands are in it.
fn replayed(document: &str) -> (String, usize) {
    let folder = Folder::new();
    fs::create_dir(folder.path("samples")).unwrap();
    for entry in fs::read_dir(root().join("samples")).unwrap() {
        let file = entry.unwrap().path();
        if file.is_file() {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            folder.write(&format!("samples/{name}"), fs::read(&file).unwrap());
        }
    }
    let mut sandbox: Option<(SandboxProcess, String)> = None;
    let mut real = String::new();
    let mut in_console = false;
    let mut commands = 0;
    for line in document.lines() {
        let fence = line.starts_with("```");
        if fence {
            in_console = !in_console && line == "```console";
        }
        match line.strip_prefix("$ ") {
            Some(command) if in_console => {
                commands += 1;
                real.push_str(&format!("{line}\n"));
                if let Some(options) = command.strip_prefix("m1import sandbox").and_then(|rest| rest.strip_suffix('&'))
                {
                    let started = SandboxProcess::new(&options.split_whitespace().collect::<Vec<_>>());
                    let host = started.url().split('/').nth(2).unwrap().to_owned();
                    sandbox = Some((started, host));
                    continue;
                }
                let host = sandbox.as_ref().map_or(SANDBOX, |(_, host)| host.as_str());
                real.push_str(&same_run(&shell(&folder, &command.replace(SANDBOX, host)).replace(host, SANDBOX)));
            }
            _ if in_console && !fence => {} // What it printed before.
            _ => real.push_str(&format!("{line}\n")),
        }
    }
    (real, commands)
}

/// The text with one time for all runs, and one name for all requests: they have chance in them.
pub fn same_run(text: &str) -> String {
    let is_time = |line: &&str| line.starts_with("  in ") && (line.ends_with(" s") || line.ends_with(" contacts/s"));
    let lines = text.split('\n').map(|line| if is_time(&line) { "  in 0.1 s" } else { line });
    let text = lines.collect::<Vec<_>>().join("\n");
    let requests = text.split("(request ").skip(1).filter_map(|rest| rest.split(')').next());
    requests.fold(text.clone(), |text, request| text.replace(request, "5f0c1a2b3c4d5e6f-000001"))
}

/// `SNAPSHOTS=overwrite cargo test --test it readme` writes into a document what its commands print.
fn shows_what_is_printed(name: &str, at_least: usize) {
    let path = root().join(name);
    let (real, commands) = replayed(&fs::read_to_string(&path).unwrap());
    assert!(commands >= at_least, "{name} shows the program");
    if golden::overwrite() {
        fs::write(&path, &real).unwrap();
    }
    let document = fs::read_to_string(&path).unwrap();
    assert!(document == real, "{name} shows something else: SNAPSHOTS=overwrite writes what is printed\n{real}");
}

#[test]
fn commands_print_what_the_readme_shows() {
    shows_what_is_printed("README.md", 5);
}

#[test]
fn commands_print_what_the_first_steps_show() {
    shows_what_is_printed("docs/first-steps.md", 20);
}

/// Paths and files that the README links to are there.
#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "CONTRIBUTING.md", "docs/codes.md", "docs/first-steps.md"] {
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

/// JUnit and results.csv name a file as it was typed, so that a CI system finds it and two of one name are told apart.
#[test]
fn reports_name_files_as_typed() {
    let folder = Folder::new();
    for name in ["p", "q"] {
        fs::create_dir(folder.path(name)).unwrap();
        folder.write(&format!("{name}/x.csv"), "Name,Phone\nAsha,12\n");
    }
    shell(&folder, "m1import p/x.csv q/x.csv --sandbox --report x.xml -o out");
    let rows = folder.table("out/results.csv");
    assert_eq!(rows.iter().map(|row| row["file"].as_str()).collect::<Vec<_>>(), ["p/x.csv", "q/x.csv"]);
    let cases = folder.read("x.xml");
    assert!(cases.contains("file=\"p/x.csv\"") && cases.contains("file=\"q/x.csv\""), "{cases}");
}
