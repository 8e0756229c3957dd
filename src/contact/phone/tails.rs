//! States behind which digits only count: whatever digits follow, the answer depends on how many there are. They become
//! short rows of answers, so that a walk ends where the plan stops to tell digits apart, after three or four of ten.
//! Shared with `build.rs`.

use std::collections::HashMap;

use super::tables::{KIND_NAMES, ROW, TAIL, TAIL_ROW};

/// States without those that have become tails, and the tails.
pub struct Shortened {
    /// A row each; see `Tables::states`.
    pub states: Vec<u16>,
    /// A row each; see `Tables::tails`.
    pub tails: Vec<u16>,
    /// The new number of each former state that is still one.
    place: Vec<u16>,
}

impl Shortened {
    /// Shortens states, which lead to earlier ones only or to themselves. Those of `kept` stay what they are.
    pub fn new(rows: &[u16], kept: &[u16]) -> Result<Shortened, String> {
        let mut tails = tails(rows);
        for &state in kept {
            if let Some(tail) = tails.get_mut(usize::from(state)) {
                *tail = None;
            }
        }
        let mut place = vec![0; tails.len()];
        let mut count = 0;
        for (_, place) in tails.iter().zip(&mut place).filter(|(tail, _)| tail.is_none()) {
            *place = count;
            count += 1;
        }
        if count > TAIL {
            return Err(format!("more than {TAIL} states"));
        }
        let mut shortened = Shortened { states: Vec::new(), tails: Vec::new(), place };
        let mut known = HashMap::new();
        for (row, _) in rows.chunks(ROW).zip(&tails).filter(|(_, tail)| tail.is_none()) {
            let Some((&answer, next)) = row.split_last() else { continue };
            for &next in next {
                let next = match tails.get(usize::from(next)).and_then(Option::as_ref) {
                    Some(tail) => shortened.tail(tail, &mut known)?,
                    None => shortened.place(next),
                };
                shortened.states.push(next);
            }
            shortened.states.push(answer);
        }
        Ok(shortened)
    }

    /// The new number of a state that automata start from.
    pub fn place(&self, state: u16) -> u16 {
        self.place.get(usize::from(state)).copied().unwrap_or(0)
    }

    /// The mark of a tail, each of which is held once.
    fn tail<'t>(&mut self, tail: &'t [u16], known: &mut HashMap<&'t [u16], u16>) -> Result<u16, String> {
        if let Some(&mark) = known.get(tail) {
            return Ok(mark);
        }
        let index = u16::try_from(known.len()).ok().filter(|index| index & TAIL == 0);
        let mark = index.ok_or_else(|| format!("more than {TAIL} tails"))? | TAIL;
        self.tails.extend(tail.iter().copied().chain(std::iter::repeat(0)).take(TAIL_ROW));
        known.insert(tail, mark);
        Ok(mark)
    }
}

/// How many digits may follow so that a number of some kinds is valid.
pub struct Further<'s> {
    shortened: &'s Shortened,
    /// Bit n: the kind n of `KIND_NAMES`.
    kinds: u16,
    known: HashMap<u16, u32>,
}

impl Further<'_> {
    /// Of numbers of these kinds.
    pub fn new<'s>(shortened: &'s Shortened, kinds: &[&str]) -> Further<'s> {
        let bits = KIND_NAMES.iter().zip(0..).filter(|(kind, _)| kinds.contains(kind));
        Further { shortened, kinds: bits.fold(0, |bits, (_, bit)| bits | 1 << bit), known: HashMap::new() }
    }

    /// Behind some digits (bit n: n further ones).
    pub fn behind(&mut self, state: u16, digits: &[u8]) -> u32 {
        let Some((&digit, rest)) = digits.split_first() else { return self.of(state) };
        match self.shortened.states.get(usize::from(state) * ROW + usize::from(digit)) {
            Some(&next) if next & TAIL != 0 => self.of(next) >> rest.len(),
            next => self.behind(next.copied().unwrap_or(0), rest),
        }
    }

    /// Behind a state or a tail.
    fn of(&mut self, at: u16) -> u32 {
        let (shortened, kinds) = (self.shortened, self.kinds);
        let is = |answer: u16| u32::from(answer != 0 && kinds & (1 << (answer % 16)) != 0);
        if at & TAIL != 0 {
            let tail = shortened.tails.chunks(TAIL_ROW).nth(usize::from(at & !TAIL)).unwrap_or_default();
            return tail.iter().zip(0..).fold(0, |bits, (&answer, further)| bits | is(answer) << further);
        }
        if let Some(&known) = self.known.get(&at) {
            return known;
        }
        self.known.insert(at, 0);
        let row = shortened.states.chunks(ROW).nth(usize::from(at)).unwrap_or_default();
        let Some((&answer, next)) = row.split_last() else { return 0 };
        let bits = is(answer) | next.iter().fold(0, |bits, &next| bits | self.of(next)) << 1;
        self.known.insert(at, bits);
        bits
    }
}

/// Of each state the answers by how many digits follow, if it matters not which: up to the last answer that is not 0.
fn tails(rows: &[u16]) -> Vec<Option<Vec<u16>>> {
    let mut tails: Vec<Option<Vec<u16>>> = Vec::new();
    for (row, id) in rows.chunks(ROW).zip(0usize..) {
        let tail = match row {
            // The dead state is one in any case.
            [first, others @ .., answer] if id > 0 && others.iter().all(|next| next == first) => match first {
                0 => Some(vec![*answer]),
                first => {
                    let behind = tails.get(usize::from(*first)).and_then(Option::as_ref);
                    behind.map(|behind| [*answer].into_iter().chain(behind.iter().copied()).collect())
                }
            },
            _ => None,
        };
        tails.push(tail.filter(|tail| tail.len() <= TAIL_ROW));
    }
    tails
}
