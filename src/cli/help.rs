//! The command line as clap sees it, made from the table of options, and what is printed about it: help, completions,
//! man page.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, Command, ValueHint, value_parser};

use super::complete::SHELL_NAMES;
use super::options::{Group, SANDBOX_SETTINGS, SETTINGS, Setting, Takes};
use super::subsets::Subset;

const ABOUT: &str = "Bulk contact importer for the m1bot WhatsApp platform";

const SHORT_END: &str = "\
Examples:
  m1import check contacts.csv --default-country IN   look first; sends nothing
  m1import contacts.csv --sandbox                    try all of it, no token
  m1import ping --token-file ~/.m1token              is the token right?
  m1import contacts.csv --token-file ~/.m1token      import; again: it resumes

The token is on the platform under More > Developer > API Access Token.
These are the common options; --help shows all of them.";

const CHECK_END: &str = "\
Example:
  m1import check contacts.csv --default-country IN

Options of delivery may be left in the line; they are not used.
These are the common options; --help shows all of them.";

pub(super) const LONG_END: &str = "\
Examples:
  m1import contacts.csv --token-file ~/.m1token
      Import; typed again after an interruption, it resumes
  m1import check contacts.csv --default-country IN
      See what would be sent, and what is wrong with the rest
  m1import contacts.csv --sandbox
      The whole job against a server inside the program
  m1import leads.xlsx --map phone=Handy --map attr.city=Ort --tag leads-2026
      Name columns, send one as attribute, tag everybody
  m1import crm.csv --only 'Consent=yes,1' --rate 5/s --strict
      Only those who agreed, slowly, and nothing unless every row is right
  zcat dump.ndjson.gz | m1import - --output json --quiet > summary.json
      From a pipe, for a script

Settings:
  Every option has a variable (M1IMPORT_BATCH_SIZE) and a key in m1import.toml
  (batch-size), but for those that are typed only: --restart --same-account
  --trial --dry-run --sandbox --env-file --profile --write-config; --token and
  --config are no keys of the file.
  The first of these that has a value wins: the command line, the environment,
  .env, m1import.toml, the user's config.toml, the default.
  m1import config shows every setting, its value and where it came from.
  Durations: 500ms 30s 10m 2h. Sizes: 90kB 1MiB.

Exit codes:
  0   every row accepted, now or earlier, unchanged, duplicate or skipped
  1   finished, some rows not valid or rejected by the server
  2   usage
  65  input unusable as a whole
  66  input missing or not readable
  70  internal error
  73  output or journal cannot be created, or is locked
  74  local input or output failed during the run
  75  the server did not answer, or rows are left; the same command resumes
  76  not the expected service
  77  no token, or credentials refused or expired
  78  configuration
  129, 130, 143  interrupted; the same command resumes";

/// The commands that have a page of the manual.
const COMMANDS: [&str; 10] =
    ["check", "phone", "ping", "sandbox", "sample", "config", "merge", "schema", "completions", "man"];

