//! `m1import` imports contacts in bulk to the m1bot WhatsApp platform.
//!
//! `ARCHITECTURE.md` shows how the modules fit together; `tests/it/architecture.rs` holds the table of which module may use which.

pub mod batch;
pub mod bits;
pub mod byte_table;
pub mod cli;
pub mod client;
pub mod commands;
pub mod config;
pub mod contact;
pub mod dedupe;
pub mod diagnostic;
pub mod entity;
pub mod error;
pub mod event;
pub mod folder;
pub mod invisible;
pub mod journal;
pub mod keywords;
pub mod mapping;
pub mod markup;
pub mod numbers;
pub mod outcome;
pub mod pipeline;
pub mod platform;
pub mod progress;
pub mod reading;
pub mod report;
pub mod row;
pub mod sandbox;
pub mod secret;
pub mod shell;
pub mod small_file;
pub mod source;
pub mod state;
pub mod stop;
pub mod survey;
pub mod swar;
pub mod terminal;
pub mod understanding;
pub mod user_key;
pub mod vocabulary;
pub mod wire;
