//! The commands: what each does with the settings, and how its end becomes output and an exit code.

use std::io;

use tokio::runtime::{Builder, Runtime};

mod complete;
mod hook;
mod phone;
mod ping;
mod sandbox;

pub use complete::complete;

use crate::cli::{self, Command, Sample, Typed};
use crate::config::{self, Config, Env, Mode, OutputFormat, Verbosity};
use crate::diagnostic::{Diagnostic, Exit};
use crate::error::Error;
use crate::pipeline::{self, RunInfo, RunOutput, Screen};
use crate::report::{ErrorReport, json, text};
use crate::stop::Stop;
use crate::terminal::{Color, Terminal, safe};

/// Runs a command; the exit code of the process.
pub fn run(command: Command, env: &Env) -> Exit {
    match command {
        Command::Print(text) => print(&terminal(Color::Auto, env), &text),
        Command::Sample(sample) => print(&terminal(Color::Auto, env), sample_text(sample)),
        Command::Config(typed) => with_config(typed, env, Mode::Settings, |config, terminal| {
            let text = match config.output.form {
                OutputFormat::Text => config::table(&config.effective),
                OutputFormat::Json => config::json(&config.effective),
            };
            if config.output.form == OutputFormat::Text && config.output.verbosity != Verbosity::Quiet {
                terminal.say(&safe(&looked_for(config)));
            }
            Ok(print(terminal, &text))
        }),
        Command::Phone(typed, numbers) => {
            with_config(typed, env, Mode::Look, |config, terminal| phone::explain(config, terminal, &numbers))
        }
        Command::Sandbox(typed) => sandbox::serve(&typed, env),
        Command::Ping(typed) => {
            with_config(typed, env, Mode::Import, |config, terminal| ping::ping(config, terminal, env))
        }
        Command::Merge(typed) => with_config(typed, env, Mode::Look, |config, terminal| {
            let screen = Screen { terminal, verbosity: config.output.verbosity, env };
            let ended =
                pipeline::merge::merge(&config.files, config.output.dir.as_deref(), config.output.keep_runs, &screen)?;
            Ok(finish(config, terminal, &ended))
        }),
        Command::Check(typed) => job(typed, env, Mode::Check),
        Command::Import(typed) => job(typed, env, Mode::Import),
    }
}

/// A command line that cannot be understood.
pub fn usage(error: &cli::Error, env: &Env) -> Exit {
    let report = ErrorReport { code: error.code().to_owned(), message: error.to_string(), hint: error.hint() };
    say(&terminal(Color::Auto, env), &text::error(&report));
    Exit::Usage
}

/// The program itself broke down.
pub fn broken(message: &str, env: &Env) -> Exit {
    let hint = hint("please report this; the same command resumes");
    let error = ErrorReport { code: "run.internal".to_owned(), message: message.to_owned(), hint };
    say(&terminal(Color::Auto, env), &text::error(&error));
    Exit::Internal
}

