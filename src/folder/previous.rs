//! The job that was in the results folder before.

use serde::{Deserialize, Serialize};

/// The job that was in the results folder before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousJob {
    /// Its name.
    pub job: String,
    /// When its last run began, RFC 3339.
    pub started: String,
    /// How many contacts of it the server accepted.
    pub accepted: u64,
    /// How many the server had as they are. For the line on the screen; no document names it.
    #[serde(skip)]
    pub unchanged: u64,
}
