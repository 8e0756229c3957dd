//! `m1import` imports contacts in bulk to the m1bot WhatsApp platform.
//!
//! The rooms, from the bottom up; `tests/it/house.rs` holds the table of which may use which.

pub mod batch;
pub mod client;
pub mod event;
pub mod outcome;
pub mod row;
pub mod sandbox;
pub mod secret;
pub mod stop;
pub mod wire;
