//! The server's answers, read into a small neutral form: whether the body says that it worked, for all or for each.
//!
//! The documents know `{"status":"success",…}`; the rest of the same API answers `{"success":true,"code":200,…}`, and
//! refusals are likely to carry an array of strings in `data`. Anything is read here, nothing is believed unless it
//! says so: silence is not success. What follows from an answer is decided in `client::verdict`.

mod complaint;
mod counts;
mod page;
mod path;
#[cfg(test)]
mod validators;

pub use complaint::{Complaint, Place, of_body as complaint};

use serde_json::{Map, Value};

/// What a body says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It worked, for all contacts.
    Success,
    /// It did not.
    Failure {
        /// The status code that the body names in place of the real one.
        code: Option<u16>,
        /// What is wrong.
        complaint: Complaint,
    },
    /// One word for each contact, in their order.
    Items(Vec<Item>),
    /// Nothing that can be relied on, and why.
    Unreadable(String),
}

/// What a body says of one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// It was taken.
    Accepted,
    /// It was not.
    Failed {
        /// The status code named for it.
        code: Option<u16>,
        /// The server's words.
        words: String,
    },
}

/// Reads the body of an answer to so many contacts.
pub fn read(body: &[u8], contacts: usize) -> Answer {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        let text = page::text(body);
        return Answer::Unreadable(if text.is_empty() { "the answer is empty".to_owned() } else { text });
    };
    let items = items(&value, contacts);
    let Value::Object(envelope) = &value else {
        return items.map_or_else(|| without_status(&value), Answer::Items);
    };
    let sign = sign(envelope, |_| Sign::Unknown);
    match (items, sign) {
        // An envelope that says no while each contact says yes contradicts itself; the no is believed.
        (Some(items), Sign::No(_)) if items.iter().any(|item| *item != Item::Accepted) => Answer::Items(items),
        (_, Sign::No(code)) => Answer::Failure { code, complaint: complaint::of_value(&value, contacts) },
        (Some(items), Sign::Yes | Sign::Unknown | Sign::Silent) => Answer::Items(items),
        (None, Sign::Yes) => match counts::shortfall(envelope, contacts) {
            Some(words) => {
                let places = complaint::of_value(&value, contacts).places;
                Answer::Failure { code: None, complaint: Complaint { words, places } }
            }
            None => Answer::Success,
        },
        (None, Sign::Unknown | Sign::Silent) => without_status(&value),
    }
}

/// An answer that does not say in a known word whether it worked.
fn without_status(value: &Value) -> Answer {
    let word = value.get("status").and_then(Value::as_str);
    let what = word.map_or_else(|| "the answer has no status".to_owned(), |word| format!("the status is \"{word}\""));
    let words = words_of(value);
    Answer::Unreadable(if words.is_empty() { what } else { format!("{what}: {words}") })
}

/// Whether an object says that something worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Yes,
    No(Option<u16>),
    /// It has a status in a word that is not known.
    Unknown,
    Silent,
}

/// What an object says about itself. One no outweighs any yes; `other` judges a `status` in words that is none of the
/// well-known ones.
fn sign(object: &Map<String, Value>, other: impl Fn(&str) -> Sign) -> Sign {
    let mut all = Sign::Silent;
    for (key, value) in object {
        let one = match (key.as_str(), value) {
            ("success" | "ok", Value::Bool(yes)) => {
                if *yes {
                    Sign::Yes
                } else {
                    Sign::No(None)
                }
            }
            ("success" | "ok" | "status", Value::String(word)) => match word.to_ascii_lowercase().as_str() {
                "success" | "successful" | "succeeded" | "ok" | "true" | "accepted" | "queued" | "pending"
                | "processing" | "created" | "updated" | "imported" | "done" | "complete" | "completed" => Sign::Yes,
                "error" | "fail" | "failed" | "failure" | "false" | "rejected" | "invalid" | "partial"
                | "partial_success" => Sign::No(None),
                word => word.parse().map_or_else(|_| other(word), of_code),
            },
            ("status", Value::Bool(yes)) => {
                if *yes {
                    Sign::Yes
                } else {
                    Sign::No(None)
                }
            }
            ("status" | "code" | "statusCode", Value::Number(code)) => code.as_u64().map_or(Sign::Silent, of_code),
            ("code" | "statusCode", Value::String(code)) => code.parse().map_or(Sign::Silent, of_code),
            ("error" | "errors", value) if !is_empty(value) => Sign::No(None),
            _ => Sign::Silent,
        };
        all = match (all, one) {
            (Sign::No(Some(code)), _) | (Sign::No(None), Sign::No(Some(code))) => Sign::No(Some(code)),
            (_, Sign::No(code)) => Sign::No(code),
            (Sign::No(None), _) => Sign::No(None),
            // A word that is not known takes the certainty from any yes beside it.
            (Sign::Unknown, _) | (_, Sign::Unknown) => Sign::Unknown,
            (Sign::Yes, _) | (_, Sign::Yes) => Sign::Yes,
            (Sign::Silent, Sign::Silent) => Sign::Silent,
        };
    }
    all
}

/// What a number in the place of a status code says.
fn of_code(code: u64) -> Sign {
    match u16::try_from(code) {
        Ok(200..=299) => Sign::Yes,
        Ok(code @ 400..=599) => Sign::No(Some(code)),
        Ok(300..) => Sign::No(None),
        _ => Sign::Silent,
    }
}

/// Whether a value in the place of an error says that there is none.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
    }
}

