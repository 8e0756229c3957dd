//! Shows a run while it goes on: a bar on a terminal, a plain line now and then elsewhere, nothing where nobody looks.
//!
//! It hears the same events as the other listeners and decides nothing. indicatif is used here only, and what it draws
//! goes through the terminal like everything else.

mod bar;
mod canvas;
mod line_throttle;
mod state;

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::ProgressBar;
use tokio::time::Instant;

use crate::diagnostic::Exit;
use crate::event::Event;
use crate::numbers::{duration, size};
use crate::outcome::{Cause, Counts, Failure};
use crate::row::masked_within;
use crate::terminal::{self, safe};

use bar::{bar, cells, style};
use line_throttle::LineThrottle;
use state::ProgressState;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Nothing at all (`--quiet`).
    Nothing,
    /// What goes wrong, at once, and nothing else (`--progress never`).
    Troubles,
    /// That, and plain lines at a bearable throttle.
    Lines,
    /// That, and a bar; for a terminal that can move its cursor.
    Bar,
}

/// Whether cell values that the server quotes are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// Numbers and addresses are masked.
    Masked,
    /// They stand as they are (`--show-values`).
    Shown,
}

/// Where lines are said: one without its line end at a time.
pub type Say = Box<dyn Fn(&str) + Send>;

/// The listener.
pub struct Progress {
    show: Show,
    quotes: Quotes,
    say: Say,
    start: Instant,
    state: ProgressState,
    throttle: LineThrottle,
    bar: Option<ProgressBar>,
    cells: usize,
    /// Whether every wait and every change of throttle is said.
    is_verbose: bool,
    /// How often each kind of trouble came up; the first one is told at once.
    troubles: BTreeMap<Cause, u64>,
}

impl Progress {
    /// Nothing has begun yet.
    pub fn new(show: Show, quotes: Quotes, say: Say) -> Self {
        Progress {
            show,
            quotes,
            say,
            start: Instant::now(),
            state: ProgressState::default(),
            throttle: LineThrottle::default(),
            bar: None,
            cells: 0,
            is_verbose: false,
            troubles: BTreeMap::new(),
        }
    }

    /// The same, which also says every wait, every batch that is halved, and every change of how much goes out at once.
    #[must_use]
    pub fn verbose(self) -> Self {
        Progress { is_verbose: true, ..self }
    }

    /// The inputs are being read for the first time: so many bytes in all.
    pub fn checking(&mut self, bytes: u64) {
        self.state.checking(bytes);
        self.throttle.next_phase();
        self.draw();
    }

    /// So many of the bytes have been read.
    pub fn checked(&mut self, bytes: u64) {
        self.state.checked(bytes);
        self.tell();
    }

    /// The sending begins; `before` is how many rows have each status by now.
    pub fn sending(&mut self, before: &Counts) {
        self.state.sending(before, Instant::now());
        self.throttle.next_phase();
        self.draw();
    }

    /// The reports are being written.
    pub fn reporting(&mut self) {
        self.state.reporting();
        self.throttle.next_phase();
        self.draw();
    }

    /// Hears what happened.
    pub fn hear(&mut self, event: &Event) {
        self.state.hear(event, Instant::now());
        match event {
            Event::Answered { trouble: Some(why), .. } => self.trouble(why),
            Event::Stopping { why, in_flight } => self.stopping(why, *in_flight),
            Event::Renewed => self.line("the token was read again and is a new one"),
            event if self.is_verbose => {
                if let Some(line) = self.detail(event) {
                    self.line(&line);
                }
            }
            _ => {}
        }
        self.tell();
    }

    /// What `-v` says of an event that is not said otherwise.
    fn detail(&self, event: &Event) -> Option<String> {
        match event {
            Event::Waiting { until, why, .. } => {
                let left = until.saturating_duration_since(Instant::now()).as_secs_f64();
                Some(format!("waiting {}: {}", duration(left), self.told(why)))
            }
            Event::Halved { contacts, why, .. } => {
                Some(format!("a batch of {contacts} contacts is sent in two halves: {}", self.told(why)))
            }
            Event::Smaller { contacts, bytes } => {
                Some(format!("requests hold at most {contacts} contacts and {} from now on", size(*bytes as u64)))
            }
            Event::Window { open, .. } => Some(format!("{open} requests at once from now on")),
            Event::Paced { rate, .. } => {
                Some(format!("the server takes about {rate:.1} requests a second; its pace is kept from now on"))
            }
            Event::Back => Some("the server answers again".to_owned()),
            _ => None,
        }
    }

