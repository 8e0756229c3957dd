//! The settings of delivery in the client's own words: the credentials, the way to the server, the limits.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Screen;
use super::prepare::unless_stopped;
use super::summary::RunInfo;
use crate::client::{self, Credentials, Http, Scheme, TokenRefresh, transport};
use crate::config::{AuthType, Config, Target, TokenSource, peek};
use crate::error::Error;
use crate::outcome::{Cause, Counts, Failure, RowStatus};
use crate::report::words::moment;
use crate::sandbox::{self, Sandbox};
use crate::secret::Secret;
use crate::stop::Stop;
use crate::user_key::UserKey;

/// By which right contacts are sent.
pub enum Destination {
    /// With the user's token.
    Endpoint(Credentials, Box<Http>),
    /// To a sandbox of our own, whose token nobody else knows.
    Sandbox,
    /// Nothing is sent.
    Nowhere,
}

impl Destination {
    /// Finds the token, where one is needed.
    ///
    /// # Errors
    /// There is none, it cannot be read, or it has expired; certificates, headers or proxy cannot be used; a signal came
    /// first.
    pub async fn find(config: &Config, screen: &Screen<'_>, stop: &Stop) -> Result<Destination, Error> {
        match config.delivery.target {
            Target::Sandbox => Ok(Destination::Sandbox),
            Target::Nowhere => Ok(Destination::Nowhere),
            Target::Endpoint => {
                let source = config.delivery.token.clone();
                let token = unless_stopped(stop, "the token", move || Ok(source.read()?)).await?;
                screen.hide(&token);
                config.delivery.transport.secrets().iter().for_each(|secret| screen.hide(secret));
                let credentials = credentials(token, config.delivery.auth_type);
                screen.warn_of_token(&credentials)?;
                // What is wrong with certificates or proxy shows before anything is read.
                let http = Http::new(&config.delivery.transport)?;
                Ok(Destination::Endpoint(credentials, Box::new(http)))
            }
        }
    }

    /// Where the token came from and its last 4 characters, for the start lines.
    pub fn token_said<'s>(&self, source: &'s TokenSource) -> Option<(&'s str, Option<String>)> {
        match self {
            Destination::Endpoint(credentials, _) => {
                Some((source.label.as_str(), credentials.token.last_four().map(str::to_owned)))
            }
            Destination::Sandbox | Destination::Nowhere => None,
        }
    }

    /// The account that contacts are sent to, as a keyed hash; empty where that is nobody's.
    pub fn account(&self, source: &TokenSource, key: &UserKey) -> String {
        match self {
            Destination::Endpoint(credentials, _) => source.account(&credentials.token, key),
            Destination::Sandbox | Destination::Nowhere => String::new(),
        }
    }

    /// Opens the way there. A sandbox lives as long as it is held.
    ///
    /// # Errors
    /// The sandbox finds no port.
    pub async fn open(
        &self,
        config: &Config,
        screen: &Screen<'_>,
    ) -> Result<(Credentials, Http, Option<Sandbox>), Error> {
        match self {
            Destination::Endpoint(credentials, http) => Ok((credentials.clone(), http.as_ref().clone(), None)),
            Destination::Sandbox | Destination::Nowhere => {
                let token = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
                let options = sandbox::Options {
                    port: 0,
                    token: token.clone(),
                    keep: sandbox::StoreMode::Phones,
                    ..sandbox::Options::default()
                };
                let local = |error| Error::Local { what: "the sandbox", error };
                let sandbox = Sandbox::start(options).await.map_err(local)?;
                let credentials = Credentials { token: Secret::new(token), scheme: Scheme::Key, ends: None };
                screen.hide(&credentials.token);
                let endpoint = sandbox.endpoint().parse().map_err(|_| Error::Broken("the sandbox"))?;
                let options = transport::Options { endpoint, ..config.delivery.transport.clone() };
                Ok((credentials, Http::new(&options)?, Some(sandbox)))
            }
        }
    }
}

fn credentials(token: Secret, auth: AuthType) -> Credentials {
    let jwt = peek(token.expose());
    let scheme = match (auth, &jwt) {
        (AuthType::Key, _) | (AuthType::Auto, None) => Scheme::Key,
        (AuthType::None, _) | (AuthType::Auto, Some(_)) => Scheme::Plain,
    };
    Credentials { token, scheme, ends: jwt.and_then(|jwt| jwt.expires) }
}

/// How long a token still holds by our own clock; an error if it has ended.
///
/// # Errors
/// It has.
pub fn seconds_left(credentials: &Credentials) -> Result<Option<u64>, Error> {
    let Some(ends) = credentials.ends else {
        return Ok(None);
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    match ends.checked_sub(now) {
        Some(left @ 1..) => Ok(Some(left)),
        Some(0) | None => {
            let at = jiff::Timestamp::from_second(ends.try_into().unwrap_or(0)).map(|at| moment(&at.to_string()));
            let message = at.map(|at| format!("it was valid until {at}")).unwrap_or_default();
            Err(Error::Delivery(Failure::new(Cause::Expired, &message)))
        }
    }
}

/// How delivery behaves.
pub fn options(
    config: &Config,
    screen: &Screen<'_>,
    info: &RunInfo,
    before: &Counts,
    contacts: u64,
    credentials: Credentials,
) -> client::Options {
    let delivery = &config.delivery;
    client::Options {
        requests_before: info.requests_before,
        accepted_before: before[RowStatus::AcceptedBefore] > 0,
        refused_before: before[RowStatus::Refused],
        refresh: (delivery.target == Target::Endpoint && delivery.token.may_change()).then(|| refresh(config, screen)),
        limits: delivery.limits,
        concurrency: delivery.concurrency,
        rate: delivery.rate,
        policy: delivery.policy,
        redactor: screen.redactor(),
        max_refused: delivery.max_refused.of(contacts),
        ..client::Options::new(&info.job, credentials)
    }
}

/// The token once more from where it came from; every one of them is kept from the screen.
fn refresh(config: &Config, screen: &Screen<'_>) -> TokenRefresh {
    let (source, auth, redactor) =
        (Arc::new(config.delivery.token.clone()), config.delivery.auth_type, screen.redactor());
    TokenRefresh::new(move || {
        let token = source.read().ok()?;
        redactor.hide(&token);
        Some(credentials(token, auth))
    })
}
