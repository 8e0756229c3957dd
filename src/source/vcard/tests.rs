//! Cards of every version, as phones and programs write them.

use super::*;
use crate::row::LIST_END;

fn read(text: &str) -> Vec<String> {
    let mut cards = Vcard::new(Utf8Buffer::of(text.as_bytes()), None);
    let mut row = Row::default();
    let mut told = Vec::new();
    loop {
        match cards.next(&mut row) {
            Ok(false) => return told,
            Ok(true) => {
                let cells = row.cells().zip(COLUMNS).filter(|(cell, _)| !cell.is_empty());
                let cells = cells.map(|(cell, name)| format!("{name}={}", cell.replace(LIST_END, "|")));
                told.push(format!("{}: {}", row.location.line, cells.collect::<Vec<_>>().join(", ")));
            }
            Err(RowError::Reject { line, code, .. }) => told.push(format!("{line}: {code}")),
            Err(RowError::Fatal(error)) => {
                told.push(error.to_string());
                return told;
            }
        }
    }
}

/// A file, and what is read of it.
const CARDS: &[(&str, &[&str])] = &[
    (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;John;;;\r\nFN:John Doe\r\nitem1.TEL:+1 1\r\nitem1.X-ABLabel:_$!<HomeFax>!$_\r\n\
             TEL;type=HOME;type=FAX:+1 2\r\nTEL;type=WORK:+1 3\r\nTEL;type=CELL;type=VOICE;type=pref:+1 4\r\nCATEGORIES:a,b c\r\nEND:VCARD\r\n",
        &["1: name=John Doe, first_name=John, last_name=Doe, phone=+1 4, phone 2=+1 3, tags=a|b c|"],
    ),
    (
        "\nBEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89l=\n=C3=A9onore;X\nTEL;CELL;PREF:1\nPHOTO;BASE64:AAAA\n BBBB\n\nEND:VCARD\n\
             BEGIN:VCARD\nFN:Long\n  name\nEND:VCARD",
        &["2: first_name=X, last_name=Éléonore, phone=1", "11: name=Long name"],
    ),
    (
        "BEGIN:VCARD\nFN:A\nTEL;TYPE=cell;PREF=2:1\nTEL;TYPE=cell;PREF=1:2\nTEL;TYPE=home,pref:3\nCATEGORIES:a\\,b,c,myContacts\nEND:VCARD\n",
        &["1: name=A, phone=2, phone 2=1, phone 3=3, tags=a,b|c|"],
    ),
    // What WhatsApp knows of a number, and the card of an agent within a card.
    (
        "BEGIN:VCARD\nFN:A\nTEL;type=CELL;waid=919876543210:098765 43210\nEND:VCARD\n\
             BEGIN:VCARD\nFN:B\nAGENT:\nBEGIN:VCARD\nFN:X\nTEL:1\nEND:VCARD\nTEL:2\nEND:VCARD\nBEGIN:VCARD\nFN:C\nEND:VCARD\n",
        &["1: name=A, phone=+919876543210", "5: name=B, phone=2", "14: name=C"],
    ),
    (
        "BEGIN:VCARD\nFN:B\nAGENT:\nBEGIN:VCARD\nFN:X\nEND:VCARD\n",
        &["the file is cut short: the card that begins on line 1 has no end"],
    ),
    (
        "BEGIN:VCARD\nVERSION:4.0\nFN:A\\, B\nTEL;VALUE=uri;TYPE=\"voice,cell\":tel:+33-1\nTEL;waid=919:+919\nEND:VCARD\n",
        &["1: name=A, B, phone=+919, phone 2=tel:+33-1"],
    ),
    (
        "BEGIN:VCARD\nFN:A\nEND:VCARDBEGIN:VCARD\nFN:B\nEND:VCARD\u{feff}BEGIN:VCARD \r\nFN:C\nend:vcard\n\u{feff}BEGIN:VCARD\nFN:D\nEND:VCARD\u{1a}",
        &["1: name=A", "3: name=B", "5: name=C", "8: name=D"],
    ),
    // Without a line end, in a chat, and glued to a value.
    (
        "12/3 Ana: BEGIN:VCARD\nFN:A\nTEL:+1 1END:VCARD, BEGIN:VCARD\nFN:B\nEND:VCARD\nBEGIN:VCARDVERSION:3.0\nFN:C\nNOTE:END:VCARD is the end\nEND:VCARD",
        &["1: name=A, phone=+1 1", "3: name=B", "6: name=C, note=END:VCARD is the end"],
    ),
    // Other words for the properties, and what only looks like one.
    (
        "BEGIN:VCARD\nNAME:Ana\nPHONE.WORK:+46701234567\nX-MOBILE:+46701234568\nX-PHONE-UPDATED:20240101\nX-MOBILE:none\nX-EMAIL:a@b.c\nFax:+46701234569\nE-Mail 2:ana@example.org\nX-EVOLUTION-PHONE:+46701234560\nX-SPOUSE-PHONE:+46701234561\nEND:VCARD\n",
        &["1: name=Ana, phone=+46701234568, phone 2=+46701234560, phone 3=+46701234567, email=ana@example.org"],
    ),
    (
        "BEGIN:VCARD\nFirst name:Ada\nLast name: Example\nHome phone:+33140205060\nCell phone:+33612345678\nEND:VCARD\nBEGIN:VCARD\nFN:B\nNAME:C\nEND:VCARD\n",
        &["1: first_name=Ada, last_name=Example, phone=+33612345678, phone 2=+33140205060", "7: name=B"],
    ),
    (
        "BEGIN:VCARD\nFN:A\nIMPP;X-SERVICE-TYPE=WhatsApp:x-apple:46701234567\nIMPP:xmpp:46701234567@b.c\nX-SOCIALPROFILE;type=whatsapp:46701234568@s.whatsapp.net\nTEL;CELL:1\nEND:VCARD\n",
        &["1: name=A, phone=+46701234567, phone 2=+46701234568, phone 3=1"],
    ),
    // Base64, lines with their own encoding, soft breaks with folds, and one before the next property.
    (
        "BEGIN:VCARD\nFN;CHARSET=UTF-8;ENCODING=B:55Sw5LitIOWBpeWPuA==\nEND:VCARD\nBEGIN:VCARD\nFN;BASE64:!\nEND:VCARD\n",
        &["1: name=田中 健司", "4: row.encoding"],
    ),
    (
        "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:=E6=BC=A2=E5=AD=97=E6=BC=\n =A2=E5=AD=97\nNOTE;ENCODING=QUOTED-PRINTABLE:one=\n two\nTITLE;ENCODING=QUOTED-PRINTABLE:a=\nTEL:+1 1\nEND:VCARD\n",
        &["1: name=漢字漢字, phone=+1 1, title=a, note=one two"],
    ),
    ("BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\n", &["1: row.malformed", "3: name=B"]),
    ("BEGIN:VCARD\nFN:A\n", &["the file is cut short: the card that begins on line 1 has no end"]),
    (
        "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:J=FCrgen\nFN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8\nEND:VCARD",
        &["1: name=Jürgen"],
    ),
    ("BEGIN:VCARD\nFN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8=E2=E0=ED\nEND:VCARD", &["1: name=Иван"]),
];

