//! The documented cases, cell by cell: `tests/data/phone/cases.tsv`, and `worldwide.tsv` for all countries and rules.
//!
//! A reject names its code and, where there are any, its suggestions; an accepted number may name its notes, all of them.

use super::*;

/// Code of the table: capitals with underscores for lower case with a dot.
fn code(name: &str) -> String {
    let (field, reason) = name.split_once('_').unwrap();
    format!("{}.{}", field.to_lowercase(), reason.to_lowercase())
}

/// A cell of the table; what cannot be seen stands there as `\n`, `\t`, `\r` or `\u{200b}`.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        let (c, behind) = match behind.strip_prefix("u{").and_then(|code| code.split_once('}')) {
            Some((code, behind)) => (char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap(), behind),
            None => match behind.split_at(1) {
                ("n", behind) => ('\n', behind),
                ("t", behind) => ('\t', behind),
                ("r", behind) => ('\r', behind),
                ("\\", behind) => ('\\', behind),
                _ => panic!("{text}"),
            },
        };
        cell.push_str(before);
        cell.push(c);
        rest = behind;
    }
    cell + rest
}

/// The rules by a policy, which is the option as it is typed, or the name of the decision that a case rests on.
fn rules(policy: &str) -> Rules {
    let mut rules = Rules::default();
    match policy {
        "multi" | "--multiple reject" => rules.multiple = Multiple::Reject,
        "--renumber" => rules.renumber = true,
        "--bare-international" => rules.bare_international = true,
        "--phone-check possible" => rules.check = Check::Possible,
        "--phone-types mobile" => rules.kinds = "mobile".parse().unwrap(),
        _ => assert!(!policy.starts_with("--"), "{policy}"),
    }
    rules
}

/// What a line of the table says should come out, and what did.
fn expected_and_found(line: &str) -> (String, String) {
    let cells: Vec<&str> = line.split('\t').collect();
    let [prefix, number, region, expect, prefix_out, number_out, note, policy] = cells[..] else {
        panic!("{line}");
    };
    let region = (!region.is_empty()).then(|| region.parse().unwrap());
    let reading = read(&cell(prefix), &cell(number), region, &rules(policy));
    let notes = note.strip_prefix("notes=").map(|notes| notes.split(' ').filter(|note| !note.is_empty()).collect());
    let suggestions: Vec<&str> = note.split("suggestion ").skip(1).map(str::trim).collect();
    let code = note.split_once("code=").map(|(_, rest)| code(rest.split([' ', ';']).next().unwrap()));
    let expected = match expect {
        "accept" => format!("+{prefix_out} {number_out} {notes:?}"),
        _ => format!("{} {suggestions:?}", code.as_deref().unwrap_or_default()),
    };
    let found = match reading {
        Ok(reading) => {
            let digits = reading.phone.split();
            let found = reading.notes.iter().map(|note| note.as_str().trim_start_matches("phone."));
            let found = notes.map(|_: Vec<&str>| found.collect::<Vec<_>>());
            format!("+{} {} {found:?}", digits.prefix(), digits.number())
        }
        Err(refusal) => {
            let found = code.map(|_| refusal.code.as_str()).unwrap_or_default();
            let suggested = refusal.suggestions.iter().filter(|found| suggestions.contains(&found.as_str()));
            format!("{found} {:?}", suggested.collect::<Vec<_>>())
        }
    };
    (expected, found)
}

#[test]
fn every_case_comes_out_as_documented() {
    let tables = [
        (73, include_str!("../../../tests/data/phone/cases.tsv")),
        (3_000, include_str!("../../../tests/data/phone/worldwide.tsv")),
    ];
    for (least, text) in tables {
        let (mut count, mut wrong) = (0, Vec::new());
        for line in text.lines().skip(1) {
            count += 1;
            let (expected, found) = expected_and_found(line);
            if found != expected {
                wrong.push(format!("{line}\n    {found}, not {expected}"));
            }
        }
        assert!(count >= least && wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}
