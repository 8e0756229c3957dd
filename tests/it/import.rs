//! The main job through the real program: what is sent, what is written, and how it ends.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::support::contacts::{csv, phone};
use crate::support::exchange::Reply;
use crate::support::program::{Folder, TOKEN, m1import};
use crate::support::sandbox_process::SandboxProcess;
use crate::support::server::Server;

/// Three good rows and two that cannot be sent.
pub const MIXED: &str = "\
Name,Phone,Email
Jane Doe,+27 83 123 4567,jane@example.com
No Country,83 123 4568,
Joe,+27831234569,not an address
Short,+27 83,
Ann,+27831234570,
";

/// The numbers of `rows` of a summary, by their names; those not named are 0.
#[track_caller]
fn rows_are(summary: &Value, expected: &[(&str, u64)]) {
    let rows = summary["rows"].as_object().expect("rows");
    for (name, count) in rows {
        let expected = expected.iter().find(|(of, _)| of == name).map_or(0, |(_, count)| *count);
        assert_eq!(count.as_u64(), Some(expected), "{name} of {rows:?}");
    }
}

#[test]
fn the_documented_request_is_sent_and_nothing_else() {
    let folder = Folder::new();
    folder.write(
        "contacts.csv",
        "Full Name,Mobile,E-mail,Tags,City\nZoë \"Z\" Doe,+27 83 123 4567,jane@example.com,\"vip,new\",Durban\n,0027831234568,,,\n",
    );
    let server = Server::answers([Reply::ok()]);
    m1import(&folder, ["contacts.csv", "--attributes", "City"]).to(&server).run().exits_with(0);

    let request = &server.requests()[0];
    assert_eq!((request.method(), request.path()), ("POST", "/inbox/users/import"));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authtype"), Some("Key"));
    assert!(request.header("x-request-id").is_some() && request.header("idempotency-key").is_some());
    let first = json!({"profile": {"userDetails": {
        "userProvidedName": "Zoë \"Z\" Doe",
        "contact": {"email": "jane@example.com", "phone": {"number": "831234567", "prefix": "27"}},
        "tags": ["vip", "new"],
        "attributes": [{"key": "city", "value": "Durban"}],
    }}});
    let second = json!({"profile": {"userDetails": {
        "userProvidedName": "",
        "contact": {"phone": {"number": "831234568", "prefix": "27"}},
        "tags": [],
        "attributes": [],
    }}});
    assert_eq!(request.contacts, [first, second]);
}

#[test]
fn good_rows_arrive_and_the_others_are_named() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED);
    let sandbox = SandboxProcess::new(&[]);
    let run = m1import(&folder, ["contacts.csv", "--endpoint", sandbox.url(), "--token", "sandbox"]).run();
    run.exits_with(1);

    assert_eq!(sandbox.phones(), ["27831234567", "27831234569", "27831234570"]);
    assert!(!sandbox.contacts()[1].to_string().contains("address"), "an unusable address is left out");
    let summary = folder.summary("contacts.results");
    rows_are(&summary, &[("read", 5), ("accepted", 3), ("invalid", 2)]);
    assert_eq!((summary["status"].as_str(), summary["exit_code"].as_i64()), (Some("complete"), Some(1)));
    assert_eq!(summary["reasons"], json!({"phone.no_country": 1, "phone.too_short": 1}));
    assert_eq!(summary["notes"]["email.dropped"], 1);
    assert_eq!(summary["countries"], json!({"ZA": 3}));

    let results = folder.table("contacts.results/results.csv");
    let statuses: Vec<_> =
        results.iter().map(|row| (row["line"].as_str(), row["status"].as_str(), row["code"].as_str())).collect();
    let expected = [
        ("2", "accepted", ""),
        ("3", "invalid", "phone.no_country"),
        ("4", "accepted", ""),
        ("5", "invalid", "phone.too_short"),
        ("6", "accepted", ""),
    ];
    assert_eq!(statuses, expected);
    let rejected = folder.table("contacts.results/rejected.csv");
    let rejected: Vec<_> = rejected.iter().map(|row| (row["Name"].as_str(), row["m1import_code"].as_str())).collect();
    assert_eq!(rejected, [("No Country", "phone.no_country"), ("Short", "phone.too_short")]);
    assert!(folder.leftovers().is_empty(), "{:?}", folder.leftovers());
}