/// The whole tree of commands. `plans` is the version of the numbering plans.
pub fn tree(plans: &str) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("Print version");
    let import = command("m1import", ABOUT)
        .version(format!("{} (numbering plans {plans})", env!("CARGO_PKG_VERSION")))
        .disable_version_flag(true)
        .override_usage("m1import [OPTIONS] <FILE>...\n       m1import <COMMAND>")
        .subcommand_negates_reqs(true)
        .disable_help_subcommand(true)
        .arg(file())
        .args(SETTINGS.iter().map(option))
        .after_help(SHORT_END)
        .after_long_help(LONG_END);
    let check = command("check", "Check the files, show what would be sent; send nothing")
        .arg(file())
        .args(SETTINGS.iter().map(|setting| option(setting).hide(!is_used_by_check(setting))))
        .after_help(CHECK_END);
    let number = Arg::new("number")
        .value_name("NUMBER")
        .num_args(0..)
        .allow_negative_numbers(true)
        .help("Numbers as someone might write them; without any, one a line from standard input");
    let phone = command("phone", "Explain phone numbers: reading, country, type, notes, or why not")
        .arg(number)
        .args(some(Subset::Phone));
    let ping = command("ping", "Ask whether the endpoint takes the token; send no contact").args(some(Subset::Ping));
    let folders = Arg::new("file").value_name("DIR").num_args(1..).required(true).value_parser(value_parser!(PathBuf));
    let merge = command("merge", "Put the results of the shards of a job together")
        .arg(folders.value_hint(ValueHint::DirPath).help("Results folders of all shards of one job"))
        .args(some(Subset::Merge));
    let sandbox = command("sandbox", "Run a local server that behaves like the documented endpoint")
        .args(SANDBOX_SETTINGS.iter().map(|setting| option(setting).help_heading("Options")));
    let form = Arg::new("form").value_name("FORMAT").value_parser(["csv", "json", "ndjson"]);
    let sample = command("sample", "Print a small valid file to start from").arg(form.help("csv if none is named"));
    let config = command("config", "Print every setting, its value and where it came from")
        .args(SETTINGS.iter().map(option))
        .after_help("These are the common options; --help shows all of them.");
    let shell = Arg::new("shell").value_name("SHELL").required(true).value_parser(SHELL_NAMES);
    let completions = command("completions", "Print the completion script of a shell").arg(shell);
    let schema = command("schema", "Print the JSON Schema of summary.json");
    let page = Arg::new("command").value_name("COMMAND").value_parser(COMMANDS);
    let man = command("man", "Print a page of the manual (roff)").arg(page.help("The page of one command"));
    helped(import.arg(version.help_heading(Group::Output.as_str())), Group::Output.as_str()).subcommands([
        helped(check, Group::Output.as_str()),
        helped(phone, Group::Output.as_str()),
        helped(ping, Group::Output.as_str()),
        helped(sandbox, "Options"),
        helped(sample, "Options"),
        helped(config, Group::Output.as_str()),
        helped(merge, Group::Output.as_str()),
        helped(schema, "Options"),
        helped(completions, "Options"),
        helped(man, "Options"),
    ])
}

/// The options of a command that takes some of the settings, in the order of the table.
fn some(subset: Subset) -> impl Iterator<Item = Arg> {
    SETTINGS.iter().filter(move |setting| subset.names().any(|name| name == setting.name)).map(option)
}

/// Whether `check` uses an option; it takes the others too, so that the word can be put into any command line.
fn is_used_by_check(setting: &Setting) -> bool {
    match setting.group {
        Group::Delivery => ["batch-size", "batch-bytes", "only-changed"].contains(&setting.name),
        Group::Input | Group::Mapping | Group::Validation | Group::Output => true,
    }
}

fn command(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).max_term_width(80).disable_help_flag(true)
}

/// With the option for help at the very end.
fn helped(command: Command, heading: &'static str) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    command.arg(help.help("Print the common options; --help prints all").help_heading(heading))
}

fn file() -> Arg {
    Arg::new("file")
        .value_name("FILE")
        .num_args(1..)
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::FilePath)
        .help("Files to import as one job; - is standard input")
}

fn option(setting: &Setting) -> Arg {
    let arg = Arg::new(setting.name)
        .long(setting.name)
        .help(short_help(setting))
        .long_help(long_help(setting))
        .help_heading(setting.group.as_str())
        .hide_short_help(!setting.common);
    let arg = match setting.short {
        Some(short) => arg.short(short),
        None => arg,
    };
    let valued = |arg: Arg, name: &'static str| {
        arg.value_name(name).value_hint(hint(name)).value_parser(Words(setting.words)).hide_possible_values(true)
    };
    let arg = match setting.takes {
        Takes::Nothing => arg.action(ArgAction::SetTrue),
        Takes::Count => arg.action(ArgAction::Count),
        Takes::One(name) => valued(arg, name).action(ArgAction::Set),
        Takes::Many(name) => valued(arg, name).action(ArgAction::Append),
        Takes::Maybe(name) => valued(arg, name).action(ArgAction::Set).num_args(0..=1),
    };
    match setting.name {
        "dry-run" => arg.conflicts_with("sandbox"),
        // Nothing is gone on with.
        "same-account" => arg.conflicts_with("restart"),
        "trial" => arg.conflicts_with("dry-run"),
        _ => arg,
    }
}

