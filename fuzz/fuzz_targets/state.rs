//! Any bytes are a state file of `--only-changed` or none: what is read is written back byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import::state::read_bytes;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(known) = read_bytes(bytes) {
        let mut again = Vec::new();
        known.write(&mut again).expect("memory takes it");
        assert_eq!(again, bytes);
    }
});
