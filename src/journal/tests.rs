//! The journal under every cut, every flipped bit, a full disk and a loss of power.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::{Condvar, Mutex};
use std::thread;

use proptest::prelude::*;

use super::disk::Syncing;
use super::*;
use crate::diagnostic::Diagnostic;
use crate::outcome::{Cause, Settled};

const KEY: UserKey = UserKey::known();

fn head() -> Head {
    let input = InputFingerprint { name: "a.csv".into(), len: 7, blake3: "00ff".into() };
    Head {
        job: "job".into(),
        inputs: vec![input],
        plan: "plan".into(),
        settings: BTreeMap::from([("default-country".into(), "1f".into()), ("tag".into(), "2f".into())]),
        shard: String::new(),
        endpoint: "https://host/path".into(),
        query: String::new(),
        account: "me".into(),
        previous: None,
        state: None,
    }
}

fn settled(first: u64, last: u64, outcome: Outcome) -> Event {
    let (request, status) = (format!("job-{last:06}"), Some(200));
    let part = Settled { records: vec![first..=last], outcome, request, status };
    Event::Settled(Settlement { serial: 1, attempts: 1, parts: vec![part] })
}

fn refusal() -> Outcome {
    Outcome::Refused(Arc::new(Failure::new(Cause::Refused, "no \"such\" \u{1b} number").with_status(400)))
}

/// A disk that remembers what was made safe.
#[derive(Debug, Clone, Default)]
struct Platter(Arc<Mutex<(Vec<u8>, usize)>>);

impl Disk for Platter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().0.extend_from_slice(bytes);
        Ok(())
    }

    fn make_safe(&mut self) -> io::Result<Syncing> {
        let mut platter = self.0.lock().unwrap();
        platter.1 = platter.0.len();
        Ok(thread::spawn(|| Ok(())))
    }
}

/// A disk that is full after so many bytes, and one that cannot be made safe.
#[derive(Debug)]
struct Full(usize);

impl Disk for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let left = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        self.0 = left;
        Ok(())
    }

    fn make_safe(&mut self) -> io::Result<Syncing> {
        Ok(thread::spawn(|| Err(io::Error::other("EIO"))))
    }
}

/// A journal of ten accepted and one refused record, as bytes.
fn small() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::make(dir.path()).unwrap();
    let mut journal = Journal::create(&folder, &head(), &KEY).unwrap();
    journal.hear(&settled(1, 4, Outcome::Accepted)).unwrap();
    journal.hear(&settled(5, 5, refusal())).unwrap();
    journal.hear(&settled(7, 12, Outcome::Accepted)).unwrap();
    drop(journal);
    fs::read(folder.file(JOURNAL)).unwrap()
}

/// The records that a journal says are accepted, and those refused.
fn done(found: &ExistingJournal) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let ExistingJournal::Unfinished(unfinished) = found else { return Default::default() };
    let statuses = unfinished.statuses(1000).unwrap();
    let with = |status| (1..=1000).filter(|record| statuses.get(*record) == Some(status)).collect();
    (with(RowStatus::AcceptedBefore), with(RowStatus::Refused))
}

#[test]
fn a_journal_is_carried_on() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::make(dir.path()).unwrap();
    assert!(matches!(Journal::inspect(&folder, &KEY).unwrap(), ExistingJournal::None));
    let mut journal = Journal::create(&folder, &head(), &KEY).unwrap();
    assert!(matches!(Journal::inspect(&folder, &KEY).unwrap(), ExistingJournal::Empty));
    journal.hear(&settled(1, 4, Outcome::Accepted)).unwrap();
    journal.hear(&settled(5, 5, refusal())).unwrap();
    let unknown = Outcome::Unconfirmed(Arc::new(Failure::new(Cause::Timeout, "")));
    journal.hear(&settled(6, 9, unknown)).unwrap();
    journal.finish(End::Interrupted).unwrap();

    let ExistingJournal::Unfinished(unfinished) = Journal::inspect(&folder, &KEY).unwrap() else { panic!() };
    assert_eq!((unfinished.head.clone(), unfinished.settled(), unfinished.requests()), (head(), 5, 5));
    let statuses = unfinished.statuses(9).unwrap();
    let told: Vec<_> = (1..=9).map(|record| statuses.get(record)).collect();
    let before = Some(RowStatus::AcceptedBefore);
    assert_eq!(told, [before, before, before, before, Some(RowStatus::Refused), None, None, None, None]);
    let why = statuses.reason(5).unwrap();
    assert_eq!(
        (why.cause, why.status, why.message.as_str()),
        (Cause::Refused, Some(200), "no \"such\" \\u{1b} number")
    );
    assert!(matches!(unfinished.statuses(4), Err(Error::Strange { .. })));

    let mut journal = Journal::resume(&folder, &unfinished).unwrap();
    journal.hear(&settled(6, 9, Outcome::Accepted)).unwrap();
    journal.finish(End::Complete).unwrap();
    assert!(matches!(Journal::inspect(&folder, &KEY).unwrap(), ExistingJournal::Finished));
    Journal::create(&folder, &head(), &KEY).unwrap();
    assert!(matches!(Journal::inspect(&folder, &KEY).unwrap(), ExistingJournal::Empty));
}

