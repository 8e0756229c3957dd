//! The summary of a whole job, made of those of its shards.

use std::collections::{BTreeMap, BTreeSet};

use super::shard::{Results, ShardSummary};
use crate::diagnostic::{Exit, RunCode, WarningCode};
use crate::event::Requests;
use crate::outcome::RowCounts;
use crate::report::{
    CheckInfo, Contacts, Ending, ErrorReport, Files, JobInfo, RunTime, Status, Summary, SummaryVersion, Tallies,
    Warning,
};

/// The summary of the whole job.
pub(super) fn summarize(first: &Results, shards: &[&Results], rows: RowCounts, missing: &[String]) -> Summary {
    let all: Vec<&ShardSummary> = shards.iter().map(|results| &results.summary).collect();
    let error = (!missing.is_empty()).then(|| ErrorReport {
        code: RunCode::RunShardMissing.as_str().to_owned(),
        message: format!("not all shards are there: {}", missing.join(", ")),
        hint: Some(RunCode::RunShardMissing.remedy().to_owned()),
    });
    let exit_code = match (&error, rows.counts.rejected()) {
        (Some(_), _) => Exit::Later,
        (None, 0) => Exit::Complete,
        (None, _) => Exit::SomeRows,
    };
    let started = all.iter().map(|summary| summary.time.started.as_str()).min().unwrap_or_default();
    let finished = all.iter().map(|summary| summary.time.finished.as_str()).max().unwrap_or_default();
    let absent = all.iter().map(|summary| summary.contacts.absent).sum::<Option<u64>>();
    Summary {
        version: SummaryVersion::default(),
        ending: Ending { status: if error.is_some() { Status::Stopped } else { Status::Complete }, exit_code, error },
        job: JobInfo {
            endpoint: first.summary.endpoint.clone(),
            id: job(&all),
            plan: first.summary.plan.clone(),
            limit: first.summary.limit,
            ..JobInfo::default()
        },
        time: RunTime {
            started: started.to_owned(),
            finished: finished.to_owned(),
            seconds: seconds_between(started, finished),
        },
        inputs: first.summary.inputs.clone(),
        contacts: Contacts {
            prepared: all.iter().map(|summary| summary.contacts.prepared).sum(),
            accepted: all.iter().map(|summary| summary.contacts.accepted).sum(),
            absent: absent.filter(|_| !all.is_empty()),
        },
        rows,
        warnings: warnings(&all),
        tallies: Tallies {
            reasons: sums(all.iter().map(|summary| &summary.tallies.reasons)),
            notes: sums(all.iter().map(|summary| &summary.tallies.notes)),
            countries: sums(all.iter().map(|summary| &summary.tallies.countries)),
            types: sums(all.iter().map(|summary| &summary.tallies.types)),
            by_default_country: all.iter().map(|summary| summary.tallies.by_default_country).sum(),
            ..Tallies::default()
        },
        requests: requests(&all),
        files: Files::default(),
        check: CheckInfo::default(),
    }
}

/// A name for the whole job, made of those of its shards.
fn job(shards: &[&ShardSummary]) -> String {
    let names: BTreeSet<&str> = shards.iter().map(|summary| summary.job.as_str()).collect();
    let mut hasher = blake3::Hasher::new();
    for name in names {
        hasher.update(name.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().chars().take(16).collect()
}

/// In whole milliseconds, as a run gives its own.
fn seconds_between(started: &str, finished: &str) -> f64 {
    match (started.parse::<jiff::Timestamp>(), finished.parse::<jiff::Timestamp>()) {
        (Ok(started), Ok(finished)) => (finished.duration_since(started).as_millis().max(0) as f64) / 1000.0,
        _ => 0.0,
    }
}

fn sums<'a>(all: impl Iterator<Item = &'a BTreeMap<String, u64>>) -> BTreeMap<String, u64> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (key, count) in all.flatten() {
        let sum = sums.entry(key.clone()).or_default();
        *sum = sum.saturating_add(*count);
    }
    sums
}

fn requests(all: &[&ShardSummary]) -> Requests {
    let mut sum = Requests::default();
    for Requests { sent, accepted, retried, refused, throttled, bytes, max_in_flight } in
        all.iter().map(|s| &s.requests)
    {
        sum.sent = sum.sent.saturating_add(*sent);
        sum.accepted = sum.accepted.saturating_add(*accepted);
        sum.retried = sum.retried.saturating_add(*retried);
        sum.refused = sum.refused.saturating_add(*refused);
        sum.throttled = sum.throttled.saturating_add(*throttled);
        sum.bytes = sum.bytes.saturating_add(*bytes);
        sum.max_in_flight = sum.max_in_flight.max(*max_in_flight);
    }
    sum
}

/// The warnings of all shards, one of each code. What is about rows is counted together; what is about the input as a
/// whole was counted by every shard alike.
fn warnings(all: &[&ShardSummary]) -> Vec<Warning> {
    let mut united: Vec<Warning> = Vec::new();
    for found in all.iter().flat_map(|summary| &summary.warnings) {
        let Some(code) = WarningCode::ALL.iter().find(|code| code.as_str() == found.code) else { continue };
        match united.iter_mut().find(|warning| warning.code == *code) {
            Some(warning) => {
                let is_alike = warning.places == found.places && warning.message == found.message;
                warning.count = if is_alike { warning.count.max(found.count) } else { warning.count + found.count };
                let new: Vec<String> =
                    found.places.iter().filter(|place| !warning.places.contains(place)).cloned().collect();
                warning.places.extend(new);
            }
            None => united.push(Warning {
                code: *code,
                count: found.count,
                message: found.message.clone(),
                hint: found.hint.clone(),
                places: found.places.clone(),
            }),
        }
    }
    united
}
