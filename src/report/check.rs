//! The page that `check` shows: what the files are, how they are understood, and what would be sent.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::numbers::{count, grouped, percent, size};
use crate::outcome::RowStatus;
use crate::terminal::safe;

use super::rejected_rows::{RejectedRow, Values};
use super::start::understood;
use super::table::{Side, padded};
use super::text::{Page, Paint, noticed, warnings};
use super::words::{by_count, country, describe};
use super::{Summary, number_types};

/// What the page shows beside the summary.
#[derive(Debug, Default)]
pub struct Preview {
    /// Of each input: its columns, in the order of the fields, those that no field uses last.
    pub columns: Vec<Vec<Mapped>>,
    /// Of each input: how many rows were taken from it.
    pub records: Vec<u64>,
    /// Rows that cannot be sent: for each reason the first of them, with their values as they stand.
    pub examples: BTreeMap<String, Vec<RejectedRow>>,
    /// What was guessed about the inputs.
    pub remarks: Vec<String>,
    /// The command that would import, as it may be typed.
    pub command: String,
    /// The files that the settings were written down in: that of `--write-config`, and the one to be named, if it needs one.
    pub settings: Vec<String>,
    /// How cell values appear.
    pub values: Values,
    /// Whether the screen takes colour.
    pub color: bool,
    /// The columns of the screen; `None` where nobody looks at one.
    pub width: Option<usize>,
}

/// A column, the field it is, and a value from it.
#[derive(Debug, Clone, Default)]
pub struct Mapped {
    /// `phone`, `attr.city`; empty where no field uses the column.
    pub field: String,
    /// The column's name.
    pub column: String,
    /// The first value that is not empty.
    pub example: String,
}

/// At most so many countries are named.
const COUNTRIES: usize = 15;

/// The page, as wide as the screen and at most 80 columns but for names and commands that are to be copied.
pub fn page(summary: &Summary, preview: &Preview) -> String {
    let paint = Paint(preview.color);
    let mut page = Page::of(preview.width);
    for (number, input) in summary.inputs.iter().enumerate() {
        let rows = preview.records.get(number).map(|&rows| format!(", {}", count(rows, "row"))).unwrap_or_default();
        let about = format!("{}: {}{rows}, {}", safe(&input.name), understood(input), size(input.bytes));
        match number {
            0 => page.title(&about, &paint),
            _ => page.heading(&about, &paint),
        }
        mapping(preview.columns.get(number).map_or(&[], Vec::as_slice), preview.values, &mut page);
    }
    contacts(summary, &mut page, &paint);
    countries(summary, &mut page, &paint);
    number_types::section(summary, &mut page, &paint);
    rows(summary, &mut page, &paint);
    reasons(summary, preview, &mut page, &paint);
    noticed(summary, &mut page, &paint);
    warnings(summary, &mut page, &paint);
    for remark in &preview.remarks {
        page.gap();
        page.wrapped(0, &format!("Note: {}", safe(remark)));
    }
    page.gap();
    page.verdict(summary, &paint);
    if let Some(path) = preview.settings.first() {
        let found = "an import in this folder takes them from there";
        let how = if path == "m1import.toml" {
            found.to_owned()
        } else {
            format!("an import takes them with --config {path}")
        };
        page.wrapped(0, &safe(&format!("These settings stand in {path}; {how}.")));
    }
    if let Some(named) = preview.settings.get(1) {
        let why = "Some may be made by a file that is named only";
        page.wrapped(0, &safe(&format!("{why}; they stand in {named}, with all others: --config {named}")));
    }
    let is_told = |requests: &u64| *requests > 0 && summary.ending.error.is_none();
    if let Some(requests) = summary.check.estimated_requests.filter(is_told) {
        let requests = count(requests, "request");
        page.line(0, &format!("An import would take about {requests}: {}", safe(&preview.command)));
    }
    if preview.values == Values::Masked && summary.rows.read > 0 {
        page.line(0, "Values are masked; --show-values shows them.");
    }
    page.text
}

