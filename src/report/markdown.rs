//! The report as Markdown, for issues, chats and the step summary of GitHub Actions.

use crate::numbers::{count, duration, grouped, percent};
use crate::terminal::safe;

use super::rejected_rows::{RejectedRow, RejectedRows};
use super::words::{by_count, country, describe, host, moment, verdict};
use super::{Status, Summary};

/// At most so many rows are listed one by one.
const ROWS: usize = 50;
/// At most so many countries are listed.
const COUNTRIES: usize = 20;

/// The page.
pub fn write(summary: &Summary, rejected: &RejectedRows) -> String {
    let mut page = format!("## {}\n\n", plain(&verdict(summary)));
    let names: Vec<String> = summary.inputs.iter().map(|input| plain(&input.name)).collect();
    if !names.is_empty() {
        page.push_str(&names.join(", "));
        if summary.ending.status != Status::Checked {
            page.push_str(&format!(" to {}", plain(host(&summary.job.endpoint))));
        }
        page.push_str(&format!(", {}, {}\n\n", moment(&summary.time.started), duration(summary.time.seconds)));
    }
    if let Some(error) = &summary.ending.error {
        page.push_str(&format!("**{}**", plain(&error.code)));
        for hint in error.hint.iter().flat_map(|hint| hint.lines()) {
            page.push_str(&format!(": {}", plain(hint)));
        }
        page.push_str("\n\n");
    }
    let present = summary.rows.counts.present();
    let counts =
        present.map(|(status, rows)| vec![status.label().to_owned(), grouped(rows), status.meaning().to_owned()]);
    let total = vec!["**rows read**".to_owned(), format!("**{}**", grouped(summary.rows.read)), String::new()];
    table(&["rows", "count", "meaning"], counts.chain([total]), &mut page);
    warnings(summary, &mut page);
    if !summary.tallies.reasons.is_empty() {
        page.push_str("### Why rows were not imported\n\n");
        let reasons = by_count(&summary.tallies.reasons).into_iter();
        let reasons = reasons.map(|(code, rows)| {
            vec![plain(code), grouped(rows), plain(describe(code)), plain(summary.tallies.remedy(code))]
        });
        table(&["code", "rows", "why", "what to do"], reasons, &mut page);
    }
    if !rejected.rows().is_empty() {
        let shown = rejected.rows().len().min(ROWS) as u64;
        let title = match rejected.total() {
            total if total > shown => {
                format!("### The first {} of {}\n\n", grouped(shown), count(total, "rejected row"))
            }
            total => format!("### {}\n\n", count(total, "rejected row")),
        };
        page.push_str(&title);
        table(&["line", "column", "code", "message"], rejected.rows().iter().take(ROWS).map(row), &mut page);
    }
    if !summary.tallies.countries.is_empty() {
        page.push_str("### Countries\n\n");
        let sorted = by_count(&summary.tallies.countries).into_iter().take(COUNTRIES);
        let rows = sorted.map(|(code, n)| {
            let [name, _] = country(code);
            let name = if code == "001" { name } else { format!("{name} ({code})") };
            vec![plain(&name), grouped(n), percent(n, summary.contacts.prepared)]
        });
        table(&["country", "contacts", "share"], rows, &mut page);
    }
    page
}

fn warnings(summary: &Summary, page: &mut String) {
    if summary.warnings.is_empty() {
        return;
    }
    page.push_str("### Warnings\n\n");
    let found = summary.warnings.iter().map(|warning| {
        let hint = warning.hint.as_deref().unwrap_or_default();
        vec![plain(&warning.code.to_string()), plain(&warning.message), plain(hint)]
    });
    table(&["code", "what was noticed", "what to do"], found, page);
}

fn row(case: &RejectedRow) -> Vec<String> {
    let place = format!("{}:{}", case.file, case.line);
    vec![plain(&place), plain(case.column.as_deref().unwrap_or("")), plain(&case.code), plain(&case.message)]
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, page: &mut String) {
    page.push_str(&format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len())));
    for row in rows {
        page.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    page.push('\n');
}

/// Text in which no character has a meaning of its own, on one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Keeps a mention or a link from being made of it.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            // Keeps a bare address from becoming a link.
            ':' if ends_with_any(&out, &["http", "https", "ftp"]) => out.push_str("&#58;"),
            '.' if ends_with_any(&out, &["www"]) => out.push_str("&#46;"),
            c => out.push(c),
        }
    }
    out
}

fn ends_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let start = text.len().checked_sub(word.len());
        start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, file};

    use super::super::rejected_rows::Values;
    use super::super::sample;
    use super::*;

    #[test]
    fn the_page() {
        let page = write(&sample::summary(), &sample::rejected(Values::Masked));
        assert!(page.lines().filter(|line| line.starts_with('|')).all(|line| line.ends_with('|')));
        assert_data_eq!(page, file!["../../tests/golden/report.md"].raw());
    }

    #[test]
    fn no_link_is_made_of_foreign_words() {
        let shown = plain("see HTTPS://evil.example/x, www.evil.example and ftp://a; 12:30 at host.example");
        let links = ["https://", "www.", "ftp://"];
        assert!(links.iter().all(|link| !shown.to_lowercase().contains(link)), "{shown}");
        assert!(shown.ends_with("12:30 at host.example"), "{shown}");
    }

    #[test]
    fn many_rows_are_cut() {
        let mut rejected = RejectedRows::new(Values::Masked);
        for line in 1..=60 {
            let case = sample::rejected(Values::Shown).rows()[0].clone();
            rejected.add(RejectedRow { line, ..case });
        }
        let page = write(&Summary { warnings: Vec::new(), ..sample::summary() }, &rejected);
        assert!(page.contains("### The first 50 of 60 rejected rows"), "{page}");
        assert_eq!(page.matches("contacts.csv:").count(), 50);
    }
}
