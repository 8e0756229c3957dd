//! From patterns to states.
//!
//! All patterns of all kinds of all regions of a calling code become one automaton over digits; each state carries
//! the answer. States are merged from the last digit backwards. Trunk and exit rules become automata of the same form, whose answer
//! is what the rule does; there the order of choices in the pattern counts, as it does for a regular expression.
//! Shared with `build.rs`.

use std::collections::HashMap;

use super::compile::Region;
use super::pattern::{Op, Program};
use super::tables::{KIND_NAMES, LONGEST};

/// The order in which kinds are tried; fixed lines and mobiles come last.
const ORDER: [&str; 8] =
    ["premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"];

/// A state that is being made: the states behind each digit, and the answer if the digits end here.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Node {
    next: [u16; 10],
    answer: u16,
}

/// All states so far, each once.
pub struct States {
    nodes: Vec<Node>,
    known: HashMap<Node, u16>,
}

impl Default for States {
    fn default() -> States {
        let dead = Node { next: [0; 10], answer: 0 };
        States { nodes: vec![dead.clone()], known: HashMap::from([(dead, 0)]) }
    }
}

impl States {
    /// All states as rows of one table.
    pub fn rows(&self) -> Vec<u16> {
        self.nodes.iter().flat_map(|node| node.next.into_iter().chain([node.answer])).collect()
    }

    fn add(&mut self, node: Node) -> Result<u16, String> {
        if let Some(&known) = self.known.get(&node) {
            return Ok(known);
        }
        let id = u16::try_from(self.nodes.len()).map_err(|_| "more than 65,536 states")?;
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        Ok(id)
    }

    /// A state that nothing changes any more; its links are set when its number is known.
    fn settled(&mut self, answer: u16) -> Result<u16, String> {
        if answer == 0 {
            return Ok(0);
        }
        let known = self.nodes.iter().zip(0..).find(|(n, id): &(&Node, u16)| n.answer == answer && n.next == [*id; 10]);
        if let Some((_, id)) = known {
            return Ok(id);
        }
        let id = u16::try_from(self.nodes.len()).map_err(|_| "more than 65,536 states")?;
        let node = Node { next: [id; 10], answer };
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        Ok(id)
    }
}

/// Many patterns at once, of which it matters only which ones match the whole number.
pub struct Product {
    /// The programs one after another; jumps count from the beginning of all.
    ops: Vec<Op>,
    /// The pattern that each step belongs to.
    owner: Vec<usize>,
    starts: Vec<u32>,
    judge: Vec<Judge>,
    /// Patterns that hold for whatever follows once they matched.
    sticky: Vec<bool>,
    general_only: bool,
    memo: HashMap<(usize, Vec<u32>), u16>,
}

/// A region's forms: indices of patterns, with the lengths that are allowed.
struct Judge {
    region: usize,
    leading: Option<usize>,
    general: (usize, u32),
    kinds: Vec<(u16, usize, u32)>,
    fixed: Option<(usize, u32)>,
    mobile: Option<(usize, u32)>,
}

impl Product {
    /// The patterns of these regions; of their general forms only, or of every kind.
    pub fn new(regions: &[&Region], general_only: bool) -> Result<Product, String> {
        let mut product = Product {
            ops: vec![],
            owner: vec![],
            starts: vec![],
            judge: vec![],
            sticky: vec![],
            general_only,
            memo: HashMap::new(),
        };
        let mut known: HashMap<(&str, bool), usize> = HashMap::new();
        for region in regions {
            let mut pattern = |text, sticky| match known.get(&(text, sticky)) {
                Some(&index) => Ok::<usize, String>(index),
                None => {
                    known.insert((text, sticky), product.sticky.len());
                    product.take(Program::new(text)?, sticky)
                }
            };
            let general = (pattern(region.general.pattern, false)?, region.general.lengths);
            let mut judge =
                Judge { region: region.index, leading: None, general, kinds: vec![], fixed: None, mobile: None };
            if !general_only {
                judge.leading = region.leading.map(|text| pattern(text, true)).transpose()?;
                let mut form = |wanted: &str| -> Result<Option<(usize, u32)>, String> {
                    let form = region.kinds.iter().find(|(kind, _)| *kind == wanted);
                    form.map(|(_, form)| Ok((pattern(form.pattern, false)?, form.lengths))).transpose()
                };
                judge.fixed = form("fixed_line")?;
                judge.mobile = form("mobile")?;
                for kind in ORDER {
                    if let Some((index, lengths)) = form(kind)? {
                        judge.kinds.push((number(kind), index, lengths));
                    }
                }
            }
            product.judge.push(judge);
        }
        Ok(product)
    }

