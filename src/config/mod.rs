//! Everything that can be chosen, chosen: what was typed, the environment, `.env` and the configuration files become
//! one `Config` that is complete and right.
//!
//! This room alone knows which of them wins. It opens the configuration files and nothing else: no input, no token
//! file, no connection. Nobody but `main` and `pipeline` reads a `Config`; every other room has settings of its own.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

mod effective;
mod env;
mod error;
mod file;
mod header;
mod jwt;
mod level;
mod plan;
mod sandbox;
mod token;
mod trust;
mod units;
mod values;

pub use effective::{EffectiveSetting, as_file, json, table};
pub use env::Env;
pub use error::{Code, Error};
pub use header::Header;
pub use jwt::{Jwt, peek};
pub use level::{Level, Levels, Origin, Switch};
pub use sandbox::Sandbox;
pub use token::TokenSource;
pub use units::{BoundedDuration, Limit, NonZeroDuration, Percent, Rate, Size};
pub use values::{
    AuthType, AutoOr, BotId, CommaList, Concurrency, EncodingLabel, FieldMap, FilePath, NonEmptyText, Number,
    OutputFormat, Positive, Progress, REPORT_ENDINGS, ReportPath, RowCondition, SetAttribute, Verbosity,
};

use crate::cli::{CommandLine, Typed};
use crate::client::{Endpoint, Proxy};
use crate::contact::{self, phone};
use crate::dedupe::OnDuplicate;
use crate::mapping;
use crate::reading::Shard;
use crate::source;
use crate::terminal::Color;
use crate::wire::contact::Empty;
use file::Contents;

/// What the settings are for: it decides which rules they must obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Importing; a token may be needed.
    Import,
    /// Looking at files: neither token nor network.
    Check,
    /// Looking at numbers or at the settings themselves.
    Look,
}

/// Everything that was chosen.
#[derive(Debug)]
pub struct Config {
    /// The files, in order; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// How the files are read.
    pub source: source::Options,
    /// Which column is which field.
    pub mapping: mapping::Options,
    /// Which rows may be sent.
    pub rows: Rows,
    /// Where to, with which right, and how fast.
    pub delivery: Delivery,
    /// What is told, and where it is written.
    pub output: Output,
    /// Every setting with its origin, for `m1import config` and the report; secrets are masked.
    pub effective: Vec<EffectiveSetting>,
    /// The line that was typed, for messages that print a command.
    pub line: CommandLine,
    /// Fingerprint of everything that decides which contacts a file gives: a job with another plan
    /// is another job.
    pub plan: String,
}

/// Which rows may be sent.
#[derive(Debug, Clone)]
pub struct Rows {
    /// How many records are taken; `None` is all.
    pub limit: Option<u64>,
    /// The part of the job that is taken.
    pub shard: Shard,
    /// Conditions `COLUMN=VALUE,…` that a row must fulfil, all of them.
    pub only: Vec<String>,
    /// Conditions `COLUMN=VALUE,…` that a row must not fulfil, none of them.
    pub skip: Vec<String>,
    /// What is believed of a row; its numbering plans are those built in.
    pub rules: contact::Rules,
    /// A newer text of the numbering plans, to be read before the rules are used.
    pub phone_metadata: Option<PathBuf>,
    /// What becomes of rows with the same phone.
    pub on_duplicate: OnDuplicate,
    /// How many rows may be invalid; `--strict` is none.
    pub max_invalid: Limit,
    /// What is done with members of the payload that have no value.
    pub empty: Empty,
}

/// What happens to the contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// They go to the endpoint.
    Endpoint,
    /// They go to a sandbox inside the program.
    Sandbox,
    /// They go nowhere.
    Nowhere,
}

/// Where to, with which right, and how fast.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What happens to the contacts.
    pub target: Target,
    /// Where the token comes from.
    pub token: TokenSource,
    /// Where contacts are posted to.
    pub endpoint: Endpoint,
    /// Whether the `authtype` header is sent.
    pub auth_type: AuthType,
    /// The bot to import for.
    pub bot_id: Option<String>,
    /// Further headers.
    pub headers: Vec<Header>,
    /// Contacts in one request at most.
    pub batch_size: NonZeroUsize,
    /// Bytes in one request at most.
    pub batch_bytes: u64,
    /// Requests in flight at once.
    pub concurrency: Concurrency,
    /// Requests per second at most, retries included.
    pub rate: Rate,
    /// Longest time for one request.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Attempts for one batch.
    pub attempts: NonZeroUsize,
    /// The run ends after so long without any success.
    pub give_up_after: Duration,
    /// Longest wait that the server may ask for.
    pub max_wait: Duration,
    /// How many rows the server may refuse.
    pub max_refused: Limit,
    /// Certificates to trust beside the system's.
    pub cacert: Option<PathBuf>,
    /// The proxy; `None` is the system's.
    pub proxy: Option<Proxy>,
    /// Whether an unfinished journal is forgotten.
    pub restart: bool,
}

