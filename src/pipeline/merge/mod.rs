//! `merge`: one summary and one report out of the results folders of all shards of a job, as if one run had read the
//! whole input.
//!
//! Only `summary.json`, `results.csv` and the files of rejected rows are opened, and nothing that is named in them.

mod records;
mod shard;
mod summary;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use self::shard::{Rejected, ResultRow, Results, Rows};
use super::earlier::{EarlierReports, Listed, came_out, clear_rejected, date_of, kept_note, put_away};
use super::owner::ClaimedFolder;
use super::{RunOutput, Screen};
use crate::diagnostic::{Diagnostic, Entry, RunCode};
#[cfg(feature = "html")]
use crate::folder::REPORT;
use crate::folder::{Draft, Folder, PreviousJob, RESULTS, SUMMARY, publish, rejected_name};
use crate::journal::Journal;
use crate::outcome::RowCounts;
use crate::report::rejected_rows::{RejectedRow, RejectedRows, Values};
use crate::report::text::{self, SummaryFooter};
use crate::report::words::moment;
use crate::report::{Details, RejectedFile, ReportFormat, Summary, render, shown};

/// Why results cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder of results cannot be opened.
    #[error("{}: {error}", .path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file of results is damaged, missing, or was edited.
    #[error("{}: {why}", .path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A folder does not belong to the job of the others.
    #[error("{} does not belong to the job of the others: {what}", .path.display())]
    OtherJob {
        /// Which one.
        path: PathBuf,
        /// In what it differs.
        what: String,
    },
    /// The folder for the merged results cannot be told from the names, or is one of those that are merged.
    #[error("{0}")]
    Output(String),
    /// An import into the folder of the merged results is not finished.
    #[error("{} holds an import that is not finished", .0.display())]
    Unfinished(PathBuf),
}

impl Diagnostic for Error {
    fn entry(&self) -> &'static Entry {
        let code = match self {
            Error::Folder { .. } => RunCode::InputMissing,
            Error::Unreadable { .. } => RunCode::InputResults,
            Error::OtherJob { .. } => RunCode::InputOtherJob,
            Error::Output(_) => RunCode::UsageConflict,
            Error::Unfinished(_) => RunCode::JournalOtherJob,
        };
        code.entry()
    }

    fn hint(&self) -> Option<String> {
        match self {
            Error::Folder { .. } => {
                Some("name the results folders of the shards: m1import merge contacts.*-of-8.results".to_owned())
            }
            Error::Output(_) => Some("name another folder with --output-dir".to_owned()),
            _ => Some(self.entry().remedy.to_owned()),
        }
    }
}

/// Merges the results in `folders` into `output`, or into the folder that a run over the whole input would use.
///
/// # Errors
/// The folders are not those of the shards of one job, cannot be read, or the merged results cannot be written.
pub fn merge(
    folders: &[PathBuf],
    output: Option<&Path>,
    most_runs: u64,
    screen: &Screen<'_>,
) -> Result<RunOutput, crate::error::Error> {
    let Opened { results, unfinished } = Opened::open(folders)?;
    let first = results.first().ok_or_else(|| Error::Unreadable {
        path: folders.first().cloned().unwrap_or_default(),
        why: "there is no summary.json, so this shard has not run to its end yet".to_owned(),
    })?;
    let path = match output {
        Some(path) => path.to_owned(),
        None => whole(&first.path)?,
    };
    let finished: Vec<&Results> = results.iter().filter(|results| results.is_finished()).collect();
    let mut missing = unfinished;
    missing.extend(left_out(&results));

    let folder = ClaimedFolder::claim(&path, screen)?;
    if folders.iter().any(|other| Folder::existing(other).is_ok_and(|other| other.is_same(&folder))) {
        return Err(Error::Output(format!("{} is one of the folders to merge", path.display())).into());
    }
    if Journal::is_unfinished(&folder)? {
        return Err(Error::Unfinished(path).into());
    }
    let folder = folder.keep();
    let written = |error| crate::error::Error::Output { path: folder.path().to_owned(), error };
    let mut rejected = RejectedRows::new(Values::Masked);
    let (rows, results_csv) = merged_rows(&folder, first, &finished, &mut rejected)?;
    let rejected_files = merged_rejected(&folder, first, &finished)?;

    let mut summary = summary::summarize(first, &finished, rows, &missing);
    // One that lacked a shard was not finished: this one takes its place.
    let earlier = EarlierReports::read(&folder);
    let merged_before = earlier.as_ref().filter(|reports| reports.is_complete());
    let before = || earlier.as_ref().and_then(EarlierReports::before);
    summary.job.previous = merged_before.map(EarlierReports::as_previous).or_else(before);
    for draft in &rejected_files {
        let blake3 = draft.hash().map(|hash| hash.to_string()).unwrap_or_default();
        summary.files.rejected.push(RejectedFile { path: shown(&folder.path().join(draft.name())), blake3 });
    }
    summary.files.results = Some(shown(&folder.file(RESULTS)));
    let mut edited = Vec::new();
    if let Some(reports) = merged_before {
        screen.note(&merged_earlier(&reports.as_previous()));
        edited = put_away(&folder, reports, most_runs).map_err(written)?;
    }
    edited.extend(clear_rejected(&folder, &Listed::of(&folder), &rejected_files).map_err(written)?);
    edited.iter().for_each(|kept| screen.note(&kept_note(kept)));
    publish(rejected_files.into_iter().chain([results_csv]).collect()).map_err(written)?;
    publish(documents(&folder, &summary, &rejected).map_err(written)?).map_err(written)?;
    let footer = SummaryFooter {
        folder: Some(shown(folder.path())),
        color: screen.terminal.out.color,
        width: screen.terminal.out.columns(),
        ..SummaryFooter::default()
    };
    Ok(RunOutput { text: text::summary(&summary, &footer), summary })
}

