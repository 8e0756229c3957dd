//! The page at `/`: how many contacts there are, and the last of them. No script, nothing loaded from elsewhere.

use super::contract;
use super::store::{Store, StoredContact};

/// So many contacts are shown.
const SHOWN: usize = 50;

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}caption{text-align:left;padding:.5rem 0;font-weight:600}\
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #ccc;\
unicode-bidi:isolate;overflow-wrap:anywhere}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}th,td{border-color:#444}a{color:#9cf}}";

/// The page of what is held.
pub fn page(store: &Store) -> String {
    let count = store.len();
    let (table, note) = match store {
        Store::Contacts(contacts) => (table(contacts.held()), ""),
        Store::Phones(_) => (String::new(), "<p>Of each contact only the phone is kept.</p>"),
    };
    let path = contract::PATH;
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>m1import sandbox</title><style>{STYLE}</style></head>\n<body><main>\n<h1>m1import sandbox</h1>\n\
         <p><strong>{count}</strong> {noun}. Post to <code>{path}</code>; everything held: \
         <a href=\"/contacts\">/contacts</a> (JSON).</p>\n{note}{table}</main></body></html>\n",
        noun = if count == 1 { "contact" } else { "contacts" },
    )
}

/// The last contacts, the latest first.
fn table(held: &[StoredContact]) -> String {
    if held.is_empty() {
        return "<p>Nothing has arrived yet.</p>\n".to_owned();
    }
    let mut table = String::from(
        "<table><caption>Last arrived</caption>\n<thead><tr><th scope=\"col\">Phone</th><th scope=\"col\">Name</th>\
         <th scope=\"col\">E-mail</th><th scope=\"col\">Tags</th><th scope=\"col\">Attributes</th></tr></thead>\n<tbody>\n",
    );
    for held in held.iter().rev().take(SHOWN) {
        let (digits, prefix) = held.phone.digits();
        let (prefix, number) = digits.split_at_checked(prefix).unwrap_or_default();
        let [name, email, tags, attributes] = held.members();
        table.push_str(&format!("<tr><td>+{prefix}&nbsp;{number}</td>"));
        for member in [name, email, tags, attributes] {
            table.push_str("<td>");
            escape(&plain(member), &mut table);
            table.push_str("</td>");
        }
        table.push_str("</tr>\n");
    }
    table.push_str("</tbody></table>\n");
    table
}

/// A member's JSON as a person reads it: a text, a list with commas, attributes as `key: value`.
fn plain(member: &[u8]) -> String {
    use serde_json::Value;

    fn text(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
            Value::Object(attribute) => attribute.values().map(text).collect::<Vec<_>>().join(": "),
            Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
        }
    }

    serde_json::from_slice(member).map(|value| text(&value)).unwrap_or_default()
}

/// Adds a text that came from outside, as HTML that shows it and does nothing else.
pub fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            control if control.is_control() => html.push('\u{fffd}'),
            other => html.push(other),
        }
    }
}
