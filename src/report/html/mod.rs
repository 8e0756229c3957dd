//! The report as one HTML file: no network, nothing loaded, no script needed to read it.
//!
//! It gets passed around, so what it shows of cells is masked unless asked for, and it may not load or send anything
//! wherever it is opened (a content security policy says so).

mod charts;
mod settings;
mod warnings;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::numbers::{count, duration, grouped, percent, size};
use crate::outcome::RowStatus;
use crate::terminal::safe;

use super::rejected_rows::{RejectedRow, RejectedRows};
use super::timeline::Timeline;
use super::words::{by_count, country, describe, describe_note, host, moment, verdict};
use super::{Details, Next, RejectedFile, Status, Summary, number_types};

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
                    (statuses(summary))
                    (reasons(summary, details.rejected))
                    (rejected(summary, details))
                    (notes(summary))
                    (warnings::warnings(summary))
                    (countries(summary))
                    (numbers(summary))
                    @if let Some(timeline) = details.timeline { (course(summary, timeline)) }
                    @for input in &summary.inputs { (settings::understanding(input)) }
                    (settings::settings(details.settings))
                }
                footer { p class="soft" { "m1import " (summary.version.version) ", job " code { (safe(&summary.job.id)) } } }
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
                @if summary.ending.status != Status::Checked { " to " (safe(host(&summary.job.endpoint))) }
                ", " time datetime=(summary.time.started) { (moment(&summary.time.started)) } ", " (duration(summary.time.seconds))
            }
            @if let Some(error) = &summary.ending.error {
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

fn statuses(summary: &Summary) -> Markup {
    let rows = &summary.rows;
    let present: Vec<_> = rows.counts.present().collect();
    html! {
        section {
            h2 { "What happened to " (count(rows.read, "row")) }
            @if rows.read > 0 {
                (charts::rows(&present, rows.read))
                table {
                    thead { tr { th { "Rows" } th class="n" { "Count" } th class="n part" { "Share" } th { "Meaning" } } }
                    tbody {
                        @for (status, number) in &present {
                            tr {
                                td class="name" { span class={ "mark " (status.as_str()) } {} (status.label()) }
                                td class="n" { (grouped(*number)) }
                                td class="n part" { (percent(*number, rows.read)) }
                                td { (status.meaning()) }
                            }
                        }
                    }
                    tfoot { tr { td class="name" { "rows read" } td class="n" { (grouped(rows.read)) } td class="part" {} td {} } }
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
        @if !summary.tallies.reasons.is_empty() {
            section {
                h2 { @if summary.ending.status == Status::Checked { "Why rows cannot be sent" } @else { "Why rows were not imported" } }
                table class="wide" {
                    thead { tr { th class="n" { "Rows" } th { "Why" } th { "What to do" } th { "Where" } } }
                    tbody {
                        @for (code, rows) in by_count(&summary.tallies.reasons) {
                            tr {
                                td class="n" data-of="Rows" { (grouped(rows)) }
                                td { (safe(describe(code))) br; code { (safe(code)) } }
                                td data-of="What to do" { (advice(summary.tallies.remedy(code))) }
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
        @if !summary.tallies.notes.is_empty() {
            section {
                h2 { "Noticed in rows that can be sent" }
                table {
                    thead { tr { th class="n" { "Rows" } th { "What" } } }
                    tbody {
                        @for (note, rows) in by_count(&summary.tallies.notes) {
                            tr { td class="n" { (grouped(rows)) } td { (safe(describe_note(note))) br; code { (safe(note)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn numbers(summary: &Summary) -> Markup {
    let numbers = number_types::in_words(&summary.tallies);
    html! {
        @if !numbers.is_empty() {
            section {
                h2 { "Numbers by type" }
                table {
                    thead { tr { th class="n" { "Rows" } th { "What" } } }
                    tbody {
                        @for (what, rows) in &numbers {
                            tr { td class="n" { (grouped(*rows)) } td { (safe(what)) } }
                        }
                    }
                }
            }
        }
    }
}

fn countries(summary: &Summary) -> Markup {
    let sorted = by_count(&summary.tallies.countries);
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
mod tests;
