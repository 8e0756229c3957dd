//! One run at a time on a state file: `FILE.lock`, which is there while a run uses FILE or after one was killed.

use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io::{self, Read};
use std::path::Path;

use super::Error;
use crate::folder::Folder;
use crate::platform::{self, FileId, OpenMode};

/// What stands in its first line; the second one holds the random part in the name of the run's draft.
const OURS: &str = "m1import --only-changed\n";

/// The state file is ours alone until this is dropped, or the process ends in any way.
#[derive(Debug)]
pub(super) struct Lock {
    folder: Folder,
    name: String,
    _file: File,
}

impl Lock {
    /// Takes the lock of the file of that name, and removes the draft that a killed run left.
    pub(super) fn take(folder: &mut Folder, path: &Path, name: &OsStr) -> Result<Lock, Error> {
        let mut lock_name: OsString = name.to_owned();
        lock_name.push(".lock");
        let lock_path = path.with_file_name(&lock_name);
        let unusable = |error| Error::Open { path: lock_path.clone(), error };
        let Some(lock_name) = lock_name.to_str().map(str::to_owned) else {
            return Err(unusable(io::Error::other("its name is no text")));
        };
        loop {
            let file = folder.open_file(&lock_name, OpenMode::Update).map_err(unusable)?;
            file.try_lock().map_err(|error| match error {
                TryLockError::WouldBlock => Error::Locked(path.to_owned()),
                TryLockError::Error(error) => unusable(error),
            })?;
            // The run before may have removed it between the two.
            let ours = FileId::of(&file).map_err(unusable)?;
            let there = folder.open_file(&lock_name, OpenMode::Read).and_then(|there| FileId::of(&there));
            if !there.is_ok_and(|there| there == ours) {
                continue;
            }
            let mut said = String::new();
            let read = (&file).take(64).read_to_string(&mut said);
            match (read, said.strip_prefix(OURS).map(str::trim_end)) {
                (Ok(0), _) if platform::links(&file).map_err(unusable)? == 1 => {}
                (Ok(_), Some(id)) if id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                    folder.use_draft_id(id);
                    folder.remove_draft(name).map_err(unusable)?;
                }
                _ => return Err(unusable(io::Error::other("it is no lock of ours"))),
            }
            let text = format!("{OURS}{}\n", folder.draft_id());
            platform::write_all_at(&file, text.as_bytes(), 0).map_err(unusable)?;
            return Ok(Lock { folder: folder.clone(), name: lock_name, _file: file });
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Still locked: nobody else can have taken it. One that stays is taken by the next run all the same.
        let _removed = self.folder.remove(&self.name);
    }
}
