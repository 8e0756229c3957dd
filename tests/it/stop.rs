//! Runs that cannot go on: signals while waiting, a token that ends, disks that are full, journals that are damaged,
//! folders that may not be written. Each says why, sends nothing it should not, and the same command resumes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::Signal;

use crate::support::contacts::csv;
use crate::support::exchange::Reply;
use crate::support::job::{all_arrived, folder, import, rows};
use crate::support::program::{Folder, TOKEN, eventually, m1import};
use crate::support::server::Server;

const JOURNAL: &str = "contacts.results/journal.ndjson";

/// A token with three parts that ends at this time, in seconds from now.
fn jwt(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = format!(r#"{{"sub":"jane","exp":{}}}"#, i64::try_from(now).unwrap() + seconds);
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
        assert_eq!((rows(&folder, "accepted"), rows(&folder, "not_sent")), (20, 40));
        let well = Server::new(|_| Reply::ok());
        // Another server is another job; the first one is asked to carry on by its own address.
        m1import(&folder, ["contacts.csv"]).to(&well).run().exits_with(65);
        drop(well.at_will());
    }
}

#[test]
fn a_signal_does_not_wait_for_somebody_else() {
    let token = ["--endpoint", "http://127.0.0.1:9/", "--token", TOKEN];
    let of_a_command = ["--endpoint", "http://127.0.0.1:9/", "--token-command", "sleep 30"];
    let cases: [(&[&str], &[&str]); 3] =
        [(&["pipe"], &token), (&["check", "pipe"], &[]), (&["contacts.csv"], &of_a_command)];
    for (arguments, more) in cases {
        let folder = folder(3);
        assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
        let started = m1import(&folder, arguments).with(more).with(["--output", "json"]).start();
        std::thread::sleep(Duration::from_millis(500));
        started.signal(Signal::INT);
        let run = started.wait();
        assert_eq!(run.exits_with(130).json()["status"], "interrupted", "{arguments:?}");
        assert!(run.took < Duration::from_secs(5), "{arguments:?}: {:?}", run.took);
        assert!(!folder.has("contacts.results") && !folder.has("pipe.results") && !folder.has("stdin.results"));
    }
}

