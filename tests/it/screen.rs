//! What a person sees in a terminal, in two sizes: the bar while it runs, and a clean screen afterwards.
//!
//! Needs tmux, so it is run by a command of its own: `cargo test --test it screen -- --ignored`.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use snapbox::{Data, assert_data_eq};

use super::support::program::Folder;
use super::support::sandbox_process::SandboxProcess;

/// A terminal of its own, with a shell in it. It goes with the value.
struct Screen {
    socket: String,
}

impl Screen {
    fn new(folder: &Folder, columns: u32, rows: u32) -> Screen {
        let screen = Screen { socket: folder.path("tmux").display().to_string() };
        let size = ["-x", &columns.to_string(), "-y", &rows.to_string()].map(str::to_owned);
        let start = format!("cd {}; PS1='$ ' exec sh", folder.path("").display());
        let mut arguments = vec!["new-session", "-d"];
        arguments.extend(size.iter().map(String::as_str));
        arguments.push(&start);
        screen.tmux(&arguments);
        screen.until("the shell is there", |text| text.contains('$'));
        screen
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux").args(["-f", "/dev/null", "-S", &self.socket]).args(arguments).output();
        let output = output.expect("tmux is installed");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn types(&self, keys: &str) {
        self.tmux(&["send-keys", keys, "Enter"]);
    }

    fn text(&self) -> String {
        self.tmux(&["capture-pane", "-p"]).trim_end().to_owned()
    }

    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let since = Instant::now();
        loop {
            let text = self.text();
            if holds(&text) {
                return text;
            }
            assert!(since.elapsed() < Duration::from_secs(30), "{what}: not after 30 s:\n{text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// 3,000 rows, a few of them without a number.
fn contacts() -> String {
    let mut file = "name,phone\n".to_owned();
    for n in 0..3_000 {
        let phone = if n % 100 == 7 { String::new() } else { format!("+4915123{n:06}") };
        file.push_str(&format!("Person {n},{phone}\n"));
    }
    file
}

/// A sandbox that takes its time, and a shell in which `run FILE` imports into it.
fn sandbox(screen: &Screen, latency: &str) -> SandboxProcess {
    let sandbox = SandboxProcess::new(&["--latency", latency]);
    let program = env!("CARGO_BIN_EXE_m1import");
    screen.types(&format!(
        "run() {{ M1IMPORT_TOKEN=sandbox M1IMPORT_ENDPOINT={} {program} \"$@\"; }}; clear",
        sandbox.url()
    ));
    screen.until("a clear screen", |text| text.trim() == "$");
    sandbox
}

fn shows_a_bar(columns: u32, rows: u32) {
    let folder = Folder::new();
    folder.write("contacts.csv", contacts());
    let screen = Screen::new(&folder, columns, rows);
    let sandbox = sandbox(&screen, "400ms");
    screen.types("clear; run contacts.csv");
    let running = screen.until("the bar is in the middle", |text| text.contains("[=") && text.contains("accepted,"));
    let bar = running.lines().find(|line| line.starts_with("[=")).unwrap();
    assert!(bar.chars().count() <= columns as usize && bar.contains("% of 3,000 rows"), "{bar}");
    assert_eq!(running.matches("[=").count(), 1, "one bar:\n{running}");
    let ended = screen.until("the end", |text| text.ends_with("\n$"));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/screen-{columns}x{rows}.txt"));
    let host = sandbox.url().split('/').nth(2).unwrap();
    // How fast this machine is today stands in no golden file.
    let same = |line: &str| match line.starts_with("  in ") && line.ends_with(" contacts/s") {
        true => "  in 3.5 s, 850 contacts/s\n".to_owned(),
        false => format!("{line}\n"),
    };
    let ended: String = ended.replace(host, "127.0.0.1:8787").lines().map(same).collect();
    assert_data_eq!(ended, Data::read_from(&golden, None).raw());
}

#[test]
#[ignore = "needs tmux: cargo test --test it screen -- --ignored"]
fn a_bar_in_a_small_terminal() {
    shows_a_bar(80, 24);
}

#[test]
#[ignore = "needs tmux: cargo test --test it screen -- --ignored"]
fn a_bar_in_a_large_terminal() {
    shows_a_bar(200, 50);
}

#[test]
#[ignore = "needs tmux: cargo test --test it screen -- --ignored"]
fn an_interrupted_run_leaves_a_clean_screen() {
    let folder = Folder::new();
    folder.write("contacts.csv", contacts());
    let screen = Screen::new(&folder, 80, 24);
    let _beside = sandbox(&screen, "600ms");
    screen.types("run contacts.csv");
    screen.until("the bar", |text| text.contains("[=") && text.contains("accepted,"));
    screen.tmux(&["send-keys", "C-c"]);
    let ended = screen.until("the end", |text| text.contains("To resume, the same command again"));
    assert!(!ended.contains("[="), "nothing of the bar is left:\n{ended}");
    screen.types("echo \"ended with $?\"");
    screen.until("the exit code", |text| text.contains("ended with 130"));
}

#[test]
#[ignore = "needs tmux: cargo test --test it screen -- --ignored"]
fn the_bar_follows_the_size_of_the_terminal() {
    let folder = Folder::new();
    folder.write("contacts.csv", contacts());
    let screen = Screen::new(&folder, 120, 30);
    let _beside = sandbox(&screen, "600ms");
    screen.types("run contacts.csv");
    screen.until("the bar", |text| text.contains("[=") && text.contains("accepted,"));
    for (columns, rows) in [(78, 24), (200, 50), (78, 24)] {
        let bar = |text: &str| text.lines().position(|line| line.starts_with('['));
        screen.tmux(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
        let before = screen.text();
        let text = screen.until("the next step", |text| bar(text).is_some() && text != before);
        assert_eq!(
            text.matches("% of 3,000 rows").count(),
            1,
            "one bar and nothing left of others at {columns}:\n{text}"
        );
        assert!(text.lines().all(|line| line.chars().count() < columns), "{text}");
    }
    screen.until("the summary", |text| text.contains("Results in contacts.results"));
}

#[test]
#[ignore = "needs tmux: cargo test --test it screen -- --ignored"]
fn a_warning_stands_on_a_clean_screen() {
    let folder = Folder::new();
    let rows: String = (0..100_000).map(|n| format!("Shop,+4915123{n:06}\n")).collect();
    folder.write("contacts.csv", format!("name,phone\n{rows}"));
    let screen = Screen::new(&folder, 100, 30);
    let _beside = sandbox(&screen, "0ms");
    screen.types("run contacts.csv --dry-run");
    screen.until("the bar", |text| text.contains("nothing is sent yet"));
    let ended = screen.until("the end", |text| text.ends_with("\n$"));
    assert!(ended.lines().any(|line| line.starts_with("warning: contacts.csv: 100,000 of")), "{ended}");
    assert!(!ended.contains("[=") && !ended.contains("nothing is sent yet"), "nothing of the bar is left:\n{ended}");
}
