//! One line of a vCard taken apart: where cards begin and end in it, property, parameters, value.

use std::cell::RefCell;
use std::collections::HashMap;

use super::header::{is_email, is_phone};
use crate::vocabulary::{Meaning, PhoneKind, meaning};

pub(super) const BEGIN: &[u8] = b"BEGIN:VCARD";
pub(super) const END: &[u8] = b"END:VCARD";

/// Where a card ends and the next one begins in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The length of what still belongs to the card; all of the line if no card ends or begins in it.
    pub before: usize,
    pub ends: bool,
    pub begins: bool,
    /// Where what stands behind the begin of the next card begins.
    pub after: usize,
}

/// Where the card that a line is in ends, and whether another one begins behind that. Some programs put cards together
/// without a line end between them, with marks or blanks.
pub(super) fn bounds(line: &[u8]) -> Bounds {
    let none = Bounds { before: line.len(), ends: false, begins: false, after: line.len() };
    let begin = find(line, BEGIN);
    // A card within a value, such as that of an agent, is no other card.
    if let Some(end) =
        find(line, END).filter(|end| begin.is_none_or(|begin| begin > *end || is_mark(line.get(..begin))))
    {
        let after = end + END.len();
        let rest = without_marks(line.get(after..).unwrap_or_default());
        if rest.is_empty() {
            return Bounds { before: end, ends: true, ..none };
        }
        if let Some(length) = beginning(rest) {
            return Bounds { before: end, ends: true, begins: true, after: line.len() - rest.len() + length };
        }
        return none;
    }
    match (begin, beginning(line)) {
        (Some(begin), Some(after)) if is_mark(line.get(..begin)) => {
            Bounds { before: 0, ends: false, begins: true, after }
        }
        (Some(begin), Some(after)) if !property(line).1.eq_ignore_ascii_case(b"AGENT") => {
            Bounds { before: begin, ends: false, begins: true, after }
        }
        (Some(_), Some(_)) => Bounds { begins: true, ..none },
        _ => none,
    }
}

/// Where what stands behind the begin of a card begins, if the line begins one: at its own begin or at its end.
pub(super) fn beginning(line: &[u8]) -> Option<usize> {
    let begin = find(line, BEGIN)?;
    let after = begin + BEGIN.len();
    let is_last = without_marks(line.get(after..).unwrap_or_default()).is_empty();
    (is_last || is_mark(line.get(..begin))).then_some(after)
}

/// The first place of a word in capitals, however it is written.
pub(super) fn find(line: &[u8], word: &[u8]) -> Option<usize> {
    line.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
}

/// Whether nothing stands there but marks.
fn is_mark(text: Option<&[u8]>) -> bool {
    text.is_some_and(|text| without_marks(text).is_empty())
}

/// The text behind byte order marks, blanks and what DOS programs end a file with.
fn without_marks(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1a, behind @ ..] | [0xef, 0xbb, 0xbf, behind @ ..] => behind,
            _ => return rest,
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    /// FN.
    Name,
    /// N.
    NameParts,
    /// TEL, or a word for it.
    Phone(PhoneKind),
    /// An account of a messenger or a network.
    Account,
    Email,
    Categories,
    /// What Apple calls the other lines of the group.
    Label,
    Nickname,
    Organization,
    Title,
    Birthday,
    Note,
    /// A name under another word: 0 the whole, 1 the given, 2 the family name.
    OtherName(usize),
    /// A picture, a sound, a key.
    Picture,
}

impl Property {
    /// What the line is about; nothing if it is of no use for a contact.
    pub fn of(line: &[u8]) -> Option<Property> {
        let (group, name) = property(line);
        let known: [(&[u8], Property); 17] = [
            (b"FN", Property::Name),
            (b"N", Property::NameParts),
            (b"TEL", Property::Phone(PhoneKind::Any)),
            (b"EMAIL", Property::Email),
            (b"CATEGORIES", Property::Categories),
            (b"X-ABLABEL", Property::Label),
            (b"NICKNAME", Property::Nickname),
            (b"ORG", Property::Organization),
            (b"TITLE", Property::Title),
            (b"BDAY", Property::Birthday),
            (b"NOTE", Property::Note),
            (b"IMPP", Property::Account),
            (b"X-SOCIALPROFILE", Property::Account),
            (b"PHOTO", Property::Picture),
            (b"LOGO", Property::Picture),
            (b"SOUND", Property::Picture),
            (b"KEY", Property::Picture),
        ];
        let found = known.iter().find(|(word, _)| name.eq_ignore_ascii_case(word)).map(|(_, property)| *property);
        found.or_else(|| of_words(line, group, name))
    }

    /// Whether its value is read.
    pub fn is_text(self) -> bool {
        self != Property::Picture
    }
}

