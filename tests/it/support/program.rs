//! The real program, started in a folder of its own and with an empty environment.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jsonschema::Validator;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::server::Server;

/// The token that `Program::to` sends.
pub const TOKEN: &str = "a-token-of-the-tests";

/// So many requests a kill can make the journal miss: the 8 in flight, and 5 that were answered and wait to be noted. See
/// `EVENTS` in `src/pipeline/sending.rs`.
pub const MISSED: usize = 8 + 5;

/// Longer than this no run takes, unless told.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder to run in, with a home and a place for temporary files beside it; removed with the value.
pub struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub fn new() -> Folder {
        let root = tempfile::tempdir().expect("a temporary folder");
        for name in ["work", "home", "tmp"] {
            fs::create_dir(root.path().join(name)).expect("a folder");
        }
        Folder(root)
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("work").join(name)
    }

    /// A file of the user's home.
    pub fn home(&self, name: &str) -> PathBuf {
        self.0.path().join("home").join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Folder {
        fs::write(self.path(name), content).expect("a file can be written");
        self
    }

    /// Reads a file as text.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Whether there is such a file or folder.
    pub fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The `summary.json` of a results folder, whose books are looked into.
    #[track_caller]
    pub fn summary(&self, results: &str) -> Value {
        let text = self.read(&format!("{results}/summary.json"));
        let summary = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        counts_add_up(&summary);
        summary
    }

    /// The lines of a `results.csv`, or of another file with a header, by the names of its columns.
    #[track_caller]
    pub fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let text = self.read(name);
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        reader.deserialize().map(|line| line.unwrap_or_else(|error| panic!("{name}: {error}"))).collect()
    }

    /// What is left among the temporary files.
    pub fn leftovers(&self) -> Vec<String> {
        let files = fs::read_dir(self.0.path().join("tmp")).expect("a folder");
        files.flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect()
    }
}

/// A summary follows `docs/summary.schema.json`.
#[track_caller]
fn follows_the_schema(summary: &Value) {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("../../../docs/summary.schema.json")).expect("a JSON document");
        jsonschema::validator_for(&schema).expect("a JSON Schema")
    });
    let faults: Vec<String> =
        SCHEMA.iter_errors(summary).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}\n{summary:#}");
}

/// Every row read has one status: what was read is the sum of all statuses.
/// The document also follows the schema that is published for it.
#[track_caller]
pub fn counts_add_up(summary: &Value) {
    follows_the_schema(summary);
    let rows = summary["rows"].as_object().expect("the rows of a summary");
    let count = |name: &str| rows[name].as_u64().unwrap_or_else(|| panic!("{name} is a count"));
    let statuses = [
        "accepted",
        "accepted_before",
        "unchanged",
        "invalid",
        "duplicate",
        "skipped",
        "refused",
        "unconfirmed",
        "not_sent",
    ];
    assert_eq!(rows.len(), statuses.len() + 1, "every status is known: {rows:?}");
    assert_eq!(count("read"), statuses.iter().map(|status| count(status)).sum::<u64>(), "{rows:?}");
}

/// The program with arguments, before it is started.
pub struct Program {
    command: Command,
    stdin: Vec<u8>,
    patience: Duration,
}

/// The program in a folder; standard input is empty.
pub fn m1import<Argument: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = Argument>) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_m1import"));
    let home = folder.0.path().join("home");
    command
        .args(arguments)
        .current_dir(folder.path(""))
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("HOME", home)
        .env("TMPDIR", folder.0.path().join("tmp"));
    Program { command, stdin: Vec::new(), patience: PATIENCE }
}

impl Program {
    /// Delivers to a server, with a token.
    pub fn to(mut self, server: &Server) -> Program {
        self.command.args(["--endpoint", &server.endpoint(), "--token", TOKEN]);
        self
    }

