//! The text of an input as UTF-8, through a window that moves over it; and the lines an editor counts in it.
//!
//! UTF-8 passes through unchecked and uncopied: readers check each record, so that a broken byte costs one
//! record only. What another encoding cannot decode becomes the byte 0xFF, which is never UTF-8, and meets the
//! same end.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use super::error::ErrorKind;
use super::input::Digest;
use super::unpack::Unpacked;

/// How much is read at a time.
const CHUNK: usize = 128 * 1024;

pub(super) struct Utf8Buffer {
    from: Unpacked,
    decoder: Option<Decoding>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    begun: bool,
}

struct Decoding {
    decoder: Decoder,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    /// The input has no more bytes.
    ended: bool,
    /// The decoder has given all.
    finished: bool,
}

/// The text of the bytes, as UTF-8.
pub(super) fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<Vec<u8>, ErrorKind> {
    let mut text = Utf8Buffer::new(Unpacked::of(bytes.to_vec()), encoding);
    while text.more()? {}
    Ok(text.window().to_vec())
}

impl Utf8Buffer {
    pub fn new(from: Unpacked, encoding: &'static Encoding) -> Utf8Buffer {
        let decoder = (encoding != UTF_8).then(|| Decoding {
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            start: 0,
            end: 0,
            ended: false,
            finished: false,
        });
        Utf8Buffer { from, decoder, buffer: Vec::new(), start: 0, end: 0, begun: false }
    }

    /// UTF-8 that is already there.
    pub fn of(bytes: &[u8]) -> Utf8Buffer {
        Utf8Buffer::new(Unpacked::of(bytes.to_vec()), UTF_8)
    }

    /// What has been read and not yet taken.
    pub fn window(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes the first `count` bytes of the window.
    pub fn take(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Reads on behind the window; false at the end.
    pub fn more(&mut self) -> Result<bool, ErrorKind> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.end + CHUNK {
            // Doubling keeps a long record from being copied again and again.
            self.buffer.resize((self.end + CHUNK).max(2 * self.end), 0);
        }
        let target = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = match &mut self.decoder {
            None => self.from.read(target)?,
            Some(decoding) => decoding.read(&mut self.from, target)?,
        };
        self.end += read;
        if !self.begun && read > 0 {
            self.begun = true;
            while self.window().len() < 3 && self.more()? {}
            while self.window().starts_with(b"\xef\xbb\xbf") {
                self.take(3);
            }
        }
        Ok(read > 0)
    }

    /// How many bytes of the input itself have been read.
    pub fn raw_bytes(&self) -> u64 {
        self.from.raw_bytes()
    }

    pub fn digest(self) -> std::io::Result<Digest> {
        self.from.digest()
    }
}

impl Decoding {
    fn read(&mut self, from: &mut Unpacked, target: &mut [u8]) -> Result<usize, ErrorKind> {
        let mut written = 0;
        if self.finished {
            return Ok(0);
        }
        loop {
            if self.start == self.end && !self.ended {
                self.start = 0;
                self.end = from.read(&mut self.raw)?;
                self.ended = self.end == 0;
            }
            let source = self.raw.get(self.start..self.end).unwrap_or_default();
            let rest = target.get_mut(written..).unwrap_or_default();
            let (result, read, wrote) = self.decoder.decode_to_utf8_without_replacement(source, rest, self.ended);
            self.start += read;
            written += wrote;
            match result {
                DecoderResult::Malformed(..) => {
                    if let Some(byte) = target.get_mut(written) {
                        *byte = 0xff;
                        written += 1;
                    }
                    if written + 16 > target.len() {
                        return Ok(written);
                    }
                }
                DecoderResult::OutputFull => return Ok(written),
                DecoderResult::InputEmpty if written > 0 || self.ended => {
                    self.finished = self.ended;
                    return Ok(written);
                }
                DecoderResult::InputEmpty => {}
            }
        }
    }
}

/// Counts lines as an editor does: LF, CRLF and a lone CR each end one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// The line of the next byte, from 1.
    pub line: u64,
    after_cr: bool,
}

impl Default for Lines {
    fn default() -> Lines {
        Lines::from(1)
    }
}

impl Lines {
    /// Counting from a line on.
    pub fn from(line: u64) -> Lines {
        Lines { line, after_cr: false }
    }

    /// One line ends, behind at least one other byte.
    pub fn end(&mut self, with_cr_alone: bool) {
        self.line += 1;
        self.after_cr = with_cr_alone;
    }

    pub fn pass(&mut self, bytes: &[u8]) {
        let mut after = 0;
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let follows_cr = at == after && self.after_cr;
            self.after_cr = bytes.get(at) == Some(&b'\r');
            if self.after_cr || !follows_cr {
                self.line += 1;
            }
            after = at + 1;
        }
        if after < bytes.len() {
            self.after_cr = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_after(pieces: &[&str]) -> u64 {
        let mut lines = Lines::default();
        pieces.iter().for_each(|piece| lines.pass(piece.as_bytes()));
        lines.line
    }

    #[test]
    fn lines_are_an_editors() {
        assert_eq!(line_after(&[""]), 1);
        assert_eq!(line_after(&["a\nb\n"]), 3);
        assert_eq!(line_after(&["a\r\nb\r\n"]), 3);
        assert_eq!(line_after(&["a\rb\r"]), 3);
        assert_eq!(line_after(&["a\r", "\nb"]), 2);
        assert_eq!(line_after(&["a\r", "b\n"]), 3);
        assert_eq!(line_after(&["a\n\r\n\n"]), 4);
        assert_eq!(line_after(&["\r", "", "\n", "\n"]), 3);
    }

    fn read(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        let mut text = Utf8Buffer::new(Unpacked::of(bytes.to_vec()), encoding);
        while text.more().unwrap() {}
        text.window().to_vec()
    }

    #[test]
    fn other_encodings_become_utf_8_and_broken_bytes_stay_broken() {
        assert_eq!(read(b"\xef\xbb\xbfa", UTF_8), b"a");
        assert_eq!(read(b"\xef\xbb", UTF_8), b"\xef\xbb");
        assert_eq!(read(b"M\xfcller", encoding_rs::WINDOWS_1252), "Müller".as_bytes());
        assert_eq!(read(b"\xff\xfea\0\xfc\0", encoding_rs::UTF_16LE), "aü".as_bytes());
        assert_eq!(read(b"a\0\0\xd8b\0", encoding_rs::UTF_16LE), b"a\xffb");
        assert_eq!(read(b"a\0b", encoding_rs::UTF_16LE), b"a\xff");
    }
}
