//! The files to correct and import again: the rejected rows as they were, and why.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufWriter, Write};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::folder::Draft;
use crate::row::Row;
use crate::row::guard::{guard, guard_within, one_cell};
use crate::source::{Format, KEPT, REJECT_COLUMNS, Source};

/// A file of rejected rows: the original columns, then why.
pub(super) enum Rejected {
    Csv {
        csv: Box<csv::Writer<BufWriter<Draft>>>,
        width: usize,
        /// Each row has its card as it stood, in a column behind the others.
        with_card: bool,
    },
    Ndjson(Box<BufWriter<Draft>>),
}

impl Rejected {
    pub fn begin(draft: Draft, source: &Source) -> io::Result<Rejected> {
        let mut file = BufWriter::new(draft.hashed());
        if is_json(source) {
            return Ok(Rejected::Ndjson(Box::new(file)));
        }
        // Spreadsheets take a file without the mark for their own old encoding.
        if source.bom() || source.encoding() != "utf-8" {
            file.write_all("\u{feff}".as_bytes())?;
        }
        let delimiter = source.delimiter().and_then(|c| u8::try_from(c).ok()).unwrap_or(b',');
        let mut csv = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(file);
        // By the names that `--columns` gave them, which the file then needs no more.
        let columns = source.columns().names();
        let with_card = source.format() == Format::Vcard;
        let card = with_card.then_some(Cow::Borrowed("card"));
        let names = columns.iter().map(|name| guard(name)).chain(card).chain(REJECT_COLUMNS.map(Cow::Borrowed));
        csv.write_record(names.map(Cow::into_owned))?;
        Ok(Rejected::Csv { csv: Box::new(csv), width: columns.len(), with_card })
    }

    pub fn add(&mut self, row: &Row, code: &str, reason: &str) -> io::Result<()> {
        let line = row.location.line.to_string();
        match self {
            Rejected::Csv { csv, width, with_card } => {
                let cell = |column| guard(&one_cell(row.cell(column))).into_owned();
                let why = [line.as_str(), code, reason].map(|text| guard_within(text).into_owned());
                // What a row has beyond the header follows behind our columns, where the reader finds it again.
                let card = with_card.then(|| guard(&one_cell(&String::from_utf8_lossy(&row.raw))).into_owned());
                let record = (0..*width).map(cell).chain(card).chain(why).chain((*width..row.len()).map(cell));
                csv.write_record(record).map_err(io::Error::from)
            }
            Rejected::Ndjson(file) => file.write_all(&json_line(&row.raw, row.location.line, code, reason)),
        }
    }

    pub fn finish(self) -> io::Result<Draft> {
        let file = match self {
            Rejected::Csv { csv, .. } => csv.into_inner().map_err(|error| error.into_error())?,
            Rejected::Ndjson(file) => *file,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

/// Whether the rows go into NDJSON: an element has a shape that no table has.
pub(super) fn is_json(source: &Source) -> bool {
    matches!(source.format(), Format::Json | Format::Ndjson)
}

/// The element as it stood, on one line, with three members more. What was no object is kept as a text.
fn json_line(raw: &[u8], line: u64, code: &str, reason: &str) -> Vec<u8> {
    let [code, reason] = [code, reason].map(serde_json::Value::from);
    let [at, by, because] = REJECT_COLUMNS;
    let why = format!(r#""{at}":{line},"{by}":{code},"{because}":{reason}}}"#);
    let is_object = serde_json::from_slice::<serde::de::IgnoredAny>(raw).is_ok() && raw.trim_ascii().starts_with(b"{");
    let mut out = Vec::with_capacity(raw.len() + why.len() + 2);
    let again = is_object.then(|| without_why(raw)).flatten();
    let raw = again.as_deref().unwrap_or(raw);
    match raw.trim_ascii().strip_suffix(b"}").filter(|_| is_object) {
        Some(open) => {
            // Between tokens a line end means nothing, and within a JSON string none can stand.
            out.extend(open.trim_ascii_end().iter().map(|&b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }));
            if !open.trim_ascii_end().ends_with(b"{") {
                out.push(b',');
            }
            out.extend_from_slice(why.as_bytes());
        }
        None => {
            let kept = serde_json::Value::String(String::from_utf8_lossy(raw).into_owned());
            out.extend_from_slice(format!(r#"{{"{KEPT}":{kept}"#).as_bytes());
            out.push(b',');
            out.extend_from_slice(why.as_bytes());
        }
    }
    out.push(b'\n');
    out
}

/// An element that was rejected before without what was said of it then; nothing if nothing was.
fn without_why(raw: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(raw, b"m1import_")?;
    let Members(mut members) = serde_json::from_slice(raw).ok()?;
    members.retain(|(key, _)| !REJECT_COLUMNS.contains(&key.as_str()));
    let members = members.into_iter().map(|(key, value)| format!("{}:{}", serde_json::Value::from(key), value.get()));
    Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")).into_bytes())
}

/// The members of an object in their order, each value as it stands.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Walk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_element_stays_what_it_was() {
        let cases = [
            ("{\"phone\": \"1\"}", "{\"phone\": \"1\",\"m1import_"),
            ("{\n  \"phone\": 12345678901234567890\n}", "{   \"phone\": 12345678901234567890,\"m1import_"),
            ("{}", "{\"m1import_"),
            (
                "{\"phone\":1e5, \"m1import_line\": 3,\n\"m1import_code\":\"\",\"a\": [ 1 ]}",
                "{\"phone\":1e5,\"a\":[ 1 ],\"m1import_",
            ),
            (
                "{\"m1import_raw\":\"[1]\",\"m1import_line\":3}",
                "{\"m1import_raw\":\"[1]\",\"m1import_line\":7,\"m1import_code",
            ),
            ("[1]", "{\"m1import_raw\":\"[1]\",\"m1import_"),
            ("{\"phone\": ", "{\"m1import_raw\":\"{\\\"phone\\\": \",\"m1import_"),
        ];
        for (raw, start) in cases {
            let line = String::from_utf8(json_line(raw.as_bytes(), 7, "phone.missing", "no phone number")).unwrap();
            assert!(line.starts_with(start), "{line}");
            let value: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["m1import_line"], 7);
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(line.matches("m1import_line").count(), 1);
        }
    }
}
