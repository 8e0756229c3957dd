//! Any bytes as an old Office document: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| m1import_fuzz::read(&[b"\xd0\xcf\x11\xe0", bytes].concat(), None));
