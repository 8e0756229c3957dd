//! What became of a request, of a batch, and of every record of the job.
//!
//! The kinds of trouble stand in one table, `Cause`: code, exit, sentence, remedy. What an answer means is decided in
//! `client`; how it is shown, in the reports.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// How much of the server's words is kept, in characters.
const MESSAGE: usize = 300;

/// Makes the enum of causes from one table: variant, stable code, exit, what it says, what to do.
macro_rules! causes {
    ($($variant:ident = $code:literal, $exit:literal, $says:literal, $hint:literal;)*) => {
        /// What kind of trouble a request met. Codes are stable and documented in `docs/codes.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Cause { $(#[doc = $says] $variant,)* }

        impl Cause {
            /// Every one of them, in the order of the documentation.
            pub const ALL: &[Cause] = &[$(Cause::$variant,)*];

            /// The stable name, `<stage>.<reason>`.
            pub fn code(self) -> &'static str {
                match self { $(Cause::$variant => $code,)* }
            }

            /// The exit code of a run that it ended, or that ended with records unsettled because of it.
            pub fn exit(self) -> u8 {
                match self { $(Cause::$variant => $exit,)* }
            }

            /// What it says, in a few words.
            pub fn says(self) -> &'static str {
                match self { $(Cause::$variant => $says,)* }
            }

            /// What to do about it; empty where nothing needs to be done.
            pub fn hint(self) -> &'static str {
                match self { $(Cause::$variant => $hint,)* }
            }
        }
    };
}

causes! {
    Refused = "server.refused", 1, "refused by the server", "correct the row and import rejected.csv";
    TooLarge = "server.too_large", 1, "one contact alone is too large for the server", "shorten its cells or leave columns out";
    RefusedAll = "server.refused_all", 65, "the server refused every contact for one reason", "compare the columns with the fields: m1import check shows what would be sent";
    TooManyRefused = "server.max_refused", 75, "the server refused more contacts than --max-refused allows", "look into the refused rows; the same command carries on";
    Unreachable = "server.unreachable", 75, "the server cannot be reached", "check the network and --endpoint; the same command carries on";
    Timeout = "server.timeout", 75, "the server did not answer in time", "the same command carries on; a longer --timeout or a smaller --batch-size may help";
    Cut = "server.cut", 75, "the connection broke", "the same command carries on";
    Failing = "server.error", 75, "the server failed", "the same command carries on";
    Busy = "server.busy", 75, "the server is busy", "the same command carries on; --rate keeps within the server's limit";
    Away = "server.away", 75, "nothing succeeded for as long as --give-up-after allows", "the same command carries on";
    Wait = "server.wait", 75, "the server asked for a longer wait than --max-wait allows", "come back after the time it named; the same command carries on";
    Unreadable = "server.unreadable", 76, "the answer is not that of the import service", "check --endpoint; a proxy or a login page may stand in between";
    Redirect = "server.redirect", 76, "the server answered with a redirect, which is never followed", "give the final address with --endpoint";
    WrongAddress = "server.wrong_address", 76, "the address is not that of the import service", "check --endpoint";
    Unauthorized = "token.refused", 77, "the server does not accept the token", "get a new API access token; --auth-type key|none sets how it is presented";
    Expired = "token.expired", 77, "the token ends", "get a new token; the same command carries on";
    Forbidden = "server.forbidden", 77, "the server denies access", "check what the account may do, and its plan";
    ProxyAuth = "server.proxy_auth", 77, "the proxy wants credentials", "put them into --proxy";
    Certificate = "server.certificate", 78, "the server's certificate is not trusted", "give the certificate authority with --cacert";
    HeadersTooLarge = "server.headers_too_large", 78, "address or headers are too long for the server", "check --header and --endpoint";
    Request = "config.request", 78, "the request cannot be built", "check --endpoint, --header, --bot-id and --proxy";
    Hangup = "run.hangup", 129, "interrupted", "the same command carries on";
    Interrupt = "run.interrupt", 130, "interrupted", "the same command carries on";
    Terminate = "run.terminate", 143, "interrupted", "the same command carries on";
    Stopped = "run.stopped", 74, "stopped because of another error", "the same command carries on";
    Internal = "run.internal", 70, "a part of the program broke down", "please report it; the same command carries on";
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A request that did not succeed, or what ended the sending.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Failure {
    /// What kind of trouble.
    pub cause: Cause,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The server's own words or the particulars; at most 300 characters, controls escaped; may be empty.
    pub message: String,
    /// The `X-Request-Id` of the request; empty where there was none.
    pub request: String,
}

impl Failure {
    /// A failure without an answer; the message is made safe.
    pub fn new(cause: Cause, message: &str) -> Self {
        Failure { cause, status: None, message: plain(message), request: String::new() }
    }

    /// The same with the status of the answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Failure { status: Some(status), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cause.says())?;
        if let Some(status) = self.status {
            write!(f, " (HTTP {status})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

/// Foreign text as one short line: white space in one piece, everything that moves or hides text escaped, cut at
/// 300 characters.
pub fn plain(text: &str) -> String {
    let mut line = String::new();
    let mut left = MESSAGE;
    for word in text.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
            left = left.saturating_sub(1);
        }
        for c in word.chars() {
            let shown = if hides(c) { c.escape_unicode().count() } else { 1 };
            if left < shown + 1 {
                line.push('…');
                return line;
            }
            left -= shown;
            if hides(c) { line.extend(c.escape_unicode()) } else { line.push(c) }
        }
    }
    line
}

/// Whether a character does something to a screen rather than stand on it.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What became of some records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server said that it took them.
    Accepted,
    /// The server said no, and the reason.
    Refused(Arc<Failure>),
    /// They were sent, and whether the server took them is not known.
    Unknown(Arc<Failure>),
    /// The server does not have them.
    Unsent(Arc<Failure>),
}

/// Records that met one fate in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which; every record in a range was sent.
    pub records: Vec<RangeInclusive<u64>>,
    /// What became of them.
    pub fate: Fate,
    /// The `X-Request-Id` of the request that decided; empty where none did.
    pub request: String,
    /// The HTTP status of the answer that decided.
    pub status: Option<u16>,
}

