//! What speaks for a JSON object being a contact.

use super::entry::is_named_value;
use super::flatten::Flattener;
use super::outline::{Node, Object};
use super::tabular::is_table_by_columns;
use crate::row::{LIST_END, Row};
use crate::vocabulary::{Meaning, is_holder, meaning};

/// What speaks for an object being a contact, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Evidence {
    /// It has a member for a phone.
    pub phone: bool,
    /// It has a member for a name or an e-mail address.
    pub name: bool,
    /// The member for a phone holds one.
    pub filled: bool,
    /// It has a value that looks like an international number.
    pub number: bool,
}

impl Evidence {
    /// What speaks for any of the objects, until all does.
    pub fn of<'a>(nodes: impl Iterator<Item = &'a Node>) -> Evidence {
        let mut all = Evidence::default();
        for node in nodes.filter(|node| node.is_object()) {
            all = all.or(own(node));
            if all.filled && all.name {
                break;
            }
        }
        all
    }

    pub fn or(self, other: Evidence) -> Evidence {
        Evidence {
            phone: self.phone || other.phone,
            filled: self.filled || other.filled,
            number: self.number || other.number,
            name: self.name || other.name,
        }
    }
}

/// Whether a list of this name is one of people or of records, in the words of services.
pub(super) fn is_wrapper(key: &str) -> bool {
    const WRAPPERS: &str = " contacts contact_list data items results records customers members payload users people persons \
                            connections leads subscribers rows entries list value hits result response body _embedded \
                            subscribers_list profiles clients participants students recipients guests attendees ";
    let key = key.to_ascii_lowercase();
    !key.contains(' ') && WRAPPERS.contains(&format!(" {key} "))
}

/// What speaks for the object itself being a contact; lists and maps of contacts within it are left aside.
pub(super) fn own(node: &Node) -> Evidence {
    let Node::Object(object) = node else { return Evidence::default() };
    *object.evidence.get_or_init(|| evidence(&strip(node, is_named(&object.members))))
}

/// Whether the object names somebody by a member of its own.
pub(super) fn is_named(members: &[(String, Node)]) -> bool {
    let scalars = members.iter().filter(|(_, node)| matches!(node, Node::Scalar(value) if !value.is_null()));
    scalars.into_iter().any(|(key, _)| meaning(key).is_some_and(|(meaning, _)| is_name(meaning)))
}

pub(super) fn is_name(meaning: Meaning) -> bool {
    use Meaning::{Email, First, FirstOrName, Last, Name, NameOrLast};
    matches!(meaning, Name | NameOrLast | FirstOrName | First | Last | Email)
}

/// The value without the lists and maps of contacts in it. `is_named`: something around them has a name.
fn strip(node: &Node, is_named: bool) -> Node {
    let object = match node {
        Node::Object(object) => object,
        Node::List(items) => return Node::List(items.iter().map(|item| strip(item, is_named)).collect()),
        Node::Scalar(_) | Node::Unknown => return node.clone(),
    };
    let kept = object.members.iter().filter(|(key, member)| !holds_contacts(key, member, is_named));
    kept.map(|(key, member)| (key.clone(), strip(member, is_named))).collect::<Vec<_>>().into()
}

/// Whether the member is a list, map or table of contacts, and not one of somebody's phones or addresses.
pub(super) fn holds_contacts(key: &str, node: &Node, is_named: bool) -> bool {
    let lower = key.to_lowercase();
    if lower.contains("address") || matches!(meaning(key), Some((Meaning::Phone(_), _))) {
        return false;
    }
    match node {
        Node::List(items) => {
            if are_named_values(items) {
                return false;
            }
            let evidence = Evidence::of(items.iter());
            let by_itself = || (!is_named || is_wrapper(&lower)) && items.iter().any(has_plain_phone);
            evidence.phone && (evidence.name || by_itself())
        }
        Node::Object(Object { members, .. }) => keyed(members, true).is_some() || is_table_by_columns(members),
        Node::Scalar(_) | Node::Unknown => false,
    }
}

/// Whether the elements are the values of one object's columns, with their names beside them.
pub(super) fn are_named_values(items: &[Node]) -> bool {
    let mut objects = items.iter().filter(|item| item.is_object()).take(3);
    objects.any(|item| is_named_value(&serde_json::to_vec(item).unwrap_or_default()))
}

/// Whether a member is a phone whatever is around it: `phone`, not `number` or `value`.
fn has_plain_phone(node: &Node) -> bool {
    node.as_object().unwrap_or_default().iter().any(|(key, value)| is_phone_member(key, value))
}

/// Whether the member is a phone whatever is around it.
pub(super) fn is_phone_member(key: &str, node: &Node) -> bool {
    matches!(node, Node::Scalar(_)) && matches!(meaning(key), Some((Meaning::Phone(_), _))) || is_own_jid(key, node)
}

pub(super) fn is_phone(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Phone(_) | Meaning::PerhapsPhone(_))
}

