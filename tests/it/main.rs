//! The tests from outside: the real program, real sockets, real files. One binary, so that it is linked once.
//!
//! Where to put a new one:
//! - `corpus`: files as people have them, each with the contacts it must give.
//! - `house`: the laws of the house that a machine can check.
//! - `sandbox`: what the sandbox promises, asked for in plain HTTP.
//! - `servers`: the servers the tests are made with keep their word.
//! - `transport`: what becomes of a request on a real socket, fault by fault.
//! - `support`: no tests; what the others stand on.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails, and says where"
)]

mod corpus;
mod house;
mod sandbox;
mod servers;
mod support;
mod transport;
