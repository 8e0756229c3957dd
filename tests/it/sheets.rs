//! Workbooks from the command line: which sheets are sent, under which names, and what is said of the others.

use crate::support::exchange::Reply;
use crate::support::program::{Folder, m1import};
use crate::support::server::Server;

fn folder(file: &str) -> Folder {
    let folder = Folder::new();
    folder.write("book.xlsx", data(file));
    folder
}

fn data(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn each_sheet_has_its_mapping_its_name_and_its_rejected_rows() {
    let folder = folder("sheets/each-with-rejects.xlsx");
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["book.xlsx", "--sheet", "all"]).to(&server).run().exits_with(1);
    assert_eq!(server.phones(), ["5511987654321", "5521987654321"]);
    let rows: Vec<String> = folder
        .table("book.results/results.csv")
        .into_iter()
        .map(|row| format!("{}:{} {}", row["file"], row["line"], row["name"]))
        .collect();
    let expected =
        ["book.xlsx#Class A:2 Ana", "book.xlsx#Class A:3 Bo", "book.xlsx#Class B:2 Beto", "book.xlsx#Class B:3 Cy"];
    assert_eq!(rows, expected);
    assert!(
        folder
            .read("book.results/rejected.1.csv")
            .contains("Name,Phone,m1import_line,m1import_code,m1import_reason\nBo,12,3,")
    );
    assert!(
        folder
            .read("book.results/rejected.2.csv")
            .contains("Phone,Name,m1import_line,m1import_code,m1import_reason\n13,Cy,3,")
    );
    // Mended, they are imported with the same options.
    for (name, phone) in [("rejected.1.csv", "12"), ("rejected.2.csv", "13")] {
        let mended = folder.read(&format!("book.results/{name}")).replace(phone, "+5511987654399");
        folder.write(name, mended);
        m1import(&folder, [name, "--sheet", "all"]).to(&server).run().exits_with(0);
    }
}

#[test]
fn sheets_that_are_left_out_are_a_warning() {
    let folder = folder("sheets/two-classes.xlsx");
    let warnings = |options: &[&str]| {
        let run = m1import(&folder, [&["check", "book.xlsx", "--output", "json"], options].concat()).run();
        run.exits_with(0).json()["warnings"].clone()
    };
    let left = &warnings(&[])[0];
    assert_eq!(left["code"], "warning.sheet_left");
    assert_eq!(left["count"], 2);
    assert_eq!(left["message"], r#"book.xlsx: "Turma B" has 2 rows with phone numbers too, and is not read"#);
    assert_eq!(left["places"][0], "book.xlsx#Turma B");
    assert!(left["hint"].as_str().unwrap().contains("--sheet all"));
    for options in
        [&["--sheet", "all"][..], &["--sheet", "1"], &["--sheet", "Turma B"], &["--sheet", "2", "--sheet", "1"]]
    {
        assert_eq!(warnings(options), serde_json::json!([]), "{options:?}");
    }
}

#[test]
fn hidden_rows_are_a_warning_with_their_lines() {
    let folder = folder("sheets/filtered-rows.xlsx");
    let summary = m1import(&folder, ["check", "book.xlsx", "--output", "json"]).run().exits_with(0).json();
    assert_eq!(summary["rows"]["read"], 4);
    let warning = &summary["warnings"][0];
    assert_eq!((&warning["code"], &warning["count"]), (&"warning.rows_hidden".into(), &2.into()));
    assert_eq!(warning["places"], serde_json::json!(["book.xlsx:3", "book.xlsx:5"]));
}

#[test]
fn the_one_table_of_an_archive_is_read_under_the_name_of_the_archive() {
    let folder = Folder::new();
    folder.write("a.zip", data("further-formats/one-table.zip"));
    let server = Server::new(|_| Reply::ok());
    m1import(&folder, ["a.zip"]).to(&server).run().exits_with(1);
    assert_eq!(server.phones(), ["5511987654321"]);
    let summary = folder.summary("a.results");
    let input = &summary["inputs"][0];
    let hash = blake3::hash(&data("further-formats/one-table.zip")).to_string();
    assert_eq!((&input["name"], &input["format"], &input["blake3"]), (&"a.zip".into(), &"csv".into(), &hash.into()));
    assert!(folder.read("a.results/rejected.csv").contains("Bo,12,3,"));
}
