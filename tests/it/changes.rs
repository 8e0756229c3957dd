//! `--only-changed`: night after night, only what is new or changed is sent, whatever happens in between.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::contacts::csv;
use crate::support::exchange::Reply;
use crate::support::program::{Folder, MISSED, Program, Run, TOKEN, eventually, m1import};
use crate::support::server::Server;

const STATE: &str = "state";

fn night(folder: &Folder, server: &Server, more: &[&str]) -> Run {
    m1import(folder, ["contacts.csv", "--batch-size", "20", "--only-changed", STATE]).to(server).with(more).run()
}

fn rows(folder: &Folder) -> Value {
    folder.summary("contacts.results")["rows"].clone()
}

/// The phones of the requests from the one of this number on, each as often as it was sent.
fn sent_since(server: &Server, first: usize) -> Vec<String> {
    server.requests().into_iter().skip(first).flat_map(|request| request.phones()).collect()
}

#[test]
fn the_second_night_sends_only_what_changed() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 100));
    let server = Server::new(|_| Reply::ok());
    night(&folder, &server, &[]).exits_with(0);
    assert_eq!(rows(&folder)["accepted"], 100);
    let length = fs::metadata(folder.path(STATE)).unwrap();
    assert_eq!((length.len(), length.permissions().mode() & 0o777), (128 + 16 * 100, 0o600));
    assert!(!folder.has("state.lock"));

    let asked = server.count();
    let second = night(&folder, &server, &[]);
    second.exits_with(0).says("UTC, 100 contacts accepted; only what is new or changed is sent");
    assert!(second.stdout.starts_with("No contact is new or changed; nothing was sent.\n"), "{}", second.stdout);
    assert_eq!((server.count(), &rows(&folder)["unchanged"]), (asked, &100.into()));

    // Ten are gone, one has another name, five are new; one is there twice.
    let text = csv(10, 95).replace("Contact 20,", "Another name,") + "Contact 30,+27830000030\n";
    folder.write("contacts.csv", text);
    let check = m1import(&folder, ["check", "contacts.csv", "--only-changed", STATE, "--endpoint", &server.endpoint()]);
    let check = check.with(["--output", "json"]).run().exits_with(0).json();
    assert_eq!((check["preview"].as_array().map(Vec::len), &check["estimated_requests"]), (Some(5), &1.into()));
    night(&folder, &server, &[]).exits_with(0).says("UTC, 0 contacts accepted, 100 unchanged; only what is new");
    let mut sent = sent_since(&server, asked);
    sent.sort();
    let new = (100..105).map(|n| format!("2783{n:07}"));
    assert_eq!(sent, ["27830000020".to_owned()].into_iter().chain(new).collect::<Vec<_>>());
    let summary = folder.summary("contacts.results");
    for (summary, key) in [(&summary, "accepted"), (&check, "not_sent")] {
        assert_eq!((&summary["rows"][key], &summary["rows"]["unchanged"]), (&6.into(), &89.into()));
        assert_eq!((&summary["contacts"]["absent"], &summary["contacts"]["prepared"]), (&10.into(), &95.into()));
        assert_eq!(summary["countries"]["ZA"], 95);
    }
    assert_eq!(
        folder.table("contacts.results/results.csv").iter().filter(|row| row["status"] == "unchanged").count(),
        89
    );
}

#[test]
fn another_payload_is_a_change_and_another_endpoint_an_error() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 30));
    let server = Server::new(|_| Reply::ok());
    night(&folder, &server, &[]).exits_with(0);
    for more in [&["--tag", "vip"][..], &["--tag", "vip", "--omit-empty"], &["--tag", "vip"]] {
        night(&folder, &server, more).exits_with(0);
        assert_eq!(rows(&folder)["accepted"], 30, "{more:?}");
        night(&folder, &server, more).exits_with(0);
        assert_eq!(rows(&folder)["unchanged"], 30, "{more:?}");
    }
    folder.write("contacts.csv", csv(0, 29));
    let one_less =
        m1import(&folder, ["check", "contacts.csv", "--only-changed", STATE, "--endpoint", &server.endpoint()]);
    one_less.run().says("; 1 contact known from earlier imports is not in the input");
    folder.write("contacts.csv", csv(0, 30));
    // Refused before anything of it is touched.
    let asked = server.count();
    let state = fs::read(folder.path(STATE)).unwrap();
    night(&folder, &server, &["--bot-id", "5f"]).exits_with(73).says("[output.state_other]");
    let other = Server::new(|_| Reply::ok()).at_will();
    night(&folder, &other, &[]).exits_with(73).says("another endpoint or bot");
    m1import(&folder, ["contacts.csv", "--dry-run", "--only-changed", STATE]).run().exits_with(73);
    let nowhere = m1import(&folder, ["contacts.csv", "--only-changed", "nowhere/state"]).to(&server).run();
    nowhere.exits_with(73).says("[output.state_unusable]").says("name a file in a folder that is there");
    for (at, code) in [(20, "[output.state_damaged]"), (3, "[output.state_unusable]")] {
        let mut broken = state.clone();
        broken[at] ^= 1;
        fs::write(folder.path(STATE), &broken).unwrap();
        night(&folder, &server, &["--tag", "vip"]).exits_with(73).says(code);
        assert_eq!(fs::read(folder.path(STATE)).unwrap(), broken);
    }
    assert_eq!((server.count(), other.count()), (asked, 0));
    // An empty file, or none, knows nothing.
    folder.write(STATE, "");
    night(&folder, &server, &["--tag", "vip"]).exits_with(0);
    assert_eq!(rows(&folder)["accepted"], 30);
}

