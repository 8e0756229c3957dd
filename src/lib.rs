//! `m1import` imports contacts in bulk to the m1bot WhatsApp platform.
//!
//! The rooms, from the bottom up; `tests/it/house.rs` holds the table of which may use which.

pub mod batch;
pub mod cli;
pub mod client;
pub mod config;
pub mod contact;
pub mod dedupe;
pub mod event;
pub mod folder;
pub mod journal;
pub mod mapping;
pub mod numbers;
pub mod outcome;
pub mod progress;
pub mod reading;
pub mod report;
pub mod row;
pub mod sandbox;
pub mod secret;
pub mod source;
pub mod stop;
pub mod survey;
pub mod terminal;
pub mod wire;
