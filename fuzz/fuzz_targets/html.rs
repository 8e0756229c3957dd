//! Any text as the rows of a table of HTML: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

const BEGINNING: &str = "<table>";

fuzz_target!(|text: &str| m1import_fuzz::read_behind(BEGINNING, text));
