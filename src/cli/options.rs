//! The options as data: one row each, with everything that help, completions, environment variables, the
//! configuration file and `m1import config` say of it.
//!
//! What a value means is not told here: `config` parses it, whichever way it came.

/// One option of the import.
#[derive(Debug)]
pub struct Setting {
    /// Its long name; also the key in the configuration file.
    pub name: &'static str,
    /// Its one-letter name.
    pub short: Option<char>,
    /// What stands behind it.
    pub takes: Takes,
    /// The only words it takes; empty if it takes others too.
    pub words: &'static [&'static str],
    /// The value it has if nobody gives one; empty for none.
    pub default: &'static str,
    /// Where it may be given.
    pub given: Given,
    /// The heading it stands under.
    pub group: Group,
    /// Whether `-h` shows it, which shows a few only.
    pub common: bool,
    /// What it does, in one line.
    pub says: &'static str,
    /// What else is worth knowing; empty if nothing is.
    pub more: &'static str,
}

/// What stands behind an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: it is on or off.
    Nothing,
    /// Nothing, and it counts how often it is given.
    Count,
    /// One value, with its name in the help.
    One(&'static str),
    /// One value each time, and it may be repeated.
    Many(&'static str),
    /// One value, or none by mistake: an unset variable behind `--token`.
    Maybe(&'static str),
}

/// Where an option may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Typed, by variable, or in a configuration file.
    Anywhere,
    /// Typed or by variable; a configuration file gets passed around.
    NotInFile,
    /// Typed or by variable of the environment; no file may name the next one.
    Environment,
    /// Typed only.
    Typed,
}

/// The headings of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Which rows are read, and how.
    Input,
    /// Which column is which field.
    Mapping,
    /// Which rows may be sent.
    Validation,
    /// Where to, with which right, and how fast.
    Delivery,
    /// What is told, and where it is written.
    Output,
}

impl Group {
    /// The heading as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::Input => "Input",
            Group::Mapping => "Mapping",
            Group::Validation => "Validation",
            Group::Delivery => "Delivery",
            Group::Output => "Output",
        }
    }
}

impl Setting {
    /// The name of its environment variable.
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.replace('-', "_").to_uppercase())
    }

    /// The option and what it is about, in a line: `--limit <N>: take the first N records of the job only`.
    pub fn explained(&self) -> String {
        let value = match self.takes {
            Takes::One(value) | Takes::Many(value) => format!(" <{value}>"),
            Takes::Maybe(value) => format!(" [<{value}>]"),
            Takes::Nothing | Takes::Count => String::new(),
        };
        // An abbreviation keeps its capitals.
        let mut says = self.says.chars();
        let first = match (says.next(), says.clone().next()) {
            (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().collect::<String>(),
            (first, _) => first.map(String::from).unwrap_or_default(),
        };
        format!("--{}{value}: {first}{}", self.name, says.as_str())
    }

    /// Whether its values are paths.
    pub fn is_path(&self) -> bool {
        matches!(self.takes, Takes::One("PATH" | "FILE" | "PEM" | "DIR") | Takes::Many("PATH"))
    }

    /// Whether several values may be given.
    pub fn repeats(&self) -> bool {
        matches!(self.takes, Takes::Many(_))
    }

    const fn more(mut self, more: &'static str) -> Setting {
        self.more = more;
        self
    }

    const fn words(mut self, words: &'static [&'static str]) -> Setting {
        self.words = words;
        self
    }

    const fn short(mut self, short: char) -> Setting {
        self.short = Some(short);
        self
    }

    const fn common(mut self) -> Setting {
        self.common = true;
        self
    }

    const fn given(mut self, given: Given) -> Setting {
        self.given = given;
        self
    }
}

/// What the names of all our environment variables begin with.
pub const VARIABLE_PREFIX: &str = "M1IMPORT_";

/// The option of that name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

const fn row(group: Group, name: &'static str, takes: Takes, default: &'static str, says: &'static str) -> Setting {
    Setting {
        name,
        short: None,
        takes,
        words: &[],
        default,
        given: Given::Anywhere,
        group,
        common: false,
        says,
        more: "",
    }
}

use Given::{Environment, NotInFile, Typed};
use Group::{Delivery, Input, Mapping, Output, Validation};
use Takes::{Count, Many, Maybe, Nothing, One};