/// The words for each contact, where there is a list as long as the batch of which every element speaks for itself.
fn items(value: &Value, contacts: usize) -> Option<Vec<Item>> {
    let list = match value {
        Value::Array(list) => Some(list),
        Value::Object(envelope) => {
            ["results", "items", "contacts", "data"].iter().find_map(|key| envelope.get(*key)?.as_array())
        }
        _ => None,
    };
    let list = list.filter(|list| !list.is_empty() && list.len() == contacts)?;
    list.iter()
        // A stored contact has a `status` of its own, such as OPEN: it says nothing about the import.
        .map(|element| match sign(element.as_object()?, |_| Sign::Silent) {
            Sign::Yes => Some(Item::Accepted),
            Sign::No(code) => Some(Item::Failed { code, words: words_of(element) }),
            Sign::Unknown | Sign::Silent => None,
        })
        .collect()
}

/// The words in a JSON value.
fn words_of(value: &Value) -> String {
    complaint::of_value(value, 0).words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn failure(code: Option<u16>, words: &str) -> Answer {
        Answer::Failure { code, complaint: Complaint { words: words.to_owned(), places: Vec::new() } }
    }

    fn failed(code: Option<u16>, words: &str) -> Item {
        Item::Failed { code, words: words.to_owned() }
    }

    fn unreadable() -> Answer {
        Answer::Unreadable(String::new())
    }

    fn without_reason(answer: Answer) -> Answer {
        if matches!(answer, Answer::Unreadable(_)) { unreadable() } else { answer }
    }

    #[test]
    fn an_answer_that_says_nothing_is_called_so() {
        for (body, reason) in [
            ("", "the answer is empty"),
            ("  ", "the answer is empty"),
            ("OK", "OK"),
            (r#"{"jobId":7,"message":"Import queued"}"#, "the answer has no status: Import queued"),
            (r#"{"status":"escrowed"}"#, "the status is \"escrowed\""),
        ] {
            assert_eq!(read(body.as_bytes(), 2), Answer::Unreadable(reason.to_owned()), "{body}");
        }
    }

    #[test]
    fn an_answer_is_what_it_says() {
        for (body, answer) in [
            (r#"{"status":"success","message":"User profiles imported successfully."}"#, Answer::Success),
            (r#"{"success":true,"message":"","code":200,"data":[]}"#, Answer::Success),
            (r#"{"success":true,"message":"ok","code":200}"#, Answer::Success),
            (
                r#"{"success":true,"code":200,"data":[{"_id":"1","status":"OPEN"},{"_id":"2","status":"OPEN"}]}"#,
                Answer::Success,
            ),
            (r#"{"code":201}"#, Answer::Success),
            (r#"{"success":false,"message":"no","code":400,"data":["a","b"]}"#, failure(Some(400), "no: a; b")),
            (r#"{"success":true,"code":400}"#, failure(Some(400), "")),
            (r#"{"code":503,"success":true}"#, failure(Some(503), "")),
            (r#"{"status":"error"}"#, failure(None, "")),
            (r#"{"status":"queued"}"#, Answer::Success),
            (r#"{"status":"Accepted","jobId":7}"#, Answer::Success),
            (r#"{"status":"partial"}"#, failure(None, "")),
            (r#"{"status":"escrowed"}"#, unreadable()),
            (r#"{"success":true,"status":"escrowed"}"#, unreadable()),
            (r#"{"success":true,"data":{"imported":1,"failed":1}}"#, failure(None, "the server counts 1 failed")),
            (r#"{"success":true,"imported":1}"#, failure(None, "the server counts 1 of 2 contacts")),
            (r#"{"status":422,"error":{"message":"bad"}}"#, failure(Some(422), "bad")),
            (r#"{"status":"success","errors":["row 3"]}"#, failure(None, "row 3")),
            (r#"{"status":"success","error":null,"errors":[]}"#, Answer::Success),
            (r#"{"message":["name must be a string"],"statusCode":400}"#, failure(Some(400), "name must be a string")),
            (r#"{}"#, unreadable()),
            (r#"{"message":"hello"}"#, unreadable()),
            (r#"{"code":0}"#, unreadable()),
            (r#"{"status":"success"} trailing"#, unreadable()),
            (r#"{"status":"succ"#, unreadable()),
            ("", unreadable()),
            ("[]", unreadable()),
            ("true", unreadable()),
            (r#""success""#, unreadable()),
            ("<!doctype html><title>Log in</title>", unreadable()),
        ] {
            assert_eq!(without_reason(read(body.as_bytes(), 2)), answer, "{body}");
        }
    }

    #[test]
    fn each_contact_may_have_its_own_word() {
        for (body, answer) in [
            (
                r#"[{"success":true},{"success":false,"error":"bad"}]"#,
                Answer::Items(vec![Item::Accepted, failed(None, "bad")]),
            ),
            (
                r#"{"success":true,"results":[{"status":201},{"status":429,"message":"later"}]}"#,
                Answer::Items(vec![Item::Accepted, failed(Some(429), "later")]),
            ),
            (
                r#"{"success":false,"data":[{"code":200},{"code":422}]}"#,
                Answer::Items(vec![Item::Accepted, failed(Some(422), "")]),
            ),
            // Not as long as the batch, or not every element speaks.
            (r#"[{"success":true}]"#, unreadable()),
            (r#"{"success":true,"results":[{"status":201}]}"#, Answer::Success),
            (r#"[{"success":true},{"id":7}]"#, unreadable()),
            (r#"{"success":false,"data":[{"code":200},{"code":200}]}"#, failure(None, "")),
        ] {
            assert_eq!(without_reason(read(body.as_bytes(), 2)), answer, "{body}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_success_is_never_a_success(at in 0usize..70) {
            let body = br#"{"status":"success","message":"User profiles imported successfully."}"#;
            prop_assume!(at < body.len());
            prop_assert_eq!(without_reason(read(&body[..at], 1)), unreadable());
        }

        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&body, 3);
            complaint(&body, 3);
        }
    }
}
