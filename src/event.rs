//! Everything that can happen while contacts are sent, in the order in which it happened.
//!
//! The work tells, listeners show: no stage prints, counts for display, or knows of a progress bar. Each listener is a
//! plain struct with a method that hears an event.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::outcome::{Cause, Failure, Settlement};

/// Something that happened during a run.
#[derive(Debug, Clone)]
pub enum Event {
    /// A request went out.
    Sent {
        /// The batch it is of.
        serial: u64,
        /// The number of the request in this run, from 1.
        request: u64,
        /// Contacts in it.
        contacts: usize,
        /// Bytes of its body.
        bytes: usize,
        /// Which attempt at these contacts it is, from 1.
        attempt: u32,
        /// Requests under way, this one included.
        in_flight: usize,
    },
    /// A request came to its end.
    Answered {
        /// The batch it is of.
        serial: u64,
        /// The number of the request in this run.
        request: u64,
        /// How long it took.
        took: Duration,
        /// What was wrong; `None` where the server took all of it.
        trouble: Option<Arc<Failure>>,
        /// Requests still under way.
        in_flight: usize,
    },
    /// Nothing is sent, or some contacts are not sent again, before a time.
    Waiting {
        /// Until when.
        until: Instant,
        /// For what.
        pause: Pause,
        /// Why.
        why: Arc<Failure>,
    },
    /// The server is there again after a pause for all.
    Back,
    /// A batch goes on in two halves.
    Halved {
        /// The batch.
        serial: u64,
        /// Contacts in it.
        contacts: usize,
        /// Why.
        why: Arc<Failure>,
    },
    /// Requests are made smaller for the rest of the run.
    Smaller {
        /// At most so many contacts.
        contacts: usize,
        /// At most so many bytes.
        bytes: usize,
    },
    /// So many requests may be under way at once from now on.
    Window {
        /// How many.
        open: usize,
        /// Why it became fewer; `None` where it became more.
        why: Option<Cause>,
    },
    /// The server takes requests at a certain pace only, which is kept from now on.
    Paced {
        /// Requests a second, as far as is known by now.
        rate: f64,
        /// What it says to more.
        why: Cause,
    },
    /// The token was read again, and is another one.
    Renewed,
    /// What became of a batch or a piece of one.
    Settled(Settlement),
    /// Nothing more is sent; what is under way is waited for.
    Stopping {
        /// Why.
        why: Arc<Failure>,
        /// Requests under way.
        in_flight: usize,
    },
}

/// Whom a wait is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// One batch, before its next attempt.
    Batch {
        /// The batch.
        serial: u64,
        /// How many attempts it had.
        attempts: u32,
    },
    /// All: the server named the time.
    Named,
    /// All: nothing succeeds, and one request at a time finds out when that ends.
    Breaker,
}

/// Counts of requests, for `summary.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Requests {
    /// Requests that went out.
    pub sent: u64,
    /// Requests of which the server took everything.
    pub accepted: u64,
    /// Requests that repeated an earlier one.
    pub retried: u64,
    /// Requests turned down for what was in them.
    pub refused: u64,
    /// Requests turned down because the server was busy.
    pub throttled: u64,
    /// Bytes of all bodies.
    pub bytes: u64,
    /// The most that were under way at once.
    pub max_in_flight: u64,
}

impl Requests {
    /// Counts what happened.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Sent { bytes, attempt, in_flight, .. } => {
                self.sent += 1;
                self.retried += u64::from(*attempt > 1);
                self.bytes += *bytes as u64;
                self.max_in_flight = self.max_in_flight.max(*in_flight as u64);
            }
            Event::Answered { trouble: None, .. } => self.accepted += 1,
            Event::Answered { trouble: Some(why), .. } => match why.cause {
                Cause::Refused | Cause::BadRequest | Cause::TooLarge | Cause::BatchTooLarge => self.refused += 1,
                Cause::Busy | Cause::Wait => self.throttled += 1,
                _ => {}
            },
            _ => {}
        }
    }
}
