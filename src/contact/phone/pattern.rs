//! The few regular expressions in which numbering plans are written, as programs over digits.
//!
//! Used only when tables are made, never while numbers are read. Shared with `build.rs`.

/// A step of a program.
#[derive(Debug, Clone, Copy)]
pub enum Op {
    /// Takes one of the digits whose bit is set, and goes on with the next step.
    Digit(u16),
    /// Goes on with the first step if that leads anywhere, else with the second.
    Split(usize, usize),
    /// Goes on elsewhere.
    Jump(usize),
    /// Remembers the position: `2n` where group n begins, `2n + 1` where it ends; groups count from 0.
    Save(usize),
    /// Goes on only where the digits end.
    End,
    /// Done.
    Match,
}

/// A pattern as a program: begin at step 0.
#[derive(Debug)]
pub struct Program {
    /// The steps.
    pub ops: Vec<Op>,
    /// The number of groups that are remembered.
    pub groups: usize,
}

enum Part {
    Digit(u16),
    All(Vec<Part>),
    Any(Vec<Part>),
    Group(usize, Box<Part>),
    Times(usize, usize, Box<Part>),
    End,
}

const ALL_DIGITS: u16 = 0x3ff;
/// More steps than any plan needs; a bound on what a text from outside can ask for.
const MOST_OPS: usize = 50_000;
const DEEPEST: usize = 40;
const MOST_TIMES: usize = 20;

impl Program {
    /// Reads a pattern made of digits, `\d`, `[…]`, `(…)`, `(?:…)`, `|`, `?`, `{n}`, `{n,m}` and `$`.
    ///
    /// # Errors
    /// What was not understood.
    pub fn new(pattern: &str) -> Result<Program, String> {
        let mut parser = Parser { rest: pattern.as_bytes(), groups: 0, depth: 0 };
        let part = parser.any().map_err(|why| format!("{why} in the pattern {pattern:?}"))?;
        if !parser.rest.is_empty() {
            return Err(format!("a ) too many in the pattern {pattern:?}"));
        }
        let mut ops = Vec::new();
        emit(&part, &mut ops);
        ops.push(Op::Match);
        if ops.len() > MOST_OPS {
            return Err(format!("too large a pattern: {pattern:?}"));
        }
        Ok(Program { ops, groups: parser.groups })
    }
}

struct Parser<'p> {
    rest: &'p [u8],
    groups: usize,
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn eat(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Result<Part, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("too deep a nesting".into());
        }
        let mut choices = vec![self.all()?];
        while self.eat(b"|") {
            choices.push(self.all()?);
        }
        self.depth -= 1;
        Ok(Part::Any(choices))
    }

    fn all(&mut self) -> Result<Part, String> {
        let mut parts = Vec::new();
        while !matches!(self.rest.first(), None | Some(b'|' | b')')) {
            let part = self.one()?;
            parts.push(self.times(part)?);
        }
        Ok(Part::All(parts))
    }

    fn one(&mut self) -> Result<Part, String> {
        match self.take() {
            Some(digit @ b'0'..=b'9') => Ok(Part::Digit(1 << (digit - b'0'))),
            Some(b'\\') if self.eat(b"d") => Ok(Part::Digit(ALL_DIGITS)),
            Some(b'$') => Ok(Part::End),
            Some(b'[') => self.class(),
            Some(b'(') => {
                let part = if self.eat(b"?:") {
                    self.any()?
                } else {
                    let group = self.groups;
                    self.groups += 1;
                    Part::Group(group, Box::new(self.any()?))
                };
                if self.eat(b")") { Ok(part) } else { Err("a ) is missing".into()) }
            }
            Some(other) => Err(format!("{:?} is not known", char::from(other))),
            None => Err("something is missing".into()),
        }
    }

    fn class(&mut self) -> Result<Part, String> {
        let mut mask = 0;
        loop {
            match self.take() {
                Some(b']') if mask != 0 => return Ok(Part::Digit(mask)),
                Some(first @ b'0'..=b'9') => {
                    let last = if self.eat(b"-") { self.take().unwrap_or(0) } else { first };
                    if !(first..=b'9').contains(&last) {
                        return Err("a range is not in order".into());
                    }
                    (first..=last).for_each(|digit| mask |= 1 << (digit - b'0'));
                }
                _ => return Err("a set of digits is not closed".into()),
            }
        }
    }

    fn times(&mut self, part: Part) -> Result<Part, String> {
        if self.eat(b"?") {
            return Ok(Part::Times(0, 1, Box::new(part)));
        }
        if !self.eat(b"{") {
            return Ok(part);
        }
        let least = self.count()?;
        let most = if self.eat(b",") { self.count()? } else { least };
        if !self.eat(b"}") || most < least || most > MOST_TIMES {
            return Err("a repetition is not understood".into());
        }
        Ok(Part::Times(least, most, Box::new(part)))
    }

    fn count(&mut self) -> Result<usize, String> {
        let mut count = 0;
        let before = self.rest.len();
        while let Some(digit @ b'0'..=b'9') = self.rest.first().copied() {
            self.take();
            count = (count * 10 + usize::from(digit - b'0')).min(MOST_TIMES + 1);
        }
        if self.rest.len() == before { Err("a repetition is not understood".into()) } else { Ok(count) }
    }
}

/// Appends the steps of a part; each part begins at its first step and ends behind its last.
fn emit(part: &Part, ops: &mut Vec<Op>) {
    if ops.len() > MOST_OPS {
        return; // The caller refuses it.
    }
    match part {
        Part::Digit(mask) => ops.push(Op::Digit(*mask)),
        Part::End => ops.push(Op::End),
        Part::All(parts) => parts.iter().for_each(|part| emit(part, ops)),
        Part::Group(group, part) => {
            ops.push(Op::Save(2 * group));
            emit(part, ops);
            ops.push(Op::Save(2 * group + 1));
        }
        Part::Times(least, most, part) => {
            (0..*least).for_each(|_| emit(part, ops));
            let mut splits = Vec::new();
            for _ in *least..*most {
                splits.push(ops.len());
                ops.push(Op::Jump(0));
                emit(part, ops);
            }
            let end = ops.len();
            splits.into_iter().for_each(|at| set(ops, at, Op::Split(at + 1, end)));
        }
        Part::Any(choices) => {
            let mut jumps = Vec::new();
            for (index, choice) in choices.iter().enumerate() {
                let split = ops.len();
                let last = index + 1 == choices.len();
                if !last {
                    ops.push(Op::Jump(0));
                }
                emit(choice, ops);
                if !last {
                    jumps.push(ops.len());
                    ops.push(Op::Jump(0));
                    let next = ops.len();
                    set(ops, split, Op::Split(split + 1, next));
                }
            }
            let end = ops.len();
            jumps.into_iter().for_each(|at| set(ops, at, Op::Jump(end)));
        }
    }
}

fn set(ops: &mut [Op], at: usize, op: Op) {
    if let Some(slot) = ops.get_mut(at) {
        *slot = op;
    }
}
