//! Runs that are stopped or killed, and what the same command does after them.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::contacts::csv;
use crate::support::exchange::Reply;
use crate::support::job::{all_arrived, folder, import, rows};
use crate::support::program::{MISSED, eventually, m1import};
use crate::support::server::Server;

#[test]
fn a_signal_lets_what_flies_land_and_the_same_command_goes_on() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let folder = folder(2000);
        let server = Server::new(|_| Reply::ok().after(Duration::from_millis(50)));
        let started = m1import(&folder, ["contacts.csv", "--batch-size", "20"]).to(&server).start();
        eventually("some requests", || server.count() > 10);
        started.signal(signal);
        let run = started.wait();
        run.exits_with(code);
        let accepted = rows(&folder, "accepted");
        assert_eq!(accepted as usize, server.phones().len(), "what has landed is known");
        assert!(accepted < 2000);
        let sent = server.count();
        let summary = all_arrived(&import(&folder, &server, &[]), &folder, &server, 2000);
        assert_eq!(summary["rows"]["accepted_before"], accepted);
        assert_eq!((server.count() - sent) as u64, (2000 - accepted) / 20);
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = folder(200);
    let server = Server::new(|_| Reply::ok().after(Duration::from_secs(5)));
    let started = m1import(&folder, ["contacts.csv", "--batch-size", "20"]).to(&server).start();
    eventually("a request", || server.count() > 0);
    started.signal(Signal::INT);
    std::thread::sleep(Duration::from_millis(200));
    let second = Instant::now();
    started.signal(Signal::INT);
    let run = started.wait();
    run.exits_with(130);
    assert!(second.elapsed() < Duration::from_millis(1000), "{:?}", second.elapsed());
    // Only files that are there are listed.
    for name in ["report.html", "results.csv", "summary.json"] {
        let is_listed = run.stdout.lines().any(|line| line.starts_with(&format!("  {name}  ")));
        assert_eq!(is_listed, folder.has(&format!("contacts.results/{name}")), "{name}: {}", run.stdout);
    }
    assert!(
        folder.has("contacts.results/results.csv") || run.stdout.contains("left out: results.csv"),
        "{}",
        run.stdout
    );
}

/// Kills the run at `kills` random moments, and lets the next one end.
fn killed(kills: usize, seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let folder = folder(5000);
    let server = Server::new(|_| Reply::ok().after(Duration::from_millis(20)));
    let (mut most_again, mut finished) = (0, false);
    for kill in 0..kills {
        // A run that was quicker than the kill has finished the job; the next one is a new job, and sends all of it.
        let journal = "contacts.results/journal.ndjson";
        finished |= folder.has(journal) && folder.read(journal).contains(r#""state":"complete""#);
        let before = server.phones().len();
        let asked = server.count();
        let started = m1import(&folder, ["contacts.csv", "--batch-size", "20"]).to(&server).start();
        std::thread::sleep(Duration::from_millis(dice.u64(0..150)));
        started.signal(Signal::KILL);
        let run = started.wait();
        server.drain();
        assert!(matches!(run.code, None | Some(0)), "kill {kill}: {run:?}");
        let new = server.phones().len() - before;
        if !finished {
            most_again = most_again.max((server.count() - asked).saturating_sub(new.div_ceil(20)));
        }
    }
    all_arrived(&import(&folder, &server, &[]), &folder, &server, 5000);
    assert!(most_again <= MISSED, "{most_again} batches again after one kill");
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    killed(5, 1);
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it -- --ignored soak"]
fn soak() {
    for seed in 0..20 {
        killed(10, seed);
    }
}

#[test]
fn another_input_or_endpoint_does_not_go_on_a_job() {
    let folder = folder(100);
    let server = Server::new(|request| if request.number == 2 { Reply::refused(401, "no") } else { Reply::ok() });
    import(&folder, &server, &[]).exits_with(77);
    let (settled, sent) = (rows(&folder, "accepted"), server.count());
    let other = Server::new(|_| Reply::ok()).at_will();
    import(&folder, &other, &[]).exits_with(65).says("--restart");
    folder.write("contacts.csv", csv(0, 101));
    import(&folder, &server, &[]).exits_with(65).says("--restart");
    assert_eq!((server.count(), other.count(), rows(&folder, "accepted")), (sent, 0, settled));
    all_arrived(&import(&folder, &server, &["--restart"]), &folder, &server, 101);
}

#[test]
fn two_runs_of_one_folder_do_not_meet() {
    let folder = folder(200);
    let server = Server::new(|_| Reply::ok().after(Duration::from_millis(100)));
    let first = m1import(&folder, ["contacts.csv", "--batch-size", "20"]).to(&server).start();
    eventually("a request", || server.count() > 0);
    import(&folder, &server, &[]).exits_with(73);
    all_arrived(&first.wait(), &folder, &server, 200);
}
