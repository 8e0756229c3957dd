//! What the pipeline says while it works: to standard error, through the terminal, at the verbosity that was asked for.

use crate::client::Credentials;
use crate::config::{Config, Env, Progress as When, Verbosity};
use crate::diagnostic::WarningCode;
use crate::error::Error;
use crate::numbers::duration;
use crate::progress::{Progress, Quotes, Show};
use crate::reading::Job;
use crate::report::Warning;
use crate::report::rejected_rows::Values;
use crate::report::start::settings_from;
use crate::report::text::warning;
use crate::secret::Redactor;
use crate::secret::Secret;
use crate::terminal::{Terminal, safe};

use super::delivery::seconds_left;

/// A token that ends within so many seconds is warned about.
const SOON: u64 = 3_600;

/// The screen and how much of it is wanted.
pub struct Screen<'a> {
    /// The only way to standard output and standard error.
    pub terminal: &'a Terminal,
    /// How much is said.
    pub verbosity: Verbosity,
    /// The environment, for what CI systems and terminals say of themselves.
    pub env: &'a Env,
}

impl Screen<'_> {
    /// Says lines that a person wants to know; nothing with `--quiet`.
    pub fn note(&self, lines: &str) {
        if self.verbosity > Verbosity::Quiet {
            for line in lines.lines() {
                self.terminal.say(line);
            }
        }
    }

    /// Says what went wrong; also with `--quiet`.
    pub fn error(&self, lines: &str) {
        for line in lines.lines() {
            self.terminal.say(line);
        }
    }

    /// The progress listener, as bar or lines.
    pub fn progress(&self, config: &Config) -> Progress {
        let bar = self.terminal.err.is_terminal && self.env.get("TERM") != Some("dumb");
        let show = match (self.verbosity, config.output.progress) {
            (Verbosity::Quiet, _) => Show::Nothing,
            (_, When::Never) => Show::Troubles,
            // Lines for each request leave no space for a bar.
            (Verbosity::More | Verbosity::Debug, _) => Show::Lines,
            (_, When::Auto) if bar && self.env.get("CI").is_none() => Show::Bar,
            (_, When::Auto) => Show::Lines,
            (_, When::Always) => {
                if bar {
                    Show::Bar
                } else {
                    Show::Lines
                }
            }
        };
        let quotes = if config.output.show_values { Quotes::Shown } else { Quotes::Masked };
        let terminal = self.terminal.clone();
        let progress = Progress::new(show, quotes, Box::new(move |line| terminal.say(line)));
        if self.verbosity >= Verbosity::More { progress.verbose() } else { progress }
    }

    /// Takes a token out of everything that is written from now on.
    pub fn hide(&self, token: &Secret) {
        self.terminal.redactor.hide(token);
    }

    /// What takes tokens out.
    pub fn redactor(&self) -> Redactor {
        self.terminal.redactor.clone()
    }

    /// The settings files that were used, if any.
    pub fn say_settings(&self, config: &Config) {
        self.note(&settings_from(&config.settings_files));
        self.say_unused(config);
    }

    /// With `-v`: the sections for single files that fit none of the inputs.
    pub fn say_unused(&self, config: &Config) {
        if self.verbosity >= Verbosity::More {
            for section in &config.unused_sections {
                self.note(&format!("{} fits none of the files", safe(section)));
            }
        }
    }

    /// What was noticed about the settings.
    pub fn warn_of_settings(&self, config: &Config) {
        for noticed in &config.warnings {
            self.note(&warning(&noticed.message, noticed.code.as_str(), &noticed.hint));
        }
    }

    /// What was guessed about the inputs, where it is no warning.
    pub fn say_what_was_guessed(&self, job: &Job) {
        for input in &job.inputs {
            for notice in input.source.notices().iter().filter(|notice| notice.warning().is_none()) {
                self.note(&format!("{}: {}", safe(input.source.input().name()), safe(&notice.to_string())));
            }
        }
    }

    /// With `-v`: why each input is read as it is, and its columns are taken for what they are.
    pub fn say_reasons(&self, job: &Job) {
        if self.verbosity < Verbosity::More {
            return;
        }
        for input in &job.inputs {
            let name = safe(input.source.input().name());
            input.evidence().iter().for_each(|line| self.note(&format!("{name}: {}", safe(line))));
        }
    }

    /// What was noticed in the inputs. That somebody may not want to be written to is said with `--quiet` too, and that there
    /// is nobody to write to.
    pub fn warn(&self, found: &[Warning]) {
        for Warning { code, message, hint, .. } in found {
            let lines = warning(message, code.as_str(), hint.as_deref().unwrap_or_default());
            match code {
                WarningCode::Consent | WarningCode::NoRows => self.error(&lines),
                _ => self.note(&lines),
            }
        }
    }

    /// A token that ends soon.
    ///
    /// # Errors
    /// It has ended already.
    pub fn warn_of_token(&self, credentials: &Credentials) -> Result<(), Error> {
        if let Some(left) = seconds_left(credentials)?.filter(|left| *left < SOON) {
            let left = duration(left as f64);
            let message = format!("the token expires in {left}; sending stops 30 s before; the same command resumes");
            self.note(&warning(&message, "token.ends_soon", "get a token that lasts for the whole import"));
        }
        Ok(())
    }
}

/// How cell values appear where people look.
pub fn values(config: &Config) -> Values {
    if config.output.show_values { Values::Shown } else { Values::Masked }
}
