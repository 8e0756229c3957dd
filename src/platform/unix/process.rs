//! The process: its user, its memory, its signals, and the commands that it starts.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use rustix::process::{Pid, kill_process_group};
use tokio::signal::unix::{SignalKind, signal};

use super::super::Signal;

/// The variable that holds the user's home folder.
pub const HOME: &str = "HOME";

/// The number of the signal "file too large", on Linux and the BSDs alike.
const SIGXFSZ: i32 = 25;

/// Whether the process may use the files of every user.
pub fn is_superuser() -> bool {
    rustix::process::geteuid().is_root()
}

/// Neither core dumps nor other processes of the user (by `/proc/PID/mem`, a debugger) see the memory. Where the system
/// refuses, the program runs all the same.
pub fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// SIGHUP, SIGINT and SIGTERM, as they come.
#[derive(Debug)]
pub struct Signals {
    hangup: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on, and keeps SIGXFSZ and SIGPIPE from ending the process: a file that may not grow and a closed
    /// pipe are then errors like others.
    ///
    /// Must be called within a runtime.
    ///
    /// # Errors
    /// Where the system does not let the program listen.
    pub fn listen() -> io::Result<Signals> {
        // Listening once is enough: the handler stays.
        drop((signal(SignalKind::from_raw(SIGXFSZ))?, signal(SignalKind::pipe())?));
        Ok(Signals {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Returns with the next signal; `None` if none can come any more.
    pub async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            Some(()) = self.hangup.recv() => Some(Signal::Hangup),
            Some(()) = self.interrupt.recv() => Some(Signal::Interrupt),
            Some(()) = self.terminate.recv() => Some(Signal::Terminate),
            else => None,
        }
    }
}

/// The user's command in `sh`.
pub fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

/// Lets the command begin a process group of its own, which [`kill_group`] ends.
pub fn start_group(command: &mut Command) {
    command.process_group(0);
}

/// Ends a command and all that it has started.
pub fn kill_group(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.wait();
}
