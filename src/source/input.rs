//! The bytes of an input, as often as they are wanted: a file, or a pipe that was kept in a temporary file.
//!
//! Nothing is unpacked or decoded here. Every reading counts and hashes what it reads, so that a file that
//! changes between two readings is noticed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::error::{Error, Trouble};

/// An input: where its bytes are and what messages call it.
#[derive(Debug, Clone)]
pub struct Input {
    name: String,
    at: At,
    len: u64,
}

#[derive(Debug, Clone)]
enum At {
    File(std::path::PathBuf),
    /// A nameless temporary file, gone with its last handle.
    Spool(Arc<File>),
    Memory(Arc<[u8]>),
}

/// What a whole input is: its size and its hash, as it lies there, packed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// Its length in bytes.
    pub bytes: u64,
    /// BLAKE3 of them.
    pub blake3: blake3::Hash,
}

impl Input {
    /// The input that the command line names. `-` is standard input; it and every pipe are read to their end now.
    ///
    /// # Errors
    /// The file is missing, a folder, or not readable; a pipe cannot be kept.
    pub fn at(path: impl AsRef<Path>) -> Result<Input, Error> {
        let path = path.as_ref();
        if path == Path::new("-") {
            return Input::spool("stdin", io::stdin().lock());
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let found = fs::metadata(path).map_err(|error| missing(error).of(&name))?;
        if found.is_dir() {
            return Err(Trouble::Folder.of(&name));
        }
        let file = File::open(path).map_err(|error| missing(error).of(&name))?;
        if found.is_file() {
            return Ok(Input { name, at: At::File(path.to_owned()), len: found.len() });
        }
        let name = if path.starts_with("/dev") || path.starts_with("/proc") { "stdin".to_owned() } else { name };
        Input::spool(&name, file)
    }

    /// An input that lies in memory.
    pub fn of(name: &str, bytes: impl Into<Arc<[u8]>>) -> Input {
        let bytes = bytes.into();
        Input { name: name.to_owned(), len: bytes.len() as u64, at: At::Memory(bytes) }
    }

    /// What is already in a temporary file.
    #[cfg(feature = "xlsx")]
    pub(super) fn kept(file: File) -> Result<Input, Trouble> {
        let len = file.metadata().map_err(Trouble::Spool)?.len();
        Ok(Input { name: String::new(), at: At::Spool(Arc::new(file)), len })
    }

    /// An unpacked input, kept in a temporary file.
    #[cfg(feature = "xlsx")]
    pub(super) fn unpacked(mut from: super::unpack::Unpacked) -> Result<Input, Trouble> {
        use std::io::Write;
        let mut file = tempfile::tempfile().map_err(Trouble::Spool)?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return Input::kept(file);
            }
            file.write_all(buffer.get(..read).unwrap_or_default()).map_err(Trouble::Spool)?;
        }
    }

    /// The bytes for a reader that goes to and fro.
    #[cfg(feature = "xlsx")]
    pub(super) fn seekable(&self) -> Result<Seekable, Trouble> {
        Ok(Seekable { raw: self.raw()?, len: self.len })
    }

    fn spool(name: &str, mut from: impl Read) -> Result<Input, Error> {
        let mut file = tempfile::tempfile().map_err(|error| Trouble::Spool(error).of(name))?;
        let len = io::copy(&mut from, &mut file).map_err(|error| Trouble::Spool(error).of(name))?;
        Ok(Input { name: name.to_owned(), at: At::Spool(Arc::new(file)), len })
    }

    /// What messages call it: the name of the file, or `stdin`. To be made safe before it is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lies; nothing for standard input.
    pub fn path(&self) -> Option<&Path> {
        match &self.at {
            At::File(path) => Some(path),
            At::Spool(_) | At::Memory(_) => None,
        }
    }

    /// Its length in bytes, packed or not.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file is no more as long as it was: a quick look that spares sending what was never surveyed. A
    /// change that keeps the length shows in the digest.
    pub fn has_other_length(&self) -> bool {
        match &self.at {
            At::File(path) => fs::metadata(path).is_ok_and(|now| now.len() != self.len),
            At::Spool(_) | At::Memory(_) => false,
        }
    }

    /// Whether there is not a single byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Starts reading at the beginning.
    pub(super) fn raw(&self) -> Result<Raw, Trouble> {
        let from = match &self.at {
            At::File(path) => From::File(File::open(path).map_err(missing)?),
            At::Spool(file) => From::Spool(Arc::clone(file)),
            At::Memory(bytes) => From::Memory(Arc::clone(bytes)),
        };
        Ok(Raw { from, bytes: 0, hasher: blake3::Hasher::new() })
    }
}

fn missing(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Trouble::Missing,
        _ => Trouble::Unreadable(error),
    }
}

/// One reading of the bytes, counted and hashed.
pub(super) struct Raw {
    from: From,
    bytes: u64,
    hasher: blake3::Hasher,
}

enum From {
    File(File),
    Spool(Arc<File>),
    Memory(Arc<[u8]>),
}

impl Raw {
    /// How much has been read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads what is left, for the hash.
    pub fn digest(mut self) -> io::Result<Digest> {
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => return Ok(Digest { bytes: self.bytes, blake3: self.hasher.finalize() }),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl From {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            From::File(file) => file.read_at(buffer, at),
            From::Spool(file) => file.read_at(buffer, at),
            From::Memory(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(buffer)
            }
        }
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read_at(buffer, self.bytes)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Bytes for a reader that goes to and fro; what it reads is not hashed.
#[cfg(feature = "xlsx")]
pub(super) struct Seekable {
    raw: Raw,
    len: u64,
}

#[cfg(feature = "xlsx")]
impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.from.read_at(buffer, self.raw.bytes)?;
        self.raw.bytes += read as u64;
        Ok(read)
    }
}

#[cfg(feature = "xlsx")]
impl io::Seek for Seekable {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::End(by) => self.len.checked_add_signed(by),
            io::SeekFrom::Current(by) => self.raw.bytes.checked_add_signed(by),
        };
        self.raw.bytes = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.raw.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_is_said() {
        assert_eq!(Input::at("/no/such/file.csv").unwrap_err().code(), "input.missing");
        assert_eq!(Input::at("/").unwrap_err().code(), "input.folder");
        assert!(Input::at("/etc/hosts/x").unwrap_err().is_missing());
    }

    #[test]
    fn a_pipe_can_be_read_twice() {
        let input = Input::spool("stdin", &b"name,phone\n"[..]).unwrap();
        assert_eq!(input.len(), 11);
        for _ in 0..2 {
            let digest = input.raw().unwrap().digest().unwrap();
            assert_eq!(digest, Digest { bytes: 11, blake3: blake3::hash(b"name,phone\n") });
        }
    }
}
