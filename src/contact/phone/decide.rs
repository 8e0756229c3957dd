//! What digits mean: the readings that prefix, country and `+` allow, of which exactly one has to be valid.

use super::diagnose::nothing_valid;
use super::digit_cell::CellDigits;
use super::digits::Digits;
use super::explain::{Collected, considered};
use super::fast::fast;
use super::plans::{Number, Unread, strip_code};
use super::prefix::Prefix;
use super::quirks::{argentine_mobile, quirk};
use super::table::{Readings, by_table};
use super::tables::{Plan, Tables};
use super::{Kind, Phone, Reading, Refusal, Region, Rules};
use crate::row::{Code, Note, Notes};

/// What the digits of a cell are read by.
#[derive(Clone, Copy)]
pub(super) struct Context<'r> {
    pub rules: &'r Rules,
    pub plans: &'r Tables,
    /// What the prefix cell says; it beats the region.
    pub prefix: Option<Prefix>,
    /// The row's country, or the default one.
    pub region: Option<Region>,
    /// Where the readings are collected that are considered, for a cell that is to be explained.
    pub collected: Option<&'r Collected>,
}

impl Context<'_> {
    /// Whether the prefix, else the country, has this calling code.
    pub fn is_of(&self, code: u16) -> bool {
        let region = || self.region.map(Region::calling_code);
        self.prefix.as_ref().map(|prefix| prefix.code).or_else(region) == Some(code)
    }
}

/// One possible reading of the digits, and what was noticed about it.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'p> {
    pub number: Result<Number<'p>, Unread>,
    pub notes: Notes,
}

impl<'p> Candidate<'p> {
    pub fn new(number: Result<Number<'p>, Unread>, notes: &[Note]) -> Candidate<'p> {
        let mut all = Notes::default();
        notes.iter().for_each(|&note| all.add(note));
        Candidate { number, notes: all }
    }

    /// Whether it is valid and a mobile, or a number that may be one.
    pub fn is_mobile(&self) -> bool {
        self.valid().and_then(|number| number.found).is_some_and(|(_, kind)| kind.is_mobile())
    }

    pub fn valid(&self) -> Option<&Number<'p>> {
        self.number.as_ref().ok().filter(|number| number.found.is_some())
    }
}

/// Neither of two valid readings is taken; both are suggested.
pub(super) fn ambiguous(both: &[Candidate]) -> Refusal {
    Refusal::new(Code::PhoneAmbiguous).suggest(both.iter().filter_map(Candidate::valid).filter_map(written))
}

/// Decides what the digits of a cell mean.
#[inline(never)]
pub(super) fn decide(cell: CellDigits, context: &Context) -> Result<Reading, Refusal> {
    decide_inline(cell, context)
}

/// The same for the place that most cells come by, without a call.
#[inline(always)]
pub(super) fn decide_inline(cell: CellDigits, context: &Context) -> Result<Reading, Refusal> {
    if context.collected.is_some() {
        return decide_and_collect(cell.plus, cell.digits, context);
    }
    match fast(cell, context) {
        Some(reading) => Ok(reading),
        None => decide_slowly(cell.plus, cell.digits, context),
    }
}

/// Decides by all readings that are possible, and collects them.
#[cold]
#[inline(never)]
fn decide_and_collect(plus: bool, digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    let answer = decide_slowly(plus, digits, context);
    if let Some(collected) = context.collected {
        collected.borrow_mut().extend(considered(plus, digits, context, &answer));
    }
    answer
}

/// Decides by all readings that are possible.
// Out of line, so that its many readings take no space on the stack of the fast path.
#[inline(never)]
pub(super) fn decide_slowly(plus: bool, digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    let answer = match (plus, &context.prefix, context.region.and_then(|region| context.plans.plan(region))) {
        (true, ..) => with_plus(digits, context),
        (false, Some(prefix), _) => with_prefix(digits, prefix, context),
        (false, None, Some(plan)) => in_country(digits, plan, context),
        (false, None, None) => alone(digits, context),
    };
    answer.map_err(|refusal| {
        let argentine = if plus { digits.starts_with(&[5, 4]) } else { context.is_of(54) };
        let mobile = argentine.then(|| argentine_mobile(context.plans, digits)).flatten();
        refusal.suggest(mobile.as_ref().and_then(written))
    })
}