    /// Time has passed; waits count down, and a line may be due.
    pub fn tick(&mut self) {
        self.tell();
    }

    /// Says a line at once, above the bar if there is one. Foreign text in it must have been made safe.
    pub fn line(&mut self, line: &str) {
        match (&self.bar, self.show) {
            (_, Show::Nothing) => {}
            (Some(bar), _) => bar.suspend(|| (self.say)(line)),
            (None, _) => (self.say)(line),
        }
    }

    /// The end of a phase: a clean screen, and how often troubles came up that were told only once.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
            // A bar of a later phase is a new one, which has no style yet.
            self.cells = 0;
        }
        let again: Vec<String> = self
            .troubles
            .iter()
            // Rows that were refused are counted by the summary.
            .filter(|(cause, times)| **times > 1 && cause.entry().exit != Exit::SomeRows)
            .map(|(cause, times)| format!("{} [{}]: {times} times", cause.description(), cause.as_str()))
            .collect();
        self.troubles.clear();
        for line in again {
            self.line(&line);
        }
    }

    /// The first trouble of each kind is told at once, the others are counted.
    fn trouble(&mut self, why: &Failure) {
        let times = self.troubles.entry(why.cause).or_default();
        *times += 1;
        // What ends the run is told at its end, as its error.
        if *times == 1 && matches!(why.cause.entry().exit, Exit::SomeRows | Exit::Later) {
            self.line(&self.told(why));
        }
    }

    fn told(&self, why: &Failure) -> String {
        let what = why.to_string();
        let what = match self.quotes {
            Quotes::Masked => masked_within(&what),
            Quotes::Shown => what.as_str().into(),
        };
        let request = if why.request.is_empty() { String::new() } else { format!(" (request {})", safe(&why.request)) };
        format!("{}{request} [{}]", safe(&what), why.cause.as_str())
    }

    fn stopping(&mut self, why: &Failure, in_flight: usize) {
        // What ended the run is told at its end.
        let waits = match in_flight {
            0 => return,
            1 => "waiting for 1 request under way".to_owned(),
            more => format!("waiting for {more} requests under way"),
        };
        let again = match why.cause {
            Cause::Interrupt => "; Ctrl-C again ends it at once",
            Cause::Hangup | Cause::Terminate => "; the same signal again ends it at once",
            _ => "",
        };
        self.line(&format!("stopping: {waits}{again}"));
    }

    /// Draws the bar, or says a line if one is due.
    fn tell(&mut self) {
        let now = Instant::now();
        match self.show {
            Show::Nothing | Show::Troubles => {}
            Show::Bar => self.draw(),
            Show::Lines => {
                let since = now.saturating_duration_since(self.start);
                if self.throttle.is_due(self.state.percent(), self.state.is_waiting(now), since) {
                    let line = self.state.line(now);
                    self.line(&line);
                }
            }
        }
    }

    fn draw(&mut self) {
        if self.show != Show::Bar {
            return;
        }
        let now = Instant::now();
        let bar = self.bar.get_or_insert_with(bar);
        let (done, of) = self.state.done();
        let (beside, width) = (self.state.beside(now), usize::from(terminal::size().0));
        let cells = cells(width, beside.len());
        if self.cells != cells {
            self.cells = cells;
            bar.set_style(style(cells));
        }
        bar.set_length(of);
        bar.set_position(done.min(of));
        bar.set_prefix(beside);
        bar.set_message(self.state.below(now).chars().take(width.saturating_sub(1)).collect::<String>());
    }
}

