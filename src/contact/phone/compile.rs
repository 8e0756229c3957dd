//! From the text of the numbering plans to tables.
//!
//! Reads the text and puts the tables together; the states of the tables are made in `automaton`. Shared with
//! `build.rs`; the first lines of the text describe its form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::automaton::{Ordered, Product, States};
use super::tables::{ANSWER, Change, KIND_NAMES, LONGEST, NO_DIGIT, Plan, ROW, Tables, Zone};
use super::tails::{Further, Shortened};

/// So many digits of a national number are walked whether they matter or not.
const WALKED_IN_ANY_CASE: usize = 2;

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
            trunk_digits: region.trunk_digits,
            lengths: region.general.lengths,
            local: region.general.local,
        });
    }
    let mut zones = zones(&regions, &mut states)?;
    let shortened = shorten(&states, &mut plans, &mut zones)?;
    let zone_at = zone_at(&zones);
    let mobiles_at = mobiles_at(&zones, &zone_at, &shortened);
    Ok(Tables {
        version: version.to_owned().into(),
        states: shortened.states.into(),
        tails: shortened.tails.into(),
        changes: changes.into(),
        plans: plans.into(),
        zone_of: zone_of(&zones).into(),
        zone_at: zone_at.into(),
        mobiles_at: mobiles_at.into(),
        plan_of: plan_of(&regions).into(),
        zones: zones.into(),
    })
}

/// Shortens the states, and says anew where automata start.
fn shorten(states: &States, plans: &mut [Plan], zones: &mut [Zone]) -> Result<Shortened, String> {
    let rows = states.rows();
    // The first digits of a national number lead to states in any case: to end there for some numbers and not for others
    // costs more than further steps, since no processor foresees it.
    let mut kept: Vec<u16> = Vec::new();
    let mut last: Vec<u16> = zones.iter().map(|zone| zone.start).collect();
    for _ in 0..WALKED_IN_ANY_CASE {
        let row = |state: u16| rows.chunks(ROW).nth(usize::from(state))?.get(..ANSWER);
        last = last.into_iter().filter_map(row).flatten().copied().collect();
        last.sort_unstable();
        last.dedup();
        kept.extend(&last);
    }
    let of_plans = plans.iter_mut().flat_map(|plan| [&mut plan.general, &mut plan.trunk, &mut plan.exit]);
    let mut starts: Vec<&mut u16> = of_plans.chain(zones.iter_mut().map(|zone| &mut zone.start)).collect();
    kept.extend(starts.iter().map(|start| **start));
    let shortened = Shortened::new(&rows, &kept)?;
    for start in &mut starts {
        **start = shortened.place(**start);
    }
    Ok(shortened)
}

/// The index of the zone of each calling code; 255 is none.
fn zone_of(zones: &[Zone]) -> Vec<u8> {
    let mut zone_of = vec![u8::MAX; 1000];
    for (zone, index) in zones.iter().zip(0..u8::MAX) {
        put(&mut zone_of, usize::from(zone.code), index);
    }
    zone_of
}

/// The index of the plan of each pair of letters; 255 is none.
fn plan_of(regions: &[Region]) -> Vec<u8> {
    let mut plan_of = vec![u8::MAX; 26 * 26];
    for (region, index) in regions.iter().zip(0..u8::MAX) {
        if let [a @ b'A'..=b'Z', b] = region.name.as_bytes() {
            put(&mut plan_of, usize::from(a - b'A') * 26 + usize::from(b - b'A'), index);
        }
    }
    plan_of
}

/// Of three digits in front of a number, the index of the zone whose calling code they begin with; 255 is none. No calling
/// code begins another.
fn zone_at(zones: &[Zone]) -> Vec<u8> {
    let mut zone_at = vec![u8::MAX; 1000];
    for (zone, index) in zones.iter().zip(0..u8::MAX) {
        let step = 10usize.pow(3 - u32::from(zone.digits));
        let from = usize::from(zone.code) * step;
        zone_at.iter_mut().skip(from).take(step).for_each(|slot| *slot = index);
    }
    zone_at
}

/// Of three digits in front of a number, how many digits the mobiles have that begin so, with their calling code (bit n:
/// n digits).
fn mobiles_at(zones: &[Zone], zone_at: &[u8], shortened: &Shortened) -> Vec<u32> {
    let mut mobiles = Further::new(shortened, &["mobile", "fixed_line_or_mobile"]);
    let of_head = |(&zone, head): (&u8, u16)| {
        let zone = zones.get(usize::from(zone));
        let head = [head / 100, head / 10 % 10, head % 10].map(|digit| digit as u8);
        zone.map_or(0, |zone| mobiles.behind(zone.start, head.get(usize::from(zone.digits)..).unwrap_or_default()) << 3)
    };
    zone_at.iter().zip(0..).map(of_head).collect()
}

/// The calling codes with the automata of their national numbers, ascending.
fn zones(regions: &[Region], states: &mut States) -> Result<Vec<Zone>, String> {
    let mut zones: BTreeMap<u16, (usize, Vec<&Region>)> = BTreeMap::new();
    for (index, region) in regions.iter().enumerate() {
        zones.entry(region.code).or_insert((index, Vec::new())).1.push(region);
    }
    zones
        .into_iter()
        .map(|(code, (main, regions))| {
            let start = Product::new(&regions, false)?.build(states)?;
            Ok(Zone { code, digits: code.ilog10() as u8 + 1, main: u8::try_from(main).unwrap_or(u8::MAX), start })
        })
        .collect()
}

fn put(table: &mut [u8], at: usize, value: u8) {
    if let Some(slot) = table.get_mut(at) {
        *slot = value;
    }
}

/// A pattern and the lengths of the numbers that it describes, as bits.
#[derive(Default, Clone, Copy)]
pub struct Form<'t> {
    /// Of whole numbers.
    pub lengths: u32,
    /// Of numbers dialled locally.
    pub local: u32,
    /// The regular expression.
    pub pattern: &'t str,
}

/// What the text says of a region.
pub struct Region<'t> {
    /// Its place in the text, from 0.
    pub index: usize,
    /// Two capital letters, or `001`.
    pub name: &'t str,
    /// Its calling code.
    pub code: u16,
    /// What is dialled before a foreign number.
    pub exit: Option<&'t str>,
    /// What is dialled before a number of the country, and the rule for what becomes of it.
    pub trunk: Option<(&'t str, Option<&'t str>)>,
    /// The digits dialled before a national number; see `Plan::trunk_digits`.
    pub trunk_digits: [u8; 2],
    /// What its numbers begin with, where several regions share a calling code.
    pub leading: Option<&'t str>,
    /// The form of all its numbers.
    pub general: Form<'t>,
    /// The forms of the kinds it has, by name.
    pub kinds: Vec<(&'t str, Form<'t>)>,
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
                    trunk_digits: [NO_DIGIT; 2],
                    leading: None,
                    general,
                    kinds: vec![],
                });
            }
            (["exit", pattern], Some(region)) => region.exit = Some(pattern),
            (["trunk", pattern], Some(region)) => region.trunk = Some((pattern, None)),
            (["trunk", pattern, rule], Some(region)) => region.trunk = Some((pattern, Some(rule))),
            (["dialled", digits], Some(region)) => {
                region.trunk_digits = trunk_digits(digits).ok_or_else(|| wrong("not one digit or two"))?;
            }
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

/// One digit or two.
fn trunk_digits(text: &str) -> Option<[u8; 2]> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    match *text.as_bytes() {
        [one] => Some([digit(one)?, NO_DIGIT]),
        [one, two] => Some([digit(one)?, digit(two)?]),
        _ => None,
    }
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
