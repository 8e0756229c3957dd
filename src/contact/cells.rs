//! The cells that hold a phone number or its country, and what stands in them.

use std::borrow::Cow;

use super::FieldColumns;
use super::notation;
use crate::markup;
use crate::row::{Field, LIST_END, Row, trimmed};
use crate::swar::{EACH, eights, within};
use crate::vocabulary::PhoneKind;

/// The columns of the row's phones, the preferred one first. Where a column beside them says what each number is, a mobile
/// goes before the others, and a fax is none.
pub(super) fn phone_columns<'f>(row: &Row, fields: &'f FieldColumns) -> Cow<'f, [u32]> {
    let columns = fields.of(Field::Phone);
    if fields.phone_labels.is_empty() {
        return Cow::Borrowed(columns);
    }
    let kind = |column: u32| {
        let (_, label) = fields.phone_labels.iter().find(|(phone, _)| *phone == column)?;
        Some(PhoneKind::of(&row.cell(*label as usize).to_lowercase()))
    };
    // What no column speaks of stands where its own title has put it.
    let rank = |column: u32| match kind(column) {
        None | Some(PhoneKind::WhatsApp | PhoneKind::Mobile) => 0,
        Some(PhoneKind::Any | PhoneKind::Place) => 1,
        Some(PhoneKind::Fax) => 2,
    };
    let mut ranked: Vec<u32> = columns.iter().copied().filter(|column| rank(*column) < 2).collect();
    ranked.sort_by_key(|column| rank(*column));
    Cow::Owned(ranked)
}

/// The cell without markup; one that is a list as such.
pub(super) fn plain(cell: &str) -> Cow<'_, str> {
    if is_number(cell) {
        return Cow::Borrowed(cell);
    }
    let plain = markup::plain(cell);
    listed(&plain).map_or(plain, Cow::Owned)
}

/// Whether there is nothing but digits in it, perhaps behind a `+`: most cells.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('+').unwrap_or(cell);
    eights(digits.as_bytes(), b'0').all(|eight| within(eight, b'0', b'9') == EACH)
}

/// The cell as a list of numbers, where it is written as one: `{a,b}`, `['a', 'b']`.
fn listed(cell: &str) -> Option<String> {
    if !trimmed(cell).starts_with(['[', '{', '(']) {
        return None;
    }
    let joined = |elements: &mut dyn Iterator<Item = &str>| elements.flat_map(|element| [element, "\u{1f}"]).collect();
    match notation::numbers(cell) {
        Some(numbers) => Some(joined(&mut numbers.iter().map(String::as_str))),
        None => notation::elements(cell).map(|elements| joined(&mut elements.iter().map(AsRef::as_ref))),
    }
}

/// What names the country in a cell: of an id and a name, as Odoo writes them, the name.
pub fn country(cell: &str) -> &str {
    let is_id = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let name = cell.strip_suffix(LIST_END).and_then(|list| list.split(LIST_END).find(|part| !is_id(part)));
    trimmed(name.unwrap_or(cell))
}

/// Whether the cell is `false`, which in JSON of some programs is an empty field.
pub(super) fn is_false(cell: &str) -> bool {
    trimmed(cell).eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        let mut row = Row::default();
        cells.iter().for_each(|cell| row.push(cell));
        row
    }

    #[test]
    fn a_fax_is_no_phone_and_a_mobile_goes_first() {
        let mut fields = FieldColumns::default();
        fields.phone_labels = vec![(1, 0), (3, 2)];
        fields.set(Field::Phone, vec![1, 3, 4]);
        let columns = |cells: &[&str]| phone_columns(&row(cells), &fields).into_owned();
        assert_eq!(columns(&["Work Fax", "+1", "Mobile", "+2", "+3"]), [3, 4]);
        assert_eq!(columns(&["Work", "+1", "Mobile", "+2"]), [3, 4, 1]);
        assert_eq!(columns(&["Home", "+1", "", "+2"]), [4, 1, 3]);
        assert_eq!(columns(&["Fax", "+1", "pager", "+2"]), [4]);
    }

    #[test]
    fn lists_in_a_cell() {
        assert_eq!(listed("['+1', '+2']").as_deref(), Some("+1\u{1f}+2\u{1f}"));
        assert_eq!(listed("{+1,+2}").as_deref(), Some("+1\u{1f}+2\u{1f}"));
        let json = r#"[{"label":"fax","value":"+9"},{"label":"home","value":"+2"},{"label":"cell","value":1}]"#;
        assert_eq!(listed(json).as_deref(), Some("1\u{1f}+2\u{1f}"));
        assert_eq!(listed(r#"{"type":"mobile","number":"+1"}"#).as_deref(), Some("+1\u{1f}"));
        assert_eq!(listed(r#"["+1", "+2"]"#).as_deref(), Some("+1\u{1f}+2\u{1f}"));
        for cell in ["(202) 555-0101", "+1, +2", "#12", "[+1"] {
            assert_eq!(listed(cell), None, "{cell}");
        }
        assert_eq!(country("104\u{1f}India\u{1f}"), "India");
        assert_eq!(country(" India "), "India");
        assert_eq!(country("49"), "49");
    }
}
