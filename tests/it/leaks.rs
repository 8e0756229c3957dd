//! The leak hunt: a server that repeats the token in every form it can think of, and every file and stream of the run
//! searched for a piece of it.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustix::process::{Pid, Signal};

use crate::support::exchange::Reply;
use crate::support::faults::Transmission;
use crate::support::job::folder;
use crate::support::program::{Folder, Run, eventually, m1import};
use crate::support::server::Server;

/// A token with the characters that writers of JSON escape.
const TOKEN: &str = "Zk7/q9Xv+31bTmWc/8RjUe2+yLhGdN5sQaPo0i";

/// How many characters in a row give the token away.
const PIECE: usize = 8;

fn each(text: &str, form: impl Fn(char) -> String) -> String {
    text.chars().map(form).collect()
}

/// Forms of the token, each as it stands within a JSON string of the answer.
fn echoes() -> Vec<(&'static str, String)> {
    let hex = each(TOKEN, |c| format!("{:02x}", c as u32));
    let base64 = STANDARD.encode(TOKEN);
    vec![
        ("whole", TOKEN.to_owned()),
        ("with its scheme", format!("Bearer {TOKEN}")),
        ("first 12", TOKEN[..12].to_owned()),
        ("first 11", TOKEN[..11].to_owned()),
        ("without the first 12", TOKEN[12..].to_owned()),
        ("last 20", TOKEN[TOKEN.len() - 20..].to_owned()),
        ("last 8", TOKEN[TOKEN.len() - 8..].to_owned()),
        ("middle", TOKEN[9..25].to_owned()),
        ("upper case", TOKEN.to_uppercase()),
        ("lower case", TOKEN.to_lowercase()),
        ("reversed", TOKEN.chars().rev().collect()),
        ("two halves", format!("{} {}", &TOKEN[..19], &TOKEN[19..])),
        ("two lines", format!("{}\\n{}", &TOKEN[..19], &TOKEN[19..])),
        ("spaced", each(TOKEN, |c| format!("{c} "))),
        ("dashed", each(TOKEN, |c| format!("{c}-"))),
        ("in commas", each(TOKEN, |c| format!("{c}, "))),
        ("with zero-width spaces", each(TOKEN, |c| format!("{c}\u{200b}"))),
        ("full width", each(TOKEN, |c| char::from_u32(c as u32 + 0xfee0).unwrap_or(c).to_string())),
        ("JSON escapes", each(TOKEN, |c| format!("\\u{:04x}", c as u32))),
        ("JSON escapes, upper case", each(TOKEN, |c| format!("\\u{:04X}", c as u32))),
        ("escaped slashes", TOKEN.replace('/', "\\/")),
        ("escaped plus signs", TOKEN.replace('+', "\\u002B")),
        ("escaped twice", each(TOKEN, |c| format!("\\\\u{:04x}", c as u32))),
        ("percent-encoded", each(TOKEN, |c| format!("%{:02X}", c as u32))),
        ("percent-encoded where needed", TOKEN.replace('/', "%2F").replace('+', "%2B")),
        ("percent-encoded twice", each(TOKEN, |c| format!("%25{:02x}", c as u32))),
        ("HTML entities", each(TOKEN, |c| format!("&#{};", c as u32))),
        ("HTML entities in hexadecimal digits", each(TOKEN, |c| format!("&#x{:x};", c as u32))),
        ("hexadecimal digits", hex.clone()),
        ("hexadecimal digits, upper case", hex.to_uppercase()),
        ("base64", base64.clone()),
        ("base64 for addresses", URL_SAFE_NO_PAD.encode(TOKEN)),
        ("base64 behind a user", format!("Basic {}", STANDARD.encode(format!("key:{TOKEN}")))),
        ("base64 of base64", STANDARD.encode(base64)),
        ("quoted-printable", each(TOKEN, |c| format!("={:02X}", c as u32))),
    ]
}

/// What must be found nowhere: each piece of the token, forwards and backwards, without its punctuation, and of what it
/// is in base64 and in hexadecimal digits.
struct Hunt(Vec<(usize, HashSet<String>)>);

