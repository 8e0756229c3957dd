//! `m1import check`: the survey, shown to a person. No token, no network, no folder.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::changes::Changes;
use super::places::real_folder;
use super::reports::{RowReportInput, write_rows};
use super::screen::values;
use super::summary::{RunInfo, RunResult, detected, mapped_columns};
use super::surveying::survey;
use super::{RunOutput, Screen, documents, outputs, prepare, preview};
use crate::config::{Config, as_file, may_stand_in_found_file};
use crate::error::Error;
use crate::event::Requests;
use crate::folder::Folder;
use crate::outcome::{RowStatus, StatusMap};
use crate::platform;
use crate::reading::{Job, MappedInput};
use crate::report::check::{Preview, page};
use crate::report::rejected_rows::{RejectedRow, RejectedRows};
use crate::report::rows::message;
use crate::report::{self, Files, ReportFormat, Summary};
use crate::source::Notice;
use crate::stop::Stop;
use crate::survey::{Example, Survey};

/// Reads the inputs once and shows what an import would do.
pub async fn check(config: &Config, screen: &Screen<'_>, stop: &Stop) -> RunOutput {
    let mut info = RunInfo::new(config.delivery.transport.endpoint.to_string()).with_settings(config);
    let mut found = Found::default();
    let cause = look(config, screen, stop, &mut found).await.err();
    info.warnings.extend(std::mem::take(&mut found.warnings));
    let mut summary = summarize(&info, &found, cause.as_ref());
    let mut shown = Preview {
        values: values(config),
        color: screen.terminal.out.color,
        command: config.line.without_check(),
        ..Preview::default()
    };
    if let (Some(job), Some(survey)) = (&found.job, &found.survey) {
        preview::add(&mut summary, job, survey, &found.statuses, config);
        shown.columns = job.inputs.iter().map(mapped_columns).collect();
        shown.records = survey.inputs.iter().map(|input| input.records).collect();
        shown.examples = examples(job, survey);
        shown.remarks = remarks(job);
        summary.check.examples = Some(masked(&shown));
        let rejected = rejected(config, &shown);
        let written = rows(config, job, survey, &found.statuses, stop).and_then(|results| {
            let results = results.as_ref().map(|(_, folder)| folder);
            let sources = documents::Sources { config, rejected: &rejected, timeline: None, results };
            match documents::elsewhere(&sources, &summary) {
                (_, Some(error)) => Err(error),
                (_, None) => write_config(config, job),
            }
        });
        match (written, &cause) {
            (Ok(settings), _) => shown.settings = settings,
            (Err(error), None) => {
                let shown = std::mem::take(&mut summary.check);
                summary = summarize(&info, &found, Some(&error));
                summary.check = shown;
            }
            (Err(_), Some(_)) => {}
        }
        documents::tell_ci(screen, &summary, &rejected);
    }
    documents::metrics(screen, config, None, &summary);
    let text = if found.survey.is_some() { page(&summary, &shown) } else { String::new() };
    RunOutput { text, summary }
}

/// What was found, as far as it went.
#[derive(Default)]
struct Found {
    job: Option<Arc<Job>>,
    survey: Option<Arc<Survey>>,
    /// Which contacts the server has, with `--only-changed`.
    statuses: Arc<StatusMap>,
    absent: Option<u64>,
    /// What was noticed in the inputs.
    warnings: Vec<report::Warning>,
}

async fn look(config: &Config, screen: &Screen<'_>, stop: &Stop, found: &mut Found) -> Result<(), Error> {
    outputs::check(config, screen, None)?;
    if let Some(path) = config.output.write_config.as_ref().filter(|path| path.exists()) {
        return Err(Error::Exists(path.clone()));
    }
    let inputs = prepare::open(config, stop).await?;
    outputs::all_have_a_place(config)?;
    let changes = Changes::open(config)?;
    let job = Arc::new(prepare::understand(config, inputs)?);
    found.job = Some(Arc::clone(&job));
    screen.say_settings(config);
    screen.warn_of_settings(config);
    let mut progress = screen.progress(config);
    let surveyed = survey(config, &job, stop, &mut progress).await;
    progress.finish();
    let survey = surveyed?;
    prepare::enough(config, &survey)?;
    prepare::no_drop(config, &survey, real_folder(config).as_ref())?;
    if let Some(job) = &found.job {
        found.warnings = super::warnings::of_job(config, job, &survey);
    }
    let acceptable = prepare::acceptable(config, &survey, &found.warnings);
    let survey = Arc::new(survey);
    found.survey = Some(Arc::clone(&survey));
    acceptable?;
    if let (Some(changes), Some(job)) = (changes, &found.job) {
        let (changes, statuses) =
            changes.compare_aside(job, &survey, config.rows.empty, StatusMap::default(), stop).await?;
        screen.note(&changes.said(statuses.counts()[RowStatus::Unchanged]));
        (found.statuses, found.absent) = (Arc::new(statuses), changes.absent());
    }
    Ok(())
}

