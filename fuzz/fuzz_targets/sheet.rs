//! Any text as the rows of a sheet in a workbook that is otherwise sound: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: m1import_fuzz::let_spreadsheets_panic(), |rows: &str| {
    m1import_fuzz::read(&m1import_fuzz::workbook(rows), None);
});