/// What became of a batch or a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The batch.
    pub serial: u64,
    /// How many requests it took.
    pub attempts: u32,
    /// Each record of the piece stands in one of the parts.
    pub parts: Vec<Settled>,
}

/// What became of a record that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFate {
    /// Accepted in this run.
    Accepted,
    /// Accepted in an earlier run of the job.
    AcceptedBefore,
    /// Refused, in this run or an earlier one.
    Refused,
    /// Sent, and not known whether it arrived.
    Unknown,
    /// Not sent.
    Unsent,
}

/// How many records met each fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Accepted in this run.
    pub accepted: u64,
    /// Accepted in an earlier run of the job.
    pub accepted_before: u64,
    /// Refused, in this run or an earlier one.
    pub refused: u64,
    /// Sent, and not known whether they arrived.
    pub unknown: u64,
    /// Cut for sending, and not sent. Records that never came so far have no fate here.
    pub unsent: u64,
}

/// What became of each record of the job: one byte a record, reasons apart.
#[derive(Debug, Clone, Default)]
pub struct Fates {
    /// By record, from 1: 0 for none yet, else the fate.
    codes: Vec<u8>,
    /// By the first record of a range, its last one and the reason.
    reasons: BTreeMap<u64, (u64, Arc<Failure>)>,
    /// Equal reasons are kept once.
    known: HashMap<Arc<Failure>, Arc<Failure>>,
    counts: Counts,
}

impl Fates {
    /// No record has a fate yet; room for so many.
    pub fn with_capacity(records: usize) -> Self {
        Fates { codes: Vec::with_capacity(records), ..Fates::default() }
    }

