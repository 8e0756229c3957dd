//! One typed key for each setting: it names the row of the table and the type its values are parsed as.
//!
//! A key that is misspelt, or that names no row of the table, does not compile.

use std::marker::PhantomData;

use super::level::Switch;
use super::threads::Threads;
use super::units::{BoundedDuration, Limit, NonZeroDuration, Percent, Rate, Size};
use super::values::{
    AuthType, AutoOr, BotId, CommaList, EncodingLabel, FieldMap, FilePath, NonEmptyText, Number, OutputFormat,
    Positive, Progress, RefusedNumber, ReportPath, RowCondition, SetAttribute, SizeLimit, TcpPort,
};
use crate::cli::options::{SANDBOX_SETTINGS, SETTINGS, Setting};
use crate::client::{Concurrency, Endpoint, Header, Proxy};
use crate::contact::{BadEmail, Separators, phone};
use crate::dedupe::OnDuplicate;
use crate::mapping::Attributes;
use crate::reading::Shard;
use crate::source::{Delimiter, Format, Sheet};
use crate::terminal::Color;

/// A setting whose values are parsed as `T`.
pub struct Key<T> {
    setting: &'static Setting,
    parses_as: PhantomData<fn() -> T>,
}

// By hand: a derive would ask for `T: Copy`.
impl<T> Clone for Key<T> {
    fn clone(&self) -> Key<T> {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> Key<T> {
    /// The row of the table.
    pub const fn setting(self) -> &'static Setting {
        self.setting
    }

    /// The name of the setting, as in `--NAME`.
    pub const fn name(self) -> &'static str {
        self.setting.name
    }

    /// The key of a setting of that name. Used in constants only, where a name that is not in the table is an error of
    /// the compiler.
    const fn of(table: &'static [Setting], name: &str) -> Key<T> {
        let mut rest = table;
        while let [setting, others @ ..] = rest {
            if is_same(setting.name.as_bytes(), name.as_bytes()) {
                return Key { setting, parses_as: PhantomData };
            }
            rest = others;
        }
        panic!("there is no setting of that name")
    }
}

/// `==` for bytes, which constants cannot use yet.
const fn is_same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([first, others @ ..], [second, more @ ..]) = (a, b) {
        if *first != *second {
            return false;
        }
        (a, b) = (others, more);
    }
    a.is_empty() && b.is_empty()
}

macro_rules! keys {
    ($table:ident: $($key:ident: $type:ty = $name:literal;)*) => {
        $(
            #[doc = concat!("`--", $name, "`")]
            pub const $key: Key<$type> = Key::of($table, $name);
        )*
    };
}

keys! { SETTINGS:
    FORMAT: AutoOr<Format> = "format";
    DELIMITER: Delimiter = "delimiter";
    ENCODING: EncodingLabel = "encoding";
    NO_HEADER: Switch = "no-header";
    COLUMNS: CommaList = "columns";
    SKIP_LINES: Number = "skip-lines";
    SHEET: Sheet = "sheet";
    LIMIT: Positive = "limit";
    MAX_INPUT: Size = "max-input";
    MIN_ROWS: Number = "min-rows";
    MAX_DROP: Percent = "max-drop";
    SHARD: Shard = "shard";
    ONLY: RowCondition = "only";
    SKIP: RowCondition = "skip";

    MAP: FieldMap = "map";
    ATTRIBUTES: Attributes = "attributes";
    TAG: NonEmptyText = "tag";
    SET: SetAttribute = "set";
    TAG_SEPARATOR: Separators = "tag-separator";
    DEFAULT_COUNTRY: phone::Region = "default-country";

    PHONE_CHECK: phone::Check = "phone-check";
    MULTIPLE: phone::Multiple = "multiple";
    PHONE_TYPES: phone::Kinds = "phone-types";
    PHONE_METADATA: FilePath = "phone-metadata";
    RENUMBER: Switch = "renumber";
    BARE_INTERNATIONAL: Switch = "bare-international";
    ON_DUPLICATE: OnDuplicate = "on-duplicate";
    BAD_EMAIL: BadEmail = "bad-email";
    MAX_INVALID: Limit = "max-invalid";
    STRICT: Switch = "strict";
    OMIT_EMPTY: Switch = "omit-empty";

    TOKEN: String = "token";
    TOKEN_FILE: FilePath = "token-file";
    TOKEN_COMMAND: String = "token-command";
    ENDPOINT: Endpoint = "endpoint";
    AUTH_TYPE: AuthType = "auth-type";
    BOT_ID: BotId = "bot-id";
    HEADER: Header = "header";
    BATCH_SIZE: Positive = "batch-size";
    BATCH_BYTES: Size = "batch-bytes";
    CONCURRENCY: Concurrency = "concurrency";
    RATE: Rate = "rate";
    TIMEOUT: NonZeroDuration = "timeout";
    CONNECT_TIMEOUT: NonZeroDuration = "connect-timeout";
    ATTEMPTS: Positive = "attempts";
    GIVE_UP_AFTER: BoundedDuration = "give-up-after";
    MAX_WAIT: BoundedDuration = "max-wait";
    MAX_REFUSED: Limit = "max-refused";
    ON_FINISH: NonEmptyText = "on-finish";
    CACERT: FilePath = "cacert";
    PROXY: Proxy = "proxy";
    ONLY_CHANGED: FilePath = "only-changed";
    TRIAL: Positive = "trial";
    SAME_ACCOUNT: Switch = "same-account";
    RESTART: Switch = "restart";
    DRY_RUN: Switch = "dry-run";
    SANDBOX: Switch = "sandbox";
    THREADS: Threads = "threads";
    MEMORY: Size = "memory";

    OUTPUT_DIR: FilePath = "output-dir";
    REPORT: ReportPath = "report";
    KEEP_RUNS: Number = "keep-runs";
    WRITE_CONFIG: FilePath = "write-config";
    CONFIG: FilePath = "config";
    ENV_FILE: FilePath = "env-file";
    PROFILE: NonEmptyText = "profile";
    OUTPUT: OutputFormat = "output";
    PROGRESS: Progress = "progress";
    COLOR: Color = "color";
    QUIET: Switch = "quiet";
    VERBOSE: Number = "verbose";
    SHOW_VALUES: Switch = "show-values";
}

/// The settings of `m1import sandbox`.
pub mod sandbox {
    use super::*;

    keys! { SANDBOX_SETTINGS:
        PORT: TcpPort = "port";
        TOKEN: String = "token";
        LATENCY: BoundedDuration = "latency";
        FAIL_RATE: Percent = "fail-rate";
        RATE: Rate = "rate";
        MAX_BODY: SizeLimit = "max-body";
        REFUSE: RefusedNumber = "refuse";
    }
}
