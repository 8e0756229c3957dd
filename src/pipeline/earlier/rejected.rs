//! The files of rejected rows of an earlier run: replaced or removed, unless somebody has worked on them since.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::EarlierReports;
use crate::folder::{Draft, Folder, hash, is_rejected_name};
use crate::platform::OpenMode;

/// The files of rejected rows that the folder's own summary lists, by name, each with the BLAKE3 of what was written.
/// None where there is no summary, or one that cannot be read.
#[derive(Debug, Default)]
pub struct Listed(BTreeMap<String, String>);

impl Listed {
    /// Reads the summary of a folder.
    pub fn of(folder: &Folder) -> Listed {
        EarlierReports::read(folder).map_or_else(Listed::default, |reports| Listed::by(&reports))
    }

    /// Those of a summary that was read.
    pub(super) fn by(reports: &EarlierReports) -> Listed {
        let files = reports.files.rejected.iter();
        // Only the name counts: the folder may have been moved.
        let named = files.filter_map(|file| {
            let name = Path::new(&file.path).file_name()?.to_str()?;
            is_rejected_name(name).then(|| (name.to_owned(), file.blake3.clone()))
        });
        Listed(named.collect())
    }

    /// Their names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether the file of this name in the folder is listed, and as it was written; `None` where there is none of this name.
    ///
    /// # Errors
    /// It cannot be read to its end.
    pub(super) fn is_unchanged(&self, folder: &Folder, name: &str) -> io::Result<Option<bool>> {
        if !folder.has(name) {
            return Ok(None);
        }
        // What cannot be opened is no file of ours.
        let now = folder.open_file(name, OpenMode::Read).ok().map(hash).transpose()?;
        Ok(Some(now.is_some_and(|now| self.0.get(name).is_some_and(|known| *known == now.to_string()))))
    }
}

/// What is said of a file that somebody has edited, by the name it had and the one it has now.
pub fn kept_note((name, now): &(String, String)) -> String {
    format!("{name} was edited since it was written; it is kept as {now}")
}

/// Clears the way for the files of rejected rows that a run has written, and removes those of an earlier run that have
/// none to take their place. A file that is not as it was written, or that no run has written, gets another name;
/// these are given back, each with its new name.
///
/// # Errors
/// Local I/O.
pub fn clear_rejected(folder: &Folder, listed: &Listed, new: &[Draft]) -> io::Result<Vec<(String, String)>> {
    let mut kept = Vec::new();
    for name in folder.names()?.into_iter().filter(|name| is_rejected_name(name)) {
        let draft = new.iter().find(|draft| draft.name() == name.as_str());
        let known = listed.0.get(&name);
        if draft.is_none() && known.is_none() {
            continue;
        }
        // What cannot be opened is no file of ours.
        let now = folder.open_file(&name, OpenMode::Read).ok().map(hash).transpose()?;
        // A run that was killed between its reports and its summary has left a file that no summary lists.
        let is_new = |now: &blake3::Hash| draft.and_then(Draft::hash).as_ref() == Some(now);
        let is_ours = now.is_some_and(|now| known.is_some_and(|known| *known == now.to_string()) || is_new(&now));
        match (is_ours, draft) {
            (true, Some(_)) => {}
            (true, None) => folder.remove(&name)?,
            (false, _) => {
                let other = keep_edited(folder, &name)?;
                kept.push((name, other));
            }
        }
    }
    Ok(kept)
}

/// Gives a file that was edited another name, which is given back.
///
/// # Errors
/// Local I/O.
pub(super) fn keep_edited(folder: &Folder, name: &str) -> io::Result<String> {
    let other = edited_name(folder, name);
    folder.rename(name, &other)?;
    Ok(other)
}

/// A free name for a file that was edited: `rejected.edited.csv`, `rejected.1.edited.2.ndjson`.
fn edited_name(folder: &Folder, name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "csv"));
    let first = format!("{stem}.edited.{ending}");
    let others = (2_u64..).map(|number| format!("{stem}.edited.{number}.{ending}"));
    std::iter::once(first.clone()).chain(others).find(|name| !folder.has(name)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    fn draft(folder: &Folder, name: &str, text: &str) -> Draft {
        let mut draft = folder.create(name).unwrap().hashed();
        draft.write_all(text.as_bytes()).unwrap();
        draft
    }

    fn folder(files: &[(&str, &str)], listed: &[(&str, &str)]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let rejected = listed.iter().map(|(name, text)| {
            format!(r#"{{"path":"somewhere/{name}","blake3":"{}"}}"#, blake3::hash(text.as_bytes()))
        });
        let summary = format!(
            r#"{{"status":"complete","job":"j","started":"","finished":"","rows":{{"read":0}},"contacts":{{"prepared":0,"accepted":0,"absent":null}},"files":{{"rejected":[{}]}}}}"#,
            rejected.collect::<Vec<_>>().join(",")
        );
        fs::write(dir.path().join("summary.json"), summary).unwrap();
        let folder = Folder::make(dir.path()).unwrap();
        (dir, folder)
    }

    #[test]
    fn only_what_was_written_and_not_edited_is_lost() {
        // Name, what is there, what was listed, what is new, and under which names what was there is then found.
        type Case = (&'static str, Option<&'static str>, Option<&'static str>, &'static [&'static str]);
        let cases: [Case; 8] = [
            ("old", Some("old"), None, &[]),
            ("old", Some("old"), Some("new"), &["rejected.csv"]),
            ("edited", Some("old"), None, &["rejected.edited.csv"]),
            ("edited", Some("old"), Some("new"), &["rejected.edited.csv"]),
            ("foreign", None, None, &["rejected.csv"]),
            ("foreign", None, Some("new"), &["rejected.edited.csv"]),
            ("new", None, Some("new"), &["rejected.csv"]),
            ("edited", Some("nonsense"), Some("edited"), &["rejected.csv"]),
        ];
        for (there, listed, new, found) in cases {
            let listed: Vec<_> = listed.iter().map(|text| ("rejected.csv", *text)).collect();
            let (dir, folder) = folder(&[("rejected.csv", there)], &listed);
            let drafts: Vec<Draft> = new.iter().map(|text| draft(&folder, "rejected.csv", text)).collect();
            let kept = clear_rejected(&folder, &Listed::of(&folder), &drafts).unwrap();
            for name in ["rejected.csv", "rejected.edited.csv"] {
                let text = fs::read_to_string(dir.path().join(name)).ok();
                assert_eq!(text.is_some(), found.contains(&name), "{there} {listed:?} {new:?} {name}");
                assert!(text.is_none_or(|text| text == there));
            }
            assert_eq!(kept.len(), usize::from(found.contains(&"rejected.edited.csv")));
        }
    }

    #[test]
    fn names_that_are_taken_stay() {
        let (dir, folder) =
            folder(&[("rejected.2.ndjson", "b"), ("rejected.2.edited.ndjson", "a")], &[("rejected.2.ndjson", "")]);
        clear_rejected(&folder, &Listed::of(&folder), &[]).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("rejected.2.edited.ndjson")).unwrap(), "a");
        assert_eq!(fs::read_to_string(dir.path().join("rejected.2.edited.2.ndjson")).unwrap(), "b");
    }
}
