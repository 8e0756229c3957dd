//! `--on-finish` and `--min-rows`: what a nightly job needs around the import.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::exchange::Reply;
use super::support::job::folder;
use super::support::program::{TOKEN, m1import};
use super::support::server::Server;

const HOOK: &str = "cat > hook.json; env | grep M1IMPORT_ | sort > hook.env; echo out; echo err >&2";

#[test]
fn the_command_gets_the_summary_at_every_end() {
    let server = Server::new(|_| Reply::ok());
    let ends: [(&[&str], i32, &str); 3] = [
        (&["contacts.csv"], 0, "complete"),
        (&["contacts.csv", "--min-rows", "100"], 65, "failed"),
        (&["missing.csv"], 66, "failed"),
    ];
    for (arguments, exit, status) in ends {
        let folder = folder(30);
        let run = m1import(&folder, arguments).with(["--endpoint", &server.endpoint(), "--on-finish", HOOK]);
        let run = run.env("M1IMPORT_TOKEN", TOKEN).env("M1IMPORT_BATCH_SIZE", "7").run();
        run.exits_with(exit).says("out").says("err");
        assert!(!run.stdout.contains("out\n"), "{}", run.stdout);
        let summary: Value = serde_json::from_str(&folder.read("hook.json")).unwrap();
        assert_eq!((summary["status"].as_str(), summary["exit_code"].as_i64()), (Some(status), Some(i64::from(exit))));
        let expected = format!("M1IMPORT_EXIT_CODE={exit}\nM1IMPORT_STATUS={status}\n");
        assert_eq!(folder.read("hook.env"), expected, "no other variable of ours, least of all the token");
    }
}

#[test]
fn a_command_that_fails_is_a_warning_and_no_more() {
    let server = Server::new(|_| Reply::ok());
    for command in ["exit 3", "no-such-command", "kill -9 $$"] {
        let run = m1import(&folder(30), ["contacts.csv", "--on-finish", command]).to(&server).run();
        run.exits_with(0).says("[warning.on_finish]").says("--on-finish failed");
    }
    // It need not read.
    let run = m1import(&folder(30), ["contacts.csv", "--on-finish", "true"]).to(&server).run();
    assert!(!run.exits_with(0).stderr.contains("on_finish"), "{}", run.stderr);
}

#[test]
fn usage_errors_checks_and_found_files_run_none() {
    let folder = folder(30);
    m1import(&folder, ["check", "contacts.csv", "--on-finish", "touch ran"]).run().exits_with(0);
    m1import(&folder, ["contacts.csv", "--on-finish", "touch ran", "--tokn", "x"]).run().exits_with(2);
    folder.write("m1import.toml", "on-finish = 'touch ran'\n");
    m1import(&folder, ["contacts.csv", "--dry-run"]).run().exits_with(78).says("[config.untrusted]");
    assert!(!folder.has("ran"));
}

#[test]
#[ignore = "takes a minute: cargo test --test it hook -- --ignored"]
fn a_command_that_hangs_is_ended_with_all_it_started() {
    let server = Server::new(|_| Reply::ok());
    let folder = folder(30);
    let since = Instant::now();
    let command = "sleep 300 & echo $! > pid; wait";
    let run =
        m1import(&folder, ["contacts.csv", "--on-finish", command]).to(&server).within(Duration::from_secs(90)).run();
    run.exits_with(0).says("was ended after 60 s");
    assert!(since.elapsed() < Duration::from_secs(75));
    let pid = folder.read("pid").trim().to_owned();
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
}

#[test]
fn too_few_rows_touch_nothing() {
    let server = Server::unasked();
    let folder = folder(30);
    let few = m1import(&folder, ["contacts.csv", "--min-rows", "31"]).to(&server).run();
    few.exits_with(65).says("30 rows were read, and --min-rows asks for 31 [input.too_few_rows]");
    assert!(!folder.has("contacts.results"));
    m1import(&folder, ["check", "contacts.csv", "--min-rows", "31"]).run().exits_with(65).says("[input.too_few_rows]");
    m1import(&folder, ["check", "contacts.csv", "--min-rows", "30"]).run().exits_with(0);
    assert_eq!(server.connections(), 0);
}