/// Every option of the import, in the order of the help.
pub const SETTINGS: &[Setting] = &[
    row(Input, "format", One("FORMAT"), "auto", "Format of the files")
        .words(&["auto", "csv", "tsv", "json", "ndjson", "xlsx", "ldif", "vcard"])
        .common()
        .more("auto: by content first, then by extension; xlsx covers .xlsx, .xls and .ods"),
    row(Input, "delimiter", One("CHAR"), "", "Column separator: one character, or comma, semicolon, tab, pipe")
        .more("Default: detected"),
    row(Input, "encoding", One("LABEL"), "", "Text encoding, by any WHATWG label such as utf-8 or windows-1252")
        .more("Default: the byte order mark, then UTF-8, then detected (and shown)"),
    row(Input, "no-header", Nothing, "", "The first row is data"),
    row(Input, "columns", One("A,B,…"), "", "Names of the columns by position: fields or free names")
        .more("With --no-header, or to replace the header"),
    row(Input, "skip-lines", One("N"), "0", "Physical lines to skip before the header")
        .more("A preamble is also detected"),
    row(Input, "sheet", Many("NAME|N|all"), "", "Worksheets, by name or by number from 1, or all that have phone numbers")
        .more("Default: the first with a phone column"),
    row(Input, "limit", One("N"), "", "Take the first N records of the job only"),
    row(Input, "max-input", One("SIZE"), "", "The longest standard input or pipe that is taken")
        .more("Default: half of the free space where it is kept for the second reading"),
    row(Input, "min-rows", One("N"), "0", "Send nothing if fewer rows than this were read")
        .more("For exports that may be cut short"),
    row(Input, "max-drop", One("P%"), "", "Send nothing if the input has more than P % fewer rows than last time")
        .more("Last time: the newest finished import of this results folder and its runs/. Default: off"),
    row(Input, "shard", One("K/N"), "1/1", "Take the records of shard K of N only")
        .more("Or index:I/N, with I from 0 as job arrays count. N machines can share one file without talking to each other: split by phone number"),
    row(Input, "only", Many("COLUMN=VALUE,…"), "", "Send only rows whose column has one of these values").common()
        .more("Values are trimmed, case is ignored, COLUMN= is an empty cell; the other rows are skipped"),
    row(Input, "skip", Many("COLUMN=VALUE,…"), "", "Skip rows whose column has one of these values").common()
        .more("For consent columns, for instance; read as in --only"),
    row(Mapping, "map", Many("FIELD=COLUMN"), "", "Which column is which field").common().more(
        "FIELD: name first_name last_name phone prefix region email tags attr.KEY; \
             COLUMN: the header, or a dotted path in JSON (contact.phone.number). \
             Default: known headers in many languages, verified on the first 100 rows",
    ),
    row(Mapping, "attributes", One("auto|all|none|COL,COL"), "auto", "Columns sent as attributes")
        .more("auto: what the input itself calls so; all: every column that no field uses"),
    row(Mapping, "tag", Many("TAG"), "", "Add a tag to every contact").common(),
    row(Mapping, "set", Many("attr.KEY=VALUE"), "", "Give every contact this attribute").more("It beats the row's own"),
    row(Mapping, "tag-separator", One("CHARS"), "", "Characters that split the tags cell")
        .more("Default: , ; | and ' ::: '"),
    row(Mapping, "default-country", One("CC"), "", "Country of numbers written without one: IN, or 91")
        .common()
        .more("A row's own region beats it. Never guessed"),
    row(Validation, "phone-check", One("CHECK"), "valid", "How exactly numbers are checked")
        .words(&["valid", "possible"])
        .more("valid: in a real numbering range; possible: of the right length only"),
    row(Validation, "multiple", One("WHAT"), "first", "Several numbers in one cell: take the first valid one, or reject the row")
        .words(&["first", "reject"]),
    row(
        Validation,
        "phone-types",
        One("messaging|any|LIST"),
        "messaging",
        "Types of numbers to send: mobile, fixed_line, voip and more; messaging: all but voicemail and pager",
    )
    .more("fixed_line_or_mobile passes as either"),
    row(Validation, "phone-metadata", One("FILE"), "", "A newer text of the numbering plans than the one built in")
        .more("Made by python3 metadata/refresh.py --plans FILE in the project's sources"),
    row(Validation, "renumber", Nothing, "", "Rewrite numbers from before a renumbering, with a note"),
    row(
        Validation,
        "bare-international",
        Nothing,
        "",
        "Digits without + and without a country begin with a calling code",
    ),
    row(Validation, "on-duplicate", One("WHAT"), "merge", "Rows with the same phone become one contact")
        .words(&["merge", "first", "last", "error"])
        .more("merge: later values that are not empty win, tags and attributes are united; error: nothing is sent"),
    row(Validation, "bad-email", One("WHAT"), "drop", "An unusable address is left out, or its row rejected")
        .words(&["drop", "reject"]),
    row(Validation, "max-invalid", One("N|P%"), "unlimited", "Send nothing if more rows than this are invalid").common(),
    row(Validation, "strict", Nothing, "", "Send nothing if any row is invalid (--max-invalid 0) or there is a warning").common(),
    row(Validation, "omit-empty", Nothing, "", "Leave empty name, tags and attributes out of the payload")
        .more("So that an update cannot blank them"),
    row(Delivery, "token", Maybe("TOKEN"), "", "API token (when typed, others can see it)")
        .given(NotInFile)
        .common()
        .more(
            "On the platform: More > Developer > API Access Token. Typed, it shows in ps and in the history of the shell: \
             prefer M1IMPORT_TOKEN or --token-file",
        ),
    row(Delivery, "token-file", One("PATH"), "", "File that holds the token; - is standard input")
        .common()
        .more("Read again when the server says 401"),
    row(Delivery, "token-command", One("CMD"), "", "The token is what this command prints")
        .more("Run by sh -c, once more when the server says 401"),
    row(
        Delivery,
        "endpoint",
        One("URL"),
        "https://api.v7.express-chat.com/inbox/users/import",
        "Where contacts are sent: the whole URL",
    ).common(),
    row(Delivery, "auth-type", One("TYPE"), "auto", "The authtype header")
        .words(&["auto", "key", "none"])
        .more("auto: Key for an opaque token, none for a JWT"),
    row(Delivery, "bot-id", One("ID"), "", "Bot to import for, sent as header and query botId"),
    row(Delivery, "header", Many("NAME: VALUE"), "", "One more header for every request"),
    row(Delivery, "batch-size", One("N"), "100", "Contacts in one request at most"),
    row(Delivery, "batch-bytes", One("SIZE"), "90kB", "Bytes in one request at most"),
    row(Delivery, "concurrency", One("auto|N"), "auto", "Requests in flight at once")
        .more("auto: adapts between 1 and 8"),
    row(Delivery, "rate", One("N/s"), "unlimited", "Requests per second (/s) or minute (/m), retries included").common(),
    row(Delivery, "timeout", One("DURATION"), "60s", "Longest time for one request"),
    row(Delivery, "connect-timeout", One("DURATION"), "10s", "Longest time to connect"),
    row(Delivery, "attempts", One("N"), "8", "Attempts for one batch"),
    row(Delivery, "give-up-after", One("DURATION"), "15m", "End, resumably, after so long without any success"),
    row(Delivery, "max-wait", One("DURATION"), "10m", "Longest wait that the server may ask for"),
    row(Delivery, "max-refused", One("N|P%"), "unlimited", "Stop, resumably, when the server rejected more than this"),
    row(Delivery, "cacert", One("PEM"), "", "File with certificates to trust beside the system's"),
    row(Delivery, "proxy", One("URL"), "", "Proxy to use").more("Default: the system's (HTTPS_PROXY, NO_PROXY)"),
    row(Delivery, "on-finish", One("CMD"), "", "Command to run at the end of an import, with summary.json on its input")
        .more(
            "Run by sh -c with M1IMPORT_STATUS and M1IMPORT_EXIT_CODE set, for 60 s at most; its output goes to standard \
             error, and its failure is a warning",
        ),
    row(Delivery, "only-changed", One("FILE"), "", "Send only what is new or changed; FILE says which")
        .common()
        .more("FILE holds what the server accepted last, and is made at the first use: 16 bytes a contact. It is of one endpoint and bot; with --shard each has its own"),
    row(Delivery, "trial", One("N"), "", "Send N contacts at most; typed again, N more")
        .given(Typed)
        .common()
        .more("Typed without --trial, it sends the rest"),
    row(Delivery, "same-account", Nothing, "", "Resume under another token of the same account")
        .given(Typed)
        .more("Without it a journal that was begun with another token is not resumed"),
    row(Delivery, "restart", Nothing, "", "Forget an unfinished journal and start over").common()
        .given(Typed)
        .more("Without it the same command resumes where it stopped"),
    row(Delivery, "dry-run", Nothing, "", "Do everything but the requests").given(Typed).common(),
    row(Delivery, "sandbox", Nothing, "", "Deliver to a server inside the program, as a trial")
        .given(Typed)
        .common(),
    row(Delivery, "threads", One("auto|N"), "auto", "Threads that read and judge rows")
        .more("auto: one a core, 8 at most. The result is the same"),
    row(Delivery, "memory", One("SIZE"), "", "Memory for telling duplicates apart, sorted on disk beyond")
        .more("16 bytes a phone; the result is the same. Default: a quarter of the machine's memory, 1 GiB at most"),
    row(Output, "output-dir", One("DIR"), "", "The results folder")
        .short('o')
        .common()
        .more("Default: beside the first file, contacts.results for contacts.csv"),
    row(Output, "report", Many("PATH"), "", "One more report: .json .csv .html .md .xml (JUnit) .prom").common()
        .more("Replaces a file that is there, never an input"),
    row(Output, "keep-runs", One("N"), "10", "How many earlier runs the results folder keeps in runs/")
        .more("Their summary, report and rejected rows; 0 keeps none"),
    row(Output, "write-config", One("PATH"), "", "check only: write down what was detected, as settings")
        .given(Typed)
        .more("Never over an existing file"),
    row(Output, "config", One("PATH"), "", "Configuration file to use instead of ./m1import.toml").common().given(Environment),
    row(Output, "env-file", One("PATH"), "", "File of variables to use instead of ./.env").given(Typed),
    row(Output, "profile", One("NAME"), "", "Use [profile.NAME] of the configuration file over its top level")
        .given(Typed),
    row(Output, "output", One("FORM"), "text", "What standard output carries: a summary, or JSON")
        .words(&["text", "json"])
        .common(),
    row(Output, "progress", One("WHEN"), "auto", "Show progress")
        .words(&["auto", "always", "never"])
        .more("auto: a bar on a terminal, else a plain line now and then"),
    row(Output, "color", One("WHEN"), "auto", "Use colour")
        .words(&["auto", "always", "never"])
        .more("auto: on a terminal; NO_COLOR, CLICOLOR and CLICOLOR_FORCE are heeded"),
    row(Output, "quiet", Nothing, "", "Say nothing but errors").short('q').common(),
    row(Output, "verbose", Count, "", "Say each request and wait; -vv headers and answers too").common().short('v'),
    row(Output, "show-values", Nothing, "", "Show cell values on the screen and in report.html, not masked").common(),
];

