//! The summary for people, as a whole.

use snapbox::{assert_data_eq, file, str};

use super::super::{sample, words};
use super::*;
use crate::outcome::{Counts, RowCounts};

fn closing(run: &Summary) -> SummaryFooter {
    let next = words::next(run, "m1import contacts.csv".to_owned(), |rejected| format!("m1import {}", rejected[0]));
    SummaryFooter { folder: Some("contacts.results".to_owned()), next, ..SummaryFooter::default() }
}

#[test]
#[cfg_attr(not(feature = "html"), ignore = "report.html is among the results")]
fn the_summary_of_a_finished_run() {
    let text = summary(&sample::summary(), &closing(&sample::summary()));
    assert!(text.lines().all(|line| super::super::table::width(line) <= WIDTH), "{text}");
    assert_data_eq!(text, file!["../../../tests/golden/summary.txt"].raw());
}

#[test]
fn the_summary_fits_a_narrower_screen() {
    let run = sample::summary();
    let text = summary(&run, &SummaryFooter { width: Some(50), ..closing(&run) });
    let is_copied = |line: &str| line.contains("m1import ");
    assert!(text.lines().all(|line| super::super::table::width(line) <= 50 || is_copied(line)), "{text}");
}

#[test]
#[cfg_attr(not(feature = "html"), ignore = "report.html is among the results")]
fn the_summary_of_an_unfinished_run() {
    let mut run = sample::summary();
    run.ending.status = Status::Stopped;
    run.ending.exit_code = Exit::Later;
    let counts = [
        (RowStatus::Accepted, 300),
        (RowStatus::AcceptedBefore, 100),
        (RowStatus::NotSent, 752),
        (RowStatus::Unconfirmed, 50),
        (RowStatus::Duplicate, 2),
    ];
    run.rows = RowCounts { read: 1204, counts: Counts::from(counts) };
    run.contacts.accepted = 400;
    run.tallies.reasons.clear();
    run.tallies.notes.clear();
    run.files.rejected.clear();
    run.ending.error = Some(ErrorReport {
        code: "server.unreachable".to_owned(),
        message: "the server cannot be reached: connection refused\u{1b}[2J".to_owned(),
        hint: Some("check the network and --endpoint; the same command resumes".to_owned()),
    });
    assert_data_eq!(summary(&run, &closing(&run)), file!["../../../tests/golden/summary-stopped.txt"].raw());
}

#[test]
fn a_job_that_was_not_touched() {
    let mut run = sample::summary();
    run.ending.status = Status::Failed;
    run.ending.exit_code = Exit::Token;
    run.rows = RowCounts::default();
    run.tallies.reasons.clear();
    run.tallies.notes.clear();
    run.ending.error = Some(sample::error());
    assert_data_eq!(
        summary(&run, &SummaryFooter::default()),
        str![[r#"
Nothing was sent.

"#]]
    );
}

#[test]
fn colour_adds_nothing_but_itself() {
    let run = sample::summary();
    let plain = summary(&run, &closing(&run));
    let colored = summary(&run, &SummaryFooter { color: true, ..closing(&run) });
    assert!(colored.contains("\u{1b}[1;33m"));
    let mut bare = colored.clone();
    for code in ["\u{1b}[1;33m", "\u{1b}[1m", "\u{1b}[0m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare, plain);
}

#[test]
fn one_line_for_quiet_runs() {
    assert_data_eq!(
        quiet_line(&sample::summary()),
        str![[r#"
1,204 rows: 1,150 accepted, 28 duplicate, 2 skipped, 22 not valid, 2 rejected by the server; contacts.results/results.csv

"#]]
    );
}

#[test]
fn messages_say_where_what_and_what_to_do() {
    let rejected = sample::rejected(Values::Masked);
    let text: String = rejected.rows().iter().map(case).collect();
    assert_data_eq!(text, file!["../../../tests/golden/messages.txt"].raw());
    assert_data_eq!(
        error(&ErrorReport {
            code: "mapping.no_phone".to_owned(),
            message: "no phone column\ncolumns: Name, E-mail\u{202e}".to_owned(),
            hint: Some("name it with --map phone=COLUMN\nm1import contacts.csv --map phone=Handy".to_owned()),
        }),
        str![[r#"
error: no phone column [mapping.no_phone]
  columns: Name, E-mail/u{202e}
  hint: name it with --map phone=COLUMN
  hint: m1import contacts.csv --map phone=Handy

"#]]
    );
}

#[test]
fn the_first_row_of_each_reason_is_told_at_once() {
    let rejected = sample::rejected(Values::Shown);
    let mut examples: BTreeMap<String, Vec<RejectedRow>> = BTreeMap::new();
    for case in rejected.rows() {
        examples.entry(case.code.clone()).or_default().push(case.clone());
    }
    assert_data_eq!(
        first_rejected(&sample::summary().tallies.reasons, &examples, Values::Masked),
        str![[r#"
contacts.csv:5, column "Mobile": no country code and no default country [phone.no_country]
  hint: write the number with + and its country code, or use --default-country
  and 19 more rows
contacts.csv:118, column "Mobile": the spreadsheet has rounded this number [phone.precision_lost]
  hint: format the column as text and export the file again
  and 1 more row
contacts.csv:204: profile of "j•••@example.com" | <b>*no*</b>/u{a}::error::x +91•••3210 & [server.refused]
  hint: correct the row and import rejected.csv
  and 1 more row

"#]]
    );
}
