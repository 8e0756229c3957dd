//! Where a run stands, in words. Nothing is drawn here, and the clock is passed in.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::event::{Event, Pause};
use crate::numbers::{count, duration, grouped, size};
use crate::outcome::{Counts, Failure, RowStatus};
use crate::terminal::safe;

/// Where a run stands.
#[derive(Debug, Default)]
pub struct ProgressState {
    phase: Phase,
    /// Bytes or rows, in this phase.
    total: u64,
    done: u64,
    accepted: u64,
    rejected: u64,
    /// Contacts in batches that were sent, by batch.
    sent: HashMap<u64, u64>,
    /// Of those, the batches that are tried again.
    retrying: HashMap<u64, u64>,
    window: usize,
    wait: Option<(Instant, Arc<Failure>)>,
    /// Whether nothing succeeds, and single requests find out when that ends.
    outage: bool,
    recent: Recent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Checking,
    Sending,
    Reporting,
}

impl ProgressState {
    /// So many bytes are read for the first time.
    pub fn checking(&mut self, bytes: u64) {
        (self.phase, self.total, self.done) = (Phase::Checking, bytes, 0);
    }

    /// So many of them have been read.
    pub fn checked(&mut self, bytes: u64) {
        self.done = bytes;
    }

    /// The sending begins; `before` is how many rows have each status by now.
    pub fn sending(&mut self, before: &Counts, now: Instant) {
        (self.phase, self.total, self.done) = (Phase::Sending, before.total(), before.total() - before.open());
        (self.accepted, self.rejected) = (before.accepted(), before.rejected());
        self.window = self.window.max(1);
        self.recent = Recent::default();
        self.recent.add(now, 0);
    }

    /// The reports are written.
    pub fn reporting(&mut self) {
        self.phase = Phase::Reporting;
        self.wait = None;
    }

