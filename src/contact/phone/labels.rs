//! Words around a number: labels in front or in brackets behind, extensions.

/// Words that label a number, in lower case. A fax is no label: nobody can be written to there.
const LABELS: &[&str] = &[
    "tel",
    "tele",
    "telephone",
    "telefon",
    "telefono",
    "teléfono",
    "téléphone",
    "telefone",
    "telefoon",
    "telepon",
    "telp",
    "tlf",
    "tlp",
    "phone",
    "phn",
    "ph",
    "fon",
    "fone",
    "mobile",
    "mob",
    "mobil",
    "mobiel",
    "mobiltelefon",
    "móvil",
    "movil",
    "móv",
    "cell",
    "cellphone",
    "cellular",
    "cel",
    "celular",
    "cellulare",
    "handy",
    "handynummer",
    "portable",
    "hp",
    "gsm",
    "whatsapp",
    "whats",
    "whatapp",
    "app",
    "wa",
    "wapp",
    "home",
    "work",
    "office",
    "main",
    "business",
    "personal",
    "private",
    "other",
    "landline",
    "primary",
    "secondary",
    "direct",
    "line",
    "contact",
    "number",
    "numero",
    "número",
    "numéro",
    "nummer",
    "num",
    "no",
    "nr",
    "nº",
    "n°",
    "№",
    "only",
    "call",
    "sms",
    "text",
    "msisdn",
    "privat",
    "arbeit",
    "casa",
    "trabajo",
    "trabalho",
    "bureau",
    "maison",
    "domicile",
    "festnetz",
    "fixe",
    "fijo",
    "telegram",
    "viber",
    "iphone",
    "emergency",
    "company",
    "my",
    "new",
    "alt",
    "alternate",
    "t",
    "p",
    "m",
    "c",
    "h",
    "w",
    "o",
    "тел",
    "телефон",
    "моб",
    "мобильный",
    "сот",
    "раб",
    "дом",
    "ватсап",
    "電話",
    "电话",
    "手机",
    "手機",
    "携帯",
    "携帯電話",
    "전화",
    "휴대폰",
    "핸드폰",
    "هاتف",
    "جوال",
    "الجوال",
    "موبايل",
    "تلفون",
    "واتساب",
    "الهاتف",
    "رقم",
    "फोन",
    "फ़ोन",
    "मोबाइल",
    "नंबर",
    "मो",
    "โทร",
    "เบอร์",
    "טלפון",
    "נייד",
    "τηλ",
    "κιν",
    "τηλέφωνο",
    "κινητό",
];
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
    "wewn",
    "durchwahl",
    "dw",
    "nst",
    "toestel",
    "内线",
    "內線",
    "分机",
    "分機",
];

fn label(word: &str) -> bool {
    let lower = word.to_lowercase();
    LABELS.contains(&lower.as_str())
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
        {
            (rest, last) = (behind, "bracket");
            continue;
        }
        let end =
            rest.find(|c: char| !c.is_alphabetic() && !matches!(c, '°' | 'º') && !combining(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end)?;
        if word.is_empty() || !label(word) {
            break;
        }
        // One letter alone may be a slip for a digit: only a sign makes a label of it.
        if word.chars().count() == 1 && word.is_ascii() && !behind.starts_with([':', '.', ')', '/', '-', '=']) {
            break;
        }
        last = word;
        rest = behind.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '.' | '-' | '=' | '/' | '#' | ')' | '\'' | '_')
        });
        // `Phone 1: 98765`
        let mut chars = rest.chars();
        if let (Some('1'..='9'), Some(':')) = (chars.next(), chars.next()) {
            rest = chars.as_str().trim_start();
        }
    }
    (!last.is_empty()).then(|| rest.trim_start())
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
    all.then(|| rest.trim_end())
}

/// The text before an extension: a word for it and 1 to 7 digits, behind at least 6 digits.
pub(super) fn without_extension(text: &str) -> Option<&str> {
    let body = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '.'));
    let head = body.trim_end_matches(|c: char| c.is_ascii_digit());
    if !(1..=7).contains(&(body.len() - head.len())) {
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
            ("98765 mobile", None),
            ("O98765", None),
            ("Jane: 98765", None),
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
            ("12345x12", None),
            ("+1 415 555 2671 ext 12345678", None),
            ("+1 415 555 2671 box 12", None),
            ("4155552671", None),
        ];
        for (text, rest) in cases {
            assert_eq!(without_extension(text), rest, "{text}");
        }
    }
}
