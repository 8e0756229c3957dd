//! A draft with something put between its parts: it is written anew in its own place.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, Write};

use super::Draft;
use crate::platform::start_to_sync;

/// So many bytes are read and written at once.
const AT_ONCE: usize = 256 << 10;
/// So many bytes are sent to the disk at once.
const SYNCED_AT_ONCE: u64 = 8 << 20;

/// A draft that is written anew from its beginning while what it held is read: that takes neither the space nor the time of
/// a second file. What would be written over before it is used is held in memory: as many bytes as were added so far.
#[derive(Debug)]
pub struct Rewrite {
    draft: Draft,
    from: File,
    /// What was read of the old content and is not used yet.
    held: VecDeque<Vec<u8>>,
    /// Bytes of the first piece that are used.
    used: usize,
    /// Bytes of the old content that are read, and all of them.
    read: u64,
    length: u64,
    /// What is about to be written, and how much has been.
    out: Vec<u8>,
    written: u64,
    /// Bytes of it that are on their way to the disk.
    synced: u64,
    /// Pieces that hold nothing any more.
    spare: Vec<Vec<u8>>,
}

impl Rewrite {
    /// Begins at the beginning. What was written must have reached the draft, which must not be [hashed](Draft::hashed).
    ///
    /// # Errors
    /// Local I/O.
    pub fn begin(mut draft: Draft) -> io::Result<Rewrite> {
        let from = draft.reader()?;
        let length = draft.file.stream_position()?;
        draft.file.rewind()?;
        Ok(Rewrite {
            draft,
            from,
            held: VecDeque::new(),
            used: 0,
            read: 0,
            length,
            out: Vec::with_capacity(2 * AT_ONCE),
            written: 0,
            synced: 0,
            spare: Vec::new(),
        })
    }

    /// Takes over the next bytes of what it held.
    ///
    /// # Errors
    /// Local I/O; it held fewer.
    pub fn copy(&mut self, bytes: u64) -> io::Result<()> {
        self.next(bytes, true)
    }

    /// Leaves out the next bytes of what it held.
    ///
    /// # Errors
    /// As [`copy`](Rewrite::copy).
    pub fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.next(bytes, false)
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// Local I/O.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.extend_from_slice(bytes);
        if self.out.len() >= AT_ONCE { self.flush() } else { Ok(()) }
    }

    /// The draft with its new content; what was not taken over is gone.
    ///
    /// # Errors
    /// Local I/O.
    pub fn finish(mut self) -> io::Result<Draft> {
        self.flush()?;
        if self.written < self.length {
            self.draft.file.set_len(self.written)?;
        }
        Ok(self.draft)
    }

    fn next(&mut self, mut bytes: u64, is_taken_over: bool) -> io::Result<()> {
        while bytes > 0 {
            let Some(piece) = self.held.front() else {
                self.read_ahead()?;
                continue;
            };
            let rest = piece.get(self.used..).unwrap_or_default();
            let part = rest.get(..usize::try_from(bytes).unwrap_or(usize::MAX)).unwrap_or(rest);
            bytes -= part.len() as u64;
            self.used += part.len();
            if is_taken_over {
                self.out.extend_from_slice(part);
            }
            if self.used == piece.len() {
                self.spare.extend(self.held.pop_front());
                self.used = 0;
            }
            if self.out.len() >= AT_ONCE {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn read_ahead(&mut self) -> io::Result<()> {
        let wanted = (self.length - self.read).min(AT_ONCE as u64);
        if wanted == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut piece = self.spare.pop().unwrap_or_default();
        piece.resize(wanted as usize, 0);
        self.from.read_exact(&mut piece)?;
        self.read += wanted;
        self.held.push_back(piece);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.written + self.out.len() as u64;
        while self.read < written.min(self.length) {
            self.read_ahead()?;
        }
        self.draft.file.write_all(&self.out)?;
        self.written = written;
        if written - self.synced >= SYNCED_AT_ONCE {
            start_to_sync(&self.draft.file, self.synced, written - self.synced);
            self.synced = written;
        }
        self.out.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::folder::{Folder, publish};

    #[derive(Debug, Clone)]
    enum Change {
        Copy(usize),
        Skip(usize),
        Add(usize),
    }

    fn change() -> impl Strategy<Value = Change> {
        let length = || prop_oneof![4 => 0..200_usize, 1 => 0..3 * AT_ONCE];
        prop_oneof![
            3 => length().prop_map(Change::Copy),
            1 => length().prop_map(Change::Skip),
            2 => length().prop_map(Change::Add),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn it_is_what_a_second_file_would_be(
            length in prop_oneof![0..1_000_usize, 0..5 * AT_ONCE],
            changes in prop::collection::vec(change(), 0..20),
        ) {
            let place = tempfile::tempdir().unwrap();
            let folder = Folder::make(&place.path().join("results")).unwrap();
            let old: Vec<u8> = (0..length).map(|at| (at * 7 % 251) as u8).collect();
            let mut draft = folder.create("results.csv").unwrap();
            draft.write_all(&old).unwrap();
            let mut rewrite = Rewrite::begin(draft).unwrap();
            let (mut expected, mut at) = (Vec::new(), 0);
            for (change, letter) in changes.into_iter().zip(b'a'..) {
                match change {
                    Change::Copy(bytes) => {
                        let bytes = bytes.min(length - at);
                        rewrite.copy(bytes as u64).unwrap();
                        expected.extend_from_slice(&old[at..at + bytes]);
                        at += bytes;
                    }
                    Change::Skip(bytes) => {
                        let bytes = bytes.min(length - at);
                        rewrite.skip(bytes as u64).unwrap();
                        at += bytes;
                    }
                    Change::Add(bytes) => {
                        rewrite.add(&vec![letter; bytes]).unwrap();
                        expected.extend(std::iter::repeat_n(letter, bytes));
                    }
                }
            }
            prop_assert!(rewrite.copy((length - at) as u64 + 1).is_err());
            publish(vec![rewrite.finish().unwrap()]).unwrap();
            let written = std::fs::read(folder.file("results.csv")).unwrap();
            // The failed copy has taken over all that was left.
            expected.extend_from_slice(&old[at..]);
            prop_assert!(written == expected, "{} bytes for {}", written.len(), expected.len());
        }
    }
}
