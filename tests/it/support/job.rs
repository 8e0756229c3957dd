//! A job of the tests: `contacts.csv` in a folder, imported in batches of 20.

use serde_json::Value;

use super::contacts::csv;
use super::program::{Folder, Run, m1import};
use super::server::Server;

/// A folder with `contacts.csv` of so many contacts.
pub fn folder(count: u32) -> Folder {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, count));
    folder
}

/// Imports `contacts.csv` in batches of 20.
pub fn import(folder: &Folder, server: &Server, more: &[&str]) -> Run {
    m1import(folder, ["contacts.csv", "--batch-size", "20"]).to(server).with(more).run()
}

/// All of `count` contacts have arrived, and the books say so.
#[track_caller]
pub fn all_arrived(run: &Run, folder: &Folder, server: &Server, count: u32) -> Value {
    run.exits_with(0);
    assert_eq!(server.phones(), (0..count).map(|n| format!("2783{n:07}")).collect::<Vec<_>>());
    let summary = folder.summary("contacts.results");
    let rows = &summary["rows"];
    assert_eq!(rows["read"], count);
    assert_eq!(rows["accepted"].as_u64().unwrap() + rows["accepted_before"].as_u64().unwrap(), u64::from(count));
    summary
}

/// The rows of a summary with this status.
#[track_caller]
pub fn rows(folder: &Folder, status: &str) -> u64 {
    folder.summary("contacts.results")["rows"][status].as_u64().unwrap()
}
