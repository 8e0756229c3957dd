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
mod rewrite;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use draft::{Draft, publish, replace, replace_public};
pub use names::{
    JOURNAL, KEY, LOCK, REPORT, RESULTS, RUNS, ResultsKind, SUMMARY, beside, is_our_name, is_rejected_name,
    rejected_name,
};
pub use owner::Privacy;
pub use previous::PreviousJob;
pub use rewrite::Rewrite;

use crate::platform::{self, Directory, FileId, OpenMode};

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
    dir: Arc<Directory>,
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
        platform::make_folders(&path)?;
        let folder = Folder::of(&path, Directory::open_no_link(&path)?, is_new);
        folder.dir.check_writable()?;
        Ok(folder)
    }

    /// Opens a folder that is there, to read what is in it; never through a link.
    ///
    /// # Errors
    /// There is none.
    pub fn existing(path: &Path) -> io::Result<Folder> {
        let path: PathBuf = path.components().collect();
        Ok(Folder::of(&path, Directory::open_no_link(&path)?, false))
    }

    /// Opens the folder that a file lies in, to read it.
    ///
    /// # Errors
    /// There is none.
    pub fn to_read_from(path: &Path) -> io::Result<Folder> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Folder::of(parent, Directory::open(parent)?, false))
    }

    /// Whether both are one folder, whatever their paths.
    pub fn is_same(&self, other: &Folder) -> bool {
        self.dir.id().is_ok_and(|id| other.dir.id().is_ok_and(|other| id == other))
    }

    /// Opens the folder that a file lies in, or is to lie in.
    ///
    /// # Errors
    /// There is none, or nothing may be written into it.
    pub fn around(path: &Path) -> io::Result<Folder> {
        let folder = Folder::to_read_from(path)?;
        folder.dir.check_writable()?;
        Ok(folder)
    }

    fn of(path: &Path, dir: Directory, is_new: bool) -> Folder {
        let drafts = format!("{:016x}", fastrand::u64(..)).into();
        Folder { path: path.to_owned(), dir: Arc::new(dir), is_new, drafts }
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
        FileId::at(&self.path).is_ok_and(|there| self.dir.id().is_ok_and(|ours| there == ours))
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
        self.dir.names()
    }

    /// Opens a folder in it, and makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or something else has its name, a link too.
    pub fn subfolder(&self, name: &str) -> io::Result<Folder> {
        self.dir.make_folder(name)?;
        self.existing_subfolder(name)
    }

    /// Opens a folder in it; never through a link.
    ///
    /// # Errors
    /// There is none.
    pub fn existing_subfolder(&self, name: &str) -> io::Result<Folder> {
        let dir = Arc::new(self.dir.open_folder(name)?);
        Ok(Folder { path: self.file(name), dir, is_new: false, drafts: Arc::clone(&self.drafts) })
    }

    /// Removes a folder in it that is empty; one that is not stays.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove_subfolder(&self, name: &str) -> io::Result<()> {
        self.dir.remove_folder(name)
    }

    /// Whether there is anything of this name, a link that leads nowhere too.
    pub fn has(&self, name: &str) -> bool {
        self.dir.has(name)
    }

    /// Opens a regular file; never through a link, and without waiting for the other end of a pipe.
    ///
    /// # Errors
    /// Local I/O; it is no regular file.
    pub fn open_file(&self, name: &str, mode: OpenMode) -> io::Result<File> {
        self.dir.open_file(name.as_ref(), mode)
    }

    /// The bytes of its `summary.json`, 64 MiB at most; what is cut there is no JSON any more.
    ///
    /// # Errors
    /// Like `open_file`.
    pub fn read_summary(&self) -> io::Result<Vec<u8>> {
        const LONGEST: u64 = 64 << 20;
        let mut text = Vec::new();
        self.open_file(SUMMARY, OpenMode::Read)?.take(LONGEST).read_to_end(&mut text)?;
        Ok(text)
    }

    /// Removes a file if it is there.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        self.dir.remove_file(name.as_ref())
    }

    /// Gives a file another name, which nothing else has yet.
    ///
    /// # Errors
    /// Local I/O; there is something of that name.
    pub fn rename(&self, name: &str, to: &str) -> io::Result<()> {
        self.dir.move_new(name, &self.dir, to)
    }

    /// Moves a file into another folder of the same file system, where nothing has its name yet.
    ///
    /// # Errors
    /// Local I/O; there is something of that name.
    pub fn move_file(&self, name: &str, folder: &Folder) -> io::Result<()> {
        self.dir.move_new(name, &folder.dir, name)
    }

    /// Returns when the names in it outlive a loss of power.
    ///
    /// # Errors
    /// Local I/O.
    pub fn sync(&self) -> io::Result<()> {
        self.dir.sync()
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
        self.dir.remove_file(&draft::name_of(self, name))
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

#[cfg(test)]
mod tests;
