//! The report as JUnit XML, which nearly every CI service shows: the run is one test case, and each rejected row one
//! that failed, as far as they are listed.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::numbers::{count, grouped};

use super::Summary;
use super::rejected_rows::{RejectedRow, RejectedRows};
use super::words::{remedy, verdict};
use crate::outcome::RowCounts;

/// At most so many rows are listed one by one; CI services grow slow on more.
const ROWS: usize = 500;

/// The document.
pub fn write(summary: &Summary, rejected: &RejectedRows) -> String {
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
    let shown = rejected.rows().get(..ROWS).unwrap_or(rejected.rows());
    let more = rejected.total() - shown.len() as u64;
    let failures = shown.len() + usize::from(more > 0);
    let errors = usize::from(summary.ending.error.is_some());
    let totals = [
        ("name", "m1import".to_owned()),
        ("tests", (failures + 1).to_string()),
        ("failures", failures.to_string()),
        ("errors", errors.to_string()),
        ("time", format!("{:.3}", summary.time.seconds)),
    ];
    xml.declare();
    xml.open("testsuites", &totals);
    let mut suite = totals.to_vec();
    suite.push(("skipped", "0".to_owned()));
    suite.push(("timestamp", summary.time.started.clone()));
    xml.open("testsuite", &suite);
    properties(&summary.rows, &mut xml);
    run(summary, &mut xml);
    for case in shown {
        row(case, &mut xml);
    }
    if more > 0 {
        xml.open(
            "testcase",
            &[("classname", "m1import".to_owned()), ("name", format!("{} more rejected rows", grouped(more)))],
        );
        xml.full("failure", &[("message", format!("{} in all", count(rejected.total(), "rejected row")))], "");
        xml.close("testcase");
    }
    xml.full("system-out", &[], &verdict(summary));
    xml.close("testsuite");
    xml.close("testsuites");
    xml.text()
}

/// How many rows have each status.
fn properties(rows: &RowCounts, xml: &mut Xml) {
    xml.open("properties", &[]);
    for (status, rows) in rows.counts.iter() {
        let pair = [("name", format!("rows.{status}")), ("value", rows.to_string())];
        xml.empty("property", &pair);
    }
    xml.empty("property", &[("name", "rows.read".to_owned()), ("value", rows.read.to_string())]);
    xml.close("properties");
}

fn run(summary: &Summary, xml: &mut Xml) {
    let name = match summary.inputs.first() {
        Some(first) if summary.inputs.len() == 1 => first.name.clone(),
        Some(first) => format!("{} and {}", first.name, count(summary.inputs.len() as u64 - 1, "other file")),
        None => "the input".to_owned(),
    };
    let time = format!("{:.3}", summary.time.seconds);
    let case = [("classname", "m1import".to_owned()), ("name", format!("import of {name}")), ("time", time)];
    match &summary.ending.error {
        None => xml.empty("testcase", &case),
        Some(error) => {
            xml.open("testcase", &case);
            let about = [("message", error.message.clone()), ("type", error.code.clone())];
            xml.full("error", &about, error.hint.as_deref().unwrap_or(""));
            xml.close("testcase");
        }
    }
}

fn row(case: &RejectedRow, xml: &mut Xml) {
    let name = format!("line {}: {}", case.line, case.code);
    let at = [
        ("classname", case.file.clone()),
        ("name", name),
        ("file", case.file.clone()),
        ("line", case.line.to_string()),
    ];
    xml.open("testcase", &at);
    let value = if case.value.is_empty() { String::new() } else { format!("\nvalue: {}", case.value) };
    let hint = match remedy(&case.code) {
        "" => String::new(),
        remedy => format!("\nhint: {remedy}"),
    };
    let text = format!("{}: {} [{}]{value}{hint}", case.place(), case.message, case.code);
    xml.full("failure", &[("message", case.message.clone()), ("type", case.code.clone())], &text);
    xml.close("testcase");
}

/// XML written into memory, which does not fail.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn declare(&mut self) {
        self.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    }

    fn open(&mut self, name: &str, attributes: &[(&str, String)]) {
        self.event(Event::Start(element(name, attributes)));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, String)]) {
        self.event(Event::Empty(element(name, attributes)));
    }

    fn full(&mut self, name: &str, attributes: &[(&str, String)], text: &str) {
        self.open(name, attributes);
        self.event(Event::Text(BytesText::new(&allowed(text))));
        self.close(name);
    }

    fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn event(&mut self, event: Event<'_>) {
        let written = self.0.write_event(event);
        debug_assert!(written.is_ok());
    }

    fn text(self) -> String {
        let mut text = String::from_utf8_lossy(&self.0.into_inner()).into_owned();
        text.push('\n');
        text
    }
}

fn element<'n>(name: &'n str, attributes: &[(&str, String)]) -> BytesStart<'n> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, allowed(value).as_str()));
    }
    element
}

/// Text without what no XML document may hold, and with what hides or turns text made visible.
fn allowed(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(crate::terminal::safe).collect();
    lines.join("\n").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use snapbox::assert_data_eq;

    use super::super::rejected_rows::Values;
    use super::super::sample;
    use super::*;

    /// How many elements of a name a well-formed document has.
    fn elements(xml: &str, name: &str) -> usize {
        let mut reader = Reader::from_str(xml);
        let mut found = 0;
        loop {
            match reader.read_event().unwrap() {
                Event::Start(element) | Event::Empty(element) => {
                    let attributes = element.attributes().map(|attribute| attribute.unwrap().key.as_ref().len());
                    assert!(attributes.sum::<usize>() < 200);
                    found += usize::from(element.name().as_ref() == name);
                }
                Event::Eof => return found,
                _ => {}
            }
        }
    }

    #[test]
    fn the_document() {
        let mut summary = sample::summary();
        summary.ending.error = Some(sample::error());
        let xml = write(&summary, &sample::rejected(Values::Masked));
        assert_eq!(elements(&xml, "testcase"), 6);
        assert_data_eq!(xml, snapbox::file!["../../tests/golden/report.xml"].raw());
    }

    #[test]
    fn many_rows_are_cut_and_counted() {
        let mut rejected = RejectedRows::new(Values::Masked);
        for line in 1..=3_000 {
            let case = sample::rejected(Values::Shown).rows()[0].clone();
            rejected.add(RejectedRow { line, ..case });
        }
        let xml = write(&sample::summary(), &rejected);
        assert_eq!(elements(&xml, "testcase"), ROWS + 2);
        assert!(xml.contains("2,500 more rejected rows"));
        assert!(xml.contains(r#"tests="502" failures="501""#), "{}", &xml[..400]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_a_document(text in proptest::prelude::any::<String>()) {
            let mut rejected = RejectedRows::new(Values::Shown);
            let case = sample::rejected(Values::Shown).rows()[0].clone();
            rejected.add(RejectedRow { file: text.clone(), message: text.clone(), value: text.clone(), column: Some(text), ..case });
            proptest::prop_assert_eq!(elements(&write(&sample::summary(), &rejected), "testcase"), 2);
        }
    }
}
