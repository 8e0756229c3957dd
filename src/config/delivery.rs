//! How contacts are sent: the settings of delivery.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::error::Error;
use super::level::Levels;
use super::token::TokenSource;
use super::units::{BoundedDuration, Limit, NonZeroDuration, Size};
use super::values::{AuthType, BotId, NonEmptyText, Positive};
use super::{Mode, key, path, proxy};
use crate::batch::Limits;
use crate::client::{self, transport};

/// What happens to the contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// They go to the endpoint.
    Endpoint,
    /// They go to a sandbox inside the program.
    Sandbox,
    /// They go nowhere.
    Nowhere,
}

/// How contacts are sent.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What happens to the contacts.
    pub target: Target,
    /// Where the token comes from.
    pub token: TokenSource,
    /// Whether the `authtype` header is sent.
    pub auth_type: AuthType,
    /// The endpoint, and how it is reached.
    pub transport: transport::Options,
    /// The most that one request may hold.
    pub limits: Limits,
    /// Requests in flight at once.
    pub concurrency: client::Concurrency,
    /// Requests per second at most, retries included; `None` is unlimited.
    pub rate: Option<f64>,
    /// When a batch, or the run, is given up.
    pub policy: client::Policy,
    /// How many rows the server may refuse before the run stops.
    pub max_refused: Limit,
    /// The command to run at the end of an import.
    pub on_finish: Option<String>,
    /// The proxy and where it is from, for people; `None` where none is used.
    pub proxy: Option<String>,
    /// Whether an unfinished journal is forgotten.
    pub restart: bool,
    /// Whether another token is of the account that an unfinished journal was begun with.
    pub same_account: bool,
    /// The file that says which contacts the server has; only the others are sent.
    pub only_changed: Option<PathBuf>,
    /// How many contacts this run sends at most; `None` is all.
    pub trial: Option<NonZeroUsize>,
}

impl Delivery {
    pub(super) fn settle(levels: &Levels, mode: Mode) -> Result<Delivery, Error> {
        let target = match (levels.on(key::SANDBOX)?, levels.on(key::DRY_RUN)?) {
            _ if mode != Mode::Import => Target::Nowhere,
            (true, _) => Target::Sandbox,
            (false, true) => Target::Nowhere,
            (false, false) => Target::Endpoint,
        };
        let Positive(contacts) = levels.one(key::BATCH_SIZE)?;
        let Size(bytes) = levels.one(key::BATCH_BYTES)?;
        let Positive(attempts) = levels.one(key::ATTEMPTS)?;
        let BoundedDuration(give_up_after) = levels.one(key::GIVE_UP_AFTER)?;
        let BoundedDuration(max_wait) = levels.one(key::MAX_WAIT)?;
        let concurrency = levels.one(key::CONCURRENCY)?;
        Ok(Delivery {
            target,
            token: TokenSource::settle(levels)?,
            auth_type: levels.one(key::AUTH_TYPE)?,
            transport: transport_options(levels, concurrency)?,
            limits: Limits { contacts, bytes: usize::try_from(bytes).unwrap_or(usize::MAX) },
            concurrency,
            rate: levels.one(key::RATE)?.per_second(),
            policy: client::Policy {
                attempts: u32::try_from(attempts.get()).unwrap_or(u32::MAX),
                give_up_after,
                max_wait,
            },
            max_refused: levels.one(key::MAX_REFUSED)?,
            on_finish: levels.maybe(key::ON_FINISH)?.map(|NonEmptyText(command)| command),
            proxy: proxy::shown(levels)?,
            restart: levels.on(key::RESTART)?,
            same_account: levels.on(key::SAME_ACCOUNT)?,
            only_changed: path(levels, key::ONLY_CHANGED)?,
            trial: levels.maybe(key::TRIAL)?.map(|Positive(most)| most),
        })
    }
}

fn transport_options(levels: &Levels, concurrency: client::Concurrency) -> Result<transport::Options, Error> {
    let NonZeroDuration(timeout) = levels.one(key::TIMEOUT)?;
    let NonZeroDuration(connect_timeout) = levels.one(key::CONNECT_TIMEOUT)?;
    Ok(transport::Options {
        endpoint: levels.one(key::ENDPOINT)?,
        bot_id: levels.maybe(key::BOT_ID)?.map(|BotId(id)| id),
        headers: levels.many(key::HEADER)?,
        timeout,
        connect_timeout,
        cacert: path(levels, key::CACERT)?,
        proxy: levels.maybe(key::PROXY)?,
        max_connections: concurrency.most(),
    })
}
