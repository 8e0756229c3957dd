//! Numbers of every range of every country in the writings that occur in files, read by us and by the reference library.
//!
//! The library is given the plain digits; around it stands the decision table once more, in a few lines. What the
//! table wants otherwise than the library is listed in `Wanted`, and nothing else may differ.

use std::collections::BTreeMap;

use rlibphonenumber::{PHONE_NUMBER_UTIL as LIBRARY, PhoneNumberType};

use super::oracle::{Dice, Ranges, mistaken};
use super::*;
use crate::row::Note;

/// Differences from the library that the decision table wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    /// Two readings are valid: neither is taken.
    Ambiguous,
    /// More than fifteen digits are no E.164 number, although the plans of a few countries hold such ranges.
    OverFifteen,
    /// Mexico's former mobile token is taken away.
    MexicoToken,
    /// Of two valid readings with the own calling code in front or without, the one that is a mobile.
    OwnCode,
    /// A voicemail or a pager is nobody to write to.
    Voicemail,
    /// The national reading is no mobile and lacks its trunk prefix, and with `+` it is a mobile of another country; or
    /// the calling code stands twice.
    ForeignCode,
    /// The calling code stands twice in the number cell, and once in the prefix cell.
    CodeTwice,
    /// The 0 of a trunk prefix of two digits was lost.
    LostZero,
    /// Valid as a national number, though the library took its first digits for an exit code or a calling code.
    National,
}

/// The library's valid reading as an E.164 number.
fn valid(text: &str, region: Option<Region>) -> Option<String> {
    let region = region.filter(|region| region.as_str() != "001").map(|region| region.as_str().parse().unwrap());
    let number = LIBRARY.parse(text, region).ok()?;
    (number.get_type() != PhoneNumberType::Unknown)
        .then(|| format!("+{}{}", number.country_code, number.get_national_significant_number()))
}

/// What the digits of a cell are to be read by.
struct Question<'q> {
    plus: bool,
    digits: &'q str,
    /// The calling code of the prefix cell.
    prefix: Option<u16>,
    region: Option<Region>,
}

impl Question<'_> {
    /// Whether the calling code of the prefix cell stands twice in front of the digits.
    fn is_code_twice(&self) -> bool {
        self.prefix.is_some_and(|code| self.digits.starts_with(&format!("{code}{code}")))
    }
}

/// The decision table with the library's word for what is valid. Readings that are valid, or a refusal.
fn table(question: &Question) -> Result<Vec<String>, Code> {
    let Question { plus, digits, prefix, region } = *question;
    let international = |digits: &str| valid(&format!("+{digits}"), None);
    let beyond = digits.strip_prefix("00");
    let mut readings: Vec<Option<String>> = Vec::new();
    match (plus, prefix, region) {
        (true, prefix, _) => {
            let digits = beyond.unwrap_or(digits);
            let code = LIBRARY.parse(format!("+{digits}"), None).ok().map(|number| number.country_code);
            if let (Some(prefix), Some(code)) = (prefix, code)
                && i32::from(prefix) != code
            {
                return Err(Code::PrefixConflict);
            }
            readings.push(international(digits));
        }
        (false, Some(code), _) => {
            let plain = international(&format!("{code}{digits}"));
            if let (None, Some(other)) = (&plain, beyond.and_then(international)) {
                let same = other.parse_code() == code;
                return if same { Ok(vec![other]) } else { Err(Code::PrefixConflict) };
            }
            readings.push(plain);
            if digits.starts_with(&code.to_string()) {
                readings.push(international(digits));
            }
        }
        (false, None, Some(region)) => {
            readings.push(valid(digits, Some(region)));
            if digits.starts_with(&region.calling_code().to_string()) {
                readings.push(international(digits));
            }
            if readings.iter().all(Option::is_none) {
                readings.push(beyond.and_then(international));
            }
        }
        (false, None, None) => match beyond.and_then(international) {
            None => return Err(Code::PhoneNoCountry),
            found => readings.push(found),
        },
    }
    let mut readings: Vec<String> = readings.into_iter().flatten().collect();
    readings.sort();
    readings.dedup();
    Ok(readings)
}

