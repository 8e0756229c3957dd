//! Where a results folder lies, and what its files are called.

use std::path::{Path, PathBuf};

use crate::reading::Shard;

/// What a run is for; trying never touches the folder of the real job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultsKind {
    /// Contacts are sent to the endpoint.
    Import,
    /// To the in-process sandbox.
    Sandbox,
    /// To nobody.
    DryRun,
}

/// Where the results of a job lie unless told otherwise: beside its first file, or here for standard input.
pub fn beside(first: Option<&Path>, shard: Shard, purpose: ResultsKind) -> PathBuf {
    let (folder, stem) = match first {
        None => (PathBuf::from("."), "stdin".to_owned()),
        Some(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (path.parent().map(Path::to_owned).unwrap_or_default(), stem(&name).to_owned())
        }
    };
    let shard = if shard.of > 1 { format!(".{}-of-{}", shard.number, shard.of) } else { String::new() };
    let purpose = match purpose {
        ResultsKind::Import => "",
        ResultsKind::Sandbox => ".sandbox",
        ResultsKind::DryRun => ".dry-run",
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

/// The name of the table of all rows.
pub const RESULTS: &str = "results.csv";
/// The name of the journal.
pub const JOURNAL: &str = "journal.ndjson";
/// The name of the summary for machines.
pub const SUMMARY: &str = "summary.json";
/// The name of the report for people.
pub const REPORT: &str = "report.html";
/// The name of the key that journals are sealed with, where the user has no other place for it.
pub const KEY: &str = ".key";
/// The name of the folder with the reports of earlier runs.
pub const RUNS: &str = "runs";
/// The name of the file that is locked.
pub const LOCK: &str = ".lock";

/// Whether a file of this name in a results folder is one that a run writes, the lock aside.
pub fn is_our_name(name: &str) -> bool {
    is_rejected_name(name) || matches!(name, SUMMARY | REPORT | RESULTS | JOURNAL)
}

/// Whether it is the name of a file of rejected rows: `rejected.csv`, `rejected.2.ndjson`.
pub fn is_rejected_name(name: &str) -> bool {
    name.strip_prefix("rejected.").is_some_and(|rest| {
        let (number, ending) = rest.rsplit_once('.').unwrap_or(("1", rest));
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && matches!(ending, "csv" | "ndjson")
    })
}

/// The name of the file of rejected rows of an input, counted from 0; numbered where there are `several`.
pub fn rejected_name(input: usize, several: bool, ending: &str) -> String {
    match several {
        true => format!("rejected.{}.{ending}", input + 1),
        false => format!("rejected.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_lie_beside_the_first_file() {
        let all = Shard::default();
        let part = Shard { number: 2, of: 8 };
        let cases = [
            (Some("contacts.csv"), all, ResultsKind::Import, "contacts.results"),
            (Some("contacts.csv.gz"), all, ResultsKind::Import, "contacts.results"),
            (Some("/data/a.b.CSV.ZST"), all, ResultsKind::Import, "/data/a.b.results"),
            (Some("list"), all, ResultsKind::Import, "list.results"),
            (Some(".csv"), all, ResultsKind::Import, ".csv.results"),
            (Some("backup.gz"), all, ResultsKind::Import, "backup.results"),
            (None, all, ResultsKind::Import, "./stdin.results"),
            (Some("contacts.csv"), part, ResultsKind::Import, "contacts.2-of-8.results"),
            (Some("contacts.csv"), all, ResultsKind::Sandbox, "contacts.sandbox.results"),
            (Some("contacts.csv"), part, ResultsKind::DryRun, "contacts.2-of-8.dry-run.results"),
        ];
        for (file, shard, purpose, expected) in cases {
            assert_eq!(beside(file.map(Path::new), shard, purpose), Path::new(expected));
        }
    }

    #[test]
    fn only_names_of_ours_are_ours() {
        for name in
            ["rejected.csv", "rejected.12.ndjson", "results.csv", "report.html", "summary.json", "journal.ndjson"]
        {
            assert!(is_our_name(name), "{name}");
        }
        for name in
            ["rejected.fixed.csv", "rejected..csv", "rejected.2024.backup.ndjson", "rejected.1.edited.csv", "rejected"]
        {
            assert!(!is_our_name(name), "{name}");
        }
    }
}
