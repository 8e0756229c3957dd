//! The reference library (Google's algorithm with metadata of the same version) asked the same questions.
//!
//! The small sizes run always. All of it, over a million numbers each, takes a minute or two:
//! `cargo test --lib contact::phone::oracle -- --ignored --nocapture`

use std::sync::LazyLock;

use rlibphonenumber::{PHONE_NUMBER_UTIL as LIBRARY, ParseError, PhoneNumber, PhoneNumberType, ValidationError};

use super::lengths::{Length, length};
use super::pattern::{Op, Program};
use super::plans::{Number, Unread, builtin};
use super::tables::Plan;
use super::*;

/// Our plans in the version that the library carries: the countries that differ are taken from `reference.tsv`, which
/// `metadata/refresh.py --reference VERSION` writes.
pub(super) static REFERENCE: LazyLock<Plans> = LazyLock::new(|| {
    let other = include_str!("../../../tests/data/phone/reference.tsv");
    let blocks = |text: &'static str| -> Vec<Vec<&'static str>> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        lines.chunk_by(|_, next| !next.starts_with("region\t")).map(<[_]>::to_vec).collect()
    };
    let then = blocks(other);
    let mut text = String::new();
    for block in blocks(include_str!("../../../metadata/plans.tsv")) {
        let replaced = then.iter().skip(1).find(|one| one.first() == block.first());
        for line in replaced.unwrap_or(&block) {
            text.push_str(line);
            text.push('\n');
        }
    }
    Plans::read(&text).unwrap()
});

fn reference() -> &'static super::tables::Tables {
    REFERENCE.tables()
}

/// A small generator of its own, so that every run asks the same.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (((self.0 >> 33) * bound as u64) >> 31) as usize
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// The forms of every kind of every region, as programs to draw numbers from.
pub(super) struct Ranges(Vec<(Region, Program)>);

impl Ranges {
    pub(super) fn new() -> Ranges {
        let text = include_str!("../../../metadata/plans.tsv");
        let mut ranges = Vec::new();
        let mut region = None;
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells[..] {
                ["region", name, code] => {
                    let code: u16 = code.parse().unwrap();
                    let plan =
                        builtin().plans.iter().find(|plan| Region::of(plan).as_str() == name && plan.code == code);
                    region = plan.map(Region::of);
                }
                ["general", ..] => {}
                [_, _, _, pattern] => ranges.push((region.unwrap(), Program::new(pattern).unwrap())),
                _ => {}
            }
        }
        Ranges(ranges)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A national number of the range with this index.
    pub(super) fn draw(&self, index: usize, dice: &mut Dice) -> (Region, String) {
        let (region, program) = &self.0[index % self.0.len()];
        let mut digits = String::new();
        let mut at = 0;
        loop {
            at = match program.ops[at] {
                Op::Digit(mask) => {
                    let digit = loop {
                        let digit = dice.below(10);
                        if mask & (1 << digit) != 0 {
                            break digit;
                        }
                    };
                    digits.push(char::from_digit(digit as u32, 10).unwrap());
                    at + 1
                }
                Op::Split(a, b) => {
                    if dice.below(2) == 0 {
                        a
                    } else {
                        b
                    }
                }
                Op::Jump(to) => to,
                Op::Save(_) | Op::End => at + 1,
                Op::Match => return (*region, digits),
            };
        }
    }
}

/// The digits with a small mistake, or none.
pub(super) fn mistaken(digits: &str, dice: &mut Dice) -> String {
    let mut digits = digits.to_owned();
    let at = dice.below(digits.len());
    let digit = char::from_digit(dice.below(10) as u32, 10).unwrap();
    match dice.below(6) {
        0 => drop(digits.remove(at)),
        1 => digits.insert(at, digit),
        2 => digits.replace_range(at..=at, &digit.to_string()),
        3 => digits.truncate(at + 1),
        4 => digits.push(digit),
        _ => {}
    }
    digits
}

fn kind_of(kind: PhoneNumberType) -> Kind {
    match kind {
        PhoneNumberType::FixedLine => Kind::FixedLine,
        PhoneNumberType::Mobile => Kind::Mobile,
        PhoneNumberType::FixedLineOrMobile => Kind::FixedLineOrMobile,
        PhoneNumberType::TollFree => Kind::TollFree,
        PhoneNumberType::PremiumRate => Kind::PremiumRate,
        PhoneNumberType::SharedCost => Kind::SharedCost,
        PhoneNumberType::VoIP => Kind::Voip,
        PhoneNumberType::PersonalNumber => Kind::PersonalNumber,
        PhoneNumberType::Pager => Kind::Pager,
        PhoneNumberType::UAN => Kind::Uan,
        PhoneNumberType::VoiceMail => Kind::Voicemail,
        PhoneNumberType::Unknown => Kind::Unknown,
    }
}

