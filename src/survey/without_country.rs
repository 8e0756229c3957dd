//! Numbers that were rejected because nothing says which country they are of, and how many of them a default country would
//! make valid.

use crate::contact::phone::{self, Region};
use crate::row::{Code, Reject};

/// So many of them are kept.
const KEPT: usize = 1_000;

/// The first numbers of which nothing says the country.
#[derive(Debug, Default)]
pub struct WithoutCountry {
    numbers: Vec<String>,
}

impl WithoutCountry {
    /// A rejected row; it counts where the country is what its number lacks.
    pub(super) fn add(&mut self, reject: &Reject) {
        if reject.code == Code::PhoneNoCountry && self.numbers.len() < KEPT {
            self.numbers.push(reject.value.clone());
        }
    }

    /// How many of those that are kept are valid where this is the default country, and how many are kept.
    pub fn valid_in(&self, region: Region, rules: &phone::Rules) -> (u64, u64) {
        let rules = phone::Rules { default: Some(region), ..rules.clone() };
        let is_valid = |number: &&String| phone::read("", number, None, &rules).is_ok();
        (self.numbers.iter().filter(is_valid).count() as u64, self.numbers.len() as u64)
    }
}
