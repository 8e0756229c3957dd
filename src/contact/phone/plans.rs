//! The numbering plans, and how a number is read by them: exactly as Google's libphonenumber reads it, by walking tables.
//!
//! Digits only; what a cell may hold beside them is no matter of this file.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::digits::Digits;
use super::lengths::{Length, length, may_be_left};
use super::tables::{Change, LONGEST, NO_DIGIT, Plan, ROW, Tables, Zone};
use super::{Kind, Region};
use crate::byte_table::byte_table;

static BUILTIN: Tables = include!(concat!(env!("OUT_DIR"), "/plans.rs"));

/// The numbering plans of all countries: those built in, or those of a newer text.
#[derive(Clone)]
pub struct Plans(Source);

#[derive(Clone)]
enum Source {
    Builtin,
    Text(Arc<Tables>),
}

/// Why a text of numbering plans cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a text of numbering plans: {0}")]
pub struct PlansError(String);

impl Plans {
    /// The plans this program was built with.
    pub const fn builtin() -> Plans {
        Plans(Source::Builtin)
    }

    /// Plans from a text in the form of `metadata/plans.tsv`.
    ///
    /// # Errors
    /// The line and what is wrong with it.
    pub fn read(text: &str) -> Result<Plans, PlansError> {
        let tables = super::compile::compile(text).map_err(PlansError)?;
        if let Some(zone) = tables.zones.iter().find(|zone| builtin_zone(zone.code).is_none()) {
            // Numbers are cut behind codes known to this program; one that is new to it could not be cut.
            return Err(PlansError(format!("calling code {} is newer than this program", zone.code)));
        }
        Ok(Plans(Source::Text(Arc::new(tables))))
    }

    /// The version of the metadata, such as `9.0.42`.
    pub fn version(&self) -> &str {
        &self.tables().version
    }

    pub(super) fn tables(&self) -> &Tables {
        match &self.0 {
            Source::Builtin => &BUILTIN,
            Source::Text(tables) => tables,
        }
    }
}

impl Default for Plans {
    fn default() -> Plans {
        Plans::builtin()
    }
}

impl fmt::Debug for Plans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plans({})", self.version())
    }
}

pub(super) fn builtin_zone(code: u16) -> Option<&'static Zone> {
    BUILTIN.zone(code)
}

pub(super) fn builtin() -> &'static Tables {
    &BUILTIN
}

/// How many digits the calling code at the front of a number has, by the shape of the world's code plan.
///
/// No calling code begins another, and this has not changed in decades; whether the code is assigned is another matter.
pub(super) fn code_length(first: u8, second: u8) -> usize {
    /// By both digits as one number: every phone asks here, and no jump of it could be foreseen.
    static LENGTHS: [u8; 256] = byte_table! {
        10..=19 | 70..=79 => 1,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98 => 2,
        _ => 3,
    };
    let digits = 10 * usize::from(first) + usize::from(second);
    LENGTHS.get(digits).map_or(3, |length| usize::from(*length))
}

/// A number that has been read: calling code and national number, and what was taken away on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number<'p> {
    pub code: u16,
    pub national: Digits,
    /// The plan it was read by: the main one of its code, or the one asked for.
    pub plan: &'p Plan,
    /// Where it is and what it is; none if no range holds it.
    pub found: Option<(Region, Kind)>,
    /// What the trunk rule did, if it did anything.
    pub change: Option<&'p Change>,
    /// How many digits stood behind the calling code.
    pub dialled: usize,
    /// An exit code was read as `+`.
    pub exit: bool,
}

impl Number<'_> {
    /// The same number, whatever way it was written.
    pub fn is(&self, other: &Number) -> bool {
        self.code == other.code && self.national.as_slice() == other.national.as_slice()
    }
}

/// Why digits are not even the shape of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// They begin with no assigned calling code.
    NoCode,
    TooShort,
    TooLong,
}

/// The least digits the library takes for a national number.
pub(super) const SHORTEST: usize = 2;

impl Plan {
    /// What is dialled before a national number and is no part of it; empty where nothing is.
    pub fn trunk_prefix(&self) -> &[u8] {
        let used = self.trunk_digits.iter().take_while(|&&digit| digit != NO_DIGIT).count();
        self.trunk_digits.get(..used).unwrap_or_default()
    }

    /// Whether digits without a trunk prefix are easily valid by chance: the country dials one, or its numbers have
    /// many lengths (Italy, the Vatican, San Marino, Luxembourg).
    pub fn is_read_loosely(&self) -> bool {
        self.trunk_digits != [NO_DIGIT; 2] || matches!(self.code, 39 | 378 | 352)
    }
}

impl Tables {
    pub fn zone(&self, code: u16) -> Option<&Zone> {
        self.zones.get(usize::from(*self.zone_of.get(usize::from(code))?))
    }

