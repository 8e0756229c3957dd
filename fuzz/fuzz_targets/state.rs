//! Any bytes are a state file of `--only-changed` or none: what is read is written back byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import_fuzz::fuzzed;

fuzz_target!(|bytes: &[u8]| fuzzed::state(bytes));
