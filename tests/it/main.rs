//! The tests from outside: the real program, real sockets, real files. One binary, so that it is linked once.
//!
//! Where to put a new one:
//! - `delivery`: bad days; servers that throttle, cut, stall and refuse.
//! - `house`: the laws of the house that a machine can check.
//! - `import`: the main job, from a file to the server: what is sent, what is written, how it ends.
//! - `resume`: runs that are stopped or killed, and what the same command does after them.
//! - `sandbox`: what the sandbox promises, asked for in plain HTTP.
//! - `servers`: the servers the tests are made with keep their word.
//! - `support`: no tests; what the others stand on.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails, and says where"
)]

mod delivery;
mod house;
mod import;
mod resume;
mod sandbox;
mod servers;
mod support;
