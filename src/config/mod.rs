//! The settings: what was typed, the environment, `.env` and the configuration files become one complete and valid
//! `Config`.
//!
//! Only this module knows which of them wins. It opens the settings files and nothing else: no input, no token file, no
//! connection. It fills the settings types of the modules themselves (`source::Options`, `transport::Options`, …), so
//! that only `commands` and `pipeline` read a `Config`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

mod account;
mod delivery;
mod effective;
mod env;
mod error;
mod file;
mod found;
mod jwt;
pub mod key;
mod level;
mod memory;
mod pattern;
mod places;
mod plan;
mod proxy;
mod sandbox;
mod threads;
mod token;
mod token_text;
mod trust;
mod units;
mod values;

pub use delivery::{Delivery, Target};
pub use effective::{EffectiveSetting, Settings, as_file, json, table};
pub use env::Env;
pub use error::{Error, Warning};
pub use file::profiles;
pub use jwt::{Jwt, peek};
pub use key::Key;
pub use level::{Level, Levels, Origin, Switch};
pub use pattern::may_be_for_a_file;
pub use sandbox::sandbox;
pub use token::TokenSource;
pub use trust::may_stand_in_found_file;
pub use units::{BoundedDuration, Limit, NonZeroDuration, Percent, Rate, Size};
pub use values::{
    AuthType, AutoOr, BotId, CommaList, EncodingLabel, FieldMap, FilePath, NonEmptyText, Number, OutputFormat,
    Positive, Progress, REPORT_ENDINGS, RefusedNumber, ReportPath, RowCondition, SetAttribute, SizeLimit, TcpPort,
    Verbosity,
};

use crate::cli::{CommandLine, Typed};
use crate::contact::{self, phone};
use crate::dedupe::OnDuplicate;
use crate::diagnostic::RunCode;
use crate::mapping;
use crate::reading::Shard;
use crate::source;
use crate::terminal::Color;
use crate::understanding::Wishes;
use crate::wire::contact::Empty;
pub use places::LookedFor;
use places::{Places, own_name};

/// What the settings are for: it decides which rules they must obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Importing; a token may be needed.
    Import,
    /// Looking at files: neither token nor network.
    Check,
    /// Looking at the settings themselves.
    Settings,
    /// Looking at numbers, or at what earlier runs left.
    Look,
}

