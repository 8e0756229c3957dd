//! Runs on a disk that is full: what is there stays whole, and the same command resumes.

use std::fs;

use crate::support::contacts::csv;
use crate::support::exchange::Reply;
use crate::support::job::{all_arrived, folder, import, rows};
use crate::support::program::{Folder, m1import};
use crate::support::server::Server;

#[test]
fn a_full_disk_stops_the_run_which_can_be_taken_up() {
    let folder = folder(200);
    let server = Server::new(|_| Reply::ok());
    // The journal may grow to one or two kilobytes.
    let run = m1import(&folder, ["contacts.csv", "--batch-size", "1"]).to(&server).limited(2).run();
    run.exits_with(74).says("journal.write").says("may be sent again");
    assert!(server.count() < 200, "it went on without a journal");
    let before = server.count();
    let run = m1import(&folder, ["contacts.csv", "--batch-size", "1"]).to(&server).run();
    all_arrived(&run, &folder, &server, 200);
    assert!(server.count() - before < 200, "nothing was remembered");
}

#[test]
fn an_old_report_is_left_whole_when_the_disk_is_full() {
    let folder = folder(30);
    let server = Server::new(|_| Reply::ok());
    import(&folder, &server, &[]).exits_with(0);
    let old = folder.read("contacts.results/results.csv");
    m1import(&folder, ["contacts.csv", "--batch-size", "1"]).to(&server).limited(2).run().exits_with(74);
    assert_eq!(folder.read("contacts.results/results.csv"), old);
}

#[test]
fn a_report_that_finds_no_space_is_made_by_the_next_run() {
    let folder = folder(1_000);
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(0);
    let old = folder.read("contacts.results/results.csv");
    let before = server.count();
    // The journal stays below 8 KiB, results.csv does not.
    let run = m1import(&folder, ["contacts.csv"]).to(&server).limited(16).run();
    run.exits_with(74).says("results.csv").says("[output.write]");
    assert!(run.stdout.contains("1,000 contacts were accepted"), "{}", run.stdout);
    assert_eq!(folder.read("contacts.results/results.csv"), old);
    assert_eq!(server.count() - before, 10);
    let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
    let summary = all_arrived(&run, &folder, &server, 1_000);
    assert_eq!(summary["rows"]["accepted_before"], 1_000);
    assert_eq!(server.count() - before, 10, "what was accepted is sent again");
    assert!(folder.read("contacts.results/results.csv").contains("accepted_before"));
}

#[test]
fn a_report_elsewhere_that_finds_no_space_is_said() {
    let folder = folder(30);
    let server = Server::new(|_| Reply::ok());
    folder.write("old.html", "old");
    let run = m1import(&folder, ["contacts.csv", "--report", "old.html"]).to(&server).limited(8).run();
    run.exits_with(74).says("[output.write]");
    assert_eq!(folder.read("old.html"), "old");
}

#[test]
fn the_summary_says_the_exit_code_of_a_run_whose_report_elsewhere_fails() {
    let folder = folder(30);
    fs::create_dir(folder.path("elsewhere")).unwrap();
    let elsewhere = folder.path("elsewhere");
    let server = Server::new(move |_| {
        // It had a place when the run began.
        let _ = fs::remove_dir(&elsewhere);
        Reply::ok()
    });
    let reports = ["--report", "first.json", "--report", "elsewhere/a.md", "--report", "last.json"];
    let run = m1import(&folder, ["contacts.csv", "--output", "json"]).with(reports).to(&server).run();
    assert_eq!(run.exits_with(74).json()["exit_code"], 74);
    for report in ["first.json", "last.json"] {
        let report: serde_json::Value = serde_json::from_str(&folder.read(report)).unwrap();
        assert_eq!((report["exit_code"].as_u64(), report["error"]["code"].as_str()), (Some(74), Some("output.write")));
    }
    assert!(folder.read("contacts.results/report.html").contains("output.write"));
    let summary = folder.summary("contacts.results");
    assert_eq!((summary["exit_code"].as_u64(), summary["error"]["code"].as_str()), (Some(74), Some("output.write")));
}

#[test]
fn every_report_of_a_check_says_the_exit_code_of_the_process() {
    let folder = folder(30);
    let reports = ["--report", "first.json", "--report", "page.html"];
    let run = m1import(&folder, ["check", "contacts.csv", "--output", "json"]).with(reports).limited(8).run();
    assert_eq!(run.exits_with(74).json()["exit_code"], 74);
    let report: serde_json::Value = serde_json::from_str(&folder.read("first.json")).unwrap();
    assert_eq!((report["exit_code"].as_u64(), report["error"]["code"].as_str()), (Some(74), Some("output.write")));
}

#[test]
fn a_pipe_that_finds_no_space_is_not_sent_in_part() {
    let folder = Folder::new();
    let server = Server::unasked();
    let run = m1import(&folder, ["-"]).to(&server).stdin(csv(0, 1_000)).limited(8).run();
    run.exits_with(74).says("[input.spool]").says("TMPDIR");
    assert!(!folder.has("stdin.results") && folder.leftovers().is_empty());
}

#[test]
fn repeated_rows_that_find_no_space_stop_the_run_which_can_be_taken_up() {
    let folder = Folder::new();
    let line = |n: u32| format!("Contact {n},+2783{n:07},{}\n", "x".repeat(16 << 10));
    let rows_of = |range: std::ops::Range<u32>| range.map(line).collect::<String>();
    // Beyond 8 MiB what waits for the last row of a phone is put into a temporary file.
    let twice = rows_of(0..700) + &rows_of(0..700);
    folder.write("contacts.csv", format!("Name,Phone,Note\n{}{twice}", rows_of(700..800)));
    let server = Server::new(|_| Reply::ok());
    let arguments = ["contacts.csv", "--attributes", "all"];
    let run = m1import(&folder, arguments).to(&server).env("TMPDIR", "/no/such/folder").run();
    run.exits_with(74).says("[run.local_io]");
    assert_eq!((rows(&folder, "accepted") + rows(&folder, "not_sent"), rows(&folder, "duplicate")), (800, 700));
    m1import(&folder, arguments).to(&server).run().exits_with(0);
    assert_eq!(server.phones().len(), 800);
    assert_eq!(rows(&folder, "accepted") + rows(&folder, "accepted_before"), 800);
}
