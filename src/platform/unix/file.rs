//! Files: which one it is, whose it is, and how it is opened.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// A file or folder, whatever its names are: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// An open file.
    ///
    /// # Errors
    /// Local I/O.
    pub fn of(file: &File) -> io::Result<FileId> {
        file.metadata().map(|found| FileId::from(&found))
    }

    /// What a path leads to.
    ///
    /// # Errors
    /// Nothing is there.
    pub fn at(path: &Path) -> io::Result<FileId> {
        fs::metadata(path).map(|found| FileId::from(&found))
    }

    /// What lies at a path: the link itself where it is one.
    ///
    /// # Errors
    /// Nothing is there.
    pub fn of_link(path: &Path) -> io::Result<FileId> {
        fs::symlink_metadata(path).map(|found| FileId::from(&found))
    }
}

impl From<&Metadata> for FileId {
    fn from(found: &Metadata) -> FileId {
        FileId { device: found.dev(), inode: found.ino() }
    }
}

/// How many names a file has.
///
/// # Errors
/// Local I/O.
pub fn links(file: &File) -> io::Result<u64> {
    file.metadata().map(|found| found.nlink())
}

/// Reads at a position.
///
/// # Errors
/// Local I/O.
pub fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    file.read_at(buffer, at)
}

/// Writes at a position.
///
/// # Errors
/// Local I/O.
pub fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    file.write_all_at(bytes, at)
}

/// How many bytes are free where the file lies; `None` where the system does not say.
pub fn free_space(file: &File) -> Option<u64> {
    rustix::fs::fstatvfs(file).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Has the system begin to bring to the disk what was written to a part of a file, so that less is left to wait for later. It is
/// a hint: other systems than Linux do nothing.
pub fn start_to_sync(file: &File, from: u64, bytes: u64) {
    #[cfg(target_os = "linux")]
    if let Some(bytes) = std::num::NonZeroU64::new(bytes) {
        // What is not written yet is not dropped, only sent on its way.
        let _started = rustix::fs::fadvise(file, from, Some(bytes), rustix::fs::Advice::DontNeed);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, from, bytes);
}

/// Makes the folder at a path and those above it, private, as far as they are not there.
///
/// # Errors
/// One cannot be made.
pub fn make_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a private file, to write it.
///
/// # Errors
/// There is something already.
pub fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Lets others read a file.
///
/// # Errors
/// Local I/O.
pub fn make_public(file: &File) -> io::Result<()> {
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Opens a file to read it. Of a FIFO nobody need write at the other end.
///
/// # Errors
/// It cannot be opened.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(path)
}

/// The same, where a link is not followed.
///
/// # Errors
/// It cannot be opened, or a link is there.
pub fn open_no_link(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK | OFlags::NOFOLLOW)).open(path)
}

/// Opens a file to add to its end; it is made if it is not there. Of a FIFO nobody need read at the other end.
///
/// # Errors
/// It cannot be opened.
pub fn append_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).custom_flags(flags(OFlags::NONBLOCK)).open(path)
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// Whether a file or folder belongs to the user of this process.
pub fn is_own(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.uid() == rustix::process::geteuid().as_raw())
}

/// Whether nobody else may read or write a file. It belongs to this user; root takes anybody's.
pub fn is_only_ours(file: &File) -> bool {
    let user = rustix::process::geteuid();
    file.metadata().is_ok_and(|found| (found.uid() == user.as_raw() || user.is_root()) && found.mode() & 0o077 == 0)
}

/// Whether the group or others may read a file.
pub fn others_may_read(found: &Metadata) -> bool {
    found.mode() & 0o044 != 0
}
