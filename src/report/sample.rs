//! A run as an example, from which the tests of all forms of report are made. Hostile texts are in it on purpose.

use std::collections::BTreeMap;

use super::rejected_rows::{RejectedRow, RejectedRows, Values};
use super::{
    CheckInfo, Contacts, Ending, ErrorReport, Files, InputSummary, JobInfo, Mapping, RejectedFile, RunTime, Status,
    Summary, SummaryVersion, Tallies, Warning,
};
use crate::diagnostic::{Exit, WarningCode};
use crate::event::Requests;
use crate::outcome::{Counts, RowCounts, RowStatus};

/// A finished run in which some rows were not imported.
pub fn summary() -> Summary {
    let counts =
        |pairs: &[(&str, u64)]| pairs.iter().map(|&(name, n)| (name.to_owned(), n)).collect::<BTreeMap<_, _>>();
    Summary {
        version: SummaryVersion { version: "0.1.0".to_owned(), ..SummaryVersion::default() },
        ending: Ending { status: Status::Complete, exit_code: Exit::SomeRows, error: None },
        job: JobInfo {
            endpoint: "https://api.v7.express-chat.com/inbox/users/import".to_owned(),
            id: "5f0c1a2b3c4d5e6f".to_owned(),
            plan: Some("9a0c".to_owned()),
            ..JobInfo::default()
        },
        time: RunTime {
            started: "2026-11-22T21:45:12Z".to_owned(),
            finished: "2026-11-22T21:45:25Z".to_owned(),
            seconds: 12.64,
        },
        inputs: vec![input()],
        rows: RowCounts {
            read: 1204,
            counts: Counts::from([
                (RowStatus::Accepted, 1150),
                (RowStatus::Invalid, 22),
                (RowStatus::Duplicate, 28),
                (RowStatus::Skipped, 2),
                (RowStatus::Refused, 2),
            ]),
        },
        contacts: Contacts { prepared: 1152, accepted: 1150, absent: None },
        warnings: vec![warning()],
        tallies: Tallies {
            reasons: counts(&[("phone.no_country", 20), ("phone.precision_lost", 2), ("server.refused", 2)]),
            notes: counts(&[("email.dropped", 1), ("phone.trunk_prefix_removed", 7)]),
            countries: counts(&[("IN", 940), ("DE", 200), ("US", 11), ("001", 1)]),
            types: counts(&[("mobile", 1168), ("fixed_line", 11), ("fixed_line_or_mobile", 1)]),
            by_default_country: 40,
            hints: BTreeMap::new(),
        },
        requests: Requests {
            sent: 15,
            accepted: 12,
            retried: 2,
            refused: 1,
            throttled: 2,
            bytes: 311_870,
            max_in_flight: 4,
        },
        files: Files {
            results: Some("contacts.results/results.csv".to_owned()),
            rejected: vec![RejectedFile {
                path: "contacts.results/rejected.csv".to_owned(),
                blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262".to_owned(),
            }],
            journal: Some("contacts.results/journal.ndjson".to_owned()),
        },
        check: CheckInfo::default(),
    }
}

/// Its input.
fn input() -> InputSummary {
    InputSummary {
        name: "contacts.csv".to_owned(),
        format: "csv".to_owned(),
        encoding: "windows-1252".to_owned(),
        delimiter: Some(";".to_owned()),
        bytes: 118_311,
        blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262".to_owned(),
        mapping: Mapping {
            name: vec!["Full Name".to_owned()],
            phone: vec!["Mobile".to_owned(), "Work\u{1b}[31m".to_owned()],
            email: vec!["E-mail".to_owned()],
            attributes: BTreeMap::from([("city".to_owned(), "City".to_owned())]),
            ..Mapping::default()
        },
    }
}

/// What the run warned of.
fn warning() -> Warning {
    Warning {
        code: WarningCode::Consent,
        count: 9,
        message: "contacts.csv: column \"Opted\u{1b}[31m <b>out\" says who does not want to be written to; 9 rows are \
                      marked and will be sent all the same"
            .to_owned(),
        hint: Some("to leave them out: m1import contacts.csv --skip 'Opted out=yes'".to_owned()),
        places: vec!["contacts.csv:7".to_owned(), "contacts.csv:19".to_owned()],
    }
}

/// An error that ended a run.
pub fn error() -> ErrorReport {
    ErrorReport {
        code: "token.missing".to_owned(),
        message: "no API token".to_owned(),
        hint: Some("put M1IMPORT_TOKEN=… into .env, or pass --token-file PATH".to_owned()),
    }
}

/// Rows that were not imported.
pub fn rejected(values: Values) -> RejectedRows {
    let mut rejected = RejectedRows::new(values);
    let rows = [
        (5, Some("Mobile"), "phone.no_country", "no country code and no default country", "98765 43210"),
        (9, Some("Mobile"), "phone.no_country", "no country code and no default country", "0151/23456789"),
        (118, Some("Mobile"), "phone.precision_lost", "the spreadsheet has rounded this number", "9.19877E+11"),
        (204, None, "server.refused", "profile of \"jane@example.com\" | <b>*no*</b>\n::error::x +919876543210 &", ""),
        (311, Some("E-mail\u{202e}"), "email.invalid", "not an e-mail address", "=cmd|'/C calc'!A0\u{7}"),
    ];
    for (line, column, code, message, value) in rows {
        rejected.add(RejectedRow {
            file: "contacts.csv".to_owned(),
            line,
            column: column.map(str::to_owned),
            code: code.to_owned(),
            message: message.to_owned(),
            value: value.to_owned(),
        });
    }
    rejected
}