    pub fn plan(&self, region: Region) -> Option<&Plan> {
        match region.letters() {
            Some((a, b)) => {
                let pair = usize::from(a - b'A') * 26 + usize::from(b - b'A');
                self.plans.get(usize::from(*self.plan_of.get(pair)?))
            }
            None => self.main(region.calling_code()),
        }
    }

    pub fn main(&self, code: u16) -> Option<&Plan> {
        self.plans.get(usize::from(self.zone(code)?.main))
    }

    /// Reads digits that begin with a calling code, as if `+` stood before them.
    pub fn international(&self, digits: &[u8]) -> Result<Number<'_>, Unread> {
        let (&[first, second, ..], false) = (digits, digits.len() < 3) else {
            return Err(Unread::TooShort);
        };
        if first == 0 {
            return Err(Unread::NoCode);
        }
        let (code, national) = digits.split_at_checked(code_length(first, second)).unwrap_or_default();
        self.behind(value(code), national)
    }

    /// Reads digits as someone in the region would dial them: with its exit code, with its own calling code without
    /// `+`, or within the country.
    pub fn dialled<'p>(&'p self, digits: &[u8], plan: &'p Plan) -> Result<Number<'p>, Unread> {
        let exit = usize::from(self.walk(plan.exit, digits));
        if let Some(rest) = digits.get(exit..).filter(|rest| exit > 0 && rest.first().is_some_and(|&digit| digit != 0))
        {
            return self.international(rest).map(|number| Number { exit: true, ..number });
        }
        if exit > 0 && exit == digits.len() {
            return Err(Unread::TooShort);
        }
        if let Some(rest) = strip_code(digits, plan.code) {
            // The library takes the code away only if that makes a better number of it.
            let (stripped, change) = match self.strip(plan, rest) {
                Some((stripped, change)) => (stripped, Some(change)),
                None => (Digits::from(rest), None),
            };
            let worse = self.walk(plan.general, digits) == 0 && self.walk(plan.general, stripped.as_slice()) != 0;
            if worse || length(plan, digits.len()) == Length::TooLong {
                let (zone, main) = self.zone(plan.code).zip(self.main(plan.code)).ok_or(Unread::NoCode)?;
                let number = self.under(zone, main, stripped.as_slice())?;
                return Ok(Number { change: number.change.or(change), ..number });
            }
        }
        self.within(digits, plan)
    }

    /// Reads digits as if `+` and the calling code stood before them.
    pub fn behind(&self, code: u16, digits: &[u8]) -> Result<Number<'_>, Unread> {
        let zone = self.zone(code).ok_or(Unread::NoCode)?;
        let plan = self.plans.get(usize::from(zone.main)).ok_or(Unread::NoCode)?;
        self.under(zone, plan, digits)
    }

    /// Reads digits as a national number of the region and nothing else.
    pub fn within<'p>(&'p self, digits: &[u8], plan: &'p Plan) -> Result<Number<'p>, Unread> {
        let zone = self.zone(plan.code).ok_or(Unread::NoCode)?;
        self.under(zone, plan, digits)
    }

    /// Reads a national number: takes the trunk prefix away if the plan says so, and finds region and kind.
    fn under<'p>(&'p self, zone: &Zone, plan: &'p Plan, digits: &[u8]) -> Result<Number<'p>, Unread> {
        if digits.len() < SHORTEST {
            return Err(Unread::TooShort);
        }
        let mut number = Number {
            code: zone.code,
            national: Digits::from(digits),
            plan,
            found: None,
            change: None,
            dialled: digits.len(),
            exit: false,
        };
        if let Some((stripped, change)) = self.strip(plan, digits)
            && may_be_left(plan, stripped.as_slice().len())
        {
            number.national = stripped;
            number.change = Some(change);
        }
        match number.national.as_slice().len() {
            0..SHORTEST => return Err(Unread::TooShort),
            SHORTEST..=LONGEST => {}
            _ => return Err(Unread::TooLong),
        }
        number.found = self.answer(zone, number.national.as_slice());
        Ok(number)
    }

    /// Region and kind of a national number just as it stands.
    pub fn answer(&self, zone: &Zone, national: &[u8]) -> Option<(Region, Kind)> {
        let answer = self.walk(zone.start, national);
        let plan = self.plans.get(usize::from(answer / 16)).filter(|_| answer != 0)?;
        Some((Region::of(plan), Kind::from_number(answer % 16)))
    }

    /// What the trunk rule makes of a national number; nothing if it does not apply, or would spoil a good one.
    fn strip<'p>(&'p self, plan: &'p Plan, digits: &[u8]) -> Option<(Digits, &'p Change)> {
        let change = self.trunk_rule(plan, digits)?;
        let mut stripped = Digits::default();
        stripped.extend(&change.literal);
        stripped.extend(digits.get(usize::from(change.from)..usize::from(change.to))?);
        stripped.extend(digits.get(usize::from(change.end)..)?);
        (!self.spoils(plan, digits, stripped.as_slice())).then_some((stripped, change))
    }

    /// The trunk rule that applies to a national number, if one does.
    #[inline(always)]
    pub fn trunk_rule<'p>(&'p self, plan: &Plan, digits: &[u8]) -> Option<&'p Change> {
        // Most numbers have no first digit that a rule begins with.
        let first = usize::from(*digits.first()?);
        if self.states.get(usize::from(plan.trunk) * ROW + first).is_none_or(|&next| next == 0) {
            return None;
        }
        let index = self.walk(plan.trunk, digits).checked_sub(1)?;
        self.changes.get(usize::from(index))
    }

    /// Whether digits have the general form of the region's numbers and what is left of them has not.
    pub fn spoils(&self, plan: &Plan, digits: &[u8], stripped: &[u8]) -> bool {
        self.walk(plan.general, digits) != 0 && self.walk(plan.general, stripped) == 0
    }
}