/// The options of `m1import sandbox`; all of them are typed.
pub const SANDBOX_SETTINGS: &[Setting] = &[
    row(Delivery, "port", One("PORT"), "8787", "Port on loopback; 0 takes a free one").given(Typed).common(),
    row(Delivery, "token", One("TOKEN"), "sandbox", "The token it accepts").given(Typed).common(),
    row(Delivery, "latency", One("DURATION"), "0ms", "How long every answer takes").given(Typed).common(),
    row(Delivery, "fail-rate", One("P%"), "0%", "Share of requests answered with 503").given(Typed).common(),
    row(Delivery, "rate", One("N/s"), "unlimited", "Requests above this are answered with 429").given(Typed).common(),
    row(Delivery, "max-body", One("SIZE"), "unlimited", "Bodies above this are answered with 413")
        .given(Typed)
        .common(),
    row(Delivery, "refuse", Many("NUMBER"), "", "Answer 400 to a batch with this number (digits with calling code)")
        .given(Typed)
        .common(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::subsets::Subset;
    use super::*;

    #[test]
    fn rows_are_well_formed() {
        let mut names = BTreeSet::new();
        let mut shorts = BTreeSet::new();
        for setting in SETTINGS {
            let name = setting.name;
            assert!(names.insert(name), "--{name} twice");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "--{name}");
            assert!(setting.short.is_none_or(|short| shorts.insert(short)), "--{name}: short name twice");
            assert!(!setting.says.is_empty() && !setting.says.ends_with('.'), "--{name}: {}", setting.says);
            assert!(!setting.more.ends_with('.'), "--{name}: {}", setting.more);
            assert!(setting.words.is_empty() || setting.words.contains(&setting.default), "--{name}");
            let switch = matches!(setting.takes, Takes::Nothing | Takes::Count);
            assert!(!switch || setting.default.is_empty(), "--{name} is a switch with a default");
        }
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.group), "groups are apart");
        for name in [Subset::Phone, Subset::Ping, Subset::Merge].into_iter().flat_map(Subset::names) {
            assert!(names.contains(&name), "{name}");
        }
    }

    #[test]
    fn options_are_explained_in_a_line() {
        let cases = [
            ("default-country", "--default-country <CC>: country of numbers written without one: IN, or 91"),
            ("token", "--token [<TOKEN>]: API token (when typed, others can see it)"),
            ("strict", "--strict: send nothing if any row is invalid (--max-invalid 0) or there is a warning"),
        ];
        for (name, line) in cases {
            assert_eq!(setting(name).unwrap().explained(), line);
        }
    }

    #[test]
    fn variables_are_named_after_options() {
        assert_eq!(setting("give-up-after").unwrap().variable(), "M1IMPORT_GIVE_UP_AFTER");
    }
}
