//! Runs that cannot go on: signals while waiting, a token that ends, disks that are full, journals that are damaged,
//! folders that may not be written. Each says why, sends nothing it should not, and the same command carries on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use rustix::process::Signal;

use crate::support::job::{all_arrived, folder, import, rows};
use crate::support::program::{Folder, TOKEN, eventually, m1import};
use crate::support::server::Server;
use crate::support::talk::Reply;

const JOURNAL: &str = "contacts.results/journal.ndjson";

/// A token with three parts that ends at this time, in seconds from now.
fn jwt(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = format!(r#"{{"exp":{}}}"#, i64::try_from(now).unwrap() + seconds);
    let part = |text: &str| {
        // base64url by hand: the program's own must not be what the test stands on.
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
        let digit = |six: &[u8]| {
            let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
            char::from(DIGITS[usize::from_str_radix(&six, 2).unwrap()])
        };
        bits.as_bytes().chunks(6).map(digit).collect::<String>()
    };
    format!("{}.{}.{}", part(r#"{"alg":"RS512","typ":"JWT"}"#), part(&claims), "c2lnbmF0dXJl")
}

/// Runs the program under a limit for the size of files, in blocks of 512 bytes.
fn limited(folder: &Folder, server: &Server, blocks: u32) -> Output {
    let line = format!("ulimit -f {blocks}; exec \"$0\" contacts.csv --batch-size 1 --endpoint \"$1\" --token {TOKEN}");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_m1import"), &server.endpoint()]);
    shell.current_dir(folder.path("")).env_clear().env("HOME", folder.home("")).env("PATH", "/usr/bin:/bin");
    shell.output().unwrap()
}

#[test]
fn a_signal_ends_a_wait_at_once() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let folder = folder(60);
        let server = Server::new(|request| match request.number {
            1 => Reply::ok(),
            _ => Reply::refused(429, "slow down").header("Retry-After", "300"),
        });
        let started = m1import(&folder, ["contacts.csv", "--batch-size", "20"]).to(&server).start();
        eventually("the server is asked twice", || server.count() >= 2);
        std::thread::sleep(Duration::from_millis(100));
        started.signal(signal);
        let run = started.wait();
        run.exits_with(code).says("same command");
        assert!(run.took < Duration::from_secs(5), "{:?}", run.took);
        assert_eq!((rows(&folder, "accepted"), rows(&folder, "unsent")), (20, 40));
        let well = Server::new(|_| Reply::ok());
        // Another server is another job; the first one is asked to carry on by its own address.
        m1import(&folder, ["contacts.csv"]).to(&well).run().exits_with(65);
        drop(well.at_will());
    }
}

#[test]
fn a_token_is_not_used_when_it_is_about_to_end() {
    let folder = folder(2_000);
    let server = Server::new(|_| Reply::ok().after(Duration::from_millis(150)));
    let token = jwt(33);
    let run =
        m1import(&folder, ["contacts.csv", "--batch-size", "5", "--endpoint", &server.endpoint(), "--token", &token])
            .run();
    run.exits_with(77).says("token.expired");
    assert!(run.took < Duration::from_secs(8), "{:?}", run.took);
    assert!(rows(&folder, "accepted") > 0 && rows(&folder, "unsent") > 0);
    let before = server.count();
    let run = m1import(&folder, ["contacts.csv", "--endpoint", &server.endpoint(), "--token", &jwt(3_600)]).run();
    all_arrived(&run, &folder, &server, 2_000);
    assert!(server.requests()[before..].iter().all(|request| request.header("authtype").is_none()));
}

#[test]
fn an_expired_token_is_not_sent_at_all() {
    let folder = folder(20);
    let server = Server::unasked();
    m1import(&folder, ["contacts.csv", "--endpoint", &server.endpoint(), "--token", &jwt(-60)]).run().exits_with(77);
}

#[test]
fn a_full_disk_stops_the_run_which_can_be_taken_up() {
    let folder = folder(200);
    let server = Server::new(|_| Reply::ok());
    // The journal may grow to one or two kilobytes.
    let output = limited(&folder, &server, 2);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(74), "{said}");
    assert!(said.contains("journal.write") && said.contains("may be sent again"), "{said}");
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
    let output = limited(&folder, &server, 2);
    assert_eq!(output.status.code(), Some(74), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(folder.read("contacts.results/results.csv"), old);
}

/// A folder with an unfinished journal of 100 rows, of which some are settled, and the server that was asked.
fn unfinished() -> (Folder, Server) {
    let folder = folder(100);
    let server = Server::new(|request| match request.number {
        4 => Reply::refused(403, "no"),
        _ => Reply::ok(),
    });
    m1import(&folder, ["contacts.csv", "--batch-size", "10"]).to(&server).run().exits_with(77);
    assert!(rows(&folder, "accepted") >= 30);
    (folder, server)
}

#[test]
fn a_journal_cut_short_is_carried_on() {
    let (folder, server) = unfinished();
    let whole = fs::read(folder.path(JOURNAL)).unwrap();
    for cut in [whole.len() - 1, whole.len() - 30, whole.len() / 2, 20] {
        folder.write(JOURNAL, &whole[..cut]);
        let run = m1import(&folder, ["contacts.csv", "--batch-size", "10"]).to(&server).run();
        all_arrived(&run, &folder, &server, 100);
    }
}

#[test]
fn a_damaged_journal_is_not_guessed_at() {
    let (folder, server) = unfinished();
    let whole = fs::read(folder.path(JOURNAL)).unwrap();
    let before = server.count();
    let mut flipped = whole.clone();
    let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 15;
    flipped[second] ^= 4;
    folder.write(JOURNAL, &flipped);
    let run = import(&folder, &server, &[]);
    run.exits_with(73).says("journal.damaged").says("--restart");
    assert_eq!(server.count(), before);
    assert_eq!(fs::read(folder.path(JOURNAL)).unwrap(), flipped);
    let run = import(&folder, &server, &["--restart"]);
    all_arrived(&run, &folder, &server, 100);
}

#[test]
fn a_folder_that_is_not_ours_or_not_writable_is_refused_before_anything_is_sent() {
    let folder = folder(20);
    let server = Server::unasked();
    fs::create_dir(folder.path("contacts.results")).unwrap();
    folder.write("contacts.results/results.csv", "mine");
    import(&folder, &server, &[]).exits_with(73).says("output.not_ours");
    assert_eq!(folder.read("contacts.results/results.csv"), "mine");
    fs::write(folder.path("a-file"), "").unwrap();
    import(&folder, &server, &["-o", "a-file"]).exits_with(73);
    // Even root may not write here.
    import(&folder, &server, &["-o", "/proc/contacts.results"]).exits_with(73);
}

#[test]
fn an_input_that_changes_is_another_job() {
    let (folder, server) = unfinished();
    let (journal, before) = (folder.read(JOURNAL), server.count());
    let mut longer = folder.read("contacts.csv");
    longer.push_str("One more,+27831999999\n");
    folder.write("contacts.csv", longer);
    import(&folder, &server, &[]).exits_with(65).says("--restart");
    assert_eq!((folder.read(JOURNAL), server.count()), (journal, before));
}

/// All files below a folder, with what is in them.
fn artefacts(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(artefacts(&path)),
            path => found.push((path.display().to_string(), fs::read(&path).unwrap())),
        }
    }
    found
}

