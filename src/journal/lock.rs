//! One run at a time in a results folder, and only in a folder that is ours.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::Error;

/// What stands in the lock file, so that a folder is known as ours.
const OURS: &str = "m1import results folder\n";

/// A results folder is ours alone until this is dropped, or the process ends in any way.
///
/// The lock lies on a file of its own: a journal that is replaced would take the lock with it.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of an existing folder.
    ///
    /// # Errors
    /// Another run holds it, the folder is not ours, or it cannot be written to.
    pub fn take(folder: &Path) -> Result<Lock, Error> {
        let path = folder.join(".lock");
        let is_new = fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        if is_new && let Some(name) = foreign(folder).map_err(|error| Error::Open { path: folder.to_owned(), error })? {
            return Err(Error::NotOurs { folder: folder.to_owned(), name });
        }
        let unusable = |error| Error::Open { path: path.clone(), error };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(super::no_follow())
            .open(&path)
            .map_err(unusable)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::Locked { folder: folder.to_owned() },
            TryLockError::Error(error) => Error::Open { path: path.clone(), error },
        })?;
        let mut said = String::new();
        // A few bytes tell; a file of somebody else may be long, or no text.
        let read = (&file).take(64).read_to_string(&mut said);
        match read {
            Ok(0) => file.write_all(OURS.as_bytes()).map_err(unusable)?,
            Ok(_) if said == OURS => {}
            _ => return Err(Error::NotOurs { folder: folder.to_owned(), name: ".lock".to_owned() }),
        }
        Ok(Lock { _file: file })
    }
}

/// The first file in a folder that bears one of our names.
fn foreign(folder: &Path) -> io::Result<Option<String>> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_one_of_ours(&name) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Whether a file of this name is one that a run writes.
fn is_one_of_ours(name: &str) -> bool {
    let rejected = name.strip_prefix("rejected.").is_some_and(|rest| {
        let (number, end) = rest.rsplit_once('.').unwrap_or(("", rest));
        number.bytes().all(|byte| byte.is_ascii_digit()) && matches!(end, "csv" | "ndjson")
    });
    rejected || matches!(name, "summary.json" | "report.html" | "results.csv" | "journal.ndjson")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_by_one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(Error::Locked { .. })));
        drop(lock);
        Lock::take(folder.path()).unwrap();
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
            let taken = Lock::take(folder.path());
            assert_eq!(matches!(&taken, Err(Error::NotOurs { name: found, .. }) if found == name), refused, "{name}");
            assert_eq!(folder.path().join(".lock").exists(), !refused);
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".lock"), "pid 4711\n").unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(Error::NotOurs { .. })));
        assert_eq!(fs::read(folder.path().join(".lock")).unwrap(), b"pid 4711\n");
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.path().join(".lock")).unwrap();
        assert!(matches!(Lock::take(folder.path()), Err(Error::Open { .. })));
        assert!(!folder.path().join("elsewhere").exists());
    }
}