fn summarize(info: &RunInfo, found: &Found, error: Option<&Error>) -> Summary {
    info.summarize(&RunResult {
        job: found.job.as_deref(),
        survey: found.survey.as_deref(),
        statuses: &found.statuses,
        absent: found.absent,
        requests: Requests::default(),
        files: Files::default(),
        error,
        dry: true,
    })
}

/// `results.csv` for a report of that form, in a temporary folder that lives as long as it is held.
fn rows(
    config: &Config,
    job: &Arc<Job>,
    survey: &Arc<Survey>,
    statuses: &Arc<StatusMap>,
    stop: &Stop,
) -> Result<Option<(TempDir, Folder)>, Error> {
    if !config.output.reports.iter().any(|path| ReportFormat::of(path) == Ok(ReportFormat::Csv)) {
        return Ok(None);
    }
    let scratch = tempfile::tempdir().map_err(|error| Error::Local { what: "a temporary folder", error })?;
    let folder = Folder::make(scratch.path()).map_err(|error| Error::Folder { path: scratch.path().into(), error })?;
    let input = RowReportInput {
        job: Arc::clone(job),
        survey: Arc::clone(survey),
        statuses: Arc::clone(statuses),
        why_not_sent: "check sends nothing".to_owned(),
        values: values(config),
        is_resumed: false,
    };
    let output = write_rows(&input, &folder, stop)?;
    Ok(output.files.results.map(|_| (scratch, folder)))
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

fn rejected(config: &Config, preview: &Preview) -> RejectedRows {
    let mut rejected = documents::no_rejected_rows(config);
    for case in preview.examples.values().flatten() {
        rejected.add(case.clone());
    }
    rejected
}

/// What was guessed about the inputs, where it is no warning.
fn remarks(job: &Job) -> Vec<String> {
    let several = job.inputs.len() > 1;
    let of_input = |input: &MappedInput| {
        let name = input.source.input().name().to_owned();
        let told = move |notice: &Notice| if several { format!("{name}: {notice}") } else { notice.to_string() };
        input.source.notices().iter().filter(|notice| notice.warning().is_none()).map(told).collect::<Vec<_>>()
    };
    job.inputs.iter().flat_map(of_input).collect()
}

/// The file beside `m1import.toml` that holds the settings which only a named file may make, and all others.
const NAMED: &str = "m1import.named.toml";

/// Whether a settings file of that path is used because it is found.
fn is_found(path: &Path) -> bool {
    let parent = path.parent().unwrap_or(Path::new(""));
    path.file_name().is_some_and(|name| name == "m1import.toml")
        && (parent.as_os_str().is_empty() || parent.canonicalize().ok() == Path::new(".").canonicalize().ok())
}

/// Writes down what was detected as explicit settings, and names the files: that of `--write-config`, and a second one
/// where the first will be found, not named, and may not make them all. Never over a file that is there.
fn write_config(config: &Config, job: &Job) -> Result<Vec<String>, Error> {
    let Some(path) = &config.output.write_config else {
        return Ok(Vec::new());
    };
    let mut remark = "What was detected, as explicit settings.".to_owned();
    for shown in config.effective.iter().filter(|shown| shown.is_chosen() && shown.is_masked && shown.name != "token") {
        remark.push_str(&format!("\n{} was given and is left out here: it may be secret.", shown.name));
    }
    let all = detected(config, job);
    let may_be_found = |(name, values): &(&str, Vec<String>)| may_stand_in_found_file(name, values);
    if !is_found(path) || all.iter().all(may_be_found) {
        write_new(path, &as_file(&all, &remark))?;
        return Ok(vec![crate::report::shown(path)]);
    }
    let named = path.with_file_name(NAMED);
    write_new(&named, &as_file(&all, &format!("{remark}\nTo be named: --config {NAMED}")))?;
    let found: Vec<_> = all.into_iter().filter(may_be_found).collect();
    remark.push_str(&format!("\nWhat only a named file may set stands in {NAMED}, with all of these."));
    write_new(path, &as_file(&found, &remark))?;
    Ok(vec![crate::report::shown(path), crate::report::shown(&named)])
}

fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::Output { path: path.to_owned(), error },
    };
    let mut file = platform::create_private(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
