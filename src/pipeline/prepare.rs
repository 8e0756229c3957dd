//! From the settings to a job: inputs opened, understood and mapped.

use crate::config::Config;
use crate::contact::Rules;
use crate::error::Error;
use crate::mapping::{Filter, Mapping};
use crate::reading::{Input, Job};
use crate::source;

/// Opens the inputs; standard input and pipes are spooled.
///
/// # Errors
/// An input is missing, a folder or not readable.
pub fn open(config: &Config) -> Result<Vec<source::Input>, Error> {
    config.inputs.iter().map(|path| source::Input::at(path).map_err(Error::Input)).collect()
}

/// Finds out what the inputs are and which of their columns is which field.
///
/// # Errors
/// An input is no contacts file, or has no column of phone numbers.
pub fn understand(config: &Config, inputs: Vec<source::Input>) -> Result<Job, Error> {
    let mut understood = Vec::new();
    for input in inputs {
        let source = source::open(input, &config.source)?;
        let name = source.input().name().to_owned();
        let mapped = |error| Error::Mapping { input: name.clone(), error };
        let mapping = Mapping::find(source.columns(), source.sample(), &config.mapping).map_err(mapped)?;
        let filter = Filter::find(&config.only, &config.skip, source.columns()).map_err(mapped)?;
        understood.push(Input { source, mapping, filter });
    }
    let rules: Rules = config.rules.clone();
    Ok(Job { inputs: understood, rules, limit: config.limit, shard: config.shard })
}
