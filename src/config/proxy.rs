//! The proxy that the environment names, as the lowest level of the settings.

use std::collections::BTreeMap;

use super::env::Env;
use super::error::Error;
use super::level::{Level, Levels, Origin};
use super::{Mode, key};
use crate::client::proxy::{EXCEPTIONS, VARIABLES, is_exception};
use crate::diagnostic::RunCode;

/// The proxy of the environment, where contacts are sent through it: not for commands that ask nobody, dry runs and sandboxes, nor for an
/// endpoint on loopback or one that `NO_PROXY` names.
///
/// # Errors
/// The variable is no text, or the endpoint is none.
pub(super) fn of_environment(levels: &Levels, env: &Env, mode: Mode) -> Result<Option<Level>, Error> {
    let is_sending =
        matches!(mode, Mode::Import | Mode::Settings) && !levels.on(key::DRY_RUN)? && !levels.on(key::SANDBOX)?;
    if !is_sending || levels.find(key::PROXY.name()).is_some() {
        return Ok(None);
    }
    let endpoint = levels.one(key::ENDPOINT)?;
    let is_excepted =
        EXCEPTIONS.iter().find_map(|name| env.get(name)).is_some_and(|hosts| is_exception(hosts, &endpoint));
    if endpoint.is_loopback() || is_excepted {
        return Ok(None);
    }
    let Some(variable) = VARIABLES.into_iter().find(|name| env.is_set(name)) else {
        return Ok(None);
    };
    let Some(value) = env.get(variable) else {
        return Err(Error::new(RunCode::ConfigProxy, format!("{variable}: its value is not UTF-8 text")));
    };
    let values = BTreeMap::from([(key::PROXY.name(), vec![value.to_owned()])]);
    Ok(Some(Level { origin: Origin::Variable(variable), values }))
}

/// The proxy in use and where it is from, without user and password.
///
/// # Errors
/// Its address cannot be used.
pub(super) fn shown(levels: &Levels) -> Result<Option<String>, Error> {
    let Some((origin, _)) = levels.find(key::PROXY.name()) else {
        return Ok(None);
    };
    if levels.one(key::ENDPOINT)?.is_loopback() {
        return Ok(None);
    }
    let proxy = levels.one(key::PROXY)?;
    Ok(Some(format!("{proxy} ({})", origin.name_of(key::PROXY.setting()))))
}
