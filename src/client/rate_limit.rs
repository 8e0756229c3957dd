//! When the next request may go out: so many a second, and not before a time that holds for all.

use std::time::Duration;

use tokio::time::Instant;

/// A wake-up may come a little late; so much of it is made up for.
const LATE: Duration = Duration::from_millis(10);

/// The turns of all requests. Every request takes one, repeats too.
#[derive(Debug)]
pub struct RateLimiter {
    between: Duration,
    next: Instant,
    gate: Instant,
}

impl RateLimiter {
    /// At most so many requests a second, evenly; `None` for as many as come.
    pub fn new(rate: Option<f64>, now: Instant) -> Self {
        let between = rate.filter(|rate| *rate > 0.0).map(|rate| Duration::try_from_secs_f64(1.0 / rate));
        RateLimiter { between: between.and_then(Result::ok).unwrap_or_default(), next: now, gate: now }
    }

    /// When the next request may go out; in the past if at once.
    pub fn next(&self) -> Instant {
        self.next.max(self.gate)
    }

    /// A request goes out now.
    pub fn take(&mut self, now: Instant) {
        if !self.between.is_zero() {
            let owed = now.checked_sub(LATE).unwrap_or(now);
            self.next = self.next.max(owed) + self.between;
        }
    }

    /// Nothing goes out before this time.
    pub fn hold(&mut self, until: Instant) {
        self.gate = self.gate.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes every turn as soon as it comes, waking `late` each time; returns how many fit into a second.
    fn turns(rate: f64, late: Duration) -> usize {
        let start = Instant::now();
        let (mut pace, mut now, mut count) = (RateLimiter::new(Some(rate), start), start, 0);
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
        let mut pace = RateLimiter::new(Some(2.0), start);
        pace.take(start);
        let later = start + Duration::from_secs(60);
        pace.take(later);
        assert!(pace.next() >= later + Duration::from_millis(490));
    }

    #[test]
    fn the_gate_holds_for_all_and_is_never_brought_forward() {
        let now = Instant::now();
        let mut pace = RateLimiter::new(None, now);
        pace.take(now);
        assert_eq!(pace.next(), now);
        pace.hold(now + Duration::from_secs(9));
        pace.hold(now + Duration::from_secs(2));
        assert_eq!(pace.next(), now + Duration::from_secs(9));
    }
}
