//! The commands: what each does with the settings, and how its end becomes output and an exit code.

use std::io::{self, BufRead, IsTerminal, Read};

use tokio::runtime::{Builder, Runtime};

use crate::cli::{self, Command, Sample, Typed};
use crate::config::{self, Config, Env, Mode, OutputFormat, Verbosity};
use crate::contact::phone;
use crate::diagnostic::{Diagnostic, Exit};
use crate::error::Error;
use crate::pipeline::{self, Ended, Screen, Story};
use crate::report::{Trouble, json, text};
use crate::sandbox::Sandbox;
use crate::stop::Stop;
use crate::terminal::{Color, Terminal, safe};

/// Runs a command; the exit code of the process.
pub fn run(command: Command, env: &Env) -> Exit {
    match command {
        Command::Print(text) => print(&terminal(Color::Auto, env), &text),
        Command::Sample(sample) => print(&terminal(Color::Auto, env), sample_text(sample)),
        Command::Config(typed) => with_config(typed, env, Mode::Look, |config, terminal| {
            let text = match config.output.form {
                OutputFormat::Text => config::table(&config.effective),
                OutputFormat::Json => config::json(&config.effective),
            };
            Ok(print(terminal, &text))
        }),
        Command::Phone(typed, numbers) => {
            with_config(typed, env, Mode::Look, |config, terminal| explain(config, terminal, &numbers))
        }
        Command::Sandbox(typed) => serve(&typed, env),
        Command::Check(typed) => job(typed, env, Mode::Check),
        Command::Import(typed) => job(typed, env, Mode::Import),
    }
}

/// A command line that cannot be understood.
pub fn usage(error: &cli::Error, env: &Env) -> Exit {
    let trouble =
        text::trouble(&Trouble { code: error.code().to_owned(), message: error.to_string(), hint: error.hint() });
    say(&terminal(Color::Auto, env), &trouble);
    Exit::Usage
}

/// The program itself broke down.
pub fn broken(message: &str, env: &Env) -> Exit {
    let hint = hint("please report this; the same command resumes");
    let trouble = Trouble { code: "run.internal".to_owned(), message: message.to_owned(), hint };
    say(&terminal(Color::Auto, env), &text::trouble(&trouble));
    Exit::Internal
}

fn hint(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn terminal(color: Color, env: &Env) -> Terminal {
    Terminal::new(color, |name| env.get(name))
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
    if mode == Mode::Look
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
            let summary = pipeline::failed(&Story::new(String::new()), &error);
            if let Some(trouble) = &summary.error {
                say(&terminal, &text::trouble(trouble));
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
        pipeline::no_mistyped_command(config)?;
        let runtime = runtime()?;
        let ended = runtime.block_on(async {
            let stop = listening()?;
            let screen = Screen { terminal, verbosity: config.output.verbosity, env };
            match mode {
                Mode::Check => Ok(pipeline::check(config, &screen, &stop).await),
                Mode::Import | Mode::Look => Ok(pipeline::import(config, &screen, &stop).await),
            }
        });
        // A name look-up or a reading that blocks must not hold the exit.
        runtime.shutdown_background();
        ended.map(|ended| finish(config, terminal, &ended))
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
fn finish(config: &Config, terminal: &Terminal, ended: &Ended) -> Exit {
    let summary = &ended.summary;
    let quiet = config.output.verbosity == Verbosity::Quiet;
    if let Some(trouble) = &summary.error {
        say(terminal, &text::trouble(trouble));
    } else if quiet && summary.exit_code != Exit::Complete {
        say(terminal, &text::quiet_line(summary));
    }
    let out = match config.output.form {
        OutputFormat::Json => json::write(summary).unwrap_or_default(),
        OutputFormat::Text if quiet => String::new(),
        OutputFormat::Text => ended.text.clone(),
    };
    if summary.exit_code == Exit::Usage || out.is_empty() {
        return summary.exit_code;
    }
    match (print(terminal, &out), summary.exit_code) {
        (Exit::Complete, code) => code,
        // The summary could not be told; a run that ended otherwise keeps its own code.
        (failed, Exit::Complete) => failed,
        (_, code) => code,
    }
}

/// Explains numbers, given or one a line on standard input.
fn explain(config: &Config, terminal: &Terminal, numbers: &[String]) -> Result<Exit, Error> {
    let rules = pipeline::rules(config)?.phone;
    let mut refused = false;
    let mut tell = |number: &str| {
        let read = phone::read("", number, None, &rules);
        refused |= read.is_err();
        let explained = phone::explain(number, &read);
        let text = match config.output.form {
            // Of several numbers each is named, so that it is plain which answer is whose.
            OutputFormat::Text if numbers.len() == 1 => format!("{explained}\n"),
            OutputFormat::Text => {
                let answer = explained.to_string().lines().map(|line| format!("  {line}\n")).collect::<String>();
                format!("{}\n{answer}", safe(number.trim()))
            }
            OutputFormat::Json => serde_json::to_string(&explained).map(|line| line + "\n").unwrap_or_default(),
        };
        print(terminal, &text)
    };
    if numbers.is_empty() {
        if io::stdin().is_terminal() {
            terminal.say("numbers from the keyboard, one a line; Ctrl-D ends");
        }
        let mut lines = io::stdin().lock();
        while let Some(line) = short_line(&mut lines).map_err(|error| Error::Local { what: "standard input", error })? {
            if !line.trim().is_empty() && tell(&line) != Exit::Complete {
                break;
            }
        }
    } else {
        for number in numbers {
            tell(number);
        }
    }
    Ok(if refused { Exit::SomeRows } else { Exit::Complete })
}

/// The longest line that is explained, in bytes; a cell with a number is far shorter.
const LONGEST_LINE: u64 = 4096;

/// The next line; what is longer than 4,096 bytes is cut, and the rest of its line left out. None at the end.
fn short_line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST_LINE {
        from.skip_until(b'\n')?;
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
}

fn sample_text(sample: Sample) -> &'static str {
    match sample {
        Sample::Csv => include_str!("../samples/contacts.csv"),
        Sample::Json => include_str!("../samples/contacts.json"),
        Sample::Ndjson => include_str!("../samples/contacts.ndjson"),
    }
}

/// Runs the sandbox until a signal ends it.
fn serve(typed: &Typed, env: &Env) -> Exit {
    let terminal = terminal(Color::Auto, env);
    match served(typed, &terminal) {
        Ok(code) => code,
        Err(error) => {
            if let Some(trouble) = &pipeline::failed(&Story::new(String::new()), &error).error {
                say(&terminal, &text::trouble(trouble));
            }
            error.exit()
        }
    }
}

fn served(typed: &Typed, terminal: &Terminal) -> Result<Exit, Error> {
    let options = config::sandbox(typed)?;
    let runtime = runtime()?;
    let code = runtime.block_on(async {
        let stop = listening()?;
        let port = options.port;
        let sandbox = Sandbox::start(options).await.map_err(|error| Error::Port { port, error })?;
        print(terminal, &format!("{}\n", sandbox.endpoint()));
        stop.wait().await;
        let contacts = sandbox.contacts();
        sandbox.stop().await;
        terminal.say(&format!("the sandbox held {contacts} contacts"));
        Ok(Exit::Complete)
    });
    runtime.shutdown_background();
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_is_cut() {
        let text = format!("one\r\n{}\ntwo\n\nlast", "5".repeat(1 << 20));
        let mut from = text.as_bytes();
        let mut lengths = Vec::new();
        while let Some(line) = short_line(&mut from).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [3, 4096, 3, 0, 4]);
    }
}
