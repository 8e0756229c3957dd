//! Countries: how they are named, and which calling code they have.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::names;
use super::plans::builtin;
use super::tables::Plan;

/// A country by its two-letter ISO code, or `001` with a calling code that belongs to no country.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    name: [u8; 3],
    code: u16,
}

impl Region {
    /// The ISO code; `001` for numbers that belong to no country.
    pub fn as_str(&self) -> &str {
        let name: &[u8] = if self.letters().is_some() { self.name.get(..2).unwrap_or_default() } else { &self.name };
        str::from_utf8(name).unwrap_or_default()
    }

    /// The calling code, such as 91; several countries may share one.
    pub fn calling_code(self) -> u16 {
        self.code
    }

    /// The English name.
    pub fn name(self) -> &'static str {
        names::english(self)
    }

    /// Every country, by its ISO code.
    pub fn all() -> impl Iterator<Item = Region> {
        let letters = || b'A'..=b'Z';
        letters().flat_map(move |a| letters().map(move |b| [a, b])).filter_map(Region::from_letters)
    }

    /// The country of an ISO code or a name, without its digits being looked at.
    pub fn of_name(text: &str) -> Option<Region> {
        names::find(text.trim())
    }

    /// The main country of a calling code.
    pub fn main(code: u16) -> Option<Region> {
        builtin().main(code).map(Region::of)
    }

    /// The country of two letters, upper or lower case.
    pub(super) fn from_letters(letters: [u8; 2]) -> Option<Region> {
        let [a, b] = letters.map(|letter| letter.to_ascii_uppercase());
        if !(a.is_ascii_uppercase() && b.is_ascii_uppercase()) {
            return None;
        }
        builtin().plan(Region { name: [a, b, 0], code: 0 }).map(Region::of)
    }

    pub(super) fn of(plan: &Plan) -> Region {
        Region { name: plan.name, code: plan.code }
    }

    /// Its two letters, if it is a country.
    pub fn letters(self) -> Option<(u8, u8)> {
        let [a, b, rest] = self.name;
        (rest == 0 && a.is_ascii_uppercase() && b.is_ascii_uppercase()).then_some((a, b))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}+{}", self.code)
    }
}

impl Serialize for Region {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// A text that names no country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is neither a country nor a calling code{}", .nearest.map_or_else(String::new, |region| format!("; did you mean {} ({region})?", region.name())))]
pub struct UnknownRegion {
    /// A country with a similar name.
    pub nearest: Option<Region>,
}

impl FromStr for Region {
    type Err = UnknownRegion;

    /// An ISO code of two or three letters, a country's name, or a calling code, which means its main country.
    fn from_str(text: &str) -> Result<Region, UnknownRegion> {
        match super::prefix::read(text) {
            Some(prefix) if prefix.further.as_slice().is_empty() && !prefix.lacks_digit => {
                prefix.region.or_else(|| Region::main(prefix.code)).ok_or(UnknownRegion { nearest: None })
            }
            _ => Err(UnknownRegion { nearest: names::nearest(text) }),
        }
    }
}
