//! What the number format of a cell shows besides its number: a plus sign, a calling code, leading zeros.
//!
//! Only whole numbers are looked at, and only formats that add digits or a plus sign matter: grouping, brackets and
//! blanks say nothing that the digits do not.

/// One piece of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A digit, which is 0 where the number has none.
    Zero,
    /// A digit, which is nothing where the number has none.
    Digit,
    /// A character that is shown as it stands.
    Literal(char),
}

/// A section of a format, and for which numbers it is.
#[derive(Debug, Clone, PartialEq)]
struct Section {
    condition: Option<(Comparison, f64)>,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

/// What a cell's format makes of its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CellFormat {
    /// Nothing that its digits do not say.
    Plain,
    /// A date, a time of day, or both.
    Date,
    /// It adds something to whole numbers.
    Number(NumberFormat),
}

impl CellFormat {
    /// The format of a code.
    pub fn of_code(code: &str) -> CellFormat {
        match NumberFormat::read(code) {
            Some(format) => CellFormat::Number(format),
            None if is_date(code) => CellFormat::Date,
            None => CellFormat::Plain,
        }
    }

    /// The format of a number that workbooks need not explain.
    pub fn of_id(id: usize) -> CellFormat {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => CellFormat::Date,
            _ => CellFormat::Plain,
        }
    }
}

/// Whether a code shows days or the time of day; a length of time in hours may be any number.
fn is_date(code: &str) -> bool {
    if ["general", "standard"].iter().any(|word| code.eq_ignore_ascii_case(word)) {
        return false;
    }
    let mut characters = code.chars();
    let mut found = false;
    while let Some(c) = characters.next() {
        match c {
            ';' => break,
            '"' => {
                let _quoted = characters.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                let text: String = characters.by_ref().take_while(|c| *c != ']').collect();
                if !text.is_empty() && text.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S')) {
                    return false;
                }
            }
            '0' | '#' | '?' if !found => return false,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => found = true,
            _ => {}
        }
    }
    found
}

/// A format that adds something to whole numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberFormat(Vec<Section>);

impl NumberFormat {
    /// Reads the code of a format, such as `"+1 "(000) 000-0000`. `None` of one that adds nothing to a whole number, or
    /// that is for dates, fractions, percentages or text.
    pub fn read(code: &str) -> Option<NumberFormat> {
        let mut sections = Vec::new();
        let mut rest = code;
        while let Some((section, behind)) = section(rest) {
            sections.push(section);
            match behind.strip_prefix(';') {
                // A fourth section is for text.
                Some(behind) if sections.len() < 3 => rest = behind,
                _ => break,
            }
        }
        let adds = |section: &Section| {
            section.pieces.iter().any(|piece| match piece {
                Piece::Zero => true,
                Piece::Digit => false,
                Piece::Literal(c) => *c == '+' || c.is_ascii_digit(),
            })
        };
        sections.iter().any(adds).then_some(NumberFormat(sections))
    }

    /// The number as a person sees it; `None` where that says no more than its digits.
    pub fn shown(&self, number: f64) -> Option<String> {
        if number < 0.0 || number.fract() != 0.0 || number >= 1e15 {
            return None;
        }
        let is_met = |section: &&Section| match section.condition {
            None => true,
            Some((Comparison::Less, than)) => number < than,
            Some((Comparison::AtMost, than)) => number <= than,
            Some((Comparison::More, than)) => number > than,
            Some((Comparison::AtLeast, than)) => number >= than,
            Some((Comparison::Equal, to)) => number.total_cmp(&to).is_eq(),
        };
        let section = self.0.iter().find(is_met)?;
        let digits = number.to_string();
        let text = section.fill(&digits)?;
        let only: String = text.chars().filter(char::is_ascii_digit).collect();
        (text.contains('+') || only != digits).then_some(text)
    }
}

impl Section {
    /// The digits in their places; those that have none stand in front. `None` where the section shows no number.
    fn fill(&self, digits: &str) -> Option<String> {
        let places = self.pieces.iter().filter(|piece| !matches!(piece, Piece::Literal(_))).count();
        if places == 0 {
            return None;
        }
        let mut digits = digits.chars();
        let mut missing = places.saturating_sub(digits.clone().count());
        let mut surplus = digits.clone().count().saturating_sub(places);
        let mut is_padding = false;
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(c) => text.push(*c),
                Piece::Zero | Piece::Digit if missing > 0 => {
                    missing -= 1;
                    is_padding |= *piece == Piece::Zero;
                    if is_padding {
                        text.push('0');
                    }
                }
                Piece::Zero | Piece::Digit => {
                    text.extend(digits.by_ref().take(surplus + 1));
                    surplus = 0;
                }
            }
        }
        Some(text)
    }
}

