//! How a table is written: its delimiter, what stands before its header, and whether it has one.

use super::csv::records;
use super::{Delimiter, Notice, Options};
use crate::row::{Row, is_nothing};
use crate::vocabulary::{KnownTitles, known_titles};

/// The columns that the program itself adds to `rejected.csv`.
pub const REJECT_COLUMNS: [&str; 3] = ["m1import_line", "m1import_code", "m1import_reason"];

/// How many lines are searched for a header.
const PREAMBLE: usize = 30;
/// How many records are looked at to tell delimiters apart.
const LOOK: usize = 200;

/// How a table is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    /// The lines before the header, or before the first record where there is none.
    pub skip: u64,
    /// The header as found; nothing if the first row is data.
    pub header: Option<Vec<String>>,
    /// The header ends in the columns of `rejected.csv`.
    pub is_rejects_file: bool,
    pub notices: Vec<Notice>,
}

/// Finds out how the table is written that begins with `sample`.
pub(super) fn dialect(sample: &[u8], whole: bool, tabs: bool, options: &Options) -> Dialect {
    if let Some(dialect) = rejects_dialect(sample, whole) {
        return dialect;
    }
    let (named, skip) = match sep_line(sample) {
        Some(delimiter) => (Some(delimiter), 1),
        None => (None, 0),
    };
    let skip = skip.max(options.skip_lines);
    let forced = options.delimiter.map(|delimiter| delimiter.0).or(tabs.then_some(b'\t')).or(named);
    let body = behind_lines(sample, skip);
    let one;
    let candidates: &[u8] = match forced {
        Some(delimiter) => {
            one = [delimiter];
            &one
        }
        None => b",;\t|",
    };
    let best = candidates
        .iter()
        .map(|&delimiter| {
            let rows = records(body, delimiter, whole, LOOK);
            let head = head(&rows, skip, options);
            (score(&rows, &head), delimiter, head)
        })
        // Of equals the first stands.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (delimiter, head) = best.map_or((b',', Head::default()), |(_, delimiter, head)| (delimiter, head));
    let mut notices = Vec::new();
    if head.line > 0 && options.skip_lines == 0 {
        notices.push(Notice::LinesBeforeHeader { count: head.line });
    }
    Dialect { delimiter, skip: skip + head.line, header: head.names, is_rejects_file: false, notices }
}

/// Where the header stands and what it says.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// How many lines stand before it, counted from where the search began.
    pub line: u64,
    /// How many records stand before it.
    pub records: usize,
    pub names: Option<Vec<String>>,
}

/// Finds the header among the first records.
pub(super) fn head(rows: &[Row], skip: u64, options: &Options) -> Head {
    let first = rows.first();
    let start = first.map_or(1, |row| row.location.line);
    let at = |records: usize, row: &Row| Head {
        line: row.location.line - 1,
        records,
        names: Some(row.cells().map(str::to_owned).collect()),
    };
    // The lines before the first record are blank: they need not be skipped.
    let here = |head: Head| if head.records == 0 { Head { line: 0, ..head } } else { head };
    if options.header == super::Header::Absent {
        return Head::default();
    }
    let Some(first) = first else {
        return Head::default();
    };
    // Names by position replace a header; a first row with a phone is none, and its contact is not to be lost.
    if !options.columns.is_empty() && first.cells().any(is_phone) {
        return Head::default();
    }
    if options.skip_lines > 0 || skip > 1 {
        return here(at(0, first));
    }
    let near = rows.iter().take(PREAMBLE).take_while(|row| row.location.line < start + 200).enumerate();
    let candidates = near.filter(|(_, row)| !row.cells().any(is_value));
    let mut fallback = None;
    for (records, row) in candidates {
        let titles = known_titles(row.cells());
        if titles.phone && (titles.known >= 2 || records == 0 && row.len() >= 2) {
            return here(at(records, row));
        }
        // One word may be a title over the table, such as `Contact list`, or all that is known of a wider header.
        let one = titles.known >= 1 && records == 0 || titles.phone && row.len() > first.len();
        if (titles.known >= 2 || one) && fallback.is_none() {
            fallback = Some(at(records, row));
        }
    }
    match fallback {
        Some(head) => here(head),
        None if options.columns.is_empty() && first.cells().any(is_value) => Head::default(),
        None => here(at(0, first)),
    }
}

/// Whether a cell is a value and no title: a phone number or an e-mail address.
pub(super) fn is_value(cell: &str) -> bool {
    is_phone(cell) || is_email(cell)
}

fn is_email(cell: &str) -> bool {
    let cell = cell.trim();
    cell.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !cell.contains(' '))
}

fn is_phone(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    let others = cell.chars().filter(|c| !c.is_numeric() && !" +-().'/\u{a0}\u{202a}\u{202c}".contains(*c)).count();
    (7..=20).contains(&digits) && others == 0
}

/// How well a delimiter fits: titles known, and one of the phone among them, then evenness, then columns.
fn score(rows: &[Row], head: &Head) -> (usize, bool, usize, usize) {
    let titles =
        head.names.as_ref().map_or_else(KnownTitles::default, |names| known_titles(names.iter().map(String::as_str)));
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

/// Tells one kind of cell from others.
type Is = fn(&str) -> bool;

/// The names of columns without a header: what their values say, or their number.
pub(super) fn names(rows: &[Row]) -> Vec<String> {
    let width = rows.iter().map(Row::len).max().unwrap_or(0);
    let share = |column: usize, is: Is| {
        let cells = rows.iter().map(|row| row.cell(column).trim());
        let filled = cells.filter(|cell| !cell.is_empty() && !is_nothing(cell));
        let (all, hits) = filled.fold((0, 0), |(all, hits), cell| (all + 1, hits + usize::from(is(cell))));
        all > 0 && hits * 10 >= all * 8
    };
    let is_name = |cell: &str| {
        cell.chars().any(char::is_alphabetic) && !cell.contains('@') && !cell.chars().any(|c| c.is_ascii_digit())
    };
    let is: [(&str, Is); 3] = [("phone", is_phone), ("email", is_email), ("name", is_name)];
    let mut names: Vec<String> = (1..=width).map(|number| format!("column {number}")).collect();
    for (name, is) in is {
        let mut columns = (0..width).filter(|&column| share(column, is));
        // One of its kind can be named; of several nobody knows which is which, but a name comes first.
        if let Some(column) = columns.next()
            && (name == "name" || columns.next().is_none())
            && let Some(slot) = names.get_mut(column)
        {
            *slot = name.to_owned();
        }
    }
    names
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
        skip: 0,
        header: Some(names),
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