/// Everything the library says of digits, in words.
fn library(text: &str, region: Option<Region>) -> String {
    let region = region.map(|region| region.as_str().parse().unwrap());
    match LIBRARY.parse(text, region) {
        Err(ParseError::InvalidCountryCode) => "no code".into(),
        Err(ParseError::TooShortAfterIdd | ParseError::TooShortNsn) => "too short".into(),
        Err(ParseError::TooLongNsn) => "too long".into(),
        // One or two digits are not the shape of a number to the library, with `+` or without.
        Err(_) if text.trim_start_matches('+').len() <= 2 => "too short".into(),
        Err(other) => format!("{other}"),
        Ok(number) => library_number(&number),
    }
}

fn library_number(number: &PhoneNumber) -> String {
    let kind = kind_of(number.get_type());
    let region = if kind == Kind::Unknown { None } else { number.get_region_code() };
    let length = match number.is_possible_with_reason() {
        Ok(rlibphonenumber::NumberLengthType::IsPossible) => Length::Right,
        Ok(_) => Length::Local,
        Err(ValidationError::TooShort) => Length::TooShort,
        Err(ValidationError::TooLong) => Length::TooLong,
        Err(_) => Length::Between,
    };
    let region = region.map_or(String::new(), |region| region.to_string());
    format!("+{} {} {kind} {region} {length:?}", number.country_code, number.get_national_significant_number())
}

/// Everything our tables say of digits, in the same words.
fn ours(digits: &str, plus: bool, plan: Option<&Plan>) -> String {
    let digits: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
    let number = match plan {
        Some(plan) if !plus => reference().dialled(&digits, plan),
        _ => reference().international(&digits),
    };
    match number {
        Err(Unread::NoCode) => "no code".into(),
        Err(Unread::TooShort) => "too short".into(),
        Err(Unread::TooLong) => "too long".into(),
        Ok(Number { code, national, found, .. }) => {
            let national = national.as_slice();
            let text: String = national.iter().map(u8::to_string).collect();
            let kind = found.map_or(Kind::Unknown, |(_, kind)| kind);
            let region = found.map_or(String::new(), |(region, _)| region.to_string());
            let length = length(reference().main(code).unwrap(), national.len());
            format!("+{code} {text} {kind} {region} {length:?}")
        }
    }
}

/// Asks both for the same digits in several ways of dialling; the differences go to `wrong`.
fn compare(region: Region, national: &str, dice: &mut Dice, wrong: &mut Vec<String>) -> usize {
    let code = region.calling_code();
    let other = {
        let plans = &reference().plans;
        Region::of(&plans[dice.below(plans.len())])
    };
    let mut asked = 0;
    let mut ask = |text: String, region: Option<Region>| {
        asked += 1;
        let region = region.filter(|region| region.as_str() != "001");
        let (plus, digits) = text.strip_prefix('+').map_or((false, &*text), |digits| (true, digits));
        if digits.is_empty() || (region.is_none() && !plus) {
            return;
        }
        let plan = region.and_then(|region| reference().plan(region));
        let (theirs, ours) = (library(&text, region), ours(digits, plus, plan));
        if theirs != ours {
            wrong.push(format!("{text} in {region:?}: the library says {theirs}, we say {ours}"));
        }
    };
    ask(format!("+{code}{national}"), None);
    ask(format!("+{code}{national}"), Some(other));
    ask(national.to_owned(), Some(region));
    ask(format!("{code}{national}"), Some(region));
    let trunk = *dice.of(&["0", "8", "1", "06", "01", "90", "015", "0031", "02"]);
    ask(format!("{trunk}{national}"), Some(region));
    ask(format!("+{code}{trunk}{national}"), None);
    ask(format!("{code}{trunk}{national}"), Some(region));
    let exit = *dice.of(&["00", "011", "810", "119", "0011", "001", "009", "99", "000", "010"]);
    ask(format!("{exit}{code}{national}"), Some(other));
    ask(national.to_owned(), Some(other));
    asked
}

fn differences(count: usize, seed: u64) {
    let ranges = Ranges::new();
    let mut dice = Dice::new(seed);
    let mut wrong = Vec::new();
    let mut asked = 0;
    for index in 0..count {
        let (region, mut national) = ranges.draw(index, &mut dice);
        match index / ranges.len() % 4 {
            0 | 1 => {}
            2 => national = mistaken(&national, &mut dice),
            _ => {
                let length = 1 + dice.below(16);
                national = (0..length).map(|_| char::from_digit(dice.below(10) as u32, 10).unwrap()).collect();
            }
        }
        asked += compare(region, &national, &mut dice, &mut wrong);
    }
    let some: Vec<&String> = wrong.iter().take(30).collect();
    assert!(wrong.is_empty(), "{} of {asked} differ: {some:#?}", wrong.len());
}

#[test]
fn numbers_are_read_as_the_library_reads_them() {
    differences(6_000, 1);
}

#[test]
#[ignore = "long: a million and a half questions"]
fn a_million_numbers_are_read_as_the_library_reads_them() {
    differences(170_000, 7);
}