#[test]
fn neither_token_nor_control_characters_leave_by_a_side_door() {
    let folder = Folder::new();
    let rows = "Name,Phone\n=cmd|' /C calc'!A0,+27830000001\n\u{1b}[31mred\r,+27830000002\n::error::x,+27830000003\n";
    folder.write("contacts.csv", rows);
    let server = Server::new(|request| {
        let echo = request.header("authorization").unwrap_or_default().to_owned();
        Reply::refused(400, &format!("\u{1b}]0;owned\u{7} {echo}\r\n::error::{echo}"))
    });
    let run = m1import(&folder, ["contacts.csv", "-vv", "--show-values"]).to(&server).env("RUST_LOG", "trace").run();
    run.exits_with(1);
    let mut told = artefacts(&folder.path("contacts.results"));
    told.push(("stdout".into(), run.stdout.clone().into_bytes()));
    told.push(("stderr".into(), run.stderr.clone().into_bytes()));
    for (name, bytes) in told {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&TOKEN[..12]), "the token is in {name}");
        // A file that gives cells back gives them back as they were; everything else shows them escaped.
        if !name.ends_with("rejected.csv") && !name.ends_with("results.csv") {
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "a control character is in {name}: {text:?}");
        }
        assert!(!text.lines().any(|line| line.starts_with("::error") && name.starts_with("std")), "{name}: {text}");
    }
    let mode = fs::metadata(folder.path(JOURNAL)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
