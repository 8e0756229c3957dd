//! Files on their way: written beside their place under a random name, made safe on disk, and then renamed.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use std::time::SystemTime;

use super::Folder;
use crate::platform::{self, OpenMode};

/// How many files are made safe on disk side by side.
const AT_ONCE: usize = 8;
/// The longest name that the name of its draft repeats: file systems take 255 bytes.
const LONGEST_NAME: usize = 200;

/// A file that does not have its name yet. Dropped before it is published, it is removed.
#[derive(Debug)]
pub struct Draft {
    folder: Folder,
    pub(super) file: File,
    name: OsString,
    draft_name: OsString,
    hasher: Option<blake3::Hasher>,
    /// Whether all that was written is safe on disk.
    is_synced: bool,
}

impl Draft {
    pub(super) fn create(folder: &Folder, name: &OsStr) -> io::Result<Draft> {
        let draft_name = name_of(folder, name);
        let file = folder.dir.open_file(&draft_name, OpenMode::CreateNew)?;
        Ok(Draft { folder: folder.clone(), file, name: name.to_owned(), draft_name, hasher: None, is_synced: false })
    }

    /// The same, with what is written hashed on the way.
    #[must_use]
    pub fn hashed(mut self) -> Draft {
        self.hasher = Some(blake3::Hasher::new());
        self
    }

    /// Gives the file the time of its last change; what is written later gives it another.
    ///
    /// # Errors
    /// Local I/O.
    pub fn set_modified(&self, time: SystemTime) -> io::Result<()> {
        self.file.set_modified(time)
    }

    /// Makes what was written safe on disk now rather than when the draft is published.
    ///
    /// # Errors
    /// Local I/O.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        self.is_synced = true;
        Ok(())
    }

    /// What was written, to be read.
    ///
    /// # Errors
    /// Local I/O.
    pub(super) fn reader(&self) -> io::Result<File> {
        self.folder.dir.open_file(&self.draft_name, OpenMode::Read)
    }

    /// Leaves nothing behind these bytes: so many has it once parts of it were [written anew](super::Rewrite).
    ///
    /// # Errors
    /// Local I/O.
    pub fn end_at(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::Start(length)).map(|_| ())
    }

    /// The name that the file will have.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// BLAKE3 of what has been written; `None` unless it is [`hashed`](Draft::hashed).
    pub fn hash(&self) -> Option<blake3::Hash> {
        self.hasher.as_ref().map(blake3::Hasher::finalize)
    }

    fn publish(self) -> io::Result<()> {
        self.folder.dir.replace(&self.draft_name, &self.name)
    }
}

/// The name that the draft of a file has.
pub(super) fn name_of(folder: &Folder, name: &OsStr) -> OsString {
    let known = if name.len() <= LONGEST_NAME { name } else { OsStr::new("m1import") };
    [".".as_ref(), known, ".".as_ref(), folder.draft_id().as_ref(), ".new".as_ref()].into_iter().collect()
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_synced = false;
        let written = self.file.write(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes.get(..written).unwrap_or_default());
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // A published one is not there any more under this name; one that cannot be removed now is by the next run.
        let _removed = self.folder.dir.remove_file(&self.draft_name);
    }
}

/// Gives drafts their names, in this order. They are made safe on disk side by side: a disk takes hardly longer for
/// several files than for one.
///
/// # Errors
/// Local I/O.
pub fn publish(drafts: Vec<Draft>) -> io::Result<()> {
    for some in drafts.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let files = some.iter().filter(|draft| !draft.is_synced).map(|draft| &draft.file);
            let start = |file| thread::Builder::new().spawn_scoped(scope, move || File::sync_all(file));
            let under_way = files.map(start).collect::<io::Result<Vec<_>>>()?;
            let joined = under_way.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)));
            joined.collect::<io::Result<()>>()
        })?;
    }
    let folder = drafts.first().map(|draft| draft.folder.clone());
    for draft in drafts {
        draft.publish()?;
    }
    folder.map_or(Ok(()), |folder| folder.sync())
}

/// Writes a file anywhere, replacing what was there as a whole.
///
/// # Errors
/// Local I/O.
pub fn replace(path: &Path, content: impl Read) -> io::Result<()> {
    publish(vec![written(path, content)?])
}

/// The same for a file that others may read.
///
/// # Errors
/// Local I/O.
pub fn replace_public(path: &Path, content: impl Read) -> io::Result<()> {
    let draft = written(path, content)?;
    platform::make_public(&draft.file)?;
    publish(vec![draft])
}

/// The draft of a file anywhere, with its content.
fn written(path: &Path, mut content: impl Read) -> io::Result<Draft> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
    let mut draft = Folder::around(path)?.create(name)?;
    io::copy(&mut content, &mut draft)?;
    Ok(draft)
}