#[test]
fn a_token_is_not_used_when_it_is_about_to_end() {
    let folder = folder(2_000);
    let server = Server::new(|_| Reply::ok().after(Duration::from_millis(150)));
    let since = Instant::now();
    let token = jwt(33);
    let run =
        m1import(&folder, ["contacts.csv", "--batch-size", "5", "--endpoint", &server.endpoint(), "--token", &token])
            .run();
    run.exits_with(77).says("token.expired").says("[token.ends_soon]");
    assert!(run.took < Duration::from_secs(8), "{:?}", run.took);
    let late = server.requests().iter().filter(|request| request.at > since + Duration::from_secs(3)).count();
    assert_eq!(late, 0, "requests in the last 30 s of the token");
    assert!(rows(&folder, "accepted") > 0 && rows(&folder, "not_sent") > 0);
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

/// A folder with an unfinished journal of 100 rows, of which some are settled, and the server that was asked.
fn unfinished() -> (Folder, Server) {
    let folder = folder(100);
    let server = Server::new(|request| match request.number {
        4 => Reply::refused(402, "no"),
        _ => Reply::ok(),
    });
    m1import(&folder, ["contacts.csv", "--batch-size", "10"]).to(&server).run().exits_with(77);
    assert!(rows(&folder, "accepted") >= 30);
    (folder, server)
}

#[test]
fn only_what_is_carried_on_is_said_to_be() {
    let (folder, server) = unfinished();
    let resumes = |stderr: &str| stderr.contains("resuming");
    // Of another job, token, query, shard or input.
    folder.write("other.csv", "Name,Phone\nJane,+27831234567\n");
    let (endpoint, token) = (server.endpoint(), TOKEN);
    let with_query = format!("{endpoint}?key=other");
    let others: [(&str, &str, &[&str]); 5] = [
        (&endpoint, token, &["contacts.csv", "--tag", "other"]),
        (&endpoint, "of-another-account", &["contacts.csv"]),
        (&with_query, token, &["contacts.csv"]),
        (&endpoint, token, &["contacts.csv", "--shard", "1/2", "-o", "contacts.results"]),
        (&endpoint, token, &["other.csv", "-o", "contacts.results"]),
    ];
    for (endpoint, token, arguments) in others {
        let run = m1import(&folder, arguments.iter()).with(["--endpoint", endpoint, "--token", token]).run();
        assert!(!resumes(&run.exits_with(65).says("an unfinished import is in it").stderr), "{run:?}");
    }
    assert!(resumes(&m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(0).stderr));

    let sandbox = ["contacts.csv", "--sandbox", "--batch-size", "1"];
    let started = m1import(&folder, sandbox).with(["--rate", "20/s"]).start();
    let journal = folder.path("contacts.sandbox.results/journal.ndjson");
    let settled = || fs::read_to_string(&journal).is_ok_and(|text| text.contains(r#""t":"accepted""#));
    eventually("a contact is accepted", settled);
    started.signal(Signal::INT);
    started.wait().exits_with(130);
    let again = m1import(&folder, sandbox).run();
    assert!(!resumes(&again.exits_with(0).stderr));
    assert_eq!(folder.summary("contacts.sandbox.results")["rows"]["accepted"], 100);
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
    let (whole, before) = (folder.read("contacts.csv"), server.count());
    let results = artefacts(&folder.path("contacts.results"));
    let changes = [
        ("appended to", whole.clone() + "One more,+27831999999\n"),
        ("cut", whole[..whole.len() / 2].to_owned()),
        ("edited", whole.replacen("Contact 7,", "Contact 8,", 1)),
        ("turned", whole.replacen("+27830000003", "+27830000004", 1)),
    ];
    for (what, text) in changes {
        folder.write("contacts.csv", text);
        import(&folder, &server, &[]).exits_with(65).says("--restart");
        assert_eq!(artefacts(&folder.path("contacts.results")), results, "{what}");
    }
    assert_eq!(server.count(), before);
    folder.write("contacts.csv", whole);
    all_arrived(&import(&folder, &server, &[]), &folder, &server, 100);
}

#[test]
fn an_input_that_changes_under_the_run_is_noticed() {
    type Change = fn(&Path, &str);
    let changes: [(&str, Change); 4] = [
        ("appended to", |path, whole| fs::write(path, format!("{whole}One more,+27831999999\n")).unwrap()),
        ("cut", |path, whole| fs::write(path, &whole[..whole.len() - 100]).unwrap()),
        ("edited at its end", |path, whole| {
            fs::write(path, format!("{}1999999\n", &whole[..whole.len() - 8])).unwrap()
        }),
        ("replaced", |path, whole| {
            fs::write(path.with_extension("new"), csv(0, 7) + whole).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
    ];
    // One that the sending is still reading, and one that it has read to its end long before.
    for count in [8_000, 100] {
        for (what, change) in changes {
            let folder = folder(count);
            let (path, whole) = (folder.path("contacts.csv"), folder.read("contacts.csv"));
            let text = whole.clone();
            let server = Server::new(move |request| {
                if request.number == 1 {
                    std::thread::sleep(Duration::from_millis(300));
                    change(&path, &text);
                }
                Reply::ok()
            });
            let run = m1import(&folder, ["contacts.csv"]).to(&server).run();
            run.exits_with(65).says("[input.changed]");
            let grown = server.phones().iter().any(|phone| phone == "27831999999");
            assert!(what != "appended to" || !grown, "what came later is sent unseen");
            let held = server.count();
            // Which of its rows were sent nobody knows for sure, be it what it is now or what it was.
            m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(65).says("--restart");
            folder.write("contacts.csv", &whole);
            m1import(&folder, ["contacts.csv"]).to(&server).run().exits_with(65).says("--restart");
            assert_eq!(server.count(), held, "{what}");
            let run = m1import(&folder, ["contacts.csv", "--restart"]).to(&server).run();
            run.exits_with(0);
            let phones = server.phones();
            (0..count).for_each(|n| assert!(phones.binary_search(&format!("2783{n:07}")).is_ok(), "{what}: {n}"));
            assert_eq!(rows(&folder, "accepted"), u64::from(count));
        }
    }
}

#[test]
fn a_folder_that_may_be_read_only_is_refused_before_anything_is_sent() {
    // Root may write everywhere, unless it gives that right away.
    let is_root = rustix::process::geteuid().is_root();
    let line = match is_root {
        true => "exec setpriv --inh-caps=-all --bounding-set=-all -- \"$0\" \"$@\"",
        false => "exec \"$0\" \"$@\"",
    };
    let try_it = Folder::new();
    if is_root && m1import(&try_it, ["--version"]).through(line).run().code != Some(0) {
        eprintln!("skipped: run as root, and setpriv is not there");
        return;
    }
    let only_read = |path: &Path, is: bool| {
        fs::set_permissions(path, fs::Permissions::from_mode(if is { 0o500 } else { 0o700 })).unwrap();
    };
    let (folder, server) = unfinished();
    let before = server.count();
    let results = folder.path("contacts.results");
    let held = artefacts(&results);
    only_read(&results, true);
    let run = m1import(&folder, ["contacts.csv"]).to(&server).through(line).run();
    only_read(&results, false);
    run.exits_with(73).says("--output-dir");
    assert_eq!((artefacts(&results), server.count()), (held, before));
    all_arrived(&import(&folder, &server, &[]), &folder, &server, 100);

    // A folder in which none can be made.
    let place = folder.path("");
    fs::remove_dir_all(&results).unwrap();
    only_read(&place, true);
    let run = m1import(&folder, ["contacts.csv"]).to(&server).through(line).run();
    only_read(&place, false);
    run.exits_with(73).says("--output-dir");
}

/// All files below a folder, with what is in them.
fn artefacts(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(artefacts(&path)),
            path => {
                found.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn neither_token_nor_control_characters_leave_by_a_side_way() {
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
    told.insert("stdout".into(), run.stdout.clone().into_bytes());
    told.insert("stderr".into(), run.stderr.clone().into_bytes());
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
