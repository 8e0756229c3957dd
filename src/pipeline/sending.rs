//! The second reading: rows become parcels, parcels are delivered, and what happens goes into one line of events.
//!
//! No lock between stages and no circle of waiting: the loop always takes, so the requests always give, so the reader
//! always gets rid of its parcels. A slow server stops the reading by itself.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::contacts::{Contacts, Whole};
use super::inputs;
use super::kept_contacts::KeptContacts;
use super::listeners::Listeners;
use super::reports::AssumedRows;
use crate::batch::{Parcel, ParcelBuilder};
use crate::client::{self, Transport};
use crate::contact::{Contact, name_of};
use crate::dedupe::{Merge, Share};
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{RowStatus, StatusMap};
use crate::reading::{InputRead, Job, Judged, Record};
use crate::report::rejected_rows::{RejectedRows, Values};
use crate::report::rows::{Lines, ReportContext, Tables};
use crate::stop::Stop;
use crate::survey::Survey;
use crate::wire::contact::{Empty, write, write_merged};

/// Parcels that may wait to be sent: they hold the reader back.
const PARCELS: usize = 4;
/// Events that may wait to be heard: they hold the sending back. A request that the server took is told twice, as answered
/// and as settled, so of these and the one that is being heard every second at most settles something. However busy the
/// machine is, a kill makes the journal miss the requests in flight and 5 more at most.
const EVENTS: usize = 8;
/// How often the journal is asked to make safe what it holds.
const TICK: Duration = Duration::from_millis(100);

/// What is sent, and what need not be sent again.
pub struct SendJob {
    /// The inputs.
    pub job: Arc<Job>,
    /// What the first reading found.
    pub survey: Arc<Survey>,
    /// What earlier runs settled.
    pub done: Arc<StatusMap>,
    /// What is done with members that have no value.
    pub empty: Empty,
    /// At most so many contacts are sent.
    pub most: u64,
    /// All of them, as they are sent; `None` where the inputs are to be read for them.
    pub kept: Option<Arc<KeptContacts>>,
    /// The results folder.
    pub folder: Folder,
    /// How values appear where people look.
    pub values: Values,
}

/// Sends all of it. The listeners hear everything. Gives what was written of the rows meanwhile; `None` where that could not be
/// done.
///
/// # Errors
/// What ended the sending first: a listener, the server, the input, or a signal.
pub async fn send(
    load: SendJob,
    transport: impl Transport,
    options: client::Options,
    listeners: &mut Listeners<'_>,
    stop: &Stop,
) -> Result<Option<AssumedRows>, Error> {
    let (parcels_in, parcels) = mpsc::channel(PARCELS);
    let (events_in, mut events) = mpsc::channel(EVENTS);
    let (job, survey) = (Arc::clone(&load.job), Arc::clone(&load.survey));
    let reader = {
        let stop = stop.clone();
        tokio::task::spawn_blocking(move || read(&load, &parcels_in, &stop))
    };
    let sender = {
        let stop = stop.clone();
        tokio::spawn(async move { client::deliver(transport, &options, parcels, events_in, stop).await })
    };

    let mut cause: Option<Error> = None;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let heard = tokio::select! {
            event = events.recv() => match event {
                Some(event) => listeners.hear(&event),
                None => break,
            },
            _ = tick.tick() => listeners.tick(),
        };
        if let Err(error) = heard {
            cause.get_or_insert(error);
            stop.error();
        }
    }
    let delivered = sender.await;
    if let Some(cause) = cause {
        return Err(cause);
    }
    let read = match reader.await {
        Ok(Ok(Some((again, rows)))) => inputs::are_same(&job, &survey.inputs, &again).map(|()| rows),
        Ok(Ok(None)) => match stop.by_signal() {
            Some(signal) => Err(Error::Signal(signal)),
            None => Ok(None),
        },
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::Broken("the reading")),
    };
    match delivered {
        Ok(Ok(())) => read,
        // That the input changed is the graver news: the same command cannot resume.
        Ok(Err(failure)) => Err(match read {
            Err(error @ Error::InputChanged { .. }) => error,
            _ => Error::Delivery(failure),
        }),
        Err(_) => Err(Error::Broken("the sending")),
    }
}

/// The contacts of a block of rows.
#[derive(Default)]
struct Prepared {
    contacts: Contacts,
    /// The first that an earlier run had accepted.
    accepted_before: Option<Parcel>,
}

impl Prepared {
    /// Adds a row; `name` is the one that it gives.
    fn add(&mut self, load: &SendJob, record: &Record<'_>, name: &str) {
        let Record { row, judged: Judged::Contact(contact), .. } = record else { return };
        let record = row.location.record;
        let share = load.survey.dedupe.share(record, contact.phone);
        // What of several rows an earlier run settled is read all the same: it may leave something to a later row.
        if share == Share::All && load.done.is_done(record) {
            let is_control = load.done.get(record) == Some(RowStatus::AcceptedBefore);
            if is_control && self.accepted_before.is_none() {
                self.accepted_before = Some(accepted_before(record, contact, load.empty));
            }
            return;
        }
        self.contacts.add(share, record, contact, |out| write(contact, name, load.empty, out));
    }
}

