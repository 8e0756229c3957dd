//! What holds for every cell, whatever it contains.

use proptest::prelude::*;

use super::*;
use crate::row::Note;

/// Cells that look like numbers, and cells that look like nothing.
fn cell() -> impl Strategy<Value = String> {
    let signs = "[0-9٠-٩ +()./,;:x*#@'\"=\u{a0}\u{202a}\u{1f}\\-eE]{0,24}";
    prop_oneof![
        3 => "[+0]{0,2}[0-9]{3,15}",
        2 => "[+]?[0-9]{1,3}[ -]?[(]?[0-9]{1,4}[)]?[ .-]?[0-9]{2,5}[ /.-]?[0-9]{2,6}",
        2 => signs,
        1 => any::<String>(),
        1 => "(tel:|Mobile: |wa.me/|Tel. )?[+]?[0-9]{8,13}( ext [0-9]{2}|@c.us| \\(work\\)|.0|E[+]11)?",
    ]
}

fn prefix() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 3 => "[+]?(91|1|44|49|7|39|55|52|54|225|1876|77)(.0)?", 1 => "(IN|India|DE|US \\+1|x)", 1 => any::<String>()]
}

fn region() -> impl Strategy<Value = Option<Region>> {
    prop_oneof![
        Just(""),
        Just("IN"),
        Just("DE"),
        Just("US"),
        Just("IT"),
        Just("RU"),
        Just("MX"),
        Just("AR"),
        Just("BR"),
        Just("BB"),
        Just("GB")
    ]
    .prop_map(|name| name.parse().ok())
}

fn rules() -> impl Strategy<Value = Rules> {
    (any::<[bool; 4]>(), region()).prop_map(|([possible, reject, renumber, bare_international], default)| Rules {
        check: if possible { Check::Possible } else { Check::Valid },
        multiple: if reject { Multiple::Reject } else { Multiple::First },
        renumber,
        bare_international,
        default,
        ..Rules::default()
    })
}

/// The digits of a text in order, as its scripts write them.
fn digits(text: &str) -> String {
    clean::clean(text).text.chars().filter(char::is_ascii_digit).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn no_cell_breaks_the_reading_and_what_is_read_is_a_number(prefix in prefix(), cell in cell(), region in region(), rules in rules()) {
        if let Ok(reading) = read(&prefix, &cell, region, &rules) {
            let digits = reading.phone.split();
            let (code, national) = (digits.prefix(), digits.number());
            // Prefix and number join to the E.164 form, and its key comes back.
            prop_assert_eq!(reading.phone.to_string(), format!("+{code}{national}"));
            prop_assert_eq!(Phone::from_digits(reading.phone.get()), Some(reading.phone));
            prop_assert!(reading.phone.get() < 1_000_000_000_000_000);
            prop_assert_eq!(code, reading.region.calling_code().to_string());
            prop_assert!(!reading.others.contains(&reading.phone));
        }
    }

    #[test]
    fn what_was_read_reads_as_itself(prefix in prefix(), cell in cell(), region in region()) {
        let rules = Rules::default();
        if let Ok(reading) = read(&prefix, &cell, region, &rules) {
            let digits = reading.phone.split();
            for again in [read("", &reading.phone.to_string(), None, &rules), read(digits.prefix(), digits.number(), None, &rules)] {
                match again {
                    Ok(again) => prop_assert_eq!((again.phone, again.region, again.kind), (reading.phone, reading.region, reading.kind)),
                    // Without its `+` a number may have a second reading.
                    Err(refusal) => prop_assert_eq!(refusal.code, Code::PhoneAmbiguous),
                }
            }
        }
    }

    #[test]
    fn no_digit_falls_away_or_appears_without_a_note(prefix in prefix(), cell in cell(), region in region(), rules in rules()) {
        if let Ok(reading) = read(&prefix, &cell, region, &rules) {
            let full = reading.phone.get().to_string();
            // What stands behind the `?` of an address is a message, not dialled.
            let number = if cell.contains(':') { cell.split('?').next().unwrap_or_default() } else { &cell };
            let written = digits(number);
            let before = digits(prefix.strip_suffix(".0").or(prefix.strip_suffix(",0")).unwrap_or(&prefix));
            let kept = full.ends_with(&written) && (full == written || full.starts_with(reading.region.calling_code().to_string().as_str()));
            let whole = full == written || full.len() == written.len() + reading.region.calling_code().to_string().len();
            let further = !before.is_empty() && full.ends_with(&format!("{before}{written}"));
            let silent = [Note::PhoneNativeDigits, Note::PhoneMarksRemoved, Note::PhoneGuardRemoved, Note::PhoneRegionDiffers,
                Note::PhoneSuspiciousPattern, Note::PhoneNonGeographic, Note::PhonePossibleOnly];
            let noted = reading.notes.iter().any(|note| !silent.contains(&note));
            prop_assert!(noted || (kept && (whole || further)), "{prefix:?} {cell:?} became {full} in silence");
        }
    }

    #[test]
    fn a_refusal_never_tells_the_cell(cell in "[0-9]{6,9}[a-z*]{0,6}", region in region()) {
        if let Err(refusal) = read("", &cell, region, &Rules::default()) {
            let held = |text: &str| text.contains(cell.as_str());
            prop_assert!(!held(&refusal.detail) && !held(refusal.code.description()));
        }
    }

    #[test]
    fn no_pattern_breaks_the_compiler(pattern in "[0-9\\\\d\\[\\](){}?|:$,-]{0,30}") {
        let text = format!("version\t1\nregion\tIN\t91\ntrunk\t{pattern}\t\\1\ngeneral\t10\t\t\\d{{10}}\nmobile\t10\t\t{pattern}\n");
        let _ = Plans::read(&text);
    }
}