#[test]
fn the_file_may_not_be_what_the_run_reads_or_writes() {
    let server = Server::unasked();
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 3)).write("token", TOKEN);
    fs::create_dir(folder.path("folder")).unwrap();
    let endpoint = server.endpoint();
    let import = |file: &str, more: &[&str]| {
        let run = m1import(&folder, ["contacts.csv", "--endpoint", &endpoint, "--token-file", "token"]);
        run.with(["--only-changed", file]).with(more).run()
    };
    import("contacts.csv", &[]).exits_with(2).says("[output.is_input]");
    for file in ["token", "folder", "contacts.results/summary.json", "nowhere/state"] {
        import(file, &[]).exits_with(73);
    }
    import("s.json", &["--report", "s.json"]).exits_with(73).says("[output.no_place]");
    folder.write("other.lock", "mine");
    import("other", &[]).exits_with(73);
    assert_eq!((folder.read("other.lock"), folder.read("token")), ("mine".to_owned(), TOKEN.to_owned()));
}

#[test]
fn check_dry_run_and_sandbox_only_read() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 30));
    let server = Server::new(|_| Reply::ok());
    night(&folder, &server, &[]).exits_with(0);
    let state = fs::read(folder.path(STATE)).unwrap();
    folder.write("contacts.csv", csv(1, 30));
    for more in [&["--dry-run"][..], &["--sandbox"]] {
        let run = m1import(&folder, ["contacts.csv", "--only-changed", STATE, "--endpoint", &server.endpoint()]);
        let run = run.with(more).with(["--output", "json"]).run();
        let rows = &run.exits_with(0).json()["rows"];
        let unchanged = if more == ["--dry-run"] { 29 } else { 0 };
        assert_eq!(rows["unchanged"], unchanged, "{more:?}");
        assert_eq!(fs::read(folder.path(STATE)).unwrap(), state);
    }
}

#[test]
fn each_shard_has_a_file_of_its_own_and_several_inputs_have_one() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 40)).write("more.csv", csv(30, 40));
    let server = Server::new(|_| Reply::ok());
    for _ in 0..2 {
        for shard in ["1/2", "2/2"] {
            night(&folder, &server, &["more.csv", "--shard", shard]).exits_with(0);
        }
    }
    assert!(folder.has("state.1-of-2") && folder.has("state.2-of-2") && !folder.has(STATE));
    let summary = folder.summary("contacts.2-of-2.results");
    assert_eq!((&summary["rows"]["accepted"], &summary["contacts"]["absent"]), (&0.into(), &Value::Null));
    let mut sent = sent_since(&server, 0);
    sent.sort();
    assert_eq!(sent, (0..70).map(|n| format!("2783{n:07}")).collect::<Vec<_>>());
    for changed in [70, 0] {
        night(&folder, &server, &["more.csv"]).exits_with(0);
        assert_eq!(rows(&folder)["accepted"], changed);
    }
}

#[test]
fn a_trial_and_a_stopped_run_are_added_when_the_job_is_finished() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 100));
    let server = Server::new(|_| Reply::ok());
    let trial = night(&folder, &server, &["--trial", "30"]);
    trial.exits_with(75).says("the trial has ended: 70 contacts are not sent yet [run.trial]");
    let rest = trial.stdout.lines().map(str::trim).find(|line| line.starts_with("m1import ")).unwrap_or_default();
    assert!(rest.contains("--only-changed state") && !rest.contains("--trial"), "{}", trial.stdout);
    night(&folder, &server, &[]).exits_with(0);
    assert_eq!((&rows(&folder)["accepted"], &rows(&folder)["accepted_before"]), (&70.into(), &30.into()));
    night(&folder, &server, &[]).exits_with(0);
    assert_eq!((&rows(&folder)["unchanged"], server.phones().len()), (&100.into(), 100));
}

