//! What no numbering plan tells: numbers from before a renumbering, zeros that were lost, tokens that are dialled no more.
//!
//! Consulted only when no reading of a number is valid. Digits of a subscriber are added only on request.

use super::digits::Digits;
use super::plans::Number;
use super::tables::{Tables, Zone};
use super::{Kind, Region};

/// What may have happened to a number that no plan knows.
#[derive(Debug)]
pub(super) enum Quirk {
    /// Mexico's former mobile token stood in front; the number without it.
    MexicoToken(Digits, Region, Kind),
    /// The number is from before a renumbering; its new form.
    Obsolete(Digits, Region, Kind),
    /// The number is from before a renumbering, and digits alone do not tell its new form; what is known of that, in words.
    ObsoleteUncertain(&'static str),
    /// The leading zero that belongs to the number is missing; the number with it.
    ZeroLost(Digits),
}

/// Puts digits in front of a number where its country's plan knows the result.
struct Completion<'p> {
    plans: &'p Tables,
    zone: &'p Zone,
}

impl Completion<'_> {
    /// The number with these digits in front; `None` if that is not valid either.
    fn with(&self, front: &[u8], rest: &[u8]) -> Option<(Digits, Region, Kind)> {
        let mut all = Digits::from(front);
        all.extend(rest);
        let (region, kind) = self.plans.answer(self.zone, all.as_slice())?;
        Some((all, region, kind))
    }

    /// The same where a mobile comes of it.
    fn mobile(&self, front: &[u8], rest: &[u8]) -> Option<(Digits, Region, Kind)> {
        self.with(front, rest).filter(|(.., kind)| kind.is_mobile())
    }
}

fn obsolete(new: Option<(Digits, Region, Kind)>) -> Option<Quirk> {
    new.map(|(digits, region, kind)| Quirk::Obsolete(digits, region, kind))
}

/// Looks for a quirk of the number's country.
pub(super) fn quirk(plans: &Tables, number: &Number) -> Option<Quirk> {
    let digits = number.national.as_slice();
    let plan = Completion { plans, zone: plans.zone(number.code)? };
    match (number.code, digits) {
        // Abolished in 2019 (google/libphonenumber#2376): +52 1, and within the country 01, 044, 045.
        (52, [1, rest @ ..] | [0, 1, rest @ ..] | [0, 4, 4 | 5, rest @ ..]) if rest.len() == 10 => {
            let (digits, region, kind) = plan.with(&[], rest)?;
            Some(Quirk::MexicoToken(digits, region, kind))
        }
        // All mobiles have had nine digits since 2016 (google/libphonenumber, migrator recipes for 55).
        (55, [a, b, rest @ ..]) if rest.len() == 8 => obsolete(plan.mobile(&[*a, *b, 9], rest)),
        // Ten digits since 2024-11-30, with 01 in front of the former eight.
        (229, rest) if rest.len() == 8 => obsolete(plan.with(&[0, 1], rest)),
        // Ten digits since 2021-01-31; the two in front depend on operator and kind, so no form is certain.
        (225, rest) if rest.len() == 8 => Some(Quirk::ObsoleteUncertain(
            "ten digits: 01, 05 or 07 before a mobile, 21, 25 or 27 before a fixed line, by the operator",
        )),
        // Eleven digits until 2018: 016x became 03x and so on (google/libphonenumber, migrator recipes for 84).
        (84, [1, a, b, rest @ ..]) if rest.len() == 7 => {
            let front = match (a, b) {
                (2, 0 | 6 | 8) => [7, *b],
                (2, 1) => [7, 9],
                (2, 2) => [7, 7],
                (2, 3..=5) => [8, *b],
                (2, 7) => [8, 1],
                (2, 9) => [8, 2],
                (6, 2..=9) => [3, *b],
                (8, 6 | 8) => [5, *b],
                (9, 9) => [5, 9],
                _ => return None,
            };
            obsolete(plan.with(&front, rest))
        }
        (39 | 225 | 229 | 241 | 242 | 378, rest) => {
            let (digits, ..) = plan.with(&[0], rest).filter(|(.., kind)| *kind != Kind::Unknown)?;
            Some(Quirk::ZeroLost(digits))
        }
        _ => renumbered(&plan, number),
    }
}

