//! Headers of real exports and what they mean.

use super::*;
use Meaning::*;

#[test]
fn headers_are_understood() {
    let table = [
        ("Name", Some(NameOrLast)),
        ("\u{feff}Full Name ", Some(Name)),
        ("FULL_NAME", Some(Name)),
        ("firstName", Some(First)),
        ("Prénom", Some(First)),
        ("Prenom", Some(First)),
        ("PRÉNOM", Some(First)),
        ("WhatsApp", Some(Phone(0))),
        ("WhatsApp Number", Some(Phone(0))),
        ("whatsAppNumber", Some(Phone(0))),
        ("phoneNumber", Some(Phone(2))),
        ("Phone 1 - Value", Some(Phone(2))),
        ("Phone 1 - Type", None),
        ("Phone 1 - Label", None),
        ("phone1", Some(Phone(2))),
        ("E-mail 1 - Value", Some(Email)),
        ("E-mail 2 Address", Some(Email)),
        ("E-Mail-Adresse", Some(Email)),
        ("E-Mail 2: Adresse", Some(Email)),
        ("E-Mail-Typ", None),
        ("Mobile Number (with country code)", Some(Phone(1))),
        ("Telefon (privat)", Some(Phone(3))),
        ("Téléphone (bureau)", Some(Phone(3))),
        ("Tél. mobile", Some(Phone(1))),
        ("Ufficio", Some(Phone(3))),
        ("Fax (uff.)", None),
        ("Business Fax", None),
        ("Assistant's Phone", None),
        ("Person - Phone - Work", Some(Phone(3))),
        ("Person - Phone - Mobile", Some(Phone(1))),
        ("Record ID", None),
        ("Full&nbsp;Name", Some(Name)),
        ("T&eacute;l&eacute;phone<br>mobile", Some(Phone(1))),
        ("E&#45;mail", Some(Email)),
        ("phone_no||STRING", Some(Phone(2))),
        ("name||STRING", Some(NameOrLast)),
        ("Telefon op werk", None),
        ("Telefoon op werk", Some(Phone(3))),
        ("Ihre Telefonnummer", Some(Phone(2))),
        ("What's your email?", Some(Email)),
        ("Please enter your WhatsApp number", Some(Phone(0))),
        ("Customer Full Name", Some(Name)),
        ("customer_code", None),
        ("Client number", None),
        ("Contact owner", None),
        ("Customer Group", None),
        ("Emergency Contact Phone", None),
        ("Lead Owner Email", None),
        ("Name (First)", Some(First)),
        ("Name (required)", Some(NameOrLast)),
        ("¿Cuál es tu nombre?", Some(Name)),
        ("DDD", Some(Area)),
        ("Mobile/WhatsApp", Some(Phone(0))),
        ("Phone / Fax", None),
        ("姓名 Name", Some(Name)),
        ("手机号码\nMobile", Some(Phone(1))),
        ("📱 Phone", Some(Phone(2))),
        ("=\"Phone\"", Some(Phone(2))),
        ("Valid Email", None),
        ("Código do país", Some(Country)),
        ("Country", Some(PerhapsPrefix)),
        ("国", Some(PerhapsPrefix)),
        ("Orszag", Some(PerhapsPrefix)),
        ("Company name", None),
        ("Full Name - First Name", Some(First)),
        ("MOBILEPHONE", Some(Phone(1))),
        ("Phone : iPhone", Some(Phone(1))),
        ("Unsubscribed from all email", Some(OptOut)),
        ("Opted out of email: Marketing Information", Some(OptOut)),
        ("WhatsApp Opt In", Some(OptIn)),
        ("EMAIL_BLACKLISTED", Some(OptOut)),
        ("Marketing consent", Some(OptIn)),
        ("WhatsApp Opt-In", Some(OptIn)),
        ("optIn", Some(OptIn)),
        ("Einwilligung Newsletter", Some(OptIn)),
        ("Согласие на рассылку", Some(OptIn)),
        ("마케팅 수신 동의", Some(OptIn)),
        ("No consent: opted out", Some(OptOut)),
        ("मोबाइल नंबर", Some(Phone(1))),
        ("رقم الجوال", Some(Phone(1))),
        ("手机号码", Some(Phone(1))),
        ("Cep Telefonu", Some(Phone(1))),
        ("İSİM", Some(Name)),
        ("SOYADI", Some(Last)),
        ("Телефон", Some(Phone(2))),
        ("profile.userDetails.userProvidedName", Some(Name)),
        ("profile.userDetails.contact.phone.number", Some(Phone(2))),
        ("profile.userDetails.contact.phone.prefix", Some(Prefix)),
        ("profile.userDetails.contact.email", Some(Email)),
        ("properties.phone", Some(Phone(2))),
        ("properties.mobilephone", Some(Phone(1))),
        ("properties.firstname.value", Some(First)),
        ("phone.$numberLong", Some(Phone(2))),
        ("phone.phoneNumber", Some(Phone(2))),
        // Only where nothing else is a phone.
        ("WhatsApp ID", Some(LastPhone)),
        ("wa_id", Some(LastPhone)),
        ("phoneNumbers 2.canonicalForm", Some(Phone(1))),
        ("phones 3 fax.number", None),
        ("name.familyName", Some(Last)),
        ("emailAddresses.address", Some(Email)),
        ("company.name.value", None),
        ("company.phone", None),
        ("company.name", None),
        ("owner.email", None),
        ("merge_fields.FNAME", Some(First)),
        ("name.first", Some(First)),
        ("default_address.phone", Some(Phone(3))),
        ("phone_numbers.number", Some(Phone(2))),
        ("phones.type", None),
        ("answers.email", Some(Email)),
        // A number behind a holder is one of many contacts.
        ("contacts.1.phone", None),
        ("data.2.phone", None),
        ("contactemail", Some(Email)),
        ("correopersonal", Some(Email)),
        ("Mobilfunk privat", Some(Phone(1))),
        ("Fax privat", None),
        ("faxhome", None),
        ("emailid2home", None),
        ("homeowner", None),
        ("Notes", None),
        ("Title", None),
    ];
    for (header, expected) in table {
        assert_eq!(meaning(header).map(|(meaning, _)| meaning), expected, "{header}");
    }
}

#[test]
fn every_word_means_itself_and_one_thing() {
    let mut seen = std::collections::BTreeMap::new();
    let words = WORDS.iter().flat_map(|(meaning, words)| words.split(", ").map(|word| (word, *meaning)));
    let wrong = words.filter(|&(word, meaning)| {
        of_words(word) != Some(meaning) || seen.insert(word, meaning).is_some() || word.trim() != word
    });
    assert_eq!(wrong.collect::<Vec<_>>(), []);
}

#[test]
fn countries_are_known_whatever_stands_before_their_word() {
    for title in
        ["Country", "Billing Country", "Country/Region", "Pais", "Código do país", "Ország", "Ülke", "ประเทศ", "국가"]
            .into_iter()
            .chain(["Pays de résidence", "Country of residence", "country_id", "País (facturación)"])
    {
        assert!(is_of_a_country(title), "{title}");
    }
    for title in ["Country of birth", "Ausland", "County", "Tax country", "Company country", "País de nacimiento"] {
        assert!(!is_of_a_country(title), "{title}");
    }
}
