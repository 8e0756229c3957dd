//! The settings as people see them: `m1import config`, and settings written down as a file.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use toml::{Table, Value};
use unicode_width::UnicodeWidthStr;

use super::level::{Levels, Origin};
use crate::cli::options::{SETTINGS, Setting, Takes, setting};
use crate::cli::{without_arguments, without_password, without_query, without_value};
use crate::client::proxy::VARIABLES;
use crate::terminal::safe;

/// A setting, its value and where it came from. Secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EffectiveSetting {
    /// The name of the setting.
    pub name: &'static str,
    /// Its values; several only of a setting that may be repeated, none if it has none.
    pub values: Vec<String>,
    /// Where they came from.
    pub source: String,
    /// Whether a value is not shown as it is, since it may be secret.
    #[serde(skip)]
    pub is_masked: bool,
}

impl EffectiveSetting {
    /// Whether somebody chose it for this program.
    pub fn is_chosen(&self) -> bool {
        let is_ours = self.source != Origin::Default.to_string() && !VARIABLES.contains(&self.source.as_str());
        is_ours && !self.values.is_empty()
    }

    /// Whether it was typed.
    pub fn is_typed(&self) -> bool {
        self.source == Origin::Flags.to_string() && !self.values.is_empty()
    }
}

/// Every setting.
pub(super) fn all(levels: &Levels) -> Vec<EffectiveSetting> {
    SETTINGS.iter().map(|setting| shown(setting, levels)).collect()
}

fn shown(setting: &'static Setting, levels: &Levels) -> EffectiveSetting {
    let (origin, values) = match levels.find(setting.name) {
        Some((origin, values)) => (origin, values.to_vec()),
        None => (&Origin::Default, default(setting)),
    };
    let shown: Vec<String> = values.iter().map(|value| masked(setting, value.clone())).collect();
    EffectiveSetting { name: setting.name, is_masked: shown != values, values: shown, source: origin.to_string() }
}

fn default(setting: &Setting) -> Vec<String> {
    match setting.takes {
        Takes::Nothing => vec!["false".to_owned()],
        Takes::Count => vec!["0".to_owned()],
        _ if setting.default.is_empty() => Vec::new(),
        _ => vec![setting.default.to_owned()],
    }
}

/// The value without what is not for everybody.
fn masked(setting: &Setting, value: String) -> String {
    match setting.name {
        "token" if value.is_empty() => value,
        "token" => format!("…{}", crate::secret::Secret::new(value.trim().to_owned()).last_four().unwrap_or_default()),
        "header" => without_value(&value),
        "proxy" => without_password(&value),
        "endpoint" => without_query(&without_password(&value)),
        "token-command" | "on-finish" => without_arguments(&value),
        _ => value,
    }
}

/// The settings for people, in columns.
pub fn table(settings: &[EffectiveSetting]) -> String {
    let rows: Vec<(&str, String, &str)> = settings
        .iter()
        .map(|shown| (shown.name, safe(&shown.values.join(" ; ")).into_owned(), shown.source.as_str()))
        .collect();
    let widest = rows.iter().map(|(_, value, _)| value.width()).filter(|width| *width <= 34).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value, source) in rows {
        let value = if value.is_empty() { "-".to_owned() } else { value };
        let gap = " ".repeat(widest.saturating_sub(value.width()));
        // Writing to a text does not fail.
        let _ = writeln!(text, "{name:19} {value}{gap}  {}", safe(source));
    }
    text
}

/// The settings as one JSON document.
pub fn json(settings: &[EffectiveSetting]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: u32,
        settings: &'a [EffectiveSetting],
    }
    serde_json::to_string_pretty(&Document { schema: 1, settings }).unwrap_or_default()
}

/// Settings by name, as text.
pub type Settings = BTreeMap<&'static str, Vec<String>>;

