//! What an object in a list is: the value of a column with its name beside it, the name of a tag, or an object of its
//! own; and how good it is, among phone numbers.

use super::flatten::Flattener;
use super::token::{Parsed, Parser};
use crate::vocabulary::{Meaning, PhoneKind, meaning};

/// An object in a list.
pub(super) struct Entry {
    pub content: Content,
    pub kind: PhoneKind,
    pub is_preferred: bool,
}

pub(super) enum Content {
    /// The value of the column of this name begins here.
    Column(String, usize),
    /// The name of a tag or the like.
    Label(String),
    /// It has members of its own.
    Object,
}

/// Members that name what the value is, the best first.
const NAMING: [&str; 26] = [
    "name",
    "fieldname",
    "fieldlabel",
    "label",
    "title",
    "key",
    "display",
    "question",
    "questiontext",
    "questiontitle",
    "heading",
    "attributename",
    "attributecode",
    "attributekey",
    "fieldkey",
    "fieldcode",
    "columnname",
    "propertyname",
    "code",
    "ref",
    "field",
    "property",
    "customfield",
    "system",
    "k",
    "text",
];
/// Members that hold the value.
const VALUES: [&str; 11] = [
    "value",
    "values",
    "answer",
    "answers",
    "val",
    "v",
    "attributevalue",
    "fieldvalue",
    "propertyvalue",
    "answertext",
    "content",
];
/// Members that say what a phone number is.
const KINDS: [&str; 14] = [
    "type",
    "label",
    "kind",
    "types",
    "labels",
    "phonetype",
    "formattedtype",
    "category",
    "use",
    "subtype",
    "usage",
    "valuetype",
    "enumcode",
    "location",
];
/// Members that say that it is the one to take.
const PREFERRED: [&str; 7] =
    ["primary", "isprimary", "preferred", "default", "isdefault", "isprimarymobileno", "isprimaryphone"];
/// What else services put beside the name of a tag or the value of a column.
const BESIDE: [&str; 11] =
    ["id", "type", "color", "slug", "fieldid", "fieldtype", "fieldcode", "order", "ref", "position", "datatype"];

/// What has been seen of an object.
#[derive(Default)]
struct Seen {
    /// The best member that names it: its rank, its text, and whether that stands in an object of its own.
    name: Option<(usize, String)>,
    /// The id, where it has one.
    id: Option<String>,
    /// Where the value begins.
    value: Option<usize>,
    /// The type, and the members that are not known, of which one may bear its name and be the value.
    kind_word: String,
    others: Vec<(String, usize)>,
    /// How many members there are.
    count: usize,
}

/// Whether the object is the value of a column with its name beside it.
pub(super) fn is_named_value(object: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(object) else { return false };
    let mut parser = Parser::new(text);
    let mut flat = Flattener::default();
    // A list of a name that says nothing.
    flat.path.push('-');
    let entry = parser.entry(&mut flat);
    matches!(entry, Ok(Entry { content: Content::Column(_, at), .. }) if object.get(at) != Some(&b'{'))
}

impl Parser<'_> {
    /// Looks at the object that begins here, up to its end.
    pub fn entry(&mut self, flat: &mut Flattener) -> Parsed<Entry> {
        let mut seen = Seen::default();
        let (mut kind, mut is_preferred) = (PhoneKind::Any, false);
        let parent = flat.path.len() + 1;
        self.members(flat, |parser, flat| {
            let name = flat.path.get(parent..).unwrap_or_default();
            let plain: String = name.chars().filter(|c| !"_-@$".contains(*c)).collect::<String>().to_ascii_lowercase();
            let start = parser.at;
            seen.take(parser, flat, &plain)?;
            let said = parser.text.get(start..parser.at).unwrap_or_default();
            if KINDS.contains(&plain.as_str()) {
                kind = kind.and(PhoneKind::of(&said.to_lowercase()));
            }
            is_preferred |= PREFERRED.contains(&plain.as_str()) && matches!(said, "true" | "1");
            Ok(())
        })?;
        Ok(Entry { content: seen.content(flat), kind, is_preferred })
    }

    /// The text at hand, or the best name in the object at hand.
    fn name_here(&mut self, flat: &mut Flattener) -> Parsed<Option<String>> {
        let mut name = String::new();
        if self.peek() != Some(b'{') {
            let is_text = self.peek() == Some(b'"');
            self.pass_to(&mut name)?;
            return Ok(Some(name).filter(|name| is_text && !name.is_empty()));
        }
        let mut best: Option<(usize, String)> = None;
        let parent = flat.path.len() + 1;
        self.members(flat, |parser, flat| {
            let rank = NAMING.iter().position(|one| Some(*one) == flat.path.get(parent..));
            let mut text = String::new();
            let is_text = parser.peek() == Some(b'"');
            parser.pass_to(&mut text)?;
            if let Some(rank) = rank
                && is_text
                && best.as_ref().is_none_or(|(known, _)| rank < *known)
            {
                best = Some((rank, text));
            }
            Ok(())
        })?;
        Ok(best.map(|(_, name)| name))
    }

    /// Passes over a value; a scalar's text is added.
    fn pass_to(&mut self, text: &mut String) -> Parsed {
        match self.peek() {
            Some(b'{' | b'[') => self.pass(),
            _ => self.scalar(text),
        }
    }
}

