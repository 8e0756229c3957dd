//! Names and attribute values as people write them, cleaned of what is not theirs.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::byte_table::{byte_table, kinds};
use crate::invisible::is_copied_mark;
use crate::markup::plain;
use crate::row::{LIST_END, is_nothing};

/// Whether a cell says in words that it is empty.
pub(super) fn is_placeholder(cell: &str) -> bool {
    const WORDS: [&str; 10] = ["-", "--", "n/a", "na", "null", "none", "nil", "nan", "undefined", "#n/a"];
    is_nothing(cell) || cell.len() <= 9 && WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// A name: trimmed, without invisible marks at its ends, in Unicode's composed form (NFC).
pub(super) fn name(cell: &str) -> Cow<'_, str> {
    if is_settled(cell) {
        return Cow::Borrowed(cell);
    }
    match plain(cell) {
        Cow::Borrowed(cell) if !cell.contains(is_break) => name_without_escapes(cell),
        // What stood in the place of a line end is one too.
        text => Cow::Owned(name_without_escapes(&in_one_line(&text)).into_owned()),
    }
}

/// Whether a character is a line end or a tab.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The text with one blank in place of each white space.
pub(super) fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character in front of a name is never taken off, so that the name is not empty.
pub(super) fn stays_in_front(c: char) -> bool {
    !c.is_whitespace() && !is_copied_mark(c) && !matches!(c, '&' | '<' | '_' | '~' | LIST_END)
}

fn name_without_escapes(cell: &str) -> Cow<'_, str> {
    // A JSON list: the parts of a name, or a list of one.
    if cell.contains(LIST_END) {
        let parts = cell.split(LIST_END).map(str::trim).filter(|part| !part.is_empty());
        return Cow::Owned(name_without_escapes(&parts.collect::<Vec<_>>().join(" ")).into_owned());
    }
    // WhatsApp's group exports write `~ name` for people who are not in the address book.
    let cell = match cell.strip_prefix("~") {
        Some(rest) => rest,
        None => cell,
    };
    composed(cell.trim_matches(|c: char| c.is_whitespace() || is_copied_mark(c)))
}

/// Given and family name together. Chinese, Japanese and Korean names begin with the family and have no space.
pub(super) fn joined(first: &str, last: &str) -> String {
    let eastern = |c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}');
    match first.chars().chain(last.chars()).all(eastern) {
        true => format!("{last}{first}"),
        false => format!("{first} {last}"),
    }
}

/// Whether a name is as it is meant: without white space or marks around it, without escapes, lists and tildes, in
/// Unicode's composed form. Most are: letters, digits and signs of ASCII, and other letters.
fn is_settled(name: &str) -> bool {
    /// A byte of a letter that is certain only with the bytes around it.
    const LETTER: u8 = 1;
    const UNSETTLED: u8 = 2;
    static BYTES: [u8; 256] = byte_table! {
        0x20..=0x25 | 0x27..=0x3b | 0x3d..=0x5e | 0x60..=0x7d => 0,
        letter if is_of_letter(letter) => 0,
        0xc3.. => LETTER,
        _ => UNSETTLED,
    };
    let bytes = name.as_bytes();
    let are_settled = match kinds(bytes, &BYTES) {
        0 => true,
        LETTER => name.chars().all(is_letter),
        _ => false,
    };
    are_settled && bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ')
}

/// Whether a byte beyond ASCII is one of a letter in its composed form, or of a sign beside letters: a leading byte under which
/// nothing else stands (U+00C0 to U+02FF, U+0400 to U+047F, U+4000 to U+9FFF, U+B000 to U+CFFF), or one that follows.
pub(super) const fn is_of_letter(byte: u8) -> bool {
    matches!(byte, 0x80..=0xbf | 0xc3..=0xcb | 0xd0..=0xd1 | 0xe4..=0xe9 | 0xeb..=0xec)
}