fn mapping(mapped: &[Mapped], values: Values, page: &mut Page) {
    let (used, unused): (Vec<&Mapped>, Vec<&Mapped>) = mapped.iter().partition(|mapped| !mapped.field.is_empty());
    if !used.is_empty() {
        let mut rows = vec![["field", "column", "for example"].map(str::to_owned).to_vec()];
        let cells = |mapped: &&Mapped| {
            vec![safe(&mapped.field).into_owned(), safe(&mapped.column).into_owned(), shown(values, &mapped.example)]
        };
        rows.extend(used.iter().map(cells));
        page.table(2, &rows, &[Side::Left; 3]);
    }
    let (unnamed, named): (Vec<&Mapped>, Vec<&Mapped>) =
        unused.iter().partition(|mapped| mapped.column.trim().is_empty());
    let mut names: Vec<String> = named.iter().map(|mapped| safe(&mapped.column).into_owned()).collect();
    if !unnamed.is_empty() {
        names.push(format!("{} without a name", count(unnamed.len() as u64, "column")));
    }
    if !names.is_empty() {
        page.wrapped(2, &format!("not used: {}", names.join(", ")));
    }
}

/// A cell as it may be shown, on one line.
fn shown(values: Values, cell: &str) -> String {
    let cell = cell.split_terminator(crate::row::LIST_END).collect::<Vec<_>>().join(", ");
    let cell = values.cell(cell.trim()).split_whitespace().collect::<Vec<_>>().join(" ");
    safe(&cell).into_owned()
}

fn contacts(summary: &Summary, page: &mut Page, paint: &Paint) {
    let preview = summary.check.preview.as_deref().unwrap_or(&[]);
    if preview.is_empty() {
        return;
    }
    page.heading("The first contacts, as they would be sent", paint);
    let mut rows = vec![["prefix", "number", "name", "email", "tags", "attributes"].map(str::to_owned).to_vec()];
    rows.extend(preview.iter().map(fields));
    // What nobody has needs no column.
    let filled: Vec<bool> = (0..6)
        .map(|column| rows.iter().skip(1).any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())))
        .collect();
    for row in &mut rows {
        let mut column = filled.iter();
        row.retain(|_| column.next().copied().unwrap_or(false));
    }
    let sides = vec![Side::Left; filled.iter().filter(|filled| **filled).count()];
    page.table(2, &rows, &sides);
}

/// The cells of a contact as the server would get it.
fn fields(contact: &Value) -> Vec<String> {
    let details = contact.get("profile").and_then(|profile| profile.get("userDetails"));
    let member = |path: &[&str]| path.iter().fold(details, |value, name| value.and_then(|value| value.get(name)));
    let text = |path: &[&str]| member(path).and_then(Value::as_str).unwrap_or("").to_owned();
    let list = |path: &[&str]| member(path).and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    let cell = |value: &str| shown(Values::Shown, value);
    let tags = list(&["tags"]).iter().filter_map(Value::as_str).map(cell).collect::<Vec<_>>();
    let attribute = |pair: &Value| {
        let part = |name| pair.get(name).and_then(Value::as_str).unwrap_or("");
        format!("{}={}", safe(part("key")), cell(part("value")))
    };
    let attributes = list(&["attributes"]).iter().map(attribute).collect::<Vec<_>>();
    vec![
        text(&["contact", "phone", "prefix"]),
        cell(&text(&["contact", "phone", "number"])),
        cell(&text(&["userProvidedName"])),
        cell(&text(&["contact", "email"])),
        tags.join(", "),
        attributes.join(", "),
    ]
}

/// A contact as it would be sent, with its values as they may be shown: keys of attributes and calling codes say nothing of
/// a person, and of a national number the last four digits are left.
pub fn shown_contact(mut contact: Value, values: Values) -> Value {
    if values == Values::Masked
        && let Some(details) = contact.pointer_mut("/profile/userDetails")
    {
        mask_values(details, "");
    }
    contact
}