impl Hunt {
    fn new() -> Hunt {
        let letters = letters(TOKEN);
        let base64 = (0..3).map(|skip| STANDARD.encode(&TOKEN[skip..]));
        let plain = [letters.clone(), letters.chars().rev().collect()];
        let hex = each(TOKEN, |c| format!("{:02x}", c as u32));
        Hunt(vec![
            (PIECE, plain.iter().flat_map(|text| pieces(text, PIECE)).collect()),
            (12, base64.flat_map(|text| pieces(&self::letters(&text), 12)).collect()),
            (2 * PIECE, pieces(&hex, 2 * PIECE).into_iter().collect()),
        ])
    }

    /// The pieces that the text holds.
    fn found<'a>(&'a self, text: &str) -> Vec<&'a String> {
        let text = letters(text);
        let hits = self
            .0
            .iter()
            .flat_map(|(len, wanted)| pieces(&text, *len).into_iter().filter_map(|piece| wanted.get(&piece)));
        hits.collect()
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn pieces(text: &str, len: usize) -> Vec<String> {
    (0..(text.len() + 1).saturating_sub(len)).map(|at| text[at..at + len].to_owned()).collect()
}

/// All that a run has said and left behind, by name.
fn artefacts(folder: &Folder, run: &Run) -> Vec<(String, String)> {
    fn files(path: &Path, found: &mut Vec<(String, String)>) {
        for path in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                files(&path, found);
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                found.push((path.file_name().unwrap().to_string_lossy().into_owned(), text));
            }
        }
    }
    let mut found = vec![("stdout".to_owned(), run.stdout.clone()), ("stderr".to_owned(), run.stderr.clone())];
    files(&folder.path("."), &mut found);
    found
}

/// Characters that a terminal would act on, or that hide or reorder what is shown.
fn acts_on_a_terminal(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t' | '\r') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn the_hunt_finds_what_is_there() {
    let hunt = Hunt::new();
    for name in
        ["whole", "last 8", "upper case", "reversed", "spaced", "hexadecimal digits", "base64", "base64 behind a user"]
    {
        let (_, echo) = echoes().into_iter().find(|(form, _)| *form == name).unwrap();
        assert!(!hunt.found(&format!("before {echo} after")).is_empty(), "{name}");
    }
    assert!(hunt.found("the server refused the token, and a long text says nothing about it").is_empty());
}

#[test]
fn no_piece_of_the_token_that_the_server_repeats_is_in_any_artefact() {
    let hunt = Hunt::new();
    for (form, echo) in echoes() {
        for (status, code) in [(400, 1), (401, 77), (503, 75)] {
            // Controls, and names of commands that logs of CI systems obey.
            let words = format!("\\u001b[31m\\u009b2J\\u202e ::error::x ##vso[x] {echo}");
            let body = format!(r#"{{"success":false,"message":"{words}","data":["{words}"],"code":{status}}}"#);
            let server = Server::new(move |_| Reply::new(status, "application/json", body.clone()));
            let folder = folder(3);
            let run =
                m1import(&folder, ["contacts.csv", "-vv", "--output", "json", "--show-values", "--attempts", "1"])
                    .with(["--report", "x.md", "--report", "x.xml", "--report", "x.html", "--report", "x.csv"])
                    .with(["--report", "x.prom", "--report", "x.json"])
                    .with(["--give-up-after", "1s", "--endpoint", &server.endpoint()])
                    .env("M1IMPORT_TOKEN", TOKEN)
                    .env("GITHUB_ACTIONS", "true")
                    .env("GITHUB_STEP_SUMMARY", folder.path("step.md").to_str().unwrap())
                    .run();
            run.exits_with(code);
            let artefacts = artefacts(&folder, &run);
            let names: Vec<&str> = artefacts.iter().map(|(name, _)| name.as_str()).collect();
            for name in ["results.csv", "summary.json", "report.html", "x.md", "x.xml", "x.prom", "step.md"] {
                assert!(names.contains(&name), "{form}, {status}: no {name} among {names:?}");
            }
            for (name, text) in &artefacts {
                let found = hunt.found(text);
                assert!(found.is_empty(), "{form}, {status}: {found:?} in {name}:\n{text}");
                let odd = text.chars().find(|c| acts_on_a_terminal(*c));
                assert_eq!(odd, None, "{form}, {status}: in {name}:\n{text}");
            }
        }
    }
}

/// Contacts whose names, columns and phones hold what terminals and logs of CI systems act on.
fn contacts() -> String {
    const ODD: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e} ::error::x ##vso[task]x";
    let rows = (0..60).map(|row| match row % 6 {
        0 => format!("Ann {ODD},no phone {ODD},{ODD}\n"),
        _ => format!("Ann {ODD},+2783000{row:04},{ODD}\n"),
    });
    format!("Name,Phone,Note {ODD}\n{}", rows.collect::<String>())
}

