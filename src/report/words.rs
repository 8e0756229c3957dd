//! Names and sentences that all reports for people share, so that each says the same thing the same way.

use crate::contact::phone::Region;
use crate::diagnostic::{Entry, Exit, RunCode};
use crate::numbers::{count, grouped};
use crate::outcome::{Cause, RowStatus};
use crate::row::{Code, Note};

use super::{Next, Status, Summary};

/// What is fixed about the reason of a rejected row; `None` where the code is not one of ours.
fn reason(code: &str) -> Option<&'static Entry> {
    let rows = Code::ALL.iter().map(|code| code.entry());
    rows.chain(Cause::ALL.iter().map(|cause| cause.entry())).find(|entry| entry.code == code)
}

/// What a reason means, in a few words; the code itself where it is not one of ours.
pub fn describe(code: &str) -> &str {
    reason(code).map_or(code, |entry| entry.description)
}

/// What to do about a reason; empty where nothing needs to be done.
pub fn remedy(code: &str) -> &'static str {
    reason(code).map_or("", |entry| entry.remedy)
}

/// What a note means, in a few words; the note itself where it is not one of ours.
pub fn describe_note(note: &str) -> &str {
    Note::ALL.iter().find(|known| known.as_str() == note).map_or(note, |known| known.description())
}

