//! What digits mean: the readings that prefix, country and `+` allow, of which exactly one has to be valid.

use super::digits::Digits;
use super::fast::fast;
use super::plans::{Length, Number, Unread, length, lengths, strip_code};
use super::prefix::Prefix;
use super::quirks::{Quirk, overseas, quirk};
use super::tables::{Plan, Tables};
use super::{Check, Kind, Phone, Reading, Refusal, Region, Rules};
use crate::row::{Code, Note, Notes};

/// What the digits of a cell are read by.
pub(super) struct Context<'r> {
    pub rules: &'r Rules,
    pub plans: &'r Tables,
    /// What the prefix cell says; it beats the region.
    pub prefix: Option<Prefix>,
    /// The row's country, or the default one.
    pub region: Option<Region>,
}

/// One possible reading of the digits, and what was noticed about it.
#[derive(Clone, Copy)]
struct Candidate<'p> {
    number: Result<Number<'p>, Unread>,
    notes: Notes,
}

impl<'p> Candidate<'p> {
    fn new(number: Result<Number<'p>, Unread>, notes: &[Note]) -> Candidate<'p> {
        let mut all = Notes::default();
        notes.iter().for_each(|&note| all.add(note));
        Candidate { number, notes: all }
    }

    fn valid(&self) -> Option<&Number<'p>> {
        self.number.as_ref().ok().filter(|number| number.found.is_some())
    }
}

/// Decides what the digits (values 0 to 9) mean. `plus` says whether they begin with a calling code for certain.
pub(super) fn decide(plus: bool, digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    match fast(plus, digits, context) {
        Some(reading) => Ok(reading),
        None => decide_slowly(plus, digits, context),
    }
}

/// Decides by all readings that are possible.
pub(super) fn decide_slowly(plus: bool, digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    match (plus, &context.prefix, context.region.and_then(|region| context.plans.plan(region))) {
        (true, ..) => with_plus(digits, context),
        (false, Some(prefix), _) => with_prefix(digits, prefix, context),
        (false, None, Some(plan)) => in_country(digits, plan, context),
        (false, None, None) => alone(digits, context),
    }
}

fn with_plus(digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    // `+00` counts as `+`.
    let (digits, beyond) = match digits.strip_prefix(&[0, 0]) {
        Some(rest) => (rest, true),
        None => (digits, false),
    };
    let number = context.plans.international(digits);
    let mut candidate = Candidate::new(number, if beyond { &[Note::PhoneIddReadAsPlus] } else { &[] });
    if context.prefix.is_some() {
        candidate.notes.add(Note::PhonePrefixRepeated);
    }
    if let (Some(prefix), Ok(number)) = (&context.prefix, &number)
        && number.code != prefix.code
    {
        return Err(conflict(number, prefix, digits, context));
    }
    only(&candidate, context)
}

fn conflict(number: &Number, prefix: &Prefix, digits: &[u8], context: &Context) -> Refusal {
    let other = under_code(prefix.code, &[], digits, context.plans);
    let valid = [Ok(*number), other].map(|number| Candidate::new(number, &[]));
    Refusal::new(Code::PrefixConflict)
        .detail(format!("the number says +{}, the prefix +{}", number.code, prefix.code))
        .suggest(valid.iter().filter_map(Candidate::valid).filter_map(written))
}

/// Reads the digits behind a calling code and whatever stood behind it.
fn under_code<'p>(code: u16, further: &[u8], digits: &[u8], plans: &'p Tables) -> Result<Number<'p>, Unread> {
    if further.is_empty() {
        return plans.behind(code, digits);
    }
    let mut all = Digits::from(further);
    all.extend(digits);
    plans.behind(code, all.as_slice())
}

fn with_prefix(digits: &[u8], prefix: &Prefix, context: &Context) -> Result<Reading, Refusal> {
    let plans = context.plans;
    let further = prefix.further.as_slice();
    let plain = Candidate::new(under_code(prefix.code, further, digits, plans), &[]);
    let own = strip_code(digits, prefix.code);
    // Most rows end here: no other reading is possible.
    if further.is_empty() && own.is_none() && digits.first() != Some(&0) {
        return only(&plain, context);
    }
    let exit = digits
        .strip_prefix(&[0, 0])
        .map(|rest| Candidate::new(plans.international(rest), &[Note::PhonePrefixRepeated, Note::PhoneIddReadAsPlus]));
    if let (None, Some(exit)) = (plain.valid(), exit)
        && let Some(number) = exit.valid()
    {
        if number.code == prefix.code {
            return only(&exit, context);
        }
        return Err(conflict(number, prefix, digits, context));
    }
    let begun = (!further.is_empty() && digits.starts_with(further))
        .then(|| Candidate::new(plans.behind(prefix.code, digits), &[Note::PhonePrefixRepeated]));
    let own = own.map(|rest| Candidate::new(plans.behind(prefix.code, rest), &[Note::PhonePrefixRepeated]));
    choose(&[Some(plain), begun, own, exit], context).map_err(|refusal| {
        // The whole number with a zero before its code is nothing anybody dials: it is only suggested.
        let rest = digits.strip_prefix(&[0]).and_then(|rest| strip_code(rest, prefix.code));
        let number = rest.map(|rest| Candidate::new(plans.behind(prefix.code, rest), &[]));
        refusal.suggest(number.iter().filter_map(Candidate::valid).filter_map(written))
    })
}

