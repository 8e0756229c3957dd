//! Values with units: durations, sizes, rates, limits. Each error says which form is expected.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

/// A duration from 0 to a year as written: `500ms`, `30s`, `10m`, `1h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundedDuration(pub Duration);

/// A year: sums of durations cannot overflow.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3_600);

impl FromStr for BoundedDuration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<BoundedDuration, Self::Err> {
        let parsed: SignedDuration = text.parse().map_err(|_| "is not a duration such as 500ms, 30s, 10m or 1h30m")?;
        let duration = Duration::try_from(parsed).map_err(|_| "is negative")?;
        if duration > LONGEST { Err("is longer than a year") } else { Ok(BoundedDuration(duration)) }
    }
}

/// A duration that is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NonZeroDuration(pub Duration);

impl FromStr for NonZeroDuration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<NonZeroDuration, Self::Err> {
        match text.parse()? {
            BoundedDuration(Duration::ZERO) => Err("is no time at all"),
            BoundedDuration(duration) => Ok(NonZeroDuration(duration)),
        }
    }
}

/// A number of bytes as written: `90kB` (thousands), `1MiB` (1,024s), `500`. Never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Size, Self::Err> {
        const FORM: &str = "is not a size such as 90kB or 1MiB";
        let (number, unit) = number_and_unit(text).ok_or(FORM)?;
        let bytes = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "kib" => 1 << 10,
            "mib" => 1 << 20,
            "gib" => 1 << 30,
            _ => return Err(FORM),
        };
        match number.checked_mul(bytes) {
            Some(0) => Err("is no bytes at all"),
            Some(total) => Ok(Size(total)),
            None => Err("is too large"),
        }
    }
}

/// A share of the whole as written: `5%`, `0.5%`. From 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percent(pub f64);

impl FromStr for Percent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Percent, Self::Err> {
        const FORM: &str = "is not a percentage such as 5%";
        let number = text.strip_suffix('%').ok_or(FORM)?.trim_end();
        match decimal(number) {
            Some(percent) if percent <= 100.0 => Ok(Percent(percent / 100.0)),
            Some(_) => Err("is more than 100%"),
            None => Err(FORM),
        }
    }
}

/// How many rows may go wrong before nothing more is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// All of them.
    Unlimited,
    /// This many.
    Count(u64),
    /// This share of the rows, from 0 to 1.
    Share(f64),
}

impl Limit {
    /// How many of so many rows may go wrong; `None` is all of them.
    pub fn of(self, rows: u64) -> Option<u64> {
        match self {
            Limit::Unlimited => None,
            Limit::Count(most) => Some(most),
            // Counts are far below 2^53, where every whole number has its own f64; what is a hair below a whole number
            // for want of binary tenths (29% of 100) is that number.
            Limit::Share(most) => Some((most * rows as f64 + 1e-6) as u64),
        }
    }

    /// Whether so many of so many are more than the limit.
    pub fn exceeded(self, wrong: u64, of: u64) -> bool {
        self.of(of).is_some_and(|most| wrong > most)
    }
}

/// As it is written.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Unlimited => f.write_str("unlimited"),
            Limit::Count(most) => write!(f, "{most}"),
            // 0.29 * 100 is not quite 29.
            Limit::Share(most) => write!(f, "{}%", (most * 1e8).round() / 1e6),
        }
    }
}

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Limit, Self::Err> {
        if text == "unlimited" {
            return Ok(Limit::Unlimited);
        }
        if text.ends_with('%') {
            return text.parse().map(|Percent(share)| Limit::Share(share));
        }
        text.parse().map(Limit::Count).map_err(|_| "is neither a number of rows nor a percentage such as 5%")
    }
}

/// Requests per second, as written: `5/s`, `100/m`. Never zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// As fast as the server likes.
    Unlimited,
    /// So many per second.
    PerSecond(f64),
}

