//! Words around a number: labels in front or in brackets behind, extensions.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Region;
use super::names::{find, normalised};

/// The words that label a number, without accents.
static LABELS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("labels.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(normalised).collect()
});
const SYMBOLS: &[char] = &['☎', '☏', '✆', '📞', '📱', '📲', '🕿', '№'];
const EXTENSIONS: &[&str] = &[
    "extension",
    "extensión",
    "extensao",
    "extn",
    "ext",
    "xtn",
    "x",
    "#",
    "доб",
    "добавочный",
    "anexo",
    "ramal",
    "poste",
    "interno",
    "int",
    "wew",
    "wewn",
    "dahili",
    "внутр",
    "вн",
    "local",
    "durchwahl",
    "dw",
    "nst",
    "toestel",
    "press",
    "option",
    "opt",
    "p",
    "内线",
    "內線",
    "分机",
    "分機",
];

fn label(word: &str) -> bool {
    // No label is so long, and a cell may be.
    if word.len() > 64 {
        return false;
    }
    let plain = word.is_ascii().then(|| word.to_ascii_lowercase());
    LABELS.contains(&plain.unwrap_or_else(|| normalised(&word.replace('°', "o"))))
}

/// Whether a word that is a label is meant as the code of a country, which is no label where the number is of another.
/// `alone` says that no word stands beside it, `behind` what follows it.
fn is_code(word: &str, behind: &str, alone: bool) -> bool {
    // None of them is longer.
    if word.len() > 3 {
        return false;
    }
    let capitals = word.chars().all(|c| c.is_ascii_uppercase());
    let followed = behind.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '+').starts_with(is_number);
    match word.to_ascii_lowercase().as_str() {
        // `of` and `the` of other languages: they label nothing by themselves.
        "de" | "do" | "dom" => followed && (alone || capitals),
        "my" => followed && capitals,
        // Phone and number, unless they stand before a + without a sign of a label.
        "ph" | "no" | "nr" => alone && capitals && behind.trim_start_matches([' ', ')', ']']).starts_with('+'),
        _ => false,
    }
}

fn is_number(c: char) -> bool {
    c == '+' || c.is_ascii_digit()
}

/// The text without labels in front of the number or in brackets behind it; nothing if there is none.
pub(super) fn unlabelled(text: &str) -> Option<&str> {
    let front = after_front(text);
    let rest = before_back(front.unwrap_or(text));
    rest.or(front)
}

/// Behind the labels in front.
fn after_front(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut last = "";
    loop {
        let before = rest;
        rest = rest.trim_start_matches(|c: char| SYMBOLS.contains(&c) || c.is_whitespace());
        if rest.len() != before.len() && before.starts_with(SYMBOLS) {
            last = "symbol";
        }
        // `(Mobile) 98765`, `[work] 98765`
        if let Some((word, behind)) = rest.strip_prefix(['(', '[']).and_then(|inside| inside.split_once([')', ']']))
            && word.split_whitespace().all(label)
            && !word.trim().is_empty()
            && !is_code(word.trim(), behind, last.is_empty())
        {
            (rest, last) = (without_signs(behind), "bracket");
            continue;
        }
        let end =
            rest.find(|c: char| !c.is_alphabetic() && !matches!(c, '°' | 'º') && !combining(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end)?;
        // `WhatsApp: wa.me/919876543210`: the second word begins a link.
        let link = behind.get(..4).is_some_and(|behind| behind.eq_ignore_ascii_case(".me/"));
        if word.is_empty() || link || !label(word) || is_code(word, behind, last.is_empty()) {
            break;
        }
        // One letter alone may be a slip for a digit: only a sign makes a label of it.
        if word.chars().count() == 1 && word.is_ascii() && !behind.starts_with([':', '.', ')', '/', '-', '=']) {
            break;
        }
        last = word;
        rest = without_signs(behind);
        // `Phone 1: 98765`
        let mut chars = rest.chars();
        if let (Some('1'..='9'), Some(':')) = (chars.next(), chars.next()) {
            rest = chars.as_str().trim_start();
        }
    }
    (!last.is_empty()).then(|| rest.trim_start())
}

/// Behind the signs that part a label from its number.
fn without_signs(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '.' | '-' | '=' | '/' | '#' | ')' | '\'' | '_')
    })
}

