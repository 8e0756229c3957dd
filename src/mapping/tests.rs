//! Columns and their fields.

use super::*;
use crate::contact::{Contact, Rules, name_of as name_of_row};

#[test]
fn columns_that_come_once_more_are_no_news() {
    let all = ["name", "phone", "tags", "mobile", "labels"];
    let columns = |count: usize| Columns::new(all[..count].iter().map(|name| (*name).to_owned()).collect());
    let options = Options { attributes: Attributes::All, ..Options::default() };
    let mut mapping = Mapping::find(&columns(3), &[], &options).unwrap();
    mapping.extend(&columns(5));
    let found = mapping.fields().clone();
    // A reading begins again: its first rows have few of the columns.
    for count in [1, 2, 4, 5] {
        mapping.extend(&columns(count));
    }
    assert_eq!(*mapping.fields(), found);
}

#[test]
fn ids_of_whatsapp_are_international_whatever_the_default_country() {
    let read = |header: &str, cell: &str| {
        let columns = Columns::new(vec![header.to_owned()]);
        let mut row = Row::default();
        row.push(cell);
        let mapping = Mapping::find(&columns, std::slice::from_ref(&row), &Options::default()).unwrap();
        let mut rules = Rules::default();
        rules.phone.default = "DE".parse().ok();
        let contact = Contact::from_row(&row, mapping.fields(), &rules);
        contact.map_or_else(|reject| reject.code.to_string(), |contact| contact.phone.to_string())
    };
    for header in ["wa_id", "wAid", "jid", "remoteJid", "URN:Whatsapp", "contact.wa_id"] {
        assert_eq!(read(header, "61491570156"), "+61491570156", "{header}");
        assert_eq!(read(header, "+61491570156"), "+61491570156", "{header}");
    }
    assert_eq!(read("id", "61491570156@c.us"), "+61491570156");
    assert_eq!(read("whatsapp", "whatsapp:61491570156"), "+61491570156");
    // A number that somebody typed is one of the country.
    assert_eq!(read("whatsapp", "0151 23456789"), "+4915123456789");
    assert_eq!(read("wa_id", "0151 23456789"), "+4915123456789");
}

#[test]
fn words_for_nothing_are_empty_in_every_field() {
    let columns = ["name", "mobile", "phone", "email", "tags", "attr.a", "attr.b"].map(str::to_owned).to_vec();
    let columns = Columns::new(columns);
    for word in ["NULL", "\\N", "nan", "None", "(null)", "#N/A", "undefined", "-", "false"] {
        let mut row = Row::default();
        // The error of a spreadsheet is told of a phone.
        let mobile = if word == "#N/A" { "" } else { word };
        for cell in [word, mobile, "+61491570156", word, word, "false", word] {
            row.push(cell);
        }
        let mapping = Mapping::find(&columns, std::slice::from_ref(&row), &Options::default()).unwrap();
        let rules = Rules::default();
        let contact = Contact::from_row(&row, mapping.fields(), &rules).unwrap_or_else(|_| panic!("{word}"));
        assert_eq!((contact.phone.to_string().as_str(), contact.email.as_deref()), ("+61491570156", None), "{word}");
        assert_eq!((contact.name().as_ref(), contact.tags().len(), contact.notes.is_empty()), ("", 0, true), "{word}");
        let expected = if word == "false" { 2 } else { 1 };
        assert_eq!(contact.attributes().len(), expected, "{word}");
    }
}

#[test]
fn the_name_is_that_of_the_person_whose_phone_it_is() {
    let table: &[(&[&str], &[&str], &[&str])] = &[
        (&["name", "customer.name", "customer.phone"], &["Spring", "Ada", "+12025550101"], &["customer.name"]),
        (&["Name", "Contact Name", "Contact Phone"], &["ACME", "Ada", "+12025550101"], &["Contact Name"]),
        (&["Name", "Contact Name", "Contact Phone"], &["ACME", "", "+12025550101"], &["Name", "Contact Name"]),
        (&["Business Name", "Name", "Business Phone"], &["ACME", "Ada", "+12025550101"], &["Name"]),
        (&["name", "lead_name", "mobile_no"], &["LEAD-2026-01", "Ada", "+12025550101"], &["lead_name"]),
        (&["name", "phone"], &["LEAD-2026-01", "+12025550101"], &["name"]),
        (
            &["full_name", "contact.name", "contact.phone"],
            &["Ada Rao", "Ada", "+12025550101"],
            &["full_name", "contact.name"],
        ),
    ];
    for (names, cells, expected) in table {
        let columns = Columns::new(names.iter().map(|&name| name.to_owned()).collect());
        let mut row = Row::default();
        cells.iter().for_each(|cell| row.push(cell));
        let mapping = Mapping::find(&columns, std::slice::from_ref(&row), &Options::default()).unwrap();
        let found: Vec<&str> = mapping.fields().of(Field::Name).iter().map(|&column| names[column as usize]).collect();
        assert_eq!(found, *expected, "{names:?}");
    }
}

