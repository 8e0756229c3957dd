//! The plan of a job: what decides which contacts its files give, as one fingerprint.
//!
//! It covers the settings of Input, Mapping and Validation, less those that only decide whether anything is sent, and
//! the bot. Values count as they came out, not as they were written: `--default-country 91` and `IN` are one plan.

use std::path::Path;

use super::error::Error;
use super::key;
use super::level::Levels;
use super::values::EncodingLabel;
use crate::cli::options::{Group, SETTINGS, Setting, Takes};
use crate::contact::Rules;
use crate::small_file;

/// The fingerprint, 32 hexadecimal digits.
pub(super) fn fingerprint(levels: &Levels, rules: &Rules) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    for setting in SETTINGS.iter().filter(decides) {
        let values = settled(setting, levels, rules)?;
        for text in std::iter::once(setting.name).chain(values.iter().map(String::as_str)) {
            // With their lengths, no value can pretend to be the next name.
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
    }
    Ok(hasher.finalize().to_hex().chars().take(32).collect())
}

/// The settings of a plan that somebody has chosen, by name, with their values as they came out.
pub(super) fn chosen(levels: &Levels, rules: &Rules) -> Result<Vec<(&'static str, String)>, Error> {
    let chosen = SETTINGS.iter().filter(decides).filter(|setting| levels.find(setting.name).is_some());
    chosen.map(|setting| Ok((setting.name, settled(setting, levels, rules)?.join("\0")))).collect()
}

/// Whether a setting decides which contacts a file gives.
fn decides(setting: &&Setting) -> bool {
    match setting.group {
        // The shards of a job have one plan.
        Group::Input => !matches!(setting.name, "max-input" | "min-rows" | "max-drop" | "shard"),
        Group::Mapping => true,
        Group::Validation => !matches!(setting.name, "max-invalid" | "strict"),
        Group::Delivery | Group::Output => setting.name == "bot-id",
    }
}

/// The plan of a job whose inputs may have settings of their own: that of all, where they have none.
pub(super) fn of_inputs(all: String, inputs: &[String]) -> String {
    if inputs.iter().all(|plan| *plan == all) {
        return all;
    }
    let mut hasher = blake3::Hasher::new();
    for plan in inputs {
        hasher.update(plan.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

/// The values of a setting, each in the one form that all its writings have in common.
fn settled(setting: &'static Setting, levels: &Levels, rules: &Rules) -> Result<Vec<String>, Error> {
    Ok(match setting.name {
        "delimiter" => levels.maybe(key::DELIMITER)?.map(|found| found.to_string()).into_iter().collect(),
        "encoding" => {
            levels.maybe(key::ENCODING)?.map(|EncodingLabel(found)| found.name().to_owned()).into_iter().collect()
        }
        "default-country" => rules.phone.default.map(|region| region.to_string()).into_iter().collect(),
        "phone-types" => vec![rules.phone.kinds.to_string()],
        "tag" => rules.tags.clone(),
        "phone-metadata" => {
            levels.find(setting.name).map_or_else(Vec::new, |(_, paths)| paths.iter().map(content).collect())
        }
        _ if setting.takes == Takes::Nothing => vec![levels.is_on(setting)?.to_string()],
        name => levels.find(name).map_or_else(|| vec![setting.default.to_owned()], |(_, values)| values.to_vec()),
    })
}

/// What a file says, whatever it is called; its name where it cannot be read, which is told when it is needed.
fn content(path: &String) -> String {
    small_file::read(Path::new(path)).map_or_else(|_| path.clone(), |text| blake3::hash(&text).to_hex().to_string())
}
