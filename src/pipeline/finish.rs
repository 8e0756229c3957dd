//! What is said when an import ends, however it ends.

use super::places::results_path;
use super::run::Run;
use super::{RunOutput, documents};
use crate::folder::{Folder, REPORT, RESULTS, SUMMARY};
use crate::report::rejected_rows::RejectedRows;
use crate::report::text::{self, SummaryFooter};
use crate::report::{Summary, shown};

/// Tells machines that wait for it, and makes the text for people. `folder` is the results folder, if anything was written
/// into it; `reports` are those that lie elsewhere.
pub fn tell(
    run: &mut Run<'_>,
    summary: Summary,
    rejected: &RejectedRows,
    folder: Option<&Folder>,
    reports: Vec<String>,
) -> RunOutput {
    run.progress.finish();
    documents::tell_ci(run.screen, &summary, rejected);
    documents::metrics(run.screen, run.config, Some(&results_path(run.config)), &summary);
    // One that is there may be of the run before.
    let is_left_out = |folder: &Folder, name: &str| match name {
        RESULTS => summary.files.results.is_none(),
        REPORT => cfg!(feature = "html") && !folder.has(name),
        _ => !folder.has(name),
    };
    let names = [REPORT, RESULTS, SUMMARY].into_iter();
    let left_out = names.filter(|name| folder.is_some_and(|folder| is_left_out(folder, name)));
    let footer = SummaryFooter {
        left_out: left_out.collect(),
        folder: folder.map(|folder| shown(folder.path())),
        reports,
        next: documents::next(run.config, &summary),
        places: summary.tallies.reasons.keys().map(|code| (code.clone(), rejected.places(code).to_vec())).collect(),
        color: run.screen.terminal.out.color,
        width: run.screen.terminal.out.columns(),
    };
    RunOutput { text: text::summary(&summary, &footer), summary }
}
