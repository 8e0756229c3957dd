//! Whose job a results folder holds: another account, another user, another hand in the journal.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustix::process::Signal;

use crate::support::exchange::Reply;
use crate::support::job::{folder, rows};
use crate::support::program::{Folder, Program, eventually, m1import};
use crate::support::server::Server;

const JOURNAL: &str = "contacts.results/journal.ndjson";

/// A server that accepts the first two requests and fails at the third, once.
fn failing_once() -> Server {
    Server::new(|request| match request.number {
        3 => Reply::refused(401, "no"),
        _ => Reply::ok(),
    })
}

/// An import with batches of 20 and these arguments.
fn import(folder: &Folder, server: &Server, arguments: &[&str]) -> Program {
    let fixed = ["contacts.csv", "--batch-size", "20", "--concurrency", "1"];
    let program = m1import(folder, fixed).with(arguments);
    if arguments.contains(&"--endpoint") { program } else { program.with(["--endpoint", &server.endpoint()]) }
}

/// A token of an account that ends at a time.
fn jwt(subject: &str, ends: u64) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let claims = format!(r#"{{"iss":"platform","sub":"{subject}","exp":{ends}}}"#);
    format!("{}.{}.{}", part(r#"{"alg":"HS256"}"#), part(&claims), part("signature"))
}

/// A folder with 200 contacts of which 40 were accepted with these arguments.
fn unfinished(arguments: &[&str]) -> (Folder, Server) {
    let (folder, server) = (folder(200), failing_once());
    prepare(&folder);
    import(&folder, &server, arguments).run().exits_with(77);
    assert_eq!((server.phones().len(), rows(&folder, "accepted")), (40, 40));
    (folder, server)
}

fn prepare(folder: &Folder) {
    folder.write("token.txt", "first-token-of-the-file");
}

#[test]
fn another_account_does_not_resume() {
    let (ends, later) = (4_000_000_000, 4_000_000_001);
    let (jane, jane_later, joe) = (jwt("jane", ends), jwt("jane", later), jwt("joe", ends));
    let cases: [(&[&str], &[&str], bool); 8] = [
        (&["--token", "aaaaaaaaaaaa"], &["--token", "aaaaaaaaaaaa"], true),
        (&["--token", "aaaaaaaaaaaa"], &["--token", "bbbbbbbbbbbb"], false),
        (&["--token", &jane], &["--token", &jane_later], true),
        (&["--token", &jane], &["--token", &joe], false),
        (&["--token-file", "token.txt"], &["--token-file", "./token.txt"], true),
        (&["--token-file", "token.txt"], &["--token", "first-token-of-the-file"], false),
        (&["--token-command", "echo aaaaaaaa"], &["--token-command", "echo aaaaaaaa"], true),
        (&["--token-command", "echo aaaaaaaa"], &["--token-command", "echo aaaaaaaa; true"], false),
    ];
    for (first, then, is_same) in cases {
        let (folder, server) = unfinished(first);
        let before = folder.read(JOURNAL);
        let sent = server.count();
        let run = import(&folder, &server, then).run();
        if is_same {
            run.exits_with(0);
            assert_eq!(server.phones().len(), 200, "{then:?}");
            continue;
        }
        run.exits_with(65).says("[journal.other_account]").says("--same-account");
        assert_eq!((server.count(), folder.read(JOURNAL)), (sent, before), "nothing was touched: {then:?}");
        assert!(!run.stderr.contains("resuming"), "{}", run.stderr);
        // The user says that it is the same.
        import(&folder, &server, &[then, &["--same-account"]].concat()).run().exits_with(0);
        assert_eq!(server.phones().len(), 200);
    }
}

#[test]
fn a_renewed_file_is_the_same_account_and_saying_so_once_is_enough() {
    let (folder, server) = unfinished(&["--token-file", "token.txt"]);
    folder.write("token.txt", "second-token-of-the-file");
    import(&folder, &server, &["--token-file", "token.txt"]).run().exits_with(0);

    let (folder, server) = (
        crate::support::job::folder(200),
        Server::new(|request| match request.number {
            3 | 6 => Reply::refused(401, "no"),
            _ => Reply::ok(),
        }),
    );
    import(&folder, &server, &["--token", "aaaaaaaaaaaa"]).run().exits_with(77);
    import(&folder, &server, &["--token", "bbbbbbbbbbbb", "--same-account"]).run().exits_with(77);
    import(&folder, &server, &["--token", "bbbbbbbbbbbb"]).run().exits_with(0);
    assert_eq!(server.phones().len(), 200);
}

#[test]
fn another_query_of_the_endpoint_is_another_job() {
    let (folder, server) = (folder(200), failing_once());
    let to = |query: &str| format!("{}{query}", server.endpoint());
    let with = |query: &str| {
        let endpoint = to(query);
        import(&folder, &server, &["--token", "aaaaaaaaaaaa", "--endpoint", &endpoint]).run()
    };
    with("?botId=secret-of-one").exits_with(77);
    for other in ["", "?botId=secret-of-two"] {
        with(other).exits_with(65).says("[journal.other_job]").says("another query");
    }
    assert!(!folder.read(JOURNAL).contains("secret-of"), "a query may hold a key");
    with("?botId=secret-of-one").exits_with(0);
    assert_eq!(server.phones().len(), 200);
}

#[test]
fn a_changed_journal_is_not_believed() {
    let (folder, server) = unfinished(&["--token", "aaaaaaaaaaaa"]);
    // A journal of the same job that another user made.
    let (other, _) = unfinished(&["--token", "aaaaaaaaaaaa"]);
    folder.write(JOURNAL, other.read(JOURNAL));
    let sent = server.count();
    let run = import(&folder, &server, &["--token", "aaaaaaaaaaaa"]).run();
    run.exits_with(65).says("[journal.seal]").says("--restart");
    assert_eq!(server.count(), sent);
    import(&folder, &server, &["--token", "aaaaaaaaaaaa", "--restart"]).run().exits_with(0);
}

/// Starts the import under an environment that a line of the shell prepares.
fn in_environment(folder: &Folder, server: &Server, line: &str) -> Program {
    let program = import(folder, server, &["--token", "aaaaaaaaaaaa", "--rate", "10/s"]);
    program.through(&format!("{line}; exec \"$0\" \"$@\""))
}

#[test]
fn a_killed_task_runs_again_and_carries_on() {
    // A folder of its own at each start, which nobody keeps.
    let new_home = "export HOME=$(mktemp -d)";
    let table = [
        ("a container without HOME", "unset HOME XDG_CONFIG_HOME".to_owned(), true),
        ("HOME that cannot be written, as with ProtectHome", "export HOME=/proc/nowhere".to_owned(), true),
        ("systemd with StateDirectory", "export HOME=/proc/nowhere STATE_DIRECTORY=$PWD/state".to_owned(), false),
        ("a container with a volume", format!("{new_home} STATE_DIRECTORY=$PWD/state"), false),
        ("a job of a cluster with a shared disk", format!("{new_home} XDG_STATE_HOME=$PWD/state"), false),
    ];
    for (what, line, lies_in_results) in table {
        let (folder, server) = (folder(200), Server::new(|_| Reply::ok()));
        let started = in_environment(&folder, &server, &line).start();
        let settled = || fs::read_to_string(folder.path(JOURNAL)).is_ok_and(|text| text.contains(r#""t":"accepted""#));
        eventually("a batch is accepted", settled);
        started.signal(Signal::KILL);
        let killed = started.wait();
        assert_eq!(killed.code, None, "{what}");
        assert_eq!(killed.stderr.contains("[warning.no_state_folder]"), lies_in_results, "{what}: {}", killed.stderr);
        assert_eq!(folder.has("contacts.results/.key"), lies_in_results, "{what}");
        in_environment(&folder, &server, &line).run().exits_with(0).says("resuming:");
        assert_eq!(server.phones().len(), 200, "{what}");
        assert!((20..200).contains(&rows(&folder, "accepted_before")), "{what}");
    }
}

#[test]
fn a_key_beside_the_results_is_for_nobody_else() {
    let (folder, server) = (folder(200), failing_once());
    in_environment(&folder, &server, "unset HOME").run().exits_with(77);
    let mode = |name: &str| fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("contacts.results"), mode("contacts.results/.key")), (0o700, 0o600));
}

#[test]
fn where_the_home_folder_is_not_kept_the_hint_says_what_keeps_the_key() {
    let (folder, server) = (folder(200), failing_once());
    in_environment(&folder, &server, "export HOME=$(mktemp -d)").run().exits_with(77);
    let run = in_environment(&folder, &server, "export HOME=$(mktemp -d)").run();
    run.exits_with(65).says("[journal.seal]").says("STATE_DIRECTORY").says("--restart");
}

#[test]
fn a_key_in_a_folder_that_others_could_write_is_not_believed() {
    let (folder, server) = (folder(200), failing_once());
    let run = |more: &[&str]| {
        let program = import(&folder, &server, &[&["--token", "aaaaaaaaaaaa"], more].concat());
        program.through("unset HOME XDG_CONFIG_HOME; exec \"$0\" \"$@\"").run()
    };
    run(&[]).exits_with(77);
    fs::set_permissions(folder.path("contacts.results"), fs::Permissions::from_mode(0o777)).unwrap();
    run(&[]).exits_with(65).says("[journal.seal]");
    let mode = fs::metadata(folder.path("contacts.results")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700, "from now on nobody else can");
    run(&["--restart"]).exits_with(0);
}

#[test]
fn a_state_folder_of_systemd_is_used() {
    let (folder, server) = (folder(200), failing_once());
    let state = folder.path("state");
    let run = || {
        let program = import(&folder, &server, &["--token", "aaaaaaaaaaaa"]);
        program.env("STATE_DIRECTORY", state.to_str().unwrap()).env("HOME", "/proc/nowhere").run()
    };
    let first = run();
    first.exits_with(77);
    assert!(!first.stderr.contains("warning.no_state_folder"), "{}", first.stderr);
    assert!(folder.has("state/key") && !folder.has("contacts.results/.key"));
    run().exits_with(0);
}

#[test]
fn the_folder_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can give a folder away.
        return;
    }
    let (folder, server) = (folder(20), Server::new(|_| Reply::ok()));
    fs::create_dir(folder.path("contacts.results")).unwrap();
    std::os::unix::fs::chown(folder.path("contacts.results"), Some(4711), None).unwrap();
    fs::set_permissions(folder.path("contacts.results"), fs::Permissions::from_mode(0o777)).unwrap();
    for path in [folder.path(""), folder.path("contacts.csv")] {
        std::os::unix::fs::chown(path, Some(65_534), None).unwrap();
    }
    let parent = folder.path("").parent().unwrap().to_owned();
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o755)).unwrap();
    let as_nobody = import(&folder, &server, &["--token", "aaaaaaaaaaaa"])
        .through("exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$0\" \"$@\"")
        .run();
    as_nobody.exits_with(73).says("[output.folder]").says("another user");
    assert_eq!(server.count(), 0);
    let run = import(&folder, &server, &["--token", "aaaaaaaaaaaa"]).run();
    run.exits_with(0).says("belongs to user number 4711");
}
