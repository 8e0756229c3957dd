//! `m1import check`: the survey, shown to a person. No token, no network, no folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::changes::Changes;
use super::kept_contacts::KeptContacts;
use super::pinned::write_config;
use super::places::real_folder;
use super::reports::{RowReportInput, write_rows};
use super::run::{Run, Untouched};
use super::screen::values;
use super::summary::{RunResult, mapped_columns};
use super::surveying::survey;
use super::{RunOutput, Screen, documents, hints, outputs, prepare, preview};
use crate::config::Config;
use crate::error::Error;
use crate::event::Requests;
use crate::folder::Folder;
use crate::outcome::{RowStatus, StatusMap};
use crate::reading::Job;
use crate::report::check::{Preview, page};
use crate::report::rejected_rows::{RejectedRow, RejectedRows};
use crate::report::rows::message;
use crate::report::{CheckInfo, Files, ReportFormat, Summary};
use crate::source::Notice;
use crate::stop::Stop;
use crate::survey::{Example, Survey};
use crate::understanding::Understanding;

/// Reads the inputs once and shows what an import would do.
pub async fn check(config: &Config, screen: &Screen<'_>, stop: &Stop) -> RunOutput {
    let mut run = Run::new(config, screen, stop);
    let (summary, rejected, text) = match Checked::new(&mut run).await {
        Ok(checked) => checked.finish(&run),
        Err(untouched) => (untouched.summarize(&run), RejectedRows::new(values(config)), String::new()),
    };
    documents::tell_ci(screen, &summary, &rejected);
    documents::metrics(screen, config, None, &summary);
    RunOutput { text, summary }
}

/// The inputs, read to their end.
struct Checked {
    job: Arc<Job>,
    survey: Arc<Survey>,
    /// Which contacts the server has, with `--only-changed`.
    statuses: Arc<StatusMap>,
    absent: Option<u64>,
    /// The rows that would be sent, or not sent for a reason, where they were found by the survey; else `None`.
    to_send: Option<Arc<KeptContacts>>,
    /// Why an import would send nothing.
    cause: Option<Error>,
}

impl Checked {
    async fn new(run: &mut Run<'_>) -> Result<Checked, Untouched> {
        let (job, changes) = understand(run).await.map_err(|cause| Untouched { cause, job: None })?;
        let surveyed = read_all(run, &job, changes).await;
        let (survey, changes) = surveyed.map_err(|cause| Untouched { cause, job: Some(Arc::clone(&job)) })?;
        let mut checked = Checked { job, survey, statuses: Arc::default(), absent: None, to_send: None, cause: None };
        checked.cause = checked.judge(run, changes).await.err();
        Ok(checked)
    }

    /// Whether all of it may be sent, and what of it would be.
    async fn judge(&mut self, run: &mut Run<'_>, changes: Option<Changes>) -> Result<(), Error> {
        run.info.warnings.extend(super::warnings::of_job(run.config, &self.job, &self.survey));
        run.info.hints = hints::counted(run.config, &self.job, &self.survey, true);
        prepare::acceptable(run.config, &self.survey, &run.info.warnings)?;
        if let Some(changes) = changes {
            let empty = run.config.rows.empty;
            let (changes, statuses) =
                changes.compare_aside(&self.job, &self.survey, empty, StatusMap::default(), run.stop).finish().await?;
            run.screen.note(&changes.said(statuses.counts()[RowStatus::Unchanged]));
            (self.statuses, self.absent, self.to_send) = (Arc::new(statuses), changes.absent(), changes.to_send());
        }
        Ok(())
    }

    /// Writes the reports that were asked for: the summary, the rows shown, and the page for people. An error that is the
    /// first changes what the reports say: they are written once more.
    fn finish(mut self, run: &Run<'_>) -> (Summary, RejectedRows, String) {
        let config = run.config;
        let mut shown = self.preview(run);
        let mut rejected = RejectedRows::new(shown.values);
        shown.examples.values().flatten().for_each(|row| rejected.add(row.clone()));
        let results = self.rows(run).unwrap_or_else(|error| {
            self.cause.get_or_insert(error);
            None
        });
        let results = results.as_ref().map(|(_, folder)| folder);
        let sources = documents::Sources { config, rejected: &rejected, timeline: None, results };
        let preview = preview::preview(&self.job, &self.survey, &self.statuses, self.to_send.as_deref(), config);
        let check = CheckInfo { examples: Some(masked(&shown)), ..preview };
        let summary = loop {
            let summary = self.summarize(run, &check);
            let written = match documents::elsewhere(&sources, &summary) {
                (_, Some(error)) => Err(error),
                (_, None) => write_config(config, &self.job),
            };
            match written {
                Err(error) if self.cause.is_none() => self.cause = Some(error),
                Err(_) => break summary,
                Ok(settings) => {
                    shown.settings = settings;
                    break summary;
                }
            }
        };
        let text = page(&summary, &shown);
        (summary, rejected, text)
    }

