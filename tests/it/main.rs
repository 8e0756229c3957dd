//! The integration tests; each file is an aspect of the program.

mod corpus;
