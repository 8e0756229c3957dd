//! The object that a contact would be, made of a row of cells or of a table that is written by columns, and with what
//! stands around it.

use std::ops::Range;

use super::pieces::{elements, members};

/// A row of cells as an object: each cell under the name of its column. Where there is one column, a cell needs no list
/// around it. Nothing if it is no list.
pub(super) fn from_cells(names: &[String], row: &[u8]) -> Option<Vec<u8>> {
    let is_cell = names.len() == 1 && row.starts_with(b"\"");
    let cells = if is_cell { std::iter::once(0..row.len()).collect() } else { elements(row)? };
    let mut object = vec![b'{'];
    for (column, place) in cells.into_iter().enumerate() {
        let cell = value_of(row.get(place).unwrap_or_default());
        match names.get(column) {
            Some(name) => push(&mut object, name, cell),
            None => push(&mut object, &format!("column {}", column + 1), cell),
        }
    }
    object.push(b'}');
    Some(object)
}

/// The value of a cell that is an object: `{"v": "Ada", "f": "ADA"}`.
fn value_of(cell: &[u8]) -> &[u8] {
    let place = cell.starts_with(b"{").then(|| members(cell)).flatten().and_then(|members| {
        let is_value = |key: &Range<usize>| matches!(cell.get(key.clone()), Some(b"\"v\"" | b"\"value\""));
        members.into_iter().find(|(key, _)| is_value(key)).map(|(_, value)| value)
    });
    place.and_then(|place| cell.get(place)).unwrap_or(cell)
}

/// Whether the cells are the names themselves: the header, wherever it stands.
pub(super) fn is_header(names: &[String], row: &[u8]) -> bool {
    serde_json::from_slice::<Vec<String>>(row).is_ok_and(|cells| cells == names)
}

/// The object with members that it does not have itself in front.
pub(super) fn with(added: &[(String, Vec<u8>)], object: &[u8]) -> Option<Vec<u8>> {
    let rest = object.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    let mut text = vec![b'{'];
    added.iter().for_each(|(name, value)| push(&mut text, name, value));
    if !rest.starts_with(b"}") {
        text.push(b',');
    }
    text.extend_from_slice(rest);
    Some(text)
}

fn push(object: &mut Vec<u8>, name: &str, value: &[u8]) {
    if object.len() > 1 {
        object.push(b',');
    }
    object.extend_from_slice(serde_json::Value::from(name).to_string().as_bytes());
    object.push(b':');
    object.extend_from_slice(value);
}

/// The names and cells of columns that are objects: `[{"name": "phone", "values": […]}, …]`.
fn columns_of(table: &[u8]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let mut columns = Vec::new();
    for place in elements(table)? {
        let within = |inner: &Range<usize>| place.start + inner.start..place.start + inner.end;
        let column: Vec<_> = members(table.get(place.clone())?)?;
        let value = |wanted: &[u8]| {
            let is_it = |key: &Range<usize>| table.get(within(key)) == Some(wanted);
            column.iter().find(|(key, _)| is_it(key)).map(|(_, value)| within(value))
        };
        columns.push((value(b"\"name\"")?, value(b"\"values\"")?));
    }
    Some(columns)
}

/// A table that is written by columns, and how far it has been read.
pub(super) struct Transposed {
    table: Vec<u8>,
    /// The names of the columns, and where their cells stand.
    columns: Vec<(String, Vec<Range<usize>>)>,
    height: usize,
    next: usize,
}

impl Transposed {
    /// Nothing if the columns are no lists or objects, or not of one length.
    pub fn of(table: &[u8]) -> Option<Transposed> {
        let mut columns = Vec::new();
        let named = if table.starts_with(b"[") { columns_of(table)? } else { members(table)? };
        for (key, place) in named {
            let column = table.get(place.clone())?;
            let cells: Vec<Range<usize>> = match column.first() {
                Some(b'{') => members(column)?.into_iter().map(|(_, cell)| cell).collect(),
                _ => elements(column)?,
            };
            let cells = cells.into_iter().map(|cell| place.start + cell.start..place.start + cell.end).collect();
            columns.push((serde_json::from_slice::<String>(table.get(key)?).ok()?, cells));
        }
        let height = columns.first().map(|(_, cells): &(String, Vec<_>)| cells.len())?;
        let is_even = columns.iter().all(|(_, cells)| cells.len() == height);
        is_even.then(|| Transposed { table: table.to_vec(), columns, height, next: 0 })
    }

    /// The next row as an object, and where in the table its first cell stands.
    pub fn next(&mut self) -> Option<(usize, Vec<u8>)> {
        if self.next == self.height {
            return None;
        }
        let cell = |cells: &Vec<Range<usize>>| cells.get(self.next).cloned().unwrap_or_default();
        let mut object = vec![b'{'];
        for (name, cells) in &self.columns {
            push(&mut object, name, self.table.get(cell(cells)).unwrap_or_default());
        }
        object.push(b'}');
        let place = self.columns.first().map_or(0, |(_, cells)| cell(cells).start);
        self.next += 1;
        Some((place, object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Option<Vec<u8>>) -> Option<String> {
        bytes.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn rows_become_objects() {
        let names = ["name".to_owned(), "a\"b".to_owned()];
        assert_eq!(
            text(from_cells(&names, b"[\"Ada\", 1.50, [2]]")).unwrap(),
            r#"{"name":"Ada","a\"b":1.50,"column 3":[2]}"#
        );
        assert_eq!(text(from_cells(&names, b"[]")).unwrap(), "{}");
        assert_eq!(text(from_cells(&names, b"{}")), None);
        assert!(is_header(&names, b"[\"name\", \"a\\\"b\"]"));
        assert!(!is_header(&names, b"[\"name\"]"));
        let added = [("group".to_owned(), b"\"A\"".to_vec())];
        assert_eq!(text(with(&added, b"{ }")).unwrap(), r#"{"group":"A"}"#);
        assert_eq!(text(with(&added, b"{\"a\":1}")).unwrap(), r#"{"group":"A","a":1}"#);
    }

    #[test]
    fn columns_become_rows() {
        let rows = |table: &str| {
            let mut table = Transposed::of(table.as_bytes())?;
            Some(
                std::iter::from_fn(|| table.next().map(|(at, row)| format!("{at} {}", text(Some(row)).unwrap())))
                    .collect::<Vec<_>>(),
            )
        };
        let expected = [r#"6 {"a":919876543210.00,"b":"x"}"#, r#"22 {"a":2,"b":null}"#];
        assert_eq!(rows(r#"{"a":[919876543210.00,2],"b":["x",null]}"#).unwrap(), expected);
        assert_eq!(rows(r#"{"a":{"0":1,"1":2},"b":{"0":3,"1":4}}"#).unwrap().len(), 2);
        assert_eq!(
            rows(r#"[{"name":"a","values":[1,2]},{"type":"x","name":"b","values":[3,4]}]"#).unwrap(),
            [r#"23 {"a":1,"b":3}"#, r#"25 {"a":2,"b":4}"#]
        );
        assert_eq!(rows(r#"{"a":[1,2],"b":[1]}"#), None);
        assert_eq!(rows(r#"{"a":1}"#), None);
    }
}