fn hint(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn terminal(color: Color, env: &Env) -> Terminal {
    Terminal::new(color, |name| env.get(name))
}

/// Which settings files there could be, in a line.
fn looked_for(config: &Config) -> String {
    let files = config.looked_for.iter().map(|file| {
        let found = if file.is_read { "read" } else { "not used" };
        format!("{} ({found})", file.path)
    });
    format!("settings files, the first wins: {}", files.collect::<Vec<_>>().join(", "))
}

fn print(terminal: &Terminal, text: &str) -> Exit {
    match terminal.print(text) {
        Ok(()) => Exit::Complete,
        // Nobody reads on: an ordinary end, such as `m1import sample | head -1`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Complete,
        Err(_) => Exit::Io,
    }
}

fn say(terminal: &Terminal, lines: &str) {
    for line in lines.lines() {
        terminal.say(line);
    }
}

/// Settles the settings, and does something with them that fails with an error or ends with an exit code.
fn with_config(
    typed: Typed,
    env: &Env,
    mode: Mode,
    act: impl FnOnce(&Config, &Terminal) -> Result<Exit, Error>,
) -> Exit {
    let form = output_format(&typed, env);
    let settled = Config::settle(typed, env, mode).map_err(Error::Config);
    let terminal = terminal(settled.as_ref().map_or(Color::Auto, |config| config.output.color), env);
    // A token that was typed without its option is named as a file that is missing.
    if let Some(token) = settled.as_ref().ok().and_then(|config| config.delivery.token.given()) {
        terminal.redactor.hide(&token);
    }
    if matches!(mode, Mode::Look | Mode::Settings)
        && let Ok(config) = &settled
        && config.output.verbosity > Verbosity::Quiet
    {
        for noticed in &config.warnings {
            say(&terminal, &text::warning(&noticed.message, noticed.code.as_str(), &noticed.hint));
        }
    }
    match settled.and_then(|config| act(&config, &terminal)) {
        Ok(code) => code,
        Err(error) => {
            let summary = pipeline::failed(&RunInfo::new(String::new()), &error);
            if let Some(error) = &summary.ending.error {
                say(&terminal, &text::error(error));
            }
            if form == OutputFormat::Json && error.exit() != Exit::Usage {
                print(&terminal, &json::write(&summary).unwrap_or_default());
            }
            error.exit()
        }
    }
}

/// What standard output is to carry, also where the settings cannot be settled.
fn output_format(typed: &Typed, env: &Env) -> OutputFormat {
    let flag = typed.values.get("output").and_then(|values| values.last()).map(String::as_str);
    match flag.or_else(|| env.get("M1IMPORT_OUTPUT")) {
        Some("json") => OutputFormat::Json,
        _ => OutputFormat::Text,
    }
}

/// `check` and the import: one run, its end printed.
fn job(typed: Typed, env: &Env, mode: Mode) -> Exit {
    with_config(typed, env, mode, |config, terminal| {
        let runtime = runtime()?;
        let ended: Result<RunOutput, Error> = runtime.block_on(async {
            let stop = listening()?;
            let screen = Screen { terminal, verbosity: config.output.verbosity, env };
            match mode {
                Mode::Check => Ok(pipeline::check(config, &screen, &stop).await),
                Mode::Import | Mode::Settings | Mode::Look => Ok(pipeline::import(config, &screen, &stop).await),
            }
        });
        // A name look-up or a reading that blocks must not hold the exit.
        runtime.shutdown_background();
        let ended = ended?;
        let exit = finish(config, terminal, &ended);
        if let (Mode::Import, Some(command)) = (mode, &config.delivery.on_finish)
            && exit != Exit::Usage
            && let Some(warning) = hook::run(command, &ended.summary, exit, terminal)
            && config.output.verbosity > Verbosity::Quiet
        {
            say(terminal, &warning);
        }
        Ok(exit)
    })
}

fn runtime() -> Result<Runtime, Error> {
    let local = |error| Error::Local { what: "the runtime", error };
    Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(local)
}

fn listening() -> Result<Stop, Error> {
    let stop = Stop::default();
    // What a signal does is told by the work it stops.
    stop.listen(|_| {}).map_err(|error| Error::Local { what: "listening to signals", error })?;
    Ok(stop)
}

/// Prints what a run came to: the document for machines always, the text for people unless they want it quiet.
fn finish(config: &Config, terminal: &Terminal, ended: &RunOutput) -> Exit {
    let summary = &ended.summary;
    let quiet = config.output.verbosity == Verbosity::Quiet;
    if let Some(error) = &summary.ending.error {
        say(terminal, &text::error(error));
    } else if quiet && summary.ending.exit_code != Exit::Complete {
        say(terminal, &text::quiet_line(summary));
    }
    let out = match config.output.form {
        OutputFormat::Json => json::write(summary).unwrap_or_default(),
        OutputFormat::Text if quiet => String::new(),
        OutputFormat::Text => ended.text.clone(),
    };
    if summary.ending.exit_code == Exit::Usage || out.is_empty() {
        return summary.ending.exit_code;
    }
    match (print(terminal, &out), summary.ending.exit_code) {
        (Exit::Complete, code) => code,
        // The summary could not be told; a run that ended otherwise keeps its own code.
        (failed, Exit::Complete) => failed,
        (_, code) => code,
    }
}

fn sample_text(sample: Sample) -> &'static str {
    match sample {
        Sample::Csv => include_str!("../../samples/contacts.csv"),
        Sample::Json => include_str!("../../samples/contacts.json"),
        Sample::Ndjson => include_str!("../../samples/contacts.ndjson"),
    }
}
