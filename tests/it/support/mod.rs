//! What the tests stand on.
//!
//! - `http`: HTTP/1.1 by hand, and a small client.
//! - `contacts`: contacts, bodies and files to send.

pub mod contacts;
pub mod http;