/// A contact that an earlier run had accepted: whether it still passes tells contacts that the server cannot stand from a
/// server that takes nothing.
fn accepted_before(record: u64, contact: &Contact, empty: Empty) -> Parcel {
    let mut builder = ParcelBuilder::default();
    builder.contact(record, |out| write(contact, &contact.name(), empty, out));
    builder.take_accepted_before()
}

/// Puts contacts into parcels, in order.
struct Packer<'s> {
    load: &'s SendJob,
    parcels: &'s mpsc::Sender<Arc<Parcel>>,
    builder: ParcelBuilder,
    /// So many contacts may still be sent.
    left: u64,
    /// Whether nobody wants the rest.
    is_ended: bool,
}

impl Packer<'_> {
    /// Adds a contact, unless no more may be sent. It breaks where nobody wants the rest.
    fn add(&mut self, record: u64, write: impl FnOnce(&mut Vec<u8>)) -> Result<ControlFlow<()>, Error> {
        if self.left > 0 {
            self.left -= 1;
            self.builder.contact(record, write);
        }
        if self.builder.is_full() {
            inputs::have_same_lengths(&self.load.job)?;
            let parcel = self.builder.take();
            self.hand_on(parcel);
        }
        Ok(if self.is_ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Adds the contacts of a block, and empties it.
    fn add_all(&mut self, contacts: &mut Contacts, merge: &mut Merge<'_>) -> Result<(), Error> {
        let SendJob { done, empty, .. } = self.load;
        contacts.settle(merge, |record, phone, whole| match whole {
            Some(Whole::Written(object)) => self.add(record, |out| out.extend_from_slice(object)),
            Some(Whole::Merged(details)) if !done.is_done(record) => {
                self.add(record, |out| write_merged(phone, &details, *empty, out))
            }
            _ => Ok(ControlFlow::Continue(())),
        })
    }

    fn hand_on(&mut self, parcel: Parcel) {
        self.is_ended |= self.parcels.blocking_send(Arc::new(parcel)).is_err();
    }
}

/// What was read, and what was written of it meanwhile.
type ReadRows = (Vec<InputRead>, Option<AssumedRows>);

/// Writes parcels. `None` if nobody wanted the rest.
fn read(load: &SendJob, parcels: &mpsc::Sender<Arc<Parcel>>, stop: &Stop) -> Result<Option<ReadRows>, Error> {
    let mut packer = Packer { load, parcels, builder: ParcelBuilder::default(), left: load.most, is_ended: false };
    let read = match &load.kept {
        Some(kept) => {
            send_kept(kept, &mut packer, stop)?;
            (load.survey.inputs.clone(), None)
        }
        None => read_all(&mut packer, stop)?,
    };
    if packer.is_ended {
        return Ok(None);
    }
    inputs::have_same_lengths(&load.job)?;
    let rest = packer.builder.take();
    if !rest.items.is_empty() {
        packer.hand_on(rest);
    }
    Ok((!packer.is_ended).then_some(read))
}

/// Writes the contacts that are kept into parcels.
fn send_kept(kept: &KeptContacts, packer: &mut Packer<'_>, stop: &Stop) -> Result<(), Error> {
    let empty = packer.load.empty;
    for (record, phone, details) in kept.details() {
        let details = details.ok_or(Error::Broken("the sending"))?;
        packer.is_ended |= stop.asked().is_some();
        if packer.add(record, |out| write_merged(phone, &details, empty, out))?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads, judges, merges and writes parcels.
fn read_all(packer: &mut Packer<'_>, stop: &Stop) -> Result<ReadRows, Error> {
    let load = packer.load;
    let context = ReportContext {
        job: &load.job,
        inputs: &load.survey.inputs,
        keep: &load.survey.dedupe,
        statuses: &load.done,
        open_rows: Some(RowStatus::Accepted),
        why_not_sent: "",
    };
    let mut rejected = RejectedRows::new(load.values);
    // A trial leaves rows that are not sent.
    let is_all = load.most == u64::MAX;
    let mut tables = is_all.then(|| Tables::begin(&context, &load.folder, &mut rejected).ok()).flatten();
    let has_tables = tables.is_some();
    let modified = inputs::modified(&load.job);
    let (mut merge, mut is_control_sent, mut failed) = (Merge::new(&load.survey.dedupe), false, None);
    let read = load.job.read_blocks(
        |record, (prepared, lines): &mut (Prepared, Lines<'_>)| {
            let name = name_of(record.row, record.fields);
            prepared.add(load, &record, &name);
            if has_tables {
                lines.add(&context, &record, &name);
            }
        },
        |(prepared, lines), _| {
            if let Some(control) = prepared.accepted_before.take().filter(|_| !is_control_sent) {
                is_control_sent = true;
                packer.hand_on(control);
            }
            failed = packer.add_all(&mut prepared.contacts, &mut merge).err();
            packer.is_ended |= stop.asked().is_some();
            // Where the files cannot be written, contacts are sent all the same; the reports say why then.
            if tables.as_mut().is_none_or(|tables| tables.write(lines).is_err()) {
                (tables, *lines) = (None, Lines::default());
            }
            if packer.is_ended || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    let read = read.map_err(Error::of_a_later_reading)?;
    failed.map_or(Ok(()), Err)?;
    let written = tables.and_then(|tables| tables.finish().ok());
    Ok((read.inputs, written.map(|written| AssumedRows { written, rejected, modified })))
}
