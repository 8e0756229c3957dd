//! Warnings: what is said before contacts go out though each row by itself is fine.

use serde_json::Value;

use crate::support::program::{Folder, m1import};
use crate::support::server::Server;

/// The codes of the warnings of a summary, in order.
fn codes(summary: &Value) -> Vec<&str> {
    let warnings = summary["warnings"].as_array().expect("the warnings of a summary");
    warnings.iter().map(|warning| warning["code"].as_str().expect("a code")).collect()
}

/// A person with a list of further people, which is not read.
const SCHOOL: &str =
    r#"[{"name":"Escola","phone":"+551133334444","students":[{"name":"Ana","phone":"+5511987654321"}]}]"#;

#[test]
fn strict_sends_nothing_where_there_is_a_warning() {
    let folder = Folder::new();
    folder.write("school.json", SCHOOL);
    let server = Server::unasked();
    let run = m1import(&folder, ["school.json", "--strict"]).to(&server).run();
    run.exits_with(65).says("[input.warnings]").says("warning.list_left");
    let summary = folder.summary("school.results");
    assert_eq!((&summary["error"]["code"], codes(&summary)), (&"input.warnings".into(), vec!["warning.list_left"]));
    assert_eq!((&summary["rows"]["not_sent"], &summary["requests"]["sent"]), (&1.into(), &0.into()));
    m1import(&folder, ["check", "school.json", "--strict"]).run().exits_with(65).says("[input.warnings]");
    m1import(&folder, ["school.json", "--dry-run", "--strict"]).run().exits_with(65).says("[input.warnings]");
    // Rows and warnings are counted apart.
    m1import(&folder, ["check", "school.json", "--max-invalid", "0"]).run().exits_with(0);
}

#[test]
fn strict_allows_warnings_about_people_who_can_be_sent_as_they_are() {
    let folder = Folder::new();
    let landlines: String = (0..25).map(|n| format!("Name {n},+4930123456{n:02}\n")).collect();
    folder.write("landlines.csv", format!("Name,Phone\n{landlines}"));
    let run = m1import(&folder, ["check", "landlines.csv", "--strict", "--output", "json"]).run();
    assert_eq!(codes(&run.exits_with(0).json()), ["warning.landlines"]);
}

#[test]
fn a_header_alone_and_people_who_do_not_want_to_be_written_to_are_warnings_of_the_summary() {
    let folder = Folder::new();
    folder.write("header.csv", "Name,Phone\n");
    folder.write("marked.csv", "Name,Phone,Unsubscribed\nA,+12025550101,yes\nB,+12025550102,\nC,+12025550103,TRUE\n");
    let empty = m1import(&folder, ["check", "header.csv", "--output", "json"]).run().exits_with(0).json();
    assert_eq!(codes(&empty), ["warning.no_rows"]);
    m1import(&folder, ["marked.csv", "--sandbox"]).run().exits_with(0);
    let summary = folder.summary("marked.sandbox.results");
    assert_eq!(codes(&summary), ["warning.consent"]);
    let warning = &summary["warnings"][0];
    assert_eq!(warning["count"], 2);
    assert!(warning["message"].as_str().unwrap().starts_with("marked.csv: column \"Unsubscribed\""), "{warning}");
    let hint = warning["hint"].as_str().unwrap();
    let command = hint.strip_prefix("to leave them out: ").unwrap();
    assert_eq!(command, "m1import marked.csv --sandbox --skip Unsubscribed=yes,TRUE");
    // Whoever obeys the hint has nothing left to be warned of.
    let obeyed = command.split(' ').skip(1).chain(["--output-dir", "obeyed", "--strict"]);
    m1import(&folder, obeyed).run().exits_with(0);
    let summary = folder.summary("obeyed");
    assert_eq!((codes(&summary), &summary["rows"]["skipped"]), (Vec::new(), &2.into()));
}

