//! From the text of the numbering plans to tables.
//!
//! All patterns of all kinds of all regions of a calling code become one automaton over digits; each state carries
//! the answer. States are merged from the last digit backwards. Trunk and exit rules become automata of the same form, whose answer
//! is what the rule does; there the order of choices in the pattern counts, as it does for a regular expression.
//! Shared with `build.rs`; the form of the text is told in its first lines.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::pattern::{Op, Program};
use super::tables::{Change, KIND_NAMES, Node, Plan, Tables, Zone};

/// No national number has more digits.
const LONGEST: usize = 17;
/// The order in which kinds are tried; fixed lines and mobiles come last.
const ORDER: [&str; 8] =
    ["premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"];

/// Makes tables from the text of the plans.
///
/// # Errors
/// The line and what is wrong with it.
pub fn compile(text: &str) -> Result<Tables, String> {
    let (version, regions) = read(text)?;
    let mut states = States::default();
    let mut changes = Vec::new();
    let mut plans = Vec::new();
    for region in &regions {
        let trunk = match region.trunk {
            None => 0,
            Some((pattern, rule)) => Ordered::new(pattern, &mut states)?.build(|end, saved, groups| {
                let change = change(rule, end, saved, groups)?;
                Ok(match changes.iter().position(|known| *known == change) {
                    _ if change == Change::default() => 0,
                    Some(index) => index + 1,
                    None => {
                        changes.push(change);
                        changes.len()
                    }
                })
            })?,
        };
        let exit = match region.exit {
            None => 0,
            Some(pattern) => Ordered::new(pattern, &mut states)?.build(|end, _, _| Ok(end))?,
        };
        let general = Product::new(&[region], true)?.build(&mut states)?;
        plans.push(Plan {
            name: match region.name.as_bytes() {
                &[a, b] => [a, b, 0],
                _ => *b"001",
            },
            code: region.code,
            general,
            trunk,
            exit,
            lengths: region.general.lengths,
            local: region.general.local,
        });
    }
    let mut zones: BTreeMap<u16, (usize, Vec<&Region>)> = BTreeMap::new();
    for (index, region) in regions.iter().enumerate() {
        zones.entry(region.code).or_insert((index, Vec::new())).1.push(region);
    }
    let zones = zones
        .into_iter()
        .map(|(code, (main, regions))| {
            let start = Product::new(&regions, false)?.build(&mut states)?;
            Ok(Zone { code, main: u8::try_from(main).unwrap_or(u8::MAX), start })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let mut zone_of = vec![u8::MAX; 1000];
    for (zone, index) in zones.iter().zip(0..u8::MAX) {
        put(&mut zone_of, usize::from(zone.code), index);
    }
    let mut plan_of = vec![u8::MAX; 26 * 26];
    for (region, index) in regions.iter().zip(0..u8::MAX) {
        if let [a @ b'A'..=b'Z', b] = region.name.as_bytes() {
            put(&mut plan_of, usize::from(a - b'A') * 26 + usize::from(b - b'A'), index);
        }
    }
    Ok(Tables {
        version: version.to_owned().into(),
        nodes: states.nodes.into(),
        changes: changes.into(),
        plans: plans.into(),
        zones: zones.into(),
        zone_of: zone_of.into(),
        plan_of: plan_of.into(),
    })
}

fn put(table: &mut [u8], at: usize, value: u8) {
    if let Some(slot) = table.get_mut(at) {
        *slot = value;
    }
}

#[derive(Default, Clone, Copy)]
struct Form<'t> {
    lengths: u32,
    local: u32,
    pattern: &'t str,
}

struct Region<'t> {
    index: usize,
    name: &'t str,
    code: u16,
    exit: Option<&'t str>,
    trunk: Option<(&'t str, Option<&'t str>)>,
    leading: Option<&'t str>,
    general: Form<'t>,
    kinds: Vec<(&'t str, Form<'t>)>,
}