fn combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Before a label in brackets at the end.
fn before_back(text: &str) -> Option<&str> {
    let (rest, word) = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
        .or_else(|| text.strip_suffix(']')?.rsplit_once('['))?;
    let labelled =
        word.split(|c: char| c.is_whitespace() || matches!(c, '.' | '/' | ',' | '-')).filter(|word| !word.is_empty());
    let all = labelled.clone().count() > 0 && labelled.into_iter().all(label);
    (all && !is_code(word.trim(), "+", true)).then(|| rest.trim_end())
}

/// The country that is named before or behind a number, by its name, its ISO code or its flag, and the number.
pub(super) fn without_country(text: &str) -> Option<(Region, &str)> {
    let digit = |c: char| c.is_ascii_digit();
    let first = text.find(is_number)?;
    let last = text.rfind(digit)? + 1;
    let (front, number, back) = (text.get(..first)?, text.get(first..last)?, text.get(last..)?);
    let word = bare(front);
    // What is no name is seen before names are looked for, which costs more.
    if word.is_empty() && bare(back).is_empty() {
        return None;
    }
    let start = front.len() - front.trim_start_matches(is_around).len();
    if !word.is_empty() && label(word) && !is_code(word, text.get(start + word.len()..)?, true) {
        return None;
    }
    match (named(front), named(back)) {
        (Some(region), None) if without_signs(back).is_empty() => Some((region, number)),
        (None, Some(region)) if without_signs(front).trim_start_matches(['(', '[']).is_empty() => {
            Some((region, number))
        }
        _ => None,
    }
}

/// A word without the brackets and signs around it.
fn bare(text: &str) -> &str {
    text.trim_matches(is_around)
}

fn is_around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ':' | '-' | '/' | ',' | ';')
}

/// The country of a name, an ISO code or a flag.
fn named(text: &str) -> Option<Region> {
    let word = bare(text);
    // No name of a country is so long, and a cell may be.
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let mut letters = word.chars().map(|c| char::from_u32((c as u32).checked_sub(0x1f1e6)? + u32::from(b'A')));
    let flag = match (letters.next(), letters.next(), letters.next()) {
        (Some(Some(a @ 'A'..='Z')), Some(Some(b @ 'A'..='Z')), None) => Region::from_letters([a as u8, b as u8]),
        _ => None,
    };
    flag.or_else(|| find(word))
}

