//! A FIFO wherever the program opens a file: nothing waits for somebody at its other end.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::support::exchange::Reply;
use crate::support::job::folder;
use crate::support::program::{Run, m1import};
use crate::support::server::Server;

fn fifo(path: &Path) {
    if path.symlink_metadata().is_ok() {
        fs::remove_file(path).unwrap();
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[track_caller]
fn ends(run: &Run, code: i32, what: &str) {
    run.exits_with(code);
    assert!(run.took < Duration::from_secs(10), "{what}: {:?}", run.took);
}

#[test]
fn in_a_results_folder_it_is_refused_or_replaced() {
    let server = Server::new(|_| Reply::ok());
    for (name, code) in [
        (".lock", 73),
        ("journal.ndjson", 73),
        ("summary.json", 0),
        ("results.csv", 0),
        ("report.html", 0),
        ("rejected.csv", 0),
        ("runs", 73),
    ] {
        let folder = folder(1);
        m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(0);
        fifo(&folder.path("contacts.results").join(name));
        ends(&m1import(&folder, ["contacts.csv"]).to(&server).run(), code, name);
    }
}

#[test]
fn elsewhere_it_is_refused_or_left_aside() {
    let server = Server::new(|_| Reply::ok());
    for (option, code) in [("--cacert", 78), ("--phone-metadata", 78)] {
        let folder = folder(1);
        fifo(&folder.path("pipe"));
        ends(&m1import(&folder, ["contacts.csv", option, "pipe"]).to(&server).run(), code, option);
    }
    for (option, name) in [("--report", "pipe.json"), ("--write-config", "pipe.toml")] {
        let folder = folder(1);
        fifo(&folder.path(name));
        ends(&m1import(&folder, ["check", "contacts.csv", option, name]).run(), 73, option);
    }
    for name in [".env", "m1import.toml"] {
        let folder = folder(1);
        fifo(&folder.path(name));
        ends(&m1import(&folder, ["contacts.csv"]).to(&server).run(), 0, name);
    }
    for name in [".config/m1import/config.toml", ".local/state/m1import/key"] {
        let folder = folder(1);
        fifo(&folder.home(name));
        ends(&m1import(&folder, ["contacts.csv"]).to(&server).run(), 0, name);
    }
}

#[test]
fn as_the_summary_of_a_step_it_is_a_warning() {
    let (folder, server) = (folder(1), Server::new(|_| Reply::ok()));
    let path = folder.path("step.md");
    fifo(&path);
    let run = m1import(&folder, ["contacts.csv"]).to(&server).env("GITHUB_ACTIONS", "true");
    let run = run.env("GITHUB_STEP_SUMMARY", path.to_str().unwrap()).run();
    ends(&run, 0, "GITHUB_STEP_SUMMARY");
    run.says("warning: GITHUB_STEP_SUMMARY cannot be written");
}
