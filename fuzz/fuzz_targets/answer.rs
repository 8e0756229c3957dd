//! Whatever a server answers: its words are of the batch that was sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import_fuzz::fuzzed;

fuzz_target!(|bytes: &[u8]| fuzzed::answer(bytes));
