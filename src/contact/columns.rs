//! Which columns hold which field of a contact: positions only. `mapping` finds them.

use crate::row::{Field, Row};

/// A phone that has a name of its own beside it, as in orders the one of the delivery. Where that is another than the
/// contact's, the phone is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnName {
    /// The column of the phone.
    pub phone: u32,
    /// The column of the name beside it.
    pub name: u32,
    /// The column of the contact's name.
    pub main: u32,
}

impl OwnName {
    /// Whether the row has both names, and neither is a part of the other.
    pub fn is_of_another(self, row: &Row) -> bool {
        let [own, main] = [self.name, self.main].map(|column| row.cell(column as usize).trim().to_lowercase());
        !own.is_empty() && !main.is_empty() && !own.contains(&main) && !main.contains(&own)
    }
}

/// The columns of each field, by position from 0, the preferred one first, and those of the attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldColumns {
    fields: [Vec<u32>; Field::ALL.len()],
    /// Columns of phones whose digits begin with the calling code, as those of WhatsApp do.
    pub international: Vec<u32>,
    /// Columns of phones, each with the column that says what its number is: mobile, work, fax.
    pub phone_labels: Vec<(u32, u32)>,
    /// Phones that have names of their own beside them.
    pub own_names: Vec<OwnName>,
    /// Columns whose cell is the name where there is no other: nicknames, then organisations.
    pub other_names: Vec<u32>,
    /// Columns that become attributes, with their keys.
    pub attributes: Vec<(u32, String)>,
}

impl FieldColumns {
    /// The columns of a field, the preferred one first; empty where no column holds it.
    pub fn of(&self, field: Field) -> &[u32] {
        self.fields.get(field as usize).map_or(&[], Vec::as_slice)
    }

    /// Adds a column behind those the field has.
    pub fn add(&mut self, field: Field, column: u32) {
        if let Some(columns) = self.fields.get_mut(field as usize) {
            columns.push(column);
        }
    }

    /// Replaces the columns of a field.
    pub fn set(&mut self, field: Field, columns: Vec<u32>) {
        if let Some(slot) = self.fields.get_mut(field as usize) {
            *slot = columns;
        }
    }

    /// Whether some column holds names, or what is taken for one.
    pub fn has_names(&self) -> bool {
        let fields = [Field::Name, Field::FirstName, Field::LastName];
        !self.other_names.is_empty() || fields.iter().any(|field| !self.of(*field).is_empty())
    }

    /// Each field with its columns, in the order of reports; attributes are left out.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &[u32])> {
        Field::ALL.into_iter().map(|field| (field, self.of(field)))
    }

    /// Whether the row's phone in this column is somebody else's.
    pub fn is_of_another(&self, column: u32, row: &Row) -> bool {
        self.own_names.iter().any(|own| own.phone == column && own.is_of_another(row))
    }

    /// Whether a field or an attribute uses the column.
    pub fn uses(&self, column: u32) -> bool {
        self.fields.iter().flatten().any(|&used| used == column)
            || self.attributes.iter().any(|&(used, _)| used == column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_own_columns() {
        let mut columns = FieldColumns::default();
        for (field, column) in Field::ALL.into_iter().zip(10..) {
            columns.add(field, column);
        }
        assert!(Field::ALL.into_iter().zip(10..).all(|(field, column)| columns.of(field) == [column]));
        assert!(columns.of(Field::Row).is_empty() && columns.of(Field::Attribute).is_empty());
        columns.set(Field::Phone, vec![1, 2]);
        columns.attributes.push((7, "city".to_owned()));
        columns.own_names.push(OwnName { phone: 2, name: 3, main: 10 });
        let mut row = Row::default();
        ["", "", "", "Ben", "", "", "", "", "", "", "Ada"].into_iter().for_each(|cell| row.push(cell));
        assert!(columns.is_of_another(2, &row) && !columns.is_of_another(1, &row));
        assert!([1, 2, 7, 10].into_iter().all(|column| columns.uses(column)) && !columns.uses(3));
    }
}
