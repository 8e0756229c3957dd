//! gzip and zstd, recognised by content; several members or frames one after another are one input.
//!
//! A bomb is stopped by its ratio: contacts shrink to a quarter or a tenth, never to a two-hundredth.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::error::ErrorKind;
use super::input::{Digest, HashingReader, InputSource};

/// Unpacked bytes below this are never a bomb.
const HARMLESS: u64 = 64 << 20;
/// How much larger than the packed bytes the unpacked ones may be.
pub(super) const RATIO: u64 = 200;

/// Whether so much cannot be an honest content of so little.
pub(super) fn is_bomb(unpacked: u64, packed: u64) -> bool {
    unpacked > HARMLESS && unpacked / RATIO > packed
}

/// The bytes of an input, unpacked.
pub(super) struct Unpacked {
    from: Packed,
    bytes: u64,
}

enum Packed {
    Plain(Box<HashingReader>),
    Gzip(Box<MultiGzDecoder<BufReader<HashingReader>>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<zstd::Frames>),
    Memory(io::Cursor<Vec<u8>>),
}

/// How an input is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    pub fn as_str(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }

    /// What the first bytes of an input say.
    pub fn of(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1f, 0x8b, ..] => Some(Compression::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
            _ => None,
        }
    }
}

impl Unpacked {
    pub fn open(input: &InputSource, compression: Option<Compression>) -> Result<Unpacked, ErrorKind> {
        let raw = input.reader();
        let from = match compression {
            None => Packed::Plain(Box::new(raw)),
            Some(Compression::Gzip) => {
                Packed::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(128 * 1024, raw))))
            }
            #[cfg(feature = "zstd")]
            Some(Compression::Zstd) => Packed::Zstd(Box::new(zstd::Frames::new(raw))),
            #[cfg(not(feature = "zstd"))]
            Some(Compression::Zstd) => return Err(ErrorKind::LeftOut("zstd")),
        };
        Ok(Unpacked { from, bytes: 0 })
    }

    /// Bytes that are already there.
    pub fn of(bytes: Vec<u8>) -> Unpacked {
        Unpacked { from: Packed::Memory(io::Cursor::new(bytes)), bytes: 0 }
    }

    /// Reads some bytes; none only at the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        loop {
            let (read, packing) = match &mut self.from {
                Packed::Plain(raw) => (raw.read(buffer), None),
                Packed::Gzip(gzip) => (gzip.read(buffer), Some("gzip")),
                #[cfg(feature = "zstd")]
                Packed::Zstd(frames) => (frames.read(buffer), Some("zstd")),
                Packed::Memory(bytes) => (bytes.read(buffer), None),
            };
            let read = match (read, packing) {
                (Ok(read), _) => read,
                (Err(error), _) if error.kind() == io::ErrorKind::Interrupted => continue,
                // The system's own errors have a number; what a decoder says has none.
                (Err(error), Some(packing)) if error.raw_os_error().is_none() => {
                    return Err(ErrorKind::Damaged(packing));
                }
                (Err(error), _) => return Err(ErrorKind::Io(error)),
            };
            self.bytes += read as u64;
            if let Some(packing) = packing
                && is_bomb(self.bytes, self.raw_bytes())
            {
                return Err(ErrorKind::Bomb(packing));
            }
            return Ok(read);
        }
    }

    /// How many bytes of the input itself have been read.
    pub fn raw_bytes(&self) -> u64 {
        match &self.from {
            Packed::Plain(raw) => HashingReader::bytes(raw),
            Packed::Gzip(gzip) => gzip.get_ref().get_ref().bytes(),
            #[cfg(feature = "zstd")]
            Packed::Zstd(frames) => frames.raw().bytes(),
            Packed::Memory(bytes) => bytes.position(),
        }
    }

    /// Reads the input to its end, for the hash.
    pub fn digest(self) -> io::Result<Digest> {
        match self.from {
            Packed::Plain(raw) => raw.digest(),
            Packed::Gzip(gzip) => gzip.into_inner().into_inner().digest(),
            #[cfg(feature = "zstd")]
            Packed::Zstd(frames) => frames.into_raw().digest(),
            Packed::Memory(bytes) => {
                let bytes = bytes.into_inner();
                Ok(Digest { bytes: bytes.len() as u64, blake3: blake3::hash(&bytes) })
            }
        }
    }
}

#[cfg(feature = "zstd")]
mod zstd {
    //! Frame after frame: the decoder by itself stops after the first without a word.

    use std::io::{self, BufRead, BufReader, Read};

    use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

    use super::HashingReader;

    pub(super) struct Frames {
        from: BufReader<HashingReader>,
        decoder: FrameDecoder,
        within: bool,
    }

    impl Frames {
        pub fn new(raw: HashingReader) -> Frames {
            Frames { from: BufReader::with_capacity(128 * 1024, raw), decoder: FrameDecoder::new(), within: false }
        }

        pub fn raw(&self) -> &HashingReader {
            self.from.get_ref()
        }

        pub fn into_raw(self) -> HashingReader {
            self.from.into_inner()
        }

        fn next_frame(&mut self) -> io::Result<bool> {
            use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
            loop {
                if self.from.fill_buf()?.is_empty() {
                    return Ok(false);
                }
                match self.decoder.reset(&mut self.from) {
                    Ok(()) => return Ok(true),
                    Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                        length, ..
                    })) => {
                        let skipped = io::copy(&mut self.from.by_ref().take(u64::from(length)), &mut io::sink())?;
                        if skipped < u64::from(length) {
                            return Err(io::ErrorKind::UnexpectedEof.into());
                        }
                    }
                    Err(_) => return Err(io::Error::other("no frame")),
                }
            }
        }
    }

    impl Read for Frames {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                if !self.within {
                    if !self.next_frame()? {
                        return Ok(0);
                    }
                    self.within = true;
                }
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    // Errors of the decoder are told apart from the system's by having no number.
                    self.decoder
                        .decode_blocks(&mut self.from, BlockDecodingStrategy::UptoBytes(128 * 1024))
                        .map_err(|_| io::Error::other("damaged"))?;
                }
                match self.decoder.read(buffer)? {
                    0 if self.decoder.is_finished() && self.decoder.can_collect() == 0 => {
                        let said = self.decoder.get_checksum_from_data();
                        if said.is_some() && said != self.decoder.get_calculated_checksum() {
                            return Err(io::Error::other("damaged"));
                        }
                        self.within = false;
                    }
                    read => return Ok(read),
                }
            }
        }
    }
}
