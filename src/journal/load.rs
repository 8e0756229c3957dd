//! Reading a journal that an earlier run left.

use std::io::{BufRead, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::line::{JournalLine, Seal, VERSION};
use super::{End, Error, ExistingJournal, Head, LONGEST_LINE, MOST_REQUESTS, Unfinished};
use crate::outcome::{Cause, Failure};
use crate::user_key::UserKey;

/// Reads a journal from its beginning.
pub(super) fn load(from: &mut dyn BufRead, path: PathBuf, key: &UserKey) -> Result<ExistingJournal, Error> {
    let mut loaded = Loaded::new(key);
    let (mut bytes, mut number, mut broken) = (Vec::new(), 0, None);
    loop {
        bytes.clear();
        let read = from.take(LONGEST_LINE).read_until(b'\n', &mut bytes);
        if read.map_err(|error| Error::Open { path: path.clone(), error })? == 0 {
            break;
        }
        number += 1;
        match JournalLine::read(&bytes) {
            None => broken = broken.or(Some(number)),
            Some(JournalLine::Head { v, .. }) if v > VERSION => return Err(Error::Newer { path }),
            // Whole lines behind a broken one: no crash leaves that.
            Some(_) if broken.is_some() => return Err(Error::Damaged { path, line: broken.unwrap_or(number) }),
            Some(line) => {
                if loaded.take(line, number == 1).is_none() {
                    return Err(Error::Damaged { path, line: number });
                }
                loaded.is_sealed &= loaded.seal.follow(&bytes);
                loaded.length += bytes.len() as u64;
            }
        }
    }
    loaded.found(path)
}

/// What the lines of a journal say so far.
struct Loaded {
    head: Option<Head>,
    tool: String,
    version: u32,
    /// The length of the whole lines.
    length: u64,
    seal: Seal,
    is_sealed: bool,
    requests: u64,
    settled: Vec<(u64, u64, Option<Arc<Failure>>)>,
    /// How the last run ended, if the journal ends with that.
    end: Option<String>,
}

impl Loaded {
    fn new(key: &UserKey) -> Loaded {
        Loaded {
            head: None,
            tool: String::new(),
            version: VERSION,
            length: 0,
            seal: Seal::new(key),
            is_sealed: true,
            requests: 0,
            settled: Vec::new(),
            end: None,
        }
    }

    /// Takes a whole line; `None` where no run writes it in that place.
    fn take(&mut self, line: JournalLine, is_first: bool) -> Option<()> {
        if let JournalLine::Head { v, tool, head } = line {
            (self.version, self.tool, self.head) = (v, tool, is_first.then_some(*head));
            return is_first.then_some(());
        }
        let head = self.head.as_mut()?;
        self.end = None;
        let (ranges, request, refusal) = match line {
            JournalLine::Head { .. } => return None,
            JournalLine::Account { account } => {
                head.account = account;
                return Some(());
            }
            JournalLine::End { state } => {
                self.end = Some(state);
                return Some(());
            }
            JournalLine::Accepted { r, req, .. } => (r, req, None),
            JournalLine::Refused { r, code, why, req, http } => {
                let cause = Cause::ALL.iter().copied().find(|cause| cause.as_str() == code).unwrap_or(Cause::Refused);
                let failure = Failure { status: http, request: req.clone(), ..Failure::new(cause, &why) };
                (r, req, Some(Arc::new(failure)))
            }
        };
        let sequence = request.rsplit_once('-').and_then(|(_, sequence)| sequence.parse().ok()).unwrap_or(0);
        self.requests = self.requests.max(sequence);
        let is_possible = |&(first, last): &(u64, u64)| 0 < first && first <= last && last < u64::MAX;
        if sequence > MOST_REQUESTS || !ranges.iter().all(is_possible) {
            return None;
        }
        self.settled.extend(ranges.into_iter().map(|(first, last)| (first, last, refusal.clone())));
        Some(())
    }

    /// What the whole journal is.
    fn found(self, path: PathBuf) -> Result<ExistingJournal, Error> {
        let Some(head) = self.head else { return Ok(ExistingJournal::None) };
        let ended = |end: End| self.end.as_deref() == Some(end.as_str());
        if ended(End::Complete) {
            return Ok(ExistingJournal::Finished);
        }
        if self.settled.is_empty() {
            return Ok(ExistingJournal::Empty);
        }
        if self.version < VERSION {
            return Err(Error::Older { path });
        }
        if !self.is_sealed {
            return Err(Error::Seal { path });
        }
        let changed = ended(End::Changed);
        let Loaded { tool, length, seal, requests, settled, .. } = self;
        let unfinished = Unfinished { head, tool, path, length, seal, requests, changed, settled };
        Ok(ExistingJournal::Unfinished(Box::new(unfinished)))
    }
}
