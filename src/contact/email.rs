//! Which e-mail addresses are usable. Syntax only: whether a mailbox exists is not asked.

use email_address::{EmailAddress, Options};

use crate::invisible::is_copied_mark;
use crate::swar::{EACH, eights, letters_and_digits};

/// The longest address that mail servers must take: 254 bytes (RFC 5321 with its erratum 1690).
const LONGEST: usize = 254;
/// The most bytes before the `@` (RFC 5321).
const LONGEST_USER: usize = 64;
/// The most bytes between two dots of a host (RFC 1035).
const LONGEST_LABEL: usize = 63;

/// The first usable address of a cell.
///
/// Address books join several with ` ::: `, `;` or `,`, write `mailto:` in front, or `Name <address>`.
///
/// ```
/// use m1import::contact::email::find;
/// assert_eq!(find("jane@example.com"), Some("jane@example.com"));
/// assert_eq!(find("Jane Doe <jane@example.com>"), Some("jane@example.com"));
/// assert_eq!(find("Work ::: jane@example.com"), Some("jane@example.com"));
/// assert_eq!(find("jane at example"), None);
/// ```
pub fn find(cell: &str) -> Option<&str> {
    if is_plain(cell) {
        return Some(cell);
    }
    // A list of a database: `{jane@example.com,john@example.com}`.
    let cell = cell.trim().strip_prefix('{').and_then(|list| list.strip_suffix('}')).unwrap_or(cell);
    cell.split(":::")
        .flat_map(|part| part.split([';', ',', crate::row::LIST_END, '\n']))
        .map(unwrapped)
        .find(|part| part.len() <= LONGEST && is_plain_or_valid(part))
        .or_else(|| among_remarks(cell))
}

/// The first usable address among others and remarks: `jane@example.com (work)`, `work: jane@example.com`. A word in
/// front that is no label may be a part of the address, which is then unusable: `ja ne@example.com`.
fn among_remarks(cell: &str) -> Option<&str> {
    let parts = |c: char| c.is_whitespace() || matches!(c, '|' | '/' | ',' | ';' | '&' | crate::row::LIST_END);
    let (mut is_clear, mut is_remark) = (true, false);
    for word in cell.split(parts).filter(|word| !word.is_empty()) {
        let is_delimited = word.starts_with(['(', '[', '<', '{', '"']);
        is_remark |= is_delimited;
        let bare = word.trim_matches(['(', ')', '[', ']', '<', '>', '{', '}', '"', '\'']).trim_end_matches('.');
        let address = bare.rsplit_once(':').map_or(bare, |(_, address)| address);
        if !address.contains('@') {
            is_clear &= is_remark || is_label(bare);
        } else if (is_clear || is_delimited) && address.len() <= LONGEST && is_plain_or_valid(address) {
            return Some(address);
        } else {
            // What was in front belonged to this one.
            is_clear = true;
        }
        is_remark &= !word.ends_with([')', ']', '>', '}', '"']);
    }
    None
}

/// Whether the word says what an address is, or stands between two.
fn is_label(word: &str) -> bool {
    const LABELS: &str = " work home office private personal business other main primary secondary email e-mail mail or and \
                          oder und ou et y e privat arbeit trabajo casa ";
    let is_sign = !word.chars().any(char::is_alphanumeric);
    is_sign || word.ends_with(':') || LABELS.contains(&format!(" {} ", word.to_lowercase()))
}

/// The address alone: without what spreadsheets, chats and address books put around it.
fn unwrapped(part: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || is_copied_mark(c);
    let part = part.trim_matches(blank);
    let part = part.strip_prefix("=\"").and_then(|part| part.strip_suffix('"')).unwrap_or(part).trim_matches('\'');
    let part = match (part.rfind('<'), part.strip_suffix('>')) {
        (Some(start), Some(without)) => without.get(start + 1..).unwrap_or(part),
        _ => part,
    };
    part.strip_prefix("mailto:").unwrap_or(part).trim()
}

fn is_plain_or_valid(text: &str) -> bool {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    is_plain(text) || EmailAddress::parse_with_options(text, options).is_ok()
}

