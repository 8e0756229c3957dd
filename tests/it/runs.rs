//! Earlier runs: what a results folder keeps of them, and what a run compares itself with.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::contacts::csv;
use crate::support::exchange::Reply;
use crate::support::job::{folder, import};
use crate::support::program::{Folder, eventually, m1import};
use crate::support::server::Server;

/// Two rows, of which one is rejected.
const LIST: &str = "Name,Phone\nA,+27830000001\nB,98765 43210\n";

fn list() -> Folder {
    let folder = Folder::new();
    folder.write("l.csv", LIST);
    folder
}

/// The folders of earlier runs, the oldest first.
fn runs(folder: &Folder, results: &str) -> Vec<String> {
    let Ok(found) = fs::read_dir(folder.path(&format!("{results}/runs"))) else { return Vec::new() };
    let mut names: Vec<String> = found.flatten().map(|run| run.file_name().into_string().unwrap()).collect();
    names.sort_by_key(|name| (name.split('-').next().unwrap().to_owned(), name.len(), name.clone()));
    names
}

fn files(folder: &Folder, place: &str) -> Vec<String> {
    let found = fs::read_dir(folder.path(place)).unwrap().flatten();
    let mut names: Vec<String> = found.map(|file| file.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn again(folder: &Folder, server: &Server, more: &[&str]) -> Value {
    m1import(folder, ["l.csv"]).to(server).with(more).run().exits_with(1);
    folder.summary("l.results")
}

#[test]
fn reports_of_a_finished_job_are_kept_and_the_oldest_removed() {
    let (folder, server) = (list(), Server::new(|_| Reply::ok()).at_will());
    let first = again(&folder, &server, &[]);
    assert_eq!((runs(&folder, "l.results").len(), &first["previous"]), (0, &Value::Null));
    let second = again(&folder, &server, &[]);
    assert_eq!(second["previous"]["job"], first["job"]);
    let kept = runs(&folder, "l.results");
    let started = first["started"].as_str().unwrap();
    assert_eq!(kept, [started[..19].replace(['-', ':'], "") + "Z"]);
    let place = format!("l.results/runs/{}", kept[0]);
    assert_eq!(files(&folder, &place), ["rejected.csv", "report.html", "summary.json"]);
    assert_eq!(folder.summary(&place), first);
    for _ in 0..4 {
        again(&folder, &server, &["--keep-runs", "3"]);
    }
    let left = runs(&folder, "l.results");
    assert_eq!(left.len(), 3);
    assert!(!left.contains(&kept[0]), "{left:?}");
    again(&folder, &server, &["--keep-runs", "0"]);
    assert_eq!(runs(&folder, "l.results").len(), 0);
    assert!(folder.has("l.results/report.html") && folder.has("l.results/rejected.csv"));
}

#[test]
fn what_was_edited_or_laid_into_a_run_is_not_removed() {
    for changed in ["rejected.csv", "report.html", "summary.json", "notes.txt"] {
        let (folder, server) = (list(), Server::new(|_| Reply::ok()).at_will());
        again(&folder, &server, &[]);
        again(&folder, &server, &[]);
        let [kept] = runs(&folder, "l.results").try_into().unwrap();
        let path = format!("l.results/runs/{kept}/{changed}");
        let text = if folder.has(&path) { folder.read(&path) } else { String::new() };
        folder.write(&path, format!("{text} \n"));
        let all = files(&folder, &format!("l.results/runs/{kept}"));
        again(&folder, &server, &["--keep-runs", "1"]);
        again(&folder, &server, &["--keep-runs", "1"]);
        assert_eq!(files(&folder, &format!("l.results/runs/{kept}")), all, "{changed}");
        // It does not count: the newest of the others is there too.
        assert_eq!(runs(&folder, "l.results").len(), 2, "{changed}");
    }
}

#[test]
fn an_edited_file_of_rejected_rows_gets_another_name_and_not_into_runs() {
    let (folder, server) = (list(), Server::new(|_| Reply::ok()).at_will());
    again(&folder, &server, &[]);
    folder.write("l.results/rejected.csv", "Name,Phone\nB,+919876543210\n");
    let run = m1import(&folder, ["l.csv"]).to(&server).run();
    run.exits_with(1).says("it is kept as rejected.edited.csv");
    assert_eq!(folder.read("l.results/rejected.edited.csv"), "Name,Phone\nB,+919876543210\n");
    let kept = runs(&folder, "l.results");
    assert_eq!(files(&folder, &format!("l.results/runs/{}", kept[0])), ["report.html", "summary.json"]);
}

#[test]
fn a_link_or_a_file_called_runs_ends_it_before_anything_is_sent() {
    let server = Server::unasked();
    let targets = [Some("elsewhere"), Some("l.csv"), Some("nowhere"), None];
    for target in targets {
        let folder = list();
        fs::create_dir(folder.path("elsewhere")).unwrap();
        m1import(&folder, ["l.csv", "-o", "R", "--sandbox"]).run().exits_with(1);
        let why = match target {
            Some(target) => {
                symlink(folder.path(target), folder.path("R/runs")).unwrap();
                "it is a link, not a folder"
            }
            None => {
                folder.write("R/runs", "");
                "it is not a folder"
            }
        };
        let before = files(&folder, "R");
        let run = m1import(&folder, ["l.csv", "-o", "R"]).to(&server).run();
        run.exits_with(73).says(&format!("error: R/runs cannot be used: {why} [output.runs]"));
        run.says("hint: move what is called runs out of the results folder");
        assert_eq!((files(&folder, "R"), files(&folder, "elsewhere").len()), (before, 0), "{target:?}");
    }
}

#[test]
fn a_link_or_a_file_is_no_results_folder() {
    let (folder, server) = (list(), Server::unasked());
    fs::create_dir(folder.path("elsewhere")).unwrap();
    for (link, target) in [("a", "elsewhere"), ("b", "l.csv"), ("c", "nowhere")] {
        symlink(folder.path(target), folder.path(link)).unwrap();
    }
    let (link, file) = ("it is a link, not a folder", "it is not a folder");
    for (output, why) in [("a", link), ("b", link), ("c", link), ("a/", link), ("l.csv", file)] {
        let run = m1import(&folder, ["l.csv", "-o", output]).to(&server).run();
        run.exits_with(73).says(&format!("the results folder {output} cannot be used: {why} [output.folder]"));
    }
    assert_eq!((files(&folder, "elsewhere").len(), folder.has("nowhere")), (0, false));
}

#[test]
fn a_resumed_job_knows_the_one_before_and_its_own_reports_are_not_earlier_ones() {
    let folder = folder(300);
    let slow = Server::new(|_| Reply::ok().after(Duration::from_millis(40))).at_will();
    import(&folder, &slow, &[]).exits_with(0);
    let first = folder.summary("contacts.results")["job"].clone();
    for signal in [Signal::KILL, Signal::INT] {
        let asked = slow.count();
        let started = m1import(&folder, ["contacts.csv", "--batch-size", "5"]).to(&slow).start();
        eventually("some answers", || slow.count() > asked + 12);
        started.signal(signal);
        started.wait();
        // What a killed run has asked for is answered all the same.
        std::thread::sleep(Duration::from_millis(200));
        assert!(folder.has("contacts.results/results.csv"), "a signal removes nothing of an earlier job");
    }
    import(&folder, &slow, &[]).exits_with(0);
    let summary = folder.summary("contacts.results");
    assert!(summary["rows"]["accepted_before"].as_u64().unwrap() > 0);
    assert_eq!(summary["previous"]["job"], first);
    assert_eq!(runs(&folder, "contacts.results").len(), 1);
}

#[test]
fn a_forgotten_job_is_kept_and_one_that_settled_nothing_is_replaced() {
    let folder = folder(100);
    let server = Server::new(|request| if request.number == 2 { Reply::refused(401, "no") } else { Reply::ok() });
    import(&folder, &server, &["--concurrency", "1"]).exits_with(77);
    let forgotten = folder.summary("contacts.results")["job"].clone();
    import(&folder, &server, &["--restart"]).exits_with(0);
    assert_eq!(folder.summary("contacts.results")["previous"]["job"], forgotten);
    assert_eq!(runs(&folder, "contacts.results").len(), 1);
    let finished = folder.summary("contacts.results")["job"].clone();
    let refusing = Server::new(|_| Reply::refused(401, "no"));
    for _ in 0..3 {
        import(&folder, &refusing, &[]).exits_with(77);
        assert_eq!(folder.summary("contacts.results")["previous"]["job"], finished);
        assert_eq!(runs(&folder, "contacts.results").len(), 2);
    }
}

#[test]
fn far_fewer_rows_than_last_time_touch_nothing() {
    let folder = folder(100);
    let server = Server::new(|_| Reply::ok()).at_will();
    // Nothing to compare with yet, and a part of the input is not compared with.
    import(&folder, &server, &["--max-drop", "10%"]).exits_with(0);
    import(&folder, &server, &["--limit", "5"]).exits_with(0);
    import(&folder, &server, &["--limit", "5", "--max-drop", "10%"]).exits_with(0);
    let (asked, held) = (server.count(), files(&folder, "contacts.results"));
    folder.write("contacts.csv", csv(0, 89));
    let run = import(&folder, &server, &["--max-drop", "10%", "--output", "json"]);
    run.exits_with(65).says("89 rows were read, and the import of 20").says("read 100").says("[input.drop]");
    assert_eq!((run.json()["status"].as_str(), server.count()), (Some("failed"), asked));
    assert_eq!(files(&folder, "contacts.results"), held);
    for command in [&["check", "contacts.csv"][..], &["contacts.csv", "--dry-run"]] {
        m1import(&folder, command).with(["--max-drop", "10%"]).run().exits_with(65).says("[input.drop]");
        m1import(&folder, command).with(["--max-drop", "11%"]).run().exits_with(0);
    }
    folder.write("contacts.csv", csv(0, 90));
    import(&folder, &server, &["--max-drop", "10%"]).exits_with(0);
}
