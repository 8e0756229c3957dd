//! The trouble that can be switched on: requests that fail by lot, and a limit on how many there may be.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Draws which requests fail. The same seed makes the same requests fail, counted from the first.
pub struct Lot {
    rate: f64,
    seed: u64,
    drawn: AtomicU64,
}

impl Lot {
    /// Of the requests, the part `rate` (0 to 1) fails.
    pub fn new(rate: f64, seed: u64) -> Lot {
        Lot { rate, seed, drawn: AtomicU64::new(0) }
    }

    /// Whether the next request fails.
    pub fn fails(&self) -> bool {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        // The upper 53 bits are as many as an f64 holds exactly.
        let roll = (mixed(self.seed.wrapping_add(number)) >> 11) as f64 / (1u64 << 53) as f64;
        roll < self.rate
    }
}

/// Neighbouring numbers made far apart (the finisher of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut word = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Lets so many requests a second through, and a second's worth at once after a rest.
pub struct Limit {
    every: Duration,
    /// When the requests let through so far will have used up their time.
    used_until: Mutex<Option<Instant>>,
}

impl Limit {
    /// `rate` requests a second; it is above 0.
    pub fn new(rate: f64) -> Limit {
        // A day a request is slow enough for any trial, and keeps the sums below from overflowing.
        let every = Duration::try_from_secs_f64(1.0 / rate).unwrap_or(DAY).min(DAY);
        Limit { every, used_until: Mutex::new(None) }
    }

    /// Lets a request through, or says how long to wait for the next turn.
    pub fn turn(&self, now: Instant) -> Result<(), Duration> {
        let mut used_until = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        let used = used_until.map_or(now, |used| used.max(now));
        // At least one request fits, however slow the rate.
        let room = Duration::from_secs(1).max(self.every);
        let next = used + self.every;
        match (next - now).checked_sub(room) {
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
    fn the_lot_falls_as_often_as_it_should_and_the_same_way_each_time() {
        for rate in [0.0, 0.05, 0.3, 1.0] {
            let draw = |seed| {
                let lot = Lot::new(rate, seed);
                (0..10_000).map(|_| lot.fails()).collect::<Vec<bool>>()
            };
            let drawn = draw(1);
            let share = drawn.iter().filter(|&&fails| fails).count() as f64 / 10_000.0;
            assert!((share - rate).abs() < 0.02, "{rate}: {share}");
            assert_eq!(drawn, draw(1));
            assert!(rate == 0.0 || rate == 1.0 || drawn != draw(2));
        }
    }

    #[test]
    fn the_limit_gives_a_second_at_once_and_then_a_turn_at_a_time() {
        let limit = Limit::new(20.0);
        let start = Instant::now();
        let at = |millis| limit.turn(start + Duration::from_millis(millis));
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
    fn a_limit_below_one_a_second_lets_one_through() {
        let limit = Limit::new(0.5);
        let start = Instant::now();
        assert_eq!(limit.turn(start), Ok(()));
        assert_eq!(limit.turn(start), Err(Duration::from_secs(2)));
        assert_eq!(limit.turn(start + Duration::from_secs(2)), Ok(()));
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE] {
            assert_eq!(Limit::new(odd).turn(start), Ok(()), "{odd}");
        }
    }
}
