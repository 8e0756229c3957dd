//! What nobody may lose: inputs, corrected rows, and every file that the program did not write.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::exchange::Reply;
use crate::support::program::{Folder, Run, TOKEN, m1import};
use crate::support::server::Server;

/// Three rows, two of them without a country.
const LIST: &str = "Name,Phone\nA,+27830000001\nB,98765 43210\nC,98765 43211\n";

/// The command that a run printed for its rejected rows, without the program's name.
fn printed(run: &Run) -> Vec<String> {
    let line =
        run.stdout.lines().map(str::trim).find(|line| line.starts_with("m1import ") && line.contains("rejected"));
    line.unwrap_or_else(|| panic!("no command in\n{}", run.stdout)).split(' ').skip(1).map(str::to_owned).collect()
}

/// Types a printed command; the token comes from the environment.
fn obey(folder: &Folder, words: &[String]) -> Run {
    m1import(folder, words).env("M1IMPORT_TOKEN", TOKEN).run()
}

fn list() -> Folder {
    let folder = Folder::new();
    folder.write("l.csv", LIST);
    folder
}

#[test]
fn the_command_that_a_run_prints_can_be_obeyed() {
    let folder = list();
    let server = Server::new(|_| Reply::ok());
    let endpoint = server.endpoint();
    let run = m1import(&folder, ["l.csv", "--endpoint", &endpoint, "-o", "R", "--token", TOKEN]).run();
    let words = printed(run.exits_with(1));
    assert_eq!(words, ["R/rejected.csv", "--endpoint", &endpoint]);
    let mended = folder.read("R/rejected.csv").replace("98765", "+91 98765");
    folder.write("R/rejected.csv", &mended);

    // The server is away, twice.
    let gone = words.iter().map(|word| word.replace(&endpoint, "http://127.0.0.1:9/inbox/users/import"));
    let gone: Vec<String> = gone.chain(["--give-up-after".into(), "1s".into()]).collect();
    for _ in 0..2 {
        obey(&folder, &gone).exits_with(75);
        assert_eq!(folder.read("R/rejected.csv"), mended);
    }
    obey(&folder, &words).exits_with(0);
    assert_eq!(server.phones(), ["27830000001", "919876543210", "919876543211"]);
    assert_eq!(folder.read("R/rejected.csv"), mended);
    assert_eq!(folder.summary("R/rejected.results")["rows"]["accepted"], 2);
}

#[test]
fn an_output_folder_of_the_environment_does_not_lead_the_command_into_what_it_reads() {
    let folder = list();
    let server = Server::new(|_| Reply::ok());
    let run = m1import(&folder, ["l.csv"]).to(&server).env("M1IMPORT_OUTPUT_DIR", "R").run();
    let words = printed(run.exits_with(1));
    assert_eq!(&words[words.len() - 2..], ["--output-dir", "R/rejected.results"]);
    let run = m1import(&folder, &words).env("M1IMPORT_TOKEN", TOKEN).env("M1IMPORT_OUTPUT_DIR", "R").run();
    run.exits_with(1);
    assert!(folder.has("R/rejected.results/rejected.csv"));
}

#[test]
fn no_run_replaces_or_removes_its_own_input() {
    let server = Server::new(|_| Reply::ok());
    let names = ["rejected.csv", "results.csv", "summary.json", "report.html", "rejected.3.ndjson", "journal.ndjson"];
    for name in names {
        for way in ["itself", "link to it", "second name"] {
            let folder = list();
            m1import(&folder, ["l.csv", "-o", "R"]).to(&server).run().exits_with(1);
            let (place, input) =
                (format!("R/{name}"), if way == "itself" { format!("R/{name}") } else { "in.csv".into() });
            let _ = fs::remove_file(folder.path(&place));
            folder.write(&place, LIST);
            match way {
                "link to it" => symlink(folder.path(&place), folder.path("in.csv")).unwrap(),
                "second name" => fs::hard_link(folder.path(&place), folder.path("in.csv")).unwrap(),
                _ => {}
            }
            let held = all_files(&folder, "R");
            let asked = server.count();
            for more in [&[][..], &["--restart"], &["--dry-run"], &["--sandbox"]] {
                let run = m1import(&folder, [input.as_str(), "-o", "R"]).to(&server).with(more).run();
                run.exits_with(2).says("[output.is_input]").says("--output-dir");
            }
            assert_eq!((all_files(&folder, "R"), server.count()), (held, asked), "{name}, {way}");
        }
    }
}

