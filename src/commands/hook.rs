//! `--on-finish`: a command of the user's at the end of an import, for mail, chat or monitoring.

use std::io::Write;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::options::VARIABLE_PREFIX;
use crate::diagnostic::{Exit, WarningCode};
use crate::platform;
use crate::report::{Summary, json, text};
use crate::terminal::Terminal;

/// So long the command may take.
const LONGEST: Duration = Duration::from_secs(60);

/// How often it is asked whether it has ended.
const POLL: Duration = Duration::from_millis(20);

/// Runs the command in the current folder with summary.json on its standard input, and waits for it. Its output goes to
/// standard error. It never changes how the import ended: what goes wrong is the lines of a warning.
pub(super) fn run(command: &str, summary: &Summary, exit: Exit, terminal: &Terminal) -> Option<String> {
    let document = json::write(summary).unwrap_or_default();
    let failed = |why: &str| {
        let code = WarningCode::OnFinish;
        Some(text::warning(&format!("the command of --on-finish {why}"), code.as_str(), code.remedy()))
    };
    let mut child = match started(command, summary, exit, terminal) {
        Ok(child) => child,
        Err(error) => return failed(&format!("cannot be run: {error}")),
    };
    if let Some(mut stdin) = child.stdin.take() {
        // On a thread: a command that does not read would stop us. One that has ended breaks the pipe, which is its right.
        thread::spawn(move || stdin.write_all(document.as_bytes()));
    }
    let since = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return None,
            Ok(Some(status)) => return failed(&format!("failed ({status})")),
            Ok(None) if since.elapsed() < LONGEST => thread::sleep(POLL),
            Ok(None) => {
                platform::kill_group(&mut child);
                return failed("was ended after 60 s");
            }
            Err(error) => return failed(&format!("cannot be waited for: {error}")),
        }
    }
}

/// Starts it in a process group of its own, without our variables: the token may be one of them.
fn started(command: &str, summary: &Summary, exit: Exit, terminal: &Terminal) -> std::io::Result<Child> {
    let mut shell = platform::shell(command);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(VARIABLE_PREFIX)) {
        shell.env_remove(name);
    }
    shell
        .env("M1IMPORT_STATUS", summary.ending.status.as_str())
        .env("M1IMPORT_EXIT_CODE", exit.code().to_string())
        .stdin(Stdio::piped())
        .stdout(terminal.standard_error());
    platform::start_group(&mut shell);
    shell.spawn()
}
