//! The rows of the decision table, the quirks and the dirty cells, one by one, with their notes, codes and suggestions.

use super::*;

/// `prefix | number | country | options`, where options are letters: m refuse several, r renumber, b bare international, p possible.
fn said(case: &str) -> String {
    let cells: Vec<&str> = case.split('|').collect();
    let cell = |index: usize| cells.get(index).copied().unwrap_or("").replace('¦', "|");
    let option = |letter: char| cell(3).contains(letter);
    let rules = Rules {
        multiple: if option('m') { Multiple::Reject } else { Multiple::First },
        check: if option('p') { Check::Possible } else { Check::Valid },
        renumber: option('r'),
        bare_international: option('b'),
        kinds: if option('k') { "mobile".parse().unwrap() } else { Kinds::default() },
        ..Rules::default()
    };
    match read(&cell(0), &cell(1), cell(2).parse().ok(), &rules) {
        Ok(reading) => {
            let notes: String =
                reading.notes.iter().map(|note| format!(" {}", note.as_str().trim_start_matches("phone."))).collect();
            let others: String = reading.others.iter().map(|phone| format!(" ({phone})")).collect();
            format!("{}{notes}{others}", reading.phone)
        }
        Err(refusal) => {
            format!("{}{}", refusal.code, refusal.suggestions.iter().map(|s| format!(" {s}")).collect::<String>())
        }
    }
}

#[test]
fn every_row_of_the_table() {
    let cases = include_str!("../../../tests/data/phone/rows.txt");
    let mut wrong = Vec::new();
    let mut lines = cases.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    while let (Some(case), Some(expected)) = (lines.next(), lines.next()) {
        let found = said(case);
        if found != expected.trim() {
            wrong.push(format!("{case}\n    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn explained_for_machines_and_people() {
    let rules = Rules::default();
    let explained = |cell: &str| explain(cell, &rules);
    let json = serde_json::to_string(&explained("'+390236618300")).unwrap();
    assert_eq!(
        json,
        r#"{"input":"'+390236618300","prefix":"39","number":"0236618300","country":"IT","type":"fixed_line","notes":["phone.guard_removed"],"considered":[{"reading":"as it stands, with its +","number":"+390236618300","taken":true,"why":"valid (fixed line, Italy)"}]}"#
    );
    let json = serde_json::to_string(&explained("+557188123456")).unwrap();
    assert_eq!(
        json,
        r#"{"input":"+557188123456","code":"phone.obsolete_format","message":"the number is from before a renumbering (--renumber writes it in its new form)","suggestions":["+5571988123456"],"considered":[{"reading":"as it stands, with its +","number":"+557188123456","taken":false,"why":"the number is from before a renumbering"}]}"#
    );
    assert_eq!(explained("+919876543210").to_string(), "+91 9876543210\n  country: India (IN)\n  type: mobile");
    let refused = explained("98765");
    assert!(
        refused.is_refused()
            && refused.to_string().contains("[phone.no_country]")
            && !refused.answer.to_string().contains("98765")
    );
}

#[test]
fn every_reading_is_explained() {
    for case in include_str!("../../../tests/data/phone/readings.txt").trim_end().split("\n\n") {
        let (title, expected) = case.split_once('\n').unwrap();
        let (country, cell) = title.split_once(' ').unwrap();
        let rules = Rules { default: country.parse().ok(), ..Rules::default() };
        let lines: Vec<String> = explain(cell, &rules).considered.iter().map(Considered::to_string).collect();
        assert_eq!(lines.join("\n"), expected, "{title}");
    }
}

#[test]
fn renumbering_is_offered_where_it_is_sure() {
    let offered = |cell: &str| explain(cell, &Rules::default()).to_string().contains("--renumber");
    let cells = ["+557188123456", "557188123456@s.whatsapp.net", "wa.me/557188123456", "+22407123456"];
    assert_eq!(cells.map(offered), [true, false, false, false]);
    assert!(!Code::PhoneObsoleteFormat.remedy().contains("--renumber"));
}
