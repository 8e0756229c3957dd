//! Which e-mail addresses are usable. Syntax only: whether a mailbox exists is not asked.

use email_address::{EmailAddress, Options};

use crate::invisible::is_copied_mark;

/// The longest address that mail servers must take: 254 bytes (RFC 5321 with its erratum 1690).
const LONGEST: usize = 254;
/// The most bytes before the `@` (RFC 5321).
const LONGEST_USER: usize = 64;
/// The most bytes between two dots of a host (RFC 1035).
const LONGEST_LABEL: u32 = 63;

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
/// of labels with a top level of two letters or more. One look at each byte.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'@').unwrap_or(usize::MAX);
    let (Some(user), Some(host)) = (bytes.get(..at), bytes.get(at.saturating_add(1)..)) else {
        return false;
    };
    bytes.len() <= LONGEST && user.len() <= LONGEST_USER && is_plain_user(user) && is_plain_host(host)
}

/// Whether no dot stands in front, at the end or beside another, and nothing unusual anywhere.
fn is_plain_user(user: &[u8]) -> bool {
    let mut before = b'.';
    for &byte in user {
        let usual = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'%' | b'+' | b'-');
        if !usual && (byte != b'.' || before == b'.') {
            return false;
        }
        before = byte;
    }
    before != b'.'
}

/// Whether the labels are letters, digits and inner hyphens, at least two of them, and the last one no number.
fn is_plain_host(host: &[u8]) -> bool {
    let (mut before, mut labels, mut length, mut number) = (b'.', 1u32, 0u32, true);
    for &byte in host {
        match byte {
            b'.' if !matches!(before, b'.' | b'-') => (labels, length, number) = (labels + 1, 0, true),
            b'-' if before == b'.' => return false,
            b'0'..=b'9' => length += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'-' => (length, number) = (length + 1, false),
            _ => return false,
        }
        if length > LONGEST_LABEL {
            return false;
        }
        before = byte;
    }
    before != b'-' && labels > 1 && length > 1 && !number
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