/// The sentence, and its default where there is one.
fn short_help(setting: &Setting) -> String {
    match setting.default {
        "" => setting.says.to_owned(),
        default => format!("{} [default: {default}]", setting.says),
    }
}

/// The sentence, what else is worth knowing, the words it takes, and its default.
fn long_help(setting: &Setting) -> String {
    let mut text = setting.says.to_owned();
    if !setting.more.is_empty() {
        text = format!("{text}. {}", setting.more);
    }
    if !setting.words.is_empty() {
        text = format!("{text} [possible values: {}]", setting.words.join(", "));
    }
    if !setting.default.is_empty() {
        text = format!("{text} [default: {}]", setting.default);
    }
    if setting.repeats() {
        text.push_str(" [may be repeated]");
    }
    text
}

fn hint(value_name: &str) -> ValueHint {
    match value_name {
        "PATH" | "FILE" | "PEM" => ValueHint::FilePath,
        "DIR" => ValueHint::DirPath,
        "URL" => ValueHint::Url,
        "CMD" => ValueHint::CommandString,
        _ => ValueHint::Other,
    }
}

/// Tells completions which words there are. It refuses none: that is done where all values are judged, in `config`.
#[derive(Clone)]
struct Words(&'static [&'static str]);

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        if self.0.is_empty() { None } else { Some(Box::new(self.0.iter().map(|word| PossibleValue::new(*word)))) }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use snapbox::{assert_data_eq, file};

    use super::super::{Command as Parsed, parse};
    use super::*;

    fn printed(line: &str) -> String {
        match parse(line.split(' ').map(OsString::from), "9.0.0").unwrap() {
            Parsed::Print(text) => text,
            other => panic!("{line}: {other:?}"),
        }
    }

    /// `SNAPSHOTS=overwrite cargo test help` accepts a change.
    #[test]
    fn help_is_as_written() {
        assert_data_eq!(printed("m1import -h"), file!["../../tests/golden/help-short.txt"].raw());
        assert_data_eq!(printed("m1import --help"), file!["../../tests/golden/help.txt"].raw());
        assert_data_eq!(printed("m1import phone -h"), file!["../../tests/golden/help-phone.txt"].raw());
        assert_data_eq!(printed("m1import sandbox -h"), file!["../../tests/golden/help-sandbox.txt"].raw());
    }

    #[test]
    fn short_help_is_short() {
        for command in ["", "check ", "phone ", "ping ", "sandbox ", "config ", "completions ", "man ", "sample "] {
            let text = printed(&format!("m1import {command}-h"));
            assert!(text.lines().count() <= 72, "{command}: {} lines", text.lines().count());
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{command}: {text}");
        }
    }

    #[test]
    fn every_command_has_a_page() {
        let tree = tree("");
        let names: Vec<&str> = tree.get_subcommands().map(Command::get_name).collect();
        let missing: Vec<&&str> = names.iter().filter(|name| !COMMANDS.contains(name)).collect();
        assert!(missing.is_empty() && names.len() == COMMANDS.len(), "COMMANDS lacks {missing:?}");
    }

    #[test]
    fn long_help_names_every_option() {
        let text = printed("m1import --help");
        for setting in SETTINGS {
            assert!(text.contains(&format!("--{}", setting.name)), "--{}", setting.name);
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn shells_and_man_are_served() {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = printed(&format!("m1import completions {shell}"));
            assert!(script.contains("COMPLETE"), "{shell}");
        }
        let page = printed("m1import man");
        assert!(page.starts_with(".ie") && page.contains(r"\-\-default\-country"), "{page}");
        assert_eq!(
            printed("m1import --version"),
            format!("m1import {} (numbering plans 9.0.0)\n", env!("CARGO_PKG_VERSION"))
        );
    }
}