/// What other words for a property mean: `PHONE`, `X-MOBILE`, `PHONE.WORK`, `Home phone`.
fn of_words(line: &[u8], group: &[u8], name: &[u8]) -> Option<Property> {
    // These are of the standard, and mean no field.
    const OTHERS: [&[u8]; 14] = [
        b"ADR",
        b"AGENT",
        b"BEGIN",
        b"END",
        b"LABEL",
        b"MAILER",
        b"PRODID",
        b"REV",
        b"ROLE",
        b"SORT-STRING",
        b"SOURCE",
        b"UID",
        b"URL",
        b"VERSION",
    ];
    if name.len() > 40 || OTHERS.iter().any(|other| name.eq_ignore_ascii_case(other)) || !line.contains(&b':') {
        return None;
    }
    let name = std::str::from_utf8(name).ok()?;
    let extension = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"));
    let word = if extension { name.get(2..).map(without_vendor)? } else { name };
    let group = std::str::from_utf8(group).ok().filter(|group| !group.is_empty());
    let value = String::from_utf8_lossy(split_value(line).1);
    let value = value.trim();
    let number = value.strip_prefix("tel:").unwrap_or(value);
    if extension && !is_phone(number) {
        return None;
    }
    let (meaning, word) = match (known_meaning(word), group.map(|group| format!("{group} {word}"))) {
        (Some(found), _) => (found, word.to_owned()),
        (None, Some(words)) => (known_meaning(&words)?, words),
        (None, None) => return None,
    };
    let kind = || Property::Phone(PhoneKind::of(&word.to_lowercase()));
    match meaning {
        Meaning::Phone(_) if is_phone(number) => Some(kind()),
        Meaning::PerhapsPhone(_) if number.starts_with('+') && is_phone(number) => Some(kind()),
        _ if extension => None,
        Meaning::Email if is_email(value) => Some(Property::Email),
        Meaning::Name | Meaning::NameOrLast => Some(Property::OtherName(0)),
        Meaning::First | Meaning::FirstOrName => Some(Property::OtherName(1)),
        Meaning::Last => Some(Property::OtherName(2)),
        _ => None,
    }
}

/// What a word means. Cards use the same few words again and again, and looking one up costs more than reading its line.
fn known_meaning(word: &str) -> Option<Meaning> {
    const MOST: usize = 1000;
    thread_local! {
        static KNOWN: RefCell<HashMap<String, Option<Meaning>>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(found) = known.get(word) {
            return *found;
        }
        let found = meaning(word).map(|(meaning, _)| meaning);
        if known.len() < MOST {
            known.insert(word.to_owned(), found);
        }
        found
    })
}

/// The name of an extension without that of the program it is of: `EVOLUTION-PHONE` is a phone.
fn without_vendor(word: &str) -> &str {
    const VENDORS: [&str; 14] = [
        "android",
        "apple",
        "blackberry",
        "evolution",
        "google",
        "groupwise",
        "huawei",
        "kaddressbook",
        "microsoft",
        "miui",
        "mozilla",
        "ms",
        "nokia",
        "samsung",
    ];
    let is_vendor = |name: &str| VENDORS.iter().any(|vendor| name.eq_ignore_ascii_case(vendor));
    word.split_once('-').filter(|(name, _)| is_vendor(name)).map_or(word, |(_, rest)| rest)
}

/// Takes the blanks of folds away that stand at the breaks of a quoted-printable value: some programs fold the lines
/// they have already broken. A blank is one of the text unless all lines begin with one and a character is cut in two,
/// or there are several breaks.
pub(super) fn unfold(line: &mut Vec<u8>, breaks: &[usize]) {
    let is_blank = |at: &usize| matches!(line.get(*at), Some(b' ' | b'\t'));
    if breaks.iter().all(is_blank) && (breaks.len() > 1 || breaks.iter().any(|at| is_within_a_character(line, *at))) {
        for at in breaks.iter().rev() {
            line.remove(*at);
        }
    }
}

/// Whether the bytes that are written in front of this place, as `=E6=BC`, begin a character and do not end it.
fn is_within_a_character(line: &[u8], at: usize) -> bool {
    let before = line.get(..at).unwrap_or_default();
    let mut bytes = Vec::new();
    for triple in before.rchunks_exact(3).take(4) {
        let [b'=', digits @ ..] = triple else { break };
        let byte = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte.filter(|byte| *byte >= 0x80) else { break };
        bytes.insert(0, byte);
    }
    // Behind the end of the character before.
    let begin = bytes.iter().rposition(|byte| *byte >= 0xc0).unwrap_or(bytes.len());
    matches!(std::str::from_utf8(bytes.get(begin..).unwrap_or_default()), Err(error) if error.error_len().is_none())
}

/// The group and the name of a line's property.
pub(super) fn property(line: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr2(b';', b':', line).unwrap_or(line.len());
    let name = line.get(..end).unwrap_or_default().trim_ascii();
    match memchr::memrchr(b'.', name) {
        Some(dot) => (name.get(..dot).unwrap_or_default(), name.get(dot + 1..).unwrap_or_default()),
        None => (&[], name),
    }
}

pub(super) fn is_quoted_printable(line: &[u8]) -> bool {
    let (head, _) = split_value(line);
    String::from_utf8_lossy(head).to_ascii_lowercase().contains("quoted-printable")
}

/// Parts a line at the first colon that is not in quotes.
pub(super) fn split_value(line: &[u8]) -> (&[u8], &[u8]) {
    let mut quoted = false;
    for (at, &byte) in line.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b':' if !quoted => return (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default()),
            _ => {}
        }
    }
    (line, &[])
}

/// The parts of a value; a separator behind a backslash is none.
pub(super) fn parts<'a>(value: &'a str, separators: &[char]) -> impl Iterator<Item = &'a str> {
    let mut escaped = false;
    value.split(move |c| {
        let here = separators.contains(&c) && !escaped;
        escaped = c == '\\' && !escaped;
        here
    })
}

pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, characters.clone().next()) {
            ('\\', Some('n' | 'N')) => plain.push('\n'),
            ('\\', Some(next @ (',' | ';' | ':' | '\\'))) => plain.push(next),
            _ => {
                plain.push(c);
                continue;
            }
        }
        characters.next();
    }
    plain
}
