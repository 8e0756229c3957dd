//! What wants to do harm: inputs that grow without end, and all that tries to carry a secret or a command out.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::support::exchange::Reply;
use crate::support::faults::packed;
use crate::support::job::{folder, import, rows};
use crate::support::program::{Folder, Run, TOKEN, m1import};
use crate::support::server::Server;

/// Ten seconds of computing and 100 MB are more than anything here may cost.
#[track_caller]
fn was_cheap(run: &Run) {
    assert!(run.computed < Duration::from_secs(10), "{:?}", run.computed);
    held_little(run);
}

#[track_caller]
fn held_little(run: &Run) {
    assert!(run.peak < 100_000_000 / 1024, "{} KiB", run.peak);
}

#[test]
fn ten_gigabytes_packed_into_a_few_megabytes_are_not_unpacked() {
    let folder = Folder::new();
    let server = Server::unasked();
    let rows = format!("Ann{},+27830000001\n", " ".repeat(65_516)).repeat(16);
    for (filling, code) in [
        (vec![0; 1 << 20], "input.row_too_long"),
        (vec![b'x'; 1 << 20], "input.row_too_long"),
        (rows.into_bytes(), "input.bomb"),
    ] {
        // Members of gzip one after another are one file: 160 times 64 MiB.
        let (head, member) = (packed(b"Name,Phone\nAnn,+27830000001\n", 1), packed(&filling, 64));
        let mut file = fs::File::create(folder.path("contacts.csv.gz")).unwrap();
        file.write_all(&head).unwrap();
        (0..160).for_each(|_| file.write_all(&member).unwrap());
        assert!(file.metadata().unwrap().len() < 32_000_000);
        let run = m1import(&folder, ["contacts.csv.gz"]).to(&server).run();
        run.exits_with(65).says(code);
        was_cheap(&run);
        assert!(!folder.has("contacts.results"));
    }
}

#[test]
fn lines_and_quotes_without_end_are_given_up() {
    let folder = Folder::new();
    let server = Server::unasked();
    let good = "Name,Phone\nAnn,+27830000001\n";
    for (tail, code) in [
        (b"x".repeat(64 << 20), "input.row_too_long"),
        ([b"\"".as_slice(), &b"x\n".repeat(32 << 20)].concat(), "input.unclosed_quote"),
        (b"x,".repeat(32 << 20), "input."),
    ] {
        folder.write("contacts.csv", [good.as_bytes(), &tail].concat());
        let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
        run.exits_with(65).says(code).says("line 3");
        was_cheap(&run);
    }
    // The first line of all is not even a header.
    for (name, byte) in [("a.csv", b'x'), ("a.csv", b'\"'), ("a.csv", b' '), ("a.ndjson", b' '), ("a.json", b'[')] {
        folder.write(name, [byte].repeat(64 << 20));
        let run = m1import(&folder, [name]).to(&server).run();
        run.exits_with(65);
        was_cheap(&run);
    }
}

#[test]
fn json_a_million_deep_is_a_row_that_is_turned_away() {
    let folder = Folder::new();
    let deep = [b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat();
    let server = Server::unasked();
    for never_closed in [b"[".repeat(1_000_000), br#"{"a":"#.repeat(1_000_000)] {
        folder.write("contacts.json", never_closed);
        let run = m1import(&folder, ["contacts.json"]).to(&server).run();
        run.exits_with(65);
        was_cheap(&run);
    }
    let server = Server::answers([Reply::ok()]);
    let good = br#"[{"phone":"+27830000001"},{"phone":"+27830000002","a":"#.as_slice();
    folder.write("contacts.json", [good, &deep, b"}]"].concat());
    let run = m1import(&folder, ["contacts.json"]).to(&server).run();
    run.exits_with(1);
    was_cheap(&run);
    assert_eq!((rows(&folder, "accepted"), rows(&folder, "invalid")), (1, 1));
}

#[test]
fn a_wide_header_without_phones_is_turned_away_at_once() {
    let folder = Folder::new();
    let names = (0..5_000).map(|column| format!(",étage {column}")).collect::<String>();
    folder.write("contacts.csv", format!("Name{names}\nAsha\n"));
    let run = m1import(&folder, ["check", "contacts.csv"]).run();
    run.exits_with(65).says("mapping.no_phone");
    was_cheap(&run);
}

#[test]
fn huge_rows_among_small_ones_leave_no_memory_behind() {
    let folder = Folder::new();
    let huge = format!("{},+27830000001\n", "x".repeat(1 << 20));
    let mut text = String::from("Name,Phone\n");
    for number in 0..160 {
        // Each falls on another place among the rows that are on their way at once.
        text.push_str(&"Ann,+27830000001\n".repeat(number % 150));
        text.push_str(&huge);
    }
    folder.write("contacts.csv", text);
    let run = m1import(&folder, ["check", "contacts.csv"]).run();
    run.exits_with(0);
    held_little(&run);
}

#[test]
fn a_cell_of_very_many_tags_costs_no_more_than_its_length() {
    let folder = Folder::new();
    let tags: Vec<String> = (0..300_000).map(|tag| tag.to_string()).collect();
    folder.write("contacts.csv", format!("Name,Phone,Tags\nAnn,+27830000001,\"{}\"\n", tags.join(",")));
    let run = m1import(&folder, ["contacts.csv", "--dry-run"]).run();
    run.exits_with(0);
    was_cheap(&run);
}

/// All that a run has left behind and said, by name.
fn told(folder: &Folder, run: &Run) -> Vec<(String, String)> {
    fn files(path: &Path, found: &mut Vec<(String, String)>) {
        for path in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => files(&path, found),
                false => {
                    let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                    found.push((path.display().to_string(), text));
                }
            }
        }
    }
    let mut found = vec![("stdout".to_owned(), run.stdout.clone()), ("stderr".to_owned(), run.stderr.clone())];
    if folder.has("contacts.results") {
        files(&folder.path("contacts.results"), &mut found);
    }
    found
}