    /// What happened.
    pub fn hear(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Sent { serial, contacts, .. } => {
                self.sent.insert(*serial, *contacts as u64);
            }
            Event::Waiting { pause: Pause::Batch { serial, .. }, .. } => {
                let contacts = self.sent.get(serial).copied().unwrap_or(0);
                self.retrying.insert(*serial, contacts);
            }
            Event::Waiting { until, pause: pause @ (Pause::Named | Pause::Breaker), why } => {
                self.wait = Some((*until, Arc::clone(why)));
                self.outage |= *pause == Pause::Breaker;
            }
            Event::Back => (self.wait, self.outage) = (None, false),
            Event::Paced { .. } => self.recent.paced(now),
            Event::Window { open, .. } => self.window = *open,
            Event::Halved { serial, .. } => {
                self.retrying.remove(serial);
            }
            Event::Settled(settlement) => {
                self.sent.remove(&settlement.serial);
                self.retrying.remove(&settlement.serial);
                let counts = settlement.counts();
                let (accepted, refused) = (counts[RowStatus::Accepted], counts[RowStatus::Refused]);
                self.accepted += accepted;
                self.rejected += refused;
                self.done += accepted + refused;
                self.recent.add(now, accepted + refused);
            }
            _ => {}
        }
    }

    /// How much of how much is done; never more than all.
    pub fn done(&self) -> (u64, u64) {
        (self.done.min(self.total), self.total.max(1))
    }

    /// The same in hundredths, rounded down: 100 only when all is done.
    pub fn percent(&self) -> u64 {
        let (done, of) = self.done();
        (u128::from(done) * 100 / u128::from(of)) as u64
    }

    /// Whether everybody waits for the server.
    pub fn is_waiting(&self, now: Instant) -> bool {
        self.wait.as_ref().is_some_and(|(until, _)| self.outage || *until > now)
    }

    /// What stands beside the bar.
    pub fn beside(&self, now: Instant) -> String {
        match self.phase {
            Phase::Checking => format!("{:>3} % of {}", self.percent(), size(self.total)),
            Phase::Sending => format!("{:>3} %{}", self.percent(), self.ahead(now)),
            Phase::Reporting => format!("{:>3} %", self.percent()),
        }
    }

    /// What stands below the bar.
    pub fn below(&self, now: Instant) -> String {
        match self.phase {
            Phase::Checking => "checking the input; nothing is sent yet".to_owned(),
            Phase::Sending => {
                // The counts stay where they are, so that the line does not jump; a reason that is too long loses its end.
                match self.waiting(now) {
                    Some(wait) => format!("{}; {wait}", self.contacts()),
                    None => self.counts(),
                }
            }
            Phase::Reporting => "writing the reports".to_owned(),
        }
    }

    /// All of it in one plain line.
    pub fn line(&self, now: Instant) -> String {
        match self.phase {
            Phase::Checking => format!("checking: {} % of {}", self.percent(), size(self.total)),
            Phase::Sending => {
                let wait = self.waiting(now).map(|wait| format!("; {wait}")).unwrap_or_default();
                format!("sending: {} %{}; {}{wait}", self.percent(), self.ahead(now), self.counts())
            }
            Phase::Reporting => "writing the reports".to_owned(),
        }
    }

    /// What became of the contacts, and how many requests there may be.
    fn counts(&self) -> String {
        format!("{}, {} at once", self.contacts(), grouped(self.window as u64))
    }

    fn contacts(&self) -> String {
        let mut text = format!("{} accepted, {} rejected", grouped(self.accepted), grouped(self.rejected));
        let retrying: u64 = self.retrying.values().sum();
        if retrying > 0 {
            text.push_str(&format!(", {} retrying", grouped(retrying)));
        }
        text
    }

    /// ` of 10,000 rows, 1,234/s, 5 s left`; the speed and what follows from it only once there is one.
    fn ahead(&self, now: Instant) -> String {
        let mut text = format!(" of {}", count(self.total, "row"));
        let rate = self.recent.rate(now);
        if self.is_waiting(now) {
            // What it waits for is said elsewhere; how long it will take nobody knows.
        } else if self.recent.is_quiet(now) && self.done < self.total {
            text.push_str(", waiting for the server");
        } else if rate >= 0.05 && self.done < self.total {
            let left = duration(((self.total - self.done) as f64 / rate).max(1.0));
            let rate = if rate < 10.0 { format!("{rate:.1}") } else { grouped(rate.round() as u64) };
            text.push_str(&format!(", {rate}/s, {left} left"));
        }
        text
    }

    /// `waiting 12 s for the server: …`, and the time of day where the wait is long.
    fn waiting(&self, now: Instant) -> Option<String> {
        let (until, why) = self.wait.as_ref().filter(|_| self.is_waiting(now))?;
        let left = until.saturating_duration_since(now);
        let time =
            if left >= Duration::from_secs(60) { format!(" until {}", time_of_day(left)) } else { String::new() };
        let status = why.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
        let what = safe(why.cause.description());
        if left.is_zero() {
            return Some(format!("waiting for the server: {what}{status}"));
        }
        let left = duration(left.as_secs_f64().ceil().max(1.0));
        Some(format!("waiting {left}{time}: {what}{status}"))
    }
}

/// The local time after so long, to the second.
fn time_of_day(left: Duration) -> String {
    let now = jiff::ZonedDateTime::now();
    let then = now.checked_add(left).unwrap_or(now);
    then.strftime("%H:%M:%S").to_string()
}

/// What was settled lately, for a speed that follows the server.
#[derive(Debug, Default)]
struct Recent {
    moments: VecDeque<(Instant, u64)>,
    total: u64,
    /// Whether the server allows a certain pace only.
    is_paced: bool,
}

/// The speed is the mean over so long.
const LATELY: Duration = Duration::from_secs(30);
/// And over so long where the server allows a certain pace only: many count requests by the minute.
const PACED: Duration = Duration::from_secs(300);
/// Nothing is said to be quiet before so long.
const QUIET: Duration = Duration::from_secs(5);
/// What is settled within so long is one moment, which bounds their number.
const MOMENT: Duration = Duration::from_millis(250);

