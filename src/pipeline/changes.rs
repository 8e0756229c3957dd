//! `--only-changed`: before anything is sent, the contacts of the input are held against those that the server has, and what
//! is about to be sent is taken out of the state file; when the job is finished, what was accepted comes back.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::comparing::InOrder;
use super::contacts::Contacts;
use super::inputs;
use super::kept_contacts::KeptContacts;
use super::lookup::Lookup;
use crate::config::{Config, Target};
use crate::contact::phone::Phone;
use crate::dedupe::{Merge, PhoneIndex};
use crate::error::Error;
use crate::folder::{Draft, Folder};
use crate::journal::Unfinished;
use crate::numbers::count;
use crate::outcome::{RowStatus, StatusMap};
use crate::reading::{Job, Judged, Record, in_order};
use crate::report::completing::PartlyWritten;
use crate::source;
use crate::state::{self, Comparison, Known, Scope, StateFile};
use crate::stop::Stop;
use crate::survey::Survey;
use crate::wire::contact::{Empty, write_parts};

/// The state file of a run, and the input against it.
pub struct Changes {
    /// What the file is to hold when the job is finished, once that is written. It goes before the file is free for others.
    draft: Option<Draft>,
    /// `None` where it is only read: by `check` and dry runs.
    file: Option<StateFile>,
    comparison: Comparison,
    /// The name of the file, for the journal.
    pub id: String,
    /// How many contacts it knew at first.
    pub known: u64,
    is_compared: bool,
    /// Whether the whole of an input is compared, so that what is absent is absent from all of it.
    is_whole: bool,
    /// Whether what earlier runs of the job sent, and the server accepted, is what the server has.
    trusts_earlier_runs: bool,
    /// What the survey finds meanwhile; `None` where the inputs are read once more for it.
    lookup: Option<Lookup>,
    /// The contacts that are still to be sent; `None` where the inputs are read for them.
    to_send: Option<Arc<KeptContacts>>,
    /// `results.csv` with the lines of all others.
    partly_written: Option<PartlyWritten>,
}

/// Contacts that are compared before it is asked whether to stop.
const AT_ONCE: usize = 2_048;

/// Where the state file of a run lies; `None` where there is none. A sandbox has nothing that could be known.
pub fn path(config: &Config) -> Option<PathBuf> {
    let path = config.delivery.only_changed.as_deref().filter(|_| config.delivery.target != Target::Sandbox)?;
    Some(state::path_of(path, config.rows.shard))
}

/// The file while it is read.
pub struct Opening {
    file: Option<StateFile>,
    reading: JoinHandle<Result<Known, state::Error>>,
    is_whole: bool,
}

impl Opening {
    /// Waits until it is read.
    ///
    /// # Errors
    /// It is damaged, of another endpoint or bot, or cannot be read.
    pub async fn finish(self) -> Result<Changes, Error> {
        let Opening { file, reading, is_whole } = self;
        let known = reading.await.map_err(|_| Error::Broken("the file of --only-changed"))??;
        Ok(Changes {
            id: known.id(),
            known: known.len() as u64,
            comparison: Comparison::new(known),
            draft: None,
            file,
            is_compared: false,
            is_whole,
            trusts_earlier_runs: true,
            lookup: None,
            to_send: None,
            partly_written: None,
        })
    }
}

/// Contacts while they are compared.
pub struct Comparing(JoinHandle<Result<(Changes, StatusMap), Error>>);

impl Comparing {
    /// Waits until they are.
    ///
    /// # Errors
    /// The input cannot be read again, or a signal came.
    pub async fn finish(self) -> Result<(Changes, StatusMap), Error> {
        self.0.await.unwrap_or(Err(Error::Broken("the comparison")))
    }
}

impl Changes {
    /// Opens the file; `None` where there is to be none. It is read on a thread of its own.
    ///
    /// # Errors
    /// It is locked, or cannot be replaced.
    pub fn open(config: &Config) -> Result<Option<Opening>, Error> {
        let Some(path) = path(config) else { return Ok(None) };
        let transport = &config.delivery.transport;
        let scope = Scope::of(transport.endpoint.url().as_str(), transport.bot_id.as_deref());
        let file = match config.delivery.target {
            Target::Nowhere | Target::Sandbox => None,
            Target::Endpoint => Some(StateFile::open(&path)?),
        };
        let is_part = config.rows.limit.is_some() || config.rows.shard.of > 1;
        let is_filtered =
            config.inputs.iter().any(|input| !input.wishes.only.is_empty() || !input.wishes.skip.is_empty());
        let reading = tokio::task::spawn_blocking(move || state::read(&path, scope));
        Ok(Some(Opening { file, reading, is_whole: !is_part && !is_filtered }))
    }

