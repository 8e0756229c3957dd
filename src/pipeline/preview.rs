//! What only `check` and dry runs show: the first contacts as they would be sent, and how many requests
//! all of them would take.

use std::ops::ControlFlow;

use serde_json::Value;

use super::kept_contacts::KeptContacts;
use super::screen::values;
use crate::config::Config;
use crate::dedupe::{Merge, Resolved};
use crate::outcome::StatusMap;
use crate::reading::{Job, Judged, Record, Step};
use crate::report::CheckInfo;
use crate::report::check::shown_contact;
use crate::survey::Survey;
use crate::wire::contact::{write, write_merged};

/// How many contacts are shown.
const SHOWN: usize = 5;
/// How many are written to know how large one is.
const MEASURED: u64 = 1_000;

/// Reads the beginning of the inputs once more, unless what would be sent of them is kept. One that cannot be read again shows
/// nothing: the survey has read it whole.
pub fn preview(
    job: &Job,
    survey: &Survey,
    statuses: &StatusMap,
    to_send: Option<&KeptContacts>,
    config: &Config,
) -> CheckInfo {
    let empty = config.rows.empty;
    let (mut shown, mut contacts, mut bytes) = (Vec::new(), 0_u64, 0_u64);
    let mut show = |written: &[u8]| {
        if shown.len() < SHOWN {
            let contact = serde_json::from_slice::<Value>(written);
            shown.extend(contact.map(|contact| shown_contact(contact, values(config))));
        }
        contacts += 1;
        bytes += written.len() as u64 + 1;
        if contacts < MEASURED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let mut buffer = Vec::new();
    match to_send {
        Some(to_send) => {
            for (_, phone, details) in to_send.details() {
                let Some(details) = details else { break };
                buffer.clear();
                write_merged(phone, &details, empty, &mut buffer);
                if show(&buffer).is_break() {
                    break;
                }
            }
        }
        None => {
            let mut merge = Merge::new(&survey.dedupe);
            drop(job.read(|step| {
                let Step::Record(Record { row, judged: Judged::Contact(contact), .. }) = step else {
                    return ControlFlow::Continue(());
                };
                let record = row.location.record;
                buffer.clear();
                match merge.row(record, &contact) {
                    Ok(Resolved::Alone(contact)) => write(contact, &contact.name(), empty, &mut buffer),
                    Ok(Resolved::Together(details)) => write_merged(contact.phone, &details, empty, &mut buffer),
                    Ok(Resolved::Duplicate(_)) => return ControlFlow::Continue(()),
                    Err(_) => return ControlFlow::Break(()),
                }
                if statuses.is_done(record) { ControlFlow::Continue(()) } else { show(&buffer) }
            }));
        }
    }
    let open = survey.contacts().saturating_sub(statuses.counts().total());
    CheckInfo {
        preview: Some(shown),
        estimated_requests: Some(requests(open, contacts, bytes, config)),
        ..CheckInfo::default()
    }
}

/// As many as the contacts or the bytes need, whichever is more.
fn requests(contacts: u64, measured: u64, bytes: u64, config: &Config) -> u64 {
    let size = bytes.checked_div(measured).unwrap_or(0).max(1);
    let by_bytes = (config.delivery.limits.bytes as u64 / size).max(1);
    let most = (config.delivery.limits.contacts.get() as u64).min(by_bytes);
    contacts.div_ceil(most)
}
