//! A cell's text without what cannot be seen, in ASCII where it means the same: digits of all scripts, spaces, dashes.
//!
//! Never a compatibility normalisation: that would make digits of superscripts. What the text means is no matter here.

use std::borrow::Cow;

use crate::invisible::is_noise_in_phones;
use crate::row::{Note, Notes};

/// A cell that is ready to be understood.
pub(super) struct Clean<'c> {
    /// Without spaces at the ends; line breaks are `\n`.
    pub text: Cow<'c, str>,
    /// What was taken away.
    pub notes: Notes,
}

/// Cleans a cell, and takes a spreadsheet's guards off it: `="…"`, quotes, apostrophes in front.
pub(super) fn clean(cell: &str) -> Clean<'_> {
    let mut notes = Notes::default();
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    if cell.bytes().all(plain) {
        return Clean { text: Cow::Borrowed(unguarded(cell, &mut notes)), notes };
    }
    let mut text = String::with_capacity(cell.len());
    for c in cell.chars() {
        match replaced(c) {
            Replaced::Digit(digit) => {
                notes.add(Note::PhoneNativeDigits);
                text.push(digit);
            }
            Replaced::Dropped => notes.add(Note::PhoneMarksRemoved),
            Replaced::By(c) => text.push(c),
        }
    }
    let text = unguarded(&text, &mut notes).to_owned();
    Clean { text: Cow::Owned(text), notes }
}

/// The text of a cell as the reading of numbers takes it: `="९१"` is `91`.
pub fn plain(cell: &str) -> Cow<'_, str> {
    clean(cell).text
}

fn unguarded<'c>(text: &'c str, notes: &mut Notes) -> &'c str {
    let text = text.trim();
    // Whatever begins with a digit or a letter wears no guard, and needs no look at all pairs of quotes.
    if text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || matches!(first, b'+' | b'(' | b'-')) {
        return text;
    }
    let mut rest = text.strip_prefix('=').unwrap_or(text).trim_start();
    while let Some(first) = rest.chars().next() {
        let closing: &[char] = match first {
            '"' => &['"'],
            '“' | '„' | '”' => &['“', '”'],
            '«' => &['»'],
            '\'' | '`' | '´' | '‘' | '’' => &['\'', '`', '’'],
            _ => break,
        };
        let inside = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match inside.strip_suffix(closing) {
            Some(inside) => inside.trim(),
            // An apostrophe stands alone in front; other quotes come in pairs.
            None if closing.contains(&'\'') => inside.trim_start(),
            None => break,
        };
    }
    if rest.len() != text.len() {
        notes.add(Note::PhoneGuardRemoved);
    }
    rest
}

enum Replaced {
    Digit(char),
    Dropped,
    By(char),
}

fn replaced(c: char) -> Replaced {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Replaced::By('\n'),
        '\u{0}'..='\u{7f}' => Replaced::By(if c == '\t' { ' ' } else { c }),
        _ if is_noise_in_phones(c) => Replaced::Dropped,
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{2d7}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{1806}'
        | '\u{30fc}' => Replaced::By('-'),
        '\u{2e17}' | '\u{2e3a}' | '\u{2e3b}' | '\u{2e40}' | '\u{fe31}' | '\u{fe32}' | '\u{fe58}' | '\u{fe63}' => {
            Replaced::By('-')
        }
        '\u{ff0d}' | '\u{ff70}' => Replaced::By('-'),
        '\u{2053}' | '\u{301c}' | '\u{3030}' | '\u{223c}' => Replaced::By('~'),
        '\u{2044}' | '\u{2215}' => Replaced::By('/'),
        '\u{fe62}' | '\u{fb29}' => Replaced::By('+'),
        '\u{60c}' | '\u{3001}' | '\u{fe50}' | '\u{fe51}' | '\u{ff64}' => Replaced::By(','),
        '\u{61b}' | '\u{fe54}' => Replaced::By(';'),
        '\u{fe55}' => Replaced::By(':'),
        '\u{b7}' | '\u{2024}' | '\u{2027}' | '\u{22c5}' | '\u{30fb}' | '\u{3002}' | '\u{fe52}' | '\u{ff61}' => {
            Replaced::By('.')
        }
        '\u{2800}' | '\u{3164}' => Replaced::By(' '),
        '\u{ff10}'..='\u{ff19}' => Replaced::Digit(lowered(c)),
        '\u{ff01}'..='\u{ff5e}' => Replaced::By(lowered(c)),
        _ if c.is_whitespace() => Replaced::By(' '),
        _ => match native(c) {
            Some(digit) => Replaced::Digit(digit),
            None => Replaced::By(c),
        },
    }
}

/// The ASCII character of a full-width one.
fn lowered(c: char) -> char {
    char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
}

/// The ASCII digit of a decimal digit of any script.
fn native(c: char) -> Option<char> {
    let code = c as u32;
    let after = ZEROS.partition_point(|&zero| zero <= code);
    let value = code - ZEROS.get(after.checked_sub(1)?)?;
    char::from_digit(value, 10)
}

/// The zeros of all decimal digits of Unicode 16 (category Nd), ascending; the other nine follow each.
const ZEROS: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
    0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_plain() {
        let cases = [
            ("  98765 ", "98765", None),
            ("'+9198", "+9198", Some(Note::PhoneGuardRemoved)),
            ("=\"+9198\"", "+9198", Some(Note::PhoneGuardRemoved)),
            ("\"'+9198\"", "+9198", Some(Note::PhoneGuardRemoved)),
            ("“+9198”", "+9198", Some(Note::PhoneGuardRemoved)),
            ("\u{202a}+91\u{a0}98\u{202c}", "+91 98", Some(Note::PhoneMarksRemoved)),
            ("٩٨٧", "987", Some(Note::PhoneNativeDigits)),
            ("९८७", "987", Some(Note::PhoneNativeDigits)),
            ("＋９１　９８", "+91 98", Some(Note::PhoneNativeDigits)),
            ("98‑76–5", "98-76-5", None),
            ("9️⃣8️⃣", "98", Some(Note::PhoneMarksRemoved)),
            ("98\r\n76", "98\n\n76", None),
            // Not digits, whatever they look like.
            ("98²", "98²", None),
        ];
        for (cell, text, note) in cases {
            let clean = clean(cell);
            assert_eq!(clean.text, text, "{cell:?}");
            assert_eq!(clean.notes.iter().next(), note, "{cell:?}");
        }
    }

    #[test]
    fn zeros_ascend_and_are_ten_apart() {
        assert!(ZEROS.windows(2).all(|pair| pair[1] - pair[0] >= 10));
    }
}
