//! Shared test support.
//!
//! - `program`: the real program in a folder of its own, with an empty environment.
//! - `server`: a server made from a closure; it records every request.
//! - `exchange`: its requests and answers.
//! - `faults`: answers that are cut, reset, stalled, dripped or endless.
//! - `job`: a file imported in small batches, and whether all of it arrived.
//! - `sandbox_process`: `m1import sandbox` as a process of its own.
//! - `contacts`: contacts, bodies and files to send.
//! - `workbook`: a spreadsheet as bytes.
//! - `fuzzed`: what holds whatever bytes come from outside.
//! - `golden`: the switch that accepts changed golden files.
//! - `http`: HTTP/1.1 by hand, and a small client.

pub mod contacts;
pub mod exchange;
pub mod faults;
pub mod fuzzed;
pub mod golden;
pub mod http;
pub mod job;
pub mod program;
pub mod sandbox_process;
pub mod server;
pub mod workbook;
