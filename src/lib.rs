//! `m1import` imports contacts in bulk to the m1bot WhatsApp platform.
//!
//! The rooms, from the bottom up; `tests/it/house.rs` holds the table of which may use which.

pub mod contact;
pub mod mapping;
pub mod row;
pub mod source;
