//! The command line: parse, hand over, print, and turn the end into an exit code.

use std::process::ExitCode;

use anyhow::Context;
use m1import::cli::{self, Command};
use m1import::commands::{self, Surroundings};
use m1import::contact::phone::Plans;

fn main() -> ExitCode {
    let surroundings = Surroundings::of_this_process();
    let command = match cli::parse(std::env::args_os(), Plans::builtin().version()) {
        Ok(command) => command,
        Err(error) => return ExitCode::from(commands::usage(&surroundings, &error)),
    };
    ExitCode::from(0)
}
