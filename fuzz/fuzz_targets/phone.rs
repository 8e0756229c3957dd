//! Any prefix, number and country: nothing breaks, and what is read is a number that reads as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use m1import::contact::phone::{Check, Multiple, Phone, Region, Rules, read};

fuzz_target!(|data: (u8, String, String, String)| {
    let (options, prefix, number, region) = data;
    let rules = Rules {
        check: if options & 1 == 0 { Check::Valid } else { Check::Possible },
        multiple: if options & 2 == 0 { Multiple::First } else { Multiple::Reject },
        renumber: options & 4 != 0,
        bare_international: options & 8 != 0,
        ..Rules::default()
    };
    if let Ok(reading) = read(&prefix, &number, region.parse::<Region>().ok(), &rules) {
        assert_eq!(Phone::from_digits(reading.phone.get()), Some(reading.phone));
        if rules.check == Check::Valid {
            let again = read("", &reading.phone.to_string(), None, &rules).map(|again| again.phone);
            assert_eq!(again, Ok(reading.phone));
        }
    }
});
