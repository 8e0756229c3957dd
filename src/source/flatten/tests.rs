//! Objects as cells.

use super::*;
use crate::row::LIST_END;
use proptest::prelude::*;

fn flat(json: &str) -> Result<Vec<(String, String)>, &'static str> {
    let mut flat = Flattener::default();
    let mut row = Row::default();
    flat.read(json.as_bytes(), &mut row).map_err(|broken| broken.detail)?;
    Ok(flat.names.iter().cloned().zip(row.cells().map(str::to_owned)).collect())
}

fn told(json: &str) -> String {
    let cells = flat(json).unwrap();
    cells.iter().map(|(name, cell)| format!("{name}={}", cell.replace(LIST_END, ";"))).collect::<Vec<_>>().join(" ")
}

#[test]
fn shapes() {
    let table = [
        (r#"{"name":"A","phone":919876543210}"#, "name=A phone=919876543210"),
        (r#"{"phone":{"prefix":"91","number":9876543210.0}}"#, "phone.prefix=91 phone.number=9876543210.0"),
        (r#"{"n":123456789012345678901234567890}"#, "n=123456789012345678901234567890"),
        (r#"{"tags":["a,b","c",null,""]}"#, "tags=a,b;c;"),
        (r#"{"tags":[{"name":"a","id":1},{"name":"b"}]}"#, "tags=a;b;"),
        (
            r#"{"attributes":[{"key":"city","value":"Pune"},{"name":"n","value":7}]}"#,
            "attributes.city=Pune attributes.n=7",
        ),
        (
            r#"{"phones":[{"type":"m","number":"1"},{"type":"h","number":"2"}]}"#,
            "phones.type=m phones.number=1 phones 2.type=h phones 2.number=2",
        ),
        // The mobile first, the fax where nobody looks for a phone.
        (
            r#"{"phones":[{"type":"fax","number":"1"},{"type":"home","number":"2"},{"type":["CELL"],"number":"3"}]}"#,
            "phones.type=CELL; phones.number=3 phones 2.type=home phones 2.number=2 phones 3 fax.type=fax phones 3 fax.number=1",
        ),
        (
            r#"{"p":[{"value":"1","label":"work","primary":false},{"value":"2","label":"work","primary":true}]}"#,
            "p.value=2 p.label=work p.primary=true p 2.value=1 p 2.label=work p 2.primary=false",
        ),
        (
            r#"{"attributes":[{"name":"langs","value":["en","hi"]},{"name":"at","value":{"city":"Pune"}},{"name":"n","value":null}]}"#,
            "attributes.langs=en;hi; attributes.at.city=Pune attributes.n=",
        ),
        (r#"{"labels":[{"id":1,"title":"a"}]}"#, "labels=a;"),
        (r#"{"a":null,"b":true,"c":"","d":[]}"#, "a= b=true c="),
        (r#"{"a":{"b":{"c":"\u00e9\ud83d\ude00\n"}}}"#, "a.b.c=é😀\n"),
        (r#"{"m1import_raw":"{\"a\":1}","m1import_line":2}"#, "m1import_raw= m1import_line= a=1"),
        ("{}", ""),
    ];
    for (json, cells) in table {
        assert_eq!(told(json), cells, "{json}");
    }
}

#[test]
fn columns_stay_where_they_are() {
    let mut flat = Flattener::default();
    let mut told = Vec::new();
    for json in [r#"{"a":1,"b":2}"#, r#"{"b":3,"c":4}"#, r#"{"c":5,"a":6}"#] {
        let mut row = Row::default();
        flat.read(json.as_bytes(), &mut row).unwrap();
        told.push(row.cells().collect::<Vec<_>>().join(","));
    }
    assert_eq!(flat.names, ["a", "b", "c"]);
    assert_eq!(told, ["1,2", ",3,4", "6,,5"]);
}

#[test]
fn what_would_be_lost_is_refused() {
    for json in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":"\ud800"}"#,
        "{\"a\":\"\n\"}",
        r#"{"m1import_raw":"[1]"}"#,
        r#"{"a":01}"#,
        r#"{"a":1}x"#,
        "[1]",
        "1",
    ] {
        assert!(flat(json).is_err(), "{json}");
    }
    let deep = format!("{}{}", r#"{"a":"#.repeat(65), "}".repeat(65));
    assert_eq!(Flattener::default().read(deep.as_bytes(), &mut Row::default()).unwrap_err().code, Code::RowTooDeep);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map("[a-z\"\\\\\n]{1,8}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_takes_is_taken(members in prop::collection::hash_map("[a-zé]{1,8}", json(), 0..5), spaced: bool) {
        let value = serde_json::Value::Object(members.into_iter().collect());
        let text = if spaced { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        match Flattener::default().read(text.as_bytes(), &mut Row::default()) {
            Ok(()) => {}
            // Two ways to the same dotted name.
            Err(broken) => prop_assert_eq!(broken.detail, "a key stands twice in one object"),
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused(text in r#"\{("[a-z\\u0-9"]{0,4}"?[:,]?[ \[\]{}0-9.eE+\-tfn"]{0,6},?){0,3}\}?"#) {
        if serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text).is_err() {
            prop_assert!(Flattener::default().read(text.as_bytes(), &mut Row::default()).is_err(), "{}", text);
        }
    }
}

/// Values and what stands around them, as records of one file have them, and as none should.
fn value(depth: u32) -> BoxedStrategy<String> {
    let texts = ["\"\"", "\"a b\"", "\"é\"", "\"x\\ny\"", "7", "07", "-7", "7.5", "null", "true", "nul", "\"open"];
    let lists = [
        "[]",
        "[\"a\"]",
        "[\"a\",\"\",\"b\"]",
        "[\"a\", \"b\"]",
        "[\"a\" ]",
        "[1]",
        "[null]",
        "[[\"a\"]]",
        "[\"a\",]",
        "[{\"name\":\"a\"}]",
    ];
    let leaf = prop::sample::select([texts.as_slice(), lists.as_slice()].concat()).prop_map(str::to_owned).boxed();
    if depth == 0 { leaf } else { prop_oneof![4 => leaf, 1 => object(depth - 1)].boxed() }
}

fn object(depth: u32) -> BoxedStrategy<String> {
    const KEYS: [&str; 11] = ["name", "tags", "a", "b", "a.b", "", "S", "phone 2", "type", "value", "id"];
    let one_of = |texts: &'static [&'static str]| prop::sample::select(texts);
    // Nearly all objects are sound.
    let comma = one_of(&[",", ",", ",", ",", ", ", " ,", ""]);
    let member = (comma, one_of(&KEYS), one_of(&[":", ": ", " :"]), value(depth));
    let end = one_of(&["}", "}", " }", "}}", ""]);
    (prop::collection::vec(member, 0..4), end)
        .prop_map(|(members, end)| {
            let members = members.iter().enumerate().map(|(at, (comma, key, colon, value))| {
                format!("{}\"{key}\"{colon}{value}", if at == 0 { "" } else { comma })
            });
            format!("{{{}{end}", members.collect::<String>())
        })
        .boxed()
}

proptest! {
    #[test]
    fn records_like_those_before_are_read_as_the_parser_reads_them(
        kinds in prop::collection::vec(object(2), 1..5),
        order in prop::collection::vec((0..5_usize, any::<bool>()), 1..12),
    ) {
        let (mut learning, mut parsing) = (Flattener::default(), Flattener::default());
        for (kind, is_whole) in order {
            let record = &kinds[kind % kinds.len()];
            let record = if is_whole { record.as_str() } else { record.get(..record.len() - 1).unwrap_or_default() };
            parsing.template = Template::default();
            let (mut learned, mut parsed) = (Row::default(), Row::default());
            let results = (learning.read(record.as_bytes(), &mut learned), parsing.read(record.as_bytes(), &mut parsed));
            prop_assert_eq!(&results.0, &results.1, "{}", record);
            prop_assert_eq!(&learning.names, &parsing.names);
            if results.1.is_err() {
                continue;
            }
            prop_assert_eq!(learned.cells().collect::<Vec<_>>(), parsed.cells().collect::<Vec<_>>(), "{}", record);
            // Of a text that goes on, the same is read up to the brace, or nothing.
            let longer = format!("{record},{{");
            let mut first = Row::default();
            if let Some(length) = learning.read_first(longer.as_bytes(), &mut first) {
                prop_assert_eq!(length, record.trim_end().len());
                prop_assert_eq!(first.cells().collect::<Vec<_>>(), parsed.cells().collect::<Vec<_>>(), "{}", record);
            }
        }
    }
}

#[test]
fn records_written_alike_are_not_parsed_again() {
    let mut flat = Flattener::default();
    let mut row = Row::default();
    let records = [
        r#"{"name": "Ana", "tags": ["a", "b"], "attributes": {"city": "Lima", "n": 7}}"#,
        r#"{"name": null, "tags": [], "attributes": {"city": "", "n": 12}}"#,
        r#"{"name": "é", "tags": ["x", ""], "attributes": {"city": true, "n": "a,b"}}"#,
    ];
    assert_eq!(flat.read_first(records[0].as_bytes(), &mut row), None);
    flat.read(records[0].as_bytes(), &mut row).unwrap();
    let cells = [["", "", "", "12"], ["é", "x\u{1f}", "true", "a,b"]];
    for (record, cells) in records.iter().skip(1).zip(cells) {
        assert_eq!(flat.read_first(record.as_bytes(), &mut row), Some(record.len()), "{record}");
        assert_eq!(row.cells().collect::<Vec<_>>(), cells);
    }
    let escaped = r#"{"name": "a\n\"é", "tags": [], "attributes": {"city": "", "n": 1}}"#;
    assert_eq!(flat.read_first(escaped.as_bytes(), &mut row), Some(escaped.len()));
    assert_eq!(row.cell(0), "a\n\"é");
    for other in [
        r#"{"name": "a\q", "tags": [], "attributes": {"city": "", "n": 1}}"#,
        r#"{"name":"Ana""#,
        r#"{"name": "Ana", "tags": [1]"#,
    ] {
        assert_eq!(flat.read_first(other.as_bytes(), &mut row), None, "{other}");
    }
}