/// The form nearly every address has, known without the full grammar: letters, digits and `._%+-`, an `@`, a host
/// of labels with a top level of two letters or more. Only the signs are looked at one by one.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Where the part begins that the next dot or `@` ends, and the host.
    let (mut begin, mut host) = (0, None);
    for (number, eight) in eights(bytes, b'a').enumerate() {
        let mut signs = !letters_and_digits(eight) & EACH;
        while signs != 0 {
            let place = 8 * number + signs.trailing_zeros() as usize / 8;
            signs &= signs - 1;
            let is_inner = place > begin;
            match (bytes.get(place), host) {
                (Some(b'_' | b'%' | b'+' | b'-'), None) => {}
                (Some(b'.'), None) if is_inner => begin = place + 1,
                (Some(b'@'), None) if is_inner && place <= LONGEST_USER => (begin, host) = (place + 1, Some(place + 1)),
                (Some(b'-'), Some(_)) if is_inner && bytes.get(place + 1).is_some_and(|next| *next != b'.') => {}
                (Some(b'.'), Some(_)) if is_inner && place - begin <= LONGEST_LABEL => begin = place + 1,
                _ => return false,
            }
        }
    }
    let top = bytes.get(begin..).unwrap_or_default();
    bytes.len() <= LONGEST
        && host.is_some_and(|host| begin > host)
        && (2..=LONGEST_LABEL).contains(&top.len())
        && !top.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let cases = [
            ("jane@example.com", Some("jane@example.com")),
            (" jane@example.com ", Some("jane@example.com")),
            ("mailto:jane@example.com", Some("jane@example.com")),
            ("\u{200b}jane@example.com\u{a0}", Some("jane@example.com")),
            ("=\"jane@example.com\"", Some("jane@example.com")),
            ("'jane@example.com", Some("jane@example.com")),
            ("'", None),
            ("\"Doe, Jane\" <jane@example.com>", Some("jane@example.com")),
            ("a@b.co; c@d.co", Some("a@b.co")),
            ("* Home ::: jane@example.com", Some("jane@example.com")),
            ("jürgen@bücher.example", Some("jürgen@bücher.example")),
            ("o'brien+tag@mail.example.co.uk", Some("o'brien+tag@mail.example.co.uk")),
            ("jane@localhost", None),
            ("jane@@example.com", None),
            ("jane@example..com", None),
            ("jane.example.com", None),
            ("@example.com", None),
            ("jane@", None),
            (".jane@example.com", None),
            ("ja ne@example.com", None),
            ("https://example.com/@jane", None),
            ("https://example.com/jane@example.com", None),
            ("jane@example.com / john@example.com", Some("jane@example.com")),
            ("jane@example.com/john@example.com", Some("jane@example.com")),
            ("jane@example.com john@example.com", Some("jane@example.com")),
            ("jane@example.com|john@example.com", Some("jane@example.com")),
            ("jane@example.com & john@example.com", Some("jane@example.com")),
            ("jane@example.com (work)", Some("jane@example.com")),
            ("jane@example.com (work, since May) or john@example.com", Some("jane@example.com")),
            ("jane@example.com work", Some("jane@example.com")),
            ("jane@example.com - work", Some("jane@example.com")),
            ("work: jane@example.com", Some("jane@example.com")),
            ("work:jane@example.com", Some("jane@example.com")),
            ("Work jane@example.com", Some("jane@example.com")),
            ("(old) jane@example.com", Some("jane@example.com")),
            ("Jane Doe (jane@example.com)", Some("jane@example.com")),
            ("[jane@example.com, john@example.com]", Some("jane@example.com")),
            ("['jane@example.com']", Some("jane@example.com")),
            ("{jane@example.com,john@example.com}", Some("jane@example.com")),
            ("Jane Doe jane@example.com", None),
            ("jane@ example.com", None),
            ("jane @example.com john@example.com", Some("john@example.com")),
            ("jane@localhost john@example.com", Some("john@example.com")),
            ("", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(find(cell), expected, "{cell:?}");
        }
        assert_eq!(find(&format!("{}@example.com", "a".repeat(300))), None);
    }

    #[test]
    fn the_quick_form_is_known_by_one_look() {
        let long = |length: usize, host: &str| format!("{}@{host}", "a".repeat(length));
        for text in ["jane@example.com", "a_b%c+d-e.f@x-y.example.org", "1@2.io", "a@b.1x", &long(64, "b.co")] {
            assert!(is_plain(text), "{text}");
        }
        let label = format!("a@{}.com", "b".repeat(64));
        for text in [
            "a.@b.co",
            ".a@b.co",
            "a..b@b.co",
            "@b.co",
            "a@b",
            "a@b.c",
            "a@b.12",
            "a@-b.co",
            "a@b-.co",
            "a@b.co-",
            "a@b..co",
            "a@.co",
            "a@b.co.",
            "a@",
            "a@b@c.co",
            "a b@c.co",
            &long(65, "b.co"),
            &label,
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_quick_form_is_within_the_grammar(text in "[a-z0-9.%+_\\-]{0,9}@[a-z0-9.\\-]{0,12}") {
            proptest::prop_assert!(!is_plain(&text) || EmailAddress::is_valid(&text), "{text}");
        }
    }
}
