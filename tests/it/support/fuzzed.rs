//! What holds whatever bytes come from outside: used by the targets of the fuzzer, and on their seeds by the tests.

use std::fs;

use m1import::cli::{self, Command};
use m1import::config::{Config, Env, Mode};
use m1import::state::{Known, Scope, read_bytes};
use m1import::wire::answer::{self, Answer};
use tempfile::TempDir;

/// A settings file that was found is read or refused, and decides nothing that a stranger may not decide. The first byte
/// says which file it is.
pub fn settings(folder: &TempDir, bytes: &[u8]) {
    let Some((first, text)) = bytes.split_first() else { return };
    let (name, other) = if *first == b'.' { (".env", "m1import.toml") } else { ("m1import.toml", ".env") };
    let _ = fs::remove_file(folder.path().join(other));
    fs::write(folder.path().join(name), text).expect("a file can be written");
    let mut env = Env::new([]);
    folder.path().clone_into(&mut env.folder);
    let words = ["m1import", "check", "a.csv"].map(Into::into);
    let Ok(Command::Check(typed)) = cli::parse(words, "") else { panic!("a command line without faults") };
    let Ok(config) = Config::settle(typed, &env, Mode::Check) else { return };
    let endpoint = &config.delivery.transport.endpoint;
    assert!(endpoint.is_loopback() || endpoint.to_string() == "https://api.v7.express-chat.com/inbox/users/import");
    assert!(config.output.dir.is_none() && config.output.reports.is_empty() && config.output.write_config.is_none());
    assert!(config.delivery.on_finish.is_none() && config.delivery.proxy.is_none() && !config.output.show_values);
    assert!(config.rows.phone_metadata.is_none() && config.max_input.is_none() && !config.delivery.restart);
}

/// Any bytes are a state file of `--only-changed` or none, and so are they as the entries of one whose frame is sound: what
/// is read is written back byte for byte.
pub fn state(bytes: &[u8]) {
    let mut sound = Vec::new();
    let empty = Known::new(Scope::of("", None)).expect("there are random bytes");
    empty.write(&mut sound).expect("memory takes it");
    sound.truncate(sound.len() - blake3::OUT_LEN);
    sound.extend_from_slice(bytes);
    let checksum = blake3::hash(&sound);
    sound.extend_from_slice(checksum.as_bytes());
    for file in [bytes, &sound] {
        let Ok(known) = read_bytes(file) else { continue };
        let mut again = Vec::new();
        known.write(&mut again).expect("memory takes it");
        assert_eq!(again, file);
    }
}

/// An answer to a batch is read: a word for each contact or none, and places only within the batch, in order, each once.
/// The first byte is the number of contacts.
pub fn answer(bytes: &[u8]) {
    let Some((contacts, body)) = bytes.split_first() else { return };
    let contacts = usize::from(*contacts).max(1);
    let complaint = match answer::read(body, contacts) {
        Answer::Items(items) => return assert_eq!(items.len(), contacts),
        Answer::Failure { complaint, .. } => complaint,
        Answer::Success | Answer::Unreadable(_) => answer::complaint(body, contacts),
    };
    assert!(complaint.places.iter().all(|place| place.index < contacts));
    assert!(complaint.places.is_sorted_by(|a, b| a.index < b.index));
}
