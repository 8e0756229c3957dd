//! What became of a request, of a batch, and of every record of the job.
//!
//! The kinds of trouble stand in one table, `Cause`. What an answer means is decided in
//! `client`; how it is shown, in the reports.

mod status;
mod status_map;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::diagnostic::codes;
use crate::invisible::hides_or_moves;
use crate::stop::Signal;

pub use status::{Counts, RowCounts, RowStatus};
pub use status_map::StatusMap;

/// How much of the server's words is kept, in characters.
const MESSAGE: usize = 300;

codes! {
    /// What kind of trouble a request met, or what ended the sending. Documented in `docs/codes.md`.
    Cause {
        Refused = "server.refused", SomeRows, "rejected by the server", "correct the row and import rejected.csv";
        TooLarge = "server.too_large", SomeRows, "one contact alone is too large for the server", "shorten its cells or leave columns out";
        BatchTooLarge = "server.batch_too_large", Later, "a batch is too large for the server, and goes on in smaller ones", "a smaller --batch-bytes or --batch-size spares the server the attempts";
        RefusedAll = "server.refused_all", Data, "the server rejected every contact for one reason", "compare the columns with the fields: m1import check shows what would be sent";
        TooManyRefused = "server.max_refused", Later, "the server rejected more contacts than --max-refused allows", "look into the rejected rows; the same command resumes";
        Unreachable = "server.unreachable", Later, "the server cannot be reached", "check the network and --endpoint; the same command resumes";
        UnknownHost = "server.unknown_host", Later, "the name of the server is not known", "check --endpoint for typing errors, and the network; the same command resumes";
        Timeout = "server.timeout", Later, "the server did not answer in time", "the same command resumes; a longer --timeout or a smaller --batch-size may help";
        Cut = "server.cut", Later, "the connection broke", "the same command resumes";
        Failing = "server.error", Later, "the server failed", "the same command resumes";
        Busy = "server.busy", Later, "the server is busy", "the same command resumes; --rate keeps within the server's limit";
        Away = "server.away", Later, "nothing succeeded for as long as --give-up-after allows", "the same command resumes";
        Wait = "server.wait", Later, "the server asked for a longer wait than --max-wait allows", "come back after the time it named; the same command resumes";
        Unreadable = "server.unreadable", Protocol, "the answer is not that of the import service", "check --endpoint; a proxy or a login page may stand in between";
        Redirect = "server.redirect", Protocol, "the server answered with a redirect, which is never followed", "give the final address with --endpoint";
        WrongAddress = "server.wrong_address", Protocol, "the address is not that of the import service", "check --endpoint: it is the whole address, path included, such as https://api.v7.express-chat.com/inbox/users/import";
        Firewall = "server.firewall", Protocol, "a firewall in front of the service denies access", "ask whoever runs the service or your network to let the import pass";
        Unauthorized = "token.refused", Token, "the server does not accept the token", "get a new API access token; --auth-type key|none sets how it is presented";
        Expired = "token.expired", Token, "the token has expired", "get a new token; the same command resumes";
        Forbidden = "server.forbidden", Token, "the server denies access", "check what the account may do, and its plan";
        ProxyAuth = "server.proxy_auth", Token, "the proxy does not let this program through", "put user and password into --proxy or the variable it is from: http://user:password@host:port";
        ProxyRefused = "server.proxy_refused", Config, "the proxy opens no way to the server", "check the proxy's address, and whether it allows the host; NO_PROXY names hosts to be asked without it";
        NoTls = "server.no_tls", Config, "what answers there speaks no TLS", "check host and port of --endpoint, or of the proxy";
        Certificate = "server.certificate", Config, "the server's certificate is not trusted", "give the certificate authority with --cacert";
        HeadersTooLarge = "server.headers_too_large", Config, "address or headers are too long for the server", "check --header and --endpoint, and whether the token is one: all of them count";
        BadRequest = "server.bad_request", Config, "the request itself was turned down, whatever contacts it carried, and not in the service's own form", "check --endpoint (https or http, host, port) and --header; a long token or header may be too much for a server in between";
        Request = "config.request", Config, "the request cannot be built", "check --endpoint, --header, --bot-id and --proxy";
        Hangup = "run.hangup", Hangup, "interrupted", "the same command resumes";
        Interrupt = "run.interrupt", Interrupt, "interrupted", "the same command resumes";
        Terminate = "run.terminate", Terminate, "interrupted", "the same command resumes";
        Stopped = "run.stopped", Io, "stopped because of another error", "the same command resumes";
        Internal = "run.internal", Internal, "a part of the program broke down", "please report it; the same command resumes";
    }
}

impl From<Signal> for Cause {
    fn from(signal: Signal) -> Cause {
        match signal {
            Signal::Hangup => Cause::Hangup,
            Signal::Interrupt => Cause::Interrupt,
            Signal::Terminate => Cause::Terminate,
        }
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
        f.write_str(self.cause.description())?;
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
            let shown = if hides_or_moves(c) { c.escape_unicode().count() } else { 1 };
            if left < shown + 1 {
                line.push('…');
                return line;
            }
            left -= shown;
            if hides_or_moves(c) { line.extend(c.escape_unicode()) } else { line.push(c) }
        }
    }
    line
}

/// What became of records that were to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server said that it took them.
    Accepted,
    /// The server said no, and why.
    Refused(Arc<Failure>),
    /// They were sent, and whether the server took them is not known.
    Unconfirmed(Arc<Failure>),
    /// The server does not have them.
    NotSent(Arc<Failure>),
}

impl Outcome {
    /// The status that it gives to a row.
    pub fn status(&self) -> RowStatus {
        match self {
            Outcome::Accepted => RowStatus::Accepted,
            Outcome::Refused(_) => RowStatus::Refused,
            Outcome::Unconfirmed(_) => RowStatus::Unconfirmed,
            Outcome::NotSent(_) => RowStatus::NotSent,
        }
    }

    /// Why the records were not accepted; `None` where they were.
    pub fn reason(&self) -> Option<&Arc<Failure>> {
        match self {
            Outcome::Accepted => None,
            Outcome::Refused(failure) | Outcome::Unconfirmed(failure) | Outcome::NotSent(failure) => Some(failure),
        }
    }
}

/// Records that one request, or the lack of one, gave the same outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which; every record in a range was sent.
    pub records: Vec<RangeInclusive<u64>>,
    /// What became of them.
    pub outcome: Outcome,
    /// The `X-Request-Id` of the request that decided; empty where none did.
    pub request: String,
    /// The HTTP status of the answer that decided.
    pub status: Option<u16>,
}

impl Settled {
    /// How many records they are.
    pub fn len(&self) -> u64 {
        self.records.iter().map(|records| records.end() - records.start() + 1).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
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

impl Settlement {
    /// How many records it gives each status.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for part in &self.parts {
            counts[part.outcome.status()] += part.len();
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = std::collections::BTreeSet::new();
        for cause in Cause::ALL {
            assert!(seen.insert(cause.as_str()), "{cause} twice");
            let (stage, reason) = cause.as_str().split_once('.').unwrap();
            assert!(["config", "token", "server", "run"].contains(&stage), "{cause}");
            assert!(reason.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{cause}");
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

    proptest! {
        #[test]
        fn plain_text_is_short_and_shows_itself(text in any::<String>()) {
            let shown = plain(&text);
            prop_assert!(shown.chars().count() <= MESSAGE);
            prop_assert!(!shown.chars().any(hides_or_moves));
        }
    }
}
