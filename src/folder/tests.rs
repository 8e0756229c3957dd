//! Names, places and files of a results folder.

use super::*;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use rustix::fs::{FileType, Mode};

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
        let drafts = ["report.html", "summary.json"].map(|name| {
            let mut draft = folder.create(name).unwrap();
            draft.write_all(text).unwrap();
            draft
        });
        assert_eq!(folder.names().unwrap().iter().filter(|name| name.ends_with(".new")).count(), 2);
        publish(drafts.into()).unwrap();
    }
    drop(folder.create("results.csv").unwrap());
    assert_eq!(fs::read(folder.file("summary.json")).unwrap(), b"2");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    assert_eq!(mode(&folder.file("summary.json")), 0o600);
    assert_eq!(folder.names().unwrap().len(), 2);
}

#[test]
fn a_folder_that_is_replaced_is_not_written_into() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.results");
    let folder = Folder::make(&path).unwrap();
    fs::rename(&path, dir.path().join("moved")).unwrap();
    assert!(!folder.is_in_place());
    fs::create_dir(dir.path().join("other")).unwrap();
    std::os::unix::fs::symlink("other", &path).unwrap();
    publish(vec![folder.create("results.csv").unwrap()]).unwrap();
    assert!(dir.path().join("moved/results.csv").exists() && !path.join("results.csv").exists());
    assert!(!folder.is_in_place());
    assert!(Folder::make(&path).is_err(), "a link is followed");
}

#[test]
fn only_regular_files_are_opened() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::make(dir.path()).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, dir.path().join("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    std::os::unix::fs::symlink("/etc/hosts", dir.path().join("link")).unwrap();
    fs::create_dir(dir.path().join("folder")).unwrap();
    for name in ["pipe", "link", "folder", "none"] {
        assert!(folder.open_file(name, OpenMode::Read).is_err(), "{name}");
    }
    fs::write(dir.path().join("file"), "1").unwrap();
    assert!(folder.open_file("file", OpenMode::Read).is_ok());
    assert!(folder.rename("file", "link").is_err(), "a file is replaced");
    folder.rename("file", "other").unwrap();
    assert_eq!(fs::read(dir.path().join("other")).unwrap(), b"1");
}
