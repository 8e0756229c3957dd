//! The decision table for digits without `+` of which the country is known: which of several valid readings is taken.

use super::decide::{Candidate, Context, ambiguous, choose, only, written};
use super::plans::Number;
use super::tables::{Plan, Tables};
use super::{Reading, Refusal};
use crate::row::{Code, Note};

/// The readings of digits without `+` of which the country is known.
pub(super) struct Readings<'p, 'd> {
    pub digits: &'d [u8],
    /// The country's plan, by the prefix or the region.
    pub plan: Option<&'p Plan>,
    /// As a number of the country, or as it is dialled there.
    pub national: [Option<Candidate<'p>>; 3],
    /// With the country's own calling code in front, without its `+`.
    pub own: Option<Candidate<'p>>,
    /// With the own calling code twice.
    pub twice: Option<Candidate<'p>>,
    /// The country is that of a prefix cell.
    pub prefix: bool,
}

impl<'p> Readings<'p, '_> {
    /// The reading as a number of the country just as it stands.
    fn nation(&self) -> Option<&Candidate<'p>> {
        self.national.first().and_then(Option::as_ref).filter(|candidate| candidate.valid().is_some())
    }

    fn own(&self) -> Option<&Candidate<'p>> {
        self.own.as_ref().filter(|candidate| candidate.valid().is_some())
    }

    /// With the calling code of another country in front, without its `+`; none if no such number is valid. Seldom
    /// needed, so it is read only when a row asks.
    fn foreign(&self, plans: &'p Tables) -> Option<Candidate<'p>> {
        let foreign = Candidate::new(plans.international(self.digits), &[]);
        let code = self.plan.map(|plan| plan.code);
        Some(foreign).filter(|one| one.valid().is_some_and(|number| Some(number.code) != code))
    }

    /// Whether the digits begin with the country's trunk prefix.
    fn has_trunk(&self) -> bool {
        let dialled = self.plan.map(Plan::trunk_prefix).unwrap_or_default();
        (!dialled.is_empty() && self.digits.starts_with(dialled))
            || self.nation().and_then(Candidate::valid).is_some_and(|number| number.change.is_some())
    }
}

/// What a row of the table decides.
enum Decision<'p> {
    Take(Candidate<'p>, Option<Note>),
    Ambiguous([Candidate<'p>; 2]),
}

/// A row of the decision table: the first one that decides does.
type Row = for<'p> fn(&Readings<'p, '_>, &Context<'p>) -> Option<Decision<'p>>;

/// The rows that stand before "the one valid reading".
const TABLE: [Row; 3] = [bare_international, own_code_without_plus, foreign_code_without_plus];

/// `--bare-international`: digits that are valid with `+` are that, unless they begin with a trunk prefix.
fn bare_international<'p>(readings: &Readings<'p, '_>, context: &Context<'p>) -> Option<Decision<'p>> {
    if !context.rules.bare_international || readings.has_trunk() {
        return None;
    }
    let plus = match readings.own() {
        Some(own) => *own,
        None if readings.prefix => return None,
        None => readings.foreign(context.plans)?,
    };
    let note = (!readings.prefix).then_some(Note::PhoneCodeWithoutPlus);
    Some(Decision::Take(plus, note))
}

/// The country's own code in front: of two valid readings the one that is a mobile, if one is.
fn own_code_without_plus<'p>(readings: &Readings<'p, '_>, _: &Context<'p>) -> Option<Decision<'p>> {
    let (national, own) = (readings.nation()?, readings.own()?);
    if national.valid()?.is(own.valid()?) {
        return None;
    }
    match (national.is_mobile(), own.is_mobile()) {
        (false, true) => Some(Decision::Take(*own, (!readings.prefix).then_some(Note::PhoneCodeWithoutPlus))),
        (true, false) => Some(Decision::Take(*national, None)),
        _ => Some(Decision::Ambiguous([*national, *own])),
    }
}

/// A foreign mobile without its `+`, in a country where a number without a trunk prefix is suspicious.
fn foreign_code_without_plus<'p>(readings: &Readings<'p, '_>, context: &Context<'p>) -> Option<Decision<'p>> {
    let national = readings.nation()?;
    if national.is_mobile() || !readings.plan.is_some_and(Plan::is_read_loosely) || readings.has_trunk() {
        return None;
    }
    let foreign = readings.foreign(context.plans)?;
    // Nobody writes a foreign trunk prefix and leaves out the +.
    let whole = foreign.valid().is_some_and(|number| number.change.is_none());
    (whole && foreign.is_mobile()).then_some(Decision::Ambiguous([*national, foreign]))
}

pub(super) fn by_table<'p>(readings: &Readings<'p, '_>, context: &Context<'p>) -> Result<Reading, Refusal> {
    match TABLE.iter().find_map(|row| row(readings, context)) {
        Some(Decision::Take(mut candidate, note)) => {
            note.into_iter().for_each(|note| candidate.notes.add(note));
            return only(&candidate, context);
        }
        Some(Decision::Ambiguous(both)) => return Err(ambiguous(&both)),
        None => {}
    }
    let [national, dialled, exit] = readings.national;
    let others = [national, dialled, readings.own, exit];
    let none = others.iter().flatten().all(|candidate| candidate.valid().is_none());
    // The code twice counts where the prefix cell says it too, and no other reading is as likely.
    let twice = readings.twice.filter(|twice| {
        readings.prefix && (none || (twice.is_mobile() && !others.iter().flatten().any(Candidate::is_mobile)))
    });
    let all = match readings.prefix {
        true => [national, dialled, readings.own, exit, twice],
        false => [dialled, national, readings.own, exit, twice],
    };
    if all.iter().flatten().all(|candidate| candidate.valid().is_none())
        && let Some(number) = lost_zero(readings, context)
        && readings.foreign(context.plans).is_none()
    {
        return only(&Candidate::new(Ok(number), &[Note::PhoneLostZeroRestored]), context);
    }
    let answer = match choose(&all, context) {
        Ok(reading) if reading.notes.has(Note::PhoneMxTokenRemoved) => mexican(reading, readings, context),
        answer => answer,
    };
    answer.map_err(|refusal| refusal.suggest(readings.twice.iter().filter_map(Candidate::valid).filter_map(written)))
}

/// A number of Mexico without its former token 1, which is North America's calling code too: unless it is a mobile, it
/// may as well be a number from there.
fn mexican(reading: Reading, readings: &Readings, context: &Context) -> Result<Reading, Refusal> {
    match readings.foreign(context.plans).filter(|foreign| !reading.kind.is_mobile() && foreign.is_mobile()) {
        Some(foreign) => {
            let both = [reading.phone.to_string()].into_iter().chain(foreign.valid().and_then(written));
            Err(Refusal::new(Code::PhoneAmbiguous).suggest(both))
        }
        None => Ok(reading),
    }
}

/// The number behind a trunk prefix of two digits whose 0 a spreadsheet has dropped: Hungary's 06 as 6.
fn lost_zero<'p>(readings: &Readings<'p, '_>, context: &Context<'p>) -> Option<Number<'p>> {
    let plan = readings.plan?;
    let &[0, second] = plan.trunk_prefix() else { return None };
    let number = context.plans.within(readings.digits.strip_prefix(&[second])?, plan).ok()?;
    (number.found.is_some() && number.change.is_none()).then_some(number)
}
