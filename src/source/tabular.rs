//! Tables in JSON: rows of cells under a header, and columns side by side.

use serde_json::Value;

use super::evidence::{is_name, is_phone, is_role};
use super::outline::Node;
use crate::row::Row;
use crate::vocabulary::{Meaning, known_titles, meaning};

/// Whether the value is one row of a table: a list of cells.
pub(super) fn is_row(node: &Node) -> bool {
    node.as_list().is_some_and(|cells| !cells.is_empty() && !cells.iter().any(Node::is_object))
}

/// The lists beside a table that may name its columns: texts, or objects with a name.
pub(super) fn headers(members: &[(String, Node)]) -> Vec<Vec<String>> {
    let mut headers = Vec::new();
    for (_, node) in members {
        match node {
            Node::List(items) => headers.extend(named(items)),
            Node::Object(inner) => headers.extend(inner.members.iter().filter_map(|(_, node)| named(node.as_list()?))),
            Node::Scalar(_) | Node::Unknown => {}
        }
    }
    headers
}

pub(super) fn named(items: &[Node]) -> Option<Vec<String>> {
    const NAMES: [&str; 6] = ["name", "label", "display_name", "title", "id", "key"];
    let name = |node: &Node| match node {
        Node::Object(object) => NAMES
            .iter()
            .find_map(|name| object.members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))
            .and_then(|(_, value)| value.as_str())
            .map(str::to_owned),
        node => node.as_str().map(str::to_owned),
    };
    let names: Option<Vec<String>> = items.iter().map(name).collect();
    names.filter(|names| !names.is_empty())
}

pub(super) fn guessed(lists: &[&[Node]]) -> Vec<String> {
    let cell = |node: &Node| match node {
        Node::Scalar(Value::String(text)) => text.clone(),
        Node::Scalar(Value::Null) | Node::List(_) | Node::Object(_) | Node::Unknown => String::new(),
        Node::Scalar(value) => value.to_string(),
    };
    let row = |cells: &&[Node]| {
        let mut row = Row::default();
        cells.iter().for_each(|node| row.push(&cell(node)));
        row
    };
    super::headerless::names(&lists.iter().map(row).collect::<Vec<_>>())
}

/// Whether the object holds at least two rows by columns, with phones among them: `{"name": ["Ada", "Ben"], "phone":
/// ["+1…", "+4…"]}`, or the same with row numbers as keys, as `DataFrame.to_json()` writes it.
pub(super) fn is_table_by_columns(members: &[(String, Node)]) -> bool {
    let has = |wanted: fn(Meaning) -> bool| {
        members.iter().filter_map(|(key, _)| meaning(key)).any(|(meaning, _)| wanted(meaning))
    };
    if members.len() < 2 || !has(is_phone) {
        return false;
    }
    let mut columns = members.iter().map(|(_, node)| node);
    match columns.next() {
        Some(Node::Object(first)) => {
            let first = &first.members;
            let keys = |node: &Node| {
                node.as_object().map(|members| members.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>())
            };
            let same = Some(first.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>());
            let is_number = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
            let is_index = first.iter().all(|(key, _)| is_number(key))
                || has(is_name) && first.iter().all(|(key, node)| is_label(key) && !node.is_object());
            first.len() >= 2 && is_index && columns.all(|column| keys(column) == same)
        }
        // A person may have as many e-mail addresses as phones, but not as many names.
        Some(Node::List(first)) => {
            let same = |column: &Node| column.as_list().is_some_and(|column| column.len() == first.len());
            let is_name = |meaning| is_name(meaning) && meaning != Meaning::Email;
            first.len() >= 2 && has(is_name) && columns.all(same)
        }
        _ => false,
    }
}

/// Whether the word may be the label of a row, and is not that of a part of a value.
fn is_label(key: &str) -> bool {
    const PARTS: &str = " type value label id key name first last primary verified country code number prefix raw ";
    meaning(key).is_none() && !is_role(key) && !PARTS.contains(&format!(" {} ", key.to_lowercase()))
}

/// Whether the elements are the columns of a table, with their names: `[{"name": "phone", "values": […]}, …]`.
pub(super) fn are_columns(items: &[Node]) -> bool {
    let column = |item: &Node| {
        let member = |wanted: &str| item.as_object()?.iter().find(|(key, _)| key == wanted).map(|(_, node)| node);
        Some((member("name")?.as_str()?.to_owned(), member("values")?.as_list()?.len()))
    };
    let columns: Option<Vec<(String, usize)>> = items.iter().map(column).collect();
    columns.is_some_and(|columns| {
        let height = columns.first().map_or(0, |(_, height)| *height);
        height > 1
            && columns.iter().all(|(_, one)| *one == height)
            && known_titles(columns.iter().map(|(name, _)| name.as_str())).phone
    })
}

/// Whether it is a jCard, or a list of them: a list that begins with the word `vcard`.
pub(super) fn is_jcard(node: &Node) -> bool {
    let begins = |node: &Node| {
        node.as_list()
            .and_then(<[Node]>::first)
            .and_then(Node::as_str)
            .is_some_and(|word| word.eq_ignore_ascii_case("vcard"))
    };
    begins(node) || node.as_list().and_then(<[Node]>::first).is_some_and(begins)
}

/// The member of each element that is a row of cells, and the names of its columns: `{"f": [{"v": "Ada"}, …]}` of
/// BigQuery, `{"row": ["Ada", …]}` of Neo4j.
pub(super) fn cells_within(items: &[Node], beside: &[Vec<String>]) -> Option<(String, Vec<String>)> {
    let has_phone = |names: &&Vec<String>| known_titles(names.iter().map(String::as_str)).phone;
    let names = beside.iter().find(has_phone)?;
    let is_cells = |node: &Node| node.as_list().is_some_and(|cells| cells.len() == names.len());
    let (key, _) = items.first()?.as_object()?.iter().find(|(_, node)| is_cells(node))?;
    let has_cells = |item: &Node| {
        item.as_object().is_some_and(|members| members.iter().any(|(one, node)| one == key && is_cells(node)))
    };
    items.iter().all(has_cells).then(|| (key.clone(), names.clone()))
}