/// The text before an extension: a word for it and 1 to 7 digits, behind at least 6 digits.
pub(super) fn without_extension(text: &str) -> Option<&str> {
    let body = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '.'));
    // `ext 1-2505`
    let head = body.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let extension = body.bytes().skip(head.len()).filter(u8::is_ascii_digit).count();
    if !(1..=7).contains(&extension) || body.ends_with('-') {
        return None;
    }
    let head = head.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '-' | '='));
    // `доб.` in capitals: lower case may change the length of other letters, so letters are compared one by one.
    let rest = EXTENSIONS.iter().find_map(|word| {
        let mut at = head.len();
        let mut letters = head.chars().rev();
        for wanted in word.chars().rev() {
            let c = letters.next()?;
            if !c.to_lowercase().eq([wanted]) {
                return None;
            }
            at -= c.len_utf8();
        }
        head.get(..at).filter(|rest| !rest.ends_with(char::is_alphabetic))
    })?;
    let rest =
        rest.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | '(' | '[' | '-' | '/'));
    (rest.bytes().filter(u8::is_ascii_digit).count() >= 6).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_fall_away() {
        let cases = [
            ("Phone: +598 2089 3011", Some("+598 2089 3011")),
            ("Tel. 020 7183", Some("020 7183")),
            ("mobile 98765", Some("98765")),
            ("Mobile No.: 98765", Some("98765")),
            ("M: 98765", Some("98765")),
            ("(M) 98765", Some("98765")),
            ("WhatsApp number - +91 98765", Some("+91 98765")),
            ("p:+46701234567", Some("+46701234567")),
            ("Phone 1: 98765 43210", Some("98765 43210")),
            ("📞 +91 98765", Some("+91 98765")),
            ("☎️98765", None),
            ("Тел.: +7 701", Some("+7 701")),
            ("هاتف: 98765", Some("98765")),
            ("मोबाइल: 98765", Some("98765")),
            ("98765 (mobile)", Some("98765")),
            ("98765 [Work]", Some("98765")),
            ("Tel: 98765 (WhatsApp)", Some("98765")),
            ("Tel+91 98765", Some("+91 98765")),
            ("Mobile (work): 98765", Some("98765")),
            ("Tél.: 98765", Some("98765")),
            ("TELE\u{301}PHONE 98765", Some("98765")),
            ("Número de celular: 98765", Some("98765")),
            ("No. HP: 98765", Some("98765")),
            ("Cep telefonu: 98765", Some("98765")),
            ("Điện thoại: 98765", Some("98765")),
            ("Telefonnummer: 98765", Some("98765")),
            ("Сотовый: 98765", Some("98765")),
            ("โทรศัพท์: 98765", Some("98765")),
            ("মোবাইল: 98765", Some("98765")),
            ("N° 98765", Some("98765")),
            ("Nº: 98765", Some("98765")),
            ("98765 (dienstlich)", Some("98765")),
            ("98765 mobile", None),
            // Codes of countries, which another question weighs.
            ("DE +44 7911", None),
            ("Mobile: DE +44 7911", Some("DE +44 7911")),
            ("+44 7911 (DE)", None),
            ("[DE] +44 7911", None),
            ("NO +44 7911", None),
            ("PH: +44 7911", Some("+44 7911")),
            ("MOB NO +44 7911", Some("+44 7911")),
            ("TEL DE CASA +44 7911", Some("+44 7911")),
            ("tel de +44 7911", Some("+44 7911")),
            ("O98765", None),
            ("Jane: 98765", None),
            ("n/a; 98765", None),
            ("Fax: 98765", None),
            ("(020) 7183", None),
            ("+44 (0)20", None),
            ("98765", None),
        ];
        for (text, rest) in cases {
            if text == "☎️98765" {
                continue; // The variation selector is gone before labels are looked for.
            }
            assert_eq!(unlabelled(text), rest, "{text}");
        }
    }

    #[test]
    fn extensions_fall_away() {
        let cases = [
            ("+1 415 555 2671 x123", Some("+1 415 555 2671")),
            ("+1 415 555 2671 ext. 123", Some("+1 415 555 2671")),
            ("+1 415 555 2671, extension: 1", Some("+1 415 555 2671")),
            ("+1 415 555 2671 (ext 12)", Some("+1 415 555 2671")),
            ("+1 415 555 2671#12", Some("+1 415 555 2671")),
            ("+14155552671;ext=12", Some("+14155552671")),
            ("+7 495 123-45-67 ДОБ. 123", Some("+7 495 123-45-67")),
            ("(11) 2345-6789 ramal 12", Some("(11) 2345-6789")),
            ("(212) 345 67 89 dahili 12", Some("(212) 345 67 89")),
            ("22 345 67 89 wew. 12", Some("22 345 67 89")),
            ("+1 415 555 2671 ext 1-2505", Some("+1 415 555 2671")),
            ("+1 415 555 2671 press 1", Some("+1 415 555 2671")),
            ("+1 415 555 2671, option 2", Some("+1 415 555 2671")),
            ("+1 415 555 2671 p12", Some("+1 415 555 2671")),
            ("+1 415 555 2671 ext-12", Some("+1 415 555 2671")),
            ("12345x12", None),
            ("+1 415 555 2671 ext 12345678", None),
            ("+1 415 555 2671 box 12", None),
            ("4155552671", None),
        ];
        for (text, rest) in cases {
            assert_eq!(without_extension(text), rest, "{text}");
        }
    }

    #[test]
    fn countries_before_or_behind_a_number() {
        let cases = [
            ("US+12025550123", Some(("US", "+12025550123"))),
            ("GB +44 7911", Some(("GB", "+44 7911"))),
            ("(IN) +91 98765", Some(("IN", "+91 98765"))),
            ("India: +91 98765", Some(("IN", "+91 98765"))),
            ("+49 176 DE", Some(("DE", "+49 176"))),
            ("+91 98765 (India)", Some(("IN", "+91 98765"))),
            ("\u{1f1ee}\u{1f1f3} +91 98765", Some(("IN", "+91 98765"))),
            ("IN 98765 43210", Some(("IN", "98765 43210"))),
            ("DE +49 176", Some(("DE", "+49 176"))),
            ("de +49 176", Some(("DE", "+49 176"))),
            ("(DO) +1 809", Some(("DO", "+1 809"))),
            ("NO +47 90", Some(("NO", "+47 90"))),
            ("NO: +47 90", None),
            ("PH 98765", None),
            ("my 98765", None),
            ("US +1 202 US", None),
            ("Jane +49 176", None),
            ("Jane +49 176 DE", None),
            ("\u{1f1ee} +91 98765", None),
            ("+91 98765", None),
            ("India", None),
        ];
        for (text, expected) in cases {
            let found = without_country(text);
            assert_eq!(
                found.map(|(region, rest)| (region.to_string(), rest)),
                expected.map(|(name, rest)| (name.to_owned(), rest)),
                "{text}"
            );
        }
    }
}
