//! The documented cases, cell by cell: `tests/data/phone/cases.tsv`.

use super::*;

/// Code of the table: capitals with underscores for lower case with a dot.
fn code(name: &str) -> String {
    let (field, reason) = name.split_once('_').unwrap();
    format!("{}.{}", field.to_lowercase(), reason.to_lowercase())
}

#[test]
fn every_case_comes_out_as_documented() {
    let text = include_str!("../../../tests/data/phone/cases.tsv");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [prefix, number, region, expect, prefix_out, number_out, note, policy] = cells[..] else {
            panic!("{line}");
        };
        count += 1;
        let multiple = if policy == "multi" { Multiple::Reject } else { Multiple::First };
        let rules = Rules { multiple, ..Rules::default() };
        let region = (!region.is_empty()).then(|| region.parse().unwrap());
        let found = match read(prefix, number, region, &rules) {
            Ok(reading) => {
                let digits = reading.phone.split();
                format!("accept {} {}", digits.prefix(), digits.number())
            }
            Err(refusal) => {
                let suggested = note.split_once("suggestion ").map(|(_, suggestion)| suggestion.trim());
                let missing = suggested.filter(|wanted| !refusal.suggestions.iter().any(|found| found == wanted));
                format!("reject {}{}", refusal.code, missing.unwrap_or_default())
            }
        };
        let expected = match expect {
            "accept" => format!("accept {prefix_out} {number_out}"),
            _ => match note.split_once("code=") {
                Some((_, rest)) => format!("reject {}", code(rest.split([' ', ';']).next().unwrap())),
                None => "reject".into(),
            },
        };
        if !found.starts_with(&expected) || (expected.starts_with("accept") && found != expected) {
            wrong.push(format!("{line}\n    {found}, not {expected}"));
        }
    }
    assert!(count >= 73 && wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
