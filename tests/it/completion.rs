//! Completion at Tab, in real shells on a pseudo-terminal of `script`. A shell that is not installed is passed over, and
//! said to be.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::support::program::{Folder, m1import};

/// A shell that waits for keys.
struct Shell {
    child: Child,
    keys: ChildStdin,
    screen: Arc<Mutex<String>>,
}

impl Shell {
    /// Starts it and has it read its line from the program; `None` where it is not installed.
    #[expect(clippy::print_stderr, reason = "who runs the tests wants to know which shells were not tried")]
    fn new(folder: &Folder, name: &str) -> Option<Shell> {
        let installed = |name: &str| Command::new(name).arg("--version").output().is_ok();
        if !installed("script") || !installed(name) {
            eprintln!("not tried: {name} on a terminal of script(1) is not installed");
            return None;
        }
        let (shell, source) = match name {
            "bash" => ("bash --norc --noprofile -i", "source <(COMPLETE=bash m1import)"),
            "zsh" => ("zsh -f -i", "source <(COMPLETE=zsh m1import)"),
            _ => ("fish --no-config -i", "COMPLETE=fish m1import | source"),
        };
        let program = PathBuf::from(env!("CARGO_BIN_EXE_m1import"));
        let mut child = Command::new("script")
            .args(["-q", "-f", "-c", &format!("stty cols 150 rows 40; exec {shell}"), "/dev/null"])
            .current_dir(folder.path(""))
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", program.parent().unwrap().display()))
            .env("HOME", folder.home(""))
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut output, seen) = (child.stdout.take().unwrap(), Arc::clone(&screen));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                seen.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        });
        let keys = child.stdin.take().unwrap();
        let mut shell = Shell { child, keys, screen };
        shell.types(&format!("{source}; echo rea''dy\n"));
        shell.shows("ready");
        Some(shell)
    }

    fn types(&mut self, keys: &str) {
        self.screen.lock().unwrap().clear();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until the line is on the screen, whatever colours are in between.
    #[track_caller]
    fn shows(&self, line: &str) {
        let since = Instant::now();
        loop {
            let screen = without_escapes(&self.screen.lock().unwrap());
            if screen.contains(line) {
                return;
            }
            assert!(since.elapsed() < Duration::from_secs(20), "{line:?} is not shown: {screen:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types the beginning of a line and Tab, and has the shell say what the words of the line are then.
    #[track_caller]
    fn completes(&mut self, typed: &str, words: &str) {
        self.types(&format!("{typed}\t"));
        // What is inserted shows on the screen before the line goes on.
        thread::sleep(Duration::from_millis(700));
        self.types(" | cat\n");
        self.shows(words);
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A text without the sequences that move the cursor or set colours.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            if chars.next() == Some('[') {
                chars.by_ref().find(char::is_ascii_alphabetic);
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

/// What is typed before Tab, and the words that it becomes.
const EVERYWHERE: &[(&str, &str)] = &[
    ("m1import che", "<check>"),
    ("m1import con", "<con"),
    ("m1import check contacts.csv my", "<check><contacts.csv><my list.csv>"),
    ("m1import contacts.csv --default-coun", "<contacts.csv><--default-country>"),
    ("m1import contacts.csv --default-country ZW", "<--default-country><ZW>"),
    ("m1import contacts.csv --encoding koi8-r", "<--encoding><koi8-r>"),
    ("m1import contacts.csv --phone-types mobile,pag", "<--phone-types><mobile,pager>"),
    ("m1import contacts.csv --format ndj", "<--format><ndjson>"),
    ("m1import contacts.csv --map pho", "<--map><phone=>"),
    ("m1import contacts.csv --map phone=Mob", "<--map><phone=Mobile Phone>"),
    // However the file was quoted.
    ("m1import my\\ list.csv --map phone=Ph", "<my list.csv><--map><phone=Phone>"),
    ("m1import 'my list.csv' --map phone=Ph", "<my list.csv><--map><phone=Phone>"),
    ("m1import \"my list.csv\" --map phone=Ph", "<my list.csv><--map><phone=Phone>"),
    ("m1import contacts.csv --concurrency a", "<--concurrency><auto>"),
    ("m1import completions zs", "<completions><zsh>"),
    ("m1import contacts.csv tw", "<contacts.csv><tw>"),
];
/// In a quote that is still open, and at one more Tab; fish completes no such word.
const IN_QUOTES: &[(&str, &str)] = &[
    ("m1import contacts.csv --map \"name=Full", "<--map><name=Full Name>"),
    ("m1import contacts.csv --map 'name=Full", "<--map><name=Full Name>"),
    ("m1import \"my l", "<my list.csv>"),
    ("m1import dots.csv --map \"phone=Mob\t", "<--map><phone=Mobile No.>"),
];
/// bash replaces only what stands behind the last = or :.
const IN_PARTS: &[(&str, &str)] = &[
    ("m1import contacts.csv --map name=\"Full", "<--map><name=Full Name>"),
    ("m1import dots.csv --map phone=\"Mob\t", "<--map><phone=Mobile No.>"),
    ("m1import dots.csv --map name=a:b", "<--map><name=a:b c>"),
    ("m1import dots.csv --map name=\"a:", "<--map><name=a:b c>"),
];

/// The words are echoed by a function of the program's name, which is asked by its path at Tab.
fn tries(name: &str) {
    let folder = Folder::new();
    folder.write("contacts.csv", "Full Name,Mobile Phone\nAsha,+918123456789\n");
    folder.write("my list.csv", "Name,Phone\n");
    folder.write("dots.csv", "Name,Mobile No.,a:b c\n");
    folder.write("$(touch run).csv", "Name,Phone\n");
    folder.write("two\nlines.csv", "Name,Phone\n");
    let Some(mut shell) = Shell::new(&folder, name) else { return };
    // From now on the name prints its words; the completer is the program all the same.
    let echo = match name {
        "fish" => "function m1import; if set -q COMPLETE; command m1import $argv; else; printf '<%s>' $argv; end; end",
        _ => "m1import() { if [ -n \"$COMPLETE\" ]; then command m1import \"$@\"; else printf '<%s>' \"$@\"; fi; }",
    };
    shell.types(&format!("{echo}; echo def''ined\n"));
    shell.shows("defined");
    let lines = match name {
        "bash" => [EVERYWHERE, IN_QUOTES, IN_PARTS].concat(),
        "zsh" => [EVERYWHERE, IN_QUOTES].concat(),
        _ => EVERYWHERE.to_vec(),
    };
    for (typed, words) in lines {
        shell.completes(typed, words);
    }
    // The name of a file is never run.
    shell.completes("m1import check ./\\$", "<check><./$(touch run).csv>");
    assert!(!folder.has("run"), "{name} ran the name of a file");
}

#[test]
fn bash_completes() {
    tries("bash");
}

#[test]
fn zsh_completes() {
    tries("zsh");
}

#[test]
fn fish_completes() {
    tries("fish");
}

/// `completions SHELL` prints what `COMPLETE=SHELL` prints.
#[test]
fn the_command_prints_the_same() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let command = m1import(&folder, ["completions", shell]).run().exits_with(0).stdout.clone();
        let program = env!("CARGO_BIN_EXE_m1import");
        let asked =
            m1import(&folder, [""; 0]).env("COMPLETE", shell).run().exits_with(0).stdout.replace(program, "m1import");
        assert_eq!(command, asked, "{shell}");
    }
}

/// Neither a pipe, nor the file of a token, nor a folder is read at Tab.
#[test]
fn only_regular_files_are_read() {
    let folder = Folder::new();
    folder.write("token.csv", "secret-token,x\n");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.path("pipe.csv"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    for words in [&["pipe.csv"][..], &["--token-file", "token.csv"], &["/dev/zero"]] {
        let line = ["--", "m1import"].into_iter().chain(words.iter().copied()).chain(["--map", "phone="]);
        let run = m1import(&folder, line).env("COMPLETE", "bash").run();
        assert_eq!(run.exits_with(0).stdout, "", "{words:?}");
    }
}