#[test]
fn cards() {
    for (text, told) in CARDS {
        assert_eq!(read(text), *told, "{text}");
    }
}

#[test]
fn a_line_names_its_own_encoding() {
    let bytes = b"BEGIN:VCARD\nFN;CHARSET=windows-1251:\xc8\xe2\xe0\xed\nNICKNAME:J\xfcrgen\nEND:VCARD\n";
    let mut cards = Vcard::new(Utf8Buffer::of(bytes), Some(encoding_rs::WINDOWS_1252));
    let mut row = Row::default();
    assert!(cards.next(&mut row).unwrap());
    assert_eq!((row.cell(0), row.cell(10)), ("Иван", "Jürgen"));
}

#[test]
fn cards_that_cannot_be_read_are_counted() {
    let noticed = |text: &str| {
        let mut cards = Vcard::new(Utf8Buffer::of(text.as_bytes()), None);
        while cards.next(&mut Row::default()).unwrap() {}
        cards.notices().to_vec()
    };
    let missing = |count, lines: &[u64]| vec![Notice::CardsMissing { count, lines: lines.to_vec() }];
    assert_eq!(noticed("BEGIN:VCARD\nFN:A\nEND:VCARD\nfoot\n"), []);
    assert_eq!(noticed("BEGIN:VCARD\nFN:A\nEND:VCARD\nFN:B\nEND:VCARD\n"), missing(1, &[5]));
    assert_eq!(noticed("BEGIN:VCARD\nEND:VCARD\nx BEGIN:VCARD y\nFN:B\nEND:VCARD\n"), missing(2, &[3, 5]));
}

#[test]
fn numbers_beyond_the_columns_are_a_list() {
    let numbers: String = (1..=6).map(|number| format!("TEL:{number}\n")).collect();
    let told = read(&format!("BEGIN:VCARD\n{numbers}END:VCARD"));
    assert_eq!(told, ["1: phone=1, phone 2=2, phone 3=3, phone 4=4|5|6|"]);
}

#[test]
fn a_card_without_end_is_refused_before_it_takes_memory_or_time() {
    for line in ["X:1\n", "TEL:1\n", "NOTE:\n", "EMAIL:a@b.c\n", "CATEGORIES:a\n"] {
        let card = format!("BEGIN:VCARD\n{}END:VCARD\n", line.repeat(120_000));
        assert_eq!(read(&card), ["the record that begins on line 1 is longer than 4 MiB"], "{line:?}");
    }
    let picture = format!("BEGIN:VCARD\nFN:A\nPHOTO:{}\nEND:VCARD\n", " \n AAAA".repeat(100_000));
    assert_eq!(read(&picture), ["1: name=A"]);
}