/// Settings as the text of a configuration file, and those for inputs of a name; what may not stand in one is left out.
pub fn as_file(settings: &Settings, of_files: &BTreeMap<String, Settings>, remark: &str) -> String {
    let mut text = String::new();
    for line in remark.lines() {
        let _ = writeln!(text, "# {}", safe(line));
    }
    let mut all = table_of(settings);
    if !of_files.is_empty() {
        let sections = of_files.iter().map(|(name, settings)| (name.clone(), Value::Table(table_of(settings))));
        all.insert("file".to_owned(), Value::Table(sections.collect()));
    }
    text.push_str(&all.to_string());
    text
}

fn table_of(settings: &Settings) -> Table {
    let mut table = Table::new();
    for (name, values) in settings {
        let Some(setting) = setting(name).filter(|setting| setting.given == crate::cli::options::Given::Anywhere)
        else {
            continue;
        };
        let mut texts = values.iter().cloned();
        let value = match setting.takes {
            Takes::Many(_) => Some(Value::Array(texts.map(Value::String).collect())),
            Takes::Nothing => Some(Value::Boolean(texts.next().is_some_and(|on| on == "true"))),
            _ => texts.next().map(|text| text.parse().map_or(Value::String(text), Value::Integer)),
        };
        if let Some(value) = value {
            table.insert(setting.name.to_owned(), value);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::level::Level;
    use super::*;

    #[test]
    fn secrets_are_masked() {
        let typed = |name: &'static str, value: &str| {
            Levels(vec![Level { origin: Origin::Flags, values: [(name, vec![value.to_owned()])].into() }])
        };
        let cases = [
            ("token", "geheim", "…"),
            ("token", "geheim-und-sehr-lang", "…lang"),
            ("token", "", ""),
            ("header", "X-Key: geheim", "X-Key: …"),
            ("proxy", "http://me:geheim@host", "http://…@host"),
            ("endpoint", "https://me:geheim@host/path?key=geheim", "https://…@host/path?…"),
            ("token-command", "pass show geheim", "pass …"),
            ("bot-id", "5f", "5f"),
        ];
        for (name, value, masked) in cases {
            let shown = shown(setting(name).unwrap(), &typed(name, value));
            assert_eq!(
                (shown.values, shown.source.as_str()),
                (vec![masked.to_owned()], "command line"),
                "{name} {value}"
            );
        }
    }

    #[test]
    fn every_setting_is_shown() {
        let shown = all(&Levels(vec![]));
        assert_eq!(shown.len(), SETTINGS.len());
        let text = table(&shown);
        assert_eq!(text.lines().count(), SETTINGS.len());
        assert!(text.contains("\nbatch-bytes         90kB "), "{text}");
        let document: serde_json::Value = serde_json::from_str(&json(&shown)).unwrap();
        assert_eq!(document["settings"][0]["name"], "format");
    }

    #[test]
    fn a_written_file_reads_back() {
        let settings = [
            ("format", vec!["csv".to_owned()]),
            ("map", vec!["phone=Mo\"bile".to_owned(), "name=Größe".to_owned()]),
            ("skip-lines", vec!["3".to_owned()]),
            ("no-header", vec!["true".to_owned()]),
            ("token", vec!["geheim".to_owned()]),
        ];
        let of_files = [("a \"b\".csv".to_owned(), [("tag", vec!["expo".to_owned()])].into())].into();
        let text = as_file(&settings.into(), &of_files, "Detected in contacts.csv");
        assert!(text.starts_with("# Detected in contacts.csv\n"), "{text}");
        assert!(!text.contains("geheim"), "{text}");
        let table: Table = toml::from_str(&text).unwrap();
        assert_eq!(table["map"][1].as_str(), Some("name=Größe"));
        assert_eq!(table["skip-lines"].as_integer(), Some(3));
        assert_eq!(table["no-header"].as_bool(), Some(true));
        assert_eq!(table["file"]["a \"b\".csv"]["tag"][0].as_str(), Some("expo"));
    }
}