    fn take(&mut self, program: Program, sticky: bool) -> Result<usize, String> {
        let (base, index) = (self.ops.len(), self.sticky.len());
        self.starts.push(u32::try_from(base).map_err(|_| "too many patterns")?);
        self.sticky.push(sticky);
        for op in program.ops {
            self.owner.push(index);
            self.ops.push(match op {
                Op::Split(a, b) => Op::Split(a + base, b + base),
                Op::Jump(to) => Op::Jump(to + base),
                other => other,
            });
        }
        Ok(index)
    }

    /// Adds its states; the number of the first.
    pub fn build(mut self, states: &mut States) -> Result<u16, String> {
        let mut first = Vec::new();
        for start in self.starts.clone() {
            self.reach(start, &mut first);
        }
        self.state(0, first, states)
    }

    /// Adds the steps at which a digit is taken or a pattern ends, from one step on.
    fn reach(&self, at: u32, found: &mut Vec<u32>) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            match self.ops.get(at as usize) {
                Some(Op::Digit(_) | Op::Match) => found.push(at),
                Some(Op::Split(a, b)) => open.extend([*a as u32, *b as u32]),
                Some(Op::Jump(to)) => open.push(*to as u32),
                Some(Op::Save(_)) => open.push(at + 1),
                // `$` occurs in trunk rules only.
                Some(Op::End) | None => {}
            }
        }
    }

    fn state(&mut self, depth: usize, mut steps: Vec<u32>, states: &mut States) -> Result<u16, String> {
        steps.sort_unstable();
        steps.dedup();
        if depth > LONGEST || steps.is_empty() {
            return Ok(0);
        }
        let key = (depth, steps);
        if let Some(&known) = self.memo.get(&key) {
            return Ok(known);
        }
        let mut next = [0; 10];
        for (digit, slot) in (0..10).zip(&mut next) {
            let mut behind = Vec::new();
            for &step in &key.1 {
                match self.ops.get(step as usize) {
                    Some(Op::Digit(mask)) if mask & (1 << digit) != 0 => self.reach(step + 1, &mut behind),
                    Some(Op::Match)
                        if self.owner.get(step as usize).is_some_and(|&p| self.sticky.get(p) == Some(&true)) =>
                    {
                        behind.push(step);
                    }
                    _ => {}
                }
            }
            *slot = self.state(depth + 1, behind, states)?;
        }
        let matched: Vec<usize> = key
            .1
            .iter()
            .filter(|&&step| matches!(self.ops.get(step as usize), Some(Op::Match)))
            .filter_map(|&step| self.owner.get(step as usize).copied())
            .collect();
        let id = states.add(Node { next, answer: self.answer(depth, &matched) })?;
        self.memo.insert(key, id);
        Ok(id)
    }

    fn answer(&self, depth: usize, matched: &[usize]) -> u16 {
        let fits = |(index, lengths): (usize, u32)| lengths & (1 << depth) != 0 && matched.contains(&index);
        for judge in &self.judge {
            if self.general_only {
                // The general form is asked without its lengths, as the reference library does when it strips.
                return u16::from(matched.contains(&judge.general.0));
            }
            if judge.leading.is_some_and(|index| !matched.contains(&index)) {
                continue;
            }
            let kind = if !fits(judge.general) {
                0
            } else if let Some((kind, ..)) = judge.kinds.iter().find(|&&(_, index, lengths)| fits((index, lengths))) {
                *kind
            } else {
                match (judge.fixed.is_some_and(fits), judge.mobile.is_some_and(fits)) {
                    (true, true) => number("fixed_line_or_mobile"),
                    (true, false) => number("fixed_line"),
                    (false, true) => number("mobile"),
                    (false, false) => 0,
                }
            };
            if kind != 0 {
                return u16::try_from(judge.region * 16).unwrap_or(0) + kind;
            }
            if judge.leading.is_some() {
                return 0;
            }
        }
        0
    }
}

