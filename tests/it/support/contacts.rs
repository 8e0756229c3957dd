//! Contacts for the tests: bodies as the document spells them, and what bodies say.

use serde_json::{Value, json};

/// A contact of the document, with a name.
pub fn contact(prefix: &str, number: &str, name: &str) -> Value {
    json!({"profile": {"userDetails": {
        "userProvidedName": name,
        "contact": {"phone": {"number": number, "prefix": prefix}},
        "tags": [],
        "attributes": [],
    }}})
}

/// The body of a request with South African mobile numbers, counted from `first`.
pub fn body(first: u32, count: u32) -> Vec<u8> {
    let contacts = (first..first + count).map(|n| contact("27", &format!("83{n:07}"), &format!("Contact {n}")));
    serde_json::to_vec(&contacts.collect::<Vec<_>>()).expect("JSON")
}

/// The phone of a contact, prefix and number joined; empty where it is not as documented.
pub fn phone(contact: &Value) -> String {
    let phone = &contact["profile"]["userDetails"]["contact"]["phone"];
    format!("{}{}", phone["prefix"].as_str().unwrap_or(""), phone["number"].as_str().unwrap_or(""))
}

/// A CSV file with a header and `count` valid South African numbers, counted from `first`.
pub fn csv(first: u32, count: u32) -> String {
    let mut csv = String::from("Name,Phone\n");
    for n in first..first + count {
        csv.push_str(&format!("Contact {n},+2783{n:07}\n"));
    }
    csv
}
