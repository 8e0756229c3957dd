//! The sheets of a workbook by name, and which of them are asked for.

use crate::source::error::ErrorKind;
use crate::source::options::Sheet;

/// The most sheets of a workbook.
const MAX_SHEETS: usize = 1000;

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetName {
    pub name: String,
    /// Whether a person does not see it.
    pub is_hidden: bool,
}

/// The sheets that are asked for, by their numbers from 0; neither some nor all: the first with phones.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub all: bool,
    pub named: Vec<usize>,
}

impl Wanted {
    /// Finds the sheets that `--sheet` asks for.
    pub fn find(asked: &[Sheet], sheets: &[SheetName]) -> Result<Wanted, ErrorKind> {
        if sheets.len() > MAX_SHEETS {
            return Err(ErrorKind::Spreadsheet("it has more than 1,000 sheets".to_owned()));
        }
        let mut wanted = Wanted::default();
        for sheet in asked {
            match sheet {
                Sheet::All => wanted.all = true,
                Sheet::Name(name) => wanted.add(find(name, None, sheets)?),
                Sheet::Number(number) => wanted.add(find(&number.to_string(), Some(*number), sheets)?),
            }
        }
        Ok(wanted)
    }

    fn add(&mut self, sheet: usize) {
        if !self.named.contains(&sheet) {
            self.named.push(sheet);
        }
    }

    /// Whether a sheet is wanted that nobody has named, because it has phones.
    pub fn looks_for_phones(&self) -> bool {
        self.all || self.named.is_empty()
    }
}

/// The sheet of a name, of one that differs by its case only, or of a number from 1 among those that are shown.
fn find(name: &str, number: Option<usize>, sheets: &[SheetName]) -> Result<usize, ErrorKind> {
    let plain = |name: &str| name.trim().to_lowercase();
    let exact = || sheets.iter().position(|sheet| sheet.name == name);
    let alike = || sheets.iter().position(|sheet| plain(&sheet.name) == plain(name));
    let shown = || sheets.iter().enumerate().filter(|(_, sheet)| !sheet.is_hidden);
    let by_number = || shown().nth(number?.checked_sub(1)?).map(|(place, _)| place);
    exact().or_else(alike).or_else(by_number).ok_or_else(|| ErrorKind::NoSheet {
        wanted: format!("{name:?}"),
        sheets: shown().map(|(_, sheet)| sheet.name.clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_found_by_name_and_by_number() {
        let sheet = |name: &str, is_hidden| SheetName { name: name.to_owned(), is_hidden };
        let sheets = [sheet("A", false), sheet("Lists", true), sheet(" Turma B", false), sheet("1", false)];
        type Expected = Option<(bool, &'static [usize])>;
        let table: [(&[&str], Expected); 9] = [
            (&[], Some((false, &[]))),
            (&["all"], Some((true, &[]))),
            (&["a", "turma b"], Some((false, &[0, 2]))),
            (&["2", "A", "2"], Some((false, &[2, 0]))),
            (&["1"], Some((false, &[3]))),
            (&["Lists", "all"], Some((true, &[1]))),
            (&["3"], Some((false, &[3]))),
            (&["4"], None),
            (&["A", "C"], None),
        ];
        for (asked, expected) in table {
            let asked: Vec<Sheet> = asked.iter().map(|text| text.parse().unwrap()).collect();
            let found = Wanted::find(&asked, &sheets).ok();
            let expected = expected.map(|(all, named)| Wanted { all, named: named.to_vec() });
            assert_eq!(found, expected, "{asked:?}");
        }
    }
}