fn is_mobile(kind: PhoneNumberType) -> bool {
    matches!(kind, PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile)
}

trait Code91 {
    fn parse_code(&self) -> u16;
}

impl Code91 for String {
    /// The calling code of an E.164 number.
    fn parse_code(&self) -> u16 {
        LIBRARY.parse(self, None).unwrap().country_code as u16
    }
}

/// Compares what was read with the table; the name of the difference if one is wanted.
fn judge(question: &Question, found: &Result<Reading, Refusal>) -> Result<Option<Wanted>, String> {
    let expected = table(question);
    match (&expected, found) {
        (Err(code), Err(refusal)) if *code == refusal.code => Ok(None),
        // The table's rule 12 comes behind the row without a country too.
        (Err(Code::PhoneNoCountry), Ok(reading)) if reading.notes.has(Note::PhoneMxTokenRemoved) => {
            Ok(Some(Wanted::MexicoToken))
        }
        (Err(Code::PhoneNoCountry), Err(refusal))
            if matches!(refusal.code, Code::PhoneObsoleteFormat | Code::PhoneLeadingZeroLost) =>
        {
            Ok(None)
        }
        (Ok(readings), Ok(reading)) => {
            let phone = reading.phone.to_string();
            match readings.as_slice() {
                [one] if *one == phone => {
                    let theirs = LIBRARY.parse(&phone, None).unwrap();
                    let kind = reading.kind.as_str().replace('_', "");
                    let kind_of_theirs = format!("{:?}", theirs.get_type()).to_lowercase();
                    // A national number may be read otherwise once `+` stands before it; then kinds cannot be compared so.
                    let same = format!("+{}{}", theirs.country_code, theirs.get_national_significant_number()) == phone;
                    if same && kind != kind_of_theirs { Err(format!("{kind}, not {kind_of_theirs}")) } else { Ok(None) }
                }
                [] if reading.notes.has(Note::PhoneMxTokenRemoved) => Ok(Some(Wanted::MexicoToken)),
                [] if question.region.is_some()
                    && !question.plus
                    && question.prefix.is_none()
                    && valid(&phone, None) == Some(phone.clone()) =>
                {
                    Ok(Some(Wanted::National))
                }
                [] if question.is_code_twice() && valid(&phone, None) == Some(phone.clone()) => {
                    Ok(Some(Wanted::CodeTwice))
                }
                [] if reading.notes.has(Note::PhoneLostZeroRestored) => Ok(Some(Wanted::LostZero)),
                readings if readings.len() == 2 && readings.contains(&phone) => {
                    let mobile = |number: &String| is_mobile(LIBRARY.parse(number, None).unwrap().get_type());
                    let only = readings.iter().all(|number| mobile(number) == (*number == phone));
                    if only { Ok(Some(Wanted::OwnCode)) } else { Err(format!("{phone} of {readings:?}")) }
                }
                readings => Err(format!("{phone}, not {readings:?}")),
            }
        }
        (Ok(readings), Err(refusal)) => judge_refusal(readings, refusal),
        (Err(code), found) => Err(format!(
            "{:?}, not {code}",
            found.as_ref().map(|reading| reading.phone.to_string()).map_err(|r| r.code)
        )),
    }
}

