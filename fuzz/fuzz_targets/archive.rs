//! Any bytes as the one file of an archive, under any name, or as the archive itself: read or refused, never a panic. The
//! first line is the name.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    m1import_fuzz::read(&[b"PK\x03\x04", bytes].concat(), None);
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let (name, content) = bytes.split_at(end);
    if let Ok(name) = std::str::from_utf8(name) {
        m1import_fuzz::read(&m1import_fuzz::archive(&[(name, content)]), None);
    }
});
