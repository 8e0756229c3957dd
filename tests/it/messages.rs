//! What people read when something is wrong: every kind of error, provoked from the command line, word for word.
//!
//! `SNAPSHOTS=overwrite cargo test --test it messages` writes what is said into `tests/golden/errors.txt`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use snapbox::{Data, assert_data_eq};

use super::readme::{same_run, shell};
use super::support::contacts::csv;
use super::support::exchange::Reply;
use super::support::faults::Transmission;
use super::support::program::{Folder, TOKEN};
use super::support::server::Server;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Lines for a shell; those in brackets only prepare what comes next.
const TYPED: &[&str] = &[
    // The command line.
    "m1import",
    "m1import --token contacts.csv",
    "m1import contacts.csv --formt csv",
    "m1import contacts.csv --format cvs",
    "m1import contacts.csv --batch-size 0",
    "m1import contacts.csv --map fone=Mobile",
    "m1import contacts.csv --map",
    "m1import check contacts.csv --default-country Indai",
    "m1import contacts.csv --report report.pdf",
    "m1import contacts.csv --report contacts.csv --sandbox",
    "m1import contacts.csv --dry-run --sandbox",
    "m1import contacts.csv --write-config found.toml",
    "m1import - --token-file -",
    "m1import chekc contacts.csv",
    "m1import --strict sandbox",
    "m1import completions bsh",
    "m1import sandbox --port 99999",
    // Settings.
    "[printf 'defalt-country = \"DE\"\\n' > wrong.toml]",
    "m1import contacts.csv --config wrong.toml",
    "[printf 'batch-size = \"many\"\\n' > wrong.toml]",
    "m1import contacts.csv --config wrong.toml",
    "[printf 'batch-size =\\n' > wrong.toml]",
    "m1import contacts.csv --config wrong.toml",
    "[printf 'token = \"geheim\"\\n' > wrong.toml]",
    "m1import contacts.csv --config wrong.toml",
    "[printf 'token-file = \"a\"\\ntoken-command = \"b\"\\n' > wrong.toml]",
    "m1import contacts.csv --config wrong.toml",
    "m1import contacts.csv --config none.toml",
    "m1import contacts.csv --profile stagin --config samples.toml",
    "M1IMPORT_TOKN=x m1import contacts.csv",
    "M1IMPORT_SANDBOX=1 m1import contacts.csv",
    "[printf 'M1IMPORT_ENDPOINT=https://elsewhere.example/x\\n' > .env]",
    "M1IMPORT_TOKEN=0123456789 m1import contacts.csv",
    "[printf 'M1IMPORT_TOKEN_COMMAND=pass show m1\\n' > .env]",
    "m1import contacts.csv",
    "[rm .env]",
    "m1import contacts.csv --token x --endpoint api.example.com/x",
    "m1import contacts.csv --token x --endpoint http://api.example.com/x",
    "m1import contacts.csv --token x --proxy socks5://proxy",
    "m1import contacts.csv --token x --header 'Authorization: x'",
    "m1import contacts.csv --token x --cacert contacts.csv",
    "m1import contacts.csv --sandbox --phone-metadata contacts.csv",
    "m1import check contacts.csv --write-config samples.toml",
    // Tokens.
    "m1import contacts.csv",
    "m1import contacts.csv --token ''",
    "m1import contacts.csv --token 'a b'",
    "m1import contacts.csv --token-file none",
    "m1import contacts.csv --token-command 'echo no such entry >&2; exit 3'",
    "m1import contacts.csv --token eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3MDAwMDAwMDB9.c2ln",
    "m1import contacts.csv --token eyJhbGciOiJIUzI1NiJ9.eyJuYmYiOjQwMDAwMDAwMDB9.c2ln",
    // Inputs.
    "m1import kontacts.csv --sandbox",
    "m1import . --sandbox",
    "[: > empty.csv]",
    "m1import empty.csv --sandbox",
    "[printf 'Name,Phone\\n' > head.csv]",
    "m1import head.csv --sandbox",
    "[printf '\\000\\237\\222\\226\\000\\000\\377\\003' > binary.csv]",
    "m1import binary.csv --sandbox",
    "[printf 'Name,Phone\\n\"a,+49 151\\n' > quote.csv]",
    "m1import quote.csv --sandbox",
    "[printf 'Name,Phone\\nAna,+4915123456789\\nFirst name,Last name,Mobile\\n' > tables.csv]",
    "m1import tables.csv --sandbox",
    "[printf '[{\"phone\":\"+4915123456789\"},' > cut.json]",
    "m1import cut.json --sandbox",
    "m1import contacts.csv --format json --sandbox",
    "m1import contacts.csv --format xlsx --sandbox",
    "[printf 'PK\\003\\004 is not enough' > broken.xlsx]",
    "m1import broken.xlsx --sandbox",
    "m1import contacts.xlsx --sheet Kunden --sandbox",
    "[(echo Name,Phone; head -c 5000000 /dev/zero | tr '\\000' a) > long.csv]",
    "m1import long.csv --sandbox",
    "[(echo Name,Phone; head -c 17000 /dev/zero | tr '\\000' ,) > wide.csv]",
    "m1import wide.csv --sandbox",
    "m1import problems.csv --sandbox --strict --progress never",
    "m1import contacts.csv --sandbox --on-duplicate error",
    "[printf 'Our customers\\n\\nName,Phone\\nA,+4915123456789\\nB,+4915123456780\\n' > titled.csv]",
    "m1import titled.csv --sandbox --strict",
    "cat contacts.csv | TMPDIR=/nowhere m1import - --sandbox",
    // Columns.
    "m1import no-phone.csv --sandbox",
    "m1import contacts.csv --sandbox --map phone=Mobil",
    "m1import contacts.csv --sandbox --only Cty=Pune",
    "[printf 'Name,Phone,Name,Phone\\nA,+4915123456789,C,+27831234567\\nB,+4915123456780,D,+27831234568\\n' > two.csv]",
    "m1import two.csv --sandbox",
    "[printf 'Name,Phone,Unsubscribed\\nA,+4915123456789,yes\\nB,+4915123456780,TRUE\\nC,+4915123456781,Yes\\n' > marked.csv]",
    "m1import marked.csv --sandbox",
    "[printf 'Name,Phone,Opted out at\\nA,+4915123456789,2026-01-31\\nB,+4915123456780,\\n' > dated.csv]",
    "m1import dated.csv --sandbox",
    // Results.
    "m1import contacts.csv --sandbox --output-dir contacts.csv/x",
    "[mkdir mine; touch mine/results.csv]",
    "m1import contacts.csv --sandbox --output-dir mine",
    "m1import contacts.csv --sandbox --report nowhere/report.md",
];