impl Seen {
    /// Takes in the member at hand, whose name is `plain`, and passes over it.
    fn take(&mut self, parser: &mut Parser<'_>, flat: &mut Flattener, plain: &str) -> Parsed {
        self.count += 1;
        let start = parser.at;
        if let Some(rank) = NAMING.iter().position(|one| *one == plain) {
            let name = parser.name_here(flat)?;
            match name {
                Some(name) if self.name.as_ref().is_none_or(|(known, _)| rank < *known) => {
                    self.name = Some((rank, name))
                }
                // A list or a number names nothing.
                None if !BESIDE.contains(&plain) => self.others.push((plain.to_owned(), start)),
                _ => {}
            }
            if plain == "text" {
                self.others.push((plain.to_owned(), start));
            }
        } else if VALUES.contains(&plain) {
            self.value = Some(start);
            parser.pass()?;
        } else if plain == "type" {
            parser.pass_to(&mut self.kind_word)?;
        } else if plain == "id" {
            parser.pass_to(self.id.insert(String::new()))?;
        } else {
            parser.pass()?;
            if !BESIDE.contains(&plain) {
                self.others.push((plain.to_owned(), start));
            }
        }
        Ok(())
    }

    fn content(mut self, flat: &mut Flattener) -> Content {
        let typed: String = self.kind_word.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
        let typed = self.others.iter().position(|(name, _)| *name == typed);
        let is_typed = self.value.is_none() && typed.is_some();
        if is_typed && let Some(at) = typed {
            self.value = Some(self.others.remove(at).1);
        }
        self.others.retain(|(name, _)| name != "text" || self.value.is_none());
        let is_of_a_person =
            matches!(flat.meaning_here(), Some(Meaning::Phone(_) | Meaning::PerhapsPhone(_) | Meaning::Email));
        let Some(value) = self.value else {
            return match self.name {
                Some((rank, name)) if self.others.is_empty() && is_label(rank) => Content::Label(name),
                _ => Content::Object,
            };
        };
        // The word of a phone or an address: `{"type": "email", "value": …}`.
        let word = Some(self.kind_word).filter(|word| is_phone_or_email(meaning(word)));
        match self.name {
            // The text of a tag beside its id.
            Some((rank, name)) if flat.meaning_here() == Some(Meaning::Tags) && !is_plain(rank) => Content::Label(name),
            // What is shown for an id is no name of a column.
            Some((rank, _)) if NAMING.get(rank) == Some(&"display") => Content::Object,
            Some((rank, name)) if !is_of_a_person || is_plain(rank) && self.others.is_empty() => {
                let is_word_for_kind =
                    matches!(NAMING.get(rank), Some(&("label" | "title" | "code"))) && is_kind(&name);
                let mut is_known = || flat.meaning_of(&name).is_some();
                match word {
                    Some(word) if is_typed && !is_known() => Content::Column(word, value),
                    Some(word) if is_word_for_kind => Content::Column(word, value),
                    _ if is_word_for_kind => Content::Object,
                    _ if self.others.is_empty() || is_known() => Content::Column(name, value),
                    _ => Content::Object,
                }
            }
            None if !is_of_a_person => match (word, self.id) {
                (Some(word), _) => Content::Column(word, value),
                // Its place in the list says nothing about what it is.
                (None, Some(id)) if self.count == 2 && !id.is_empty() => Content::Column(id, value),
                _ => Content::Object,
            },
            _ => Content::Object,
        }
    }
}

/// Whether the member of this rank alone is the name of a tag.
fn is_label(rank: usize) -> bool {
    NAMING.get(rank).is_some_and(|name| ["name", "key", "title"].contains(name))
}

/// Whether the member of this rank always names the value beside it.
fn is_plain(rank: usize) -> bool {
    NAMING.get(rank).is_some_and(|name| ["name", "key"].contains(name))
}

fn is_phone_or_email(meaning: Option<(Meaning, bool)>) -> bool {
    matches!(meaning, Some((Meaning::Phone(_) | Meaning::Email, _)))
}

/// Whether the word says what a phone number is, and not what column it is.
fn is_kind(word: &str) -> bool {
    const KINDS: &str = " main other private personal business primary secondary default direct ";
    let word = word.to_lowercase();
    PhoneKind::of(&word) != PhoneKind::Any || KINDS.contains(&format!(" {word} "))
}
