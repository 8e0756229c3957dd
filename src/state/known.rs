//! What stands in a state file.

use std::io::{self, Read, Write};
use std::path::Path;

use siphasher::sip128::SipHasher13;

use super::Error;
use crate::contact::phone::Phone;

/// The first bytes of the file, with the version of the format at their end.
const MAGIC: &[u8; 16] = b"m1import state 3";
const HASH: usize = blake3::OUT_LEN;
const ENTRY: u64 = 16;
/// Everything but the entries: magic, key, scope, job, checksum.
const FRAME: u64 = 2 * 16 + 3 * HASH as u64;
/// A phone has 15 digits at most.
const PHONE_BITS: u32 = 50;
/// The bits of an entry below the phone.
const BELOW_PHONE: u32 = u128::BITS - PHONE_BITS;
/// The bit of an entry that says that several rows had its phone; those below are the hash of the payload.
const OF_SEVERAL: u128 = 1 << (BELOW_PHONE - 1);
/// How many entries are read at once.
const AT_ONCE: usize = 4_096;
/// Entries in a part of them, about: one or two lines of the cache.
const IN_A_PART: usize = 4;

/// What a file is about: an endpoint with its query, and a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(blake3::Hash);

impl Scope {
    /// That of an endpoint's whole URL and a bot.
    pub fn of(url: &str, bot: Option<&str>) -> Scope {
        let mut hasher = blake3::Hasher::new();
        hasher.update(url.as_bytes()).update(&[0]).update(bot.unwrap_or_default().as_bytes());
        Scope(hasher.finalize())
    }
}

/// A phone, mixed, and the payload of its contact: 50 bits of the one, 77 bits of a hash of the other. The bit between them
/// says that the contact was made of several rows, which the next reading knows by it before it has seen the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry(u128);

impl Entry {
    /// Whether both are of the same phone.
    pub fn has_phone_of(self, other: Entry) -> bool {
        self.phone() == other.phone()
    }

    /// Whether both are of the same phone and payload.
    pub(super) fn has_payload_of(self, other: Entry) -> bool {
        (self.0 ^ other.0) & !OF_SEVERAL == 0
    }

    /// The same, made of several rows or of one.
    #[must_use]
    pub(super) fn of_rows(self, are_several: bool) -> Entry {
        Entry(self.0 & !OF_SEVERAL | if are_several { OF_SEVERAL } else { 0 })
    }

    /// The phone, mixed; the order of entries is first of all that of these.
    pub(super) fn phone(self) -> u64 {
        (self.0 >> BELOW_PHONE) as u64
    }
}

/// Another number for each phone, spread evenly over all of 50 bits, so that its place among many others is known before
/// one looks. Each step can be undone: no two phones have the same.
fn mixed(phone: Phone) -> u64 {
    const BITS: u64 = (1 << PHONE_BITS) - 1;
    let low = phone.get().wrapping_mul(0x9e37_79b9_7f4a_7c15) & BITS;
    (low ^ (low >> (PHONE_BITS / 2))).wrapping_mul(0xbf58_476d_1ce4_e5b9) & BITS
}

/// Where each phone of a list of entries is looked for: the list in parts of a few entries, by the first bits of the phone.
#[derive(Debug)]
pub(super) struct Places {
    /// Where each part begins, and the end of the last.
    starts: Vec<u32>,
    /// Bits of a phone behind those that say its part.
    shift: u32,
}

impl Places {
    /// Those of entries in order.
    pub fn of(entries: &[Entry]) -> Places {
        let bits = entries.len().div_ceil(IN_A_PART).next_power_of_two().trailing_zeros().min(PHONE_BITS);
        let shift = PHONE_BITS - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (entry, place) in entries.iter().zip(0_u32..) {
            let part = (entry.phone() >> shift) as usize;
            starts.resize(starts.len().max(part + 1), place);
        }
        starts.resize((1 << bits) + 1, entries.len() as u32);
        Places { starts, shift }
    }

    /// Has the processor fetch what [`find`](Places::find) needs of these phones, all at once: each would wait for it otherwise.
    pub fn touch(&self, entries: &[Entry], phones: impl Iterator<Item = u64>) {
        let starts = phones.map(|phone| self.starts.get((phone >> self.shift) as usize).copied().unwrap_or_default());
        let touched = starts.filter_map(|start| entries.get(start as usize)).fold(0, |all, entry| all ^ entry.0);
        std::hint::black_box(touched);
    }

    /// Where among the same entries that of this phone stands.
    pub fn find(&self, entries: &[Entry], phone: u64) -> Option<usize> {
        let part = (phone >> self.shift) as usize;
        let (start, end) = (*self.starts.get(part)? as usize, *self.starts.get(part + 1)? as usize);
        let place = entries.get(start..end)?.binary_search_by_key(&phone, |entry| entry.phone()).ok()?;
        Some(start + place)
    }
}

