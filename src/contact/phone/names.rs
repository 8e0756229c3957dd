//! The names of countries, in English and in the languages in which country columns are met.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Region;

include!(concat!(env!("OUT_DIR"), "/countries.rs"));

/// The country of an ISO code (two or three letters) or a name.
pub(super) fn find(text: &str) -> Option<Region> {
    if let &[a, b] = text.as_bytes()
        && let Some(region) = Region::from_letters([a, b])
    {
        return Some(region);
    }
    by_name(text).or_else(|| official(text))
}

fn by_name(text: &str) -> Option<Region> {
    let name = normalised(text);
    of_name(name.strip_prefix("the ").unwrap_or(&name).as_bytes())
}

/// The country of an official name as ISO 3166 orders it: `Korea, Republic of`, `Bolivia (Plurinational State of)`.
fn official(text: &str) -> Option<Region> {
    /// Of these there are two.
    const SHARED: [&str; 4] = ["korea", "congo", "virgin islands", "guinea"];
    let (name, rest) = text.split_once(',').or_else(|| text.strip_suffix(')')?.split_once('('))?;
    let whole = by_name(&format!("{rest} {name}"));
    whole.or_else(|| if SHARED.contains(&normalised(name).as_str()) { None } else { by_name(name) })
}

/// The country of a name in nothing but ASCII letters and blanks, as most columns have it: found without making a text.
pub(super) fn plain(text: &str) -> Option<Region> {
    let mut buffer = [0; 40];
    let name = buffer.get_mut(..text.len())?;
    for (slot, byte) in name.iter_mut().zip(text.bytes()) {
        if !byte.is_ascii_alphabetic() && byte != b' ' {
            return None;
        }
        *slot = byte.to_ascii_lowercase();
    }
    of_name(name)
}

/// The country of a name in the form of the table.
fn of_name(name: &[u8]) -> Option<Region> {
    let index = NAMES.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok()?;
    NAMES.get(index).and_then(|(_, letters)| Region::from_letters(*letters))
}

/// The English name; nothing for a region that is none of a country.
pub(super) fn english(region: Region) -> &'static str {
    let name = region.letters().and_then(|(a, b)| {
        let index = ENGLISH.binary_search_by(|(letters, _)| letters.cmp(&[a, b])).ok()?;
        ENGLISH.get(index).map(|(_, name)| *name)
    });
    name.unwrap_or("no country")
}

/// The country whose name is most like the text, if one is like it at all.
pub(super) fn nearest(text: &str) -> Option<Region> {
    let name: String = normalised(text).chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
    if name.trim().chars().count() < 4 {
        return None;
    }
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(name.trim(), known);
    let ranked = NAMES.iter().filter(|(known, _)| known.len() > 3).map(|(known, letters)| (likeness(known), letters));
    let (best, letters) = ranked.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best >= 0.7).then(|| Region::from_letters(*letters)).flatten()
}

/// Lower case, without accents and signs; `metadata/refresh.py` writes the table in the same form.
pub(super) fn normalised(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let letters = text.chars().flat_map(char::to_lowercase).nfkd().filter(|&c| !is_combining_mark(c));
    for c in letters {
        match c {
            '&' => name.push_str(" and "),
            c if c.is_alphanumeric() => name.push(c),
            // Joiners stand within words of some scripts, and are gone from a cell that was cleaned.
            '\u{200b}'..='\u{200f}' => {}
            _ => name.push(' '),
        }
    }
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_names_are_known_in_the_order_of_iso_3166() {
        let found = |name: &str| find(name).map(|region| region.as_str().to_owned());
        for (name, region) in [
            ("Korea, Republic of", Some("KR")),
            ("Bolivia (Plurinational State of)", Some("BO")),
            ("Bolivia, Plurinational State of", Some("BO")),
            ("Tanzania, United Republic of", Some("TZ")),
            ("Iran, Islamic Republic of", Some("IR")),
            ("Venezuela (Bolivarian Republic of)", Some("VE")),
            ("Moldova, Republic of", Some("MD")),
            ("Korea, Somewhere", None),
            ("Nowhere, Republic of", None),
        ] {
            assert_eq!(found(name).as_deref(), region, "{name}");
        }
    }

    #[test]
    fn a_plain_name_is_the_same_name() {
        for (name, _) in NAMES {
            let written = name.to_uppercase();
            for text in [*name, written.as_str()] {
                assert!(plain(text).is_none_or(|region| find(text) == Some(region)), "{text}");
            }
        }
        assert_eq!(plain("United States"), find("US"));
        assert!(["", " ", "Côte d’Ivoire", "India ", &"x".repeat(60)].into_iter().all(|text| plain(text).is_none()));
    }

    #[test]
    fn names_are_found_in_many_languages() {
        let cases = [
            ("India", "IN"),
            ("IN", "IN"),
            ("ind", "IN"),
            ("Bharat", "IN"),
            ("भारत", "IN"),
            ("UK", "GB"),
            ("The Netherlands", "NL"),
            ("Deutschland", "DE"),
            ("Côte d’Ivoire", "CI"),
            ("Ivory Coast", "CI"),
            ("U.S.A.", "US"),
            ("United States", "US"),
            ("السعودية", "SA"),
            ("المملكة العربية السعودية", "SA"),
            ("México", "MX"),
            ("Türkiye", "TR"),
            ("Turkey", "TR"),
            ("日本", "JP"),
            ("España", "ES"),
            ("Россия", "RU"),
            ("Antigua & Barbuda", "AG"),
            ("Congo-Brazzaville", "CG"),
            ("香港", "HK"),
            ("Oesterreich", "AT"),
            ("ශ්‍රී ලංකාව", "LK"),
            ("ශ්රී ලංකාව", "LK"),
            ("Brasil", "BR"),
        ];
        for (text, iso) in cases {
            assert_eq!(find(text).map(|region| region.to_string()).as_deref(), Some(iso), "{text}");
        }
        for text in ["", "abc", "ZZ", "Atlantis", "001"] {
            assert!(find(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_misspelt_name_finds_its_country() {
        assert_eq!(nearest("Indja").map(|region| region.to_string()).as_deref(), Some("IN"));
        assert_eq!(nearest("Germny").map(|region| region.to_string()).as_deref(), Some("DE"));
        assert!(nearest("abc").is_none() && nearest("Xylophonistan Prime").is_none());
    }

    #[test]
    fn the_table_is_in_our_own_form_and_order() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(ENGLISH.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (name, letters) in NAMES {
            assert_eq!(*name, normalised(name));
            assert!(Region::from_letters(*letters).is_some(), "{name}");
        }
    }
}
