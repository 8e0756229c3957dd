//! The rows below the header of a table: which are records, which go on with the record above, and what is left out.

use std::collections::VecDeque;

use super::Dialect;
use super::continued::{Parents, join};
use super::guard::{Guard, join_quoted};
use super::left_out::LeftOut;
use super::resplit::{Outcome, has_other_separators, part_anew};
use super::titles::{Stray, Titles};
use crate::row::{Code, Row};
use crate::source::error::ErrorKind;
use crate::source::{MAX_RECORD, Notice, RowError};

/// The state of reading what is below a header.
pub(in crate::source) struct Body {
    titles: Titles,
    parents: Option<Parents>,
    /// What parts the cells; a sheet has nothing of the kind.
    delimiter: Option<u8>,
    guard: Guard,
    /// The most cells that a row may have.
    widest: usize,
    /// Where the cells of each column stand, below a header in another order.
    order: Option<Vec<Option<usize>>>,
    /// Rows that were read and not given out.
    held: VecDeque<Held>,
    spare: Row,
    left_out: LeftOut,
}

struct Held {
    row: Row,
    end: Result<bool, RowError>,
    /// It is as it was read.
    is_raw: bool,
}

impl Body {
    /// What is below the header of a text.
    pub fn of_text(header: &[String], dialect: &Dialect) -> Body {
        let (delimiter, guard, widest) = (Some(dialect.delimiter), dialect.guard, dialect.widest);
        Body { delimiter, guard, widest, ..Body::of_sheet(header) }
    }

    /// What is below the header of a sheet, where each cell is in its column.
    pub fn of_sheet(header: &[String]) -> Body {
        let titles = Titles::new(header);
        Body {
            parents: Parents::of(&titles),
            left_out: LeftOut::of(&titles),
            titles,
            delimiter: None,
            guard: Guard::None,
            widest: usize::MAX,
            order: None,
            held: VecDeque::new(),
            spare: Row::default(),
        }
    }

    /// What was left out so far.
    pub fn notices(&self) -> &[Notice] {
        self.left_out.notices()
    }

    /// Reads the next record.
    pub fn next(
        &mut self,
        row: &mut Row,
        read: impl FnMut(&mut Row) -> Result<bool, RowError>,
    ) -> Result<bool, RowError> {
        let is_record = self.whole(row, read)?;
        if is_record {
            self.left_out.count_people(std::slice::from_ref(row));
        }
        Ok(is_record)
    }

    /// Reads the next record and the rows that go on with it.
    fn whole(
        &mut self,
        row: &mut Row,
        mut read: impl FnMut(&mut Row) -> Result<bool, RowError>,
    ) -> Result<bool, RowError> {
        let is_record = self.record(row, &mut read)?;
        if !is_record || self.parents.is_none() {
            return Ok(is_record);
        }
        loop {
            let mut below = std::mem::take(&mut self.spare);
            let end = self.record(&mut below, &mut read);
            let goes_on = |parents: &Parents| matches!(end, Ok(true)) && parents.goes_on(row, &below);
            if self.parents.as_ref().is_some_and(goes_on) {
                join(row, &below);
                self.spare = below;
                if row.size() > MAX_RECORD {
                    return Err(ErrorKind::RowTooLong { line: row.location.line }.into());
                }
                continue;
            }
            self.held.push_front(Held { row: below, end, is_raw: false });
            return Ok(true);
        }
    }

    /// Reads records that want no closer look into the first of the rows, and says into how many. `read_batch` does the
    /// same for rows as they stand.
    pub fn read_batch(&mut self, rows: &mut [Row], read_batch: impl FnOnce(&mut [Row]) -> usize) -> usize {
        // Which row goes on with which is asked of cells that stand under their titles.
        if self.order.is_some() && self.parents.is_some() {
            return 0;
        }
        let (mut first, mut done) = (0, 0);
        match self.held.as_slices() {
            ([], _) => {}
            ([Held { end: Ok(true), .. }], []) if rows.len() > 1 => {
                let (Some(held), Some(row)) = (self.held.pop_front(), rows.first_mut()) else { return 0 };
                (first, done) = (1, usize::from(!held.is_raw));
                *row = held.row;
            }
            _ => return 0,
        }
        let count = first + read_batch(rows.get_mut(first..).unwrap_or_default());
        let batch = rows.get_mut(..count).unwrap_or_default();
        let odd = batch.iter().skip(done).position(|row| self.wants_a_look(row)).map_or(count, |odd| odd + done);
        let kept = match &self.parents {
            None => odd,
            // The last may go on in what is not read yet.
            Some(parents) => {
                let goes_on = |pair: &[Row]| matches!(pair, [above, row] if parents.goes_on(above, row));
                batch.windows(2).position(goes_on).unwrap_or(count.saturating_sub(1)).min(odd.saturating_sub(1))
            }
        };
        for (place, row) in batch.iter_mut().enumerate().skip(kept) {
            self.held.push_back(Held { row: std::mem::take(row), end: Ok(true), is_raw: place >= done });
        }
        if self.order.is_some() || self.guard != Guard::None {
            batch.iter_mut().take(kept).skip(done).for_each(|row| self.mend(row));
        }
        self.left_out.count_people(batch.get(..kept).unwrap_or_default());
        kept
    }