    /// Adds arguments.
    pub fn with<Argument: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = Argument>) -> Program {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Program {
        self.command.env(name, value);
        self
    }

    /// Starts it through the shell: `line` prepares, and ends with what runs `"$0" "$@"`.
    pub fn through(mut self, line: &str) -> Program {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", line]).arg(self.command.get_program()).args(self.command.get_args()).env_clear();
        shell.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = self.command.get_current_dir() {
            shell.current_dir(folder);
        }
        self.command = shell;
        self
    }

    /// Lets no file grow above so many blocks of 512 bytes.
    pub fn limited(self, blocks: u32) -> Program {
        self.through(&format!("ulimit -f {blocks}; exec \"$0\" \"$@\""))
    }

    /// Gives it standard input, through a pipe.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Program {
        self.stdin = input.into();
        self
    }

    /// Fails the test when the run takes longer.
    pub fn within(mut self, patience: Duration) -> Program {
        self.patience = patience;
        self
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Run {
        self.start().wait()
    }

    /// Starts it.
    pub fn start(mut self) -> Started {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        // The program may end before it has read everything; that is for the test to judge.
        std::thread::spawn(move || pipe.write_all(&self.stdin));
        let stdout = Heard::new(child.stdout.take().expect("a pipe"));
        let stderr = Heard::new(child.stderr.take().expect("a pipe"));
        Started { child, stdout, stderr, since: Instant::now(), patience: self.patience }
    }
}

/// The program, running. It is killed when the value goes.
pub struct Started {
    child: Child,
    stdout: Heard,
    stderr: Heard,
    since: Instant,
    patience: Duration,
}

impl Started {
    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the program is there");
    }

    /// What it has said on standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it has said on standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory it has held so far, in KiB; 0 when it has ended.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("");
        line.trim_end_matches("kB").trim().parse().unwrap_or(0)
    }

    /// How long it has computed so far, whatever else the machine does; zero when it has ended.
    fn computed(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        let (_, fields) = stat.rsplit_once(") ").unwrap_or_default();
        // User and system time, in hundredths of a second.
        let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
        Duration::from_millis(10 * ticks.sum::<u64>())
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> Run {
        let mut peak = 0;
        let mut computed = Duration::ZERO;
        loop {
            peak = peak.max(self.memory());
            computed = computed.max(self.computed());
            if let Some(status) = self.child.try_wait().expect("the program is ours") {
                let took = self.since.elapsed();
                self.stdout.finish();
                self.stderr.finish();
                return Run { code: status.code(), stdout: self.stdout(), stderr: self.stderr(), took, computed, peak };
            }
            let (stdout, stderr) = (self.stdout(), self.stderr());
            assert!(self.since.elapsed() < self.patience, "still running\n{stdout}\n{stderr}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A pipe that is listened to all the time, so that it never fills.
struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Heard {
    fn new(mut pipe: impl Read + Send + 'static) -> Heard {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = bytes.clone();
        let thread = std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut piece) {
                into.lock().expect("no panic").extend_from_slice(&piece[..count]);
            }
        });
        Heard { bytes, thread: Some(thread) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("no panic")).into_owned()
    }

    fn finish(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("listening does not panic");
        }
    }
}

/// How a run went.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; `None` when a signal killed it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to end.
    pub took: Duration,
    /// How long it has computed.
    pub computed: Duration,
    /// The most memory it was seen to hold, in KiB; looked at every few milliseconds.
    pub peak: u64,
}

impl Run {
    /// Fails, showing everything it said, unless it ended with this code.
    #[track_caller]
    pub fn exits_with(&self, code: i32) -> &Run {
        assert_eq!(self.code, Some(code), "\n--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless standard error says this.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Run {
        assert!(self.stderr.contains(text), "{text:?} is not in\n{}", self.stderr);
        self
    }

    /// Standard output, which is one JSON document and nothing else; the books of a summary are looked into.
    #[track_caller]
    pub fn json(&self) -> Value {
        let document = serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout));
        counts_add_up(&document);
        document
    }
}

/// Waits until something has come about, failing after ten seconds.
#[track_caller]
pub fn eventually(what: &str, come_about: impl Fn() -> bool) {
    let since = Instant::now();
    while !come_about() {
        assert!(since.elapsed() < Duration::from_secs(10), "{what}: not after ten seconds");
        std::thread::sleep(Duration::from_millis(5));
    }
}