#[test]
fn rejected_rows_are_mended_and_imported_again() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED);
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(1);
    let mended = folder
        .read("contacts.results/rejected.csv")
        .replace("83 123 4568", "+27 83 123 4568")
        .replace("+27 83,", "+27831234571,");
    folder.write("mended.csv", mended);
    m1import(&folder, ["mended.csv"]).to(&server).run().exits_with(0);
    rows_are(&folder.summary("mended.results"), &[("read", 2), ("accepted", 2)]);
    assert_eq!(server.phones(), (67..=71).map(|n| format!("278312345{n}")).collect::<Vec<_>>());
    let contact = server.contact("27831234568").expect("it has arrived");
    assert_eq!(contact["profile"]["userDetails"]["userProvidedName"], "No Country");
    assert!(!contact.to_string().contains("m1import_"));
}

#[test]
fn rejected_rows_bear_the_names_that_columns_were_given() {
    let cases: [(&str, &[&str], &str); 4] = [
        ("Jane,12\n", &["--no-header", "--columns", "name,phone"], "name,phone,m1import_line"),
        ("Jane,12,27\n", &["--no-header", "--columns", "name,phone,region"], "name,phone,region,m1import_line"),
        ("X,Y,Z\nJane,12,\n", &["--columns", "name,phone"], "name,phone,Z,m1import_line"),
        ("Jane,+278312345678901\n", &["--no-header"], "name,phone,m1import_line"),
    ];
    for (text, options, header) in cases {
        let folder = Folder::new();
        folder.write("contacts.csv", text);
        let server = Server::new(|_| Reply::ok());
        m1import(&folder, [&["contacts.csv"], options].concat()).to(&server).run().exits_with(1);
        let rejected = folder.read("contacts.results/rejected.csv");
        assert!(rejected.starts_with(header), "{rejected}");
        folder.write(
            "mended.csv",
            rejected.replace(",12,", ",+27831234567,").replace("'+278312345678901,", "+27831234567,"),
        );
        // With the options of before, and without them.
        m1import(&folder, [&["mended.csv"], options].concat()).to(&server).run().exits_with(0);
        m1import(&folder, ["mended.csv", "--output-dir", "bare"]).to(&server).run().exits_with(0);
        assert_eq!(server.phones(), ["27831234567"]);
    }
}

#[test]
fn the_number_the_server_refuses_is_found_and_the_rest_arrives() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 1000));
    let sandbox = SandboxProcess::new(&["--refuse", "27830000444"]);
    m1import(&folder, ["contacts.csv", "--endpoint", sandbox.url(), "--token", "sandbox"]).run().exits_with(1);
    rows_are(&folder.summary("contacts.results"), &[("read", 1000), ("accepted", 999), ("refused", 1)]);
    let phones: BTreeSet<String> = sandbox.phones().into_iter().collect();
    assert_eq!(phones.len(), 999);
    assert!(!phones.contains("27830000444"));
    let rejected = folder.table("contacts.results/rejected.csv");
    assert_eq!(rejected.len(), 1);
    assert_eq!(
        (rejected[0]["Phone"].trim_start_matches('\''), rejected[0]["m1import_line"].as_str()),
        ("+27830000444", "446")
    );
    assert!(rejected[0]["m1import_reason"].contains("a contact of this request is refused"), "{rejected:?}");
}

