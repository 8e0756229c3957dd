//! Who hears what happens while contacts are sent, and in which order.

use tokio::time::Instant;

use crate::error::Error;
use crate::event::{Event, Requests};
use crate::journal::{self, Journal};
use crate::outcome::StatusMap;
use crate::progress::Progress;
use crate::report::timeline::Timeline;

/// The listeners, in the order in which they hear: what makes things durable comes first.
pub struct Listeners<'a> {
    /// The run's memory on disk; the only one whose failure ends the run. After that there is none any more.
    pub journal: &'a mut Option<Journal>,
    /// What became of each record.
    pub statuses: &'a mut StatusMap,
    /// What went over the wire.
    pub requests: &'a mut Requests,
    /// How the sending went over time.
    pub timeline: &'a mut Timeline,
    /// What is shown meanwhile.
    pub progress: &'a mut Progress,
}

impl Listeners<'_> {
    /// Tells all of them.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn hear(&mut self, event: &Event) -> Result<(), Error> {
        let kept = match self.journal {
            Some(journal) => journal.hear(event),
            None => Ok(()),
        };
        if let Event::Settled(settlement) = event {
            self.statuses.settle(settlement);
        }
        self.requests.hear(event);
        self.timeline.hear(event, Instant::now());
        self.progress.hear(event);
        self.kept(kept)
    }

    /// Time has passed.
    ///
    /// # Errors
    /// The journal cannot be made safe.
    pub fn tick(&mut self) -> Result<(), Error> {
        self.progress.tick();
        let kept = match self.journal {
            Some(journal) => journal.tick(),
            None => Ok(()),
        };
        self.kept(kept)
    }

    fn kept(&mut self, kept: Result<(), journal::Error>) -> Result<(), Error> {
        kept.map_err(|error| {
            // A sync that failed once proves nothing when it succeeds later: the journal is not touched again.
            *self.journal = None;
            Error::Journal(error)
        })
    }
}