#[test]
fn who_has_no_personal_name_is_called_by_nickname_or_organisation() {
    let name = |names: &[&str], cells: &[&str], options: &Options| {
        let columns = Columns::new(names.iter().map(|&name| name.to_owned()).collect());
        let mut row = Row::default();
        cells.iter().for_each(|cell| row.push(cell));
        let mapping = Mapping::find(&columns, std::slice::from_ref(&row), options).unwrap();
        name_of_row(&row, mapping.fields()).into_owned()
    };
    let columns = ["first_name", "phone", "company_name", "nickname"];
    let auto = Options::default();
    assert_eq!(name(&columns, &["Ada", "+12025550101", "ACME", "Lala"], &auto), "Ada");
    assert_eq!(name(&columns, &["", "+12025550101", "ACME", "Lala"], &auto), "Lala");
    assert_eq!(name(&columns, &["NULL", "+12025550101", "ACME", ""], &auto), "ACME");
    assert_eq!(name(&columns, &["", "+12025550101", "ACME\u{1f}Sales\u{1f}", ""], &auto), "ACME");
    let typed = Options { map: vec![(Target::Field(Field::Name), "first_name".to_owned())], ..Options::default() };
    assert_eq!(name(&columns, &["", "+12025550101", "ACME", "Lala"], &typed), "");
    // That of somebody else.
    assert_eq!(name(&["phone", "supplier.company"], &["+12025550101", "ACME"], &auto), "");
}

#[test]
fn area_codes_are_joined_where_both_together_are_numbers_and_refused_elsewhere() {
    let columns = Columns::new(["Name", "STD Code", "Phone"].map(str::to_owned).to_vec());
    let mut row = Row::default();
    for cell in ["Asha", "080", "25550101"] {
        row.push(cell);
    }
    let find = |map: &[&str], country: &str| {
        let map = map.iter().map(|column| (Target::Field(Field::Phone), (*column).to_owned())).collect();
        let options = Options { map, default_country: country.parse().ok(), ..Options::default() };
        Mapping::find(&columns, std::slice::from_ref(&row), &options)
    };
    let phone = |mapping: &Mapping, country: &str| {
        let mut rules = Rules::default();
        rules.phone.default = country.parse().ok();
        Contact::from_row(&row, mapping.fields(), &rules).map(|contact| contact.phone.to_string()).ok()
    };
    for map in [&[][..], &["Phone"]] {
        let mapping = find(map, "IN").unwrap();
        assert_eq!(phone(&mapping, "IN").as_deref(), Some("+918025550101"));
    }
    for country in ["", "US"] {
        assert!(
            matches!(find(&[], country), Err(Error::Parted { area, number, .. }) if area == "STD Code" && number == "Phone")
        );
    }
    let options = Options { map: vec![(Target::Field(Field::Area), "STD Code".to_owned())], ..Options::default() };
    let mapping = Mapping::find(&columns, std::slice::from_ref(&row), &options).unwrap();
    assert_eq!(phone(&mapping, "IN").as_deref(), Some("+918025550101"));
    assert_eq!(phone(&mapping, "US"), None);
}

#[test]
fn a_phone_with_the_name_of_another_beside_it_is_not_the_contacts() {
    let titles = ["billing_first_name", "billing_phone", "shipping_first_name", "shipping_phone", "shipping_email"];
    let columns = Columns::new(titles.map(str::to_owned).to_vec());
    let row = |cells: [&str; 4]| {
        let mut row = Row::default();
        cells.into_iter().for_each(|cell| row.push(cell));
        row
    };
    let read = |sample: &[Row], row: &Row| {
        let mapping = Mapping::find(&columns, sample, &Options::default()).unwrap();
        let rules = Rules::default();
        let contact = Contact::from_row(row, mapping.fields(), &rules);
        contact.map_or_else(|reject| reject.code.to_string(), |contact| format!("{} {}", contact.name(), contact.phone))
    };
    let alike = [row(["Ada", "+12025550101", "Ada", "+12025550101"])];
    let other = row(["Ben", "", "Gift", "+12025550109"]);
    let other_with_phone = row(["Ben", "+12025550102", "Gift", "+12025550109"]);
    let same = row(["Ben", "", "Ben Sample", "+12025550103"]);
    let only = row(["", "", "Gift", "+12025550109"]);
    // Whether the first rows say so or not.
    for sample in [&alike[..], std::slice::from_ref(&other), &[other.clone(), other_with_phone.clone()]] {
        assert_eq!(read(sample, &other), "phone.missing");
        assert_eq!(read(sample, &other_with_phone), "Ben +12025550102");
    }
    assert_eq!(read(&alike, &same), "Ben +12025550103");
    assert_eq!(read(&alike, &only), "Gift +12025550109");
    // A login is no name.
    let columns = Columns::new(["User Name", "User Phone", "Name", "Phone"].map(str::to_owned).to_vec());
    let login = row(["ada99", "+12025550101", "Ada Example", ""]);
    let mapping = Mapping::find(&columns, std::slice::from_ref(&login), &Options::default()).unwrap();
    assert_eq!(mapping.fields().of(Field::Phone), [3, 1]);
    let columns = Columns::new(titles.map(str::to_owned).to_vec());
    // The address beside it is not the contact's either.
    let mapping = Mapping::find(&columns, std::slice::from_ref(&other), &Options::default()).unwrap();
    assert!(mapping.fields().of(Field::Email).is_empty());
}