/// Answers of a server, and how the run is made to end with them.
fn answered() -> Vec<(&'static str, Reply)> {
    let refused = Reply::refused;
    vec![
        ("", refused(401, "Unauthorized")),
        ("", refused(403, "Forbidden")),
        ("", Reply::html(403)),
        ("", Reply::html(404)),
        ("", Reply::html(200)),
        ("", Reply::redirect(307, "https://elsewhere.example/x")),
        ("", refused(407, "Proxy Authentication Required")),
        ("", refused(431, "Request Header Fields Too Large")),
        ("", Reply::new(400, "text/html", "<html><head><title>400 Request Header Or Cookie Too Large</title></head>")),
        (
            "",
            Reply::new(
                400,
                "text/html",
                "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>",
            ),
        ),
        ("", refused(400, "no such bot")),
        ("--batch-size 1 --limit 1", refused(413, "too large")),
        ("--max-refused 0 --batch-size 1 --concurrency 1", refused(422, "no such number")),
        ("--max-wait 1s", refused(503, "maintenance").header("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT")),
        ("--give-up-after 1s", refused(503, "overloaded")),
        ("--attempts 1", refused(429, "slow down")),
        ("--attempts 1", refused(500, "something broke")),
        ("--attempts 1 --timeout 300ms", Reply::ok().after(Duration::from_secs(3))),
        ("--attempts 1", Reply::ok().transmission(Transmission::Reset(0))),
    ]
}

/// What changes from run to run made the same: ports, request ids, times, and how often something was tried.
fn steady(text: &str, server: Option<&Server>) -> String {
    let text = match server {
        Some(server) => {
            let endpoint = server.endpoint();
            let host = endpoint.split('/').nth(2).unwrap_or_default().to_owned();
            text.replace(&host, "127.0.0.1:8787")
        }
        None => text.to_owned(),
    };
    // How a connection breaks is a matter of moments.
    let text = same_run(&text).replace("connection error: Connection reset by peer (os error 104)", "…");
    let text = text.replace("connection closed before message completed", "…");
    let lines = text.lines().filter(|line| !line.ends_with(" times") && !line.starts_with("sending: "));
    let earlier = |line: &str| match line.strip_prefix("imported earlier, ").and_then(|rest| rest.split_once(" UTC, "))
    {
        Some((_, rest)) => format!("imported earlier, 2026-01-31 12:00:00 UTC, {rest}\n"),
        None => format!("{line}\n"),
    };
    lines.map(earlier).collect()
}

fn said() -> String {
    let folder = Folder::new();
    for name in ["contacts.csv", "problems.csv", "no-phone.csv"] {
        folder.write(name, fs::read(root().join("samples").join(name)).unwrap());
    }
    folder.write("samples.toml", fs::read(root().join("samples/m1import.toml")).unwrap());
    folder.write("contacts.xlsx", fs::read(root().join("tests/data/sheets/contacts.xlsx")).unwrap());
    folder.write("many.csv", csv(0, 500));
    let mut all = String::new();
    let mut run = |line: &str, shown: &str, server: Option<&Server>| {
        // Messages only: what standard output carries has texts of its own.
        let said = shell(&folder, &format!("{{ {line}; }} >/dev/null; echo \"exit $?\""));
        all.push_str(&format!("$ {shown}\n{}\n", steady(&said, server)));
    };
    for line in TYPED {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(prepared) => drop(shell(&folder, prepared)),
            None => run(line, line, None),
        }
    }
    for (options, reply) in answered() {
        let status = reply.status;
        let server = Server::new(move |_| reply.clone());
        let line = format!(
            "m1import contacts.csv --restart --progress never --token {TOKEN} --endpoint {} {options}",
            server.endpoint()
        );
        run(&line, &format!("m1import contacts.csv {options} # HTTP {status}"), Some(&server));
    }
    let refusing = Server::new(|_| Reply::refused(400, "no such bot"));
    let line = format!("m1import many.csv --progress never --token {TOKEN} --endpoint {}", refusing.endpoint());
    run(&line, "m1import many.csv # HTTP 400 whatever is sent", Some(&refusing));
    let port = refusing.endpoint().split(['/', ':']).nth(4).unwrap().to_owned();
    let taken = format!("m1import sandbox --port {port} 2>said; code=$?; sed s/{port}/8787/ said >&2; (exit $code)");
    run(&taken, "m1import sandbox --port 8787 # which is taken", None);

    unfinished_jobs(&folder, &mut run);
    all
}