#[test]
fn a_job_is_its_inputs_its_plan_and_its_endpoint() {
    let now = head();
    assert_eq!(now.difference(&head()), None);
    let renamed = Head { inputs: vec![InputFingerprint { name: "b.csv".into(), ..now.inputs[0].clone() }], ..head() };
    assert_eq!(now.difference(&renamed), None);
    let longer = Head { inputs: vec![InputFingerprint { len: 8, ..now.inputs[0].clone() }], ..head() };
    let two = Head { inputs: vec![now.inputs[0].clone(), now.inputs[0].clone()], ..head() };
    for other in [longer, two] {
        assert_eq!(now.difference(&other).as_deref(), Some("another input (then a.csv)"));
    }
    let asked = Head { query: "00ff".into(), ..head() };
    assert_eq!(now.difference(&asked).as_deref(), Some("another query of the endpoint https://host/path"));
    let elsewhere = Head { endpoint: "sandbox".into(), ..head() };
    assert_eq!(now.difference(&elsewhere).as_deref(), Some("another endpoint (then https://host/path)"));
    assert!(now.difference(&Head { shard: "2/8".into(), ..head() }).unwrap().contains("another shard (then all rows)"));
    let unknown = Head { plan: String::new(), ..head() };
    let said = "other settings for input, mapping or validation";
    assert_eq!(now.difference(&unknown).as_deref(), Some(said), "a plan may differ in a file's own section");
    let settings = BTreeMap::from([("map".into(), "3f".into()), ("tag".into(), "2e".into())]);
    let other = Head { settings, ..unknown };
    assert_eq!(now.difference(&other).as_deref(), Some("other settings (--default-country, --map, --tag)"));
    assert_eq!(now.difference(&Head { plan: "plan".into(), ..other }), None, "the plan decides");
}

#[test]
fn a_journal_cut_anywhere_is_carried_on_from_its_last_whole_line() {
    let whole = small();
    let (accepted, refused) = done(&read_bytes(&whole).unwrap());
    assert_eq!((accepted.len(), refused.len()), (10, 1));
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::make(dir.path()).unwrap();
    for cut in 0..whole.len() {
        fs::write(folder.file(JOURNAL), &whole[..cut]).unwrap();
        let found = Journal::inspect(&folder, &KEY).unwrap();
        let (some, no) = done(&found);
        assert!(some.is_subset(&accepted) && no.is_subset(&refused));
        if let ExistingJournal::Unfinished(unfinished) = found {
            let mut journal = Journal::resume(&folder, &unfinished).unwrap();
            journal.hear(&settled(20, 20, Outcome::Accepted)).unwrap();
            let (more, _) = done(&Journal::inspect(&folder, &KEY).unwrap());
            assert_eq!(more, some.iter().copied().chain([20]).collect());
        }
    }
}

#[test]
fn no_flipped_bit_makes_a_record_settled_that_is_not() {
    let whole = small();
    let (accepted, refused) = done(&read_bytes(&whole).unwrap());
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        match read_bytes(&flipped) {
            Ok(found) => {
                let (some, no) = done(&found);
                assert!(some.is_subset(&accepted) && no.is_subset(&refused), "bit {bit}");
                assert!(!matches!(found, ExistingJournal::Finished), "bit {bit}");
            }
            Err(error) => assert_eq!(error.exit().code(), 73, "bit {bit}"),
        }
    }
}

#[test]
fn a_broken_line_among_whole_ones_is_damage() {
    let whole = small();
    let ends: Vec<usize> = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    let mut broken = whole.clone();
    broken[ends[0] + 9] ^= 1;
    assert!(matches!(read_bytes(&broken), Err(Error::Damaged { line: 2, .. })));
    // Without a head it is no journal, but lines of one are not thrown away silently.
    assert!(matches!(read_bytes(&whole[ends[0] + 1..]), Err(Error::Damaged { line: 1, .. })));
    assert!(matches!(read_bytes(b"hello\n"), Ok(ExistingJournal::None)));
}