    /// What became of a record, counted from 1; `None` where nothing did yet.
    pub fn get(&self, record: u64) -> Option<RecordFate> {
        let code = usize::try_from(record.checked_sub(1)?).ok().and_then(|index| self.codes.get(index))?;
        match code {
            1 => Some(RecordFate::Accepted),
            2 => Some(RecordFate::AcceptedBefore),
            3 => Some(RecordFate::Refused),
            4 => Some(RecordFate::Unknown),
            5 => Some(RecordFate::Unsent),
            _ => None,
        }
    }

    /// Whether an earlier run or this one settled a record for good: it is not sent again.
    pub fn is_done(&self, record: u64) -> bool {
        match self.get(record) {
            Some(RecordFate::Accepted | RecordFate::AcceptedBefore | RecordFate::Refused) => true,
            Some(RecordFate::Unknown | RecordFate::Unsent) | None => false,
        }
    }

    /// Why a record was refused, is unknown or unsent.
    pub fn reason(&self, record: u64) -> Option<&Arc<Failure>> {
        let (_, (last, failure)) = self.reasons.range(..=record).next_back()?;
        (record <= *last).then_some(failure)
    }

    /// Takes over what became of a batch in this run.
    pub fn settle(&mut self, settlement: &Settlement) {
        for part in &settlement.parts {
            let (fate, failure) = match &part.fate {
                Fate::Accepted => (RecordFate::Accepted, None),
                Fate::Refused(failure) => (RecordFate::Refused, Some(failure)),
                Fate::Unknown(failure) => (RecordFate::Unknown, Some(failure)),
                Fate::Unsent(failure) => (RecordFate::Unsent, Some(failure)),
            };
            for records in &part.records {
                self.set(records.clone(), fate, failure.map(Arc::clone));
            }
        }
    }

    /// Gives some records a fate, in place of the one they had.
    pub fn set(&mut self, records: RangeInclusive<u64>, fate: RecordFate, reason: Option<Arc<Failure>>) {
        let (Some(first), Ok(end)) = (records.start().checked_sub(1), usize::try_from(*records.end())) else { return };
        let Ok(first) = usize::try_from(first) else { return };
        if first >= end {
            return;
        }
        if self.codes.len() < end {
            self.codes.resize(end, 0);
        }
        for code in self.codes.get_mut(first..end).unwrap_or_default() {
            if let Some(count) = self.counts.of(*code) {
                *count -= 1;
            }
            *code = code_of(fate);
            if let Some(count) = self.counts.of(*code) {
                *count += 1;
            }
        }
        self.forget_reasons(&records);
        if let Some(reason) = reason {
            let reason = Arc::clone(self.known.entry(Arc::clone(&reason)).or_insert(reason));
            self.reasons.insert(*records.start(), (*records.end(), reason));
        }
    }

    /// How many records met each fate.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How often each reason for a refusal was given, by code.
    pub fn reasons(&self) -> impl Iterator<Item = (RangeInclusive<u64>, &Arc<Failure>)> {
        self.reasons.iter().map(|(first, (last, failure))| (*first..=*last, failure))
    }

    /// Takes these records out of the ranges that have a reason.
    fn forget_reasons(&mut self, records: &RangeInclusive<u64>) {
        let before = self.reasons.range(..records.start()).next_back().map(|(first, _)| *first);
        let within = self.reasons.range(records.clone()).map(|(first, _)| *first);
        let touched: Vec<u64> = before.into_iter().chain(within).collect();
        for first in touched {
            let Some((last, failure)) = self.reasons.remove(&first) else { continue };
            if first < *records.start() {
                self.reasons.insert(first, (last.min(records.start() - 1), Arc::clone(&failure)));
            }
            if last > *records.end() {
                self.reasons.insert(records.end() + 1, (last, failure));
            }
        }
    }
}

/// How a fate is kept.
fn code_of(fate: RecordFate) -> u8 {
    match fate {
        RecordFate::Accepted => 1,
        RecordFate::AcceptedBefore => 2,
        RecordFate::Refused => 3,
        RecordFate::Unknown => 4,
        RecordFate::Unsent => 5,
    }
}

