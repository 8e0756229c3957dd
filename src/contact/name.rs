//! The name of a row: that of the person, else the nickname, else the organisation.

use std::borrow::Cow;

use super::columns::FieldColumns;
use super::{first_filled, text};
use crate::row::{Field, LIST_END, Row};

/// The name a row gives, whether or not it can be sent.
pub fn name_of<'r>(row: &'r Row, fields: &FieldColumns) -> Cow<'r, str> {
    NameCells::of(row, fields).name()
}

/// The cells that make a name, without white space around them: all of it, or given and family name. Where there is only one
/// cell, the second is empty; where there is none, both are.
#[derive(Clone, Copy)]
pub(super) struct NameCells<'r>(&'r str, &'r str);

impl<'r> NameCells<'r> {
    /// Those of a row.
    pub fn of(row: &'r Row, fields: &FieldColumns) -> NameCells<'r> {
        if let Some(full) = first_filled(row, fields.of(Field::Name)) {
            return NameCells(full, "");
        }
        match (first_filled(row, fields.of(Field::FirstName)), first_filled(row, fields.of(Field::LastName))) {
            (Some(first), Some(last)) => NameCells(first, last),
            (Some(one), None) | (None, Some(one)) => NameCells(one, ""),
            // Of a firm and its departments the firm.
            (None, None) => first_filled(row, &fields.other_names)
                .map_or(NameCells("", ""), |cell| NameCells(cell.split(LIST_END).next().unwrap_or_default(), "")),
        }
    }

    /// The name; empty where there is none.
    #[inline]
    pub fn name(self) -> Cow<'r, str> {
        let NameCells(first, last) = self;
        match last.is_empty() {
            true => text::name(first),
            false => Cow::Owned(text::joined(&text::name(first), &text::name(last))),
        }
    }

    /// The name as it is written, in one piece or two, cut where it is long.
    pub fn written(self) -> Option<(Cow<'r, str>, &'r str)> {
        let cut @ NameCells(first, last) = NameCells(up_to_longest(self.0), up_to_longest(self.1));
        if first.starts_with(text::stays_in_front) {
            return Some((Cow::Borrowed(first), last));
        }
        Some((cut.name(), "")).filter(|(name, _)| !name.is_empty())
    }
}

/// The first bytes of a cell. Names are shorter.
fn up_to_longest(cell: &str) -> &str {
    const LONGEST: usize = 256;
    if cell.len() <= LONGEST {
        return cell;
    }
    cell.get(..cell.floor_char_boundary(LONGEST)).unwrap_or(cell)
}
