//! Folders, and what is done to the files in them.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{Access, AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;

use super::super::OpenMode;
use super::FileId;

/// What the group and others may do to write into a folder.
const OTHERS_WRITE: Mode = Mode::WGRP.union(Mode::WOTH);

/// An open folder. Everything in it is reached through its descriptor, wherever its path leads later.
#[derive(Debug)]
pub struct Directory(File);

impl Directory {
    /// Opens the folder at a path, to which a link may lead.
    ///
    /// # Errors
    /// There is none.
    pub fn open(path: &Path) -> io::Result<Directory> {
        Directory::open_at(rustix::fs::CWD, path.as_os_str(), OFlags::empty())
    }

    /// Opens the folder at a path that is no link.
    ///
    /// # Errors
    /// There is none; a link is there.
    pub fn open_no_link(path: &Path) -> io::Result<Directory> {
        Directory::open_at(rustix::fs::CWD, path.as_os_str(), OFlags::NOFOLLOW)
    }

    /// Opens a folder in this one; never through a link.
    ///
    /// # Errors
    /// There is none.
    pub fn open_folder(&self, name: &str) -> io::Result<Directory> {
        Directory::open_at(&self.0, name.as_ref(), OFlags::NOFOLLOW)
    }

    fn open_at(folder: impl rustix::fd::AsFd, name: &OsStr, flags: OFlags) -> io::Result<Directory> {
        let flags = flags | OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Directory(rustix::fs::openat(folder, name, flags, Mode::empty())?.into()))
    }

    /// Makes a private folder in this one, where nothing has its name yet.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make_folder(&self, name: &str) -> io::Result<()> {
        match rustix::fs::mkdirat(&self.0, name, Mode::RWXU) {
            Err(error) if error != Errno::EXIST => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes a folder in this one that is empty; one that is not stays.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR) {
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(()),
            removed => Ok(removed?),
        }
    }

    /// That files may be made in it.
    ///
    /// # Errors
    /// They may not.
    pub fn check_writable(&self) -> io::Result<()> {
        Ok(rustix::fs::accessat(&self.0, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::empty())?)
    }

    /// Which folder it is, whatever its paths are.
    ///
    /// # Errors
    /// Local I/O.
    pub fn id(&self) -> io::Result<FileId> {
        FileId::of(&self.0)
    }

    /// The names of everything in it.
    ///
    /// # Errors
    /// Local I/O.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let name = OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Whether there is anything of this name, a link that leads nowhere too.
    pub fn has(&self, name: &str) -> bool {
        self.stat(name.as_ref()).is_ok()
    }

    /// What has this name, be it a link.
    fn stat(&self, name: &OsStr) -> Result<Stat, Errno> {
        rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// Opens a regular file; never through a link, and without waiting for the other end of a pipe.
    ///
    /// # Errors
    /// Local I/O; it is no regular file.
    pub fn open_file(&self, name: &OsStr, mode: OpenMode) -> io::Result<File> {
        let (flags, makes) = match mode {
            OpenMode::Read => (OFlags::RDONLY, false),
            OpenMode::Append => (OFlags::WRONLY | OFlags::APPEND, false),
            OpenMode::Update => (OFlags::RDWR | OFlags::CREATE, true),
            OpenMode::CreateNew => (OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, true),
        };
        // Looked at first: opening a device can have effects of its own.
        match self.stat(name) {
            Err(Errno::NOENT) if makes => {}
            found => check_regular(&found?)?,
        }
        let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?;
        check_regular(&rustix::fs::fstat(&file)?)?;
        Ok(file.into())
    }

    /// Removes a file if it is there.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Err(error) if error != Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Gives a file another name; what had that name is replaced at once.
    ///
    /// # Errors
    /// Local I/O.
    pub fn replace(&self, name: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, name, &self.0, to)?)
    }

    /// Moves a file to a name in a folder of the same file system that nothing has yet.
    ///
    /// # Errors
    /// Local I/O; there is something of that name.
    pub fn move_new(&self, name: &str, folder: &Directory, to: &str) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.0, name, &folder.0, to, RenameFlags::NOREPLACE) {
            // Not every file system knows how; there a link does the same for a file.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::linkat(&self.0, name, &folder.0, to, AtFlags::empty())?;
                Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
            }
            renamed => Ok(renamed?),
        }
    }

    /// Returns when the names in it outlive a loss of power.
    ///
    /// # Errors
    /// Local I/O.
    pub fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    /// The number of the user that it belongs to, if that is not the one of this process.
    ///
    /// # Errors
    /// Local I/O.
    pub fn other_owner(&self) -> io::Result<Option<u32>> {
        let owner = rustix::fs::fstat(&self.0)?.st_uid;
        Ok((owner != rustix::process::geteuid().as_raw()).then_some(owner))
    }

    /// Whether anybody else may write into it.
    ///
    /// # Errors
    /// Local I/O.
    pub fn is_shared(&self) -> io::Result<bool> {
        Ok(Mode::from_raw_mode(rustix::fs::fstat(&self.0)?.st_mode).intersects(OTHERS_WRITE))
    }

    /// Takes all permissions from everybody else, where the file system keeps any.
    pub fn make_private(&self) {
        // A file system without permissions refuses, or says yes and changes nothing: `is_shared` tells.
        let _ = rustix::fs::fchmod(&self.0, Mode::RWXU);
    }
}

fn check_regular(stat: &Stat) -> io::Result<()> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(()),
        _ => Err(io::Error::other("it is not a regular file")),
    }
}
