//! How many digits the numbers of a country have, and which numbers begin with the same digits: what a message says of
//! a number that has one too few or too many.

use super::Kind;
use super::tables::{ANSWER, LONGEST, Plan, ROW, TAIL, Tables, Zone};

/// What the number of digits says, by the lengths of the whole plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Right,
    /// Dialled within a place only.
    Local,
    TooShort,
    TooLong,
    /// Between the shortest and the longest, but no number has it.
    Between,
}

/// Whether a trunk rule may leave this many digits.
pub(super) fn may_be_left(plan: &Plan, digits: usize) -> bool {
    !matches!(length(plan, digits), Length::TooShort | Length::Local | Length::Between)
}

/// What the length of a national number says by the plan.
pub(super) fn length(plan: &Plan, digits: usize) -> Length {
    let bit = 1u32.checked_shl(u32::try_from(digits).unwrap_or(u32::MAX)).unwrap_or(0);
    if plan.local & bit != 0 {
        Length::Local
    } else if plan.lengths & bit != 0 {
        Length::Right
    } else if plan.lengths == 0 {
        Length::Between
    } else if digits < plan.lengths.trailing_zeros() as usize {
        Length::TooShort
    } else if digits > plan.lengths.ilog2() as usize {
        Length::TooLong
    } else {
        Length::Between
    }
}

/// Lengths (bit n: n digits) in words: `10`, `8 or 10`, `4 to 15`.
pub(super) fn in_words(lengths: u32) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for length in (0..u32::BITS).filter(|length| lengths & (1 << length) != 0) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == length => *last = length,
            _ => runs.push((length, length)),
        }
    }
    let words: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first} or {last}"),
            _ => format!("{first} to {last}"),
        })
        .collect();
    words.join(" or ")
}

/// Valid numbers that begin with the same digits as one that is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alike {
    /// How many digits are missing (positive) or too many (negative) to the nearest of them; 0 if both by as many.
    pub missing: isize,
    /// Their kind; mobiles first if there are several.
    pub kind: Kind,
    /// The lengths of the numbers of that kind (bit n: n digits).
    pub lengths: u32,
}

impl Tables {
    /// The valid numbers that have the same leading digits as a national number that is not valid, if there are any.
    pub fn alike(&self, zone: &Zone, national: &[u8]) -> Option<Alike> {
        let count = national.len();
        let longer = self.beginning_with(zone, national).filter(|&(_, lengths)| lengths != 0);
        let shorter = self.longest_valid(zone, national.split_last().map_or(national, |(_, front)| front));
        let added = longer.map(|(_, lengths)| lengths.trailing_zeros() as usize - count);
        let removed = shorter.map(|kept| count - kept);
        let (missing, found) = match (added, removed) {
            (None, None) => return None,
            (Some(added), Some(removed)) if added == removed => (0, longer),
            (Some(added), removed) if removed.is_none_or(|removed| added < removed) => (added as isize, longer),
            (_, Some(removed)) => {
                let base = national.get(..count - removed).unwrap_or_default();
                (-(removed as isize), self.beginning_with(zone, base))
            }
            (Some(added), None) => (added as isize, longer),
        };
        let (kind, lengths) = found?;
        Some(Alike { missing, kind, lengths })
    }

    /// How many of the digits the longest valid number has that they begin with.
    fn longest_valid(&self, zone: &Zone, digits: &[u8]) -> Option<usize> {
        let (mut state, mut longest) = (zone.start, None);
        for (&digit, count) in digits.iter().zip(1..) {
            let next = self.states.get(usize::from(state) * ROW + usize::from(digit)).copied().unwrap_or(0);
            if next & TAIL != 0 {
                let last = self.tail(next).iter().zip(count..digits.len() + 1).rfind(|&(&answer, _)| answer != 0);
                return last.map(|(_, count)| count).or(longest);
            }
            if self.states.get(usize::from(next) * ROW + ANSWER).is_some_and(|&answer| answer != 0) {
                longest = Some(count);
            }
            state = next;
        }
        longest
    }

    /// The kind of the valid numbers that begin with these digits, mobiles first, and the lengths of that kind that are
    /// no shorter (bit n: n digits).
    fn beginning_with(&self, zone: &Zone, digits: &[u8]) -> Option<(Kind, u32)> {
        let mut lengths = [0u32; Kind::ALL.len()];
        let mut note = |answer: u16, length: usize| {
            if let Some(lengths) = lengths.get_mut(usize::from(answer % 16)).filter(|_| answer != 0) {
                *lengths |= 1 << length;
            }
        };
        let mut open = Vec::new();
        match self.behind_digits(zone.start, digits) {
            Behind::State(0) => {}
            Behind::State(state) => open.push(state),
            Behind::Tail(answers) => {
                answers.iter().zip(digits.len()..).for_each(|(&answer, length)| note(answer, length));
            }
        }
        for length in digits.len()..=LONGEST {
            if open.is_empty() {
                break;
            }
            let mut next: Vec<u16> = Vec::new();
            for state in open.into_iter().filter(|&state| state != 0) {
                if state & TAIL != 0 {
                    self.tail(state).iter().zip(length..).for_each(|(&answer, length)| note(answer, length));
                } else if let Some(row) = self.states.get(usize::from(state) * ROW..) {
                    note(row.get(ANSWER).copied().unwrap_or(0), length);
                    next.extend(row.get(..ANSWER).unwrap_or_default());
                }
            }
            next.sort_unstable();
            next.dedup();
            open = next;
        }
        Kind::ALL.into_iter().zip(lengths).find(|&(_, lengths)| lengths != 0)
    }

    /// Where digits lead to.
    fn behind_digits(&self, start: u16, digits: &[u8]) -> Behind<'_> {
        let (mut state, mut rest) = (start, digits);
        while let Some((&digit, behind)) = rest.split_first() {
            let next = self.states.get(usize::from(state) * ROW + usize::from(digit)).copied().unwrap_or(0);
            if next & TAIL != 0 {
                return Behind::Tail(self.tail(next).get(behind.len()..).unwrap_or_default());
            }
            (state, rest) = (next, behind);
        }
        Behind::State(state)
    }
}

/// Where digits have led to.
enum Behind<'p> {
    /// A state; 0 is dead.
    State(u16),
    /// The answers by how many digits follow.
    Tail(&'p [u16]),
}

#[cfg(test)]
mod tests {
    use super::super::plans::builtin;
    use super::*;

    #[test]
    fn lengths_in_words() {
        let words = |name: &str| {
            in_words(builtin().plans.iter().find(|plan| plan.name[..2] == name.as_bytes()[..2]).unwrap().lengths)
        };
        assert_eq!([words("US"), words("SM"), words("DE"), words("AR")], ["10", "8 or 10", "4 to 15", "10 or 11"]);
    }

    #[test]
    fn numbers_alike_say_how_many_digits_are_missing() {
        let alike = |code: u16, national: &str| {
            let digits: Vec<u8> = national.bytes().map(|b| b - b'0').collect();
            builtin().alike(builtin().zone(code).unwrap(), &digits)
        };
        let mobile = |missing, lengths| Some(Alike { missing, kind: Kind::Mobile, lengths });
        assert_eq!(alike(91, "987654321"), mobile(1, 1 << 10));
        assert_eq!(alike(91, "98765432101"), mobile(-1, 1 << 10));
        assert_eq!(alike(44, "79111234567"), mobile(-1, 1 << 10));
        assert_eq!(alike(33, "61234567"), mobile(1, 1 << 9));
        assert_eq!(alike(27, "82123456"), mobile(1, 1 << 9));
        assert_eq!(alike(33, "0"), None);
    }
}