/// For each phone the contact that the server accepted last, in the order of the phones as they are mixed. The hash is keyed with random
/// bytes of the file, so that nobody can prepare two contacts that look alike to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    key: [u8; HASH],
    scope: Scope,
    /// The job that has sent something last, by a hash of its name.
    job: [u8; 16],
    pub(super) entries: Vec<Entry>,
}

impl Known {
    /// Nothing is known yet.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn new(scope: Scope) -> io::Result<Known> {
        let mut key = [0; HASH];
        getrandom::fill(&mut key)?;
        Ok(Known { key, scope, job: [0; 16], entries: Vec::new() })
    }

    /// The same file with other entries, which are in order.
    pub(super) fn with(&self, entries: Vec<Entry>) -> Known {
        debug_assert!(entries.is_sorted_by(|a, b| a.phone() < b.phone()));
        Known { entries, ..*self }
    }

    /// The same file, from now on used by a job.
    #[must_use]
    pub(super) fn used_by(self, job: &str) -> Known {
        Known { job: job_tag(job), ..self }
    }

    /// Whether no other job has sent anything since this one.
    pub fn was_used_last_by(&self, job: &str) -> bool {
        self.job == job_tag(job)
    }

    /// A name for the file, that is its own for as long as it is not deleted.
    pub fn id(&self) -> String {
        let hash = blake3::Hasher::new_keyed(&self.key).update(b"id").finalize();
        hash.to_hex().chars().take(16).collect()
    }

    /// The entry of a contact of one row, by what is sent of it.
    pub fn entry(&self, phone: Phone, parts: &[u8]) -> Entry {
        // One contact after another is hashed, each of a few dozen bytes: a cryptographic hash takes three times as long.
        let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = &self.key;
        let hash = SipHasher13::new_with_key(key).hash(parts).as_u128();
        Entry((u128::from(mixed(phone)) << BELOW_PHONE) | hash & (OF_SEVERAL - 1))
    }

    /// How many phones are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes it, with a checksum over all of it at its end.
    ///
    /// # Errors
    /// Writing fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut hasher = blake3::Hasher::new();
        let mut put = |bytes: &[u8]| {
            hasher.update(bytes);
            out.write_all(bytes)
        };
        put(MAGIC)?;
        put(&self.key)?;
        put(self.scope.0.as_bytes())?;
        put(&self.job)?;
        let mut block = Vec::with_capacity(AT_ONCE * ENTRY as usize);
        for entries in self.entries.chunks(AT_ONCE) {
            block.clear();
            entries.iter().for_each(|entry| block.extend_from_slice(&entry.0.to_le_bytes()));
            put(&block)?;
        }
        out.write_all(hasher.finalize().as_bytes())
    }

    /// Reads a file of that length.
    pub(super) fn read(from: &mut impl Read, length: u64, scope: Scope) -> Result<Known, Fault> {
        let mut magic = [0; MAGIC.len()];
        let begun = from.by_ref().take(length).read_exact(&mut magic);
        let (ours, version) = MAGIC.split_at(MAGIC.len() - 1);
        if begun.is_err() || !magic.starts_with(ours) {
            return Err(Fault::NotOurs);
        }
        if !magic.ends_with(version) {
            return Err(Fault::OtherVersion);
        }
        let size = length.checked_sub(FRAME).filter(|size| size % ENTRY == 0).ok_or(Fault::Damaged)?;
        let count = u32::try_from(size / ENTRY).map_err(|_| Fault::Damaged)? as usize;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&magic);
        let key = bytes_from(from)?;
        let found = Scope(blake3::Hash::from_bytes(bytes_from(from)?));
        let job = bytes_from(from)?;
        hasher.update(&key).update(found.0.as_bytes()).update(&job);
        let mut entries = Vec::with_capacity(count);
        let mut block = vec![0; AT_ONCE * ENTRY as usize];
        while entries.len() < count {
            let bytes = (count - entries.len()).min(AT_ONCE) * ENTRY as usize;
            let block = block.get_mut(..bytes).unwrap_or_default();
            from.read_exact(block).map_err(|_| Fault::Damaged)?;
            hasher.update(block);
            entries.extend(block.as_chunks().0.iter().map(|bytes| Entry(u128::from_le_bytes(*bytes))));
        }
        let is_whole =
            hasher.finalize() == bytes_from::<HASH>(from)? && from.read(&mut [0]).is_ok_and(|more| more == 0);
        let is_in_order = entries.is_sorted_by(|a: &Entry, b: &Entry| a.phone() < b.phone());
        match (is_whole && is_in_order, found == scope) {
            (false, _) => Err(Fault::Damaged),
            (true, false) => Err(Fault::OtherEndpoint),
            (true, true) => Ok(Known { key, scope, job, entries }),
        }
    }
}

