//! Numbers that were rejected because nothing says which country they are of, and how many of them a default country would
//! make valid.

use crate::contact::phone::{self, Kind, Region};
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

    /// Adds those of rows behind these.
    pub(super) fn append(&mut self, later: WithoutCountry) {
        self.numbers.extend(later.numbers.into_iter().take(KEPT - self.numbers.len()));
    }

    /// How many of those that are kept are valid where this is the default country, and how many are kept. None counts as
    /// valid where one would be no mobile: a local number without its area code can be somebody else's landline.
    pub fn valid_in(&self, region: Region, rules: &phone::Rules) -> (u64, u64) {
        let rules = phone::Rules { default: Some(region), ..rules.clone() };
        let readings = self.numbers.iter().filter_map(|number| phone::read("", number, None, &rules).ok());
        let is_mobile = |kind: Kind| matches!(kind, Kind::Mobile | Kind::FixedLineOrMobile);
        let valid = readings.map(|reading| is_mobile(reading.kind).then_some(1)).sum::<Option<u64>>();
        (valid.unwrap_or(0), self.numbers.len() as u64)
    }
}
