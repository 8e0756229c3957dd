//! Which rows are wanted: `--only` and `--skip`.

use super::{Error, column_of};
use crate::row::Row;
use crate::source::Columns;

/// The rows that are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    tests: Vec<Test>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Test {
    column: u32,
    /// In lower case; an empty one is an empty cell.
    values: Vec<String>,
    /// Whether a row that matches is wanted, or one that does not.
    wanted: bool,
}

impl Filter {
    /// Reads the options: `COLUMN=VALUE,…`. A row must match every `only` and no `skip`.
    ///
    /// # Errors
    /// A column is unknown.
    pub fn find(only: &[String], skip: &[String], columns: &Columns) -> Result<Filter, Error> {
        let only = only.iter().map(|text| ("--only ", text, true));
        let skip = skip.iter().map(|text| ("--skip ", text, false));
        let tests = only.chain(skip).map(|(option, text, wanted)| {
            let (name, values) = split(text, columns);
            let column = column_of(name, columns, option)?;
            let values = values.split(',').map(|value| value.trim().to_lowercase()).collect();
            Ok(Test { column, values, wanted })
        });
        Ok(Filter { tests: tests.collect::<Result<_, Error>>()? })
    }

    /// Whether the row is wanted.
    pub fn keeps(&self, row: &Row) -> bool {
        self.tests.iter().all(|test| {
            let cell = row.cell(test.column as usize).trim();
            let matches = test.values.iter().any(|value| *value == cell || *value == cell.to_lowercase());
            matches == test.wanted
        })
    }
}

/// Parts the column from the values; the column's own name may have an equals sign in it.
fn split<'a>(text: &'a str, columns: &Columns) -> (&'a str, &'a str) {
    let mut parts =
        text.match_indices('=').map(|(at, _)| (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or("")));
    let known = parts.rfind(|(name, _)| columns.names().iter().any(|column| column == name));
    known.or_else(|| text.split_once('=')).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn rows_are_kept_or_left_out() {
        let columns = Columns::new(["City", "Consent", "a=b"].map(str::to_owned).to_vec());
        let mut row = Row::default();
        for cell in [" Pune ", "", "x"] {
            row.push(cell);
        }
        let keeps = |only: &[&str], skip: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
            Filter::find(&own(only), &own(skip), &columns).map(|filter| filter.keeps(&row))
        };
        let table: [(&[&str], &[&str], bool); 9] = [
            (&[], &[], true),
            (&["City=pune"], &[], true),
            (&["city=Delhi,PUNE"], &[], true),
            (&["City=Delhi"], &[], false),
            (&[], &["City=Pune"], false),
            (&["Consent="], &[], true),
            (&["Consent=yes"], &[], false),
            (&["City=Pune"], &["Consent="], false),
            (&["a=b=x"], &[], true),
        ];
        for (only, skip, kept) in table {
            assert_eq!(keeps(only, skip), Ok(kept), "{only:?} {skip:?}");
        }
        assert_eq!(keeps(&["Town=x"], &[]).unwrap_err().code(), "mapping.unknown_column");
    }
}
