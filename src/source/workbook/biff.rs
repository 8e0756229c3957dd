//! Just enough of the records of an .xls to know how much memory reading it takes.
//!
//! The library holds every sheet as a full table that reaches to its outermost cells, each cell with a copy of its
//! text: two cells in opposite corners, or one long text shown in every row, make much of little.

use crate::source::error::ErrorKind;
use crate::source::unpack::is_bomb;

const BOUNDS: u16 = 0x0200;
const CONTINUED: u16 = 0x003c;
const END: u16 = 0x000a;
const ENCRYPTED: u16 = 0x002f;
const ROW_OF_NUMBERS: u16 = 0x00bd;
const SHARED_TEXT: u16 = 0x00fd;
const SHEET: u16 = 0x0085;
const START: u16 = 0x0809;
const TEXTS: u16 = 0x00fc;
/// The records of cells: these two, number, text, formatted text, boolean, short number, formula.
const CELLS: [u16; 8] = [ROW_OF_NUMBERS, SHARED_TEXT, 0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x0006];

/// What the library takes for a cell as it is read, and for a place in the finished table with its formula.
const CELL: u64 = 40;
const PLACE: u64 = 56;
/// The most cells that a sheet can have.
const MOST: u64 = 1 << 24;

/// Checks that a workbook of `packed` bytes, whose records are `stream`, is worth the memory it takes.
pub(super) fn check(stream: &[u8], packed: u64) -> Result<(), ErrorKind> {
    if is_bomb(cost(stream, packed), packed) { Err(ErrorKind::Bomb("spreadsheet")) } else { Ok(()) }
}

/// The memory that the library takes for all sheets together; no longer counted than is worth it.
fn cost(stream: &[u8], packed: u64) -> u64 {
    let mut sheets = Vec::new();
    let mut lengths: Vec<u64> = Vec::new();
    let mut walked = 0;
    let mut records = Records(stream).peekable();
    while let Some((kind, data)) = records.next() {
        match kind {
            // It cannot be read at all.
            ENCRYPTED if number(data, 0, 2) != Some(0) => return 0,
            SHEET => sheets.extend(number(data, 0, 4)),
            TEXTS => {
                let mut pieces = vec![data.get(8..).unwrap_or_default()];
                while let Some((_, data)) = records.next_if(|(kind, _)| *kind == CONTINUED) {
                    pieces.push(data);
                }
                // The library takes each piece off the front of a list of them.
                walked = (pieces.len() as u64).pow(2);
                lengths = Texts { piece: &[], rest: &pieces }.collect();
            }
            END => break,
            _ => {}
        }
    }
    let texts = lengths.iter().fold(walked, |sum, length| sum.saturating_add(CELL + length));
    let sheet = |start: u64| {
        let start = usize::try_from(start).ok().and_then(|start| stream.get(start..));
        start.map_or(0, |records| sheet(records, &lengths))
    };
    let mut sum = texts;
    for start in sheets {
        sum = sum.saturating_add(sheet(start));
        if is_bomb(sum, packed) {
            break;
        }
    }
    sum
}

/// The memory for one sheet. What is walked over is counted too: many sheets may be one and the same.
fn sheet(stream: &[u8], lengths: &[u64]) -> u64 {
    let mut cost = 0u64;
    let mut outermost: Option<[u64; 4]> = None;
    let mut depth = 0u32;
    for (kind, data) in Records(stream) {
        cost = cost.saturating_add(4 + data.len() as u64);
        match kind {
            START => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            // What lies in a sheet, such as a chart, has cells of its own, which are not read.
            _ if depth > 1 => {}
            BOUNDS => {
                let size = |at: usize, size: usize| {
                    let (first, behind) = (number(data, at, size)?, number(data, at + size, size)?);
                    Some(behind.saturating_sub(first))
                };
                let wide = if data.len() == 10 { 2 } else { 4 };
                let area = size(0, wide).unwrap_or(0).saturating_mul(size(2 * wide, 2).unwrap_or(0));
                // Honest bounds are often too wide; memory that is only set aside costs nothing.
                cost = cost.saturating_add(if area > MOST { area.saturating_mul(CELL) } else { 0 });
            }
            kind if CELLS.contains(&kind) => {
                let (Some(row), Some(column)) = (number(data, 0, 2), number(data, 2, 2)) else { continue };
                let cells = if kind == ROW_OF_NUMBERS { data.len() as u64 / 6 } else { 1 };
                let text = match kind {
                    SHARED_TEXT => number(data, 6, 4).and_then(|text| lengths.get(usize::try_from(text).ok()?)),
                    _ => None,
                };
                cost = cost.saturating_add(cells * CELL + text.copied().unwrap_or(0));
                let last = column + cells.saturating_sub(1);
                let [top, left, bottom, right] = outermost.unwrap_or([row, column, row, last]);
                outermost = Some([top.min(row), left.min(column), bottom.max(row), right.max(last)]);
            }
            _ => {}
        }
    }
    let [top, left, bottom, right] = outermost.unwrap_or([1, 1, 0, 0]);
    let area = (bottom + 1 - top) * (right + 1 - left);
    cost.saturating_add(area * PLACE)
}

/// The shared texts: their data lies in pieces that may part a text anywhere.
struct Texts<'a> {
    piece: &'a [u8],
    rest: &'a [&'a [u8]],
}

