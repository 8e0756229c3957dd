//! Folders, and what is done to the files in them.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::super::OpenMode;
use super::FileId;
use super::file::{BACKUP_SEMANTICS, OPEN_REPARSE_POINT, is_own};

/// Others may read and write what is in the folder, but not rename or remove the folder itself.
const SHARE_READ_WRITE: u32 = 0x1 | 0x2;

/// An open folder. Everything in it is reached by its path.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    handle: File,
}

impl Directory {
    /// Opens the folder at a path, to which a link may lead.
    ///
    /// # Errors
    /// There is none.
    pub fn open(path: &Path) -> io::Result<Directory> {
        Directory::open_with(path, OpenOptions::new().share_mode(SHARE_READ_WRITE), 0)
    }

    /// Opens the folder at a path that is no link.
    ///
    /// # Errors
    /// There is none; a link is there.
    pub fn open_no_link(path: &Path) -> io::Result<Directory> {
        Directory::open_with(path, OpenOptions::new().share_mode(SHARE_READ_WRITE), OPEN_REPARSE_POINT)
    }

    /// Opens a folder in this one; never through a link. It may be removed while it is open.
    ///
    /// # Errors
    /// There is none.
    pub fn open_folder(&self, name: &str) -> io::Result<Directory> {
        Directory::open_with(&self.path.join(name), &mut OpenOptions::new(), OPEN_REPARSE_POINT)
    }

    fn open_with(path: &Path, options: &mut OpenOptions, flags: u32) -> io::Result<Directory> {
        let handle = options.read(true).custom_flags(BACKUP_SEMANTICS | flags).open(path)?;
        // A link that was not followed is opened as itself, and is no folder.
        match handle.metadata()?.is_dir() {
            true => Ok(Directory { path: path.to_owned(), handle }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// Makes a folder in this one, where nothing has its name yet.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make_folder(&self, name: &str) -> io::Result<()> {
        match fs::create_dir(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes a folder in this one that is empty; one that is not stays.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
            _ => Ok(()),
        }
    }

    /// That files may be made in it: one is made, and is gone at once.
    ///
    /// # Errors
    /// They may not.
    pub fn check_writable(&self) -> io::Result<()> {
        tempfile::tempfile_in(&self.path).map(drop)
    }

    /// Which folder it is, whatever its paths are.
    ///
    /// # Errors
    /// Local I/O.
    pub fn id(&self) -> io::Result<FileId> {
        FileId::of(&self.handle)
    }

    /// The names of everything in it.
    ///
    /// # Errors
    /// Local I/O.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.path)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    /// Whether there is anything of this name, a link that leads nowhere too.
    pub fn has(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok()
    }

    /// Opens a regular file; never through a link.
    ///
    /// # Errors
    /// Local I/O; it is no regular file.
    pub fn open_file(&self, name: &OsStr, mode: OpenMode) -> io::Result<File> {
        let mut options = OpenOptions::new();
        match mode {
            OpenMode::Read => options.read(true),
            OpenMode::Append => options.append(true),
            OpenMode::Update => options.read(true).write(true).create(true).truncate(false),
            OpenMode::CreateNew => options.write(true).create_new(true),
        };
        let file = options.custom_flags(OPEN_REPARSE_POINT).open(self.path.join(name))?;
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::other("it is not a regular file")),
        }
    }

    /// Removes a file if it is there.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Gives a file another name; what had that name is replaced.
    ///
    /// # Errors
    /// Local I/O.
    pub fn replace(&self, name: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path.join(name), self.path.join(to))
    }

    /// Moves a file to a name in a folder of the same file system that nothing has yet.
    ///
    /// # Errors
    /// Local I/O; there is something of that name.
    pub fn move_new(&self, name: &str, folder: &Directory, to: &str) -> io::Result<()> {
        // A rename would replace what is there; a link does not.
        fs::hard_link(self.path.join(name), folder.path.join(to))?;
        fs::remove_file(self.path.join(name))
    }

    /// Nothing: folders cannot be synced.
    ///
    /// # Errors
    /// None.
    pub fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// Nobody: owners are not asked for.
    ///
    /// # Errors
    /// None.
    pub fn other_owner(&self) -> io::Result<Option<u32>> {
        Ok(None)
    }

    /// Whether anybody else may write into it: so it is taken for a folder outside the user's profile.
    ///
    /// # Errors
    /// None.
    pub fn is_shared(&self) -> io::Result<bool> {
        Ok(!is_own(&self.path))
    }

    /// Nothing: permissions are those of the folder around it.
    pub fn make_private(&self) {}
}
