//! The tags of a cell, as people and programs write them.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::str::FromStr;

use super::notation;
use super::text::{composed, in_one_line, is_break, is_letter, is_of_letter};
use crate::byte_table::kinds;
use crate::markup::plain;
use crate::row::{LIST_END, is_nothing, trimmed};

/// The characters that split a tags cell. Google's ` ::: ` always does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separators {
    chars: Vec<char>,
    are_ascii: bool,
    /// What a byte of a cell may be: [`PARTS`](Separators::PARTS), [`NO_WORD`](Separators::NO_WORD).
    bytes: [u8; 256],
}

impl Separators {
    /// A byte that one of them has.
    const PARTS: u8 = 1;
    /// A byte of a letter that is certain only with the bytes around it.
    const LETTER: u8 = 2;
    /// A byte that stands for more than a letter of a word or a usual separator: an escape, a quote, a list in another notation, a
    /// group of Google's may be there.
    const NO_WORD: u8 = 4;

    fn of(chars: &str) -> Separators {
        let mut bytes = [0; 256];
        for (byte, kind) in (0..=255_u8).zip(&mut bytes) {
            let is_of_word = byte.is_ascii_alphanumeric()
                || matches!(byte, b' ' | b'.' | b'+' | b'-' | b'/' | b',' | b';' | b'|')
                || is_of_letter(byte);
            *kind = match byte {
                _ if is_of_word => 0,
                0xc3.. => Self::LETTER,
                _ => Self::NO_WORD,
            };
            *kind |= if chars.as_bytes().contains(&byte) { Self::PARTS } else { 0 };
        }
        Separators { chars: chars.chars().collect(), are_ascii: chars.is_ascii(), bytes }
    }

    fn has(&self, c: char) -> bool {
        self.chars.contains(&c)
    }

    /// What stands between the separators of a cell.
    fn split<'c>(&self, cell: &'c str, mut each: impl FnMut(&'c str)) {
        if !self.are_ascii {
            return cell.split(|c| self.has(c)).for_each(each);
        }
        let mut from = 0;
        for (at, byte) in cell.bytes().enumerate() {
            if self.bytes.get(usize::from(byte)).is_some_and(|kind| kind & Self::PARTS != 0) {
                each(cell.get(from..at).unwrap_or_default());
                from = at + 1;
            }
        }
        each(cell.get(from..).unwrap_or_default());
    }

    /// Whether a cell holds nothing but words and separators, and if so, whether there is a separator.
    fn are_words(&self, cell: &str) -> Option<bool> {
        let kinds = kinds(cell.as_bytes(), &self.bytes);
        let are_words = kinds & Self::NO_WORD == 0 && (kinds & Self::LETTER == 0 || cell.chars().all(is_letter));
        are_words.then_some(kinds & Self::PARTS != 0)
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

/// The tags of a contact, each once.
#[derive(Debug, Default)]
pub struct Tags<'r> {
    /// The first ones, each once, as they stand in a cell. Most contacts have no others, for which nothing is allocated.
    few: [&'r str; 4],
    /// How many these are; none where there are others.
    count: usize,
    /// All of them otherwise.
    all: Vec<Cow<'r, str>>,
}

impl<'r> Tags<'r> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.count + self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One after another.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.few().iter().copied().chain(self.all.iter().map(Cow::as_ref))
    }

    fn few(&self) -> &[&'r str] {
        self.few.get(..self.count).unwrap_or_default()
    }

    /// Adds one; [`once`](Tags::once) is called when all are there.
    pub(super) fn push(&mut self, tag: Cow<'r, str>) {
        match tag {
            Cow::Borrowed(tag) => self.push_borrowed(tag),
            tag => self.push_to_all(tag),
        }
    }

