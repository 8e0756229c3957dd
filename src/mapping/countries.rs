//! Columns that say where a number is, and that no field uses.

use super::{FieldColumns, name_of, positions};
use crate::contact::country;
use crate::contact::phone::{self, Region};
use crate::row::{Field, Row, is_nothing};
use crate::source::Columns;
use crate::vocabulary::{is_not_of_the_phone, normal};

/// A column of countries or calling codes that no field uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedCountry {
    /// The column, from 0.
    pub column: u32,
    /// Its name.
    pub name: String,
    /// The field it would be mapped to: `Region`, or `Prefix` for calling codes.
    pub field: Field,
}

/// So many cells have to be filled before their values say what the column holds.
const FEWEST: usize = 3;

/// The columns of countries or calling codes that no field uses; none where a field has such a column already.
pub(super) fn unused(fields: &FieldColumns, columns: &Columns, sample: &[Row]) -> Vec<UnusedCountry> {
    if [Field::Region, Field::Prefix].into_iter().any(|field| !fields.of(field).is_empty()) {
        return Vec::new();
    }
    let free = positions(columns.names()).filter(|(column, name)| !fields.uses(*column) && !is_of_something_else(name));
    let found = free.filter_map(|(column, name)| {
        let field = held(column, sample, may_be_codes(name))?;
        Some(UnusedCountry { column, name: name_of(column, columns).to_owned(), field })
    });
    found.collect()
}

/// Whether half of the filled cells name a country.
pub(super) fn holds_countries(column: u32, sample: &[Row]) -> bool {
    let cells = sample.iter().map(|row| country(row.cell(column as usize)));
    let filled = cells.filter(|cell| !cell.is_empty() && !is_nothing(cell));
    let (all, hits) =
        filled.fold((0, 0), |(all, hits), cell| (all + 1, hits + usize::from(Region::of_name(cell).is_some())));
    all > 0 && hits * 2 >= all
}

/// Whether the title says that the countries are not those of the numbers, or that what looks like them are none.
fn is_of_something_else(name: &str) -> bool {
    const NO_COUNTRIES: &str = " state province region city currency interest interests ";
    is_not_of_the_phone(name) || normal(name).split(' ').any(|word| NO_COUNTRIES.contains(&format!(" {word} ")))
}

/// Whether the title lets two letters be the code of a country. Under another they may as well be a language or a state.
fn may_be_codes(name: &str) -> bool {
    const TITLES: &str = " nation iso iso2 geo market territory country countries land pays pais país paese ";
    normal(name).split(' ').any(|word| TITLES.contains(&format!(" {word} ")))
}

/// The field that nearly all filled cells are values of.
fn held(column: u32, sample: &[Row], two_letters: bool) -> Option<Field> {
    let cells = sample.iter().map(|row| country(row.cell(column as usize)));
    let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty() && !is_nothing(cell)).collect();
    let is_country = |cell: &str| {
        let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
        (letters > 2 || two_letters) && Region::of_name(cell).is_some()
    };
    let nearly_all = |is: &dyn Fn(&str) -> bool| filled.iter().filter(|cell| is(cell)).count() * 10 >= filled.len() * 9;
    match filled.len() {
        ..FEWEST => None,
        _ if nearly_all(&is_country) => Some(Field::Region),
        _ if nearly_all(&is_calling_code) => Some(Field::Prefix),
        _ => None,
    }
}

/// Whether the cell is a calling code with its `+`. Without it, small numbers may be anything.
fn is_calling_code(cell: &str) -> bool {
    let plain = phone::plain(cell);
    plain.starts_with('+') && plain.len() <= 7 && plain.parse::<Region>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Mapping, Options};
    use super::*;

    /// The unused columns of countries of a table whose first line is the header.
    fn unused(table: &str, options: &Options) -> Vec<(String, Field)> {
        let mut lines = table.lines().map(|line| line.split(','));
        let columns = Columns::new(lines.next().unwrap().map(str::to_owned).collect());
        let row = |cells: std::str::Split<'_, char>| {
            let mut row = Row::default();
            cells.for_each(|cell| row.push(cell));
            row
        };
        let sample: Vec<Row> = lines.map(row).collect();
        let mapping = Mapping::find(&columns, &sample, options).unwrap();
        mapping.unused_countries().iter().map(|one| (one.name.clone(), one.field)).collect()
    }

    #[test]
    fn unused_columns_of_countries_are_found_by_their_cells() {
        let found = |title: &str, cells: [&str; 4]| {
            let rows: String = cells.iter().map(|cell| format!("Eva,0176 12345678,{cell}\n")).collect();
            unused(&format!("Name,Phone,{title}\n{rows}"), &Options::default()).pop()
        };
        let region = |title: &str| Some((title.to_owned(), Field::Region));
        assert_eq!(found("Source", ["Germany", "France", "", "United Kingdom"]), region("Source"));
        assert_eq!(found("Herkunft", ["Deutschland", "Österreich", "DEU", "Schweiz"]), region("Herkunft"));
        assert_eq!(found("Market", ["DE", "FR", "US", "GB"]), region("Market"));
        assert_eq!(found("Vorw.", ["+49", "+33", "+1", "+44"]), Some(("Vorw.".to_owned(), Field::Prefix)));
        for (title, cells) in [
            ("Source", ["Germany", "France", "", ""]),
            ("Source", ["Germany", "France", "Web", "Italy"]),
            ("State", ["DE", "IN", "CA", "GA"]),
            ("Initials", ["DE", "IN", "CA", "GA"]),
            ("Country of birth", ["Germany", "France", "Italy", "Spain"]),
            ("Nationality", ["Germany", "France", "Italy", "Spain"]),
            ("Age", ["49", "33", "44", "91"]),
            // A field uses it.
            ("Country", ["Germany", "France", "Italy", "Spain"]),
            ("Country code", ["+49", "+33", "+1", "+44"]),
        ] {
            assert_eq!(found(title, cells), None, "{title} {cells:?}");
        }
    }

    #[test]
    fn who_names_a_column_of_countries_is_not_asked_for_another() {
        let rows = "Eva,0176 12345678,Germany,Italy\n".repeat(4);
        let table = format!("Name,Phone,Source,Target\n{rows}");
        let named = |map: &[&str]| Options {
            map: map.iter().map(|field| (field.parse().unwrap(), "Source".to_owned())).collect(),
            ..Options::default()
        };
        assert_eq!(unused(&table, &named(&[])).len(), 2);
        assert_eq!(unused(&table, &named(&["attr.source"])).len(), 1);
        assert_eq!(unused(&table, &named(&["region"])), []);
    }
}
