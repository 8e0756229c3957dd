//! The seeds of the fuzzer, and texts close to them, on a stable compiler.

use std::fs;
use std::path::Path;

use crate::support::fuzzed;

/// Each seed of a target, its beginnings, and itself with each byte changed.
fn each(target: &str, check: impl Fn(&[u8])) {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let seeds: Vec<_> = fs::read_dir(seeds).unwrap().map(|seed| fs::read(seed.unwrap().path()).unwrap()).collect();
    assert!(seeds.len() > 3, "{target}");
    for seed in seeds {
        check(&seed);
        for at in 0..seed.len() {
            check(&seed[..at]);
            let mut changed = seed.clone();
            changed[at] ^= 0x11;
            check(&changed);
        }
    }
}

#[test]
fn a_found_settings_file_decides_only_what_it_may() {
    let folder = tempfile::tempdir().unwrap();
    each("settings", |bytes| fuzzed::settings(&folder, bytes));
}

#[test]
fn an_answer_speaks_of_the_batch() {
    each("answer", fuzzed::answer);
}

#[test]
fn a_state_file_is_read_and_written_back_or_refused() {
    each("state", fuzzed::state);
}
