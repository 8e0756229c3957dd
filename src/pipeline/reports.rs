//! The end of a run: the rows counted once more, if need be by a third reading, and every report in its place.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::earlier::{Listed, clear_rejected};
use super::inputs;
use super::summary::row_counts;
use crate::error::Error;
use crate::folder::{Folder, RESULTS, publish};
use crate::outcome::{RowCounts, RowStatus, StatusMap};
use crate::reading::Job;
use crate::report::completing::PartlyWritten;
use crate::report::rejected_rows::{RejectedRows, Values};
use crate::report::rows::{self, ReportContext, Written};
use crate::report::{Files, RejectedFile, shown};
use crate::stop::Stop;
use crate::survey::Survey;

/// How long reports may take after a signal.
const AFTER_SIGNAL: Duration = Duration::from_secs(10);

/// What the row reports are made from.
pub struct RowReportInput {
    /// The inputs.
    pub job: Arc<Job>,
    /// What they hold.
    pub survey: Arc<Survey>,
    /// What became of each record.
    pub statuses: Arc<StatusMap>,
    /// Why rows were not sent, where the run ended early.
    pub why_not_sent: String,
    /// How values appear where people look.
    pub values: Values,
    /// Whether an earlier run of the same job wrote the reports that are there.
    pub is_resumed: bool,
}

/// What was written and counted.
pub struct RowReportOutput {
    /// The files written.
    pub files: Files,
    /// The counts, row by row; `None` when a signal left no time.
    pub rows: Option<RowCounts>,
    /// The rows that were not imported.
    pub rejected: RejectedRows,
    /// Files of rejected rows that somebody has edited, by the name they had and the one they have now.
    pub kept: Vec<(String, String)>,
}

/// What was written while the contacts were sent, as if all of them were accepted.
pub struct AssumedRows {
    /// The files, and what they hold.
    pub written: Written,
    /// The rows that were not imported.
    pub rejected: RejectedRows,
    /// When each input had been written to last before it was read for them.
    pub modified: Vec<Option<SystemTime>>,
}

/// Writes `results.csv` and the files of rejected rows, or takes those that were written while the contacts were sent, if all
/// were accepted; of a `results.csv` that is `begun` the missing lines are written. Files that this run does not need are removed.
///
/// # Errors
/// The input cannot be read again, or a file cannot be written; the old files are then still there.
pub fn write_rows(
    input: &RowReportInput,
    folder: &Folder,
    begun: Option<PartlyWritten>,
    assumed: Option<AssumedRows>,
    stop: &Stop,
) -> Result<RowReportOutput, Error> {
    let rows = row_counts(&input.survey, &input.statuses.counts());
    // An input that was written to since is read again: that shows whether it is another one now.
    let is_so =
        |assumed: &AssumedRows| assumed.written.rows == rows && assumed.modified == inputs::modified(&input.job);
    let (written, rejected) = match assumed.filter(is_so) {
        Some(AssumedRows { written, rejected, .. }) => (Some(written), rejected),
        None => read_again(input, folder, begun, stop)?,
    };
    inputs::have_same_lengths(&input.job)?;
    publish_rows(input, folder, written, rejected)
}

/// Writes the missing lines of a `results.csv` that is begun, as if all contacts that are still to be sent were accepted. `None`
/// where that cannot be done: the reports say why then.
pub fn write_assumed(input: &RowReportInput, folder: &Folder, begun: PartlyWritten) -> Option<AssumedRows> {
    let modified = inputs::modified(&input.job);
    let mut rejected = RejectedRows::new(input.values);
    let context = context(input, Some(RowStatus::Accepted));
    let written = rows::write(&context, folder, &mut rejected, Some(begun), || false).ok()??;
    Some(AssumedRows { written, rejected, modified })
}

fn context(input: &RowReportInput, open_rows: Option<RowStatus>) -> ReportContext<'_> {
    ReportContext {
        job: &input.job,
        inputs: &input.survey.inputs,
        keep: &input.survey.dedupe,
        statuses: &input.statuses,
        open_rows,
        why_not_sent: &input.why_not_sent,
    }
}

/// The third reading.
fn read_again(
    input: &RowReportInput,
    folder: &Folder,
    begun: Option<PartlyWritten>,
    stop: &Stop,
) -> Result<(Option<Written>, RejectedRows), Error> {
    let mut rejected = RejectedRows::new(input.values);
    let mut deadline: Option<Instant> = None;
    let written = rows::write(&context(input, None), folder, &mut rejected, begun, || match stop.by_signal() {
        None => false,
        Some(_) => stop.at_once() || Instant::now() > *deadline.get_or_insert_with(|| Instant::now() + AFTER_SIGNAL),
    });
    match written {
        Ok(written) => Ok((written, rejected)),
        Err(rows::Error::Source(error)) => Err(Error::of_a_later_reading(error)),
        Err(rows::Error::Changed(input)) => Err(Error::InputChanged { input }),
        Err(rows::Error::File { path, error }) => Err(Error::Output { path, error }),
    }
}

/// Puts the files in their places; `written` is `None` where a signal left no time for them.
fn publish_rows(
    input: &RowReportInput,
    folder: &Folder,
    written: Option<Written>,
    rejected: RejectedRows,
) -> Result<RowReportOutput, Error> {
    let listed = Listed::of(folder);
    let mut output = RowReportOutput { files: Files::default(), rows: None, rejected, kept: Vec::new() };
    let failed = |error| Error::Output { path: folder.path().to_owned(), error };
    let Some(written) = written else {
        // What is there says less than is known by now; what another job left is nobody's to remove.
        if input.is_resumed {
            folder.remove(RESULTS).map_err(failed)?;
            output.kept = clear_rejected(folder, &listed, &[]).map_err(failed)?;
        }
        return Ok(output);
    };
    for draft in &written.rejected {
        let blake3 = draft.hash().map(|hash| hash.to_string()).unwrap_or_default();
        output.files.rejected.push(RejectedFile { path: shown(&folder.path().join(draft.name())), blake3 });
    }
    output.kept = clear_rejected(folder, &listed, &written.rejected).map_err(failed)?;
    publish(written.rejected.into_iter().chain([written.results]).collect()).map_err(failed)?;
    output.files.results = Some(shown(&folder.file(RESULTS)));
    output.rows = Some(written.rows);
    Ok(output)
}