/// Everything that was chosen.
#[derive(Debug)]
pub struct Config {
    /// The files, in order; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// The most bytes that are taken of standard input and of pipes; `None` is half of the free space where they are
    /// kept.
    pub max_input: Option<u64>,
    /// How each of them is read and mapped, in the same order.
    pub inputs: Vec<InputSettings>,
    /// Sections of settings files for single inputs that fit none of them.
    pub unused_sections: Vec<String>,
    /// Which rows may be sent.
    pub rows: Rows,
    /// Where to, with which right, and how fast.
    pub delivery: Delivery,
    /// What is told, and where it is written.
    pub output: Output,
    /// Every setting with its origin, for `m1import config` and the report; secrets are masked.
    pub effective: Vec<EffectiveSetting>,
    /// The settings files that were used, as shown.
    pub settings_files: Vec<String>,
    /// Those that were looked for, in the order in which they win.
    pub looked_for: Vec<LookedFor>,
    /// The folders in which the key of the user may lie; the first that can be used is.
    pub state_folders: Vec<PathBuf>,
    /// What was noticed about the settings.
    pub warnings: Vec<Warning>,
    /// The line that was typed, for messages that print a command.
    pub line: CommandLine,
    /// Fingerprint of everything that decides which contacts a file gives: a job with another plan
    /// is another job.
    pub plan: String,
    /// What of it somebody has chosen: names of settings, and their values as they came out.
    pub plan_settings: Vec<(&'static str, String)>,
}

/// How one input is read and mapped.
#[derive(Debug, Clone)]
pub struct InputSettings {
    /// The name that patterns of settings files are matched against: the file's own, without folders.
    pub name: String,
    /// What is wished of it.
    pub wishes: Wishes,
    /// The settings among these that were not typed and decide how the file is read: name, value and place.
    pub from_elsewhere: Vec<String>,
    /// Those of its settings that somebody chose and that may be others for another input, as text.
    pub chosen: Settings,
}

/// Which rows may be sent.
#[derive(Debug, Clone)]
pub struct Rows {
    /// How many records are taken; `None` is all.
    pub limit: Option<u64>,
    /// The part of the job that is taken.
    pub shard: Shard,
    /// What is believed of a row where its input has no settings of its own; its numbering plans are those built in.
    pub rules: contact::Rules,
    /// A newer text of the numbering plans, to be read before the rules are used.
    pub phone_metadata: Option<PathBuf>,
    /// What becomes of rows with the same phone.
    pub on_duplicate: OnDuplicate,
    /// How many threads read and judge rows.
    pub threads: NonZeroUsize,
    /// The bytes of memory that telling them apart may take; beyond it they are sorted on disk.
    pub memory: u64,
    /// How many rows may be invalid; `--strict` is none.
    pub max_invalid: Limit,
    /// Whether warnings end the run before anything is sent.
    pub strict: bool,
    /// How many rows there are at least.
    pub min_rows: u64,
    /// By which share, from 0 to 1, the rows may be fewer than at the last finished run; `None` is not looked at.
    pub max_drop: Option<Percent>,
    /// What is done with members of the payload that have no value.
    pub empty: Empty,
}

/// What is told, and where it is written.
#[derive(Debug, Clone)]
pub struct Output {
    /// The results folder; `None` is beside the first file.
    pub dir: Option<PathBuf>,
    /// Further reports; their endings say their forms.
    pub reports: Vec<PathBuf>,
    /// How many earlier runs the results folder keeps.
    pub keep_runs: u64,
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
        let mut warnings = Vec::new();
        let places = Places::read(Level { origin: Origin::Flags, values }, env, &mut warnings)?;
        let mut levels = places.levels(None)?;
        levels.0.extend(proxy::of_environment(&levels, env, mode)?);
        let output = Output::settle(&levels)?;
        let delivery = Delivery::settle(&levels, mode)?;
        if output.write_config.is_some() && mode == Mode::Import {
            return Err(Error::new(RunCode::UsageConflict, "--write-config belongs to check")
                .hint_is(format!("m1import check {}", line.to_string().trim_start_matches("m1import "))));
        }
        let stdin = files.iter().filter(|file| file.as_os_str() == "-").count();
        if stdin > 1 {
            return Err(Error::new(RunCode::UsageConflict, "- is standard input, which can be read only once"));
        }
        trust::no_foreign_settings(&levels, &line)?;
        if mode == Mode::Import && delivery.target == Target::Endpoint {
            trust::no_borrowed_token(&levels, &delivery.token, &env.folder, &line)?;
            warnings.extend(delivery.token.warning(&env.folder));
            if stdin == 1 && delivery.token.is_stdin() {
                return Err(Error::new(RunCode::UsageConflict, "standard input cannot give both contacts and token")
                    .hint_is("put one of the two into a file"));
            }
        }
        let rows = Rows::settle(&levels)?;
        // Also where there is no input a wrong value is said.
        InputSettings::settle(&levels, "")?;
        let (mut inputs, mut plans) = (Vec::new(), Vec::new());
        let names: Vec<String> = files.iter().map(|file| own_name(file)).collect();
        for name in &names {
            let levels = places.levels(Some(name))?;
            let input = InputSettings::settle(&levels, name)?;
            plans.push(plan::fingerprint(&levels, &input.wishes.rules)?);
            inputs.push(input);
        }
        Ok(Config {
            files,
            max_input: levels.maybe(key::MAX_INPUT)?.map(|Size(bytes)| bytes),
            plan_settings: plan::chosen(&levels, &rows.rules)?,
            plan: plan::of_inputs(plan::fingerprint(&levels, &rows.rules)?, &plans),
            inputs,
            unused_sections: places.files.iter().flat_map(|contents| contents.unused(&names)).collect(),
            rows,
            delivery,
            output,
            effective: effective::all(&levels),
            settings_files: places.settings_files(&names)?,
            looked_for: places.looked_for,
            state_folders: env.state_folders(),
            warnings,
            line,
        })
    }
}

impl InputSettings {
    fn settle(levels: &Levels, name: &str) -> Result<InputSettings, Error> {
        Ok(InputSettings {
            name: name.to_owned(),
            wishes: Wishes {
                source: source_options(levels)?,
                mapping: mapping_options(levels)?,
                only: conditions(levels, key::ONLY)?,
                skip: conditions(levels, key::SKIP)?,
                rules: rules(levels)?,
            },
            from_elsewhere: levels.read_from_elsewhere(),
            chosen: levels.chosen_for_a_file(),
        })
    }
}