fn in_country(digits: &[u8], plan: &Plan, context: &Context) -> Result<Reading, Refusal> {
    let plans = context.plans;
    let dialled = Candidate::new(plans.dialled(digits, plan), &[]);
    let own = strip_code(digits, plan.code).map(|rest| Candidate::new(plans.behind(plan.code, rest), &[]));
    let exit = dialled.number.as_ref().is_ok_and(|number| number.exit);
    if dialled.valid().is_some() && own.is_none() && !exit {
        return only(&dialled, context);
    }
    let within = Candidate::new(plans.within(digits, plan), &[]);
    let beyond = digits.strip_prefix(&[0, 0]).filter(|_| dialled.valid().is_none());
    let idd = beyond.map(|rest| Candidate::new(plans.international(rest), &[Note::PhoneIddReadAsPlus]));
    choose(&[Some(dialled), Some(within), own, idd], context).map_err(|refusal| {
        // A mistyped national number must not become a foreign one: that, or a zero too many, is only suggested.
        let others = [digits, digits.strip_prefix(&[0]).unwrap_or_default()].map(|digits| plans.international(digits));
        refusal.suggest(
            others
                .iter()
                .filter_map(|number| number.as_ref().ok()?.found.and(number.as_ref().ok()))
                .filter_map(written),
        )
    })
}

fn alone(digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    let plans = context.plans;
    if let Some(rest) = digits.strip_prefix(&[0, 0]) {
        let candidate = Candidate::new(plans.international(rest), &[Note::PhoneIddReadAsPlus]);
        if candidate.number.as_ref().is_ok_and(|number| number.found.is_some() || quirk(plans, number).is_some()) {
            return only(&candidate, context);
        }
    }
    let candidate = Candidate::new(plans.international(digits), &[]);
    if context.rules.bare_international {
        return only(&candidate, context);
    }
    Err(Refusal::new(Code::PhoneNoCountry).suggest(candidate.valid().and_then(written)))
}

/// Takes the only reading there is, if it is valid.
fn only(candidate: &Candidate, context: &Context) -> Result<Reading, Refusal> {
    match candidate.valid() {
        Some(number) => accept(number, number.found, candidate.notes, context),
        None => nothing_valid(&[Some(*candidate)], context),
    }
}

/// Takes the one valid reading. If there are two that differ, none; if there is none, says why.
fn choose(candidates: &[Option<Candidate>], context: &Context) -> Result<Reading, Refusal> {
    let mut chosen: Option<(&Candidate, &Number)> = None;
    for candidate in candidates.iter().flatten() {
        let Some(number) = candidate.valid() else { continue };
        match chosen {
            Some((_, before)) if !before.is(number) => {
                let both = [before, number].into_iter().filter_map(written);
                return Err(Refusal::new(Code::PhoneAmbiguous).suggest(both));
            }
            Some(_) => {}
            None => chosen = Some((candidate, number)),
        }
    }
    match chosen {
        Some((candidate, number)) => accept(number, number.found, candidate.notes, context),
        None => nothing_valid(candidates, context),
    }
}

fn accept(
    number: &Number,
    found: Option<(Region, Kind)>,
    mut notes: Notes,
    context: &Context,
) -> Result<Reading, Refusal> {
    if number.exit {
        notes.add(Note::PhoneIddReadAsPlus);
    }
    if let Some(change) = number.change {
        if change.literal.is_empty() || change.from > 0 {
            notes.add(Note::PhoneTrunkPrefixRemoved);
        }
        match (number.code, change.literal.is_empty()) {
            (_, true) => {}
            (54, false) => notes.add(Note::PhoneAr15To9),
            (_, false) => notes.add(Note::PhoneAreaCodeAdded),
        }
    }
    let found = found.unwrap_or((Region::of(number.plan), Kind::Unknown));
    take(number.code, number.national.as_slice(), found, notes, context)
}

