//! The results folder: where it is, what its files are called, and how they are replaced.
//!
//! The folder is opened once, and everything in it is reached through that descriptor: a folder or link that is laid
//! in its place later is not written into. Files are private (folder 0700, files 0600) and replaced as a whole, see
//! [`Draft`], so that nobody ever reads half of one. Only names in [`is_our_name`] and drafts are ever removed, and of earlier
//! runs only what is as it was written.

mod draft;
mod names;
mod owner;
mod previous;

use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Access, AtFlags, Dir, FileType, Mode, OFlags, RenameFlags};

pub use draft::{Draft, publish, replace, replace_public};
pub use names::{
    JOURNAL, KEY, LOCK, REPORT, RESULTS, RUNS, ResultsKind, SUMMARY, beside, is_our_name, is_rejected_name,
    rejected_name,
};
pub use owner::Privacy;
pub use previous::PreviousJob;

/// BLAKE3 of a file.
///
/// # Errors
/// Reading fails.
pub fn hash(file: File) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(hasher.finalize())
}

/// Whether a file can be made, or replaced, at this place: better said now than when everything else is done.
///
/// # Errors
/// It is a folder, or lies in none that may be written into.
pub fn has_place(path: &Path) -> io::Result<()> {
    if path.is_dir() || path.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Folder::around(path).map(drop)
}

/// An open folder; clones are the same one.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    dir: Arc<File>,
    is_new: bool,
    /// The random part in the names of its drafts.
    drafts: Arc<str>,
}

impl Folder {
    /// Opens a results folder, and makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be made, something else has its name (a link too), or nothing may be written into it: better said now
    /// than when contacts have been sent and the reports find no place.
    pub fn make(path: &Path) -> io::Result<Folder> {
        // Without a slash at its end, which would follow a link.
        let path: PathBuf = path.components().collect();
        let is_new = path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Folder::open(&path, OFlags::NOFOLLOW, is_new)
    }

    /// Opens a folder that is there, to read what is in it; never through a link.
    ///
    /// # Errors
    /// There is none.
    pub fn existing(path: &Path) -> io::Result<Folder> {
        let path: PathBuf = path.components().collect();
        Folder::open_to_read(&path, OFlags::NOFOLLOW, false)
    }

