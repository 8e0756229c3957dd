//! A success that counts: whether it counts everything that was sent.

use serde_json::{Map, Value};

use super::{Sign, sign, words_of};

/// Where counts and lists of results may be besides the envelope itself.
const INSIDE: [&str; 7] = ["data", "result", "results", "summary", "stats", "counts", "meta"];

/// Names for what was not taken, in lower case without `_` and `count`.
const FAILED: [&str; 11] = [
    "failed",
    "failures",
    "failure",
    "error",
    "errors",
    "errored",
    "rejected",
    "skipped",
    "invalid",
    "notimported",
    "unsuccessful",
];

/// Names for all that was taken, which may leave out what others of the names below count.
const TAKEN: [&str; 6] = ["imported", "accepted", "succeeded", "success", "successful", "processed"];

/// Names for parts of what was taken.
const PARTS: [&str; 8] =
    ["created", "inserted", "updated", "modified", "unchanged", "existing", "duplicates", "duplicate"];

/// How many objects may be inside one another above a count.
const DEPTH: usize = 4;

/// What is missing in the counts of a success for so many contacts; `None` where they are complete or there are none.
pub(super) fn shortfall(envelope: &Map<String, Value>, contacts: usize) -> Option<String> {
    // Sentences are looked for in the envelope's own lists only, as the service writes them; deeper they may be names.
    let mut lists = INSIDE.iter().filter_map(|key| envelope.get(*key)?.as_array());
    short_within(envelope, contacts, DEPTH).or_else(|| lists.find_map(|list| failed_in(list, says_something)))
}

/// What is missing in the counts of an object and of those inside it, or failed by the lists of results in them.
fn short_within(object: &Map<String, Value>, contacts: usize, depth: usize) -> Option<String> {
    let inside = || INSIDE.iter().filter_map(|key| object.get(*key));
    short_object(object, contacts).or_else(|| {
        inside().find_map(|value| match value {
            Value::Object(inner) => short_within(inner, contacts, depth.checked_sub(1)?),
            Value::Array(list) => failed_in(list, says_no),
            _ => None,
        })
    })
}

/// What is missing in the counts of one object.
fn short_object(object: &Map<String, Value>, contacts: usize) -> Option<String> {
    let (mut taken, mut parts) = (None, 0u64);
    for (key, value) in object {
        let count = match value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Array(list) => Some(list.len() as u64),
            _ => None,
        };
        let Some(count) = count else { continue };
        let name = key.replace('_', "").to_ascii_lowercase();
        let name = name.strip_suffix("count").unwrap_or(&name);
        if FAILED.contains(&name) && count > 0 {
            return Some(format!("the server counts {count} {name}"));
        }
        if TAKEN.contains(&name) {
            taken = taken.max(Some(count));
        }
        if PARTS.contains(&name) {
            parts = parts.saturating_add(count);
        }
    }
    let taken = taken?;
    (taken.saturating_add(parts) < contacts as u64).then(|| format!("the server counts {taken} of {contacts} contacts"))
}

/// The words of the elements of a list that say that something failed; `None` where there are none.
fn failed_in(list: &[Value], failed: fn(&Value) -> bool) -> Option<String> {
    let words: Vec<String> = list.iter().filter(|element| failed(element)).take(5).map(words_of).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// Whether an element is an object that says of itself that it failed.
fn says_no(element: &Value) -> bool {
    element.as_object().is_some_and(|object| matches!(sign(object, |_| Sign::Silent), Sign::No(_)))
}

/// Whether an element is a sentence, which nobody writes about what went well.
fn says_something(element: &Value) -> bool {
    element.as_str().is_some_and(|text| text.trim().contains(' ') && text.contains(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_is_complete_or_it_is_none() {
        let cases = [
            (r#"{"data":{"imported":19,"failed":1}}"#, Some("the server counts 1 failed")),
            (r#"{"imported":19}"#, Some("the server counts 19 of 20 contacts")),
            (r#"{"data":{"failed":[{"row":3}]}}"#, Some("the server counts 1 failed")),
            (r#"{"failedCount":2}"#, Some("the server counts 2 failed")),
            (r#"{"error_count":2}"#, Some("the server counts 2 error")),
            (r#"{"result":{"rejected":4}}"#, Some("the server counts 4 rejected")),
            (r#"{"summary":{"skipped":1,"imported":19}}"#, Some("the server counts 1 skipped")),
            (r#"{"data":["Row 3: invalid phone"]}"#, Some("Row 3: invalid phone")),
            (r#"{"results":[{"success":true},{"success":false,"error":"bad"}]}"#, Some("bad")),
            (r#"{"data":{"summary":{"imported":19,"failed":1}}}"#, Some("the server counts 1 failed")),
            (r#"{"data":{"result":{"stats":{"imported":19}}}}"#, Some("the server counts 19 of 20 contacts")),
            (r#"{"data":{"results":[{"success":true},{"success":false,"error":"bad"}]}}"#, Some("bad")),
            (r#"{"data":{"imported":"19","failed":"1"}}"#, Some("the server counts 1 failed")),
            (r#"{"imported":" 19 "}"#, Some("the server counts 19 of 20 contacts")),
            (r#"{"imported":"20","failed":"0"}"#, None),
            (r#"{"data":{"summary":{"imported":20,"failed":0}}}"#, None),
            (r#"{"data":{"results":["Jane Doe","John Roe"]}}"#, None),
            (r#"{"imported":20,"failed":0}"#, None),
            (r#"{"imported":5,"updated":15}"#, None),
            (r#"{"data":{"imported":20,"failed":[],"errors":[]}}"#, None),
            (r#"{"created":3}"#, None),
            (r#"{"data":["5f1","5f2"]}"#, None),
            (r#"{"data":["+91 98765 43210"]}"#, None),
            (r#"{"data":[{"_id":"1","status":"OPEN"}]}"#, None),
            (r#"{"success":true,"message":"3 failed last week"}"#, None),
            ("{}", None),
        ];
        for (body, missing) in cases {
            let value: Value = serde_json::from_str(body).unwrap();
            assert_eq!(shortfall(value.as_object().unwrap(), 20).as_deref(), missing, "{body}");
        }
    }
}
