//! Names, tags and attribute values as people write them, cleaned of what is not theirs.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::str::FromStr;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::notation;
use crate::invisible::is_copied_mark;
use crate::markup::plain;
use crate::row::{LIST_END, is_nothing, trimmed};

/// The characters that split a tags cell. Google's ` ::: ` always does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separators {
    chars: Vec<char>,
    /// What a byte of a cell may be: [`PARTS`](Separators::PARTS), [`NO_WORD`](Separators::NO_WORD).
    bytes: [u8; 256],
}

impl Separators {
    /// A byte that one of them has.
    const PARTS: u8 = 1;
    /// A byte that stands for more than a letter of a word or a usual separator: an escape, a quote, a list in another notation, a
    /// group of Google's may be there.
    const NO_WORD: u8 = 2;

    fn of(chars: &str) -> Separators {
        let mut bytes = [0; 256];
        for (byte, kind) in (0..=255_u8).zip(&mut bytes) {
            let is_of_word = byte.is_ascii_alphanumeric()
                || matches!(byte, b' ' | b'.' | b'+' | b'-' | b'/' | b',' | b';' | b'|')
                || is_of_letter(byte);
            *kind |= if is_of_word { 0 } else { Self::NO_WORD };
            *kind |= if chars.as_bytes().contains(&byte) { Self::PARTS } else { 0 };
        }
        Separators { chars: chars.chars().collect(), bytes }
    }

    fn has(&self, c: char) -> bool {
        self.chars.contains(&c)
    }

    /// What the bytes of a cell are, all together.
    fn bytes_of(&self, cell: &str) -> u8 {
        cell.bytes().fold(0, |all, byte| all | self.bytes.get(usize::from(byte)).copied().unwrap_or_default())
    }
}

impl Default for Separators {
    fn default() -> Self {
        Separators::of(",;|")
    }
}

impl FromStr for Separators {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.is_empty() {
            true => Err("is no character".to_owned()),
            false => Ok(Separators::of(text)),
        }
    }
}

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
    let is_break = |c: char| matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    match plain(cell) {
        Cow::Borrowed(cell) if !cell.contains(is_break) => name_without_escapes(cell),
        // Line ends, tabs and what stood in their place are blanks.
        text => {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Cow::Owned(name_without_escapes(&text).into_owned())
        }
    }
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
/// Unicode's composed form. Most are, and their bytes say it: letters, digits and signs of ASCII, and other letters.
fn is_settled(name: &str) -> bool {
    static BYTES: [bool; 256] = {
        let mut settled = [false; 256];
        let mut byte = 0;
        #[expect(clippy::indexing_slicing, reason = "computed while compiling; the index is below the length")]
        while byte < 256 {
            settled[byte] =
                matches!(byte, 0x20..=0x25 | 0x27..=0x3b | 0x3d..=0x5e | 0x60..=0x7d) || is_of_letter(byte as u8);
            byte += 1;
        }
        settled
    };
    let is_settled = |byte: &u8| BYTES.get(usize::from(*byte)).copied().unwrap_or_default();
    let bytes = name.as_bytes();
    // Without an early end: most names are short and settled.
    bytes.iter().fold(true, |all, byte| all & is_settled(byte))
        && bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
}

/// Whether a byte beyond ASCII is one of a letter in its composed form, or of a sign beside letters: a leading byte under which
/// nothing else stands (U+00C0 to U+02FF, U+0400 to U+047F, U+4000 to U+9FFF, U+B000 to U+CFFF), or one that follows.
const fn is_of_letter(byte: u8) -> bool {
    matches!(byte, 0x80..=0xbf | 0xc3..=0xcb | 0xd0..=0xd1 | 0xe4..=0xe9 | 0xeb..=0xec)
}

fn composed(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || text.chars().all(never_composes) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// Characters of common scripts that stand by themselves: a text of nothing else is composed, without a look into the
/// tables. All of them are so in NFC's quick check, and those of a combining class share one.
fn never_composes(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{2ff}'
            | '\u{400}'..='\u{482}' // Cyrillic
            | '\u{620}'..='\u{64a}' // Arabic letters
            | '\u{904}'..='\u{939}' // Devanagari letters
            | '\u{93e}'..='\u{94d}' // Devanagari vowel signs and the virama
            | '\u{3041}'..='\u{3096}' // Hiragana
            | '\u{30a1}'..='\u{30fa}' // Katakana
            | '\u{4e00}'..='\u{9fff}' // Han
            | '\u{ac00}'..='\u{d7a3}' // Hangul syllables
    )
}

