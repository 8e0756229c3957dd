//! One line of a vCard taken apart: group, property, parameters, value.

/// The group and the name of a line's property.
pub(super) fn property(line: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr2(b';', b':', line).unwrap_or(line.len());
    let name = line.get(..end).unwrap_or_default().trim_ascii();
    match memchr::memrchr(b'.', name) {
        Some(dot) => (name.get(..dot).unwrap_or_default(), name.get(dot + 1..).unwrap_or_default()),
        None => (&[], name),
    }
}

pub(super) fn is_wanted(name: &[u8]) -> bool {
    const WANTED: [&[u8]; 13] = [
        b"BEGIN",
        b"END",
        b"FN",
        b"N",
        b"TEL",
        b"EMAIL",
        b"CATEGORIES",
        b"X-ABLABEL",
        b"NICKNAME",
        b"ORG",
        b"TITLE",
        b"BDAY",
        b"NOTE",
    ];
    WANTED.iter().any(|wanted| name.eq_ignore_ascii_case(wanted))
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
