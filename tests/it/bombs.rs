//! Small inputs that would become large: what reading them may cost.

use std::io::Write;
use std::time::Duration;

use crate::support::program::{Folder, Run, m1import};
use crate::support::workbook::{archive, workbook, workbook_with};

const CONTACT: &str = r#"<row r="1"><c r="A1" t="str"><v>Name</v></c><c r="B1" t="str"><v>Phone</v></c></row><row r="2"><c r="A2" t="str"><v>Ann</v></c><c r="B2" t="str"><v>+27830000001</v></c></row>"#;

/// A sheet of OpenDocument.
fn table(rows: &str) -> String {
    format!(r#"<table:table table:name="A">{rows}</table:table>"#)
}

/// Sheets of OpenDocument in an archive.
fn ods(sheets: &str) -> Vec<u8> {
    let content = format!("<office:document-content>{sheets}</office:document-content>");
    archive(&[("mimetype", b""), ("content.xml", content.as_bytes())])
}

/// Sheets of OpenDocument in one file.
fn fods(sheets: &str) -> Vec<u8> {
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    format!(r#"<office:document office:mimetype="{kind}">{sheets}</office:document>"#).into_bytes()
}

/// The XML of Excel 2003 with these rows.
fn spreadsheet_ml(rows: &str) -> Vec<u8> {
    let space = "urn:schemas-microsoft-com:office:spreadsheet";
    let cell = |text: &str| format!(r#"<Cell><Data ss:Type="String">{text}</Data></Cell>"#);
    let head = format!("<Row>{}{}</Row>", cell("Name"), cell("Phone"));
    format!(r#"<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="A"><Table>{head}{rows}</Table></Worksheet></Workbook>"#).into_bytes()
}

/// A page with a table of these rows below its titles.
fn page(rows: &str) -> Vec<u8> {
    format!("<html><table><tr><th>Name<th>Phone</tr>{rows}</table></html>").into_bytes()
}

fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// An .xlsx of so many rows whose only cell is in this column.
fn only_column(rows: usize, column: &str) -> Vec<u8> {
    let cell = |row| format!(r#"<row r="{0}"><c r="{column}{0}" t="str"><v>x</v></c></row>"#, row + 3);
    workbook(&format!("{CONTACT}{}", many(rows, cell)))
}

const REPEATED: &str = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" office:string-value="x" table:number-columns-repeated="16000"/></table:table-row>"#;

/// Workbooks in archives that are a thousand times what they seem.
fn workbooks() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let long = format!(r#"<si><t>{}</t></si>"#, "x".repeat(30_000));
    let shown = |row| format!(r#"<row r="{0}"><c r="A{0}" t="s"><v>0</v></c></row>"#, row + 3);
    let style = |number| format!(r#"<style:style style:name="{number}"/>"#);
    let sheet = |number| format!(r#"<table:table table:name="{number}"></table:table>"#);
    let merge = |number| format!(r#"<mergeCell ref="A{}:B{}"/>"#, 2 * number + 3, 2 * number + 4);
    let merges = many(90_000, merge);
    let formula = |row| {
        format!(
            r#"<row r="{0}"><c r="A{0}" t="str"><f t="shared" si="{0}">{1}</f></c></row>"#,
            row + 3,
            "A".repeat(200)
        )
    };
    vec![
        ("last-column.xlsx", only_column(20_000, "XFD"), "input.bomb"),
        ("many-last-columns.xlsx", only_column(100_000, "XFD"), "input.bomb"),
        ("beyond.xlsx", only_column(1, "XFE"), "input.too_many_columns"),
        (
            "empty-rows.xlsx",
            workbook(&format!("{CONTACT}{}", many(300_000, |row| format!(r#"<row r="{}"/>"#, row + 3)))),
            "",
        ),
        ("long-text.xlsx", workbook_with(&format!("{CONTACT}{}", many(40_000, shown)), &long, ""), "input.bomb"),
        (
            "many-texts.xlsx",
            workbook_with(CONTACT, &many(400_000, |number| format!("<si><t>{number}</t></si>")), ""),
            "",
        ),
        ("empty-texts.xlsx", workbook_with(CONTACT, &"<si/>".repeat(10_000_000), ""), "input.bomb"),
        (
            "parts-of-a-text.xlsx",
            workbook_with(CONTACT, &format!("<si>{}</si>", "<r><t>a</t></r>".repeat(400_000)), ""),
            "",
        ),
        ("merged.xlsx", workbook(&format!("{CONTACT}</sheetData><mergeCells>{merges}</mergeCells><sheetData>")), ""),
        ("formulas.xlsx", workbook(&format!("{CONTACT}{}", many(50_000, formula))), ""),
        ("repeated.ods", ods(&table(REPEATED)), "input.bomb"),
        ("sheets.ods", ods(&many(20_000, sheet)), "input.spreadsheet"),
        ("styles.ods", ods(&format!("{}{}", many(100_000, style), table(""))), "input.empty"),
    ]
}

/// Texts that become far longer tables, or that are nested without end.
fn texts() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let cell = |attribute: &str| format!(r#"<Cell {attribute}><Data ss:Type="String">+27830000001</Data></Cell>"#);
    let rows = |count, row: String| many(count, |_| format!("<Row>{row}</Row>"));
    let entry = |number| format!("dn: cn={number}\ncn: A\nmobile: +2783{number:07}\na{}: x\n\n", number % 990);
    let record = |number| format!(r#""k{number}":1"#);
    let records: Vec<String> = (0..100_000).map(record).collect();
    vec![
        ("repeated.fods", fods(&table(REPEATED)), "input.bomb"),
        ("deep.fods", fods(&table(&"<text:p>".repeat(100_000))), "input.spreadsheet"),
        ("last-cell.xml", spreadsheet_ml(&rows(20_000, cell(r#"ss:Index="16384""#))), "input.bomb"),
        ("beyond.xml", spreadsheet_ml(&rows(1, cell(r#"ss:Index="2000000000""#))), "input.too_many_columns"),
        ("merged.xml", spreadsheet_ml(&rows(20_000, cell(r#"ss:MergeDown="1000000""#))), ""),
        ("spans.html", page(&"<tr><td colspan=100000>a</td></tr>".repeat(20_000)), ""),
        ("row-spans.html", page(&"<tr><td rowspan=65534>a<td>+27830000001</tr>".repeat(20_000)), "input.bomb"),
        ("tables.html", "<table><tr><td>".repeat(100_001).into_bytes(), "input.spreadsheet"),
        ("wide.ldif", many(20_000, entry).into_bytes(), "input.bomb"),
        (
            "attributes.ldif",
            format!("dn: x\n{}", many(300_000, |number| format!("a{number}: x\n"))).into_bytes(),
            "input.row_too_long",
        ),
        (
            "lines.vcf",
            format!("BEGIN:VCARD\n{}END:VCARD\n", "X:1\n".repeat(3_000_000)).into_bytes(),
            "input.row_too_long",
        ),
        ("line.vcf", format!("BEGIN:VCARD\nFN:{}", "a".repeat(30_000_000)).into_bytes(), "input.row_too_long"),
        ("ampersands.csv", format!("Name,Phone\nA,{}\n", "&x".repeat(500_000)).into_bytes(), ""),
        ("ampersands.html", page(&format!("<tr><td>A<td>{}</tr>", "&x".repeat(500_000))), ""),
        ("keys.json", format!("[{{{}}}]", records.join(",")).into_bytes(), "input.too_many_columns"),
        ("key.json", format!(r#"[{{"{}":1}}]"#, "k".repeat(5_000_000)).into_bytes(), "input.row_too_long"),
        ("same-key.json", format!("[{{{}1}}]", r#""k":1,"k":"#.repeat(100_000)).into_bytes(), "mapping.no_phone"),
        (
            "titles.csv",
            format!(
                "Person,,Contact{blank}\nName,Surname,Phone{}\nAda,Example,+27830000001{blank}\n",
                ",Title".repeat(16_000),
                blank = ",".repeat(16_000)
            )
            .into_bytes(),
            "",
        ),
        ("many.csv.gz", packed(&b"Ann,+27830000001\n".repeat(5_000_000)), "input.bomb"),
    ]
}

/// What each costs at most: memory in KiB, and time of computing, ten times as much where the program is not optimised.
#[track_caller]
fn was_cheap(run: &Run, what: &str) {
    let most = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });
    assert!(run.computed < most, "{what}: {:?}", run.computed);
    assert!(run.peak < 64 << 10, "{what}: {} KiB", run.peak);
}

#[track_caller]
fn each_is_cheap(files: Vec<(&str, Vec<u8>, &str)>) {
    let folder = Folder::new();
    for (name, bytes, code) in files {
        folder.write(name, bytes);
        let run = m1import(&folder, ["check", name]).run();
        match code {
            "" => assert!(matches!(run.code, Some(0 | 1)), "{name}: {run:?}"),
            code => {
                run.exits_with(65).says(code);
            }
        }
        was_cheap(&run, name);
        assert!(folder.leftovers().is_empty(), "{name}");
    }
}

#[test]
fn workbooks_cost_no_more_than_their_size() {
    each_is_cheap(workbooks());
}

#[test]
fn texts_cost_no_more_than_their_size() {
    each_is_cheap(texts());
}

#[test]
fn an_archive_has_one_directory_of_bounded_length() {
    let folder = Folder::new();
    let good = workbook(CONTACT);
    folder.write("good.xlsx", &good);
    let read = m1import(&folder, ["check", "good.xlsx"]).run().exits_with(0).stdout.replace("good", "bad");
    let end = good.len() - 22;
    // Numbers of the end record that leave their value to a record that is not there, and a second end record: refused, or
    // read as the one directory says.
    let unset = |at: usize, size: usize| {
        let mut file = good.clone();
        file[end + at..end + at + size].fill(0xff);
        file
    };
    for refused in [unset(8, 2), unset(10, 2), unset(16, 4)] {
        folder.write("bad.xlsx", refused);
        m1import(&folder, ["check", "bad.xlsx"]).run().exits_with(65).says("input.truncated");
    }
    for same in [unset(12, 4), [&good[..], &good[end..]].concat()] {
        folder.write("bad.xlsx", &same);
        let run = m1import(&folder, ["check", "bad.xlsx"]).run();
        let size = |text: &str| text.lines().skip(1).collect::<Vec<_>>().join("\n");
        assert_eq!(size(&run.exits_with(0).stdout), size(&read));
    }
    // Two archives one behind the other, each with a directory of its own: nothing of the first is read.
    let other = workbook(&CONTACT.replace("+27830000001", "+27830000002"));
    folder.write("bad.xlsx", [&good[..], &other].concat());
    let run = m1import(&folder, ["check", "bad.xlsx", "--show-values"]).run();
    assert!(run.exits_with(0).stdout.contains("+27830000002") && !run.stdout.contains("830000001"), "{}", run.stdout);
    // Behind a program that would unpack it.
    folder.write("bad.xlsx", [b"PK\x03\x04", &vec![0; 100][..], &good].concat());
    m1import(&folder, ["check", "bad.xlsx"]).run().exits_with(0);
    let many: Vec<String> = (0..10_001).map(|part| format!("xl/workbook.xml{part}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    folder.write("many.xlsx", archive(&many));
    let run = m1import(&folder, ["check", "many.xlsx"]).run();
    run.exits_with(65).says("input.spreadsheet");
    was_cheap(&run, "many.xlsx");
}

#[test]
fn standard_input_is_kept_up_to_a_limit() {
    let folder = Folder::new();
    let run = |most: &str| {
        let rows = format!("Name,Phone\n{}", "Ann,+27830000001\n".repeat(20_000));
        m1import(&folder, ["check", "-", "--max-input", most]).stdin(rows).run()
    };
    run("100kB").exits_with(74).says("[input.too_long]").says("100000 bytes");
    assert!(folder.leftovers().is_empty());
    run("1MB").exits_with(0);
}

#[test]
fn why_an_archive_cannot_be_read_is_said() {
    let folder = Folder::new();
    let good = archive(&[("contacts.csv", b"Name,Phone\nAnn,+27830000001\n")]);
    folder.write("contacts.zip", &good);
    m1import(&folder, ["check", "contacts.zip"]).run().exits_with(0);
    let directory = good.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let with = |at_entry: usize, at_directory: usize, value: u8| {
        let mut file = good.clone();
        (file[at_entry], file[directory + at_directory]) = (value, value);
        file
    };
    for (file, said) in [
        (with(8, 10, 14), "packed in an unusual way"),
        (with(6, 8, 1), "it is protected by a password"),
        (good[..good.len() / 2].to_vec(), "the zip data is damaged or cut short"),
    ] {
        folder.write("contacts.zip", file);
        m1import(&folder, ["check", "contacts.zip"]).run().exits_with(65).says(said);
    }
}
