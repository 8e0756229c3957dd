//! One run at a time in a results folder, and only in a folder that is ours.

use std::fs::{File, TryLockError};
use std::io::Read;

use super::Error;
use crate::folder::{Folder, LOCK, is_our_name};
use crate::platform::{self, OpenMode};

/// What stands in the first line of the lock file, so that a folder is known as ours. The second one holds the random
/// part in the names of its drafts.
const OURS: &str = "m1import results folder\n";

/// A results folder is ours alone until this is dropped, or the process ends in any way.
///
/// The lock lies on a file of its own: a journal that is replaced would take the lock with it.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder, and removes the drafts that a killed run left in it.
    ///
    /// # Errors
    /// Another run holds it, the folder is not ours, or it cannot be written to.
    pub fn take(folder: &mut Folder) -> Result<Lock, Error> {
        let (path, lock) = (folder.path().to_owned(), folder.file(LOCK));
        let unusable = |error| Error::Open { path: lock.clone(), error };
        let not_ours = |name: String| Error::NotOurs { folder: path.clone(), name };
        if !folder.has(LOCK) {
            let names = folder.names().map_err(|error| Error::Open { path: path.clone(), error })?;
            if let Some(name) = names.into_iter().find(|name| is_our_name(name)) {
                return Err(not_ours(name));
            }
        }
        let file = folder.open_file(LOCK, OpenMode::Update).map_err(unusable)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::Locked { folder: path.clone() },
            TryLockError::Error(error) => unusable(error),
        })?;
        let mut said = String::new();
        // A few bytes tell; a file of somebody else may be long, or no text.
        let read = (&file).take(64).read_to_string(&mut said);
        let id = said.strip_prefix(OURS).map(str::trim_end);
        match (read, id) {
            (Ok(_), Some(id)) if is_draft_id(id) => {
                folder.use_draft_id(id);
                folder.remove_drafts().map_err(unusable)?;
                return Ok(Lock { _file: file });
            }
            (Ok(_), Some("")) => {}
            // Just made, or left by a run that was killed within this moment. With a second name it is somebody's file.
            (Ok(0), None) if platform::links(&file).map_err(unusable)? == 1 => {}
            _ => return Err(not_ours(LOCK.to_owned())),
        }
        let text = format!("{OURS}{}\n", folder.draft_id());
        platform::write_all_at(&file, text.as_bytes(), 0).map_err(unusable)?;
        Ok(Lock { _file: file })
    }
}

fn is_draft_id(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn take(folder: &Path) -> Result<Lock, Error> {
        Lock::take(&mut Folder::make(folder).unwrap())
    }

    #[test]
    fn a_folder_is_taken_by_one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let lock = take(folder.path()).unwrap();
        assert!(matches!(take(folder.path()), Err(Error::Locked { .. })));
        drop(lock);
        take(folder.path()).unwrap();
    }

    #[test]
    fn a_folder_with_files_of_somebody_else_is_refused() {
        for (name, refused) in [
            ("results.csv", true),
            ("rejected.csv", true),
            ("rejected.12.ndjson", true),
            ("journal.ndjson", true),
            ("rejected.old.csv", false),
            ("notes.txt", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), "x").unwrap();
            let taken = take(folder.path());
            assert_eq!(matches!(&taken, Err(Error::NotOurs { name: found, .. }) if found == name), refused, "{name}");
            assert_eq!(folder.path().join(".lock").exists(), !refused);
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".lock"), "pid 4711\n").unwrap();
        assert!(matches!(take(folder.path()), Err(Error::NotOurs { .. })));
        assert_eq!(fs::read(folder.path().join(".lock")).unwrap(), b"pid 4711\n");
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.path().join(".lock")).unwrap();
        assert!(matches!(take(folder.path()), Err(Error::Open { .. })));
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[test]
    fn drafts_of_a_killed_run_are_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let mut killed = Folder::make(dir.path()).unwrap();
        drop(Lock::take(&mut killed).unwrap());
        let id = killed.draft_id();
        let drafts = [format!(".results.csv.{id}.new"), format!(".rejected.2.csv.{id}.new")];
        let foreign = [
            ".results.csv.new".to_owned(),
            ".thing.new".to_owned(),
            format!(".thing.{id}.new"),
            ".results.csv.0123456789abcdef.new".to_owned(),
            format!(".results.csv.{id}.new.bak"),
        ];
        for name in drafts.iter().chain(&foreign) {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        drop(take(dir.path()).unwrap());
        assert!(drafts.iter().all(|name| !dir.path().join(name).exists()));
        assert!(foreign.iter().all(|name| dir.path().join(name).exists()));
    }

    #[test]
    fn a_second_name_of_an_empty_file_is_not_written_to() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("victim"), "").unwrap();
        fs::hard_link(dir.path().join("victim"), dir.path().join(".lock")).unwrap();
        assert!(matches!(take(dir.path()), Err(Error::NotOurs { .. })));
        assert_eq!(fs::read(dir.path().join("victim")).unwrap(), b"");
    }
}
