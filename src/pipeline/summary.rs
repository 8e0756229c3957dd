//! From what happened to what is told: the one place where the summary is made.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;

use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Exit};
use crate::error::Error;
use crate::event::Requests;
use crate::folder::PreviousJob;
use crate::outcome::{Counts, RowCounts, RowStatus, StatusMap};
use crate::reading::Job;
use crate::report::check::Mapped;
use crate::report::{
    self, CheckInfo, Contacts, Ending, ErrorReport, Files, JobInfo, RunTime, Status, Summary, SummaryVersion, Tallies,
};
use crate::row::Field;
use crate::survey::Survey;
use crate::understanding::Understanding;

/// What is known of a run from its first moment on.
pub struct RunInfo {
    started: Timestamp,
    clock: Instant,
    /// Where contacts are sent; `sandbox` for the in-process one.
    pub endpoint: String,
    /// The job's name, once it has one.
    pub job: String,
    /// The hash of all settings that decide what is sent; `None` while they are not settled.
    pub plan: Option<String>,
    /// What was noticed about the settings and, once there is a survey, in the inputs.
    pub warnings: Vec<report::Warning>,
    /// Remedies by code that are better than that of the code, once there is a survey.
    pub hints: BTreeMap<String, String>,
    /// The job that was in the results folder before.
    pub previous: Option<PreviousJob>,
    /// How many requests earlier runs of the job have made.
    pub requests_before: u64,
}

/// What a run did, as far as it got.
pub struct RunResult<'a> {
    /// The inputs, where they were understood.
    pub job: Option<&'a Job>,
    /// What they hold. Without it the job was not touched.
    pub survey: Option<&'a Survey>,
    /// What became of each record.
    pub statuses: &'a StatusMap,
    /// Contacts that the server accepted earlier and the input no longer has; `None` where that is not known.
    pub absent: Option<u64>,
    /// What went over the wire.
    pub requests: Requests,
    /// The files written.
    pub files: Files,
    /// What ended the run early.
    pub error: Option<&'a Error>,
    /// Whether nothing was meant to be sent: `check` and dry runs.
    pub dry: bool,
    /// What only they show.
    pub check: CheckInfo,
}

impl RunInfo {
    /// The run begins.
    pub fn new(endpoint: String) -> RunInfo {
        RunInfo {
            started: Timestamp::now(),
            clock: Instant::now(),
            endpoint,
            job: String::new(),
            plan: None,
            warnings: Vec::new(),
            hints: BTreeMap::new(),
            previous: None,
            requests_before: 0,
        }
    }

    /// The same with the plan of the settled settings, and what was noticed about them.
    #[must_use]
    pub fn with_settings(self, config: &Config) -> RunInfo {
        let warning = |noticed: &config::Warning| report::Warning {
            code: noticed.code,
            count: 1,
            message: noticed.message.clone(),
            hint: Some(noticed.hint.clone()),
            places: Vec::new(),
        };
        let warnings = config.warnings.iter().map(warning).collect();
        RunInfo { plan: Some(config.plan.clone()), warnings, ..self }
    }

    /// The summary of the run.
    pub fn summarize(&self, outcome: &RunResult<'_>) -> Summary {
        let rows = outcome.survey.map(|survey| row_counts(survey, &outcome.statuses.counts())).unwrap_or_default();
        let survey = outcome.survey;
        Summary {
            version: SummaryVersion::default(),
            ending: Ending {
                status: status(&rows, outcome),
                exit_code: exit_code(&rows, outcome),
                error: outcome.error.map(error_report),
            },
            job: JobInfo {
                endpoint: self.endpoint.clone(),
                id: self.job.clone(),
                plan: self.plan.clone(),
                shard: outcome.job.and_then(|job| job.shard.part()),
                limit: outcome.job.and_then(|job| job.limit),
                previous: self.previous.clone(),
            },
            time: RunTime {
                started: self.started.to_string(),
                finished: Timestamp::now().to_string(),
                seconds: (self.clock.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            },
            inputs: outcome.job.map(|job| inputs_as_told(job, survey)).unwrap_or_default(),
            rows,
            contacts: Contacts {
                prepared: survey.map(Survey::contacts).unwrap_or_default(),
                accepted: rows.counts.accepted(),
                absent: outcome.absent,
            },
            warnings: self.warnings.clone(),
            tallies: Tallies {
                hints: self.hints.clone(),
                ..survey.map(|survey| tallies(survey, outcome.statuses)).unwrap_or_default()
            },
            requests: outcome.requests,
            files: outcome.files.clone(),
            check: outcome.check.clone(),
        }
    }
}

fn named<K: ToString>(counts: &BTreeMap<K, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(key, count)| (key.to_string(), *count)).collect()
}

/// Each row read has one status. A record to be sent that nothing happened to is not sent.
pub fn row_counts(survey: &Survey, sent: &Counts) -> RowCounts {
    let mut counts = *sent;
    let settled = sent.total() - sent[RowStatus::NotSent];
    counts[RowStatus::Invalid] = survey.invalid;
    counts[RowStatus::Duplicate] = survey.dedupe.duplicates();
    counts[RowStatus::Skipped] = survey.skipped;
    counts[RowStatus::NotSent] = survey.contacts().saturating_sub(settled);
    RowCounts { read: survey.read, counts }
}