/// The renumberings in which digits were put in front of whole countries' or networks' numbers. No form is given where
/// it depends on more than the old digits, such as the operator.
fn renumbered(plan: &Completion, number: &Number) -> Option<Quirk> {
    let digits = number.national.as_slice();
    match (number.code, digits) {
        // Cameroon, nine digits since 2014-11-21 (ART, ITU communication of 2014-10-06): 6 before mobiles. Before fixed
        // lines stands a 2, but some of their codes changed too.
        (237, [5..=9, ..]) if digits.len() == 8 => obsolete(plan.mobile(&[6], digits)),
        (237, [2 | 3, ..]) if digits.len() == 8 => {
            Some(Quirk::ObsoleteUncertain("nine digits: a 2 before fixed lines, of which some have another area code"))
        }
        // Guinea, mobiles of nine digits since 2013 (ARPT, ITU communications of 2013-01-23 and 2013-06-13,
        // itu.int/oth/T020200005B): the new digit depends on the operator.
        (224, [6, ..]) if digits.len() == 8 => {
            Some(Quirk::ObsoleteUncertain("nine digits, one of them by the operator"))
        }
        // Colombia, 60 before area code and fixed line since 2021-09-01 (CRC, resolution 5826 of 2019, crcom.gov.co).
        (57, [1 | 2 | 4..=8, ..]) if digits.len() == 8 => obsolete(plan.with(&[6, 0], digits)),
        // Manila, eight digits behind the 2 since 2019-10-06 (NTC, memorandum order 10-10-2017 and its advisory as quoted
        // in manilastandard.net/news/national/285518): the new one is the operator's identifier.
        (63, [2, ..]) if digits.len() == 8 => Some(Quirk::ObsoleteUncertain(
            "eight digits behind the 2, the first by the operator, such as 8 for PLDT and 7 for Globe",
        )),
        // Ecuador, mobiles with a further 9 since 2012-09-30 (SENATEL, now ARCOTEL, ITU communication of 2012-09-20,
        // itu.int/oth/T020200003D; arcotel.gob.ec/plan-tecnico-fundamental-de-numeracion-series-numericas).
        (593, rest) if rest.len() == 8 => obsolete(plan.mobile(&[9], rest)),
        // Mauritius, 5 before mobiles since 2013-09-01 (ICTA, decision of 2013-02-11, icta.mu/telecom-numbering).
        (230, rest) if rest.len() == 7 => obsolete(plan.mobile(&[5], rest)),
        // Chile (SUBTEL, ITU communication of 2014-07-02): 2 behind the area code since 2012 and 2013, 9 before mobiles
        // since 2016-02-06; the 0 that was dialled before them is gone too. What begins
        // with 5, 6 or 7 may be either.
        (56, [0, rest @ ..]) if rest.len() == 8 => {
            renumbered(plan, &Number { national: Digits::from(rest), ..*number })
        }
        (56, [8 | 9, ..]) if digits.len() == 8 => obsolete(plan.mobile(&[9], digits)),
        (56, [2, ..]) if digits.len() == 8 => obsolete(plan.with(&[2], digits)),
        (56, [a @ (3 | 4), b, rest @ ..]) if rest.len() == 6 => obsolete(plan.with(&[*a, *b, 2], rest)),
        (56, [5..=7, ..]) if digits.len() == 8 => Some(Quirk::ObsoleteUncertain(
            "nine digits: a 9 in front of a mobile, a 2 behind the area code of a fixed line",
        )),
        _ => None,
    }
}

/// The mobile that an Argentine number was meant as which has `15` without its area code, or both the 9 in front and the
/// `15` behind the area code. Eight digits behind the `15` exist in area 11 only.
pub(super) fn argentine_mobile<'p>(plans: &'p Tables, digits: &[u8]) -> Option<Number<'p>> {
    let national = digits.strip_prefix(&[5, 4]).unwrap_or(digits);
    let mobiles: Vec<Number> = match *national {
        [1, 5, ref rest @ ..] if rest.len() == 8 => vec![[&[9, 1, 1], rest].concat()],
        [9, ref rest @ ..] if rest.len() == 12 => (2..=4)
            .filter_map(|area| rest.split_at_checked(area))
            .filter_map(|(area, behind)| Some([&[9], area, behind.strip_prefix(&[1, 5])?].concat()))
            .collect(),
        _ => return None,
    }
    .iter()
    .filter_map(|national| plans.behind(54, national).ok())
    .filter(|number| number.found.is_some_and(|(_, kind)| kind.is_mobile()))
    .collect();
    match mobiles.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// A number under France's calling code that is valid under that of an overseas part, which has its own.
pub(super) fn overseas<'p>(plans: &'p Tables, number: &Number<'p>) -> Option<Number<'p>> {
    let parts = [262, 508, 590, 594, 596, 681, 687, 689];
    parts.into_iter().filter(|_| number.code == 33).find_map(|code| {
        let found = plans.answer(plans.zone(code)?, number.national.as_slice())?;
        Some(Number { code, plan: plans.main(code)?, found: Some(found), ..*number })
    })
}
