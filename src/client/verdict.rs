//! What an answer, or the lack of one, means: one pure function over status, headers, body and fault.
//!
//! What is done about it — how long to wait, what to halve, when to stop — is decided where the answer is handled.

use std::time::Duration;

use bytes::Bytes;

use crate::outcome::{Cause, Failure};
use crate::wire::answer::{self, Answer, Complaint, Item, Place};

/// An answer, as far as it matters.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The wait that `Retry-After` names.
    pub retry_after: Option<Duration>,
    /// How long it takes until a limit of the server is set back of which nothing is left.
    pub used_up: Option<Duration>,
    /// The server's clock: seconds since 1970 by its `Date`.
    pub date: Option<u64>,
    /// Where a redirect points: the origin only.
    pub redirect: Option<String>,
    /// The whole body.
    pub body: Bytes,
}

impl Reply {
    /// Whether the body is a page for people, which the service itself never sends.
    fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }
}

/// Why there is no answer. The text is for people and holds neither address nor secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportError {
    /// No connection: name not found, refused, connecting took too long.
    Unreachable(String),
    /// No address belongs to the name of the server or of the proxy.
    UnknownHost(String),
    /// The certificate or another part of the secure connection was rejected.
    Certificate(String),
    /// The proxy wants credentials, or others than it got.
    ProxyAuth(String),
    /// The proxy opens no way to the server, and will not later.
    Proxy(String),
    /// The peer speaks no TLS; which one, if it is not the server.
    NoTls(String),
    /// The request could not be built.
    Request(String),
    /// The connection broke while the body was written.
    Writing(String),
    /// The connection was closed before any part of an answer.
    Lost(String),
    /// The answer broke off or is not HTTP.
    Cut(String),
    /// The answer did not come in time.
    Timeout,
    /// The answer is larger than any answer of the service.
    TooLong,
}

/// What an answer means for the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server took all of it.
    Accepted,
    /// The server said of each contact what became of it.
    PerItem(Vec<ItemVerdict>),
    /// Not now.
    Retry(Retry),
    /// Something in it is wrong, or it is too large; the server does not say which contact.
    Halve {
        /// What it said.
        why: Failure,
        /// Whether it is the size.
        smaller: bool,
        /// The wait it named.
        after: Option<Duration>,
        /// The contacts that it named: ascending, each once; empty where it named none.
        places: Vec<Place>,
    },
    /// Access is denied: to these contacts, by a firewall that dislikes what is in them, or to the account.
    Denied(Failure),
    /// The token is not accepted; another one may be.
    Unauthorized(Failure),
    /// No, and nothing else would fare better: the address, the contract, the account.
    Halt(Failure),
}

/// What the server said of one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemVerdict {
    /// It was taken.
    Accepted,
    /// It was refused.
    Refused(Failure),
    /// Not now.
    Again(Failure),
}

/// A request that is worth repeating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// What happened.
    pub why: Failure,
    /// The wait that the server named.
    pub after: Option<Duration>,
    /// Whether the server may have acted on it all the same.
    pub reached: bool,
    /// Whether fewer requests at once may help.
    pub too_much: bool,
    /// What follows when repeating does not help.
    pub then: OnExhausted,
}

/// What follows when a request was repeated in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExhausted {
    /// The batch is left alone when its attempts have run out.
    GiveUp,
    /// The connection may have been closed while it lay idle: one repeat is free.
    Free,
    /// The run ends at this try in a row with this outcome.
    Halt(u32),
    /// The batch is halved at this try in a row with this outcome.
    Halve(u32),
    /// The same, as too large.
    HalveSmaller(u32),
}

