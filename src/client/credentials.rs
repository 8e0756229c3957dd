//! What a request shows to be let in, and when that ends. The token is never shown; what the server repeats of it is
//! taken out of its words.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::secret::Secret;

/// A token is not used for so long before it ends.
const MARGIN: Duration = Duration::from_secs(30);

/// How a token is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// With the header `authtype: Key`, as API access tokens want it.
    Key,
    /// As a bearer token alone, as session tokens want it.
    Plain,
}

/// A token and how it is presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The token.
    pub token: Secret,
    /// How it is presented.
    pub scheme: Scheme,
    /// When it ends, in seconds since 1970; `None` where it does not say.
    pub ends: Option<u64>,
}

impl Credentials {
    /// For how long it may still be used when the clock that it goes by shows so many seconds since 1970, the last of
    /// which may be almost over.
    pub fn good_for(&self, clock: u64) -> Option<Duration> {
        self.ends.map(|ends| Duration::from_secs(ends.saturating_sub(clock.saturating_add(1))).saturating_sub(MARGIN))
    }
}

/// Reads the token again from where it came from; `None` where it cannot be read again. May block.
#[derive(Clone)]
pub struct TokenRefresh(Arc<dyn Fn() -> Option<Credentials> + Send + Sync>);

impl TokenRefresh {
    /// Reads the token with this function.
    pub fn new(read: impl Fn() -> Option<Credentials> + Send + Sync + 'static) -> Self {
        TokenRefresh(Arc::new(read))
    }

    /// Reads the token.
    pub fn read(&self) -> Option<Credentials> {
        (self.0)()
    }
}

impl fmt::Debug for TokenRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenRefresh(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(ends: Option<u64>) -> Credentials {
        Credentials { token: Secret::new("t".into()), scheme: Scheme::Plain, ends }
    }

    #[test]
    fn a_token_is_not_used_to_its_last_second() {
        for (ends, clock, left) in [
            (None, 0, None),
            (Some(100), 0, Some(69)),
            (Some(100), 68, Some(1)),
            (Some(100), 69, Some(0)),
            (Some(5), 9, Some(0)),
        ] {
            assert_eq!(credentials(ends).good_for(clock), left.map(Duration::from_secs));
        }
    }
}
