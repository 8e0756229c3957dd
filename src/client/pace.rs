//! When the next request may go out: at the rate that was asked for, at the one that was learnt from the server, and not
//! before a time that holds for all.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// A wake-up may come a little late; so much of it is made up for.
const LATE: Duration = Duration::from_millis(10);

/// Accepted requests are counted over so long.
const HORIZON: Duration = Duration::from_secs(60);
/// At most so many of them are remembered.
const REMEMBERED: usize = 1_000;

/// Over less than this nothing can be said of a rate.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest time between two requests at a learnt rate.
const LONGEST: Duration = Duration::from_secs(30);
/// A learnt rate above so many requests a second limits nothing.
const FASTEST: f64 = 500.0;

/// The turns of all requests, repeats included.
#[derive(Debug)]
pub struct Pace {
    /// Between two requests, as asked for; zero for no limit.
    between: Duration,
    learnt: Option<Learnt>,
    next: Instant,
    gate: Instant,
    /// When requests were accepted lately, the newest last.
    accepted: VecDeque<Instant>,
    began: Instant,
}

/// A rate that follows what the server takes. When it was too fast it is lowered, by the more the fewer requests passed
/// before, and the time to the next request doubles as long as none passes. Each success raises it: fast up to near the
/// rate that is too fast, very slowly there, faster again beyond. The numbers were found by simulating limiters that
/// space requests, allow bursts, or count within fixed periods.
#[derive(Debug)]
struct Learnt {
    /// Requests a second.
    rate: f64,
    /// The rate that is too fast, as far as is known; infinite while nothing is.
    ceiling: f64,
    /// How often in a row it was too fast.
    in_a_row: u32,
    /// Requests that passed since it was last too fast.
    passed: u32,
    /// Requests that began before say nothing new.
    since: Instant,
}

impl Learnt {
    /// Between two requests.
    fn between(&self) -> Duration {
        Duration::try_from_secs_f64(1.0 / self.rate).unwrap_or(LONGEST).min(LONGEST)
    }

    /// A request passed; so many a second did lately.
    fn raise(&mut self, measured: f64) {
        (self.in_a_row, self.passed) = (0, self.passed.saturating_add(1));
        let near = self.ceiling * 0.97;
        // Whatever it fell to while nothing was taken, the server is known to take this much.
        self.rate = self.rate.max(measured.min(near));
        self.rate = match self.rate / self.ceiling {
            _ if self.ceiling.is_infinite() => self.rate * 2.0,
            share if share < 0.97 => (self.rate * 1.1).min(near),
            share if share < 1.1 => self.rate * 1.008,
            share if share < 1.3 => self.rate * 1.02,
            _ => self.rate * 1.1,
        };
    }

    /// A request did not pass.
    fn lower(&mut self) {
        let share = match self.passed {
            ..3 => 0.8,
            3..8 => 0.93,
            _ => 1.0,
        };
        self.ceiling = self.rate * share;
        self.rate = (self.ceiling * 0.96).max(1.0 / LONGEST.as_secs_f64());
        (self.in_a_row, self.passed) = (self.in_a_row + 1, 0);
    }
}

impl Pace {
    /// At most so many requests a second, evenly; `None` for as many as come.
    pub fn new(rate: Option<f64>, now: Instant) -> Self {
        let between = rate.filter(|rate| *rate > 0.0).map(|rate| Duration::try_from_secs_f64(1.0 / rate));
        Pace {
            between: between.and_then(Result::ok).unwrap_or_default(),
            learnt: None,
            next: now,
            gate: now,
            accepted: VecDeque::new(),
            began: now,
        }
    }

    /// When the next request may go out; in the past if at once.
    pub fn next(&self) -> Instant {
        self.next.max(self.gate)
    }

    /// A request goes out now.
    pub fn take(&mut self, now: Instant) {
        if let Some(learnt) = &self.learnt {
            self.next = self.next.max(now) + learnt.between().max(self.between);
        } else if !self.between.is_zero() {
            let owed = now.checked_sub(LATE).unwrap_or(now);
            self.next = self.next.max(owed) + self.between;
        }
    }

    /// Nothing goes out before this time.
    pub fn hold(&mut self, until: Instant) {
        self.gate = self.gate.max(until);
    }

    /// Requests a second, as learnt from the server; `None` where it takes whatever comes.
    pub fn learnt(&self) -> Option<f64> {
        self.learnt.as_ref().map(|learnt| learnt.rate)
    }

    /// A request was accepted.
    pub fn accepted(&mut self, now: Instant) {
        self.accepted.push_back(now);
        let is_old = |at: &Instant| now.saturating_duration_since(*at) > HORIZON;
        while self.accepted.len() > REMEMBERED || self.accepted.front().is_some_and(is_old) {
            self.accepted.pop_front();
        }
        let measured = self.measured(now);
        if let Some(learnt) = &mut self.learnt {
            learnt.raise(measured);
            if learnt.rate > FASTEST {
                self.learnt = None;
            }
        }
    }

