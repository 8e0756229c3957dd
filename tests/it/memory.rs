//! `--memory`: phones that do not fit into it are told apart on disk, and the result is the same.

use crate::support::exchange::Reply;
use crate::support::program::{Folder, m1import};
use crate::support::server::Server;

#[test]
fn duplicates_are_told_apart_on_disk_as_in_memory() {
    let folder = Folder::new();
    let row = |row: u32| format!("Ann {row},+2783{:07}\n", row % 15_000);
    folder.write("contacts.csv", "Name,Phone\n".to_owned() + &(0..20_000).map(row).collect::<String>());
    let server = Server::new(|_| Reply::ok());
    let import = |results: &str, more: &[&str]| {
        let options = ["contacts.csv", "--batch-size", "1000", "--batch-bytes", "1MB", "--output-dir", results];
        m1import(&folder, options).with(more).to(&server).run().exits_with(0);
        let summary = folder.summary(results);
        assert_eq!((&summary["rows"]["accepted"], &summary["rows"]["duplicate"]), (&15_000.into(), &5_000.into()));
        folder.read(&format!("{results}/results.csv"))
    };
    // So little memory that the phones go into several files.
    assert!(import("disk", &["--memory", "1kB"]) == import("memory", &[]), "results.csv is the same");
}
