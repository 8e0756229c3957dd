//! Hints that hold a command may be obeyed blindly: what comes of it is right, or is refused anew. Never fewer contacts
//! than records, never the number of somebody else, never a date or an id for a phone.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::corpus::{collect, words};
use crate::support::program::{Folder, m1import};

/// What comes of the files whose hint gives contacts: the file, then name and number of each contact.
const RIGHT: &[(&str, &[&str])] = &[
    ("attribute-lists/question-ids.json", &[" +12025550101", " +61491570156"]),
    ("columns/map-nearly.csv", &["A +12025550101"]),
    ("columns/map-unknown.csv", &["Asha +919876543210"]),
    ("services/idvalue.json", &["Ada Example +12025550101", "Ben Sample +61491570156"]),
    ("services/surveymonkey.json", &[" +12025550101", " +61491570156"]),
    ("unsafe-hints/by-place.json", &["Ana Souza +5511987654321", "Beto +5521987654321"]),
    ("unsafe-hints/submission-date.csv", &["Ada Example +12025550101", "Ben Sample +12025550102"]),
];

/// Checks a file of the folder; null where the command itself is refused.
fn check(folder: &Folder, file: &str, options: &[String]) -> Value {
    let words = ["check", file, "--output", "json", "--show-values"].map(str::to_owned);
    let run = m1import(folder, words.into_iter().chain(options.iter().cloned())).run();
    if run.stdout.is_empty() { Value::Null } else { run.json() }
}

/// The options of the command that a hint holds; none where what it names is still to be chosen.
fn command(hint: &str) -> Vec<String> {
    const FLAGS: [&str; 3] = ["--no-header", "--omit-empty", "--bare-international"];
    const OPTIONS: [&str; 9] = [
        "--map",
        "--delimiter",
        "--columns",
        "--sheet",
        "--format",
        "--encoding",
        "--skip-lines",
        "--default-country",
        "--phone-types",
    ];
    let mut found = Vec::new();
    let mut words =
        words(hint).into_iter().map(|word| word.trim_end_matches(['?', ',', ';', '.']).to_owned()).peekable();
    while let Some(word) = words.next() {
        if FLAGS.contains(&word.as_str()) {
            found.push(word);
        } else if OPTIONS.contains(&word.as_str()) {
            let is_value = |value: &String| match word.as_str() {
                "--map" => value.contains('=') && !value.ends_with("=COLUMN"),
                "--default-country" => value.len() == 2,
                _ => !value.chars().all(char::is_alphabetic) || value == "all" || value == "mobile",
            };
            found.extend(words.next_if(is_value).into_iter().flat_map(|value| [word.clone(), value]));
        }
    }
    found
}

/// Name and number of each of the first contacts.
fn contacts(summary: &Value) -> Vec<String> {
    let contact = |contact: &Value| {
        let person = &contact["profile"]["userDetails"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let phone = &person["contact"]["phone"];
        format!("{} +{}{}", text(&person["userProvidedName"]), text(&phone["prefix"]), text(&phone["number"]))
    };
    summary["preview"].as_array().into_iter().flatten().map(contact).collect()
}

/// What is wrong with what came of obeying a hint; `expected` are the contacts of the file, where there may be any.
fn harm(obeyed: &Value, expected: Option<&[&str]>) -> Option<String> {
    let found = contacts(obeyed);
    let (read, prepared) = (&obeyed["rows"]["read"], &obeyed["contacts"]["prepared"]);
    match expected {
        _ if obeyed.is_null() || prepared == 0 => None,
        Some(expected) if found == expected && read == prepared => None,
        _ => Some(format!("{prepared} contacts of {read} rows: {found:?}")),
    }
}

#[test]
fn whoever_obeys_a_hint_sends_nothing_wrong() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let (mut wrong, mut right) = (Vec::new(), 0);
    for path in files {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let folder = Folder::new();
        let file = path.file_name().unwrap().to_str().unwrap();
        folder.write(file, fs::read(&path).unwrap());
        let options = words(&fs::read_to_string(format!("{}.options", path.display())).unwrap_or_default());
        let summary = check(&folder, file, &options);
        let hint = summary["error"]["hint"].as_str().unwrap_or_default();
        let mut more = command(hint);
        if more.is_empty() {
            continue;
        }
        // An option that names no column is corrected, not joined by another.
        let is_corrected = summary["error"]["code"] == "mapping.unknown_column";
        let kept = if is_corrected { Vec::new() } else { options };
        more.splice(0..0, kept);
        let obeyed = check(&folder, file, &more);
        let expected = RIGHT.iter().find(|(right, _)| *right == name).map(|(_, contacts)| *contacts);
        match harm(&obeyed, expected) {
            Some(harm) => wrong.push(format!("{name}: {hint}\n  {harm}")),
            None => right += usize::from(!contacts(&obeyed).is_empty()),
        }
    }
    assert!(wrong.is_empty(), "{} hints do harm:\n{}", wrong.len(), wrong.join("\n"));
    assert!(right >= 4, "{right} hints lead to the right contacts");
}

