//! The tags of a cell, as people and programs write them.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::str::FromStr;

use super::notation;
use super::text::{composed, in_one_line, is_break, is_of_letter};
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
        tag if tag.contains(is_break) => Cow::Owned(composed(&in_one_line(&tag)).into_owned()),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_of_every_export() {
        let cases: [(&str, &[&str]); 18] = [
            ("new\tlead,\u{85}a\u{b}b\u{1f}", &["new lead, a b"]),
            ("R&amp;D, VIP", &["R&D", "VIP"]),
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
}
