//! Whose contacts an import sends: what tells one account from another without showing the token.

use std::path::{Path, absolute};

use super::jwt::peek;
use super::token::{TokenPlace, TokenSource};
use crate::secret::Secret;
use crate::user_key::UserKey;

impl TokenSource {
    /// The account, as a keyed hash: issuer and subject of a JWT; else the path of the file that gives the token, or the
    /// text of the command; else the token itself. A token that was renewed in its place is of the same account.
    pub fn account(&self, token: &Secret, key: &UserKey) -> String {
        let path = |path: &Path| absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned();
        if let Some(subject) = peek(token.expose()).and_then(|jwt| jwt.account) {
            return key.hash("jwt", &subject);
        }
        match (&self.place, self.file()) {
            (TokenPlace::Command(command), _) => key.hash("command", command),
            (_, Some(file)) => key.hash("file", &path(file)),
            _ => key.hash("token", token.expose()),
        }
    }
}
