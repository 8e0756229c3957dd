//! The page as a whole.

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
        timeline.hear(&Event::Settled(Settlement { serial: n, attempts: 1, parts: vec![part] }), at(n * 1_000 + 900));
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
        &Details { rejected: &rejected, settings: &settings, timeline: Some(&timeline()), next, is_in_folder: true },
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
