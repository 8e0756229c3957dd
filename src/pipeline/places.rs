//! Where the results of a run are.

use std::path::PathBuf;

use crate::config::{Config, Target};
use crate::folder::{self, Folder, ResultsKind};
use crate::source;

/// What the results folder of this run is for.
pub fn results_kind(config: &Config) -> ResultsKind {
    match config.delivery.target {
        Target::Endpoint => ResultsKind::Import,
        Target::Sandbox => ResultsKind::Sandbox,
        Target::Nowhere => ResultsKind::DryRun,
    }
}

/// Where the results folder is: as chosen, else beside the first file.
pub fn results_path(config: &Config) -> PathBuf {
    path_of(config, results_kind(config))
}

/// The results folder of the real job, to be read: `check` and dry runs compare with it. `None` where there is none yet.
pub fn real_folder(config: &Config) -> Option<Folder> {
    Folder::existing(&path_of(config, ResultsKind::Import)).ok()
}

fn path_of(config: &Config, kind: ResultsKind) -> PathBuf {
    let first = config.files.first().map(PathBuf::as_path).filter(|path| !source::InputSource::is_spooled(path));
    match &config.output.dir {
        Some(path) => path.clone(),
        None => folder::beside(first, config.rows.shard, kind),
    }
}
