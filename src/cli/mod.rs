//! The command line as it was typed: which command, which files, which values, all still text.
//!
//! Nothing is opened, believed or filled in here; `config` does that, together with what the environment and the
//! files say. Help, version, completions and man page leave from here as text, so that nothing can stand between a
//! lost person and the help.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command as Clap};

mod command_line;
pub mod complete;
mod help;
mod man;
mod mistakes;
pub mod options;
mod subsets;
pub mod synonyms;

use crate::diagnostic::{Diagnostic, Entry, RunCode};
pub use command_line::CommandLine;
pub(crate) use command_line::{without_arguments, without_password, without_query, without_value};
pub use help::tree;
use mistakes::{help_of, stopped};
use options::{SANDBOX_SETTINGS, SETTINGS, Setting, Takes};

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// Import contacts.
    Import(Typed),
    /// Show what an import would do.
    Check(Typed),
    /// Explain these numbers; none means those on standard input.
    Phone(Typed, Vec<String>),
    /// Merge the results of shards; the files are their folders.
    Merge(Typed),
    /// Show the settings.
    Config(Typed),
    /// Ask whether the endpoint is there and takes the token.
    Ping(Typed),
    /// Run the loopback server; the values are those of `SANDBOX_SETTINGS`.
    Sandbox(Typed),
    /// Print a small valid file.
    Sample(Sample),
    /// Print this text on standard output: help, version, completions, man page.
    Print(String),
}

/// What was typed for a command.
#[derive(Debug, Default)]
pub struct Typed {
    /// The files, as typed.
    pub files: Vec<PathBuf>,
    /// Values by name of the option; a switch has `true`, a counted one its number.
    pub values: BTreeMap<&'static str, Vec<String>>,
    /// The whole line, for messages that print a command to type.
    pub line: CommandLine,
}

/// The samples there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// Comma-separated.
    Csv,
    /// A JSON array.
    Json,
    /// One JSON object per line.
    Ndjson,
}

/// A command line that cannot be understood. Exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: RunCode,
    message: String,
    hint: String,
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        self.code.entry()
    }

    fn hint(&self) -> Option<String> {
        Some(self.hint.clone())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Reads the arguments, the program's name first. `plans` is the version of the numbering plans, for `--version`.
pub fn parse(arguments: impl IntoIterator<Item = OsString>, plans: &str) -> Result<Command, Error> {
    let arguments = help_in_words(arguments.into_iter().collect());
    let line = CommandLine::new(arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned()));
    let mut tree = tree(plans);
    let matches = match tree.try_get_matches_from_mut(&arguments) {
        Ok(matches) => matches,
        Err(stop) => return stopped(&stop, &line, || help_of(tree, &arguments)),
    };
    let outer = typed(&matches, SETTINGS, line);
    let Some((name, inner)) = matches.subcommand() else {
        return Ok(Command::Import(outer));
    };
    match name {
        "check" => Ok(Command::Check(joined(outer, inner, SETTINGS))),
        "merge" => Ok(Command::Merge(joined(outer, inner, SETTINGS))),
        "config" => Ok(Command::Config(joined(outer, inner, SETTINGS))),
        "ping" => Ok(Command::Ping(joined(outer, inner, SETTINGS))),
        "phone" => {
            let numbers = inner.get_many("number").into_iter().flatten().cloned().collect();
            Ok(Command::Phone(joined(outer, inner, SETTINGS), numbers))
        }
        _ if !outer.values.is_empty() => {
            let option = outer.values.keys().next().copied().unwrap_or_default();
            Err(Error {
                code: RunCode::UsageConflict,
                message: format!("--{option} in front of {name} belongs to the import"),
                hint: format!("m1import {name} --help shows the options of {name}"),
            })
        }
        "sandbox" => Ok(Command::Sandbox(typed(inner, SANDBOX_SETTINGS, outer.line))),
        "sample" => Ok(Command::Sample(match inner.get_one::<String>("form").map(String::as_str) {
            Some("json") => Sample::Json,
            Some("ndjson") => Sample::Ndjson,
            _ => Sample::Csv,
        })),
        "schema" => Ok(Command::Print(include_str!("../../docs/summary.schema.json").to_owned())),
        "completions" => {
            let shell = inner.get_one::<String>("shell").map(String::as_str).unwrap_or_default();
            Ok(Command::Print(complete::script(shell, "m1import").unwrap_or_default()))
        }
        _ => {
            let command = inner.try_get_one::<String>("command").ok().flatten().map(String::as_str);
            Ok(Command::Print(man::page(tree, command).unwrap_or_default()))
        }
    }
}

