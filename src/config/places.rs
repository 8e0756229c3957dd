//! The places that settings come from, read once: what was typed, the environment, `.env` and the settings files.

use std::path::{Path, PathBuf};

use super::env::Env;
use super::error::{Error, Warning};
use super::file::{self, Contents};
use super::level::{Level, Levels};
use super::values::NonEmptyText;
use super::{key, path};
use crate::diagnostic::RunCode;

/// The name that patterns are matched against: the file's own, without folders.
pub(super) fn own_name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// All places that settings come from, read.
pub(super) struct Places {
    /// The command line and the environment.
    own: Vec<Level>,
    variables: Option<Level>,
    pub files: Vec<Contents>,
    profile: Option<String>,
    home: Option<PathBuf>,
    /// The settings files, in the order in which they win.
    pub looked_for: Vec<LookedFor>,
}

/// A settings file that was named or looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedFor {
    /// Its path as shown.
    pub path: String,
    /// Whether it is there and was read.
    pub is_read: bool,
}

impl Places {
    pub fn read(flags: Level, env: &Env, warnings: &mut Vec<Warning>) -> Result<Places, Error> {
        let own = Levels(vec![flags, env.level()?]);
        let (env_file, config) = (path(&own, key::ENV_FILE)?, path(&own, key::CONFIG)?);
        let profile = own.maybe(key::PROFILE)?.map(|NonEmptyText(name)| name);
        let variables = env.file_level(env_file.as_deref(), warnings)?;
        let project = Contents::open(&env.folder, "m1import.toml", config.as_deref(), warnings)?;
        let user = env.user_file().map(|path| Contents::user(&path, warnings)).transpose()?.flatten();
        let names = [
            (env_file.unwrap_or(".env".into()), variables.is_some()),
            (config.unwrap_or("m1import.toml".into()), project.is_some()),
        ];
        let looked_for = names.into_iter().chain(env.user_file().map(|path| (path, user.is_some())));
        let in_home = |path: &Path| Some(Path::new("~").join(path.strip_prefix(env.home()?).ok()?));
        let shown = |path: PathBuf| in_home(&path).unwrap_or(path).display().to_string();
        let looked_for = looked_for.map(|(path, is_read)| LookedFor { path: shown(path), is_read }).collect();
        let files: Vec<Contents> = [project, user].into_iter().flatten().collect();
        if let Some(profile) = &profile {
            let names: Vec<&str> = files.iter().flat_map(Contents::profiles).collect();
            if !names.contains(&profile.as_str()) {
                let message = format!("there is no [profile.{}]", file::shown(profile));
                let error = Error::new(RunCode::ConfigProfile, message);
                return Err(match crate::cli::nearest(profile, names.into_iter()) {
                    Some(near) => error.hint_is(format!("did you mean {near}?")),
                    None => error,
                });
            }
        }
        Ok(Places { own: own.0, variables, files, profile, home: env.home(), looked_for })
    }

    /// All levels, the highest first, for the input of that name; `None` for what is the same for all of them.
    pub fn levels(&self, input: Option<&str>) -> Result<Levels, Error> {
        let mut files: Vec<Level> = self.variables.clone().into_iter().collect();
        for contents in &self.files {
            files.extend(contents.levels(self.profile.as_deref(), input)?);
        }
        if let Some(home) = &self.home {
            files.iter_mut().for_each(|level| level.in_home(home));
        }
        Ok(Levels(self.own.iter().cloned().chain(files).collect()))
    }

    /// The settings files, and sections of them, that have a say.
    pub fn settings_files(&self, inputs: &[String]) -> Result<Vec<String>, Error> {
        let mut files = Vec::new();
        for input in std::iter::once(None).chain(inputs.iter().map(|name| Some(name.as_str()))) {
            for file in self.levels(input)?.files() {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
        }
        Ok(files)
    }
}
