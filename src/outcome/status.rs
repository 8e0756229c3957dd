//! The status of a row, and how many rows have each.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{AddAssign, Index, IndexMut};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Makes the statuses from one table: variant, word for machines, word for people, what it means of several rows.
macro_rules! statuses {
    ($($variant:ident = $word:literal, $label:literal, $meaning:literal;)*) => {
        /// The status of a row of the input. Each row read has exactly one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum RowStatus { $(#[doc = $meaning] $variant,)* }

        impl RowStatus {
            /// Every status, in the order in which reports list them.
            pub const ALL: &[RowStatus] = &[$(RowStatus::$variant,)*];

            /// The word in `results.csv` and `summary.json`.
            pub fn as_str(self) -> &'static str {
                match self { $(RowStatus::$variant => $word,)* }
            }

            /// The word in texts for people.
            pub fn label(self) -> &'static str {
                match self { $(RowStatus::$variant => $label,)* }
            }

            /// What it means, as a remark behind a number of rows.
            pub fn meaning(self) -> &'static str {
                match self { $(RowStatus::$variant => $meaning,)* }
            }
        }
    };
}

statuses! {
    Accepted = "accepted", "accepted", "the server took them";
    AcceptedBefore = "accepted_before", "accepted before", "in an earlier run of this job";
    Unchanged = "unchanged", "unchanged", "the server already has them as they are";
    Duplicate = "duplicate", "duplicate", "merged into another row with the same phone";
    Skipped = "skipped", "skipped", "left out by --only or --skip";
    Invalid = "invalid", "not valid", "cannot be sent";
    Refused = "refused", "rejected by the server", "sent, and not taken";
    Unconfirmed = "unconfirmed", "unconfirmed", "sent, no answer";
    NotSent = "not_sent", "not sent", "still to be sent";
}

impl RowStatus {
    /// Whether the row could not be imported and stands in a file of rejected rows.
    pub fn is_rejected(self) -> bool {
        matches!(self, RowStatus::Invalid | RowStatus::Refused)
    }

    /// Whether the row is still to be sent by the next run of the job.
    pub fn is_open(self) -> bool {
        matches!(self, RowStatus::Unconfirmed | RowStatus::NotSent)
    }
}

impl fmt::Display for RowStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const STATUSES: usize = RowStatus::ALL.len();

/// How many rows have each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([u64; STATUSES]);

impl Counts {
    /// The rows of all statuses together.
    pub fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Each status with its number of rows, in the order of [`RowStatus::ALL`]; those without a row too.
    pub fn iter(&self) -> impl Iterator<Item = (RowStatus, u64)> {
        RowStatus::ALL.iter().map(|&status| (status, self[status]))
    }

    /// The statuses that some row has, each with its number of rows.
    pub fn present(&self) -> impl Iterator<Item = (RowStatus, u64)> {
        self.iter().filter(|(_, rows)| *rows > 0)
    }

    /// The rows that could not be imported: invalid, or rejected by the server.
    pub fn rejected(&self) -> u64 {
        self.sum(RowStatus::is_rejected)
    }

    /// The rows that the next run of the job sends: unconfirmed or not sent.
    pub fn open(&self) -> u64 {
        self.sum(RowStatus::is_open)
    }

    /// The rows whose contact the server has accepted, in this run or an earlier one of the job.
    pub fn accepted(&self) -> u64 {
        self[RowStatus::Accepted] + self[RowStatus::AcceptedBefore]
    }

    fn sum(&self, wanted: impl Fn(RowStatus) -> bool) -> u64 {
        self.iter().filter(|(status, _)| wanted(*status)).map(|(_, rows)| rows).sum()
    }
}

// The index is the variant's own number, so it is always within the table.
#[expect(clippy::indexing_slicing, reason = "there are as many places as statuses")]
impl Index<RowStatus> for Counts {
    type Output = u64;

    fn index(&self, status: RowStatus) -> &u64 {
        &self.0[status as usize]
    }
}

#[expect(clippy::indexing_slicing, reason = "there are as many places as statuses")]
impl IndexMut<RowStatus> for Counts {
    fn index_mut(&mut self, status: RowStatus) -> &mut u64 {
        &mut self.0[status as usize]
    }
}

impl<const N: usize> From<[(RowStatus, u64); N]> for Counts {
    fn from(rows: [(RowStatus, u64); N]) -> Counts {
        let mut counts = Counts::default();
        for (status, number) in rows {
            counts[status] += number;
        }
        counts
    }
}

/// The rows of a job: how many were read, and how many of them have each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// All rows, counted where they are read.
    pub read: u64,
    /// The same rows, counted where their status is known.
    pub counts: Counts,
}

impl RowCounts {
    /// Whether every row that was read has exactly one status.
    pub fn add_up(&self) -> bool {
        self.read == self.counts.total()
    }
}

impl AddAssign for RowCounts {
    fn add_assign(&mut self, more: RowCounts) {
        self.read += more.read;
        for (status, rows) in more.counts.iter() {
            self.counts[status] += rows;
        }
    }
}

impl Serialize for RowCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + STATUSES))?;
        map.serialize_entry("read", &self.read)?;
        for (status, rows) in self.counts.iter() {
            map.serialize_entry(status.as_str(), &rows)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for RowCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RowCounts, D::Error> {
        let named = BTreeMap::<String, u64>::deserialize(deserializer)?;
        let rows = |name: &str| named.get(name).copied().ok_or_else(|| D::Error::custom(format!("no rows {name:?}")));
        let mut counts = Counts::default();
        for status in RowStatus::ALL {
            counts[*status] = rows(status.as_str())?;
        }
        Ok(RowCounts { read: rows("read")?, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_words_and_a_place_of_its_own() {
        let mut words = std::collections::BTreeSet::new();
        let mut counts = Counts::default();
        for (place, status) in RowStatus::ALL.iter().enumerate() {
            assert!(words.insert(status.as_str()), "{status} twice");
            assert!(!status.label().is_empty() && !status.meaning().is_empty(), "{status}");
            counts[*status] = 1 << place;
        }
        assert_eq!(counts.total(), (1 << RowStatus::ALL.len()) - 1);
        assert_eq!(counts.iter().map(|(_, rows)| rows).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 64, 128, 256]);
    }

    #[test]
    fn rows_are_written_by_the_words_of_their_statuses() {
        let rows = RowCounts { read: 3, counts: Counts::from([(RowStatus::Accepted, 1), (RowStatus::NotSent, 2)]) };
        assert!(rows.add_up() && !RowCounts { read: 4, ..rows }.add_up());
        let json = serde_json::to_value(rows).unwrap();
        assert_eq!((&json["read"], &json["accepted"], &json["not_sent"]), (&3.into(), &1.into(), &2.into()));
        assert_eq!(json.as_object().unwrap().len(), 1 + RowStatus::ALL.len());
        assert_eq!(serde_json::from_value::<RowCounts>(json).unwrap(), rows);
        assert!(serde_json::from_str::<RowCounts>(r#"{"read":1,"accepted":1}"#).is_err());
    }

    #[test]
    fn sums_of_statuses() {
        let counts = Counts::from([
            (RowStatus::Accepted, 1),
            (RowStatus::AcceptedBefore, 2),
            (RowStatus::Invalid, 4),
            (RowStatus::Refused, 8),
            (RowStatus::Unconfirmed, 16),
            (RowStatus::NotSent, 32),
        ]);
        assert_eq!((counts.accepted(), counts.rejected(), counts.open(), counts.total()), (3, 12, 48, 63));
    }
}
