//! A number explained: for the `phone` command.

use std::cell::RefCell;
use std::fmt;

use serde::Serialize;

use super::decide::{Candidate, Context, only, written};
use super::plans::{Number, Unread, strip_code};
use super::{Kind, Reading, Refusal, Region, Rules, read};
use crate::row::{Code, Note};

/// What was made of one number, for people (`Display`) and for machines (one JSON object).
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// What was given.
    pub input: String,
    /// What it was understood as, or why not.
    #[serde(flatten)]
    pub answer: Answer,
    /// Every reading that was considered, in the order in which they are listed for people.
    pub considered: Vec<Considered>,
}

/// One way to read the digits of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Considered {
    /// What the digits were taken for.
    pub reading: String,
    /// The number in E.164 form; none where the digits do not make one.
    pub number: Option<String>,
    /// Whether it is the number that was taken.
    pub taken: bool,
    /// Why it was taken or not.
    pub why: String,
}

/// Where the readings of a cell are collected while it is read.
pub(super) type Collected = RefCell<Vec<Considered>>;

/// A reading or a refusal.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The number was understood.
    Number {
        /// The calling code, digits only.
        prefix: String,
        /// The national significant number with its leading zeros.
        number: String,
        /// ISO code of the country, `001` for none.
        country: Region,
        /// The kind of number.
        #[serde(rename = "type")]
        kind: Kind,
        /// What was repaired or noticed.
        notes: Vec<Note>,
    },
    /// It was not.
    Refused {
        /// The reason.
        code: Code,
        /// The reason in words.
        message: String,
        /// Readings that would be valid.
        suggestions: Vec<String>,
        /// What can be done about it; empty where nothing can.
        #[serde(skip)]
        hint: &'static str,
    },
}

/// Reads a number that stands in a cell by itself, and explains what was made of it.
pub fn explain(input: &str, rules: &Rules) -> Explained {
    let collected = Collected::default();
    let result = read::read_collecting(input, rules, &collected);
    let phone = result.as_ref().ok().map(|reading| reading.phone.to_string());
    let mut considered: Vec<Considered> = Vec::new();
    for mut one in collected.into_inner() {
        if one.taken && one.number != phone {
            one.taken = false;
            one.why = if phone.is_some() {
                "valid, but the cell holds another number before it"
            } else {
                "valid, but the cell is refused"
            }
            .to_owned();
        }
        if !considered.contains(&one) {
            considered.push(one);
        }
    }
    let answer = match result {
        Ok(reading) => {
            let digits = reading.phone.split();
            Answer::Number {
                prefix: digits.prefix().to_owned(),
                number: digits.number().to_owned(),
                country: reading.region,
                kind: reading.kind,
                notes: reading.notes.iter().collect(),
            }
        }
        Err(refusal) => Answer::Refused {
            code: refusal.code,
            message: message(&refusal),
            hint: refusal.code.remedy(),
            suggestions: refusal.suggestions,
        },
    };
    Explained { input: input.to_owned(), answer, considered }
}

/// Why a reading is not valid. Whether the new form of an old number may be written depends on the cell, not on the reading.
fn why_invalid(refusal: &Refusal) -> String {
    match refusal.code {
        Code::PhoneObsoleteFormat => refusal.code.description().to_owned(),
        _ => message(refusal),
    }
}

/// The reason of a refusal in words.
fn message(refusal: &Refusal) -> String {
    match refusal.detail.as_str() {
        "" => refusal.code.description().to_owned(),
        detail => format!("{} ({detail})", refusal.code.description()),
    }
}

/// The readings of the digits (values 0 to 9) of a cell without a prefix, and what became of each by the answer.
pub(super) fn considered(
    plus: bool,
    digits: &[u8],
    context: &Context,
    answer: &Result<Reading, Refusal>,
) -> Vec<Considered> {
    let explained = readings(plus, digits, context).into_iter().map(|(reading, number)| {
        let (taken, why) = verdict(&Candidate::new(number, &[]), context, answer);
        let number = number.as_ref().ok().and_then(written);
        Considered { reading, number, taken, why }
    });
    explained.collect()
}

type Possible<'p> = (String, Result<Number<'p>, Unread>);

