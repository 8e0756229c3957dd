//! How a table is written: its delimiter, its header, or that it is a `rejected.csv`.

mod body;
mod continued;
mod guard;
mod left_out;
mod people;
mod resplit;
mod titles;

use super::csv::records;
use super::header::{self, Head};
use super::{Basis, Delimiter, Format, Notice, Options};
use crate::row::Row;
use crate::vocabulary::known_titles;
pub(super) use body::Body;
use guard::Guard;
use resplit::{Outcome, part_anew};
use titles::Titles;

/// The columns that the program itself adds to `rejected.csv`.
pub const REJECT_COLUMNS: [&str; 3] = ["m1import_line", "m1import_code", "m1import_reason"];

/// How many records are looked at to tell delimiters apart.
const LOOK: usize = 200;

/// How a table is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What parts the cells below the header.
    pub delimiter: u8,
    /// How the delimiter is known.
    pub basis: Basis,
    /// The lines before the header, or before the first record where there is none.
    pub skip: u64,
    /// The header as found; nothing if the first row is data.
    pub header: Option<Vec<String>>,
    /// What stands before each cell and is none of it.
    guard: Guard,
    /// The most cells that a row below the header may have.
    widest: usize,
    /// The header ends in the columns of `rejected.csv`.
    pub is_rejects_file: bool,
    pub notices: Vec<Notice>,
}

/// Finds out how the table is written that begins with `sample`.
pub(super) fn dialect(sample: &[u8], whole: bool, options: &Options) -> Dialect {
    if let Some(dialect) = rejects_dialect(sample, whole) {
        return dialect;
    }
    let (named, skip) = match sep_line(sample) {
        Some(delimiter) => (Some(delimiter), 1),
        None => (None, 0),
    };
    let skip = skip.max(options.skip_lines);
    let tabs = options.format == Some(Format::Tsv);
    let asked = options.delimiter.map(|delimiter| delimiter.0).or(tabs.then_some(b'\t'));
    let forced = asked.or(named);
    let basis = match (asked, named) {
        (Some(_), _) => Basis::Asked,
        (None, Some(_)) => Basis::Mark,
        (None, None) => Basis::Content,
    };
    let body = behind_lines(sample, skip);
    let one;
    let candidates: &[u8] = match forced {
        Some(delimiter) => {
            one = [delimiter];
            &one
        }
        None if are_parted_by_blanks(body, whole) => b",;\t| ",
        None => b",;\t|",
    };
    let tried = candidates.iter().map(|&delimiter| {
        let rows = records(body, delimiter, whole, LOOK);
        let head = header::head(&rows, skip, options);
        (score(&rows, &head), delimiter, head, rows)
    });
    // Of equals the first stands.
    let best = tried.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (mut delimiter, mut head, mut rows) =
        best.map_or_else(|| (b',', Head::default(), Vec::new()), |(_, delimiter, head, rows)| (delimiter, head, rows));
    let first = head.records + usize::from(head.names.is_some());
    if let Some(names) = head.names.as_deref().filter(|_| forced.is_none())
        && let Some((other, again)) =
            parted_otherwise(body, names, rows.get(first..).unwrap_or_default(), delimiter, whole)
    {
        (delimiter, rows) = (other, again);
    }
    let below = rows.get(first..).unwrap_or_default();
    if let Some(names) = &mut head.names
        && are_numbered(names, below)
    {
        names.insert(0, String::new());
    }
    let mut notices = Vec::new();
    if head.lines_left_out > 0 && options.skip_lines == 0 {
        notices.push(Notice::LinesBeforeHeader { count: head.lines_left_out });
    }
    let names = head.names.as_deref().unwrap_or_default();
    let (guard, widest) = (Guard::of(names, below, delimiter), widest(names, below));
    let skip = skip + head.line;
    Dialect { delimiter, basis, skip, header: head.names, guard, widest, is_rejects_file: false, notices }
}

/// Whether one blank stands between each two cells: quoted words, as R writes tables, or words each of which is a title,
/// above rows of as many cells that fit.
fn are_parted_by_blanks(text: &[u8], whole: bool) -> bool {
    if has_quoted_words(text) {
        return true;
    }
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    let line = String::from_utf8_lossy(text.get(..end).unwrap_or_default());
    let words: Vec<String> = line.trim_end().split(' ').map(str::to_owned).collect();
    let known = known_titles(words.iter().map(String::as_str));
    let titles = Titles::new(&words);
    let rows = records(text, b' ', whole, LOOK);
    let below = rows.get(1..).unwrap_or_default();
    words.len() > 1
        && known.phone
        && known.known == words.len()
        && !below.is_empty()
        && below.iter().all(|row| row.len() == words.len() && titles.all_fit(row))
}

/// What parts the rows, with all of them, where it is another character than that of the header and stands within their
/// quotes too: a template of one country filled in by a program of another.
fn parted_otherwise(body: &[u8], names: &[String], rows: &[Row], delimiter: u8, whole: bool) -> Option<(u8, Vec<Row>)> {
    let titles = Titles::new(names);
    let (mut row, mut spare) = (Row::default(), Row::default());
    let unclear = rows.iter().map(|one| {
        row.clone_from(one);
        part_anew(&mut row, &mut spare, &titles, delimiter)
    });
    let unclear: Vec<char> =
        unclear.filter_map(|outcome| if let Outcome::Unclear(c) = outcome { Some(c) } else { None }).collect();
    let other = u8::try_from(*unclear.first()?).ok()?;
    let again = records(body, other, whole, LOOK);
    let below = again.get(again.len().checked_sub(rows.len())?..)?;
    let fits = |row: &Row| {
        (2..=titles.len()).contains(&row.len())
            && row.cells().enumerate().any(|(column, cell)| titles.fits(column, cell.trim()))
    };
    (unclear.len() * 2 > rows.len() && below.iter().all(fits)).then_some((other, again))
}

