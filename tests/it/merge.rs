//! Shards of a job and `merge`: together they are what one run would have been.

use std::fmt::Write;

use serde_json::Value;

use crate::support::exchange::Reply;
use crate::support::program::{Folder, Run, m1import};
use crate::support::server::Server;

const SHARDS: usize = 4;

/// Rows of every kind: valid ones, duplicates, invalid ones, some that the server refuses, names over several lines.
fn table(rows: u32) -> String {
    let mut text = "Name,Phone,Consent\n".to_owned();
    for row in 0..rows {
        let number = match row % 7 {
            0 => "not a number".to_owned(),
            1 => format!("+2783000{:04}", row / 2),
            5 => format!("0{row}"),
            _ => format!("+2783{row:07}"),
        };
        let name = if row % 11 == 0 { format!("\"Ann\nno. {row}\"") } else { format!("=Ann {row}") };
        let _ = writeln!(text, "{name},{number},{}", if row % 13 == 0 { "no" } else { "yes" });
    }
    text
}

fn server() -> Server {
    Server::new(|request| match request.phones().iter().any(|phone| phone.ends_with('9')) {
        true => Reply::refused(400, "this number is not welcome"),
        false => Reply::ok(),
    })
}

fn import(folder: &Folder, server: &Server, files: &[&str], more: &[&str]) -> Run {
    m1import(folder, files).with(["--skip", "Consent=no"]).with(more).to(server).run()
}

fn merge(folder: &Folder, arguments: &[&str]) -> Run {
    m1import(folder, ["merge"]).with(arguments).run()
}

/// The same number of rows, contacts, reasons and so on; not what differs from run to run.
fn comparable(summary: &Value) -> Value {
    let members = [
        "schema",
        "endpoint",
        "plan",
        "shard",
        "inputs",
        "rows",
        "contacts",
        "reasons",
        "notes",
        "countries",
        "status",
        "exit_code",
        "error",
    ];
    Value::from_iter(members.map(|member| (member, summary[member].clone())))
}

fn all_shards(folder: &Folder, server: &Server, files: &[&str]) -> Vec<String> {
    let stem = files[0].split('.').next().unwrap();
    let shards = (1..=SHARDS).map(|shard| {
        // Both ways of saying it.
        let said = if shard % 2 == 0 { format!("{shard}/{SHARDS}") } else { format!("index:{}/{SHARDS}", shard - 1) };
        import(folder, server, files, &["--shard", &said]).exits_with(1);
        format!("{stem}.{shard}-of-{SHARDS}.results")
    });
    shards.collect()
}

#[test]
fn merged_shards_are_what_one_run_would_have_been() {
    let folder = Folder::new();
    folder.write("a.csv", table(400)).write(
        "b.ndjson",
        "{\"Name\":\"Bo\",\"Phone\":\"12\",\"Consent\":\"yes\"}\n{\"Name\":\"Cy\",\"Phone\":\"+27830000001\"}\n",
    );
    for (files, rejected) in
        [(&["a.csv"][..], &["rejected.csv"][..]), (&["a.csv", "b.ndjson"], &["rejected.1.csv", "rejected.2.ndjson"])]
    {
        let server = server();
        let mut shards = all_shards(&folder, &server, files);
        let together = server.phones();
        let whole = self::server();
        import(&folder, &whole, files, &["-o", "whole.results"]).exits_with(1);
        assert_eq!(together, whole.phones());

        // In any order.
        shards.rotate_left(1);
        let names: Vec<&str> = shards.iter().map(String::as_str).collect();
        let run = merge(&folder, &names);
        run.exits_with(1);
        let (merged, single) = (folder.summary("a.results"), folder.summary("whole.results"));
        let endpoint = |mut summary: Value| {
            summary["endpoint"] = "".into();
            summary
        };
        assert_eq!(endpoint(comparable(&merged)), endpoint(comparable(&single)));
        for name in [&["results.csv"], rejected].concat() {
            assert_eq!(
                folder.read(&format!("a.results/{name}")),
                folder.read(&format!("whole.results/{name}")),
                "{name}"
            );
        }
        assert!(folder.read("a.results/report.html").contains("not welcome"));
        std::fs::remove_dir_all(folder.path("whole.results")).unwrap();
    }
}

