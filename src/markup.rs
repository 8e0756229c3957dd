//! Text that still carries escapes of another format: HTML entities, `<br>`, `_x000D_` of workbooks.

use std::borrow::Cow;

use crate::entity;
use crate::swar::{EACH, eights, within};

/// The longest name of an entity that is known, and the longest number.
const LONGEST: usize = 8;

/// The letters of HTML's Latin-1 entities, by their code points from U+00A0 on.
#[rustfmt::skip]
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
    "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
    "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
    "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
    "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

/// The text without such escapes; a bare `&`, unknown entities and other tags stay as they are. Breaks become blanks.
pub fn plain(text: &str) -> Cow<'_, str> {
    // Nearly every number is signs from the apostrophe to nine.
    let is_number = || eights(text.as_bytes(), b'0').all(|eight| within(eight, b'\'', b'9') == EACH);
    if is_number() || memchr::memchr3(b'&', b'<', b'_', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::new();
    // Where what has not been taken over begins.
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let rest = text.get(at..).filter(|_| at >= from && matches!(byte, b'&' | b'<' | b'_'));
        if let Some((c, len)) = rest.and_then(escape) {
            plain.push_str(text.get(from..at).unwrap_or_default());
            plain.push(c);
            from = at + len;
        }
    }
    match from {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(plain + text.get(from..).unwrap_or_default()),
    }
}

/// The character that an escape at the beginning of the text stands for, and how long it is.
fn escape(text: &str) -> Option<(char, usize)> {
    if let Some(rest) = text.strip_prefix('&') {
        let (name, _) = entity::named(rest, LONGEST)?;
        return Some((shown(character(name)?), name.len() + 2));
    }
    if let Some(rest) = text.strip_prefix("_x") {
        let (digits, rest) = rest.split_at_checked(4)?;
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| rest.starts_with('_'))?;
        return Some((shown(char::from_u32(code)?), "_x0000_".len()));
    }
    let breaks = ["<br>", "<br/>", "<br />"];
    let found = breaks.iter().find(|tag| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))?;
    Some((' ', found.len()))
}

fn character(name: &str) -> Option<char> {
    if let Some(c) = entity::xml(name) {
        return Some(c);
    }
    Some(match name {
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "hellip" => '…',
        "euro" => '€',
        "commat" => '@',
        "plus" => '+',
        "period" => '.',
        "lowbar" => '_',
        "hyphen" => '-',
        "lpar" => '(',
        "rpar" => ')',
        _ => {
            let position = LATIN_1.iter().position(|known| *known == name)?;
            char::from_u32(0xa0 + u32::try_from(position).ok()?)?
        }
    })
}

/// Controls and hard blanks as blanks: a name has neither.
fn shown(c: char) -> char {
    if c.is_control() || c == '\u{a0}' { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_they_stand_for() {
        let cases = [
            ("O&#039;Brien", "O'Brien"),
            ("O&apos;Neil &#x2019;", "O'Neil ’"),
            ("Jos&eacute; &amp; Ana", "José & Ana"),
            ("&Uuml;nal&nbsp;&szlig;&yuml;", "Ünal ßÿ"),
            ("Ana<br>Souza<BR />B<br/>", "Ana Souza B "),
            ("Ana_x000D_\nSouza", "Ana \nSouza"),
            ("R&amp;D,VIP", "R&D,VIP"),
            ("ana&#64;example.org", "ana@example.org"),
            ("&#43;12025550101", "+12025550101"),
            // Nothing that is no escape.
            ("Smith & Sons; AT&T", "Smith & Sons; AT&T"),
            ("R&D;Q&A", "R&D;Q&A"),
            ("a < b, <b>", "a < b, <b>"),
            ("&unknown; &#xzz; &#99999999; &", "&unknown; &#xzz; &#99999999; &"),
            ("first_xavier_x00", "first_xavier_x00"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected);
        }
        assert!(matches!(plain("Smith & Sons"), Cow::Borrowed(_)));
    }
}
