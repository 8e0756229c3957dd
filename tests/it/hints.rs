//! What would be sent of each file of the corpus; and hints that hold a command may be obeyed blindly: what comes of it is
//! right, or is refused anew. Never fewer contacts than records, never the number of somebody else, never a date or an id
//! for a phone. `SNAPSHOTS=overwrite cargo test --test it hints` accepts what is sent now; look at every line that changes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use snapbox::{Data, assert_data_eq};

use crate::corpus::{collect, words};
use crate::support::program::{Folder, m1import};

/// Checks a file of the folder; null where the command itself is refused.
fn check(folder: &Folder, file: &str, options: &[String]) -> Value {
    let words = ["check", file, "--output", "json", "--show-values"].map(str::to_owned);
    let run = m1import(folder, words.into_iter().chain(options.iter().cloned())).run();
    if run.stdout.is_empty() { Value::Null } else { run.json() }
}

/// The options of the command that a hint holds; none where what it names is still to be chosen.
fn command(hint: &str) -> Vec<String> {
    const FLAGS: [&str; 3] = ["--no-header", "--omit-empty", "--bare-international"];
    const OPTIONS: [&str; 11] = [
        "--map",
        "--delimiter",
        "--columns",
        "--sheet",
        "--format",
        "--encoding",
        "--skip-lines",
        "--default-country",
        "--phone-types",
        "--only",
        "--skip",
    ];
    let mut found = Vec::new();
    let mut words =
        words(hint).into_iter().map(|word| word.trim_end_matches(['?', ',', ';', '.']).to_owned()).peekable();
    while let Some(word) = words.next() {
        if FLAGS.contains(&word.as_str()) {
            found.push(word);
        } else if OPTIONS.contains(&word.as_str()) {
            let is_value = |value: &String| match word.as_str() {
                "--only" | "--skip" => value.contains('='),
                "--map" => value.contains('=') && !value.ends_with("=COLUMN"),
                "--default-country" => value.len() == 2 && value.chars().all(char::is_uppercase),
                _ if is_whole(hint) => true,
                _ => !value.chars().all(char::is_alphabetic) || value == "all" || value == "mobile",
            };
            found.extend(words.next_if(is_value).into_iter().flat_map(|value| [word.clone(), value]));
        }
    }
    found
}

/// Whether a hint holds the whole command, with what was typed before.
fn is_whole(hint: &str) -> bool {
    hint.contains("m1import check ")
}

/// The options of each command in the hints of a page about reasons why rows cannot be sent.
fn commands_of_reasons(page: &str) -> Vec<(Vec<String>, bool)> {
    let (_, reasons) = page.split_once("Why rows cannot be sent").unwrap_or_default();
    let (reasons, _) = reasons.split_once("\nWarnings\n").or_else(|| reasons.split_once("\n\n")).unwrap_or_default();
    let joined = reasons.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.split("hint:").skip(1).map(|hint| (command(hint), is_whole(hint))).collect()
}

