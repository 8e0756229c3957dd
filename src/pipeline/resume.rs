//! Which job a run is: the unfinished one in the results folder, or a new one.

use super::changes::Changes;
use super::earlier::{self, EarlierReports};
use super::run::Run;
use crate::config::{Config, Target};
use crate::error::Error;
use crate::folder::Folder;
use crate::journal::{ExistingJournal, Head, InputFingerprint, Journal, Unfinished};
use crate::numbers::count;
use crate::outcome::StatusMap;
use crate::reading::Job;
use crate::survey::Survey;
use crate::user_key::UserKey;

/// What a results folder held when the run began.
pub struct FoundJob<'a> {
    pub folder: &'a Folder,
    pub journal: &'a ExistingJournal,
    /// The reports that make way if this run is a new job.
    pub reports: Option<&'a EarlierReports>,
    pub key: &'a UserKey,
}

/// The job of a run, open for its events.
#[derive(Default)]
pub struct OpenJob {
    /// `None` where nothing is sent, or once it could not be written.
    pub journal: Option<Journal>,
    /// What became of each record so far.
    pub statuses: StatusMap,
    /// Whether an earlier run began it.
    pub is_resumed: bool,
}

/// What this job is, for its journal. The caller adds the account and what the folder and `--only-changed` say.
pub fn head(run: &Run<'_>, job: &Job, survey: &Survey, key: &UserKey) -> Head {
    let inputs = job.inputs.iter().zip(&survey.inputs).map(|(input, read)| InputFingerprint {
        name: input.source.input().name().to_owned(),
        len: read.digest.bytes,
        blake3: read.digest.blake3.to_string(),
    });
    let query = match run.config.delivery.target {
        Target::Endpoint => run.config.delivery.transport.endpoint.url().query(),
        Target::Sandbox | Target::Nowhere => None,
    };
    let settings = run.config.plan_settings.iter();
    Head {
        job: format!("{:016x}", fastrand::u64(..)),
        inputs: inputs.collect(),
        plan: run.config.plan.clone(),
        settings: settings.map(|(name, values)| ((*name).to_owned(), key.hash(name, values))).collect(),
        shard: job.shard.part().unwrap_or_default(),
        endpoint: run.info.endpoint.clone(),
        query: query.map(|query| key.hash("query", query)).unwrap_or_default(),
        account: String::new(),
        previous: None,
        state: None,
    }
}

impl OpenJob {
    /// Resumes the job that an earlier run left, or begins a new one. `records` is how many records the inputs hold.
    ///
    /// # Errors
    /// The unfinished job is another one, or was for another account; local I/O.
    pub fn open(
        run: &mut Run<'_>,
        found: &FoundJob<'_>,
        head: &Head,
        changes: Option<&mut Changes>,
        records: u64,
    ) -> Result<OpenJob, Error> {
        match resumable(run, found.journal, head, changes.as_deref())? {
            Some(unfinished) => OpenJob::resume(run, found.folder, unfinished, head, changes, records),
            None => OpenJob::begin(run, found, head),
        }
    }

    fn resume(
        run: &mut Run<'_>,
        folder: &Folder,
        unfinished: &Unfinished,
        head: &Head,
        changes: Option<&mut Changes>,
        records: u64,
    ) -> Result<OpenJob, Error> {
        let is_other_account = unfinished.is_of_another_account(head);
        if is_other_account && !run.config.delivery.same_account {
            return Err(Error::OtherAccount);
        }
        let statuses = unfinished.statuses(records)?;
        if let Some(changes) = changes {
            changes.resume(unfinished);
        }
        let settled = count(unfinished.settled(), "row");
        run.screen.note(&format!("resuming: {settled} settled in earlier runs of this job"));
        run.info.job.clone_from(&unfinished.head.job);
        run.info.previous.clone_from(&unfinished.head.previous);
        run.info.requests_before = unfinished.requests();
        let mut journal = Journal::resume(folder, unfinished)?;
        if is_other_account {
            journal.same_account(&head.account)?;
        }
        Ok(OpenJob { journal: Some(journal), statuses, is_resumed: true })
    }

    /// The reports of the job before make way for those of the new one.
    fn begin(run: &mut Run<'_>, found: &FoundJob<'_>, head: &Head) -> Result<OpenJob, Error> {
        let FoundJob { folder, reports, key, .. } = *found;
        if let Some(reports) = reports {
            let failed = |error| Error::Output { path: folder.path().to_owned(), error };
            let kept = earlier::put_away(folder, reports, run.config.output.keep_runs).map_err(failed)?;
            kept.iter().for_each(|kept| run.screen.note(&earlier::kept_note(kept)));
        }
        run.info.job.clone_from(&head.job);
        run.info.previous.clone_from(&head.previous);
        Ok(OpenJob { journal: Some(Journal::create(folder, head, key)?), ..OpenJob::default() })
    }
}

/// The unfinished job in the folder that this run resumes, or is refused for.
pub fn to_resume<'f>(config: &Config, found: &'f ExistingJournal) -> Option<&'f Unfinished> {
    match found {
        // The sandbox of an earlier run is gone, so there is nothing to resume.
        ExistingJournal::Unfinished(left) if !config.delivery.restart && left.head.endpoint != "sandbox" => Some(left),
        ExistingJournal::Unfinished(_) | ExistingJournal::None | ExistingJournal::Finished | ExistingJournal::Empty => {
            None
        }
    }
}

/// The unfinished job that this run resumes, if there is one.
fn resumable<'f>(
    run: &Run<'_>,
    found: &'f ExistingJournal,
    head: &Head,
    changes: Option<&Changes>,
) -> Result<Option<&'f Unfinished>, Error> {
    let Some(unfinished) = to_resume(run.config, found) else { return Ok(None) };
    let is_new = changes.is_some_and(|changes| changes.known == 0);
    match unfinished.difference(head) {
        None => Ok(Some(unfinished)),
        Some(what) if unfinished.is_known_to_state(head, is_new) => {
            let rows = count(unfinished.settled(), "row");
            run.screen.note(&format!(
                "the unfinished import with {what}, {rows} settled, is not resumed: this one takes its place, and sends what is not certain"
            ));
            Ok(None)
        }
        Some(what) => Err(Error::OtherJob { what }),
    }
}