#[track_caller]
fn nowhere(secrets: &[&str], folder: &Folder, run: &Run) {
    for (name, text) in told(folder, run) {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in {name}: {text}");
        }
    }
}

#[test]
fn the_password_of_a_proxy_is_for_the_proxy_alone() {
    const AUTHORIZATION: &str = "bWU6Z2VoZWltLXdvcnQ=";
    let proxy = Server::new(|request| {
        let echo = request.header("proxy-authorization").unwrap_or_default().to_owned();
        Reply::refused(407, &format!("no: {echo}"))
    });
    let address = proxy.endpoint();
    let address = address.trim_start_matches("http://").split('/').next().unwrap();
    let url = format!("http://me:geheim-wort@{address}");
    let arguments = ["contacts.csv", "-vv", "--endpoint", "https://example.invalid/import", "--token", TOKEN];
    for by_option in [true, false] {
        let folder = folder(3);
        let run = m1import(&folder, arguments).env("RUST_LOG", "trace");
        let run = if by_option { run.with(["--proxy", &url]) } else { run.env("HTTPS_PROXY", &url) };
        let run = run.run();
        run.exits_with(77).says("server.proxy_auth");
        nowhere(&["geheim-wort", AUTHORIZATION, TOKEN], &folder, &run);
        assert_eq!(rows(&folder, "not_sent"), 3);
        let run = m1import(&folder, ["config"]).env("M1IMPORT_PROXY", &url).env("HTTPS_PROXY", &url).run();
        nowhere(&["geheim-wort"], &folder, run.exits_with(0));
    }
    for request in proxy.requests() {
        assert_eq!((request.method(), request.path()), ("CONNECT", "example.invalid:443"));
        assert_eq!(request.header("proxy-authorization"), Some(format!("Basic {AUTHORIZATION}").as_str()));
        assert_eq!(request.header("authorization"), None);
    }
    assert!(proxy.count() >= 2);
}

#[test]
fn a_folder_of_somebody_else_gets_no_connection_and_no_token() {
    let stranger = Server::unasked();
    for variable in ["ENDPOINT", "PROXY"] {
        let folder = folder(3);
        folder.write(".env", format!("M1IMPORT_{variable}={}\n", stranger.endpoint()));
        let run = m1import(&folder, ["contacts.csv", "-vv"]).env("M1IMPORT_TOKEN", TOKEN).run();
        run.exits_with(78);
        nowhere(&[TOKEN], &folder, &run);
        // With a token from the command line it is no better, but for an endpoint on this machine.
        if variable == "ENDPOINT" {
            folder.write(".env", "M1IMPORT_ENDPOINT=https://contacts.example.invalid/inbox/users/import\n");
        }
        m1import(&folder, ["contacts.csv", "--token", TOKEN]).run().exits_with(78);
        assert!(!folder.has("contacts.results"));
    }
    // Without any token there is nothing to carry away; it is asked for first or last, and no one is called.
    let folder = folder(3);
    folder.write(".env", format!("M1IMPORT_ENDPOINT={}\n", stranger.endpoint()));
    let run = m1import(&folder, ["contacts.csv"]).run();
    assert!(matches!(run.code, Some(77 | 78)), "{run:?}");
    assert_eq!(stranger.connections(), 0);
}

