//! The command line: parse, hand over, and end with an exit code.

use std::process::ExitCode;

use m1import::config::Env;
use m1import::contact::phone::Plans;
use m1import::{cli, commands};

fn main() -> ExitCode {
    let env = Env::new(std::env::vars_os());
    let code = match cli::parse(std::env::args_os(), Plans::default().version()) {
        Ok(command) => commands::run_guarded(|| commands::run(command, &env), &env),
        Err(error) => commands::usage(&error, &env),
    };
    ExitCode::from(code)
}
