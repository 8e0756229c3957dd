//! What kind of fault an error of the HTTP library is.
//!
//! Its questions mislead: a cut body is `is_decode` and not `is_body`, a timeout while reading is both a decode error
//! and a timeout, every failure of sending is `is_request`. So the chain of causes is walked. The texts never hold the
//! address.

use std::error::Error as StdError;
use std::io;

use super::verdict::TransportError;

/// The fault behind an error that came instead of an answer.
pub fn of(error: &reqwest::Error) -> TransportError {
    let text = words(error);
    if let Some(secure) = chain(error).find_map(secure) {
        if matches!(secure, rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)) {
            return TransportError::NoTls(String::new());
        }
        return TransportError::Certificate(secure.to_string());
    }
    // hyper tells it in words only; a test holds it to them.
    if error.is_connect() && chain(error).any(|cause| cause.to_string() == "dns error") {
        return TransportError::UnknownHost(chain(error).last().map(ToString::to_string).unwrap_or_default());
    }
    // Asked before the timeout: a connection that takes too long was never sent anything.
    if error.is_connect() {
        return TransportError::Unreachable(text);
    }
    if error.is_timeout() {
        return TransportError::Timeout;
    }
    if error.is_builder() {
        return TransportError::Request(text);
    }
    let hyper = chain(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    match hyper {
        // hyper tells this kind apart in words only; a test holds it to them.
        Some(hyper) if hyper.to_string().starts_with("error writing a body") => TransportError::Writing(text),
        Some(hyper) if hyper.is_parse() => TransportError::Cut(text),
        _ => TransportError::Lost(text),
    }
}

/// Whether a proxy was reached and opened no tunnel; why is not in the error. hyper tells it in words only; a test holds it to
/// them.
pub fn is_tunnel(error: &reqwest::Error) -> bool {
    let text = words(error);
    text.contains("tunnel error") || text.contains("proxy authorization required")
}

/// Whether the server certainly did nothing about a request: the connection was closed in an orderly way before it, or refused
/// it, or was closed before anything of it was written. The last is told in words only; a test holds hyper to them.
pub fn is_unprocessed(error: &reqwest::Error) -> bool {
    let by_protocol = chain(error).filter_map(|cause| cause.downcast_ref::<h2::Error>()).any(|error| {
        let orderly = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        error.is_remote() && (orderly || error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM))
    });
    by_protocol || chain(error).any(|cause| cause.to_string() == "checked out connection was closed")
}

/// The fault behind an error that came while the body of an answer was read.
pub fn of_body(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() { TransportError::Timeout } else { TransportError::Cut(words(error)) }
}

/// An error in a few words: its last causes, without the address.
pub fn words(error: &reqwest::Error) -> String {
    let causes: Vec<String> = chain(error).skip(1).map(ToString::to_string).collect();
    let shown = causes.get(causes.len().saturating_sub(2)..).unwrap_or_default();
    match shown {
        [] => "the HTTP library gives no reason".to_owned(),
        [before, last] if before.contains(last.as_str()) => before.clone(),
        shown => shown.join(": "),
    }
}

/// An error and its causes, the outermost first.
fn chain<'e>(error: &'e reqwest::Error) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    let first: &'e (dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |&error| error.source())
}

/// The complaint about a secure connection in an error, if it is one: certificate, host name, versions.
fn secure<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    match error.downcast_ref::<io::Error>() {
        // An I/O error hides what it was made of from `source`; it may be made of another one.
        Some(io) => secure(io.get_ref()? as &(dyn StdError + 'static)),
        None => error.downcast_ref(),
    }
}
