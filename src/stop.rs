//! Stopping: one small value with two levels, made in `main`, asked while reading and while sending.
//!
//! The first signal, or an error that ends the run, means: start nothing new. The second signal means: now.

use tokio::sync::watch;

use crate::diagnostic::Exit;
pub use crate::platform::Signal;
use crate::platform::Signals;

impl Signal {
    /// The exit code of a run that it ended: 128 and the signal's number.
    pub fn exit(self) -> Exit {
        match self {
            Signal::Hangup => Exit::Hangup,
            Signal::Interrupt => Exit::Interrupt,
            Signal::Terminate => Exit::Terminate,
        }
    }
}

/// Why nothing new is to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A signal.
    Signal(Signal),
    /// An error elsewhere that ends the run.
    Error,
}

#[derive(Debug, Clone, Copy, Default)]
struct Level {
    asked: Option<Reason>,
    now: bool,
}

/// Whether the run is to stop; all clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    level: watch::Sender<Level>,
}

impl Stop {
    /// A signal came: the first one lets what has begun come to its end, the second one does not.
    pub fn signal(&self, signal: Signal) {
        self.level.send_modify(|level| match level.asked {
            Some(Reason::Signal(_)) => level.now = true,
            // The error came first and keeps deciding the exit code; the signal only hurries.
            Some(Reason::Error) => level.now = true,
            None => level.asked = Some(Reason::Signal(signal)),
        });
    }

    /// An error ends the run: start nothing new.
    pub fn error(&self) {
        self.level.send_modify(|level| {
            level.asked.get_or_insert(Reason::Error);
        });
    }

    /// Why nothing new is to be started; `None` while all goes on.
    pub fn asked(&self) -> Option<Reason> {
        self.level.borrow().asked
    }

    /// The signal that ended the run, if one did.
    pub fn by_signal(&self) -> Option<Signal> {
        match self.asked() {
            Some(Reason::Signal(signal)) => Some(signal),
            Some(Reason::Error) | None => None,
        }
    }

    /// Whether not even what has begun is to be waited for.
    pub fn at_once(&self) -> bool {
        self.level.borrow().now
    }

    /// Returns when nothing new is to be started.
    pub async fn wait(&self) -> Reason {
        let mut level = self.level.subscribe();
        // The sender is `self`, so the channel stays open.
        let asked = level.wait_for(|level| level.asked.is_some()).await.ok().and_then(|level| level.asked);
        asked.unwrap_or(Reason::Error)
    }

    /// Returns when not even what has begun is to be waited for.
    pub async fn wait_at_once(&self) {
        let mut level = self.level.subscribe();
        drop(level.wait_for(|level| level.now).await);
    }

    /// Listens to signals until the runtime ends. `told` hears each of them.
    ///
    /// Must be called within a runtime.
    ///
    /// # Errors
    /// Where the system does not let the program listen.
    pub fn listen(&self, told: impl Fn(Signal) + Send + 'static) -> std::io::Result<()> {
        let mut signals = Signals::listen()?;
        let stop = self.clone();
        tokio::spawn(async move {
            while let Some(heard) = signals.next().await {
                stop.signal(heard);
                told(heard);
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_signal_stops_and_the_second_hurries() {
        let stop = Stop::default();
        assert_eq!((stop.asked(), stop.at_once()), (None, false));
        let other = stop.clone();
        let waiting = tokio::spawn(async move { other.wait().await });
        stop.signal(Signal::Terminate);
        assert_eq!(waiting.await.unwrap(), Reason::Signal(Signal::Terminate));
        assert!(!stop.at_once());
        stop.error();
        stop.signal(Signal::Interrupt);
        stop.wait_at_once().await;
        assert_eq!(stop.by_signal().map(Signal::exit), Some(Exit::Terminate));
    }
}