#[test]
fn a_newer_version_is_not_touched() {
    let newer = JournalLine::Head { v: VERSION + 1, tool: "9.0.0".into(), head: Box::new(head()) }
        .to_bytes(&mut Seal::new(&KEY))
        .unwrap();
    assert!(matches!(read_bytes(&newer), Err(Error::Newer { .. })));
}

#[test]
fn a_journal_of_this_version_is_read() {
    let kept = include_bytes!("../../tests/golden/journal-3.ndjson");
    let (accepted, refused) = done(&read_bytes(kept).unwrap());
    assert_eq!(accepted.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 7, 8, 9, 10, 11, 12]);
    assert_eq!(refused.into_iter().collect::<Vec<_>>(), [5]);
}

#[test]
fn an_unfinished_journal_with_the_old_words_is_not_resumed() {
    let (first, second) = (
        &include_bytes!("../../tests/golden/journal-1.ndjson")[..],
        include_bytes!("../../tests/golden/journal-2.ndjson"),
    );
    for old in [first, second] {
        let error = read_bytes(old).unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("journal.older", 65));
        assert!(error.hint().unwrap().contains("--restart") && error.ends_with_restart());
    }
    // A finished job is followed by a new one, whatever wrote it.
    let head = JournalLine::Head { v: 1, tool: "0.0.9".into(), head: Box::new(head()) }
        .to_bytes(&mut Seal::new(&KEY))
        .unwrap();
    let end = JournalLine::End { state: End::Complete.as_str().to_owned() }.to_bytes(&mut Seal::new(&KEY)).unwrap();
    assert!(matches!(read_bytes(&[head, end].concat()), Ok(ExistingJournal::Finished)));
}

/// Whoever knows the format and not the key: lines with a right checksum, and a seal of his own.
#[test]
fn lines_of_somebody_else_are_not_resumed() {
    let whole = small();
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let mut stranger = Seal::new(&KEY);
    let forged = JournalLine::Accepted { r: vec![(13, 99)], req: "job-000099".into(), http: Some(200) };
    let forged = forged.to_bytes(&mut stranger).unwrap();
    let journals = [
        [&lines[..], &[&forged]].concat(),
        vec![lines[0], lines[2], lines[3]],
        vec![lines[0], lines[1], lines[3]],
        vec![lines[0], lines[2], lines[1], lines[3]],
    ];
    for journal in journals {
        let error = read_bytes(&journal.concat()).unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("journal.seal", 65));
        assert!(error.ends_with_restart());
    }
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::make(dir.path()).unwrap();
    fs::write(folder.file(JOURNAL), &whole).unwrap();
    let other = UserKey::in_results(&folder, true).unwrap();
    assert!(matches!(Journal::inspect(&folder, &other), Err(Error::Seal { .. })));
    assert!(Journal::is_unfinished(&folder).unwrap());
}

#[test]
fn another_account_is_known_and_can_become_the_jobs_own() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::make(dir.path()).unwrap();
    let mine = Head { account: "mine".into(), ..head() };
    let unfinished = || match Journal::inspect(&folder, &KEY).unwrap() {
        ExistingJournal::Unfinished(unfinished) => unfinished,
        other => panic!("{other:?}"),
    };
    let mut journal = Journal::create(&folder, &head(), &KEY).unwrap();
    journal.hear(&settled(1, 1, refusal())).unwrap();
    assert!(!unfinished().is_of_another_account(&mine), "nothing was accepted for anybody");
    journal.hear(&settled(2, 2, Outcome::Accepted)).unwrap();
    assert!(unfinished().is_of_another_account(&mine) && !unfinished().is_of_another_account(&head()));
    let mut journal = Journal::resume(&folder, &unfinished()).unwrap();
    journal.same_account("mine").unwrap();
    assert!(!unfinished().is_of_another_account(&mine));
    assert_eq!(unfinished().settled(), 2);
}

