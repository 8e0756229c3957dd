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
    let run = m1import(&folder, ["config"]).run();
    let shown =
        run.exits_with(0).says("settings files, the first wins: .env (read), m1import.toml (read)").stdout.clone();
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
        (&["contacts.csv", "--endpoint", "http://a.example:1/"], "", 78, "[config.endpoint]", "https://a.example:1/"),
        (&["contacts.csv"], "bach-size = 5", 78, "[config.unknown_key]", "did you mean batch-size?"),
        (&["contacts.csv"], "token = 'x'", 78, "[config.typed_only]", "token-file"),
        (&["contacts.csv", "--profile", "p"], "limit = 1", 78, "[config.profile]", ""),
    ];
    for (arguments, file, exit, code, hint) in cases {
        let folder = folder(&[("m1import.toml", file)]);
        m1import(&folder, arguments).run().exits_with(exit).says(code).says(hint);
    }
    // A query may hold a key.
    for (endpoint, shown) in [
        ("http://a.example/x?key=geheim", "\"http://a.example/x?…\""),
        ("https://me:geheim@a.example/x?key=geheim", "\"https://…@a.example/x?…\""),
    ] {
        let run = m1import(&folder(&[]), ["contacts.csv", "--endpoint", endpoint]).run();
        run.exits_with(78).says(shown);
        assert!(!run.stderr.contains("geheim"), "{}", run.stderr);
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

/// Settings for inputs of a name are written down with the rest, and where inputs differ each has a section of its own.
#[test]
fn what_is_written_down_of_several_files_gives_the_same_contacts() {
    let sections = "tag = ['all']\n[file.'kunden*']\ndefault-country = 'DE'\ntag = ['kunden']\n";
    let folder = folder(&[("sections.toml", sections)]);
    folder.write("kunden.csv", "Vorname;Handy;Ort\nAnna;0151 23456789;Ulm\nOtto;0151 23456780;Köln\n");
    std::fs::create_dir(folder.path("q")).unwrap();
    folder.write("q/contacts.csv", "Handy;Name\n+491512345670;Eva\n");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/leads.xlsx"), folder.path("leads.xlsx")).unwrap();
    for (files, written) in [
        (&["kunden.csv"][..], &["default-country = \"DE\"", "tag = [\"kunden\"]"][..]),
        (
            &["kunden.csv", "contacts.csv", "leads.xlsx"],
            &["[file.\"kunden.csv\"]", "delimiter = \";\"", "[file.\"leads.xlsx\"]", "sheet = [\"Leads\"]"],
        ),
        // Of two files of one name only what they share can be written down.
        (&["contacts.csv", "q/contacts.csv"], &["format = \"csv\"", "tag = [\"all\"]"]),
    ] {
        let check = |more: [&str; 2]| m1import(&folder, ["check", "--output", "json"]).with(files).with(more);
        let pinned = format!("{}.toml", files.len());
        let found = check(["--config", "sections.toml"]).with(["--write-config", &pinned]).run().json();
        let again = check(["--config", &pinned]).run().json();
        let text = folder.read(&pinned);
        assert_eq!((&found["preview"], &found["rows"]), (&again["preview"], &again["rows"]), "{text}");
        assert_eq!(found["inputs"], again["inputs"], "{text}");
        written.iter().for_each(|line| assert!(text.contains(line), "{line}: {text}"));
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

/// `.env` files of other tools and of other systems, and variables that a cluster, an installer or Docker sets.
#[test]
fn surroundings_that_are_not_ours_end_no_run() {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let files: [(&str, Vec<u8>, Option<u64>); 5] = [
        ("latin-1", b"NAME=M\xfcller\nM1IMPORT_LIMIT=2\n".to_vec(), Some(2)),
        ("utf-16 of another tool", utf_16("\u{feff}NAME=x\r\n"), Some(3)),
        ("utf-16 of PowerShell", utf_16("\u{feff}M1IMPORT_LIMIT=2\r\n"), Some(2)),
        ("utf-16 without a mark", utf_16("M1IMPORT_LIMIT=2\r\n"), Some(2)),
        ("a cluster's", b"M1IMPORT_SANDBOX_PORT=tcp://10.0.0.1:80\n".to_vec(), Some(3)),
    ];
    for (name, bytes, read) in files {
        let folder = folder(&[]);
        folder.write(".env", bytes);
        let run = m1import(&folder, ["check", "contacts.csv", "--output", "json"]).run();
        assert_eq!(run.exits_with(0).json()["rows"]["read"].as_u64(), read, "{name}");
    }
    let folder = folder(&[(".env", "M1IMPORT_LIMIT=2\n")]);
    let run = m1import(&folder, ["check", "contacts.csv", "--output", "json"]);
    let run = run
        .env("M1IMPORT_SANDBOX_PORT", "tcp://10.0.0.1:80")
        .env("M1IMPORT_VERSION", "1.2")
        .env("M1IMPORT_LIMIT", "'1'");
    assert_eq!(run.run().exits_with(0).json()["rows"]["read"].as_u64(), Some(1));
}

#[test]
fn a_settings_file_that_cannot_be_read_is_a_warning_unless_it_was_named() {
    let long = "#".repeat(1 << 21);
    let folder = folder(&[(".env", &long)]);
    let run = m1import(&folder, ["check", "contacts.csv"]).run();
    run.exits_with(0).says("warning: .env cannot be read and is left aside").says("[warning.settings]");
    m1import(&folder, ["check", "contacts.csv", "--env-file", ".env"]).run().exits_with(78).says("[config.unreadable]");
    let missing = m1import(&folder, ["check", "contacts.csv"]).env("M1IMPORT_CONFIG", "missing.toml").run();
    missing.exits_with(78).says("missing.toml").says("[config.unreadable]");
}

#[test]
fn the_next_settings_file_is_named_by_the_environment_never_by_a_file() {
    let folder = folder(&[("other.toml", "limit = 1\n"), (".env", "M1IMPORT_CONFIG=other.toml\n")]);
    m1import(&folder, ["check", "contacts.csv"]).run().exits_with(78).says("[config.typed_only]");
    folder.write(".env", "");
    let run =
        m1import(&folder, ["check", "contacts.csv", "--output", "json"]).env("M1IMPORT_CONFIG", "other.toml").run();
    assert_eq!(run.exits_with(0).says("settings from other.toml").json()["rows"]["read"].as_u64(), Some(1));
}

#[test]
fn what_is_no_token_is_never_sent() {
    let server = Server::unasked();
    let folder = folder(&[]);
    for (token, why) in [
        ("<tok-1234>", "angle brackets"),
        ("tok-1234,", "comma"),
        ("M1IMPORT_TOKEN=tok-1234", "leave out M1IMPORT_TOKEN="),
        ("$M1IMPORT_TOKEN", "not filled in"),
        ("null", "in place of a token"),
        ("***", "masked"),
        ("\"tok-1234", "quote"),
    ] {
        let run =
            m1import(&folder, ["contacts.csv", "--endpoint", &server.endpoint()]).env("M1IMPORT_TOKEN", token).run();
        run.exits_with(77).says("[token.malformed]").says(why);
        assert!(!run.stderr.contains("tok-1234"), "{}", run.stderr);
    }
    m1import(&folder, ["contacts.csv"]).run().exits_with(77).says("More > Developer > API Access Token");
    // Files are looked at first.
    m1import(&folder, ["missing.csv"]).run().exits_with(66).says("[input.missing]");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_token_that_others_may_read_is_said_and_quotes_around_it_are_dropped() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::new(|_| Reply::ok());
    let folder = folder(&[("token", &format!("\"{TOKEN}\"\n"))]);
    let mode = |mode| {
        std::fs::set_permissions(folder.path("token"), std::fs::Permissions::from_mode(mode)).unwrap();
        m1import(&folder, ["contacts.csv", "--token-file", "token", "--endpoint", &server.endpoint()]).run()
    };
    mode(0o644).exits_with(0).says("[warning.readable_token]").says("chmod 600 token");
    assert_eq!(folder.summary("contacts.results")["warnings"][0]["code"], "warning.readable_token");
    let run = mode(0o600);
    assert!(!run.exits_with(0).stderr.contains("readable_token"), "{}", run.stderr);
    assert_eq!(server.requests()[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
}

#[test]
fn paths_in_a_settings_file_know_the_home_folder() {
    let folder = folder(&[("named.toml", "report = ['~/made.md']\n")]);
    m1import(&folder, ["check", "contacts.csv", "--config", "named.toml"]).run().exits_with(0);
    assert!(std::fs::exists(folder.home("made.md")).unwrap());
}

/// One folder holds several exports, each with its own section; the job is one.
#[test]
fn files_have_sections_of_their_own() {
    let settings = "format = 'csv'\n\
                    [file.'export*.txt']\ndelimiter = '|'\nmap = ['phone=Nr']\ndefault-country = 'IN'\ntag = ['export']\n\
                    [file.'*.xlsx']\nformat = 'xlsx'\n";
    let server = Server::new(|_| Reply::ok());
    let folder = folder(&[("m1import.toml", settings), ("export-1.txt", "Who|Nr\nAsha|81234 56789\n")]);
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/leads.xlsx"), folder.path("leads.xlsx")).unwrap();
    let run = m1import(&folder, ["contacts.csv", "export-1.txt"]).to(&server).run();
    run.exits_with(0).says("settings from m1import.toml").says("m1import.toml [file.\"export*.txt\"]");
    let contacts: Vec<_> = server.requests().iter().flat_map(|request| request.contacts.clone()).collect();
    assert_eq!(contacts.len(), 4);
    let tagged: Vec<_> = contacts.iter().filter(|contact| contact.to_string().contains("\"export\"")).collect();
    assert_eq!(tagged.len(), 1);
    assert!(tagged[0].to_string().contains("8123456789"), "{}", tagged[0]);

    m1import(&folder, ["check", "leads.xlsx", "--default-country", "IN"]).run().exits_with(0);
    let quiet = m1import(&folder, ["check", "contacts.csv"]).run();
    assert!(!quiet.exits_with(0).stderr.contains("fits none"), "{}", quiet.stderr);
    let told = m1import(&folder, ["check", "contacts.csv", "-v"]).run();
    told.exits_with(0).says("[file.\"*.xlsx\"] of m1import.toml fits none of the files");
}

/// An error that a setting has caused says where the setting stands.
#[test]
fn a_setting_that_does_not_fit_is_named_with_its_place() {
    let folder = folder(&[("m1import.toml", "format = 'csv'\n")]);
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/leads.xlsx"), folder.path("customers.xlsx")).unwrap();
    let run = m1import(&folder, ["check", "customers.xlsx"]).run();
    let reads = "--format xlsx reads it; with --format auto the format is detected";
    run.exits_with(65).says("this is a workbook, not csv, the format that was named [input.format]").says(reads);
    run.says("hint: format in m1import.toml is csv");
    for format in ["xlsx", "auto"] {
        let obeyed = ["check", "customers.xlsx", "--default-country", "IN", "--format", format];
        m1import(&folder, obeyed).run().exits_with(0);
    }
    let typed = m1import(&folder, ["check", "customers.xlsx", "--format", "csv"]).run();
    assert!(!typed.exits_with(65).stderr.contains("in m1import.toml is"), "{}", typed.stderr);
}

/// The sheet that was found is the one that is read from then on, whatever other sheets hold.
#[test]
fn the_sheet_that_was_found_is_written_down() {
    let folder = folder(&[]);
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/leads.xlsx"), folder.path("leads.xlsx")).unwrap();
    let check = ["check", "leads.xlsx", "--default-country", "IN", "--write-config", "pinned.toml"];
    m1import(&folder, check).run().exits_with(0);
    assert!(folder.read("pinned.toml").contains("sheet = [\"Leads\"]"), "{}", folder.read("pinned.toml"));
    let again = m1import(&folder, ["check", "leads.xlsx", "--config", "pinned.toml"]).run();
    assert!(!again.exits_with(0).stdout.contains("reading sheet"), "{}", again.stdout);
    // A format of texts says nothing about sheets.
    m1import(&folder, ["check", "contacts.csv", "--write-config", "table.toml"]).run().exits_with(0);
    assert!(!folder.read("table.toml").contains("sheet"), "{}", folder.read("table.toml"));
}

/// What is written down where it will be found holds only what a found file may set; all of it is in a second file.
#[test]
fn what_is_written_down_is_accepted_where_it_lies() {
    let folder = folder(&[]);
    let typed = ["--tag", "expo", "--endpoint", "https://api.example.com/inbox/users/import", "--bot-id", "5f"];
    let check = |more: &[&str]| m1import(&folder, ["check", "contacts.csv"]).with(more).run();
    let run = m1import(&folder, ["check", "contacts.csv"]).with(typed).with(["--write-config", "m1import.toml"]).run();
    assert!(run.exits_with(0).stdout.contains("--config m1import.named.toml"), "{}", run.stdout);
    let (found, named) = (folder.read("m1import.toml"), folder.read("m1import.named.toml"));
    assert!(found.contains("expo") && !found.contains("endpoint") && !found.contains("bot-id"), "{found}");
    assert!(named.contains("expo") && named.contains("api.example.com") && named.contains("5f"), "{named}");
    check(&[]).exits_with(0);
    check(&["--config", "m1import.named.toml"]).exits_with(0);
}
