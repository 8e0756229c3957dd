//! The end of a run: the third reading, the books counted once more, and every report in its place.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{RowCounts, StatusMap};
use crate::reading::Job;
use crate::report::cases::{Cases, Values};
use crate::report::rows::{self, Books};
use crate::report::{Files, RejectedFile, shown};
use crate::stop::Stop;
use crate::survey::Survey;

/// How long reports may take after a signal.
const AFTER_SIGNAL: Duration = Duration::from_secs(10);

const RESULTS: &str = "results.csv";

/// What the row reports are made from.
pub struct Material {
    /// The inputs.
    pub job: Arc<Job>,
    /// What they hold.
    pub survey: Arc<Survey>,
    /// What became of each record.
    pub statuses: Arc<StatusMap>,
    /// Why rows were not sent, where the run ended early.
    pub unsent_because: String,
    /// How values appear where people look.
    pub values: Values,
}

/// What came of it.
pub struct Made {
    /// The files written.
    pub files: Files,
    /// The books counted row by row; `None` when a signal left no time.
    pub rows: Option<RowCounts>,
    /// The rows that were not imported.
    pub cases: Cases,
}

/// Writes `results.csv` and the files of rejected rows. Files that this run does not need are removed.
///
/// # Errors
/// The input cannot be read again, or a file cannot be written; the old files are then still there.
pub fn write_rows(material: &Material, folder: &Folder, stop: &Stop) -> Result<Made, Error> {
    let several = material.job.inputs.len() > 1;
    let name = |number: usize, ending: &str| match several {
        true => format!("rejected.{}.{ending}", number + 1),
        false => format!("rejected.{ending}"),
    };
    let books = Books {
        job: &material.job,
        inputs: &material.survey.inputs,
        keep: &material.survey.keep,
        statuses: &material.statuses,
        unsent_because: &material.unsent_because,
    };
    let mut cases = Cases::new(material.values);
    let mut deadline: Option<Instant> = None;
    let written = rows::write(
        &books,
        &folder.draft(RESULTS),
        |number, ending| folder.draft(&name(number, ending)),
        &mut cases,
        || match stop.by_signal() {
            None => false,
            Some(_) => {
                stop.at_once() || Instant::now() > *deadline.get_or_insert_with(|| Instant::now() + AFTER_SIGNAL)
            }
        },
    );
    let written = match written {
        Ok(written) => written,
        Err(rows::Error::Source(error)) => return Err(Error::of_a_later_reading(error)),
        Err(rows::Error::Changed(input)) => return Err(Error::InputChanged { input }),
        Err(rows::Error::File { path, error }) => return Err(Error::Output { path, error }),
    };
    let failed = |path: PathBuf| move |error| Error::Output { path, error };
    let mut files = Files::default();
    let Some(written) = written else {
        folder.remove(RESULTS).map_err(failed(folder.file(RESULTS)))?;
        tidy(folder, &[])?;
        return Ok(Made { files, rows: None, cases });
    };
    let mut rejected = Vec::new();
    for (number, draft) in &written.rejected {
        let ending = draft.to_string_lossy();
        let name = name(*number, if ending.ends_with(".ndjson.new") { "ndjson" } else { "csv" });
        let hash = blake3_of(draft).map_err(failed(folder.file(&name)))?;
        files.rejected.push(RejectedFile { path: shown(&folder.file(&name)), blake3: hash });
        rejected.push(name);
    }
    let names: Vec<&str> = rejected.iter().map(String::as_str).chain([RESULTS]).collect();
    folder.publish(&names).map_err(failed(folder.path().to_owned()))?;
    files.results = Some(shown(&folder.file(RESULTS)));
    tidy(folder, &rejected)?;
    Ok(Made { files, rows: Some(written.rows), cases })
}

/// The hash of a file's bytes, in hexadecimal digits.
fn blake3_of(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_string())
}

/// Removes what earlier runs left and this one does not need.
fn tidy(folder: &Folder, needed: &[String]) -> Result<(), Error> {
    let failed = |error| Error::Output { path: folder.path().to_owned(), error };
    for name in folder.leftovers().map_err(failed)? {
        if !needed.contains(&name) {
            folder.remove(&name).map_err(failed)?;
        }
    }
    Ok(())
}
