//! What a header or a JSON key means, by the words of many languages.
//!
//! Used both to find the header of a table and to map its columns.

mod header;
mod modifiers;
mod phone_kind;
mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

pub use header::normal;
use header::{forms, plain};
use modifiers::{
    CONSENTS, COUNTRIES, EMAIL_PARTS, HOLDERS, NEVER, NICKNAMES, ORGANISATIONS, OTHER_COUNTRIES, PHONE_PARTS, PLACES,
    QUALIFIERS, REFUSALS,
};
pub use phone_kind::PhoneKind;
use table::WORDS;

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The full name.
    Name,
    /// The full name, or the family name beside a given name.
    NameOrLast,
    /// The given name beside a family name, else the full name.
    FirstOrName,
    /// The full name if there is no other column for it, and the values are no numbers.
    PerhapsName,
    /// The given name.
    First,
    /// The family name.
    Last,
    /// A phone number; 0 is WhatsApp, 1 mobile, 2 plain, 3 work, home and other.
    Phone(u8),
    /// A phone number if the values say so: the word alone may mean anything.
    PerhapsPhone(u8),
    /// A phone number if the values say so and there is no other column for it.
    LastPhone,
    /// A phone number if the values say so and there is no other column for it, else the full name.
    NameOrPhone,
    /// An e-mail address.
    Email,
    /// The calling code.
    Prefix,
    /// The calling code if the values say so.
    PerhapsPrefix,
    /// The area code, which is a part of the number.
    Area,
    /// The calling code if the values say so, else the area code.
    PrefixOrArea,
    /// A calling code or a country, by the values.
    Country,
    /// The country.
    Region,
    /// Tags.
    Tags,
    /// Says who wants to be written to.
    OptIn,
    /// Says who does not want to be written to.
    OptOut,
}

use Meaning::{
    Email, First, FirstOrName, Last, LastPhone, Name, NameOrLast, NameOrPhone, OptIn, OptOut, PerhapsPhone, Phone,
};

impl Meaning {
    /// Whether it is a phone number, or one if the values say so.
    pub fn is_phone(self) -> bool {
        matches!(self, Phone(_) | PerhapsPhone(_) | LastPhone | NameOrPhone)
    }

    /// Whether it is a name of a person or a part of one.
    pub fn is_name(self) -> bool {
        matches!(self, Name | NameOrLast | FirstOrName | First | Last)
    }
}

/// How many of some cells are known titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KnownTitles {
    /// How many cells mean a field.
    pub known: usize,
    /// Whether one of them means the phone.
    pub phone: bool,
}

/// Counts the cells that are titles of fields: for finding the header of a table, or the list of contacts in JSON.
pub fn known_titles<'a>(cells: impl IntoIterator<Item = &'a str>) -> KnownTitles {
    // Many rows are tried as the header: a thousand cells of each must do.
    let meanings = cells.into_iter().take(1000).filter_map(meaning).map(|(meaning, _)| meaning);
    meanings.fold(KnownTitles::default(), |titles, meaning| KnownTitles {
        known: titles.known + 1,
        phone: titles.phone || meaning.is_phone(),
    })
}

/// What a header or a dotted path means; and whether it stands in a holder of extra values, where a word counts less.
pub fn meaning(header: &str) -> Option<(Meaning, bool)> {
    // Behind a number stands one of many, and not the contact: `contacts.1.phone`.
    let is_number = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let inner = header.split_once('.').and_then(|(_, inner)| inner.rsplit_once('.'));
    if inner.is_some_and(|(keys, _)| keys.split('.').any(is_number)) {
        return None;
    }
    within_holders(header).or_else(|| of_a_part(header))
}

/// What a part of a value means: `phones.number` is the phone, `emails.address` the e-mail address. A value that is
/// wrapped in an object of its own means what the object means.
fn of_a_part(header: &str) -> Option<(Meaning, bool)> {
    let (whole, part) = header.rsplit_once('.')?;
    let (meaning, extra) = within_holders(whole)?;
    let part = normal(part);
    let is_part = match meaning {
        Phone(_) | PerhapsPhone(_) => PHONE_PARTS.contains(&part.as_str()),
        Email => EMAIL_PARTS.contains(&part.as_str()),
        _ => false,
    };
    (is_part || matches!(part.as_str(), "value" | "text" | "content" | "answer" | "number long"))
        .then_some((meaning, extra))
}