/// A server that repeats the token wherever an answer has a place for words, and answers each request in another way.
fn echoing() -> Server {
    let escaped = each(TOKEN, |c| format!("\\u{:04x}", c as u32));
    Server::new(move |request| {
        let words = format!("\\u001b[31m {TOKEN} {escaped} {}", STANDARD.encode(TOKEN));
        let body = format!(r#"{{"success":false,"message":"{words}","data":["{words}"]}}"#);
        let reply = |status| {
            let reply = Reply::new(status, "application/json", body.clone()).applies(false);
            reply.header("X-Reason", TOKEN).header("Set-Cookie", TOKEN).header("WWW-Authenticate", TOKEN)
        };
        let phrase = reply(503).header("Retry-After", TOKEN);
        match request.number % 7 {
            0 => reply(400),
            1 => phrase,
            2 => Reply::ok().header("X-Echo", TOKEN).after(Duration::from_millis(50)),
            3 => reply(400).transmission(Transmission::Cut(120)).applies(false),
            4 => Reply::new(502, "text/html", format!("<html><title>{TOKEN}</title>{TOKEN}")).applies(false),
            5 => reply(429).header("Retry-After", "1"),
            _ => reply(500).transmission(Transmission::Reset(90)).applies(false),
        }
    })
    .at_will()
}

/// Nothing of the token is in what a run has said and left behind, and nothing that a terminal would act on; the input and
/// its rejected rows are as they were, and `.env` and the token's file hold the token.
#[track_caller]
fn is_clean(hunt: &Hunt, what: &str, folder: &Folder, run: &Run) {
    for (name, text) in artefacts(folder, run) {
        if ["token.txt", ".env"].contains(&name.as_str()) {
            continue;
        }
        let found = hunt.found(&text);
        assert!(found.is_empty(), "{what}: {found:?} in {name}:\n{text}");
        // A run that was killed leaves the draft of a rejected file.
        let is_rejected = name.starts_with("rejected") || name.starts_with(".rejected") && name.ends_with(".new");
        if !name.starts_with("contacts.csv") && !is_rejected {
            let odd = text.chars().find(|c| acts_on_a_terminal(*c));
            assert_eq!(odd, None, "{what}: in {name}:\n{text:?}");
        }
    }
}

#[test]
fn no_run_however_it_is_started_ends_or_fails_leaves_a_piece_of_the_token() {
    let hunt = Hunt::new();
    let reports = ["x.md", "x.xml", "x.html", "x.csv", "x.prom", "x.json"].map(|name| format!("--report={name}"));
    let by_file = ["contacts.csv", "--token-file", "token.txt"];
    let by_command = ["contacts.csv", "--token-command", "cat token.txt"];
    let table: Vec<(Vec<&str>, Option<Signal>)> = vec![
        ([&by_file[..], &["-vv", "--output", "text"]].concat(), None),
        ([&by_file[..], &["-v", "--output", "json", "--progress", "never"]].concat(), None),
        ([&by_file[..], &["--quiet", "--output", "json"]].concat(), None),
        ([&by_command[..], &["-vv", "--show-values", "--attributes", "all"]].concat(), None),
        ([&by_command[..], &["--dry-run", "-vv", "--output", "json", "--show-values"]].concat(), None),
        (vec!["check", "contacts.csv", "-vv", "--show-values"], None),
        (vec!["check", "contacts.csv", "--output", "json", "--write-config", "written.toml"], None),
        (vec!["config", "--token-file", "token.txt"], None),
        (vec!["ping", "--token-file", "token.txt", "-vv"], None),
        (vec!["contacts.csv", "-vv", "--on-finish", "cat; env"], None),
        (vec!["contacts.csv", "--header", "X-Key: x", "--no-such-option", TOKEN], None),
        (vec!["contacts.csv", TOKEN], None),
        ([&by_file[..], &["-vv", "--shard", "1/2"]].concat(), None),
        ([&by_file[..], &["-vv", "--rate", "5/s"]].concat(), Some(Signal::KILL)),
        ([&by_file[..], &["-vv", "--rate", "5/s"]].concat(), Some(Signal::TERM)),
    ];
    for (arguments, signal) in table {
        let (folder, server) = (folder(0), echoing());
        folder.write("contacts.csv", contacts());
        folder.write("token.txt", TOKEN);
        folder.write(".env", format!("M1IMPORT_TOKEN={TOKEN}\n"));
        let start = || {
            let program = m1import(&folder, arguments.iter()).with(["--batch-size", "5", "--attempts", "3"]);
            let program = program.with(["--give-up-after", "2s", "--endpoint", &server.endpoint()]);
            let program = if arguments[0] == "contacts.csv" { program.with(&reports) } else { program };
            program
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_STEP_SUMMARY", folder.path("step.md").to_str().unwrap())
                .start()
        };
        let what = arguments.join(" ");
        let started = start();
        if let Some(signal) = signal {
            eventually("requests", || server.count() > 3);
            started.signal(signal);
        }
        let run = started.wait();
        assert_ne!(run.code, Some(70), "{what}: {run:?}");
        is_clean(&hunt, &what, &folder, &run);
        // A run that was ended leaves its journal to the next, which leaves no more than it.
        if signal.is_some() {
            assert!(folder.has("contacts.results/journal.ndjson"), "{what}");
            is_clean(&hunt, &what, &folder, &start().wait());
        }
    }
}

#[test]
fn nothing_of_a_person_that_the_server_quotes_is_in_what_is_passed_around() {
    let folder = folder(0);
    folder.write("contacts.csv", "Name,Phone,E-mail\nJane,+27831234567,jane.doe@mail.example\n");
    let words = "27831234567 belongs to jane.doe@mail.example, not to +27 83 123 4567 or 27-83-123-4567";
    let server = Server::new(move |_| {
        let body = format!(r#"{{"success":false,"message":"{words}","data":["{words}"],"code":400}}"#);
        Reply::new(400, "application/json", body)
    });
    let run = m1import(&folder, ["contacts.csv", "-vv", "--output", "json", "--report", "x.md", "--report", "x.xml"])
        .with(["--endpoint", &server.endpoint()])
        .env("M1IMPORT_TOKEN", TOKEN)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", folder.path("step.md").to_str().unwrap())
        .run();
    run.exits_with(1);
    let mut quoting = Vec::new();
    for (name, text) in artefacts(&folder, &run) {
        let digits: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        // Input, results and rejected rows are the persons' own; the page and the log are not.
        if !["contacts.csv", "results.csv", "rejected.csv"].contains(&name.as_str()) {
            assert!(!digits.contains("831234567") && !text.contains("jane.doe"), "{name}:\n{text}");
            quoting.extend(text.contains("belongs to j•••@mail.example").then_some(name));
        }
    }
    for name in ["journal.ndjson", "report.html", "x.xml", "stderr"] {
        assert!(quoting.iter().any(|quoted| quoted == name), "{name} is not among {quoting:?}");
    }
}

/// Whether a process that is aborted is offered to whatever keeps core dumps.
fn leaves_a_core(folder: &Folder, command: &str) -> bool {
    let line = format!("ulimit -c unlimited; exec {command}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).current_dir(folder.path("")).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = shell.spawn().unwrap();
    // Its first line says that it has begun.
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    rustix::process::kill_process(Pid::from_child(&child), Signal::ABORT).unwrap();
    child.wait().unwrap().core_dumped()
}

#[test]
fn no_core_dump_holds_the_token() {
    let folder = Folder::new();
    let program = env!("CARGO_BIN_EXE_m1import");
    let left = leaves_a_core(&folder, &format!("{program} sandbox --port 0 --token '{TOKEN}'"));
    assert!(!left);
    // Where the machine allows none at all, this says nothing.
    eprintln!("others leave one: {}", leaves_a_core(&folder, "sh -c 'echo; exec sleep 60'"));
}
