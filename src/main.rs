//! The command line: parse, hand over, and end with an exit code.

use std::panic::{self, UnwindSafe};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use m1import::config::Env;
use m1import::contact::phone::Plans;
use m1import::diagnostic::Exit;
use m1import::{cli, commands, platform};

fn main() -> ExitCode {
    // Neither a core dump nor a debugger is to show the token.
    platform::keep_memory_private();
    let env = Env::new(std::env::vars_os());
    // A shell asks at Tab; what else is typed does not count then.
    if let Some(shell) = env.get("COMPLETE").filter(|shell| *shell != "0") {
        let arguments: Vec<_> = std::env::args_os().collect();
        let exit = guarded(|| commands::complete(shell, &arguments, &env)).unwrap_or(Exit::Internal);
        return ExitCode::from(exit.code());
    }
    let run = || match cli::parse(std::env::args_os(), Plans::default().version()) {
        Ok(command) => commands::run(command, &env),
        Err(error) => commands::usage(&error, &env),
    };
    let exit = guarded(run).unwrap_or_else(|error| commands::broken(&error.to_string(), &env));
    ExitCode::from(exit.code())
}

/// Runs to the end whatever happens. A panic is a fault of ours; it is told by its place in the program alone, since
/// its words may quote a contact.
fn guarded(run: impl FnOnce() -> Exit + UnwindSafe) -> Result<Exit> {
    let place = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&place);
    panic::set_hook(Box::new(move |panic| {
        if let (Some(at), Ok(mut place)) = (panic.location(), told.lock()) {
            *place = at.to_string();
        }
    }));
    panic::catch_unwind(run).map_err(|_| match place.lock() {
        Ok(place) => anyhow!("the program broke down at {place}"),
        Err(_) => anyhow!("the program broke down"),
    })
}