/// What the outcome of a request that carried so many contacts means.
pub fn judge(outcome: &Result<Reply, TransportError>, contacts: usize) -> Verdict {
    let mut verdict = verdict(outcome, contacts);
    if let Verdict::Halve { why, smaller: true, .. } = &mut verdict
        && contacts > 1
    {
        let words = if why.message.is_empty() { String::new() } else { format!("; {}", why.message) };
        let batch = Failure::new(Cause::BatchTooLarge, &format!("{contacts} contacts at once{words}"));
        *why = Failure { status: why.status, ..batch };
    }
    verdict
}

fn verdict(outcome: &Result<Reply, TransportError>, contacts: usize) -> Verdict {
    match outcome {
        Ok(reply) => match reply.status {
            200..=299 => by_body(reply, contacts),
            status => by_status(status, reply, answer::complaint(&reply.body, contacts)),
        },
        Err(fault) => by_fault(fault),
    }
}

/// A 2xx: the body decides, and one that does not say yes is no success.
fn by_body(reply: &Reply, contacts: usize) -> Verdict {
    match answer::read(&reply.body, contacts) {
        Answer::Items(items) => Verdict::PerItem(items.into_iter().map(|item| by_item(item, reply)).collect()),
        // 207 announces a word for each contact; without it, the contacts that failed would be lost silently.
        Answer::Success if reply.status == 207 => unreadable(reply.status, "207 without a result for each contact"),
        Answer::Success => Verdict::Accepted,
        Answer::Failure { code, complaint } => match by_status(code.unwrap_or(422), reply, complaint.clone()) {
            // Nothing but the body says so; where it names a code that is no error, it is about the contacts.
            Verdict::Accepted | Verdict::PerItem(_) => refused(Cause::Refused, reply.status, complaint),
            verdict => verdict,
        },
        Answer::Unreadable(why) => unreadable(reply.status, &why),
    }
}

/// What the server says of one contact among others that were answered.
fn by_item(item: Item, reply: &Reply) -> ItemVerdict {
    match item {
        Item::Accepted => ItemVerdict::Accepted,
        Item::Failed { code, words } => match by_status(code.unwrap_or(422), reply, alone(&words)) {
            Verdict::Retry(later) => ItemVerdict::Again(later.why),
            _ => ItemVerdict::Refused(Failure::new(Cause::Refused, &words).with_status(reply.status)),
        },
    }
}

/// Words about one contact, whose place is known.
fn alone(words: &str) -> Complaint {
    Complaint { words: words.to_owned(), places: Vec::new() }
}

/// What a status other than 2xx means, whether it is the answer's own or one that a body names.
fn by_status(status: u16, reply: &Reply, complaint: Complaint) -> Verdict {
    let words = || complaint.words.as_str();
    let failure = |cause, words: &str| Failure::new(cause, words).with_status(reply.status);
    let later = |cause, words: &str, reached, then| {
        Verdict::Retry(Retry { why: failure(cause, words), after: None, reached, too_much: false, then })
    };
    let halt = |cause, words: &str| Verdict::Halt(failure(cause, words));
    let busy = |words: &str| {
        let (why, after) = (failure(Cause::Busy, words), reply.retry_after);
        Verdict::Retry(Retry { why, after, reached: false, too_much: true, then: OnExhausted::GiveUp })
    };
    match status {
        300..=399 => {
            let target = reply.redirect.as_deref().map(|origin| format!("to {origin}")).unwrap_or_default();
            halt(Cause::Redirect, &target)
        }
        // nginx, Apache and others know no 431.
        400 if is_about_headers(words()) => halt(Cause::HeadersTooLarge, words()),
        400 if reply.is_page() => refused(Cause::BadRequest, reply.status, complaint),
        400 | 422 => refused(Cause::Refused, reply.status, complaint),
        401 => Verdict::Unauthorized(failure(Cause::Unauthorized, words())),
        // A limiter that answers 403, as some do, says when to come back.
        403 if reply.retry_after.is_some() => busy(words()),
        403 => Verdict::Denied(failure(if reply.is_page() { Cause::Firewall } else { Cause::Forbidden }, words())),
        402 | 451 => halt(Cause::Forbidden, words()),
        407 => halt(Cause::ProxyAuth, words()),
        408 | 425 => later(Cause::Failing, words(), false, OnExhausted::GiveUp),
        // A former attempt may still be at work; if it is not that, it is the data.
        409 => later(Cause::Refused, words(), true, OnExhausted::Halve(3)),
        413 => {
            let why = failure(Cause::TooLarge, words());
            Verdict::Halve { why, smaller: true, after: reply.retry_after, places: Vec::new() }
        }
        414 | 431 => halt(Cause::HeadersTooLarge, words()),
        421 => later(Cause::WrongAddress, words(), false, OnExhausted::Halt(2)),
        429 | 503 => busy(words()),
        501 | 505 => halt(Cause::WrongAddress, words()),
        // A captive network says so by 511; the import service never does.
        511 => unreadable(reply.status, words()),
        500..=599 => later(Cause::Failing, words(), true, OnExhausted::GiveUp),
        // 404, 405, 406, 410, 411, 415, 426, and all that say that this is not how it is asked.
        400..=499 => halt(Cause::WrongAddress, words()),
        // A status outside of HTTP, or an interim one as the last word.
        _ => unreadable(reply.status, words()),
    }
}

