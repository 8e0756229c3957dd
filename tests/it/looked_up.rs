//! `--only-changed` while few contacts change: the inputs are read once, and everything comes out as if they were read for
//! each of its steps.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::contacts;
use crate::support::exchange::Reply;
use crate::support::program::{Folder, m1import};
use crate::support::server::Server;

const STATE: &str = "state";

/// Rows of a random list: phones come again, some cannot be sent, some are not wanted, some names need quotes.
fn list(dice: &mut fastrand::Rng, rows: usize) -> Vec<(String, String, &'static str)> {
    let row = |_| {
        let name = match dice.u8(0..12) {
            0 => "\"Quoted, \"\"name\"\"\n of two lines\"".to_owned(),
            1 => String::new(),
            2 => "=1+1".to_owned(),
            _ => format!("Name {}", dice.u8(0..3)),
        };
        let phone = match dice.u8(0..30) {
            0 => "12".to_owned(),
            1 => String::new(),
            _ => format!("+2783{:07}", dice.u32(0..200)),
        };
        (name, phone, if dice.u8(0..10) == 0 { "no" } else { "yes" })
    };
    (0..rows).map(row).collect()
}

fn csv(rows: &[(String, String, &'static str)]) -> String {
    let line = |(name, phone, wanted): &(String, String, &str)| format!("{name},{phone},{wanted}\n");
    format!("Name,Phone,Wanted\n{}", rows.iter().map(line).collect::<String>())
}

fn ndjson(rows: &[(String, String, &'static str)]) -> String {
    let line = |(number, (name, phone, wanted)): (usize, &(String, String, &str))| {
        let mut object = serde_json::json!({ "name": name, "phone": phone, "Wanted": wanted });
        // Members that come up on the way become columns.
        object[format!("more{}", number / 20)] = "x".into();
        format!("{object}\n")
    };
    rows.iter().enumerate().map(line).collect()
}

/// What a run has written of each row, without the reason why it was not sent.
fn rows(folder: &Folder, table: &str) -> Vec<BTreeMap<String, String>> {
    let mut rows = folder.table(table);
    for row in rows.iter_mut().filter(|row| row["status"] == "not_sent") {
        row.insert("message".to_owned(), String::new());
    }
    rows
}

#[track_caller]
fn are_equal(these: &[BTreeMap<String, String>], those: &[BTreeMap<String, String>], night: (u64, u32)) {
    for (this, that) in these.iter().zip(those) {
        assert_eq!(this, that, "seed and night {night:?}");
    }
    assert_eq!(these.len(), those.len());
}

const OPTIONS: [&[&str]; 6] = [
    &[],
    &["--skip", "Wanted=no"],
    &["--on-duplicate", "first", "--attributes", "all"],
    &["--on-duplicate", "last", "--only", "Wanted=yes"],
    &["--limit", "90", "--tag", "vip"],
    &["--shard", "1/1", "--omit-empty"],
];

#[test]
fn one_reading_gives_what_several_give() {
    let server = Server::new(|_| Reply::ok());
    for seed in 0..12 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let folder = Folder::new();
        let more = OPTIONS[(seed % 6) as usize];
        let files: &[&str] = if seed % 3 == 0 { &["a.csv", "b.ndjson"] } else { &["a.csv"] };
        let mut a = list(&mut dice, 150);
        let mut b = list(&mut dice, 80);
        for night in 0..3 {
            folder.write("a.csv", csv(&a)).write("b.ndjson", ndjson(&b));
            let run = |first: &[&str], last: &[&str]| {
                let run = m1import(&folder, first).with(files).with(more).with(["--only-changed", STATE]);
                run.with(["--endpoint", &server.endpoint()]).with(last).run()
            };
            // `check` reads the inputs once more for its table.
            run(&["check"], &["--report", "check.csv", "--report", "check.json"]);
            run(&[], &["--dry-run", "-o", "dry"]);
            are_equal(&rows(&folder, "check.csv"), &rows(&folder, "dry/results.csv"), (seed, night));
            let sum = |name: &str| {
                let summary: Value = serde_json::from_str(&folder.read(name)).unwrap();
                let kept = ["rows", "contacts", "reasons", "countries", "notes"];
                kept.map(|key| summary[key].clone())
            };
            assert_eq!(sum("check.json"), sum("dry/summary.json"), "seed {seed}, night {night}");

            let asked = server.count();
            run(&[], &["--token", "a-token-of-the-tests", "-o", "results"]);
            let written = rows(&folder, "results/results.csv");
            let is_sent = |row: &&BTreeMap<String, String>| row["status"] == "accepted";
            let digits = |row: &BTreeMap<String, String>| format!("{}{}", row["prefix"], row["number"]);
            let mut accepted: Vec<String> = written.iter().filter(is_sent).map(digits).collect();
            let mut sent: Vec<String> =
                server.requests().into_iter().skip(asked).flat_map(|request| request.phones()).collect();
            accepted.sort();
            sent.sort();
            assert_eq!(accepted, sent, "seed {seed}, night {night}");
            let dry = rows(&folder, "dry/results.csv");
            let as_sent = |row: &BTreeMap<String, String>| {
                let mut row = row.clone();
                if row["status"] == "not_sent" {
                    row.insert("status".to_owned(), "accepted".to_owned());
                }
                row
            };
            are_equal(&written, &dry.iter().map(as_sent).collect::<Vec<_>>(), (seed, night));
            // A few rows change, come or go.
            let place = dice.usize(0..a.len());
            a.splice(place..(place + 3).min(a.len()), list(&mut dice, 4));
            let place = dice.usize(0..b.len());
            b.splice(place..place + 1, list(&mut dice, 1));
        }
    }
}

/// A server that does not take a contact with this phone.
fn refusing(phone: &'static str) -> Server {
    Server::new(move |request| if request.has(phone) { Reply::refused(422, "no") } else { Reply::ok() })
}

#[test]
fn what_the_server_does_not_take_stands_in_the_table() {
    let server = refusing("27830000050");
    let folder = Folder::new();
    let csv = |names: &[(u32, &str)], phones: std::ops::Range<u32>| {
        let name = |n: u32| names.iter().find(|(of, _)| *of == n).map_or("Name", |(_, name)| name);
        let line = |n: u32| format!("{},+2783{n:07}\n", name(n));
        // One phone is there twice, and a row cannot be sent.
        format!("Name,Phone\n{}Again,+27830000003\nNobody,12\n", phones.map(line).collect::<String>())
    };
    let night = |text: String| {
        folder.write("a.csv", text);
        let run = m1import(&folder, ["a.csv", "--only-changed", STATE, "--token", "a-token-of-the-tests"]);
        run.with(["--endpoint", &server.endpoint(), "-o", "results"]).run().exits_with(1);
        let table = folder.table("results/results.csv");
        assert_eq!(folder.summary("results")["rows"]["read"], table.len());
        table.into_iter().map(|row| (row["number"].clone(), row["status"].clone())).collect::<Vec<_>>()
    };
    let with = |rows: u32, changed: &[(u32, &str)], first: &str| {
        let status = |n: u32| match (n, changed.iter().find(|(of, _)| *of == n)) {
            (3, _) => "duplicate",
            (_, Some((_, status))) => status,
            _ => first,
        };
        let mut rows: Vec<(String, String)> = (0..rows).map(|n| (format!("83{n:07}"), status(n).to_owned())).collect();
        rows.extend([("830000003".to_owned(), first.to_owned()), (String::new(), "invalid".to_owned())]);
        rows
    };
    assert_eq!(night(csv(&[], 0..40)), with(40, &[], "accepted"));
    assert_eq!(night(csv(&[], 0..40)), with(40, &[], "unchanged"));
    let changed = [(7, "accepted"), (50, "refused"), (51, "accepted")];
    let expected: Vec<_> = (40..60).map(|n| (n, "accepted")).chain(changed).collect();
    let expected: Vec<_> = expected.into_iter().filter(|(n, status)| *n != 50 || *status == "refused").collect();
    assert_eq!(night(csv(&[(7, "Other")], 0..60)), with(60, &expected, "unchanged"));
    assert!(folder.read("results/rejected.csv").contains("830000050"));
    // It is tried again, and nothing else is sent.
    assert_eq!(night(csv(&[(7, "Other")], 0..60)), with(60, &[(50, "refused")], "unchanged"));
}

#[test]
fn what_the_server_refuses_in_a_trial_can_be_corrected() {
    let (folder, server) = (Folder::new(), refusing("27830000032"));
    let night =
        |more: &[&str]| m1import(&folder, ["contacts.csv", "--only-changed", STATE]).to(&server).with(more).run();
    folder.write("contacts.csv", contacts::csv(0, 30));
    night(&[]).exits_with(0);
    folder.write("contacts.csv", contacts::csv(0, 40) + "Nobody,12\n");
    night(&["--trial", "5"]).exits_with(75);
    let rows = &folder.summary("contacts.results")["rows"];
    assert_eq!((&rows["unchanged"], &rows["accepted"], &rows["refused"]), (&30.into(), &4.into(), &1.into()));
    let rejected = folder.read("contacts.results/rejected.csv");
    assert!(rejected.contains("+27830000032,") && rejected.contains("\nNobody,12,"), "{rejected}");
}

/// A night of which nothing may be sent says so in every report: nothing of the night before is left in its place.
#[test]
fn a_night_that_may_not_be_sent_has_reports_of_its_own() {
    let (folder, server) = (Folder::new(), Server::new(|_| Reply::ok()));
    let night =
        |more: &[&str]| m1import(&folder, ["contacts.csv", "--only-changed", STATE]).to(&server).with(more).run();
    folder.write("contacts.csv", contacts::csv(0, 30));
    night(&[]).exits_with(0);
    folder.write("contacts.csv", contacts::csv(0, 40) + "Nobody,12\n");
    let asked = server.count();
    for stop in [&["--strict"][..], &["--max-invalid", "0"]] {
        let run = night(stop);
        run.exits_with(65).says("[input.too_many_invalid]");
        assert!(!run.stdout.contains("left out") && run.stdout.contains("rejected.csv"), "{}", run.stdout);
        let results = folder.read("contacts.results/results.csv");
        assert_eq!((results.matches(",not_sent,").count(), results.matches(",invalid,").count()), (40, 1), "{results}");
        assert!(folder.read("contacts.results/rejected.csv").contains("\nNobody,12,"));
        assert_eq!(folder.summary("contacts.results")["files"]["rejected"].as_array().map(Vec::len), Some(1));
    }
    assert_eq!(server.count(), asked);
    let names = fs::read_dir(folder.path("contacts.results")).unwrap().map(|file| file.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_str().unwrap().ends_with(".new")));
    night(&[]).exits_with(1);
    let rows = &folder.summary("contacts.results")["rows"];
    assert_eq!((&rows["unchanged"], &rows["accepted"]), (&30.into(), &10.into()));
}