    fn preview(&self, run: &Run<'_>) -> Preview {
        Preview {
            columns: self.job.inputs.iter().map(mapped_columns).collect(),
            records: self.survey.inputs.iter().map(|input| input.records).collect(),
            examples: examples(&self.job, &self.survey),
            remarks: remarks(&self.job),
            command: run.config.line.without_check(),
            settings: Vec::new(),
            values: values(run.config),
            color: run.screen.terminal.out.color,
            width: run.screen.terminal.out.columns(),
        }
    }

    fn summarize(&self, run: &Run<'_>, check: &CheckInfo) -> Summary {
        run.info.summarize(&RunResult {
            job: Some(&self.job),
            survey: Some(&self.survey),
            statuses: &self.statuses,
            absent: self.absent,
            requests: Requests::default(),
            files: Files::default(),
            error: self.cause.as_ref(),
            dry: true,
            check: check.clone(),
        })
    }

    /// `results.csv` for a report of that form, in a temporary folder that lives as long as it is held.
    fn rows(&self, run: &Run<'_>) -> Result<Option<(TempDir, Folder)>, Error> {
        let is_wanted = |path: &PathBuf| ReportFormat::of(path) == Ok(ReportFormat::Csv);
        if !run.config.output.reports.iter().any(is_wanted) {
            return Ok(None);
        }
        let scratch = tempfile::tempdir().map_err(|error| Error::Local { what: "a temporary folder", error })?;
        let unusable = |error| Error::Folder { path: scratch.path().into(), error };
        let folder = Folder::make(scratch.path()).map_err(unusable)?;
        let input = RowReportInput {
            job: Arc::clone(&self.job),
            survey: Arc::clone(&self.survey),
            statuses: Arc::clone(&self.statuses),
            why_not_sent: "check sends nothing".to_owned(),
            values: values(run.config),
            is_resumed: false,
        };
        let output = write_rows(&input, &folder, None, None, run.stop)?;
        Ok(output.files.results.map(|_| (scratch, folder)))
    }
}

/// The inputs, understood, and the file of `--only-changed`.
async fn understand(run: &Run<'_>) -> Result<(Arc<Job>, Option<Changes>), Error> {
    let Run { config, screen, stop, .. } = run;
    outputs::check(config, screen, None)?;
    if let Some(path) = config.output.write_config.as_ref().filter(|path| path.exists()) {
        return Err(Error::Exists(path.clone()));
    }
    let inputs = prepare::open(config, screen, stop).await?;
    outputs::all_have_a_place(config)?;
    let opening = Changes::open(config)?;
    let job = prepare::job(config, inputs);
    let changes = match opening {
        None => None,
        Some(opening) => {
            let mut changes = opening.finish().await?;
            changes.look_up_during_survey(config.rows.empty, None);
            Some(changes)
        }
    };
    let job = Arc::new(job?);
    screen.say_settings(config);
    screen.warn_of_settings(config);
    screen.say_reasons(&job);
    Ok((job, changes))
}

/// The survey, where there are as many rows as there must be.
async fn read_all(
    run: &mut Run<'_>,
    job: &Arc<Job>,
    changes: Option<Changes>,
) -> Result<(Arc<Survey>, Option<Changes>), Error> {
    let (survey, changes) = survey(run.config, job, changes, run.stop, &mut run.progress).await?;
    prepare::enough(run.config, &survey)?;
    prepare::no_drop(run.config, &survey, real_folder(run.config).as_ref())?;
    Ok((Arc::new(survey), changes))
}

/// For each reason the first rows it turned away.
pub(super) fn examples(job: &Job, survey: &Survey) -> BTreeMap<String, Vec<RejectedRow>> {
    let case = |example: &Example| RejectedRow {
        file: job
            .inputs
            .get(example.reject.location.input as usize)
            .map(|input| input.source.input().name().to_owned())
            .unwrap_or_default(),
        line: example.reject.location.line,
        column: example.column.clone(),
        code: example.reject.code.as_str().to_owned(),
        message: message(&example.reject),
        value: example.reject.value.clone(),
    };
    survey.examples.iter().map(|(code, list)| (code.to_string(), list.iter().map(case).collect())).collect()
}

/// The examples as they may be passed on.
fn masked(preview: &Preview) -> BTreeMap<String, Vec<RejectedRow>> {
    let shown = |case: &RejectedRow| RejectedRow {
        value: preview.values.cell(&case.value).into_owned(),
        message: preview.values.sentence(&case.message).into_owned(),
        ..case.clone()
    };
    preview.examples.iter().map(|(code, rejected)| (code.clone(), rejected.iter().map(shown).collect())).collect()
}

/// What was guessed about the inputs, where it is no warning.
fn remarks(job: &Job) -> Vec<String> {
    let several = job.inputs.len() > 1;
    let of_input = |input: &Understanding| {
        let name = input.source.input().name().to_owned();
        let told = move |notice: &Notice| if several { format!("{name}: {notice}") } else { notice.to_string() };
        input.source.notices().iter().filter(|notice| notice.warning().is_none()).map(told).collect::<Vec<_>>()
    };
    job.inputs.iter().flat_map(of_input).collect()
}
