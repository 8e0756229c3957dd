//! Where the contacts of a JSON document are: found by what the elements of its lists hold, never by a list's name.

mod without_contacts;

use super::error::{ErrorKind, Foreign};
use super::evidence::{
    Evidence, are_named_values, are_numbers, is_directory, is_named, is_phone_member, is_wrapper, keyed, lists_by_id,
    own,
};
use super::notice::Notice;
use super::outline::{Node, Object};
use super::tabular::{are_columns, cells_within, guessed, headers, is_jcard, is_row, is_table_by_columns, named};
use crate::vocabulary::known_titles;
use without_contacts::without_contacts;

/// A step from a value to one within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The member of this name.
    Key(String),
    /// Each element of a list.
    Each,
    /// Each member of an object whose keys are ids.
    EachMember,
}

/// How a contact is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// As an object.
    Object,
    /// As a row of cells, under these names.
    Cells(Vec<String>),
    /// The object holds all contacts, by columns.
    Columns,
}

/// Where the contacts are, and how they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// The way from the top to a contact. Empty where the values at the top are the contacts.
    pub steps: Vec<Step>,
    pub form: Form,
    /// The column for the keys of the objects, where those are the phones.
    pub key_column: Option<String>,
    /// The names were guessed from the values.
    pub is_guessed: bool,
    /// Other lists of contacts in the document, which are not read, and how many contacts were seen in them.
    pub left: Vec<(String, u64)>,
}

impl Shape {
    pub fn objects() -> Shape {
        Shape::new(Vec::new(), Form::Object)
    }

    /// What a person would want to know of it.
    pub fn notices(&self) -> Vec<Notice> {
        let left = self.left.iter().map(|(list, contacts)| Notice::ListLeft {
            list: list.clone(),
            contacts: *contacts,
            lines: Vec::new(),
        });
        let names = match &self.form {
            Form::Cells(names) if self.is_guessed => Some(Notice::NoHeader { columns: names.clone() }),
            _ => None,
        };
        names.into_iter().chain(left).collect()
    }

    fn new(steps: Vec<Step>, form: Form) -> Shape {
        Shape { steps, form, key_column: None, is_guessed: false, left: Vec::new() }
    }
}

/// A place where contacts may be.
struct Candidate {
    shape: Shape,
    evidence: Evidence,
    /// How many were seen.
    count: u64,
}

/// The column of numbers that stand alone.
const PHONE: &str = "phone";

/// Why the contacts in a document cannot be told.
const INCLUDED: &str = "the phone numbers stand in \"included\", apart from the records that refer to them; export the \
                        contacts with their phone numbers in them";
const ENCODED: &str = "the list of contacts is a text within the JSON, encoded twice; export the list itself, or decode it \
                       with jq: .KEY | fromjson";
const DIRECTORY: &str = "the numbers stand under names or ids of their own; export a list of objects, each with its name and \
                         its number under the same keys";
const NO_HEADER: &str = "the rows are lists, and nothing says what their cells are; add a header as the first row, or \
                         export objects";

