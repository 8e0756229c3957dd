//! Phone numbers: what a cell says, by the numbering plan of every country.
//!
//! `read` is the decision table from a cell to a `Phone` or a `Refusal`; it knows neither files nor rows. The
//! numbering plans are tables made at build time from `metadata/plans.tsv`.
//!
//! Why not a library: the ports of libphonenumber answer whether digits are a valid number of a country that is known.
//! That is one question of many here. They do not say that two readings of a cell are valid and which are, so that
//! `919876543210` in Germany becomes a German number; they read letters as the digits of a keypad and cut off what
//! stands behind a number, both in silence; they know nothing of numbers from before a renumbering, of masks, WhatsApp
//! ids, several numbers in a cell or what spreadsheets do to numbers; and they take about a microsecond a number, in
//! regular expressions, where a walk through one table takes tens of nanoseconds. The plans themselves are Google's,
//! by the version in `metadata/plans.tsv`, and the tests compare what is read with a port of the library
//! (`spellings.rs`), difference by difference.

mod address;
mod automaton;
#[cfg(test)]
mod cases;
mod char_classes;
mod clean;
mod compile;
mod decide;
mod diagnose;
mod digit_cell;
mod digits;
mod explain;
mod fast;
mod kind;
mod labels;
mod lengths;
mod masks;
mod names;
#[cfg(test)]
mod oracle;
mod pattern;
mod plans;
mod prefix;
#[cfg(test)]
mod properties;
mod quirks;
mod read;
mod region;
#[cfg(test)]
mod rows;
mod several;
mod shapes;
#[cfg(test)]
mod spellings;
#[cfg(test)]
mod strangers;
mod table;
mod tables;
mod tails;
mod walk;

use std::fmt;
use std::num::NonZeroU64;

pub use clean::plain;
pub use explain::{Considered, Explained, explain};
pub use kind::{Kind, Kinds};
pub use plans::{Plans, PlansError};
pub use read::read;
pub use region::{Region, UnknownRegion};
pub use shapes::is_date;

use crate::keywords::keywords;
use crate::row::{Code, Field, Notes};

/// A phone number in E.164 form: at most fifteen digits, the first not a zero, calling code in front.
///
/// Kept as a number: eight bytes, copied freely, millions remembered cheaply. The calling code is found again from
/// the digits, since no calling code begins another. `Debug` shows the last two digits only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(NonZeroU64);

impl Phone {
    /// The most digits a number may have (ITU-T E.164).
    pub const LONGEST: usize = 15;

    /// All its digits as one number, such as 919876543210.
    pub fn get(self) -> u64 {
        self.0.get()
    }

    /// The phone of such a number, if it has at most fifteen digits and begins with an assigned calling code.
    pub fn from_digits(digits: u64) -> Option<Phone> {
        let phone = Phone::whole(digits)?;
        let split = phone.split();
        let code = split.prefix().parse().ok()?;
        (plans::builtin_zone(code).is_some() && !split.number().is_empty()).then_some(phone)
    }

    fn new(code: u16, national: &[u8]) -> Option<Phone> {
        // At most fourteen digits count, so that nothing wraps.
        Phone::of(code, digits::value(national), national.len())
    }

    /// The phone of a calling code and a national number of so many digits; of 0 and a number that holds its code.
    #[inline]
    fn of(code: u16, national: u64, length: usize) -> Option<Phone> {
        const PLACES: [u64; Phone::LONGEST] = {
            let mut places = [1; Phone::LONGEST];
            let mut length = 1;
            #[expect(clippy::indexing_slicing, reason = "computed while compiling; the index is below the length")]
            while length < Phone::LONGEST {
                places[length] = places[length - 1] * 10;
                length += 1;
            }
            places
        };
        Phone::whole(u64::from(code) * PLACES.get(length)? + national)
    }

    /// The phone of all its digits, if there are not too many.
    fn whole(digits: u64) -> Option<Phone> {
        NonZeroU64::new(digits).filter(|digits| digits.get() < 10u64.pow(Phone::LONGEST as u32)).map(Phone)
    }

    /// The calling code, and the national significant number with its leading zeros.
    pub fn split(self) -> Digits {
        let (text, length) = digits::written(self.get());
        let [first, second, ..] = text.map(|digit| digit.wrapping_sub(b'0'));
        let code = plans::code_length(first, second).min(length);
        Digits { text, code: code as u8, length: length as u8 }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone(…{:02})", self.get() % 100)
    }
}

/// The digits of a phone number as text, parted behind the calling code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    text: [u8; 16],
    /// How many of them are the calling code.
    code: u8,
    /// How many there are.
    length: u8,
}

impl Digits {
    /// The calling code: the payload's `prefix`.
    pub fn prefix(&self) -> &str {
        self.part(0, self.code)
    }

    /// The national significant number, leading zeros included: the payload's `number`.
    pub fn number(&self) -> &str {
        self.part(self.code, self.length)
    }

