//! What the settings decide, and what they may not: the real program in folders of all kinds.

use super::support::contacts::csv;
use super::support::exchange::Reply;
use super::support::program::{Folder, TOKEN, m1import};
use super::support::server::Server;

fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(1, 3));
    for (name, text) in files {
        folder.write(name, text);
    }
    folder
}

#[test]
fn a_strangers_folder_gets_no_token() {
    let stranger = Server::unasked();
    let endpoint = stranger.endpoint();
    let files = [
        (".env", format!("M1IMPORT_ENDPOINT={endpoint}\n"), "m1import contacts.csv --env-file .env"),
        ("m1import.toml", format!("endpoint = '{endpoint}'\n"), "m1import contacts.csv --config m1import.toml"),
        ("m1import.toml", "token-command = 'touch pwned'\n".to_owned(), "m1import contacts.csv --config m1import.toml"),
    ];
    for (name, text, command) in &files {
        let folder = folder(&[(name, text)]);
        let run = m1import(&folder, ["contacts.csv"]).env("M1IMPORT_TOKEN", TOKEN).run();
        run.exits_with(78).says("[config.untrusted]").says(command);
        assert!(!folder.has("pwned") && !folder.has("contacts.results"));
        assert_eq!(stranger.connections(), 0);
    }
}

