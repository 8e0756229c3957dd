//! Cell values that may be shown: the row is recognised and the person is not.

use std::borrow::Cow;

/// A value that may be shown: its length and its last digits or nothing at all.
///
/// ```
/// assert_eq!(m1import::row::masked("+27 83 123 4567"), "+27•••4567");
/// assert_eq!(m1import::row::masked("jane@example.com"), "j•••@example.com");
/// assert_eq!(m1import::row::masked("Jane Doe"), "J•••");
/// ```
pub fn masked(value: &str) -> String {
    let value = value.trim();
    let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 9 {
        let plus = if value.starts_with('+') { "+" } else { "" };
        let head: String = digits.iter().take(2).collect();
        let tail: String = digits.iter().skip(digits.len() - 4).collect();
        return format!("{plus}{head}•••{tail}");
    }
    if let Some((user, host)) = value.split_once('@') {
        let first: String = user.chars().take(1).collect();
        return format!("{first}•••@{host}");
    }
    match value.chars().next() {
        None => String::new(),
        Some(first) if first.is_alphabetic() => format!("{first}•••"),
        Some(_) => "•••".to_owned(),
    }
}

/// A sentence, ours or the server's, that may quote a cell: addresses and numbers of 7 digits or more are masked.
///
/// ```
/// use m1import::row::masked_within;
/// assert_eq!(masked_within("jane@example.com, +27 83 123 4567: taken"), "j•••@example.com, +27•••4567: taken");
/// ```
pub fn masked_within(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && text.bytes().filter(u8::is_ascii_digit).count() < 7 {
        return Cow::Borrowed(text);
    }
    let parts = |c: char| c.is_whitespace() || "\"'<>()[]{},;:".contains(c);
    let mut without_addresses = String::with_capacity(text.len());
    for piece in text.split_inclusive(parts) {
        let word = piece.trim_end_matches(parts);
        if word.contains('@') {
            without_addresses.push_str(&masked(word))
        } else {
            without_addresses.push_str(word)
        }
        without_addresses.push_str(piece.get(word.len()..).unwrap_or(""));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = without_addresses.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || c == '+') {
        let (before, from) = rest.split_at(at);
        let (digits, length) = number_at(from);
        let (number, after) = from.split_at(length);
        out.push_str(before);
        if digits >= 7 {
            out.push_str(&masked(number))
        } else {
            out.push_str(number)
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The digits of the number that begins here, and its length with the marks between them; at least one character.
fn number_at(text: &str) -> (usize, usize) {
    let (mut digits, mut end) = (0, 1);
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => {
                digits += 1;
                end = at + 1;
            }
            '+' if at == 0 => {}
            ' ' | '-' | '.' | '(' | ')' | '/' => {}
            _ => break,
        }
    }
    (digits, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_long_run_of_digits_survives(text in "[0-9a-z @+.\\-üé]{0,60}") {
            let hushed = masked_within(&text).into_owned();
            let longest = hushed.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
            let host = hushed.contains('@');
            proptest::prop_assert!(longest < 7 || host, "{text:?} became {hushed:?}");
        }
    }
}
