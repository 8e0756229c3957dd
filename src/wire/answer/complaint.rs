//! What a body complains of: words for people, and the contacts that it names by their position in the batch.
//!
//! Every validator has a form of its own, so nothing is expected: objects are searched for members that hold words
//! (`message`, `msg`, `detail`, …) or lists of further complaints (`errors`, `issues`, `validation`, …), and an object
//! without any of them is taken for a map from members to their complaints. The values that a validator repeats are
//! personal data and are never taken for words.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::page;
use super::path::{Path, contacts_in};

/// What a body says about what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Complaint {
    /// The server's words; may be empty.
    pub words: String,
    /// The contacts that it names: ascending, each once, all within the batch; empty where it names none.
    pub places: Vec<Place>,
}

/// A contact of a batch that the server complains of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its position in the batch as it was sent, from 0.
    pub index: usize,
    /// The server's words about it; may be empty.
    pub words: String,
}

/// How many complaints are quoted.
const QUOTED: usize = 5;

/// How deep complaints are looked for.
const DEEPEST: usize = 32;

/// How much of a body without any words is shown instead, in bytes.
const EXCERPT: usize = 1024;

/// Members that hold words, the most general first.
const WORDS: [&str; 11] = [
    "title",
    "message",
    "msg",
    "error",
    "detail",
    "reason",
    "description",
    "defaultMessage",
    "errorMessage",
    "error_message",
    "error_description",
];

/// Members that hold further complaints.
const INSIDE: [&str; 26] = [
    "message",
    "messages",
    "error",
    "errors",
    "detail",
    "details",
    "issues",
    "validation",
    "validationErrors",
    "violations",
    "invalid-params",
    "invalid_params",
    "invalidParams",
    "fieldErrors",
    "formErrors",
    "non_field_errors",
    "_errors",
    "constraints",
    "children",
    "properties",
    "items",
    "body",
    "query",
    "headers",
    "params",
    "data",
];

/// Members that repeat what was sent, or are about the program of the server.
const NEVER: [&str; 16] = [
    "value",
    "input",
    "rejectedValue",
    "target",
    "context",
    "ctx",
    "codes",
    "keys",
    "arguments",
    "stack",
    "trace",
    "stackTrace",
    "url",
    "loc",
    "path",
    "schema",
];

/// What a status says anyway, in the words of HTTP or of a validator.
const SAYS_NOTHING: [&str; 8] = [
    "bad request",
    "unprocessable entity",
    "unprocessable content",
    "error",
    "validation error",
    "internal server error",
    "payload too large",
    "zoderror",
];

/// Reads the body of an answer that is no success, to so many contacts.
pub fn of_body(body: &[u8], contacts: usize) -> Complaint {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        let words = page::text(body);
        let places = within(contacts_in(&words).map(|index| (index, words.clone())), contacts);
        return Complaint { words, places };
    };
    let mut complaint = of_value(&value, contacts);
    if complaint.words.is_empty() && !is_empty(&value) {
        complaint.words = String::from_utf8_lossy(body.get(..EXCERPT).unwrap_or(body)).into_owned();
    }
    complaint
}

/// Reads a JSON value.
pub fn of_value(value: &Value, contacts: usize) -> Complaint {
    let mut search = Search { contacts, found: Vec::new() };
    search.value(value, &Path::default(), 0);
    let general = search.found.iter().any(|found| !says_nothing(&found.text));
    search.found.retain(|found| !general || !says_nothing(&found.text));
    let mut places = within(search.found.iter().filter_map(Found::place), contacts);
    let in_words = search.found.iter().filter(|found| found.path.contact().is_none()).flat_map(Found::places_in_words);
    for place in within(in_words, contacts) {
        if let Err(at) = places.binary_search_by_key(&place.index, |other| other.index) {
            places.insert(at, place);
        }
    }
    Complaint { words: summed_up(&search.found), places }
}

/// The first few complaints in one line.
fn summed_up(found: &[Found]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let (mut line, mut last) = (String::new(), 0);
    for found in found {
        let words = found.words();
        if parts.iter().any(|part| part.contains(&found.text)) {
            continue;
        }
        // What is said of the whole introduces what is said of its parts.
        let separator = if found.depth > last { ": " } else { "; " };
        line.push_str(if parts.is_empty() { "" } else { separator });
        line.push_str(&words);
        last = found.depth;
        parts.push(words);
        if parts.len() == QUOTED {
            break;
        }
    }
    line
}

/// The places among these that lie in the batch, each once.
fn within(named: impl Iterator<Item = (usize, String)>, contacts: usize) -> Vec<Place> {
    let mut places: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (index, words) in named.filter(|(index, _)| *index < contacts) {
        let all = places.entry(index).or_default();
        if all.len() < QUOTED && !all.contains(&words) {
            all.push(words);
        }
    }
    places.into_iter().map(|(index, words)| Place { index, words: words.join("; ") }).collect()
}

/// One complaint.
struct Found {
    path: Path,
    text: String,
    /// How many objects and lists it is in.
    depth: usize,
}

impl Found {
    /// The member of the contact, unless the text names it already, and the text.
    fn words(&self) -> String {
        let member = self.path.member_of_contact();
        let last = member.rsplit('.').next().unwrap_or_default();
        if last.is_empty() || self.text.contains(last) { self.text.clone() } else { format!("{member}: {}", self.text) }
    }

    /// The contact that its path names.
    fn place(&self) -> Option<(usize, String)> {
        Some((self.path.contact()?, self.words()))
    }

    /// The contacts that its words name.
    fn places_in_words(&self) -> impl Iterator<Item = (usize, String)> {
        contacts_in(&self.text).map(|index| (index, self.words()))
    }
}