fn job_tag(job: &str) -> [u8; 16] {
    let [tag @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *blake3::hash(job.as_bytes()).as_bytes();
    tag
}

fn bytes_from<const N: usize>(from: &mut impl Read) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).map_err(|_| Fault::Damaged)?;
    Ok(bytes)
}

/// What is wrong with the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NotOurs,
    OtherVersion,
    Damaged,
    OtherEndpoint,
}

impl Fault {
    /// The error, with the file it is about.
    pub(super) fn at(self, path: &Path) -> Error {
        let path = path.to_owned();
        match self {
            Fault::NotOurs => Error::NotOurs(path),
            Fault::OtherVersion => Error::OtherVersion(path),
            Fault::Damaged => Error::Damaged(path),
            Fault::OtherEndpoint => Error::OtherEndpoint(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCOPE: &str = "https://host/path";

    fn known(phones: &[u64]) -> Known {
        let known = Known::new(Scope::of(SCOPE, None)).unwrap();
        let entry = |n: &u64| known.entry(Phone::from_digits(27_830_000_000 + n).unwrap(), &n.to_le_bytes());
        let mut entries: Vec<Entry> = phones.iter().map(entry).collect();
        entries.sort_unstable();
        entries.dedup();
        known.with(entries)
    }

    fn bytes(known: &Known) -> Vec<u8> {
        let mut bytes = Vec::new();
        known.write(&mut bytes).unwrap();
        bytes
    }

    fn read(mut bytes: &[u8], scope: Scope) -> Result<Known, Fault> {
        let length = bytes.len() as u64;
        Known::read(&mut bytes, length, scope)
    }

    #[test]
    fn a_file_is_sixteen_bytes_a_phone_and_reads_back() {
        for count in [0, 1, 4_095, 4_096, 4_097, 9_000] {
            let known = known(&(0..count).collect::<Vec<_>>());
            let written = bytes(&known);
            assert_eq!(written.len() as u64, FRAME + 16 * count);
            assert_eq!(read(&written, Scope::of(SCOPE, None)), Ok(known));
            assert_eq!(read(&written, Scope::of(SCOPE, Some("5f"))), Err(Fault::OtherEndpoint));
        }
    }

    #[test]
    fn what_is_not_whole_is_not_believed() {
        let whole = bytes(&known(&[1, 2, 3]));
        let scope = Scope::of(SCOPE, None);
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut], scope).is_err(), "cut at {cut}");
        }
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&flipped, scope).is_err(), "bit {bit}");
        }
        assert_eq!(read(&[&whole[..], b"x"].concat(), scope), Err(Fault::Damaged));
        assert_eq!(read(b"Name,Phone\nA,+27830000001\n", scope), Err(Fault::NotOurs));
        assert_eq!(read(b"m1import state 4", scope), Err(Fault::OtherVersion));
    }

    #[test]
    fn phones_in_a_row_are_spread() {
        let mut parts = [0; 64];
        for n in 0..64_000 {
            let phone = Phone::from_digits(27_830_000_000 + n).unwrap();
            parts[(mixed(phone) >> (PHONE_BITS - 6)) as usize] += 1;
        }
        assert!(parts.iter().all(|count| (700..1_300).contains(count)), "{parts:?}");
    }

    #[test]
    fn another_payload_or_key_is_another_entry() {
        let (one, other) = (known(&[]), known(&[]));
        let phone = Phone::from_digits(27_830_000_001).unwrap();
        assert_eq!(one.entry(phone, b"a"), one.entry(phone, b"a"));
        assert!(one.entry(phone, b"a") != one.entry(phone, b"b"));
        assert!(one.entry(phone, b"a").has_phone_of(one.entry(phone, b"b")));
        assert!(one.entry(phone, b"a") != other.entry(phone, b"a") && one.id() != other.id());
    }

    fn phone() -> impl Strategy<Value = Phone> {
        (1_000_000u64..1_000_000_000_000_000).prop_filter_map("no calling code", Phone::from_digits)
    }

    proptest! {
        #[test]
        fn mixing_keeps_phones_apart(one in phone(), other in phone()) {
            prop_assert_eq!(mixed(one) == mixed(other), one == other);
            prop_assert!(mixed(one) >> PHONE_BITS == 0 && mixed(other) >> PHONE_BITS == 0);
        }

        #[test]
        fn any_bytes_are_a_file_or_none(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&bytes, Scope::of(SCOPE, None)).is_err());
            prop_assert!(read(&[MAGIC, &bytes[..]].concat(), Scope::of(SCOPE, None)).is_err());
        }
    }
}
