//! How many requests may be under way at once, and the pause when nothing succeeds.
//!
//! Additive increase, multiplicative decrease on what says "too much" (429, 503, a timeout). Until the first readable
//! success it is one, so that a wrong address, token or column costs one batch. The breaker replaces a budget of
//! repeats: a window is bounded, so repeats cannot multiply, and "budget empty" must not become "records lost".

use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use tokio::time::Instant;

/// The most the window opens by itself.
const MOST: usize = 8;

/// Rounds of successes before the width that was too much is tried again.
const CAUTION: usize = 8;

/// How the window behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Concurrency {
    /// It follows what the server bears, between 1 and 8.
    #[default]
    Auto,
    /// So many, once the first request succeeded.
    Fixed(NonZeroUsize),
}

impl Concurrency {
    /// The most requests that may be under way at once.
    pub fn most(self) -> usize {
        match self {
            Concurrency::Auto => MOST,
            Concurrency::Fixed(requests) => requests.get(),
        }
    }
}

impl FromStr for Concurrency {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Concurrency, Self::Err> {
        match text {
            "auto" => Ok(Concurrency::Auto),
            _ => text.parse().map(Concurrency::Fixed).map_err(|_| "is neither auto nor a number from 1"),
        }
    }
}

/// How many requests may be under way at once.
#[derive(Debug)]
pub struct Window {
    concurrency: Concurrency,
    open: usize,
    /// Successes since it last changed.
    successes: usize,
    /// One request finds out whether the server takes anything at all.
    canary: bool,
    cut: Option<Instant>,
    /// The width that was last too much.
    ceiling: usize,
}

impl Window {
    /// Open for the first request.
    pub fn new(concurrency: Concurrency) -> Self {
        Window { concurrency, open: 1, successes: 0, canary: true, cut: None, ceiling: usize::MAX }
    }

    /// How many may be under way now.
    pub fn open(&self) -> usize {
        self.open
    }

    /// Whether it never becomes narrower.
    pub fn is_fixed(&self) -> bool {
        self.concurrency != Concurrency::Auto
    }

    /// Whether the first request, or the first after an outage, has not succeeded yet.
    pub fn is_canary(&self) -> bool {
        self.canary
    }

    /// A request succeeded; returns whether the window became wider.
    pub fn success(&mut self) -> bool {
        let before = self.open;
        if self.canary {
            self.canary = false;
            self.successes = 0;
            self.open = match self.concurrency {
                Concurrency::Auto => 2,
                Concurrency::Fixed(requests) => requests.get(),
            };
        } else {
            self.successes += 1;
            // Up to what was borne, one wider a round; what was too much is tried again, but seldom.
            let rounds = if self.open + 1 >= self.ceiling { CAUTION } else { 1 };
            if self.concurrency == Concurrency::Auto && self.successes >= self.open * rounds && self.open < MOST {
                self.open += 1;
                self.successes = 0;
                self.ceiling = if self.open > self.ceiling { usize::MAX } else { self.ceiling };
            }
        }
        self.open > before
    }

    /// A request that began at this time was too much; returns whether the window became narrower. Requests that were
    /// already under way when it last became narrower say nothing new.
    pub fn too_much(&mut self, began: Instant, now: Instant) -> bool {
        let news = self.cut.is_none_or(|cut| began > cut);
        if self.concurrency != Concurrency::Auto || self.canary || !news {
            return false;
        }
        let before = self.open;
        self.cut = Some(now);
        self.ceiling = self.open;
        self.successes = 0;
        self.open = (self.open / 2).max(1);
        self.open < before
    }

    /// After an outage: again one request that finds out.
    pub fn restart(&mut self) {
        self.canary = true;
        self.open = 1;
        self.successes = 0;
    }
}

/// Pauses everything when nothing succeeds, and lets one request at a time find out when that ends.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: u32,
    open: Option<Probing>,
}

#[derive(Debug)]
struct Probing {
    /// Probes that failed so far.
    failed: u32,
    next: Instant,
}

