//! What the tests stand on.
//!
//! - `program`: the real program in a folder of its own, with an empty environment.
//! - `server`: a server made from a closure, which remembers every request.
//! - `talk`: what it is asked, and what it answers.
//! - `manner`: how its answers go over the wire when they do not go as they should.
//! - `job`: a file imported in small batches, and whether all of it arrived.
//! - `beside`: `m1import sandbox` as a process of its own.
//! - `contacts`: contacts, bodies and files to send.
//! - `workbook`: a spreadsheet as bytes.
//! - `http`: HTTP/1.1 by hand, and a small client.

pub mod beside;
pub mod contacts;
pub mod http;
pub mod job;
pub mod manner;
pub mod program;
pub mod server;
pub mod talk;
pub mod workbook;
