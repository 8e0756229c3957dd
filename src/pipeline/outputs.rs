//! What a run writes, replaces or removes is held against what it reads, before anything is done.
//!
//! Files are compared by device and inode, so that links, other spellings of a path and bind mounts do not matter.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Screen;
use super::changes;
use crate::config::{Config, is_stdin, key};
use crate::error::Error;
use crate::folder::{LOCK, has_place, is_our_name};
use crate::platform::FileId;

/// What a path leads to, and the link itself where it is one.
fn both(path: &Path) -> Vec<FileId> {
    [FileId::at(path), FileId::of_link(path)].into_iter().flatten().collect()
}

/// The files that a run reads.
struct ReadFiles {
    inputs: Vec<FileId>,
    /// Token file, settings, certificates, numbering plans.
    others: Vec<FileId>,
}

impl ReadFiles {
    fn of(config: &Config, screen: &Screen<'_>) -> ReadFiles {
        let inputs = config.files.iter().filter(|file| !is_stdin(file)).flat_map(|file| both(file));
        let named = config.effective.iter().filter(|setting| FILES_READ.contains(&setting.name));
        let named = named.flat_map(|setting| &setting.values).map(PathBuf::from);
        let looked_for = [".env", "m1import.toml"].map(PathBuf::from).into_iter().chain(screen.env.user_file());
        let others = named.chain(looked_for).flat_map(|path| both(&path));
        ReadFiles { inputs: inputs.collect(), others: others.collect() }
    }
}

/// The settings that name a file to be read.
const FILES_READ: &[&str] =
    &[key::TOKEN_FILE.name(), key::ENV_FILE.name(), key::CONFIG.name(), key::CACERT.name(), key::PHONE_METADATA.name()];

/// Nothing that the run reads is replaced or removed by it, and no report does harm where it is to be. `folder` is the
/// results folder, if there is to be one.
///
/// # Errors
/// An input would be lost (2); another file would, or a report cannot be made where it is to be (73).
pub fn check(config: &Config, screen: &Screen<'_>, folder: Option<&Path>) -> Result<(), Error> {
    let read = ReadFiles::of(config, screen);
    let results = folder.map(results_in).unwrap_or_default();
    for (path, id) in &results {
        if read.inputs.contains(id) {
            let folder = folder.unwrap_or(path).to_owned();
            return Err(Error::InputInResults { path: path.clone(), folder });
        }
        if read.others.contains(id) {
            return Err(refused(path, "it is a file that this run reads"));
        }
    }
    let results: Vec<FileId> = results.into_iter().map(|(_, id)| id).collect();
    let state = changes::path(config);
    if let Some(path) = &state {
        check_state(path, &read, folder, &results)?;
    }
    for path in config.output.reports.iter().chain(&config.output.write_config) {
        if folder.is_some_and(|folder| is_in(path, folder)) {
            return Err(refused(path, "it is a file of the results folder"));
        }
        if state.as_ref().is_some_and(|state| is_same_place(path, state)) {
            return Err(refused(path, "it is the file of --only-changed"));
        }
        let Ok(found) = fs::symlink_metadata(path) else { continue };
        let ids = both(path);
        if ids.iter().any(|id| read.inputs.contains(id)) {
            return Err(Error::ReportIsInput(path.clone()));
        }
        if !found.is_file() {
            return Err(refused(path, "it is not a regular file"));
        }
        if ids.iter().any(|id| read.others.contains(id)) {
            return Err(refused(path, "it is a file that this run reads"));
        }
        if ids.iter().any(|id| results.contains(id)) {
            return Err(refused(path, "it is a file of the results folder"));
        }
    }
    Ok(())
}

/// The state file is replaced, so it may be nothing that is read or written besides.
fn check_state(path: &Path, read: &ReadFiles, folder: Option<&Path>, results: &[FileId]) -> Result<(), Error> {
    let ids = both(path);
    if ids.iter().any(|id| read.inputs.contains(id)) {
        return Err(Error::StateIsInput(path.to_owned()));
    }
    if folder.is_some_and(|folder| is_in(path, folder)) || ids.iter().any(|id| results.contains(id)) {
        return Err(refused(path, "it is a file of the results folder"));
    }
    match ids.iter().any(|id| read.others.contains(id)) {
        true => Err(refused(path, "it is a file that this run reads")),
        false => Ok(()),
    }
}

/// Whether two paths name one place, be there a file yet or not.
fn is_same_place(a: &Path, b: &Path) -> bool {
    let folder = |path: &Path| {
        path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    };
    let id = |path: &Path| FileId::at(&folder(path)).ok();
    let ids = both(a);
    a.file_name() == b.file_name() && id(a).is_some() && id(a) == id(b) || both(b).iter().any(|id| ids.contains(id))
}

/// Every report can be made where it is to be, so that nobody learns after an hour that it cannot.
///
/// # Errors
/// One cannot (73).
pub fn all_have_a_place(config: &Config) -> Result<(), Error> {
    for path in config.output.reports.iter().chain(&config.output.write_config) {
        has_place(path).map_err(|error| Error::NoPlace { path: path.clone(), error })?;
    }
    Ok(())
}

fn refused(path: &Path, why: &str) -> Error {
    Error::NoPlace { path: path.to_owned(), error: io::Error::other(why) }
}

/// The files of a results folder that a run may replace or remove.
fn results_in(folder: &Path) -> Vec<(PathBuf, FileId)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_str().is_some_and(|name| name == LOCK || is_our_name(name)));
    ours.filter_map(|entry| Some((entry.path(), FileId::of_link(&entry.path()).ok()?))).collect()
}

/// Whether a path has one of our names in that folder, be there a file yet or not.
fn is_in(path: &Path, folder: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let id = |path| FileId::at(path).ok();
    let same = parent.components().eq(folder.components()) || (id(parent).is_some() && id(parent) == id(folder));
    same && name.is_some_and(|name| name == LOCK || is_our_name(name))
}