impl Breaker {
    /// A request failed for want of a server in its right mind. `unreachable` ones never got there, which needs fewer
    /// proofs. `pause` tells how long to wait before probe number n, from 1. Returns whether there is a new pause.
    pub fn failure(&mut self, unreachable: bool, window: usize, now: Instant, pause: impl Fn(u32) -> Duration) -> bool {
        match &mut self.open {
            Some(probing) => {
                probing.failed = probing.failed.saturating_add(1);
                probing.next = now + pause(probing.failed);
                true
            }
            None => {
                self.failures += 1;
                let enough = if unreachable { 2 } else { u32::try_from(2 * window).unwrap_or(u32::MAX).max(5) };
                if self.failures >= enough {
                    self.open = Some(Probing { failed: 1, next: now + pause(1) });
                }
                self.failures >= enough
            }
        }
    }

    /// A request was answered in earnest; returns whether that ends a pause.
    pub fn success(&mut self) -> bool {
        self.failures = 0;
        self.open.take().is_some()
    }

    /// When the next probe may go out; `None` while nothing is paused.
    pub fn next(&self) -> Option<Instant> {
        self.open.as_ref().map(|probing| probing.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_window_opens_after_the_first_success_and_then_by_one_a_round() {
        let mut window = Window::new(Concurrency::Auto);
        let widths: Vec<usize> = (0..40)
            .map(|_| {
                window.success();
                window.open()
            })
            .collect();
        assert_eq!(widths[..12], [2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5]);
        assert_eq!(widths.last(), Some(&8));
    }

    #[test]
    fn the_window_is_halved_once_a_round_trip() {
        let start = Instant::now();
        let mut window = Window::new(Concurrency::Auto);
        (0..40).for_each(|_| {
            window.success();
        });
        assert!(window.too_much(start, start + SECOND));
        assert!(!window.too_much(start + SECOND / 2, start + 2 * SECOND), "was under way before the cut");
        assert_eq!(window.open(), 4);
        assert!(window.too_much(start + 2 * SECOND, start + 3 * SECOND));
        assert_eq!(window.open(), 2);
    }

    #[test]
    fn what_was_too_much_is_tried_again_seldom() {
        let start = Instant::now();
        let mut window = Window::new(Concurrency::Auto);
        (0..40).for_each(|_| {
            window.success();
        });
        assert!(window.too_much(start, start + SECOND));
        let mut successes_until = |open| (1..).find(|_| window.success() && window.open() == open);
        assert_eq!(successes_until(7), Some(4 + 5 + 6));
        assert_eq!(successes_until(8), Some(7 * CAUTION));
    }

    #[test]
    fn a_fixed_window_waits_for_the_first_success_only() {
        let now = Instant::now();
        let mut window = Window::new(Concurrency::Fixed(NonZeroUsize::new(3).unwrap()));
        assert_eq!(window.open(), 1);
        assert!(window.success());
        assert_eq!(window.open(), 3);
        assert!(!window.success() && !window.too_much(now, now));
        assert_eq!(window.open(), 3);
    }

    #[test]
    fn the_breaker_opens_on_failures_in_a_row_and_closes_on_a_success() {
        let now = Instant::now();
        let pause = |nth| SECOND * nth;
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            assert!(!breaker.failure(false, 1, now, pause));
        }
        assert!(!breaker.success());
        let opened: Vec<bool> = (0..6).map(|_| breaker.failure(false, 1, now, pause)).collect();
        assert_eq!(opened, [false, false, false, false, true, true]);
        assert_eq!(breaker.next(), Some(now + 2 * SECOND));
        assert!(breaker.success());
        assert_eq!(breaker.next(), None);
        let wide: Vec<bool> = (0..16).map(|_| breaker.failure(false, 8, now, pause)).collect();
        assert_eq!(wide.iter().position(|opened| *opened), Some(15));
    }

    #[test]
    fn a_server_that_cannot_be_reached_needs_fewer_proofs() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        assert!(!breaker.failure(true, 8, now, |_| SECOND));
        assert!(breaker.failure(true, 8, now, |_| SECOND));
    }
}
