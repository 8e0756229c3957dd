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
    /// Keeps the words; the values of `--token` and `--header`, the arguments of `--token-command` and
    /// `--on-finish`, the password of
    /// `--proxy` and the query of `--endpoint` become `…`.
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
                (Some(Private::Endpoint), _) => without_query(&without_password(&word)),
                (_, Some(("--token", _))) => "--token=…".to_owned(),
                (_, Some((option @ ("--token-command" | "--on-finish"), value))) => {
                    format!("{option}={}", without_arguments(value))
                }
                (_, Some(("--header", value))) => format!("--header={}", without_value(value)),
                (_, Some(("--proxy", value))) => format!("--proxy={}", without_password(value)),
                (_, Some(("--endpoint", _))) => without_query(&without_password(&word)),
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
        line.leave_out("--write-config");
        line.to_string()
    }

    /// The command that carries on or goes on: the same, but for `--restart`, which would begin anew, and for `--trial`, which
    /// would send a few.
    #[must_use]
    pub fn once_more(&self) -> CommandLine {
        let mut line = self.clone();
        line.words.retain(|word| word != "--restart");
        line.leave_out("--trial");
        line
    }

    /// Takes an option and its value away.
    fn leave_out(&mut self, option: &str) {
        if let Some(at) = self.words.iter().position(|word| word == option) {
            self.words.drain(at..self.words.len().min(at + 2));
        }
        self.words.retain(|word| !word.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')));
    }

    /// The same command for files of rejected rows instead of `files`. It writes into a folder of its own, reads all
    /// of the rows whatever shard they came from, and shows no token.
    #[must_use]
    pub fn with_files(&self, files: &[PathBuf], others: &[String]) -> CommandLine {
        let is_file = |word: &String| files.iter().any(|file| file.as_os_str() == word.as_str());
        let mut others = Some(others);
        let mut words = Vec::new();
        let mut typed = self.words.iter().peekable();
        while let Some(word) = typed.next() {
            if word == "--" {
                words.push(word.clone());
                words.extend(typed.by_ref().filter(|word| !is_file(word)).cloned());
            } else if is_file(word) {
                words.extend(others.take().unwrap_or_default().iter().cloned());
            } else if let Some((option, has_value)) = one_time(word) {
                // `-qo DIR` keeps its `-q`.
                words.extend(option);
                if !has_value && (word != "--token" || typed.peek().is_some_and(|value| *value == "…")) {
                    typed.next();
                }
            } else {
                words.push(word.clone());
            }
        }
        words.extend(others.take().unwrap_or_default().iter().cloned());
        CommandLine { words, token_took: self.token_took }
    }

    /// Whether an option that clap does not know is the word behind `--token`: a token that begins with a dash.
    pub fn is_behind_token(&self, option: &str) -> bool {
        let behind = |pair: &[String]| matches!(pair, [token, word] if token == "--token" && word.starts_with(option));
        self.words.windows(2).any(behind)
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
    Endpoint,
}

impl Private {
    fn named(word: &str) -> Option<Private> {
        match word {
            "--token" => Some(Private::Token),
            "--token-command" | "--on-finish" => Some(Private::Command),
            "--header" => Some(Private::Header),
            "--proxy" => Some(Private::Proxy),
            "--endpoint" => Some(Private::Endpoint),
            _ => None,
        }
    }
}

/// Whether a word is an option that does not belong to the command for the rejected rows; what is left of the word,
/// and whether it holds the value itself.
fn one_time(word: &str) -> Option<(Option<String>, bool)> {
    const LONG: &[&str] = &["--output-dir", "--token", "--token-command", "--shard"];
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    if LONG.contains(&name) {
        return Some((None, value.is_some()));
    }
    let (flags, value) = word.strip_prefix('-')?.split_once('o')?;
    let is_cluster = flags.bytes().all(|flag| matches!(flag, b'q' | b'v'));
    is_cluster.then(|| ((!flags.is_empty()).then(|| format!("-{flags}")), !value.is_empty()))
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

/// An address without its query, which may hold a key.
pub(crate) fn without_query(address: &str) -> String {
    match address.split_once('?') {
        Some((address, _)) => format!("{address}?…"),
        None => address.to_owned(),
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
            (&["--endpoint", "https://h/p?k=geheim"], "m1import --endpoint 'https://h/p?…' --env-file .env"),
            (&["--endpoint=https://h/p?k=geheim"], "m1import '--endpoint=https://h/p?…' --env-file .env"),
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
    fn the_command_for_rejected_rows() {
        let cases: &[(&[&str], &str)] = &[
            (&["a.csv", "-o", "R"], "m1import R/rejected.csv"),
            (&["-oR", "a.csv", "--restart"], "m1import R/rejected.csv"),
            (&["a.csv", "-qvo", "R", "--strict"], "m1import R/rejected.csv -qv --strict"),
            (&["--output-dir=R", "a.csv", "b.csv", "--tag", "x"], "m1import R/rejected.csv --tag x"),
            (&["a.csv", "--token", "geheim", "--output-dir", "R"], "m1import R/rejected.csv"),
            (&["a.csv", "--token", "--strict"], "m1import R/rejected.csv --strict"),
            (&["a.csv", "--shard", "2/8", "--default-country", "IN"], "m1import R/rejected.csv --default-country IN"),
            (&["--token-command", "pass x", "--", "a.csv"], "m1import -- R/rejected.csv"),
            (&["-", "--format", "csv"], "m1import R/rejected.csv --format csv"),
        ];
        let files = ["a.csv", "b.csv", "-"].map(PathBuf::from);
        for (words, shown) in cases {
            let line = CommandLine::new(words.iter().map(|word| (*word).to_owned())).once_more();
            assert_eq!(line.with_files(&files, &["R/rejected.csv".to_owned()]).to_string(), *shown, "{words:?}");
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
        for words in ["a.csv --restart --strict", "a.csv --trial 5 --strict", "--trial=5 a.csv --strict --restart"] {
            assert_eq!(line(words).once_more().to_string(), "m1import a.csv --strict");
        }
    }
}
