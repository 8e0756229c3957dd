//! Any text as the sheets of a workbook in the XML of Excel 2003: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

const BEGINNING: &str = "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";

fuzz_target!(|text: &str| m1import_fuzz::read_behind(BEGINNING, text));