/// `m1import help check` is what many type who have never seen a program: read as `m1import check --help`.
fn help_in_words(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.remove(1);
        arguments.push(OsString::from(if arguments.len() > 1 { "--help" } else { "-h" }));
    }
    arguments
}

/// What was given behind one word of the tree.
fn typed(matches: &ArgMatches, settings: &'static [Setting], line: CommandLine) -> Typed {
    let mut values = BTreeMap::new();
    for setting in settings {
        let name = setting.name;
        // `phone` and `ping` leave options out; asking clap for one it does not know would panic.
        if !matches!(matches.try_contains_id(name), Ok(true))
            || matches.value_source(name) != Some(ValueSource::CommandLine)
        {
            continue;
        }
        let given = match setting.takes {
            Takes::Nothing => vec!["true".to_owned()],
            Takes::Count => vec![matches.get_count(name).to_string()],
            Takes::One(_) | Takes::Many(_) | Takes::Maybe(_) => {
                matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
            }
        };
        values.insert(name, given);
    }
    let files = match matches.try_get_many::<PathBuf>("file") {
        Ok(files) => files.into_iter().flatten().cloned().collect(),
        Err(_) => Vec::new(),
    };
    Typed { files, values, line }
}

/// Options in front of a command count for it; where both sides have one, the command's own wins.
fn joined(outer: Typed, inner: &ArgMatches, settings: &'static [Setting]) -> Typed {
    let mut all = typed(inner, settings, outer.line);
    for (name, values) in outer.values {
        all.values.entry(name).or_insert(values);
    }
    all
}

