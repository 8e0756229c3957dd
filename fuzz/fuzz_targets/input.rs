//! Any bytes as any format, packed and encoded in any way: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| m1import_fuzz::read(bytes, None));