impl Rate {
    /// Requests per second; `None` is unlimited.
    pub fn per_second(self) -> Option<f64> {
        match self {
            Rate::Unlimited => None,
            Rate::PerSecond(rate) => Some(rate),
        }
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Rate, Self::Err> {
        const FORM: &str = "is not a rate such as 5/s or 100/m";
        if text == "unlimited" {
            return Ok(Rate::Unlimited);
        }
        let (number, unit) = text.split_once('/').ok_or(FORM)?;
        let number = decimal(number.trim()).ok_or(FORM)?;
        let rate = match unit.trim() {
            "s" => number,
            "m" => number / 60.0,
            _ => return Err(FORM),
        };
        if rate > 0.0 { Ok(Rate::PerSecond(rate)) } else { Err("would send nothing") }
    }
}

/// Splits `90kB` into 90 and `kB`.
fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim_start()))
}

/// A plain decimal number: `5`, `0.5`. Neither signs nor exponents nor words such as `inf`.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations() {
        let good = [
            ("500ms", 500),
            ("30s", 30_000),
            ("10m", 600_000),
            ("2h", 7_200_000),
            ("1h30m", 5_400_000),
            ("2 min", 120_000),
            ("0s", 0),
            ("5 m", 300_000),
            ("8784h", 31_622_400_000),
        ];
        for (text, milliseconds) in good {
            assert_eq!(text.parse(), Ok(BoundedDuration(Duration::from_millis(milliseconds))), "{text}");
        }
        for text in
            ["", "30", "s", "-1s", "1s ago", "30 apples", "1y", "99999999999999999999s", "8785h", "9999999h", "١s"]
        {
            assert!(text.parse::<BoundedDuration>().is_err(), "{text}");
        }
        assert!("0s".parse::<NonZeroDuration>().is_err());
        assert_eq!("1s".parse(), Ok(NonZeroDuration(Duration::from_secs(1))));
    }

    #[test]
    fn sizes() {
        let good =
            [("90kB", 90_000), ("1MiB", 1_048_576), ("500", 500), ("2 KiB", 2048), ("1mb", 1_000_000), ("7B", 7)];
        for (text, bytes) in good {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "kB", "0", "0kB", "-1", "1.5MB", "1 kbit", "99999999999999999999GB", "99999999999GiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn rates() {
        assert_eq!("5/s".parse(), Ok(Rate::PerSecond(5.0)));
        assert_eq!("30/m".parse(), Ok(Rate::PerSecond(0.5)));
        assert_eq!("0.5/s".parse(), Ok(Rate::PerSecond(0.5)));
        assert_eq!("unlimited".parse(), Ok(Rate::Unlimited));
        for text in ["", "5", "5/h", "0/s", "-1/s", "inf/s", "NaN/s", "1e9/s", "/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!("0".parse(), Ok(Limit::Count(0)));
        assert_eq!("5%".parse(), Ok(Limit::Share(0.05)));
        assert_eq!("unlimited".parse(), Ok(Limit::Unlimited));
        for text in ["", "-1", "101%", "5 %%", "%", "1.5", "many"] {
            assert!(text.parse::<Limit>().is_err(), "{text}");
        }
        let cases = [
            ("0", 10, Some(0)),
            ("7", 10, Some(7)),
            ("0%", 10, Some(0)),
            ("10%", 10, Some(1)),
            ("10%", 9, Some(0)),
            ("29%", 100, Some(29)),
            ("0.1%", 1_000_000, Some(1_000)),
            ("100%", 3, Some(3)),
            ("unlimited", 3, None),
        ];
        for (text, rows, most) in cases {
            let limit: Limit = text.parse().unwrap();
            assert_eq!(limit.of(rows), most, "{text} of {rows}");
            assert_eq!(limit.to_string(), text);
            assert!(!limit.exceeded(most.unwrap_or(u64::MAX), rows), "{text} of {rows}");
            assert_eq!(
                limit.exceeded(most.map_or(u64::MAX, |most| most + 1), rows),
                most.is_some(),
                "{text} of {rows}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text: String) {
            let _ = text.parse::<BoundedDuration>();
            let _ = text.parse::<Size>();
            let _ = text.parse::<Rate>();
            let _ = text.parse::<Limit>();
        }
    }
}
