//! What GitHub Actions shows of a run: annotations at the lines of the files, and the summary of the step.
//!
//! At most 10 annotations of a kind are shown a step, so at most 9 are made, the commonest reasons first. The step
//! summary may have 1 MiB; ours is bounded by its form.

use crate::numbers::count;
use crate::terminal::safe;

use super::rejected_rows::RejectedRows;
use super::words::{by_count, describe, remedy};
use super::{Summary, Warning};

/// At most so many annotations are made.
const ANNOTATIONS: usize = 9;

/// Annotations, one a line: what ended the run, then each warning and each reason at the first of its lines.
pub fn annotations(summary: &Summary, rejected: &RejectedRows) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(error) = &summary.ending.error {
        let hint = error.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        lines.push(command("error", &[("title", &error.code)], &format!("{}{hint}", error.message)));
    }
    lines.extend(summary.warnings.iter().map(noticed));
    for (code, rows) in by_count(&summary.tallies.reasons) {
        let hint = match remedy(code) {
            "" => String::new(),
            remedy => format!("\nhint: {remedy}"),
        };
        let message = format!("{}: {}{hint}", count(rows, "row"), describe(code));
        let place = rejected.places(code).first().map(|(file, line)| (file.to_owned(), line.to_string()));
        match place {
            Some((file, line)) => {
                lines.push(command("warning", &[("file", &file), ("line", &line), ("title", code)], &message));
            }
            None => lines.push(command("warning", &[("title", code)], &message)),
        }
    }
    if lines.len() > ANNOTATIONS {
        let more = lines.len() - (ANNOTATIONS - 1);
        lines.truncate(ANNOTATIONS - 1);
        lines.push(command("warning", &[("title", "m1import")], &format!("{more} more reasons; see the step summary")));
    }
    lines
}

/// A warning, at the first of its places.
fn noticed(warning: &Warning) -> String {
    let hint = warning.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    let (message, title) = (format!("{}{hint}", warning.message), warning.code.to_string());
    let place = warning.places.first().and_then(|place| place.rsplit_once(':'));
    match place.filter(|(_, line)| line.parse::<u64>().is_ok()) {
        Some((file, line)) => command("warning", &[("file", file), ("line", line), ("title", &title)], &message),
        None => command("warning", &[("title", &title)], &message),
    }
}

/// The page for `$GITHUB_STEP_SUMMARY`, to be added to what is there.
pub fn step_summary(summary: &Summary, rejected: &RejectedRows) -> String {
    super::markdown::write(summary, rejected)
}

fn command(kind: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let message: Vec<String> = message.lines().map(|line| data(&safe(line))).collect();
    format!("::{kind} {}::{}", properties.join(","), message.join("%0A"))
}

/// A message as the runner reads it back.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property as the runner reads it back.
fn property(text: &str) -> String {
    data(&safe(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::super::rejected_rows::{RejectedRow, Values};
    use super::super::sample;
    use super::*;

    #[test]
    fn the_commonest_reasons_at_their_lines() {
        let mut summary = sample::summary();
        summary.ending.error = Some(sample::error());
        let lines = annotations(&summary, &sample::rejected(Values::Masked));
        assert_data_eq!(
            lines.join("\n"),
            str![[r#"
::error title=token.missing::no API token%0Ahint: put M1IMPORT_TOKEN=… into .env, or pass --token-file PATH
::warning file=contacts.csv,line=7,title=warning.consent::contacts.csv: column "Opted/u{1b}[31m <b>out" says who does not want to be written to; 9 rows are marked and will be sent all the same%0Ahint: to leave them out: m1import contacts.csv --skip 'Opted out=yes'
::warning file=contacts.csv,line=5,title=phone.no_country::20 rows: no country code and no default country%0Ahint: write the number with + and its country code, or use --default-country
::warning file=contacts.csv,line=118,title=phone.precision_lost::2 rows: the spreadsheet has rounded this number%0Ahint: format the column as text and export the file again
::warning file=contacts.csv,line=204,title=server.refused::2 rows: rejected by the server%0Ahint: correct the row and import rejected.csv
"#]]
        );
    }

    #[test]
    fn never_more_than_nine() {
        let mut summary = sample::summary();
        summary.tallies.reasons = crate::row::Code::ALL.iter().map(|code| (code.as_str().to_owned(), 1)).collect();
        let lines = annotations(&summary, &RejectedRows::default());
        assert_eq!(lines.len(), ANNOTATIONS);
        assert_eq!(lines[8], "::warning title=m1import::19 more reasons; see the step summary");
    }

    #[test]
    fn nothing_from_a_file_breaks_out() {
        let mut summary = sample::summary();
        summary.tallies.reasons = [("phone.invalid".to_owned(), 1)].into();
        let mut rejected = RejectedRows::new(Values::Masked);
        rejected.add(RejectedRow {
            file: "a,line=1::error::100%\n::b.csv".to_owned(),
            line: 7,
            column: None,
            code: "phone.invalid".to_owned(),
            message: String::new(),
            value: String::new(),
        });
        let mut lines = annotations(&summary, &rejected);
        assert_eq!(lines.len(), 2, "a warning and a reason");
        let line = lines.remove(1);
        assert!(line.starts_with("::warning file=a%2Cline=1%3A%3Aerror%3A%3A100%25"), "{line}");
        assert_eq!(line.matches("::").count(), 2, "{line}");
        assert!(!line.contains('\n'));
    }
}
