//! The records of an .xls (BIFF8, and BIFF5 of Excel 95), and the texts in them.

use encoding_rs::{Encoding, WINDOWS_1252};

pub(super) const BOOLEAN_OR_ERROR: u16 = 0x0205;
pub(super) const CODE_PAGE: u16 = 0x0042;
pub(super) const CONTINUED: u16 = 0x003c;
pub(super) const DATE_MODE: u16 = 0x0022;
pub(super) const ENCRYPTED: u16 = 0x002f;
pub(super) const END: u16 = 0x000a;
pub(super) const EXTENDED_FORMAT: u16 = 0x00e0;
pub(super) const FORMAT: u16 = 0x041e;
pub(super) const FORMULA: u16 = 0x0006;
pub(super) const FORMULA_TEXT: u16 = 0x0207;
pub(super) const MERGED: u16 = 0x00e5;
pub(super) const NUMBER: u16 = 0x0203;
pub(super) const OWN_TEXT: u16 = 0x0204;
pub(super) const RICH_TEXT: u16 = 0x00d6;
pub(super) const ROW: u16 = 0x0208;
pub(super) const SHARED_FORMULA: u16 = 0x04bc;
pub(super) const SHARED_TEXT: u16 = 0x00fd;
pub(super) const SHEET: u16 = 0x0085;
pub(super) const SHORT_NUMBER: u16 = 0x027e;
pub(super) const SHORT_NUMBERS: u16 = 0x00bd;
pub(super) const START: u16 = 0x0809;
pub(super) const TEXTS: u16 = 0x00fc;

/// A record: what it is, where its data begins in the stream, and the data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub kind: u16,
    pub start: usize,
    pub data: &'a [u8],
}

impl Record<'_> {
    /// A little-endian number of `size` bytes.
    pub fn number(&self, at: usize, size: usize) -> Option<usize> {
        number(self.data, at, size)
    }

    /// The floating-point number at a place.
    pub fn float(&self, at: usize) -> Option<f64> {
        Some(f64::from_le_bytes(self.data.get(at..at + 8)?.try_into().ok()?))
    }
}

/// The records of a stream from a place on.
#[derive(Clone)]
pub(super) struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    pub fn from(stream: &'a [u8], at: usize) -> Records<'a> {
        Records { stream, at }
    }

    /// The data of the records that continue the one before.
    pub fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut pieces = Vec::new();
        loop {
            let mut ahead = self.clone();
            match ahead.next() {
                Some(record) if record.kind == CONTINUED => pieces.push(record.data),
                _ => return pieces,
            }
            *self = ahead;
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, length) = (number(self.stream, self.at, 2)?, number(self.stream, self.at + 2, 2)?);
        let start = self.at + 4;
        let data = self.stream.get(start..start + length)?;
        self.at = start + length;
        Some(Record { kind: u16::try_from(kind).ok()?, start, data })
    }
}

/// How texts are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lettering {
    /// UTF-16, or its lower bytes only; whatever the record of the code page says.
    Unicode,
    /// Bytes of a code page.
    CodePage(&'static Encoding),
}

impl Lettering {
    /// That of BIFF5, by the number of the code page; None where it is not known.
    pub fn of_code_page(number: usize) -> Option<Lettering> {
        let label = match number {
            367 | 1200 | 1252 | 32_769 => return Some(Lettering::CodePage(WINDOWS_1252)),
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10_000 | 32_768 => "macintosh".to_owned(),
            866 => "ibm866".to_owned(),
            874 | 1250..=1258 => format!("windows-{number}"),
            _ => return None,
        };
        Encoding::for_label(label.as_bytes()).map(Lettering::CodePage)
    }

