//! The report as one HTML file: no network, nothing loaded, no script needed to read it.
//!
//! It gets passed around, so what it shows of cells is masked unless asked for, and it may not load or send anything
//! wherever it is opened (a content security policy says so).

mod charts;
mod settings;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::numbers::{count, duration, grouped, percent, size};
use crate::outcome::RowStatus;
use crate::terminal::safe;

use super::rejected_rows::{RejectedRow, RejectedRows};
use super::timeline::Timeline;
use super::words::{by_count, country, describe, describe_note, host, moment, remedy, verdict};
use super::{Details, Next, RejectedFile, Status, Summary};

const STYLE: &str = include_str!("style.css");
const SEARCH: &str = include_str!("search.js");
/// Nothing may be loaded, sent or framed; only what stands in the file itself is used.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// So many rejected rows go to paper; the same number stands in the style.
const PRINTED: u64 = 200;
/// At most so many countries are shown one by one.
const COUNTRIES: usize = 25;

/// The page.
pub fn page(summary: &Summary, details: &Details<'_>) -> String {
    let title = safe(&verdict(summary)).into_owned();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="robots" content="noindex";
                title { "m1import: " (title) }
                // Else a browser asks the server for one where the page is served.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (head(summary, &title, details.next.as_ref()))
                    (books(summary))
                    (reasons(summary, details.rejected))
                    (rejected(summary, details))
                    (notes(summary))
                    (countries(summary))
                    @if let Some(timeline) = details.timeline { (course(summary, timeline)) }
                    @for input in &summary.inputs { (settings::understanding(input)) }
                    (settings::settings(details.settings))
                }
                footer { p class="soft" { "m1import " (summary.version) ", job " code { (safe(&summary.job)) } } }
                script { (PreEscaped(SEARCH)) }
            }
        }
    };
    page.into_string()
}

fn head(summary: &Summary, title: &str, next: Option<&Next>) -> Markup {
    let names: Vec<_> = summary.inputs.iter().map(|input| safe(&input.name)).collect();
    html! {
        header {
            h1 { (title) }
            p class="soft" {
                (names.join(", "))
                @if summary.status != Status::Checked { " to " (safe(host(&summary.endpoint))) }
                ", " time datetime=(summary.started) { (moment(&summary.started)) } ", " (duration(summary.seconds))
            }
            @if let Some(error) = &summary.error {
                div class="error" {
                    p { (safe(&error.message)) " " code { "[" (safe(&error.code)) "]" } }
                    @for hint in error.hint.iter().flat_map(|hint| hint.lines()) { p class="soft" { "Hint: " (advice(hint)) } }
                }
            }
            @if let Some(next) = next {
                p class="next" { (next.says) ":" }
                pre { code { (advice(&next.command)) } }
            }
        }
    }
}

fn books(summary: &Summary) -> Markup {
    let rows = &summary.rows;
    let present: Vec<_> = rows.counts.present().collect();
    html! {
        section {
            h2 { "What happened to " (count(rows.read, "row")) }
            @if rows.read > 0 {
                (charts::rows(&present, rows.read))
                table {
                    thead { tr { th { "Rows" } th class="n" { "Count" } th class="n" { "Share" } th { "Meaning" } } }
                    tbody {
                        @for (status, number) in &present {
                            tr {
                                td class="name" { span class={ "mark " (status.as_str()) } {} (status.label()) }
                                td class="n" { (grouped(*number)) }
                                td class="n" { (percent(*number, rows.read)) }
                                td { (status.meaning()) }
                            }
                        }
                    }
                    tfoot { tr { td class="name" { "rows read" } td class="n" { (grouped(rows.read)) } td {} td {} } }
                }
            }
            @if summary.requests.sent > 0 {
                @let requests = &summary.requests;
                p class="soft" {
                    @if rows.counts[RowStatus::AcceptedBefore] > 0 { "The rows are those of the job over all its runs. " }
                    "In this run " (count(requests.sent, "request")) " with " (size(requests.bytes)) ": "
                    (grouped(requests.accepted)) " accepted, " (grouped(requests.refused)) " rejected, "
                    (grouped(requests.throttled)) " told to wait; " (grouped(requests.retried)) " were repeats; at most "
                    (grouped(requests.max_in_flight)) " at once."
                }
            }
        }
    }
}

