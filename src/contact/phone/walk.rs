//! Walks through the tables: one step a digit, to the answer at the end.

use super::tables::{ANSWER, ROW, TAIL, TAIL_ROW, Tables, Zone};

impl Tables {
    /// The answer at the end of the digits.
    #[inline]
    pub fn walk(&self, start: u16, digits: &[u8]) -> u16 {
        let states: &[u16] = &self.states;
        let mut state = start;
        for (at, &digit) in digits.iter().enumerate() {
            let Some(&next) = states.get(usize::from(state) * ROW + usize::from(digit)) else { return 0 };
            if next & TAIL != 0 {
                return self.tail(next).get(digits.len() - at - 1).copied().unwrap_or(0);
            }
            // Dead or settled: nothing changes any more.
            let last = next == state || next == 0;
            state = next;
            if last {
                break;
            }
        }
        states.get(usize::from(state) * ROW + ANSWER).copied().unwrap_or(0)
    }

    /// The answer at the end of a national number; no tail begins behind its first two digits.
    #[inline(never)]
    pub fn walk_national(&self, start: u16, digits: &[u8]) -> u16 {
        let states: &[u16] = &self.states;
        let behind = |state: u16, digit: u8| states.get(usize::from(state) * ROW + usize::from(digit)).copied();
        let &[first, second, third, ref rest @ ..] = digits else { return self.walk(start, digits) };
        let state = behind(start, first).and_then(|state| behind(state, second)).and_then(|state| behind(state, third));
        state.map_or(0, |state| match state & TAIL {
            0 => self.walk(state, rest),
            _ => self.tail(state).get(rest.len()).copied().unwrap_or(0),
        })
    }

    /// The answers of a tail by how many digits follow.
    #[inline]
    pub fn tail(&self, mark: u16) -> &[u16] {
        let from = usize::from(mark & !TAIL) * TAIL_ROW;
        self.tails.get(from..from + TAIL_ROW).unwrap_or_default()
    }

    /// The zone whose calling code digits begin with, without an exit code.
    #[inline(always)]
    pub fn zone_at(&self, digits: &[u8]) -> Option<&Zone> {
        self.zones.get(usize::from(*self.zone_at.get(head(digits)?)?))
    }

    /// Whether digits may be a mobile with its calling code; certainly not if not.
    #[inline(always)]
    pub fn may_be_mobile_at(&self, digits: &[u8]) -> bool {
        let lengths = head(digits).and_then(|head| self.mobiles_at.get(head)).copied().unwrap_or(0);
        lengths & 1u32.checked_shl(digits.len() as u32).unwrap_or(0) != 0
    }
}

/// The first three digits as a number.
#[inline(always)]
fn head(digits: &[u8]) -> Option<usize> {
    let &[a, b, c, ..] = digits else { return None };
    Some(usize::from(a) * 100 + usize::from(b) * 10 + usize::from(c))
}
