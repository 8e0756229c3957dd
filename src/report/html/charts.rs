//! Charts as inline SVG. They hold shapes only and stretch with the page; what they say stands beside them as text.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::numbers::{duration, grouped, percent};
use crate::outcome::RowStatus;

use super::super::timeline::{Sample, Timeline};

/// The width of every chart in its own units.
const WIDTH: f64 = 1_000.0;
/// The height of charts over time in their own units.
const HEIGHT: f64 = 100.0;
/// Throughput is shown as the mean of at most so many equal parts of the run, none shorter than a second: of less, a burst
/// of answers would make a rate that the server does not have.
const PARTS: usize = 60;

/// The rows as one bar; every status that a row has is wide enough to be seen.
pub fn rows(counts: &[(RowStatus, u64)], read: u64) -> Markup {
    let least = WIDTH / 200.0;
    let share = |rows: u64| (rows as f64 / read.max(1) as f64 * WIDTH).max(least);
    let total: f64 = counts.iter().map(|(_, rows)| share(*rows)).sum();
    let mut x = 0.0;
    let mut parts = Vec::new();
    for &(status, rows) in counts {
        let width = share(rows) / total * WIDTH;
        parts.push((x, width, status, rows));
        x += width;
    }
    let label: Vec<String> =
        counts.iter().map(|(status, rows)| format!("{} {}", grouped(*rows), status.label())).collect();
    html! {
        svg class="rows" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=(label.join(", ")) {
            @for (x, width, status, rows) in parts {
                rect class=(status.as_str()) x=(round(x)) y="0" width=(round(width)) height="10" {
                    title { (status.label()) ": " (grouped(rows)) " (" (percent(rows, read)) ")" }
                }
            }
        }
    }
}

/// A share of the largest, beside its number.
pub fn bar(value: u64, most: u64) -> Markup {
    let width = value as f64 / most.max(1) as f64 * WIDTH;
    html! {
        svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect class="ink" width=(round(width.max(4.0))) height="10" {}
        }
    }
}

/// Contacts accepted a second, over time, with the waits.
pub fn throughput(timeline: &Timeline) -> Markup {
    let samples = timeline.samples();
    let length = samples.last().map_or(0.0, |sample| sample.seconds).max(0.001);
    let accepted = samples.last().map_or(0, |sample| sample.accepted);
    let parts = (length as usize).clamp(1, PARTS);
    let part = length / parts as f64;
    let rates: Vec<f64> = (0..parts)
        .map(|n| (accepted_at(samples, (n + 1) as f64 * part) - accepted_at(samples, n as f64 * part)) / part)
        .collect();
    let most = rates.iter().copied().fold(0.0, f64::max);
    let mut path = format!("M0 {HEIGHT}");
    for (n, rate) in rates.iter().enumerate() {
        let (from, until) = (n as f64 / parts as f64 * WIDTH, (n + 1) as f64 / parts as f64 * WIDTH);
        let y = round(HEIGHT - rate / most.max(1.0) * HEIGHT * 0.95);
        // Writing into a String does not fail.
        let _infallible = write!(path, "L{} {y}L{} {y}", round(from), round(until));
    }
    path.push_str("L1000 100Z");
    let mean = grouped((accepted as f64 / length).round() as u64);
    let said = format!("{mean} contacts accepted a second on average, at most {}", grouped(most.round() as u64));
    let waits = timeline.waits().len();
    let said = if waits == 0 { said } else { format!("{said}; the stripe at the bottom marks the waits") };
    over_time(&said, length, html! { path class="ink" d=(path) {} (stripe(timeline, length)) })
}

/// How many requests might be under way, over time.
pub fn window(timeline: &Timeline) -> Markup {
    let samples = timeline.samples();
    let length = samples.last().map_or(0.0, |sample| sample.seconds).max(0.001);
    let most = samples.iter().map(|sample| sample.window).max().unwrap_or(1).max(1);
    let mut path = String::new();
    let mut before = None;
    for sample in samples {
        let x = round(sample.seconds / length * WIDTH);
        let y = round(HEIGHT - sample.window as f64 / most as f64 * HEIGHT * 0.9);
        let _infallible = match before {
            None => write!(path, "M{x} {y}"),
            Some(before) => write!(path, "L{x} {before}L{x} {y}"),
        };
        before = Some(y);
    }
    let said = format!("requests allowed at once: at most {most}");
    over_time(&said, length, html! { path class="line" d=(path) {} (stripe(timeline, length)) })
}

fn over_time(said: &str, length: f64, shapes: Markup) -> Markup {
    html! {
        figure {
            figcaption { (said) }
            svg class="chart" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label=(said) { (shapes) }
            div class="ends" { span { "0 s" } span { (duration(length / 2.0)) } span { (duration(length)) } }
        }
    }
}

fn stripe(timeline: &Timeline, length: f64) -> Markup {
    html! {
        @for wait in timeline.waits() {
            rect class="wait" x=(round(wait.from / length * WIDTH)) width=(round(((wait.until - wait.from) / length * WIDTH).max(2.0))) y="92" height="8" {
                title { "waited " (duration(wait.until - wait.from)) ": " (wait.why.description()) }
            }
        }
    }
}

/// Contacts accepted up to a time, on the line between the samples around it.
fn accepted_at(samples: &[Sample], seconds: f64) -> f64 {
    let after = samples.partition_point(|sample| sample.seconds < seconds);
    let before = after.checked_sub(1).and_then(|before| samples.get(before));
    match (before, samples.get(after)) {
        (Some(a), Some(b)) if b.seconds > a.seconds => {
            let share = (seconds - a.seconds) / (b.seconds - a.seconds);
            a.accepted as f64 + share * (b.accepted - a.accepted) as f64
        }
        (_, Some(one)) | (Some(one), None) => one.accepted as f64,
        (None, None) => 0.0,
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throughput_lies_between_the_samples() {
        let samples = [(0.0, 0), (2.0, 200), (2.0, 250), (4.0, 250)];
        let samples = samples.map(|(seconds, accepted)| Sample { seconds, accepted, window: 1 });
        for (seconds, expected) in [(0.0, 0.0), (1.0, 100.0), (3.0, 250.0), (9.0, 250.0)] {
            assert_eq!(accepted_at(&samples, seconds), expected, "{seconds}");
        }
        assert_eq!(accepted_at(&[], 1.0), 0.0);
    }
}