/// Whether an object of this name only holds the contact.
pub fn is_holder(name: &str) -> bool {
    HOLDERS.contains(&normal(name).as_str())
}

fn within_holders(header: &str) -> Option<(Meaning, bool)> {
    let mut rest = header;
    let mut extra = false;
    loop {
        if let Some(meaning) = of_words(rest) {
            // The user may be who keeps the list: Calendly has `User Email` beside `Invitee Email`. And a login is a name
            // only where there is no other.
            let word = normal(rest);
            return Some((meaning, extra || word.starts_with("user ") || word == "username"));
        }
        let (holder, inner) = rest.split_once('.')?;
        let holder = normal(holder);
        if !HOLDERS.contains(&holder.as_str()) {
            return None;
        }
        extra |= matches!(holder.as_str(), "attributes" | "custom fields");
        rest = inner;
    }
}

fn of_words(header: &str) -> Option<Meaning> {
    // Nobody writes a title of more than a few lines.
    if header.len() > 400 {
        return None;
    }
    let forms = forms(header);
    let known = || forms.iter().find_map(|form| LOOKUP.get(form).copied());
    let consent = || forms.iter().find_map(|form| of_consent(form));
    let qualified = || forms.iter().find_map(|form| behind_qualifiers(form));
    let placed = || forms.iter().find_map(|form| beside_a_place(form));
    known().or_else(consent).or_else(qualified).or_else(|| of_parts(header)).or_else(placed)
}

/// Whether a word only says where a phone or an e-mail address is kept: `home`, `billing`.
pub fn is_place(word: &str) -> bool {
    is_place_form(&normal(word))
}

fn is_place_form(form: &str) -> bool {
    PLACES.split(", ").any(|place| place == form)
}

/// What a phone or an e-mail address is whose place is said behind it or in one word with it: `Mobilfunk privat`,
/// `contactemail`, `correopersonal`.
fn beside_a_place(form: &str) -> Option<Meaning> {
    let meant = |word: &str| match LOOKUP.get(word) {
        Some(meaning @ (Phone(_) | Email)) => Some(*meaning),
        _ => None,
    };
    if let Some((word, place)) = form.rsplit_once(' ') {
        return meant(word).filter(|_| is_place_form(place));
    }
    // No word is longer, and each of its letters is one byte.
    if form.len() > 30 || !form.is_ascii() {
        return None;
    }
    (3..form.len().saturating_sub(2)).find_map(|at| {
        let (one, other) = form.split_at(at);
        let word = if is_place_form(one) { other } else { Some(one).filter(|_| is_place_form(other))? };
        meant(word)
    })
}

/// What a header means that says the same twice: `Mobile / WhatsApp`, `姓名 Name`.
fn of_parts(header: &str) -> Option<Meaning> {
    let foreign = |c: char| c.is_alphabetic() && !c.is_ascii();
    let mut parts: Vec<String> = header.split(['/', '|', '\n', '、']).map(str::to_owned).collect();
    if parts.len() == 1 {
        if header.is_ascii() {
            return None;
        }
        let (one, other): (Vec<&str>, Vec<&str>) = header.split_whitespace().partition(|word| word.contains(foreign));
        parts = vec![one.join(" "), other.join(" ")];
    }
    let meanings = parts.iter().map(|part| forms(part).iter().find_map(|form| LOOKUP.get(form).copied()));
    meanings.reduce(|one, other| match (one?, other?) {
        (Phone(one), Phone(other)) => Some(Phone(one.min(other))),
        (Name | NameOrLast, Name | NameOrLast) => Some(Name),
        (one, other) => (one == other).then_some(one),
    })?
}

/// Says in more words who wants to be written to or does not: `Marketing consent`, `Opted out of email: Newsletter`.
fn of_consent(form: &str) -> Option<Meaning> {
    let form = format!(" {form} ");
    let has = |words: &str| words.split(", ").any(|words| form.contains(&format!(" {words} ")));
    match (has(REFUSALS), has(CONSENTS)) {
        (true, _) => Some(OptOut),
        (false, true) => Some(OptIn),
        (false, false) => None,
    }
}