    /// Adds the calling code to a text.
    pub fn write_prefix(&self, out: &mut Vec<u8>) {
        write_first(&self.text, self.code, out);
    }

    /// Adds the national significant number to a text.
    pub fn write_number(&self, out: &mut Vec<u8>) {
        let digits = u128::from_le_bytes(self.text).unbounded_shr(8 * u32::from(self.code)).to_le_bytes();
        write_first(&digits, self.length.saturating_sub(self.code), out);
    }

    fn part(&self, from: u8, to: u8) -> &str {
        let digits = self.text.get(usize::from(from)..usize::from(to)).unwrap_or_default();
        str::from_utf8(digits).unwrap_or_default()
    }
}

/// Adds the first bytes, so many at most. All are copied, which is quicker than a count of them.
#[inline]
fn write_first(text: &[u8; 16], count: u8, out: &mut Vec<u8>) {
    let end = out.len() + usize::from(count);
    out.extend_from_slice(text);
    out.truncate(end);
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number();
        write!(f, "…{}", number.get(number.len().saturating_sub(2)..).unwrap_or_default())
    }
}

keywords! {
    /// How strictly a number is checked.
    #[derive(Default)]
    Check {
        /// It lies in a range of its numbering plan.
        #[default]
        Valid = "valid",
        /// Its length is right.
        Possible = "possible",
    }
}

keywords! {
    /// What is done with several numbers in one cell.
    #[derive(Default)]
    Multiple {
        /// The first valid one is taken, with a note.
        #[default]
        First = "first",
        /// The row is refused.
        Reject = "reject",
    }
}

/// How cells are understood.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The numbering plans.
    pub plans: Plans,
    /// How strictly numbers are checked.
    pub check: Check,
    /// What is done with several numbers in one cell.
    pub multiple: Multiple,
    /// The kinds of numbers that are wanted.
    pub kinds: Kinds,
    /// Whether numbers from before a renumbering are rewritten instead of refused.
    pub renumber: bool,
    /// Whether digits without `+` and without a country begin with the calling code.
    pub bare_international: bool,
    /// The country of numbers that do not name one.
    pub default: Option<Region>,
}

/// What a cell was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The number.
    pub phone: Phone,
    /// Where it is.
    pub region: Region,
    /// What it is.
    pub kind: Kind,
    /// What was repaired or noticed.
    pub notes: Notes,
    /// The other numbers of the cell, which were not taken.
    pub others: Vec<Phone>,
}

/// Why a cell was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The cell it is about: `Phone` or `Prefix`.
    pub field: Field,
    /// The reason.
    pub code: Code,
    /// What the code alone does not say: counts, a country. Never the cell's value.
    pub detail: String,
    /// Readings that would be valid, or what the prefix may have meant.
    pub suggestions: Vec<String>,
}

impl Refusal {
    fn new(code: Code) -> Refusal {
        let field =
            if matches!(code, Code::PrefixInvalid | Code::PrefixConflict) { Field::Prefix } else { Field::Phone };
        Refusal { field, code, detail: String::new(), suggestions: Vec::new() }
    }

    fn detail(self, detail: impl Into<String>) -> Refusal {
        Refusal { detail: detail.into(), ..self }
    }

    fn suggest(mut self, suggestions: impl IntoIterator<Item = String>) -> Refusal {
        for suggestion in suggestions {
            if !self.suggestions.contains(&suggestion) {
                self.suggestions.push(suggestion);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_cut_behind_its_calling_code() {
        let cases = [
            (919876543210, 91, "9876543210"),
            (14155552671, 1, "4155552671"),
            (390236618300, 39, "0236618300"),
            (2250701234567, 225, "0701234567"),
            (77012345678, 7, "7012345678"),
            (491234567890123, 49, "1234567890123"),
        ];
        for (digits, code, national) in cases {
            let phone = Phone::from_digits(digits).unwrap();
            let split = phone.split();
            assert_eq!((split.prefix(), split.number()), (code.to_string().as_str(), national));
            let mut written = b"+".to_vec();
            split.write_prefix(&mut written);
            written.push(b' ');
            split.write_number(&mut written);
            assert_eq!(String::from_utf8(written), Ok(format!("+{code} {national}")));
            assert_eq!(phone.to_string(), format!("+{code}{national}"));
            assert_eq!(Phone::new(code, &national.bytes().map(|b| b - b'0').collect::<Vec<_>>()), Some(phone));
        }
        for digits in [0, 1, 91, 999_123_456, 1_000_000_000_000_000, u64::MAX] {
            assert!(Phone::from_digits(digits).is_none(), "{digits}");
        }
    }

    #[test]
    fn debug_hides_the_number() {
        let phone = Phone::from_digits(919876543210).unwrap();
        assert_eq!(format!("{phone:?} {:?}", phone.split()), "Phone(…10) …10");
    }
}
