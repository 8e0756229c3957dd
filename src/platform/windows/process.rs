//! The process: its user, its signals, and the commands that it starts.

use std::io;
use std::os::windows::process::CommandExt;
use std::process::{Child, Command, Stdio};

use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
};

use super::super::Signal;

/// The variable that holds the user's home folder.
pub const HOME: &str = "USERPROFILE";

/// CREATE_NEW_PROCESS_GROUP: Ctrl-C of the console does not reach it.
const NEW_PROCESS_GROUP: u32 = 0x200;

/// Whether the process may use the files of every user: not asked.
pub fn is_superuser() -> bool {
    false
}

/// Nothing: the system offers no such promise.
pub fn keep_memory_private() {}

/// Ctrl-C and Ctrl-Break, the closing of the console and the end of the system, as they come.
#[derive(Debug)]
pub struct Signals {
    close: CtrlClose,
    interrupt: CtrlC,
    cancel: CtrlBreak,
    shutdown: CtrlShutdown,
}

impl Signals {
    /// Listens from now on.
    ///
    /// Must be called within a runtime.
    ///
    /// # Errors
    /// Where the system does not let the program listen.
    pub fn listen() -> io::Result<Signals> {
        Ok(Signals { close: ctrl_close()?, interrupt: ctrl_c()?, cancel: ctrl_break()?, shutdown: ctrl_shutdown()? })
    }

    /// Returns with the next signal; `None` if none can come any more.
    pub async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            Some(()) = self.close.recv() => Some(Signal::Hangup),
            Some(()) = self.interrupt.recv() => Some(Signal::Interrupt),
            Some(()) = self.cancel.recv() => Some(Signal::Terminate),
            Some(()) = self.shutdown.recv() => Some(Signal::Terminate),
            else => None,
        }
    }
}

/// The user's command in `cmd`.
pub fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    // With /S the outer quotes alone are taken away; what is between them stays as it was typed.
    shell.raw_arg(format!("/D /S /C \"{command}\""));
    shell
}

/// Lets the command begin a process group of its own.
pub fn start_group(command: &mut Command) {
    command.creation_flags(NEW_PROCESS_GROUP);
}

/// Ends a command and all that it has started.
pub fn kill_group(child: &mut Child) {
    let mut tree = Command::new("taskkill");
    let _ =
        tree.args(["/T", "/F", "/PID", &child.id().to_string()]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let _ = child.kill();
    let _ = child.wait();
}
