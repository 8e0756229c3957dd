//! The people we import, in a form that cannot be wrong.

pub mod fields;

pub use fields::Fields;
