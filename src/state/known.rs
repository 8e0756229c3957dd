//! What stands in a state file.

use std::io::{self, Read, Write};
use std::path::Path;

use siphasher::sip128::SipHasher13;

use super::Error;
use super::entries::{ENTRY, Entries, EntriesBuilder, Entry};
use crate::contact::phone::Phone;

/// The first bytes of the file, with the version of the format at their end.
const MAGIC: &[u8; 16] = b"m1import state 3";
const HASH: usize = blake3::OUT_LEN;
/// What stands before the entries: magic, key, scope, job.
const HEAD: usize = 2 * 16 + 2 * HASH;
/// The file is read, hashed and written in blocks of so many bytes: they stay in the cache, and the hash takes a power of two at once.
const BLOCK: usize = 1 << 16;

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

/// For each phone the contact that the server accepted last, in the order of the phones as they are mixed. The hash is keyed with random
/// bytes of the file, so that nobody can prepare two contacts that look alike to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    key: [u8; HASH],
    scope: Scope,
    /// The job that has sent something last, by a hash of its name.
    job: [u8; 16],
    pub(super) entries: Entries,
}

impl Known {
    /// Nothing is known yet.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn new(scope: Scope) -> io::Result<Known> {
        let mut key = [0; HASH];
        getrandom::fill(&mut key)?;
        Ok(Known { key, scope, job: [0; 16], entries: Entries::default() })
    }

    /// The same file with other entries, which are in order.
    #[cfg(test)]
    pub(super) fn with<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) -> Known {
        let bytes: Vec<u8> = entries.into_iter().flat_map(|entry| entry.to_bytes()).collect();
        let mut builder = EntriesBuilder::new((bytes.len() / ENTRY) as u32);
        builder.add(&bytes);
        Known { entries: builder.finish().unwrap(), ..*self }
    }

    /// From now on the file is used by a job.
    pub(super) fn use_by(&mut self, job: &str) {
        self.job = job_tag(job);
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
        Entry::new(phone, hash)
    }

    /// How many phones are known.
    pub fn len(&self) -> usize {
        self.entries.all().len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.all().is_empty()
    }

    /// Writes it, with a checksum over all of it at its end.
    ///
    /// # Errors
    /// Writing fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut writer = Writer::begin(self, out);
        writer.put(self.entries.all())?;
        writer.finish()
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
        let size = length.checked_sub((HEAD + HASH) as u64).filter(|size| size % ENTRY as u64 == 0);
        let count = u32::try_from(size.ok_or(Fault::Damaged)? / ENTRY as u64).map_err(|_| Fault::Damaged)?;
        let key = bytes_from(from)?;
        let found = Scope(blake3::Hash::from_bytes(bytes_from(from)?));
        let job = bytes_from(from)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&magic).update(&key).update(found.0.as_bytes()).update(&job);
        let (mut entries, mut block) = (EntriesBuilder::new(count), vec![0; BLOCK]);
        let (mut left, mut most) = (count as usize * ENTRY, BLOCK - HEAD);
        while left > 0 {
            let block = block.get_mut(..left.min(most)).unwrap_or_default();
            from.read_exact(block).map_err(|_| Fault::Damaged)?;
            hasher.update(block);
            entries.add(block);
            (left, most) = (left - block.len(), BLOCK);
        }
        let is_whole =
            hasher.finalize() == bytes_from::<HASH>(from)? && from.read(&mut [0]).is_ok_and(|more| more == 0);
        let entries = entries.finish().filter(|_| is_whole).ok_or(Fault::Damaged)?;
        if found == scope { Ok(Known { key, scope, job, entries }) } else { Err(Fault::OtherEndpoint) }
    }
}

/// Writes a file: its head, entries in order, and a checksum over all of it at its end.
pub(super) struct Writer<W> {
    out: W,
    hasher: blake3::Hasher,
    block: Vec<u8>,
    /// The bytes of the block that are to be written.
    filled: usize,
}

impl<W: Write> Writer<W> {
    /// The file of what is known, as yet without entries.
    pub fn begin(known: &Known, out: W) -> Writer<W> {
        let mut block = [&MAGIC[..], &known.key, known.scope.0.as_bytes(), &known.job].concat();
        let filled = block.len();
        block.resize(BLOCK, 0);
        Writer { out, hasher: blake3::Hasher::new(), block, filled }
    }

    /// The next entries.
    ///
    /// # Errors
    /// Writing fails.
    pub fn put(&mut self, mut entries: &[Entry]) -> io::Result<()> {
        while !entries.is_empty() {
            let (places, _) = self.block.get_mut(self.filled..).unwrap_or_default().as_chunks_mut();
            let (now, later) = entries.split_at(entries.len().min(places.len()));
            places.iter_mut().zip(now).for_each(|(place, entry)| *place = entry.to_bytes());
            self.filled += now.len() * ENTRY;
            entries = later;
            if self.filled == BLOCK {
                self.write_block()?;
            }
        }
        Ok(())
    }

    /// All have come.
    ///
    /// # Errors
    /// Writing fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.write_block()?;
        self.out.write_all(self.hasher.finalize().as_bytes())
    }

    fn write_block(&mut self) -> io::Result<()> {
        let block = self.block.get(..self.filled).unwrap_or_default();
        self.hasher.update(block);
        self.filled = 0;
        self.out.write_all(block)
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
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const SCOPE: &str = "https://host/path";

    fn known(phones: &[u64]) -> Known {
        let known = Known::new(Scope::of(SCOPE, None)).unwrap();
        let entry = |n: &u64| known.entry(Phone::from_digits(27_830_000_000 + n).unwrap(), &n.to_le_bytes());
        known.with(&phones.iter().map(entry).collect::<BTreeSet<_>>())
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
        for count in [0, 1, 4_089, 4_090, 4_091, 4_096, 8_186, 9_000] {
            let known = known(&(0..count).collect::<Vec<_>>());
            let written = bytes(&known);
            assert_eq!(written.len(), HEAD + HASH + 16 * count as usize);
            let mut in_parts = Vec::new();
            let mut writer = Writer::begin(&known, &mut in_parts);
            known.entries.all().chunks(1_000).for_each(|some| writer.put(some).unwrap());
            writer.finish().unwrap();
            assert_eq!(in_parts, written);
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
    fn another_payload_or_key_is_another_entry() {
        let (one, other) = (known(&[]), known(&[]));
        let phone = Phone::from_digits(27_830_000_001).unwrap();
        assert_eq!(one.entry(phone, b"a"), one.entry(phone, b"a"));
        assert!(one.entry(phone, b"a") != one.entry(phone, b"b"));
        assert!(one.entry(phone, b"a").has_phone_of(one.entry(phone, b"b")));
        assert!(one.entry(phone, b"a") != other.entry(phone, b"a") && one.id() != other.id());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_file_or_none(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&bytes, Scope::of(SCOPE, None)).is_err());
            prop_assert!(read(&[MAGIC, &bytes[..]].concat(), Scope::of(SCOPE, None)).is_err());
        }
    }
}
