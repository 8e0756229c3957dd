//! Cells that are something else than digits with signs between them: nothing, a spreadsheet's error, a date, a number as a
//! spreadsheet writes numbers, a mask.

use std::borrow::Cow;

use crate::row::Note;

/// Words that stand for nothing.
const NOTHING: &[&str] = &[
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "n/d",
    "nil",
    "null",
    "none",
    "nan",
    "nat",
    "unknown",
    "undefined",
    "no",
    "nope",
    "not available",
    "not applicable",
    "not provided",
    "not given",
    "no phone",
    "no number",
    "no mobile",
    "no phone number",
    "missing",
    "blank",
    "empty",
    "tbd",
    "tba",
    "private",
    "withheld",
    "anonymous",
    "restricted",
    "unavailable",
    "void",
    "\\n",
    "<null>",
    "<none>",
    "keine",
    "keine angabe",
    "k.a.",
    "k. a.",
    "unbekannt",
    "ninguno",
    "ninguna",
    "sin telefono",
    "sin teléfono",
    "no tiene",
    "inconnu",
    "aucun",
    "nessuno",
    "nenhum",
    "sem telefone",
    "tidak ada",
    "нет",
    "yok",
    "無",
    "无",
    "なし",
    "لا يوجد",
];

/// Whether the cell stands for nothing: empty, signs only, zeros only, or a word that says so.
pub(super) fn is_nothing(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| {
        matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '"' | '\'' | '-' | '.') || c.is_whitespace()
    });
    if bare.bytes().all(|b| {
        matches!(b, b'0' | b' ' | b'-' | b'.' | b'+' | b'_' | b'/' | b'(' | b')' | b',' | b';' | b':' | b'?' | b'~')
    }) {
        return true;
    }
    // Nothing that stands for nothing is long.
    bare.len() <= 24 && {
        let lower = bare.to_lowercase();
        NOTHING.iter().any(|word| word.trim_matches('.') == lower || *word == lower) || text.to_lowercase() == "\\n"
    }
}

/// Whether the cell is the error of a spreadsheet, such as `#N/A`, `#REF!` or a column of `#` that was too narrow.
pub(super) fn is_spreadsheet_error(text: &str) -> bool {
    if text.strip_prefix("Err:").is_some_and(digits) {
        return true;
    }
    let Some(rest) = text.strip_prefix('#') else { return false };
    let narrow = !rest.is_empty() && rest.bytes().all(|b| b == b'#');
    let name = rest.trim_end_matches(['!', '?']);
    let named = name.chars().any(char::is_alphabetic)
        && name
            .chars()
            .all(|c| (c.is_alphabetic() && !c.is_lowercase()) || matches!(c, '/' | '0' | '_' | '¡' | '¿' | ' '));
    narrow || named || name.eq_ignore_ascii_case("n/a")
}

/// Whether the cell is a date, with a time behind it or not.
pub fn is_date(text: &str) -> bool {
    let date = text.split(['T', ' ']).next().unwrap_or(text);
    if !(6..=10).contains(&date.len()) {
        return false;
    }
    let time = text.get(date.len()..).unwrap_or_default();
    if !time.is_empty() && !time.contains(':') {
        return false;
    }
    ['-', '/', '.'].into_iter().any(|sign| {
        let mut parts = date.split(sign);
        let (Some(one), Some(two), Some(three), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let number = |part: &str, longest: usize| {
            (1..=longest).contains(&part.len()).then(|| part.parse::<u16>().ok()).flatten().unwrap_or(0)
        };
        let year = |part: &str| part.len() == 4 && (1900..=2099).contains(&number(part, 4));
        let short_year = |part: &str| sign == '/' && part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        let day = |part: &str| (1..=31).contains(&number(part, 2));
        let month = |part: &str| (1..=12).contains(&number(part, 2));
        let day_month = |a: &str, b: &str| day(a) && day(b) && (month(a) || month(b));
        (year(one) && day_month(two, three)) || ((year(three) || short_year(three)) && day_month(one, two))
    })
}

/// What a spreadsheet made of a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spreadsheet<'t> {
    /// The number as it was meant, and what was repaired.
    Repaired(Cow<'t, str>, Note),
    /// Scientific notation that has dropped digits.
    Lost,
    /// The result of a formula.
    Negative,
    /// A number with a fraction.
    Fraction,
}

/// Looks whether the whole cell is a number in a form that only programs write.
pub(super) fn spreadsheet(text: &str) -> Option<Spreadsheet<'_>> {
    let (sign, body) = match text.as_bytes().first()? {
        b'+' => ("+", text.get(1..)?.trim_start()),
        b'-' => ("-", text.get(1..)?.trim_start()),
        _ => ("", text),
    };
    let negative = sign == "-";
    if body.bytes().any(|b| matches!(b, b'e' | b'E')) {
        let digits = scientific(body)?;
        return Some(match digits {
            _ if negative => Spreadsheet::Negative,
            Some(digits) => Spreadsheet::Repaired(format!("{sign}{digits}").into(), Note::PhoneScientificExpanded),
            None => Spreadsheet::Lost,
        });
    }
    if negative {
        let digits = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'\'');
        let number = body.bytes().all(digits) && body.bytes().any(|b| b.is_ascii_digit());
        return number.then_some(Spreadsheet::Negative);
    }
    if let Some((whole, fraction)) = body.split_once(['.', ','])
        && whole.len() >= 7
        && digits(whole)
        && digits(fraction)
        && (fraction.len() <= 2 || fraction.bytes().all(|b| b == b'0'))
    {
        let zeros = fraction.bytes().all(|b| b == b'0');
        let whole = text.get(..text.len() - fraction.len() - 1)?;
        return Some(if zeros {
            Spreadsheet::Repaired(whole.into(), Note::PhoneFloatSuffixRemoved)
        } else {
            Spreadsheet::Fraction
        });
    }
    let whole = thousands(body)?;
    Some(Spreadsheet::Repaired(format!("{sign}{whole}").into(), Note::PhoneThousandsRemoved))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A number in scientific notation: its digits, or nothing if some were dropped. `None` if it is no such number.
