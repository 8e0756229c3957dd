//! The columns of an input.

/// The columns of an input: names by position. Only JSON adds to them while it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    pub(super) names: Vec<String>,
    pub(super) given: bool,
}

impl Columns {
    /// Columns with these names.
    pub fn new(names: Vec<String>) -> Columns {
        Columns { names, given: false }
    }

    /// The names, by position.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Adds columns behind the last one.
    pub fn extend(&mut self, names: impl IntoIterator<Item = String>) {
        self.names.extend(names);
    }

    /// The name of a column, from 0.
    pub fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether the names were typed by the user, and so mean what they say.
    pub fn are_given(&self) -> bool {
        self.given
    }
}
