//! The fast path: digits that are valid in one way only, which is what nearly all cells hold.
//!
//! It reads nothing twice and copies nothing, and its few steps are inlined: a call costs as much as half a walk of the
//! tables. Whatever needs a choice, an explanation or a rule that writes digits is left to `decide`; where there is an
//! answer here, it is the same one, which a test compares.

use super::decide::{Context, noticed};
use super::digit_cell::CellDigits;
use super::lengths::{Length, length, may_be_left};
use super::plans::{SHORTEST, strip_code};
use super::tables::{LONGEST, Plan, Tables, Zone};
use super::{Kind, Phone, Reading, Region};
use crate::row::{Note, Notes};

/// Of no more digits the number they are is known.
const MOST_COUNTED: usize = 19;

/// These digits need the decision table.
#[derive(Clone, Copy)]
struct Unclear;

/// A valid number.
#[derive(Clone, Copy)]
struct Found {
    /// What the plan says: 16 × region + kind.
    answer: u16,
    /// Where the national number begins.
    from: u8,
    /// A trunk prefix stood before it.
    trunk: bool,
}

/// A valid number or none, if that is clear.
type Sight = Result<Option<Found>, Unclear>;

/// The reading of the digits of a cell, if it takes no weighing.
#[inline(always)]
pub(super) fn fast(cell: CellDigits, context: &Context) -> Option<Reading> {
    let CellDigits { plus, digits, value } = cell;
    if digits.len() > MOST_COUNTED {
        return None;
    }
    let plans = context.plans;
    let mut notes = Notes::default();
    let country = if plus || context.prefix.is_some() { None } else { context.region };
    let (code, found) = match country.and_then(|region| plans.plan(region)) {
        Some(_) if context.rules.bare_international => return None,
        Some(plan) => (plan.code, in_country(plans, plan, digits)),
        None => {
            let (zone, from) = zone(plus, digits, context, &mut notes)?;
            let found = behind(plans, zone, digits, from);
            // The code of a prefix cell may stand in front of the number too.
            let own = from == 0 && plans.zone_at(digits).is_some_and(|own| own.code == zone.code);
            (zone.code, if own { with_own_code(plans, zone, digits, found, &mut notes) } else { found })
        }
    };
    let Found { answer, from, trunk } = found.ok()??;
    let region = Region::of(plans.plans.get(usize::from(answer / 16))?);
    let kind = Kind::from_number(answer % 16);
    let national = digits.get(usize::from(from)..)?;
    // No processor foresees what kind a number is, so that several questions are one branch.
    let wanting = !kind.is_mobile();
    let twice = match &context.prefix {
        None => plus & wanting & (national.first() == digits.first()),
        Some(_) => wanting & plans.zone_at(national).is_some_and(|zone| zone.code == code),
    };
    let foreign = !plus && (wanting & !trunk & plans.may_be_mobile_at(digits));
    // A satellite of +881 is a mobile, and in Bangladesh a 0 may be missing behind +88.
    if (twice && strip_code(national, code).is_some())
        || (plus && code == 881)
        || (foreign && is_foreign_mobile(code, digits, context))
    {
        return None;
    }
    let phone = if trunk {
        notes.add(Note::PhoneTrunkPrefixRemoved);
        Phone::new(code, national)?
    } else {
        // In front of the national number stands nothing, or its code and perhaps 00.
        let wanted = if from == 0 { code } else { 0 };
        Phone::of(wanted, value, national.len())?
    };
    context.rules.kinds.has(kind).then(|| noticed(phone, national, (region, kind), notes, context))
}

/// Whether digits of a country without a trunk prefix may be a foreign mobile too. Out of line, since few numbers are
/// asked.
#[inline(never)]
fn is_foreign_mobile(code: u16, digits: &[u8], context: &Context) -> bool {
    let plans = context.plans;
    let plan = match context.region.filter(|_| context.prefix.is_none()) {
        Some(region) => plans.plan(region),
        None => plans.main(code),
    };
    let Some(other) = plans.zone_at(digits) else { return false };
    let behind = digits.get(usize::from(other.digits)..).unwrap_or_default();
    other.code != code
        && plan.is_some_and(Plan::is_read_loosely)
        && Kind::from_number(plans.walk(other.start, behind) % 16).is_mobile()
}

/// The calling code of digits that are not dialled within a country, and where the number behind it begins.
#[inline(always)]
fn zone<'p>(plus: bool, digits: &[u8], context: &Context<'p>, notes: &mut Notes) -> Option<(&'p Zone, usize)> {
    let plans = context.plans;
    let begin = match &context.prefix {
        Some(prefix) if plus => {
            notes.add(Note::PhonePrefixRepeated);
            let own = plans.zone_at(digits).filter(|zone| zone.code == prefix.code)?;
            return Some((own, usize::from(own.digits)));
        }
        Some(prefix) => {
            let plain = prefix.further.as_slice().is_empty() && !prefix.lacks_digit && !digits.starts_with(&[0, 0]);
            return plans.zone(prefix.code).filter(|_| plain).map(|zone| (zone, 0));
        }
        None if plus => 0,
        None if digits.starts_with(&[0, 0]) => {
            notes.add(Note::PhoneIddReadAsPlus);
            2
        }
        None if context.rules.bare_international => 0,
        None => return None,
    };
    plans.zone_at(digits.get(begin..)?).map(|zone| (zone, begin + usize::from(zone.digits)))
}