/// What is told, and where it is written.
#[derive(Debug, Clone)]
pub struct Output {
    /// The results folder; `None` is beside the first file.
    pub dir: Option<PathBuf>,
    /// Further reports; their endings say their forms.
    pub reports: Vec<PathBuf>,
    /// Where `check` writes down what it detected.
    pub write_config: Option<PathBuf>,
    /// What standard output carries at the end.
    pub form: OutputFormat,
    /// Whether progress is shown.
    pub progress: Progress,
    /// Whether colour is used.
    pub color: Color,
    /// How much is said.
    pub verbosity: Verbosity,
    /// Whether cell values are shown as they are.
    pub show_values: bool,
}

impl Config {
    /// Settles everything. Reads the configuration files, and nothing else.
    pub fn settle(typed: Typed, env: &Env, mode: Mode) -> Result<Config, Error> {
        let Typed { files, values, line } = typed;
        let levels = levels(Level { origin: Origin::Flags, values }, env)?;
        let output = Output::settle(&levels)?;
        let delivery = Delivery::settle(&levels, mode)?;
        if output.write_config.is_some() && mode == Mode::Import {
            return Err(Error::new(Code::UsageConflict, "--write-config belongs to check")
                .hint_is(format!("m1import check {}", line.to_string().trim_start_matches("m1import "))));
        }
        let stdin = files.iter().filter(|file| file.as_os_str() == "-").count();
        if stdin > 1 {
            return Err(Error::new(Code::UsageConflict, "- stands for standard input, which can be read once only"));
        }
        trust::no_commands(&levels, &line)?;
        if mode == Mode::Import && delivery.target == Target::Endpoint {
            trust::no_borrowed_token(&levels, &delivery.token, &line)?;
            if stdin == 1 && delivery.token.is_stdin() {
                return Err(Error::new(Code::UsageConflict, "standard input cannot give both contacts and token")
                    .hint_is("put one of the two into a file"));
            }
        }
        let rows = Rows::settle(&levels)?;
        Ok(Config {
            files,
            source: reading(&levels)?,
            mapping: mapping::Options {
                map: levels.many::<FieldMap>("map")?.into_iter().map(|FieldMap(to, column)| (to, column)).collect(),
                attributes: levels.one("attributes")?,
            },
            plan: plan::fingerprint(&levels, &rows.rules)?,
            rows,
            delivery,
            output,
            effective: effective::all(&levels),
            line,
        })
    }
}

/// All levels, the highest first.
fn levels(flags: Level, env: &Env) -> Result<Levels, Error> {
    let own = Levels(vec![flags]);
    let named = |name| own.maybe::<FilePath>(name).map(|path| path.map(|FilePath(path)| path));
    let (env_file, config) = (named("env-file")?, named("config")?);
    let profile: Option<NonEmptyText> = own.maybe("profile")?;
    let profile = profile.as_ref().map(|NonEmptyText(name)| name.as_str());

    let project = Contents::open(&env.folder, "m1import.toml", config.as_deref())?;
    let user = env.user_file().map(Contents::user).transpose()?.flatten();
    let files: Vec<Contents> = [project, user].into_iter().flatten().collect();
    if let Some(profile) = profile {
        let names: Vec<&str> = files.iter().flat_map(Contents::profiles).collect();
        if !names.contains(&profile) {
            let error = Error::new(Code::Profile, format!("there is no [profile.{}]", file::shown(profile)));
            return Err(match crate::cli::nearest(profile, names.into_iter()) {
                Some(near) => error.hint_is(format!("did you mean {near}?")),
                None => error,
            });
        }
    }
    let mut levels = own.0;
    levels.push(env.level()?);
    levels.extend(env.file_level(env_file.as_deref())?);
    levels.extend(files.into_iter().flat_map(|contents| contents.levels(profile)));
    Ok(Levels(levels))
}

fn reading(levels: &Levels) -> Result<source::Options, Error> {
    Ok(source::Options {
        format: levels.one::<AutoOr<source::Format>>("format")?.0,
        delimiter: levels.maybe("delimiter")?,
        encoding: levels.maybe::<EncodingLabel>("encoding")?.map(|EncodingLabel(encoding)| encoding),
        header: match levels.on("no-header")? {
            true => source::Header::Absent,
            false => source::Header::Present,
        },
        columns: levels.maybe::<CommaList>("columns")?.map(|CommaList(names)| names).unwrap_or_default(),
        skip_lines: levels.one::<Number>("skip-lines")?.0,
        sheet: levels.maybe("sheet")?,
        words: mapping::words,
    })
}