/// The ways to read the digits, each number once.
fn readings<'p>(plus: bool, digits: &[u8], context: &Context<'p>) -> Vec<Possible<'p>> {
    let plans = context.plans;
    let mut all: Vec<Possible<'p>> = Vec::new();
    if let Some(plan) = context.region.and_then(|region| plans.plan(region)).filter(|_| !plus) {
        let (country, code) = (Region::of(plan).name(), plan.code);
        all.push((format!("a number of {country}"), plans.within(digits, plan)));
        all.push((format!("as it is dialled in {country}"), plans.dialled(digits, plan)));
        let own = strip_code(digits, code);
        all.extend(own.map(|rest| (format!("+{code} of {country} without its +"), plans.behind(code, rest))));
        let twice = own.and_then(|rest| strip_code(rest, code));
        all.extend(twice.map(|rest| (format!("+{code} of {country} twice"), plans.behind(code, rest))));
    }
    if let Some(rest) = digits.strip_prefix(&[0, 0]) {
        all.push(("00 in place of the +".to_owned(), plans.international(rest)));
    }
    let name = if plus { "as it stands, with its +" } else { "with a + in front" };
    all.push((name.to_owned(), plans.international(digits)));
    let mut different: Vec<Possible<'p>> = Vec::new();
    for (name, number) in all {
        let same = different.iter().any(|(_, before)| match (before, &number) {
            (Ok(before), Ok(number)) => before.is(number),
            (Err(before), Err(error)) => before == error,
            _ => false,
        });
        if !same {
            different.push((name, number));
        }
    }
    different
}

/// Whether a reading is the one that was taken, and why or why not.
fn verdict(candidate: &Candidate, context: &Context, answer: &Result<Reading, Refusal>) -> (bool, String) {
    let own = match only(candidate, context) {
        Ok(own) => own,
        Err(refusal) => return (false, why_invalid(&refusal)),
    };
    let kind = own.kind.as_str().replace('_', " ");
    let place = format!("valid ({kind}, {})", own.region.name());
    let why = match answer {
        Ok(taken) if taken.phone == own.phone => return (true, place),
        Ok(taken) if taken.kind.is_mobile() && !own.kind.is_mobile() => "the reading that was taken is a mobile",
        Ok(_) if context.region.is_some_and(|region| region.calling_code() != own.region.calling_code()) => {
            "without a + the number is read as one of the given country"
        }
        Ok(_) => "the reading that was taken comes first",
        Err(refusal) => match refusal.code {
            Code::PhoneAmbiguous => "so is another reading, and nothing says which is meant",
            Code::PhoneNoCountry => "nothing says that the digits begin with a calling code",
            _ if context.is_of(own.region.calling_code()) => {
                "a calling code that stands twice is not dropped without asking"
            }
            _ => "without a + the number is read as one of the given country",
        },
    };
    (false, format!("{place}, but {why}"))
}

impl Explained {
    /// Whether the number was refused.
    pub fn is_refused(&self) -> bool {
        matches!(self.answer, Answer::Refused { .. })
    }
}

impl fmt::Display for Explained {
    /// Some lines of text without the input, which is foreign and has to be made safe by whoever prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.answer.fmt(f)?;
        // One reading that was taken says no more than the answer.
        match self.considered.as_slice() {
            [one] if one.taken => Ok(()),
            all => all.iter().try_for_each(|one| write!(f, "\n  reading: {one}")),
        }
    }
}

impl fmt::Display for Considered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Considered { reading, number, taken, why } = self;
        let taken = if *taken { "taken" } else { "not taken" };
        write!(
            f,
            "{}{}{reading}: {taken}: {why}",
            number.as_deref().unwrap_or_default(),
            if number.is_some() { ", " } else { "" }
        )
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Number { prefix, number, country, kind, notes } => {
                write!(
                    f,
                    "+{prefix} {number}\n  country: {} ({country})\n  type: {}",
                    country.name(),
                    kind.as_str().replace('_', " ")
                )?;
                notes.iter().try_for_each(|note| write!(f, "\n  note: {} [{note}]", note.description()))
            }
            Answer::Refused { code, message, suggestions, hint } => {
                write!(f, "{message} [{code}]")?;
                suggestions.iter().try_for_each(|suggestion| write!(f, "\n  did you mean {suggestion}?"))?;
                if hint.is_empty() { Ok(()) } else { write!(f, "\n  hint: {hint}") }
            }
        }
    }
}