/// Adds the tags of a cell. Google's own groups (`* myContacts`) are left out.
pub(super) fn split_tags<'r>(cell: &'r str, separators: &Separators, tags: &mut Vec<Cow<'r, str>>) {
    if cell.is_empty() {
        return;
    }
    // Most cells hold words and separators, or a single word, and their bytes say it.
    match separators.bytes_of(cell) {
        0 => return push_word(cell, tags),
        Separators::PARTS => return cell.split(|c| separators.has(c)).for_each(|word| push_word(word, tags)),
        _ => {}
    }
    if let Cow::Owned(text) = plain(cell) {
        let mut found = Vec::new();
        split_plain_tags(&text, separators, &mut found);
        tags.extend(found.into_iter().map(|tag| Cow::Owned(tag.into_owned())));
        return;
    }
    split_plain_tags(cell, separators, tags);
}

fn push_word<'r>(word: &'r str, tags: &mut Vec<Cow<'r, str>>) {
    let word = trimmed(word);
    if !word.is_empty() && !is_nothing(word) {
        tags.push(Cow::Borrowed(word));
    }
}

fn split_plain_tags<'r>(cell: &'r str, separators: &Separators, tags: &mut Vec<Cow<'r, str>>) {
    if cell.contains(LIST_END) {
        for element in cell.split_terminator(LIST_END) {
            push_tag(Cow::Borrowed(element), tags);
        }
        return;
    }
    if let Some(elements) = notation::elements(cell) {
        elements.into_iter().for_each(|element| push_tag(element, tags));
        return;
    }
    if memchr::memchr3(b'\n', b'\r', b':', cell.as_bytes()).is_none() {
        split_group(cell, separators, tags);
        return;
    }
    for group in cell.split(['\n', '\r']).flat_map(|line| line.split(":::")) {
        split_group(group, separators, tags);
    }
}

fn split_group<'r>(group: &'r str, separators: &Separators, tags: &mut Vec<Cow<'r, str>>) {
    let mut rest = group.trim();
    while !rest.is_empty() {
        let (tag, after) = next_tag(rest, separators);
        push_tag(Cow::Borrowed(tag), tags);
        rest = after;
    }
}

/// The next tag of a cell, in quotes (Mailchimp: `"VIP","Blog, too"`) or plain, and what follows it.
fn next_tag<'r>(text: &'r str, separators: &Separators) -> (&'r str, &'r str) {
    let text = text.trim_start();
    if let Some((quoted, after)) = text.strip_prefix('"').and_then(|inner| inner.split_once('"')) {
        let after = after.trim_start();
        let mut chars = after.chars();
        match chars.next() {
            None => return (quoted, ""),
            Some(c) if separators.has(c) => return (quoted, chars.as_str()),
            Some(_) => {} // A quote in the middle of something else: plain text.
        }
    }
    match text.split_once(|c| separators.has(c)) {
        Some((tag, after)) => (tag, after),
        None => (text, ""),
    }
}

fn push_tag<'r>(tag: Cow<'r, str>, tags: &mut Vec<Cow<'r, str>>) {
    let tag = match tag {
        Cow::Borrowed(tag) => composed(trimmed(tag)),
        Cow::Owned(tag) => Cow::Owned(composed(trimmed(&tag)).into_owned()),
    };
    if !tag.is_empty() && !tag.starts_with("* ") && !is_nothing(&tag) {
        tags.push(tag);
    }
}

