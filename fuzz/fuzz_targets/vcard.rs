//! Any bytes as cards: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import::source::Format;

fuzz_target!(|bytes: &[u8]| m1import_fuzz::read(bytes, Some(Format::Vcard)));