#[test]
fn a_wrong_token_is_found_with_one_request() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 500));
    let server = Server::answers([Reply::refused(401, "Unauthorized")]);
    let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
    run.exits_with(77).says("hint:");
    assert!(!run.stderr.contains(TOKEN) && !run.stdout.contains(TOKEN));
    rows_are(&folder.summary("contacts.results"), &[("read", 500), ("not_sent", 500)]);
}

#[test]
fn a_wrong_address_is_not_the_expected_service() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 500));
    let sandbox = SandboxProcess::new(&[]);
    let wrong = sandbox.url().replace("/import", "/imports");
    m1import(&folder, ["contacts.csv", "--endpoint", &wrong, "--token", "sandbox"]).run().exits_with(76).says("hint:");
    assert!(sandbox.contacts().is_empty());

    let elsewhere = Server::unasked();
    // Of a request that was answered 200 with a page nobody knows what became.
    for (reply, unknown) in
        [(Reply::html(200), 100), (Reply::redirect(307, &elsewhere.endpoint()), 0), (Reply::html(404), 0)]
    {
        let server = Server::new(move |_| reply.clone());
        m1import(&folder, ["contacts.csv", "--restart"]).to(&server).run().exits_with(76);
        assert!(server.count() <= 3);
        let summary = folder.summary("contacts.results");
        rows_are(&summary, &[("read", 500), ("unconfirmed", unknown), ("not_sent", 500 - unknown)]);
    }
}

#[test]
fn without_a_token_nothing_is_asked() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED);
    let server = Server::unasked();
    let endpoint = server.endpoint();
    m1import(&folder, ["contacts.csv", "--endpoint", &endpoint]).run().exits_with(77).says("M1IMPORT_TOKEN");
    m1import(&folder, ["contacts.csv", "--endpoint", &endpoint, "--token", ""]).run().exits_with(77);
    assert!(!folder.has("contacts.results"));
}

#[test]
fn input_that_cannot_be_used_is_said_before_anything_is_sent() {
    let folder = Folder::new();
    folder.write("no-phone.csv", "Name,Email\nJane,jane@example.com\n");
    folder.write("empty.csv", "").write("blank.csv", "\n\n  \n").write("binary.csv", [0, 159, 146, 150, 0, 0, 255, 3]);
    folder.write("broken.json", "[{\"phone\": \"+27831234567\"");
    fs::create_dir(folder.path("folder.csv")).expect("a folder");
    let server = Server::unasked();
    for (name, code, says) in [
        ("no-phone.csv", 65, "mapping.no_phone"),
        ("empty.csv", 65, "input.empty"),
        ("blank.csv", 65, "input."),
        ("binary.csv", 65, "input."),
        ("broken.json", 65, "input."),
        ("folder.csv", 66, "folder.csv"),
        ("missing.csv", 66, "missing.csv"),
    ] {
        let run = m1import(&folder, [name]).to(&server).run();
        run.exits_with(code).says(says).says("error: ");
        assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
    }
}

#[test]
fn a_header_alone_is_a_warning() {
    let folder = Folder::new();
    folder.write("header.csv", "Name,Phone\n").write("none.json", "[]");
    let server = Server::unasked();
    for name in ["header", "none"] {
        let file = if name == "header" { "header.csv" } else { "none.json" };
        m1import(&folder, [file]).to(&server).run().exits_with(0).says("warning");
        rows_are(&folder.summary(&format!("{name}.results")), &[]);
    }
}

#[test]
fn with_every_row_invalid_nothing_is_asked_and_the_reports_are_there() {
    let folder = Folder::new();
    folder.write("contacts.csv", "Name,Phone\nA,81234 56789\nB,81234 56780\nC,12\n");
    let server = Server::unasked();
    let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
    run.exits_with(1);
    assert!(run.stdout.contains("--default-country"), "the remedy of the commonest reason: {}", run.stdout);
    let summary = folder.summary("contacts.results");
    rows_are(&summary, &[("read", 3), ("invalid", 3)]);
    assert_eq!(folder.table("contacts.results/rejected.csv").len(), 3);
}

