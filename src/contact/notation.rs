//! Lists as databases and languages write them into one cell: `{vip,"new leads"}`, `['vip', 'news']`, `[vip, new]`,
//! `#vip #new`.

use std::borrow::Cow;

use crate::vocabulary::PhoneKind;

/// The elements of a cell that is a list as a whole.
pub(super) fn elements(cell: &str) -> Option<Vec<Cow<'_, str>>> {
    let cell = cell.trim();
    if cell.starts_with("[{") {
        return named(cell);
    }
    let within = |open: char, close: char| cell.strip_prefix(open)?.strip_suffix(close);
    match within('[', ']').or_else(|| within('{', '}')) {
        Some(inner) => parted(inner),
        // Of brackets like these only what is in quotes is a list: `('vip', 'news')`.
        None => match within('(', ')').filter(|inner| inner.trim_start().starts_with('\'')) {
            Some(inner) => parted(inner),
            None => hashtags(cell),
        },
    }
}

/// The names of objects in a list of JSON: `[{"id": 1, "name": "vip"}]`. An object without one is no element.
fn named(list: &str) -> Option<Vec<Cow<'static, str>>> {
    const NAMES: [&str; 5] = ["name", "title", "label", "tag", "value"];
    let objects: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(list).ok()?;
    let name = |object: &serde_json::Map<String, serde_json::Value>| {
        let name = NAMES.into_iter().find_map(|name| object.get(name)?.as_str());
        name.map(|name| Cow::Owned(name.to_owned()))
    };
    Some(objects.iter().filter_map(name).collect())
}

/// The numbers of a cell that is JSON, one object or a list of them, mobiles first and without faxes:
/// `[{"type": "mobile", "number": "+1 202 555 0101"}]`.
pub(super) fn numbers(cell: &str) -> Option<Vec<String>> {
    const NUMBERS: [&str; 6] = ["number", "phone", "phone_number", "phoneNumber", "e164", "value"];
    const KINDS: [&str; 4] = ["type", "label", "kind", "category"];
    let cell = Some(cell.trim()).filter(|cell| cell.contains(['"', ':']))?;
    let objects: Vec<serde_json::Map<String, serde_json::Value>> = match cell.starts_with('{') {
        true => vec![serde_json::from_str(cell).ok()?],
        false => serde_json::from_str(cell).ok()?,
    };
    let number = |object: &serde_json::Map<String, serde_json::Value>| {
        let kind = KINDS
            .into_iter()
            .find_map(|key| object.get(key)?.as_str())
            .map_or(PhoneKind::Any, |kind| PhoneKind::of(&kind.to_lowercase()));
        let number = NUMBERS.into_iter().find_map(|key| match object.get(key)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        Some((kind, number?)).filter(|(kind, _)| *kind != PhoneKind::Fax)
    };
    let mut numbers: Vec<(PhoneKind, String)> = objects.iter().filter_map(number).collect();
    numbers.sort_by_key(|(kind, _)| if *kind == PhoneKind::Place { PhoneKind::Any } else { *kind });
    Some(numbers.into_iter().map(|(_, number)| number).collect())
}

/// The elements between commas, in quotes or plain; nothing where something else is among them.
fn parted(list: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut elements = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let (element, behind) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(rest.get(1..)?, quote)?,
            _ => plain(rest)?,
        };
        elements.extend(element);
        rest = match behind.trim_start().strip_prefix(',') {
            Some(behind) => behind.trim_start(),
            None if behind.trim().is_empty() => "",
            None => return None,
        };
    }
    Some(elements)
}

/// An element up to its closing quote, and what follows. A backslash stands before a quote that belongs to it.
fn quoted(text: &str, quote: char) -> Option<(Option<Cow<'_, str>>, &str)> {
    let mut escaped = false;
    let mut any = false;
    let end = text.char_indices().find(|(_, c)| {
        let is_end = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        any |= escaped;
        is_end
    });
    let (element, behind) = text.split_at_checked(end?.0)?;
    let element = match any {
        true => Cow::Owned(without_escapes(element)),
        false => Cow::Borrowed(element),
    };
    Some((Some(element), behind.get(1..)?))
}

fn without_escapes(text: &str) -> String {
    let mut chars = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// An element up to the next comma, and what follows; a word for nothing is no element.
fn plain(text: &str) -> Option<(Option<Cow<'_, str>>, &str)> {
    const NOTHING: [&str; 3] = ["NULL", "null", "None"];
    let (element, behind) = text.split_at_checked(text.find(',').unwrap_or(text.len()))?;
    let element = element.trim();
    let is_whole = !element.contains(['[', ']', '{', '}', '"']);
    is_whole.then(|| (Some(element).filter(|one| !NOTHING.contains(one)).map(Cow::Borrowed), behind))
}

/// Words that all begin with a number sign.
fn hashtags(cell: &str) -> Option<Vec<Cow<'_, str>>> {
    let word = |word: &'_ str| -> Option<()> {
        let tag = word.strip_prefix('#')?;
        (tag.starts_with(char::is_alphabetic) && !tag.contains(['#', ',', ';', '|'])).then_some(())
    };
    if !cell.starts_with('#') || cell.split_whitespace().any(|one| word(one).is_none()) {
        return None;
    }
    Some(cell.split_whitespace().map(|word| Cow::Borrowed(word.trim_start_matches('#'))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_in_every_notation() {
        let table: &[(&str, Option<&[&str]>)] = &[
            ("{vip,\"new leads\"}", Some(&["vip", "new leads"])),
            ("{\"a \\\"b\\\"\",\"c\\\\d\",NULL,\"NULL\"}", Some(&["a \"b\"", "c\\d", "NULL"])),
            ("{}", Some(&[])),
            (" [] ", Some(&[])),
            ("['vip', 'news']", Some(&["vip", "news"])),
            ("[\"it's\", 'a, b', None]", Some(&["it's", "a, b"])),
            ("['it\\'s']", Some(&["it's"])),
            ("{'vip', 'news'}", Some(&["vip", "news"])),
            ("('vip', 'news')", Some(&["vip", "news"])),
            ("('vip',)", Some(&["vip"])),
            ("[vip, new leads]", Some(&["vip", "new leads"])),
            ("[VIP]", Some(&["VIP"])),
            ("[O'Brien, x]", Some(&["O'Brien", "x"])),
            ("#vip #new", Some(&["vip", "new"])),
            ("#vip", Some(&["vip"])),
            // No lists.
            ("[new], [old]", None),
            ("[new], old", None),
            ("(vip, news)", None),
            ("{\"a\": 1}", None),
            ("{a} b", None),
            ("a {b, c}", None),
            ("#1 fan", None),
            ("#1", None),
            ("C #sharp", None),
            ("#a, #b", None),
            ("['a' 'b']", None),
            ("[\"a]", None),
            ("", None),
        ];
        for (cell, expected) in table {
            let expected = expected.map(|list| list.iter().map(|&one| Cow::Borrowed(one)).collect::<Vec<_>>());
            assert_eq!(elements(cell), expected, "{cell}");
        }
    }
}