pub(super) fn composed(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || text.chars().all(is_letter) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// Whether a character is of ASCII, or a letter of a common script that stands by itself, or a sign beside such letters, and no
/// white space. A text of nothing else is composed: all of them are so in NFC's quick check, and those of a combining class
/// share one.
pub(super) fn is_letter(c: char) -> bool {
    const RANGES: [(usize, usize); 12] = [
        (0, 0x7f),
        (0xc0, 0x2ff),
        (0x400, 0x482),   // Cyrillic
        (0x620, 0x64a),   // Arabic letters
        (0x671, 0x6d5),   // more of them
        (0x900, 0x93b),   // Devanagari signs and letters
        (0x93d, 0x94d),   // Devanagari vowel signs and the virama
        (0x1e00, 0x1eff), // Latin letters with two marks
        (0x3041, 0x3096), // Hiragana
        (0x30a1, 0x30fa), // Katakana
        (0x4e00, 0x9fff), // Han
        (0xac00, 0xd7a3), // Hangul syllables
    ];
    // A bit for each character, for the basic plane.
    static BITS: [u64; 1 << 10] = {
        let mut bits = [0; 1 << 10];
        let mut range = 0;
        #[expect(clippy::indexing_slicing, reason = "computed while compiling; the indices are below the lengths")]
        while range < RANGES.len() {
            let (mut c, last) = RANGES[range];
            while c <= last {
                bits[c / 64] |= 1 << (c % 64);
                c += 1;
            }
            range += 1;
        }
        bits
    };
    let c = c as usize;
    BITS.get(c / 64).is_some_and(|bits| bits >> (c % 64) & 1 == 1)
}

/// An attribute's value: trimmed; a list is joined by commas.
pub(super) fn attribute(cell: &str) -> Cow<'_, str> {
    match cell.contains(LIST_END) {
        // `false` is a value here.
        false if is_nothing(cell.trim()) && !cell.trim().eq_ignore_ascii_case("false") => Cow::Borrowed(""),
        false => composed(cell.trim()),
        true => Cow::Owned(cell.split_terminator(LIST_END).map(str::trim).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_other_formats_are_decoded_once() {
        let names = [
            ("Jos&eacute; &amp; Ana", "José & Ana"),
            ("Ana_x000D_\nSouza", "Ana Souza"),
            ("Ana<br>Souza", "Ana Souza"),
            ("&amp;amp;", "&amp;"),
            ("Smith & Sons", "Smith & Sons"),
        ];
        for (cell, expected) in names {
            assert_eq!(name(cell), expected);
        }
        // A cell of nothing else costs its length.
        assert!(name(&"&amp;".repeat(1 << 20)).len() == 1 << 20);
        assert!(name(&format!("&{}", "amp;".repeat(1 << 20))).ends_with("amp;"));
    }

    #[test]
    fn letters_are_composed() {
        use unicode_normalization::char::canonical_combining_class;
        let mut classes = std::collections::BTreeSet::new();
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|&c| is_letter(c)) {
            assert_eq!(is_nfc_quick([c].into_iter()), IsNormalized::Yes, "{c:?}");
            assert!(c.is_ascii() || !c.is_whitespace(), "{c:?}");
            classes.insert(canonical_combining_class(c));
        }
        assert_eq!(classes.into_iter().collect::<Vec<_>>(), [0, 9], "one class only, so that no order can be wrong");
    }

    #[test]
    fn what_is_settled_is_not_changed() {
        use unicode_normalization::char::canonical_combining_class;
        let is_changed = |name: &str| !matches!(name_without_escapes(name), Cow::Borrowed(same) if same == name);
        let mut count = 0;
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let alone = is_settled(&c.to_string());
            if alone || is_settled(&format!("a{c}a")) {
                count += 1;
                assert!(c == ' ' || alone && !is_changed(&c.to_string()), "{c:?}");
                assert!(!is_changed(&format!("A{c}A")) && [0, 9].contains(&canonical_combining_class(c)), "{c:?}");
                assert!(is_nfc_quick([c].into_iter()) == IsNormalized::Yes && !"&<_~".contains(c), "{c:?}");
            }
        }
        assert!(count > 30_000, "{count}");
    }

    #[test]
    fn given_and_family_names_stand_in_their_order() {
        assert_eq!(joined("Asha", "Rao"), "Asha Rao");
        assert_eq!(joined("伟", "王"), "王伟");
        assert_eq!(joined("太郎", "山田"), "山田太郎");
        assert_eq!(joined("민준", "김"), "김민준");
        assert_eq!(joined("David", "王"), "David 王");
    }

    #[test]
    fn what_stays_in_front_is_left_of_a_name() {
        let chars = || (0..=0x10_ffff).filter_map(char::from_u32);
        assert!(chars().filter(|&c| stays_in_front(c)).all(|c| !name(&format!("{c} & ~")).is_empty()));
        assert!(chars().filter(|&c| name(&c.to_string()).is_empty()).all(|c| !stays_in_front(c)));
    }

    #[test]
    fn names_are_trimmed_and_composed() {
        let cases = [
            ("  Asha Rao ", "Asha Rao"),
            ("Asha\r\n Rao\n", "Asha Rao"),
            ("\u{200e}Jose\u{301}\u{202c}", "Jos\u{e9}"),
            ("~ Sam", "Sam"),
            ("Ana\u{1f}Maria\u{1f}", "Ana Maria"),
            ("Zoë\u{1f}", "Zoë"),
            ("\u{1f}", ""),
            ("\u{a0}李 明\u{3000}", "李 明"),
            ("", ""),
        ];
        for (cell, expected) in cases {
            assert_eq!(name(cell), expected, "{cell:?}");
        }
    }
}
