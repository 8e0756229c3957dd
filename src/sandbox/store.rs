//! The stored contacts: in order of arrival, or their phones alone.
//!
//! A contact's members are kept as the JSON they are served as: one allocation a contact, and nothing to write again.
//! Nothing is ever removed, so a place in the order never changes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::contact::{Contact, MEMBERS, Phone};

/// How much of a contact is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoreMode {
    /// Everything, in order of arrival.
    #[default]
    Contacts,
    /// The phones alone, without their order: some 20 bytes each.
    Phones,
}

/// The stored contacts.
pub enum Store {
    /// Everything.
    Contacts(Contacts),
    /// Their phones.
    Phones(HashSet<Phone, PhoneHasher>),
}

/// Contacts in order of arrival, with an index by phone.
#[derive(Default)]
pub struct Contacts {
    held: Vec<StoredContact>,
    places: HashMap<Phone, u32, PhoneHasher>,
}

impl Store {
    /// An empty store.
    pub fn new(keep: StoreMode) -> Store {
        match keep {
            StoreMode::Contacts => Store::Contacts(Contacts::default()),
            StoreMode::Phones => Store::Phones(HashSet::default()),
        }
    }

    /// The number of contacts.
    pub fn len(&self) -> usize {
        match self {
            Store::Contacts(contacts) => contacts.held.len(),
            Store::Phones(phones) => phones.len(),
        }
    }

    /// Creates or updates all of a batch; members of a contact that were left out stay as they were.
    pub fn apply(&mut self, batch: Batch) {
        match self {
            Store::Contacts(contacts) => batch.0.into_iter().for_each(|sent| contacts.apply(sent)),
            Store::Phones(phones) => phones.extend(batch.0.iter().map(|sent| sent.phone)),
        }
    }
}

impl Contacts {
    /// All of them, in order of arrival.
    pub fn held(&self) -> &[StoredContact] {
        &self.held
    }

    fn apply(&mut self, sent: StoredContact) {
        // A place needs 4 bytes only: 4 billion contacts would not fit into memory.
        let next = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(sent.phone).or_insert(next);
        match self.held.get_mut(place as usize) {
            Some(held) => *held = held.updated(&sent),
            None => self.held.push(sent),
        }
    }
}

/// What is to be kept of a request's contacts, prepared before the store is locked.
pub struct Batch(Vec<StoredContact>);

impl Batch {
    /// Prepares validated contacts.
    pub fn new(contacts: &[Contact<'_>], keep: StoreMode) -> Batch {
        let held = |contact: &Contact<'_>| match keep {
            StoreMode::Contacts => {
                StoredContact::new(contact.phone, contact.members.each_ref().map(|member| member.as_bytes()))
            }
            StoreMode::Phones => StoredContact::bare(contact.phone),
        };
        Batch(contacts.iter().map(held).collect())
    }
}

/// A contact: its phone, and the JSON of its other members, concatenated.
#[derive(Debug, Clone)]
pub struct StoredContact {
    /// Prefix and number.
    pub phone: Phone,
    ends: [u32; MEMBERS],
    text: Box<[u8]>,
}

impl StoredContact {
    /// A contact of which only the phone is stored.
    pub fn bare(phone: Phone) -> StoredContact {
        StoredContact::new(phone, [b""; MEMBERS])
    }

    fn new(phone: Phone, members: [&[u8]; MEMBERS]) -> StoredContact {
        let mut text = Vec::with_capacity(members.iter().map(|member| member.len()).sum());
        let ends = members.map(|member| {
            text.extend_from_slice(member);
            // A contact is no longer than a body, which is far below 4 GiB.
            u32::try_from(text.len()).unwrap_or(u32::MAX)
        });
        StoredContact { phone, ends, text: text.into() }
    }

    /// The JSON of name, e-mail, tags and attributes; empty where a member was never sent.
    pub fn members(&self) -> [&[u8]; MEMBERS] {
        let mut start = 0;
        self.ends.map(|end| {
            let member = self.text.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            member
        })
    }

    /// The contact, its members replaced by those that were sent.
    fn updated(&self, sent: &StoredContact) -> StoredContact {
        let mut members = self.members();
        for (member, sent) in members.iter_mut().zip(sent.members()) {
            if !sent.is_empty() {
                *member = sent;
            }
        }
        StoredContact::new(self.phone, members)
    }