/// The exit of a finished run follows from the counts alone; else from what ended it first.
fn exit_code(rows: &RowCounts, outcome: &RunResult<'_>) -> Exit {
    if let Some(error) = outcome.error {
        return error.exit();
    }
    if !rows.add_up() {
        return Exit::Internal;
    }
    let open = if outcome.dry { rows.counts[RowStatus::Unconfirmed] } else { rows.counts.open() };
    match (open, rows.counts.rejected()) {
        (0, 0) => Exit::Complete,
        (0, _) => Exit::SomeRows,
        _ => Exit::Later,
    }
}

fn status(rows: &RowCounts, outcome: &RunResult<'_>) -> Status {
    match outcome.error {
        Some(error) if error.is_signal() => Status::Interrupted,
        Some(_) if outcome.survey.is_none() => Status::Failed,
        Some(_) if outcome.dry => Status::Checked,
        Some(_) => Status::Stopped,
        None if outcome.dry => Status::Checked,
        None if rows.counts.open() > 0 => Status::Stopped,
        None => Status::Complete,
    }
}

/// An error as machines read it.
pub fn error_report(error: &Error) -> ErrorReport {
    ErrorReport { code: error.code().to_owned(), message: error.to_string(), hint: error.hint() }
}

fn tallies(survey: &Survey, statuses: &StatusMap) -> Tallies {
    Tallies {
        reasons: reasons(survey, statuses),
        notes: named(&survey.notes),
        countries: named(&survey.countries),
        types: named(&survey.kinds),
        by_default_country: survey.by_default_country,
        hints: BTreeMap::new(),
    }
}

fn reasons(survey: &Survey, statuses: &StatusMap) -> BTreeMap<String, u64> {
    let mut reasons = named(&survey.reasons);
    for (records, failure) in statuses.reasons() {
        if statuses.get(*records.start()) == Some(RowStatus::Refused) {
            *reasons.entry(failure.cause.as_str().to_owned()).or_default() += records.end() - records.start() + 1;
        }
    }
    reasons
}

/// The inputs as they were understood; without a survey their fingerprints are not known yet.
pub fn inputs_as_told(job: &Job, survey: Option<&Survey>) -> Vec<report::InputSummary> {
    let read = |number: usize| survey.and_then(|survey| survey.inputs.get(number));
    job.inputs
        .iter()
        .enumerate()
        .map(|(number, input)| report::InputSummary {
            name: input.source.input().name().to_owned(),
            format: input.source.format().as_str().to_owned(),
            encoding: input.source.encoding().to_owned(),
            delimiter: input.source.delimiter().map(|delimiter| delimiter.to_string()),
            bytes: input.source.input().len(),
            blake3: read(number).map(|read| read.digest.blake3.to_string()).unwrap_or_default(),
            mapping: mapping(input),
        })
        .collect()
}

fn mapping(input: &Understanding) -> report::Mapping {
    let fields = input.mapping.fields();
    let columns = input.source.columns();
    let names = |list: &[u32]| {
        list.iter().map(|&column| columns.name(column as usize).unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let mut name = names(fields.of(Field::Name));
    if name.is_empty() {
        name = [names(fields.of(Field::FirstName)), names(fields.of(Field::LastName))].concat();
    }
    report::Mapping {
        name,
        phone: names(fields.of(Field::Phone)),
        prefix: names(fields.of(Field::Prefix)),
        region: names(fields.of(Field::Region)),
        email: names(fields.of(Field::Email)),
        tags: names(fields.of(Field::Tags)),
        attributes: fields
            .attributes
            .iter()
            .map(|(c, key)| (key.clone(), columns.name(*c as usize).unwrap_or_default().to_owned()))
            .collect(),
    }
}

/// The columns of an input: those of the fields in the fields' order, then those that no field uses, each with a value.
pub fn mapped_columns(input: &Understanding) -> Vec<Mapped> {
    let columns = input.source.columns();
    let mapped = |field: String, column: u32| Mapped {
        field,
        column: columns.name(column as usize).unwrap_or_default().to_owned(),
        example: example(input, column as usize),
    };
    let fields = input.mapping.fields().iter();
    let mut shown: Vec<(u32, Mapped)> = fields
        .flat_map(|(field, list)| list.iter().map(move |column| (field, *column)))
        .map(|(field, column)| (column, mapped(field.as_str().to_owned(), column)))
        .collect();
    let attributes = &input.mapping.fields().attributes;
    shown.extend(attributes.iter().map(|(column, key)| (*column, mapped(format!("attr.{key}"), *column))));
    let used: Vec<u32> = shown.iter().map(|(column, _)| *column).collect();
    let rest = (0..columns.len() as u32).filter(|column| !used.contains(column));
    shown.into_iter().map(|(_, mapped)| mapped).chain(rest.map(|column| mapped(String::new(), column))).collect()
}

/// The first value of a column that is not empty.
fn example(input: &Understanding, column: usize) -> String {
    let cells = input.source.sample().iter().map(|row| row.cell(column).trim());
    cells.into_iter().find(|cell| !cell.is_empty()).unwrap_or_default().to_owned()
}

/// The summary of a command that failed before there was anything to tell but its error.
pub fn failed(info: &RunInfo, error: &Error) -> Summary {
    untouched(info, None, error, false)
}

/// The summary of a run that failed before its inputs were read. `job`: where they were understood.
pub fn untouched(info: &RunInfo, job: Option<&Job>, error: &Error, dry: bool) -> Summary {
    info.summarize(&RunResult {
        job,
        survey: None,
        statuses: &StatusMap::default(),
        absent: None,
        requests: Requests::default(),
        files: Files::default(),
        error: Some(error),
        dry,
        check: CheckInfo::default(),
    })
}
