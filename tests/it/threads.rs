//! `--threads`: whatever their number, every file, every request, every word and the exit code are the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::exchange::{Reply, Request};
use crate::support::program::{Folder, m1import};
use crate::support::server::Server;
use crate::support::workbook::workbook;

const ROWS: usize = 2_600;

/// A row of a list in which phones come again, some rows cannot be sent, and some say who does not want to be written to.
fn person(row: usize) -> [String; 4] {
    let name = match row % 17 {
        0 => "\"Two lines,\r\nand \"\"quotes\"\"\"".to_owned(),
        5 => String::new(),
        8 => "=1+1".to_owned(),
        number => format!("Ann {}", number * row % 40),
    };
    let phone = match row % 23 {
        3 => "12".to_owned(),
        7 => "98765 43210".to_owned(),
        11 => String::new(),
        13 => "+27 83 000 0001 / +27 83 000 0002".to_owned(),
        _ => format!("+2783{:07}", row * 7 % 1_900),
    };
    let email = if row % 31 == 4 { "nobody".to_owned() } else { format!("ann{row}@example.com") };
    [name, phone, email, if row.is_multiple_of(9) { "no" } else { "yes" }.to_owned()]
}

fn csv() -> String {
    let rows = (0..ROWS).map(|row| person(row).join(",") + if row % 700 == 3 { "\r\n\r\n" } else { "\r\n" });
    format!("Name,Phone,E-mail,Subscribed\r\n{}", rows.collect::<String>())
}

/// The same people as objects; some members come up on the way.
fn objects() -> Vec<String> {
    let object = |row: usize| {
        let [name, phone, email, subscribed] = person(row);
        let mut object = serde_json::json!({ "name": name, "phone": phone, "email": email, "Subscribed": subscribed });
        object[format!("more{}", row / 90)] = row.into();
        object.to_string()
    };
    (0..ROWS).map(object).collect()
}

fn sheet() -> Vec<u8> {
    let cell = |text: &String| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let line = |cells: [String; 4]| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
    let header = ["Name", "Phone", "E-mail", "Subscribed"].map(str::to_owned);
    workbook(&std::iter::once(header).chain((0..ROWS).map(person)).map(line).collect::<String>())
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
}

fn inputs() -> Folder {
    let folder = Folder::new();
    let csv = csv();
    let gzip = packed(csv.as_bytes());
    let unclosed = format!("{csv}\"Ann,+27830000001,,yes\r\n{}", "Bo,+27830000002,,yes\r\n".repeat(600));
    folder
        .write("a.csv", &csv)
        .write("a.csv.gz", &gzip)
        .write("cut.csv.gz", &gzip[..gzip.len() * 3 / 4])
        .write("unclosed.csv", unclosed)
        .write("b.ndjson", objects().join("\n"))
        .write("broken.ndjson", objects().join("\n").replace("\"Ann 12\"", "\"Ann 12"))
        .write("c.json", format!("{{\"people\":[{}]}}", objects().join(",")))
        .write("cut.json", format!("[{}", objects().join(",")))
        .write("d.xlsx", sheet());
    folder
}

/// A text without what differs from run to run: times, identifiers, and the number of threads itself.
fn masked(text: &str, job: &str, endpoint: &str) -> String {
    let mut text = text.replace(endpoint, "ENDPOINT");
    if !job.is_empty() {
        text = text.replace(job, "JOB");
    }
    // The chart of the page, and its table of settings.
    for (begin, end) in
        [("<details><summary><h2>The sending over time", "</details>"), ("<td><code>threads</code>", "</tr>")]
    {
        if let Some(from) = text.find(begin)
            && let Some(length) = text[from..].find(end)
        {
            text.replace_range(from..from + length + end.len(), "");
        }
    }
    let mut masked = String::new();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-');
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| is_part(c) != is_part(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(length);
        let is_number = piece.starts_with(|c: char| c.is_ascii_digit());
        let is_time = is_number && piece.contains(['.', ':', '-']);
        let is_seal = matches!(piece.len(), 8 | 16 | 32) && piece.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        masked.push_str(if is_time || is_seal { "~" } else { piece });
        rest = after;
    }
    masked
}