/// Finds where the contacts are, by the beginning of the document: its first values at the top.
///
/// # Errors
/// It is another kind of file, or the contacts cannot be told.
pub(super) fn find(values: &[Node]) -> Result<Shape, ErrorKind> {
    let Some(first) = values.first() else { return Ok(Shape::objects()) };
    if is_jcard(first) {
        let remedy = "export the contacts as vCard (.vcf) or CSV";
        return Err(ErrorKind::Binary(Foreign { kind: "an address book in jCard", remedy }));
    }
    // One of several at the top is a record like any other, whatever lists are in it.
    let is_one_of_many = values.len() > 1 && first.is_object();
    if is_one_of_many && own(first).filled && !first.as_object().is_some_and(is_table_by_columns) {
        return Ok(Shape::objects());
    }
    let mut candidates = Vec::new();
    if values.len() > 1 && values.iter().all(is_row) {
        rows(values, &[], &[], &mut candidates);
        for candidate in &mut candidates {
            candidate.shape.steps.pop();
        }
    } else {
        walk(first, &[], &[], &mut candidates);
    }
    if are_apart(first) {
        return Err(ErrorKind::Json { line: 1, what: INCLUDED });
    }
    let others = candidates.iter().filter(|one| one.evidence.phone && one.evidence.name);
    let others: Vec<(Vec<Step>, u64)> = others.map(|one| (one.shape.steps.clone(), one.count)).collect();
    // Of equals the first, but a list before a single contact.
    let rank = |one: &Candidate| {
        let is_list = one.shape.steps.iter().any(|step| !matches!(step, Step::Key(_)));
        (one.evidence.phone, one.evidence.name, is_list, one.evidence)
    };
    let best = candidates.into_iter().reduce(|best, next| if rank(&next) > rank(&best) { next } else { best });
    if best.as_ref().is_some_and(|best| !best.evidence.name && is_single(&best.shape))
        && values.iter().any(is_directory)
    {
        return Err(ErrorKind::Json { line: 1, what: DIRECTORY });
    }
    let Some(Candidate { mut shape, .. }) = best else {
        let shape = without_contacts(first)?;
        return Ok(if is_one_of_many && shape.steps == [Step::EachMember] { Shape::objects() } else { shape });
    };
    let is_left = |steps: &[Step]| steps != shape.steps && steps.iter().any(|step| !matches!(step, Step::Key(_)));
    let others = others.into_iter().filter(|(steps, _)| is_left(steps));
    let left = others.map(|(steps, count)| (in_words(&steps), count)).collect();
    shape.left = left;
    Ok(shape)
}

/// Whether the phones stand apart from the records that refer to them, as JSON:API writes it.
fn are_apart(document: &Node) -> bool {
    let members = document.as_object().unwrap_or_default();
    let list = |name: &str| members.iter().find(|(key, _)| key == name).and_then(|(_, node)| node.as_list());
    let (Some(data), Some(included)) = (list("data"), list("included")) else { return false };
    let has = |items: &[Node]| {
        let all = Evidence::of(items.iter());
        all.phone || all.number
    };
    let is_person = |item: &Node| item.is_object() && own(item).phone && own(item).name;
    !has(data) && has(included) && !included.iter().any(is_person)
}

/// Whether one object is the only contact.
fn is_single(shape: &Shape) -> bool {
    shape.form == Form::Object && shape.steps.iter().all(|step| matches!(step, Step::Key(_)))
}

/// The way of a list, as it is shown: the keys on it.
fn in_words(steps: &[Step]) -> String {
    let keys = steps.iter().filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None });
    keys.collect::<Vec<_>>().join(".")
}

/// Looks for contacts in a value and in what lies within it. `names` are the lists beside it that may be its header.
fn walk(node: &Node, path: &[Step], names: &[Vec<String>], found: &mut Vec<Candidate>) {
    match node {
        Node::Object(Object { members, .. }) => within_object(node, members, path, found),
        Node::List(items) if are_columns(items) => {
            let evidence = Evidence { phone: true, name: true, filled: true, number: false };
            found.push(Candidate { shape: Shape::new(path.to_vec(), Form::Columns), evidence, count: 2 });
        }
        Node::List(items) if path.contains(&Step::Each) && are_named_values(items) => {}
        Node::List(items) if items.iter().any(Node::is_object) => match cells_within(items, names) {
            Some((key, names)) => {
                let steps = then(&then(path, Step::Each), Step::Key(key));
                let evidence = Evidence { phone: true, name: names.len() > 1, filled: true, number: false };
                let count = items.len() as u64;
                found.push(Candidate { shape: Shape::new(steps, Form::Cells(names)), evidence, count });
            }
            None => within_list(items, path, found),
        },
        Node::List(items) if items.iter().any(is_row) => {
            let inner: Vec<&Node> = items.iter().filter_map(Node::as_list).flatten().collect();
            if inner.iter().any(|node| node.is_object()) && inner.iter().all(|node| node.is_object()) {
                within_list(&inner.into_iter().cloned().collect::<Vec<_>>(), &then(path, Step::Each), found);
            } else {
                rows(items, path, names, found);
            }
        }
        Node::List(items) if are_numbers(items) && !path.contains(&Step::Each) => {
            let shape = Shape::new(then(path, Step::Each), Form::Cells(vec![PHONE.to_owned()]));
            let evidence = Evidence { phone: true, name: false, filled: true, number: true };
            found.push(Candidate { shape, evidence, count: items.len() as u64 });
        }
        Node::List(_) | Node::Scalar(_) | Node::Unknown => {}
    }
}