/// How often `tick` should be called.
pub const TICK: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use snapbox::{assert_data_eq, str};

    use super::*;
    use crate::event::Pause;
    use crate::outcome::{Outcome, RowStatus, Settled, Settlement};

    fn listener(show: Show) -> (Progress, Arc<Mutex<Vec<String>>>) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&said);
        (Progress::new(show, Quotes::Masked, Box::new(move |line| to.lock().unwrap().push(line.to_owned()))), said)
    }

    fn before(not_sent: u64, duplicate: u64, invalid: u64) -> Counts {
        let rows = [(RowStatus::NotSent, not_sent), (RowStatus::Duplicate, duplicate), (RowStatus::Invalid, invalid)];
        Counts::from(rows)
    }

    fn settled(records: std::ops::RangeInclusive<u64>, outcome: Outcome) -> Event {
        let part = Settled { records: vec![records], outcome, request: String::new(), status: None };
        Event::Settled(Settlement { serial: 1, attempts: 1, parts: vec![part] })
    }

    fn busy() -> Arc<Failure> {
        let request = "5f0c-000012".to_owned();
        Arc::new(Failure { request, ..Failure::new(Cause::Busy, "no more for +919876543210").with_status(429) })
    }

    fn answered(why: &Arc<Failure>) -> Event {
        Event::Answered { serial: 1, request: 1, took: Duration::ZERO, trouble: Some(Arc::clone(why)), in_flight: 0 }
    }

    /// A minute and a half: 90 batches, one a second, and a wait of 20 s.
    async fn run(show: Show) -> Vec<String> {
        let (mut progress, said) = listener(show);
        progress.checking(1_000_000);
        progress.checked(1_000_000);
        progress.sending(&before(9_000, 900, 100));
        progress.hear(&Event::Window { open: 4, why: None });
        for n in 0..90 {
            tokio::time::advance(Duration::from_secs(1)).await;
            if n == 30 {
                progress.hear(&answered(&busy()));
                let until = Instant::now() + Duration::from_secs(20);
                progress.hear(&Event::Waiting { until, pause: Pause::Named, why: busy() });
                for _ in 0..100 {
                    tokio::time::advance(TICK).await;
                    progress.tick();
                }
                progress.hear(&Event::Back);
            }
            progress.hear(&settled(n * 100 + 1..=n * 100 + 100, Outcome::Accepted));
        }
        progress.hear(&answered(&busy()));
        progress.finish();
        said.lock().unwrap().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn plain_lines_of_a_run() {
        assert_data_eq!(
            run(Show::Lines).await.join("\n"),
            str![[r#"
sending: 11 % of 10,000 rows, 100/s, 1 min 29 s left; 100 accepted, 100 rejected, 4 at once
sending: 21 % of 10,000 rows, 100/s, 1 min 19 s left; 1,100 accepted, 100 rejected, 4 at once
sending: 31 % of 10,000 rows, 100/s, 1 min 9 s left; 2,100 accepted, 100 rejected, 4 at once
the server is busy (HTTP 429): no more for +91•••3210 (request 5f0c-000012) [server.busy]
sending: 40 % of 10,000 rows, 97/s, 1 min 2 s left; 3,000 accepted, 100 rejected, 4 at once
sending: 40 % of 10,000 rows; 3,000 accepted, 100 rejected, 4 at once; waiting 10 s: the server is busy (HTTP 429)
sending: 50 % of 10,000 rows, 35/s, 2 min 21 s left; 4,000 accepted, 100 rejected, 4 at once
sending: 60 % of 10,000 rows, 50/s, 1 min 20 s left; 5,000 accepted, 100 rejected, 4 at once
sending: 70 % of 10,000 rows, 60/s, 50 s left; 6,000 accepted, 100 rejected, 4 at once
sending: 80 % of 10,000 rows, 100/s, 20 s left; 7,000 accepted, 100 rejected, 4 at once
sending: 90 % of 10,000 rows, 100/s, 10 s left; 8,000 accepted, 100 rejected, 4 at once
sending: 100 % of 10,000 rows; 9,000 accepted, 100 rejected, 4 at once
the server is busy [server.busy]: 2 times
"#]]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn troubles_are_told_where_progress_is_not() {
        assert_data_eq!(
            run(Show::Troubles).await.join("\n"),
            str![[r#"
the server is busy (HTTP 429): no more for +91•••3210 (request 5f0c-000012) [server.busy]
the server is busy [server.busy]: 2 times
"#]]
        );
        assert!(run(Show::Nothing).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_signal_is_offered() {
        let (mut progress, said) = listener(Show::Lines);
        progress.sending(&before(10, 0, 0));
        let why = Arc::new(Failure::new(Cause::Interrupt, ""));
        progress.hear(&Event::Stopping { why, in_flight: 3 });
        assert_eq!(said.lock().unwrap()[0], "stopping: waiting for 3 requests under way; Ctrl-C again ends it at once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_run_says_little() {
        let (mut progress, said) = listener(Show::Lines);
        progress.checking(100);
        progress.sending(&before(300, 0, 0));
        for n in 0..3 {
            tokio::time::advance(Duration::from_millis(100)).await;
            progress.hear(&settled(n * 100 + 1..=n * 100 + 100, Outcome::Accepted));
        }
        progress.finish();
        assert!(said.lock().unwrap().is_empty());
    }
}