#[test]
fn typed_twice_it_is_two_jobs() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 250));
    let server = Server::new(|_| Reply::ok());
    for _ in 0..2 {
        m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(0);
        rows_are(&folder.summary("contacts.results"), &[("read", 250), ("accepted", 250)]);
    }
    let sent: usize = server.requests().iter().map(|request| request.contacts.len()).sum();
    assert_eq!((sent, server.phones().len()), (500, 250));
}

#[test]
fn from_a_pipe_to_a_pipe_there_is_one_document_and_nothing_else() {
    let folder = Folder::new();
    let lines = (0..20).map(|n| format!("{{\"name\":\"N {n}\",\"phone\":\"+2783{n:07}\"}}\n")).collect::<String>();
    let server = Server::new(|_| Reply::ok());
    let run =
        m1import(&folder, ["-", "--format", "ndjson", "--output", "json", "--quiet"]).to(&server).stdin(lines).run();
    run.exits_with(0);
    assert_eq!(run.stderr, "");
    let document = run.json();
    rows_are(&document, &[("read", 20), ("accepted", 20)]);
    assert_eq!((document["schema"].as_i64(), document["error"].is_null()), (Some(1), true));
    assert_eq!(folder.summary("stdin.results"), document);
    assert_eq!(server.phones().len(), 20);
    assert!(folder.leftovers().is_empty(), "{:?}", folder.leftovers());
}

#[test]
fn rows_of_one_phone_are_one_contact() {
    let folder = Folder::new();
    folder.write(
        "contacts.csv",
        "Name,Phone,Email,Tags\nJane,+27831234567,jane@example.com,a\nJoe,+27831234568,,\n,083 123 4567,,b\n",
    );
    let server = Server::answers([Reply::ok()]);
    m1import(&folder, ["contacts.csv", "--default-country", "ZA"]).to(&server).run().exits_with(0);
    rows_are(&folder.summary("contacts.results"), &[("read", 3), ("accepted", 2), ("duplicate", 1)]);
    let details = &server.contact("27831234567").expect("it has arrived")["profile"]["userDetails"];
    assert_eq!(
        (&details["userProvidedName"], &details["contact"]["email"]),
        (&json!("Jane"), &json!("jane@example.com"))
    );
    assert_eq!(details["tags"], json!(["a", "b"]));
    assert_eq!(server.phones(), ["27831234567", "27831234568"]);
}

#[test]
fn several_files_are_one_job() {
    let folder = Folder::new();
    folder
        .write("a.csv", csv(0, 3))
        .write("b.json", r#"[{"name":"B","phone":"+27830000002"},{"phone":"+27830000009"},{"phone":"1"}]"#);
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["a.csv", "b.json"]).to(&server).run().exits_with(1);
    let summary = folder.summary("a.results");
    rows_are(&summary, &[("read", 6), ("accepted", 4), ("duplicate", 1), ("invalid", 1)]);
    assert_eq!(summary["inputs"].as_array().map(Vec::len), Some(2));
    let files: Vec<_> = folder
        .table("a.results/results.csv")
        .into_iter()
        .map(|mut row| row.remove("file").unwrap_or_default())
        .collect();
    assert_eq!(files, ["a.csv", "a.csv", "a.csv", "b.json", "b.json", "b.json"]);
    assert!(folder.has("a.results/rejected.2.ndjson"), "JSON rows come back as JSON");
}

