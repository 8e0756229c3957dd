//! Which column a user names: exactly, by its number among namesakes, or as the header would be read.

use super::{Cause, Error, name_of, positions};
use crate::row::Field;
use crate::source::Columns;
use crate::vocabulary::Meaning::{LastPhone, NameOrPhone, PerhapsPhone, Phone};
use crate::vocabulary::{is_never_a_phone, meaning, normal};

/// The column of this name: exactly, else with its number among namesakes, else as the header would be read.
pub(super) fn column_of(name: &str, columns: &Columns, option: &str) -> Result<u32, Error> {
    let names = columns.names();
    let exact: Vec<u32> = positions(names).filter(|(_, one)| *one == name).map(|(column, _)| column).collect();
    let alike = || {
        let wanted = normal(name);
        let alike = positions(names).filter(|(_, one)| !wanted.is_empty() && normal(one) == wanted);
        alike.map(|(column, _)| column).collect::<Vec<u32>>()
    };
    let by_number =
        || positions(names).find(|(column, _)| numbered(*column, columns) == name).map(|(column, _)| vec![column]);
    let found = if exact.is_empty() { by_number().unwrap_or_else(alike) } else { exact };
    match found.as_slice() {
        [column] => Ok(*column),
        [] => Err(Error::UnknownColumn {
            option: option.to_owned(),
            column: name.to_owned(),
            nearest: nearest(name, names, option),
            headers: names.to_vec(),
        }),
        several => {
            let field = option.trim_start_matches("--map ").trim_end_matches('=');
            let field = Field::ALL.into_iter().find(|one| one.as_str() == field).unwrap_or(Field::Attribute);
            let columns = several.iter().map(|&column| numbered(column, columns)).collect();
            Err(Error::Ambiguous { field, columns, cause: Cause::Namesakes })
        }
    }
}

/// The name of a column, with its number if others have the same.
pub fn numbered(column: u32, columns: &Columns) -> String {
    let name = name_of(column, columns);
    let same = || positions(columns.names()).filter(|(_, one)| *one == name);
    match same().count() {
        0 | 1 => name.to_owned(),
        _ => format!("{name} ({})", same().take_while(|(one, _)| *one <= column).count()),
    }
}

/// How near a name is to what was typed; a part of it counts too, a little less: `Moble` is near to `Mobile No`.
fn near(wanted: &str, name: &str) -> f64 {
    let words: Vec<&str> = name.split(' ').collect();
    let parts = words.windows(wanted.split(' ').count()).map(|part| part.join(" "));
    let parts = parts.map(|part| 0.9 * strsim::normalized_damerau_levenshtein(wanted, &part));
    parts.fold(strsim::normalized_damerau_levenshtein(wanted, name), f64::max)
}

/// The name that is nearest to the one that was typed, if it is near and means no other field than the option.
fn nearest(name: &str, names: &[String], option: &str) -> Option<String> {
    let wanted = normal(name);
    let is_phone = option == "--map phone=";
    let is_of_another = |one: &str| {
        let meaning = meaning(one).map(|(meaning, _)| meaning);
        let is_a_phone = matches!(meaning, Some(Phone(_) | PerhapsPhone(_) | LastPhone | NameOrPhone));
        is_phone && (is_never_a_phone(one) || meaning.is_some() && !is_a_phone)
    };
    let far = |one: &String| near(&wanted, &normal(one));
    names
        .iter()
        .filter(|one| !is_of_another(one))
        .map(|one| (far(one), one))
        .filter(|(near, _)| *near >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, one)| one.clone())
}
