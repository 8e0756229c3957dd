//! Which e-mail addresses are usable. Syntax only: whether a mailbox exists is not asked.

use email_address::{EmailAddress, Options};

/// The longest address that mail servers must take: 254 bytes (RFC 5321 with its erratum 1690).
const LONGEST: usize = 254;

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
    cell.split(":::")
        .flat_map(|part| part.split([';', ',', crate::row::LIST_END, '\n']))
        .map(unwrapped)
        .find(|part| part.len() <= LONGEST && is_plain_or_valid(part))
}

fn unwrapped(part: &str) -> &str {
    let part = part.trim();
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
/// of labels with a top level of two letters or more.
fn is_plain(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    let user_byte = |b: &u8| b.is_ascii_alphanumeric() || b"._%+-".contains(b);
    let user_fine = !user.is_empty()
        && user.len() <= 64
        && user.bytes().all(|b| user_byte(&b))
        && !user.starts_with('.')
        && !user.ends_with('.')
        && !user.contains("..");
    let label_fine = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    user_fine
        && text.len() <= LONGEST
        && host.split('.').all(label_fine)
        && host.rsplit_once('.').is_some_and(|(_, top)| top.len() >= 2 && !top.bytes().all(|b| b.is_ascii_digit()))
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
            ("", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(find(cell), expected, "{cell:?}");
        }
        assert_eq!(find(&format!("{}@example.com", "a".repeat(300))), None);
    }

    #[test]
    fn the_quick_form_is_within_the_grammar() {
        for text in ["jane@example.com", "a_b%c+d-e.f@x-y.example.org", "1@2.io"] {
            assert!(is_plain(text), "{text}");
            assert!(EmailAddress::is_valid(text), "{text}");
        }
    }
}
