//! Whatever stands in a journal's place: it is read, or refused, and memory stays in proportion to the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import::journal::{ExistingJournal, read_bytes};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(ExistingJournal::Unfinished(unfinished)) = read_bytes(bytes) {
        let _ = (unfinished.settled(), unfinished.statuses(1000));
    }
});
