//! The settings of `m1import sandbox`, all of them typed.

use std::time::Duration;

use super::error::{Code, Error};
use super::level::{Level, Levels, Origin};
use super::units::{BoundedDuration, Percent, Rate, Size};
use crate::cli::Typed;
use crate::cli::options::SANDBOX_SETTINGS;

/// How the loopback server behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Sandbox {
    /// Its port; 0 takes a free one.
    pub port: u16,
    /// The token it accepts.
    pub token: String,
    /// How long every answer takes.
    pub latency: Duration,
    /// The share of requests answered with 503, from 0 to 1.
    pub fail_rate: f64,
    /// Requests per second; those above are answered with 429.
    pub rate: Option<f64>,
    /// Bytes of a body; one above is answered with 413.
    pub max_body: Option<u64>,
    /// Numbers (digits with calling code) whose batch is answered with 400.
    pub refuse: Vec<u64>,
}

impl Sandbox {
    /// Settles what was typed.
    pub fn settle(typed: &Typed) -> Result<Sandbox, Error> {
        let levels = Levels(vec![Level { origin: Origin::Flags, values: typed.values.clone() }]);
        let text = |name: &str| {
            let default =
                SANDBOX_SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default);
            levels.find(name).and_then(|(_, values)| values.last()).map_or(default, String::as_str).to_owned()
        };
        let wrong = |name: &str, text: &str, why: &str| {
            let error = Error::new(Code::UsageValue, format!("--{name}: {text:?} {why}"));
            match SANDBOX_SETTINGS.iter().find(|setting| setting.name == name) {
                Some(setting) => error.hint_is(setting.explained()),
                None => error,
            }
        };
        let port = text("port");
        let latency = text("latency");
        let fail_rate = text("fail-rate");
        let rate = text("rate");
        let max_body = text("max-body");
        let refuse = levels.find("refuse").map(|(_, values)| values).unwrap_or_default();
        let digits = |text: &String| {
            let digits: String = text.trim().trim_start_matches('+').to_owned();
            digits.parse().map_err(|_| wrong("refuse", text, "is not a number in digits with its calling code"))
        };
        Ok(Sandbox {
            port: port.parse().map_err(|_| wrong("port", &port, "is not a port from 0 to 65535"))?,
            token: text("token"),
            latency: latency.parse::<BoundedDuration>().map_err(|why| wrong("latency", &latency, why))?.0,
            fail_rate: fail_rate.parse::<Percent>().map_err(|why| wrong("fail-rate", &fail_rate, why))?.0,
            rate: rate.parse::<Rate>().map_err(|why| wrong("rate", &rate, why))?.per_second(),
            max_body: match max_body.as_str() {
                "unlimited" => None,
                size => Some(size.parse::<Size>().map_err(|why| wrong("max-body", &max_body, why))?.0),
            },
            refuse: refuse.iter().map(digits).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn settle(values: &[(&'static str, &str)]) -> Result<Sandbox, Error> {
        let values: BTreeMap<_, _> = values.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect();
        Sandbox::settle(&Typed { values, ..Typed::default() })
    }

    #[test]
    fn what_was_typed_and_what_was_not() {
        let plain = settle(&[]).unwrap();
        assert_eq!((plain.port, plain.token.as_str(), plain.fail_rate, plain.rate), (8787, "sandbox", 0.0, None));
        assert_eq!((plain.latency, plain.max_body, plain.refuse.len()), (Duration::ZERO, None, 0));
        let all = [
            ("port", "0"),
            ("token", "t"),
            ("latency", "20ms"),
            ("fail-rate", "5%"),
            ("rate", "20/s"),
            ("max-body", "100kB"),
            ("refuse", "+919876543210"),
        ];
        let sandbox = settle(&all).unwrap();
        assert_eq!((sandbox.port, sandbox.fail_rate, sandbox.rate), (0, 0.05, Some(20.0)));
        assert_eq!((sandbox.max_body, sandbox.refuse), (Some(100_000), vec![919_876_543_210]));
        for (name, _) in all.iter().filter(|(name, _)| *name != "token") {
            let error = settle(&[(name, "many")]).unwrap_err();
            assert_eq!((error.code(), error.exit()), ("usage.value", 2), "{error}");
        }
    }
}
