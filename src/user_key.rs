//! The key of the user, from which nobody else can make one: journals are sealed with it, and accounts are written down
//! so that only this user's runs recognise them.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::folder::{Folder, KEY};
use crate::platform::{self, OpenMode};

/// 256 random bits.
#[derive(Clone)]
pub struct UserKey([u8; 32]);

/// The name of the file in a folder of the user.
const NAME: &str = "key";

impl UserKey {
    /// The key in the first of the folders that can be used. Folder and key are made where there are none.
    pub fn of_user(folders: &[PathBuf]) -> Option<UserKey> {
        folders.iter().find_map(|folder| in_user_folder(folder).ok())
    }

    /// The key that lies in a results folder, for want of a folder of the user. One that is there is used only where
    /// nobody else could write into the folder (`is_trusted`) or read the key; else a new one takes its place.
    ///
    /// # Errors
    /// Local I/O.
    pub fn in_results(folder: &Folder, is_trusted: bool) -> io::Result<UserKey> {
        if is_trusted
            && let Ok(file) = folder.open_file(KEY, OpenMode::Read)
            && let Some(key) = read(file)
        {
            return Ok(key);
        }
        if folder.has(KEY) {
            folder.remove(KEY)?;
        }
        let key = UserKey::random()?;
        let mut file = folder.open_file(KEY, OpenMode::CreateNew)?;
        file.write_all(key.to_text().as_bytes())?;
        file.sync_all()?;
        Ok(key)
    }

    /// A key that everybody knows, for tests and the fuzzer.
    pub const fn known() -> UserKey {
        UserKey([7; 32])
    }

    /// The keyed hash of a text, as 32 hexadecimal digits. `kind` keeps texts of different meaning apart.
    pub fn hash(&self, kind: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(kind.as_bytes()).update(&[0]).update(text.as_bytes());
        hasher.finalize().to_hex().chars().take(32).collect()
    }

    /// The seal of bytes that follow others, whose seal was `last`.
    pub fn seal(&self, last: u64, bytes: &[u8]) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(b"seal\0").update(&last.to_le_bytes()).update(bytes);
        let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    fn random() -> io::Result<UserKey> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(UserKey(key))
    }

    fn to_text(&self) -> String {
        format!("{}\n", blake3::Hash::from(self.0).to_hex())
    }
}

/// Shows nothing of the key.
impl std::fmt::Debug for UserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserKey(…)")
    }
}

/// The key in a folder of the user; made if it is not there.
fn in_user_folder(folder: &Path) -> io::Result<UserKey> {
    platform::make_folders(folder)?;
    let path = folder.join(NAME);
    for _ in 0..2 {
        match platform::open_no_link(&path) {
            Ok(file) => return read(file).ok_or_else(|| io::Error::other("it is no key of this user")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // Laid there as a whole: another run may look for it at this moment, or lay its own.
        let draft = folder.join(format!(".{NAME}.{:016x}.new", fastrand::u64(..)));
        let mut file = platform::create_private(&draft)?;
        let laid = UserKey::random()
            .and_then(|key| file.write_all(key.to_text().as_bytes()))
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::hard_link(&draft, &path));
        fs::remove_file(&draft)?;
        match laid {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// The key in a file, if nobody else may read or have written it.
fn read(mut file: File) -> Option<UserKey> {
    let found = file.metadata().ok()?;
    if !found.is_file() || !platform::is_only_ours(&file) || found.len() != 65 {
        return None;
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    Some(UserKey(*blake3::Hash::from_hex(text.trim_end()).ok()?.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    fn same(a: &UserKey, b: &UserKey) -> bool {
        a.0 == b.0
    }

    #[test]
    fn a_key_is_made_once() {
        let root = tempfile::tempdir().unwrap();
        let folders = [PathBuf::from("/proc/no-such"), root.path().join("state/m1import")];
        let keys: Vec<UserKey> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..8).map(|_| scope.spawn(|| UserKey::of_user(&folders).unwrap())).collect();
            makers.into_iter().map(|maker| maker.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| same(key, &keys[0])));
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(&folders[1]), mode(&folders[1].join(NAME))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folders[1]).unwrap().count(), 1, "no draft is left");
        assert!(UserKey::of_user(&folders[..1]).is_none());
    }

    #[test]
    fn a_key_that_others_may_read_is_none() {
        let root = tempfile::tempdir().unwrap();
        let folders = [root.path().to_owned()];
        let key = UserKey::of_user(&folders).unwrap();
        fs::set_permissions(root.path().join(NAME), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(UserKey::of_user(&folders).is_none());
        fs::set_permissions(root.path().join(NAME), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(same(&UserKey::of_user(&folders).unwrap(), &key));
        fs::write(root.path().join(NAME), "short\n").unwrap();
        assert!(UserKey::of_user(&folders).is_none());
    }

    #[test]
    fn a_key_in_the_results_is_used_only_where_nobody_else_could_lay_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::make(dir.path()).unwrap();
        let key = UserKey::in_results(&folder, true).unwrap();
        assert!(same(&UserKey::in_results(&folder, true).unwrap(), &key));
        assert!(!same(&UserKey::in_results(&folder, false).unwrap(), &key));
    }

    #[test]
    fn hashes_depend_on_the_key_the_kind_and_what_came_before() {
        let key = UserKey::known();
        assert_eq!(key.hash("a", "b").len(), 32);
        assert_ne!(key.hash("a", "b"), key.hash("b", "b"));
        assert_ne!(key.hash("a", "b"), UserKey([8; 32]).hash("a", "b"));
        assert_ne!(key.seal(0, b"x"), key.seal(1, b"x"));
        assert!(!format!("{key:?}").contains('7'));
    }
}
