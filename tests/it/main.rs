//! The tests from outside: the real program, real sockets, real files. One binary, so that it is linked once.
//!
//! Where to put a new one:
//! - `browser`: `report.html` in Chromium.
//! - `codes`: `docs/codes.md` and the program agree.
//! - `corpus`: files as people have them, each with the contacts it must give.
//! - `delivery`: bad days; servers that throttle, cut, stall and refuse.
//! - `hostile`: bombs, endless things, and everything that tries to carry a secret or a command out.
//! - `house`: the laws of the house that a machine can check.
//! - `import`: the main job, from a file to the server: what is sent, what is written, how it ends.
//! - `reading`: laws of reading: what was written reads back the same, and no bytes bring the program down.
//! - `readme`: what the README shows is what the program does.
//! - `resume`: runs that are stopped or killed, and what the same command does after them.
//! - `sandbox`: what the sandbox promises, asked for in plain HTTP.
//! - `samples`: every sample does what it is there for.
//! - `screen`: what a person sees in a terminal.
//! - `settings`: what the settings decide, and what they may not.
//! - `servers`: the servers the tests are made with keep their word.
//! - `stop`: runs that cannot go on: signals while waiting, tokens that end, full disks, damaged journals.
//! - `transport`: what becomes of a request on a real socket, fault by fault.
//! - `support`: no tests; what the others stand on.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails, and says where"
)]

mod browser;
mod codes;
mod corpus;
mod delivery;
mod hostile;
mod house;
mod import;
mod messages;
mod reading;
mod readme;
mod resume;
mod samples;
mod sandbox;
mod screen;
mod servers;
mod settings;
mod stop;
mod support;
mod transport;