#[test]
fn people_who_say_no_to_being_written_to_are_left_out_by_the_command_of_the_hint() {
    let folder = Folder::new();
    for (file, cells, count, places, test) in [
        ("Marketing consent", ["no", "yes", "YES", "No"], 2, [2, 5], "'Marketing consent=yes'"),
        ("WhatsApp opt-in", ["FALSE", "TRUE", "", "FALSE"], 2, [2, 5], "'WhatsApp opt-in=TRUE'"),
        ("Einwilligung", ["Nein", "Nein", "", ""], 2, [2, 3], "Einwilligung=ja"),
        ("consentimiento", ["sí", "no", "no", "sí"], 2, [3, 4], "consentimiento=sí"),
        ("Согласие на рассылку", ["да", "нет", "да", "нет"], 2, [3, 5], "'Согласие на рассылку=да'"),
        ("同意", ["是", "否", "是", "否"], 2, [3, 5], "同意=是"),
        // What is neither yes nor no may be a yes.
        ("optIn", ["web form", "no", "paper", "no"], 2, [3, 5], "optIn=no"),
        (
            "SMS Marketing Consent",
            ["SUBSCRIBED", "UNSUBSCRIBED", "NEVER SUBSCRIBED", ""],
            2,
            [3, 4],
            "'SMS Marketing Consent=SUBSCRIBED'",
        ),
    ] {
        let row = |(n, cell): (usize, &str)| format!("Name {n},+1202555010{n},{cell}\n");
        let rows: String = cells.into_iter().enumerate().map(row).collect();
        folder.write("people.csv", format!("Name,Phone,{file}\n{rows}"));
        let summary = m1import(&folder, ["check", "people.csv", "--output", "json"]).run().exits_with(0).json();
        assert_eq!(codes(&summary), ["warning.consent"], "{file}");
        let warning = &summary["warnings"][0];
        assert_eq!(warning["count"], count, "{file}");
        let places = places.map(|line| format!("people.csv:{line}"));
        assert_eq!(warning["places"], serde_json::json!(places), "{file}");
        let hint = warning["hint"].as_str().unwrap();
        assert!(hint.ends_with(test), "{hint}");
        let option = if file == "optIn" { "--skip" } else { "--only" };
        assert!(hint.contains(&format!("check people.csv --output json {option} ")), "{hint}");
        let test = test.trim_matches('\'');
        let obeyed = m1import(&folder, ["check", "people.csv", "--output", "json", option, test]).run().json();
        assert_eq!(codes(&obeyed).iter().filter(|code| **code == "warning.consent").count(), 0, "{file}");
    }
    for cells in [["yes", "yes"], ["2026-01-05", ""], ["", ""], ["granted", "web"]] {
        folder.write(
            "fine.csv",
            format!("Name,Phone,Consent\nA,+12025550101,{}\nB,+12025550102,{}\n", cells[0], cells[1]),
        );
        let summary = m1import(&folder, ["check", "fine.csv", "--output", "json"]).run().exits_with(0).json();
        assert_eq!(codes(&summary), Vec::<&str>::new(), "{cells:?}");
    }
}

#[test]
fn warnings_are_seen_wherever_people_look_and_quiet_keeps_only_those_of_consent() {
    let folder = Folder::new();
    folder.write("school.json", SCHOOL);
    folder.write("marked.csv", "Name,Phone,Unsubscribed\nA,+12025550101,yes\n");
    for (file, code) in [("school.json", "[warning.list_left]"), ("marked.csv", "[warning.consent]")] {
        let results = format!("{file}.results");
        let run = m1import(&folder, [file, "--sandbox", "--output-dir", &results]).run();
        let run = run.exits_with(0).says(code);
        assert!(run.stdout.contains(code), "{}", run.stdout);
        let page = folder.read(&format!("{results}/report.html"));
        assert!(page.contains("<h2>Warnings</h2>") && page.contains(code.trim_matches(['[', ']'])), "{file}");
        let checked = m1import(&folder, ["check", file]).run();
        assert_eq!(checked.exits_with(0).stdout.matches(code).count(), 1, "{}", checked.stdout);
        let quiet = m1import(&folder, [file, "--sandbox", "--quiet", "--output-dir", "quiet", "--restart"]).run();
        assert_eq!(quiet.exits_with(0).stderr.contains(code), file == "marked.csv", "{}", quiet.stderr);
        assert_eq!(codes(&folder.summary("quiet")), [code.trim_matches(['[', ']'])]);
    }
}

