//! What a number is: mobile, fixed line and so on, and the kinds that are wanted.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::tables::KIND_NAMES;

/// The kind of a number, as its numbering plan tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Not known; the number was not found in a range.
    Unknown,
    /// A mobile.
    Mobile,
    /// A fixed line.
    FixedLine,
    /// Either; the plan does not tell them apart.
    FixedLineOrMobile,
    /// Free for the caller.
    TollFree,
    /// Dear for the caller.
    PremiumRate,
    /// The cost is shared.
    SharedCost,
    /// Internet telephony.
    Voip,
    /// A number that follows its owner.
    PersonalNumber,
    /// A pager.
    Pager,
    /// A company's one number for all its places.
    Uan,
    /// A mailbox.
    Voicemail,
}

impl Kind {
    /// Whether it is a mobile, or may be one.
    pub(super) fn is_mobile(self) -> bool {
        matches!(self, Kind::Mobile | Kind::FixedLineOrMobile)
    }

    /// Every kind, in the order of the tables.
    pub const ALL: [Kind; 12] = [
        Kind::Unknown,
        Kind::Mobile,
        Kind::FixedLine,
        Kind::FixedLineOrMobile,
        Kind::TollFree,
        Kind::PremiumRate,
        Kind::SharedCost,
        Kind::Voip,
        Kind::PersonalNumber,
        Kind::Pager,
        Kind::Uan,
        Kind::Voicemail,
    ];

    /// The name in options and reports, in lower snake case.
    pub fn as_str(self) -> &'static str {
        KIND_NAMES.get(self as usize).copied().unwrap_or("unknown")
    }

    pub(super) fn from_number(number: u16) -> Kind {
        Kind::ALL.get(usize::from(number)).copied().unwrap_or(Kind::Unknown)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Kind, String> {
        let name = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        let found = Kind::ALL.into_iter().skip(1).find(|kind| kind.as_str() == name);
        found
            .ok_or_else(|| format!("is no type of number; possible are messaging, any, {}", KIND_NAMES[1..].join(", ")))
    }
}

/// The kinds of numbers that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// All of them, also those that are not known.
    pub const ANY: Kinds = Kinds(u16::MAX);

    /// All but those that nobody can be written to by: voicemail and pagers.
    pub const MESSAGING: Kinds = Kinds(!(1 << Kind::Pager as u16 | 1 << Kind::Voicemail as u16));

    /// Whether a number of this kind is wanted. One that may be a fixed line or a mobile passes as either.
    pub fn has(self, kind: Kind) -> bool {
        let bits = match kind {
            Kind::FixedLineOrMobile => bit(kind) | bit(Kind::FixedLine) | bit(Kind::Mobile),
            kind => bit(kind),
        };
        self.0 & bits != 0
    }
}

fn bit(kind: Kind) -> u16 {
    1 << kind as u16
}

impl Default for Kinds {
    fn default() -> Kinds {
        Kinds::MESSAGING
    }
}

impl FromStr for Kinds {
    type Err = String;

    /// `messaging`, `any`, or kinds separated by commas.
    fn from_str(text: &str) -> Result<Kinds, String> {
        if text.trim().eq_ignore_ascii_case("any") {
            return Ok(Kinds::ANY);
        }
        if text.trim().eq_ignore_ascii_case("messaging") {
            return Ok(Kinds::MESSAGING);
        }
        text.split(',').try_fold(Kinds(0), |kinds, item| Ok(Kinds(kinds.0 | bit(item.parse()?))))
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Kinds::ANY {
            return f.write_str("any");
        }
        if *self == Kinds::MESSAGING {
            return f.write_str("messaging");
        }
        let names: Vec<&str> =
            Kind::ALL.iter().filter(|&&kind| self.0 & bit(kind) != 0).map(|kind| kind.as_str()).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for (kind, number) in Kind::ALL.into_iter().zip(0..) {
            assert_eq!(Kind::from_number(number), kind);
            assert_eq!(kind.as_str().parse().ok(), Some(kind).filter(|kind| *kind != Kind::Unknown));
        }
    }

    #[test]
    fn what_may_be_either_passes_as_either() {
        let mobile: Kinds = "mobile, voip".parse().unwrap();
        assert!(mobile.has(Kind::Mobile) && mobile.has(Kind::Voip) && mobile.has(Kind::FixedLineOrMobile));
        assert!(!mobile.has(Kind::FixedLine) && !mobile.has(Kind::Unknown));
        assert!(Kinds::ANY.has(Kind::Unknown));
        assert!("mobile,landline".parse::<Kinds>().is_err());
        assert_eq!(mobile.to_string(), "mobile,voip");
    }
}
