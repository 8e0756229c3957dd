//! The beginning of an input, unpacked: what is looked at to understand it. It is read once.

use super::error::ErrorKind;
use super::input::InputSource;
use super::unpack::{Compression, Unpacked};
use super::{LOOK, MAX_RECORD};

/// How much plain ASCII is passed over in search of a byte that tells the encoding.
const MAX_ASCII: usize = 16 << 20;
const CHUNK: usize = 64 * 1024;

/// The beginning of an input.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    /// The name of the file, whose ending may tell the format.
    pub name: String,
    /// How the file is packed; what follows is unpacked.
    pub compression: Option<Compression>,
    /// The beginning; where that is plain ASCII, the first piece behind it that is not: it tells the encoding.
    pub bytes: Vec<u8>,
    /// How long the beginning is: 256 KiB, or more where the first line is longer, up to the longest record.
    pub length: usize,
    /// There is nothing behind the beginning.
    pub is_complete: bool,
}

impl Sample {
    /// Reads the sample of an input.
    ///
    /// # Errors
    /// Reading fails, or the first bytes cannot be unpacked.
    pub fn read(input: &InputSource) -> Result<Sample, ErrorKind> {
        let mut head = Vec::new();
        read_chunk(&mut Unpacked::open(input, None)?, &mut head)?;
        let compression = Compression::of(&head);
        let mut from = Unpacked::open(input, compression)?;
        let mut sample = Sample { name: input.name().to_owned(), compression, ..Sample::default() };
        let mut has_line = false;
        while sample.bytes.len() < LOOK || !has_line && sample.bytes.len() < MAX_RECORD + LOOK {
            let start = sample.bytes.len();
            sample.is_complete = !read_chunk(&mut from, &mut sample.bytes)?;
            if sample.is_complete {
                break;
            }
            let chunk = sample.bytes.get(start..).unwrap_or_default();
            has_line |= memchr::memchr2(b'\n', b'\r', chunk).is_some();
        }
        sample.length = sample.bytes.len();
        let mut passed = sample.length;
        let mut is_ascii = sample.bytes.is_ascii();
        while !sample.is_complete && is_ascii && passed < MAX_ASCII {
            sample.bytes.truncate(sample.length);
            if !read_chunk(&mut from, &mut sample.bytes)? {
                sample.is_complete = passed == sample.length;
                break;
            }
            let later = sample.bytes.get(sample.length..).unwrap_or_default();
            passed += later.len();
            is_ascii = later.is_ascii();
        }
        Ok(sample)
    }

    /// The beginning.
    pub fn head(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }
}

/// Adds some bytes to the buffer; false at the end.
fn read_chunk(from: &mut Unpacked, buffer: &mut Vec<u8>) -> Result<bool, ErrorKind> {
    let start = buffer.len();
    buffer.resize(start + CHUNK, 0);
    let read = match from.read(buffer.get_mut(start..).unwrap_or_default()) {
        Ok(read) => read,
        // Damage behind the beginning is found when all is read.
        Err(ErrorKind::Damaged(_) | ErrorKind::Bomb(_)) if start > 0 => 0,
        Err(kind) => return Err(kind),
    };
    buffer.truncate(start + read);
    Ok(read > 0)
}
