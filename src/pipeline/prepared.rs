//! The first stage of an import: inputs are opened and understood, the token is found, the results folder is claimed.

use std::sync::Arc;

use super::changes::Changes;
use super::delivery::Destination;
use super::earlier::{self, EarlierReports};
use super::owner::{self, ClaimedFolder};
use super::places::{real_folder, results_path};
use super::resume::{FoundJob, OpenJob, head, to_resume};
use super::run::{Run, Untouched};
use super::summary::inputs_as_told;
use super::surveyed::Surveyed;
use super::surveying::survey;
use super::{outputs, prepare};
use crate::config::Target;
use crate::error::Error;
use crate::folder::PreviousJob;
use crate::journal::{ExistingJournal, Head, Journal, Unfinished};
use crate::outcome::StatusMap;
use crate::reading::Job;
use crate::report::start::{Start, start};
use crate::report::words::moment;
use crate::user_key::UserKey;

/// An import about to read its inputs. Nothing of the job before has been changed.
pub struct Prepared {
    job: Arc<Job>,
    folder: ClaimedFolder,
    destination: Destination,
    /// Seals the journal; `None` where there is none: nothing is sent.
    key: Option<UserKey>,
    journal: ExistingJournal,
    /// The file of `--only-changed`.
    changes: Option<Changes>,
    /// What the summary in the folder says, of this job or the one before.
    earlier: Option<EarlierReports>,
    /// The job before this one, if this is a new one.
    previous: Option<PreviousJob>,
}

impl Prepared {
    /// Finds everything that the import needs, cheapest first, and says what was found.
    ///
    /// # Errors
    /// Something is missing or unusable, or a signal came. A folder that was made for this run is gone again.
    pub async fn new(run: &mut Run<'_>) -> Result<Prepared, Error> {
        let config = run.config;
        outputs::check(config, run.screen, Some(&results_path(config)))?;
        let inputs = prepare::open(config, run.screen, run.stop).await?;
        let destination = Destination::find(config, run.screen, run.stop).await?;
        let folder = ClaimedFolder::claim(&results_path(config), run.screen)?;
        let mut warnings = Vec::new();
        let key = match config.delivery.target {
            Target::Nowhere => None,
            Target::Endpoint | Target::Sandbox => Some(owner::key(config, &folder, &mut warnings)?),
        };
        outputs::all_have_a_place(config)?;
        let opening = Changes::open(config)?;
        // What is wrong with these is told after what is wrong with that file.
        let journal = key.as_ref().map(|key| Journal::inspect(&folder, key));
        let job = prepare::job(config, inputs);
        let earlier = EarlierReports::read(&folder);
        let changes = match opening {
            None => None,
            Some(opening) => Some(opening.finish().await?),
        };
        let journal = match journal {
            None => ExistingJournal::None,
            // What cannot be read can still be forgotten, which is what the hint says.
            Some(Err(error)) if config.delivery.restart && error.ends_with_restart() => ExistingJournal::None,
            Some(found) => found?,
        };
        let job = Arc::new(job?);
        let previous = match &earlier {
            Some(reports) if are_replaced(reports, &journal) => reports.before(),
            Some(reports) => Some(reports.as_previous()),
            None => earlier::newest(&folder, |reports| Some(reports.as_previous())),
        };
        let prepared = Prepared { job, folder, destination, key, journal, changes, earlier, previous };
        prepared.tell_start(run);
        run.screen.warn(&warnings);
        run.info.warnings.extend(warnings);
        Ok(prepared)
    }

    /// Reads every row, and opens the journal: that of the job that this one resumes, else a new one.
    ///
    /// # Errors
    /// The inputs cannot be read or may not be sent, or the folder holds another unfinished job.
    pub async fn survey(self, run: &mut Run<'_>) -> Result<Surveyed, Untouched> {
        let job = Arc::clone(&self.job);
        self.into_surveyed(run).await.map_err(|cause| Untouched { cause, job: Some(job) })
    }