#[test]
fn a_shard_that_is_missing_or_unfinished_is_named() {
    let folder = Folder::new();
    folder.write("a.csv", table(200));
    let server = server();
    let shards = all_shards(&folder, &server, &["a.csv"]);
    let of_three = folder.summary(&shards[0])["rows"]["read"].as_u64().unwrap()
        + folder.summary(&shards[1])["rows"]["read"].as_u64().unwrap()
        + folder.summary(&shards[3])["rows"]["read"].as_u64().unwrap();

    let run = merge(&folder, &[&shards[0], &shards[1], &shards[3]]);
    run.exits_with(75).says("run.shard_missing").says("3/4");
    assert_eq!(
        (folder.summary("a.results")["rows"]["read"].as_u64(), &folder.summary("a.results")["status"]),
        (Some(of_three), &"stopped".into())
    );

    let away = Server::new(|_| Reply::refused(503, "away"));
    let later = ["--shard", "3/4", "--attempts", "1", "--give-up-after", "1s", "--restart"];
    import(&folder, &away, &["a.csv"], &later).exits_with(75);
    let mut arguments: Vec<&str> = shards.iter().map(String::as_str).collect();
    arguments.extend(["-o", "merged"]);
    // It went elsewhere, too, which is found first.
    merge(&folder, &arguments).exits_with(65).says("input.other_job").says("another endpoint");

    std::fs::remove_file(folder.path(&shards[2]).join("summary.json")).unwrap();
    merge(&folder, &arguments).exits_with(75).says("a.3-of-4.results").says("3/4");
    assert_eq!(folder.summary("merged")["rows"]["read"].as_u64(), Some(of_three));
}

#[test]
fn folders_that_do_not_belong_together_are_refused() {
    let folder = Folder::new();
    folder.write("a.csv", table(200)).write("b.csv", table(100));
    let server = server();
    let shards = all_shards(&folder, &server, &["a.csv"]);
    import(&folder, &server, &["b.csv"], &["--shard", "1/4"]).exits_with(1);
    import(&folder, &server, &["b.csv"], &[]).exits_with(1);
    import(&folder, &server, &["a.csv"], &["--shard", "2/4", "--tag", "x", "-o", "tagged"]).exits_with(1);
    import(&folder, &server, &["a.csv"], &["--shard", "2/5", "-o", "fifth"]).exits_with(1);
    m1import(&folder, ["a.csv", "--dry-run", "--shard", "2/4", "-o", "dry"]).run().exits_with(1);
    let cases: &[(&[&str], i32, &str)] = &[
        (&["b.1-of-4.results"], 65, "another input"),
        (&["b.results"], 65, "as a whole"),
        (&["tagged"], 65, "other settings"),
        (&["fifth"], 65, "shard 2/5, not one of 4"),
        (&["dry"], 65, "not of an import"),
        (&["a.1-of-4.results"], 65, "holds shard 1/4 too"),
        (&["nowhere"], 66, "nowhere"),
        (&["a.2-of-4.results", "-o", "a.1-of-4.results"], 2, "one of the folders to merge"),
    ];
    for (others, code, says) in cases {
        let run = merge(&folder, &[&[shards[0].as_str()], *others].concat());
        run.exits_with(*code).says(says);
        assert!(!folder.has("a.results"), "{others:?}");
    }
    merge(&folder, &["tagged"]).exits_with(2).says("--output-dir");
    merge(&folder, &[]).exits_with(2);
}

#[test]
fn edited_and_damaged_results_are_not_merged() {
    let folder = Folder::new();
    folder.write("a.csv", table(200));
    let server = server();
    let shards = all_shards(&folder, &server, &["a.csv"]);
    let names: Vec<&str> = shards.iter().map(String::as_str).collect();
    type Edit = fn(&str) -> String;
    let edits: [(&str, Edit, &str); 5] = [
        ("rejected.csv", |text| text.replace("not a number", "+27831234567"), "was edited"),
        (
            "results.csv",
            |text| text.lines().take(20).map(|line| format!("{line}\n")).collect(),
            "that summary.json counts",
        ),
        ("results.csv", |text| text.trim_end().to_owned(), "cut short"),
        ("results.csv", |text| text.replacen("invalid", "unheard-of", 1), "cannot be understood"),
        ("summary.json", |text| text[..text.len() / 2].to_owned(), "summary.json"),
    ];
    for (name, edit, says) in edits {
        let path = format!("{}/{name}", shards[1]);
        let before = folder.read(&path);
        folder.write(&path, edit(&before));
        merge(&folder, &names).exits_with(65).says("input.results").says(says);
        assert!(!folder.has("a.results/summary.json"), "{name}");
        folder.write(&path, before);
    }
    // What somebody has corrected in the merged results stays.
    merge(&folder, &names).exits_with(1);
    let corrected = folder.read("a.results/rejected.csv").replace("not a number", "+27831234567");
    folder.write("a.results/rejected.csv", &corrected);
    merge(&folder, &names).exits_with(1).says("it is kept as rejected.edited.csv");
    assert_eq!(folder.read("a.results/rejected.edited.csv"), corrected);
}
