//! What is wrong with a command line that cannot be understood, and where it is told how it should be.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command as Clap};

use super::{Command, CommandLine, Error, synonyms};
use crate::diagnostic::RunCode;

/// How the help is called that a line which cannot be understood needs: that of its command, if it names one.
pub(super) fn help_of(tree: Clap, arguments: &[OsString]) -> String {
    let matches = tree.ignore_errors(true).try_get_matches_from(arguments).ok();
    match matches.as_ref().and_then(ArgMatches::subcommand_name) {
        Some(command) => format!("m1import {command} --help"),
        None => "m1import --help".to_owned(),
    }
}

/// Help and version as text, everything else as an error in our own form, where `help` is the command to look at.
pub(super) fn stopped(stop: &clap::Error, line: &CommandLine, help: impl FnOnce() -> String) -> Result<Command, Error> {
    let code = match stop.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return Ok(Command::Print(stop.render().to_string()));
        }
        ErrorKind::MissingRequiredArgument if matches!(stop.get(ContextKind::InvalidArg), Some(ContextValue::Strings(missing)) if missing.iter().any(|one| one == "<SHELL>")) =>
        {
            return Err(Error {
                code: RunCode::UsageMissingValue,
                message: "no shell is named".to_owned(),
                hint: "m1import completions SHELL: bash, elvish, fish, powershell or zsh".to_owned(),
            });
        }
        ErrorKind::MissingRequiredArgument => return Err(no_file(line)),
        ErrorKind::UnknownArgument if matches!(stop.get(ContextKind::InvalidArg), Some(ContextValue::String(option)) if line.is_behind_token(option)) =>
        {
            return Err(Error {
                code: RunCode::UsageUnknownOption,
                message: "what stands behind --token is no option (not shown, since it may be the token)".to_owned(),
                hint: "a token that begins with a dash is written --token=TOKEN".to_owned(),
            });
        }
        ErrorKind::UnknownArgument => RunCode::UsageUnknownOption,
        ErrorKind::InvalidSubcommand => RunCode::UsageUnknownCommand,
        ErrorKind::ArgumentConflict => RunCode::UsageConflict,
        ErrorKind::InvalidValue
            if stop.get(ContextKind::InvalidValue) == Some(&ContextValue::String(String::new())) =>
        {
            RunCode::UsageMissingValue
        }
        _ => RunCode::UsageMalformed,
    };
    let text = stop.render().to_string();
    let told = text.split("\n\n").next().unwrap_or_default();
    let message = told.strip_prefix("error: ").unwrap_or(told).split_whitespace().collect::<Vec<_>>().join(" ");
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near = near.into_iter().find_map(|kind| match stop.get(kind)? {
        ContextValue::String(word) => Some(word.clone()),
        ContextValue::Strings(words) => words.first().cloned(),
        _ => None,
    });
    let synonym = match stop.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(option)) if code == RunCode::UsageUnknownOption => synonyms::for_option(option),
        _ => None,
    };
    let near = synonym.or_else(|| near.map(|word| format!("did you mean {word}?")));
    let hint = near.unwrap_or_else(|| code.remedy().replace("m1import --help", &help()));
    Err(Error { code, message, hint })
}

fn no_file(line: &CommandLine) -> Error {
    let code = RunCode::UsageNoFile;
    let hint = if line.token_took_a_word() {
        "--token took the word behind it: is the variable set? Put the file first: m1import FILE --token …"
    } else {
        code.remedy()
    };
    Error { code, message: code.description().to_owned(), hint: hint.to_owned() }
}