/// Leaves each tag once, where it stands first.
pub(super) fn once<T: AsRef<str>>(tags: &mut Vec<T>) {
    if tags.len() < 2 {
        return;
    }
    let again = |(at, tag): (usize, &T)| tags.iter().take(at).any(|before| before.as_ref() == tag.as_ref());
    // Nearly all cells hold a few, each once; one that holds thousands must not cost their square.
    if tags.len() <= 16 && !tags.iter().enumerate().any(again) {
        return;
    }
    let mut seen = HashSet::with_capacity(tags.len());
    let mut first: VecDeque<bool> = tags.iter().map(|tag| seen.insert(tag.as_ref())).collect();
    drop(seen);
    tags.retain(|_| first.pop_front().unwrap_or(true));
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
    use proptest::prelude::*;

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
        let mut tags = Vec::new();
        split_tags("R&amp;D, VIP", &Separators::default(), &mut tags);
        assert_eq!(tags, ["R&D", "VIP"]);
        // A cell of nothing else costs its length.
        assert!(name(&"&amp;".repeat(1 << 20)).len() == 1 << 20);
        assert!(name(&format!("&{}", "amp;".repeat(1 << 20))).ends_with("amp;"));
    }

    #[test]
    fn tags_of_every_export() {
        let cases: [(&str, &[&str]); 16] = [
            ("vip,lead", &["vip", "lead"]),
            ("a; b | c", &["a", "b", "c"]),
            ("Clients ::: * myContacts ::: Expo 24", &["Clients", "Expo 24"]),
            ("\"VIP\",\"Blog, too\"", &["VIP", "Blog, too"]),
            ("12\" pipes, x", &["12\" pipes", "x"]),
            ("expo, 24\u{1f}b\u{1f}", &["expo, 24", "b"]),
            ("a,,a, a", &["a"]),
            ("[\"VIP\", \"Blog, too\"]", &["VIP", "Blog, too"]),
            ("[]", &[]),
            ("[new], old", &["[new]", "old"]),
            ("* Starred", &[]),
            ("{vip,\"new, leads\"}", &["vip", "new, leads"]),
            ("['vip', 'vip', 'news']", &["vip", "news"]),
            ("vip\nnew leads\r\nb, c", &["vip", "new leads", "b", "c"]),
            ("a {b} c, [d", &["a {b} c", "[d"]),
            ("e\u{301}t\u{e9}", &["\u{e9}t\u{e9}"]),
        ];
        for (cell, expected) in cases {
            let mut tags = Vec::new();
            split_tags(cell, &Separators::default(), &mut tags);
            once(&mut tags);
            assert_eq!(tags, expected, "{cell:?}");
        }
    }

    #[test]
    fn many_tags_are_each_left_once() {
        let mut tags: Vec<String> = (0..200_000).map(|number| (number % 150_000).to_string()).collect();
        once(&mut tags);
        assert_eq!((tags.len(), tags.last().map(String::as_str)), (150_000, Some("149999")));
    }

    proptest! {
        #[test]
        fn words_are_split_as_everything_else(
            cell in r##"(N/A|none|-|--|[aä李 ,;|/.+_:'"#*-]|\n){0,10}"##,
            separators in prop::sample::select(vec![",;|", ";", "/", " ", "ä,"]),
        ) {
            let separators: Separators = separators.parse().unwrap();
            if separators.bytes_of(&cell) & Separators::NO_WORD == 0 {
                let (mut quick, mut thorough) = (Vec::new(), Vec::new());
                split_tags(&cell, &separators, &mut quick);
                prop_assert!(matches!(plain(&cell), Cow::Borrowed(_)));
                split_plain_tags(&cell, &separators, &mut thorough);
                prop_assert_eq!(quick, thorough);
            }
        }
    }

    #[test]
    fn own_separators_replace_the_usual_ones() {
        let mut tags = Vec::new();
        split_tags("a,b/c", &"/".parse().unwrap(), &mut tags);
        assert_eq!(tags, ["a,b", "c"]);
    }

    #[test]
    fn what_never_composes_is_composed() {
        use unicode_normalization::char::canonical_combining_class;
        let mut classes = std::collections::BTreeSet::new();
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|&c| never_composes(c)) {
            assert_eq!(is_nfc_quick([c].into_iter()), IsNormalized::Yes, "{c:?}");
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
                assert!(!is_changed(&format!("A{c}A")) && canonical_combining_class(c) == 0, "{c:?}");
                assert!(is_nfc_quick([c].into_iter()) == IsNormalized::Yes && !"&<_~".contains(c), "{c:?}");
            }
        }
        assert!(count > 20_000, "{count}");
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
