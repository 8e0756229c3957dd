//! A number explained: for the `phone` command.

use std::fmt;

use serde::Serialize;

use super::{Kind, Reading, Refusal, Region};
use crate::row::{Code, Note};

/// What was made of one number, for people (`Display`) and for machines (one JSON object).
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// What was given.
    pub input: String,
    /// What it was understood as, or why not.
    #[serde(flatten)]
    pub answer: Answer,
}

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
    },
}

/// Explains what was read.
pub fn explain(input: &str, result: &Result<Reading, Refusal>) -> Explained {
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
        Err(refusal) => {
            let message = match refusal.detail.as_str() {
                "" => refusal.code.description().to_owned(),
                detail => format!("{} ({detail})", refusal.code.description()),
            };
            Answer::Refused { code: refusal.code, message, suggestions: refusal.suggestions.clone() }
        }
    };
    Explained { input: input.to_owned(), answer }
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
        match &self.answer {
            Answer::Number { prefix, number, country, kind, notes } => {
                write!(
                    f,
                    "+{prefix} {number}\n  country: {} ({country})\n  type: {}",
                    country.name(),
                    kind.as_str().replace('_', " ")
                )?;
                notes.iter().try_for_each(|note| write!(f, "\n  note: {} [{note}]", note.description()))
            }
            Answer::Refused { code, message, suggestions } => {
                write!(f, "{message} [{code}]")?;
                suggestions.iter().try_for_each(|suggestion| write!(f, "\n  did you mean {suggestion}?"))?;
                if code.remedy().is_empty() { Ok(()) } else { write!(f, "\n  hint: {}", code.remedy()) }
            }
        }
    }
}
