//! Whose the results folder is, and the key of the user that its journal is sealed with.

use std::io;

use super::Screen;
use crate::config::Config;
use crate::diagnostic::WarningCode;
use crate::error::Error;
use crate::folder::{Folder, Privacy};
use crate::platform;
use crate::report::Warning;
use crate::user_key::UserKey;

/// The results folder as that of this user: nobody else may write into it from now on.
///
/// # Errors
/// It belongs to another user. Root may use anybody's, which is said.
pub fn make_own(folder: &Folder, screen: &Screen<'_>) -> Result<Privacy, Error> {
    let failed = |error| Error::Folder { path: folder.path().to_owned(), error };
    if let Some(owner) = folder.other_owner().map_err(failed)? {
        if !platform::is_superuser() {
            return Err(failed(io::Error::other(format!("it belongs to another user (number {owner})"))));
        }
        screen.note(&format!("the results folder belongs to user number {owner}; root may use it"));
    }
    folder.make_private().map_err(failed)
}

/// The key of the user; what there is to say of it and of the folder is added to the warnings.
///
/// # Errors
/// There is no folder of the user to keep it in, and it cannot be laid into the results folder.
pub fn key(config: &Config, folder: &Folder, privacy: Privacy, warnings: &mut Vec<Warning>) -> Result<UserKey, Error> {
    if privacy == Privacy::Shared {
        warnings.push(warning(WarningCode::SharedFolder, folder));
    }
    if let Some(key) = UserKey::of_user(&config.state_folders) {
        return Ok(key);
    }
    warnings.push(warning(WarningCode::NoStateFolder, folder));
    UserKey::in_results(folder, privacy == Privacy::Private)
        .map_err(|error| Error::Folder { path: folder.path().to_owned(), error })
}

fn warning(code: WarningCode, folder: &Folder) -> Warning {
    let places = vec![folder.path().display().to_string()];
    Warning { places, ..Warning::new(code, 1, code.entry().description.to_owned()) }
}
