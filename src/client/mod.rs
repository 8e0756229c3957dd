//! Delivers contacts, whatever it takes, and says how it went. The only part that waits for the network.
//!
//! One task owns all that is decided: what goes out next, when, and what follows from an answer; each request is a task
//! of its own that decides nothing. So there is no lock, and a contact is never in two requests at once: while a piece
//! is under way nothing else holds it. Nothing here repeats a request but the loop below, and it knows neither rows nor
//! files: it cuts parcels of bytes.

mod address;
mod answer_body;
mod auth;
pub mod batch_size;
pub mod credentials;
mod denials;
mod engine;
mod header;
mod health;
mod limits;
mod pace;
pub mod ping;
pub mod proxy;
mod queue;
mod refused_all;
mod request_body;
pub mod retry;
mod sub_batch;
pub mod transport;
pub mod transport_error;
pub mod verdict;
pub mod window;

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::batch::{Limits, Parcel};
use crate::event::Event;
use crate::outcome::Failure;
use crate::secret::Redactor;
use crate::stop::Stop;

pub use address::{Endpoint, Proxy};
pub use credentials::{Credentials, Scheme, TokenRefresh};
pub use header::Header;
pub use retry::Policy;
pub use transport::{Http, Transport};
pub use window::Concurrency;

/// How delivery behaves. The server's address and all that belongs to HTTP stand in `transport::Options`.
#[derive(Debug, Clone)]
pub struct Options {
    /// The name of the job, in every `X-Request-Id` and `Idempotency-Key`.
    pub job: String,
    /// The highest request number that the journal knows of the job; ours go on from there.
    pub requests_before: u64,
    /// Whether anything was ever accepted in the job. If not, refusing everything alike ends the run.
    pub accepted_before: bool,
    /// How many contacts were refused in earlier runs of the job.
    pub refused_before: u64,
    /// What requests show to be let in.
    pub credentials: Credentials,
    /// Drops words of the server that repeat a secret. The token is always one.
    pub redactor: Redactor,
    /// How the token is read again after a 401, or shortly before it ends.
    pub refresh: Option<TokenRefresh>,
    /// How much one request may hold.
    pub limits: Limits,
    /// How many requests may be under way at once.
    pub concurrency: Concurrency,
    /// Requests a second, repeats included; `None` for as many as go.
    pub rate: Option<f64>,
    /// How much patience there is.
    pub policy: Policy,
    /// The run ends when the server refused more contacts of the job.
    pub max_refused: Option<u64>,
}

impl Options {
    /// The defaults of every option.
    pub fn new(job: &str, credentials: Credentials) -> Self {
        Options {
            job: job.to_owned(),
            requests_before: 0,
            accepted_before: false,
            refused_before: 0,
            credentials,
            redactor: Redactor::default(),
            refresh: None,
            limits: Limits::default(),
            concurrency: Concurrency::Auto,
            rate: None,
            policy: Policy::default(),
            max_refused: None,
        }
    }
}

/// Delivers all parcels. Ends when the channel is closed and every contact is settled.
///
/// Every contact taken from the channel, or still in it at the end, is told of in exactly one `Event::Settled`.
///
/// # Errors
/// What ended the sending before that: the server for good, the token, an outage, or a stop; or why some contacts were
/// given up. What was not sent, or not answered, has been settled as not sent or unconfirmed.
pub async fn deliver<T: Transport>(
    transport: T,
    options: &Options,
    parcels: mpsc::Receiver<Arc<Parcel>>,
    events: mpsc::Sender<Event>,
    stop: Stop,
) -> Result<(), Failure> {
    engine::Engine::new(transport, options.clone(), events, stop).run(parcels).await
}

#[cfg(test)]
mod tests;
