//! How a run went over time, in a bounded number of samples whatever its length.

use std::time::Duration;

use tokio::time::Instant;

use crate::event::{Event, Pause};
use crate::outcome::{Cause, RowStatus};

/// How a run stood at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Seconds since the sending began.
    pub seconds: f64,
    /// Contacts the server has accepted in this run.
    pub accepted: u64,
    /// How many requests might be under way at once.
    pub window: usize,
}

/// A time in which nobody was served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// Seconds since the sending began.
    pub from: f64,
    /// When it ended, in the same seconds.
    pub until: f64,
    /// How many they were: waits that follow each other closely are told as one.
    pub times: u64,
    /// Why.
    pub why: Cause,
}

/// Listens to the run and remembers its course.
#[derive(Debug)]
pub struct Timeline {
    start: Instant,
    step: Duration,
    samples: Vec<Sample>,
    waits: Vec<Wait>,
    now: Sample,
}

/// The most samples; when they are full, every second one is dropped and half as many are taken from then on.
const SAMPLES: usize = 240;
/// The most waits; beyond, the nearest neighbours become one.
const WAITS: usize = 20;
/// Waits for one reason that are no farther apart than this, in seconds, are one to whoever looks at the run.
const NEAR: f64 = 0.25;
/// The first distance between samples.
const STEP: Duration = Duration::from_millis(50);

impl Timeline {
    /// Begins when the sending begins.
    pub fn new(start: Instant) -> Self {
        let now = Sample { seconds: 0.0, accepted: 0, window: 1 };
        Timeline { start, step: STEP, samples: vec![now], waits: Vec::new(), now }
    }

    /// Hears what happened, at this moment.
    pub fn hear(&mut self, event: &Event, at: Instant) {
        self.now.seconds = self.seconds(at);
        match event {
            Event::Settled(settlement) => self.now.accepted += settlement.counts()[RowStatus::Accepted],
            Event::Window { open, .. } => self.now.window = *open,
            Event::Waiting { until, pause: Pause::Named | Pause::Breaker, why } => {
                let wait = Wait { from: self.now.seconds, until: self.seconds(*until), times: 1, why: why.cause };
                self.wait(wait);
            }
            Event::Back => self.end_wait(),
            _ => return,
        }
        let last = self.samples.last().map_or(0.0, |sample| sample.seconds);
        if self.now.seconds - last >= self.step.as_secs_f64() {
            self.keep();
        }
    }

    /// Ends when the sending ends.
    pub fn end(&mut self, at: Instant) {
        self.now.seconds = self.seconds(at);
        self.end_wait();
        self.keep();
    }

    /// The samples, the first at the start and the last at the end.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The waits, in order.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    fn seconds(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.start).as_secs_f64()
    }

    fn keep(&mut self) {
        self.samples.push(self.now);
        if self.samples.len() > SAMPLES {
            let mut index = 0;
            self.samples.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.step *= 2;
        }
    }

    fn wait(&mut self, wait: Wait) {
        match self.waits.last_mut() {
            Some(last) if wait.why == last.why && wait.from <= last.until + NEAR => {
                // What is asked for before the first wait is over is the same wait.
                last.times += u64::from(wait.from > last.until);
                last.until = last.until.max(wait.until);
            }
            _ => self.waits.push(wait),
        }
        if self.waits.len() > WAITS {
            self.join_nearest();
        }
    }

    fn join_nearest(&mut self) {
        let gaps = self.waits.iter().zip(self.waits.iter().skip(1)).map(|(a, b)| b.from - a.until);
        let nearest = gaps.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index);
        if let Some(index) = nearest.filter(|index| index + 1 < self.waits.len()) {
            let second = self.waits.remove(index + 1);
            if let Some(first) = self.waits.get_mut(index) {
                first.until = second.until;
                first.times += second.times;
            }
        }
    }

    fn end_wait(&mut self) {
        let now = self.now.seconds;
        if let Some(last) = self.waits.last_mut().filter(|last| last.until > now) {
            last.until = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::outcome::{Failure, Outcome, Settled, Settlement};

    fn accepted(records: std::ops::RangeInclusive<u64>) -> Event {
        let part =
            Settled { records: vec![records], outcome: Outcome::Accepted, request: String::new(), status: Some(200) };
        Event::Settled(Settlement { serial: 1, attempts: 1, parts: vec![part] })
    }

    fn waiting(until: Instant) -> Event {
        Event::Waiting { until, pause: Pause::Named, why: Arc::new(Failure::new(Cause::Busy, "")) }
    }

    fn waits(timeline: &Timeline) -> Vec<(f64, f64, u64)> {
        timeline.waits().iter().map(|wait| (wait.from, wait.until, wait.times)).collect()
    }

    #[test]
    fn samples_stay_bounded_and_cover_the_run() {
        let start = Instant::now();
        for length in [10_u64, 1_000, 500_000] {
            let mut timeline = Timeline::new(start);
            for n in 0..length {
                timeline.hear(&accepted(n * 10 + 1..=n * 10 + 10), start + Duration::from_millis(n * 200));
            }
            timeline.end(start + Duration::from_millis(length * 200));
            let samples = timeline.samples();
            assert!(samples.len() <= SAMPLES + 1 && samples.len() >= 10.min(length as usize), "{}", samples.len());
            assert!(samples.is_sorted_by(|a, b| a.seconds <= b.seconds && a.accepted <= b.accepted));
            assert_eq!(samples.first().unwrap().seconds, 0.0);
            assert_eq!(samples.last().unwrap().accepted, length * 10);
            assert_eq!(samples.last().unwrap().seconds, length as f64 / 5.0);
        }
    }

    #[test]
    fn waits_end_when_the_server_is_back() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut timeline = Timeline::new(start);
        timeline.hear(&waiting(at(12)), at(2));
        timeline.hear(&waiting(at(14)), at(4));
        timeline.hear(&Event::Back, at(9));
        timeline.hear(&waiting(at(40)), at(30));
        timeline.end(at(31));
        assert_eq!(waits(&timeline), [(2.0, 9.0, 1), (30.0, 31.0, 1)]);
    }

    #[test]
    fn waits_in_close_succession_are_one() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut timeline = Timeline::new(start);
        for n in 0..40 {
            timeline.hear(&waiting(at(n * 1_100 + 1_000)), at(n * 1_100));
            timeline.hear(&Event::Back, at(n * 1_100 + 1_000));
        }
        timeline.hear(&waiting(at(60_000)), at(50_000));
        assert_eq!(waits(&timeline), [(0.0, 43.9, 40), (50.0, 60.0, 1)]);
    }

    #[test]
    fn waits_stay_bounded() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        for n in 0..1_000 {
            timeline.hear(&waiting(start + Duration::from_secs(n * 10 + 2)), start + Duration::from_secs(n * 10));
        }
        assert_eq!(timeline.waits().len(), WAITS);
        assert_eq!(timeline.waits().iter().map(|wait| wait.times).sum::<u64>(), 1_000);
        assert!(timeline.waits().is_sorted_by(|a, b| a.until <= b.from));
    }
}