/// Makes a reading of a number, if the rules want numbers of its kind.
fn take(
    code: u16,
    national: &[u8],
    (region, kind): (Region, Kind),
    notes: Notes,
    context: &Context,
) -> Result<Reading, Refusal> {
    let Some(phone) = Phone::new(code, national) else {
        let detail = format!("no number has more than {} digits with its calling code", Phone::LONGEST);
        return Err(Refusal::new(Code::PhoneTooLong).detail(detail));
    };
    if !context.rules.kinds.has(kind) {
        return Err(Refusal::new(Code::PhoneTypeNotAllowed).detail(kind.as_str()));
    }
    Ok(noticed(phone, national, (region, kind), notes, context))
}

/// The reading of a number that is wanted, with what there is to notice of it.
#[inline(always)]
pub(super) fn noticed(
    phone: Phone,
    national: &[u8],
    (region, kind): (Region, Kind),
    mut notes: Notes,
    context: &Context,
) -> Reading {
    let named = context.prefix.as_ref().map_or(context.region, |prefix| prefix.region);
    if named.is_some_and(|named| named != region && named.calling_code() == region.calling_code()) {
        notes.add(Note::PhoneRegionDiffers);
    }
    if region.letters().is_none() {
        notes.add(Note::PhoneNonGeographic);
    }
    if is_filler(national) {
        notes.add(Note::PhoneSuspiciousPattern);
    }
    Reading { phone, region, kind, notes, others: Vec::new() }
}

/// One digit again and again, or digits in the order of the keys.
fn is_filler(national: &[u8]) -> bool {
    let &[first, second, ..] = national else { return true };
    // Two digits tell most numbers apart from a filler.
    if first == second {
        return national.iter().all(|&digit| digit == first);
    }
    first <= 1
        && second == first + 1
        && national.iter().zip(u16::from(first)..).all(|(&digit, key)| u16::from(digit) == key % 10)
}

/// The number as it is suggested.
fn written(number: &Number) -> Option<String> {
    Phone::new(number.code, number.national.as_slice()).map(|phone| phone.to_string())
}

/// No reading is valid: a known quirk, else the reason, by the reading whose length is right if there is one.
fn nothing_valid(candidates: &[Option<Candidate>], context: &Context) -> Result<Reading, Refusal> {
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
            Some(Quirk::Obsolete(Some((national, region, kind)))) => {
                let number = Number { national, ..*number };
                if rules.renumber {
                    notes.add(Note::PhoneRenumbered);
                    return accept(&number, Some((region, kind)), notes, context);
                }
                return Err(Refusal::new(Code::PhoneObsoleteFormat).suggest(written(&number)));
            }
            Some(Quirk::Obsolete(None)) => return Err(Refusal::new(Code::PhoneObsoleteFormat)),
            Some(Quirk::ZeroLost(national)) => {
                let number = Number { national, ..*number };
                return Err(Refusal::new(Code::PhoneLeadingZeroLost).suggest(written(&number)));
            }
        }
    }
    let right = candidates
        .iter()
        .flatten()
        .find(|candidate| matches!(&candidate.number, Ok(number) if shape(number, context) == Length::Right));
    let Some(candidate) = right.or_else(|| candidates.iter().flatten().next()) else {
        return Err(Refusal::new(Code::PhoneInvalid));
    };
    let number = match &candidate.number {
        Ok(number) => number,
        Err(Unread::NoCode) => return Err(Refusal::new(Code::PhoneInvalidCountryCode)),
        Err(Unread::TooShort) => return Err(Refusal::new(Code::PhoneTooShort)),
        Err(Unread::TooLong) => return Err(Refusal::new(Code::PhoneTooLong)),
    };
    let code = match shape(number, context) {
        Length::Right if rules.check == Check::Possible => {
            let mut notes = candidate.notes;
            notes.add(Note::PhonePossibleOnly);
            return accept(number, None, notes, context);
        }
        Length::Right => {
            let detail = format!("{} by the metadata {}", Region::of(number.plan).name(), context.plans.version);
            let sister = overseas(context.plans, number);
            return Err(Refusal::new(Code::PhoneInvalid).detail(detail).suggest(sister.iter().filter_map(written)));
        }
        Length::TooShort | Length::Local => Code::PhoneTooShort,
        Length::TooLong => Code::PhoneTooLong,
        Length::Between => Code::PhoneInvalidLength,
    };
    let detail = format!(
        "{} digits; {} has {}",
        number.national.as_slice().len(),
        Region::of(number.plan).name(),
        lengths(number.plan)
    );
    Err(Refusal::new(code).detail(detail))
}

fn shape(number: &Number, context: &Context) -> Length {
    // The library judges lengths by the main country of the calling code.
    let plan = context.plans.main(number.code).unwrap_or(number.plan);
    length(plan, number.national.as_slice().len())
}