fn with_plus(digits: &[u8], context: &Context) -> Result<Reading, Refusal> {
    let plans = context.plans;
    // `+00` counts as `+`.
    let (digits, beyond) = match digits.strip_prefix(&[0, 0]) {
        Some(rest) => (rest, true),
        None => (digits, false),
    };
    let number = plans.international(digits);
    let mut candidate = Candidate::new(number, if beyond { &[Note::PhoneIddReadAsPlus] } else { &[] });
    if context.prefix.is_some() {
        candidate.notes.add(Note::PhonePrefixRepeated);
    }
    if let (Some(prefix), Ok(number)) = (&context.prefix, &number)
        && number.code != prefix.code
    {
        return Err(conflict(number, prefix, digits, context));
    }
    // The calling code twice: repaired only where the prefix cell says it too.
    let twice = number.ok().and_then(|number| {
        let rest = strip_code(digits.get(digits.len() - number.dialled..)?, number.code)?;
        Some(Candidate { number: plans.behind(number.code, rest), ..candidate })
    });
    if let Some(twice) = twice.filter(|twice| twice.valid().is_some()) {
        if candidate.valid().is_none() && context.prefix.is_some() {
            return only(&twice, context);
        }
        if candidate.valid().is_some() && !candidate.is_mobile() && twice.is_mobile() {
            return Err(ambiguous(&[candidate, twice]));
        }
    }
    if let Some(other) = bangladesh(digits, context) {
        return Err(ambiguous(&[other, candidate]));
    }
    only(&candidate, context).map_err(|refusal| {
        // What is known as an old form behind its own code is no number of another country.
        let known = matches!(refusal.code, Code::PhoneObsoleteFormat | Code::PhoneLeadingZeroLost);
        let plan = context.region.filter(|_| !known).and_then(|region| plans.plan(region));
        let national = plan.map(|plan| Candidate::new(plans.within(digits, plan), &[]));
        refusal.suggest([twice, national].iter().flatten().filter_map(Candidate::valid).filter_map(written))
    })
}

/// `+88 1712345678` of somebody in Bangladesh, whose calling code is 880: +881 is a satellite.
fn bangladesh<'p>(digits: &[u8], context: &Context<'p>) -> Option<Candidate<'p>> {
    let rest = digits.strip_prefix(&[8, 8])?;
    if rest.first() != Some(&1) || context.region.is_none_or(|region| region.calling_code() != 880) {
        return None;
    }
    Some(Candidate::new(context.plans.behind(880, rest), &[])).filter(|candidate| candidate.valid().is_some())
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