fn mask_values(value: &mut Value, name: &str) {
    match value {
        Value::String(text) if name == "number" => {
            let last = text.chars().count().saturating_sub(4);
            *text = format!("•••{}", text.chars().skip(last).collect::<String>());
        }
        Value::String(text) if !matches!(name, "prefix" | "key") => *text = Values::Masked.cell(text).into_owned(),
        Value::Array(list) => list.iter_mut().for_each(|element| mask_values(element, name)),
        Value::Object(members) => members.iter_mut().for_each(|(name, member)| mask_values(member, name)),
        _ => {}
    }
}

fn countries(summary: &Summary, page: &mut Page, paint: &Paint) {
    if summary.tallies.countries.is_empty() {
        return;
    }
    page.heading("Countries", paint);
    let sorted = by_count(&summary.tallies.countries);
    let named = |&(code, contacts): &(&str, u64)| {
        let [name, calling] = country(code);
        let code = if code == "001" { "" } else { code };
        let share = percent(contacts, summary.contacts.prepared);
        vec![code.to_owned(), name, calling, grouped(contacts), share]
    };
    let mut rows: Vec<Vec<String>> = sorted.iter().take(COUNTRIES).map(named).collect();
    if let Some(rest) = sorted.get(COUNTRIES..).filter(|rest| !rest.is_empty()) {
        let contacts = rest.iter().map(|(_, contacts)| contacts).sum();
        let share = percent(contacts, summary.contacts.prepared);
        rows.push(vec![String::new(), format!("{} more", rest.len()), String::new(), grouped(contacts), share]);
    }
    page.table(2, &rows, &[Side::Left, Side::Left, Side::Left, Side::Right, Side::Right]);
}

fn rows(summary: &Summary, page: &mut Page, paint: &Paint) {
    page.heading("Rows", paint);
    let rows = &summary.rows;
    let mut lines =
        vec![vec!["can be sent".to_owned(), grouped(rows.counts[RowStatus::NotSent]), "one contact each".to_owned()]];
    let others = rows.counts.present().filter(|(status, _)| *status != RowStatus::NotSent);
    lines.extend(
        others.map(|(status, rows)| vec![status.label().to_owned(), grouped(rows), status.meaning().to_owned()]),
    );
    lines.push(vec!["rows read".to_owned(), grouped(rows.read), String::new()]);
    page.table(2, &lines, &[Side::Left, Side::Right, Side::Left]);
}

