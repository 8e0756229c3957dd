//! Any bytes as a table: read or refused, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import::mapping;
use m1import::row::Row;
use m1import::source::{self, Fault, Input};

fuzz_target!(|bytes: &[u8]| {
    let options =
        source::Options { format: Some(source::Format::Csv), words: mapping::words, ..source::Options::default() };
    let Ok(source) = source::open(Input::of("fuzz", bytes), &options) else { return };
    let _ = mapping::Mapping::find(source.columns(), source.sample(), &mapping::Options::default());
    let Ok(mut rows) = source.rows() else { return };
    let mut row = Row::default();
    while !matches!(rows.next(&mut row), Ok(false) | Err(Fault::Broken(_))) {}
    let _ = rows.digest();
});
