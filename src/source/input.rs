//! The bytes of an input, as often as they are wanted: a file, or a pipe that was kept in a temporary file.
//!
//! Nothing is unpacked or decoded here. Every reading counts and hashes what it reads, so that a file that
//! changes between two readings is noticed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::error::{Error, ErrorKind};
use crate::platform;

/// An input: where its bytes are and what messages call it. A file is opened once and read by position.
#[derive(Debug, Clone)]
pub struct InputSource {
    name: String,
    /// None for standard input, pipes and memory.
    path: Option<PathBuf>,
    backing: Backing,
    len: u64,
    /// The archive of which it is a file, with the length of that file unpacked.
    archive: Option<(Backing, u64)>,
}

/// Where the bytes of an input are.
#[derive(Debug, Clone)]
enum Backing {
    /// A file of the user, or a nameless temporary one, which is gone with its last handle.
    File(Arc<File>),
    /// A part of a temporary file.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only worksheets are parts"))]
    Part(Arc<File>, Range<u64>),
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

impl InputSource {
    /// The input that the command line names. `-` is standard input; it and every pipe are read to their end now, at
    /// most `longest` bytes of them; None is half of what is free where they are kept.
    ///
    /// # Errors
    /// The file is missing, a folder, or not readable; a pipe cannot be kept, or is too long.
    pub fn at(path: impl AsRef<Path>, longest: Option<u64>) -> Result<InputSource, Error> {
        let path = path.as_ref();
        if path == Path::new("-") {
            return InputSource::spool("stdin", io::stdin().lock(), longest);
        }
        let name = path.to_string_lossy().into_owned();
        let found = fs::metadata(path).map_err(|error| missing(error).in_input(&name))?;
        if found.is_dir() {
            return Err(ErrorKind::Folder.in_input(&name));
        }
        let file = File::open(path).map_err(|error| missing(error).in_input(&name))?;
        if found.is_file() {
            let path = Some(path.to_owned());
            return Ok(InputSource {
                name,
                path,
                len: found.len(),
                backing: Backing::File(Arc::new(file)),
                archive: None,
            });
        }
        let name = if path.starts_with("/dev") || path.starts_with("/proc") { "stdin".to_owned() } else { name };
        InputSource::spool(&name, file, longest)
    }

    /// Whether the input of this name is kept in a temporary file: standard input, and every pipe.
    pub fn is_spooled(path: &Path) -> bool {
        path == Path::new("-") || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
    }

    /// An input that lies in memory.
    pub fn of(name: &str, bytes: impl Into<Arc<[u8]>>) -> InputSource {
        let bytes = bytes.into();
        InputSource {
            name: name.to_owned(),
            path: None,
            len: bytes.len() as u64,
            backing: Backing::Memory(bytes),
            archive: None,
        }
    }

    /// A part of a temporary file.
    #[cfg(feature = "xlsx")]
    pub(super) fn part(file: &Arc<File>, part: Range<u64>) -> InputSource {
        let len = part.end - part.start;
        InputSource { name: String::new(), path: None, backing: Backing::Part(file.clone(), part), len, archive: None }
    }

    /// The same input, called by one of its worksheets.
    #[cfg(feature = "xlsx")]
    pub(super) fn sheet(&self, name: &str) -> InputSource {
        InputSource { name: format!("{}#{name}", self.name), ..self.clone() }
    }

    /// A file of this archive, unpacked. It is called as the archive is, and has its length and its hash.
    #[cfg(feature = "xlsx")]
    pub(super) fn member(&self, file: File) -> Result<InputSource, ErrorKind> {
        let len = file.metadata().map_err(ErrorKind::Spool)?.len();
        let archive = Some((self.backing.clone(), len));
        Ok(InputSource { backing: Backing::File(Arc::new(file)), archive, ..self.clone() })
    }

    /// What is already in a temporary file.
    #[cfg(feature = "xlsx")]
    pub(super) fn kept(file: File) -> Result<InputSource, ErrorKind> {
        let len = file.metadata().map_err(ErrorKind::Spool)?.len();
        Ok(InputSource { name: String::new(), path: None, backing: Backing::File(Arc::new(file)), len, archive: None })
    }

