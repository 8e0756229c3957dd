//! The commands that read contacts, from the settings to the reports.
//!
//! An import goes through stages, see `run`: inputs, token, folder and lock; survey; journal; only then a request. What fails early
//! fails before anything was touched. However a run ends, its summary is made and its counts are checked.

mod changes;
mod check;
mod comparing;
mod contacts;
mod delivered;
mod delivery;
mod documents;
mod earlier;
mod finish;
mod hints;
mod inputs;
mod kept_contacts;
mod listeners;
mod lookup;
pub mod merge;
mod outputs;
mod owner;
mod pinned;
mod places;
mod prepare;
mod prepared;
mod preview;
mod reports;
mod request_log;
mod resume;
mod run;
mod screen;
mod sending;
mod summary;
mod surveyed;
mod surveying;
mod warnings;

pub use check::check;
pub use delivery::Destination;
pub use prepare::rules;
pub use run::import;
pub use screen::Screen;
pub use summary::{RunInfo, failed};

use crate::report::Summary;

/// How a command ended.
pub struct RunOutput {
    /// What machines are told.
    pub summary: Summary,
    /// What people are told, for standard output.
    pub text: String,
}