    /// Reads a row that is a record, or that goes on with one.
    fn record(
        &mut self,
        row: &mut Row,
        read: &mut impl FnMut(&mut Row) -> Result<bool, RowError>,
    ) -> Result<bool, RowError> {
        loop {
            match self.held.pop_front() {
                Some(held) => {
                    *row = held.row;
                    if !held.is_raw || !matches!(held.end, Ok(true)) {
                        return held.end;
                    }
                }
                None if read(row)? => {}
                None => return Ok(false),
            }
            let line = row.location.line;
            match self.titles.is_suspect(row).then(|| self.titles.stray(row)).flatten() {
                None => {}
                Some(Stray::OtherHeader) => return Err(ErrorKind::OtherHeader { line }.into()),
                Some(stray) => {
                    self.left_out.row(line);
                    match stray {
                        Stray::OtherOrder(order) => self.order = Some(order),
                        Stray::Header => self.order = None,
                        _ => {}
                    }
                    continue;
                }
            }
            let reject = |detail| RowError::Reject { line, code: Code::RowMalformed, column: None, detail };
            if let Some(delimiter) = self.delimiter
                && let Outcome::Unclear(other) = part_anew(row, &mut self.spare, &self.titles, delimiter)
            {
                let own = char::from(delimiter);
                return Err(reject(format!("its cells are separated by {other:?}, those of the header by {own:?}")));
            }
            if self.guard == Guard::Around {
                join_quoted(row, self.delimiter.map_or(' ', char::from));
                if self.guard.is_torn(row) {
                    return Err(reject("an apostrophe that opens or closes a cell stands alone".to_owned()));
                }
            }
            self.mend(row);
            return self.misfit(row).map_or(Ok(true), |detail| Err(reject(detail)));
        }
    }

    /// Why the cells do not stand under the titles: a delimiter stands within one. Where blanks part them, there must be as
    /// many as there are titles.
    fn misfit(&self, row: &Row) -> Option<String> {
        let delimiter = self.delimiter?;
        let width = self.titles.names().len();
        let is_wide = row.len() > self.widest && self.titles.are_spilled(row);
        if is_wide || delimiter == b' ' && row.len() != width {
            let cells = if row.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", row.len()) };
            let sign = char::from(delimiter);
            return Some(format!(
                "it has {cells}, the header {width}; a cell that holds {sign:?} must stand between quotes"
            ));
        }
        let is_other = delimiter == b' ' && !self.titles.all_fit(row);
        is_other.then(|| "what stands under the title of a phone or an e-mail address is none".to_owned())
    }

    fn wants_a_look(&self, row: &Row) -> bool {
        let is_short = row.len() < self.titles.len();
        self.delimiter.is_some_and(|delimiter| {
            is_short && has_other_separators(row, delimiter)
                || row.len() > self.widest
                || delimiter == b' '
                || self.guard == Guard::Around
        }) || self.titles.is_suspect(row) && self.titles.stray(row).is_some()
    }