/// Runs over a journal that another run left, and servers that nobody answers for.
fn unfinished_jobs(folder: &Folder, run: &mut impl FnMut(&str, &str, Option<&Server>)) {
    // The first request is answered, later ones are not: something is left to resume.
    let unfinished = Server::new(|request| match request.number {
        1 => Reply::ok(),
        _ => Reply::refused(503, "overloaded"),
    });
    let to = |more: &str| {
        format!(
            "m1import contacts.csv --progress never --batch-size 6 --attempts 1 --token {TOKEN} --endpoint {} {more}",
            unfinished.endpoint()
        )
    };
    run(&to("--restart"), "m1import contacts.csv", Some(&unfinished));
    run(&to("--tag x"), "m1import contacts.csv --tag x", Some(&unfinished));
    let other = to("").replace(TOKEN, "another-token-of-them");
    run(&other, "m1import contacts.csv # another token", Some(&unfinished));
    let journal = "contacts.results/journal.ndjson";
    let slow = Server::new(|_| Reply::ok().after(Duration::from_secs(5)));
    let line = format!("m1import many.csv --restart --limit 1 --token {TOKEN} --endpoint {}", slow.endpoint());
    let twice = format!("{line} 2>said & sleep 2; {line}; code=$?; wait; (exit $code)");
    run(&twice, "m1import many.csv # while another run is under way", Some(&slow));
    drop(shell(folder, &format!("cp {journal} kept; (head -1 kept; echo garbage; tail -1 kept) > {journal}")));
    run(&to(""), "m1import contacts.csv # a damaged journal", Some(&unfinished));
    let tls = Server::tls(|_| Reply::ok()).at_will();
    let line = format!(
        "m1import contacts.csv --restart --progress never --attempts 1 --token {TOKEN} --endpoint {}",
        tls.endpoint()
    );
    run(&line, "m1import contacts.csv # a certificate of nobody", Some(&tls));
    let nobody = "m1import contacts.csv --restart --progress never --attempts 1 --token 0123456789 --endpoint http://127.0.0.1:1/x";
    run(nobody, nobody, None);
}

#[test]
fn every_message_reads_as_expected() {
    let golden = root().join("tests/golden/errors.txt");
    assert_data_eq!(said(), Data::read_from(&golden, None).raw());
}

/// Codes of which no command line can be sure; each has tests of its own where it arises.
const ELSEWHERE: &[&str] = &[
    // Found earlier under another code, or not to be had on every machine.
    "config.header",
    "config.request",
    "config.tls",
    "input.bomb",
    "input.changed",
    "input.drop",
    "input.encoding",
    "input.io",
    "input.left_out",
    "input.other_job",
    "input.results",
    "input.spreadsheet",
    "input.too_few_rows",
    "input.too_long",
    "input.unreadable",
    "journal.newer",
    "journal.older",
    "journal.seal",
    "journal.unusable",
    "journal.write",
    "output.runs",
    "output.state_damaged",
    "output.state_locked",
    "output.state_other",
    "output.state_unusable",
    "output.state_write",
    "output.write",
    "server.batch_too_large",
    "server.no_tls",
    "server.proxy_refused",
    "server.unknown_host",
    // Faults of the program.
    "run.counts",
    "run.internal",
    "run.local_io",
    "run.shard_missing",
    "run.trial",
    // Signals, and what depends on the time of day.
    "run.hangup",
    "run.interrupt",
    "run.interrupted",
    "run.stopped",
    "run.terminate",
    "token.ends_soon",
    "usage.unknown_command",
];

#[test]
fn every_code_of_a_run_is_among_the_messages() {
    let document = fs::read_to_string(root().join("docs/codes.md")).unwrap();
    let runs = document.split("## What the server, the network or a signal did").nth(1).unwrap();
    let codes: BTreeSet<&str> = runs.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let messages = fs::read_to_string(Path::new(&root()).join("tests/golden/errors.txt")).unwrap();
    let missing: Vec<&&str> = codes.iter().filter(|code| !messages.contains(&format!("[{code}]"))).collect();
    let expected: Vec<&&str> = codes.iter().filter(|code| ELSEWHERE.contains(code)).collect();
    assert_eq!(missing, expected);
}