#[test]
fn a_file_that_was_named_is_trusted() {
    let server = Server::new(|_| Reply::ok());
    let text = format!("M1IMPORT_ENDPOINT={}\nM1IMPORT_TOKEN_COMMAND=echo {TOKEN}\n", server.endpoint());
    let folder = folder(&[("trusted.env", &text)]);
    m1import(&folder, ["contacts.csv", "--env-file", "trusted.env"]).run().exits_with(0);
    assert_eq!(server.requests()[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
}

#[test]
fn the_nearest_place_wins() {
    let folder = folder(&[("m1import.toml", "limit = 1\n"), (".env", "M1IMPORT_LIMIT=2\n")]);
    let read = |arguments: &[&str], variable: &str| {
        let run = m1import(&folder, ["check", "contacts.csv", "--output", "json"]);
        run.with(arguments).env("M1IMPORT_LIMIT", variable).run().json()["rows"]["read"].as_u64()
    };
    assert_eq!(read(&[], ""), Some(2));
    assert_eq!(read(&[], "3"), Some(3));
    assert_eq!(read(&["--limit", "1"], "3"), Some(1));
    let shown = m1import(&folder, ["config"]).run().exits_with(0).stdout.clone();
    let line = shown.lines().find(|line| line.starts_with("limit ")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["limit", "2", ".env"]);
}

#[test]
fn what_is_wrong_has_a_code_and_a_hint() {
    let cases: [(&[&str], &str, i32, &str, &str); 9] = [
        (&[], "", 2, "[usage.no_file]", "m1import sample"),
        (&["contacts.csv", "--tokn", "x"], "", 2, "[usage.unknown_option]", "did you mean --token?"),
        (&["contacts.csv", "--format", "xslx"], "", 2, "[usage.value]", "did you mean xlsx?"),
        (&["contacts.csv", "--token", "x", "--token-file", "y"], "", 2, "[usage.conflict]", "leave one"),
        (&["-", "--token-file", "-"], "", 2, "[usage.conflict]", "into a file"),
        (&["contacts.csv", "--endpoint", "http://localhost:1/"], "", 78, "[config.endpoint]", "http://127.0.0.1:1/"),
        (&["contacts.csv"], "bach-size = 5", 78, "[config.unknown_key]", "did you mean batch-size?"),
        (&["contacts.csv"], "token = 'x'", 78, "[config.typed_only]", "token-file"),
        (&["contacts.csv", "--profile", "p"], "limit = 1", 78, "[config.profile]", ""),
    ];
    for (arguments, file, exit, code, hint) in cases {
        let folder = folder(&[("m1import.toml", file)]);
        m1import(&folder, arguments).run().exits_with(exit).says(code).says(hint);
    }
    let run = m1import(&folder(&[]), ["contacts.csv"]).env("M1IMPORT_BACH_SIZE", "5").run();
    run.exits_with(78).says("did you mean M1IMPORT_BATCH_SIZE?");
    let run = m1import(&folder(&[]), ["contacts.csv"]).env("M1IMPORT_TOKEN", "").run();
    run.exits_with(77).says("is the variable set?");
}

#[test]
fn help_and_settings_never_show_the_token() {
    let folder = folder(&[]);
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["config"],
        &["config", "--output", "json"],
        &["man"],
        &["check", "contacts.csv", "-vv"],
    ] {
        let run = m1import(&folder, arguments).env("M1IMPORT_TOKEN", TOKEN).env("RUST_LOG", "trace").run();
        run.exits_with(0);
        assert!(!run.stdout.contains(TOKEN) && !run.stderr.contains(TOKEN), "{arguments:?}");
    }
}

#[test]
fn what_is_written_down_holds_no_secret_and_reads_back() {
    let folder = folder(&[]);
    let secret = ["--header", "X-Key: geheim", "--proxy", "http://me:geheim@proxy:1", "--token-command", "echo geheim"];
    let run = m1import(&folder, ["check", "contacts.csv", "--tag", "expo"]);
    let run = run.with(secret).with(["--write-config", "m1import.toml"]).run();
    run.exits_with(0);
    let said = "These settings stand in m1import.toml; an import in this folder takes them from\nthere.";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    let next = "m1import contacts.csv --tag expo --header 'X-Key: …'";
    assert!(run.stdout.contains(next) && !run.stdout.contains("--write-config"), "{}", run.stdout);
    let written = folder.read("m1import.toml");
    assert!(!written.contains("geheim") && !written.contains('…'), "{written}");
    assert!(
        written.contains("header was given and is left out here") && written.contains("tag = [\"expo\"]"),
        "{written}"
    );
    m1import(&folder, ["check", "contacts.csv"]).run().exits_with(0);
}

#[test]
fn what_is_written_down_gives_the_same_contacts() {
    const TABLE: &str = "Vorname;Nachname;Handy;Mail;Ort;PLZ;Home Ort\n\
                         Anna;Meier;0151 23456789;anna@example.de;Ulm;89073;Bonn\n\
                         Otto;Kurz;0151 23456780;otto@example.de;Köln;50667;\n";
    let country = ["--default-country", "DE"];
    for attributes in [
        &["--attributes", "Ort,PLZ"][..],
        &["--attributes", "Ort", "--map", "attr.ort=Home Ort"],
        &["--attributes", "all", "--map", "attr.city=Ort", "--tag", "expo"],
        &["--attributes", "none"],
        &[],
    ] {
        let folder = Folder::new();
        folder.write("kunden.csv", TABLE);
        let check = || m1import(&folder, ["check", "kunden.csv", "--output", "json"]);
        let typed = check().with(country).with(attributes).with(["--write-config", "m1import.toml"]).run().json();
        let written = check().run().exits_with(0).json();
        assert_eq!(typed["preview"], written["preview"], "{attributes:?}: {}", folder.read("m1import.toml"));
        assert_eq!(typed["inputs"], written["inputs"], "{attributes:?}");
    }
}

#[test]
fn what_has_no_place_is_said_before_anything_is_sent() {
    let server = Server::unasked();
    let folder = folder(&[("file", "")]);
    for place in ["nowhere/report.md", "file/report.md", "contacts.results.md/"] {
        std::fs::create_dir_all(folder.path("contacts.results.md")).unwrap();
        m1import(&folder, ["contacts.csv", "--report", place])
            .to(&server)
            .run()
            .exits_with(73)
            .says("[output.no_place]");
        assert!(!folder.has("contacts.results"), "{place}");
        let check = m1import(&folder, ["check", "contacts.csv", "--report", place]).run();
        check.exits_with(73).says("[output.no_place]");
    }
    let check = m1import(&folder, ["check", "contacts.csv", "--write-config", "nowhere/m1import.toml"]).run();
    check.exits_with(73).says("[output.no_place]");
    assert_eq!(server.connections(), 0);
    // A folder that the run makes itself is there in time.
    m1import(&folder, ["contacts.csv", "--dry-run", "--report", "contacts.dry-run.results/more.md"])
        .run()
        .exits_with(0);
}
