//! How long to wait before the next attempt, and how often there may be one. Pure: the dice and the clock are passed in.

use std::time::{Duration, SystemTime};

use crate::outcome::Cause;

/// The longest wait of our own choosing.
const CAP: Duration = Duration::from_secs(30);

/// How much patience there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Attempts a batch; waits that the server named and attempts during an outage are not counted.
    pub attempts: u32,
    /// No success anywhere for so long ends the run.
    pub give_up_after: Duration,
    /// The longest `Retry-After` that is waited for.
    pub max_wait: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Policy { attempts: 8, give_up_after: 15 * minute, max_wait: 10 * minute }
    }
}

/// How long to wait after the `nth` attempt in a row, from 1, that failed for this cause: full jitter over a doubling
/// time, so that requests that failed together do not come back together. `roll` is in 0..1.
pub fn wait(cause: Cause, nth: u32, roll: f64) -> Duration {
    let (base, floor) = match cause {
        Cause::Busy => (Duration::from_secs(1), Duration::ZERO),
        // The server may still be at it; a repeat beside it could make two contacts of one.
        Cause::Timeout => (Duration::from_millis(500), Duration::from_secs(3)),
        Cause::Cut => (Duration::from_millis(500), Duration::from_millis(500)),
        _ => (Duration::from_millis(500), Duration::ZERO),
    };
    let doubled = 1u32.checked_shl(nth.saturating_sub(1)).unwrap_or(u32::MAX);
    let most = base.saturating_mul(doubled).min(CAP);
    floor + most.mul_f64(roll.clamp(0.0, 1.0))
}

/// A wait that the server named, with a little added so that requests and clients do not come back in one instant.
pub fn spread(named: Duration, roll: f64) -> Duration {
    named + named.mul_f64(0.1 * roll.clamp(0.0, 1.0)).min(Duration::from_secs(1))
}

/// Seconds with a fraction, which no standard knows and some limiters write: `0.4`.
fn fraction(value: &str) -> Option<Duration> {
    let (whole, part) = value.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(whole) && digits(part)) {
        return None;
    }
    Some(Duration::try_from_secs_f64(value.parse().ok()?).unwrap_or(Duration::MAX))
}

/// Reads `Retry-After`: seconds, whole or with a fraction, or a date, which is taken relative to the `Date` of the same
/// answer where there is one, since the clocks may differ. A wait of nothing is no wait.
///
/// RFC 9110, 10.2.3.
pub fn retry_after(value: &[u8], date: Option<SystemTime>, now: SystemTime) -> Option<Duration> {
    let value = std::str::from_utf8(value).ok()?.trim();
    // Some write `2s`.
    let value = value.strip_suffix('s').unwrap_or(value);
    let named = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds is still "not for a very long time".
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else if let Some(seconds) = fraction(value) {
        seconds
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        until.duration_since(date.unwrap_or(now)).unwrap_or_default()
    };
    (!named.is_zero()).then_some(named)
}

/// Reads a `Date` header.
pub fn date(value: &[u8]) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(value).ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_double_up_to_a_cap_and_never_overflow() {
        for (cause, nth, low, high) in [
            (Cause::Failing, 1, 0, 500),
            (Cause::Failing, 2, 0, 1_000),
            (Cause::Failing, 4, 0, 4_000),
            (Cause::Failing, 7, 0, 30_000),
            (Cause::Failing, u32::MAX, 0, 30_000),
            (Cause::Busy, 1, 0, 1_000),
            (Cause::Busy, 3, 0, 4_000),
            (Cause::Timeout, 1, 3_000, 3_500),
            (Cause::Timeout, 40, 3_000, 33_000),
            (Cause::Cut, 1, 500, 1_000),
        ] {
            let millis = |roll| wait(cause, nth, roll).as_millis();
            assert_eq!((millis(0.0), millis(1.0)), (low, high), "{cause} {nth}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_servers_own_clock() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        let ahead = httpdate::parse_http_date("Sun, 22 Nov 2026 13:00:00 GMT").unwrap();
        for (value, date, seconds) in [
            ("2", None, Some(2)),
            (" 120 ", None, Some(120)),
            ("0", None, None),
            ("", None, None),
            ("-3", None, None),
            (".5", None, None),
            ("1.", None, None),
            ("1e3", None, None),
            ("0.0", None, None),
            ("2.0", None, Some(2)),
            ("2s", None, Some(2)),
            ("soon", None, None),
            ("86400", None, Some(86_400)),
            ("99999999999999999999999", None, Some(u64::MAX)),
            ("Sun, 22 Nov 2026 12:00:09 GMT", None, Some(9)),
            ("Sun, 22 Nov 2026 13:00:02 GMT", Some(ahead), Some(2)),
            ("Sunday, 22-Nov-26 13:00:02 GMT", Some(ahead), Some(2)),
            ("Sun Nov 22 13:00:02 2026", Some(ahead), Some(2)),
            ("Sun, 22 Nov 2026 12:59:00 GMT", Some(ahead), None),
            ("Fri, 31 Feb 2026 12:59:00 GMT", None, None),
        ] {
            let read = retry_after(value.as_bytes(), date, now);
            assert_eq!(read, seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(b"0.4", None, now), Some(Duration::from_millis(400)));
        assert_eq!(retry_after(format!("{}.0", "9".repeat(400)).as_bytes(), None, now), Some(Duration::MAX));
    }

    proptest! {
        #[test]
        fn spread_only_adds_and_not_much(seconds in 0u64..100_000, roll in 0.0f64..1.0) {
            let named = Duration::from_secs(seconds);
            let spread = spread(named, roll);
            prop_assert!(spread >= named && spread <= named + Duration::from_secs(1));
        }

        #[test]
        fn any_header_is_read(value in prop::collection::vec(any::<u8>(), 0..40)) {
            retry_after(&value, None, SystemTime::UNIX_EPOCH);
            date(&value);
        }
    }
}
