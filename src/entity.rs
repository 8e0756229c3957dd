//! Entities of XML and HTML: what stands between `&` and `;`.

/// The character of an entity that every XML document knows: by its number, or one of the five names.
pub fn xml(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    let named = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
    named.into_iter().find(|(known, _)| *known == name).map(|(_, c)| c)
}

/// The name, of at most so many bytes, that stands before the first `;`, and what stands behind that. No more of the text
/// is looked at, however long it is.
pub fn named(text: &str, longest: usize) -> Option<(&str, &str)> {
    let end = text.bytes().take(longest + 1).position(|byte| byte == b';')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_at_a_semicolon_that_is_near() {
        assert_eq!(named("amp;b;", 3), Some(("amp", "b;")));
        assert_eq!(named(";", 3), Some(("", "")));
        for none in ["ampe;", "amp", "", "äé;"] {
            assert_eq!(named(none, 3), None, "{none}");
        }
    }

    #[test]
    fn names_and_numbers() {
        let cases = [
            ("amp", Some('&')),
            ("apos", Some('\'')),
            ("#39", Some('\'')),
            ("#x2019", Some('’')),
            ("#X41", Some('A')),
            ("eacute", None),
            ("#x110000", None),
            ("#", None),
            ("", None),
        ];
        for (name, c) in cases {
            assert_eq!(xml(name), c, "{name}");
        }
    }
}