/// Whether a 400 is about the head of the request: "Request Header Or Cookie Too Large", "Size of a request header field exceeds
/// server limit".
fn is_about_headers(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("request header")
        && ["too large", "exceeds", "too long", "too big"].iter().any(|much| words.contains(much))
}

/// What the lack of an answer means.
fn by_fault(fault: &TransportError) -> Verdict {
    let later = |cause, words: &str, reached, then| {
        let too_much = cause == Cause::Timeout;
        Verdict::Retry(Retry { why: Failure::new(cause, words), after: None, reached, too_much, then })
    };
    match fault {
        TransportError::Unreachable(words) => later(Cause::Unreachable, words, false, OnExhausted::GiveUp),
        TransportError::UnknownHost(words) => later(Cause::UnknownHost, words, false, OnExhausted::GiveUp),
        TransportError::Certificate(words) => Verdict::Halt(Failure::new(Cause::Certificate, words)),
        TransportError::ProxyAuth(words) => Verdict::Halt(Failure::new(Cause::ProxyAuth, words)),
        TransportError::Proxy(words) => Verdict::Halt(Failure::new(Cause::ProxyRefused, words)),
        TransportError::NoTls(words) => Verdict::Halt(Failure::new(Cause::NoTls, words)),
        TransportError::Request(words) => Verdict::Halt(Failure::new(Cause::Request, words)),
        // A server that answers 413 and closes without reading often loses its answer that way.
        TransportError::Writing(words) => later(Cause::Cut, words, true, OnExhausted::HalveSmaller(2)),
        TransportError::Lost(words) => later(Cause::Cut, words, true, OnExhausted::Free),
        TransportError::Cut(words) => later(Cause::Cut, words, true, OnExhausted::GiveUp),
        TransportError::Timeout => later(Cause::Timeout, "", true, OnExhausted::GiveUp),
        TransportError::TooLong => {
            later(Cause::Unreadable, "the answer is longer than 1 MiB", true, OnExhausted::Halt(3))
        }
    }
}

/// Something in the batch is wrong, or, where a page says so that the service itself never sends, perhaps the request.
fn refused(cause: Cause, status: u16, complaint: Complaint) -> Verdict {
    let Complaint { words, places } = complaint;
    Verdict::Halve { why: Failure::new(cause, &words).with_status(status), smaller: false, after: None, places }
}

/// An answer that is not the import service's: twice more, then the run ends.
fn unreadable(status: u16, words: &str) -> Verdict {
    let why = Failure::new(Cause::Unreadable, words).with_status(status);
    Verdict::Retry(Retry { why, after: None, reached: true, too_much: false, then: OnExhausted::Halt(3) })
}

#[cfg(test)]
mod tests;