/// What is meant behind words that only say whose it is: `your phone`, `customer name`. Words that mean something
/// only if the values say so are too weak for that: a `customer code` is no calling code.
fn behind_qualifiers(form: &str) -> Option<Meaning> {
    let mut rest = form;
    while let Some((word, behind)) = rest.split_once(' ') {
        if !QUALIFIERS.split(", ").any(|one| one == word) {
            return None;
        }
        match LOOKUP.get(behind) {
            Some(Name | NameOrLast | FirstOrName) => return Some(Name),
            Some(meaning @ (First | Last | Phone(_) | Email)) => return Some(*meaning),
            _ => rest = behind,
        }
    }
    None
}

/// Every word as it is and without the marks of Latin letters: a constant, computed when it is first needed.
static LOOKUP: LazyLock<HashMap<String, Meaning>> = LazyLock::new(|| {
    let all = || WORDS.iter().flat_map(|(meaning, words)| words.split(", ").map(|word| (word, *meaning)));
    let plain = all().map(|(word, meaning)| (plain(word), meaning));
    // A word that is in the table as it stands goes before one that only looks like it.
    plain.chain(all().map(|(word, meaning)| (word.nfkc().collect(), meaning))).collect()
});

/// Whether the header names what a contact is called that has no personal name; nicknames rank before organisations.
pub fn other_name(header: &str) -> Option<u8> {
    let last = header.rsplit('.').next().unwrap_or_default();
    let forms = forms(last);
    let is_one_of = |words: &str| words.split(", ").any(|word| forms.iter().any(|form| form == word));
    // Within another object it is that of somebody else.
    let is_own = header.rsplit_once('.').is_none_or(|(holders, _)| holders.split('.').all(is_holder));
    if !is_own {
        None
    } else if is_one_of(NICKNAMES) {
        Some(0)
    } else {
        is_one_of(ORGANISATIONS).then_some(1)
    }
}

/// Whether the title has a word for a country or its calling code, whatever stands around it, and is not about where somebody
/// was born or what he speaks.
pub fn is_of_a_country(header: &str) -> bool {
    const CODES: [&str; 4] = ["calling code", "dial code", "dialing code", "dialling code"];
    let header = format!(" {} ", normal(header));
    let has = |words: &str| header.contains(&format!(" {words} "));
    (CODES.into_iter().any(has) || COUNTRY_TITLES.iter().any(|word| has(word))) && !is_not_of_the_phone(&header)
}

/// Whether a title says that a country in its column is not that of the phone: the one of birth, of a firm, of a language.
pub fn is_not_of_the_phone(header: &str) -> bool {
    normal(header).split(' ').any(|word| OTHER_COUNTRIES.split(", ").any(|other| other == word))
}

/// The words for a country, as they are and without the marks of Latin letters.
static COUNTRY_TITLES: LazyLock<Vec<String>> =
    LazyLock::new(|| COUNTRIES.split(", ").flat_map(|word| [word.nfkc().collect(), plain(word)]).collect());

/// Whether the header names the ids of WhatsApp, which are international numbers without a plus sign.
pub fn is_whatsapp_id(header: &str) -> bool {
    let last = header.rsplit('.').next().unwrap_or_default();
    let word: String = last.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["waid", "jid", "remotejid", "urnwhatsapp", "whatsappid", "wuid"].contains(&word.as_str())
}

/// The word nearest to a header, and how near: for a hint when nothing was found.
pub fn nearest_phone(header: &str) -> f64 {
    if is_never_a_phone(header) {
        return 0.0;
    }
    let header = plain(&normal(header));
    PHONES
        .iter()
        .map(|(word, plain)| {
            let within = header.split(' ').any(|part| part == *word) || header.contains(&format!(" {word} "));
            let far = strsim::normalized_damerau_levenshtein(&header, plain);
            if within { far.max(0.75) } else { far }
        })
        .fold(0.0, f64::max)
}

/// The words for a phone, as they are and without the marks of Latin letters: a constant, computed when first needed.
static PHONES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let phones = WORDS.iter().filter(|(meaning, _)| matches!(meaning, Phone(_) | PerhapsPhone(_) | LastPhone));
    let words = phones.flat_map(|(_, words)| words.split(", ")).filter(|word| word.chars().count() > 2);
    words.map(|word| (word, plain(word))).collect()
});

/// Whether the header names something that is not the contact's own number, or no number at all.
pub fn is_never_a_phone(header: &str) -> bool {
    normal(header).split(' ').any(|word| NEVER.contains(&word))
}

#[cfg(test)]
mod tests;
