//! Whether the inputs are still what the survey has read.

use std::time::SystemTime;

use crate::error::Error;
use crate::reading::{InputRead, Job};

/// A later reading must have seen the bytes that the first one saw.
///
/// # Errors
/// It has not.
pub fn are_same(job: &Job, first: &[InputRead], again: &[InputRead]) -> Result<(), Error> {
    job.changed_input(first, again).map_or(Ok(()), |name| Err(Error::InputChanged { input: name.to_owned() }))
}

/// When each of the inputs was written to last, as far as that is known.
pub fn modified(job: &Job) -> Vec<Option<SystemTime>> {
    job.inputs.iter().map(|input| input.source.input().modified()).collect()
}

/// A file that grows, shrinks or is replaced by one of another length under the run is not the one that was surveyed.
///
/// # Errors
/// One has another length by now.
pub fn have_same_lengths(job: &Job) -> Result<(), Error> {
    match job.inputs.iter().map(|input| input.source.input()).find(|input| input.has_other_length()) {
        None => Ok(()),
        Some(input) => Err(Error::InputChanged { input: input.name().to_owned() }),
    }
}