fn with_prefix<'p>(digits: &[u8], prefix: &Prefix, context: &Context<'p>) -> Result<Reading, Refusal> {
    let plans = context.plans;
    let further = prefix.further.as_slice();
    let plain = Candidate::new(under_code(prefix.code, further, digits, plans), &[]);
    let own = strip_code(digits, prefix.code);
    if prefix.lacks_digit && digits.first() != Some(&0) {
        return Err(Refusal::new(Code::PrefixInvalid));
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
    let twice = own.and_then(|rest| strip_code(rest, prefix.code));
    let [own, twice] = [own, twice]
        .map(|rest| rest.map(|rest| Candidate::new(plans.behind(prefix.code, rest), &[Note::PhonePrefixRepeated])));
    let plan = plans.main(prefix.code);
    let national = [Some(plain), begun, exit];
    by_table(&Readings { digits, plan, national, own, twice, prefix: true }, context).map_err(|refusal| {
        // The whole number with a zero before its code is nothing anybody dials: it is only suggested.
        let rest = digits.strip_prefix(&[0]).and_then(|rest| strip_code(rest, prefix.code));
        let number = rest.map(|rest| Candidate::new(plans.behind(prefix.code, rest), &[]));
        refusal.suggest(number.iter().filter_map(Candidate::valid).filter_map(written))
    })
}

fn in_country<'p>(digits: &[u8], plan: &'p Plan, context: &Context<'p>) -> Result<Reading, Refusal> {
    let plans = context.plans;
    let dialled = Candidate::new(plans.dialled(digits, plan), &[]);
    if let Some(other) = digits.strip_prefix(&[0, 0]).and_then(|rest| bangladesh(rest, context)) {
        return Err(ambiguous(&[other, dialled]));
    }
    let own = strip_code(digits, plan.code);
    let twice = own.and_then(|rest| strip_code(rest, plan.code));
    let [own, twice] = [own, twice].map(|rest| rest.map(|rest| Candidate::new(plans.behind(plan.code, rest), &[])));
    let within = Candidate::new(plans.within(digits, plan), &[]);
    let beyond = digits.strip_prefix(&[0, 0]).filter(|_| dialled.valid().is_none());
    let idd = beyond.map(|rest| Candidate::new(plans.international(rest), &[Note::PhoneIddReadAsPlus]));
    // Where the library takes the code away by the country's own trunk rule, that is the second reading.
    let exit = dialled.number.as_ref().is_ok_and(|number| number.exit);
    let own = own.map(|own| if own.valid().is_none() && !exit { dialled } else { own });
    let national = [Some(within), Some(dialled), idd];
    by_table(&Readings { digits, plan: Some(plan), national, own, twice, prefix: false }, context).map_err(|refusal| {
        let spare = digits.strip_prefix(&[0]).unwrap_or_default();
        let others = [digits, spare].map(|digits| plans.international(digits));
        let others = others.iter().filter_map(|number| number.as_ref().ok().filter(|number| number.found.is_some()));
        // A suggestion never leads to another country.
        let own = others.filter(|number| number.code == plan.code).filter_map(written);
        let former = former_trunk(digits, plan).map(|rest| Candidate::new(plans.within(rest, plan), &[]));
        let former = former.as_ref().and_then(Candidate::valid).and_then(written);
        let satellite = bangladesh(digits, context).as_ref().and_then(Candidate::valid).and_then(written);
        refusal.suggest(own.chain(former).chain(satellite))
    })
}

/// The rest behind a trunk prefix that a country without one used to have: 0, in the former Soviet Union 8.
fn former_trunk<'d>(digits: &'d [u8], plan: &Plan) -> Option<&'d [u8]> {
    let former: u8 = if matches!(plan.code, 370..=375 | 380 | 992..=996 | 998) { 8 } else { 0 };
    digits.strip_prefix(&[former]).or_else(|| digits.strip_prefix(&[0])).filter(|_| plan.trunk_prefix().is_empty())
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
    let twice = number_behind_two_codes(digits, plans);
    Err(Refusal::new(Code::PhoneNoCountry).suggest(candidate.valid().and_then(written).or(twice)))
}

/// `9191…`: the number behind its calling code twice.
fn number_behind_two_codes(digits: &[u8], plans: &Tables) -> Option<String> {
    let code = plans.international(digits).ok()?.code;
    let number = plans.behind(code, strip_code(strip_code(digits, code)?, code)?).ok()?;
    number.found.and(written(&number))
}

/// Takes the only reading there is, if it is valid.
pub(super) fn only(candidate: &Candidate, context: &Context) -> Result<Reading, Refusal> {
    match candidate.valid() {
        Some(number) => accept(number, number.found, candidate.notes, context),
        None => nothing_valid(&[Some(*candidate)], context),
    }
}

/// Takes the one valid reading. If there are two that differ, none; if there is none, says why.
pub(super) fn choose(candidates: &[Option<Candidate>], context: &Context) -> Result<Reading, Refusal> {
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

pub(super) fn accept(
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
#[inline(always)]
fn is_filler(national: &[u8]) -> bool {
    let &[first, second, ..] = national else { return true };
    // Two digits tell most numbers apart from a filler.
    (first == second || (first <= 1 && second == first + 1)) && goes_on(national, first, second)
}

/// Whether the digits go on as the first two of them do.
#[cold]
#[inline(never)]
fn goes_on(national: &[u8], first: u8, second: u8) -> bool {
    if first == second {
        return national.iter().all(|&digit| digit == first);
    }
    national.iter().zip(u16::from(first)..).all(|(&digit, key)| u16::from(digit) == key % 10)
}

/// The number as it is suggested.
pub(super) fn written(number: &Number) -> Option<String> {
    Phone::new(number.code, number.national.as_slice()).map(|phone| phone.to_string())
}