/// Everything that can be seen of a run, by what it is.
fn seen(
    folder: &Folder,
    server: &Server,
    threads: &str,
    arguments: &[&str],
    stdin: Option<&str>,
) -> BTreeMap<String, String> {
    let is_check = arguments[0] == "check";
    let asked = server.count();
    // Not typed: commands that are suggested would repeat it.
    let run = m1import(folder, arguments).with(["--progress", "never"]).env("M1IMPORT_THREADS", threads);
    let run = if is_check { run } else { run.with(["-o", "results", "--concurrency", "1"]).to(server) };
    let run = run.stdin(stdin.map(|name| fs::read(folder.path(name)).unwrap()).unwrap_or_default()).run();
    let summary = fs::read_to_string(folder.path("results/summary.json")).unwrap_or_default();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap_or_default();
    let (job, endpoint) = (summary["job"].as_str().unwrap_or_default(), server.endpoint());
    let mut seen = BTreeMap::new();
    let mut add = |what: &str, text: &str| seen.insert(what.to_owned(), masked(text, job, &endpoint));
    add("exit code", &format!("{:?}", run.code));
    let is_time = |line: &&str| line.starts_with("  in ");
    add("standard output", &run.stdout.lines().filter(|line| !is_time(line)).collect::<Vec<_>>().join("\n"));
    add("standard error", &run.stderr);
    for name in ["results", "."] {
        for file in fs::read_dir(folder.path(name)).into_iter().flatten().map(Result::unwrap) {
            let name = format!("{name}/{}", file.file_name().to_string_lossy());
            if name.starts_with("results/") || name.starts_with("./report.") {
                add(&name, &String::from_utf8_lossy(&fs::read(file.path()).unwrap_or_default()));
            }
        }
    }
    for request in server.requests().iter().skip(asked) {
        add(&format!("request {}", request.number), &String::from_utf8_lossy(&request.body));
    }
    seen
}

/// Runs the same with 1, 2, 3 and 8 threads, each in a folder of its own, one after another if there are several.
#[track_caller]
fn are_the_same(runs: &[&[&str]], stdin: Option<&str>, answer: fn(&Request) -> Reply) -> Vec<BTreeMap<String, String>> {
    let with = |threads: &str| -> Vec<BTreeMap<String, String>> {
        let (folder, server) = (inputs(), Server::new(answer).at_will());
        runs.iter().map(|arguments| seen(&folder, &server, threads, arguments, stdin)).collect()
    };
    let one = with("1");
    for threads in ["2", "3", "8"] {
        for ((one, several), arguments) in one.iter().zip(with(threads)).zip(runs) {
            assert!(one.keys().eq(several.keys()), "{arguments:?}, {threads} threads: {:?}", several.keys());
            for (what, text) in one {
                let same = text.chars().zip(several[what].chars()).take_while(|(one, other)| one == other).count();
                let from = |text: &str| text.chars().skip(same.saturating_sub(80)).take(160).collect::<String>();
                let (these, those) = (from(text), from(&several[what]));
                assert!(*text == several[what], "{arguments:?}, {threads} threads, {what}:\n{these}\n{those}");
            }
        }
    }
    one
}

fn ok(_: &Request) -> Reply {
    Reply::ok()
}

fn fussy(request: &Request) -> Reply {
    if request.has("27830000077") { Reply::refused(422, "no such number") } else { Reply::ok() }
}

