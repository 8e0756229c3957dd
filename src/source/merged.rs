//! Cells of a sheet that are merged over several rows: each of the rows has the value of the first.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::ErrorKind;
use crate::row::Row;

/// Cells of one column that are merged from a line to another; only the first of them has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    pub first: u64,
    pub last: u64,
    /// From 0.
    pub column: usize,
}

/// Fills the rows of one reading, from the first to the last.
pub(super) struct MergedCells {
    /// By their first lines.
    merges: Arc<[Merge]>,
    /// The first of them that is not yet reached.
    next: usize,
    /// By column: the last lines of those that have begun, and their values.
    begun: BTreeMap<usize, (u64, String)>,
    /// How many bytes were filled in, and how many may be.
    filled: u64,
    most: u64,
}

/// So many bytes are no bomb, however small the workbook.
const HARMLESS: u64 = 4 << 20;
/// How many times the length of the workbook may be filled in.
const RATIO: u64 = 20;

impl MergedCells {
    pub fn new(merges: Arc<[Merge]>, packed: u64) -> MergedCells {
        MergedCells {
            merges,
            next: 0,
            begun: BTreeMap::new(),
            filled: 0,
            most: HARMLESS.max(packed.saturating_mul(RATIO)),
        }
    }

    /// Fills the empty cells of a row that are merged with one above.
    pub fn fill(&mut self, row: &mut Row, spare: &mut Row) -> Result<(), ErrorKind> {
        let line = row.location.line;
        self.begun.retain(|_, (last, _)| line <= *last);
        let is_wanted = |column: usize| row.cell(column).trim().is_empty();
        if let Some(last) = self.begun.keys().rev().copied().find(|column| is_wanted(*column)) {
            spare.clear();
            spare.location = row.location;
            for column in 0..row.len().max(last + 1) {
                let found = self.begun.get(&column).filter(|_| is_wanted(column));
                spare.push(found.map_or(row.cell(column), |(_, value)| value));
                self.filled += found.map_or(1, |(_, value)| value.len() as u64);
            }
            std::mem::swap(row, spare);
            if self.filled > self.most {
                return Err(ErrorKind::Bomb("spreadsheet"));
            }
        }
        while let Some(merge) = self.merges.get(self.next).filter(|merge| merge.first <= line) {
            self.next += 1;
            let value = row.cell(merge.column).trim();
            if merge.first == line && !value.is_empty() {
                self.begun.insert(merge.column, (merge.last, value.to_owned()));
            } else if merge.first == line {
                self.begun.remove(&merge.column);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_the_value_of_the_first() {
        let merge = |first, last, column| Merge { first, last, column };
        // The first is in the header, which is not read.
        let merges = [merge(1, 3, 0), merge(4, 6, 0), merge(5, 6, 2), merge(8, 9, 0)];
        let mut cells = MergedCells::new(merges.into(), 100);
        let table = [
            (3, "|a", "|a"),
            (4, "Ana|1", "Ana|1"),
            (5, "|2|x", "Ana|2|x"),
            (6, "|3", "Ana|3|x"),
            (7, "|4", "|4"),
            (9, "|5", "|5"),
        ];
        for (line, text, expected) in table {
            let mut row = Row::default();
            row.location.line = line;
            text.split('|').for_each(|cell| row.push(cell));
            cells.fill(&mut row, &mut Row::default()).unwrap();
            assert_eq!(row.cells().collect::<Vec<_>>().join("|"), expected, "{line}");
            assert_eq!(row.location.line, line);
        }
    }
}
