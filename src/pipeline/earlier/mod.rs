//! What an earlier run left in the results folder: what its summary says, its files of rejected rows, and where its
//! reports are kept.

mod rejected;
mod runs;

use serde::Deserialize;

pub use rejected::{Listed, clear_rejected, kept_note};
pub use runs::{date_of, newest, put_away};

use crate::folder::{Folder, PreviousJob};
use crate::numbers::{count, grouped};
use crate::report::Contacts;

/// As much of the summary of an earlier run as is needed here. All of it is foreign text.
#[derive(Debug, Clone, Deserialize)]
pub struct EarlierReports {
    status: String,
    job: String,
    started: String,
    finished: String,
    #[serde(default)]
    shard: Option<String>,
    #[serde(default)]
    limit: Option<u64>,
    #[serde(default)]
    previous: Option<PreviousJob>,
    rows: ReadRows,
    contacts: Contacts,
    files: WrittenFiles,
}

#[derive(Debug, Clone, Deserialize)]
struct ReadRows {
    read: u64,
    #[serde(default)]
    unchanged: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct WrittenFiles {
    rejected: Vec<WrittenFile>,
}

#[derive(Debug, Clone, Deserialize)]
struct WrittenFile {
    path: String,
    blake3: String,
}

impl EarlierReports {
    /// Those of a folder; `None` where there is no summary, or one that cannot be read.
    pub fn read(folder: &Folder) -> Option<EarlierReports> {
        serde_json::from_slice(&folder.read_summary().ok()?).ok()
    }

    /// Whether the job was finished.
    pub fn is_complete(&self) -> bool {
        self.status == "complete"
    }

    /// When the run began, RFC 3339.
    pub fn started(&self) -> &str {
        &self.started
    }

    /// How many rows were read, if it was a finished run over all rows of this shard.
    pub fn rows_of(&self, shard: Option<&str>) -> Option<u64> {
        let is_whole = self.is_complete() && self.limit.is_none() && self.shard.as_deref() == shard;
        is_whole.then_some(self.rows.read)
    }

    /// The job, as the summary of the next one names it.
    pub fn as_previous(&self) -> PreviousJob {
        PreviousJob {
            job: self.job.clone(),
            started: self.started.clone(),
            accepted: self.contacts.accepted,
            unchanged: self.rows.unchanged,
        }
    }

    /// The job before it.
    pub fn before(&self) -> Option<PreviousJob> {
        self.previous.clone()
    }
}

/// How an earlier job came out, in words.
pub fn came_out(job: &PreviousJob) -> String {
    let accepted = count(job.accepted, "contact");
    match job.unchanged {
        0 => format!("{accepted} accepted"),
        unchanged => format!("{accepted} accepted, {} unchanged", grouped(unchanged)),
    }
}