/// Compares a refusal with the readings that are valid by the library.
fn judge_refusal(readings: &[String], refusal: &Refusal) -> Result<Option<Wanted>, String> {
    let over = |number: &String| number.len() > 1 + Phone::LONGEST;
    match (readings, refusal.code) {
        ([], code) if !matches!(code, Code::PhoneAmbiguous | Code::PhoneNoCountry | Code::PrefixConflict) => Ok(None),
        (readings, Code::PhoneTypeNotAllowed) if !readings.is_empty() => Ok(Some(Wanted::Voicemail)),
        ([one], Code::PhoneAmbiguous) if refusal.suggestions.contains(one) && refusal.suggestions.len() == 2 => {
            let mobile = |number: &String| is_mobile(LIBRARY.parse(number, None).unwrap().get_type());
            let other = refusal.suggestions.iter().any(|number| number != one && mobile(number));
            Ok(Some(if !mobile(one) && other { Wanted::ForeignCode } else { Wanted::Ambiguous }))
        }
        ([one], Code::PhoneTooLong) if over(one) => Ok(Some(Wanted::OverFifteen)),
        (readings, Code::PhoneAmbiguous) if refusal.suggestions.len() > 1 || readings.iter().any(over) => {
            let known = readings.iter().filter(|one| !over(one)).all(|one| refusal.suggestions.contains(one));
            if known { Ok(Some(Wanted::Ambiguous)) } else { Err(format!("ambiguous without {readings:?}")) }
        }
        (readings, code) => Err(format!("{code}, not {readings:?}")),
    }
}

/// The cells of one writing, and what is asked thereby.
struct Writing<'w> {
    prefix: String,
    cell: String,
    question: Question<'w>,
}

fn grouped(digits: &str, sign: &str) -> String {
    let groups: Vec<String> =
        digits.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(sign)
}

fn native(text: &str, zero: char) -> String {
    let digit = |c: char| char::from_u32(zero as u32 + c.to_digit(10)?);
    text.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// A national number in all writings. `+` and the like come with the calling code of the region.
fn writings<'w>(region: Region, national: &'w str, full: &'w str, trunk: &'w str) -> Vec<Writing<'w>> {
    let code = region.calling_code();
    let mut all = Vec::new();
    let mut add = |prefix: &str, cell: String, question: Question<'w>| {
        all.push(Writing { prefix: prefix.to_owned(), cell, question });
    };
    let plus = || Question { plus: true, digits: full, prefix: None, region: None };
    add("", format!("+{full}"), plus());
    add("", format!("+{code} {}", grouped(national, " ")), plus());
    add("", format!("+{code}-{}", grouped(national, "-")), plus());
    add("", format!("+{code}.{}", grouped(national, ".")), plus());
    add("", format!("(+{code}) {national}"), plus());
    add("", format!("'+{full}"), plus());
    add("", format!("=\"+{full}\""), plus());
    add("", format!("\u{202a}+{code}\u{a0}{}\u{202c}", grouped(national, "\u{a0}")), plus());
    add("", native(&format!("+{full}"), '٠'), plus());
    add("", native(&format!("＋{full}"), '０'), plus());
    add("", format!("Phone: +{full}"), plus());
    add("", format!("+{full} (mobile)"), plus());
    add("", format!("+{full} ::: +{code} {national}"), plus());
    add("", format!("+{full}, +{full}"), plus());
    add("", format!("tel:+{full}"), plus());
    if national.len() > 1 {
        add("", format!("tel:{national};phone-context=+{code}"), plus());
    }
    if full.len() >= 6 {
        add("", format!("{full}@c.us"), plus());
        add("", format!("https://wa.me/{full}"), plus());
        add("", format!("+{full} x12"), plus());
        add("", format!("+{full} ext. 123"), plus());
    }
    let plus_behind = || Question { plus: true, digits: full, prefix: Some(code), region: None };
    add(&code.to_string(), format!("+{full}"), plus_behind());
    add("7", format!("+{full}"), Question { plus: true, digits: full, prefix: Some(7), region: None });
    all.extend(writings_without_plus(region, national, full, trunk));
    all
}

