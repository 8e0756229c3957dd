//! What the targets of the readers share.

#[path = "../../tests/it/support/fuzzed.rs"]
pub mod fuzzed;
#[path = "../../tests/it/support/workbook.rs"]
mod workbook;

pub use workbook::{archive, workbook, workbook_with};

use m1import::mapping::{self, Mapping};
use m1import::row::Row;
use m1import::source::{self, RowError, Format, InputSource};

/// Reads bytes to their end as a format, or as what they look like, and maps their columns. Both ways of reading give the
/// same rows: many at one go, and one by one.
pub fn read(bytes: &[u8], format: Option<Format>) {
    let options = source::Options { format, ..source::Options::default() };
    let Ok(source) = source::open(InputSource::of("fuzz", bytes), &options) else { return };
    let _ = Mapping::find(source.columns(), source.sample(), &mapping::Options::default());
    let (Ok(mut rows), Ok(mut singly)) = (source.rows(), source.rows()) else { return };
    let mut block = vec![Row::default(); 3];
    let mut row = Row::default();
    loop {
        let count = rows.read_batch(&mut block);
        for together in &block[..count] {
            assert!(matches!(singly.next(&mut row), Ok(true)));
            assert!(row.location.line == together.location.line && row.cells().eq(together.cells()));
        }
        if count == 0 {
            let (one, other) = (rows.next(&mut block[0]), singly.next(&mut row));
            match (one, other) {
                (Ok(true), Ok(true)) => assert!(row.cells().eq(block[0].cells())),
                (Err(RowError::Reject { line, .. }), Err(RowError::Reject { line: also, .. })) => assert_eq!(line, also),
                (Ok(false), Ok(false)) | (Err(RowError::Fatal(_)), Err(RowError::Fatal(_))) => break,
                (one, other) => panic!("{one:?}, but {other:?}"),
            }
        }
    }
    let _ = rows.digest();
}

/// Reads a text behind the beginning of a document, as what it looks like.
pub fn read_behind(beginning: &str, text: &str) {
    read([beginning, text].concat().as_bytes(), None);
}
