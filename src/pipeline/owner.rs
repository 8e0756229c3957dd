//! Whose the results folder is, and the key of the user that its journal is sealed with.

use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::Screen;
use crate::config::Config;
use crate::diagnostic::WarningCode;
use crate::error::Error;
use crate::folder::{Folder, Privacy, RUNS};
use crate::journal::Lock;
use crate::platform;
use crate::report::Warning;
use crate::user_key::UserKey;

/// The results folder, ours alone while this is held. One that was made for this run is taken away again when this is
/// dropped before it is kept.
pub struct ClaimedFolder {
    folder: Folder,
    privacy: Privacy,
    lock: Option<Lock>,
    is_kept: bool,
}

impl ClaimedFolder {
    /// Makes the folder if it is not there, and takes its lock.
    ///
    /// # Errors
    /// It cannot be made or written to, belongs to another user, is somebody's folder of other things, or another run
    /// holds it.
    pub fn claim(path: &Path, screen: &Screen<'_>) -> Result<ClaimedFolder, Error> {
        let unusable = |error| Error::Folder { path: path.to_owned(), error: no_folder(path, error) };
        let mut folder = Folder::make(path).map_err(unusable)?;
        let privacy = make_own(&folder, screen)?;
        let lock = Some(Lock::take(&mut folder)?);
        let claimed = ClaimedFolder { folder, privacy, lock, is_kept: false };
        if claimed.has(RUNS) {
            let path = claimed.file(RUNS);
            claimed.existing_subfolder(RUNS).map_err(|error| Error::Runs { error: no_folder(&path, error), path })?;
        }
        Ok(claimed)
    }

    /// The folder stays, whatever happens: the run has begun to write into it.
    #[must_use]
    pub fn keep(mut self) -> ClaimedFolder {
        self.is_kept = true;
        self
    }
}

impl Deref for ClaimedFolder {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        &self.folder
    }
}

impl Drop for ClaimedFolder {
    fn drop(&mut self) {
        if !self.is_kept && self.folder.is_new() {
            self.lock = None;
            self.folder.discard();
        }
    }
}

/// Why a folder cannot be opened, in plain words where something else has its name.
fn no_folder(path: &Path, error: io::Error) -> io::Error {
    match path.components().collect::<PathBuf>().symlink_metadata() {
        Ok(there) if there.is_symlink() => io::Error::other("it is a link, not a folder"),
        Ok(there) if !there.is_dir() => io::Error::other("it is not a folder"),
        _ => error,
    }
}

/// The results folder as that of this user: nobody else may write into it from now on.
///
/// # Errors
/// It belongs to another user. Root may use anybody's, which is said.
fn make_own(folder: &Folder, screen: &Screen<'_>) -> Result<Privacy, Error> {
    let failed = |error| Error::Folder { path: folder.path().to_owned(), error };
    if let Some(owner) = folder.other_owner().map_err(failed)? {
        if !platform::is_superuser() {
            return Err(failed(io::Error::other(format!("it belongs to another user (number {owner})"))));
        }
        screen.note(&format!("the results folder belongs to user number {owner}; root may use it"));
    }
    folder.make_private().map_err(failed)
}

/// The key of the user; what there is to say of it and of the folder is added to the warnings.
///
/// # Errors
/// There is no folder of the user to keep it in, and it cannot be laid into the results folder.
pub fn key(config: &Config, folder: &ClaimedFolder, warnings: &mut Vec<Warning>) -> Result<UserKey, Error> {
    let privacy = folder.privacy;
    if privacy == Privacy::Shared {
        warnings.push(warning(WarningCode::SharedFolder, folder));
    }
    if let Some(key) = UserKey::of_user(&config.state_folders) {
        return Ok(key);
    }
    warnings.push(warning(WarningCode::NoStateFolder, folder));
    UserKey::in_results(folder, privacy == Privacy::Private)
        .map_err(|error| Error::Folder { path: folder.path().to_owned(), error })
}

fn warning(code: WarningCode, folder: &Folder) -> Warning {
    let places = vec![folder.path().display().to_string()];
    Warning { places, ..Warning::new(code, 1, code.entry().description.to_owned()) }
}