/// The command that a misspelled file name may have meant.
pub fn nearest_command(word: &str) -> Option<String> {
    if word.contains(['.', '/']) {
        return None;
    }
    let names: Vec<String> = tree("").get_subcommands().map(|command: &Clap| command.get_name().to_owned()).collect();
    nearest(word, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The name that comes nearest to a misspelled one, if any is near.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|name| (strsim::jaro_winkler(word, name), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    if best.0 >= 0.8 { Some(best.1) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, Error> {
        parse(line.split(' ').map(|word| OsString::from(word.replace('_', " "))), "9.0.0")
    }

    fn import(line: &str) -> Typed {
        match parsed(line) {
            Ok(Command::Import(typed)) => typed,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn values_are_kept_as_typed() {
        let typed = import("m1import a.csv - -vv --strict --tag x --tag y,z --batch-size 0x --header A:_b -o dir");
        assert_eq!(typed.files, [PathBuf::from("a.csv"), PathBuf::from("-")]);
        let values: Vec<(&str, String)> = typed.values.iter().map(|(name, values)| (*name, values.join("|"))).collect();
        let expected = [
            ("batch-size", "0x"),
            ("header", "A: b"),
            ("output-dir", "dir"),
            ("strict", "true"),
            ("tag", "x|y,z"),
            ("verbose", "2"),
        ];
        assert_eq!(values, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn a_token_may_be_missing() {
        let none: [String; 0] = [];
        assert_eq!(import("m1import a.csv --token").values["token"], none);
        assert_eq!(import("m1import a.csv --token --quiet").values["token"], none);
        assert_eq!(import("m1import a.csv --token=").values["token"], [""]);
        assert_eq!(import("m1import a.csv --token=-x").values["token"], ["-x"]);
        assert_eq!(import("m1import --token abc a.csv").values["token"], ["abc"]);
        let swallowed = parsed("m1import --token a.csv").unwrap_err();
        assert_eq!(swallowed.code(), "usage.no_file");
        assert!(swallowed.hint().unwrap().contains("is the variable set?"), "{}", swallowed.hint().unwrap());
    }

    #[test]
    fn check_can_be_put_into_any_line() {
        for line in [
            "m1import check a.csv --token t --batch-size 5",
            "m1import --batch-size 5 check --token t a.csv",
            "m1import --token t --batch-size 5 check a.csv",
        ] {
            let Ok(Command::Check(typed)) = parsed(line) else { panic!("{line}") };
            assert_eq!(typed.files, [PathBuf::from("a.csv")], "{line}");
            assert_eq!(typed.values["batch-size"], ["5"], "{line}");
            assert_eq!(typed.values["token"], ["t"], "{line}");
        }
    }

    #[test]
    fn a_file_may_bear_the_name_of_a_command() {
        assert_eq!(import("m1import ./check").files, [PathBuf::from("./check")]);
        assert_eq!(import("m1import a.csv check").files, [PathBuf::from("a.csv"), PathBuf::from("check")]);
        assert_eq!(import("m1import -- check").files, [PathBuf::from("check")]);
    }

    #[test]
    fn other_commands() {
        let Ok(Command::Phone(typed, numbers)) = parsed("m1import phone --default-country IN 98765_43210 +91 -9876")
        else {
            panic!("phone")
        };
        assert_eq!(numbers, ["98765 43210", "+91", "-9876"]);
        assert_eq!(typed.values["default-country"], ["IN"]);
        let Ok(Command::Sandbox(typed)) = parsed("m1import sandbox --port 0 --refuse 1 --refuse 2") else {
            panic!("sandbox")
        };
        assert_eq!(typed.values["refuse"], ["1", "2"]);
        assert!(matches!(parsed("m1import sample ndjson"), Ok(Command::Sample(Sample::Ndjson))));
        assert!(matches!(parsed("m1import sample"), Ok(Command::Sample(Sample::Csv))));
        assert!(matches!(parsed("m1import config"), Ok(Command::Config(_))));
        for line in ["m1import completions bash", "m1import man", "m1import -h", "m1import check --help", "m1import -V"]
        {
            let Ok(Command::Print(text)) = parsed(line) else { panic!("{line}") };
            assert!(text.contains("m1import"), "{line}: {text}");
        }
    }

    #[test]
    fn mistakes_are_named_without_secrets() {
        let cases = [
            ("m1import", "usage.no_file", "name a file"),
            ("m1import check", "usage.no_file", "name a file"),
            ("m1import completions", "usage.missing_value", "powershell or zsh"),
            ("m1import a.csv --token --geheim", "usage.unknown_option", "--token=TOKEN"),
            ("m1import a.csv --token --geheim=geheim", "usage.unknown_option", "--token=TOKEN"),
            ("m1import a.csv --token -geheim", "usage.unknown_option", "--token=TOKEN"),
            ("m1import a.csv --tokn=geheim", "usage.unknown_option", "did you mean --token?"),
            ("m1import a.csv --country IN", "usage.unknown_option", "--default-country IN"),
            ("m1import a.csv --resume", "usage.unknown_option", "the same command resumes"),
            ("m1import a.csv -n", "usage.unknown_option", "--dry-run"),
            ("m1import a.csv --default-contry IN", "usage.unknown_option", "did you mean --default-country?"),
            ("m1import a.csv --format", "usage.missing_value", "--help"),
            ("m1import a.csv --format csv --format csv", "usage.conflict", "leave one"),
            ("m1import a.csv --token=geheim --token=geheim", "usage.conflict", "leave one"),
            ("m1import a.csv --strict=no", "usage.malformed", "--help"),
            ("m1import a.csv --dry-run --sandbox", "usage.conflict", "leave one"),
            ("m1import a.csv --restart --same-account", "usage.conflict", "leave one"),
            ("m1import a.csv --trial 5 --dry-run", "usage.conflict", "leave one"),
            ("m1import --strict sandbox", "usage.conflict", "m1import sandbox --help"),
            ("m1import sandbox --poort 1", "usage.unknown_option", "did you mean --port?"),
            ("m1import sample xml", "usage.malformed", "see m1import sample --help"),
            ("m1import --nonsense", "usage.unknown_option", "see m1import --help"),
            ("m1import a.csv check --nonsense", "usage.unknown_option", "see m1import --help"),
            ("m1import check --nonsense", "usage.unknown_option", "see m1import check --help"),
            ("m1import --quiet check a.csv --nonsense", "usage.unknown_option", "see m1import check --help"),
            ("m1import check a.csv --format", "usage.missing_value", "see m1import check --help"),
            ("m1import check a.csv --strict=no", "usage.malformed", "see m1import check --help"),
            ("m1import phone --x", "usage.unknown_option", "see m1import phone --help"),
            ("m1import schema x", "usage.unknown_option", "see m1import schema --help"),
            ("m1import completions foo", "usage.malformed", "see m1import completions --help"),
            ("m1import man foo", "usage.malformed", "see m1import man --help"),
        ];
        for (line, code, hint) in cases {
            let error = parsed(line).unwrap_err();
            assert_eq!(error.code(), code, "{line}: {error}");
            assert!(error.hint().unwrap().contains(hint), "{line}: {error} / {:?}", error.hint());
            assert!(!format!("{error} {:?}", error.hint()).contains("geheim"), "{line}: {error}");
        }
    }

    #[test]
    fn near_names_are_found() {
        assert_eq!(nearest_command("chek").as_deref(), Some("check"));
        assert_eq!(nearest_command("contacts"), None);
        assert_eq!(nearest_command("man.csv"), None);
        assert_eq!(nearest("bach-size", SETTINGS.iter().map(|setting| setting.name)), Some("batch-size"));
    }
}