    /// Opens the folder that a file lies in, to read it.
    ///
    /// # Errors
    /// There is none.
    pub fn to_read_from(path: &Path) -> io::Result<Folder> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Folder::open_to_read(parent, OFlags::empty(), false)
    }

    /// Whether both are one folder, whatever their paths.
    pub fn is_same(&self, other: &Folder) -> bool {
        let place = |folder: &Folder| rustix::fs::fstat(&folder.dir).map(|stat| (stat.st_dev, stat.st_ino)).ok();
        place(self).is_some() && place(self) == place(other)
    }

    /// Opens the folder that a file lies in, or is to lie in.
    ///
    /// # Errors
    /// There is none, or nothing may be written into it.
    pub fn around(path: &Path) -> io::Result<Folder> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Folder::open(parent, OFlags::empty(), false)
    }

    fn open(path: &Path, flags: OFlags, is_new: bool) -> io::Result<Folder> {
        let folder = Folder::open_to_read(path, flags, is_new)?;
        rustix::fs::accessat(&folder.dir, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::empty())?;
        Ok(folder)
    }

    fn open_to_read(path: &Path, flags: OFlags, is_new: bool) -> io::Result<Folder> {
        let flags = flags | OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::open(path, flags, Mode::empty())?;
        let drafts = format!("{:016x}", fastrand::u64(..)).into();
        Ok(Folder { path: path.to_owned(), dir: Arc::new(dir.into()), is_new, drafts })
    }

    /// Whether it was not there before.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Takes away a new folder that was made for nothing. With anything but our lock in it, it stays.
    pub fn discard(&self) {
        let is_bare = self.names().is_ok_and(|names| names.iter().all(|name| name == LOCK || name == KEY));
        if self.is_new && is_bare {
            // It only spares the user an empty folder: if it does not go, it stays.
            drop(self.remove(KEY).and_then(|()| self.remove(LOCK)).and_then(|()| std::fs::remove_dir(&self.path)));
        }
    }

    /// Its path, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in it, for messages.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether its path still leads to it.
    pub fn is_in_place(&self) -> bool {
        let same = |there: rustix::fs::Stat, ours: rustix::fs::Stat| {
            (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
        };
        match (rustix::fs::stat(&self.path), rustix::fs::fstat(&self.dir)) {
            (Ok(there), Ok(ours)) => same(there, ours),
            _ => false,
        }
    }

    /// The names of everything in it, those that are no UTF-8 left out: none of ours is among them.
    ///
    /// # Errors
    /// Local I/O.
    pub fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.all_names()?.into_iter().filter_map(|name| name.into_string().ok()).collect())
    }

    /// The names of everything in it.
    ///
    /// # Errors
    /// Local I/O.
    pub fn all_names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.dir)? {
            let name = OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Opens a folder in it, and makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or something else has its name, a link too.
    pub fn subfolder(&self, name: &str) -> io::Result<Folder> {
        match rustix::fs::mkdirat(&self.dir, name, Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => self.existing_subfolder(name),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a folder in it; never through a link.
    ///
    /// # Errors
    /// There is none.
    pub fn existing_subfolder(&self, name: &str) -> io::Result<Folder> {
        let flags = OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::openat(&self.dir, name, flags, Mode::empty())?;
        Ok(Folder { path: self.file(name), dir: Arc::new(dir.into()), is_new: false, drafts: Arc::clone(&self.drafts) })
    }

    /// Removes a folder in it that is empty; one that is not stays.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_subfolder(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.dir, name, AtFlags::REMOVEDIR) {
            Err(rustix::io::Errno::NOTEMPTY | rustix::io::Errno::EXIST) => Ok(()),
            removed => Ok(removed?),
        }
    }

    /// Whether there is anything of this name, a link that leads nowhere too.
    pub fn has(&self, name: &str) -> bool {
        rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
    }

    /// Opens a regular file; never through a link, and without waiting for the other end of a pipe.
    ///
    /// # Errors
    /// Local I/O; it is no regular file.
    pub fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let regular = |stat: rustix::fs::Stat| match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(()),
            _ => Err(io::Error::other("it is not a regular file")),
        };
        // Looked at first: opening a device can have effects of its own.
        match rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) if flags.contains(OFlags::CREATE) => {}
            found => regular(found?)?,
        }
        let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.dir, name, flags, Mode::RUSR | Mode::WUSR)?;
        regular(rustix::fs::fstat(&file)?)?;
        Ok(file.into())
    }

    /// The bytes of its `summary.json`, 64 MiB at most; what is cut there is no JSON any more.
    ///
    /// # Errors
    /// Like `open_file`.
    pub fn read_summary(&self) -> io::Result<Vec<u8>> {
        const LONGEST: u64 = 64 << 20;
        let mut text = Vec::new();
        self.open_file(SUMMARY, OFlags::RDONLY)?.take(LONGEST).read_to_end(&mut text)?;
        Ok(text)
    }

    /// Removes a file if it is there.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.dir, name, AtFlags::empty()) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Gives a file another name, which nothing else has yet.
    ///
    /// # Errors
    /// Local I/O; there is something of that name.
    pub fn rename(&self, name: &str, to: &str) -> io::Result<()> {
        self.rename_into(name, self, to)
    }

    /// Moves a file into another folder of the same file system, where nothing has its name yet.
    ///
    /// # Errors
    /// Local I/O; there is something of that name.
    pub fn move_file(&self, name: &str, folder: &Folder) -> io::Result<()> {
        self.rename_into(name, folder, name)
    }

    fn rename_into(&self, name: &str, folder: &Folder, to: &str) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.dir, name, &folder.dir, to, RenameFlags::NOREPLACE) {
            // Not every file system knows how; there a link does the same for a file.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                rustix::fs::linkat(&self.dir, name, &folder.dir, to, AtFlags::empty())?;
                Ok(rustix::fs::unlinkat(&self.dir, name, AtFlags::empty())?)
            }
            renamed => Ok(renamed?),
        }
    }

    /// Returns when the names in it outlive a loss of power.
    ///
    /// # Errors
    /// Local I/O.
    pub fn sync(&self) -> io::Result<()> {
        self.dir.sync_all()
    }

    /// The random part in the names of its drafts: 16 hexadecimal digits.
    pub fn draft_id(&self) -> &str {
        &self.drafts
    }

    /// Begins a file that is to have this name; see [`Draft`].
    ///
    /// # Errors
    /// Local I/O.
    pub fn create(&self, name: impl AsRef<OsStr>) -> io::Result<Draft> {
        Draft::create(self, name.as_ref())
    }

    /// Takes over the random part that an earlier run has chosen for this folder.
    pub fn use_draft_id(&mut self, id: &str) {
        self.drafts = id.into();
    }

    /// Removes the draft of the file of this name, if a run that was killed has left one.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_draft(&self, name: &OsStr) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.dir, draft::name_of(self, name), AtFlags::empty()) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes the drafts of an earlier run that was killed.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_drafts(&self) -> io::Result<()> {
        let end = format!(".{}.new", self.drafts);
        for name in self.names()? {
            if name.strip_prefix('.').and_then(|name| name.strip_suffix(&end)).is_some_and(is_our_name) {
                self.remove(&name)?;
            }
        }
        Ok(())
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

#[cfg(test)]
mod tests;
