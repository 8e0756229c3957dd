//! Which columns hold what a contact is made of.
//!
//! This file knows positions only; how they are found is the business of `mapping`.

/// Which columns hold which field, by position from 0, the best first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// The full name.
    pub name: Vec<u32>,
    /// The given name.
    pub first_name: Vec<u32>,
    /// The family name.
    pub last_name: Vec<u32>,
    /// The phone number; the first column with something in it counts.
    pub phone: Vec<u32>,
    /// The calling code.
    pub prefix: Vec<u32>,
    /// The country of a number that does not name it.
    pub region: Vec<u32>,
    /// The e-mail address.
    pub email: Vec<u32>,
    /// Tags; all of these columns count.
    pub tags: Vec<u32>,
    /// Attributes with their keys.
    pub attributes: Vec<(u32, String)>,
}
