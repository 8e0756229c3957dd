//! Files: which one it is, whose it is, and how it is opened.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use winapi_util::file::information;

/// FILE_FLAG_BACKUP_SEMANTICS: folders too can be opened.
pub(super) const BACKUP_SEMANTICS: u32 = 0x0200_0000;
/// FILE_FLAG_OPEN_REPARSE_POINT: a link is opened as itself.
pub(super) const OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// A file or folder, whatever its names are: volume and index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    volume: u64,
    index: u64,
}

impl FileId {
    /// An open file.
    ///
    /// # Errors
    /// Local I/O.
    pub fn of(file: &File) -> io::Result<FileId> {
        information(file).map(|found| FileId { volume: found.volume_serial_number(), index: found.file_index() })
    }

    /// What a path leads to.
    ///
    /// # Errors
    /// Nothing is there.
    pub fn at(path: &Path) -> io::Result<FileId> {
        // Without any access: also a file that is locked or not readable is one.
        FileId::of(&OpenOptions::new().access_mode(0).custom_flags(BACKUP_SEMANTICS).open(path)?)
    }

    /// What lies at a path: the link itself where it is one.
    ///
    /// # Errors
    /// Nothing is there.
    pub fn of_link(path: &Path) -> io::Result<FileId> {
        let flags = BACKUP_SEMANTICS | OPEN_REPARSE_POINT;
        FileId::of(&OpenOptions::new().access_mode(0).custom_flags(flags).open(path)?)
    }
}

/// How many names a file has.
///
/// # Errors
/// Local I/O.
pub fn links(file: &File) -> io::Result<u64> {
    information(file).map(|found| found.number_of_links())
}

/// Reads at a position.
///
/// # Errors
/// Local I/O.
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    file.seek_read(buffer, at)
}

/// Writes at a position.
///
/// # Errors
/// Local I/O.
pub fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match file.seek_write(rest, at + written as u64)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            more => written += more,
        }
    }
    Ok(())
}

/// How many bytes are free where the file lies: not asked.
pub fn free_space(_: &File) -> Option<u64> {
    None
}

/// Makes the folder at a path and those above it, as far as they are not there.
///
/// # Errors
/// One cannot be made.
pub fn make_folders(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Nothing: there is no such hint.
pub fn start_to_sync(_: &File, _: u64, _: u64) {}

/// Makes a file, to write it.
///
/// # Errors
/// There is something already.
pub fn create_private(path: &Path) -> io::Result<File> {
    File::create_new(path)
}

/// Nothing: permissions are those of the folder around it.
///
/// # Errors
/// None.
pub fn make_public(_: &File) -> io::Result<()> {
    Ok(())
}

/// Opens a file to read it.
///
/// # Errors
/// It cannot be opened.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// The same, where a link is opened as itself, which is no regular file.
///
/// # Errors
/// It cannot be opened.
pub fn open_no_link(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OPEN_REPARSE_POINT).open(path)
}

/// Opens a file to add to its end; it is made if it is not there.
///
/// # Errors
/// It cannot be opened.
pub fn append_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// Whether a file or folder lies in the profile of the user, which nobody else but administrators may write into.
pub fn is_own(path: &Path) -> bool {
    let profile = std::env::home_dir().and_then(|home| home.canonicalize().ok());
    profile.is_some_and(|profile| path.canonicalize().is_ok_and(|path| path.starts_with(profile)))
}

/// Whether nobody else may read or write a file: taken for granted.
pub fn is_only_ours(_: &File) -> bool {
    true
}

/// Whether others may read a file: not asked.
pub fn others_may_read(_: &Metadata) -> bool {
    false
}