#[test]
fn every_format_is_read_the_same() {
    for file in ["a.csv", "a.csv.gz", "b.ndjson", "c.json", "d.xlsx"] {
        let reports = ["check", file, "--report", "report.csv", "--report", "report.json"];
        let runs = are_the_same(&[&reports, &[file]], None, fussy);
        assert_eq!((&*runs[0]["exit code"], &*runs[1]["exit code"]), ("Some(1)", "Some(1)"), "{file}");
        assert!(runs[1]["results/results.csv"].lines().count() > ROWS, "{file}");
    }
    let runs = are_the_same(&[&["-", "--format", "csv"]], Some("a.csv"), ok);
    assert!(runs[0]["results/results.csv"].lines().count() > ROWS);
}

#[test]
fn every_choice_of_rows_is_the_same() {
    are_the_same(&[&["a.csv", "b.ndjson", "d.xlsx", "--only", "Subscribed=yes", "--attributes", "all"]], None, fussy);
    are_the_same(&[&["b.ndjson", "a.csv", "--limit", "3000", "--on-duplicate", "first"]], None, ok);
    are_the_same(&[&["a.csv", "--shard", "2/3", "--on-duplicate", "last", "--bad-email", "reject"]], None, ok);
    are_the_same(&[&["a.csv", "--default-country", "IN", "--strict"]], None, ok);
    are_the_same(&[&["a.csv", "--on-duplicate", "error"]], None, ok);
    are_the_same(&[&["a.csv", "--max-invalid", "10"]], None, ok);
}

#[test]
fn runs_that_go_on_are_the_same() {
    let night = ["a.csv", "b.ndjson", "--only-changed", "state", "--skip", "Subscribed=no"];
    let runs = are_the_same(&[&night, &night, &["a.csv", "--only-changed", "state"]], None, fussy);
    assert!(runs[1]["results/results.csv"].contains(",unchanged,"));
    are_the_same(&[&["a.csv", "--trial", "300"], &["a.csv", "--trial", "900"], &["a.csv"]], None, ok);
}

#[test]
fn an_import_that_was_stopped_is_finished_the_same() {
    let finished = |threads: &str| {
        let folder = inputs();
        let refused_once =
            |request: &Request| if request.number == 8 { Reply::refused(401, "no") } else { Reply::ok() };
        let server = Server::new(refused_once);
        let import = || m1import(&folder, ["a.csv", "--threads", threads, "-o", "results"]).to(&server).run();
        import().exits_with(77);
        // Which of the rows that were not sent had been on their way depends on the moment.
        assert_eq!(folder.table("results/results.csv").len(), ROWS);
        import().exits_with(1);
        let results = folder.read("results/results.csv").replace("accepted_before", "accepted");
        (results, folder.read("results/rejected.csv"), server.phones())
    };
    let one = finished("1");
    for threads in ["2", "3", "8"] {
        assert!(finished(threads) == one, "{threads} threads");
    }
}

#[test]
fn damage_in_the_middle_is_the_same() {
    for (file, code) in [("unclosed.csv", 65), ("cut.csv.gz", 65), ("cut.json", 65), ("broken.ndjson", 1)] {
        let runs = are_the_same(&[&["a.csv", file], &["check", file]], None, ok);
        assert_eq!(runs[0]["exit code"], format!("Some({code})"), "{file}");
    }
}

#[test]
fn a_number_of_threads_that_cannot_be_is_said() {
    let folder = inputs();
    for (value, by, code) in [("0", "typed", 2), ("many", "typed", 2), ("257", "variable", 78), ("-1", "file", 78)] {
        let run = match by {
            "typed" => m1import(&folder, ["check", "a.csv", "--threads", value]),
            "variable" => m1import(&folder, ["check", "a.csv"]).env("M1IMPORT_THREADS", value),
            _ => {
                folder.write("m1import.toml", format!("threads = {value}\n"));
                m1import(&folder, ["check", "a.csv"])
            }
        };
        run.run().exits_with(code).says(&format!("\"{value}\" is neither auto nor a number from 1 to 256"));
    }
}
