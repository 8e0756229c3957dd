//! Files that are read whole: certificates, numbering plans.
//!
//! Only a regular file is read, and only up to a limit: a FIFO would make the program wait for ever, a device would fill
//! the memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::platform;

/// The longest file that is read: 64 MiB. The certificates of an operating system take 300 kB, the numbering plans 1 MB.
const LONGEST: u64 = 64 << 20;

/// The bytes of a file.
///
/// # Errors
/// It cannot be opened or read, is no regular file, or is longer than 64 MiB.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(path, LONGEST)
}

/// The first bytes of a file, and whether they are all of it.
///
/// # Errors
/// It cannot be opened or read, or is no regular file.
pub fn head(path: &Path, longest: u64) -> io::Result<(Vec<u8>, bool)> {
    first(regular(path)?, longest)
}

/// The first bytes of what is read, and whether they are all of it.
///
/// # Errors
/// Reading fails.
pub fn first(from: impl Read, longest: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    from.take(longest + 1).read_to_end(&mut bytes)?;
    let is_whole = bytes.len() as u64 <= longest;
    bytes.truncate(usize::try_from(longest).unwrap_or(usize::MAX));
    Ok((bytes, is_whole))
}

fn read_at_most(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let (bytes, is_whole) = head(path, longest)?;
    match is_whole {
        true => Ok(bytes),
        false => Err(io::Error::other(format!("longer than {} MiB", longest >> 20))),
    }
}

/// A regular file, opened.
fn regular(path: &Path) -> io::Result<File> {
    // A plain opening of a FIFO waits for somebody who writes into it.
    let file = platform::open_without_waiting(path)?;
    let found = file.metadata()?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Err(io::Error::other("not a regular file; save what it gives to one"));
    }
    Ok(file)
}

/// The text of a file.
///
/// # Errors
/// Like `read`, and where it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::other("not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn only_regular_files_up_to_the_limit_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let (file, fifo) = (dir.path().join("file"), dir.path().join("fifo"));
        fs::write(&file, "12345").unwrap();
        mknodat(CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        assert_eq!(read_at_most(&file, 5).unwrap(), b"12345");
        let cases = [
            (file.as_path(), "longer than 0 MiB"),
            (fifo.as_path(), "not a regular file; save what it gives to one"),
            (Path::new("/dev/zero"), "not a regular file; save what it gives to one"),
            (dir.path(), "is a directory"),
            (Path::new("/no/such/file"), "No such file or directory (os error 2)"),
        ];
        for (path, why) in cases {
            assert_eq!(read_at_most(path, 4).unwrap_err().to_string(), why, "{}", path.display());
        }
    }
}
