//! Warnings: what is said before contacts go out though each row by itself is fine.

use serde_json::Value;

use crate::corpus::words;
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

/// What is said to allow so few rows that are not valid is what was typed.
#[test]
fn the_limit_that_stops_a_run_is_named_as_it_was_typed() {
    let folder = Folder::new();
    folder.write("two.csv", "Name,Phone\nA,+12025550101\nB,12\n");
    for (typed, named) in [(&["--max-invalid", "0"][..], "--max-invalid 0"), (&["--strict"], "--strict")] {
        let said = format!("error: 1 of 2 rows is invalid, which is more than {named} allows");
        m1import(&folder, ["check", "two.csv"]).with(typed).run().exits_with(65).says(&said);
    }
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
    let quiet = m1import(&folder, ["header.csv", "--sandbox", "--quiet"]).run();
    assert_eq!(
        quiet.exits_with(0).stderr,
        "warning: the input holds no rows [warning.no_rows]\n  hint: is it the right file?\n"
    );
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

/// The only warning of a check of these rows, and what the command of its hint comes to.
fn warned_and_obeyed(folder: &Folder, text: &str, options: &[&str], code: &str) -> (Value, Value) {
    folder.write("list.csv", text);
    let check = [&["check", "list.csv", "--output", "json"], options].concat();
    let summary = m1import(folder, check).run().json();
    let found = summary["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == code);
    let warning = found.unwrap_or_else(|| panic!("{code} in {summary:#}")).clone();
    let command = warning["hint"].as_str().unwrap().split_once(": m1import ").unwrap().1;
    let words = words(command);
    (warning, m1import(folder, words).run().json())
}

#[test]
fn an_unused_column_of_phones_is_said_where_the_mapped_one_is_empty() {
    let folder = Folder::new();
    let text = "Name,Phone,Alternativ,Agent,Joined\nA,+12025550101,,+12025550199,2026-01-02\nB,,+12025550102,+12025550199,2026-01-03\n\
                C,,+12025550103,+12025550199,2026-01-04\nD,,,+12025550199,2026-01-05\n";
    let (warning, obeyed) = warned_and_obeyed(&folder, text, &[], "warning.phone_column");
    assert_eq!((&warning["count"], &warning["places"]), (&2.into(), &serde_json::json!(["list.csv:3", "list.csv:4"])));
    let message = "list.csv: column \"Alternativ\" is not used, and holds the phone number of 2 rows without one";
    assert_eq!(warning["message"], message);
    assert_eq!(codes(&obeyed), Vec::<&str>::new());
    assert_eq!((&obeyed["rows"]["invalid"], &obeyed["contacts"]["prepared"]), (&1.into(), &3.into()), "{obeyed:#}");
    // Who has named the column of phones is told of the other in words of the same kind.
    let text = "Name,Mobile,Phone\nA,+12025550101,+12025550109\nB,,+12025550102\n";
    let (warning, obeyed) = warned_and_obeyed(&folder, text, &["--map", "phone=Mobile"], "warning.phone_column");
    assert_eq!(warning["count"], 1);
    assert_eq!((&obeyed["rows"]["invalid"], &obeyed["contacts"]["prepared"]), (&0.into(), &2.into()));
}

#[test]
fn an_unused_column_of_countries_is_said_where_numbers_have_none() {
    let folder = Folder::new();
    let rows = "Eva,0176 12345678,Germany\nLea,06 12 34 56 78,France\nAnn,+12025550101,United States\nUwe,0176 12345679,Germany\n";
    let text = format!("Name,Phone,Source\n{rows}");
    let (warning, obeyed) = warned_and_obeyed(&folder, &text, &[], "warning.country_column");
    assert_eq!((&warning["count"], &warning["places"][2]), (&3.into(), &"list.csv:5".into()));
    let message = "list.csv: column \"Source\" is not used, and holds countries; 3 rows have a number without one";
    assert_eq!(warning["message"], message);
    assert_eq!((codes(&obeyed), &obeyed["contacts"]["prepared"]), (vec![], &4.into()));
    let text = "Name,Phone,Vorw.\nEva,176 12345678,+49\nLea,6 12 34 56 78,+33\nUwe,176 12345679,+49\n";
    let (warning, obeyed) = warned_and_obeyed(&folder, text, &["--default-country", "DE"], "warning.country_column");
    assert_eq!(warning["count"], 3, "{warning}");
    assert_eq!((codes(&obeyed), &obeyed["contacts"]["prepared"]), (vec![], &3.into()));
    // Numbers that say their country need no column.
    folder
        .write("list.csv", "Name,Phone,Source\nA,+12025550101,Germany\nB,+12025550102,France\nC,+12025550103,Italy\n");
    let summary = m1import(&folder, ["check", "list.csv", "--output", "json"]).run().json();
    assert_eq!(codes(&summary), Vec::<&str>::new());
}

#[test]
fn one_name_for_many_contacts_is_said_above_one_in_twenty() {
    let folder = Folder::new();
    let list = |all: usize, same: usize| {
        let row = |n: usize| {
            format!("{},+1202555{n:04}\n", if n < same { "Customer".to_owned() } else { format!("Name {n}") })
        };
        format!("Name,Phone\n{}", (0..all).map(row).collect::<String>())
    };
    for (all, same, is_said) in [
        (20, 3, true),
        (59, 3, true),
        (60, 3, false),
        (19, 19, false),
        (20, 2, false),
        (200, 11, true),
        (200, 10, false),
    ] {
        folder.write("list.csv", list(all, same));
        let summary = m1import(&folder, ["check", "list.csv", "--output", "json"]).run().exits_with(0).json();
        let expected = if is_said { vec!["warning.same_name"] } else { vec![] };
        assert_eq!(codes(&summary), expected, "{all} {same}");
        if is_said {
            let warning = &summary["warnings"][0];
            assert_eq!((&warning["count"], &warning["places"]), (&same.into(), &serde_json::json!(["list.csv:2"])));
            assert!(warning["hint"].as_str().unwrap().ends_with("--map name=COLUMN"), "{warning}");
            assert!(!warning.to_string().contains("Customer"), "no names where none need be: {warning}");
        }
    }
    // One person many times is one.
    folder.write("list.csv", list(20, 1) + &"Customer,+12025550000\n".repeat(20));
    let summary = m1import(&folder, ["check", "list.csv", "--output", "json"]).run().exits_with(0).json();
    assert_eq!(codes(&summary), Vec::<&str>::new());
}

#[test]
fn phones_alone_may_blank_what_the_server_holds() {
    let folder = Folder::new();
    let text = "Phone\n+12025550101\n+12025550102\n";
    let (warning, obeyed) = warned_and_obeyed(&folder, text, &[], "warning.empty_fields");
    assert_eq!(warning["count"], 2);
    assert_eq!(codes(&obeyed), ["warning.no_name_column"]);
    let tagged = "Phone,Tags\n+12025550101,\n+12025550102,vip\n";
    for (text, options) in
        [(text, ["--tag", "summer"]), (text, ["--set", "attr.source=list"]), (tagged, ["--limit", "9"])]
    {
        folder.write("list.csv", text);
        let summary =
            m1import(&folder, [&["check", "list.csv", "--output", "json"], &options[..]].concat()).run().json();
        assert_eq!(codes(&summary), ["warning.no_name_column"], "{options:?}");
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
        let mut expected = if code.is_empty() { vec![] } else { vec![code] };
        expected.extend(text.starts_with("Phone\n+").then_some("warning.empty_fields"));
        assert_eq!(codes(&summary), expected, "{file}: {summary:#}");
        if !code.is_empty() {
            let said = summary["warnings"][0]["message"].as_str().unwrap();
            assert!(said.starts_with(&format!("{file}: ")) && said.contains(message), "{said}");
        }
    }
    m1import(&folder, ["check", "some.csv", "--strict"]).run().exits_with(0);
    m1import(&folder, ["check", "one.csv", "--strict"]).run().exits_with(65).says("warning.no_name_column");
}

#[test]
fn numbers_in_place_of_tags_are_said_and_sent_where_they_are_mapped() {
    let folder = Folder::new();
    let records: String = (1..=4)
        .map(|n| {
            format!(
                "{{\"name\":\"A{n}\",\"phone\":\"+1202555010{n}\",\"tags\":{}}}\n",
                if n == 2 { "\"vip\"" } else { "2024" }
            )
        })
        .collect();
    folder.write("tags.ndjson", records);
    let told = m1import(&folder, ["check", "tags.ndjson", "--output", "json"]).run().exits_with(0).json();
    assert_eq!(codes(&told), ["warning.tag_ids"]);
    let warning = &told["warnings"][0];
    assert_eq!(
        (&warning["count"], &warning["places"]),
        (&3.into(), &serde_json::json!(["tags.ndjson:1", "tags.ndjson:3", "tags.ndjson:4"]))
    );
    let mapped =
        ["check", "tags.ndjson", "--map", "tags=tags", "--map", "tags=tags id", "--output", "json", "--show-values"];
    let told = m1import(&folder, mapped).run().exits_with(0).json();
    assert_eq!(codes(&told), [""; 0]);
    assert_eq!(told["preview"][0]["profile"]["userDetails"]["tags"], serde_json::json!(["2024"]));
}