impl Counts {
    /// The count that a code stands for; none for a record without a fate.
    fn of(&mut self, code: u8) -> Option<&mut u64> {
        match code {
            1 => Some(&mut self.accepted),
            2 => Some(&mut self.accepted_before),
            3 => Some(&mut self.refused),
            4 => Some(&mut self.unknown),
            5 => Some(&mut self.unsent),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn failure(message: &str) -> Arc<Failure> {
        Arc::new(Failure::new(Cause::Refused, message))
    }

    #[test]
    fn codes_are_well_formed_and_exits_are_those_of_the_interface() {
        let mut seen = std::collections::BTreeSet::new();
        for cause in Cause::ALL {
            assert!(seen.insert(cause.code()), "{cause} twice");
            let (stage, reason) = cause.code().split_once('.').unwrap();
            assert!(["config", "token", "server", "run"].contains(&stage), "{cause}");
            assert!(reason.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{cause}");
            assert!([1, 65, 70, 74, 75, 76, 77, 78, 129, 130, 143].contains(&cause.exit()), "{cause}");
        }
    }

    #[test]
    fn foreign_words_become_one_harmless_line() {
        for (text, shown) in [
            ("Invalid  phone\r\n\tnumber ", "Invalid phone number"),
            ("\u{1b}[31mred\u{7f}", "\\u{1b}[31mred\\u{7f}"),
            ("a\u{202e}b\u{200b}c\u{feff}", "a\\u{202e}b\\u{200b}c\\u{feff}"),
            ("", ""),
        ] {
            assert_eq!(plain(text), shown);
        }
        let long = plain(&"ü".repeat(1000));
        assert_eq!((long.chars().count(), long.chars().last()), (300, Some('…')));
    }

    #[test]
    fn a_record_keeps_the_last_fate_it_was_given() {
        let mut fates = Fates::default();
        fates.set(1..=10, RecordFate::Unknown, Some(failure("a")));
        fates.set(4..=5, RecordFate::Accepted, None);
        fates.set(7..=7, RecordFate::Refused, Some(failure("b")));
        let reasons: Vec<_> = (1..=11).map(|record| fates.reason(record).map_or("", |f| f.message.as_str())).collect();
        assert_eq!(reasons, ["a", "a", "a", "", "", "a", "b", "a", "a", "a", ""]);
        assert_eq!(fates.counts(), Counts { accepted: 2, refused: 1, unknown: 7, ..Counts::default() });
        assert_eq!((fates.get(0), fates.get(11)), (None, None));
    }

    fn fate() -> impl Strategy<Value = RecordFate> {
        use RecordFate::*;
        prop::sample::select(vec![Accepted, AcceptedBefore, Refused, Unknown, Unsent])
    }

    proptest! {
        #[test]
        fn fates_are_a_map_from_records(sets in prop::collection::vec((1u64..60, 0u64..20, fate(), 0u8..3), 0..20)) {
            let (mut fates, mut plainly) = (Fates::default(), BTreeMap::new());
            for (first, more, fate, reason) in sets {
                let reason = (reason > 0).then(|| failure(&reason.to_string()));
                fates.set(first..=first + more, fate, reason.clone());
                (first..=first + more).for_each(|record| { plainly.insert(record, (fate, reason.clone())); });
            }
            for record in 0..100 {
                prop_assert_eq!(fates.get(record), plainly.get(&record).map(|(fate, _)| *fate));
                prop_assert_eq!(fates.reason(record), plainly.get(&record).and_then(|(_, reason)| reason.as_ref()));
            }
            let counts = fates.counts();
            let sum = counts.accepted + counts.accepted_before + counts.refused + counts.unknown + counts.unsent;
            prop_assert_eq!(sum, plainly.len() as u64);
        }

        #[test]
        fn plain_text_is_short_and_shows_itself(text in any::<String>()) {
            let shown = plain(&text);
            prop_assert!(shown.chars().count() <= MESSAGE);
            prop_assert!(!shown.chars().any(hides));
        }
    }
}