    /// The text whose length, in characters, is written in `size` bytes at a place of a record and those that continue it.
    pub fn text(self, record: &Record<'_>, at: usize, size: usize, continued: &[&[u8]]) -> Option<String> {
        let length = record.number(at, size)?;
        let data = record.data.get(at + size..)?;
        match self {
            Lettering::Unicode => {
                let mut pieces = Pieces { piece: data, rest: continued };
                let wide = pieces.number(1)? & 1 == 1;
                pieces.characters(length, wide)
            }
            Lettering::CodePage(encoding) => {
                let bytes = data.get(..length).unwrap_or(data);
                Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
            }
        }
    }
}

/// Data in pieces that may part a text anywhere.
pub(super) struct Pieces<'a> {
    pub piece: &'a [u8],
    pub rest: &'a [&'a [u8]],
}

impl Pieces<'_> {
    /// The next text of the shared ones; None where none can be read any more.
    pub fn shared_text(&mut self) -> Option<String> {
        if self.piece.is_empty() {
            self.next_piece()?;
        }
        let (characters, flags) = (self.number(2)?, self.number(1)?);
        // Runs of formats and notes on pronunciation stand behind the text.
        let runs = if flags & 8 != 0 { 4 * self.number(2)? } else { 0 };
        let notes = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let text = self.characters(characters, flags & 1 == 1)?;
        self.pass(runs + notes)?;
        Some(text)
    }

    fn characters(&mut self, mut left: usize, mut wide: bool) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        loop {
            let size = 1 + usize::from(wide);
            let here = left.min(self.piece.len() / size);
            let (text, behind) = self.piece.split_at_checked(here * size)?;
            match wide {
                true => units.extend(text.chunks_exact(2).filter_map(|two| number(two, 0, 2)).map(|unit| unit as u16)),
                false => units.extend(text.iter().map(|byte| u16::from(*byte))),
            }
            self.piece = behind;
            left -= here;
            if left == 0 {
                return Some(String::from_utf16_lossy(&units));
            }
            self.next_piece()?;
            // Each piece of a text says anew how wide its characters are.
            wide = self.number(1)? & 1 == 1;
        }
    }

    fn number(&mut self, size: usize) -> Option<usize> {
        let found = number(self.piece, 0, size)?;
        self.piece = self.piece.get(size..)?;
        Some(found)
    }

    fn pass(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.piece.is_empty() {
                self.next_piece()?;
            }
            let here = count.min(self.piece.len());
            self.piece = self.piece.get(here..)?;
            count -= here;
        }
        Some(())
    }

    fn next_piece(&mut self) -> Option<()> {
        let (piece, rest) = self.rest.split_first()?;
        (self.piece, self.rest) = (piece, rest);
        Some(())
    }
}

/// A number that is packed into four bytes: a whole one of 30 bits, or the upper bits of a floating-point one; in
/// hundredths, if it says so.
pub(super) fn short_number(packed: u32) -> f64 {
    let number = match packed & 2 {
        0 => f64::from_bits(u64::from(packed & !3) << 32),
        _ => f64::from(packed as i32 >> 2),
    };
    if packed & 1 == 1 { number / 100.0 } else { number }
}

/// A little-endian number of `size` bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(size)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_texts_are_read_across_their_pieces() {
        // "ab", then a text that is parted, wide behind the seam, with a run of formats.
        let rest: &[&[u8]] = &[&[1, 0, 1, 0x3b, 4, 9, 9, 9], &[9, 1, 0, 0, b'z']];
        let mut pieces = Pieces { piece: &[2, 0, 0, b'a', b'b', 3, 0, 8, 1, 0, b'c'], rest };
        let texts: Vec<String> = std::iter::from_fn(|| pieces.shared_text()).collect();
        assert_eq!(texts, ["ab", "c\u{100}л", "z"]);
    }

    #[test]
    fn short_numbers() {
        assert_eq!(short_number(12_345 << 2 | 2), 12_345.0);
        assert_eq!(short_number(12_345 << 2 | 3), 123.45);
        assert_eq!(short_number((1.5_f64.to_bits() >> 32) as u32), 1.5);
        assert_eq!(short_number((-7_i32 << 2) as u32 | 2), -7.0);
    }
}