/// The digits behind the calling code, if they begin with it.
pub(super) fn strip_code(digits: &[u8], code: u16) -> Option<&[u8]> {
    let mut rest = digits;
    for place in [100, 10, 1] {
        if code >= place {
            let (&first, behind) = rest.split_first()?;
            if u16::from(first) != code / place % 10 {
                return None;
            }
            rest = behind;
        }
    }
    Some(rest)
}

fn value(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |value, &digit| value * 10 + u16::from(digit))
}

#[cfg(test)]
mod tests {
    use super::super::{Rules, read};
    use super::*;

    const TEXT: &str = include_str!("../../../metadata/plans.tsv");

    #[test]
    fn the_vendored_text_gives_the_built_in_tables() {
        let read = Plans::read(TEXT).unwrap();
        assert_eq!(read.version(), Plans::builtin().version());
        let (read, built) = (read.tables(), builtin());
        assert!(
            read.states == built.states
                && read.tails == built.tails
                && read.plans == built.plans
                && read.zones == built.zones
        );
        assert!(read.changes == built.changes && read.plan_of == built.plan_of && read.zone_of == built.zone_of);
        assert!(read.zone_at == built.zone_at && read.mobiles_at == built.mobiles_at);
    }

    #[test]
    fn tables_are_under_400_kib() {
        let bytes = (BUILTIN.states.len() + BUILTIN.tails.len()) * size_of::<u16>()
            + BUILTIN.plans.len() * size_of::<Plan>()
            + BUILTIN.zones.len() * size_of::<Zone>()
            + BUILTIN.changes.len() * size_of::<Change>()
            + BUILTIN.zone_of.len()
            + BUILTIN.zone_at.len()
            + BUILTIN.mobiles_at.len() * size_of::<u32>()
            + BUILTIN.plan_of.len();
        assert!(bytes < 400 * 1024, "{bytes}");
    }

    #[test]
    fn calling_codes_are_cut_where_the_world_cuts_them() {
        for zone in BUILTIN.zones.iter() {
            let digits: Vec<u8> = zone.code.to_string().bytes().map(|b| b - b'0').collect();
            assert_eq!(code_length(digits[0], digits.get(1).copied().unwrap_or(0)), digits.len(), "{}", zone.code);
        }
    }

    #[test]
    fn a_newer_text_opens_a_range() {
        let text = "version\t10\nregion\tIN\t91\ntrunk\t0\ngeneral\t10\t\t\\d{10}\nmobile\t10\t\t1{10}\n";
        let rules = Rules { plans: Plans::read(text).unwrap(), ..Rules::default() };
        assert_eq!(rules.plans.version(), "10");
        let digits = "+911111111111";
        assert!(read("", digits, None, &Rules::default()).is_err());
        assert_eq!(read("", digits, None, &rules).unwrap().kind, Kind::Mobile);
        assert!(read("", "+919876543210", None, &rules).is_err());
    }

    #[test]
    fn a_text_that_is_none_is_refused_with_its_line() {
        let wrong = Plans::read("version\t1\nregion\tIN\t91\nmobile\t10\t\t(\n").unwrap_err();
        assert!(wrong.to_string().contains("missing"), "{wrong}");
        for (wrong, what) in [
            ("", "no line names the version"),
            ("version\t1\n", "0 regions"),
            ("version\t1\nmobile\t1\t\t1\n", "line 2"),
            ("version\t1\nregion\tIN\t91\nfancy\t1\t\t1\n", "line 3: not a kind"),
            ("version\t1\nregion\tIN\t91\nmobile\t99\t\t1\n", "line 3: not a list"),
            ("version\t1\nregion\tIndia\t91\n", "line 2: not a region"),
            ("version\t1\nregion\tXX\t999\n", "calling code 999"),
        ] {
            let found = Plans::read(wrong).unwrap_err().to_string();
            assert!(found.contains(what), "{found}");
        }
    }
}
