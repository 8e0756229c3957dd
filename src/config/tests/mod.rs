//! Levels, rules and errors through whole folders.

mod examples;
mod trust;

use std::ffi::OsString;
use std::fs;
use std::num::NonZeroUsize;

use super::*;
use crate::batch::Limits;
use crate::cli::{self, Command};
use crate::client;
use crate::diagnostic::Diagnostic;

/// Whether `SNAPSHOTS=overwrite` accepts what is written now.
fn accepts_changes() -> bool {
    std::env::var_os("SNAPSHOTS").is_some_and(|accept| accept == "overwrite")
}

/// Files with their texts, or variables with their values.
type Pairs = &'static [(&'static str, &'static str)];

/// A folder with files, an environment, and a line that is typed in it.
struct Scene {
    folder: tempfile::TempDir,
    variables: Vec<(OsString, OsString)>,
}

impl Scene {
    fn new(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Scene {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let home = folder.path().join("home").into_os_string();
        let mut variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        variables.push(("XDG_CONFIG_HOME".into(), home));
        Scene { folder, variables }
    }

    /// `@/` in the line stands for the folder.
    fn settle(&self, line: &str) -> Result<Config, Error> {
        let line = line.replace("@/", &format!("{}/", self.folder.path().display()));
        let words = std::iter::once("m1import").chain(line.split_whitespace()).map(OsString::from);
        let mut env = Env::new(self.variables.clone());
        env.folder = self.folder.path().to_owned();
        match cli::parse(words, "").unwrap() {
            Command::Import(typed) => Config::settle(typed, &env, Mode::Import),
            Command::Check(typed) => Config::settle(typed, &env, Mode::Check),
            Command::Config(typed) | Command::Phone(typed, _) => Config::settle(typed, &env, Mode::Look),
            other => panic!("{other:?}"),
        }
    }
}

/// The defaults of the table are those of the modules.
#[test]
fn what_nobody_sets_has_the_default_of_its_module() {
    let delivery = Scene::new(&[], &[]).settle("a.csv").unwrap().delivery;
    assert_eq!(delivery.limits, Limits::default());
    assert_eq!(delivery.policy, client::Policy::default());
    assert_eq!((delivery.concurrency, delivery.rate), (client::Concurrency::default(), None));
}

/// Every setting of the table is read by the settling: a value that cannot be is found.
#[test]
fn every_setting_is_settled() {
    let free = [
        "columns",
        "tag-separator",
        "attributes",
        "sheet",
        "output-dir",
        "token-file",
        "token-command",
        "cacert",
        "phone-metadata",
        "write-config",
        "on-finish",
        "only-changed",
    ];
    for setting in crate::cli::options::SETTINGS.iter().filter(|setting| !free.contains(&setting.name)) {
        let values = [(setting.name, vec!["\u{1}\u{1}".to_owned()])].into();
        let typed = Typed { values, ..Typed::default() };
        let settled = Config::settle(typed, &Env::default(), Mode::Look);
        match setting.name {
            // It is read when it is needed.
            "token" => assert_eq!(settled.unwrap().delivery.token.read().unwrap_err().code(), "token.malformed"),
            "tag" => assert_eq!(settled.unwrap().rows.rules.tags, ["\u{1}\u{1}"]),
            name => assert!(settled.is_err(), "--{name}"),
        }
    }
}

#[test]
fn every_word_is_understood() {
    for setting in crate::cli::options::SETTINGS {
        for word in setting.words {
            let values = [(setting.name, vec![(*word).to_owned()])].into();
            let settled = Config::settle(Typed { values, ..Typed::default() }, &Env::default(), Mode::Look);
            assert!(settled.is_ok(), "--{} {word}", setting.name);
        }
    }
}

#[test]
fn values_reach_the_modules() {
    let line = "a.csv --delimiter semicolon --encoding latin1 --no-header --columns Name,Mobile --sheet 2 --map phone=Mobile \
                --map attr.city=Ort --attributes Ort,PLZ --tag x --set attr.source=web --tag-separator / --default-country 91 \
                --phone-types mobile,voip --shard 2/8 --batch-bytes 1MiB --concurrency 3 --rate 30/m --max-refused 5% --omit-empty";
    let config = Scene::new(&[], &[]).settle(line).unwrap();
    assert_eq!(config.inputs[0].wishes.source.delimiter.unwrap().to_string(), ";");
    assert_eq!(config.inputs[0].wishes.source.encoding.unwrap().name(), "windows-1252");
    assert_eq!(
        (config.inputs[0].wishes.source.header, config.inputs[0].wishes.source.columns.clone()),
        (source::Header::Absent, vec!["Name".into(), "Mobile".into()])
    );
    assert_eq!(config.inputs[0].wishes.mapping.map.len(), 2);
    assert_eq!(
        config.inputs[0].wishes.mapping.attributes,
        mapping::Attributes::These(vec!["Ort".into(), "PLZ".into()])
    );
    assert_eq!(
        (config.rows.rules.tags, config.rows.rules.set),
        (vec!["x".to_owned()], vec![("source".into(), "web".into())])
    );
    assert_eq!(config.rows.rules.phone.default.unwrap().to_string(), "IN");
    assert_eq!((config.rows.shard.number, config.rows.shard.of, config.delivery.limits.bytes), (2, 8, 1 << 20));
    assert_eq!(
        (config.delivery.concurrency, config.delivery.rate, config.delivery.max_refused),
        (client::Concurrency::Fixed(NonZeroUsize::new(3).unwrap()), Some(0.5), Limit::Share(0.05))
    );
    assert_eq!(config.rows.empty, Empty::Omitted);
}

#[test]
fn plans() {
    let plan = |line: &str, variables: &[(&str, &str)]| Scene::new(&[], variables).settle(line).unwrap().plan;
    let plain = plan("a.csv", &[]);
    let same = [
        ("b.csv --token t --batch-size 5 --max-invalid 3 --strict --output json --dry-run", plain.as_str()),
        ("check a.csv --format auto --skip-lines 0 --shard 1/1 --phone-types messaging", plain.as_str()),
        (
            "a.csv --default-country IN --delimiter ; --encoding utf8",
            &plan("a.csv --default-country 91 --delimiter semicolon --encoding UTF-8", &[]),
        ),
        ("a.csv --renumber --tag a --tag b", &plan("a.csv", &[("M1IMPORT_TAG", "a; b"), ("M1IMPORT_RENUMBER", "yes")])),
    ];
    for (line, expected) in same {
        assert_eq!(plan(line, &[]), expected, "{line}");
    }
    let others = [
        "--default-country IN",
        "--tag a",
        "--bot-id 5",
        "--limit 5",
        "--strict --renumber",
        "--only A=1",
        "--skip A=1",
        "--tag a --tag b",
        "--tag a;b",
    ];
    let file = tempfile::NamedTempFile::new().unwrap();
    let metadata = || plan(&format!("a.csv --phone-metadata {}", file.path().display()), &[]);
    let before = metadata();
    assert_eq!(metadata(), before);
    std::fs::write(file.path(), "other plans").unwrap();
    assert_ne!(metadata(), before, "what the file says counts, not its name");
    let mut plans: Vec<String> = others.iter().map(|options| plan(&format!("a.csv {options}"), &[])).collect();
    plans.push(plain);
    plans.sort();
    plans.dedup();
    assert_eq!(plans.len(), others.len() + 1);
}

#[test]
fn precedence() {
    let files = [
        (".env", "OTHER='unclosed\nM1IMPORT_BATCH_SIZE=3\nexport M1IMPORT_ATTEMPTS=3\nM1IMPORT_RATE=3/s\n"),
        (
            "m1import.toml",
            "batch-size=4\nattempts=4\nrate='4/s'\nmax-wait='4m'\ntimeout='4s'\n[profile.slow]\ntimeout='40s'\n",
        ),
        ("home/m1import/config.toml", "max-wait='5m'\ntimeout='5s'\nbot-id='5'\n[profile.slow]\nbot-id='50'\n"),
        ("other.env", "M1IMPORT_ATTEMPTS=6\n"),
        ("other.toml", "rate='7/s'\n"),
    ];
    let scene = Scene::new(&files, &[("M1IMPORT_BATCH_SIZE", "2"), ("M1IMPORT_FORMAT", "")]);
    let config = scene.settle("a.csv").unwrap();
    assert_eq!((config.delivery.limits.contacts.get(), config.delivery.policy.attempts), (2, 3));
    assert_eq!((config.delivery.rate, config.delivery.policy.max_wait.as_secs()), (Some(3.0), 240));
    assert_eq!(config.delivery.transport.bot_id.as_deref(), Some("5"));
    let source =
        |config: &Config, name| config.effective.iter().find(|shown| shown.name == name).unwrap().source.clone();
    for (name, expected) in
        [("batch-size", "environment"), ("attempts", ".env"), ("max-wait", "m1import.toml"), ("format", "default")]
    {
        assert_eq!(source(&config, name), expected, "{name}");
    }

    let config = scene.settle("a.csv --batch-size 1 --profile slow").unwrap();
    assert_eq!((config.delivery.limits.contacts.get(), config.delivery.transport.timeout.as_secs()), (1, 40));
    assert_eq!(
        (source(&config, "timeout").as_str(), config.delivery.transport.bot_id.as_deref()),
        ("m1import.toml [profile.slow]", Some("50"))
    );

    let config = scene.settle("a.csv --env-file @/other.env --config @/other.toml").unwrap();
    assert_eq!((config.delivery.policy.attempts, config.delivery.rate), (6, Some(7.0)));
    assert_eq!(config.delivery.transport.timeout.as_secs(), 5);
}

#[test]
fn a_parent_folder_is_not_asked() {
    let scene = Scene::new(&[(".env", "M1IMPORT_BATCH_SIZE=3"), ("m1import.toml", "attempts=3"), ("inner/x", "")], &[]);
    let mut env = Env::new(scene.variables.clone());
    env.folder = scene.folder.path().join("inner");
    let config = Config::settle(Typed::default(), &env, Mode::Look).unwrap();
    assert_eq!((config.delivery.limits.contacts.get(), config.delivery.policy.attempts), (100, 8));
}

#[test]
fn strict_and_max_invalid() {
    let cases: [(&str, Pairs, Limit); 6] = [
        ("a.csv --strict", &[], Limit::Count(0)),
        ("a.csv --strict --max-invalid 5", &[], Limit::Count(0)),
        ("a.csv --max-invalid 5", &[("M1IMPORT_STRICT", "true")], Limit::Count(5)),
        ("a.csv --strict", &[("M1IMPORT_MAX_INVALID", "5")], Limit::Count(0)),
        ("a.csv", &[("M1IMPORT_STRICT", "0"), ("M1IMPORT_MAX_INVALID", "5%")], Limit::Share(0.05)),
        ("a.csv", &[], Limit::Unlimited),
    ];
    for (line, variables, limit) in cases {
        assert_eq!(Scene::new(&[], variables).settle(line).unwrap().rows.max_invalid, limit, "{line} {variables:?}");
    }
}

#[test]
fn errors() {
    let cases: [(&str, Pairs, Pairs, &str, u8); 24] = [
        ("a.csv --batch-size x", &[], &[], "usage.value", 2),
        ("a.csv --timeout 5", &[], &[], "usage.value", 2),
        ("a.csv --report r.pdf", &[], &[], "usage.value", 2),
        ("a.csv --format xslx", &[], &[], "usage.value", 2),
        ("check a.csv --batch-size x", &[], &[], "usage.value", 2),
        ("a.csv", &[], &[("M1IMPORT_BATCH_SIZE", "x")], "config.value", 78),
        ("a.csv", &[], &[("M1IMPORT_STRICT", "maybe")], "config.value", 78),
        ("a.csv", &[(".env", "M1IMPORT_FORMAT=xml")], &[], "config.value", 78),
        ("a.csv", &[("m1import.toml", "rate=5")], &[], "config.value", 78),
        ("a.csv --endpoint http://example.com/", &[], &[], "config.endpoint", 78),
        ("a.csv --endpoint nonsense", &[], &[], "config.endpoint", 78),
        ("a.csv --proxy ftp://x", &[], &[], "config.proxy", 78),
        ("a.csv", &[(".env", "M1IMPORT_TOKN=abc")], &[], "config.unknown_variable", 78),
        ("a.csv", &[(".env", "M1IMPORT_TOKEN='a b")], &[], "config.syntax", 78),
        ("a.csv", &[("m1import.toml", "bach-size=5")], &[], "config.unknown_key", 78),
        ("a.csv", &[("m1import.toml", "[profile.x]\nbach-size=5")], &[], "config.unknown_key", 78),
        ("a.csv", &[("home/m1import/config.toml", "nonsense")], &[], "config.syntax", 78),
        ("a.csv", &[], &[("M1IMPORT_DRY_RUN", "1")], "config.typed_only", 78),
        ("a.csv --config @/none.toml", &[], &[], "config.unreadable", 78),
        ("a.csv --env-file @/none", &[], &[], "config.unreadable", 78),
        ("a.csv --profile slwo", &[("m1import.toml", "[profile.slow]")], &[], "config.profile", 78),
        ("- --token-file -", &[], &[], "usage.conflict", 2),
        ("- -", &[], &[], "usage.conflict", 2),
        ("a.csv --write-config x", &[], &[], "usage.conflict", 2),
    ];
    for (line, files, variables, code, exit) in cases {
        let error = Scene::new(files, variables).settle(line).unwrap_err();
        assert_eq!((error.code(), error.exit().code()), (code, exit), "{line} {files:?} {variables:?}: {error}");
    }
}

#[test]
fn what_check_leaves_aside() {
    let scene = Scene::new(&[("m1import.toml", "endpoint='http://127.0.0.1/'")], &[("M1IMPORT_TOKEN", "abc")]);
    assert!(scene.settle("a.csv").is_err());
    for line in [
        "check - --token-file -",
        "check a.csv",
        "a.csv --dry-run",
        "a.csv --sandbox",
        "config",
        "check a.csv --restart",
    ] {
        assert!(scene.settle(line).is_ok(), "{line}");
    }
    assert_eq!(scene.settle("check a.csv --sandbox").unwrap().delivery.target, Target::Nowhere);
    assert_eq!(scene.settle("a.csv --sandbox").unwrap().delivery.target, Target::Sandbox);
}

#[test]
fn a_folder_named_env_is_not_read() {
    let scene = Scene::new(&[(".env/bin/python", ""), ("m1import.toml/x", "")], &[]);
    assert!(scene.settle("a.csv").is_ok());
}

#[test]
fn a_file_cannot_read_the_environment() {
    let scene = Scene::new(&[(".env", "M1IMPORT_TAG=${M1IMPORT_BOT_ID}$HOME")], &[("M1IMPORT_BOT_ID", "5f")]);
    assert_eq!(scene.settle("a.csv").unwrap().rows.rules.tags, ["${M1IMPORT_BOT_ID}$HOME"]);
}

#[test]
fn what_is_shown_has_no_secret() {
    let scene = Scene::new(&[], &[("M1IMPORT_PROXY", "http://me:geheim@host"), ("M1IMPORT_HEADER", "X-Key: geheim")]);
    let config = scene.settle("a.csv --token geheim").unwrap();
    for text in [table(&config.effective), json(&config.effective), config.line.to_string(), format!("{config:?}")] {
        assert!(!text.contains("geheim"), "{text}");
    }
    for line in ["a.csv --endpoint https://geheim@x/", "a.csv --proxy ftp://me:geheim@host", "a.csv --header geheim"] {
        let error = scene.settle(line).err().unwrap_or_else(|| panic!("{line}"));
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
}