/// Each reason with its count, the first rows it turns away, and its remedy.
fn reasons(summary: &Summary, preview: &Preview, page: &mut Page, paint: &Paint) {
    if summary.tallies.reasons.is_empty() {
        return;
    }
    page.heading("Why rows cannot be sent", paint);
    for (code, rows) in by_count(&summary.tallies.reasons) {
        page.item(rows, &format!("{} [{}]", safe(describe(code)), safe(code)));
        for case in preview.examples.get(code).map_or(&[] as &[RejectedRow], Vec::as_slice) {
            let value = shown(preview.values, &case.value);
            let value = if value.is_empty() {
                String::new()
            } else {
                format!(": {}", padded(&value, 30, Side::Left).trim_end())
            };
            page.line(10, &format!("{}{value}", safe(&case.place())));
            let detail = case.message.strip_prefix(describe(code)).unwrap_or("").trim_start_matches([':', ';', ' ']);
            if !detail.is_empty() {
                page.wrapped(12, &safe(&preview.values.sentence(detail)));
            }
        }
        page.hint(10, summary.tallies.remedy(code));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use snapbox::{assert_data_eq, file};

    use super::super::table::{WIDTH, width};
    use super::super::{Status, Tallies, sample};
    use super::*;
    use crate::outcome::{Counts, RowCounts};

    fn contact(prefix: &str, number: &str, name: &str, email: &str, tags: &[&str]) -> Value {
        json!({"profile": {"userDetails": {
            "userProvidedName": name,
            "contact": {"email": email, "phone": {"number": number, "prefix": prefix}},
            "tags": tags,
            "attributes": [{"key": "city", "value": "Pune"}],
        }}})
    }

    fn checked(values: Values) -> (Summary, Preview) {
        let mut summary = sample::summary();
        summary.ending.status = Status::Checked;
        let counts =
            [(RowStatus::NotSent, 1152), (RowStatus::Invalid, 22), (RowStatus::Duplicate, 28), (RowStatus::Skipped, 2)];
        summary.rows = RowCounts { read: 1204, counts: Counts::from(counts) };
        summary.contacts.accepted = 0;
        summary.tallies.reasons.remove("server.refused");
        summary.check.estimated_requests = Some(12);
        let contacts = vec![
            contact("91", "9876543210", "Asha Rao", "asha@example.org", &["lead", "expo 24"]),
            contact("49", "15123456789", "דוד לוי", "", &[]),
            contact("81", "9012345678", "山田太郎", "taro.yamada.with.a.long.address@example.co.jp", &["vip"]),
            contact("20", "1001234567", "محمد \u{202e}علي", "m@example.com", &[]),
            contact("1", "2015550123", "Eve\u{1b}[2J", "", &["a\u{7}b"]),
        ];
        summary.check.preview = Some(contacts.into_iter().map(|contact| shown_contact(contact, values)).collect());
        let mapped = |field: &str, column: &str, example: &str| Mapped {
            field: field.to_owned(),
            column: column.to_owned(),
            example: example.to_owned(),
        };
        let rejected = sample::rejected(Values::Shown);
        let mut examples: BTreeMap<String, Vec<RejectedRow>> = BTreeMap::new();
        for case in rejected.rows() {
            examples.entry(case.code.clone()).or_default().push(case.clone());
        }
        let preview = Preview {
            columns: vec![vec![
                mapped("name", "Full Name", "Asha Rao"),
                mapped("phone", "Mobile", "98765 43210"),
                mapped("email", "E-mail", "asha@example.org"),
                mapped("tags", "Gruppen", "lead\u{1f}expo, 24\u{1f}"),
                mapped("attr.city", "City", "Pune\nIndia"),
                mapped("", "Notes", ""),
                mapped("", "Geburtstag", ""),
                mapped("", " ", ""),
            ]],
            records: vec![1204],
            examples,
            remarks: vec!["the text looks like windows-1252".to_owned()],
            command: "m1import contacts.csv".to_owned(),
            values,
            ..Preview::default()
        };
        (summary, preview)
    }

    #[test]
    fn the_page_of_a_checked_file() {
        let (summary, preview) = checked(Values::Masked);
        let text = page(&summary, &preview);
        assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
        for secret in ["9876543210", "Asha", "asha@", "2015550123"] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert_data_eq!(text, file!["../../tests/golden/check.txt"].raw());
    }

    #[test]
    fn the_page_fits_a_narrower_screen() {
        let (summary, preview) = checked(Values::Masked);
        let text = page(&summary, &Preview { width: Some(60), ..preview });
        // Places and commands stay in one piece.
        let is_copied = |line: &str| line.contains("m1import ") || line.contains("contacts.csv:");
        assert!(text.lines().all(|line| width(line) <= 60 || is_copied(line)), "{text}");
    }

    #[test]
    fn the_page_with_values() {
        let (summary, preview) = checked(Values::Shown);
        let text = page(&summary, &preview);
        assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
        assert_data_eq!(text, file!["../../tests/golden/check-values.txt"].raw());
    }

    #[test]
    fn the_page_of_an_empty_file() {
        let mut summary = sample::summary();
        summary.ending.status = Status::Checked;
        summary.rows = RowCounts::default();
        summary.contacts.prepared = 0;
        summary.warnings.clear();
        summary.tallies = Tallies::default();
        let text = page(&summary, &Preview::default());
        assert_data_eq!(text, file!["../../tests/golden/check-empty.txt"].raw());
    }
}