/// The first section of a code and what stands behind it, its semicolon first.
fn section(code: &str) -> Option<(Section, &str)> {
    let mut section = Section { condition: None, pieces: Vec::new() };
    let mut characters = code.chars();
    loop {
        let rest = characters.as_str();
        let Some(c) = characters.next() else {
            return Some((section, ""));
        };
        match c {
            ';' => return Some((section, rest)),
            '"' => {
                let (text, behind) = characters.as_str().split_once('"')?;
                section.pieces.extend(text.chars().map(Piece::Literal));
                characters = behind.chars();
            }
            '\\' => section.pieces.push(Piece::Literal(characters.next()?)),
            // As wide as the next character, or filled with it.
            '_' | '*' => {
                characters.next()?;
            }
            '[' => {
                let (text, behind) = characters.as_str().split_once(']')?;
                match text.strip_prefix('$') {
                    // A currency and a language; the currency may be any text.
                    Some(currency) => {
                        let text = currency.split_once('-').map_or(currency, |(text, _)| text);
                        section.pieces.extend(text.chars().map(Piece::Literal));
                    }
                    None => section.condition = condition(text).or(section.condition),
                }
                characters = behind.chars();
            }
            '0' => section.pieces.push(Piece::Zero),
            '#' | '?' => section.pieces.push(Piece::Digit),
            // Groups of three.
            ',' => {}
            '+' | '-' | '(' | ')' | ' ' | '/' | ':' | '\u{a0}' | '1'..='9' => section.pieces.push(Piece::Literal(c)),
            // A fraction, a percentage, an exponent, a date, text, General.
            _ => return None,
        }
    }
}

fn condition(text: &str) -> Option<(Comparison, f64)> {
    let signs = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::More),
        ("=", Comparison::Equal),
    ];
    signs.iter().find_map(|(sign, comparison)| Some((*comparison, text.strip_prefix(sign)?.trim().parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_format_adds_is_shown() {
        let cases = [
            (r"\+0;", 12025550123.0, Some("+12025550123")),
            (r"\+0", 12025550123.0, Some("+12025550123")),
            ("+0", 12025550123.0, Some("+12025550123")),
            ("\"+91 \"0", 9876543210.0, Some("+91 9876543210")),
            ("\"+1 \"(000) 000-0000", 2025550123.0, Some("+1 (202) 555-0123")),
            ("[$+49] 0", 15123456789.0, Some("+49 15123456789")),
            ("[$+49-407]0", 15123456789.0, Some("+4915123456789")),
            ("0000000000", 707123456.0, Some("0707123456")),
            ("0#\" \"##\" \"##\" \"##\" \"##", 707123456.0, Some("07 07 12 34 56")),
            (r"[<=9999999]###\-####;\(0###\)\ ###\-####", 5321234567.0, Some("(0532) 123-4567")),
            (r"[<=9999999]###\-####;\(0###\)\ ###\-####", 1234567.0, None),
            ("[<=9999999]###-####;(###) ###-####", 2025550123.0, None),
            ("#,##0", 2025550123.0, None),
            ("00", 2025550123.0, None),
            ("0", 2025550123.0, None),
            ("General", 2025550123.0, None),
            ("@", 2025550123.0, None),
            ("0.00", 2025550123.0, None),
            ("+0.0%", 5.0, None),
            ("yyyy-mm-dd", 45000.0, None),
            ("+0", -5.0, None),
            ("+0", 1.5, None),
            ("\"+1 ", 2025550123.0, None),
        ];
        for (code, number, shown) in cases {
            let found = NumberFormat::read(code).and_then(|format| format.shown(number));
            assert_eq!(found.as_deref(), shown, "{code} {number}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_code_is_a_format_or_none(code in "[0#?+;,.\\\\\"\\[\\]$<=>_* 19a-z()-]{0,30}", number in 0_u64..1_000_000_000_000_000) {
            // It only must not panic, and never drop a digit of the number.
            if let Some(text) = NumberFormat::read(&code).and_then(|format| format.shown(number as f64)) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                proptest::prop_assert!(digits.len() >= number.to_string().len());
            }
        }
    }
}
