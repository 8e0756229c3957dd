//! How the server fares: how many requests it takes at once, how fast, and whether it answers at all.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::pace::Pace;
use super::retry::{self, Policy};
use super::window::{Breaker, Concurrency, Window};
use crate::outcome::{Cause, Failure};

/// A success within so long means that the server takes something.
const LATELY: Duration = Duration::from_secs(60);

/// How long a name is looked up that was never found.
const UNKNOWN_HOST: Duration = Duration::from_secs(30);

/// How much a first try tells of the share of requests that the server fails with.
const WEIGHT: f64 = 1.0 / 16.0;

/// Window, breaker and pace.
#[derive(Debug)]
pub struct Health {
    window: Window,
    breaker: Breaker,
    pace: Pace,
    last_success: Option<Instant>,
    /// Since when nothing succeeded, and the last failure.
    failing: Option<(Instant, Arc<Failure>)>,
    /// Whether there was an answer, so that a connection may lie idle.
    answered: bool,
    /// Whether the last probe of an outage was a small one.
    small_probe: bool,
    /// The share of first tries that the server failed with lately, from 0 to 1.
    failing_share: f64,
}

impl Health {
    /// Nothing is known yet.
    pub fn new(concurrency: Concurrency, rate: Option<f64>, now: Instant) -> Self {
        Health {
            window: Window::new(concurrency),
            breaker: Breaker::default(),
            pace: Pace::new(rate, now),
            last_success: None,
            failing: None,
            answered: false,
            small_probe: false,
            failing_share: 0.25,
        }
    }

    /// How many requests may be under way now.
    pub fn slots(&self) -> usize {
        if self.is_outage() { 1 } else { self.window.open() }
    }

    /// How many requests the server takes at once, as far as is known.
    pub fn window(&self) -> usize {
        self.window.open()
    }

    /// Whether the first request, or the first after an outage, has not succeeded yet.
    pub fn is_canary(&self) -> bool {
        self.window.is_canary()
    }

    /// Whether nothing succeeds, and one request at a time finds out when that ends.
    pub fn is_outage(&self) -> bool {
        self.breaker.next().is_some()
    }

    /// Whether the next probe is a single contact: every second one is, if the server answers at all.
    pub fn wants_small_probe(&mut self) -> bool {
        let reached =
            |(_, last): &(Instant, Arc<Failure>)| matches!(last.cause, Cause::Failing | Cause::Timeout | Cause::Cut);
        self.small_probe = self.failing.as_ref().is_some_and(reached) && !self.small_probe;
        self.small_probe
    }

    /// No request may go out before.
    pub fn next_at(&self, now: Instant) -> Instant {
        self.pace.next().max(self.breaker.next().unwrap_or(now))
    }

    /// A request goes out now.
    pub fn take_turn(&mut self, now: Instant) {
        self.pace.take(now);
    }

    /// Nothing goes out before this time; returns whether that is news.
    pub fn hold(&mut self, until: Instant) -> bool {
        let news = until > self.pace.next();
        self.pace.hold(until);
        news
    }

    /// When patience ends; `None` while requests succeed.
    pub fn gives_up_at(&self, policy: &Policy) -> Option<Instant> {
        self.failing.as_ref().map(|(since, last)| {
            // A name that was never found is rather mistyped than away.
            let is_unknown = last.cause == Cause::UnknownHost && self.last_success.is_none();
            *since + policy.give_up_after.min(if is_unknown { UNKNOWN_HOST } else { Duration::MAX })
        })
    }

    /// The failure that patience ended with.
    pub fn take_failing(&mut self) -> Option<Arc<Failure>> {
        self.failing.take().map(|(_, last)| last)
    }

    /// A request ended, with an answer or without; returns whether there was an answer before.
    pub fn heard(&mut self, is_answer: bool) -> bool {
        let before = self.answered;
        self.answered |= is_answer;
        before
    }

    /// Whether a request succeeded since this time.
    pub fn succeeded_since(&self, since: Option<Instant>) -> bool {
        self.last_success.is_some_and(|at| since.is_some_and(|since| at >= since))
    }

    /// Whether a request succeeded lately.
    pub fn succeeds(&self, now: Instant) -> bool {
        self.last_success.is_some_and(|at| now.saturating_duration_since(at) < LATELY)
    }

    /// The server took contacts.
    pub fn success(&mut self, now: Instant) {
        self.last_success = Some(now);
        self.pace.accepted(now);
    }

    /// How the first try of a batch, or a part of one, ended.
    pub fn first_try(&mut self, failed: bool) {
        let one = if failed { 1.0 } else { 0.0 };
        self.failing_share += (one - self.failing_share) * WEIGHT;
    }

    /// How often in a row a request must fail until that is chance with less than this probability.
    pub fn tries_beyond_chance(&self, probability: f64) -> u32 {
        (probability.ln() / self.failing_share.clamp(0.01, 0.99).ln()).ceil() as u32
    }

    /// The server answered in earnest; returns whether that ended an outage.
    pub fn alive(&mut self) -> bool {
        self.failing = None;
        let back = self.breaker.success();
        if back {
            self.window.restart();
        }
        back
    }

    /// Opens the window after a success; returns whether it became wider.
    pub fn widen(&mut self) -> bool {
        self.window.success()
    }

    /// A request that began at this time failed.
    pub fn failed(&mut self, began: Instant, why: &Arc<Failure>) {
        self.failing.get_or_insert_with(|| (began, Arc::clone(why))).1 = Arc::clone(why);
    }

    /// Fewer requests at once may help; returns whether the window became narrower.
    pub fn narrow(&mut self, began: Instant, now: Instant) -> bool {
        self.window.too_much(began, now)
    }

    /// The server says "too fast". Where one request alone was too much already, or the window cannot become narrower,
    /// the pace is to blame; returns it in requests a second if it is learnt by this.
    pub fn too_fast(&mut self, began: Instant, alone: bool, now: Instant) -> Option<f64> {
        if alone || self.is_paced() || self.window.is_fixed() { self.pace.too_fast(began, now) } else { None }
    }

    /// Whether a pace is learnt: then the turns of requests wait long enough, and the window is not to blame.
    pub fn is_paced(&self) -> bool {
        self.pace.learnt().is_some()
    }

    /// Counts a failure towards an outage; returns when the next probe goes out, if that is news. `left` is how many
    /// requests there may be at all: the last few cannot fail as often as a whole window can.
    pub fn count_outage(&mut self, cause: Cause, left: usize, now: Instant) -> Option<Instant> {
        let unreachable = matches!(cause, Cause::Unreachable | Cause::UnknownHost);
        let pause = |nth| retry::wait(cause, nth, fastrand::f64());
        let opened = self.breaker.failure(unreachable, self.window.open().min(left), now, pause);
        self.breaker.next().filter(|_| opened)
    }
}
