//! The settings of `m1import sandbox`, all of them typed.

use super::error::Error;
use super::key::sandbox as key;
use super::level::{Level, Levels, Origin};
use super::units::{BoundedDuration, Percent};
use super::values::{RefusedNumber, SizeLimit, TcpPort};
use crate::cli::Typed;
use crate::sandbox;

/// The options of the sandbox from what was typed.
///
/// # Errors
/// A value cannot be parsed.
pub fn sandbox(typed: &Typed) -> Result<sandbox::Options, Error> {
    let levels = Levels(vec![Level { origin: Origin::Flags, values: typed.values.clone() }]);
    let TcpPort(port) = levels.one(key::PORT)?;
    let BoundedDuration(latency) = levels.one(key::LATENCY)?;
    let Percent(fail_rate) = levels.one(key::FAIL_RATE)?;
    let SizeLimit(max_body) = levels.one(key::MAX_BODY)?;
    Ok(sandbox::Options {
        port,
        token: levels.one(key::TOKEN)?,
        latency,
        fail_rate,
        rate: levels.one(key::RATE)?.per_second(),
        max_body,
        refuse: levels.many(key::REFUSE)?.into_iter().map(|RefusedNumber(number)| number).collect(),
        ..sandbox::Options::default()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::diagnostic::Diagnostic;

    fn settle(values: &[(&'static str, &str)]) -> Result<sandbox::Options, Error> {
        let values: BTreeMap<_, _> = values.iter().map(|(name, value)| (*name, vec![(*value).to_owned()])).collect();
        sandbox(&Typed { values, ..Typed::default() })
    }

    #[test]
    fn what_was_typed_and_what_was_not() {
        assert_eq!(settle(&[]).unwrap(), sandbox::Options::default());
        let all = [
            ("port", "0"),
            ("token", "t"),
            ("latency", "20ms"),
            ("fail-rate", "5%"),
            ("rate", "20/s"),
            ("max-body", "100kB"),
            ("refuse", "+919876543210"),
        ];
        let typed = settle(&all).unwrap();
        assert_eq!((typed.port, typed.fail_rate, typed.rate), (0, 0.05, Some(20.0)));
        assert_eq!((typed.latency, typed.token.as_str()), (Duration::from_millis(20), "t"));
        assert_eq!((typed.max_body, typed.refuse), (Some(100_000), vec![919_876_543_210]));
        for (name, _) in all.iter().filter(|(name, _)| *name != "token") {
            let error = settle(&[(name, "many")]).unwrap_err();
            assert_eq!((error.code(), error.exit().code()), ("usage.value", 2), "{error}");
        }
    }
}
