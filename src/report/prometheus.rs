//! The run as metrics for Prometheus, for the textfile collector of its node exporter. No names of files or people.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::Timestamp;

use super::Summary;

/// The text, in the exposition format of Prometheus.
pub fn write(summary: &Summary) -> String {
    let mut text = String::new();
    let rows = summary.rows.counts.iter();
    let rows = rows.map(|(status, rows)| (format!("{{status=\"{status}\"}}"), rows));
    gauge("m1import_rows", "Rows of the job by status.", rows, &mut text);
    if !summary.warnings.is_empty() {
        // Of an input without rows none can be counted; the warning is there all the same.
        let found = summary.warnings.iter().map(|warning| (warning.code, warning.count.max(1)));
        let mut counts = BTreeMap::new();
        found.for_each(|(code, count)| *counts.entry(code.to_string()).or_insert(0_u64) += count);
        let counts = counts.into_iter().map(|(code, count)| (format!("{{code=\"{code}\"}}"), count));
        gauge("m1import_warnings", "What was noticed before anything was sent, by code.", counts, &mut text);
    }
    one("m1import_exit_code", "Exit code of the last run.", summary.ending.exit_code.code(), &mut text);
    one("m1import_duration_seconds", "How long the last run took.", summary.time.seconds, &mut text);
    let finished = summary.time.finished.parse::<Timestamp>().map_or(0, |finished| finished.as_second());
    one("m1import_finished_timestamp_seconds", "When the last run ended, in Unix time.", finished, &mut text);
    text
}

fn one(name: &str, help: &str, value: impl Display, text: &mut String) {
    gauge(name, help, [(String::new(), value)].into_iter(), text);
}

fn gauge<V: Display>(name: &str, help: &str, values: impl Iterator<Item = (String, V)>, text: &mut String) {
    text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} gauge\n"));
    for (labels, value) in values {
        text.push_str(&format!("{name}{labels} {value}\n"));
    }
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::super::sample;
    use super::*;

    #[test]
    fn the_metrics_of_a_run() {
        assert_data_eq!(
            write(&sample::summary()),
            str![[r##"
# HELP m1import_rows Rows of the job by status.
# TYPE m1import_rows gauge
m1import_rows{status="accepted"} 1150
m1import_rows{status="accepted_before"} 0
m1import_rows{status="unchanged"} 0
m1import_rows{status="duplicate"} 28
m1import_rows{status="skipped"} 2
m1import_rows{status="invalid"} 22
m1import_rows{status="refused"} 2
m1import_rows{status="unconfirmed"} 0
m1import_rows{status="not_sent"} 0
# HELP m1import_warnings What was noticed before anything was sent, by code.
# TYPE m1import_warnings gauge
m1import_warnings{code="warning.consent"} 9
# HELP m1import_exit_code Exit code of the last run.
# TYPE m1import_exit_code gauge
m1import_exit_code 1
# HELP m1import_duration_seconds How long the last run took.
# TYPE m1import_duration_seconds gauge
m1import_duration_seconds 12.64
# HELP m1import_finished_timestamp_seconds When the last run ended, in Unix time.
# TYPE m1import_finished_timestamp_seconds gauge
m1import_finished_timestamp_seconds 1795383925

"##]]
        );
    }
}
