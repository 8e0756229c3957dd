//! The text of a token: what people copy along with it is dropped, and what cannot be a token is refused with the reason.

/// The token without white space, quotes and the word `Bearer` around it.
///
/// `docker run --env-file` keeps quotes, and so do files that were written by hand; no token has them.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text.trim_start_matches('\u{feff}').trim();
    loop {
        let inner = without_quotes(without_bearer(text)).trim();
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

fn without_bearer(text: &str) -> &str {
    match text.split_at_checked(6) {
        // "Bearer" alone is what is left of `Bearer $TOKEN` with the variable unset.
        Some((word, rest))
            if word.eq_ignore_ascii_case("bearer") && (rest.is_empty() || rest.starts_with(char::is_whitespace)) =>
        {
            rest
        }
        _ => text,
    }
}

/// The text between a pair of quotes, if it stands in one.
pub(super) fn without_quotes(text: &str) -> &str {
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    inner.unwrap_or(text)
}

/// Words that stand where a token was never filled in.
const PLACEHOLDERS: &[&str] = &[
    "null",
    "none",
    "nil",
    "undefined",
    "api_token",
    "your_token",
    "your_api_token",
    "yourtoken",
    "my_token",
    "changeme",
    "change_me",
    "todo",
    "tbd",
    "redacted",
    "masked",
    "n/a",
];

/// Signs that stand around a word in a manual.
const PAIRS: &[(char, char, &str)] =
    &[('<', '>', "angle brackets"), ('[', ']', "square brackets"), ('(', ')', "brackets"), ('`', '`', "backticks")];

/// Why a text that is not empty cannot be a token; `None` if it may be one. The text itself is not repeated, since most
/// of it may be the token.
pub(super) fn why_unusable(token: &str) -> Option<String> {
    let lower = token.to_ascii_lowercase().replace('-', "_");
    if PLACEHOLDERS.contains(&lower.as_str()) {
        return Some("is a word in place of a token, not a token".to_owned());
    }
    if token.len() > 2 && !token.contains(|c: char| !matches!(c, '*' | 'x' | 'X' | '.' | '•' | '…')) {
        return Some("was masked where it was copied from: only its stars or dots are here".to_owned());
    }
    if let Some(why) = unexpanded(token) {
        return Some(why.to_owned());
    }
    if token.contains(char::is_whitespace) {
        return Some("holds white space".to_owned());
    }
    if let Some((_, _, name)) =
        PAIRS.iter().find(|(open, close, _)| token.starts_with(*open) && token.ends_with(*close))
    {
        return Some(format!("is in {name}; leave them out"));
    }
    if token.starts_with(['"', '\'', '“', '”', '‘', '’', '„']) || token.ends_with(['"', '\'', '“', '”', '‘', '’'])
    {
        return Some("has a quote at one end; leave it out".to_owned());
    }
    if token.ends_with("...") || token.contains('…') {
        return Some("was shortened where it was copied from; copy all of it".to_owned());
    }
    if token.ends_with([',', ';', ':']) {
        return Some("ends in a comma, colon or semicolon; leave it out".to_owned());
    }
    if token.starts_with(['{', '[']) {
        return Some("is a piece of JSON; give the token in it alone".to_owned());
    }
    if let Some(name) = name_in_front(token) {
        return Some(format!("begins with the name of a variable; leave out {name}"));
    }
    if token.contains("://") {
        return Some("is an address, not a token".to_owned());
    }
    (!token.chars().all(|c| c.is_ascii_graphic())).then(|| "holds characters that no token has".to_owned())
}

/// A variable, command or template that a shell, YAML or Compose file should have filled in.
fn unexpanded(token: &str) -> Option<&'static str> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let windows = token.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).is_some_and(is_name);
    if token.starts_with("$(") {
        return Some("is a command that the shell did not run: single quotes keep it as it is");
    }
    (token.starts_with('$') || token.starts_with("{{") || windows)
        .then_some("is the name of a variable that was not filled in: single quotes and .env keep $ as it is")
}

/// The name of a variable with its equals sign, as in `M1IMPORT_TOKEN=…`. A token that holds `=` itself ends in it.
pub(super) fn name_in_front(token: &str) -> Option<&str> {
    let (name, value) = token.split_once('=')?;
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let upper = name.to_ascii_uppercase();
    let names_a_token = ["TOKEN", "KEY", "BEARER", "AUTHORIZATION"].iter().any(|word| upper.ends_with(word));
    (is_name && names_a_token && !value.trim_start_matches('=').is_empty()).then(|| token.get(..=name.len()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_copied_along_is_dropped() {
        let cases = [
            ("abc", "abc"),
            ("  abc\r\n", "abc"),
            ("Bearer abc", "abc"),
            ("bearer \t abc\n", "abc"),
            ("\u{feff}abc", "abc"),
            ("Bearerabc", "Bearerabc"),
            ("\"abc\"", "abc"),
            (" 'abc' \n", "abc"),
            ("\"Bearer abc\"", "abc"),
            ("Bearer \"abc\"", "abc"),
            ("'\"abc\"'", "abc"),
            ("\"\"", ""),
            ("Bearer", ""),
            ("\"abc", "\"abc"),
            ("a\"b", "a\"b"),
        ];
        for (text, expected) in cases {
            assert_eq!(bare(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_with_the_reason() {
        let cases = [
            ("<tok>", "angle brackets"),
            ("[tok]", "square brackets"),
            ("`tok`", "backticks"),
            ("tok,", "comma"),
            ("tok;", "semicolon"),
            ("\"tok", "quote"),
            ("tok’", "quote"),
            ("M1IMPORT_TOKEN=tok", "M1IMPORT_TOKEN="),
            ("token=tok", "token="),
            ("$M1IMPORT_TOKEN", "not filled in"),
            ("${M1IMPORT_TOKEN}", "not filled in"),
            ("${{ secrets.TOKEN }}", "not filled in"),
            ("{{ token }}", "not filled in"),
            ("%M1IMPORT_TOKEN%", "not filled in"),
            ("$(pass show m1)", "did not run"),
            ("null", "in place of a token"),
            ("None", "in place of a token"),
            ("YOUR-API-TOKEN", "in place of a token"),
            ("***", "masked"),
            ("xxxxxxxx", "masked"),
            ("...", "masked"),
            ("abc...", "shortened"),
            ("abc…", "shortened"),
            ("{\"token\":\"tok\"}", "JSON"),
            ("op://vault/item", "address"),
            ("export M1IMPORT_TOKEN=tok", "white space"),
            ("a b", "white space"),
            ("a\u{1b}b", "no token has"),
            ("токен", "no token has"),
            ("a\u{200b}b", "no token has"),
        ];
        for (token, why) in cases {
            let said = why_unusable(token).unwrap_or_default();
            assert!(said.contains(why), "{token:?}: {said}");
            assert!(!said.contains("tok,") && !said.ends_with("=tok"), "{said}");
        }
    }

    #[test]
    fn what_may_be_a_token_is_taken() {
        let tokens = [
            "abc",
            "a",
            "3f9a-77b2_c",
            "YWJj==",
            "YWJjZA=",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
            "key:abc",
            "a=b",
            "abc$def",
            "xoxb-1234",
            "m1|abc",
            "Nullable1",
            "a,b",
            "~a+b/c",
        ];
        for token in tokens {
            assert_eq!(why_unusable(token), None, "{token}");
        }
    }
}
