//! The state file of `--only-changed`: which contact the server accepted last under each phone, of one endpoint and bot.
//!
//! It may lag behind the server and never leads it: a phone is taken out before its contact is sent, and comes back when the
//! journal says that it was accepted. See [`Known`] for what stands in it, [`StateFile`] for how it is replaced.

mod comparison;
mod entries;
mod error;
mod known;
mod lock;
mod update;

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

pub use comparison::Comparison;
pub use entries::{Entry, KnownAs};
pub use error::Error;
pub use known::{Known, Scope};
use lock::Lock;
pub use update::Update;

use crate::folder::{Draft, Folder, publish};
use crate::platform::OpenMode;
use crate::reading::Shard;

/// Where the state of a shard lies: each has a file of its own.
pub fn path_of(path: &Path, shard: Shard) -> PathBuf {
    if shard.of == 1 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-of-{}", shard.number, shard.of));
    PathBuf::from(name)
}

/// The file at its place; ours alone where it was opened to be replaced.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    folder: Folder,
    name: OsString,
    /// Freed when the run has ended.
    _lock: Lock,
}

impl StateFile {
    /// Opens the file at this place to replace it, be there one yet or not.
    ///
    /// # Errors
    /// Another run uses it, or it cannot be replaced there.
    pub fn open(path: &Path) -> Result<StateFile, Error> {
        let failed = |error| Error::Open { path: path.to_owned(), error };
        let name = path.file_name().ok_or_else(|| failed(ErrorKind::IsADirectory.into()))?.to_owned();
        let mut folder = Folder::around(path).map_err(failed)?;
        let lock = Lock::take(&mut folder, path, &name)?;
        Ok(StateFile { path: path.to_owned(), folder, name, _lock: lock })
    }

    /// Writes what it is to hold next, and makes it safe on disk.
    ///
    /// # Errors
    /// Local I/O.
    pub fn draft(&self, update: &Update<'_>) -> Result<Draft, Error> {
        let write = || {
            let mut draft = self.folder.create(&self.name)?;
            update.write(&mut draft)?;
            draft.sync()?;
            Ok(draft)
        };
        write().map_err(|error| self.failed(error))
    }

    /// Replaces what stands in it as a whole. Returns when that outlives a loss of power.
    ///
    /// # Errors
    /// Local I/O.
    pub fn replace(&self, draft: Draft) -> Result<(), Error> {
        publish(vec![draft]).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::Write { path: self.path.clone(), error }
    }
}

/// What stands in a state file; nothing where there is none, or an empty one.
///
/// # Errors
/// It cannot be read, is damaged, is of another endpoint or bot, or is no state file.
pub fn read(path: &Path, scope: Scope) -> Result<Known, Error> {
    let failed = |error| Error::Open { path: path.to_owned(), error };
    let new = || Known::new(scope).map_err(failed);
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Err(failed(io::Error::other("its name is no text")));
    };
    let folder = Folder::to_read_from(path).map_err(failed)?;
    let mut file = match folder.open_file(name, OpenMode::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return new(),
        Err(error) => return Err(failed(error)),
    };
    let length = file.metadata().map_err(failed)?.len();
    if length == 0 {
        return new();
    }
    let known = Known::read(&mut file, length, scope);
    known.map_err(|fault| fault.at(path))
}

/// Reads bytes as a state file, for the fuzzer: whatever they are, there is an answer.
pub fn read_bytes(mut bytes: &[u8]) -> Result<Known, Error> {
    let length = bytes.len() as u64;
    Known::read(&mut bytes, length, Scope::of("", None)).map_err(|fault| fault.at(Path::new("")))
}