#[test]
fn trying_needs_no_token_and_touches_nothing_of_the_real_job() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED).write(".env", "M1IMPORT_TOKEN=a-token-that-is-not-used\n");
    m1import(&folder, ["contacts.csv", "--sandbox"]).run().exits_with(1);
    rows_are(&folder.summary("contacts.sandbox.results"), &[("read", 5), ("accepted", 3), ("invalid", 2)]);
    m1import(&folder, ["contacts.csv", "--dry-run"]).run().exits_with(1);
    rows_are(&folder.summary("contacts.dry-run.results"), &[("read", 5), ("not_sent", 3), ("invalid", 2)]);
    assert!(!folder.has("contacts.dry-run.results/journal.ndjson"));
    assert!(!folder.has("contacts.results"));

    let run = m1import(&folder, ["check", "contacts.csv"]).run();
    run.exits_with(1);
    assert!(run.stdout.contains("phone.no_country") && !run.stdout.contains("jane@example.com"), "{}", run.stdout);
    assert!(!folder.has("contacts.results") && !folder.has("contacts.check.results"));
}

#[test]
fn the_token_comes_from_the_environment_a_file_or_a_command() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 1)).write("token.txt", "Bearer from-a-file\n");
    let server = Server::new(|_| Reply::ok());
    let endpoint = server.endpoint();
    let base = ["contacts.csv", "--endpoint", &endpoint];
    m1import(&folder, base).env("M1IMPORT_TOKEN", "from-the-environment").run().exits_with(0);
    m1import(&folder, base).with(["--token-file", "token.txt"]).run().exits_with(0);
    m1import(&folder, base).with(["--token-command", "echo from-a-command"]).run().exits_with(0);
    folder.write(".env", format!("M1IMPORT_TOKEN=from-dot-env\nM1IMPORT_ENDPOINT={endpoint}\n"));
    m1import(&folder, ["contacts.csv"]).run().exits_with(0);
    let tokens: Vec<_> =
        server.requests().iter().filter_map(|request| request.header("authorization").map(str::to_owned)).collect();
    let expected = ["from-the-environment", "from-a-file", "from-a-command", "from-dot-env"];
    assert_eq!(tokens, expected.map(|token| format!("Bearer {token}")));
}

#[test]
fn batches_are_cut_by_count_and_by_bytes() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 1000));
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv", "--batch-size", "300"]).to(&server).run().exits_with(0);
    assert!(server.requests().iter().all(|request| request.contacts.len() <= 300));
    assert_eq!(server.phones().len(), 1000);

    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv", "--batch-bytes", "2kB"]).to(&server).run().exits_with(0);
    assert!(server.requests().iter().all(|request| request.body.len() <= 2000));
    let phones: Vec<String> =
        server.requests().iter().flat_map(|request| request.contacts.iter().map(phone).collect::<Vec<_>>()).collect();
    assert_eq!(phones.len(), 1000, "each once");
    assert_eq!(server.phones().len(), 1000);
}

#[test]
fn rows_of_several_files_are_one_job_and_each_names_its_file() {
    let folder = Folder::new();
    folder.write("a.csv", "Name,Phone\nJane,+27 83 123 4567\nBad,12\n");
    folder.write("b.csv", "Phone;Name\n+27831234567;Jane Doe\n+27831234568;Joe\nx;Worse\n");
    let run = m1import(&folder, ["a.csv", "b.csv", "--sandbox", "--shard", "1/1"]).run();
    run.exits_with(1);

    rows_are(&folder.summary("a.sandbox.results"), &[("read", 5), ("accepted", 2), ("duplicate", 1), ("invalid", 2)]);
    let table = folder.table("a.sandbox.results/results.csv");
    let place = |row: &std::collections::BTreeMap<String, String>| {
        format!("{}:{}:{} {}", row["file"], row["record"], row["line"], row["status"])
    };
    let places: Vec<String> = table.iter().map(place).collect();
    let expected =
        ["a.csv:1:2 duplicate", "a.csv:2:3 invalid", "b.csv:1:2 accepted", "b.csv:2:3 accepted", "b.csv:3:4 invalid"];
    assert_eq!(places, expected);
    assert_eq!(table[0]["message"], "merged into b.csv:2");
    for (number, row) in [(1, "Bad"), (2, "Worse")] {
        assert!(folder.read(&format!("a.sandbox.results/rejected.{number}.csv")).contains(row));
    }
}