    /// Puts the cells under their titles, and takes off the apostrophes that all cells have.
    fn mend(&mut self, row: &mut Row) {
        if self.order.is_none() && self.guard == Guard::None {
            return;
        }
        self.spare.clear();
        for column in 0..row.len().max(self.titles.names().len()) {
            let place = match &self.order {
                Some(order) if column < self.titles.names().len() => order.get(column).copied().flatten(),
                _ => Some(column),
            };
            self.spare.push(&self.guard.off(place.map_or("", |place| row.cell(place))));
        }
        self.spare.location = row.location;
        std::mem::swap(row, &mut self.spare);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::csv::Csv;
    use crate::source::text::Utf8Buffer;

    /// Reads everything below the header, at one go where `batch` says how many rows, and says what was read.
    fn read(header: &str, text: &str, guard: Guard, batch: usize) -> Vec<String> {
        let names: Vec<String> = header.split(',').map(str::to_owned).collect();
        let mut csv = Csv::new(Utf8Buffer::of(text.as_bytes()), b',');
        let mut body = Body { delimiter: Some(b','), guard, widest: names.len(), ..Body::of_sheet(&names) };
        let mut read = Vec::new();
        let mut rows = vec![Row::default(); batch.max(1)];
        let shown = |row: &Row| format!("{}: {}", row.location.line, row.cells().collect::<Vec<_>>().join("|"));
        loop {
            let count = if batch > 0 { body.read_batch(&mut rows, |rows| csv.read_batch(rows)) } else { 0 };
            read.extend(rows[..count].iter().map(shown));
            if count > 0 {
                continue;
            }
            match body.next(&mut rows[0], |row| csv.next(row)) {
                Ok(true) => read.push(shown(&rows[0])),
                Ok(false) => break,
                Err(RowError::Reject { line, detail, .. }) => read.push(format!("{line}: {detail}")),
                Err(RowError::Fatal(error)) => {
                    read.push(error.to_string());
                    break;
                }
            }
        }
        read.extend(body.notices().iter().map(|notice| format!("{notice:?}")));
        read
    }

    /// Header, rows, the mark of the cells, what is read.
    const KINDS: &[(&str, &str, Guard, &[&str])] = &[
        (
            "Name,Phone",
            "Ana,+5511987654321\nPhone,Name\n+5521987654321,Beto\nName,Phone\nCaio,+5521987654322\n(3 rows)\n",
            Guard::None,
            &[
                "1: Ana|+5511987654321",
                "3: Beto|+5521987654321",
                "5: Caio|+5521987654322",
                "RowsLeftOut { count: 3, lines: [2, 4, 6] }",
            ],
        ),
        (
            "ID,Name,Phone",
            ",Eva,+0\n,,+1\n7,Ana,+2\n,,+3\n\nID,Name,Phone\n,,+4\n8,Beto,\n,,+5\n,Caio,+6",
            Guard::None,
            &[
                "1: |Eva|+0",
                "2: ||+1",
                "3: 7|Ana|+2\u{1f}+3\u{1f}+4\u{1f}",
                "8: 8|Beto|+5",
                "10: |Caio|+6",
                "RowsLeftOut { count: 1, lines: [6] }",
            ],
        ),
        (
            "Name,Phone,Email",
            "Ana;+5511987654321;a@b.c\nx;y;+5511987654322;z;z\nBeto,+5521987654321\n",
            Guard::None,
            &[
                "1: Ana|+5511987654321|a@b.c",
                "2: its cells are separated by ';', those of the header by ','",
                "3: Beto|+5521987654321",
            ],
        ),
        (
            "Name,Phone",
            "'Ana,'+5511987654321\n''t Hart,+5511987654321\nO'Neil,x\n",
            Guard::Before,
            &["1: Ana|+5511987654321", "2: 't Hart|+5511987654321", "3: O'Neil|x"],
        ),
        (
            "Name,Phone",
            "'Ana','+1'\n'Souza, Beto','+2'\nO'Neil,x\n'O''Neil','+3'\n'a\nb','+4'\n",
            Guard::Around,
            &[
                "1: Ana|+1",
                "2: Souza, Beto|+2",
                "3: O'Neil|x",
                "4: O'Neil|+3",
                "5: an apostrophe that opens or closes a cell stands alone",
                "6: an apostrophe that opens or closes a cell stands alone",
            ],
        ),
        (
            "Phone,Name",
            "+5511987654321,Souza, Ana\n+5511987654322,Beto, ,\nSouza,Ana,+5511987654323\n",
            Guard::None,
            &[
                "1: it has 3 cells, the header 2; a cell that holds ',' must stand between quotes",
                "2: +5511987654322|Beto| |",
                "3: it has 3 cells, the header 2; a cell that holds ',' must stand between quotes",
            ],
        ),
        (
            "Name,Phone",
            "Ana,+5511987654321\nFirst name,Last name,Mobile\nBeto,Lima,+5521987654321\n",
            Guard::None,
            &["1: Ana|+5511987654321", "line 2 is a header of other columns than the one above"],
        ),
    ];

    #[test]
    fn rows_of_every_kind() {
        for (header, text, guard, expected) in KINDS {
            for batch in [0, 1, 2, 3, 9] {
                assert_eq!(&read(header, text, *guard, batch), expected, "{text} {batch}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn records_at_one_go_are_those_one_by_one(
            lines in proptest::collection::vec("(|7|ID|Name|Phone),(|Ana|Name|ID|Phone),(|\\+12025550101|Phone|Name)(,x|;y|)", 0..12),
            batch in 1usize..6,
        ) {
            let text = lines.join("\n");
            let read = |batch| read("ID,Name,Phone", &text, Guard::None, batch);
            proptest::prop_assert_eq!(read(batch), read(0));
        }
    }
}
