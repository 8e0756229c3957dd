//! Inputs and wishes, and everything that is understood of them.

use super::*;
use crate::mapping::{Options, Target};

/// Everything that is understood of an input, a line each: the evidence, then what is in doubt.
fn understood(name: &str, bytes: &[u8], wishes: &Wishes) -> Vec<String> {
    let understanding = match understand(InputSource::of(name, bytes), wishes, &Plans::default()) {
        Ok(found) => found.into_iter().next().unwrap(),
        Err(Error::Source(error)) => return vec![error.to_string()],
        Err(Error::Mapping { error, .. }) => return vec![error.to_string()],
    };
    let Understanding { source, mapping, .. } = &understanding;
    let column = |column: u32| source.columns().name(column as usize).unwrap_or_default();
    let consents = mapping.consents().iter().map(|consent| format!("consent in {}", consent.name));
    let countries = mapping.unused_countries().iter().map(|unused| format!("countries unused in {}", unused.name));
    let phones = mapping.unused_phones().iter().map(|unused| format!("phones unused in {}", column(*unused)));
    let notices = source.notices().iter().map(Notice::to_string);
    understanding.evidence().into_iter().chain(notices).chain(consents).chain(countries).chain(phones).collect()
}

#[test]
fn an_input_is_understood_as_a_whole() {
    let table: [(&str, &[u8], &[&str]); 5] = [
        (
            "a.csv",
            b"Name;Handy\nAnn;+4915112345678\n",
            &[
                "csv by its content, utf-8 by its content, delimiter ; by its content, header in line 1",
                "name is column Name, by its name",
                "phone is column Handy, by its name",
            ],
        ),
        (
            "a.csv",
            b"Ann,+4915112345678\nBob,+4915112345679\n",
            &[
                "csv by its content, utf-8 by its content, delimiter , by its content, no header",
                "name is column name, by its content",
                "phone is column phone, by its content",
                "there is no header; the columns are taken as name, phone",
            ],
        ),
        (
            "a.csv",
            b"Customers\nName,Phone,Newsletter,Mobile\nAnn,+4915112345678,yes,+4915112345679\n",
            &[
                "csv by its content, utf-8 by its content, delimiter , by its content, header in line 2",
                "name is column Name, by its name",
                "phone is column Mobile, by its name",
                "phone is column Phone, by its name",
                "1 line before the header is left out",
                "consent in Newsletter",
            ],
        ),
        (
            "a.csv",
            b"Name,Phone,Land\nJos\xe9,030 123456,Deutschland\nM\xfcller,030 123457,Deutschland\n",
            &[
                "csv by its content, windows-1252 as the best guess, delimiter , by its content, header in line 1",
                "name is column Name, by its name",
                "phone is column Phone, by its name",
                "region is column Land, by its name",
                "the text looks like windows-1252",
            ],
        ),
        (
            "a.json",
            br#"{"data":[{"full_name":"Ann","tel":"+4915112345678"}]}"#,
            &[
                "json by its content, utf-8 by its content",
                "name is column full_name, by its name",
                "phone is column tel, by its name",
            ],
        ),
    ];
    for (name, bytes, expected) in table {
        assert_eq!(understood(name, bytes, &Wishes::default()), expected, "{name}: {}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn wishes_come_before_what_is_seen() {
    let phone = ("phone".parse::<Target>().unwrap(), "Fax".to_owned());
    let mapped = Wishes { mapping: Options { map: vec![phone], ..Options::default() }, ..Wishes::default() };
    let tabs = source::Options { delimiter: "tab".parse().ok(), ..source::Options::default() };
    let tabs = Wishes { source: tabs, ..Wishes::default() };
    let unknown = Wishes { only: vec!["City=Bonn".to_owned()], ..Wishes::default() };
    let table: [(&Wishes, &[u8], &[&str]); 3] = [
        (
            &mapped,
            b"Name,Phone,Fax\nAnn,+4915112345678,+493012345678\n",
            &[
                "csv by its content, utf-8 by its content, delimiter , by its content, header in line 1",
                "name is column Name, by its name",
                "phone is column Fax, as asked for",
                "phones unused in Phone",
            ],
        ),
        (
            &tabs,
            b"Name, first\tPhone\nAnn\t+4915112345678\n",
            &[
                "tsv by its content, utf-8 by its content, delimiter \\t as asked for, header in line 1",
                "first_name is column Name, first, by its name",
                "phone is column Phone, by its name",
            ],
        ),
        (
            &unknown,
            b"Name,Phone\nAnn,+4915112345678\n",
            &["there is no column \"City\"; the columns are \"Name\", \"Phone\""],
        ),
    ];
    for (wishes, bytes, expected) in table {
        assert_eq!(understood("a.csv", bytes, wishes), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_is_no_list_of_contacts_says_why() {
    let table: [(&[u8], &str); 3] = [
        (b"Name,City\nAnn,Bonn\n", "no column with phone numbers was found; the columns are \"Name\", \"City\""),
        (b"%PDF-1.7\n", "a.csv: this is a PDF document, not a contacts file"),
        (b"\n", "a.csv: the file is empty"),
    ];
    for (bytes, expected) in table {
        assert_eq!(understood("a.csv", bytes, &Wishes::default()), [expected], "{}", String::from_utf8_lossy(bytes));
    }
}
