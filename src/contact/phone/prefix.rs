//! The cell that holds a calling code, or a country, or both.

use super::clean::clean;
use super::digits::Digits;
use super::plans::{builtin_zone, code_length};
use super::{Region, names};

/// What a prefix cell says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prefix {
    /// The calling code.
    pub code: u16,
    /// The country, if it was named.
    pub region: Option<Region>,
    /// Digits behind the calling code, which belong to the number: `1876`, `77`.
    pub further: Digits,
    /// The last digit of the calling code stands in the number cell: `88` and `01712345678` for Bangladesh's 880.
    pub lacks_digit: bool,
}

impl Prefix {
    fn of(region: Region) -> Prefix {
        Prefix { code: region.calling_code(), region: Some(region), further: Digits::default(), lacks_digit: false }
    }
}

/// What a cell says that is empty or holds a calling code and nothing else but perhaps `+`: most cells.
#[inline]
pub(super) fn code(cell: &str) -> Option<Option<Prefix>> {
    let digits = match cell.as_bytes() {
        [] => return Some(None),
        [b'+', digits @ ..] => digits,
        digits => digits,
    };
    if digits.len() > 3 || digits.first() == Some(&b'0') {
        return None;
    }
    let mut code = 0;
    for byte in digits {
        code = code * 10 + u16::from(Some(byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)?);
    }
    // No calling code begins another, so that one of all the digits is the one they begin with.
    builtin_zone(code)?;
    Some(Some(Prefix { code, region: None, further: Digits::default(), lacks_digit: false }))
}

/// Reads a prefix cell: `91 +91 0091 (+91) 91.0 IN ind India`, and combinations that agree, such as `India (+91)`.
pub(super) fn read(cell: &str) -> Option<Prefix> {
    if let Some(prefix) = plain(cell) {
        return Some(prefix);
    }
    if let Some(region) = names::plain(cell) {
        return Some(Prefix::of(region));
    }
    let cell = clean(cell);
    let text = without_fraction(&cell.text);
    // An official name, whose comma or bracket parts no two countries: `Korea, Republic of`.
    if text.contains([',', '('])
        && !text.contains(|c: char| c.is_numeric())
        && let Some(region) = names::find(text)
    {
        return Some(Prefix::of(region));
    }
    let mut digits = Digits::default();
    let mut words = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if digits.as_slice().len() < 15 => {
                digits.push(c as u8 - b'0');
                words.push('\n');
            }
            '0'..='9' => return None,
            '+' | '(' | ')' | '[' | ']' | ',' | '/' | ':' | ';' | '|' => words.push('\n'),
            // The two letters of a flag.
            '🇦'..='🇿' => words.push(char::from_u32(c as u32 - '🇦' as u32 + 'A' as u32)?),
            c => words.push(c),
        }
    }
    let named = country(&words)?;
    let digits = digits.as_slice();
    let digits = digits.strip_prefix(&[0, 0]).unwrap_or(digits);
    if digits.is_empty() {
        return named.map(Prefix::of);
    }
    let prefix = split(digits)?;
    match named {
        Some(region) if region.calling_code() != prefix.code => None,
        region => Some(Prefix { region, ..prefix }),
    }
}

/// The commonest forms: a few digits, with `+` or without, or two letters.
fn plain(cell: &str) -> Option<Prefix> {
    if let Some(prefix) = code(cell) {
        return prefix;
    }
    let bytes = cell.as_bytes();
    if let &[a, b] = bytes
        && let Some(region) = Region::from_letters([a, b])
    {
        return Some(Prefix::of(region));
    }
    let bytes = bytes.strip_prefix(b"+").unwrap_or(bytes);
    if !(1..=6).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut digits = Digits::default();
    bytes.iter().for_each(|byte| digits.push(byte - b'0'));
    split(digits.as_slice())
}

/// Cuts digits behind the calling code.
fn split(digits: &[u8]) -> Option<Prefix> {
    if digits == [8, 8] {
        return Some(Prefix { code: 880, region: None, further: Digits::default(), lacks_digit: true });
    }
    let first = *digits.first().filter(|&&digit| digit != 0)?;
    let length = code_length(first, digits.get(1).copied().unwrap_or(0));
    let (code, further) = digits.split_at_checked(length)?;
    let code = code.iter().fold(0, |code, &digit| code * 10 + u16::from(digit));
    builtin_zone(code)?;
    Some(Prefix { code, region: None, further: Digits::from(further), lacks_digit: false })
}