    /// An unpacked input, kept in a temporary file.
    #[cfg(feature = "xlsx")]
    pub(super) fn unpacked(mut from: super::unpack::Unpacked) -> Result<InputSource, ErrorKind> {
        use std::io::Write;
        let mut file = tempfile::tempfile().map_err(ErrorKind::Spool)?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return InputSource::kept(file);
            }
            file.write_all(buffer.get(..read).unwrap_or_default()).map_err(ErrorKind::Spool)?;
        }
    }

    /// The bytes for a reader that goes to and fro.
    #[cfg(feature = "xlsx")]
    pub(super) fn seekable(&self) -> Seekable {
        let len = self.archive.as_ref().map_or(self.len, |(_, len)| *len);
        Seekable { backing: self.backing.clone(), at: 0, len }
    }

    fn spool(name: &str, from: impl Read, longest: Option<u64>) -> Result<InputSource, Error> {
        let mut file = tempfile::tempfile().map_err(|error| ErrorKind::Spool(error).in_input(name))?;
        let longest = longest.unwrap_or_else(|| half_of_free_space(&file));
        let len = io::copy(&mut from.take(longest.saturating_add(1)), &mut file)
            .map_err(|error| ErrorKind::Spool(error).in_input(name))?;
        if len > longest {
            return Err(ErrorKind::TooLong { longest }.in_input(name));
        }
        Ok(InputSource {
            name: name.to_owned(),
            path: None,
            backing: Backing::File(Arc::new(file)),
            len,
            archive: None,
        })
    }

    /// What messages call it: the name of the file, or `stdin`. To be made safe before it is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its path; None for standard input and pipes.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its length in bytes, packed or not.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file at the path is no longer as long as it was. A cheap look before anything is sent; a change
    /// that keeps the length shows in the digest.
    pub fn has_other_length(&self) -> bool {
        self.path.as_deref().is_some_and(|path| fs::metadata(path).is_ok_and(|now| now.len() != self.len))
    }

    /// When the file at the path was written to last; `None` where there is no path, or nothing at it.
    pub fn modified(&self) -> Option<SystemTime> {
        fs::metadata(self.path.as_deref()?).and_then(|now| now.modified()).ok()
    }

    /// Whether there is not a single byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Starts reading at the beginning.
    pub(super) fn reader(&self) -> HashingReader {
        let archive = self.archive.as_ref().map(|(backing, _)| backing.clone());
        HashingReader { backing: self.backing.clone(), archive, bytes: 0, hasher: blake3::Hasher::new() }
    }
}

/// Half of the bytes that are free where the file lies; without a bound where the system does not say.
fn half_of_free_space(file: &File) -> u64 {
    platform::free_space(file).map_or(u64::MAX, |free| free / 2)
}

fn missing(error: io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ErrorKind::Missing,
        _ => ErrorKind::Unreadable(error),
    }
}

/// One reading of the bytes, counted and hashed.
pub(super) struct HashingReader {
    backing: Backing,
    /// What is hashed instead, where the bytes are a file of an archive.
    archive: Option<Backing>,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl HashingReader {
    /// How much has been read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads what is left, for the hash.
    pub fn digest(mut self) -> io::Result<Digest> {
        let mut buffer = vec![0; 256 * 1024];
        if let Some(backing) = self.archive.take() {
            self = HashingReader { backing, archive: None, bytes: 0, hasher: blake3::Hasher::new() };
        }
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

impl Backing {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Backing::File(file) => platform::read_at(file, buffer, at),
            Backing::Part(file, part) => {
                let left = usize::try_from(part.end.saturating_sub(part.start + at)).unwrap_or(usize::MAX);
                let most = left.min(buffer.len());
                platform::read_at(file, buffer.get_mut(..most).unwrap_or_default(), part.start + at)
            }
            Backing::Memory(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(buffer)
            }
        }
    }
}

impl Read for HashingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.backing.read_at(buffer, self.bytes)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Bytes for a reader that goes to and fro; what it reads is not hashed.
#[cfg(feature = "xlsx")]
pub(super) struct Seekable {
    backing: Backing,
    at: u64,
    len: u64,
}

#[cfg(feature = "xlsx")]
impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.backing.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(feature = "xlsx")]
impl io::Seek for Seekable {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::End(by) => self.len.checked_add_signed(by),
            io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn what_cannot_be_opened_is_said() {
        assert_eq!(InputSource::at("/no/such/file.csv", None).unwrap_err().code(), "input.missing");
        assert_eq!(InputSource::at("/", None).unwrap_err().code(), "input.folder");
        assert!(InputSource::at("/etc/hosts/x", None).unwrap_err().is_missing());
    }

    #[test]
    fn a_pipe_can_be_read_twice() {
        let input = InputSource::spool("stdin", &b"name,phone\n"[..], Some(11)).unwrap();
        assert_eq!(input.len(), 11);
        for _ in 0..2 {
            let digest = input.reader().digest().unwrap();
            assert_eq!(digest, Digest { bytes: 11, blake3: blake3::hash(b"name,phone\n") });
        }
    }

    #[test]
    fn an_endless_pipe_ends_at_the_limit() {
        let error = InputSource::spool("stdin", io::repeat(b'x'), Some(1 << 20)).unwrap_err();
        assert_eq!((error.code(), error.exit().code()), ("input.too_long", 74));
        assert_eq!(
            error.to_string(),
            "stdin: the input is longer than 1048576 bytes, the most that is kept in a temporary file"
        );
    }
}