/// The first contacts of a summary: name, number, address, tags and attributes of each.
fn contacts(summary: &Value) -> String {
    let contact = |contact: &Value| {
        let person = &contact["profile"]["userDetails"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let phone = &person["contact"]["phone"];
        let mut shown =
            format!("{} +{}{}", text(&person["userProvidedName"]), text(&phone["prefix"]), text(&phone["number"]));
        shown.extend(
            person["contact"]["email"].as_str().filter(|email| !email.is_empty()).map(|email| format!(" {email}")),
        );
        let list = |value: &Value| value.as_array().filter(|list| !list.is_empty()).map(|_| format!(" {value}"));
        shown.extend(["tags", "attributes"].into_iter().filter_map(|member| list(&person[member])));
        shown.trim().to_owned()
    };
    let all: Vec<String> = summary["preview"].as_array().into_iter().flatten().map(contact).collect();
    all.join(" · ")
}

/// What comes of a file, in a few lines: the contacts, what is wrong with rows, what is warned of, why nothing is read.
fn outcome(summary: &Value) -> Vec<String> {
    let mut lines = vec![contacts(summary)];
    let counts = |value: &Value| {
        let counts = value.as_object().into_iter().flatten().map(|(code, count)| format!("{code} {count}"));
        counts.collect::<Vec<_>>().join(", ")
    };
    lines.push(counts(&summary["reasons"]));
    let warning = |warning: &Value| format!("{} {}", warning["code"].as_str().unwrap_or_default(), warning["count"]);
    lines.push(summary["warnings"].as_array().into_iter().flatten().map(warning).collect::<Vec<_>>().join(", "));
    lines.extend(summary["error"]["code"].as_str().map(str::to_owned));
    lines.retain(|line| !line.is_empty());
    lines
}

/// Every file of the corpus as it is checked, and each command of its hints, obeyed. Fewer contacts than rows that are not
/// left out by name are harm.
fn sent(path: &Path, root: &Path) -> (String, Vec<String>) {
    let folder = Folder::new();
    let file = path.file_name().unwrap().to_str().unwrap();
    folder.write(file, fs::read(path).unwrap());
    let options = words(&fs::read_to_string(format!("{}.options", path.display())).unwrap_or_default());
    let summary = check(&folder, file, &options);
    let mut lines = vec![path.strip_prefix(root).unwrap().display().to_string()];
    lines.extend(outcome(&summary).into_iter().map(|line| format!("  {line}")));
    // An option that names no column is corrected, not joined by another.
    let is_corrected = summary["error"]["code"] == "mapping.unknown_column";
    let kept = if is_corrected { &[][..] } else { &options[..] };
    let hints = std::iter::once(&summary["error"]).chain(summary["warnings"].as_array().into_iter().flatten());
    let hints = hints.filter_map(|one| one["hint"].as_str());
    let mut commands: Vec<(Vec<String>, bool)> = hints.map(|hint| (command(hint), is_whole(hint))).collect();
    if summary["rows"]["invalid"].as_u64().unwrap_or(0) > 0 {
        let page =
            m1import(&folder, ["check", file].map(str::to_owned).into_iter().chain(options.iter().cloned())).run();
        commands.extend(commands_of_reasons(&page.stdout));
    }
    commands.retain(|(command, _)| !command.is_empty());
    let whole = |(command, is_whole): (Vec<String>, bool)| match is_whole {
        true => command,
        false => kept.iter().cloned().chain(command).collect(),
    };
    let mut commands: Vec<Vec<String>> = commands.into_iter().map(whole).collect();
    commands.sort();
    commands.dedup();
    let is_of_error = !summary["error"].is_null();
    let mut harm = Vec::new();
    for command in commands {
        let obeyed = check(&folder, file, &command);
        let shown = command.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" ");
        lines.push(format!("  > {shown}"));
        lines.extend(outcome(&obeyed).into_iter().map(|line| format!("    {line}")));
        let count = |summary: &Value, of: &str, what: &str| summary[of][what].as_u64().unwrap_or(0);
        let (before, after) = (count(&summary, "contacts", "prepared"), count(&obeyed, "contacts", "prepared"));
        let all =
            count(&obeyed, "rows", "read") - count(&obeyed, "rows", "skipped") - count(&obeyed, "rows", "duplicate");
        let is_less = match is_of_error {
            true => after > 0 && after < all,
            false => after + count(&obeyed, "rows", "skipped") < before,
        };
        if is_less {
            harm.push(format!("{}: {after} contacts of {all} rows", lines.join("\n")));
        }
    }
    lines.push(String::new());
    (lines.join("\n"), harm)
}

#[test]
fn what_is_sent_of_the_corpus_and_by_whoever_obeys_its_hints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let some = files.len().div_ceil(4);
    let (texts, harm): (Vec<String>, Vec<Vec<String>>) = std::thread::scope(|scope| {
        let start = |some: &'_ [PathBuf]| {
            let (some, root) = (some.to_vec(), &root);
            scope.spawn(move || some.iter().map(|file| sent(file, root)).collect::<Vec<_>>())
        };
        let threads: Vec<_> = files.chunks(some).map(start).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).unzip()
    });
    let harm = harm.concat();
    assert!(harm.is_empty(), "{} hints do harm:\n{}", harm.len(), harm.join("\n"));
    assert_data_eq!(texts.concat(), Data::read_from(&root.join("../golden/corpus.txt"), None).raw());
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
