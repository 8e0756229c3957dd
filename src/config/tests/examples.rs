//! The examples of settings files: what a found file may set stands in `.env.example`, the rest in `samples/settings.toml`,
//! which is named with `--config`.

use std::fmt::Write;
use std::path::Path;

use super::super::level::Origin;
use super::super::trust::may_be_found;
use super::{Scene, accepts_changes};
use crate::cli::options::{Given, Group, SETTINGS, Setting, Takes};

const GROUPS: [Group; 5] = [Group::Delivery, Group::Input, Group::Mapping, Group::Validation, Group::Output];

/// Whether a `.env` that was found may make the setting, with its default.
fn may_stand_in_env(setting: &Setting) -> bool {
    let origin = Origin::EnvFile { path: ".env".to_owned(), found: true };
    may_be_found(setting.name, &[setting.default.to_owned()], &origin)
}

fn default(setting: &Setting) -> &'static str {
    if setting.takes == Takes::Nothing { "false" } else { setting.default }
}

/// Holds the text of a file behind its first paragraph against what it should be.
fn holds(name: &str, body: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, old) = text.split_once("\n\n").unwrap();
    if accepts_changes() {
        std::fs::write(&path, format!("{head}\n\n{}\n", body.trim_end())).unwrap();
    } else {
        assert_eq!(old.trim_end(), body.trim_end(), "{name}: SNAPSHOTS=overwrite accepts the change");
    }
    format!("{head}\n\n{body}")
}

/// With every `# ` in front of a setting taken off, the file is still accepted where it is found.
#[test]
fn the_example_of_variables_is_complete() {
    let mut body = String::new();
    for group in GROUPS {
        let settings = SETTINGS.iter().filter(|setting| setting.group == group && setting.given != Given::Typed);
        let mut settings = settings.filter(|setting| may_stand_in_env(setting)).peekable();
        if settings.peek().is_some() {
            let _ = writeln!(body, "# --- {} ---", group.as_str());
        }
        for setting in settings {
            let hash = if setting.name == "token" { "" } else { "# " };
            let default = default(setting);
            let value = if default.contains(' ') { format!("'{default}'") } else { default.to_owned() };
            let _ = writeln!(body, "# {}\n{hash}{}={value}", setting.says, setting.variable());
        }
        body.push('\n');
    }
    let text = holds(".env.example", &body).replace("\n# M1IMPORT_", "\nM1IMPORT_");
    Scene::new(&[(".env", &text)], &[]).settle("check a.csv").unwrap();
}

#[test]
fn the_example_of_a_named_file_is_complete() {
    let mut body = String::new();
    for setting in SETTINGS.iter().filter(|setting| setting.given == Given::Anywhere && !may_stand_in_env(setting)) {
        let value = match setting.takes {
            Takes::Nothing => "false".to_owned(),
            Takes::Many(_) => "[]".to_owned(),
            _ => format!("\"{}\"", setting.default),
        };
        let _ = writeln!(body, "# {}\n# {} = {value}", setting.says, setting.name);
    }
    let text = holds("samples/settings.toml", &body).replace("# endpoint", "endpoint");
    Scene::new(&[("m1import.toml", &text)], &[]).settle("check a.csv").expect_err("it is not for a found file");
    Scene::new(&[("other.toml", &text)], &[]).settle("check a.csv --config @/other.toml").unwrap();
}
