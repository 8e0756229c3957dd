//! The commands that read contacts, from the settings to the reports.
//!
//! A run is: token, inputs, folder and lock, columns, survey, journal, and only then a request. What fails early
//! fails before anything was touched. However a run ends, its summary is made and its counts are checked.

mod changes;
mod check;
mod delivery;
mod documents;
mod earlier;
mod ending;
mod listeners;
pub mod merge;
mod outputs;
mod owner;
mod places;
mod prepare;
mod preview;
mod reports;
mod request_log;
mod run;
mod screen;
mod sending;
mod summary;
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