#[test]
fn no_command_is_offered_where_it_might_be_wrong() {
    let folder = Folder::new();
    for (text, options, hint) in [
        // Two persons in a row: either column alone would send one of them, or give one the number of the other.
        (
            "Name,Phone,Name,Phone\nAna,+447400123456,Bea,+447400123457\n,,Beto,+447400123458\n",
            &[][..],
            "give each person a row of their own",
        ),
        ("Full Name,Joined\nAda,2026-01-02\n", &[], "name the column with --map phone=COLUMN; is it the right file?"),
        ("Full Name,Amount\nAda,12025550101\n", &[], "name the column with --map phone=COLUMN; is it the right file?"),
        ("Full Name,Agent\nAda,+12025550101\n", &[], "name the column with --map phone=COLUMN; is it the right file?"),
        (
            "who,b,c\nAda,+12025550101,+12025550102\n",
            &[],
            "the columns \"b\", \"c\" could be meant; name the contact's own number with --map phone=COLUMN",
        ),
        ("NPA,Phone\n202,5550123\n202,5550124\n", &["--default-country", "FR"], "put both parts into one column"),
        ("Name,Mobil\nAda,+12025550101\n", &["--map", "phone=Nam"], "did you mean"),
    ] {
        folder.write("list.csv", text);
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        let summary = check(&folder, "list.csv", &options);
        let said = summary["error"]["hint"].as_str().unwrap_or_default();
        match hint {
            "did you mean" => assert!(!said.contains("Name"), "{said}"),
            hint => assert_eq!(said, hint, "{text}"),
        }
    }
}

/// The hints of a page: a command stands in a line of its own.
fn hints_of(folder: &Folder, file: &str) -> String {
    let run = m1import(folder, ["check", file, "--max-invalid", "100%"]).run();
    let (_, hints) = run.exits_with(1).stdout.split_once("[phone.no_country]").unwrap_or_default();
    hints.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_default_country_is_offered_with_what_it_would_change() {
    let folder = Folder::new();
    let rows = "98765 43210\n098765 43211\n9876543212\n12345\n9876543213\n";
    folder.write("indian.csv", format!("phone\n+91 98765 43214\n{rows}"));
    let said = hints_of(&folder, "indian.csv");
    assert!(said.contains("with --default-country IN 4 of these 5 are valid"), "{said}");
    assert!(said.contains("hint: m1import check indian.csv --max-invalid 100% --default-country IN"), "{said}");
    let obeyed = m1import(&folder, ["check", "indian.csv", "--default-country", "IN", "--output", "json"]).run();
    assert_eq!(obeyed.json()["contacts"]["prepared"], 5);

    // The numbers that name a country are of several, the file says countries itself, or no number would be a mobile.
    folder.write("mixed.csv", format!("phone\n+919876543214\n+49 1512 3456789\n{rows}"));
    folder.write("country.csv", "phone,Land\n+919876543214,India\n9876543210,\n");
    folder.write("none.csv", "phone\n+919876543214\n12345\n");
    // A number without its area code would be somebody's landline.
    folder.write("local.csv", "phone\n+4915123456789\n0151 23456788\n5550101\n");
    for file in ["mixed.csv", "country.csv", "none.csv", "local.csv"] {
        assert!(!hints_of(&folder, file).contains("of these"), "{file}");
    }
}
