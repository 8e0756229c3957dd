//! The tests from outside: the real program, real sockets, real files. One binary, so that it is linked once.
//!
//! Where to put a new one:
//! - `sandbox`: what the sandbox promises, asked for in plain HTTP.
//! - `support`: no tests; what the others stand on.

mod sandbox;
mod support;
