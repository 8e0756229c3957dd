//! Any text as the entries of an address book in LDIF: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

const BEGINNING: &str = "version: 1\ndn: cn=A,dc=x\n";

fuzz_target!(|text: &str| m1import_fuzz::read_behind(BEGINNING, text));
