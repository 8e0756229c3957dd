//! The credentials in use: which they are, whether they were ever accepted, and until when they may be used.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::time::Instant;

use super::credentials::{Credentials, TokenRefresh};
use crate::stop::Stop;

/// The credentials of the moment.
#[derive(Debug)]
pub struct Auth {
    credentials: Arc<Credentials>,
    refresh: Option<TokenRefresh>,
    /// Counted up when the token is read again.
    generation: u32,
    /// Whether the server accepted these.
    proven: bool,
    /// When they may no longer be used; `None` where they do not say.
    expiry: Option<Instant>,
}

impl Auth {
    /// Credentials that were not used yet.
    pub fn new(credentials: Credentials, refresh: Option<TokenRefresh>, now: Instant) -> Self {
        let expiry = credentials.good_for(unix_now()).map(|left| now + left);
        Auth { credentials: Arc::new(credentials), refresh, generation: 0, proven: false, expiry }
    }

    /// The credentials of the next request.
    pub fn credentials(&self) -> Arc<Credentials> {
        Arc::clone(&self.credentials)
    }

    /// Their number.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether the server ever accepted something with them.
    pub fn is_proven(&self) -> bool {
        self.proven
    }

    /// The server accepted something.
    pub fn prove(&mut self) {
        self.proven = true;
    }

    /// The server's clock shows so many seconds since 1970.
    pub fn clock(&mut self, seconds: u64, now: Instant) {
        if let Some(left) = self.credentials.good_for(seconds) {
            self.expiry = Some(now + left);
        }
    }

    /// Whether they may no longer be used.
    pub fn is_expired(&self, now: Instant) -> bool {
        self.expiry.is_some_and(|expiry| expiry <= now)
    }

    /// Whether credentials of this number were read again and never worked: reading them once more would not help.
    pub fn is_hopeless(&self, generation: u32) -> bool {
        generation > 0 && !self.proven
    }

    /// Reads the token again; returns whether it is another one that may be used.
    pub async fn refresh(&mut self, stop: &Stop) -> bool {
        let Some(refresh) = self.refresh.clone() else { return false };
        let reading = tokio::task::spawn_blocking(move || refresh.read());
        // A command may hang; a stop may not.
        let read = tokio::select! {
            read = reading => read.ok().flatten(),
            _ = stop.wait() => None,
        };
        let Some(read) = read.filter(|read| read.token != self.credentials.token) else { return false };
        let left = read.good_for(unix_now());
        if left.is_some_and(|left| left.is_zero()) {
            return false;
        }
        self.expiry = left.map(|left| Instant::now() + left);
        self.credentials = Arc::new(read);
        self.generation += 1;
        self.proven = false;
        true
    }
}

/// Seconds since 1970 by this machine's clock.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