    /// The job is resumed. What earlier runs of it sent counts only where this version would send the same, and where no other
    /// job has sent anything since.
    pub fn resume(&mut self, unfinished: &Unfinished) {
        let is_same_version = unfinished.tool == env!("CARGO_PKG_VERSION");
        self.trusts_earlier_runs = is_same_version && self.comparison.was_used_last_by(&unfinished.head.job);
    }

    /// The contacts are to be looked up during the survey, and the lines of those that are unchanged written into the folder.
    pub fn look_up_during_survey(&mut self, empty: Empty, folder: Option<&Folder>) {
        self.lookup = Lookup::begin(&self.comparison, empty, folder);
    }

    /// Makes the survey of the job.
    ///
    /// # Errors
    /// As [`Survey::make`].
    pub fn survey(
        &mut self,
        job: &Job,
        index: PhoneIndex,
        progress: impl FnMut(u64) -> ControlFlow<()> + Send,
    ) -> Result<Option<Survey>, source::Error> {
        let Some(lookup) = self.lookup.take() else { return Survey::make(job, index, progress) };
        let surveyed = lookup.survey(&self.comparison, job, index, progress)?;
        Ok(surveyed.map(|(survey, lookup)| {
            self.lookup = lookup;
            survey
        }))
    }

    /// Gives each record the status `unchanged` whose contact the server has, unless this job has settled it already. What the
    /// survey did not find is read.
    ///
    /// # Errors
    /// The input cannot be read again, or a signal came.
    fn compare(
        mut self,
        job: &Job,
        survey: &Survey,
        empty: Empty,
        mut statuses: StatusMap,
        stop: &Stop,
    ) -> Result<(Changes, StatusMap), Error> {
        let looked_up = match self.lookup.take().filter(|_| statuses.counts().total() == 0) {
            Some(lookup) => Some(lookup.finish(job, survey, &mut self.comparison, &mut statuses, stop)?),
            None => None,
        };
        let mut contacts_in_order = InOrder {
            comparison: &mut self.comparison,
            statuses: &mut statuses,
            survey,
            empty,
            merge: Merge::new(&survey.dedupe),
            open: looked_up.as_ref().map(|_| KeptContacts::default()),
            parts: Vec::new(),
        };
        match &looked_up {
            Some(looked_up) => compare_kept(&looked_up.kept, job.threads, &mut contacts_in_order, stop)?,
            None => compare_all(job, &mut contacts_in_order, stop)?,
        }
        self.to_send = contacts_in_order.open.map(Arc::new);
        self.partly_written = looked_up.and_then(|looked_up| looked_up.written);
        Ok((Changes { is_compared: true, ..self }, statuses))
    }

    /// The same on a thread of its own: signals are heard meanwhile.
    pub fn compare_aside(
        self,
        job: &Arc<Job>,
        survey: &Arc<Survey>,
        empty: Empty,
        statuses: StatusMap,
        stop: &Stop,
    ) -> Comparing {
        let (job, survey, stop) = (Arc::clone(job), Arc::clone(survey), stop.clone());
        Comparing(tokio::task::spawn_blocking(move || self.compare(&job, &survey, empty, statuses, &stop)))
    }

    /// Whether contacts were looked up during the survey: no job before this one has settled any of them.
    pub fn are_looked_up(&self) -> bool {
        self.lookup.is_some()
    }