/// `91.0` as a spreadsheet writes the number 91.
fn without_fraction(text: &str) -> &str {
    match text.split_once(['.', ',']) {
        Some((whole, zeros))
            if !zeros.is_empty()
                && zeros.bytes().all(|b| b == b'0')
                && whole.bytes().all(|b| b.is_ascii_digit() || b == b'+') =>
        {
            whole
        }
        _ => text,
    }
}

/// The country that the words name; `Some(None)` if there is no word, `None` if a word is no country's name or two disagree.
fn country(words: &str) -> Option<Option<Region>> {
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
    if words.chars().any(|c| matches!(c, '*' | '#' | '=' | '@' | '?' | '%')) || words.starts_with('-') {
        return None;
    }
    if bare(words) {
        return Some(None);
    }
    // `Myanmar (Burma)`, `Korea, Republic of`: the whole before its pieces.
    let whole = words.replace('\n', " ");
    if let Some(region) = names::find(whole.trim()) {
        return Some(Some(region));
    }
    let mut named: Option<Region> = None;
    for piece in words.split('\n').flat_map(|piece| piece.split(" - ")) {
        let piece = piece.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '.' | '_'));
        if piece.is_empty() {
            continue;
        }
        let region =
            names::find(piece).or_else(|| piece.split_whitespace().map(names::find).reduce(agreed).flatten())?;
        match named {
            Some(before) if before.calling_code() != region.calling_code() => return None,
            Some(_) => {}
            None => named = Some(region),
        }
    }
    Some(named)
}

fn agreed(one: Option<Region>, other: Option<Region>) -> Option<Region> {
    if one == other { one } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_countries_and_both() {
        let cases = [
            ("91", 91, "", ""),
            ("+91", 91, "", ""),
            ("0091", 91, "", ""),
            ("(+91)", 91, "", ""),
            ("IN", 91, "IN", ""),
            ("ind", 91, "IN", ""),
            ("India", 91, "IN", ""),
            ("India (+91)", 91, "IN", ""),
            ("IL +972", 972, "IL", ""),
            ("91.0", 91, "", ""),
            ("1.0", 1, "", ""),
            ("1876", 1, "", "876"),
            ("+1 876", 1, "", "876"),
            ("1-876", 1, "", "876"),
            ("77", 7, "", "7"),
            ("🇮🇳 +91", 91, "IN", ""),
            ("🇮🇳", 91, "IN", ""),
            ("Jamaica (+1-876)", 1, "JM", "876"),
            ("+91 IN", 91, "IN", ""),
            ("IN-91", 91, "IN", ""),
            ("+91-IN", 91, "IN", ""),
            ("US/CA +1", 1, "US", ""),
            ("٩١", 91, "", ""),
            ("'+91", 91, "", ""),
            (" 91 ", 91, "", ""),
            ("Guinea-Bissau", 245, "GW", ""),
            ("IN India", 91, "IN", ""),
            ("United Kingdom +44", 44, "GB", ""),
            ("800", 800, "", ""),
            ("+91\u{200e}", 91, "", ""),
        ];
        for (cell, code, region, further) in cases {
            let prefix = read(cell).unwrap_or_else(|| panic!("{cell}"));
            assert_eq!(prefix.code, code, "{cell}");
            assert_eq!(prefix.region.map_or(String::new(), |region| region.to_string()), region, "{cell}");
            let digits: String = prefix.further.as_slice().iter().map(u8::to_string).collect();
            assert_eq!(digits, further, "{cell}");
        }
        for cell in [
            "abc",
            "999",
            "0",
            "091",
            "India (+92)",
            "IN PK",
            "-91",
            "9.1E+1",
            "91*",
            "+",
            "India2Pakistan",
            "12345678901234567",
        ] {
            assert!(read(cell).is_none(), "{cell}");
        }
    }
}
