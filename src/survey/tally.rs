//! Counts by kind and country of the numbers, without a search for each row.

use std::collections::BTreeMap;

use crate::contact::phone::{Kind, Region};

/// Valid rows, counted.
#[derive(Default)]
pub(super) struct Tally {
    kinds: [u64; Kind::ALL.len()],
    /// By the place of the country.
    countries: Vec<Option<(Region, u64)>>,
}

/// Where a country is counted: by its letters, or by its calling code where it has none.
fn place(region: Region) -> usize {
    let letter = |letter: u8| usize::from(letter.wrapping_sub(b'A'));
    match region.letters() {
        Some((first, second)) => 26 * letter(first) + letter(second),
        None => 26 * 26 + usize::from(region.calling_code()),
    }
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, region: Region, kind: Kind) {
        if let Some(count) = self.kinds.get_mut(kind as usize) {
            *count += 1;
        }
        let place = place(region);
        if place >= self.countries.len() {
            self.countries.resize(place + 1, None);
        }
        if let Some(country) = self.countries.get_mut(place) {
            country.get_or_insert((region, 0)).1 += 1;
        }
    }

    /// The rows by country.
    pub fn countries(&self) -> BTreeMap<Region, u64> {
        self.countries.iter().flatten().copied().collect()
    }

    /// The rows by kind.
    pub fn kinds(&self) -> BTreeMap<Kind, u64> {
        Kind::ALL.into_iter().zip(self.kinds).filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::phone;

    #[test]
    fn each_country_and_each_kind_has_a_count_of_its_own() {
        let rules = phone::Rules::default();
        let nowhere = phone::read("", "+80012345678", None, &rules).unwrap().region;
        let regions: Vec<Region> = Region::all().chain([nowhere]).collect();
        let mut tally = Tally::default();
        for (times, region) in regions.iter().enumerate() {
            (0..=times).for_each(|row| tally.add(*region, Kind::ALL[row % Kind::ALL.len()]));
        }
        let rows = |kind: usize| {
            (0..regions.len()).map(|times| (0..=times).filter(|row| row % 12 == kind).count()).sum::<usize>()
        };
        for (times, region) in regions.iter().enumerate() {
            assert_eq!(tally.countries().get(region), Some(&(times as u64 + 1)), "{region:?}");
        }
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(tally.kinds().get(&kind), Some(&(rows(number) as u64)), "{kind:?}");
        }
        assert_eq!(tally.countries().len(), regions.len());
    }
}
