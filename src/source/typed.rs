//! Objects that only wrap a value, as databases and services write it with its type: `{"S": "Ada"}` of DynamoDB,
//! `{"stringValue": "Ada"}` of Firestore, `{"$numberLong": "5"}` of MongoDB, `{"type": "email", "email": "…"}` of Notion.

use super::flatten::Flattener;
use super::token::{Parsed, Parser};

/// What is wrapped.
pub(super) enum Wrapped {
    /// The value that begins here.
    At(usize),
    /// The same, and the object says its type.
    Typed(usize),
    /// A piece of text that is continued by the next in a list; it begins here.
    Piece(usize),
    /// A time, in milliseconds since 1970.
    Time(i64),
    /// Nothing.
    Empty,
}

impl Parser<'_> {
    /// What the object that begins here wraps, if that is all it does; we are then behind it. `key` is its own key.
    pub fn wrapped(&mut self, flat: &mut Flattener) -> Parsed<Option<Wrapped>> {
        let start = self.at;
        let first = self.first_key();
        let may_be = first.starts_with(['$', '_', '#'])
            || first.ends_with("Value")
            || is_dynamo(first)
            || is_locale(first)
            || matches!(first, "type" | "id" | "object" | "name" | "questionId" | "plain_text");
        if !may_be {
            return Ok(None);
        }
        flat.is_plain = false;
        let parent = flat.path.len();
        let after_dot = parent + usize::from(parent > 0);
        let mut members: Vec<(String, usize)> = Vec::new();
        self.members(flat, |parser, flat| {
            members.push((flat.path.get(after_dot..).unwrap_or_default().to_owned(), parser.at));
            parser.pass()
        })?;
        let own_key = flat.path.rsplit('.').next().unwrap_or_default();
        let wrapped = match members.as_slice() {
            [(key, at)] => self.of_one_member(key, *at, flat)?,
            members => self.of_its_type(members).or_else(|| self.of_its_name(members, own_key)),
        };
        if wrapped.is_none() {
            self.at = start;
        }
        Ok(wrapped)
    }

    /// The first key of the object that begins here, if nothing in it is escaped.
    fn first_key(&self) -> &str {
        let rest = self.text.get(self.at + 1..).unwrap_or_default().trim_ascii_start();
        rest.strip_prefix('"').and_then(|rest| rest.split_once('"')).map_or("", |(key, _)| key)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b' ')
    }

    fn of_one_member(&mut self, key: &str, at: usize, flat: &mut Flattener) -> Parsed<Option<Wrapped>> {
        let byte = self.byte(at);
        let is_text = matches!(byte, b'"' | b'-' | b'0'..=b'9');
        Ok(match key {
            "S" | "N" | "B" if byte == b'"' => Some(Wrapped::At(at)),
            "BOOL" if matches!(byte, b't' | b'f') => Some(Wrapped::At(at)),
            "NULL" if byte == b't' => Some(Wrapped::Empty),
            "SS" | "NS" | "BS" | "L" if byte == b'[' => Some(Wrapped::At(at)),
            "M" if byte == b'{' => Some(Wrapped::At(at)),
            "nullValue" => Some(Wrapped::Empty),
            "mapValue" if byte == b'{' => Some(self.inner(at, "fields", flat)?),
            "arrayValue" if byte == b'{' => Some(self.inner(at, "values", flat)?),
            "stringValue" | "integerValue" | "doubleValue" | "timestampValue" | "referenceValue" | "bytesValue"
                if is_text =>
            {
                Some(Wrapped::At(at))
            }
            "booleanValue" if matches!(byte, b't' | b'f') => Some(Wrapped::At(at)),
            "$oid" | "$numberLong" | "$numberInt" | "$numberDouble" | "$numberDecimal" | "$uuid" | "$symbol"
                if is_text =>
            {
                Some(Wrapped::At(at))
            }
            "$date" => Some(self.time(at).map_or(Wrapped::At(at), Wrapped::Time)),
            "plain_text" if byte == b'"' => Some(Wrapped::Piece(at)),
            // The text of an element of XML.
            "_text" | "#text" | "__text" | "$t" | "_cdata" | "_" if is_text => Some(Wrapped::At(at)),
            _ if is_locale(key) => Some(Wrapped::At(at)),
            _ => None,
        })
    }

    /// The only member of the object there, which has this name; it is left out where there is nothing.
    fn inner(&mut self, at: usize, name: &str, flat: &mut Flattener) -> Parsed<Wrapped> {
        let end = std::mem::replace(&mut self.at, at);
        let after_dot = flat.path.len() + usize::from(!flat.path.is_empty());
        let mut found = Wrapped::Empty;
        self.members(flat, |parser, flat| {
            if flat.path.get(after_dot..) == Some(name) {
                found = Wrapped::At(parser.at);
            }
            parser.pass()
        })?;
        self.at = end;
        Ok(found)
    }

    /// The time that MongoDB writes as a number, or as `{"$numberLong": "…"}`.
    fn time(&self, at: usize) -> Option<i64> {
        let text = self.text.get(at..)?;
        let text = match text.strip_prefix('{') {
            Some(inner) => inner.trim_ascii_start().strip_prefix("\"$numberLong\"")?,
            None if text.starts_with('"') => return None,
            None => text,
        };
        let digits = text.trim_start_matches([' ', ':', '"']);
        let end = digits.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    }

    /// `{"type": "email", "email": …}`, and a piece of text with its layout.
    fn of_its_type(&self, members: &[(String, usize)]) -> Option<Wrapped> {
        const BESIDE: [&str; 7] = ["id", "type", "object", "has_more", "next_url", "name", "function"];
        let member = |wanted: &str| members.iter().find(|(key, _)| key == wanted).map(|(_, at)| *at);
        if let Some(at) = member("plain_text").filter(|at| self.byte(*at) == b'"') {
            return Some(Wrapped::Piece(at));
        }
        let kind = self.short_text(member("type")?)?;
        let others = members.iter().filter(|(key, _)| key != kind).all(|(key, _)| BESIDE.contains(&key.as_str()));
        let value = member(kind).filter(|_| others && kind != "type" && kind != "id")?;
        // With a name it is somebody's, and not the value of a column.
        (member("name").is_none() || member("id").is_some()).then_some(Wrapped::Typed(value))
    }

    /// `"phone": {"name": "phone", "value": …}`: the object repeats the key under which it stands.
    fn of_its_name(&self, members: &[(String, usize)], own_key: &str) -> Option<Wrapped> {
        let [(first, named), (second, value)] = members else { return None };
        let is_repeated = ["name", "questionId"].contains(&first.as_str()) && self.short_text(*named) == Some(own_key);
        (is_repeated && (second == "value" || first == "questionId")).then_some(Wrapped::At(*value))
    }

    /// The string there, if nothing in it is escaped.
    fn short_text(&self, at: usize) -> Option<&str> {
        let (text, _) = self.text.get(at..)?.strip_prefix('"')?.split_once('"')?;
        (!text.contains('\\')).then_some(text)
    }

    /// Reads what is wrapped under the present path, and returns to where we are.
    pub fn unwrapped(&mut self, flat: &mut Flattener, wrapped: &Wrapped) -> Parsed {
        let start = flat.text.len();
        match wrapped {
            Wrapped::At(at) | Wrapped::Typed(at) | Wrapped::Piece(at) => {
                let end = std::mem::replace(&mut self.at, *at);
                self.deeper()?;
                self.value(flat)?;
                self.depth -= 1;
                self.at = end;
                return Ok(());
            }
            Wrapped::Time(milliseconds) => {
                if let Ok(time) = jiff::Timestamp::from_millisecond(*milliseconds) {
                    flat.text.push_str(&time.to_string());
                }
            }
            Wrapped::Empty => {}
        }
        self.set(flat, start)
    }
}

fn is_dynamo(key: &str) -> bool {
    matches!(key, "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M")
}

/// Whether it is a language with its country: `en-US`.
fn is_locale(key: &str) -> bool {
    matches!(key.as_bytes(), [a, b, b'-', c, d]
        if a.is_ascii_lowercase() && b.is_ascii_lowercase() && c.is_ascii_uppercase() && d.is_ascii_uppercase())
}
