//! The server's JSON, written and read, and nothing else. Documented shapes only; what is not certain about them
//! stands at the item that depends on it.

pub mod answer;
pub mod contact;