/// The number behind the code of a prefix cell, where the digits begin with that code too.
#[inline(never)]
fn with_own_code(plans: &Tables, zone: &Zone, digits: &[u8], plain: Sight, notes: &mut Notes) -> Sight {
    let own = behind(plans, zone, digits, usize::from(zone.digits))?;
    match (plain?, own) {
        (Some(plain), Some(own)) if plain.from != own.from => return Err(Unclear),
        (None, Some(_)) => notes.add(Note::PhonePrefixRepeated),
        _ => {}
    }
    Ok(plain?.or(own))
}

/// The number behind a calling code.
#[inline(always)]
fn behind(plans: &Tables, zone: &Zone, digits: &[u8], from: usize) -> Sight {
    let main = plans.plans.get(usize::from(zone.main)).ok_or(Unclear)?;
    national(plans, zone.start, main, digits, from)
}

/// Digits as they are dialled in a country, without an exit code.
fn in_country(plans: &Tables, plan: &Plan, digits: &[u8]) -> Sight {
    if plans.walk(plan.exit, digits) != 0 {
        return Err(Unclear);
    }
    let zone = plans.zone(plan.code).ok_or(Unclear)?;
    let within = national(plans, zone.start, plan, digits, 0)?;
    let Some(rest) = strip_code(digits, plan.code) else { return Ok(within) };
    // With the code away, the library goes by the trunk rule of the country itself.
    if plans.trunk_rule(plan, rest).is_some() {
        return Err(Unclear);
    }
    let own = behind(plans, zone, digits, digits.len() - rest.len())?;
    match (within, own) {
        (Some(within), Some(own)) if within.from != own.from => Err(Unclear),
        (Some(within), Some(own)) => {
            let better = plans.spoils(plan, rest, digits) || length(plan, digits.len()) == Length::TooLong;
            Ok(Some(if better { own } else { within }))
        }
        (within, own) => Ok(within.or(own)),
    }
}

/// A national number from a place on, without the trunk prefix if the plan says so.
#[inline(always)]
fn national(plans: &Tables, start: u16, plan: &Plan, digits: &[u8], from: usize) -> Sight {
    let whole = digits.get(from..).filter(|digits| digits.len() >= SHORTEST).ok_or(Unclear)?;
    let (mut national, mut trunk) = (whole, false);
    if let Some(change) = plans.trunk_rule(plan, whole) {
        if !change.literal.is_empty() || change.from != change.to {
            return Err(Unclear);
        }
        let rest = whole.get(usize::from(change.end)..).ok_or(Unclear)?;
        if may_be_left(plan, rest.len()) && !plans.spoils(plan, whole, rest) {
            (national, trunk) = (rest, true);
        }
    }
    if !(SHORTEST..=LONGEST).contains(&national.len()) {
        return Err(Unclear);
    }
    let from = u8::try_from(digits.len() - national.len()).map_err(|_| Unclear)?;
    let answer = plans.walk_national(start, national);
    Ok((answer != 0).then_some(Found { answer, from, trunk }))
}

#[cfg(test)]
mod tests {
    use super::super::decide::{decide, decide_slowly};
    use super::super::oracle::{Dice, Ranges, mistaken};
    use super::super::plans::builtin;
    use super::super::prefix::{self, Prefix};
    use super::super::{Check, Rules};
    use super::*;

    /// Compares the fast path with the decision table in every sort of context; returns how many readings were fast.
    fn agree(digits: &[u8], prefix: Option<Prefix>, region: Option<Region>) -> usize {
        let mut quick = 0;
        for variant in 0..4 {
            let rules = Rules {
                bare_international: variant & 1 == 1,
                check: if variant & 2 == 2 { Check::Possible } else { Check::Valid },
                ..Rules::default()
            };
            let context = Context { rules: &rules, plans: builtin(), prefix, region, collected: None };
            for plus in [false, true] {
                let long = decide_slowly(plus, digits, &context);
                let cell = CellDigits::new(plus, digits);
                assert_eq!(decide(cell, &context), long, "{plus} {digits:?} {prefix:?} {region:?}");
                if let Some(reading) = fast(cell, &context) {
                    quick += 1;
                    assert_eq!(Ok(reading), long, "{plus} {digits:?} {prefix:?} {region:?}");
                }
            }
        }
        quick
    }

    fn compare(count: usize, seed: u64) {
        let ranges = Ranges::new();
        let mut dice = Dice::new(seed);
        let mut quick = 0;
        for index in 0..count {
            let (region, national) = ranges.draw(index, &mut dice);
            let code = region.calling_code();
            let begun = ["", "0", "00", "1", "8", "06", "01", "011", "15", "0011"][dice.below(10)];
            let written = match dice.below(4) {
                0 => national,
                1 => format!("{code}{national}"),
                2 => format!("{begun}{national}"),
                _ => format!("{begun}{code}{national}"),
            };
            let written = if dice.below(3) == 0 { mistaken(&written, &mut dice) } else { written };
            let digits: Vec<u8> = written.bytes().map(|byte| byte - b'0').take(20).collect();
            let other = Region::of(&builtin().plans[dice.below(builtin().plans.len())]);
            let further = format!("{code}{}", dice.below(1000));
            let prefixes = [
                None,
                prefix::read(&code.to_string()),
                prefix::read(&other.calling_code().to_string()),
                prefix::read(&further),
            ];
            for prefix in prefixes {
                for region in [None, Some(region), Some(other)] {
                    quick += agree(&digits, prefix, region);
                }
            }
        }
        assert!(quick > count, "only {quick} were fast");
    }

    #[test]
    fn the_fast_path_gives_what_the_table_gives() {
        compare(3_000, 3);
    }

    #[test]
    #[ignore = "long: some million readings"]
    fn a_million_fast_paths_give_what_the_table_gives() {
        compare(30_000, 11);
    }
}