#[test]
fn after_an_outage_the_next_night_goes_on_with_its_own_input() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 100));
    let server = Server::new(|request| if request.number == 3 { Reply::refused(401, "no") } else { Reply::ok() });
    night(&folder, &server, &["--concurrency", "1"]).exits_with(77);
    let unfinished = folder.summary("contacts.results")["job"].clone();
    folder.write("contacts.csv", csv(50, 100));
    // Another account, or other settings, are not the same import.
    let other = m1import(&folder, ["contacts.csv", "--only-changed", STATE, "--endpoint", &server.endpoint()]);
    other.with(["--token", "another-token-of-the-tests"]).run().exits_with(65);
    night(&folder, &server, &["--tag", "x"]).exits_with(65).says("--restart");
    let asked = server.count();
    night(&folder, &server, &[]).exits_with(0).says("unfinished import");
    assert_eq!(sent_since(&server, asked).len(), 100);
    assert_eq!(folder.summary("contacts.results")["previous"]["job"], unfinished);
    night(&folder, &server, &[]).exits_with(0);
    assert_eq!(rows(&folder)["unchanged"], 100);
}

#[test]
fn what_another_list_sent_in_between_is_not_forgotten() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 60)).write("other.csv", "Name,Phone\nAnother name,+27830000001\n");
    let server = Server::new(|request| if request.number == 3 { Reply::refused(401, "no") } else { Reply::ok() });
    night(&folder, &server, &["--concurrency", "1"]).exits_with(77);
    m1import(&folder, ["other.csv", "--only-changed", STATE]).to(&server).run().exits_with(0);
    night(&folder, &server, &[]).exits_with(0);
    assert_eq!(rows(&folder)["accepted_before"], 40);
    // The server has the other list's contact, which this list's job sent before it.
    night(&folder, &server, &[]).exits_with(0);
    let name = &server.contact("27830000001").unwrap()["profile"]["userDetails"]["userProvidedName"];
    assert_eq!(name, "Contact 1");
}

#[test]
fn two_runs_of_one_file_do_not_meet() {
    let folder = Folder::new();
    folder.write("contacts.csv", csv(0, 100)).write("other.csv", csv(0, 10));
    let server = Server::new(|_| Reply::ok().after(Duration::from_millis(300)));
    let first = m1import(&folder, ["contacts.csv", "--batch-size", "20", "--only-changed", STATE]).to(&server).start();
    eventually("a request", || server.count() > 0);
    m1import(&folder, ["other.csv", "--only-changed", STATE])
        .to(&server)
        .run()
        .exits_with(73)
        .says("[output.state_locked]");
    first.wait().exits_with(0);
}

/// A night after another, each with a random list, killed at random moments.
struct Nights {
    seed: u64,
    dice: fastrand::Rng,
    folder: Folder,
    server: Server,
    /// The name that each phone has now.
    names: Vec<u8>,
    /// What the server has taken of nights that ended well.
    accepted: BTreeMap<usize, u8>,
    kills: usize,
}

/// Contacts in a request.
const BATCH: usize = 2;

impl Nights {
    fn new(seed: u64) -> Nights {
        let server = Server::new(|_| Reply::ok().after(Duration::from_millis(8))).at_will();
        let (dice, names) = (fastrand::Rng::with_seed(seed), vec![0; 300]);
        Nights { seed, dice, folder: Folder::new(), server, names, accepted: BTreeMap::new(), kills: 0 }
    }

    fn import(&self) -> Program {
        let size = BATCH.to_string();
        m1import(&self.folder, ["contacts.csv", "--batch-size", &size, "--only-changed", STATE]).to(&self.server)
    }

    /// Writes the list of a night; the phones that are in it.
    fn new_list(&mut self) -> Vec<usize> {
        // A few change, to names that they may have had before.
        for _ in 0..self.dice.usize(0..40) {
            let phone = self.dice.usize(0..300);
            self.names[phone] = self.dice.u8(0..3);
        }
        let list: Vec<usize> = (0..300).filter(|_| self.dice.u8(0..10) > 0).collect();
        let line = |n: &usize| format!("Name {},+2783{n:07}\n", self.names[*n]);
        let lines: String = list.iter().map(line).collect();
        self.folder.write("contacts.csv", format!("Name,Phone\n{lines}"));
        list
    }