fn scientific(text: &str) -> Option<Option<String>> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (mantissa, exponent) = (mantissa.trim_end(), exponent.trim_start());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    if !digits(whole)
        || !(fraction.is_empty() || digits(fraction))
        || !digits(exponent.strip_prefix('-').unwrap_or(exponent))
    {
        return None;
    }
    let Ok(exponent) = exponent.parse::<usize>() else { return Some(None) };
    let Some((kept, rest)) = fraction.split_at_checked(exponent) else { return Some(None) };
    Some(rest.bytes().all(|b| b == b'0').then(|| format!("{whole}{kept}")))
}

/// A whole number in groups of three, or of two and a last one of three as in India; a fraction of zeros is left out.
fn thousands(text: &str) -> Option<String> {
    let sign = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, ',' | '.' | '\'' | '’'))?;
    let body = match text.rsplit_once(if sign == '.' { ',' } else { '.' }) {
        Some((body, zeros)) if digits(zeros) && zeros.bytes().all(|b| b == b'0') => body,
        _ => text,
    };
    let (first, rest) = body.split_once(sign)?;
    let (middle, last) = rest.rsplit_once(sign)?;
    if first.len() > 3 || last.len() != 3 || !digits(first) || !digits(last) {
        return None;
    }
    let middle = || middle.split(sign);
    let threes = middle().all(|group| group.len() == 3 && digits(group));
    let lakhs = sign == ',' && first.len() <= 2 && middle().all(|group| group.len() == 2 && digits(group));
    (threes || lakhs).then(|| body.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_many_names() {
        for text in [
            "",
            "-",
            "--",
            "n/a",
            "N/A",
            "NULL",
            "none",
            "nan",
            "unknown",
            "0",
            "000-000-0000",
            "0.0",
            "(none)",
            "?",
            "+",
            "N.A.",
            "\\N",
        ] {
            assert!(is_nothing(text), "{text}");
        }
        for text in ["1", "911", "x", "n", "nano", "+91", "a0"] {
            assert!(!is_nothing(text), "{text}");
        }
    }

    #[test]
    fn errors_of_spreadsheets() {
        for text in [
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "####",
            "##",
            "#NUM!",
            "#NV",
            "#WERT!",
            "#¡VALOR!",
            "Err:502",
            "#ERROR!",
            "#ERR!",
        ] {
            assert!(is_spreadsheet_error(text), "{text}");
        }
        for text in ["#", "#1234567", "#mobile", "# 98765", "*123#"] {
            assert!(!is_spreadsheet_error(text), "{text}");
        }
    }

    #[test]
    fn dates() {
        for text in [
            "2024-05-17",
            "17/05/2024",
            "17.05.2024",
            "5/17/2024",
            "2024-05-17T10:20:00Z",
            "2024-05-17 10:20",
            "17/05/24",
            "2024/5/1",
            "17-05-2024",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "20240517",
            "2024-13-45",
            "12-34-5678",
            "030/12/2024",
            "01.02.03.04.05",
            "17-05-24",
            "2024-05-17 98765",
            "555-12-2024",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn numbers_as_spreadsheets_write_them() {
        let repaired = |text: &'static str, note| Some(Spreadsheet::Repaired(Cow::Borrowed(text), note));
        let scientific = Note::PhoneScientificExpanded;
        let thousands = Note::PhoneThousandsRemoved;
        let float = Note::PhoneFloatSuffixRemoved;
        let cases = [
            ("9.19876543210E+11", repaired("919876543210", scientific)),
            ("9,19876543210e11", repaired("919876543210", scientific)),
            ("9.198765432100E+11", repaired("919876543210", scientific)),
            ("9.1987654321E+11", Some(Spreadsheet::Lost)),
            ("9.19877E+11", Some(Spreadsheet::Lost)),
            ("9E+11", Some(Spreadsheet::Lost)),
            ("9.19876543210E+999999999999999999999", Some(Spreadsheet::Lost)),
            ("-9.19877E+11", Some(Spreadsheet::Negative)),
            ("38339170875.0", repaired("38339170875", float)),
            ("+38339170875.00", repaired("+38339170875", float)),
            ("38339170875,0", repaired("38339170875", float)),
            ("6281123456.000", repaired("6281123456", float)),
            ("+6281123456,000000", repaired("+6281123456", float)),
            // Groups of three, though it looks like a fraction.
            ("1.000.000.000", repaired("1000000000", thousands)),
            ("9198765432.10", Some(Spreadsheet::Fraction)),
            ("-9876543119", Some(Spreadsheet::Negative)),
            ("- 9876543119.0", Some(Spreadsheet::Negative)),
            ("9,876,543,210", repaired("9876543210", thousands)),
            ("9.876.543.210,00", repaired("9876543210", thousands)),
            ("9'876'543'210", repaired("9876543210", thousands)),
            ("9,87,65,43,210", repaired("9876543210", thousands)),
            ("919,876,543,210.00", repaired("919876543210", thousands)),
            ("415.555.2671", None),
            ("2925.39 59", None),
            ("98765,43210", None),
            ("-98765-43210", None),
            ("9876543210,9876543211", None),
            ("1-800-FLOWERS", None),
            ("123456.0", None),
        ];
        for (text, expected) in cases {
            assert_eq!(spreadsheet(text), expected, "{text}");
        }
    }
}
