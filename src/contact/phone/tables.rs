//! The tables that numbers are walked through: plain data, made by `compile.rs`.
//!
//! Those built in are written out by `build.rs` as constants; those of another text are made at run time.

use std::borrow::Cow;

/// The kinds of numbers, by their number in an answer. 0 is no valid number.
pub const KIND_NAMES: [&str; 12] = [
    "unknown",
    "mobile",
    "fixed_line",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
];

/// No national number has more digits.
pub const LONGEST: usize = 17;
/// The cells of a state: what is behind each digit, a state or a tail, then the answer.
pub const ROW: usize = ANSWER + 1;
/// The cell of a state that holds what is true if the digits end there; 0 is no. In a plan: 16 × region + kind. In a
/// general form: 1. In a trunk rule: 1 + the index of a change. In an exit rule: the number of digits.
pub const ANSWER: usize = 10;
/// Marks the number of a tail, in place of that of a state.
pub const TAIL: u16 = 1 << 15;
/// The cells of a tail: the answer behind each number of further digits, from none on. There is none behind more.
pub const TAIL_ROW: usize = LONGEST + 1;

/// What a trunk rule does to a number: `literal`, then the digits from `from` to `to`, then those from `end` on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Digits (0 to 9) put in front.
    pub literal: Cow<'static, [u8]>,
    /// Where the part that is kept begins.
    pub from: u8,
    /// Where the part that is kept ends.
    pub to: u8,
    /// Where the rest of the number begins.
    pub end: u8,
}

/// The plan of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Two capital letters and a zero byte, or `001`.
    pub name: [u8; 3],
    /// Its calling code.
    pub code: u16,
    /// Where the automaton of its general form begins.
    pub general: u16,
    /// Where that of its trunk rule begins; 0 if it has none.
    pub trunk: u16,
    /// Where that of its exit code begins; 0 if it has none.
    pub exit: u16,
    /// What is dialled before a national number within the country and is no part of it: `0`, `8`, `06`. One digit or
    /// two; the unused places are `NO_DIGIT`.
    pub trunk_digits: [u8; 2],
    /// Bit n: a national number may have n digits.
    pub lengths: u32,
    /// Bit n: n digits are dialled locally only.
    pub local: u32,
}

/// Fills the unused places of `Plan::trunk_digits`.
pub const NO_DIGIT: u8 = 10;

/// A calling code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The code.
    pub code: u16,
    /// How many digits the code has.
    pub digits: u8,
    /// The index of its main region.
    pub main: u8,
    /// Where the automaton of its national numbers begins.
    pub start: u16,
}

/// All numbering plans.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The version of the metadata.
    pub version: Cow<'static, str>,
    /// All states, a row each. State 0 is dead, and a state that leads to itself by any digit is settled: nothing
    /// that follows changes its answer.
    pub states: Cow<'static, [u16]>,
    /// All tails, a row each: what the answers are where only the number of digits matters.
    pub tails: Cow<'static, [u16]>,
    /// What trunk rules do.
    pub changes: Cow<'static, [Change]>,
    /// The regions.
    pub plans: Cow<'static, [Plan]>,
    /// The calling codes, ascending.
    pub zones: Cow<'static, [Zone]>,
    /// The index of the zone of each calling code from 0 to 999; 255 is none.
    pub zone_of: Cow<'static, [u8]>,
    /// The index of the zone whose code is in front of a number, by its first three digits; 255 is none.
    pub zone_at: Cow<'static, [u8]>,
    /// How many digits mobiles have with their calling code, by its first three digits. Bit n: n digits.
    pub mobiles_at: Cow<'static, [u32]>,
    /// The index of the plan of each pair of letters, 26 × first + second; 255 is none.
    pub plan_of: Cow<'static, [u8]>,
}
