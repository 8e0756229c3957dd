//! How something about an input is known.

/// How something about an input is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The user says so.
    Asked,
    /// A mark at its beginning says so: a byte order mark, `sep=;`, the first bytes of a workbook.
    Mark,
    /// What is in it can be read in no other way.
    Content,
    /// Its name says so, and its content does not contradict.
    Name,
    /// Nothing else fits better.
    Guess,
}

impl Basis {
    /// The reason, in words that follow what is known: `utf-8 by a mark at its beginning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Asked => "as asked for",
            Basis::Mark => "by a mark at its beginning",
            Basis::Content => "by its content",
            Basis::Name => "by its name",
            Basis::Guess => "as the best guess",
        }
    }
}
