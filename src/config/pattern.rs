//! Patterns of file names: which settings are for which input.

use super::key;
use crate::cli::options::{Group, setting};

/// Settings of Input that are about the job, not about one of its files.
const OF_THE_JOB: &[&str] =
    &[key::LIMIT.name(), key::SHARD.name(), key::MAX_INPUT.name(), key::MIN_ROWS.name(), key::MAX_DROP.name()];

/// Whether a setting may be different for each input.
pub fn may_be_for_a_file(name: &str) -> bool {
    setting(name).is_some_and(|setting| matches!(setting.group, Group::Input | Group::Mapping))
        && !OF_THE_JOB.contains(&name)
}

/// Whether a name fits a pattern: `*` is any characters, `?` is one, everything else is itself.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where the last star was, and how much of the name it takes; it takes more where the rest does not fit.
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(c) if *c == '?' || Some(c) == name.get(read) => {
                at += 1;
                read += 1;
            }
            _ => match &mut star {
                Some((behind, taken)) => {
                    *taken += 1;
                    (at, read) = (*behind + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|c| *c == '*')
}

/// The pattern that fits a name with the most characters of its own; two that fit equally well are an error.
pub(super) fn best<'p>(
    patterns: impl Iterator<Item = &'p str>,
    name: &str,
) -> Result<Option<&'p str>, (&'p str, &'p str)> {
    let own = |pattern: &str| pattern.chars().filter(|c| !matches!(c, '*' | '?')).count();
    let mut best: Option<&str> = None;
    let mut tie = None;
    for pattern in patterns.filter(|pattern| fits(pattern, name)) {
        match best.map(|best| own(pattern).cmp(&own(best))) {
            None | Some(std::cmp::Ordering::Greater) => (best, tie) = (Some(pattern), None),
            Some(std::cmp::Ordering::Equal) => tie = Some(pattern),
            Some(std::cmp::Ordering::Less) => {}
        }
    }
    match (best, tie) {
        (Some(best), Some(other)) => Err((best, other)),
        (best, _) => Ok(best),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns() {
        let cases = [
            ("a.csv", "a.csv", true),
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("export*.csv", "export.csv", true),
            ("export*.csv", "export-1.csv.csv", true),
            ("export?.csv", "export1.csv", true),
            ("export?.csv", "export.csv", false),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbx", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("ä?", "äö", true),
            ("[a].csv", "[a].csv", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