fn source_options(levels: &Levels) -> Result<source::Options, Error> {
    let AutoOr(format) = levels.one(key::FORMAT)?;
    let Number(skip_lines) = levels.one(key::SKIP_LINES)?;
    Ok(source::Options {
        format,
        delimiter: levels.maybe(key::DELIMITER)?,
        encoding: levels.maybe(key::ENCODING)?.map(|EncodingLabel(encoding)| encoding),
        header: if levels.on(key::NO_HEADER)? { source::Header::Absent } else { source::Header::Present },
        columns: levels.maybe(key::COLUMNS)?.map(|CommaList(names)| names).unwrap_or_default(),
        skip_lines,
        sheets: levels.many(key::SHEET)?,
    })
}

fn mapping_options(levels: &Levels) -> Result<mapping::Options, Error> {
    Ok(mapping::Options {
        map: levels.many(key::MAP)?.into_iter().map(|FieldMap(to, column)| (to, column)).collect(),
        attributes: levels.one(key::ATTRIBUTES)?,
        default_country: levels.maybe(key::DEFAULT_COUNTRY)?,
    })
}

impl Rows {
    fn settle(levels: &Levels) -> Result<Rows, Error> {
        // The nearer of the two decides; on one level, the stricter.
        let strict = levels.on(key::STRICT)? && levels.depth(key::STRICT) <= levels.depth(key::MAX_INVALID);
        let max_invalid = levels.one(key::MAX_INVALID)?;
        Ok(Rows {
            limit: levels.maybe(key::LIMIT)?.map(|Positive(limit)| limit.get() as u64),
            shard: levels.one(key::SHARD)?,
            rules: rules(levels)?,
            phone_metadata: path(levels, key::PHONE_METADATA)?,
            on_duplicate: levels.one(key::ON_DUPLICATE)?,
            threads: levels.one(key::THREADS)?.0,
            memory: levels.maybe(key::MEMORY)?.map_or_else(memory::usual, |Size(bytes)| bytes),
            strict,
            min_rows: levels.one(key::MIN_ROWS)?.0,
            max_drop: levels.maybe(key::MAX_DROP)?,
            max_invalid: if strict { Limit::Count(0) } else { max_invalid },
            empty: if levels.on(key::OMIT_EMPTY)? { Empty::Omitted } else { Empty::Written },
        })
    }
}

fn conditions(levels: &Levels, key: Key<RowCondition>) -> Result<Vec<String>, Error> {
    Ok(levels.many(key)?.into_iter().map(|RowCondition(text)| text).collect())
}

fn rules(levels: &Levels) -> Result<contact::Rules, Error> {
    Ok(contact::Rules {
        phone: phone::Rules {
            check: levels.one(key::PHONE_CHECK)?,
            multiple: levels.one(key::MULTIPLE)?,
            kinds: levels.one(key::PHONE_TYPES)?,
            renumber: levels.on(key::RENUMBER)?,
            bare_international: levels.on(key::BARE_INTERNATIONAL)?,
            default: levels.maybe(key::DEFAULT_COUNTRY)?,
            ..phone::Rules::default()
        },
        bad_email: levels.one(key::BAD_EMAIL)?,
        separators: levels.maybe(key::TAG_SEPARATOR)?.unwrap_or_default(),
        tags: levels.many(key::TAG)?.into_iter().map(|NonEmptyText(tag)| tag).collect(),
        set: levels.many(key::SET)?.into_iter().map(|SetAttribute(key, value)| (key, value)).collect(),
    })
}

impl Output {
    fn settle(levels: &Levels) -> Result<Output, Error> {
        let more = levels.maybe(key::VERBOSE)?.map_or(0, |Number(times)| times);
        let verbosity = match (levels.on(key::QUIET)?, more) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::More,
            (false, _) => Verbosity::Debug,
        };
        Ok(Output {
            dir: path(levels, key::OUTPUT_DIR)?,
            reports: levels.many(key::REPORT)?.into_iter().map(|ReportPath(path)| path).collect(),
            keep_runs: levels.one(key::KEEP_RUNS)?.0,
            write_config: path(levels, key::WRITE_CONFIG)?,
            form: levels.one(key::OUTPUT)?,
            progress: levels.one(key::PROGRESS)?,
            color: levels.one(key::COLOR)?,
            verbosity,
            show_values: levels.on(key::SHOW_VALUES)?,
        })
    }
}

fn path(levels: &Levels, key: Key<FilePath>) -> Result<Option<PathBuf>, Error> {
    Ok(levels.maybe(key)?.map(|FilePath(path)| path))
}

/// Whether a path names standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[cfg(test)]
mod tests;