#[test]
fn a_report_replaces_a_regular_file_and_nothing_that_is_needed() {
    let server = Server::unasked();
    let folder = list();
    folder.write("token.md", TOKEN).write("settings.xml", "").write("cert.html", "").write(".env", "");
    symlink("l.csv", folder.path("link.csv")).unwrap();
    fs::hard_link(folder.path("l.csv"), folder.path("second.csv")).unwrap();
    symlink("/dev/null", folder.path("device.md")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path("pipe.csv")).status().unwrap().success());
    let endpoint = server.endpoint();
    let files = ["--token-file", "token.md", "--env-file", "settings.xml", "--cacert", "cert.html"];
    let import = |report: &str| {
        let run = m1import(&folder, ["l.csv", "--endpoint", &endpoint, "--report", report]).with(files);
        run.with(["-o", "R"]).run()
    };
    fs::create_dir(folder.path("R")).unwrap();
    for input in ["l.csv", "./l.csv", "link.csv", "second.csv"] {
        import(input).exits_with(2).says("[output.is_input]");
    }
    let others = ["token.md", "settings.xml", "cert.html", "pipe.csv", "device.md", "R/results.csv", "R/summary.json"];
    for other in others {
        import(other).exits_with(73).says("[output.no_place]");
    }
    assert_eq!((folder.read("token.md"), folder.read("l.csv")), (TOKEN.to_owned(), LIST.to_owned()));
    assert!(fs::symlink_metadata(folder.path("device.md")).unwrap().is_symlink());
}

/// Files with names like ours, which are not.
const FOREIGN: &[&str] = &[
    "rejected.fixed.csv",
    "rejected.2024.backup.ndjson",
    "rejected.edited.csv",
    "rejected..csv",
    "rejected.csv.bak",
    ".thing.new",
    ".results.csv.new",
    ".rejected.csv.new",
    ".summary.json.0123456789abcdef.new",
    ".journal.ndjson.new",
    "results.csv.new",
    ".a.json.new",
    "journal.ndjson.1",
    "notes.txt",
];

fn lay_foreign(folder: &Folder, place: &str) {
    for name in FOREIGN {
        folder.write(&format!("{place}/{name}"), format!("{name} of somebody else"));
    }
}

#[track_caller]
fn foreign_is_there(folder: &Folder, place: &str, when: &str) {
    for name in FOREIGN {
        let text = fs::read_to_string(folder.path(&format!("{place}/{name}"))).ok();
        assert_eq!(text, Some(format!("{name} of somebody else")), "{place}/{name} {when}");
    }
}

/// All files of a folder, with what is in them.
fn all_files(folder: &Folder, place: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder.path(place)).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    files.map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn tidying_up_removes_nothing_of_somebody_else() {
    let folder = list();
    let server = Server::new(|_| Reply::ok());
    fs::create_dir(folder.path("R")).unwrap();
    lay_foreign(&folder, "R");
    lay_foreign(&folder, ".");
    for _ in 0..2 {
        m1import(&folder, ["l.csv", "-o", "R", "--report", "a.json"]).to(&server).run().exits_with(1);
    }
    // In the end no row is rejected, and the file of the rejected rows goes.
    m1import(&folder, ["l.csv", "-o", "R", "--default-country", "IN"]).to(&server).run().exits_with(0);
    assert!(!folder.has("R/rejected.csv"));
    foreign_is_there(&folder, "R", "after all");
    foreign_is_there(&folder, ".", "after all");
}

#[test]
fn corrected_rows_outlive_the_command_that_rejected_them() {
    let folder = list();
    let server = Server::new(|_| Reply::ok());
    let import = |more: &[&str]| m1import(&folder, ["l.csv"]).to(&server).with(more).run();
    import(&[]).exits_with(1);
    let mended = folder.read("l.results/rejected.csv").replace("98765", "+91 98765");
    folder.write("l.results/rejected.csv", &mended);
    import(&[]).exits_with(1).says("rejected.edited.csv");
    assert_eq!(folder.read("l.results/rejected.edited.csv"), mended);
    assert!(folder.read("l.results/rejected.csv").contains(",98765 43210,"));
    folder.write("l.results/rejected.csv", "again");
    import(&["--default-country", "IN"]).exits_with(0).says("rejected.edited.2.csv");
    assert_eq!(folder.read("l.results/rejected.edited.2.csv"), "again");
    assert!(!folder.has("l.results/rejected.csv"));
}

/// Runs the program once with random options, perhaps on a small disk, perhaps killed; what was done.
fn random_run(folder: &Folder, server: &Server, dice: &mut fastrand::Rng) -> String {
    let mut run = m1import(folder, ["contacts.csv", "--batch-size", "5"]).to(server);
    let mut what = String::new();
    for (option, odds) in [("--restart", 2), ("--default-country=IN", 4), ("--sandbox", 6), ("--dry-run", 6)] {
        if dice.u8(0..odds) == 0 {
            run = run.with([option]);
            what += option;
        }
    }
    if dice.u8(0..4) == 0 {
        let blocks = dice.u32(0..12);
        run = run.limited(blocks);
        what += &format!(" disk {blocks}");
    }
    let started = run.start();
    if dice.u8(0..4) == 0 {
        std::thread::sleep(Duration::from_millis(dice.u64(0..80)));
        started.signal(if dice.bool() { Signal::KILL } else { Signal::TERM });
        what += " killed";
    }
    started.wait();
    what
}

