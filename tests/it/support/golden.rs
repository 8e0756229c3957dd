//! The one switch for golden files: `SNAPSHOTS=overwrite cargo test` accepts what the program says now. The comparisons
//! of `snapbox` obey the same variable.

/// Whether golden files are to be replaced by what was seen.
pub fn overwrite() -> bool {
    std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite")
}
