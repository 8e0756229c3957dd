//! No number of somebody is read as the number of somebody else: laws over random numbers of all countries.

use super::oracle::{Dice, Ranges, mistaken};
use super::plans::builtin;
use super::tables::Plan;
use super::*;

/// A random country whose plan is wanted.
fn country(dice: &mut Dice, wanted: impl Fn(&Plan) -> bool) -> Region {
    loop {
        let plan = &builtin().plans[dice.below(builtin().plans.len())];
        let region = Region::of(plan);
        if region.letters().is_some() && wanted(plan) {
            return region;
        }
    }
}

fn under(region: Region) -> Rules {
    Rules { default: Some(region), ..Rules::default() }
}

/// A valid mobile of some country.
fn mobile(ranges: &Ranges, index: usize, dice: &mut Dice) -> Option<Phone> {
    let (region, national) = ranges.draw(index, dice);
    let read = read("", &format!("+{}{national}", region.calling_code()), None, &Rules::default());
    read.ok().filter(|reading| reading.kind.is_mobile() && reading.notes.is_empty()).map(|reading| reading.phone)
}

#[test]
fn a_foreign_mobile_without_its_plus_is_only_read_as_a_mobile() {
    let (ranges, mut dice) = (Ranges::new(), Dice::new(7));
    let (mut asked, mut wrong) = (0, Vec::new());
    for index in 0..20_000 {
        let Some(phone) = mobile(&ranges, index, &mut dice) else { continue };
        let region = country(&mut dice, Plan::is_read_loosely);
        let digits = phone.get().to_string();
        asked += 1;
        match read("", &digits, Some(region), &Rules::default()) {
            Ok(reading) if reading.phone != phone && !reading.kind.is_mobile() => {
                wrong.push(format!("{digits} in {region:?}: {} {:?}", reading.phone, reading.kind));
            }
            _ => {}
        }
    }
    assert!(asked > 3_000 && wrong.is_empty(), "{} of {asked}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

#[test]
fn a_suggestion_stays_in_the_country_unless_two_readings_are_valid() {
    let (ranges, mut dice) = (Ranges::new(), Dice::new(8));
    let (mut asked, mut wrong) = (0, Vec::new());
    for index in 0..20_000 {
        let (own, national) = ranges.draw(index, &mut dice);
        let region = if index % 2 == 0 { country(&mut dice, |_| true) } else { own };
        let cell = mistaken(&national, &mut dice);
        if cell.starts_with("00") || cell.is_empty() {
            continue;
        }
        let Err(refusal) = read("", &cell, None, &under(region)) else { continue };
        // Overseas France shares its numbers with France.
        if refusal.code == Code::PhoneAmbiguous || region.calling_code() == 33 {
            continue;
        }
        asked += 1;
        let foreign = |text: &&String| !text.starts_with(&format!("+{}", region.calling_code()));
        wrong.extend(refusal.suggestions.iter().find(foreign).map(|text| format!("{cell} in {region:?}: {text}")));
    }
    assert!(asked > 3_000 && wrong.is_empty(), "{} of {asked}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

#[test]
fn what_is_suggested_is_valid() {
    let (ranges, mut dice) = (Ranges::new(), Dice::new(9));
    let mut asked = 0;
    for index in 0..20_000 {
        let (own, national) = ranges.draw(index, &mut dice);
        let cell = mistaken(&format!("{}{national}", own.calling_code()), &mut dice);
        let Err(refusal) = read("", &cell, None, &under(own)) else { continue };
        for suggestion in refusal.suggestions {
            asked += 1;
            let again = read("", &suggestion, None, &Rules::default());
            let valid = again.as_ref().is_ok_and(|reading| reading.phone.to_string() == suggestion)
                || again.is_err_and(|refusal| matches!(refusal.code, Code::PhoneTypeNotAllowed | Code::PhoneAmbiguous));
            assert!(valid, "{cell} in {own:?}: {suggestion}");
        }
    }
    assert!(asked > 300, "{asked}");
}
