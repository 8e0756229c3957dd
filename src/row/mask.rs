//! Cell values that may be shown: the row is recognised and the person is not.

use std::borrow::Cow;

/// What separates words of a sentence and parts of a cell.
const SEPARATORS: &str = "\"'<>()[]{},;:|&?=/";

fn separates(c: char) -> bool {
    c.is_whitespace() || c.is_control() || SEPARATORS.contains(c)
}

/// A value that may be shown: its first character or last digits, or nothing at all. Every address and every number in it
/// is masked by the widest reading: whatever stands between digits is taken for part of the number.
///
/// ```
/// assert_eq!(m1import::row::masked("+27 83 123 4567"), "+27•••4567");
/// assert_eq!(m1import::row::masked("jane@example.com"), "j•••@example.com");
/// assert_eq!(m1import::row::masked("jane@example.com; john@example.org"), "j•••@example.com; j•••@example.org");
/// assert_eq!(m1import::row::masked("Jane Doe"), "J•••");
/// ```
pub fn masked(value: &str) -> String {
    let value = value.trim();
    let digits: Vec<char> = value.chars().filter(|c| c.is_numeric()).collect();
    if value.contains('@') {
        return addresses(value, |word| if word.is_empty() { String::new() } else { initial(word) });
    }
    if digits.len() >= 9 {
        return number(value, &digits);
    }
    initial(value)
}

/// A number with its first two and last four digits.
fn number(text: &str, digits: &[char]) -> String {
    let plus = if text.starts_with('+') { "+" } else { "" };
    let head: String = digits.iter().take(2).collect();
    let tail: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    format!("{plus}{head}•••{tail}")
}

/// The first letter of a word; nothing of what does not begin with one.
fn initial(word: &str) -> String {
    match word.chars().next() {
        None => String::new(),
        Some(first) if first.is_alphabetic() => format!("{first}•••"),
        Some(_) => "•••".to_owned(),
    }
}

/// The text with each address masked; its host is kept if it is one. Other words become what `other` makes of them.
fn addresses(text: &str, other: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(separates) {
        let word = piece.trim_end_matches(separates);
        match word.split_once('@') {
            Some((user, host)) => {
                out.extend(user.chars().next());
                out.push_str("•••@");
                out.push_str(if is_host(host) || host.is_empty() { host } else { "•••" });
            }
            None => out.push_str(&other(word)),
        }
        out.push_str(piece.get(word.len()..).unwrap_or(""));
    }
    out
}

/// Whether what stands behind the `@` is a host, which says little of a person: labels with a dot and few digits.
fn is_host(host: &str) -> bool {
    host.contains('.')
        && !host.contains('@')
        && host.chars().filter(|c| c.is_numeric()).count() < 5
        && host.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

/// A sentence, ours or the server's, that may quote a cell: addresses and numbers of 7 digits or more are masked.
///
/// ```
/// use m1import::row::masked_within;
/// assert_eq!(masked_within("jane@example.com, +27 83 123 4567: taken"), "j•••@example.com, +27•••4567: taken");
/// ```
pub fn masked_within(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && text.chars().filter(|c| c.is_numeric()).count() < 7 {
        return Cow::Borrowed(text);
    }
    let without_addresses = addresses(text, str::to_owned);
    let mut out = String::with_capacity(text.len());
    let mut rest = without_addresses.as_str();
    while let Some(at) = rest.find(|c: char| c.is_numeric() || c == '+') {
        let (before, from) = rest.split_at(at);
        if let Some(length) = socket_at(from) {
            out.push_str(before);
            out.push_str(from.get(..length).unwrap_or(""));
            rest = from.get(length..).unwrap_or("");
            continue;
        }
        let (digits, length) = number_at(from);
        let (found, after) = from.split_at(length);
        out.push_str(before);
        match digits.len() {
            0..7 => out.push_str(found),
            7 | 8 => out.push_str("•••"),
            _ => out.push_str(&number(found, &digits)),
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of an IPv4 address with a port that begins here, such as `127.0.0.1:8787`: it is a machine's, not a person's.
fn socket_at(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(text.len());
    let socket = text.get(..end)?.trim_end_matches(['.', ':']);
    socket.parse::<std::net::SocketAddrV4>().is_ok().then_some(socket.len())
}

/// The digits of the number that begins here, and its length in bytes with the marks between them; at least one
/// character. A mark is whatever is no letter, one or two in a row; a comma or colon with a blank behind it ends the
/// number, as it does in a sentence.
fn number_at(text: &str) -> (Vec<char>, usize) {
    let mut digits = Vec::new();
    let mut end = text.chars().next().map_or(0, char::len_utf8);
    let mut marks = 0;
    let mut ends_word = false;
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            digits.push(c);
            end = at + c.len_utf8();
            (marks, ends_word) = (0, false);
            continue;
        }
        let ends = ends_word && c.is_whitespace();
        marks += 1;
        ends_word = matches!(c, ',' | ';' | ':');
        if ends || c.is_alphabetic() || (c == '+' && at > 0) || marks > 3 {
            break;
        }
    }
    (digits, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_in_a_cell_is_masked() {
        let table = [
            ("jane.doe@example.org; john.doe@example.org", "j•••@example.org; j•••@example.org"),
            ("tel@5550123", "t•••@•••"),
            ("Jane <jane@example.org>", "J••• <j•••@example.org>"),
            ("a@b@c.example", "a•••@•••"),
            ("٠١٢٣٤٥٦٧٨٩", "٠١•••٦٧٨٩"),
            ("@", "•••@"),
            ("", ""),
        ];
        for (value, shown) in table {
            assert_eq!(masked(value), shown, "{value:?}");
        }
    }

    #[test]
    fn numbers_in_any_writing_are_masked() {
        for number in
            ["98765\u{2011}43210", "98765_43210", "98,765,432,10", "٩٨٧٦٥٤٣٢١٠", "98765/43210", "(98765) 43210"]
        {
            let shown = masked_within(number).into_owned();
            let digits = shown.chars().filter(|c| c.is_numeric()).count();
            assert!(digits <= 6 && shown.contains("•••"), "{number}: {shown}");
        }
    }

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