fn then(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

fn within_object(node: &Node, members: &[(String, Node)], path: &[Step], found: &mut Vec<Candidate>) {
    if is_table_by_columns(members) {
        let evidence = Evidence { phone: true, name: true, filled: true, number: false };
        return found.push(Candidate { shape: Shape::new(path.to_vec(), Form::Columns), evidence, count: 1 });
    }
    if let Some((key_column, evidence)) = keyed(members, path.contains(&Step::Each)) {
        let shape = Shape { key_column, ..Shape::new(then(path, Step::EachMember), Form::Object) };
        return found.push(Candidate { shape, evidence, count: members.len() as u64 });
    }
    if let Some((evidence, count)) = lists_by_id(members) {
        let shape = Shape::new(then(&then(path, Step::EachMember), Step::Each), Form::Object);
        return found.push(Candidate { shape, evidence, count });
    }
    let own = own(node);
    let itself = || Candidate { shape: Shape::new(path.to_vec(), Form::Object), evidence: own, count: 1 };
    // At the top, a phone in some part of the document is not that of a record if there is a list of contacts.
    let is_record = !path.is_empty() || members.iter().any(|(key, node)| is_phone_member(key, node));
    if own.filled && is_record {
        return found.push(itself());
    }
    let mut inner = Vec::new();
    let headers = headers(members);
    for (key, member) in members {
        walk(member, &then(path, Step::Key(key.clone())), &headers, &mut inner);
    }
    // Numbers in a list by themselves are not all of one person.
    if path.is_empty()
        && !own.name
        && matches!(inner.as_slice(), [Candidate { shape: Shape { form: Form::Cells(names), .. }, .. }] if *names == [PHONE])
    {
        return found.append(&mut inner);
    }
    if own.phone {
        let least = if own.filled { 2 } else { 1 };
        inner.retain(|one| is_list_of_contacts(one, path.len()));
        if !inner.iter().any(|one| one.count >= least) {
            inner = vec![itself()];
        }
        return found.append(&mut inner);
    }
    // The names within lists are not the object's own.
    let own = if path.contains(&Step::Each) { own } else { Evidence { name: is_named(members), ..own } };
    found.append(&mut of_its_own(own, path, inner));
}

/// Whether the candidate is a list of people with phones, below this depth, and not of somebody's addresses.
fn is_list_of_contacts(Candidate { shape, evidence, .. }: &Candidate, depth: usize) -> bool {
    let is_list = shape.steps.iter().skip(depth).any(|step| !matches!(step, Step::Key(_)));
    evidence.filled && evidence.name && is_list && !shape.steps.iter().any(is_address)
}

/// Whether the step leads to somebody's addresses.
fn is_address(step: &Step) -> bool {
    matches!(step, Step::Key(key) if key.to_lowercase().contains("address") && !key.to_lowercase().contains("book"))
}

fn within_list(items: &[Node], path: &[Step], found: &mut Vec<Candidate>) {
    let path = then(path, Step::Each);
    let evidence = Evidence::of(items.iter());
    let count = items.len() as u64;
    if items.iter().all(|item| item.as_object().is_some_and(is_table_by_columns)) {
        return found.push(Candidate { shape: Shape::new(path, Form::Columns), evidence, count });
    }
    if evidence.filled {
        return found.push(Candidate { shape: Shape::new(path, Form::Object), evidence, count });
    }
    let mut inner: Vec<Candidate> = Vec::new();
    for item in items {
        let mut of_item = Vec::new();
        walk(item, &path, &[], &mut of_item);
        for candidate in of_item {
            match inner.iter_mut().find(|known| known.shape.steps == candidate.shape.steps) {
                Some(known) => {
                    known.evidence = known.evidence.or(candidate.evidence);
                    known.count += candidate.count;
                }
                None => inner.push(candidate),
            }
        }
    }
    // Where there is one, some programs leave out the list.
    let lists: Vec<Vec<Step>> = inner.iter().map(|candidate| candidate.shape.steps.clone()).collect();
    inner.retain(|candidate| !lists.contains(&then(&candidate.shape.steps, Step::Each)));
    // The elements themselves, by phones of their own under names that are not known.
    let own = inner.iter().filter(|candidate| candidate.shape.steps == path).map(|candidate| candidate.evidence);
    let evidence = own.fold(evidence, Evidence::or);
    if evidence.phone && !inner.iter().any(|one| is_list_of_contacts(one, path.len())) {
        return found.push(Candidate { shape: Shape::new(path, Form::Object), evidence, count });
    }
    inner.retain(|candidate| candidate.shape.steps != path);
    found.append(&mut of_its_own(evidence, &path, inner));
}

/// What was found within an object, less the phones that are its own: of somebody it names, or just numbers.
fn of_its_own(own: Evidence, path: &[Step], mut inner: Vec<Candidate>) -> Vec<Candidate> {
    let is_among = |Candidate { shape, .. }: &Candidate| {
        let keys = shape.steps.iter().skip(path.len());
        keys.filter_map(|step| if let Step::Key(key) = step { Some(key) } else { None }).any(|key| is_wrapper(key))
    };
    let is_apart = |one: &Candidate| {
        let is_own_address = own.name && one.shape.steps.iter().skip(path.len()).any(is_address);
        one.evidence.phone && !is_own_address && (one.evidence.name || !own.name || is_among(one))
    };
    let is_element = path.contains(&Step::Each);
    if inner.iter().any(is_apart) {
        inner.retain(is_apart);
    } else if own.number && (is_element || inner.is_empty()) || own.name && !inner.is_empty() {
        let evidence = inner.iter().fold(own, |all, one| all.or(one.evidence));
        inner = vec![Candidate { shape: Shape::new(path.to_vec(), Form::Object), evidence, count: 1 }];
    }
    inner
}

/// A table of rows under a header: beside it, or its first row; else the cells are taken for what they look like.
fn rows(items: &[Node], path: &[Step], beside: &[Vec<String>], found: &mut Vec<Candidate>) {
    let lists: Vec<&[Node]> = items.iter().filter_map(Node::as_list).collect();
    let width = lists.iter().map(|cells| cells.len()).max().unwrap_or(0);
    let has_phone = |names: &[String]| known_titles(names.iter().map(String::as_str)).phone;
    let beside = beside.iter().find(|names| names.len() == width && has_phone(names));
    let first = lists.first().and_then(|cells| named(cells)).filter(|names| has_phone(names));
    let (names, is_guessed) = match beside.cloned().or(first) {
        Some(names) => (names, false),
        None => (guessed(&lists), true),
    };
    if has_phone(&names) && width > 0 {
        let evidence = Evidence { phone: !is_guessed, name: names.len() > 1, filled: !is_guessed, number: true };
        let shape = Shape { is_guessed, ..Shape::new(then(path, Step::Each), Form::Cells(names)) };
        found.push(Candidate { shape, evidence, count: items.len() as u64 });
    }
}

#[cfg(test)]
mod tests;
