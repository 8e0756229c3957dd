//! When a plain line is due. The clock is passed in.

use std::time::Duration;

/// Remembers what has been told.
#[derive(Debug, Default)]
pub struct LineThrottle {
    tenths: u64,
    last: Option<Duration>,
    wait_told: bool,
}

/// Two lines are never nearer than this.
const NEAREST: Duration = Duration::from_secs(10);
/// Two lines are never farther apart than this.
const FARTHEST: Duration = Duration::from_secs(60);
/// Before this nobody needs to be told that something is going on.
const FIRST: Duration = Duration::from_secs(1);

impl LineThrottle {
    /// Progress begins anew; what was told when is remembered.
    pub fn next_phase(&mut self) {
        self.tenths = 0;
        self.wait_told = false;
    }

    /// Whether a line is due at this share of the phase, at this time since the run began: at each tenth, when a wait
    /// for the server begins, and when nothing was told for a minute.
    pub fn is_due(&mut self, percent: u64, waiting: bool, now: Duration) -> bool {
        let since = self.last.map(|last| now.saturating_sub(last));
        let near = since.map_or(now < FIRST, |since| since < NEAREST);
        let long = since.unwrap_or(now) >= FARTHEST;
        let wait_begins = waiting && !self.wait_told;
        if !waiting {
            self.wait_told = false;
        }
        let due = !near && (percent / 10 > self.tenths || wait_begins || long);
        if due {
            self.tenths = percent / 10;
            self.wait_told = waiting;
            self.last = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds at which lines are said of a run that takes so long, asked ten times a second.
    fn told(seconds: u64, percent: impl Fn(f64) -> u64, waiting: impl Fn(f64) -> bool) -> Vec<u64> {
        let mut throttle = LineThrottle::default();
        let times = (0..=seconds * 10).filter(|&tenth| {
            let now = tenth as f64 / 10.0;
            throttle.is_due(percent(now), waiting(now), Duration::from_millis(tenth * 100))
        });
        times.map(|tenth| tenth / 10).collect()
    }

    #[test]
    fn lines_keep_the_pace() {
        let steady = |seconds: f64| move |now: f64| (now / seconds * 100.0) as u64;
        let never = |_: f64| false;
        assert_eq!(told(0, steady(0.5), never), [0; 0]);
        assert_eq!(told(5, steady(5.0), never), [1]);
        assert_eq!(told(59, steady(59.0), never), [5, 15, 25, 35, 45, 55]);
        assert_eq!(told(200, steady(200.0), never), [20, 40, 60, 80, 100, 120, 140, 160, 180, 200]);
        assert_eq!(told(300, steady(3_000.0), never), [60, 120, 180, 240, 300]);
        assert_eq!(told(100, |_| 0, |now| (20.0..50.0).contains(&now)), [20, 80]);
        assert_eq!(told(30, steady(30.0), |now| (12.0..13.0).contains(&now)), [3, 13, 23]);
    }

    #[test]
    fn a_file_of_less_than_a_minute_takes_at_most_ten_lines() {
        for seconds in 1..60_u64 {
            let lines =
                told(seconds, |now| (now / seconds as f64 * 100.0) as u64, |now| (now as u64).is_multiple_of(2));
            assert!(lines.len() <= 7, "{seconds} s: {lines:?}");
            assert!(lines.is_sorted_by(|a, b| b - a >= 9), "{seconds} s: {lines:?}");
        }
    }
}
