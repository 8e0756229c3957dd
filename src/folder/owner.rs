//! Whose a results folder is, and who may write into it.

use std::io;

use super::Folder;

/// Who could write into a folder of one's own when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Nobody else.
    Private,
    /// Others could; from now on they cannot.
    WasShared,
    /// Others can: the file system keeps no permissions.
    Shared,
}

impl Folder {
    /// The user that the folder belongs to, if that is not the one of this process.
    ///
    /// # Errors
    /// Local I/O.
    pub fn other_owner(&self) -> io::Result<Option<u32>> {
        self.dir.other_owner()
    }

    /// Takes the permission to write into the folder from everybody else.
    ///
    /// # Errors
    /// Local I/O.
    pub fn make_private(&self) -> io::Result<Privacy> {
        if !self.dir.is_shared()? {
            return Ok(Privacy::Private);
        }
        self.dir.make_private();
        Ok(if self.dir.is_shared()? { Privacy::Shared } else { Privacy::WasShared })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn others_lose_the_permission_to_write() {
        let dir = tempfile::tempdir().unwrap();
        for (mode, privacy, after) in [
            (0o700, Privacy::Private, 0o700),
            (0o755, Privacy::Private, 0o755),
            (0o770, Privacy::WasShared, 0o700),
            (0o777, Privacy::WasShared, 0o700),
        ] {
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
            let folder = Folder::make(dir.path()).unwrap();
            assert_eq!((folder.make_private().unwrap(), folder.other_owner().unwrap()), (privacy, None));
            assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, after);
        }
    }
}
