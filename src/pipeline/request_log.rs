//! What `-v` says of each request, and `-vv` of its headers and answer.

use std::sync::Arc;
use std::time::Instant;

use crate::client::transport::Request;
use crate::client::verdict::{Reply, TransportError};
use crate::client::{Scheme, Transport};
use crate::config::Verbosity;
use crate::numbers::{duration, size};
use crate::report::rejected_rows::Values;
use crate::row::masked_within;
use crate::terminal::{Terminal, safe};

/// So much of an answer is shown, in characters.
const ANSWER: usize = 300;

/// A transport that says what goes over it.
pub struct Logged<T> {
    to: Arc<T>,
    terminal: Terminal,
    verbosity: Verbosity,
    values: Values,
}

impl<T> Logged<T> {
    /// Says it on this terminal, as much as is wanted.
    pub fn new(to: T, terminal: Terminal, verbosity: Verbosity, values: Values) -> Logged<T> {
        Logged { to: Arc::new(to), terminal, verbosity, values }
    }

    fn answered(&self, id: &str, bytes: usize, seconds: f64, answer: &Result<Reply, TransportError>) {
        let took = duration(seconds);
        let size = size(bytes as u64);
        let what = match answer {
            Ok(reply) => format!("HTTP {}", reply.status),
            Err(error) => format!("no answer: {}", self.words(&format!("{error:?}"))),
        };
        self.terminal.say(&format!("request {}: {size}, {what} after {took}", safe(id)));
        if let (Verbosity::Debug, Ok(reply)) = (self.verbosity, answer) {
            self.details(reply);
        }
    }

    fn details(&self, reply: &Reply) {
        if let Some(wait) = reply.retry_after {
            self.terminal.say(&format!("  < retry-after: {}", duration(wait.as_secs_f64())));
        }
        if let Some(to) = &reply.redirect {
            self.terminal.say(&format!("  < location: {}", safe(to)));
        }
        let text = self.words(&String::from_utf8_lossy(&reply.body));
        let start: String = text.chars().take(ANSWER).collect();
        let more = if text.chars().nth(ANSWER).is_some() { "…" } else { "" };
        self.terminal.say(&format!("  < {start}{more}"));
    }

    /// Words that may be the server's and may quote a contact.
    fn words(&self, text: &str) -> String {
        // Left out as a whole where they repeat a secret in any form.
        let text = self.terminal.redactor.words(text);
        match self.values {
            Values::Masked => safe(&masked_within(&text)).into_owned(),
            Values::Shown => safe(&text).into_owned(),
        }
    }
}

impl<T: Transport> Transport for Logged<T> {
    async fn post(&self, request: Request) -> Result<Reply, TransportError> {
        if self.verbosity < Verbosity::More {
            return self.to.post(request).await;
        }
        let (id, key, bytes) = (request.id.clone(), request.key.clone(), request.body.len());
        let is_key = request.credentials.scheme == Scheme::Key;
        let started = Instant::now();
        let answer = self.to.post(request).await;
        if self.verbosity == Verbosity::Debug {
            self.terminal.say(&format!("  > x-request-id: {}", safe(&id)));
            self.terminal.say(&format!("  > idempotency-key: {}", safe(&key)));
            self.terminal.say("  > authorization: Bearer …");
            if is_key {
                self.terminal.say("  > authtype: Key");
            }
        }
        self.answered(&id, bytes, started.elapsed().as_secs_f64(), &answer);
        answer
    }
}