    /// A run that is killed at some moment, unless it has ended before.
    fn is_killed(&mut self, restarts: bool) {
        let run = self.import().with(if restarts { &["--restart"][..] } else { &[] }).start();
        std::thread::sleep(Duration::from_millis(self.dice.u64(0..250)));
        run.signal(if self.dice.u8(0..4) > 0 { Signal::KILL } else { Signal::INT });
        run.wait();
        // What was on the wire must not be taken for something the next run sends.
        self.server.drain();
        self.kills += 1;
    }

    /// What each run of a night has sent was sent once, but for what the journal missed when it was killed. `runs` are the
    /// numbers of requests at the begin of each, and at the end of the last.
    fn nothing_is_sent_twice(&self, runs: &[usize], night: usize) {
        let mut later = BTreeSet::new();
        let requests = self.server.requests();
        for run in runs.windows(2).rev() {
            let mut sent = BTreeSet::new();
            for phone in requests[run[0]..run[1]].iter().flat_map(|request| request.phones()) {
                assert!(
                    sent.insert(phone.clone()),
                    "{phone} was sent twice in a run of night {night}, seed {}",
                    self.seed
                );
            }
            let again: Vec<_> = sent.intersection(&later).collect();
            assert!(again.len() <= MISSED * BATCH, "{again:?} were sent again in night {night}, seed {}", self.seed);
            later.append(&mut sent);
        }
    }

    /// The server has the list of the night as it stands.
    fn server_has(&self, list: &[usize], night: usize) {
        for n in list {
            let there = self.server.contact(&format!("2783{n:07}")).unwrap_or_default();
            let name = &there["profile"]["userDetails"]["userProvidedName"];
            assert_eq!(name, &format!("Name {}", self.names[*n]), "{n} in night {night}, seed {}", self.seed);
        }
    }

    fn night(&mut self, number: usize, kills: u64) {
        let list = self.new_list();
        let mut runs = vec![self.server.count()];
        let mut restarted = false;
        for _ in 0..self.dice.u64(0..kills) {
            let restarts = self.dice.u8(0..8) == 0;
            restarted |= restarts;
            self.is_killed(restarts);
            runs.push(self.server.count());
        }
        // Some nights nobody comes back to, and the next has another list.
        let is_left = self.dice.u8(0..3) == 0;
        if !is_left {
            self.import().run().exits_with(0);
            runs.push(self.server.count());
        }
        // What --restart forgets is sent again.
        if !restarted {
            self.nothing_is_sent_twice(&runs, number);
        }
        if is_left {
            self.accepted.retain(|n, _| !list.contains(n));
            return;
        }
        self.server_has(&list, number);
        if runs.len() == 2 {
            let unchanged = |n: &&usize| self.accepted.get(n) == Some(&self.names[**n]);
            let sent = sent_since(&self.server, runs[0]).len();
            assert!(sent + list.iter().filter(unchanged).count() <= list.len(), "night {number}, seed {}", self.seed);
        }
        self.accepted.extend(list.iter().map(|n| (*n, self.names[*n])));
    }

    /// Nothing of all these runs is left beside the results but the file itself.
    fn end(self) -> usize {
        assert!(!self.folder.has("state.lock"));
        let left = fs::read_dir(self.folder.path("")).unwrap().flatten();
        let left: Vec<_> =
            left.map(|file| file.file_name()).filter(|name| name.to_str().unwrap().ends_with(".new")).collect();
        assert!(left.is_empty(), "{left:?}");
        self.kills
    }
}

#[test]
fn whatever_is_killed_the_server_has_the_last_list() {
    for seed in 0..3 {
        let mut nights = Nights::new(seed);
        (0..8).for_each(|number| nights.night(number, 3));
        nights.import().run().exits_with(0);
        nights.end();
    }
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it -- --ignored many_nights"]
fn many_nights() {
    let mut kills = 0;
    for seed in 100.. {
        let mut nights = Nights::new(seed);
        (0..20).for_each(|number| nights.night(number, 5));
        nights.import().run().exits_with(0);
        kills += nights.end();
        if kills >= 200 {
            return;
        }
    }
}

/// A contact that changes and changes back is sent each time, though the first form was accepted once.
#[test]
fn what_changes_back_is_sent_again() {
    let folder = Folder::new();
    let server = Server::new(|_| Reply::ok());
    for (night, name) in ["A", "B", "A", "A"].into_iter().enumerate() {
        folder.write("contacts.csv", format!("Name,Phone\n{name},+27830000001\n"));
        self::night(&folder, &server, &[]).exits_with(0);
        let held = server.contact("27830000001").unwrap();
        assert_eq!(held["profile"]["userDetails"]["userProvidedName"], name);
        assert_eq!(server.count(), (night + 1).min(3));
    }
}
