//! The files that a run writes: who may read them, what they hold, and what they never replace.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::import::MIXED;
use crate::support::exchange::Reply;
use crate::support::program::{Folder, TOKEN, m1import};
use crate::support::server::Server;

#[test]
fn check_writes_the_reports_it_is_asked_for_and_nothing_else() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED);
    let reports = ["--report", "rows.csv", "--report", "all.json", "--write-config", "pinned.toml"];
    m1import(&folder, ["check", "contacts.csv"]).with(reports).run().exits_with(1);

    let statuses: Vec<String> = folder.table("rows.csv").into_iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, ["not_sent", "invalid", "not_sent", "invalid", "not_sent"]);
    assert!(folder.read("all.json").contains("\"checked\""));
    assert!(folder.read("pinned.toml").contains("phone=Phone"));
    assert!(!folder.has("contacts.results"));
    // A second time would write over the settings: they may have been mended since.
    m1import(&folder, ["check", "contacts.csv"]).with(reports).run().exits_with(73).says("[output.exists]");
}

#[test]
fn a_header_that_a_spreadsheet_would_run_is_guarded_and_read_again() {
    let folder = Folder::new();
    folder.write("contacts.csv", "Name,Phone,=1+1\nJane,12,x\n");
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(1);
    let rejected = folder.read("contacts.results/rejected.csv");
    assert!(rejected.starts_with("Name,Phone,'=1+1,m1import_line"), "{rejected}");
    folder.write("corrected.csv", rejected.replace(",12,", ",+27831234567,"));
    let run = m1import(&folder, ["corrected.csv", "--attributes", "=1+1", "--output-dir", "again"]).to(&server).run();
    run.exits_with(0);
    assert_eq!(server.phones(), ["27831234567"]);
}

#[test]
fn metrics_say_what_the_process_says() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED);
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv", "--report", "run.prom"]).to(&server).run().exits_with(1);
    assert!(folder.read("run.prom").contains("m1import_exit_code 1\n"));
    // No row was read, and the exit code is there all the same.
    m1import(&folder, ["nowhere.csv", "--report", "run.prom"]).to(&server).run().exits_with(66);
    let text = folder.read("run.prom");
    assert!(text.contains("m1import_exit_code 66\n") && text.contains("accepted\"} 0\n"), "{text}");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(folder.path("run.prom")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o644);
    // An export that lost all its rows can be watched for.
    folder.write("contacts.csv", "Name,Phone\n");
    m1import(&folder, ["contacts.csv", "--report", "run.prom"]).to(&server).run().exits_with(0);
    let text = folder.read("run.prom");
    assert!(text.contains("m1import_warnings{code=\"warning.no_rows\"} 1\n"), "{text}");
}

#[test]
fn metrics_never_replace_an_input() {
    let folder = Folder::new();
    folder.write("contacts.prom", MIXED);
    for path in ["contacts.prom", "./contacts.prom"] {
        for more in [&[][..], &["--dry-run"]] {
            m1import(&folder, [&["contacts.prom", "--report", path], more].concat()).run().exits_with(2);
            assert_eq!(folder.read("contacts.prom"), MIXED, "{path} {more:?}");
        }
    }
}

#[test]
fn the_schema_is_printed_as_it_is_published() {
    let run = m1import(&Folder::new(), ["schema"]).run();
    assert_eq!(run.exits_with(0).stdout, include_str!("../../docs/summary.schema.json"));
}

#[test]
fn the_results_are_private() {
    let folder = Folder::new();
    folder.write("contacts.csv", MIXED);
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(1);
    let mode = |name: &str| fs::metadata(folder.path(name)).expect(name).permissions().mode() & 0o777;
    assert_eq!(mode("contacts.results"), 0o700);
    for name in ["summary.json", "results.csv", "rejected.csv"] {
        assert_eq!(mode(&format!("contacts.results/{name}")), 0o600, "{name}");
    }
    for file in fs::read_dir(folder.path("contacts.results")).expect("the folder").flatten() {
        let text = fs::read(file.path()).expect("a file");
        assert!(!String::from_utf8_lossy(&text).contains(TOKEN), "the token is in {:?}", file.file_name());
    }
}