/// The line about the merge before.
fn merged_earlier(previous: &PreviousJob) -> String {
    let when = moment(&previous.started);
    format!("merged earlier, an import of {when} with {}; its reports are kept in runs", came_out(previous))
}

/// The folders that were named, opened.
struct Opened {
    /// In the order of the shards.
    results: Vec<Results>,
    /// Those that hold no summary yet, as they were typed.
    unfinished: Vec<String>,
}

impl Opened {
    fn open(folders: &[PathBuf]) -> Result<Opened, Error> {
        let mut opened = Opened { results: Vec::new(), unfinished: Vec::new() };
        for path in folders {
            match Results::open(path)? {
                Some(results) => opened.results.push(results),
                None => opened.unfinished.push(shown(path)),
            }
        }
        let mut seen = BTreeMap::new();
        for results in &opened.results {
            if let Some(what) = opened.results.first().and_then(|first| results.difference(first)) {
                return Err(Error::OtherJob { path: results.path.clone(), what });
            }
            if let Some(other) = seen.insert(results.shard.number, &results.path) {
                let what = format!("{} holds shard {} too", other.display(), results.shard);
                return Err(Error::OtherJob { path: results.path.clone(), what });
            }
        }
        opened.results.sort_by_key(|results| results.shard.number);
        Ok(opened)
    }
}

/// The shards that are not there, or not finished, in words.
fn left_out(results: &[Results]) -> Vec<String> {
    let of = results.first().map_or(0, |first| first.shard.of);
    let there: BTreeMap<u64, &Results> = results.iter().map(|results| (results.shard.number, results)).collect();
    let missing = (1..=of).filter_map(|number| match there.get(&number) {
        Some(results) if results.is_finished() => None,
        Some(results) => Some(format!("{number}/{of} ({} is not finished)", results.path.display())),
        None => Some(format!("{number}/{of}")),
    });
    missing.take(20).collect()
}

/// The results folder of the whole input: that of a shard without its `.K-of-N`.
fn whole(shard: &Path) -> Result<PathBuf, Error> {
    let name = shard.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let parts: Vec<&str> = name.split('.').collect();
    let is_part = |part: &&str| {
        part.split_once("-of-").is_some_and(|(k, n)| k.parse::<u64>().is_ok() && n.parse::<u64>().is_ok())
    };
    let Some(at) = parts.iter().rposition(is_part) else {
        return Err(Error::Output(format!("{name:?} does not say for which input it is")));
    };
    let others: Vec<&str> =
        parts.iter().enumerate().filter(|(number, _)| *number != at).map(|(_, part)| *part).collect();
    Ok(shard.with_file_name(others.join(".")))
}

/// Writes the rows of all shards in the order of the input; also counts them, and keeps some of those that were not imported.
fn merged_rows(
    folder: &Folder,
    first: &Results,
    shards: &[&Results],
    rejected: &mut RejectedRows,
) -> Result<(RowCounts, Draft), crate::error::Error> {
    let failed = |error| crate::error::Error::Output { path: folder.file(RESULTS), error };
    let inputs: Vec<String> = first.summary.inputs.iter().map(|input| input.name.clone()).collect();
    let mut out = BufWriter::with_capacity(1 << 16, folder.create(RESULTS).map_err(failed)?);
    out.write_all(crate::report::rows::HEADER).map_err(failed)?;
    let mut tables: Vec<Rows> = shards.iter().map(|results| results.rows()).collect::<Result<_, _>>()?;
    let unexpected = tables.iter().find(|rows| rows.header != crate::report::rows::HEADER);
    if let Some(rows) = unexpected {
        let why = "its header is not that of this version".to_owned();
        return Err(Error::Unreadable { path: rows.path.clone(), why }.into());
    }
    let mut heap = BinaryHeap::new();
    let mut waiting: Vec<Option<ResultRow>> = Vec::new();
    for (number, rows) in tables.iter_mut().enumerate() {
        let row = rows.next(&inputs)?;
        heap.extend(row.as_ref().map(|row| Reverse((row.place, number))));
        waiting.push(row);
    }
    while let Some(Reverse((place, number))) = heap.pop() {
        let (Some(rows), Some(slot)) = (tables.get_mut(number), waiting.get_mut(number)) else { break };
        let next = rows.next(&inputs)?;
        if next.as_ref().is_some_and(|next| next.place <= place) {
            return Err(
                Error::Unreadable { path: rows.path.clone(), why: "its rows are not in order".to_owned() }.into()
            );
        }
        heap.extend(next.as_ref().map(|next| Reverse((next.place, number))));
        let Some(row) = std::mem::replace(slot, next) else { break };
        out.write_all(&row.raw).map_err(failed)?;
        if row.status.is_rejected() {
            let [file, code, message] = row.words;
            rejected.add(RejectedRow { file, line: row.line, column: None, code, message, value: String::new() });
        }
    }
    let mut sum = RowCounts::default();
    for (rows, results) in tables.iter().zip(shards) {
        if rows.counts != results.summary.rows {
            let why = "its rows are not those that summary.json counts".to_owned();
            return Err(Error::Unreadable { path: rows.path.clone(), why }.into());
        }
        sum.read += rows.counts.read;
        for (status, rows) in rows.counts.counts.iter() {
            sum.counts[status] += rows;
        }
    }
    let draft = out.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((sum, draft))
}

