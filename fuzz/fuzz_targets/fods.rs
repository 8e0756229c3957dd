//! Any text as the sheets of a flat OpenDocument: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

const BEGINNING: &str = "<office:document office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\">";

fuzz_target!(|text: &str| m1import_fuzz::read_behind(BEGINNING, text));
