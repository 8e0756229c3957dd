//! Faults that can be switched on: requests that fail at random, and a rate limit.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Decides which requests fail. The same seed makes the same requests fail, counted from the first.
pub struct FailureInjector {
    rate: f64,
    seed: u64,
    /// How many requests there were.
    count: AtomicU64,
}

impl FailureInjector {
    /// `rate` is the share of requests that fail, 0 to 1.
    pub fn new(rate: f64, seed: u64) -> FailureInjector {
        FailureInjector { rate, seed, count: AtomicU64::new(0) }
    }

    /// Whether the next request fails.
    pub fn fails(&self) -> bool {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        // The upper 53 bits are as many as an f64 holds exactly.
        let roll = (mixed(self.seed.wrapping_add(number)) >> 11) as f64 / (1u64 << 53) as f64;
        roll < self.rate
    }
}

/// A well distributed number from a counter (the finisher of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut word = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Admits a number of requests a second, in bursts of one second's worth.
pub struct RateLimit {
    every: Duration,
    /// Until when the requests admitted so far take up the time; `None` before the first.
    used_until: Mutex<Option<Instant>>,
}

impl RateLimit {
    /// `rate` requests a second; it is above 0.
    pub fn new(rate: f64) -> RateLimit {
        // A day a request is slow enough for any trial, and keeps the sums below from overflowing.
        let every = Duration::try_from_secs_f64(1.0 / rate).unwrap_or(DAY).min(DAY);
        RateLimit { every, used_until: Mutex::new(None) }
    }

    /// Admits a request, or says how long to wait.
    pub fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut used_until = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        let used = used_until.map_or(now, |used| used.max(now));
        // At least one request fits, however slow the rate.
        let burst = Duration::from_secs(1).max(self.every);
        let next = used + self.every;
        match (next - now).checked_sub(burst) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *used_until = Some(next);
                Ok(())
            }
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_fail_at_the_given_rate_and_the_same_ones_each_time() {
        for rate in [0.0, 0.05, 0.3, 1.0] {
            let draw = |seed| {
                let injector = FailureInjector::new(rate, seed);
                (0..10_000).map(|_| injector.fails()).collect::<Vec<bool>>()
            };
            let drawn = draw(1);
            let share = drawn.iter().filter(|&&fails| fails).count() as f64 / 10_000.0;
            assert!((share - rate).abs() < 0.02, "{rate}: {share}");
            assert_eq!(drawn, draw(1));
            assert!(rate == 0.0 || rate == 1.0 || drawn != draw(2));
        }
    }

    #[test]
    fn a_burst_of_one_second_is_admitted_and_then_one_at_a_time() {
        let limit = RateLimit::new(20.0);
        let start = Instant::now();
        let at = |millis| limit.admit(start + Duration::from_millis(millis));
        for _ in 0..20 {
            assert_eq!(at(0), Ok(()));
        }
        assert_eq!(at(0), Err(Duration::from_millis(50)));
        assert_eq!(at(30), Err(Duration::from_millis(20)));
        assert_eq!(at(50), Ok(()));
        assert_eq!(at(50), Err(Duration::from_millis(50)));
        assert_eq!((0..50).filter(|_| at(9_000).is_ok()).count(), 20);
    }

    #[test]
    fn a_limit_below_one_a_second_admits_one() {
        let limit = RateLimit::new(0.5);
        let start = Instant::now();
        assert_eq!(limit.admit(start), Ok(()));
        assert_eq!(limit.admit(start), Err(Duration::from_secs(2)));
        assert_eq!(limit.admit(start + Duration::from_secs(2)), Ok(()));
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE] {
            assert_eq!(RateLimit::new(odd).admit(start), Ok(()), "{odd}");
        }
    }
}