    /// Writes the contact in the documented structure; members never sent are left out.
    pub fn write(&self, out: &mut Vec<u8>) {
        let [name, email, tags, attributes] = self.members();
        let (digits, prefix) = self.phone.digits();
        let (prefix, number) = digits.split_at_checked(prefix).unwrap_or_default();

        out.extend_from_slice(br#"{"profile":{"userDetails":{"#);
        if !name.is_empty() {
            write_all(out, [br#""userProvidedName":"#, name, b","]);
        }
        out.extend_from_slice(br#""contact":{"#);
        if !email.is_empty() {
            write_all(out, [br#""email":"#, email, b","]);
        }
        write_all(
            out,
            [br#""phone":{"number":""#, number.as_bytes(), br#"","prefix":""#, prefix.as_bytes(), br#""}}"#],
        );
        if !tags.is_empty() {
            write_all(out, [br#","tags":"#, tags]);
        }
        if !attributes.is_empty() {
            write_all(out, [br#","attributes":"#, attributes]);
        }
        out.extend_from_slice(b"}}}");
    }
}

fn write_all<const N: usize>(out: &mut Vec<u8>, parts: [&[u8]; N]) {
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// Hashes a phone by one multiplication. It does not resist chosen keys, which a server on loopback does not need.
pub type PhoneHasher = BuildHasherDefault<PhoneHash>;

/// The state of `PhoneHasher`.
#[derive(Default)]
pub struct PhoneHash(u64);

impl Hasher for PhoneHash {
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::contact::contacts;
    use super::*;

    fn apply(store: &mut Store, keep: StoreMode, body: &str) {
        store.apply(Batch::new(&contacts(body.as_bytes()).unwrap(), keep));
    }

    fn contact(number: &str, name: &str, email: &str, lists: &str) -> String {
        format!(
            r#"{{"profile":{{"userDetails":{{{name}"contact":{{{email}"phone":{{"number":"{number}","prefix":"27"}}}}{lists}}}}}}}"#
        )
    }

    fn held(store: &Store) -> Vec<String> {
        let Store::Contacts(contacts) = store else { panic!("only phones are kept") };
        let text = |held: &StoredContact| {
            let mut text = Vec::new();
            held.write(&mut text);
            String::from_utf8(text).unwrap()
        };
        contacts.held().iter().map(text).collect()
    }

    #[test]
    fn contacts_come_back_as_they_were_sent_in_order_of_arrival() {
        let sent = [
            contact(
                "9",
                r#""userProvidedName":"Zoë \"Z\" \\","#,
                r#""email":"z@x","#,
                r#","tags":["a","b"],"attributes":[]"#,
            ),
            contact("1", "", "", ""),
            contact("5", "", "", r#","attributes":[{"key":"city","value":"Durban\n"}]"#),
        ];
        let mut store = Store::new(StoreMode::Contacts);
        apply(&mut store, StoreMode::Contacts, &format!("[{}]", sent.join(",")));
        assert_eq!(held(&store), sent);
        assert_eq!(store.len(), 3);
    }

    #[test]
    fn members_that_are_sent_replace_and_others_stay() {
        let mut store = Store::new(StoreMode::Contacts);
        let lists = r#","tags":["a"],"attributes":[{"key":"k","value":"v"}]"#;
        let first = contact("1", r#""userProvidedName":"Jane","#, r#""email":"j@x","#, lists);
        apply(&mut store, StoreMode::Contacts, &format!("[{first},{}]", contact("2", "", "", "")));
        apply(&mut store, StoreMode::Contacts, &format!("[{}]", contact("1", "", "", r#","tags":[]"#)));
        let lists = r#","tags":[],"attributes":[{"key":"k","value":"v"}]"#;
        assert_eq!(held(&store)[0], contact("1", r#""userProvidedName":"Jane","#, r#""email":"j@x","#, lists));
        apply(&mut store, StoreMode::Contacts, &format!("[{}]", contact("1", r#""userProvidedName":"","#, "", "")));
        assert_eq!(held(&store)[0], contact("1", r#""userProvidedName":"","#, r#""email":"j@x","#, lists));
        assert_eq!(held(&store)[1], contact("2", "", "", ""));
    }

    #[test]
    fn a_contact_twice_in_one_batch_is_one_contact() {
        for keep in [StoreMode::Contacts, StoreMode::Phones] {
            let mut store = Store::new(keep);
            let one = contact("1", "", "", "");
            apply(&mut store, keep, &format!("[{one},{one},{}]", contact("2", "", "", "")));
            apply(&mut store, keep, &format!("[{one}]"));
            assert_eq!(store.len(), 2, "{keep:?}");
        }
    }
}