#[test]
fn what_is_noticed_in_records_is_counted_in_all_that_are_read_and_no_others() {
    let folder = Folder::new();
    // Far more than are looked at to find out what the file is.
    let record = |n: usize| {
        let students = format!(r#"[{{"name":"A","phone":"+55119{n:08}"}},{{"name":"B","phone":"+55118{n:08}"}}]"#);
        format!("{{\"name\":\"School {n}\",\"phone\":\"+1202555{n:04}\",\"students\":{students}}}")
    };
    let records: Vec<String> = (100..1_600).map(record).collect();
    folder.write("schools.json", format!("[{}]", records.join(",\n")));
    folder.write("schools.ndjson", records.join("\n"));
    for (file, limit, contacts) in [
        ("schools.json", "1500", 3_000),
        ("schools.ndjson", "1500", 3_000),
        ("schools.json", "700", 1_400),
        ("schools.json", "7", 14),
    ] {
        let run = m1import(&folder, ["check", file, "--limit", limit, "--output", "json"]).run();
        let summary = run.json();
        assert_eq!(summary["warnings"][0]["code"], "warning.list_left", "{file}");
        let message = format!("{file}: {contacts} contacts in the list \"students\" are not read");
        assert_eq!(summary["warnings"][0]["message"], message);
        assert_eq!(summary["warnings"][0]["count"], contacts, "{file} {limit}");
        assert_eq!(summary["warnings"][0]["places"][0], format!("{file}:1"));
        assert_eq!(codes(&summary).iter().filter(|code| **code == "warning.list_left").count(), 1, "{summary}");
    }
}

#[test]
fn people_without_a_name_are_counted_and_a_missing_column_of_names_is_said() {
    let folder = Folder::new();
    let later: String = (0..150).map(|n| format!("{{\"phone\":\"+1202555{n:04}\"}}\n")).collect();
    let later = later + "{\"phone\":\"+12025550999\",\"name\":\"Ada\"}\n";
    for (file, text, code, message) in [
        ("no-column.csv", "Phone\n+12025550101\n+12025550102\nnone\n", "warning.no_name_column", "2 rows are"),
        ("one.csv", "Phone\n+12025550101\n", "warning.no_name_column", "1 row is"),
        ("some.csv", "Name,Phone\n,+12025550101\nAda,+12025550102\n ,+12025550103\n", "warning.no_name", "2 rows that"),
        (
            "last.csv",
            "First name,Last name,Phone\n,,+12025550101\n,Doe,+12025550102\n",
            "warning.no_name",
            "1 row that",
        ),
        // A column that is met behind the first records.
        ("later.ndjson", &later, "warning.no_name", "150 rows that"),
        ("all.csv", "Name,Phone\nAda,+12025550101\n", "", ""),
        ("firm.csv", "Company,Phone\nAda Ltd,+12025550101\n", "", ""),
        ("rejected.csv", "Phone\nnone\n+1\n+12025550101x\n", "", ""),
    ] {
        folder.write(file, text);
        let run = m1import(&folder, ["check", file, "--output", "json"]).run();
        let summary = run.json();
        let expected = if code.is_empty() { vec![] } else { vec![code] };
        assert_eq!(codes(&summary), expected, "{file}: {summary:#}");
        if !code.is_empty() {
            let said = summary["warnings"][0]["message"].as_str().unwrap();
            assert!(said.starts_with(&format!("{file}: ")) && said.contains(message), "{said}");
        }
    }
    m1import(&folder, ["check", "some.csv", "--strict"]).run().exits_with(0);
    m1import(&folder, ["check", "one.csv", "--strict"]).run().exits_with(65).says("warning.no_name_column");
}
