//! The words that were typed, kept so that a message can print a command to type.
//!
//! Secrets are taken out when the line is made, so no later reader can show one.

use std::fmt;
use std::path::PathBuf;

use crate::shell::quote;

/// The words behind the program's name, without secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandLine {
    words: Vec<String>,
    token_took: bool,
}

impl CommandLine {
    /// Keeps the words; the values of `--token` and `--header`, the arguments of `--token-command` and the password of
    /// `--proxy` become `…`.
    pub fn new(words: impl IntoIterator<Item = String>) -> CommandLine {
        let mut line = CommandLine::default();
        let mut behind = None;
        for word in words {
            let option = behind.take();
            let shown = match (option, word.split_once('=')) {
                (Some(Private::Token), _) if !word.starts_with('-') => {
                    line.token_took = true;
                    "…".to_owned()
                }
                (Some(Private::Command), _) => without_arguments(&word),
                (Some(Private::Header), _) => without_value(&word),
                (Some(Private::Proxy), _) => without_password(&word),
                (_, Some(("--token", _))) => "--token=…".to_owned(),
                (_, Some(("--token-command", value))) => format!("--token-command={}", without_arguments(value)),
                (_, Some(("--header", value))) => format!("--header={}", without_value(value)),
                (_, Some(("--proxy", value))) => format!("--proxy={}", without_password(value)),
                _ => {
                    behind = Private::named(&word);
                    word
                }
            };
            line.words.push(shown);
        }
        line
    }

    /// The same command with some words more, as one would type it.
    pub fn with(&self, more: &[&str]) -> String {
        let end = self.words.iter().position(|word| word == "--").unwrap_or(self.words.len());
        let (front, back) = self.words.split_at_checked(end).unwrap_or((&self.words, &[]));
        let mut line = "m1import".to_owned();
        let words = front.iter().map(String::as_str).chain(more.iter().copied()).chain(back.iter().map(String::as_str));
        for word in words {
            line.push(' ');
            line.push_str(&quote(word));
        }
        line
    }

    /// The same command without its word `check` and what belongs to it alone: the import itself.
    pub fn without_check(&self) -> String {
        let mut line = self.clone();
        if let Some(at) = line.words.iter().position(|word| word == "check") {
            line.words.remove(at);
        }
        if let Some(at) = line.words.iter().position(|word| word == "--write-config") {
            line.words.drain(at..line.words.len().min(at + 2));
        }
        line.words.retain(|word| !word.starts_with("--write-config="));
        line.to_string()
    }

    /// The command that carries on or goes on: the same, but for `--restart`, which would begin anew.
    #[must_use]
    pub fn once_more(&self) -> CommandLine {
        let words = self.words.iter().filter(|word| *word != "--restart");
        CommandLine { words: words.cloned().collect(), token_took: self.token_took }
    }

    /// The same command with other files.
    pub fn with_files(&self, files: &[PathBuf], others: &[String]) -> String {
        let is_file = |word: &String| files.iter().any(|file| file.as_os_str() == word.as_str());
        let mut others = Some(others);
        let words = self.words.iter().flat_map(|word| match is_file(word) {
            true => others.take().unwrap_or_default().to_vec(),
            false => vec![word.clone()],
        });
        CommandLine { words: words.collect(), token_took: self.token_took }.to_string()
    }

    /// Whether `--token` took the word behind it, which may have been a file.
    pub fn token_took_a_word(&self) -> bool {
        self.token_took
    }
}

/// The command as it was typed, without secrets.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with(&[]))
    }
}

/// The options whose values are not for everybody.
enum Private {
    Token,
    Command,
    Header,
    Proxy,
}

impl Private {
    fn named(word: &str) -> Option<Private> {
        match word {
            "--token" => Some(Private::Token),
            "--token-command" => Some(Private::Command),
            "--header" => Some(Private::Header),
            "--proxy" => Some(Private::Proxy),
            _ => None,
        }
    }
}

/// A header with its name only.
pub(crate) fn without_value(header: &str) -> String {
    match header.split_once(':') {
        Some((name, _)) => format!("{name}: …"),
        None => "…".to_owned(),
    }
}

/// A command without what follows the program: it may name a key, and the program says enough.
pub(crate) fn without_arguments(command: &str) -> String {
    match command.split_once(char::is_whitespace) {
        Some((program, _)) => format!("{program} …"),
        None => command.to_owned(),
    }
}

/// An address without the name and password of its user.
pub(crate) fn without_password(address: &str) -> String {
    let start = address.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = address.split_at_checked(start).unwrap_or(("", address));
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}…@{host}"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_without_secrets() {
        let cases: &[(&[&str], &str)] = &[
            (&["a.csv", "--token", "geheim"], "m1import a.csv --token … --env-file .env"),
            (&["--token=geheim", "a.csv"], "m1import --token=… a.csv --env-file .env"),
            (&["a.csv", "--token", "--quiet"], "m1import a.csv --token --quiet --env-file .env"),
            (
                &["my file.csv", "--header", "X-Key: geheim"],
                "m1import 'my file.csv' --header 'X-Key: …' --env-file .env",
            ),
            (&["a.csv", "--header=X-Key: geheim"], "m1import a.csv '--header=X-Key: …' --env-file .env"),
            (&["--proxy", "http://me:geheim@host:1"], "m1import --proxy http://…@host:1 --env-file .env"),
            (&["--proxy=http://me:geh@eim@host"], "m1import --proxy=http://…@host --env-file .env"),
            (&["--token-command", "pass show geheim"], "m1import --token-command 'pass …' --env-file .env"),
            (&["--token-command=echo geheim"], "m1import '--token-command=echo …' --env-file .env"),
            (&["--", "it's.csv"], r"m1import --env-file .env -- 'it'\''s.csv'"),
            (&["", "$HOME"], "m1import '' '$HOME' --env-file .env"),
        ];
        for (words, shown) in cases {
            let line = CommandLine::new(words.iter().map(|word| (*word).to_owned()));
            assert_eq!(line.with(&["--env-file", ".env"]), *shown);
        }
    }

    #[test]
    fn the_command_that_follows() {
        let line = |words: &str| CommandLine::new(words.split(' ').map(str::to_owned));
        for (words, import) in [
            ("check a.csv --strict", "m1import a.csv --strict"),
            ("check a.csv --write-config x.toml --strict", "m1import a.csv --strict"),
            ("check --write-config=x.toml a.csv", "m1import a.csv"),
            ("check a.csv --write-config", "m1import a.csv"),
        ] {
            assert_eq!(line(words).without_check(), import);
        }
        assert_eq!(line("a.csv --restart --strict").once_more().to_string(), "m1import a.csv --strict");
    }
}
