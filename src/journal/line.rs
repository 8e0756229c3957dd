//! The lines of the journal: one JSON object each, with a seal and a CRC-32 of its own bytes at the end.
//!
//! The CRC-32 tells a line that was cut or damaged. The seal is a keyed hash of the line and all before it: whoever does not
//! have the user's key cannot write a line, change one, or leave one out before others.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Head;
use crate::user_key::UserKey;

/// The version that is written, and the only one that is resumed. Version 1 had other words for the same statuses, and
/// version 2 no seal.
pub const VERSION: u32 = 3;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum JournalLine {
    /// The first one: which job it is.
    Head {
        /// The version of the format.
        v: u32,
        /// The version of the program.
        tool: String,
        /// The job.
        #[serde(flatten)]
        head: Box<Head>,
    },
    /// Records that the server accepted.
    #[serde(alias = "ok")]
    Accepted {
        /// Ranges, both ends included.
        r: Vec<(u64, u64)>,
        /// The request.
        req: String,
        /// The status of its answer.
        http: Option<u16>,
    },
    /// Records that the server refused.
    #[serde(alias = "no")]
    Refused {
        /// Ranges, both ends included.
        r: Vec<(u64, u64)>,
        /// The code of the reason.
        code: String,
        /// The server's words.
        why: String,
        /// The request.
        req: String,
        /// The status of its answer.
        http: Option<u16>,
    },
    /// The user said that another token is of the same account.
    Account {
        /// The account of that token, as in the head.
        account: String,
    },
    /// A run ended and its reports are written.
    End {
        /// `complete` when the job is finished.
        state: String,
    },
}

/// What comes before the seal; 16 hexadecimal digits and a quote follow.
const SEAL: &[u8] = b",\"seal\":\"";
/// The length of the seal with what comes before and after it.
const SEAL_LENGTH: usize = SEAL.len() + 16 + 1;
/// What comes before the checksum, and what after it.
const BEFORE: &[u8] = b",\"crc\":\"";
const AFTER: &[u8] = b"\"}\n";
/// The length of it all.
const TAIL: usize = BEFORE.len() + 8 + AFTER.len();

impl JournalLine {
    /// The bytes of the line, its end included; the seal follows that of the line before.
    pub fn to_bytes(&self, seal: &mut Seal) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.pop();
        seal.last = seal.key.seal(seal.last, &bytes);
        bytes.extend_from_slice(SEAL);
        bytes.extend_from_slice(format!("{:016x}\"", seal.last).as_bytes());
        let crc = format!("{:08x}", crc32fast::hash(&bytes));
        bytes.extend_from_slice(BEFORE);
        bytes.extend_from_slice(crc.as_bytes());
        bytes.extend_from_slice(AFTER);
        Ok(bytes)
    }

    /// Reads a line with its end; `None` where it is not whole or not one of ours.
    pub fn read(bytes: &[u8]) -> Option<JournalLine> {
        let (text, tail) = bytes.split_at_checked(bytes.len().checked_sub(TAIL)?)?;
        let crc = tail.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        if format!("{:08x}", crc32fast::hash(text)).as_bytes() != crc {
            return None;
        }
        serde_json::from_slice(bytes).ok()
    }
}

/// The seal of the lines so far.
#[derive(Debug, Clone)]
pub struct Seal {
    key: UserKey,
    last: u64,
}

impl Seal {
    /// That of no line.
    pub fn new(key: &UserKey) -> Seal {
        Seal { key: key.clone(), last: 0 }
    }

    /// Whether a whole line of a journal bears the seal of this key and of the lines before it.
    pub fn follow(&mut self, line: &[u8]) -> bool {
        let parts = line.len().checked_sub(TAIL + SEAL_LENGTH).and_then(|end| line.split_at_checked(end));
        let Some((text, tail)) = parts else { return false };
        self.last = self.key.seal(self.last, text);
        tail.strip_prefix(SEAL).is_some_and(|tail| tail.starts_with(format!("{:016x}\"", self.last).as_bytes()))
    }
}

/// Ranges as they are written.
pub fn pairs(records: &[RangeInclusive<u64>]) -> Vec<(u64, u64)> {
    records.iter().map(|range| (*range.start(), *range.end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let lines = [
            JournalLine::Accepted { r: vec![(1, 100), (102, 102)], req: "job-000001".into(), http: Some(200) },
            JournalLine::Refused {
                r: vec![(117, 117)],
                code: "server.refused".into(),
                why: "say \"no\"\u{1b}".into(),
                req: String::new(),
                http: None,
            },
            JournalLine::End { state: "complete".into() },
        ];
        for line in lines {
            let bytes = line.to_bytes(&mut Seal::new(&UserKey::known())).unwrap();
            assert_eq!(JournalLine::read(&bytes), Some(line));
            for cut in 0..bytes.len() {
                assert_eq!(JournalLine::read(&bytes[..cut]), None);
            }
        }
    }

    #[test]
    fn a_line_says_what_the_documents_say() {
        let line = JournalLine::Accepted { r: vec![(1, 100)], req: "job-000001".into(), http: Some(200) };
        let text = String::from_utf8(line.to_bytes(&mut Seal::new(&UserKey::known())).unwrap()).unwrap();
        assert!(text.starts_with(r#"{"t":"accepted","r":[[1,100]],"req":"job-000001","http":200,"seal":""#), "{text}");
    }
}