/// The lines of the text, sorted into regions; the version beside them.
fn read(text: &str) -> Result<(&str, Vec<Region<'_>>), String> {
    let mut version = None;
    let mut regions: Vec<Region> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        match (cells.as_slice(), regions.last_mut()) {
            (["version", text], _) => version = Some(*text),
            (["region", name, code], _) => {
                let shape = *name == "001" || (name.len() == 2 && name.bytes().all(|b| b.is_ascii_uppercase()));
                let code = code.parse().ok().filter(|code| (1..=999).contains(code) && shape);
                let code = code.ok_or_else(|| wrong("not a region and its calling code"))?;
                let index = regions.len();
                let general = Form::default();
                regions.push(Region {
                    index,
                    name,
                    code,
                    exit: None,
                    trunk: None,
                    leading: None,
                    general,
                    kinds: vec![],
                });
            }
            (["exit", pattern], Some(region)) => region.exit = Some(pattern),
            (["trunk", pattern], Some(region)) => region.trunk = Some((pattern, None)),
            (["trunk", pattern, rule], Some(region)) => region.trunk = Some((pattern, Some(rule))),
            (["leading", pattern], Some(region)) => region.leading = Some(pattern),
            ([kind, lengths, local, pattern], Some(region)) => {
                let form = Form {
                    lengths: bits(lengths).ok_or_else(|| wrong("not a list of lengths"))?,
                    local: bits(local).ok_or_else(|| wrong("not a list of lengths"))?,
                    pattern,
                };
                match *kind {
                    "general" => region.general = form,
                    kind if KIND_NAMES.contains(&kind) => region.kinds.push((kind, form)),
                    _ => return Err(wrong("not a kind of number")),
                }
            }
            _ => return Err(wrong("not understood")),
        }
    }
    let version = version.ok_or("no line names the version")?;
    if regions.is_empty() || regions.len() > 255 {
        return Err(format!("{} regions; from 1 to 255 are possible", regions.len()));
    }
    Ok((version, regions))
}

/// A list of lengths as bits.
fn bits(list: &str) -> Option<u32> {
    list.split(',').filter(|item| !item.is_empty()).try_fold(0, |bits, item| {
        let length: usize = item.parse().ok()?;
        (length <= LONGEST).then(|| bits | 1 << length)
    })
}

/// What a rule does when its pattern took `end` digits and remembered `saved`.
fn change(rule: Option<&str>, end: usize, saved: &[Option<usize>], groups: usize) -> Result<Change, String> {
    let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let group = |n: usize| match (saved.get(2 * n), saved.get(2 * n + 1)) {
        (Some(Some(from)), Some(Some(to))) => Some((*from, *to)),
        _ => None,
    };
    let last = groups.checked_sub(1).and_then(group);
    let (Some(rule), Some(_)) = (rule, last) else {
        return Ok(Change { end: small(end), ..Change::default() });
    };
    let wrong = || format!("not understood as a trunk rule: {rule:?}");
    let (literal, number) = rule.split_once('\\').ok_or_else(wrong)?;
    let literal: Option<Vec<u8>> = literal.bytes().map(|b| b.is_ascii_digit().then(|| b - b'0')).collect();
    let number: usize = number.parse().map_err(|_| wrong())?;
    let (from, to) = number.checked_sub(1).and_then(group).ok_or_else(wrong)?;
    let literal = literal.filter(|literal| literal.len() <= 4).ok_or_else(wrong)?;
    Ok(Change { literal: Cow::Owned(literal), from: small(from), to: small(to), end: small(end) })
}

/// All states so far, each once.
struct States {
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
struct Product {
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
    fn new(regions: &[&Region], general_only: bool) -> Result<Product, String> {
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

    fn build(mut self, states: &mut States) -> Result<u16, String> {
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
struct Ordered<'s> {
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
    fn new(pattern: &str, states: &'s mut States) -> Result<Ordered<'s>, String> {
        let program = Program::new(pattern)?;
        if program.groups > 2 {
            return Err(format!("more than two groups in the pattern {pattern:?}"));
        }
        Ok(Ordered { program, states, memo: HashMap::new() })
    }

    fn build(
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
