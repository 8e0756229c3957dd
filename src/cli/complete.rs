//! Completion at Tab, by the program itself: `COMPLETE=zsh m1import` prints the line for the shell, which from then on asks
//! the program what may follow.
//!
//! Nothing is run at Tab, no token is read and no network used. Names with control characters are left out; the shells
//! quote what they insert, and bash is made to.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter, complete};
use clap_complete::env::{Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use super::help::tree;
use super::options::{Takes, setting};
use crate::shell::{quote, unquote};

/// What only the other modules know of values.
pub struct Values {
    /// Countries by ISO code, with their names.
    pub countries: Vec<(String, String)>,
    /// Labels of encodings.
    pub encodings: Vec<String>,
    /// Types of phone numbers.
    pub phone_types: Vec<String>,
    /// The profiles of the settings file.
    pub profiles: Vec<String>,
    /// The columns of a file, read within bounds; none where it cannot be read.
    pub columns: fn(&Path) -> Vec<String>,
}

/// The fields that `--map` takes.
const FIELDS: &[&str] =
    &["name", "first_name", "last_name", "phone", "area", "prefix", "region", "email", "tags", "attr."];

/// The shells that completion is there for.
const SHELLS: Shells<'static> = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// The names of these shells.
pub const SHELL_NAMES: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The line or script that a shell reads at its start; `program` is how it calls the program. `None` for another shell.
pub fn script(shell: &str, program: &str) -> Option<String> {
    let mut script = Vec::new();
    let shell = SHELLS.completer(shell)?;
    shell.write_registration("COMPLETE", "m1import", "m1import", program, &mut script).ok()?;
    let script = String::from_utf8_lossy(&script).trim().to_owned() + "\n";
    let others = [
        // In a quote that is still open zsh hands over a word that cannot be unquoted.
        (
            "    local _CLAP_IFS=",
            "    local typed=(\"${words[@]}\")\n    typed[CURRENT]+=\"${compstate[quote]}\"\n    local _CLAP_IFS=",
        ),
        // zsh knows `compdef` only after `compinit`, which not everybody's start file runs before this.
        (
            "#compdef m1import\n",
            "#compdef m1import\n(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n",
        ),
        // zsh and fish hand over words with the quoting that was typed.
        ("-- \"${words[@]}\"", "-- \"${(@Q)typed}\""),
        (
            "(commandline --current-token)",
            "(commandline --current-token | string unescape; or commandline --current-token)",
        ),
    ];
    Some(others.into_iter().fold(script, |script, (from, to)| match shell.name() {
        "zsh" | "fish" => script.replace(from, to),
        _ => script,
    }))
}

/// What may stand where the last of the words is being typed, in the form of the shell. `words` begin with the program;
/// `front` is what of the last one bash does not replace, as it was typed.
///
/// # Errors
/// There is no such shell, or nothing can be said.
pub fn candidates(shell: &str, words: Vec<OsString>, front: &str, values: Values) -> io::Result<String> {
    let shell = SHELLS.completer(shell).ok_or(io::ErrorKind::InvalidInput)?;
    let words = if shell.name() == "bash" { words.into_iter().map(without_quotes).collect() } else { words };
    let typed = Arc::new(Typed { files: files(&words), values });
    let tree = tree("");
    let names: Vec<String> = tree.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let add = |command: Command| command.mut_args(|arg| with_completer(arg, &typed));
    let mut tree = names.into_iter().fold(add(tree), |tree, name| tree.mut_subcommand(name, add));
    let mut answer = Vec::new();
    shell.write_complete(&mut tree, words, std::env::current_dir().ok().as_deref(), &mut answer)?;
    let (answer, front) = (String::from_utf8_lossy(&answer), unquote(front));
    Ok(answer.split_inclusive('\n').map(|line| line.strip_prefix(&front).unwrap_or(line)).collect())
}

/// A word as it is meant: bash, unlike the others, hands it over as it was typed.
fn without_quotes(word: OsString) -> OsString {
    word.to_str().map(|word| OsString::from(unquote(word))).unwrap_or(word)
}

/// What was typed so far, and what may follow.
struct Typed {
    files: Vec<PathBuf>,
    values: Values,
}

/// The inputs among the words, without the last one, which is being typed. The value of an option is none: it may be the
/// file of a token.
fn files(words: &[OsString]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut words = words.iter().skip(1).take(words.len().saturating_sub(2)).peekable();
    while let Some(word) = words.next() {
        let Some(text) = word.to_str() else { continue };
        let takes = match text.strip_prefix("--") {
            Some(name) => setting(name).map(|setting| setting.takes),
            None if text.starts_with('-') && text.ends_with('o') => Some(Takes::One("DIR")),
            None => {
                if !text.starts_with('-') {
                    files.push(PathBuf::from(text));
                }
                None
            }
        };
        match takes {
            Some(Takes::One(_) | Takes::Many(_)) => drop(words.next()),
            Some(Takes::Maybe(_)) => drop(words.next_if(|next| !next.to_string_lossy().starts_with('-'))),
            Some(Takes::Nothing | Takes::Count) | None => {}
        }
    }
    files
}

/// The argument with its completer, if its values are more than a list of words.
fn with_completer(arg: Arg, typed: &Arc<Typed>) -> Arg {
    let name = arg.get_id().as_str().to_owned();
    let paths = match arg.get_value_hint() {
        ValueHint::FilePath => Some(PathCompleter::file()),
        ValueHint::DirPath => Some(PathCompleter::dir()),
        _ => None,
    };
    let typed = Arc::clone(typed);
    match paths {
        Some(paths) => arg.add(ArgValueCompleter::new(move |current: &OsStr| plain(paths.complete(current)))),
        None if COMPLETED.contains(&name.as_str()) => {
            arg.add(ArgValueCompleter::new(move |current: &OsStr| plain(typed.values_of(&name, current))))
        }
        None => arg,
    }
}

/// The options whose values `Typed::values_of` knows.
const COMPLETED: &[&str] = &[
    "default-country",
    "encoding",
    "phone-types",
    "profile",
    "delimiter",
    "columns",
    "map",
    "attributes",
    "concurrency",
    "sheet",
    "only",
    "skip",
    "set",
];

impl Typed {
    fn columns(&self) -> Vec<String> {
        self.files.iter().flat_map(|file| (self.values.columns)(file)).collect()
    }

    /// The values of an option that go on from what is typed of it.
    fn values_of(&self, option: &str, current: &OsStr) -> Vec<CompletionCandidate> {
        let Some(current) = current.to_str() else { return Vec::new() };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let fields = FIELDS.iter().map(|field| (*field).to_owned());
        match option {
            "default-country" => {
                let countries = self.values.countries.iter();
                let matching = countries.filter(|(code, _)| begins(code, current));
                return matching.map(|(code, name)| CompletionCandidate::new(code).help(Some(name.into()))).collect();
            }
            "encoding" => matching("", &self.values.encodings, current),
            "profile" => matching("", &self.values.profiles, current),
            "delimiter" => matching("", &words(&["comma", "semicolon", "tab", "pipe"]), current),
            "set" => matching("", &words(&["attr."]), current),
            "concurrency" => matching("", &words(&["auto"]), current),
            "sheet" => matching("", &words(&["all"]), current),
            "phone-types" => listed(&self.values.phone_types, current),
            "columns" => listed(&fields.collect::<Vec<_>>(), current),
            "attributes" => listed(&[words(&["auto", "all", "none"]), self.columns()].concat(), current),
            "map" => match current.split_once('=') {
                Some((field, column)) => matching(&format!("{field}="), &self.columns(), column),
                None => {
                    let fields = fields.map(|field| if field.ends_with('.') { field } else { format!("{field}=") });
                    matching("", &fields.collect::<Vec<_>>(), current)
                }
            },
            // `--only` and `--skip`: the column; what it holds is the contacts' business.
            _ => matching("", &self.columns().iter().map(|column| format!("{column}=")).collect::<Vec<_>>(), current),
        }
        .into_iter()
        .map(CompletionCandidate::new)
        .collect()
    }
}

/// The values that go on from `current`, with what stands in front of it.
fn matching(front: &str, values: &[String], current: &str) -> Vec<String> {
    values.iter().filter(|value| begins(value, current)).map(|value| format!("{front}{value}")).collect()
}

/// The same for the last part of a list that is separated by commas.
fn listed(values: &[String], current: &str) -> Vec<String> {
    let (front, last) = current
        .rsplit_once(',')
        .map_or(("", current), |(_, last)| (current.get(..current.len() - last.len()).unwrap_or_default(), last));
    matching(front, values, last)
}

/// Whether a value begins with what is typed of it, in any case.
fn begins(value: &str, typed: &str) -> bool {
    value.to_lowercase().starts_with(&typed.to_lowercase())
}

/// Those without control characters, which would end a line, or act on the terminal.
fn plain(mut candidates: Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    candidates.retain(|candidate| {
        candidate.get_value().to_str().is_some_and(|text| !text.contains(crate::invisible::hides_or_moves))
    });
    candidates
}

/// bash with what its words lack: they are split at `=` and `:`, and what is inserted is not quoted.
struct Bash;

/// The function that bash calls at Tab. `words` is joined again where bash has split a word; `front` is what stands in
/// front of the part that bash replaces, and ends in a quote that is still open. There only answers that need no quoting
/// are given.
const BASH: &str = r#"_m1import_complete() {
    local words=() word glue=0 i current="$2" answer front quoted
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if ((i > 1)) && { ((glue)) || [[ $word == [=:]* ]]; }; then
            words[${#words[@]}-1]+="$word"
        else
            words+=("$word")
        fi
        [[ $word == *[=:] ]] && glue=1 || glue=0
    done
    word="${words[${#words[@]}-1]}"
    front="${word%"$current"}"
    COMPREPLY=()
    while IFS= read -r answer; do
        [[ -z $answer ]] && continue
        case "$front" in
            *[\"\']) [[ $answer == *[!A-Za-z0-9\ ._/=,:@%+-]* ]] && continue ;;
            *)
                printf -v quoted %q "$answer"
                quoted="${quoted//\\,/,}"
                [[ $answer == "~/"* ]] && printf -v quoted '~/%q' "${answer#"~/"}"
                answer="$quoted"
                ;;
        esac
        COMPREPLY+=("$answer")
    done < <(COMPLETE=bash PROGRAM "$front" -- "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} != *[=/:.] ]]; then
        compopt +o nospace 2>/dev/null
    fi
}
complete -o nospace -F _m1import_complete m1import
"#;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(&self, _: &str, _: &str, _: &str, program: &str, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(BASH.replace("PROGRAM", &quote(program)).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let last = words.len().saturating_sub(1);
        for candidate in complete(command, words, last, folder)? {
            writeln!(to, "{}", candidate.get_value().to_string_lossy())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::SETTINGS;
    use super::*;

    fn values() -> Values {
        Values {
            countries: vec![("IN".to_owned(), "India".to_owned()), ("IT".to_owned(), "Italy".to_owned())],
            encodings: vec!["utf-8".to_owned()],
            phone_types: vec!["mobile".to_owned(), "voip".to_owned()],
            profiles: vec!["staging".to_owned()],
            columns: |path| if path == Path::new("a.csv") { vec!["Full Name".into(), "Mobile".into()] } else { vec![] },
        }
    }

    fn answers(line: &str) -> Vec<String> {
        let words = line.split(' ').map(|word| OsString::from(word.replace('_', " "))).collect();
        candidates("bash", words, "", values()).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_may_follow() {
        let cases: &[(&str, &[&str])] = &[
            ("m1import che", &["check"]),
            ("m1import a.csv --default-c", &["--default-country"]),
            ("m1import a.csv --default-country i", &["IN", "IT"]),
            ("m1import check a.csv --default-country=in", &["--default-country=IN"]),
            ("m1import a.csv --format ", &["auto", "csv", "tsv", "json", "ndjson", "xlsx", "ldif", "vcard"]),
            ("m1import a.csv --phone-types mobile,v", &["mobile,voip"]),
            ("m1import a.csv --profile ", &["staging"]),
            ("m1import a.csv --map ph", &["phone="]),
            ("m1import a.csv --map phone=", &["phone=Full Name", "phone=Mobile"]),
            ("m1import check a.csv --map phone=mo", &["phone=Mobile"]),
            ("m1import b.csv --map phone=", &[]),
            ("m1import --token-file a.csv --map phone=", &[]),
            ("m1import --token a.csv --map phone=", &[]),
            ("m1import a.csv --attributes Mobile,F", &["Mobile,Full Name"]),
            ("m1import a.csv --only Mo", &["Mobile="]),
            ("m1import completions z", &["zsh"]),
            ("m1import 'a.csv' --map phone=", &["phone=Full Name", "phone=Mobile"]),
            ("m1import \"a\".c\\sv --map \"phone=F", &["phone=Full Name"]),
            ("m1import a.csv --concurrency ", &["auto"]),
            ("m1import a.csv --sheet a", &["all"]),
        ];
        for (line, expected) in cases {
            assert_eq!(answers(line), *expected, "{line}");
        }
    }

    #[test]
    fn every_completed_option_is_one() {
        for name in COMPLETED {
            assert!(SETTINGS.iter().any(|setting| setting.name == *name), "{name}");
        }
    }

    #[test]
    fn each_shell_has_a_script() {
        for shell in SHELL_NAMES {
            let script = script(shell, "m1import").unwrap();
            assert!(script.contains("COMPLETE") && script.contains("m1import"), "{shell}: {script}");
        }
        assert_eq!(script("tcsh", "m1import"), None);
    }
}
