//! Texts as they were before somebody escaped or encoded them, to see what they hide. Nothing is refused: what is no
//! escape stays as it is.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// How many layers of escapes are taken off: `%2541` is `%41` is `A`.
const ROUNDS: usize = 3;

/// Characters of HTML that have names and are common in tokens.
const NAMED: &[(&str, u8)] = &[
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("plus", b'+'),
    ("sol", b'/'),
    ("equals", b'='),
    ("period", b'.'),
    ("comma", b','),
    ("colon", b':'),
    ("semi", b';'),
    ("num", b'#'),
    ("percnt", b'%'),
    ("lowbar", b'_'),
    ("hyphen", b'-'),
    ("dash", b'-'),
    ("commat", b'@'),
    ("excl", b'!'),
    ("ast", b'*'),
    ("tilde", b'~'),
    ("bsol", b'\\'),
    ("verbar", b'|'),
];

/// The lower case of a character, as one character.
pub fn lowercase(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Letters and digits alone.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text without percent-encoding, HTML entities and backslash escapes, with compatibility forms (full-width
/// letters) replaced by the plain ones.
pub fn decoded(text: &str) -> String {
    let mut plain = Cow::Borrowed(text);
    for _ in 0..ROUNDS {
        let next = unescaped(plain.as_bytes());
        if next == plain.as_bytes() {
            break;
        }
        plain = Cow::Owned(String::from_utf8_lossy(&next).into_owned());
    }
    plain.nfkc().collect()
}

/// One layer of escapes taken off.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let (bytes, left) = match first {
            b'%' => percent(after),
            b'&' => entity(after),
            b'\\' => backslash(after),
            _ => None,
        }
        .unwrap_or((Bytes::one(*first), after));
        plain.extend_from_slice(bytes.as_slice());
        rest = left;
    }
    plain
}

/// Up to four bytes: a character in UTF-8, or a single byte.
struct Bytes([u8; 4], usize);

impl Bytes {
    fn one(byte: u8) -> Bytes {
        Bytes([byte, 0, 0, 0], 1)
    }

    /// A character by its number, if there is one.
    fn character(number: u32) -> Option<Bytes> {
        let mut bytes = [0; 4];
        let length = char::from_u32(number)?.encode_utf8(&mut bytes).len();
        Some(Bytes(bytes, length))
    }

    fn as_slice(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or_default()
    }
}

type Escape<'t> = Option<(Bytes, &'t [u8])>;

/// `41` or `u0041` behind a percent sign.
fn percent(text: &[u8]) -> Escape<'_> {
    if let Some(text) = text.strip_prefix(b"u") {
        let (number, rest) = number(text, 16, 4, 4)?;
        return Some((Bytes::character(number)?, rest));
    }
    let (number, rest) = number(text, 16, 2, 2)?;
    Some((Bytes::one(u8::try_from(number).ok()?), rest))
}

/// `#65;`, `#x41;` or `plus;` behind an ampersand. The semicolon may be missing behind a number.
fn entity(text: &[u8]) -> Escape<'_> {
    if let Some(text) = text.strip_prefix(b"#") {
        let (number, rest) = match text {
            [b'x' | b'X', hex @ ..] => number(hex, 16, 1, 6)?,
            decimal => number(decimal, 10, 1, 7)?,
        };
        return Some((Bytes::character(number)?, rest.strip_prefix(b";").unwrap_or(rest)));
    }
    let (name, byte) = NAMED.iter().find(|(name, _)| {
        text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
            && text.get(name.len()) == Some(&b';')
    })?;
    Some((Bytes::one(*byte), text.get(name.len() + 1..)?))
}

/// `u0041`, `u{41}`, `x41`, `101` (octal) or any other single character behind a backslash.
fn backslash(text: &[u8]) -> Escape<'_> {
    match text {
        [b'u', b'{', digits @ ..] => {
            let (number, rest) = number(digits, 16, 1, 6)?;
            Some((Bytes::character(number)?, rest.strip_prefix(b"}")?))
        }
        [b'u', digits @ ..] => {
            let (number, rest) = number(digits, 16, 4, 4)?;
            Some((Bytes::character(number)?, rest))
        }
        [b'x', digits @ ..] => {
            let (number, rest) = number(digits, 16, 2, 2)?;
            Some((Bytes::one(u8::try_from(number).ok()?), rest))
        }
        [b'0'..=b'3', ..] => {
            let (number, rest) = number(text, 8, 3, 3)?;
            Some((Bytes::one(u8::try_from(number).ok()?), rest))
        }
        [escaped, rest @ ..] if escaped.is_ascii_punctuation() => Some((Bytes::one(*escaped), rest)),
        _ => None,
    }
}

/// A number of `least` to `most` digits, and what follows it.
fn number(text: &[u8], base: u32, least: usize, most: usize) -> Option<(u32, &[u8])> {
    let digits = text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(base));
    let (number, length) = digits.fold((0, 0), |(number, length), digit| (number * base + digit, length + 1));
    if length < least { None } else { Some((number, text.get(length..)?)) }
}

/// A way to write bytes as digits.
struct Encoding {
    /// How many bits a digit holds.
    bits: u32,
    /// After how many digits a byte begins with a digit again.
    period: usize,
    /// The value of a digit; `None` for any other character.
    digit: fn(u8) -> Option<u8>,
}

const ENCODINGS: [Encoding; 3] = [
    Encoding { bits: 4, period: 2, digit: hex },
    Encoding { bits: 5, period: 8, digit: base32 },
    Encoding { bits: 6, period: 4, digit: base64 },
];

/// What the text is when it is read as hexadecimal digits, base32 and base64, from each alignment. Characters between
/// the digits are passed over. Only readings that hold text are given; most are noise.
pub fn unpacked(text: &str) -> impl Iterator<Item = String> {
    let text = text.replace("0x", " ");
    ENCODINGS.iter().flat_map(move |encoding| {
        let digits: Vec<u8> = text.bytes().filter_map(encoding.digit).collect();
        (0..encoding.period).filter_map(move |skipped| {
            let bytes = packed_bytes(digits.get(skipped..)?, encoding.bits);
            has_text(&bytes).then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
        })
    })
}

/// The bits of all digits as bytes.
fn packed_bytes(digits: &[u8], bits: u32) -> Vec<u8> {
    let (mut buffer, mut filled) = (0u32, 0);
    let mut bytes = Vec::with_capacity(digits.len());
    for digit in digits {
        buffer = buffer << bits & 0xffff | u32::from(*digit);
        filled += bits;
        if filled >= 8 {
            filled -= 8;
            bytes.push((buffer >> filled & 0xff) as u8);
        }
    }
    bytes
}

/// Whether there are eight printable characters in a row, zeros between them (UTF-16) not counted.
fn has_text(bytes: &[u8]) -> bool {
    let mut run = 0;
    bytes.iter().filter(|byte| **byte != 0).any(|byte| {
        run = if byte.is_ascii_graphic() { run + 1 } else { 0 };
        run >= 8
    })
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn base32(byte: u8) -> Option<u8> {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(letter - b'a'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    }
}

fn base64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