impl Recent {
    fn add(&mut self, now: Instant, rows: u64) {
        self.total += rows;
        // The first one stays as it was: it is what the speed is measured from.
        let many = self.moments.len() > 1;
        match self.moments.back_mut() {
            Some((last, total)) if many && now.saturating_duration_since(*last) < MOMENT => *total = self.total,
            _ => self.moments.push_back((now, self.total)),
        }
        let lately = if self.is_paced { PACED } else { LATELY };
        while self.moments.get(1).is_some_and(|(at, _)| now.saturating_duration_since(*at) > lately) {
            self.moments.pop_front();
        }
    }

    /// From now on the server allows a certain pace only: what went before is no measure.
    fn paced(&mut self, now: Instant) {
        self.is_paced = true;
        self.moments.clear();
        self.add(now, 0);
    }

    /// Whether nothing was settled for much longer than usual lately.
    fn is_quiet(&self, now: Instant) -> bool {
        let gaps = self.moments.iter().zip(self.moments.iter().skip(1)).map(|((a, _), (b, _))| *b - *a);
        let usual = gaps.max().unwrap_or_default();
        let last = self.moments.back().map(|(last, _)| now.saturating_duration_since(*last));
        last.is_some_and(|since| since > QUIET.max(usual * 2))
    }

    /// Rows a second; 0 while that cannot be said.
    fn rate(&self, now: Instant) -> f64 {
        let Some((first, before)) = self.moments.front() else { return 0.0 };
        let seconds = now.saturating_duration_since(*first).as_secs_f64();
        if seconds < 1.0 { 0.0 } else { (self.total - before) as f64 / seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Cause, Outcome, Settled, Settlement};

    fn accepted(serial: u64, records: std::ops::RangeInclusive<u64>) -> Event {
        let part = Settled { records: vec![records], outcome: Outcome::Accepted, request: String::new(), status: None };
        Event::Settled(Settlement { serial, attempts: 1, parts: vec![part] })
    }

    fn before(not_sent: u64, duplicate: u64, invalid: u64) -> Counts {
        let rows = [(RowStatus::NotSent, not_sent), (RowStatus::Duplicate, duplicate), (RowStatus::Invalid, invalid)];
        Counts::from(rows)
    }

    fn sent(serial: u64, contacts: usize) -> Event {
        Event::Sent { serial, request: serial, contacts, bytes: 1, attempt: 1, in_flight: 1 }
    }

    #[test]
    fn words_for_every_moment() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let why = Arc::new(Failure::new(Cause::Busy, "").with_status(429));
        let mut state = ProgressState::default();
        state.checking(2_000_000);
        state.checked(500_000);
        assert_eq!(state.line(at(0)), "checking: 25 % of 2.0 MB");
        state.sending(&before(900, 90, 10), at(1));
        assert_eq!(state.line(at(1)), "sending: 10 % of 1,000 rows; 0 accepted, 10 rejected, 1 at once");
        state.hear(&Event::Window { open: 2, why: None }, at(1));
        state.hear(&sent(1, 100), at(1));
        state.hear(&sent(2, 100), at(1));
        state.hear(&accepted(1, 1..=100), at(3));
        assert_eq!(state.beside(at(3)), " 20 % of 1,000 rows, 50/s, 16 s left");
        let pause = Pause::Batch { serial: 2, attempts: 1 };
        state.hear(&Event::Waiting { until: at(5), pause, why: Arc::clone(&why) }, at(3));
        assert_eq!(state.below(at(3)), "100 accepted, 10 rejected, 100 retrying, 2 at once");
        state.hear(&Event::Waiting { until: at(15), pause: Pause::Named, why }, at(3));
        assert_eq!(
            state.below(at(3)),
            "100 accepted, 10 rejected, 100 retrying; waiting 12 s: the server is busy (HTTP 429)"
        );
        assert!(state.is_waiting(at(14)) && !state.is_waiting(at(15)));
        state.hear(&accepted(2, 101..=200), at(16));
        assert_eq!(state.below(at(16)), "200 accepted, 10 rejected, 2 at once");
        state.hear(&accepted(3, 201..=5_000), at(17));
        assert_eq!(state.done(), (1_000, 1_000), "never more than all");
        state.reporting();
        assert_eq!(state.line(at(18)), "writing the reports");
    }