#[test]
fn lines_are_made_safe_in_groups() {
    let platter = Platter::default();
    let mut journal = Journal::on(Box::new(platter.clone()), Seal::new(&KEY));
    for record in 1..=100 {
        journal.hear(&settled(record, record, Outcome::Accepted)).unwrap();
    }
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    let (written, safe) = platter.0.lock().unwrap().clone();
    assert_eq!((lines(&written), lines(&written[..safe])), (100, 64));
    journal.sync().unwrap();
    let (written, safe) = platter.0.lock().unwrap().clone();
    assert_eq!(safe, written.len());
}

/// A disk that is not safe before it is let go.
#[derive(Debug, Clone, Default)]
struct Slow(Arc<(Mutex<(u32, bool)>, Condvar)>);

impl Disk for Slow {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        self.0.0.lock().unwrap().0 += 1;
        Ok(())
    }

    fn make_safe(&mut self) -> io::Result<Syncing> {
        let disk = self.0.clone();
        Ok(thread::spawn(move || {
            drop(disk.1.wait_while(disk.0.lock().unwrap(), |(_, is_free)| !*is_free).unwrap());
            Ok(())
        }))
    }
}

/// What the server has accepted is with the system at once, however long the disk takes: a kill forgets none of it.
#[test]
fn no_line_waits_for_the_disk() {
    let disk = Slow::default();
    let mut journal = Journal::on(Box::new(disk.clone()), Seal::new(&KEY));
    for record in 1..=500 {
        journal.hear(&settled(record, record, Outcome::Accepted)).unwrap();
    }
    assert_eq!(disk.0.0.lock().unwrap().0, 500);
    disk.0.0.lock().unwrap().1 = true;
    disk.0.1.notify_all();
    journal.finish(End::Complete).unwrap();
}

#[test]
fn a_full_disk_is_told_with_what_may_be_sent_again() {
    let mut journal = Journal::on(Box::new(Full(400)), Seal::new(&KEY));
    let error =
        (1..).find_map(|round| journal.hear(&settled(round * 10, round * 10 + 9, Outcome::Accepted)).err()).unwrap();
    let Error::Write { records, .. } = &error else { panic!("{error}") };
    // Four lines fit; the fifth is not kept either.
    assert_eq!((*records, error.exit().code(), error.code()), (40, 74, "journal.write"));
    let mut journal = Journal::on(Box::new(Full(100_000)), Seal::new(&KEY));
    journal.hear(&settled(1, 1, Outcome::Accepted)).unwrap();
    assert_eq!(journal.sync().unwrap_err().exit().code(), 74);
}

proptest! {
    #[test]
    fn any_bytes_are_a_journal_or_none(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..600) {
        drop(read_bytes(&bytes));
        let mut mixed = small();
        mixed.splice(at.min(mixed.len()).., bytes);
        drop(read_bytes(&mixed));
    }

    #[test]
    fn a_loss_of_power_loses_only_what_was_not_safe(writes in prop::collection::vec((0u64..50, any::<bool>()), 1..40), torn in 0usize..200) {
        let platter = Platter::default();
        let mut seal = Seal::new(&KEY);
        let head = JournalLine::Head { v: VERSION, tool: String::new(), head: Box::new(head()) };
        platter.0.lock().unwrap().0 = head.to_bytes(&mut seal).unwrap();
        let mut journal = Journal::on(Box::new(platter.clone()), seal);
        let (mut told, mut safe_records) = (BTreeSet::new(), BTreeSet::new());
        for (number, (more, sync)) in writes.into_iter().enumerate() {
            let first = number as u64 * 20 + 1;
            let last = first + more.min(19);
            journal.hear(&settled(first, last, Outcome::Accepted)).unwrap();
            told.extend(first..=last);
            if sync {
                journal.sync().unwrap();
                safe_records = told.clone();
            }
        }
        let (written, safe) = platter.0.lock().unwrap().clone();
        let kept = (safe.max(1) + torn).min(written.len());
        let (accepted, _) = done(&read_bytes(&written[..kept]).unwrap());
        prop_assert!(accepted.is_subset(&told));
        prop_assert!(safe == 0 || accepted.is_superset(&safe_records));
    }
}

#[test]
fn a_number_of_a_request_that_cannot_be_counted_on_is_damage() {
    for (number, is_damage) in [("000007", false), ("18446744073709551615", true)] {
        let mut bytes = small();
        let line = JournalLine::Accepted { r: vec![(20, 20)], req: format!("job-{number}"), http: Some(200) };
        bytes.extend(line.to_bytes(&mut Seal::new(&KEY)).unwrap());
        assert_eq!(matches!(read_bytes(&bytes), Err(Error::Damaged { .. })), is_damage, "{number}");
    }
}