impl Iterator for Texts<'_> {
    type Item = u64;

    /// How long the next text is, in bytes; nothing where none can be read any more.
    fn next(&mut self) -> Option<u64> {
        if self.piece.is_empty() {
            self.next_piece()?;
        }
        let (characters, flags) = (number(self.piece, 0, 2)?, number(self.piece, 2, 1)?);
        let mut at = 3;
        let mut behind = 0;
        if flags & 8 != 0 {
            behind += 4 * number(self.piece, at, 2)?;
            at += 2;
        }
        if flags & 4 != 0 {
            behind += number(self.piece, at, 4)?;
            at += 4;
        }
        self.piece = self.piece.get(at..)?;
        let mut wide = flags & 1;
        let mut left = characters;
        loop {
            let here = left.min(self.piece.len() as u64 / (1 + wide));
            self.pass(here * (1 + wide))?;
            left -= here;
            if left == 0 {
                break;
            }
            self.next_piece()?;
            // Each piece of a text says anew how wide its characters are.
            wide = number(self.piece, 0, 1)? & 1;
            self.piece = self.piece.get(1..)?;
        }
        while behind > 0 {
            if self.piece.is_empty() {
                self.next_piece()?;
            }
            let here = behind.min(self.piece.len() as u64);
            self.pass(here)?;
            behind -= here;
        }
        Some(3 * characters)
    }
}

impl Texts<'_> {
    fn pass(&mut self, count: u64) -> Option<()> {
        self.piece = self.piece.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn next_piece(&mut self) -> Option<()> {
        let (piece, rest) = self.rest.split_first()?;
        (self.piece, self.rest) = (piece, rest);
        Some(())
    }
}

/// The records of a stream: what they are, and their data.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (number(self.0, 0, 2)?, number(self.0, 2, 2)?);
        let end = 4 + usize::try_from(length).ok()?;
        let data = self.0.get(4..end)?;
        self.0 = self.0.get(end..)?;
        Some((u16::try_from(kind).ok()?, data))
    }
}

/// A little-endian number of `size` bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + size)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    fn cell(kind: u16, row: u16, column: u16, data: &[u8]) -> Vec<u8> {
        record(kind, &[&row.to_le_bytes(), &column.to_le_bytes(), &[0, 0][..], data].concat())
    }

    /// A book of `sheets` sheets that are one and the same, and shared texts in pieces.
    fn book(sheets: usize, pieces: &[&[u8]], cells: &[Vec<u8>]) -> Vec<u8> {
        let mut texts = record(TEXTS, &[&[0; 8], pieces[0]].concat());
        pieces[1..].iter().for_each(|piece| texts.extend(record(CONTINUED, piece)));
        let globals = 4 + sheets * 8 + texts.len() + 4;
        let mut book = record(START, &[]);
        (0..sheets).for_each(|_| book.extend(record(SHEET, &u32::try_from(globals).unwrap().to_le_bytes())));
        [book, texts, record(END, &[]), record(START, &[]), cells.concat(), record(END, &[])].concat()
    }

    #[test]
    fn much_of_little_is_found() {
        const NUMBER: u16 = 0x0203;
        let text = |length: u16, wide: u8| [&length.to_le_bytes()[..], &[wide]].concat();
        let number = |row, column| cell(NUMBER, row, column, &[0; 8]);
        let shared = |row, text: u32| cell(SHARED_TEXT, row, 0, &text.to_le_bytes());
        let bounds = |rows: u32, columns: u16| {
            record(BOUNDS, &[&[0; 4], &rows.to_le_bytes()[..], &[0; 2], &columns.to_le_bytes(), &[0; 2]].concat())
        };
        // "ab", then a text that is parted, wide behind the seam, with a run of formats; then a text of 60,000.
        let long = vec![b'x'; 60_000];
        let parted: &[&[u8]] = &[&[2, 0, 0, b'a', b'b', 3, 0, 8, 1, 0, b'c'], &[1, 0, 1, 0, 1, 9, 9, 9], &[9]];
        let long = [&text(60_000, 0)[..], &long[..]].concat();
        let with_long = [parted, &[&long[..]]].concat();
        let lengths = |pieces: &[&[u8]]| Texts { piece: &[], rest: pieces }.collect::<Vec<_>>();
        assert_eq!(lengths(parted), [6, 9]);
        assert_eq!(lengths(&with_long), [6, 9, 180_000]);
        let shown: Vec<Vec<u8>> = (0..10_000).map(|row| shared(row, 2)).collect();
        let plain: Vec<Vec<u8>> = (0..10_000).map(|row| number(row, 0)).collect();
        // (a book, whether it is a bomb)
        let table = [
            (book(1, parted, &[number(0, 0), shared(1, 1)]), false),
            (book(1, parted, &[number(0, 0), number(65_535, 255)]), true),
            (book(1, parted, &[number(0, 0), number(65_535, 9)]), false),
            (book(100, parted, &[number(0, 0), number(65_535, 9)]), true),
            (book(1, parted, &plain), false),
            (book(2_000, parted, &plain), true),
            (book(1, &with_long, &plain), false),
            (book(1, &with_long, &shown), true),
            (book(1, parted, &[bounds(65_536, 256), number(0, 0)]), false),
            (book(1, parted, &[bounds(u32::MAX, 256), number(0, 0)]), true),
            (book(1, &vec![&[][..]; 30_000], &[]), true),
        ];
        for (case, (book, bomb)) in table.iter().enumerate() {
            assert_eq!(check(book, book.len() as u64).is_err(), *bomb, "case {case}");
        }
    }

    #[test]
    fn any_bytes_can_be_judged() {
        let cells = [cell(0x0203, 0, 0, &[0; 8]), cell(SHARED_TEXT, 1, 0, &[0; 4])];
        let whole = book(2, &[&[2, 0, 13, 1, 0, 1, 0, 0, 0, b'a'], &[0, b'b', 0, 0, 0, 0]], &cells);
        for end in 0..whole.len() {
            cost(&whole[..end], 1);
            for bit in 0..8 {
                let mut broken = whole.clone();
                broken[end] ^= 1 << bit;
                cost(&broken, 1);
            }
        }
    }
}