#[test]
fn the_token_is_in_no_help_and_in_no_result() {
    let folder = folder(3);
    for arguments in
        [&["--help"][..], &["-h"], &["check", "--help"], &["man"], &["completions", "bash"], &["--no-such"]]
    {
        let run = m1import(&folder, arguments).env("M1IMPORT_TOKEN", TOKEN).run();
        nowhere(&[TOKEN], &folder, &run);
    }
    let server = Server::new(|request| {
        let echo = request.header("authorization").unwrap_or_default().to_owned();
        Reply::refused(422, &echo)
    });
    let reports = ["--report", "contacts.results/x.md", "--report", "contacts.results/x.xml"];
    let run = import(
        &folder,
        &server,
        &["-vv", "--show-values", "--output", "json", reports[0], reports[1], reports[2], reports[3]],
    );
    run.exits_with(1);
    nowhere(&[TOKEN, &TOKEN[..12]], &folder, &run);
    assert!(
        told(&folder, &run).len() >= 8,
        "{:?}",
        told(&folder, &run).iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
}

#[test]
fn values_of_headers_and_of_the_query_are_in_no_result() {
    const KEY: &str = "k7Qz-41vV_90xYb";
    const HOOK: &str = "hook~5520-acdEF";
    let folder = folder(3);
    let server = Server::new(|request| {
        let echo = format!("{} {HOOK}", request.header("x-key").unwrap_or_default());
        Reply::refused(422, &echo)
    });
    let endpoint = format!("{}?hook={HOOK}", server.endpoint());
    let reports = ["--report", "contacts.results/x.md", "--report", "contacts.results/x.xml"];
    let run = m1import(&folder, ["contacts.csv", "--endpoint", &endpoint, "--token", TOKEN, "-vv", "--show-values"])
        .with(["--header", &format!("X-Key: {KEY}")])
        .with(reports)
        .run();
    run.exits_with(1);
    assert_eq!(server.requests()[0].header("x-key"), Some(KEY));
    let pieces = [KEY, HOOK].map(|secret| (0..secret.len() - 8).map(|at| &secret[at..at + 8]).collect::<Vec<_>>());
    // A printed command repeats what was typed, its address too: that one is looked at in the files.
    nowhere(&pieces[0], &folder, &run);
    for (name, text) in
        told(&folder, &run).into_iter().filter(|(name, _)| name.ends_with("csv") || name.ends_with("ndjson"))
    {
        assert!(!pieces[1].iter().any(|piece| text.contains(piece)), "{name}: {text}");
    }
}

#[test]
fn no_cell_becomes_a_command() {
    let folder = Folder::new();
    let cells = [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2-2",
        "@SUM(1)",
        "\u{ff1d}1",
        "\u{1b}]0;owned\u{7}",
        "a\rb",
        "::error::x",
        "##[error]x",
    ];
    let mut text = String::from("Name,Phone,Note\n");
    for (number, cell) in cells.iter().enumerate() {
        // Half of the rows are invalid, so that every cell is in results.csv, and half in rejected.csv.
        let phone = if number % 2 == 0 { format!("+2783000000{number}") } else { (*cell).to_owned() };
        text.push_str(&format!("\"{cell}\",\"{phone}\",\"{cell}\"\n"));
    }
    folder.write("contacts.csv", &text);
    let server = Server::new(|_| Reply::refused(400, "::error::no \u{1b}[31m\r##[error]no"));
    let run = m1import(&folder, ["contacts.csv", "-vv", "--show-values", "--attributes", "all"])
        .to(&server)
        .env("GITHUB_ACTIONS", "true")
        .run();
    run.exits_with(1);
    assert!(folder.has("contacts.results/results.csv") && folder.has("contacts.results/rejected.csv"));
    for (name, text) in told(&folder, &run) {
        if name.ends_with(".csv") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            for cell in
                reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            {
                let plain = !cell.starts_with("+27") || cell.contains(|c: char| !c.is_ascii_digit() && c != '+');
                let formula =
                    cell.starts_with(['=', '-', '@', '\r', '\n', '\t', '\u{ff1d}']) || (plain && cell.starts_with('+'));
                assert!(!formula, "{cell:?} is in {name}");
            }
        } else {
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{name}: {text:?}");
        }
    }
    // What begins a line is our own word; its annotations are the only commands.
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        let own = line.starts_with("::error file=contacts.csv,") || line.starts_with("::warning file=contacts.csv,");
        assert!(own || !(line.starts_with("::") || line.starts_with("##[")), "{line}");
        assert!(!line.get(2..).unwrap_or("").contains("::error::x"), "{line}");
    }
}
