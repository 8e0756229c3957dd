//! Whatever stands in a settings file that was found: it decides nothing that a stranger may not decide.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use m1import_fuzz::fuzzed;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

fuzz_target!(|bytes: &[u8]| fuzzed::settings(&FOLDER, bytes));