    /// A request that began at this time came too fast for the server; returns the rate that is learnt where none was.
    pub fn too_fast(&mut self, began: Instant, now: Instant) -> Option<f64> {
        let measured = self.measured(now);
        let is_first = self.learnt.is_none();
        let learnt = self.learnt.get_or_insert_with(|| {
            let rate = measured.clamp(1.0 / LONGEST.as_secs_f64(), FASTEST);
            Learnt { rate, ceiling: f64::INFINITY, in_a_row: 1, passed: 0, since: began }
        });
        if began < learnt.since {
            return None;
        }
        learnt.since = now;
        if !is_first {
            learnt.lower();
        }
        let doubled = 1_u32.checked_shl(learnt.in_a_row - 1).unwrap_or(u32::MAX);
        self.next = self.next.max(now + learnt.between().saturating_mul(doubled).min(LONGEST));
        is_first.then_some(learnt.rate)
    }

    /// How many requests a second were accepted lately.
    fn measured(&self, now: Instant) -> f64 {
        let forgotten = self.accepted.len() >= REMEMBERED;
        let from = if forgotten { self.accepted.front().copied() } else { now.checked_sub(HORIZON) };
        let over = now.saturating_duration_since(from.unwrap_or(self.began).max(self.began)).max(SHORTEST);
        self.accepted.len() as f64 / over.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes every turn as soon as it comes, waking `late` each time; returns how many fit into a second.
    fn turns(rate: f64, late: Duration) -> usize {
        let start = Instant::now();
        let (mut pace, mut now, mut count) = (Pace::new(Some(rate), start), start, 0);
        while now - start < Duration::from_secs(1) {
            pace.take(now);
            count += 1;
            now = now.max(pace.next()) + late;
        }
        count
    }

    #[test]
    fn the_rate_is_kept_even_when_waking_late() {
        assert_eq!(turns(20.0, Duration::ZERO), 20);
        assert_eq!(turns(100.0, Duration::from_millis(1)), 100);
        assert!((990..=1012).contains(&turns(1000.0, Duration::from_millis(1))));
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let start = Instant::now();
        let mut pace = Pace::new(Some(2.0), start);
        pace.take(start);
        let later = start + Duration::from_secs(60);
        pace.take(later);
        assert!(pace.next() >= later + Duration::from_millis(490));
    }

    #[test]
    fn the_gate_holds_for_all_and_is_never_brought_forward() {
        let now = Instant::now();
        let mut pace = Pace::new(None, now);
        pace.take(now);
        assert_eq!(pace.next(), now);
        pace.hold(now + Duration::from_secs(9));
        pace.hold(now + Duration::from_secs(2));
        assert_eq!(pace.next(), now + Duration::from_secs(9));
    }

    /// Posts to a server that takes one request each `every`, and so many at once after a pause; returns the requests
    /// that were accepted and turned away within so many seconds.
    fn against(every: Duration, burst: u32, seconds: u64) -> (u32, u32) {
        let start = Instant::now();
        let (mut pace, mut now, mut full_at) = (Pace::new(None, start), start, start);
        let (mut taken, mut turned_away) = (0, 0);
        while now - start < Duration::from_secs(seconds) {
            now = now.max(pace.next());
            pace.take(now);
            if full_at <= now + every * (burst - 1) {
                (full_at, taken) = (full_at.max(now) + every, taken + 1);
                pace.accepted(now);
            } else {
                turned_away += 1;
                pace.too_fast(now, now);
            }
            now += Duration::from_millis(1);
        }
        (taken, turned_away)
    }

    #[test]
    fn the_rate_of_a_server_is_learnt_and_kept() {
        for (every, burst, seconds) in
            [(200, 1, 40), (1_000, 1, 120), (20, 1, 20), (4_000, 1, 400), (200, 10, 40), (50, 20, 30), (4_000, 15, 400)]
        {
            let (taken, turned_away) = against(Duration::from_millis(every), burst, seconds);
            let ideal = (seconds * 1_000 / every) as f64;
            let of =
                format!("{taken} taken, {turned_away} turned away, {ideal} ideal: each {every} ms, {burst} at once");
            assert!(f64::from(taken) * 1.3 >= ideal && turned_away * 5 < taken + turned_away, "{of}");
        }
    }

    #[test]
    fn a_server_that_takes_more_again_is_soon_asked_for_more() {
        let start = Instant::now();
        let mut pace = Pace::new(None, start);
        pace.accepted(start);
        pace.too_fast(start, start);
        pace.accepted(start);
        pace.too_fast(start, start);
        let mut now = start;
        while pace.learnt().is_some() {
            now = now.max(pace.next());
            pace.take(now);
            pace.accepted(now);
        }
        assert!(now - start < Duration::from_secs(60), "{:?}", now - start);
    }
}