/// What the columns of the object say, as they are when it is read.
fn evidence(node: &Node) -> Evidence {
    let mut evidence = Evidence::default();
    let mut row = Row::default();
    let mut flat = Flattener::default();
    flat.reads_all_lists = true;
    let text = serde_json::to_vec(node).unwrap_or_default();
    // What cannot be read to its end says something all the same.
    let _ = flat.read(&text, &mut row);
    for (name, cell) in flat.names.iter().zip(row.cells().chain(std::iter::repeat(""))) {
        let (phone, title) = match meaning(name) {
            Some((Meaning::Phone(_), _)) => (true, false),
            Some((Meaning::PerhapsPhone(_) | Meaning::LastPhone | Meaning::NameOrPhone, _)) => (is_digits(cell), false),
            Some((meaning, _)) => (false, is_name(meaning)),
            None => (false, false),
        };
        let phone = phone || is_id(name) && is_jid(cell);
        evidence.phone |= phone;
        evidence.filled |= phone && is_digits(cell);
        evidence.name |= title;
        evidence.number |= is_number(cell);
    }
    evidence
}

fn is_digits(cell: &str) -> bool {
    cell.chars().filter(char::is_ascii_digit).count() >= 7
}

/// Whether the text is an international number: a plus sign and its digits.
pub(super) fn is_number(cell: &str) -> bool {
    let cell = cell.trim_end_matches(LIST_END);
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let plain = |c: char| c.is_ascii_digit() || " -().+".contains(c);
    is_jid(cell) || cell.starts_with('+') && (8..=15).contains(&digits) && cell.chars().all(plain)
}

/// Whether it is the id of a person at WhatsApp: `12025550101@s.whatsapp.net`.
fn is_jid(cell: &str) -> bool {
    let Some((digits, server)) = cell.split_once('@') else { return false };
    let digits = digits.split_once(':').map_or(digits, |(digits, _)| digits);
    ["s.whatsapp.net", "c.us"].contains(&server)
        && (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_id(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    ["id", "_id", "jid", "_serialized"].contains(&last.as_str())
}

fn is_own_jid(key: &str, node: &Node) -> bool {
    is_id(key) && node.as_str().is_some_and(is_jid)
}

/// Whether the object's keys are ids of contacts; the column for the keys, where those are phones.
/// `strict`: words are no ids.
pub(super) fn keyed(members: &[(String, Node)], strict: bool) -> Option<(Option<String>, Evidence)> {
    // Counts and the like may stand among them.
    let objects = || members.iter().filter(|(_, node)| node.is_object());
    let is_count = |(key, node): &(String, Node)| {
        matches!(node, Node::Scalar(value) if !value.is_string()) && meaning(key).is_none()
    };
    if objects().next().is_none() || !members.iter().all(|member| member.1.is_object() || is_count(member)) {
        return None;
    }
    let evidence = Evidence::of(objects().map(|(_, node)| node));
    if objects().all(|(key, _)| is_number(key)) {
        let key_column = (!evidence.phone).then(|| "phone".to_owned());
        return Some((key_column, Evidence { phone: true, ..evidence }));
    }
    let says_something = |key: &str| meaning(key).is_some() || is_role(key);
    let is_id = |key: &str| {
        let is_word = key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        !is_word && !says_something(key)
    };
    // Under words they are contacts if each of them is one.
    let is_contact = |(key, node): &(String, Node)| {
        let own = own(node);
        !says_something(key) && own.phone && own.name
    };
    let each = || !strict && members.len() > 1 && objects().all(is_contact);
    let found = evidence.phone && (objects().all(|(key, _)| is_id(key)) || each());
    found.then_some((None, evidence))
}

/// Whether the key says what part of one record an object is.
pub(super) fn is_role(key: &str) -> bool {
    const ROLES: &str = " billing shipping account mobile cell handy fax pager whatsapp organization organisation company owner manager assistant address home work \
                         business office private primary secondary main other default emergency employer spouse parent \
                         mother father agent seller buyer sender receiver from to ";
    let key = key.to_lowercase();
    is_holder(&key) || key.split(['_', '-']).any(|word| !word.is_empty() && ROLES.contains(&format!(" {word} ")))
}

/// Whether some of the elements are contacts.
pub(super) fn are_contacts(items: &[Node]) -> bool {
    items.iter().any(|item| item.is_object() && own(item).phone)
}

/// Whether the value is, or holds, an object of numbers under words that are no titles: `{"Ada": "+1…", "Ben": "+4…"}`.
pub(super) fn is_directory(node: &Node) -> bool {
    let members = node.as_object().unwrap_or_default();
    let is_entry =
        |(key, node): &&(String, Node)| node.as_str().is_some_and(is_number) && !is_role(key) && meaning(key).is_none();
    let entries = members.iter().filter(is_entry).count();
    entries > 1 && entries == members.len() || members.iter().any(|(_, node)| is_directory(node))
}

/// Whether the list holds phone numbers and nothing else.
pub(super) fn are_numbers(items: &[Node]) -> bool {
    items.len() > 1 && items.iter().all(|item| item.as_str().is_some_and(is_number))
}

/// The lists of contacts that stand under ids in an object: `{"a17": [{…}], "b22": [{…}]}`.
pub(super) fn lists_by_id(members: &[(String, Node)]) -> Option<(Evidence, u64)> {
    let is_id = |key: &str| key.chars().count() == 1 || key.contains(|c: char| c.is_ascii_digit());
    let mut all = (Evidence::default(), 0);
    for (key, node) in members {
        let items = node.as_list().filter(|_| is_id(key))?;
        let evidence = Evidence::of(items.iter());
        if !items.is_empty() && !evidence.filled {
            return None;
        }
        all = (all.0.or(evidence), all.1 + items.len() as u64);
    }
    Some(all).filter(|(evidence, _)| members.len() > 1 && evidence.filled)
}
