//! What the headers of an answer say about when to come back.
//!
//! `Retry-After` is RFC 9110, 10.2.3. The `RateLimit` headers are a draft with several editions, and their `X-` kin knows
//! seconds as well as times; what makes no sense is passed over.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

use super::retry;

/// A limit is set back within so long; what names a longer time is not understood.
const LONGEST_RESET: u64 = 24 * 60 * 60;

/// The longest wait that an answer names by `Retry-After` or one of its kind, such as `Retry-After-Ms` or that of a named
/// limit; else, where it says "too fast", the time until its limit is set back.
pub fn retry_after(
    headers: &HeaderMap,
    is_too_fast: bool,
    date: Option<SystemTime>,
    now: SystemTime,
) -> Option<Duration> {
    let named = headers.iter().filter(|(name, _)| name.as_str().starts_with("retry-after"));
    let waits = named.filter_map(|(name, value)| match name.as_str() {
        "retry-after-ms" => {
            let millis = value.to_str().ok()?.trim().parse().ok()?;
            (millis > 0).then(|| Duration::from_millis(millis))
        }
        _ => retry::retry_after(value.as_bytes(), date, now),
    });
    waits.max().or_else(|| reset(headers, date.unwrap_or(now)).filter(|_| is_too_fast))
}

/// How long it takes until a limit is set back of which the answer says that nothing is left.
pub fn used_up(headers: &HeaderMap, clock: SystemTime) -> Option<Duration> {
    let is_none = |(name, value): (&str, &str)| match name.ends_with("-remaining") {
        true => value.trim() == "0",
        false => name == "ratelimit" && member(value, &["remaining", "r"]) == Some("0"),
    };
    limits(headers).any(is_none).then(|| reset(headers, clock)).flatten()
}

/// How long it takes until a limit is set back; the longest of those named.
fn reset(headers: &HeaderMap, clock: SystemTime) -> Option<Duration> {
    let clock = clock.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let left = |text: &str| {
        let number: u64 = text.trim().split('.').next()?.parse().ok()?;
        let seconds = match number {
            1_000_000_000_000.. => (number / 1_000).saturating_sub(clock),
            1_000_000_000.. => number.saturating_sub(clock),
            seconds => seconds,
        };
        (1..=LONGEST_RESET).contains(&seconds).then(|| Duration::from_secs(seconds))
    };
    let of = |(name, value): (&str, &str)| match name.ends_with("-reset") {
        true => left(value),
        false if name == "ratelimit" => member(value, &["reset", "t"]).and_then(left),
        false => None,
    };
    limits(headers).filter_map(of).max()
}

/// The headers that tell of limits.
fn limits(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let is_one = |name: &str| name.contains("ratelimit") || name.contains("rate-limit");
    let told = headers.iter().filter(move |(name, _)| is_one(name.as_str()));
    told.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
}

/// A member of a header such as `limit=8, remaining=0, reset=6` or `"default";r=0;t=6`.
fn member<'v>(value: &'v str, names: &[&str]) -> Option<&'v str> {
    let mut pairs = value.split([',', ';']).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| names.contains(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(list: &[(&str, &str)]) -> HeaderMap {
        let parsed = list.iter().map(|(name, value)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        let mut headers = HeaderMap::new();
        for (name, value) in parsed {
            headers.append(name, value);
        }
        headers
    }

    const CLOCK: u64 = 1_795_348_800;

    fn clock() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(CLOCK)
    }

    #[test]
    fn the_longest_wait_that_is_named_counts() {
        for (list, millis) in [
            (&[("retry-after", "1"), ("retry-after", "3")][..], Some(3_000)),
            (&[("retry-after-short", "1"), ("retry-after-long", "4")], Some(4_000)),
            (&[("retry-after-ms", "250")], Some(250)),
            (&[("retry-after", "2s")], Some(2_000)),
            (&[("retry-after", "1.5")], Some(1_500)),
            (&[("ratelimit-reset", "6")], Some(6_000)),
            (&[("retry-after", "2"), ("x-ratelimit-reset", "1795348809")], Some(2_000)),
            (&[("retry-after", "soon")], None),
            (&[], None),
        ] {
            let wait = retry_after(&headers(list), true, None, clock());
            assert_eq!(wait, millis.map(Duration::from_millis), "{list:?}");
        }
        assert_eq!(retry_after(&headers(&[("ratelimit-reset", "6")]), false, None, clock()), None);
    }

    #[test]
    fn limits_say_when_they_are_set_back() {
        for (list, until) in [
            (&[("ratelimit-remaining", "0"), ("ratelimit-reset", "6")][..], Some(6)),
            (&[("ratelimit-remaining", "3"), ("ratelimit-reset", "6")], None),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795348809")], Some(9)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795348809000")], Some(9)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1999999999")], None),
            (&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "7")], Some(7)),
            (&[("ratelimit", "limit=8, remaining=0, reset=5")], Some(5)),
            (&[("ratelimit", "\"8-in-6sec\"; r=0; t=4"), ("ratelimit-policy", "\"8-in-6sec\"; q=8; w=6")], Some(4)),
            (&[("ratelimit-remaining", "0")], None),
        ] {
            assert_eq!(used_up(&headers(list), clock()), until.map(Duration::from_secs), "{list:?}");
        }
    }
}