fn number(kind: &str) -> u16 {
    KIND_NAMES.iter().zip(0..).find(|(name, _)| **name == kind).map_or(0, |(_, number)| number)
}

/// One pattern that takes digits from the front of a number, its choices in order of preference.
pub struct Ordered<'s> {
    program: Program,
    states: &'s mut States,
    memo: HashMap<Kernel, u16>,
}

type Saved = [Option<usize>; 4];
type Thread = (usize, Saved);

/// Where the threads stand, in order, behind `depth` digits; and the best match so far.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct Kernel {
    depth: usize,
    threads: Vec<Thread>,
    best: Option<(usize, Saved)>,
}

impl<'s> Ordered<'s> {
    /// A pattern of at most two groups.
    pub fn new(pattern: &str, states: &'s mut States) -> Result<Ordered<'s>, String> {
        let program = Program::new(pattern)?;
        if program.groups > 2 {
            return Err(format!("more than two groups in the pattern {pattern:?}"));
        }
        Ok(Ordered { program, states, memo: HashMap::new() })
    }

    /// Adds its states; the number of the first. `answer` is asked what a match means: its end, and the places its groups remembered.
    pub fn build(
        mut self,
        mut answer: impl FnMut(usize, &[Option<usize>], usize) -> Result<usize, String>,
    ) -> Result<u16, String> {
        let first = Kernel { threads: vec![(0, Saved::default())], ..Kernel::default() };
        self.state(first, &mut answer)
    }

    fn state(
        &mut self,
        kernel: Kernel,
        answer: &mut impl FnMut(usize, &[Option<usize>], usize) -> Result<usize, String>,
    ) -> Result<u16, String> {
        if let Some(&known) = self.memo.get(&kernel) {
            return Ok(known);
        }
        let mut tell = |best: &Option<(usize, Saved)>| match best {
            None => Ok(0),
            Some((end, saved)) => {
                let number = answer(*end, saved, self.program.groups)?;
                u16::try_from(number).map_err(|_| "too many trunk rules".to_owned())
            }
        };
        let here = tell(&self.close(&kernel, true).best)?;
        let open = self.close(&kernel, false);
        let id = if open.threads.is_empty() && tell(&open.best)? == here {
            self.states.settled(here)?
        } else {
            let mut next = [0; 10];
            for (digit, slot) in (0..10).zip(&mut next) {
                let steps = open.threads.iter().filter_map(|&(at, saved)| match self.program.ops.get(at) {
                    Some(Op::Digit(mask)) if mask & (1 << digit) != 0 => Some((at + 1, saved)),
                    _ => None,
                });
                let behind = Kernel { depth: kernel.depth + 1, threads: steps.collect(), best: open.best };
                *slot = self.state(behind, answer)?;
            }
            self.states.add(Node { next, answer: here })?
        };
        self.memo.insert(kernel, id);
        Ok(id)
    }

    /// Follows all steps that take no digit; a match cuts off whatever is preferred less.
    fn close(&self, kernel: &Kernel, at_end: bool) -> Kernel {
        let mut closed = Kernel { depth: kernel.depth, threads: vec![], best: kernel.best };
        let mut open: Vec<Thread> = kernel.threads.iter().rev().copied().collect();
        let mut seen = vec![false; self.program.ops.len()];
        while let Some((at, mut saved)) = open.pop() {
            match seen.get_mut(at) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match self.program.ops.get(at) {
                Some(Op::Digit(_)) => closed.threads.push((at, saved)),
                Some(Op::Split(a, b)) => open.extend([(*b, saved), (*a, saved)]),
                Some(Op::Jump(to)) => open.push((*to, saved)),
                Some(Op::Save(slot)) => {
                    if let Some(slot) = saved.get_mut(*slot) {
                        *slot = Some(kernel.depth);
                    }
                    open.push((at + 1, saved));
                }
                Some(Op::End) if at_end => open.push((at + 1, saved)),
                Some(Op::Match) => {
                    closed.best = Some((kernel.depth, saved));
                    break;
                }
                Some(Op::End) | None => {}
            }
        }
        closed
    }
}
