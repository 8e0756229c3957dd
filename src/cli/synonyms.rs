//! What other programs call it: words that lead to our option.

/// Options of other programs, and what to type here.
const OPTIONS: &[(&[&str], &str)] = &[
    (&["country", "country-code", "default-region", "region", "cc"], "--default-country IN"),
    (&["url", "host", "server", "api", "api-url", "base-url", "u"], "--endpoint URL"),
    (&["sep", "separator", "field-separator", "d"], "--delimiter ';'"),
    (&["json"], "--output json"),
    (&["force", "overwrite", "fresh", "f"], "--restart, which forgets an unfinished import"),
    (&["key", "api-key", "apikey", "auth", "bearer", "access-token"], "--token-file PATH"),
    (&["out", "output-folder", "results", "results-dir"], "--output-dir DIR"),
    (&["n", "dry", "noop", "simulate", "preview"], "--dry-run, or m1import check FILE"),
    (&["test", "mock"], "--sandbox"),
    (&["debug", "trace"], "-vv"),
    (&["silent", "s"], "--quiet"),
    (&["tags", "label", "labels", "group"], "--tag TAG"),
    (&["batch", "chunk", "chunk-size", "b"], "--batch-size N"),
    (&["workers", "parallel", "jobs", "j", "p"], "--concurrency N"),
    (&["retries", "retry", "max-retries"], "--attempts N"),
    (&["rate-limit", "limit-rate", "throttle"], "--rate 5/s"),
    (&["phone", "phone-column", "name-column", "column", "mapping", "m"], "--map phone=COLUMN"),
    (&["no-headers", "noheader"], "--no-header"),
    (&["head", "first", "rows", "max-rows"], "--limit N"),
    (&["charset", "enc", "e"], "--encoding LABEL"),
    (&["filter", "where"], "--only COLUMN=VALUE"),
    (&["exclude"], "--skip COLUMN=VALUE"),
    (&["settings", "config-file", "c"], "--config PATH"),
    (&["env", "environment"], "--profile NAME, or --env-file PATH"),
    (&["attrs", "custom-fields", "fields"], "--attributes COLUMN,COLUMN"),
    (&["worksheet", "tab"], "--sheet NAME"),
    (&["changed", "incremental", "delta", "state", "state-file"], "--only-changed FILE"),
    (&["skip-duplicates", "dedupe", "duplicates"], "--on-duplicate first"),
];

/// Options of other programs that are not needed here, and why.
const NOT_NEEDED: &[(&[&str], &str)] = &[
    (&["resume", "continue"], "nothing is needed: the same command resumes"),
    (&["yes", "y", "assume-yes", "no-input", "non-interactive"], "nothing is needed: nothing is asked"),
    (&["input", "file", "i", "from", "in"], "the file is named without an option: m1import FILE"),
    (&["insecure", "k", "no-verify"], "certificates are always checked; --cacert PEM names another authority"),
];

/// Words that other programs want in front of the file.
const COMMANDS: &[&str] = &["import", "upload", "send", "run", "load", "push", "start"];

/// What to type in place of an option that is not known here, such as `--country` or `-n`.
pub fn for_option(option: &str) -> Option<String> {
    let name = option.trim_start_matches('-').to_ascii_lowercase().replace('_', "-");
    let found = |table: &'static [(&[&str], &str)]| table.iter().find(|(names, _)| names.contains(&name.as_str()));
    found(NOT_NEEDED)
        .map(|(_, why)| (*why).to_owned())
        .or_else(|| found(OPTIONS).map(|(_, ours)| format!("here it is {ours}")))
}

/// What to type in place of a file that is not there: a command of another program, an address, a pattern.
pub fn for_file(file: &str) -> Option<String> {
    if COMMANDS.contains(&file) {
        return Some(format!("no word is needed: leave out {file}, as in m1import contacts.csv"));
    }
    let is_address = ["http://", "https://", "ftp://"].iter().any(|scheme| file.starts_with(scheme));
    if is_address {
        return Some(format!("download it first: curl -L {} | m1import -", crate::shell::quote(file)));
    }
    file.contains(['*', '?', '['])
        .then(|| "no file matches this pattern; relative ones start in the current folder".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::options::{SETTINGS, setting};
    use super::*;

    #[test]
    fn words_of_others_lead_to_ours() {
        let cases = [
            ("--country", Some("here it is --default-country IN")),
            ("--sep", Some("here it is --delimiter ';'")),
            ("--url", Some("here it is --endpoint URL")),
            ("--json", Some("here it is --output json")),
            ("--country_code", Some("here it is --default-country IN")),
            ("-n", Some("here it is --dry-run, or m1import check FILE")),
            ("--resume", Some("nothing is needed: the same command resumes")),
            ("--tokn", None),
        ];
        for (option, hint) in cases {
            assert_eq!(for_option(option).as_deref(), hint, "{option}");
        }
        assert!(for_file("import").unwrap().contains("no word is needed"));
        assert!(for_file("https://x/a b.csv").unwrap().contains("curl -L 'https://x/a b.csv' | m1import -"));
        assert!(for_file("bad/*.csv").unwrap().contains("pattern"));
        assert_eq!(for_file("contacts.csv"), None);
    }

    #[test]
    fn the_tables_name_options_that_are_there_and_none_twice() {
        let mut names = BTreeSet::new();
        for (others, ours) in OPTIONS.iter().chain(NOT_NEEDED) {
            for name in *others {
                assert!(names.insert(*name), "{name} twice");
                assert!(setting(name).is_none(), "--{name} is ours");
                assert!(!SETTINGS.iter().any(|setting| setting.short.is_some_and(|short| short.to_string() == **name)));
            }
            for word in ours.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
                assert!(setting(word.trim_end_matches([',', ';'])).is_some(), "{ours}");
            }
        }
    }
}