/// A random history of a results folder: runs, other inputs, faults, full disks, signals, kills and edits.
fn history(seed: u64, steps: usize) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let folder = Folder::new();
    let flaky = Server::new(|request| match request.number % 7 {
        3 => Reply::refused(400, "no"),
        5 => Reply::refused(403, "no"),
        _ => Reply::ok().after(Duration::from_millis(3)),
    });
    let results = "contacts.results";
    fs::create_dir(folder.path(results)).unwrap();
    lay_foreign(&folder, results);
    let mut edits: Vec<String> = Vec::new();
    let mut past = Vec::new();
    for step in 0..steps {
        let rows = dice.usize(0..60);
        let row = |n: usize| match n % 5 {
            0 => format!("Contact {n},98765 4{n:04}\n"),
            _ => format!("Contact {n},+2783{n:07}\n"),
        };
        if dice.u8(0..3) == 0 || step == 0 {
            folder.write("contacts.csv", format!("Name,Phone\n{}", (0..rows).map(row).collect::<String>()));
        }
        let rejected = format!("{results}/rejected.csv");
        if dice.u8(0..4) == 0 && folder.has(&rejected) {
            // What this test itself writes over is its own.
            let text = folder.read(&rejected);
            edits.retain(|edit| *edit != text);
            edits.push(format!("Name,Phone\nedited {seed} {step},+27831234567\n"));
            folder.write(&rejected, &edits[edits.len() - 1]);
        }
        past.push(format!("{rows} rows{}", random_run(&folder, &flaky, &mut dice)));
        foreign_is_there(&folder, results, &format!("after {past:?}, seed {seed}"));
        let files = all_files(&folder, results);
        for edit in &edits {
            assert!(files.values().any(|text| text == edit.as_bytes()), "{edit:?} is gone after {past:?}, seed {seed}");
        }
    }
    // Whatever was left half written is gone with the next run that ends well.
    m1import(&folder, ["contacts.csv", "--restart"]).to(&Server::new(|_| Reply::ok()).at_will()).run();
    let left: Vec<String> = all_files(&folder, results).into_keys().filter(|name| name.ends_with(".new")).collect();
    assert!(left.iter().all(|name| FOREIGN.contains(&name.as_str())), "{left:?}");
}

#[test]
fn whatever_happens_what_is_not_ours_stays() {
    for seed in 0..6 {
        history(seed, 12);
    }
}

#[test]
#[ignore = "takes minutes: cargo test --test it -- --ignored long_histories"]
fn long_histories() {
    for seed in 100..140 {
        history(seed, 40);
    }
}

#[test]
fn an_import_into_the_folder_of_a_finished_one_says_so() {
    let folder = list();
    let server = Server::new(|_| Reply::ok());
    let first = m1import(&folder, ["l.csv", "--default-country", "IN"]).to(&server).run();
    assert!(!first.exits_with(0).stderr.contains("imported earlier"), "{}", first.stderr);
    assert_eq!(folder.summary("l.results")["previous"], serde_json::Value::Null);
    let job = folder.summary("l.results")["job"].clone();
    let again = m1import(&folder, ["l.csv", "--default-country", "IN", "--limit", "1"]).to(&server).run();
    again.exits_with(0).says("imported earlier, 20").says("3 contacts accepted; everything is sent again");
    let previous = &folder.summary("l.results")["previous"];
    assert_eq!((&previous["job"], &previous["accepted"]), (&job, &3.into()));
}

#[test]
fn a_folder_that_is_moved_away_during_the_run_is_no_success() {
    let folder = list();
    let answered = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let results = folder.path("l.results");
    let moved = folder.path("elsewhere");
    let server = Server::new({
        let (results, moved) = (results.clone(), moved.clone());
        move |_| {
            // Once the first request is there, the folder is in use.
            if !answered.swap(true, std::sync::atomic::Ordering::SeqCst) {
                fs::rename(&results, &moved).unwrap();
                fs::create_dir(&results).unwrap();
                fs::write(results.join("results.csv"), "foreign").unwrap();
            }
            Reply::ok()
        }
    });
    let run = m1import(&folder, ["l.csv", "--default-country", "IN", "--output", "json"]).to(&server).run();
    run.exits_with(74).says("moved or replaced during the run");
    assert_eq!(run.json()["exit_code"], 74);
    assert_eq!(fs::read_to_string(results.join("results.csv")).unwrap(), "foreign");
    assert_eq!(fs::read_dir(&results).unwrap().count(), 1);
    assert_eq!(folder.summary("elsewhere")["exit_code"], 74);
    assert_eq!(folder.summary("elsewhere")["rows"]["accepted"], 3);
}