/// Whether words tell no more than the status does.
fn says_nothing(text: &str) -> bool {
    SAYS_NOTHING.contains(&text.to_ascii_lowercase().as_str())
}

/// The list of complaints that some validators hand on as a text.
fn list_in(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.starts_with(['[', '{']) { serde_json::from_str(text).ok() } else { None }
}

/// A search for complaints. `depth` counts the objects and lists around what is looked at.
struct Search {
    contacts: usize,
    found: Vec<Found>,
}

impl Search {
    fn value(&mut self, value: &Value, path: &Path, depth: usize) {
        match value {
            Value::String(text) => self.text(text, path, depth),
            _ if depth == DEEPEST => {}
            Value::Array(list) => self.list(list, path, self.is_by_position(list), depth + 1),
            Value::Object(object) => self.object(object, path, depth + 1),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &str, path: &Path, depth: usize) {
        match list_in(text) {
            Some(value) => self.value(&value, path, depth),
            None => self.words(text.trim(), path, depth),
        }
    }

    fn words(&mut self, text: &str, path: &Path, depth: usize) {
        if !text.is_empty() {
            self.found.push(Found { path: path.clone(), text: text.to_owned(), depth });
        }
    }

    fn list(&mut self, list: &[Value], path: &Path, by_position: bool, depth: usize) {
        for (position, element) in list.iter().enumerate() {
            if by_position {
                self.value(element, &path.element(position), depth);
            } else {
                self.value(element, path, depth);
            }
        }
    }

    /// Whether the elements of a list stand for the contacts of the batch: as many, each an object that is empty or a
    /// map from members to complaints.
    fn is_by_position(&self, list: &[Value]) -> bool {
        let stands_for_one = |element: &Value| match element {
            Value::Null => true,
            Value::Object(object) => !speaks(object),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        list.len() == self.contacts && list.iter().all(stands_for_one)
    }

    fn object(&mut self, object: &Map<String, Value>, path: &Path, depth: usize) {
        // The `path` of a whole answer is that of the address.
        let path = if depth == 1 { path.clone() } else { path.then(own_path(object)) };
        if !speaks(object) {
            return self.map(object, &path, depth);
        }
        let (mut parts, mut lists): (Vec<&str>, Vec<Value>) = (Vec::new(), Vec::new());
        for text in WORDS.iter().filter_map(|key| object.get(*key)?.as_str()).map(str::trim) {
            match list_in(text) {
                Some(list) => lists.push(list),
                None if text.is_empty() || parts.iter().any(|part| part.contains(text)) => {}
                None => parts.push(text),
            }
        }
        let general = parts.iter().any(|part| !says_nothing(part));
        parts.retain(|part| !general || !says_nothing(part));
        self.words(&parts.join(": "), &path, depth);
        lists.iter().for_each(|list| self.value(list, &path, depth));
        for key in INSIDE {
            match (key, object.get(key)) {
                ("data", Some(Value::Array(list))) => {
                    // It may be contacts, too.
                    let complaints = list.iter().filter(|element| element.as_object().is_none_or(speaks));
                    complaints.for_each(|element| self.value(element, &path, depth + 1));
                }
                ("data", Some(Value::Object(one))) if !speaks(one) => {}
                ("items", Some(Value::Array(list))) => self.list(list, &path, true, depth),
                // Their keys are the names of rules, not of members.
                ("constraints", Some(Value::Object(rules))) => {
                    rules.values().for_each(|value| self.value(value, &path, depth + 1));
                }
                (_, Some(value @ (Value::Array(_) | Value::Object(_)))) => self.value(value, &path, depth),
                _ => {}
            }
        }
        if object.contains_key("_errors") || object.contains_key("non_field_errors") {
            // zod and Django write members beside what they say of the whole.
            self.map(object, &path, depth);
        }
    }

    /// An object whose keys are members, and whose values say what is wrong with them.
    fn map(&mut self, map: &Map<String, Value>, path: &Path, depth: usize) {
        let is_member = |key: &str| !NEVER.contains(&key) && !INSIDE.contains(&key);
        for (key, value) in map.iter().filter(|(key, _)| is_member(key)) {
            let is_sentence = |text: &str| text.trim().contains(char::is_whitespace);
            // A single word is rather a value than a sentence.
            if value.as_str().is_none_or(is_sentence) {
                self.value(value, &path.member(key), depth);
            }
        }
    }
}

/// Whether an object has words or complaints under one of the usual names.
fn speaks(object: &Map<String, Value>) -> bool {
    let is_text = |key: &str| object.get(key).is_some_and(Value::is_string);
    let is_inside = |key: &str| object.get(key).is_some_and(|value| value.is_array() || value.is_object());
    WORDS.iter().any(|key| is_text(key)) || INSIDE.iter().any(|key| is_inside(key))
}

/// The place that an object names for itself.
fn own_path(object: &Map<String, Value>) -> Path {
    let text = |key: &str| object.get(key)?.as_str().filter(|text| !text.is_empty()).map(Path::of_text);
    let list = |key: &str| object.get(key)?.as_array().map(|list| Path::of_list(list));
    if let Some(index) = object.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok()) {
        let member = ["field", "property", "path"].iter().find_map(|key| text(key)).unwrap_or_default();
        return Path::default().element(index).join(member);
    }
    let source = || object.get("source")?.get("pointer")?.as_str().map(Path::of_text);
    let parameter = || object.contains_key("reason").then(|| text("name"))?;
    let names = ["path", "pointer", "instancePath", "dataPath", "propertyPath", "field", "param", "property"];
    let found = list("loc").or_else(|| list("path")).or_else(source);
    found.or_else(|| names.iter().find_map(|key| text(key))).or_else(parameter).unwrap_or_default()
}

/// Whether a value holds nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
