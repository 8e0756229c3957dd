//! A draft with something put between its parts: it is written anew in its own place.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use super::Draft;
use crate::platform::{start_to_sync, write_all_at};

/// So many bytes are read and written at once.
const AT_ONCE: usize = 256 << 10;
/// So many bytes are sent to the disk at once.
const SYNCED_AT_ONCE: u64 = 8 << 20;

/// A part of a draft that is written anew from its beginning while what it held is read: that takes neither the space nor the time
/// of a second file. What would be written over before it is used is held in memory: as many bytes as were added so far.
///
/// Several parts, one behind the other, can be written at once, if each goes to where it was or further back, and all have begun before
/// one is written: then each holds what the part before it writes over.
#[derive(Debug)]
pub struct Rewrite<'d> {
    to: &'d File,
    from: File,
    /// What was read of the old content and is not used yet.
    held: VecDeque<Vec<u8>>,
    /// Bytes of the first piece that are used.
    used: usize,
    /// Where in the old content what is not read begins and ends.
    left: Range<u64>,
    /// What is about to be written, and where.
    out: Vec<u8>,
    written: u64,
    /// Where what is not yet on its way to the disk begins.
    synced: u64,
    /// Pieces that hold nothing any more.
    spare: Vec<Vec<u8>>,
}

impl<'d> Rewrite<'d> {
    /// Begins with these bytes of the draft, which come to stand behind `to`. What was written must have reached the draft, which must
    /// not be [hashed](Draft::hashed).
    ///
    /// # Errors
    /// Local I/O.
    pub fn begin(draft: &'d Draft, old: Range<u64>, to: u64) -> io::Result<Rewrite<'d>> {
        let mut from = draft.reader()?;
        from.seek(SeekFrom::Start(old.start))?;
        let mut rewrite = Rewrite {
            to: &draft.file,
            from,
            held: VecDeque::new(),
            used: 0,
            left: old,
            out: Vec::with_capacity(2 * AT_ONCE),
            written: to,
            synced: to,
            spare: Vec::new(),
        };
        rewrite.read_until(to)?;
        Ok(rewrite)
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

    /// Writes what is left to be written, and says where it ends: behind the last part nothing of the draft [is to be
    /// left](Draft::end_at).
    ///
    /// # Errors
    /// Local I/O.
    pub fn finish(mut self) -> io::Result<u64> {
        self.flush()?;
        Ok(self.written)
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
        let wanted = (self.left.end - self.left.start).min(AT_ONCE as u64);
        if wanted == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut piece = self.spare.pop().unwrap_or_default();
        piece.resize(wanted as usize, 0);
        self.from.read_exact(&mut piece)?;
        self.left.start += wanted;
        self.held.push_back(piece);
        Ok(())
    }

    /// Reads what is about to be written over.
    fn read_until(&mut self, end: u64) -> io::Result<()> {
        while self.left.start < end.min(self.left.end) {
            self.read_ahead()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.written + self.out.len() as u64;
        self.read_until(written)?;
        write_all_at(self.to, &self.out, self.written)?;
        self.written = written;
        if written - self.synced >= SYNCED_AT_ONCE {
            start_to_sync(self.to, self.synced, written - self.synced);
            self.synced = written;
        }
        self.out.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

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
            let mut rewrite = Rewrite::begin(&draft, 0..length as u64, 0).unwrap();
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
            let end = rewrite.finish().unwrap();
            draft.end_at(end).unwrap();
            publish(vec![draft]).unwrap();
            let written = std::fs::read(folder.file("results.csv")).unwrap();
            // The failed copy has taken over all that was left.
            expected.extend_from_slice(&old[at..]);
            prop_assert!(written == expected, "{} bytes for {}", written.len(), expected.len());
        }

        #[test]
        fn parts_are_written_at_once(
            lengths in prop::collection::vec((0..3 * AT_ONCE, 0..2 * AT_ONCE), 1..4),
        ) {
            let place = tempfile::tempdir().unwrap();
            let folder = Folder::make(&place.path().join("results")).unwrap();
            let old: Vec<u8> = (0..lengths.iter().map(|(old, _)| old).sum()).map(|at| (at * 7 % 251) as u8).collect();
            let mut draft = folder.create("results.csv").unwrap();
            draft.write_all(&old).unwrap();
            let (mut at, mut to, mut expected, mut parts) = (0, 0, Vec::new(), Vec::new());
            for &(length, added) in &lengths {
                parts.push((Rewrite::begin(&draft, at..at + length as u64, to).unwrap(), length, added));
                expected.resize(expected.len() + added, b'x');
                expected.extend_from_slice(&old[at as usize..at as usize + length]);
                at += length as u64;
                to = expected.len() as u64;
            }
            let ends: Vec<u64> = std::thread::scope(|threads| {
                let write = |(mut part, length, added): (Rewrite<'_>, usize, usize)| {
                    part.add(&vec![b'x'; added]).unwrap();
                    part.copy(length as u64).unwrap();
                    part.finish().unwrap()
                };
                let running: Vec<_> = parts.into_iter().map(|part| threads.spawn(move || write(part))).collect();
                running.into_iter().map(|part| part.join().unwrap()).collect()
            });
            draft.end_at(*ends.last().unwrap()).unwrap();
            publish(vec![draft]).unwrap();
            prop_assert!(std::fs::read(folder.file("results.csv")).unwrap() == expected);
        }
    }
}
