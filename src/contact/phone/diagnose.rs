//! Why no reading of a number is valid: a number from before a renumbering, digits that are missing or too many.

use super::decide::{Candidate, Context, accept, written};
use super::digits::Digits;
use super::lengths::{Length, in_words, length};
use super::plans::{Number, Unread};
use super::quirks::{Quirk, overseas, quirk};
use super::{Check, Kind, Reading, Refusal, Region};
use crate::row::{Code, Note, Notes};

/// No reading is valid: a known quirk, else the reason, by the reading whose length is right if there is one.
pub(super) fn nothing_valid(candidates: &[Option<Candidate>], context: &Context) -> Result<Reading, Refusal> {
    let rules = context.rules;
    for candidate in candidates.iter().flatten() {
        let Ok(number) = &candidate.number else { continue };
        let mut notes = candidate.notes;
        match quirk(context.plans, number) {
            None => {}
            Some(Quirk::MexicoToken(national, region, kind)) => {
                notes.add(Note::PhoneMxTokenRemoved);
                return accept(&Number { national, ..*number }, Some((region, kind)), notes, context);
            }
            Some(Quirk::Obsolete(national, region, kind)) => {
                let number = Number { national, ..*number };
                if rules.renumber {
                    notes.add(Note::PhoneRenumbered);
                    return accept(&number, Some((region, kind)), notes, context);
                }
                let refusal = Refusal::new(Code::PhoneObsoleteFormat).detail("--renumber writes it in its new form");
                return Err(refusal.suggest(written(&number)));
            }
            Some(Quirk::ObsoleteUncertain(form)) => {
                return Err(Refusal::new(Code::PhoneObsoleteFormat).detail(format!("its new form has {form}")));
            }
            Some(Quirk::ZeroLost(national)) => {
                let number = Number { national, ..*number };
                return Err(Refusal::new(Code::PhoneLeadingZeroLost).suggest(written(&number)));
            }
        }
    }
    diagnose(candidates, context)
}

/// Says why no reading is valid, by the one that lacks or has the fewest digits; takes one of the right length if only
/// that is checked.
fn diagnose(candidates: &[Option<Candidate>], context: &Context) -> Result<Reading, Refusal> {
    let plans = context.plans;
    // The 1 that is dialled in North America is its calling code too: ten digits with it in front are another mistake.
    let read = candidates.iter().flatten().filter_map(|candidate| Some((candidate.number.ok()?, candidate.notes)));
    let said: Vec<(Number, Notes, usize)> = read
        .map(|(number, notes)| if number.code == 1 { (number, notes, 0) } else { without_trunk(number, notes) })
        .collect();
    if context.rules.check == Check::Possible
        && let Some((number, notes, _)) = said.iter().find(|(number, ..)| shape(number, context) == Length::Right)
    {
        let mut notes = *notes;
        notes.add(Note::PhonePossibleOnly);
        return accept(number, None, notes, context);
    }
    let alike = |number: &Number| plans.alike(plans.zone(number.code)?, number.national.as_slice());
    let likely = said.iter().enumerate().filter(|(at, (number, ..))| *at == 0 || number.code != 1);
    let nearest = likely.filter_map(|(_, (number, _, trunk))| Some((number, trunk, alike(number)?)));
    if let Some((number, &trunk, alike)) = nearest.min_by_key(|(.., alike)| alike.missing.abs()) {
        let code = match alike.missing {
            0 => Code::PhoneInvalidLength,
            1.. => Code::PhoneTooShort,
            _ => Code::PhoneTooLong,
        };
        let what = match alike.kind {
            Kind::Mobile => "mobile numbers in",
            Kind::FixedLineOrMobile => "numbers in",
            _ => "numbers that begin so in",
        };
        return Err(Refusal::new(code).detail(digit_counts(number, trunk, what, alike.lengths)));
    }
    let Some((number, _, trunk)) = said.first() else {
        let unread = candidates.iter().flatten().find_map(|candidate| candidate.number.err());
        return Err(Refusal::new(match unread {
            Some(Unread::NoCode) => Code::PhoneInvalidCountryCode,
            Some(Unread::TooShort) => Code::PhoneTooShort,
            Some(Unread::TooLong) => Code::PhoneTooLong,
            None => Code::PhoneInvalid,
        }));
    };
    let code = match shape(number, context) {
        Length::Right => {
            let detail = format!("{} by the metadata {}", Region::of(number.plan).name(), plans.version);
            let sister = overseas(plans, number);
            return Err(Refusal::new(Code::PhoneInvalid).detail(detail).suggest(sister.iter().filter_map(written)));
        }
        Length::TooShort | Length::Local => Code::PhoneTooShort,
        Length::TooLong => Code::PhoneTooLong,
        Length::Between => Code::PhoneInvalidLength,
    };
    Err(Refusal::new(code).detail(digit_counts(number, *trunk, "numbers in", number.plan.lengths)))
}

/// The number without a trunk prefix that the plan left on it, and how many digits that has.
fn without_trunk<'p>(number: Number<'p>, mut notes: Notes) -> (Number<'p>, Notes, usize) {
    let trunk = number.plan.trunk_prefix();
    match number.national.as_slice().strip_prefix(trunk).filter(|_| !trunk.is_empty() && number.change.is_none()) {
        Some(rest) => {
            notes.add(Note::PhoneTrunkPrefixRemoved);
            (Number { national: Digits::from(rest), ..number }, notes, trunk.len())
        }
        None => (number, notes, number.change.map_or(0, |_| trunk.len())),
    }
}

/// `9 digits; mobile numbers in India have 10`, with a trunk prefix `8 digits after the 0; …`.
fn digit_counts(number: &Number, trunk: usize, what: &str, lengths: u32) -> String {
    let dialled: String = number.plan.trunk_prefix().iter().take(trunk).map(u8::to_string).collect();
    let after = if trunk > 0 { format!(" after the {dialled}") } else { String::new() };
    let (count, country) = (number.national.as_slice().len(), Region::of(number.plan).name());
    format!("{count} digits{after}; {what} {country} have {}", in_words(lengths))
}

fn shape(number: &Number, context: &Context) -> Length {
    // The library judges lengths by the main country of the calling code.
    let plan = context.plans.main(number.code).unwrap_or(number.plan);
    length(plan, number.national.as_slice().len())
}