impl Rows {
    fn settle(levels: &Levels) -> Result<Rows, Error> {
        // The nearer of the two decides; on one level, the stricter.
        let strict = levels.on("strict")? && levels.depth("strict") <= levels.depth("max-invalid");
        let max_invalid = levels.one("max-invalid")?;
        Ok(Rows {
            limit: levels.maybe::<Positive>("limit")?.map(|Positive(limit)| limit.get() as u64),
            shard: levels.one("shard")?,
            only: conditions(levels, "only")?,
            skip: conditions(levels, "skip")?,
            rules: rules(levels)?,
            phone_metadata: path(levels, "phone-metadata")?,
            on_duplicate: levels.one("on-duplicate")?,
            max_invalid: if strict { Limit::Count(0) } else { max_invalid },
            empty: if levels.on("omit-empty")? { Empty::Omitted } else { Empty::Written },
        })
    }
}

fn conditions(levels: &Levels, name: &'static str) -> Result<Vec<String>, Error> {
    Ok(levels.many::<RowCondition>(name)?.into_iter().map(|RowCondition(text)| text).collect())
}

fn rules(levels: &Levels) -> Result<contact::Rules, Error> {
    Ok(contact::Rules {
        phone: phone::Rules {
            check: levels.one("phone-check")?,
            multiple: levels.one("multiple")?,
            kinds: levels.one("phone-types")?,
            renumber: levels.on("renumber")?,
            bare_international: levels.on("bare-international")?,
            default: levels.maybe("default-country")?,
            ..phone::Rules::default()
        },
        bad_email: levels.one("bad-email")?,
        separators: levels.maybe("tag-separator")?.unwrap_or_default(),
        tags: levels.many::<NonEmptyText>("tag")?.into_iter().map(|NonEmptyText(tag)| tag).collect(),
        set: levels.many::<SetAttribute>("set")?.into_iter().map(|SetAttribute(key, value)| (key, value)).collect(),
    })
}

impl Delivery {
    fn settle(levels: &Levels, mode: Mode) -> Result<Delivery, Error> {
        let target = match (levels.on("sandbox")?, levels.on("dry-run")?) {
            _ if mode != Mode::Import => Target::Nowhere,
            (true, _) => Target::Sandbox,
            (false, true) => Target::Nowhere,
            (false, false) => Target::Endpoint,
        };
        Ok(Delivery {
            target,
            token: TokenSource::settle(levels)?,
            endpoint: levels.one("endpoint")?,
            auth_type: levels.one("auth-type")?,
            bot_id: levels.maybe::<BotId>("bot-id")?.map(|BotId(id)| id),
            headers: levels.many("header")?,
            batch_size: levels.one::<Positive>("batch-size")?.0,
            batch_bytes: levels.one::<Size>("batch-bytes")?.0,
            concurrency: levels.one("concurrency")?,
            rate: levels.one("rate")?,
            timeout: levels.one::<NonZeroDuration>("timeout")?.0,
            connect_timeout: levels.one::<NonZeroDuration>("connect-timeout")?.0,
            attempts: levels.one::<Positive>("attempts")?.0,
            give_up_after: levels.one::<BoundedDuration>("give-up-after")?.0,
            max_wait: levels.one::<BoundedDuration>("max-wait")?.0,
            max_refused: levels.one("max-refused")?,
            cacert: path(levels, "cacert")?,
            proxy: levels.maybe("proxy")?,
            restart: levels.on("restart")?,
        })
    }
}

impl Output {
    fn settle(levels: &Levels) -> Result<Output, Error> {
        let more = levels.maybe::<Number>("verbose")?.map_or(0, |Number(times)| times);
        let verbosity = match (levels.on("quiet")?, more) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::More,
            (false, _) => Verbosity::Debug,
        };
        Ok(Output {
            dir: path(levels, "output-dir")?,
            reports: levels.many::<ReportPath>("report")?.into_iter().map(|ReportPath(path)| path).collect(),
            write_config: path(levels, "write-config")?,
            form: levels.one("output")?,
            progress: levels.one("progress")?,
            color: levels.one("color")?,
            verbosity,
            show_values: levels.on("show-values")?,
        })
    }
}

fn path(levels: &Levels, name: &'static str) -> Result<Option<PathBuf>, Error> {
    Ok(levels.maybe::<FilePath>(name)?.map(|FilePath(path)| path))
}

/// Whether a path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[cfg(test)]
mod tests;
