//! The same contacts in every shape are read as the same contacts.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::row::{LIST_END, Row};
use crate::source::json::Json;
use crate::source::text::Utf8Buffer;

type Person = (String, String);

/// The names and phones that are read, in their order.
fn read(text: &str) -> Result<Vec<Person>, String> {
    let buffer = || Utf8Buffer::of(text.as_bytes());
    let shape = Json::shape(buffer()).map_err(|error| error.to_string())?;
    let mut json = Json::new(buffer(), shape);
    let mut row = Row::default();
    let mut people = Vec::new();
    loop {
        match json.next(&mut row) {
            Ok(false) => return Ok(people),
            Ok(true) => {
                let cell = |end: &str| {
                    let is_it = |name: &&String| name.rsplit('.').next() == Some(end);
                    let column = json.flat.names.iter().position(|name| is_it(&name)).unwrap_or(usize::MAX);
                    row.cell(column).trim_end_matches(LIST_END).to_owned()
                };
                people.push((cell("name"), cell("phone")));
            }
            Err(error) => return Err(format!("{error:?}")),
        }
    }
}

/// A person as an object: plainly, with types, or as values with their names beside them.
fn object((name, phone): &Person, style: usize) -> Value {
    match style {
        0 => json!({"name": name, "phone": phone}),
        1 => json!({"id": 7, "name": {"S": name}, "phone": {"S": phone}}),
        2 => json!({"fields": {"name": {"stringValue": name}, "phone": {"stringValue": phone}}}),
        3 => json!({"field_data": [{"name": "name", "values": [name]}, {"name": "phone", "values": [phone]}]}),
        4 => json!({"name": [name], "phone": [phone], "orders": [], "x": null}),
        5 => {
            json!({"answers": [{"field": {"ref": "name"}, "type": "text", "text": name}, {"field": {"ref": "phone"}, "type": "text", "text": phone}]})
        }
        6 => {
            json!({"properties": {"name": {"id": "title", "type": "title", "title": [{"plain_text": name}]}, "phone": {"id": "a", "type": "phone_number", "phone_number": phone}}})
        }
        _ => json!({"customer": {"name": name, "phone": phone}, "items": [{"name": "Tea", "quantity": 2}]}),
    }
}

/// All of them in one document.
fn document(people: &[Person], objects: &[Value], shape: usize) -> String {
    let half = objects.len() / 2;
    let (one, other) = objects.split_at(half);
    let keyed = |objects: &[Value]| {
        let members = objects.iter().enumerate().map(|(number, object)| format!("\"k{number}\":{object}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let rows = || people.iter().map(|(name, phone)| json!([name, phone])).collect::<Vec<_>>();
    let lines = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let gaps = [vec![Value::Null], objects.to_vec(), vec![Value::Null]].concat();
    let column = |which: fn(&Person) -> &String| people.iter().map(which).collect::<Vec<_>>();
    match shape {
        0 => json!(objects).to_string(),
        1 => lines(objects),
        2 => json!({"meta": {"total": 9}, "list of them": objects}).to_string(),
        3 => json!({"a": {"b": {"c": objects, "d": []}}}).to_string(),
        4 => keyed(objects),
        5 => format!("{{\"page\":1,\"x\":{}}}", keyed(objects)),
        6 => json!([{"page": 1, "them": one}, {"page": 2, "them": null}, {"page": 3, "them": other}]).to_string(),
        7 => json!({"firms": [{"firm": "A", "staff": {"records": one}}, {"firm": "B", "staff": {"records": other}}]})
            .to_string(),
        8 => json!({"edges": objects.iter().map(|object| json!({"node": object})).collect::<Vec<_>>()}).to_string(),
        9 => json!({"nothing": [], "none": null, "them": gaps}).to_string(),
        10 => json!({"columns": ["name", "phone"], "data": rows()}).to_string(),
        11 => json!([vec![json!(["name", "phone"])], rows()].concat()).to_string(),
        12 => lines(&[vec![json!(["name", "phone"])], rows()].concat()),
        _ => json!({"name": column(|(name, _)| name), "phone": column(|(_, phone)| phone)}).to_string(),
    }
}

proptest! {
    #[test]
    fn contacts_are_the_same_in_every_shape(
        people in prop::collection::vec(("[A-Z][a-zé]{2,8}( [A-Z][a-z]{2,8})?", r"\+[1-9][0-9]{9,11}"), 2..6),
        style in 0..8usize,
        shape in 0..14usize,
    ) {
        let objects: Vec<Value> = people.iter().map(|person| object(person, style)).collect();
        let text = document(&people, &objects, shape);
        prop_assert_eq!(read(&text), Ok(people), "{}", text);
    }
}
