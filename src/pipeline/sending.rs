//! The second reading: rows become parcels, parcels are delivered, and what happens goes into one line of events.
//!
//! No lock between stages and no circle of waiting: the loop always takes, so the requests always give, so the reader
//! always gets rid of its parcels. A slow server stops the reading by itself.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::inputs;
use super::listeners::Listeners;
use crate::batch::{Parcel, ParcelBuilder};
use crate::client::{self, Transport};
use crate::contact::Contact;
use crate::dedupe::{Merge, Resolved};
use crate::error::Error;
use crate::outcome::{RowStatus, StatusMap};
use crate::reading::{InputRead, Job, Judged, KeptRows, Step};
use crate::stop::Stop;
use crate::survey::Survey;
use crate::wire::contact::{Empty, write, write_merged};

/// Parcels that may wait to be sent: they hold the reader back.
const PARCELS: usize = 4;
/// Events that may wait to be heard: they hold the sending back.
const EVENTS: usize = 64;
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
    /// The rows that hold all of them; `None` where the inputs are to be read again.
    pub kept: Option<Arc<KeptRows>>,
}

/// Sends all of it. The listeners hear everything.
///
/// # Errors
/// What ended the sending first: a listener, the far side, the input, or a signal.
pub async fn send(
    load: SendJob,
    transport: impl Transport,
    options: client::Options,
    listeners: &mut Listeners<'_>,
    stop: &Stop,
) -> Result<(), Error> {
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
        Ok(Ok(Some(again))) => inputs::are_same(&job, &survey.inputs, &again),
        Ok(Ok(None)) => match stop.by_signal() {
            Some(signal) => Err(Error::Signal(signal)),
            None => Ok(()),
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

/// A contact that an earlier run had accepted: whether it still passes tells contacts that the server cannot stand from a
/// server that takes nothing.
fn accepted_before(record: u64, contact: &Contact, empty: Empty) -> Parcel {
    let mut builder = ParcelBuilder::default();
    builder.contact(record, |out| write(contact, empty, out));
    builder.take_accepted_before()
}

/// Reads, judges, merges and writes parcels. `None` if nobody wanted the rest.
fn read(load: &SendJob, parcels: &mpsc::Sender<Arc<Parcel>>, stop: &Stop) -> Result<Option<Vec<InputRead>>, Error> {
    let mut merge = Merge::new(&load.survey.dedupe);
    let mut builder = ParcelBuilder::default();
    let mut failed = None;
    let mut ended = false;
    let mut left = load.most;
    let mut is_control_sent = false;
    let each = |step: Step<'_>| {
        let Step::Record { row, judged: Judged::Contact(contact), .. } = step else {
            ended |= stop.asked().is_some();
            return if ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        };
        let record = row.location.record;
        match merge.row(row.location, &contact) {
            Err(error) => {
                failed = Some(Error::Local { what: "a temporary file for repeated rows", error });
                return ControlFlow::Break(());
            }
            Ok(Resolved::Duplicate(_)) => {}
            Ok(Resolved::Alone(contact))
                if !is_control_sent && load.done.get(record) == Some(RowStatus::AcceptedBefore) =>
            {
                is_control_sent = true;
                ended |= parcels.blocking_send(Arc::new(accepted_before(record, contact, load.empty))).is_err();
            }
            // What an earlier run settled is read all the same: it may leave something to a later row.
            Ok(_) if load.done.is_done(record) || left == 0 => {}
            Ok(Resolved::Alone(contact)) => {
                left -= 1;
                builder.contact(record, |out| write(contact, load.empty, out));
            }
            Ok(Resolved::Together(details)) => {
                left -= 1;
                builder.contact(record, |out| write_merged(contact.phone, &details, load.empty, out));
            }
        }
        if builder.is_full() {
            failed = inputs::have_same_lengths(&load.job).err();
            ended |= failed.is_none() && parcels.blocking_send(Arc::new(builder.take())).is_err();
        }
        if ended || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let read = match &load.kept {
        Some(kept) => kept.read(&load.job, &load.survey.inputs, each),
        None => load.job.read(each).map_err(Error::of_a_later_reading)?,
    };
    if let Some(error) = failed {
        return Err(error);
    }
    if ended {
        return Ok(None);
    }
    inputs::have_same_lengths(&load.job)?;
    let rest = builder.take();
    if !rest.items.is_empty() && parcels.blocking_send(Arc::new(rest)).is_err() {
        return Ok(None);
    }
    Ok(Some(read.inputs))
}