    #[test]
    fn the_speed_is_that_of_late() {
        let start = Instant::now();
        let mut state = ProgressState::default();
        state.sending(&before(1_000_000, 0, 0), start);
        for n in 0..1_000_u64 {
            state.hear(&accepted(n, n * 10 + 1..=n * 10 + 10), start + Duration::from_millis(n * 10));
        }
        assert!(state.recent.moments.len() <= 125);
        let rate = state.recent.rate(start + Duration::from_secs(10));
        assert!((rate - 1_000.0).abs() < 5.0, "{rate}");
        state.hear(&accepted(9_999, 1..=10), start + Duration::from_secs(100));
        assert!(state.recent.rate(start + Duration::from_secs(100)) < 200.0);
    }

    /// What is beside the bar, each time after so many seconds, where 100 rows are accepted at each of the given seconds.
    fn beside(rows: u64, accepted_at: &[u64], paced_at: Option<u64>, asked_at: &[u64]) -> Vec<String> {
        let start = Instant::now();
        let mut state = ProgressState::default();
        state.sending(&before(rows, 0, 0), start);
        let mut said = Vec::new();
        for second in 0..=asked_at.iter().copied().max().unwrap_or_default() {
            let now = start + Duration::from_secs(second);
            for serial in accepted_at.iter().filter(|at| **at == second) {
                state.hear(&accepted(*serial, 1..=100), now);
            }
            if paced_at == Some(second) {
                state.hear(&Event::Paced { rate: 0.25, why: Cause::Busy }, now);
            }
            if asked_at.contains(&second) {
                said.push(state.beside(now));
            }
        }
        said
    }

    #[test]
    fn the_time_left_does_not_fall_while_nothing_is_accepted() {
        let said = beside(2_000, &[1, 2, 3, 4, 5], None, &[5, 6, 8, 10, 11, 60]);
        assert_eq!(
            said,
            [
                " 25 % of 2,000 rows, 100/s, 15 s left",
                " 25 % of 2,000 rows, 83/s, 18 s left",
                " 25 % of 2,000 rows, 63/s, 24 s left",
                " 25 % of 2,000 rows, 50/s, 30 s left",
                " 25 % of 2,000 rows, waiting for the server",
                " 25 % of 2,000 rows, waiting for the server",
            ]
        );
    }

    #[test]
    fn the_time_left_follows_the_pace_of_the_server() {
        // Fifteen requests a minute, taken as soon as each minute begins; that is learnt from the sixteenth.
        let taken: Vec<u64> = (0..5).flat_map(|minute| (1..=15).map(move |n| minute * 60 + n)).collect();
        let said = beside(10_000, &taken, Some(16), &[15, 76, 135, 195, 255, 300]);
        assert_eq!(
            said,
            [
                " 15 % of 10,000 rows, 100/s, 1 min 25 s left",
                " 30 % of 10,000 rows, 25/s, 4 min 40 s left",
                " 45 % of 10,000 rows, 25/s, 3 min 38 s left",
                " 60 % of 10,000 rows, 25/s, 2 min 39 s left",
                " 75 % of 10,000 rows, 25/s, 1 min 40 s left",
                // Nothing for three quarters of a minute is usual here.
                " 75 % of 10,000 rows, 21/s, 1 min 58 s left",
            ]
        );
    }

    #[test]
    fn nothing_to_do_is_done() {
        let mut state = ProgressState::default();
        assert_eq!(state.percent(), 0);
        state.sending(&Counts::default(), Instant::now());
        assert_eq!(state.done(), (0, 1));
    }
}
