//! The shape of a document in which nothing looks like a contact.

use super::super::error::ErrorKind;
use super::super::outline::{Node, Object};
use super::{ENCODED, Form, NO_HEADER, Shape, Step, is_row, is_wrapper};
use crate::vocabulary::{KnownTitles, known_titles};

/// The shape of a document in which nothing looks like a contact: the rows will tell what is missing.
pub(super) fn without_contacts(first: &Node) -> Result<Shape, ErrorKind> {
    Ok(match first {
        Node::List(items) if !items.is_empty() && items.iter().all(is_row) => {
            return Err(ErrorKind::Json { line: 1, what: NO_HEADER });
        }
        Node::List(_) => Shape::new(vec![Step::Each], Form::Object),
        Node::Object(Object { members, .. }) => {
            let is_encoded =
                |node: &Node| node.as_str().is_some_and(|text| text.starts_with("[{") || text.starts_with("{\""));
            if members.iter().any(|(_, node)| is_encoded(node)) && members.iter().all(|(_, node)| !node.is_object()) {
                return Err(ErrorKind::Json { line: 1, what: ENCODED });
            }
            let is_table = |node: &Node| node.as_list().is_some_and(|rows| rows.len() > 1 && rows.iter().all(is_row));
            if members.iter().any(|(_, node)| is_table(node))
                && known_titles(members.iter().map(|(key, _)| key.as_str())).known == 0
            {
                return Err(ErrorKind::Json { line: 1, what: NO_HEADER });
            }
            let mut steps = Vec::new();
            if let Some(found) = only_list(members, &mut steps) {
                return Ok(found);
            }
            let silent = known_titles(members.iter().map(|(key, _)| key.as_str())) == KnownTitles::default();
            // Several objects are never one record, whatever the key of their list.
            let is_several =
                |node: &Node| node.as_list().is_some_and(|items| items.len() > 1 && items.iter().all(Node::is_object));
            let mut lists = members.iter().filter(|(_, node)| is_several(node)).map(|(key, _)| Step::Key(key.clone()));
            match (lists.next(), lists.next()) {
                _ if silent && members.len() > 1 && members.iter().all(|(_, node)| node.is_object()) => {
                    Shape::new(vec![Step::EachMember], Form::Object)
                }
                (Some(list), None) if silent => Shape::new(vec![list, Step::Each], Form::Object),
                _ => Shape::objects(),
            }
        }
        Node::Scalar(_) | Node::Unknown => Shape::objects(),
    })
}

/// The first list of objects, or an empty one, in an object that is no contact itself: a page without contacts.
fn only_list(members: &[(String, Node)], steps: &mut Vec<Step>) -> Option<Shape> {
    if known_titles(members.iter().map(|(key, _)| key.as_str())).known > 1 {
        return None;
    }
    let is_list = |node: &Node| node.as_list().is_some_and(|items| items.iter().all(Node::is_object));
    if let Some((key, _)) = members.iter().find(|(key, node)| is_list(node) && is_wrapper(key)) {
        steps.extend([Step::Key(key.clone()), Step::Each]);
        return Some(Shape::new(steps.clone(), Form::Object));
    }
    for (key, node) in members.iter().filter(|(key, _)| is_wrapper(key)) {
        if let Some(members) = node.as_object() {
            steps.push(Step::Key(key.clone()));
            if let Some(found) = only_list(members, steps) {
                return Some(found);
            }
            steps.pop();
        }
    }
    None
}
