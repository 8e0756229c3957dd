//! The results folder: where it is, what its files are called, and how they are replaced.
//!
//! Everything in it is private (folder 0700, files 0600) and replaced as a whole: a file is written beside its
//! place, made safe on disk, and then renamed, so that nobody ever reads half of one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use rustix::fs::Access;

use crate::reading::Shard;

/// What a run is for; trying never touches the folder of the real job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Contacts are sent to the endpoint.
    Import,
    /// To the in-process sandbox.
    Sandbox,
    /// To nobody.
    DryRun,
}

/// Where the results of a job lie unless told otherwise: beside its first file, or here for standard input.
pub fn beside(first: Option<&Path>, shard: Shard, purpose: Purpose) -> PathBuf {
    let (folder, stem) = match first {
        None => (PathBuf::from("."), "stdin".to_owned()),
        Some(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (path.parent().map(Path::to_owned).unwrap_or_default(), stem(&name).to_owned())
        }
    };
    let shard = if shard.of > 1 { format!(".{}-of-{}", shard.number, shard.of) } else { String::new() };
    let purpose = match purpose {
        Purpose::Import => "",
        Purpose::Sandbox => ".sandbox",
        Purpose::DryRun => ".dry-run",
    };
    folder.join(format!("{stem}{shard}{purpose}.results"))
}

/// A file's name without what says how it is packed and what it is.
fn stem(name: &str) -> &str {
    let unpacked = [".gz", ".zst", ".zstd"].iter().find_map(|end| {
        let cut = name.len().checked_sub(end.len())?;
        let (stem, tail) = (name.get(..cut)?, name.get(cut..)?);
        (tail.eq_ignore_ascii_case(end) && stem.contains('.')).then_some(stem)
    });
    let name = unpacked.unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// How many files are made safe on disk side by side.
const AT_ONCE: usize = 8;

/// A folder for results.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    is_new: bool,
}

impl Folder {
    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// It cannot be made, something else bears its name, or nothing may be written into it: better said now than when
    /// contacts have been sent and the reports find no place.
    pub fn make(path: &Path) -> io::Result<Folder> {
        let is_new = !path.exists();
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        rustix::fs::access(path, Access::WRITE_OK | Access::EXEC_OK)?;
        Ok(Folder { path: path.to_owned(), is_new })
    }

    /// Whether it was not there before.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Takes away a new folder that was made for nothing. With anything but our lock in it, it stays.
    pub fn discard(&self) {
        let is_bare = fs::read_dir(&self.path).is_ok_and(|entries| {
            entries.into_iter().all(|entry| entry.is_ok_and(|entry| entry.file_name() == ".lock"))
        });
        if self.is_new && is_bare {
            // It only spares the user an empty folder: if it does not go, it stays.
            drop(fs::remove_file(self.file(".lock")).and_then(|()| fs::remove_dir(&self.path)));
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path of a file that is being written and will be `name`.
    pub fn draft(&self, name: &str) -> PathBuf {
        self.path.join(format!(".{name}.new"))
    }

    /// Gives drafts their names, in this order. They are made safe on disk side by side: a disk takes hardly longer for
    /// several files than for one.
    ///
    /// # Errors
    /// Local I/O.
    pub fn publish(&self, names: &[&str]) -> io::Result<()> {
        for some in names.chunks(AT_ONCE) {
            thread::scope(|scope| {
                let safe = |name: &str| File::open(self.draft(name))?.sync_all();
                let start = |&name| thread::Builder::new().spawn_scoped(scope, move || safe(name));
                let under_way = some.iter().map(start).collect::<io::Result<Vec<_>>>()?;
                let joined = under_way.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)));
                joined.collect::<io::Result<()>>()
            })?;
        }
        for name in names {
            fs::rename(self.draft(name), self.file(name))?;
        }
        File::open(&self.path)?.sync_all()
    }

    /// Writes the draft of a file.
    ///
    /// # Errors
    /// Local I/O.
    pub fn write(&self, name: &str, text: &[u8]) -> io::Result<()> {
        private_file(&self.draft(name))?.write_all(text)
    }

    /// Removes a file if it is there.
    ///
    /// # Errors
    /// Local I/O.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.file(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The names of files in it that an earlier run left for its rejected rows, and of drafts it did not finish.
    ///
    /// # Errors
    /// Local I/O.
    pub fn leftovers(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let rejected = name.starts_with("rejected.") && (name.ends_with(".csv") || name.ends_with(".ndjson"));
            let draft = name.starts_with('.') && name.ends_with(".new");
            if rejected || draft {
                names.push(name);
            }
        }
        Ok(names)
    }
}

/// Writes a file anywhere, replacing what was there as a whole.
///
/// # Errors
/// Local I/O.
pub fn replace(path: &Path, mut content: impl Read) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?.to_string_lossy();
    let folder = Folder { path: around(path).to_owned(), is_new: false };
    io::copy(&mut content, &mut private_file(&folder.draft(&name))?)?;
    folder.publish(&[&name])
}

/// Whether a file can be made, or replaced, at this place: better said now than when everything else is done.
///
/// # Errors
/// It is a folder, or lies in none that may be written into.
pub fn has_place(path: &Path) -> io::Result<()> {
    if path.is_dir() || path.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // With the dot, what lies there must be a folder.
    Ok(rustix::fs::access(around(path).join("."), Access::WRITE_OK | Access::EXEC_OK)?)
}

/// The folder that a file lies in.
fn around(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Opens a file for writing that only its owner may read. Never follows a link that somebody laid there.
///
/// # Errors
/// Local I/O.
pub fn private_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn results_lie_beside_the_first_file() {
        let all = Shard::default();
        let part = Shard { number: 2, of: 8 };
        let cases = [
            (Some("contacts.csv"), all, Purpose::Import, "contacts.results"),
            (Some("contacts.csv.gz"), all, Purpose::Import, "contacts.results"),
            (Some("/data/a.b.CSV.ZST"), all, Purpose::Import, "/data/a.b.results"),
            (Some("list"), all, Purpose::Import, "list.results"),
            (Some(".csv"), all, Purpose::Import, ".csv.results"),
            (Some("backup.gz"), all, Purpose::Import, "backup.results"),
            (None, all, Purpose::Import, "./stdin.results"),
            (Some("contacts.csv"), part, Purpose::Import, "contacts.2-of-8.results"),
            (Some("contacts.csv"), all, Purpose::Sandbox, "contacts.sandbox.results"),
            (Some("contacts.csv"), part, Purpose::DryRun, "contacts.2-of-8.dry-run.results"),
        ];
        for (file, shard, purpose, expected) in cases {
            assert_eq!(beside(file.map(Path::new), shard, purpose), Path::new(expected));
        }
    }

    #[test]
    fn a_file_has_a_place_in_a_folder_only() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let cases = [("new.md", true), ("file", true), (".", false), ("no/new.md", false), ("file/new.md", false)];
        for (name, expected) in cases {
            assert_eq!(has_place(&dir.path().join(name)).is_ok(), expected, "{name}");
        }
        assert!(has_place(Path::new("new.md")).is_ok());
    }

    #[test]
    fn files_are_private_and_replaced_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::make(&dir.path().join("x.results")).unwrap();
        for text in [b"1", b"2"] {
            folder.write("summary.json", text).unwrap();
            folder.write("report.html", text).unwrap();
            folder.publish(&["report.html", "summary.json"]).unwrap();
        }
        assert_eq!(fs::read(folder.file("summary.json")).unwrap(), b"2");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.file("summary.json")), 0o600);
        assert!(!folder.draft("summary.json").exists());
    }
}