fn reasons(summary: &Summary, rejected: &RejectedRows) -> Markup {
    html! {
        @if !summary.reasons.is_empty() {
            section {
                h2 { @if summary.status == Status::Checked { "Why rows cannot be sent" } @else { "Why rows were not imported" } }
                table class="wide" {
                    thead { tr { th class="n" { "Rows" } th { "Why" } th { "What to do" } th { "Where" } } }
                    tbody {
                        @for (code, rows) in by_count(&summary.reasons) {
                            tr {
                                td class="n" data-of="Rows" { (grouped(rows)) }
                                td { (safe(describe(code))) br; code { (safe(code)) } }
                                td data-of="What to do" { (advice(remedy(code))) }
                                td class="where" data-of="Where" { (places(rejected.places(code), rows, summary.inputs.len() > 1)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Words with options in one piece: a line that ends in `-` and goes on with `-strict` is misread.
fn advice(text: &str) -> Markup {
    let text = safe(text);
    html! {
        @for (number, word) in text.split(' ').enumerate() {
            @if number > 0 { " " }
            @if word.starts_with("--") { span class="option" { (word) } } @else { (word) }
        }
    }
}

/// The first lines with a reason; of several files each is named where it changes.
fn places(places: &[(String, u64)], rows: u64, several: bool) -> Markup {
    let more = rows.saturating_sub(places.len() as u64);
    let mut before = "";
    let mut lines = Vec::new();
    for (file, line) in places {
        // Lines are looked up in an editor, so they have no commas.
        lines.push(match (file == before, several) {
            (true, _) => line.to_string(),
            (false, true) => format!("{} line {line}", safe(file)),
            (false, false) => format!("line {line}"),
        });
        before = file;
    }
    html! {
        (lines.join(", "))
        @if more > 0 && !places.is_empty() { " and " (grouped(more)) " more" }
    }
}

fn rejected(summary: &Summary, details: &Details<'_>) -> Markup {
    let rejected = details.rejected;
    let shown = rejected.rows().len() as u64;
    html! {
        @if shown > 0 {
            section {
                h2 { "Rejected rows" }
                p class="soft" {
                    @if rejected.total() > shown { "The first " (grouped(shown)) " of " (count(rejected.total(), "row")) ". " }
                    @if !summary.files.rejected.is_empty() {
                        "All of them, to correct and import again: "
                        @for (number, RejectedFile { path, .. }) in summary.files.rejected.iter().enumerate() {
                            @let name = path.rsplit('/').next().unwrap_or(path);
                            @if number > 0 { ", " }
                            // A report elsewhere has no such file beside it.
                            @if details.is_in_folder { a href=(name) { (safe(name)) } } @else { code { (safe(path)) } }
                        }
                        "."
                    }
                    // The style leaves the others out of print.
                    @if shown > PRINTED { span class="printed" { " The first " (PRINTED) " are printed." } }
                }
                table id="rejected" class="wide" {
                    thead { tr { th { "Where" } th { "Column" } th { "Why" } th { "Value" } } }
                    tbody { @for case in rejected.rows() { (row(case)) } }
                }
            }
        }
    }
}

fn row(case: &RejectedRow) -> Markup {
    html! {
        tr {
            td { (safe(&case.file)) ":" (case.line) }
            td { @if let Some(column) = &case.column { (safe(column)) } }
            td { (safe(&case.message)) br; code { (safe(&case.code)) } }
            td { (safe(&case.value)) }
        }
    }
}

fn notes(summary: &Summary) -> Markup {
    html! {
        @if !summary.notes.is_empty() {
            section {
                h2 { "Noticed in rows that can be sent" }
                table {
                    thead { tr { th class="n" { "Rows" } th { "What" } } }
                    tbody {
                        @for (note, rows) in by_count(&summary.notes) {
                            tr { td class="n" { (grouped(rows)) } td { (safe(describe_note(note))) br; code { (safe(note)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn countries(summary: &Summary) -> Markup {
    let sorted = by_count(&summary.countries);
    let rest = sorted.get(COUNTRIES..).unwrap_or(&[]);
    html! {
        @if !sorted.is_empty() {
            section {
                h2 { "Countries of " (count(summary.contacts.prepared, "contact")) }
                table {
                    thead { tr { th { "Country" } th class="n" { "Contacts" } th class="n" { "Share" } th class="share" {} } }
                    tbody {
                        @for (code, contacts) in sorted.iter().take(COUNTRIES) {
                            tr {
                                td { (land(code)) }
                                td class="n" { (grouped(*contacts)) }
                                td class="n" { (percent(*contacts, summary.contacts.prepared)) }
                                td class="share" { (charts::bar(*contacts, summary.contacts.prepared)) }
                            }
                        }
                        @if !rest.is_empty() {
                            @let contacts = rest.iter().map(|(_, contacts)| contacts).sum();
                            tr {
                                td { (rest.len()) " more" }
                                td class="n" { (grouped(contacts)) }
                                td class="n" { (percent(contacts, summary.contacts.prepared)) }
                                td class="share" {}
                            }
                        }
                    }
                }
            }
        }
    }
}

fn land(code: &str) -> Markup {
    let [name, calling] = country(code);
    html! { (name) @if !calling.is_empty() { " " span class="soft" { (code) " " (calling) } } }
}

fn course(summary: &Summary, timeline: &Timeline) -> Markup {
    html! {
        @if timeline.samples().len() > 2 {
            details {
                summary { h2 { "The sending over time" } }
                (charts::throughput(timeline))
                (charts::window(timeline))
                @if !timeline.waits().is_empty() {
                    table {
                        caption { "Waits" }
                        thead { tr { th class="n" { "From" } th class="n" { "Until" } th class="n" { "Times" } th { "Why" } } }
                        tbody {
                            @for wait in timeline.waits() {
                                tr {
                                    td class="n" { (duration(wait.from)) }
                                    td class="n" { (duration(wait.until)) }
                                    td class="n" { (grouped(wait.times)) }
                                    td { (wait.why.description()) " " code { (wait.why.as_str()) } }
                                }
                            }
                        }
                    }
                } @else if summary.requests.sent > 0 {
                    p class="soft" { "There were no waits." }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use snapbox::{assert_data_eq, file};
    use tokio::time::Instant;

    use super::super::rejected_rows::Values;
    use super::super::{Setting, sample, words};
    use super::*;
    use crate::event::{Event, Pause};
    use crate::outcome::{Cause, Failure, Outcome, Settled, Settlement};

    fn timeline() -> Timeline {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut timeline = Timeline::new(start);
        for n in 0..12 {
            let records = vec![n * 100 + 1..=n * 100 + 95];
            let part = Settled { records, outcome: Outcome::Accepted, request: String::new(), status: Some(200) };
            timeline.hear(&Event::Window { open: (n as usize / 2).min(4) + 1, why: None }, at(n * 1_000 + 300));
            timeline
                .hear(&Event::Settled(Settlement { serial: n, attempts: 1, parts: vec![part] }), at(n * 1_000 + 900));
            if n == 6 {
                let why = Arc::new(Failure::new(Cause::Busy, ""));
                timeline.hear(&Event::Waiting { until: at(9_000), pause: Pause::Named, why }, at(7_000));
            }
        }
        timeline.end(at(12_640));
        timeline
    }

    fn example() -> String {
        let settings = [
            ("default-country", "IN", "m1import.toml"),
            ("token", "(set)", "environment M1IMPORT_TOKEN"),
            ("tag", "new\u{202e}year", "command line"),
            ("sheet", "", "default"),
            ("batch-size", "100", "default"),
        ];
        let settings = settings.map(|(name, value, source)| Setting {
            name: name.to_owned(),
            value: value.to_owned(),
            source: source.to_owned(),
            is_chosen: source != "default",
        });
        let rejected = sample::rejected(Values::Masked);
        let again = |rejected: &[String]| format!("m1import {}", rejected[0]);
        let next = words::next(&sample::summary(), "m1import contacts.csv".to_owned(), again);
        page(
            &sample::summary(),
            &Details {
                rejected: &rejected,
                settings: &settings,
                timeline: Some(&timeline()),
                next,
                is_in_folder: true,
            },
        )
    }

    #[test]
    fn the_page() {
        assert_data_eq!(example().replace("><", ">\n<"), file!["../../../tests/golden/report.html"].raw());
    }

    #[test]
    fn nothing_is_loaded_and_nothing_hostile_is_markup() {
        let page = example();
        for hostile in
            ["http://", "https://", "<b>", "src=", "url(", "@import", "\u{202e}", "\u{1b}", "9876543210", "jane@"]
        {
            assert!(!page.contains(hostile), "{hostile:?}");
        }
    }

    #[test]
    fn the_style_prints_as_many_rows_as_the_page_says() {
        assert!(STYLE.contains(&format!("#rejected tbody tr:nth-child(n+{}){{display:none}}", PRINTED + 1)));
    }

    #[test]
    fn many_rejects_keep_it_small() {
        let mut rejected = RejectedRows::new(Values::Shown);
        for line in 1..=100_000 {
            rejected.add(RejectedRow {
                line,
                message: "<&\"'".repeat(100),
                ..sample::rejected(Values::Shown).rows()[0].clone()
            });
        }
        let page = page(
            &sample::summary(),
            &Details { rejected: &rejected, settings: &[], timeline: None, next: None, is_in_folder: false },
        );
        assert!(page.len() < 2_000_000, "{}", page.len());
        assert!(page.contains("of 100,000 rows"), "the cap is said");
    }
}