/// The same without `+`: alone, by a country, and behind a prefix cell.
fn writings_without_plus<'w>(region: Region, national: &'w str, full: &'w str, trunk: &'w str) -> Vec<Writing<'w>> {
    let code = region.calling_code();
    let iso = if region.as_str() == "001" { code.to_string() } else { region.to_string() };
    let named = (region.as_str() != "001").then_some(region);
    let mut all = Vec::new();
    let mut add = |prefix: &str, cell: String, question: Question<'w>| {
        all.push(Writing { prefix: prefix.to_owned(), cell, question });
    };
    let alone = |digits| Question { plus: false, digits, prefix: None, region: None };
    add("", format!("{full} "), alone(full));
    let within = |digits| Question { plus: false, digits, prefix: None, region: named };
    let behind = |digits| Question { plus: false, digits, prefix: Some(code), region: None };
    for digits in [national, full, trunk] {
        let pairs = [
            (String::new(), within(digits)),
            (format!("+{code}"), behind(digits)),
            (code.to_string(), behind(digits)),
            (iso.clone(), behind(digits)),
        ];
        for (prefix, question) in pairs {
            if question.region.is_none() && question.prefix.is_none() {
                continue;
            }
            add(&prefix, digits.to_owned(), question);
        }
        add(&format!("{code}.0"), native(&grouped(digits, " "), '०'), behind(digits));
        if digits.len() >= 7 && !digits.starts_with('0') {
            add(&format!("({code})"), format!("{digits}.0"), behind(digits));
            if let Some(region) = named {
                let question = Question { plus: false, digits, prefix: None, region: Some(region) };
                add("", format!("{}.{}E+{}", &digits[..1], &digits[1..], digits.len() - 1), question);
            }
        }
    }
    all
}

fn differences(count: usize, seed: u64) {
    let ranges = Ranges::new();
    let mut dice = Dice::new(seed);
    let mut wrong = Vec::new();
    let mut wanted = BTreeMap::new();
    let mut asked = 0;
    for index in 0..count {
        let (region, mut national) = ranges.draw(index, &mut dice);
        if index / ranges.len() % 3 == 2 {
            national = mistaken(&national, &mut dice);
        }
        let full = format!("{}{national}", region.calling_code());
        let trunk = match region.calling_code() {
            7 => "8",
            1 => "1",
            36 => "06",
            _ => "0",
        };
        let trunk = format!("{trunk}{national}");
        if national.bytes().all(|b| b == b'0') {
            continue; // Stands for nothing.
        }
        for Writing { prefix, cell, question } in writings(region, &national, &full, &trunk) {
            // A few numbers have the shape of something else; cells with such shapes have cases of their own.
            if super::shapes::is_date(&cell) || (cell.len() - cell.trim_start_matches('0').len()) > 6 {
                continue;
            }
            asked += 1;
            let rules = Rules { plans: super::oracle::REFERENCE.clone(), ..Rules::default() };
            let found = read(&prefix, &cell, question.region, &rules);
            match judge(&question, &found) {
                Ok(None) => {}
                Ok(Some(difference)) => *wanted.entry(difference).or_insert(0) += 1,
                Err(what) => wrong.push(format!("{prefix:?} {cell:?} in {:?}: {what}", question.region)),
            }
        }
    }
    let some: Vec<&String> = wrong.iter().take(40).collect();
    assert!(wrong.is_empty(), "{} of {asked} differ: {some:#?}", wrong.len());
    // Every number of a voicemail or a pager is refused, and each range is drawn as often as the others.
    let refused = wanted.get(&Wanted::Voicemail).copied().unwrap_or(0);
    assert!((wanted.values().sum::<usize>() - refused) * 50 < asked, "{wanted:?} of {asked}");
    eprintln!("{asked} cells, differences that are wanted: {wanted:?}");
}

#[test]
fn cells_are_read_as_the_table_and_the_library_say() {
    differences(2_500, 3);
}

#[test]
#[ignore = "long: over a million cells"]
fn a_million_cells_are_read_as_the_table_and_the_library_say() {
    differences(26_000, 11);
}