/// Writes the rejected rows of all shards, a file for each input, in the order of its lines.
fn merged_rejected(folder: &Folder, first: &Results, shards: &[&Results]) -> Result<Vec<Draft>, crate::error::Error> {
    let mut by_input: BTreeMap<usize, Vec<Rejected>> = BTreeMap::new();
    for results in shards {
        let files = results.rejected()?;
        let rejected = results.summary.rows.counts.rejected();
        if files.is_empty() && rejected > 0 {
            let why = format!("{rejected} rows were rejected, and the summary names no file of them");
            return Err(Error::Unreadable { path: results.path.join(SUMMARY), why }.into());
        }
        for (input, file) in files {
            by_input.entry(input).or_default().push(file);
        }
    }
    let several = first.summary.inputs.len() > 1;
    let mut drafts = Vec::new();
    for (input, files) in by_input {
        let ending = if files.iter().any(|file| file.header.is_empty()) { "ndjson" } else { "csv" };
        drafts.push(merged_lines(folder, &rejected_name(input, several, ending), files)?);
    }
    Ok(drafts)
}

fn merged_lines(folder: &Folder, name: &str, mut files: Vec<Rejected>) -> Result<Draft, crate::error::Error> {
    let failed = |error| crate::error::Error::Output { path: folder.file(name), error };
    let mut out = BufWriter::with_capacity(1 << 16, folder.create(name).map_err(failed)?.hashed());
    let header = files.first().map(|file| file.header.clone()).unwrap_or_default();
    if let Some(other) = files.iter().find(|file| file.header != header) {
        let why = "its header differs from that of the other shards".to_owned();
        return Err(Error::Unreadable { path: other.path.clone(), why }.into());
    }
    out.write_all(&header).map_err(failed)?;
    let mut heap = BinaryHeap::new();
    for (number, file) in files.iter_mut().enumerate() {
        heap.extend(file.next()?.map(|(line, raw)| Reverse((line, number, raw))));
    }
    while let Some(Reverse((_, number, raw))) = heap.pop() {
        out.write_all(&raw).map_err(failed)?;
        if let Some(file) = files.get_mut(number) {
            heap.extend(file.next()?.map(|(line, raw)| Reverse((line, number, raw))));
        }
    }
    out.into_inner().map_err(|error| failed(error.into_error()))
}

/// `report.html` and `summary.json`, in this order: where the summary is, the others are.
fn documents(folder: &Folder, summary: &Summary, rejected: &RejectedRows) -> io::Result<Vec<Draft>> {
    let details = Details { rejected, settings: &[], timeline: None, next: None, is_in_folder: true };
    let forms = [
        #[cfg(feature = "html")]
        (REPORT, ReportFormat::Html),
        (SUMMARY, ReportFormat::Json),
    ];
    let mut drafts = Vec::new();
    for (name, form) in forms {
        let text = render(form, summary, &details).map_err(io::Error::other)?.unwrap_or_default();
        let mut draft = folder.create(name)?;
        draft.write_all(text.as_bytes())?;
        date_of(&summary.time.finished).map_or(Ok(()), |date| draft.set_modified(date))?;
        drafts.push(draft);
    }
    Ok(drafts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_whole_input() {
        let rejected = [
            ("contacts.1-of-8.results", Some("contacts.results")),
            ("/a/b/crm.v2.12-of-100.sandbox.results/", Some("/a/b/crm.v2.sandbox.results")),
            ("contacts.results", None),
            ("one-of-two.results", None),
        ];
        for (shard, expected) in rejected {
            let found = whole(Path::new(shard)).ok();
            assert_eq!(found.as_deref(), expected.map(Path::new), "{shard}");
        }
    }
}
