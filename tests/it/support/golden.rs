//! The one switch for golden files: `SNAPSHOTS=overwrite cargo test` accepts what the program says now. The comparisons
//! of `snapbox` obey the same variable.

/// Whether golden files are to be replaced by what was seen.
pub fn overwrite() -> bool {
    std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite")
}

/// Puts a table into a document, between `<!-- name -->` and `<!-- /name -->`.
pub fn replace_table(document: &mut String, name: &str, table: &str) {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = document.find(&open).unwrap_or_else(|| panic!("no table {name}")) + open.len();
    let until = document.find(&close).unwrap_or_else(|| panic!("table {name} has no end"));
    document.replace_range(from..until, table);
}
