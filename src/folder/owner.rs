//! Whose a results folder is, and who may write into it.

use std::io;

use rustix::fs::Mode;

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

/// What the group and others may do to write into a folder.
const OTHERS_WRITE: Mode = Mode::WGRP.union(Mode::WOTH);

impl Folder {
    /// The user that the folder belongs to, if that is not the one of this process.
    ///
    /// # Errors
    /// Local I/O.
    pub fn other_owner(&self) -> io::Result<Option<u32>> {
        let owner = rustix::fs::fstat(&self.dir)?.st_uid;
        Ok((owner != rustix::process::geteuid().as_raw()).then_some(owner))
    }

    /// Takes the permission to write into the folder from everybody else.
    ///
    /// # Errors
    /// Local I/O.
    pub fn make_private(&self) -> io::Result<Privacy> {
        let is_shared =
            || Ok::<_, io::Error>(Mode::from_raw_mode(rustix::fs::fstat(&self.dir)?.st_mode).intersects(OTHERS_WRITE));
        if !is_shared()? {
            return Ok(Privacy::Private);
        }
        // A file system without permissions refuses, or says yes and changes nothing.
        let _ = rustix::fs::fchmod(&self.dir, Mode::RWXU);
        Ok(if is_shared()? { Privacy::Shared } else { Privacy::WasShared })
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
