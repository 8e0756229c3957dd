//! `runs/`: the reports of earlier jobs, each in a folder named by its start, and the removal of the oldest.

use std::io;
use std::time::{Duration, SystemTime};

use super::EarlierReports;
use super::rejected::{Listed, keep_edited};
use crate::folder::{Folder, REPORT, RUNS, SUMMARY};
use crate::platform::OpenMode;
use jiff::Timestamp;

/// Moves the reports of an earlier job into a folder of their own in `runs/`, and removes the oldest of these beyond
/// `most`. Its `results.csv` stays, and is replaced at the end of the new run. A file of rejected rows that was edited is
/// not moved but gets another name; these are given back, each with its new name.
///
/// # Errors
/// Local I/O.
pub fn put_away(folder: &Folder, reports: &EarlierReports, most: u64) -> io::Result<Vec<(String, String)>> {
    let mut kept = Vec::new();
    // With none to be kept, the end of the run replaces them as a whole.
    if most > 0
        && let Some(name) = name_of(&reports.started)
    {
        let listed = Listed::by(reports);
        let mut moving = Vec::new();
        for name in listed.names() {
            match listed.is_unchanged(folder, name)? {
                Some(true) => moving.push(name),
                Some(false) => kept.push((name.to_owned(), keep_edited(folder, name)?)),
                None => {}
            }
        }
        // The summary names the others: it goes last.
        moving.extend([REPORT, SUMMARY].into_iter().filter(|name| folder.open_file(name, OpenMode::Read).is_ok()));
        let run = free_folder(&folder.subfolder(RUNS)?, &name, &moving)?;
        for name in moving {
            folder.move_file(name, &run)?;
        }
        run.sync()?;
        folder.sync()?;
    }
    prune(folder, most)?;
    Ok(kept)
}

/// The newest of the reports in `runs/` for which `wanted` gives something.
pub fn newest<T>(folder: &Folder, wanted: impl Fn(&EarlierReports) -> Option<T>) -> Option<T> {
    let runs = folder.existing_subfolder(RUNS).ok()?;
    let found = names(&runs).ok()?.into_iter().rev();
    found.filter_map(|name| EarlierReports::read(&runs.existing_subfolder(&name).ok()?)).find_map(|run| wanted(&run))
}

/// The name of a run's folder, by its start: `20261127T063000Z`. `None` where that is no time.
fn name_of(started: &str) -> Option<String> {
    started.parse::<Timestamp>().ok().map(|time| time.strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// When a run's folder says that it began, and its number among those of the same second. `None` for another name.
fn order(name: &str) -> Option<(&str, u64)> {
    let (time, number) = match name.split_once('-') {
        Some((time, number)) => (time, number.parse().ok().filter(|number| *number > 1)?),
        None => (name, 1),
    };
    let like = "00000000T000000Z";
    let fits = |(c, like): (char, char)| if like == '0' { c.is_ascii_digit() } else { c == like };
    (time.len() == like.len() && time.chars().zip(like.chars()).all(fits)).then_some((time, number))
}

/// The folders of runs, the oldest first.
fn names(runs: &Folder) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = runs.names()?.into_iter().filter(|name| order(name).is_some()).collect();
    names.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(names)
}

/// The first folder of that name that takes these files: a new one, or one that a run which was killed has begun to fill.
fn free_folder(runs: &Folder, name: &str, files: &[&str]) -> io::Result<Folder> {
    let mut number = 1_u64;
    loop {
        let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
        if !runs.has(&name) {
            return runs.subfolder(&name);
        }
        if let Ok(run) = runs.existing_subfolder(&name)
            && !run.has(SUMMARY)
            && !files.iter().any(|file| run.has(file))
        {
            return Ok(run);
        }
        number += 1;
    }
}

/// Removes the oldest runs beyond so many. One that holds anything but its own files as they were written stays, and does
/// not count.
fn prune(folder: &Folder, most: u64) -> io::Result<()> {
    if !folder.has(RUNS) {
        return Ok(());
    }
    let runs = folder.existing_subfolder(RUNS)?;
    let names = names(&runs)?;
    if names.len() as u64 <= most {
        return Ok(());
    }
    let mut counted = 0;
    for name in names.into_iter().rev() {
        let Ok(run) = runs.existing_subfolder(&name) else { continue };
        let Some(files) = own_files(&run)? else { continue };
        counted += 1;
        if counted > most {
            for file in files {
                run.remove(&file)?;
            }
            runs.remove_subfolder(&name)?;
        }
    }
    Ok(())
}

/// The files of a run, its summary last; `None` if the folder holds anything else, or one that was edited since.
fn own_files(run: &Folder) -> io::Result<Option<Vec<String>>> {
    let Some(reports) = EarlierReports::read(run) else { return Ok(None) };
    let listed = Listed::by(&reports);
    let mut files = Vec::new();
    for name in run.all_names()? {
        let Some(name) = name.to_str().map(str::to_owned) else { return Ok(None) };
        let is_own = match name.as_str() {
            SUMMARY | REPORT => is_dated(run, &name, &reports.finished),
            _ => listed.is_unchanged(run, &name)? == Some(true),
        };
        if !is_own {
            return Ok(None);
        }
        files.push(name);
    }
    files.sort_by_key(|name| name == SUMMARY);
    Ok(Some(files))
}

/// Whether a file still has the time that it was given when it was written: the end of its run. An editor gives another.
fn is_dated(run: &Folder, name: &str, finished: &str) -> bool {
    let modified = run.open_file(name, OpenMode::Read).and_then(|file| file.metadata()?.modified());
    modified.is_ok_and(|modified| date_of(finished) == Some(modified))
}

/// The time that `summary.json` and `report.html` of a run are given, in whole seconds, as every file system keeps them.
pub fn date_of(finished: &str) -> Option<SystemTime> {
    let time: Timestamp = finished.parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.as_second().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_in_the_order_of_their_times_and_numbers() {
        assert_eq!(name_of("2026-11-27T06:30:00.25Z").as_deref(), Some("20261127T063000Z"));
        assert_eq!(name_of("../../etc"), None);
        let mut names = ["20261127T063000Z-10", "20261127T063000Z-2", "20261128T000000Z", "20261127T063000Z"];
        names.sort_by(|a, b| order(a).cmp(&order(b)));
        let sorted = ["20261127T063000Z", "20261127T063000Z-2", "20261127T063000Z-10", "20261128T000000Z"];
        assert_eq!(names, sorted);
        for name in ["", "notes", "20261127T063000Z-1", "20261127T063000Z-x", "2026-11-27", "20261127T06300\u{e9}Z"] {
            assert_eq!(order(name), None, "{name}");
        }
    }
}
