//! Puts the rooms together and keeps the one line of events.
//!
//! A run is: token, inputs, folder and lock, columns, survey, journal, and only then a request. What fails early
//! fails before anything was touched. However a run ends, its summary is made and the books are checked.

mod check;
mod listeners;
mod prepare;
mod reports;
mod run;
mod sending;
mod summary;

pub use check::check;
pub use run::import;

use crate::report::Summary;

/// How a command ended.
pub struct Ended {
    /// What is told.
    pub summary: Summary,
    /// What is printed on standard output for people; machines get the summary.
    pub text: String,
}
