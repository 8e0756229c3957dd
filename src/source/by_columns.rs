//! Tells a table that is written by columns from a record: `{"name": ["Ada", "Ben"], "phone": ["+1…", "+4…"]}`, or the
//! same with row numbers as keys, as `DataFrame.to_json()` writes it. Read as a record, it would be one contact made of
//! many.

use serde_json::{Map, Value};

use crate::vocabulary::{Meaning, meaning};

/// Whether the object holds at least two rows, by columns, with phones among them.
pub(super) fn is_table_by_columns(object: &[u8]) -> bool {
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(object) else { return false };
    let is =
        |wanted: fn(Meaning) -> bool| members.keys().filter_map(|key| meaning(key)).any(|(meaning, _)| wanted(meaning));
    let phone = is(|meaning| matches!(meaning, Meaning::Phone(_) | Meaning::PerhapsPhone(_)));
    if !phone || members.len() < 2 {
        return false;
    }
    let mut columns = members.values();
    match columns.next() {
        Some(Value::Object(first)) => {
            let numbered = first.keys().all(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()));
            let same = |column: &Value| column.as_object().is_some_and(|column| column.keys().eq(first.keys()));
            first.len() >= 2 && numbered && columns.all(same)
        }
        // A person may have as many e-mail addresses as phones, but not as many names.
        Some(Value::Array(first)) => {
            let name = is(|meaning| {
                matches!(
                    meaning,
                    Meaning::Name | Meaning::NameOrLast | Meaning::First | Meaning::FirstOrName | Meaning::Last
                )
            });
            let same = |column: &Value| column.as_array().is_some_and(|column| column.len() == first.len());
            first.len() >= 2 && name && columns.all(same)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_by_columns_are_told_from_records() {
        let table = [
            (r#"{"name": {"0": "Ana", "1": "Beto"}, "phone": {"0": "+5511987654321", "1": null}}"#, true),
            (r#"{"phone": ["+12025550101", "+61491570156"], "name": ["Ada", "Bruno"]}"#, true),
            (r#"{"name": ["Asha", "Li"], "phone": [919876543210, null], "tags": [["vip"], []]}"#, true),
            // One person.
            (r#"{"name": {"0": "Ana"}, "phone": {"0": "+5511987654321"}}"#, false),
            (r#"{"name": ["Ada"], "phone": ["+12025550101"]}"#, false),
            (r#"{"phones": ["+12025550101", "+12025550102"], "emails": ["a@example.org", "b@example.org"]}"#, false),
            (r#"{"name": "Ada", "phones": ["+12025550101", "+12025550102"]}"#, false),
            (r#"{"name": {"type": "t", "value": "Ada"}, "phone": {"type": "t", "value": "+12025550101"}}"#, false),
            // Records under their ids.
            (r#"{"0": {"name": "Ana", "phone": "1"}, "1": {"name": "Beto", "phone": "2"}}"#, false),
            ("[]", false),
        ];
        for (object, expected) in table {
            assert_eq!(is_table_by_columns(object.as_bytes()), expected, "{object}");
        }
    }
}