    #[inline]
    fn push_borrowed(&mut self, tag: &'r str) {
        if self.count > 0 && self.few().contains(&tag) {
            return;
        }
        match self.few.get_mut(self.count) {
            Some(free) if self.all.is_empty() => {
                *free = tag;
                self.count += 1;
            }
            _ => self.push_to_all(Cow::Borrowed(tag)),
        }
    }

    #[cold]
    fn push_to_all(&mut self, tag: Cow<'r, str>) {
        self.all.extend(self.few.iter().take(std::mem::take(&mut self.count)).map(|tag| Cow::Borrowed(*tag)));
        self.all.push(tag);
    }

    /// Leaves each once, where it stands first.
    pub(super) fn once(&mut self) {
        once(&mut self.all);
    }

    /// Adds the tags of a cell. Google's own groups (`* myContacts`) are left out.
    pub(super) fn add_cell(&mut self, cell: &'r str, separators: &Separators) {
        if cell.is_empty() {
            return;
        }
        // Most cells hold words and separators, or a single word.
        match separators.are_words(cell) {
            Some(false) => self.push_word(cell),
            Some(true) => separators.split(cell, |word| self.push_word(word)),
            None => match plain(cell) {
                Cow::Borrowed(_) => split_plain_tags(cell, separators, self),
                Cow::Owned(text) => {
                    let mut found = Tags::default();
                    split_plain_tags(&text, separators, &mut found);
                    found.iter().for_each(|tag| self.push(Cow::Owned(tag.to_owned())));
                }
            },
        }
    }

    #[inline]
    fn push_word(&mut self, word: &'r str) {
        let word = trimmed(word);
        if !word.is_empty() && !is_nothing(word) {
            self.push_borrowed(word);
        }
    }
}

fn split_plain_tags<'r>(cell: &'r str, separators: &Separators, tags: &mut Tags<'r>) {
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

fn split_group<'r>(group: &'r str, separators: &Separators, tags: &mut Tags<'r>) {
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

fn push_tag<'r>(tag: Cow<'r, str>, tags: &mut Tags<'r>) {
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

    /// The tags of a cell.
    fn tags_of(cell: &str, separators: &str) -> Vec<String> {
        let mut tags = Tags::default();
        tags.add_cell(cell, &separators.parse().unwrap());
        tags.once();
        assert_eq!((tags.len(), tags.is_empty()), (tags.iter().count(), tags.iter().count() == 0));
        tags.iter().map(str::to_owned).collect()
    }

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
            assert_eq!(tags_of(cell, ",;|"), expected, "{cell:?}");
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
            cell in r##"(N/A|none|-|--|[aä李न\u{93c}\u{94d}أ\u{64b}ệe\u{301}\u{3000}\u{2028} ,;|/.+_:'"#*-]|\n){0,10}"##,
            separators in prop::sample::select(vec![",;|", ";", "/", " ", "ä,", "न"]),
        ) {
            let mut thorough = Tags::default();
            match plain(&cell) {
                Cow::Borrowed(_) => split_plain_tags(&cell, &separators.parse().unwrap(), &mut thorough),
                Cow::Owned(_) => return Ok(()),
            }
            thorough.once();
            prop_assert_eq!(tags_of(&cell, separators), thorough.iter().collect::<Vec<_>>());
        }

        #[test]
        fn each_tag_is_left_once_however_many_there_are(
            tags in prop::collection::vec((0_u8..12, any::<bool>()), 0..12),
        ) {
            let names: Vec<String> = tags.iter().map(|(tag, _)| tag.to_string()).collect();
            let mut found = Tags::default();
            for ((_, is_owned), name) in tags.iter().zip(&names) {
                found.push(if *is_owned { Cow::Owned(name.clone()) } else { Cow::Borrowed(name) });
            }
            found.once();
            let mut expected: Vec<&String> = Vec::new();
            names.iter().for_each(|name| if !expected.contains(&name) { expected.push(name) });
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn own_separators_replace_the_usual_ones() {
        assert_eq!(tags_of("a,b/c", "/"), ["a,b", "c"]);
    }
}