/// Where contacts are sent, as told in passing: host and port without the path.
pub fn host(endpoint: &str) -> &str {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

/// A country's name and calling code by its ISO code; numbers that belong to no country have calling codes of their own.
pub fn country(code: &str) -> [String; 2] {
    match code.parse::<Region>() {
        Ok(region) if code != "001" => [region.name().to_owned(), format!("+{}", region.calling_code())],
        _ => ["no country".to_owned(), String::new()],
    }
}

/// A moment of RFC 3339 in UTC as it is told: `2026-11-22 21:45:12 UTC`.
pub fn moment(at: &str) -> String {
    let (date, time) = at.split_once('T').unwrap_or((at, ""));
    let time = time.split(['.', 'Z']).next().unwrap_or("");
    format!("{date} {time} UTC")
}

/// The commonest first; equally common ones by name.
pub fn by_count<'m>(counts: impl IntoIterator<Item = (&'m String, &'m u64)>) -> Vec<(&'m str, u64)> {
    let mut sorted: Vec<(&str, u64)> = counts.into_iter().map(|(name, &count)| (name.as_str(), count)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    sorted
}

/// How the run ended, in a sentence or two.
pub fn verdict(summary: &Summary) -> String {
    let rows = &summary.rows;
    let contacts = count(summary.contacts.accepted, "contact");
    let invalid = rows.counts[RowStatus::Invalid];
    let lost = match (rows.read, rows.counts.rejected()) {
        (_, 0) => String::new(),
        (1, _) => "; the only row was not imported".to_owned(),
        (read, out) if read == out => format!("; none of {} was imported", count(read, "row")),
        (read, 1) => format!("; 1 of {} was not imported", count(read, "row")),
        (read, out) => format!("; {} of {} were not imported", grouped(out), count(read, "row")),
    };
    let left = match rows.counts.open() {
        0 => String::new(),
        1 => "; 1 contact is still to be sent".to_owned(),
        left => format!("; {} contacts are still to be sent", grouped(left)),
    };
    let were = |number: u64| if number == 1 { "was" } else { "were" };
    match summary.ending.status {
        Status::Failed => format!("Nothing was sent: {}.", sentence(summary)),
        Status::Checked if summary.ending.error.is_some() => format!("Nothing would be sent: {}.", sentence(summary)),
        Status::Checked if rows.read == 0 => "The input holds no rows.".to_owned(),
        Status::Checked => {
            let unchanged = rows.counts[RowStatus::Unchanged];
            let can = match summary.contacts.prepared.saturating_sub(unchanged) {
                0 if unchanged > 0 => "No contact is new or changed".to_owned(),
                can => format!("{} can be sent", count(can, "contact")),
            };
            let invalid = match (invalid, rows.read) {
                (0, _) => String::new(),
                (invalid, read) if invalid == read => format!("; every one of {} is invalid", count(read, "row")),
                (1, read) => format!("; 1 of {} is invalid", count(read, "row")),
                (invalid, read) => format!("; {} of {} are invalid", grouped(invalid), count(read, "row")),
            };
            format!("{can}{invalid}. Nothing was sent.")
        }
        Status::Complete if rows.read == 0 => "The input holds no rows; there was nothing to send.".to_owned(),
        Status::Complete if is_as_it_was(summary) => format!("No contact is new or changed; nothing was sent{lost}."),
        Status::Complete => format!("{contacts} {} accepted{lost}.", were(summary.contacts.accepted)),
        Status::Interrupted => {
            format!("Interrupted: {contacts} {} accepted{lost}{left}.", were(summary.contacts.accepted))
        }
        Status::Stopped => {
            let why = match summary.ending.error {
                Some(_) => format!("Stopped: {}.", sentence(summary)),
                None => "Not everything could be delivered.".to_owned(),
            };
            format!("{why} {contacts} {} accepted{lost}{left}.", were(summary.contacts.accepted))
        }
    }
}

/// Whether the server had each contact that can be sent as it is.
fn is_as_it_was(summary: &Summary) -> bool {
    let counts = &summary.rows.counts;
    summary.contacts.accepted == 0 && counts[RowStatus::Refused] == 0 && counts[RowStatus::Unchanged] > 0
}

/// What to type next, where there is something: the command that resumes, or the one for the corrected rows.
pub fn next(summary: &Summary, command: String, again: impl FnOnce(&[String]) -> String) -> Option<Next> {
    let open = summary.rows.counts.open() > 0 && summary.ending.status != Status::Checked;
    match (open, summary.ending.exit_code, summary.files.rejected.as_slice()) {
        // The input, the address, the token or the settings: typed as it is, it would end the same way.
        (true, _, _) if summary.job.endpoint == "sandbox" => {
            Some(Next { says: "To try it again from the beginning", command })
        }
        (true, Exit::Data | Exit::Protocol | Exit::Token | Exit::Config, _) => {
            Some(Next { says: "When that is corrected, the same command again", command })
        }
        (true, _, _) if summary.ending.error.as_ref().is_some_and(|error| error.code == RunCode::RunTrial.as_str()) => {
            Some(Next { says: "To send the rest", command })
        }
        (true, _, _) => Some(Next { says: "To resume, the same command again", command }),
        (false, _, []) => None,
        (false, _, rejected) => {
            let paths: Vec<String> = rejected.iter().map(|file| file.path.clone()).collect();
            Some(Next { says: "When the rejected rows are corrected", command: again(&paths) })
        }
    }
}

/// What ended the run, in a few words: of a known cause what it says, else the message's first line.
fn sentence(summary: &Summary) -> &str {
    let (code, message) =
        summary.ending.error.as_ref().map_or(("", ""), |error| (error.code.as_str(), error.message.as_str()));
    let known = Cause::ALL.iter().find(|cause| cause.as_str() == code).map(|cause| cause.description());
    let line = known.unwrap_or(message).lines().next().unwrap_or("").trim_end_matches('.');
    if line.is_empty() { "the run ended early" } else { line }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::outcome::{Counts, RowCounts};

    #[test]
    fn hosts() {
        assert_eq!(host("https://api.v7.express-chat.com/inbox/users/import"), "api.v7.express-chat.com");
        assert_eq!(host("http://127.0.0.1:8787"), "127.0.0.1:8787");
        assert_eq!(host("sandbox"), "sandbox");
    }

    #[test]
    fn moments() {
        assert_eq!(moment("2026-11-22T21:45:12.444790411Z"), "2026-11-22 21:45:12 UTC");
        assert_eq!(moment("2026-11-22T21:45:12Z"), "2026-11-22 21:45:12 UTC");
    }

    #[test]
    fn verdicts() {
        let mut summary = sample::summary();
        assert_eq!(verdict(&summary), "1,150 contacts were accepted; 24 of 1,204 rows were not imported.");
        summary.ending.status = Status::Interrupted;
        summary.rows.counts[RowStatus::Accepted] = 400;
        summary.rows.counts[RowStatus::NotSent] = 750;
        summary.contacts.accepted = 400;
        assert_eq!(
            verdict(&summary),
            "Interrupted: 400 contacts were accepted; 24 of 1,204 rows were not imported; 750 contacts are still to be sent."
        );
        summary.ending.status = Status::Stopped;
        summary.ending.error = None;
        assert_eq!(
            verdict(&summary),
            "Not everything could be delivered. 400 contacts were accepted; 24 of 1,204 rows were not imported; \
             750 contacts are still to be sent."
        );
        summary.ending.status = Status::Failed;
        summary.ending.error = Some(sample::error());
        assert_eq!(verdict(&summary), "Nothing was sent: no API token.");
        summary.ending.status = Status::Checked;
        summary.ending.error = None;
        assert_eq!(verdict(&summary), "1,152 contacts can be sent; 22 of 1,204 rows are invalid. Nothing was sent.");
        summary.rows.counts[RowStatus::Unchanged] = 1_000;
        assert!(verdict(&summary).starts_with("152 contacts can be sent"));
        summary.rows.counts[RowStatus::Unchanged] = 1_152;
        let nothing = "No contact is new or changed; 22 of 1,204 rows are invalid. Nothing was sent.";
        assert_eq!(verdict(&summary), nothing);
        summary.ending.status = Status::Complete;
        summary.rows = RowCounts::default();
        assert_eq!(verdict(&summary), "The input holds no rows; there was nothing to send.");
        summary.rows = RowCounts { read: 1, counts: Counts::from([(RowStatus::Invalid, 1)]) };
        summary.contacts.accepted = 0;
        assert_eq!(verdict(&summary), "0 contacts were accepted; the only row was not imported.");
    }

    #[test]
    fn what_to_type_next() {
        let again = |rejected: &[String]| format!("m1import {}", rejected[0]);
        let says =
            |summary: &Summary| next(summary, "m1import a.csv".to_owned(), again).map(|next| (next.says, next.command));
        let mut summary = sample::summary();
        let rejected = "m1import contacts.results/rejected.csv".to_owned();
        assert_eq!(says(&summary), Some(("When the rejected rows are corrected", rejected)));
        (summary.rows.counts[RowStatus::NotSent], summary.ending.status) = (5, Status::Stopped);
        let same = || "m1import a.csv".to_owned();
        for (exit, expected) in [
            (Exit::Later, "To resume, the same command again"),
            (Exit::Interrupt, "To resume, the same command again"),
            (Exit::Token, "When that is corrected, the same command again"),
            (Exit::Data, "When that is corrected, the same command again"),
        ] {
            summary.ending.exit_code = exit;
            assert_eq!(says(&summary), Some((expected, same())), "{exit:?}");
        }
        summary.job.endpoint = "sandbox".to_owned();
        assert_eq!(says(&summary), Some(("To try it again from the beginning", same())));
        (summary.rows.counts[RowStatus::NotSent], summary.files.rejected) = (0, Vec::new());
        assert_eq!(says(&summary), None);
    }
}