    /// Takes the contacts that are about to be sent out of the file. Returns when that outlives a loss of power.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn before_sending(&mut self, job: &str) -> Result<(), Error> {
        if let Some(file) = &self.file
            && let Some(update) = self.comparison.before_sending(job)
        {
            file.replace(file.draft(&update)?)?;
        }
        Ok(())
    }

    /// All is sent: writes beside the file what it is to hold, with what the server has accepted.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn draft_after_sending(&mut self, statuses: &StatusMap) -> Result<(), Error> {
        let is_accepted = |record| match statuses.get(record) {
            Some(RowStatus::Accepted) => true,
            Some(RowStatus::AcceptedBefore) => self.trusts_earlier_runs,
            _ => false,
        };
        if let Some(file) = self.file.as_ref().filter(|_| self.is_compared)
            && let Some(update) = self.comparison.after_sending(is_accepted)
        {
            self.draft = Some(file.draft(&update)?);
        }
        Ok(())
    }

    /// The job is finished: puts what it has sent, and the server has accepted, into the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn after_sending(&mut self, statuses: &StatusMap) -> Result<(), Error> {
        if self.draft.is_none() {
            self.draft_after_sending(statuses)?;
        }
        match (&self.file, self.draft.take()) {
            (Some(file), Some(draft)) => Ok(file.replace(draft)?),
            _ => Ok(()),
        }
    }

    /// The contacts that are still to be sent, as the server gets them; `None` where the inputs are to be read for them.
    pub fn to_send(&self) -> Option<Arc<KeptContacts>> {
        self.to_send.clone()
    }

    /// `results.csv` with the lines of all rows that were certain at once; there once.
    pub fn take_partly_written(&mut self) -> Option<PartlyWritten> {
        self.partly_written.take()
    }

    /// What was found, in a line.
    pub fn said(&self, unchanged: u64) -> String {
        if self.known == 0 {
            return "--only-changed: nothing is known of earlier imports yet, so everything is sent".to_owned();
        }
        let absent = self.absent().filter(|absent| *absent > 0).map(|absent| {
            let are = if absent == 1 { "is" } else { "are" };
            format!("; {} known from earlier imports {are} not in the input", count(absent, "contact"))
        });
        format!("--only-changed: {} unchanged{}", count(unchanged, "contact"), absent.unwrap_or_default())
    }

    /// How many contacts that the server accepted earlier the input no longer has; `None` where only a part was compared.
    pub fn absent(&self) -> Option<u64> {
        (self.is_whole && self.is_compared).then(|| self.comparison.absent())
    }
}

/// Compares contacts that are kept.
fn compare_kept(
    kept: &KeptContacts,
    threads: NonZeroUsize,
    contacts_in_order: &mut InOrder<'_>,
    stop: &Stop,
) -> Result<(), Error> {
    let (mut kept, dedupe, mut failed) = (kept.iter(), &contacts_in_order.survey.dedupe, None);
    in_order(
        threads,
        |block: &mut KeptBlock<'_>| {
            block.kept.clear();
            block.kept.extend(kept.by_ref().take(AT_ONCE));
            !block.kept.is_empty()
        },
        |KeptBlock { kept, contacts, is_read }| {
            let mut add = |(record, phone, parts): &(u64, Phone, &[u8])| {
                contacts.add_parts(dedupe.share(*record, *phone), *record, *phone, parts)
            };
            *is_read = kept.iter().all(|kept| add(kept).is_some());
        },
        |KeptBlock { contacts, is_read, .. }| {
            let read = if *is_read { Ok(()) } else { Err(Error::Broken("the comparison")) };
            let compared = read.and_then(|()| contacts_in_order.compare(contacts)).and_then(|()| is_to_go_on(stop));
            failed = compared.err();
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    failed.map_or(Ok(()), Err)
}

/// Some of the contacts that are kept: as they are kept, and as they are compared.
#[derive(Default)]
struct KeptBlock<'k> {
    kept: Vec<(u64, Phone, &'k [u8])>,
    contacts: Contacts,
    /// Whether all of them could be read.
    is_read: bool,
}

/// Reads all contacts, and compares them.
fn compare_all(job: &Job, contacts_in_order: &mut InOrder<'_>, stop: &Stop) -> Result<(), Error> {
    let (survey, empty, mut failed) = (contacts_in_order.survey, contacts_in_order.empty, None);
    let read = job.read_blocks(
        |Record { row, judged, .. }, contacts: &mut Contacts| {
            let Judged::Contact(contact) = &judged else { return };
            let record = row.location.record;
            let share = survey.dedupe.share(record, contact.phone);
            contacts.add(share, record, contact, |out| write_parts(contact, &contact.name(), empty, out));
        },
        |contacts, _| {
            failed = contacts_in_order.compare(contacts).and_then(|()| is_to_go_on(stop)).err();
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    let read = read.map_err(Error::of_a_later_reading)?;
    failed.map_or(Ok(()), Err)?;
    inputs::are_same(job, &survey.inputs, &read.inputs)
}

/// Whether nobody has asked to stop.
fn is_to_go_on(stop: &Stop) -> Result<(), Error> {
    match stop.asked() {
        None => Ok(()),
        Some(_) => Err(Error::stopped(stop, "the comparison")),
    }
}
