//! Shapes of JSON, broken and whole.

use super::*;
use crate::source::Notice;

fn read(json: &str) -> Vec<String> {
    let text = || Utf8Buffer::of(json.as_bytes());
    let mut told = Vec::new();
    let shape = match Json::shape(text()) {
        Ok(shape) => shape,
        Err(kind) => return vec![kind.to_string()],
    };
    let mut json = Json::new(text(), shape);
    let mut row = Row::default();
    loop {
        match json.next(&mut row) {
            Ok(false) => return told,
            Ok(true) => told.push(format!("{}:{}", row.location.line, row.cells().collect::<Vec<_>>().join(","))),
            Err(RowError::Reject { line, code, .. }) => {
                told.push(format!("{line}:{code} {}", String::from_utf8_lossy(&row.raw)))
            }
            Err(RowError::Fatal(error)) => {
                told.push(error.to_string());
                return told;
            }
        }
    }
}

#[test]
fn documents() {
    let table: &[(&str, &[&str])] = &[
        ("[]", &[]),
        (r#"[{"a":1},{"a":2}]"#, &["1:1", "1:2"]),
        ("[\n{\"a\":1\n},\r\n{\"a\":2}\n]\n", &["2:1", "4:2"]),
        ("[[{\"a\":1}],{\"a\":2}]", &["1:row.malformed [{\"a\":1}]", "1:2"]),
        (r#"{"a":1}"#, &["1:1"]),
        ("{\"a\":1}{\"a\":2}\n\n{\"a\":\n3}", &["1:1", "1:2", "3:3"]),
        (r#"{"page":{"data":[1]},"note":"\"[{","contacts":[{"a":1},{"a":2}],"total":2}"#, &["1:1", "1:2"]),
        (r#"{"data":{"contacts":[{"a":1}]},"ok":true}"#, &["1:1"]),
        ("{\"data\":[{\"a\":1}]}\n{\"n\":2,\"data\":[{\"a\":2}]}", &["1:1", "2:2"]),
        (r#"{"data":{"a":1}}"#, &["1:1"]),
        ("[{\"data\":[{\"phone\":1}],\"page\":1},\n{\"page\":2,\"data\":[{\"phone\":2}]}]", &["1:1", "2:2"]),
        ("[{\"data\":[{\"phone\":1}]},", &["1:1", "the file is cut short: the list that begins on line 1 has no end"]),
        ("[{\"data\":[{\"a\":1}]}]", &["1:1"]),
        ("[{\"phone\":1,\"data\":[{\"phone\":2}]}]", &["1:1"]),
        (r#"{"n":[{"a":1}],"kunden":[{"phone":1},{"phone":2}]}"#, &["1:1", "1:2"]),
        (r#"{"data":{"list":{"edges":[{"node":{"phone":1}}]}}}"#, &["1:1"]),
        (r#"{"phone":1,"addresses":[{"phone":2}]}"#, &["1:1,2"]),
        (r#"[{"a":1},7,"x",{"a":2},]"#, &["1:1", "1:row.malformed 7", "1:row.malformed \"x\"", "1:2"]),
        (r#"[{"a":[1},{"a":2}]"#, &["1:row.malformed {\"a\":[1}", "1:2"]),
        ("[{\"a\":1,\n{\"a\":2},\n{\"a\":3}]", &["1:row.malformed {\"a\":1", "2:2", "3:3"]),
        ("[{\"a\":1", &["the file is cut short: the element that begins on line 1 has no end"]),
        ("[{\"a\":1}\n,", &["1:1", "the file is cut short: the list that begins on line 1 has no end"]),
        ("[{\"a\":1}]x", &["1:1", "line 1: something stands behind the list of contacts"]),
        ("[{\"a\":1}]\n[{\"a\":2}]", &["1:1", "2:2"]),
        (
            "[\n{\"a\":1},\n{\"a\":\"x, \"b\":\"y\"},\n{\"a\":3}\n]\n",
            &["2:1", "3:row.malformed {\"a\":\"x, \"b\":\"y\"}", "4:3"],
        ),
        ("[\n{\"a\":1},\n{\"a\":\"x}\n]\n", &["2:1", "3:row.malformed {\"a\":\"x}"]),
        (r#"{"k1":{"a":1},"k2":{"a":2}}"#, &["1:1", "1:2"]),
        (r#"{"data":[{"phone":1}],"data":[{"phone":2}]}"#, &["1:1", "1:2"]),
        // One contact without the list around it, and groups without any.
        (r#"[{"l":[{"phone":1,"name":"a"}]},{"l":{"phone":2,"name":"b"}},{"l":null},{}]"#, &["1:1,a", "1:2,b"]),
        (r#"[null,{"phone":1},null,{"phone":2}]"#, &["1:1", "1:2"]),
        (r#"{"c":{"x7":{"phone":1},"x8":null,"x9":{"phone":2}},"n":3}"#, &["1:1", "1:2"]),
        (r#"{"billing":{"phone":1},"shipping":{"phone":2}}"#, &["1:1,2"]),
        (r#"[["phone","a"],[1,2],[],[3,null,4],7]"#, &["1:1,2", "1:3,,4", "1:row.malformed 7"]),
        ("{\"cols\":[{\"name\":\"phone\"},{\"name\":\"a\"}],\n\"rows\":[[1,2],\n[3,4]]}", &["2:1,2", "3:3,4"]),
        ("{\"name\":[\"a\",\"b\"],\"phone\":[1.00,2]}", &["1:a,1.00", "1:b,2"]),
        (
            r#"{"name":["a","b"],"phone":[1,2]}{"name":["a","b"],"phone":[1]}"#,
            &[
                "1:a,1",
                "1:b,2",
                "line 1: this is a table written by columns, longer than 4 MiB or uneven; export it by rows (pandas: orient=\"records\")",
            ],
        ),
        ("{\"a\":1} \\n {\"a\":2}", &["1:1", "1:2"]),
    ];
    for (json, told) in table {
        assert_eq!(read(json), *told, "{json}");
    }
}

#[test]
fn no_nesting_is_too_deep_for_the_scanner() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(read(&format!("[{deep}")).len(), 1);
    let closed = format!("[{deep}{},{{\"a\":1}}]", "]".repeat(1_000_000));
    assert_eq!(read(&closed).last().map(String::as_str), Some("1:1"));
    // It is one record, and no other begins where it is too deep.
    let objects = format!("{}1{}{{\"a\":1}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    assert_eq!(read(&objects).len(), 2);
    for depth in [63, 64, 65, 1_000] {
        let within = format!("[{{\"a\":{}{}}},{{\"a\":1}}]", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(read(&within).len(), 2, "{depth}");
    }
}

#[test]
fn lists_of_further_contacts_are_left_and_counted() {
    type Left<'a> = (&'a str, u64, &'a [u64]);
    let table: &[(&str, &[&str], &[Left<'_>])] = &[
        (
            "[{\"phone\":1,\"pupils\":[{\"name\":\"a\",\"phone\":2},{\"name\":\"b\"}]},\n{\"phone\":3,\"pupils\":[{\"name\":\"a\",\"phone\":2}]}]",
            &["1:1", "2:3"],
            &[("pupils", 3, &[1, 2])],
        ),
        ("{\"phone\":1,\"firm\":{\"members\":[{\"phone\":2}]}}", &["1:1"], &[("firm.members", 1, &[1])]),
        // The person's own.
        ("{\"phone\":1,\"addresses\":[{\"name\":\"a\",\"phone\":2}]}", &["1:1,a,2"], &[]),
        ("{\"name\":1,\"phones\":[{\"name\":\"a\",\"phone\":2}]}", &["1:1,a,2"], &[]),
        ("{\"phone\":1,\"custom\":[{\"name\":\"phone\",\"value\":2}]}", &["1:1,2"], &[]),
    ];
    for (text, rows, left) in table {
        assert_eq!(read(text), *rows, "{text}");
        let text = || Utf8Buffer::of(text.as_bytes());
        let mut json = Json::new(text(), Json::shape(text()).unwrap());
        while json.next(&mut Row::default()).unwrap() {}
        let expected: Vec<Notice> = left
            .iter()
            .map(|(list, contacts, lines)| Notice::ListLeft {
                list: (*list).to_owned(),
                contacts: *contacts,
                lines: lines.to_vec(),
            })
            .collect();
        assert_eq!(json.flat.left, expected);
    }
    let beside = br#"{"leads":[{"name":"a","phone":1}],"staff":[{"name":"b","phone":2},{"name":"c","phone":3}]}"#;
    let shape = Json::shape(Utf8Buffer::of(beside)).unwrap();
    assert_eq!(shape.left, [("staff".to_owned(), 2)]);
    assert_eq!(shape.notices()[0].to_string(), "2 contacts in the list \"staff\" are not read");
}

#[test]
fn what_a_group_says_holds_for_its_members_however_long_it_is() {
    let member = r#"{"phone":1,"note":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
    let members = vec![member; 50_000].join(",");
    let text =
        format!(r#"[{{"group":"A","l":[{members}]}},{{"l":[{{"phone":2}}],"group":"B"}},{{"l":[{{"phone":3}}]}}]"#);
    let mut json = Json::new(Utf8Buffer::of(text.as_bytes()), Json::shape(Utf8Buffer::of(text.as_bytes())).unwrap());
    let mut row = Row::default();
    let mut groups = Vec::new();
    while json.next(&mut row).unwrap() {
        let column = json.flat.names.iter().position(|name| name == "group").unwrap();
        groups.push(row.cell(column).to_owned());
    }
    assert_eq!((groups.len(), groups[0].as_str(), groups[49_999].as_str()), (50_002, "A", "A"));
    assert_eq!(groups[50_000..], ["B", ""]);
}
