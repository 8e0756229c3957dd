//! Which encoding a text is in: its mark, what was asked for, UTF-8, and only then a guess, which is said.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The encoding of a text and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub encoding: &'static Encoding,
    /// The text begins with a byte order mark.
    pub bom: bool,
    /// It was guessed.
    pub guessed: bool,
}

/// Finds the encoding of a text that begins with `sample`.
pub(super) fn find(sample: &[u8], asked: Option<&'static Encoding>) -> Found {
    let known = |encoding, bom| Found { encoding, bom, guessed: false };
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return known(encoding, true);
    }
    if let Some(encoding) = asked {
        return known(encoding, false);
    }
    if let Some(encoding) = utf_16(sample) {
        return Found { encoding, bom: false, guessed: true };
    }
    let (good, broken) = multi_byte(sample);
    if broken == 0 || good > broken {
        return known(UTF_8, false);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    Found {
        encoding: if is_macintosh(sample, encoding) { encoding_rs::MACINTOSH } else { encoding },
        bom: false,
        guessed: true,
    }
}

/// UTF-16 without a mark: nearly all zero bytes stand at one side of the pairs.
fn utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|&&byte| byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let pairs = sample.len() / 2;
    if second * 10 > pairs && first * 20 < second {
        Some(UTF_16LE)
    } else if first * 10 > pairs && second * 20 < first {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How many sequences of several bytes are UTF-8, and how many places are not.
fn multi_byte(sample: &[u8]) -> (usize, usize) {
    let (mut good, mut broken) = (0, 0);
    let mut rest = sample;
    loop {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(text) => (text.as_bytes(), None),
            Err(error) => (rest.get(..error.valid_up_to()).unwrap_or_default(), Some(error)),
        };
        good += valid.iter().filter(|&&byte| byte >= 0xc0).count();
        match error {
            // A sequence that the sample cuts is not broken.
            Some(error) if error.error_len().is_some() || error.valid_up_to() + 4 < rest.len() => {
                broken += 1;
                rest = rest.get(error.valid_up_to() + error.error_len().unwrap_or(1)..).unwrap_or_default();
            }
            _ => return (good, broken),
        }
    }
}

/// Old Macs put their accented letters where Windows has hardly a letter.
fn is_macintosh(sample: &[u8], guess: &'static Encoding) -> bool {
    if guess != encoding_rs::WINDOWS_1252 {
        return false;
    }
    let within_words = sample.windows(3).filter_map(|near| match near {
        [before, byte @ 0x80..=0xff, after] if before.is_ascii_alphabetic() && after.is_ascii_lowercase() => {
            Some(*byte)
        }
        _ => None,
    });
    let (mac, windows) = within_words.fold((0, 0), |(mac, windows), byte| match byte {
        // š œ ž Š Œ Ž and the quotes are letters and signs of Windows that do stand within words.
        0x80..=0x9f if !matches!(byte, 0x92 | 0x9a | 0x9c | 0x9e) => (mac + 1, windows),
        0xc0..=0xff => (mac, windows + 1),
        _ => (mac, windows),
    });
    mac > windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found() {
        let names = "Name;Telefon\nJürgen Müller;+4915123456789\nBjörn Groß;+4915123456780\nAndré Bäcker;1\n";
        let encoded = |encoding: &'static Encoding| encoding.encode(names).0.into_owned();
        let utf16le: Vec<u8> = names.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = names.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mac: Vec<u8> = names
            .chars()
            .map(|c| match c {
                'ü' => 0x9f,
                'ö' => 0x9a,
                'ß' => 0xa7,
                'é' => 0x8e,
                'ä' => 0x8a,
                c => c as u8,
            })
            .collect();
        let mut spoilt = names.as_bytes().to_vec();
        spoilt.extend_from_slice(b"M\xfcller;1\n");
        let table = [
            (names.as_bytes().to_vec(), "UTF-8"),
            (spoilt, "UTF-8"),
            (encoded(encoding_rs::WINDOWS_1252), "windows-1252"),
            (utf16le, "UTF-16LE"),
            (utf16be, "UTF-16BE"),
            (mac, "macintosh"),
            (b"Name,Phone\nM\xfcller,1\n".to_vec(), "windows-1252"),
        ];
        for (bytes, name) in table {
            assert_eq!(find(&bytes, None).encoding.name(), name, "{}", String::from_utf8_lossy(&bytes));
        }
        assert!(find(b"\xff\xfea\0", Some(UTF_8)).bom);
    }
}
