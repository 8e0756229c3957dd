//! What is said at once when a run begins: what was found, where it goes, and by which right.

use crate::numbers::count;
use crate::terminal::safe;

use super::words::host;
use super::{InputSummary, Mapping};

/// What is known before the first row is read through.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// The inputs as they were understood; their sizes and fingerprints are not known yet.
    pub inputs: &'a [InputSummary],
    /// The settings files that were used.
    pub settings: &'a [String],
    /// Where contacts are sent; `None` for `check` and dry runs.
    pub endpoint: Option<&'a str>,
    /// The proxy in between and where it is from; `None` where there is none.
    pub proxy: Option<&'a str>,
    /// Where the token came from, and its last 4 characters if it is long enough to tell them.
    pub token: Option<(&'a str, Option<&'a str>)>,
    /// How many rows are settled of an unfinished import in the results folder; whether this run resumes it shows when the
    /// inputs are read.
    pub unfinished: Option<u64>,
    /// The results folder; `None` where none is written.
    pub folder: Option<&'a str>,
}

/// The start lines for standard error.
pub fn start(start: &Start<'_>) -> String {
    let mut text = String::new();
    for input in start.inputs {
        let told = [understood(input), columns(&input.mapping)];
        let told = told.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
        text.push_str(&format!("{}: {told}\n", safe(&input.name)));
    }
    text.push_str(&settings_from(start.settings));
    if let Some(endpoint) = start.endpoint {
        let token = start.token.map(|(source, last)| {
            let last = last.map(|last| format!(" ending in {}", safe(last))).unwrap_or_default();
            format!("; token from {}{last}", safe(source))
        });
        text.push_str(&format!("to {}{}\n", safe(host(endpoint)), token.unwrap_or_default()));
        if let Some(proxy) = start.proxy {
            text.push_str(&format!("through the proxy {}\n", safe(proxy)));
        }
    }
    if let Some(folder) = start.folder {
        text.push_str(&format!("results in {}\n", safe(folder)));
    }
    if let Some(rows) = start.unfinished {
        text.push_str(&format!("an unfinished import is in it: {} settled\n", count(rows, "row")));
    }
    text
}

/// The line that names the settings files that were used; empty if there are none.
pub fn settings_from(files: &[String]) -> String {
    if files.is_empty() { String::new() } else { format!("settings from {}\n", safe(&files.join(", "))) }
}

/// How an input was understood: `CSV, windows-1252, semicolons`.
pub fn understood(input: &InputSummary) -> String {
    let name = match input.format.as_str() {
        "ndjson" => "NDJSON",
        "json" => "JSON",
        "csv" => "CSV",
        "tsv" => "TSV",
        "xlsx" => "spreadsheet",
        "vcard" => "vCard",
        other => other,
    };
    let mut parts = vec![name.to_owned()];
    if input.format != "xlsx" {
        parts.push(safe(&input.encoding).to_uppercase());
    }
    match input.delimiter.as_deref() {
        None => {}
        Some(",") => parts.push("commas".to_owned()),
        Some(";") => parts.push("semicolons".to_owned()),
        Some("\t") => parts.push("tabs".to_owned()),
        Some("|") => parts.push("pipes".to_owned()),
        Some(other) => parts.push(format!("delimiter {}", safe(other))),
    }
    parts.join(", ")
}

/// Each field with its columns in order of rank, as `(field, column)`; attributes as `attr.KEY`.
pub fn pairs(mapping: &Mapping) -> Vec<(String, &str)> {
    let fields = [
        ("name", &mapping.name),
        ("phone", &mapping.phone),
        ("prefix", &mapping.prefix),
        ("region", &mapping.region),
        ("email", &mapping.email),
        ("tags", &mapping.tags),
    ];
    let fields = fields
        .into_iter()
        .flat_map(|(field, columns)| columns.iter().map(move |column| (field.to_owned(), column.as_str())));
    fields.chain(mapping.attributes.iter().map(|(key, column)| (format!("attr.{key}"), column.as_str()))).collect()
}

/// The mapping in one line: `name=Full Name, phone=Mobile+Work, email=E-mail`.
fn columns(mapping: &Mapping) -> String {
    let mut told: Vec<(String, String)> = Vec::new();
    for (field, column) in pairs(mapping) {
        match told.last_mut().filter(|(last, _)| *last == field) {
            Some((_, columns)) => {
                columns.push('+');
                columns.push_str(&safe(column));
            }
            None => told.push((safe(&field).into_owned(), safe(column).into_owned())),
        }
    }
    told.iter().map(|(field, columns)| format!("{field}={columns}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::super::sample;
    use super::*;

    #[test]
    fn what_will_happen_is_said_first() {
        let summary = sample::summary();
        let text = start(&Start {
            inputs: &summary.inputs,
            settings: &["m1import.toml [profile.staging]".to_owned(), "m1import.toml".to_owned()],
            endpoint: Some(&summary.job.endpoint),
            proxy: Some("http://…@proxy:3128 (HTTPS_PROXY)"),
            token: Some(("environment M1IMPORT_TOKEN", Some("3f9a"))),
            unfinished: Some(400),
            folder: Some("contacts.results"),
        });
        assert_data_eq!(
            text,
            str![[r#"
contacts.csv: CSV, WINDOWS-1252, semicolons; name=Full Name, phone=Mobile+Work/u{1b}[31m, email=E-mail, attr.city=City
settings from m1import.toml [profile.staging], m1import.toml
to api.v7.express-chat.com; token from environment M1IMPORT_TOKEN ending in 3f9a
through the proxy http://…@proxy:3128 (HTTPS_PROXY)
results in contacts.results
an unfinished import is in it: 400 rows settled

"#]]
        );
    }

    #[test]
    fn where_no_column_is_a_field_none_is_told() {
        let inputs = [InputSummary { mapping: Mapping::default(), ..sample::summary().inputs.swap_remove(0) }];
        let start = start(&Start {
            inputs: &inputs,
            settings: &[],
            endpoint: None,
            proxy: None,
            token: None,
            unfinished: None,
            folder: None,
        });
        assert_eq!(start, "contacts.csv: CSV, WINDOWS-1252, semicolons\n");
    }

    #[test]
    fn a_sandbox_needs_no_token_and_a_check_no_endpoint() {
        let none = Start {
            inputs: &[],
            settings: &[],
            endpoint: Some("sandbox"),
            proxy: None,
            token: None,
            unfinished: None,
            folder: None,
        };
        assert_eq!(start(&none), "to sandbox\n");
        assert_eq!(start(&Start { endpoint: None, ..none }), "");
    }
}
