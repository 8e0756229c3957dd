//! Where a JSON value ends, found without reading it, so that a broken one can be passed over.

use super::marks::{Class, Marks};

/// What may begin or end a string or a bracket, and control characters.
struct Structure;

impl Class for Structure {
    fn has(&self, byte: u8) -> bool {
        // The brackets differ from the braces by one bit.
        let bracket = byte | 0x20;
        (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (bracket == b'{') | (bracket == b'}')
    }
}

/// Finds where a value ends: in one go, or piece by piece as bytes arrive.
#[derive(Default)]
pub(super) struct Scan {
    pub at: usize,
    begun: bool,
    string: bool,
    /// The value ends where a line ends within a string.
    pub unclosed: bool,
    /// A number or word, which ends before the byte behind it.
    pub plain: bool,
    depth: u64,
    /// Which brackets are braces; the last bit is the innermost.
    braces: u64,
    /// There were more than fit into it. The value is too deep to be read, and its brackets are only counted.
    pub deep: bool,
}

impl Scan {
    /// The end of the value, or nothing if it lies further on.
    pub fn run(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut marks = Marks::new(bytes, Structure);
        loop {
            if self.string {
                self.at = marks.from(self.at);
                match bytes.get(self.at)? {
                    b'"' => {
                        self.at += 1;
                        self.string = false;
                        if self.depth == 0 {
                            return Some(self.at);
                        }
                    }
                    b'\\' if self.at + 1 >= bytes.len() => return None,
                    b'\\' => {
                        self.at += 2;
                        continue;
                    }
                    b'\n' => {
                        self.unclosed = true;
                        return Some(self.at);
                    }
                    _ => {
                        self.at += 1;
                        continue;
                    }
                }
            }
            if self.begun && !self.plain {
                self.at = marks.from(self.at);
                while matches!(bytes.get(self.at)?, b'\\' | 0..0x20) {
                    self.at = marks.from(self.at + 1);
                }
            }
            let &byte = bytes.get(self.at)?;
            match byte {
                _ if self.plain => {
                    if matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t') {
                        return Some(self.at);
                    }
                }
                b'"' => self.string = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.braces = self.braces << 1 | u64::from(byte == b'{');
                    self.deep |= self.depth > u64::from(u64::BITS);
                }
                b'}' | b']' if self.close(byte == b'}') => {
                    return Some(if self.depth == 0 { self.at + 1 } else { self.at });
                }
                b'}' | b']' => {}
                _ if !self.begun => self.plain = true,
                _ => {}
            }
            self.begun = true;
            self.at += 1;
        }
    }

    /// Closes a bracket and those inside of it that were forgotten; true when the value ends here.
    fn close(&mut self, brace: bool) -> bool {
        let matching = |bits: u64| bits & 1 == u64::from(brace);
        let (mut depth, mut braces) = (self.depth, self.braces);
        while depth > 0 && !self.deep && !matching(braces) {
            depth -= 1;
            braces >>= 1;
        }
        if depth == 0 {
            // It closes something outside of this value, which therefore ends before it.
            return true;
        }
        self.depth = depth - 1;
        self.braces = braces >> 1;
        self.depth == 0
    }
}