    async fn into_surveyed(self, run: &mut Run<'_>) -> Result<Surveyed, Error> {
        let Prepared { job, folder, destination, key, journal, mut changes, earlier, previous } = self;
        let config = run.config;
        // What a run before this one has settled counts more than what the file says.
        if let (Some(changes), false) = (&mut changes, matches!(journal, ExistingJournal::Unfinished(_))) {
            changes.look_up_during_survey(config.rows.empty, Some(&folder));
        }
        let (survey, changes) = survey(config, &job, changes, run.stop, &mut run.progress).await?;
        let survey = Arc::new(survey);
        prepare::enough(config, &survey)?;
        let last = if run.is_dry() { real_folder(config) } else { Some((*folder).clone()) };
        prepare::no_drop(config, &survey, last.as_ref())?;
        let state = changes.as_ref().map(|changes| changes.id.clone());
        let (mut changes, comparing) = match changes {
            // The processor does it while the disk takes the journal.
            Some(changes) if changes.are_looked_up() => {
                let statuses = StatusMap::default();
                (None, Some(changes.compare_aside(&job, &survey, config.rows.empty, statuses, run.stop)))
            }
            changes => (changes, None),
        };
        let mut open = Ok(OpenJob::default());
        if let Some(key) = &key {
            let head = Head {
                account: destination.account(&config.delivery.token, key),
                previous,
                state,
                ..head(run, &job, &survey, key)
            };
            let reports = earlier.as_ref().filter(|reports| !are_replaced(reports, &journal));
            let found = FoundJob { folder: &folder, journal: &journal, reports, key };
            open = OpenJob::open(run, &found, &head, changes.as_mut(), survey.records());
        }
        match open {
            Ok(open) => Ok(Surveyed { job, survey, folder: folder.keep(), destination, changes, comparing, open }),
            Err(error) => {
                // What it writes must be removed before the folder can be.
                if let Some(comparing) = comparing {
                    drop(comparing.finish().await);
                }
                Err(error)
            }
        }
    }

    /// What was found, where it goes, and by which right.
    fn tell_start(&self, run: &Run<'_>) {
        let Run { config, screen, info, .. } = run;
        let inputs = inputs_as_told(&self.job, None);
        let folder = self.folder.path().display().to_string();
        let token = self.destination.token_said(&config.delivery.token);
        let is_real = config.delivery.target == Target::Endpoint;
        screen.note(&start(&Start {
            inputs: &inputs,
            settings: &config.settings_files,
            endpoint: (!run.is_dry()).then_some(info.endpoint.as_str()),
            proxy: config.delivery.proxy.as_deref().filter(|_| is_real),
            token: token.as_ref().map(|(source, last)| (*source, last.as_deref())),
            unfinished: to_resume(config, &self.journal).map(Unfinished::settled),
            folder: Some(&folder),
        }));
        // A sandbox holds nothing any more.
        let is_unfinished = matches!(self.journal, ExistingJournal::Unfinished(_));
        if let (true, false, Some(previous)) = (is_real, is_unfinished, &self.previous) {
            screen.note(&imported_earlier(previous, self.changes.is_some()));
        }
        screen.say_unused(config);
        screen.warn_of_settings(config);
        screen.say_what_was_guessed(&self.job);
        screen.say_reasons(&self.job);
    }
}

/// Whether these reports are of a job that has settled nothing: a new one takes its place.
fn are_replaced(reports: &EarlierReports, journal: &ExistingJournal) -> bool {
    matches!(journal, ExistingJournal::Empty) && !reports.is_complete()
}

/// The line about the job before, which this one repeats.
fn imported_earlier(previous: &PreviousJob, only_changed: bool) -> String {
    let now = if only_changed {
        "only what is new or changed is sent"
    } else {
        "everything is sent again (--only-changed FILE sends only what is new or changed)"
    };
    format!("imported earlier, {}, {}; {now}", moment(&previous.started), earlier::came_out(previous))
}
