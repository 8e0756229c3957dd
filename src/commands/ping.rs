//! `m1import ping`: is the endpoint there, and does it take the token? Reads only, and sends no contact.

use std::fmt::Write;

use serde_json::json;

use super::{listening, print, runtime, say};
use crate::client::ping::{self, Pong};
use crate::config::{self, Config, Env, OutputFormat, Verbosity};
use crate::diagnostic::{Exit, RunCode};
use crate::error::Error;
use crate::numbers::{count, duration};
use crate::outcome::Failure;
use crate::pipeline::{self, Destination, RunInfo, Screen};
use crate::report::words::host;
use crate::report::{ErrorReport, text};
use crate::terminal::{Terminal, safe};

/// A clock that differs by more than so many seconds is said; `Date` has whole seconds, and the answer takes a while.
const CLOCKS: i64 = 5;

/// Asks the endpoint once. What was found is printed, also where the token was not taken.
///
/// # Errors
/// The settings do not lead to a call: an endpoint of another kind, no token, certificates that cannot be used.
pub(super) fn ping(config: &Config, terminal: &Terminal, env: &Env) -> Result<Exit, Error> {
    let options = &config.delivery.transport;
    let path = ping::path(options).ok_or_else(|| {
        let message =
            format!("an endpoint that does not end in /inbox/users/import cannot be pinged: {}", options.endpoint);
        config::Error::new(RunCode::ConfigEndpoint, message)
            .hint_is("m1import check tries the contacts without the server")
    })?;
    let runtime = runtime()?;
    let pong = runtime.block_on(async {
        let stop = listening()?;
        let screen = Screen { terminal, verbosity: config.output.verbosity, env };
        screen.say_settings(config);
        screen.warn_of_settings(config);
        let destination = Destination::find(config, &screen, &stop).await?;
        let Destination::Endpoint(credentials, _) = &destination else {
            return Err(Error::Broken("the settings of ping"));
        };
        let id = format!("ping-{:016x}", fastrand::u64(..));
        let asked = tokio::select! {
            pong = ping::ping(options, &path, &id, credentials) => pong?,
            _ = stop.wait() => return Err(Error::stopped(&stop, "ping")),
        };
        let ending = destination.token_said(&config.delivery.token).and_then(|(_, last)| last);
        Ok(PingResult { path: path.clone(), proxy: config.delivery.proxy.clone(), ending, pong: asked })
    });
    runtime.shutdown_background();
    let found = pong?;
    let quiet = config.output.verbosity == Verbosity::Quiet;
    let printed = match config.output.form {
        OutputFormat::Json => print(terminal, &found.json(config)),
        OutputFormat::Text if quiet => Exit::Complete,
        OutputFormat::Text => print(terminal, &terminal.redactor.clean(&found.text(config))),
    };
    match found.pong.token {
        Ok(()) => Ok(printed),
        Err(failure) => {
            let exit = failure.cause.entry().exit;
            let summary = pipeline::failed(&RunInfo::new(String::new()), &Error::Delivery(failure));
            if let Some(error) = &summary.ending.error {
                let hint = error.hint.as_deref().map(|hint| without_resuming(hint).to_owned());
                say(terminal, &text::error(&ErrorReport { hint, ..error.clone() }));
            }
            Ok(exit)
        }
    }
}

/// What a ping came to.
struct PingResult {
    path: String,
    proxy: Option<String>,
    /// The last four characters of the token, if it is long enough to show them.
    ending: Option<String>,
    pong: Pong,
}

impl PingResult {
    fn text(&self, config: &Config) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{name:11}  {}", safe(value));
        };
        let endpoint = config.delivery.transport.endpoint.to_string();
        line("asked", &format!("GET {} of {}", self.path, host(&endpoint)));
        line("proxy", self.proxy.as_deref().unwrap_or("none"));
        let took = duration(self.pong.took.as_secs_f64());
        match (&self.pong.protocol, self.pong.status) {
            (Some(protocol), Some(status)) => line("connection", &format!("{protocol}, answer {status} after {took}")),
            _ => line("connection", &format!("none; gave up after {took}")),
        }
        match &self.pong.certificate {
            Some(certificate) => {
                line("certificate", &format!("issued by {}; {}", certificate.issuer, left(certificate.days_left)))
            }
            None if endpoint.starts_with("http:") => line("certificate", "none: the endpoint is on this machine"),
            None => {}
        }
        match self.pong.clock_difference {
            Some(seconds) if seconds.abs() <= CLOCKS => line("clocks", "agree"),
            Some(seconds) => {
                let by = duration(seconds.unsigned_abs() as f64);
                let how = if seconds > 0 { "behind" } else { "ahead of" };
                line("clocks", &format!("this machine is {by} {how} the server"));
            }
            None => {}
        }
        let ending = self.ending.as_ref().map(|last| format!(", ending in {last}")).unwrap_or_default();
        let from = format!("from {}{ending}", config.delivery.token.label);
        line("token", &format!("{} ({from})", verdict(&self.pong.token)));
        text
    }

    fn json(&self, config: &Config) -> String {
        let document = json!({
            "schema": 1,
            "endpoint": config.delivery.transport.endpoint.to_string(),
            "path": self.path,
            "proxy": self.proxy,
            "protocol": self.pong.protocol,
            "status": self.pong.status,
            "seconds": (self.pong.took.as_secs_f64() * 1000.0).round() / 1000.0,
            "certificate": self.pong.certificate.as_ref().map(|certificate| json!({
                "issuer": certificate.issuer,
                "days_left": certificate.days_left,
            })),
            "clock_difference_seconds": self.pong.clock_difference,
            "token": verdict(&self.pong.token),
            "error": self.pong.token.as_ref().err().map(|failure| json!({
                "code": failure.cause.as_str(),
                "message": failure.to_string(),
            })),
        });
        serde_json::to_string_pretty(&document).map(|text| text + "\n").unwrap_or_default()
    }
}

/// A remedy for an import as one for a ping, which leaves nothing to resume.
fn without_resuming(hint: &str) -> &str {
    match hint.strip_suffix("the same command resumes").map(|hint| hint.trim_end_matches("; ")) {
        Some("") => "ask again later",
        Some(rest) => rest,
        None => hint,
    }
}

fn left(days: i64) -> String {
    match u64::try_from(days) {
        Ok(days) => format!("{} left", count(days, "day")),
        Err(_) => "expired".to_owned(),
    }
}

/// `taken`, `refused`, or `not tried`.
fn verdict(token: &Result<(), Failure>) -> &'static str {
    match token {
        Ok(()) => "taken",
        Err(failure) if failure.cause.entry().exit == Exit::Token => "refused",
        Err(_) => "not tried",
    }
}
