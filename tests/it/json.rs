//! JSON from the command line: what is said of lists that are left, which records are kept, what deep nesting costs.

use std::time::Duration;

use crate::support::program::{Folder, m1import};

#[test]
fn a_list_of_further_contacts_is_a_warning_with_its_places() {
    let folder = Folder::new();
    let school = r#"[{"name":"Escola","phone":"+551133334444","students":[{"name":"Ana","phone":"+5511987654321"}]}]"#;
    folder.write("school.json", school);
    let run = m1import(&folder, ["check", "school.json", "--output", "json"]).run();
    let summary = run.exits_with(0).json();
    let warning = &summary["warnings"][0];
    assert_eq!(warning["code"], "warning.list_left");
    assert_eq!(warning["count"], 1);
    assert_eq!(warning["places"][0], "school.json:1");
    assert_eq!(summary["rows"]["read"], 1);
}

#[test]
fn rejected_records_are_kept_as_objects_that_can_be_read_again() {
    let folder = Folder::new();
    for (name, text, line) in [
        ("columns.json", "{\"name\":[\"Ada\",\"Ben\"],\n\"phone\":[\"+12025550101\",\"12\"]}", 1),
        ("rows.json", "[[\"name\",\"phone\"],\n[\"Ada\",\"+12025550101\"],\n[\"Ben\",\"12\"]]", 3),
        (
            "groups.json",
            "[{\"group\":\"A\",\"them\":[{\"name\":\"Ada\",\"phone\":\"+12025550101\"},\n{\"name\":\"Ben\",\"phone\":\"12\"}]}]",
            2,
        ),
    ] {
        folder.write(name, text);
        let results = name.replace(".json", ".results");
        m1import(&folder, [name, "--dry-run", "--output-dir", &results]).run().exits_with(1);
        let rejected = folder.read(&format!("{results}/rejected.ndjson"));
        let kept: serde_json::Value = serde_json::from_str(rejected.trim()).unwrap();
        assert_eq!((&kept["name"], &kept["m1import_line"]), (&"Ben".into(), &line.into()), "{rejected}");
        assert_eq!(kept["group"] == "A", name == "groups.json", "{rejected}");
        // Given back, mended.
        folder.write("again.ndjson", rejected.replace("\"12\"", "\"+12025550102\""));
        let summary = m1import(&folder, ["check", "again.ndjson", "--output", "json"]).run().exits_with(0).json();
        assert_eq!(summary["rows"]["read"], 1);
    }
}

#[test]
fn deep_nesting_costs_no_more_than_its_length() {
    let folder = Folder::new();
    let nested = |open: &str, close: &str, depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
    for (open, close) in
        [(r#"{"a":"#, "}"), ("[", "]"), (r#"[{"a":"#, "}]"), (r#"{"type":"a","a":"#, "}"), (r#"{"M":"#, "}")]
    {
        for depth in [80_000, 1_000_000] {
            folder.write("deep.json", nested(open, close, depth));
            let run = m1import(&folder, ["check", "deep.json"]).run();
            assert!(run.computed < Duration::from_secs(10), "{open} {depth}: {:?}", run.computed);
            assert!(run.peak < 64_000, "{open} {depth}: {} KiB", run.peak);
        }
        // It is one record among others.
        let record =
            |inner: &str| format!("[{{\"phone\":\"+12025550101\",\"x\":{inner}}},{{\"phone\":\"+12025550102\"}}]");
        folder.write("deep.json", record(&nested(open, close, 80_000)));
        let summary = m1import(&folder, ["check", "deep.json", "--output", "json"]).run().exits_with(1).json();
        assert_eq!((&summary["rows"]["read"], &summary["reasons"]["row.too_deep"]), (&2.into(), &1.into()), "{open}");
    }
}