/// The most cells that a row below the header may have: as many as the header, unless nearly all have more, which are
/// columns without a title. A blank in front of a cell more is what stands behind a comma in a text.
fn widest(names: &[String], rows: &[Row]) -> usize {
    let has_more =
        |row: &&Row| row.cells().skip(names.len()).any(|cell| !cell.trim().is_empty() && !cell.starts_with(' '));
    if rows.iter().filter(has_more).count() * 2 > rows.len() { usize::MAX } else { names.len() }
}

/// Whether the first line is quoted words with one blank between each two, as R writes tables.
fn has_quoted_words(text: &[u8]) -> bool {
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    let line = String::from_utf8_lossy(text.get(..end).unwrap_or_default());
    let words: Vec<&str> = line.trim_end().split("\" \"").collect();
    words.len() > 1
        && line.starts_with('"')
        && line.trim_end().ends_with('"')
        && line.matches('"').count() == 2 * words.len()
}

/// Whether the rows have one cell more than the header, their own names in front, so that they stand under the right
/// titles only one column further on.
fn are_numbered(names: &[String], rows: &[Row]) -> bool {
    let titles = Titles::new(names);
    let mut numbers: Vec<&str> = rows.iter().map(|row| row.cell(0).trim()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let fitting = |shift: usize| {
        let fits =
            |row: &Row| (0..names.len()).filter(|column| titles.fits(*column, row.cell(column + shift).trim())).count();
        rows.iter().map(fits).sum::<usize>()
    };
    !rows.is_empty()
        && numbers.len() == rows.len()
        && rows.iter().all(|row| row.len() == names.len() + 1 && !row.cell(0).trim().is_empty())
        && fitting(1) > fitting(0)
}

/// How well a delimiter fits: titles known, and one of the phone among them, then evenness, then columns.
fn score(rows: &[Row], head: &Head) -> (usize, bool, usize, usize) {
    let titles = header::known(head);
    let mut counts: Vec<usize> = rows.iter().skip(head.records).map(Row::len).collect();
    counts.sort_unstable();
    let (mut columns, mut most) = (0, 0);
    for same in counts.chunk_by(|a, b| a == b) {
        if same.len() >= most {
            most = same.len();
            columns = same.first().copied().unwrap_or(0);
        }
    }
    if columns < 2 {
        return (titles.known, titles.phone, 0, 0);
    }
    (titles.known, titles.phone, 100 * most / counts.len().max(1), columns)
}

/// The dialect of a `rejected.csv`: its header ends in our columns, whatever parts them.
fn rejects_dialect(sample: &[u8], whole: bool) -> Option<Dialect> {
    let [first, ..] = REJECT_COLUMNS;
    let found = memchr::memmem::find(sample, first.as_bytes())? + first.len();
    let rest = sample.get(found..)?;
    let delimiter = match rest {
        [b'"', delimiter, ..] | [delimiter, ..] if *delimiter != b'"' => *delimiter,
        _ => return None,
    };
    if delimiter == b'\n' || delimiter == b'\r' || !delimiter.is_ascii() {
        return None;
    }
    let rows = records(sample, delimiter, whole, 1);
    let mut names: Vec<String> = rows.first()?.cells().map(str::to_owned).collect();
    // Where a row is longer than the header, a spreadsheet makes the header as long as the row.
    names.truncate(names.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1));
    has_reject_columns(&names).then(|| Dialect {
        delimiter,
        basis: Basis::Mark,
        skip: 0,
        header: Some(names),
        guard: Guard::None,
        widest: usize::MAX,
        is_rejects_file: true,
        notices: Vec::new(),
    })
}

/// Whether a header ends in our three columns.
pub(super) fn has_reject_columns(names: &[String]) -> bool {
    let last = names.iter().rev().take(REJECT_COLUMNS.len()).rev();
    names.len() >= REJECT_COLUMNS.len() && last.zip(REJECT_COLUMNS).all(|(name, wanted)| name.trim() == wanted)
}

/// The delimiter that a first line `sep=;` names.
fn sep_line(sample: &[u8]) -> Option<u8> {
    let end = memchr::memchr2(b'\n', b'\r', sample)?;
    let line = sample.get(..end)?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (word, rest) = line.split_at_checked(4)?;
    match rest {
        [delimiter] if word.eq_ignore_ascii_case(b"sep=") => Delimiter::new(char::from(*delimiter)).map(|one| one.0),
        _ => None,
    }
}

/// What stands behind the first `count` physical lines.
fn behind_lines(sample: &[u8], count: u64) -> &[u8] {
    let mut rest = sample;
    for _ in 0..count {
        let Some(at) = memchr::memchr2(b'\n', b'\r', rest) else {
            return &[];
        };
        let end = if rest.get(at..).is_some_and(|rest| rest.starts_with(b"\r\n")) { at + 2 } else { at + 1 };
        rest = rest.get(end..).unwrap_or_default();
    }
    rest
}

/// A row of cells that stand between commas.
#[cfg(test)]
fn row_of(line: &str) -> Row {
    let mut row = Row::default();
    line.split(',').for_each(|cell| row.push(cell));
    row
}
