//! How many numbers of each type there are, as all reports for people tell it.

use super::text::{Page, Paint};
use super::words::by_count;
use super::{Summary, Tallies};
use crate::terminal::safe;

/// The types of the numbers in words, the commonest first, and how many are valid only by the default country; with the
/// rows of each.
pub(super) fn in_words(tallies: &Tallies) -> Vec<(String, u64)> {
    let word = |name: &str| match name {
        "fixed_line" => "landline [fixed_line]".to_owned(),
        "fixed_line_or_mobile" => "landline or mobile [fixed_line_or_mobile]".to_owned(),
        name => name.replace('_', " "),
    };
    let types = by_count(&tallies.types).into_iter().map(|(name, rows)| (word(name), rows));
    let by_default = ("of all these, valid only because of --default-country".to_owned(), tallies.by_default_country);
    types.chain(Some(by_default).filter(|(_, rows)| *rows > 0)).collect()
}

/// The section of a page with the numbers by type.
pub(super) fn section(summary: &Summary, page: &mut Page, paint: &Paint) {
    for (index, (what, rows)) in in_words(&summary.tallies).into_iter().enumerate() {
        if index == 0 {
            page.heading("Numbers by type", paint);
        }
        page.item(rows, &safe(&what));
    }
}
