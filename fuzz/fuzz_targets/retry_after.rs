//! Whatever `Retry-After` and `Date` say: a wait is read, or none.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use m1import::client::retry::{date, retry_after, spread};

fuzz_target!(|headers: (&[u8], &[u8])| {
    let (value, clock) = headers;
    if let Some(named) = retry_after(value, date(clock), SystemTime::UNIX_EPOCH) {
        let bearable = named.min(Duration::from_secs(600));
        assert!(!named.is_zero() && spread(bearable, 0.5) >= bearable);
    }
});
